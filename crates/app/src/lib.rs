//! Everything a person can do with lianhu: [`App`], and [`commands`] as the only list of it.

mod app;
mod asking;
mod card;
pub mod commands;
mod enrolment;
mod entrusting;
mod error;
mod exchanging;
mod exporting;
mod handed;
mod history;
pub mod http_hub;
mod moving;
mod naming;
mod pairing;
mod places;
mod placing;
mod preferring;
mod reporting;
mod roster;
mod telephone;
mod today;
mod touched;
mod updating;
mod visiting;
pub mod workbook_file;

pub use app::{App, Step};
pub use commands::Command;
pub use enrolment::{Me, Status};
pub use error::{AppError, Result};
pub use exchanging::ExchangeDone;
pub use lianhu_ledger::Machine;
pub use reporting::CountyReport;
pub use roster::RosterOutcome;
pub use touched::{Touched, token};
pub use updating::Facts;
