//! Where a township's area ends: what lies in it, what lay there as far as somebody knew, who works in it alone.

use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::Placement;
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::record::Registration;
use rusqlite::params;

/// Higher than any number: what ended has ended.
pub(crate) const NOW: u64 = i64::MAX.cast_unsigned();

impl Tx<'_> {
    /// Whether all that a person held at a number, and holds still, lies in these areas.
    pub(crate) fn works_within(&self, user: UserId, areas: &[PlaceId], seen: u64) -> Result<bool> {
        let inside = |place: PlaceId| -> Result<bool> { Ok(self.chain(place)?.iter().any(|at| areas.contains(at))) };
        let sql = "select place from role where user = ?1 and reach > 0 and number is not null and ended is null";
        for place in self.all(sql, [user.bytes()], |row| row.get::<_, Option<Vec<u8>>>(0))? {
            let Some(place) = place.and_then(|id| PlaceId::from_slice(&id)) else { return Ok(false) };
            if !inside(place)? {
                return Ok(false);
            }
        }
        for held in self.granted_to(user)? {
            if let About::Place(place) = held
                && !inside(place)?
            {
                return Ok(false);
            }
        }
        let sql = "select about from scope where user = ?1 and until is null and since <= ?2 and about between x'68' and x'69'";
        let held = self.all(sql, params![user.bytes(), seen.cast_signed()], |row| row.get::<_, Vec<u8>>(0))?;
        for household in held.iter().filter_map(|key| About::from_key(key)?.household()) {
            if !self.lay_within([household, household], areas, seen)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a township directs about a household it holds because it lies in its area, not because the person at its desk
    /// happens to help that household.
    pub(crate) fn is_theirs(
        &self,
        township: UserId,
        household: HouseholdId,
        areas: &[PlaceId],
        seen: u64,
    ) -> Result<bool> {
        let sql = "select 1 from granted where about = ?1 and number is not null and (user = ?2 \
                   or user in (select team from member where member.user = ?2)) limit 1";
        let params = params![About::Household(household).key(), township.bytes()];
        let helps = self.one(sql, params, |_| Ok(()))?.is_some();
        Ok(!helps || self.lay_within([household, household], areas, seen)?)
    }

    /// Whether both of these lie in one of these areas, or did as far as somebody knew who had seen the log up to a number.
    /// Nobody looks after what was erased: it keeps nobody from joining or parting what is left.
    pub(crate) fn lay_within(&self, households: [HouseholdId; 2], areas: &[PlaceId], seen: u64) -> Result<bool> {
        for household in households {
            if self.erased_by(household)?.is_some() || self.lies_within(household, areas)? {
                continue;
            }
            let mut lay = false;
            for (places, replaced) in self.placements(household)? {
                if replaced.is_none_or(|number| seen < number) {
                    for place in places {
                        lay = lay || self.chain(place)?.iter().any(|outer| areas.contains(outer));
                    }
                }
            }
            if !lay {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a household itself lies in one of these areas, whatever it is joined with.
    pub(crate) fn lies_within(&self, household: HouseholdId, areas: &[PlaceId]) -> Result<bool> {
        Ok(self.places_of(household)?.iter().any(|place| areas.contains(place)))
    }

    /// The areas of a person as a township, also those they had until after the number they have seen.
    pub(crate) fn areas_directed(&self, user: UserId, seen: u64) -> Result<Vec<PlaceId>> {
        let sql = "select place from role where user = ?1 and reach = 2 and place is not null \
                   and (ended is null or ended > ?2)";
        let areas = self.all(sql, params![user.bytes(), seen.cast_signed()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(areas.iter().filter_map(|id| PlaceId::from_slice(id)).collect())
    }

    /// Whether a person held something when they had seen the log up to a number.
    pub(crate) fn held_at(&self, user: UserId, about: About, seen: u64) -> Result<bool> {
        let sql = "select 1 from scope where user = ?1 and about = ?2 and (until is null or until > ?3)";
        Ok(self.one(sql, params![user.bytes(), about.key(), seen.cast_signed()], |_| Ok(()))?.is_some())
    }

    /// Where a household was ever placed, its origin first, with the number at which the next placement took over.
    pub(crate) fn placements(&self, household: HouseholdId) -> Result<Vec<(Vec<PlaceId>, Option<u64>)>> {
        let about = About::Household(household).key();
        let sql = "about = ?1 and kind in (?2, ?3) and number is not null";
        let all = self.entries(sql, params![about, kind::PLACEMENT, kind::REGISTRATION])?;
        let mut placements: Vec<(Vec<PlaceId>, Option<u64>)> = Vec::new();
        for kept in all {
            if let Some(last) = placements.last_mut() {
                last.1 = kept.number;
            }
            let places = if kept.entry.kind == kind::PLACEMENT {
                let Placement { origin, present } = kept.body()?;
                std::iter::once(origin).chain(present).collect()
            } else {
                vec![kept.body::<Registration>()?.place]
            };
            placements.push((places, None));
        }
        Ok(placements)
    }
}
