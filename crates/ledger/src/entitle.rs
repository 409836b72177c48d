//! Whether an author may write about a subject: decided by directives alone, never by what was written.

use crate::error::Result;
use crate::gate::is_of_import;
use crate::store::Tx;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::Head;
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted};
use lianhu_core::handover::HandoverTaken;
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::join::Apart;
use lianhu_core::record::Registration;
use rusqlite::params;

/// What the directives say of an author and an entry, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Judged by what its author had heard of the log up to `seen`.
    pub(crate) fn entitled(&self, head: &Head, entry: &Entry, seen: u64) -> Result<Entitled> {
        if matches!(entry.kind, kind::EXPORT_WANTED | kind::EXPORT_GRANTED | kind::EXPORT_GRANT_END) {
            // The county's people decide it between themselves: not even its own hand does it for them.
            return self.may_decide_export(entry);
        }
        if self.is_root(head)? {
            return Ok(Entitled::Yes);
        }
        if matches!(entry.kind, kind::SAMPLE_DRAWN | kind::SAMPLE_OPENED) {
            // What an inspector did is noted by the county's own hand, or it could be made up by anybody.
            return Ok(Entitled::No);
        }
        if self.holds_everything(entry.user)? {
            return Ok(Entitled::Yes);
        }
        if entry.is_directive() {
            let may = self.may_direct(entry, seen)?;
            return match may {
                true => Ok(Entitled::Yes),
                false if self.waits_for_its_subject(entry)? => Ok(Entitled::NotYet),
                false => Ok(Entitled::No),
            };
        }
        if entry.kind == kind::TRACE {
            // Whoever is enrolled leaves traces, whatever they hold.
            return Ok(Entitled::Yes);
        }
        if entry.kind == kind::HANDOVER_TAKEN {
            return Ok(if self.may_take_over(entry)? { Entitled::Yes } else { Entitled::No });
        }
        let About::Household(household) = entry.about else { return Ok(Entitled::No) };
        // What the roster import says counts as confirmed; only the county, let through above, imports rosters.
        if is_of_import(entry) {
            return Ok(Entitled::No);
        }
        if entry.kind == kind::REGISTRATION {
            let Ok(registration) = minicbor::decode::<Registration>(&entry.body) else { return Ok(Entitled::No) };
            // Whoever holds a household already may not place it anywhere else by registering it once more.
            return if self.is_known(household)? && !self.holds(entry.user, entry.about)? {
                Ok(Entitled::No)
            } else {
                self.in_own_area(entry.user, registration.place, seen)
            };
        }
        let own = self.may_write_about(entry.user, household, seen)?;
        Ok(match minicbor::decode::<Apart>(&entry.body) {
            // Nobody tells households apart of which they held only one, as far as they could know. One that was erased is
            // nobody's any more: it keeps nobody from it.
            Ok(apart) if entry.kind == kind::APART && self.erased_by(apart.from)?.is_none() => {
                own.max(self.may_write_about(entry.user, apart.from, seen)?)
            }
            _ => own,
        })
    }

    /// Whether somebody who had seen the log up to a number may write about a household: who holds it, or held it.
    fn may_write_about(&self, user: UserId, household: HouseholdId, seen: u64) -> Result<Entitled> {
        let sql = "select until from scope where user = ?1 and about = ?2";
        let params = params![user.bytes(), About::Household(household).key()];
        let hold = self.one(sql, params, |row| row.get::<_, Option<i64>>(0))?;
        Ok(match hold {
            Some(None) => Entitled::Yes,
            // What was written before the author could know of the end is kept like any other.
            Some(Some(until)) if seen < until.cast_unsigned() => Entitled::Yes,
            Some(Some(_)) => Entitled::Late,
            None if !self.is_known(household)? => Entitled::NotYet,
            None => Entitled::No,
        })
    }

    /// Whoever holds or held a household may say that they have taken it over from whoever left a note about it.
    fn may_take_over(&self, entry: &Entry) -> Result<bool> {
        let (About::Cadre(giver), Ok(taken)) = (entry.about, minicbor::decode::<HandoverTaken>(&entry.body)) else {
            return Ok(false);
        };
        let sql = "select 1 from entry join scope on scope.about = entry.about and scope.user = ?3 \
                   where entry.name = ?1 and entry.kind = ?4 and entry.user = ?2";
        for note in &taken.notes {
            let params = params![note.0, giver.bytes(), entry.user.bytes(), kind::HANDOVER_NOTE];
            if self.one(sql, params, |_| Ok(()))?.is_none() {
                return Ok(false);
            }
        }
        Ok(!taken.notes.is_empty())
    }

    /// Whether a person of the county may ask for, grant, refuse or end an unmasked export. Nobody grants their own.
    fn may_decide_export(&self, entry: &Entry) -> Result<Entitled> {
        let may = |may: bool| if may { Entitled::Yes } else { Entitled::No };
        if !self.holds_everything(entry.user)? || entry.kind == kind::EXPORT_WANTED {
            return Ok(may(self.holds_everything(entry.user)?));
        }
        let granted = minicbor::decode::<ExportGranted>(&entry.body).ok();
        let ended = || minicbor::decode::<ExportGrantEnd>(&entry.body).ok().map(|end| end.wanted);
        let is_grant = entry.kind == kind::EXPORT_GRANTED;
        let named = if is_grant { granted.map(|granted| granted.wanted) } else { ended() };
        let Some(named) = named else { return Ok(Entitled::No) };
        // After a restore the asking may come again behind its grant.
        let Some((asker, wanted)) = self.export_wanted(named)? else { return Ok(Entitled::NotYet) };
        let in_time = granted.is_some_and(|granted| granted.until <= wanted.last_day(entry.at.day()));
        Ok(may(!is_grant || (asker != entry.user && in_time)))
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

    /// Whether a place lies in a person's own area, as they could know it at a number: the places they hold, and the
    /// villages of their households. What was theirs once and no longer is late, not refused.
    fn in_own_area(&self, user: UserId, place: PlaceId, seen: u64) -> Result<Entitled> {
        let chain = self.chain(place)?;
        if self.area_users(&chain)?.contains(&user) {
            return Ok(Entitled::Yes);
        }
        let mut found = Entitled::No;
        for outer in &chain {
            let sql = "select max(ended) from ( \
                select ended from granted where about = ?1 and user = ?2 and number is not null \
                union all select ended from role where place = ?3 and user = ?2 and reach in (1, 2) \
                union all select coalesce(granted.ended, member.number) from granted join member on member.team = granted.user \
                where granted.about = ?1 and member.user = ?2 and left = 1)";
            let params = params![About::Place(*outer).key(), user.bytes(), outer.bytes()];
            match self.one(sql, params, |row| row.get::<_, Option<i64>>(0))?.flatten() {
                Some(ended) if seen < ended.cast_unsigned() => return Ok(Entitled::Yes),
                Some(_) => found = Entitled::Late,
                None => {}
            }
        }
        let Some(village) = self.village_around(place)? else { return Ok(found) };
        let sql = "select substr(about, 2), until from scope where user = ?1 and about between x'68' and x'69'";
        let held =
            self.all(sql, [user.bytes()], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<i64>>(1)?)))?;
        for (household, until) in held {
            let Some(household) = HouseholdId::from_slice(&household) else { continue };
            let known = until.is_none_or(|until| seen < until.cast_unsigned());
            // Where an erased household lay is written nowhere any more; that its holder was told of the village is.
            if known && self.erased_by(household)?.is_some() && self.was_told_of(user, village)? {
                found = Entitled::Late;
            }
            for (places, replaced) in self.placements(household)? {
                let Some(origin) = places.first() else { continue };
                if self.village_around(*origin)? == Some(village) {
                    if known && replaced.is_none_or(|number| seen < number) {
                        return Ok(Entitled::Yes);
                    }
                    found = Entitled::Late;
                }
            }
        }
        Ok(found)
    }

    /// Whether a person was ever told of a place.
    fn was_told_of(&self, user: UserId, place: PlaceId) -> Result<bool> {
        let sql = "select 1 from scope where user = ?1 and about = ?2";
        Ok(self.one(sql, params![user.bytes(), About::Place(place).key()], |_| Ok(()))?.is_some())
    }

    fn village_around(&self, place: PlaceId) -> Result<Option<PlaceId>> {
        let sql = "select village from place where id = ?1";
        let village = self.one(sql, [place.bytes()], |row| row.get::<_, Option<Vec<u8>>>(0))?;
        Ok(village.flatten().and_then(|id| PlaceId::from_slice(&id)))
    }
}
