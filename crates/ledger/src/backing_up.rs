//! A copy of a ledger. Of a device it is the whole file; of the county it is what cannot be computed: what was written
//! lies sealed in it, household by household, and no table tells anything in clear. The tables are computed again when
//! the copy is opened.

use crate::error::{LedgerError, Result};
use crate::household_keys::HouseholdKeys;
use crate::rebuild::REBUILT;
use crate::store::{FileKey, Ledger, SCHEMA, VERSION, connect};
use rusqlite::Connection;
use std::path::Path;

/// Said in a copy of which the tables are still to be computed.
const WANTED: &str = "rebuild";
/// Said where an older version kept entries of kinds it did not know and showed nowhere: this one computes their rows. A ledger
/// that has none needs nothing computed.
pub(crate) const WANTED_IF_PASSED_ON: &str = "insert or replace into meta (key, value) select 'rebuild', 1 where exists (select 1 from entry where kind >= 64 and kind >= 86) \
     or (exists (select 1 from joining) and exists (select 1 from erased));";

impl Ledger {
    /// Copies the ledger, as it is at one moment, into a new file under the same key. The keys of a county's households
    /// are not in it.
    pub fn back_up(path: &Path, key: &FileKey, to: &Path) -> Result<()> {
        if !path.exists() {
            return Err(LedgerError::NotFound("ledger"));
        }
        let from = connect(path, key)?;
        let sql = "select count(*) from meta where key = 'is_county' and value = 1";
        let is_county = from.query_row(sql, [], |row| row.get::<_, i64>(0))? == 1;
        let mut copy = connect(to, key)?;
        if is_county {
            return copy_durable(path, key, &copy);
        }
        // All at once: one moment of the ledger, which a busy writer cannot make start over.
        rusqlite::backup::Backup::new(&from, &mut copy)?.step(-1)?;
        Ok(())
    }

    /// Copies the keys of a county's households into a new file under the same key: after the ledger, so that none is
    /// missing for what is in that copy.
    pub fn back_up_keys(path: &Path, key: &FileKey, to: &Path) -> Result<()> {
        HouseholdKeys::back_up(path, key, to)
    }

    /// Computes the tables of a copy that came without them.
    pub(crate) fn rebuild_if_wanted(&mut self) -> Result<()> {
        if self.look().meta::<i64>(WANTED)? != Some(1) {
            return Ok(());
        }
        self.transact(|tx| {
            tx.rebuild()?;
            tx.set_meta(WANTED, 0)
        })
    }
}

fn copy_durable(path: &Path, key: &FileKey, copy: &Connection) -> Result<()> {
    copy.execute_batch("pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -131072;")?;
    copy.execute_batch(&format!("begin immediate; {SCHEMA} pragma user_version = {VERSION}; commit;"))?;
    copy.execute("attach database ?1 as live key ?2", (path.to_string_lossy(), key.spelt()))?;
    copy.execute_batch("begin immediate")?;
    // Indexes are made at the end: in order they cost a tenth.
    let indexes = indexes(copy)?;
    for (name, _) in &indexes {
        copy.execute_batch(&format!("drop index main.{name}"))?;
    }
    for table in texts(copy, "select name from live.sqlite_master where type = 'table' and name not like 'sqlite_%'")? {
        if !REBUILT.contains(&table.as_str()) {
            let columns = texts(copy, &format!("select name from pragma_table_info('{table}', 'live')"))?.join(", ");
            copy.execute_batch(&format!("insert into main.{table} ({columns}) select {columns} from live.{table}"))?;
        }
    }
    for (_, sql) in &indexes {
        copy.execute_batch(sql)?;
    }
    copy.execute("insert or replace into main.meta (key, value) values (?1, 1)", [WANTED])?;
    copy.execute_batch("commit; detach database live; pragma journal_mode = wal;")?;
    Ok(())
}

fn indexes(copy: &Connection) -> Result<Vec<(String, String)>> {
    let mut query =
        copy.prepare("select name, sql from main.sqlite_master where type = 'index' and sql is not null")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn texts(copy: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut query = copy.prepare(sql)?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
