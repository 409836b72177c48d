//! Where a household belongs and where it lives now: the places in its row, and the village and town it counts under.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::directive::Placement;
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::{HouseholdId, PlaceId};
use lianhu_core::record::Registration;
use rusqlite::params;

/// Where a household belongs, and where it lives now.
type Where = (Option<PlaceId>, Option<PlaceId>);

impl Tx<'_> {
    pub(super) fn project_placement(&self, kept: &Kept) -> Result<()> {
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        if self.has_household(household)? {
            self.place_household(household)?;
            self.touch(About::Household(household));
            return Ok(());
        }
        let dossier = self.dossier(household)?;
        self.project_household(household, &dossier)
    }

    /// Computes the places in the row of a household.
    pub(super) fn place_household(&self, household: HouseholdId) -> Result<()> {
        let (origin, present) = self.placement(household)?;
        let origin = origin.map(|id| id.bytes().to_vec());
        let above = self.one("select village, town from place where id = ?1", [&origin], |row| {
            Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
        })?;
        let (village, town) = above.unwrap_or_default();
        let present = present.map(|id| id.bytes().to_vec());
        // Three indexes hang on these columns: a row that stays where it is leaves them alone.
        let moved = self.run(
            "update household set origin = ?2, present = ?3, village = ?4, town = ?5 where id = ?1 \
             and (origin is not ?2 or present is not ?3 or village is not ?4 or town is not ?5)",
            params![household.bytes(), origin, present, village, town],
        )?;
        if moved > 0 { self.put_alike_keys(household) } else { Ok(()) }
    }

    /// Where a household is placed: the newest numbered placement, else what is still waiting.
    fn placement(&self, household: HouseholdId) -> Result<Where> {
        let about = About::Household(household).key();
        let all =
            self.entries("about = ?1 and kind in (?2, ?3)", params![about, kind::PLACEMENT, kind::REGISTRATION])?;
        let newest = all.iter().rfind(|kept| kept.number.is_some()).or(all.last());
        Ok(match newest {
            None => (None, None),
            Some(kept) if kept.entry.kind == kind::PLACEMENT => {
                let placement: Placement = kept.body()?;
                (Some(placement.origin), placement.present)
            }
            Some(kept) => (Some(kept.body::<Registration>()?.place), None),
        })
    }
}
