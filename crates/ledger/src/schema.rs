//! The tables as they are in a file, for comparing with docs/schema.sql.

use crate::error::Result;
use crate::store::Ledger;

impl Ledger {
    /// The statements that made the tables and indexes of this file, as the database keeps them.
    #[doc(hidden)]
    pub fn schema(&self) -> Result<Vec<String>> {
        self.look().all("select sql from sqlite_master where sql is not null order by name", [], |row| row.get(0))
    }
}
