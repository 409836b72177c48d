//! What an inspector is told, held against the log: every figure as it is worked out from the numbered entries, none about one
//! to nine households, told or to be worked out from others by adding and taking away; and nobody's name.

use super::World;
use super::promises::{Kept, canaries_in, ensure};
use lianhu_core::day::Period;
use lianhu_core::directive::LawfulCount;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::ids::{EntryName, HouseholdId, PlaceId};
use lianhu_core::inspection::Inspection;
use lianhu_core::outside::{Cells, Group, Told};
use lianhu_core::report::Measure;
use lianhu_ledger::{InspectionRow, Listing};
use std::collections::{BTreeMap, BTreeSet};

/// A figure is about none, or about so many at least.
const FEWEST: i64 = 10;

/// The town and the village that a household counts under.
type At = (Option<PlaceId>, Option<PlaceId>);

/// A sum that was told: of which groups, and what it is.
type Sum = (Vec<f64>, f64);

/// From and up to how much.
type Range = (u32, u32);

impl World {
    /// What an inspection of a place is about: every household once, and where it counts.
    pub(super) fn seen_from_outside(&self, place: Option<PlaceId>) -> BTreeMap<HouseholdId, At> {
        let (cards, in_effect) = (&self.model.cards, self.model.cards.in_effect());
        let shown = cards.written().iter().copied().filter(|card| cards.shown_as(&in_effect, *card) == *card);
        let all = shown.map(|household| (household, self.model.counts_under(household)));
        all.filter(|(_, (town, village))| place.is_none_or(|of| [*town, *village].contains(&Some(of)))).collect()
    }

    /// What is told in every inspection that runs.
    pub(super) fn check_told(&self) -> Kept {
        let mut codes = BTreeSet::new();
        for entry in self.running() {
            let row = self.village.county.with(|county| county.inspection(entry)).map_err(|error| error.to_string())?;
            let row = row.ok_or("an inspection that runs is not there")?;
            let listing = self.village.county.with(|county| county.listing(&row)).map_err(|error| error.to_string())?;
            let twice = listing.listed.keys().find(|code| !codes.insert((*code).clone()));
            ensure(twice.is_none(), || format!("{twice:?} stands for somebody in two inspections"))?;
            self.check_list(&row, &listing)?;
            self.check_figures(&row.inspection, &listing)?;
        }
        Ok(())
    }

    /// Everybody is on the list once, among ten at least, and nobody's name is.
    fn check_list(&self, row: &InspectionRow, listing: &Listing) -> Kept {
        let all = self.seen_from_outside(row.inspection.place);
        let listed: BTreeSet<HouseholdId> = listing.listed.values().map(|(household, _)| *household).collect();
        let few = (all.len() as i64) < FEWEST;
        ensure(listed.len() == listing.listed.len() && listed.len() == if few { 0 } else { all.len() }, || {
            format!("{} are listed of {}", listed.len(), all.len())
        })?;
        let groups: Vec<&Group> = listing.groups().collect();
        for (household, of) in listing.listed.values() {
            let at = all.get(household).ok_or_else(|| format!("{household} is listed and is not there"))?;
            ensure(groups.get(*of).is_some_and(|group| places_of(group).contains(at)), || {
                format!("{household} lies at {at:?} and is listed in group {of}")
            })?;
        }
        for (of, group) in groups.iter().enumerate() {
            let many = listing.listed.values().filter(|(_, at)| *at == of).count() as i64;
            ensure(many >= FEWEST && many.cast_unsigned() == group.households, || {
                format!("a group of {many} is told")
            })?;
        }
        let codes: Vec<_> = listing.listed.keys().collect();
        let rows = self.village.county.with(|county| county.listed_rows(&row.inspection, listing, &codes));
        let rows = rows.map_err(|error| error.to_string())?;
        ensure(rows.len() == listed.len(), || format!("{} lines are told of {}", rows.len(), listed.len()))?;
        self.check_names_nobody(&format!("{rows:?}"))
    }

    fn check_names_nobody(&self, told: &str) -> Kept {
        let named = self.canaries.keys().find(|household| told.contains(&household.0.to_string()));
        ensure(named.is_none(), || format!("an inspector is told of {named:?}"))?;
        ensure(canaries_in(told.as_bytes()).is_empty(), || format!("an inspector is told a name: {told}"))
    }

    /// Every figure is what the log has, and none is about a few.
    fn check_figures(&self, inspection: &Inspection, listing: &Listing) -> Kept {
        let told = self.village.county.with(|county| county.told_figures(inspection, listing));
        let told = told.map_err(|error| error.to_string())?;
        self.check_names_nobody(&format!("{told:?}"))?;
        let groups: Vec<&Group> = listing.groups().collect();
        let expected = self.to_be_told(inspection, &groups)?;
        for measure in Measure::ALL {
            for (of, value) in sums(&told, measure) {
                let among = || expected.iter().zip(&of).filter(|(_, of)| **of > 0.0);
                let Some((from, upto)) = among().try_fold((0, 0), |(from, upto), (ranges, _)| {
                    ranges.get(measure.code()).map(|range| (from + range.0, upto + range.1))
                }) else {
                    continue;
                };
                ensure((f64::from(from)..=f64::from(upto)).contains(&value), || {
                    format!("{} of {of:?} is told as {value}, the log has {from} to {upto}", measure.code())
                })?;
            }
        }
        check_few(&told, groups.len())
    }

    /// What the log has for each group: households, visits, who was visited and who was not.
    fn to_be_told(
        &self,
        inspection: &Inspection,
        groups: &[&Group],
    ) -> Result<Vec<BTreeMap<&'static str, Range>>, String> {
        let visits = self.visited(inspection.period())?;
        let lawful = self.lawful_visits_at(inspection.period())?;
        let all = self.seen_from_outside(inspection.place);
        let mut told = Vec::new();
        for group in groups {
            let places = places_of(group);
            let mut of: BTreeMap<&'static str, Range> = BTreeMap::new();
            let mut add = |measure: Measure, (from, upto): Range| {
                let range = of.entry(measure.code()).or_default();
                (range.0, range.1) = (range.0 + from, range.1 + upto);
            };
            for household in all.iter().filter(|(_, at)| places.contains(at)).map(|(household, _)| household) {
                let (from, upto) = visits.get(household).copied().unwrap_or_default();
                add(Measure::Households, (1, 1));
                add(Measure::Visits, (from, upto));
                add(Measure::HouseholdsVisited, (u32::from(from > 0), u32::from(upto > 0)));
                add(Measure::HouseholdsNotVisited, (u32::from(upto == 0), u32::from(from == 0)));
            }
            for place in &places {
                let left = lawful.get(&place.1).copied().unwrap_or(0);
                add(Measure::Visits, (left, left));
            }
            told.push(of);
        }
        Ok(told)
    }

    /// How many visits erased households have left behind in a period, by village.
    fn lawful_visits_at(&self, period: Period) -> Result<BTreeMap<Option<PlaceId>, u32>, String> {
        let held = self.village.county.with(|county| county.held_above(0)).map_err(|error| error.to_string())?;
        let mut left: BTreeMap<Option<PlaceId>, u32> = BTreeMap::new();
        let entries = held.iter().filter_map(|held| Entry::read(&held.bytes).ok());
        for entry in entries.filter(|entry| entry.kind == kind::LAWFUL_COUNT) {
            let LawfulCount { days } = super::model::body(&entry);
            let village = if let About::Place(place) = entry.about { Some(place) } else { None };
            let within = days.iter().filter(|count| (period.from..=period.to).contains(&count.day));
            *left.entry(village).or_default() += within.map(|count| count.visits).sum::<u32>();
        }
        Ok(left)
    }

    /// After the end, and before the beginning, the pages of an inspection are closed: who holds its pass comes to one that runs.
    pub(super) fn check_passes(&self) -> Kept {
        let today = self.county_day();
        for opened in self.model.inspections.all() {
            let secret = opened.inspection.secret;
            let row = self.village.county.with(|county| county.inspection_of_pass(secret));
            let entry: Option<EntryName> = row.map_err(|error| error.to_string())?.map(|row| row.entry);
            ensure(entry == Some(opened.entry), || format!("a pass of {:?} opens {entry:?} on {today}", opened.entry))?;
        }
        Ok(())
    }
}

fn places_of(group: &Group) -> Vec<At> {
    let id = |place: &Option<lianhu_core::fact::PlaceRef>| place.as_ref().map(|place| PlaceId(place.id));
    group.places.iter().map(|(town, village)| (id(town), id(village))).collect()
}

/// The sums of a measure that are told, each with the groups it adds up.
fn sums(told: &Told, measure: Measure) -> Vec<Sum> {
    let of = |cells: &Cells| {
        Measure::ALL.into_iter().zip(cells).find(|(one, _)| *one == measure).and_then(|(_, cell)| *cell)
    };
    let many = told.blocks.iter().map(|block| block.lines.len()).sum::<usize>();
    let (mut sums, mut first) = (Vec::new(), 0);
    let mut add = |cells: &Cells, groups: std::ops::Range<usize>| {
        let row = (0..many).map(|at| f64::from(u8::from(groups.contains(&at)))).collect();
        #[allow(clippy::cast_precision_loss)]
        sums.extend(of(cells).map(|value| (row, value as f64)));
    };
    for block in &told.blocks {
        for (at, cells) in block.lines.iter().enumerate() {
            add(cells, first + at..first + at + 1);
        }
        add(&block.cells, first..first + block.lines.len());
        first += block.lines.len();
    }
    add(&told.total, 0..many);
    sums
}

/// What follows of a set of groups from what is told, by adding and taking away.
fn follows(told: &[Sum], wanted: &[f64]) -> Option<f64> {
    let mut rows = told.to_vec();
    let (mut left, mut value, mut used) = (wanted.to_vec(), 0.0, 0);
    for column in 0..wanted.len() {
        let Some(pivot) = (used..rows.len()).find(|row| rows[*row].0[column].abs() > 1e-9) else { continue };
        rows.swap(used, pivot);
        let (row, sum) = rows[used].clone();
        for (other, of) in rows.iter_mut().skip(used + 1) {
            let times = other[column] / row[column];
            other.iter_mut().zip(&row).for_each(|(other, one)| *other -= times * one);
            *of -= times * sum;
        }
        let times = left[column] / row[column];
        left.iter_mut().zip(&row).for_each(|(left, one)| *left -= times * one);
        value += times * sum;
        used += 1;
    }
    left.iter().all(|left| left.abs() < 1e-9).then_some(value)
}

/// No sum of any groups, told or worked out, is about one to nine: each is of households, or of what every one of them has.
fn check_few(told: &Told, groups: usize) -> Kept {
    let sums = |measure| sums(told, measure);
    let (households, two) = (sums(Measure::Households), sums(Measure::TwoStatements));
    let (raised, open) = (sums(Measure::NeedsRaised), sums(Measure::NeedsOpen));
    for set in 1..1_usize << groups {
        let wanted: Vec<f64> = (0..groups).map(|at| f64::from(u8::from(set >> at & 1 == 1))).collect();
        let less = |all: &[Sum], some: &[Sum]| Some(follows(all, &wanted)? - follows(some, &wanted)?);
        let mut about: Vec<(&str, Option<f64>)> =
            Measure::ALL.iter().map(|measure| (measure.code(), follows(&sums(*measure), &wanted))).collect();
        about.push(("needs that are settled", less(&raised, &open)));
        about.push(("households without two statements", less(&households, &two)));
        let few =
            about.into_iter().find(|(_, value)| value.is_some_and(|value| value > 0.5 && value < FEWEST as f64 - 0.5));
        ensure(few.is_none(), || format!("of groups {wanted:?} it can be worked out that {few:?}"))?;
    }
    Ok(())
}
