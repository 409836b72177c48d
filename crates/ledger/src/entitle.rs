//! Whether an author may write about a subject: decided by directives alone, never by what was written.

use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::{Place, Role};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::Head;
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::record::Registration;
use rusqlite::params;

/// What the directives say of an author and an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entitled {
    /// May write it.
    Yes,
    /// May, but already knew when writing that the grant had ended: kept and flagged 待核.
    Late,
    /// Nobody has heard of the household yet: its registration may still be on the way.
    NotYet,
    /// Was never entrusted with it.
    No,
}

impl Tx<'_> {
    pub(crate) fn entitled(&self, head: &Head, entry: &Entry) -> Result<Entitled> {
        if self.is_root(head)? || self.holds_everything(entry.user)? {
            return Ok(Entitled::Yes);
        }
        if entry.is_directive() {
            let may = self.may_direct(entry)?;
            return Ok(if may { Entitled::Yes } else { Entitled::No });
        }
        let About::Household(household) = entry.about else { return Ok(Entitled::No) };
        if entry.kind == kind::REGISTRATION {
            let Ok(registration) = minicbor::decode::<Registration>(&entry.body) else { return Ok(Entitled::No) };
            let may = !self.is_known(household)? && self.in_own_area(entry.user, registration.place)?;
            return Ok(if may || self.holds(entry.user, entry.about)? { Entitled::Yes } else { Entitled::No });
        }
        let sql = "select until from scope where user = ?1 and about = ?2";
        let hold = self.one(sql, params![entry.user.bytes(), entry.about.key()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(match hold {
            Some(None) => Entitled::Yes,
            // What was written before the author could know of the end is kept like any other.
            Some(Some(until)) if head.county_seen < until.cast_unsigned() => Entitled::Yes,
            Some(Some(_)) => Entitled::Late,
            None if !self.is_known(household)? => Entitled::NotYet,
            None => Entitled::No,
        })
    }

    /// The county's own hand: the ledger that gives the numbers.
    fn is_root(&self, head: &Head) -> Result<bool> {
        let me = self.identity()?;
        Ok(me.is_county && me.device == head.device && me.user == head.user)
    }

    /// Whether the county has heard of a household.
    fn is_known(&self, household: HouseholdId) -> Result<bool> {
        let sql = "select 1 from entry where about = ?1 and number is not null limit 1";
        Ok(self.one(sql, [About::Household(household).key()], |_| Ok(()))?.is_some())
    }

    /// Whether a place lies in a person's own area: the places they hold, and the villages of their households.
    fn in_own_area(&self, user: UserId, place: PlaceId) -> Result<bool> {
        let chain = self.chain(place)?;
        if self.area_users(&chain)?.contains(&user) {
            return Ok(true);
        }
        let village = self.one("select village from place where id = ?1", [place.bytes()], |row| {
            row.get::<_, Option<Vec<u8>>>(0)
        })?;
        let sql = "select 1 from scope join household on household.id = substr(scope.about, 2) where scope.user = ?1 and scope.until is null and household.village = ?2 limit 1";
        Ok(self.one(sql, params![user.bytes(), village.flatten()], |_| Ok(()))?.is_some())
    }

    /// Townships direct inside their own area; all else is the county's.
    fn may_direct(&self, entry: &Entry) -> Result<bool> {
        let sql = "select place from role where user = ?1 and role = 'township' and place is not null";
        let areas = self.all(sql, [entry.user.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        let areas: Vec<_> = areas.iter().filter_map(|id| PlaceId::from_slice(id)).collect();
        let inside = |place: PlaceId| -> Result<bool> { Ok(self.chain(place)?.iter().any(|outer| areas.contains(outer))) };
        match (entry.kind, entry.about) {
            _ if areas.is_empty() => Ok(false),
            (kind::GRANT | kind::GRANT_END | kind::PLACEMENT, About::Household(_)) => {
                self.holds(entry.user, entry.about)
            }
            (kind::GRANT | kind::GRANT_END, About::Place(place)) => inside(place),
            (kind::PLACE, About::Place(_)) => match minicbor::decode::<Place>(&entry.body).ok().and_then(|place| place.parent) {
                Some(parent) => inside(parent),
                None => Ok(false),
            },
            (kind::CADRE | kind::ENROLMENT, About::Cadre(user)) => Ok(!self.outranks(user)?),
            (kind::ROLE, About::Cadre(user)) => match minicbor::decode::<Role>(&entry.body) {
                Ok(Role { role, place }) if role == "helper" || role == "first_secretary" => {
                    Ok(!self.outranks(user)? && place.is_none_or(|place| inside(place).unwrap_or(false)))
                }
                _ => Ok(false),
            },
            _ => Ok(false),
        }
    }

    /// Whether a person stands above the township, so that a township cannot speak for them.
    fn outranks(&self, user: UserId) -> Result<bool> {
        let sql = "select 1 from role where user = ?1 and role in ('county', 'township') limit 1";
        Ok(self.one(sql, [user.bytes()], |_| Ok(()))?.is_some())
    }
}
