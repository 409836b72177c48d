//! The ledger: entries and the tables they add up to, in one encrypted file; both halves of an exchange.
//!
//! A phone, a township and a county keep the same ledger. Start at [`Ledger`]; an exchange is `request`, `answer`,
//! `take` (phone, county, phone).

mod audit;
mod author;
mod bulk;
mod cadres;
mod county;
mod devices;
mod dossiers;
mod drafts;
mod enrol;
mod entitle;
mod entries;
mod entrusted;
mod error;
mod exchange;
mod facts;
mod frame;
mod gate;
mod handover;
mod households;
mod identity;
mod imported;
#[doc(hidden)]
pub mod inspect;
mod lapse;
mod lives;
mod machine;
mod page;
mod phone;
mod places;
mod project;
mod proof;
mod rebuild;
mod release;
mod replay;
mod reply;
mod roles;
mod schema;
mod scope;
mod sealed;
mod standing;
mod statements;
mod store;
mod timeline;
mod trial;
mod visit_counts;
mod visits;

pub use author::Writing;
pub use cadres::{CadreRow, GrantRow};
pub use county::Answered;
pub use devices::DeviceRow;
pub use drafts::Draft;
pub use enrol::{Enrolled, Enrolling, NotEnrolled};
pub use entrusted::{Entrusting, Undo};
pub use error::{LedgerError, Result};
pub use exchange::{Exchanged, InProcess, exchange};
pub use facts::Edition;
pub use households::{HouseholdPage, HouseholdRow, PersonRow};
pub use identity::Identity;
pub use machine::Machine;
pub use phone::Outgoing;
pub use places::PlaceRow;
pub use proof::{Proof, ProofOf, ProvenEntry};
pub use release::Quarantined;
pub use reply::Taken;
pub use standing::{Attention, Standing};
pub use statements::{Said, SaidBy};
pub use store::{FileKey, Ledger, VERSION};
pub use timeline::Happened;
pub use visits::{NeedRow, PromiseRow, VisitQuery, VisitRow};
