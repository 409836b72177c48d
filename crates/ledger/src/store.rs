//! The file a ledger lives in: opened with its key, one writer at a time, every act one transaction on disk.

use crate::backing_up::WANTED_IF_PASSED_ON;
use crate::error::{LedgerError, Result};
use crate::household_keys::HouseholdKeys;
use crate::identity::Identity;
use lianhu_core::day::Moment;
use lianhu_core::dossier::Dossier;
use lianhu_core::entry::About;
use lianhu_core::ids::HouseholdId;
use lianhu_core::surroundings::Surroundings;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// The version of the durable tables and of the projection; rises only together with a new upgrade fixture.
pub const VERSION: i64 = 2;

pub(crate) const SCHEMA: &str = include_str!("schema.sql");

/// The key of a ledger's file.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey(pub [u8; 32]);

impl FileKey {
    /// As the database is told it.
    pub(crate) fn spelt(&self) -> String {
        use std::fmt::Write as _;
        let hex = self.0.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").ok();
            hex
        });
        format!("x'{hex}'")
    }
}

impl Drop for FileKey {
    fn drop(&mut self) {
        // What is locked is not to be found in the memory of the program.
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(…)")
    }
}

/// A ledger: the entries of a phone, a township or a county, and the tables they add up to.
pub struct Ledger {
    pub(crate) conn: Connection,
    pub(crate) around: Arc<dyn Surroundings>,
    /// The keys of the households, where this is the county.
    pub(crate) keys: Option<HouseholdKeys>,
    /// Whether a household was erased of which the key may still be there.
    pub(crate) key_left: bool,
    pub(crate) key: FileKey,
    touched: BTreeSet<About>,
    path: PathBuf,
    // Held for as long as the ledger is open; the system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("path", &self.path).finish_non_exhaustive()
    }
}

/// One act on a ledger, inside its transaction.
pub(crate) struct Tx<'a> {
    pub(crate) conn: &'a Connection,
    pub(crate) around: &'a dyn Surroundings,
    pub(crate) keys: Option<&'a HouseholdKeys>,
    touched: RefCell<BTreeSet<About>>,
    /// Whether this act has erased a household.
    pub(crate) erases: Cell<bool>,
    /// Whether what stands aside is being judged once more: one round after another, not one within another.
    pub(crate) rejudging: Cell<bool>,
    /// The household of a draft that is finished in this act: what was begun while it was held may be written down.
    pub(crate) begun: Cell<Option<HouseholdId>>,
    pub(crate) me: RefCell<Option<Identity>>,
    /// The dossiers this act has in hand, as they are stored.
    pub(crate) in_hand: RefCell<BTreeMap<HouseholdId, Rc<Dossier>>>,
}

impl Ledger {
    /// Opens the ledger at this path, making it if there is none.
    pub fn open(path: &Path, key: &FileKey, around: Arc<dyn Surroundings>) -> Result<Self> {
        let lock = lock(path)?;
        let conn = connect(path, key)?;
        let found: i64 = conn.query_row("pragma user_version", [], |row| row.get(0))?;
        if found > VERSION {
            return Err(LedgerError::TooNew { found, known: VERSION });
        }
        // What came since is added; what is there stays as it is.
        let added = SCHEMA.replace("create table ", "create table if not exists ");
        let added = added.replace("create index ", "create index if not exists ");
        let made = match found {
            VERSION => conn.execute_batch(&added),
            _ => conn.execute_batch(&format!(
                "begin immediate; {added} pragma user_version = {VERSION}; {} commit;",
                if found == 0 { "" } else { WANTED_IF_PASSED_ON }
            )),
        };
        if let Err(error) = made {
            conn.execute_batch("rollback").ok();
            return Err(error.into());
        }
        let mut ledger = Self {
            conn,
            around,
            keys: None,
            key_left: false,
            key: key.clone(),
            touched: BTreeSet::new(),
            path: path.to_owned(),
            _lock: lock,
        };
        ledger.open_keys()?;
        ledger.rebuild_if_wanted()?;
        ledger.end_what_went_with_it()?;
        Ok(ledger)
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the surroundings' clock says.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.around.now()
    }

    /// Rises with every row that is written: what was computed at the same count still holds.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.conn.total_changes()
    }

    /// What has changed since this was last asked, for whoever shows it.
    pub fn take_touched(&mut self) -> BTreeSet<About> {
        std::mem::take(&mut self.touched)
    }

    /// Carries out one act: all of it is on disk when this returns, or none of it.
    pub(crate) fn transact<T>(&mut self, act: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        // A panic in an earlier act may have left its transaction open; nothing of it may stay.
        if !self.conn.is_autocommit() {
            self.conn.execute_batch("rollback")?;
            self.keys.iter().for_each(HouseholdKeys::take_back);
        }
        self.conn.execute_batch("begin immediate")?;
        let tx = self.look();
        let done = act(&tx).and_then(|value| {
            // A key first, then what is sealed with it.
            self.keys.as_ref().map_or(Ok(()), HouseholdKeys::settle)?;
            self.conn.execute_batch("commit").map(|()| value).map_err(Into::into)
        });
        let (touched, erases) = (tx.touched.into_inner(), tx.erases.get());
        match done {
            Ok(value) => {
                self.touched.extend(touched);
                self.key_left |= erases;
                self.destroy_keys();
                Ok(value)
            }
            Err(error) => {
                self.keys.iter().for_each(HouseholdKeys::take_back);
                // A failed commit may have rolled back by itself.
                if !self.conn.is_autocommit() {
                    self.conn.execute_batch("rollback").ok();
                }
                Err(error)
            }
        }
    }

    /// Reads, outside any act.
    pub(crate) fn look(&self) -> Tx<'_> {
        Tx {
            conn: &self.conn,
            around: &*self.around,
            keys: self.keys.as_ref(),
            touched: RefCell::default(),
            erases: Cell::default(),
            rejudging: Cell::default(),
            begun: Cell::default(),
            me: RefCell::default(),
            in_hand: RefCell::default(),
        }
    }

    /// Whether every page of the file is as it was written.
    pub fn is_whole(&self) -> Result<bool> {
        let broken = self.look().all("pragma cipher_integrity_check", [], |row| row.get::<_, String>(0))?;
        let told = self.look().one("pragma integrity_check(1)", [], |row| row.get::<_, String>(0))?;
        Ok(broken.is_empty() && told.as_deref() == Some("ok"))
    }
}

impl Tx<'_> {
    pub(crate) fn touch(&self, about: About) {
        self.touched.borrow_mut().insert(about);
    }

    pub(crate) fn meta<T: FromSql>(&self, key: &str) -> Result<Option<T>> {
        let mut query = self.conn.prepare_cached("select value from meta where key = ?1")?;
        Ok(query.query_row([key], |row| row.get::<_, Option<T>>(0)).optional()?.flatten())
    }

    pub(crate) fn set_meta(&self, key: &str, value: impl ToSql) -> Result<()> {
        let mut put = self.conn.prepare_cached(
            "insert into meta (key, value) values (?1, ?2) on conflict (key) do update set value = excluded.value",
        )?;
        put.execute(params![key, value])?;
        Ok(())
    }

    /// A counter of this ledger, moved on by one.
    pub(crate) fn count_up(&self, key: &str) -> Result<u64> {
        let next = self.meta::<i64>(key)?.unwrap_or(0) + 1;
        self.set_meta(key, next)?;
        Ok(next.cast_unsigned())
    }

    pub(crate) fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize> {
        Ok(self.conn.prepare_cached(sql)?.execute(params)?)
    }

    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.conn.prepare_cached(sql)?.query_row(params, read).optional()?)
    }

    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut query = self.conn.prepare_cached(sql)?;
        let rows = query.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path.with_extension("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

pub(crate) fn connect(path: &Path, key: &FileKey) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.execute_batch(&format!("pragma key = \"{}\";", key.spelt()))?;
    conn.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; pragma temp_store = memory; \
         pragma busy_timeout = 5000; pragma cache_size = -32768; pragma wal_autocheckpoint = 2000;",
    )?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}
