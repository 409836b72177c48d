//! The trace of what was looked at or taken out although it is masked: a hash chain whose head travels with every
//! envelope, so that a row cannot be taken away later without being noticed.

use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::entry::About;
use lianhu_core::ids::Hash;
use rusqlite::params;

impl Ledger {
    /// Notes that something masked was looked at or taken out, and why.
    pub fn note_audit(&mut self, what: &str, about: About, reason: &str) -> Result<()> {
        let now = self.around.now();
        self.transact(|tx| {
            let prev = tx.audit_head()?.unwrap_or_default();
            let hash =
                Hash::of(&[&prev.0, &now.0.to_be_bytes(), what.as_bytes(), &[0], &about.key(), reason.as_bytes()]);
            tx.run(
                "insert into audit (at, what, about, reason, hash) values (?1, ?2, ?3, ?4, ?5)",
                params![now.0, what, about.key(), reason, hash.0],
            )
            .map(drop)
        })
    }
}

impl Tx<'_> {
    /// The newest link of the chain.
    pub(crate) fn audit_head(&self) -> Result<Option<Hash>> {
        let head = self.one("select hash from audit order by id desc limit 1", [], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(head.and_then(|hash| Hash::from_slice(&hash)))
    }
}
