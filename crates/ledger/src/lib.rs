//! The ledger: entries and the tables they add up to, in one encrypted file; both halves of an exchange.
//!
//! A phone, a township and a county keep the same ledger. Start at [`Ledger`]; an exchange is `request`, `answer`,
//! `take` (phone, county, phone).

mod author;
mod county;
mod dossiers;
mod enrol;
mod entitle;
mod entries;
mod error;
mod exchange;
mod frame;
mod gate;
mod handover;
mod identity;
mod machine;
mod page;
mod phone;
mod project;
mod rebuild;
mod replay;
mod scope;
mod store;

pub use author::Writing;
pub use county::Answered;
pub use enrol::{Enrolled, Enrolling, NotEnrolled};
pub use error::{LedgerError, Result};
pub use exchange::{Exchanged, InProcess, exchange};
pub use identity::Identity;
pub use machine::Machine;
pub use phone::{Outgoing, Taken};
pub use store::{FileKey, Ledger, VERSION};
