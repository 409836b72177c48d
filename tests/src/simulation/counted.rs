//! What counts once, worked out a second time: which households a report has, how many people and visits each, from the
//! numbered entries and the joins in effect, with no table.

use super::World;
use super::promises::{Kept, ensure};
use super::said::Household;
use lianhu_core::day::{Day, Period};
use lianhu_core::entry::{Entry, kind};
use lianhu_core::fact::Fact;
use lianhu_core::field::split_key;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId, UserId};
use lianhu_core::record::Strike;
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::Ledger;
use std::collections::{BTreeMap, BTreeSet};

/// 状态 of people who no longer count (domain.md §2.3).
const GONE: [&str; 1] = ["自然减少"];

/// Everything there ever was.
const EVER: Period = Period { from: Day(-100_000), to: Day(100_000) };

/// The visits to one card and their corrections.
#[derive(Debug, Default)]
struct Visits {
    amends: BTreeMap<EntryName, Vec<EntryName>>,
    days: BTreeMap<EntryName, Day>,
    /// Each strike by its name: whose it is, and what it strikes.
    strikes: BTreeMap<EntryName, (UserId, EntryName)>,
}

impl Visits {
    /// The visits there were: what corrects one another is one, and one that is struck is none.
    fn counting(&self) -> Vec<BTreeSet<EntryName>> {
        let mut families: Vec<BTreeSet<EntryName>> = Vec::new();
        for (visit, amends) in &self.amends {
            let mut family: BTreeSet<EntryName> = amends.iter().copied().chain([*visit]).collect();
            families.retain(|other| {
                let apart = other.is_disjoint(&family);
                if !apart {
                    family.extend(other);
                }
                apart
            });
            families.push(family);
        }
        // What is struck is a visit that is there, and nothing else; and not where the same person has struck the strike.
        let taken_back = |strike: &EntryName, author: &UserId| {
            self.strikes.values().any(|(other, record)| other == author && record == strike)
        };
        let struck = |name: &EntryName| {
            let mut of = self.strikes.iter().filter(|(_, (_, record))| record == name);
            of.any(|(strike, (author, _))| !taken_back(strike, author))
        };
        let is_struck =
            |family: &BTreeSet<EntryName>| family.iter().any(|name| struck(name) && self.amends.contains_key(name));
        families.retain(|family| !is_struck(family));
        families
    }

    fn count(&self) -> u32 {
        u32::try_from(self.counting().len()).unwrap_or(u32::MAX)
    }

    /// How many there were in a period: for certain, and at most, where what corrects one another names several days.
    fn within(&self, period: Period) -> (u32, u32) {
        let inside = |name: &EntryName| self.days.get(name).map(|day| (period.from..=period.to).contains(day));
        let (mut certain, mut most) = (0, 0);
        for family in self.counting() {
            let days: Vec<bool> = family.iter().filter_map(inside).collect();
            certain += u32::from(days.iter().all(|inside| *inside));
            most += u32::from(days.iter().any(|inside| *inside));
        }
        (certain, most)
    }
}

impl Household {
    /// The people a card names, and whether each counts.
    fn people(&self) -> BTreeMap<PersonId, bool> {
        let all: BTreeSet<EntryName> = self.changes.keys().copied().collect();
        let keys: BTreeSet<&String> = self.changes.values().flat_map(|told| told.puts.keys()).collect();
        let counting = |key: &str| {
            let standing = self.standing(key, &all);
            let first = standing.into_iter().min_by_key(|(_, numbers)| numbers.first().copied());
            first.map(|(value, _)| value)
        };
        let mut people = BTreeMap::new();
        for key in keys {
            let (Some(person), "name") = split_key(key) else { continue };
            let status = counting(&lianhu_core::field::person_key(person, "status"));
            let gone = status.as_ref().and_then(Scalar::text).is_some_and(|status| GONE.contains(&status));
            people.insert(person, !gone);
        }
        people
    }
}

/// What a report has of one household.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counted {
    persons: u32,
    visits: u32,
}

impl World {
    fn visits_at_county(&self) -> Result<BTreeMap<HouseholdId, Visits>, String> {
        let held = self.village.county.with(|county| county.held_above(0)).map_err(|error| error.to_string())?;
        let mut visits: BTreeMap<HouseholdId, Visits> = BTreeMap::new();
        for held in held {
            let entry = Entry::read(&held.bytes).map_err(|error| error.to_string())?;
            let Some(household) = entry.about.household() else { continue };
            match entry.kind {
                kind::VISIT => {
                    let visit: Visit = minicbor::decode(&entry.body).map_err(|error| error.to_string())?;
                    let of = visits.entry(household).or_default();
                    of.days.insert(held.name, visit.day);
                    of.amends.insert(held.name, visit.amends);
                }
                kind::STRIKE => {
                    let strike: Strike = minicbor::decode(&entry.body).map_err(|error| error.to_string())?;
                    let of = visits.entry(household).or_default();
                    of.strikes.insert(held.name, (entry.user, strike.record));
                }
                _ => {}
            }
        }
        for visits in visits.values_mut() {
            // A correction of what is no visit to this household says nothing of it.
            let own: BTreeSet<EntryName> = visits.amends.keys().copied().collect();
            let foreign = |name: &EntryName| self.numbers.contains_key(name) && !own.contains(name);
            visits.amends.values_mut().for_each(|amends| amends.retain(|name| !foreign(name)));
        }
        Ok(visits)
    }

    /// How many visits to one card count.
    pub(super) fn visits_of(&self, household: HouseholdId) -> Result<u32, String> {
        Ok(self.visits_at_county()?.get(&household).map_or(0, Visits::count))
    }

    /// How many visits each household had in a period, on all its cards: for certain, and at most.
    pub(super) fn visited(&self, period: Period) -> Result<BTreeMap<HouseholdId, (u32, u32)>, String> {
        let (cards, in_effect) = (&self.model.cards, self.model.cards.in_effect());
        let mut visited: BTreeMap<HouseholdId, (u32, u32)> = BTreeMap::new();
        for (card, visits) in self.visits_at_county()? {
            let (certain, most) = visits.within(period);
            let of = visited.entry(cards.shown_as(&in_effect, card)).or_default();
            (of.0, of.1) = (of.0 + certain, of.1 + most);
        }
        Ok(visited)
    }

    /// What the county's report should have of each household.
    fn to_be_counted(&self) -> Result<BTreeMap<HouseholdId, Counted>, String> {
        let (said, _) = self.what_was_said()?;
        let visits = self.visits_at_county()?;
        let (cards, elsewhere) = (&self.model.cards, self.model.cards.counted_elsewhere());
        let in_effect = cards.in_effect();
        let written = cards.written();
        let mut counted: BTreeMap<HouseholdId, Counted> = BTreeMap::new();
        for card in written {
            let people = said.get(card).map(Household::people).unwrap_or_default();
            let here = people.iter().filter(|(person, counts)| **counts && !elsewhere.contains_key(&(*card, **person)));
            let of = counted.entry(cards.shown_as(&in_effect, *card)).or_default();
            of.persons += u32::try_from(here.count()).unwrap_or(u32::MAX);
            of.visits += visits.get(card).map_or(0, Visits::count);
        }
        Ok(counted)
    }

    /// The county counts every household once, every person once, and every visit once.
    pub(super) fn check_counted(&mut self) -> Kept {
        self.check_county()?;
        let expected = self.to_be_counted()?;
        let counted = self.village.county.with(|county| counted_by(county))?;
        for (household, counted) in &counted {
            let expected = expected.get(household);
            ensure(expected == Some(counted), || {
                format!("the county counts {counted:?} for {household}, the log has {expected:?}")
            })?;
        }
        let missing = expected.keys().find(|household| !counted.contains_key(household));
        ensure(missing.is_none(), || format!("the county does not count {missing:?}"))
    }

    /// A phone lists every household it holds once, on the card that it is shown on.
    pub(super) fn check_listed(&self, at: usize) -> Kept {
        let member = &self.members[at];
        let held: BTreeSet<HouseholdId> = if self.model.holds_all(member.phone.user) {
            self.model.cards.written().iter().copied().collect()
        } else {
            self.model.now(member.phone.user).into_iter().filter(|id| self.model.cards.is_written(*id)).collect()
        };
        let in_effect = self.model.cards.in_effect();
        let expected: BTreeSet<HouseholdId> =
            held.iter().map(|card| self.model.cards.shown_as(&in_effect, *card)).collect();
        let page = member.phone.ledger().households("", None, 0, 1_000).map_err(|error| error.to_string())?;
        let listed: BTreeSet<HouseholdId> = page.rows.iter().map(|row| row.id).collect();
        ensure(listed == expected && page.rows.len() == listed.len(), || {
            let more: Vec<_> = listed.difference(&expected).collect();
            let less: Vec<_> = expected.difference(&listed).collect();
            format!("{}: {more:?} is listed and should not be, {less:?} is missing", member.name)
        })
    }
}

/// What a ledger's report has of each household; what erased ones left behind belongs to none.
fn counted_by(ledger: &Ledger) -> Result<BTreeMap<HouseholdId, Counted>, String> {
    let facts = ledger.facts(EVER, None).map_err(|error| error.to_string())?;
    let nobodies = ledger.nobodies().map_err(|error| error.to_string())?;
    let mut counted: BTreeMap<HouseholdId, Counted> = BTreeMap::new();
    for fact in &facts {
        if let Fact::Household(one) = fact {
            let twice = counted.insert(HouseholdId(one.household), Counted { persons: one.persons, visits: 0 });
            ensure(twice.is_none(), || format!("{} is counted twice", one.household))?;
        }
    }
    for fact in facts {
        if let Fact::Visits { household, count, .. } = fact
            && !nobodies.contains(&household)
        {
            let of = counted.get_mut(&HouseholdId(household));
            of.ok_or_else(|| format!("visits are counted for {household}, which is not"))?.visits += count;
        }
    }
    Ok(counted)
}
