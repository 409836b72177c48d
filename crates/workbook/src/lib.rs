//! Spreadsheets in and out: rosters, pairing tables and published figures are read with every doubt named by sheet,
//! row and column; reports and ledgers are written as a department accepts them. Knows nothing of the database.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod alias;
mod checks;
mod container;
mod doubt;
mod doubts;
mod error;
mod facts;
mod field;
mod gather;
mod grid;
mod guess;
mod header;
mod household;
mod mark;
mod marks;
mod name;
mod pairing;
mod pairing_column;
mod person;
mod refused;
mod roster;
mod sheet;
mod stated;
mod tags;
mod total;
mod value;
mod width;
mod write;

pub use doubt::{Anchor, Doubt, DoubtKind};
pub use error::{Bound, FileTrouble, LooksLike, WorkbookError};
pub use field::{FieldOf, RosterField};
pub use header::{ColumnFate, ColumnReading};
pub use household::{Cells, RosterHousehold, RosterPerson, RosterPlace};
pub use mark::Mark;
pub use pairing::{HouseholdRef, PairedCadre, PairingReading, read_pairing};
pub use pairing_column::PairingField;
pub use roster::{Progress, RosterReading, SheetReading, read_roster};
pub use sheet::{Cell, Footer, HeaderCell, Sheet};
pub use stated::{StatedTable, read_stated_table};
pub use total::StatedTotal;
pub use value::hundredths;
pub use write::{write_marked, write_workbook};
