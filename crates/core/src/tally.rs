//! Facts added up, each household once: `tally(a ++ b) = merge(tally(a), tally(b))`, in any order, any number of times.
//!
//! Facts are kept by household, and by need within it, so a duplicate changes nothing. Where two ledgers differ about
//! one household, the greater fact counts and it is marked as having two statements; of two visit counts the larger
//! counts, for the other ledger has only not heard yet; a need settled anywhere is settled (domain.md §5.1).

use crate::fact::{Fact, HouseholdFact, PlaceRef};
use crate::report::{FigureKey, Measure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// All households a report has heard of, with what is counted of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    households: BTreeMap<Uuid, Counted>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    fact: Option<HouseholdFact>,
    visits: u32,
    visited: bool,
    last_village: Option<PlaceRef>,
    /// Need to whether it is settled.
    needs: BTreeMap<Uuid, bool>,
}

/// One household as a line of figures: where it is counted, and what it adds there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) household: Uuid,
    pub(crate) town: Option<Uuid>,
    pub(crate) village: Option<Uuid>,
    pub(crate) site: Option<Uuid>,
    pub(crate) year: Option<i32>,
    pub(crate) relocated: bool,
    known: bool,
    persons: u32,
    visits: u32,
    visited: bool,
    raised: usize,
    open: usize,
    two_statements: bool,
}

/// Adds facts up.
#[must_use]
pub fn tally(facts: &[Fact]) -> Tally {
    let mut tally = Tally::default();
    for fact in facts {
        tally.add(fact);
    }
    tally
}

impl Tally {
    /// Adds one fact; one that was there already changes nothing.
    pub fn add(&mut self, fact: &Fact) {
        let counted = self.households.entry(fact.household()).or_default();
        match fact {
            Fact::Household(fact) => counted.join_fact(fact),
            Fact::Visits { village, count, .. } => {
                counted.visits = counted.visits.max(*count);
                counted.join_village(village.as_ref());
            }
            Fact::Visited { .. } => counted.visited = true,
            Fact::NeedRaised { need, village, open, .. } => {
                *counted.needs.entry(*need).or_insert(false) |= !open;
                counted.join_village(village.as_ref());
            }
        }
    }

    /// What two tallies know together.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (household, theirs) in other.households {
            self.households.entry(household).or_default().join(theirs);
        }
        self
    }

    /// How many households it has heard of, in scope or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.households.len()
    }

    /// Whether it has heard of none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.households.is_empty()
    }

    /// The value of one figure.
    #[must_use]
    pub fn figure(&self, key: &FigureKey) -> i64 {
        self.lines().iter().filter(|line| key.holds(line)).map(|line| line.measure(key.measure)).sum()
    }

    /// The households that make up a figure: each adds something to it.
    #[must_use]
    pub fn households_behind(&self, key: &FigureKey) -> Vec<Uuid> {
        self.visits_behind(key).into_iter().map(|(household, _)| household).collect()
    }

    /// The same, each with its visits.
    #[must_use]
    pub fn visits_behind(&self, key: &FigureKey) -> Vec<(Uuid, u32)> {
        let adds = |line: &&Line| key.holds(line) && line.measure(key.measure) != 0;
        self.lines().iter().filter(adds).map(|line| (line.household, line.visits)).collect()
    }

    /// Every household as a line; a household out of scope is placed where its events say.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut town_of = BTreeMap::new();
        for fact in self.households.values().filter_map(|counted| counted.fact.as_ref()) {
            if let (Some(village), Some(town)) = (&fact.village, &fact.town) {
                let town_id = town_of.entry(village.id).or_insert(town.id);
                *town_id = (*town_id).max(town.id);
            }
        }
        self.households.iter().map(|(household, counted)| counted.line(*household, &town_of)).collect()
    }

    /// Every place named in a fact, by its id.
    pub(crate) fn places(&self) -> BTreeMap<Uuid, PlaceRef> {
        let mut places: BTreeMap<Uuid, PlaceRef> = BTreeMap::new();
        for counted in self.households.values() {
            let fact = counted.fact.as_ref();
            let of_fact = fact.into_iter().flat_map(|fact| [&fact.town, &fact.village, &fact.site]).flatten();
            for place in of_fact.chain(&counted.last_village) {
                let kept = places.entry(place.id).or_insert_with(|| place.clone());
                if place > kept {
                    kept.clone_from(place);
                }
            }
        }
        places
    }
}

impl Counted {
    fn join(&mut self, other: Self) {
        if let Some(fact) = &other.fact {
            self.join_fact(fact);
        }
        self.visits = self.visits.max(other.visits);
        self.visited |= other.visited;
        self.join_village(other.last_village.as_ref());
        for (need, settled) in other.needs {
            *self.needs.entry(need).or_insert(false) |= settled;
        }
    }

    /// The greater of two different facts, marked; the mark itself is no difference.
    fn join_fact(&mut self, theirs: &HouseholdFact) {
        let Some(ours) = &mut self.fact else {
            self.fact = Some(theirs.clone());
            return;
        };
        let mark = ours.two_statements || theirs.two_statements;
        let mut other = theirs.clone();
        ours.two_statements = false;
        other.two_statements = false;
        let differ = *ours != other;
        if other > *ours {
            *ours = other;
        }
        ours.two_statements = mark || differ;
    }

    fn join_village(&mut self, village: Option<&PlaceRef>) {
        if village > self.last_village.as_ref() {
            self.last_village = village.cloned();
        }
    }

    fn line(&self, household: Uuid, town_of: &BTreeMap<Uuid, Uuid>) -> Line {
        let fact = self.fact.as_ref();
        let village = match fact {
            Some(fact) => fact.village.as_ref(),
            None => self.last_village.as_ref(),
        };
        let village = village.map(|place| place.id);
        let town = match fact {
            Some(fact) => fact.town.as_ref().map(|place| place.id),
            None => village.and_then(|village| town_of.get(&village).copied()),
        };
        Line {
            household,
            town,
            village,
            site: fact.and_then(|fact| fact.site.as_ref()).map(|place| place.id),
            year: fact.and_then(|fact| fact.batch_year),
            relocated: fact.is_some_and(HouseholdFact::is_relocated),
            known: fact.is_some(),
            persons: fact.map_or(0, |fact| fact.persons),
            visits: self.visits,
            visited: self.visited || self.visits > 0,
            raised: self.needs.len(),
            open: self.needs.values().filter(|settled| !**settled).count(),
            two_statements: fact.is_some_and(|fact| fact.two_statements),
        }
    }
}

impl Line {
    /// What this household adds to a figure. One out of scope adds its events, never itself.
    pub(crate) fn measure(&self, measure: Measure) -> i64 {
        let count = |these: usize| i64::try_from(these).unwrap_or(i64::MAX);
        match measure {
            Measure::Households => i64::from(self.known),
            Measure::Persons => i64::from(self.persons),
            Measure::Visits => i64::from(self.visits),
            Measure::HouseholdsVisited => i64::from(self.known && self.visited),
            Measure::HouseholdsNotVisited => i64::from(self.known && !self.visited),
            Measure::NeedsRaised => count(self.raised),
            Measure::NeedsOpen => count(self.open),
            Measure::TwoStatements => i64::from(self.two_statements),
        }
    }
}
