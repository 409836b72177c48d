//! Where a household lives: it moves to another village, or into a building of a settlement. Who holds it by its old place
//! lets go of it, who holds it by the new one gets it, and both are told.

use crate::app::App;
use crate::card::HouseholdCard;
use crate::error::{AppError, Result};
use lianhu_core::directive::Placement;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::PlaceId;
use lianhu_core::problem::ProblemKind;

impl App {
    /// Places a household elsewhere: `origin` is the village it belongs to, `present` where it lives if that is elsewhere, and `""`
    /// says that it is not. What is not said stays as it is. It takes effect when the county numbers it.
    pub fn place_household(
        &self,
        household: String,
        origin: Option<String>,
        present: Option<String>,
    ) -> Result<HouseholdCard> {
        self.check_may_direct()?;
        let id = self.household_of(&household)?;
        self.check_directs_about(id)?;
        let known = self.ledger().placement_of(id)?;
        let origin = origin.map(|place| self.own_place("origin", &place)).transpose()?;
        let origin = origin.or(known.as_ref().map(|known| known.origin));
        let origin = origin.ok_or_else(|| AppError::field("origin", ProblemKind::Missing))?;
        let present = match present.as_deref() {
            None => known.as_ref().and_then(|known| known.present),
            Some("") => None,
            Some(place) => Some(self.own_place("present", place)?),
        };
        let body = Placement { origin, present: present.filter(|present| *present != origin) };
        if known.as_ref() != Some(&body) {
            self.ledger()
                .write(|writing| writing.record(About::Household(id), kind::PLACEMENT, Source::Office, &body))?;
        }
        self.household(id.to_string())
    }

    /// A place in which the person here directs: a township places nothing outside its area.
    pub(crate) fn own_place(&self, field: &str, text: &str) -> Result<PlaceId> {
        let place = self.place_of(text)?;
        let ledger = self.ledger();
        let inside = ledger.may_direct_in(ledger.identity()?.user, place)?;
        if inside { Ok(place) } else { Err(AppError::field(field, ProblemKind::Unknown)) }
    }
}
