//! What an inspector is shown of the county's ledger: figures about ten households at least, and a list with numbers in place of
//! households. No name, no id, no number of a person, no place below the village; nothing by who looks after whom.

use crate::error::Result;
use crate::inspections::InspectionRow;
use crate::store::{Ledger, Tx};
use lianhu_core::day::Day;
use lianhu_core::fact::PlaceRef;
use lianhu_core::ids::{HouseholdId, PlaceId};
use lianhu_core::inspection::Inspection;
use lianhu_core::lot::{HouseholdCode, InspectionKey};
use lianhu_core::outside::{At, Block, Group, Told, blocks};
use lianhu_core::report::{Frame, Scope};
use lianhu_core::tally::tally;
use rusqlite::params;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The households of an inspection by their numbers, and how their villages are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// As of this number of the county.
    pub number: u64,
    /// How places are put together.
    pub blocks: Vec<Block>,
    /// Each number with its household and the place of its group among [`Listing::groups`].
    pub listed: BTreeMap<HouseholdCode, (HouseholdId, usize)>,
}

/// One line of the list: what is told of a household without saying whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRow {
    /// What stands in its place.
    pub code: HouseholdCode,
    /// Its group among [`Listing::groups`].
    pub group: usize,
    /// The day of its last visit: only the month is shown.
    pub last_visit: Option<Day>,
    /// How many visits it had in the period.
    pub visits: u32,
    /// Its open needs by category, without a word of them.
    pub needs: Vec<(String, u32)>,
}

impl Listing {
    /// The groups of all blocks, in order.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.blocks.iter().flat_map(|block| &block.groups)
    }

    /// The place among [`Self::groups`] of the one that a form names so.
    #[must_use]
    pub fn group_named(&self, name: &str) -> Option<usize> {
        self.groups().position(|group| group.name() == name)
    }

    /// The numbers of one group, or of all, rising.
    pub fn codes(&self, group: Option<usize>) -> impl Iterator<Item = &HouseholdCode> {
        self.listed.iter().filter(move |(_, (_, of))| group.is_none_or(|wanted| wanted == *of)).map(|(code, _)| code)
    }
}

impl Ledger {
    /// The key of an inspection: it follows from the county's own, and only the county has that.
    pub fn inspection_key(&self, row: &InspectionRow) -> Result<InspectionKey> {
        self.look().inspection_key(row)
    }

    /// The households of an inspection.
    pub fn listing(&self, row: &InspectionRow) -> Result<Listing> {
        self.look().listing(row)
    }

    /// The lines of these numbers.
    pub fn listed_rows(
        &self,
        inspection: &Inspection,
        listing: &Listing,
        codes: &[&HouseholdCode],
    ) -> Result<Vec<ListedRow>> {
        let tx = self.look();
        let known = codes.iter().filter_map(|code| Some((*code, listing.listed.get(*code)?)));
        known.map(|(code, (household, group))| tx.listed_row(inspection, code, *household, *group)).collect()
    }

    /// The figures of an inspection: counted as the county's report counts them.
    pub fn told_figures(&self, inspection: &Inspection, listing: &Listing) -> Result<Told> {
        let level = inspection.place.map(|id| self.place(id)).transpose()?.flatten().map(|place| place.level);
        let scope = match (inspection.place, level.as_deref()) {
            (Some(place), Some("town")) => Scope::Town(place.0),
            (Some(place), Some("village")) => Scope::Village(place.0),
            _ => Scope::All,
        };
        let tally = tally(&self.facts(inspection.period(), inspection.place)?);
        let frame = Frame { period: Some(inspection.period()), scope, ..Frame::default() };
        Ok(Told::of(&tally, &frame, listing.blocks.clone()))
    }
}

impl Tx<'_> {
    pub(crate) fn inspection_key(&self, row: &InspectionRow) -> Result<InspectionKey> {
        Ok(InspectionKey::of(&self.identity()?.key.seed(), row.entry))
    }

    pub(crate) fn listing(&self, row: &InspectionRow) -> Result<Listing> {
        let key = self.inspection_key(row)?;
        let places: BTreeMap<Vec<u8>, PlaceRef> = self
            .all("select id, name, coalesce(code, '') from place", [], |row| {
                let id: Vec<u8> = row.get(0)?;
                let uuid = Uuid::from_slice(&id).unwrap_or_default();
                Ok((id, PlaceRef { code: row.get(2)?, name: row.get(1)?, id: uuid }))
            })?
            .into_iter()
            .collect();
        let sql = format!(
            "select id, town, village from household where {} and (?1 is null or town = ?1 or village = ?1)",
            crate::households::SHOWN
        );
        let place = row.inspection.place.map(|place| place.bytes().to_vec());
        let households = self.all(&sql, [place], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
        })?;
        let refer = |id: &Option<Vec<u8>>| id.as_ref().and_then(|id| places.get(id)).cloned();
        let mut counts: BTreeMap<At, u64> = BTreeMap::new();
        let mut placed = Vec::new();
        for (id, town, village) in households {
            let Some(household) = HouseholdId::from_slice(&id) else { continue };
            let at = (refer(&town), refer(&village));
            *counts.entry(at.clone()).or_default() += 1;
            placed.push((household, at));
        }
        let mut listing = Listing { number: self.top()?, blocks: blocks(&counts), listed: BTreeMap::new() };
        let group_of: BTreeMap<At, usize> = listing
            .groups()
            .enumerate()
            .flat_map(|(group, told)| told.places.iter().map(move |at| (at.clone(), group)))
            .collect();
        let known = placed.into_iter().filter_map(|(household, at)| Some((household, *group_of.get(&at)?)));
        listing.listed = known.map(|(household, group)| (key.code(household), (household, group))).collect();
        Ok(listing)
    }

    fn listed_row(
        &self,
        inspection: &Inspection,
        code: &HouseholdCode,
        household: HouseholdId,
        group: usize,
    ) -> Result<ListedRow> {
        let cards = "(select ?1 union all select joined.household from joined where joined.root = ?1)";
        let sql = format!(
            "select max(day), count(*) filter (where day between ?2 and ?3) from visit where household in {cards} and struck = 0"
        );
        let visited = self.one(&sql, params![household.bytes(), inspection.since.0, inspection.until.0], |row| {
            Ok((row.get::<_, Option<i32>>(0)?, row.get::<_, u32>(1)?))
        })?;
        let (last_visit, visits) = visited.unwrap_or_default();
        let sql = format!(
            "select category, count(*) from need where household in {cards} and step < 3 group by category order by category"
        );
        let needs = self.all(&sql, [household.bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(ListedRow { code: code.clone(), group, last_visit: last_visit.map(Day), visits, needs })
    }
}

/// The ids of the villages of a group, as a draw keeps them: sixteen zeros for what nobody has placed.
pub(crate) fn villages_of(group: &Group) -> Vec<PlaceId> {
    group.places.iter().map(|(_, village)| PlaceId(village.as_ref().map_or(Uuid::nil(), |place| place.id))).collect()
}
