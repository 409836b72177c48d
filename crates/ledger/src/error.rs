//! What can go wrong with a ledger, typed, so that the caller can do something different.

use lianhu_core::ids::{EntryName, HouseholdId};

/// A ledger's failure. Whatever it is, everything saved before is still there.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database said no.
    #[error("the database failed: {0}")]
    Sqlite(rusqlite::Error),
    /// The disk is full; nothing of this act was kept.
    #[error("the disk is full")]
    Full,
    /// The file was written by a newer version.
    #[error("the ledger is of version {found}, this program knows {known}")]
    TooNew {
        /// The file's version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The file cannot be opened with this key, or is no ledger.
    #[error("the file cannot be opened with this key")]
    WrongKey,
    /// Another program has this ledger open.
    #[error("another program has this ledger open")]
    InUse,
    /// An entry in the ledger cannot be read.
    #[error("entry {0} cannot be read")]
    Unreadable(EntryName),
    /// There is no such thing here.
    #[error("there is no such {0} here")]
    NotFound(&'static str),
    /// This ledger is not set up as what was asked of it.
    #[error("this ledger is not {0}")]
    NotThis(&'static str),
    /// The file of household keys that belongs to this county's ledger is not beside it.
    #[error("the keys of the households are not beside the ledger")]
    NoKeys,
    /// What was written about this household is sealed, and its key is not among those here.
    #[error("there is no key of household {0}")]
    NoKey(HouseholdId),
    /// The household was erased by law: nothing is written about it any more.
    #[error("the household was erased")]
    Erased,
    /// The household is waiting to be handed over: it can be read, not written.
    #[error("the household is no longer entrusted")]
    HandedOver,
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// SQLite could not write to the file.
const IOERR_WRITE: i32 = 778;
/// SQLite could not make room beside the file.
const IOERR_SHMSIZE: i32 = 4874;

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            // A quota, or a bound on the size of files, tells itself as a failed write; the way out is the same.
            Some(rusqlite::ErrorCode::SystemIoFailure)
                if matches!(
                    error.sqlite_error().map(|error| error.extended_code),
                    Some(IOERR_WRITE | IOERR_SHMSIZE)
                ) =>
            {
                Self::Full
            }
            Some(rusqlite::ErrorCode::NotADatabase) => Self::WrongKey,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::InUse,
            _ => Self::Sqlite(error),
        }
    }
}

/// What most of a ledger's doings end in.
pub type Result<T> = std::result::Result<T, LedgerError>;
