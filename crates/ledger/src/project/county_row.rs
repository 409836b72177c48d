//! Numbers that a county has set for itself, the newest of each.

use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::CountyRow;
use lianhu_core::entry::kind;
use rusqlite::params;

impl Tx<'_> {
    pub(super) fn project_county_rows(&self) -> Result<()> {
        self.run("delete from county_row", [])?;
        for kept in self.entries("kind = ?1", [kind::COUNTY_ROW])? {
            let CountyRow { key, value } = kept.body()?;
            self.run("insert or replace into county_row (key, value) values (?1, ?2)", params![key, value])?;
        }
        Ok(())
    }
}
