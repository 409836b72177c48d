//! What a person may do, and where.

use crate::error::Result;
use crate::store::Ledger;
use lianhu_core::directive::Role;
use lianhu_core::ids::{PlaceId, UserId};

impl Ledger {
    /// The roles of a person, each with its area.
    pub fn roles_of(&self, user: UserId) -> Result<Vec<Role>> {
        let sql = "select distinct role, place from role where user = ?1 order by role, place";
        self.look().all(sql, [user.bytes()], |row| {
            let place: Option<Vec<u8>> = row.get(1)?;
            Ok(Role { role: row.get(0)?, place: place.and_then(|id| PlaceId::from_slice(&id)) })
        })
    }
}
