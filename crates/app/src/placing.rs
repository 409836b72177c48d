//! The places a roster names, found in both trees or planned to be made.

use crate::error::{AppError, Result};
use crate::naming::Naming;
use lianhu_core::directive::Place;
use lianhu_core::ids::PlaceId;
use lianhu_ledger::Ledger;
use lianhu_workbook::RosterHousehold;
use std::collections::BTreeMap;

/// Where a household of the roster belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) origin: PlaceId,
    pub(crate) present: Option<PlaceId>,
    pub(crate) village: Option<PlaceId>,
}

/// The known places, and those that the roster adds.
pub(crate) struct Placing {
    county: PlaceId,
    county_name: String,
    known: BTreeMap<(PlaceId, String), PlaceId>,
    new: Vec<(PlaceId, Place)>,
    added: usize,
}

impl Placing {
    pub(crate) fn new(ledger: &Ledger) -> Result<Self> {
        let county = ledger.county_place()?.ok_or_else(|| AppError::missing("县"))?;
        let places = ledger.places()?;
        let known = places.iter().filter_map(|place| Some(((place.parent?, place.name.clone()), place.id)));
        let county_name = places.iter().find(|place| place.id == county).map(|place| place.name.clone());
        Ok(Self {
            county,
            county_name: county_name.unwrap_or_default(),
            known: known.collect(),
            new: Vec::new(),
            added: 0,
        })
    }

    /// Whether this is the name of another county than ours.
    pub(crate) fn is_foreign(&self, county: &str) -> bool {
        !county.is_empty() && !self.county_name.ends_with(county) && !county.ends_with(&self.county_name)
    }

    /// Finds or plans the places of a household.
    pub(crate) fn plan(&mut self, naming: &Naming, household: &RosterHousehold) -> Placed {
        let place = &household.place;
        let town = self.step(naming, self.county, "town", &place.town);
        let village = self.step(naming, town, "village", &place.village);
        let natural = self.step(naming, village, "natural_village", &place.natural_village);
        let origin = self.step(naming, natural, "group", &place.group);
        let site = household.site();
        let present = (!site.is_empty()).then(|| self.step(naming, town, "site", site));
        Placed { origin, present, village: (village != town).then_some(village) }
    }

    fn step(&mut self, naming: &Naming, parent: PlaceId, level: &str, name: &str) -> PlaceId {
        if name.is_empty() {
            return parent;
        }
        let key = (parent, name.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = naming.place(parent, level, name);
        let place = Place { name: name.to_owned(), level: level.to_owned(), parent: Some(parent), code: None };
        self.new.push((id, place));
        self.added += 1;
        self.known.insert(key, id);
        id
    }

    /// The places planned since this was last asked.
    pub(crate) fn take_new(&mut self) -> Vec<(PlaceId, Place)> {
        std::mem::take(&mut self.new)
    }

    pub(crate) fn new_places(&self) -> usize {
        self.added
    }
}
