//! What is said of each fact, what counts of it and what a person has to decide, worked out a second time: from the numbered
//! changes and what each of them knew, with no merging library and no table.

use super::World;
use super::promises::{Kept, ensure};
use lianhu_core::change::{Change, lane};
use lianhu_core::directive::{Approval, ConfirmedFacts};
use lianhu_core::entry::{Entry, kind};
use lianhu_core::field;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::scalar::Scalar;
use std::collections::{BTreeMap, BTreeSet};

/// The facts that wait for a confirmation where nobody has decided otherwise (domain.md §5.1).
const USUAL: [&str; 3] = ["household_type", "monitor_type", "risk_cleared"];

/// A numbered change.
pub(super) struct Told {
    number: u64,
    lane: u8,
    pub(super) puts: BTreeMap<String, Scalar>,
    /// All that its author knew, and what they built on.
    knew: BTreeSet<EntryName>,
}

/// What was said of one household, in the county's order.
#[derive(Default)]
pub(super) struct Household {
    pub(super) changes: BTreeMap<EntryName, Told>,
    /// Confirmations: the fact, what was confirmed, and the number of the confirmation.
    approvals: Vec<(String, EntryName, u64)>,
}

impl Household {
    fn hears(&mut self, name: EntryName, number: u64, change: Change) {
        let mut knew = BTreeSet::new();
        for dep in change.deps {
            knew.extend(self.changes.get(&dep).into_iter().flat_map(|told| &told.knew));
            knew.insert(dep);
        }
        let puts = change.puts.into_iter().map(|put| (put.key, put.value)).collect();
        self.changes.insert(name, Told { number, lane: change.lane, puts, knew });
    }

    /// Of these changes, what stands of a fact: said, and by nobody who knew it said otherwise.
    pub(super) fn standing(&self, key: &str, among: &BTreeSet<EntryName>) -> BTreeMap<Scalar, BTreeSet<u64>> {
        let puts = || among.iter().filter_map(|name| Some((name, self.changes.get(name)?)));
        let mut standing: BTreeMap<Scalar, BTreeSet<u64>> = BTreeMap::new();
        for (name, told) in puts() {
            let Some(value) = told.puts.get(key) else { continue };
            if !puts().any(|(_, later)| later.puts.contains_key(key) && later.knew.contains(name)) {
                standing.entry(value.clone()).or_default().insert(told.number);
            }
        }
        standing
    }

    /// What the last roster says of a fact, and since which number.
    fn of_roster(&self, key: &str) -> Option<(u64, Scalar)> {
        let rosters = self.changes.iter().filter(|(_, told)| told.lane == lane::IMPORT);
        let (name, last) = rosters.max_by_key(|(_, told)| told.number)?;
        let known: BTreeSet<_> = last.knew.iter().copied().chain([*name]).collect();
        let (value, numbers) = self.standing(key, &known).into_iter().next()?;
        Some((*numbers.first()?, value))
    }

    /// The number at which a person, not a roster, last wrote what stands of a fact.
    fn written_by_people(&self, key: &str) -> Option<u64> {
        let all = self.changes.keys().copied().collect();
        let standing: BTreeSet<u64> = self.standing(key, &all).into_values().flatten().collect();
        let by_people = self.changes.values().filter(|told| told.lane != lane::IMPORT).map(|told| told.number);
        by_people.filter(|number| standing.contains(number)).max()
    }

    /// What counts of a fact of weight: what was confirmed last.
    fn confirmed(&self, key: &str) -> Option<Scalar> {
        let approved = self.approvals.iter().filter(|(of, ..)| of == key);
        let approved =
            approved.filter_map(|(_, said, number)| Some((*number, self.changes.get(said)?.puts.get(key)?.clone())));
        self.of_roster(key).into_iter().chain(approved).max_by_key(|(number, _)| *number).map(|(_, value)| value)
    }
}

impl World {
    /// The county shows of every fact just what people have said of it, lets that count which should, and asks a person
    /// where there is something to decide, nowhere else.
    pub(super) fn check_said(&self) -> Kept {
        let (households, weighty) = self.what_was_said()?;
        let asked = self.village.county.with(|county| county.conflicts(u32::MAX)).map_err(|error| error.to_string())?;
        let asked: BTreeSet<_> = asked.into_iter().collect();
        let together = self.model.cards.together();
        for (id, household) in &households {
            match together.get(id) {
                None => self.check_household_said(*id, household, &weighty, &asked)?,
                Some(cards) => self.check_cards_said(cards, &households, &weighty, &asked)?,
            }
        }
        Ok(())
    }

    /// What the numbered entries say of each household, and which facts wait for a confirmation.
    pub(super) fn what_was_said(&self) -> Result<(BTreeMap<HouseholdId, Household>, BTreeSet<String>), String> {
        let held = self.village.county.with(|county| county.held_above(0)).map_err(|error| error.to_string())?;
        let mut households: BTreeMap<HouseholdId, Household> = BTreeMap::new();
        let mut weighty: BTreeSet<String> = USUAL.map(str::to_owned).into();
        for held in held {
            let entry = Entry::read(&held.bytes).map_err(|error| error.to_string())?;
            let number = held.number.unwrap_or(0);
            let body = &*entry.body;
            let failed = |error: minicbor::decode::Error| error.to_string();
            match (entry.kind, entry.about.household()) {
                (kind::CHANGE, Some(household)) => {
                    let change = minicbor::decode(body).map_err(failed)?;
                    households.entry(household).or_default().hears(held.name, number, change);
                }
                (kind::APPROVAL, Some(household)) => {
                    let Approval { key, said } = minicbor::decode(body).map_err(failed)?;
                    households.entry(household).or_default().approvals.push((key, said, number));
                }
                (kind::CONFIRMED_FACTS, _) => {
                    weighty = minicbor::decode::<ConfirmedFacts>(body).map_err(failed)?.keys.into_iter().collect();
                }
                _ => {}
            }
        }
        Ok((households, weighty))
    }

    fn check_household_said(
        &self,
        id: HouseholdId,
        household: &Household,
        weighty: &BTreeSet<String>,
        asked: &BTreeSet<(HouseholdId, String)>,
    ) -> Kept {
        let shown = self.village.county.with(|county| county.statements(id)).map_err(|error| error.to_string())?;
        let all: BTreeSet<EntryName> = household.changes.keys().copied().collect();
        let keys: BTreeSet<&String> = household.changes.values().flat_map(|told| told.puts.keys()).collect();
        let elsewhere = self.model.cards.counted_elsewhere();
        for key in keys {
            let Some(known) = field::field_of_key(key) else { continue };
            // Somebody on two lists is spoken of on the card where they are counted.
            if field::split_key(key).0.is_some_and(|person| elsewhere.contains_key(&(id, person))) {
                let said = shown.contains_key(key) || asked.contains(&(id, key.clone()));
                ensure(!said, || format!("{key} of {id} is shown there although the person is counted elsewhere"))?;
                continue;
            }
            let standing = household.standing(key, &all);
            let (counts, to_decide) = if weighty.contains(known.key) {
                let counts = household.confirmed(key);
                let waits = |value: &Scalar| counts.as_ref().map_or(*value != Scalar::Null, |counts| counts != value);
                let to_decide = standing.keys().any(waits);
                (counts, to_decide)
            } else {
                let first = standing.iter().min_by_key(|(_, numbers)| numbers.first().copied());
                (first.map(|(value, _)| value.clone()), standing.len() > 1)
            };
            let rows = shown.get(key).map(Vec::as_slice).unwrap_or_default();
            let values: BTreeSet<&Scalar> = rows.iter().map(|said| &said.value).collect();
            let expected: BTreeSet<&Scalar> = standing.keys().chain(&counts).collect();
            ensure(values == expected && values.len() == rows.len(), || {
                format!("of {key} of {id} people say {expected:?}, the county shows {values:?}")
            })?;
            let counting = rows.iter().find(|said| said.counts).map(|said| &said.value);
            ensure(counting == counts.as_ref(), || {
                format!("of {key} of {id} {counts:?} should count, {counting:?} does")
            })?;
            ensure(asked.contains(&(id, key.clone())) == to_decide, || {
                format!(
                    "whether there is something to decide about {key} of {id}, of which people say {expected:?}: {to_decide}"
                )
            })?;
        }
        Ok(())
    }

    /// What the cards of one household say: each fact on the card that it is kept on, and what another card says beside it
    /// until somebody has written it there, having joined and heard.
    fn check_cards_said(
        &self,
        cards: &BTreeSet<HouseholdId>,
        households: &BTreeMap<HouseholdId, Household>,
        weighty: &BTreeSet<String>,
        asked: &BTreeSet<(HouseholdId, String)>,
    ) -> Kept {
        let in_effect = self.model.cards.in_effect();
        let elsewhere = self.model.cards.counted_elsewhere();
        let Some(root) = cards.first().map(|card| self.model.cards.shown_as(&in_effect, *card)) else { return Ok(()) };
        let shown = self.village.county.with(|county| county.statements(root)).map_err(|error| error.to_string())?;
        let none = Household::default();
        let of = |card: &HouseholdId| households.get(card).unwrap_or(&none);
        let mut beside: BTreeMap<String, (HouseholdId, BTreeSet<Scalar>)> = BTreeMap::new();
        for card in cards.iter().filter(|card| **card != root) {
            let joined_at =
                self.model.cards.joined_at(&in_effect, *card).and_then(|join| self.numbers.get(&join).copied());
            let (there, all) = (of(card), of(card).changes.keys().copied().collect());
            for key in there.changes.values().flat_map(|told| told.puts.keys()) {
                let (home, here) = match field::split_key(key) {
                    (None, _) => (root, key.clone()),
                    (Some(person), fact) => match elsewhere.get(&(*card, person)) {
                        Some((home, _)) if !cards.contains(home) => continue,
                        Some((home, person)) => (*home, field::person_key(*person, fact)),
                        None => continue,
                    },
                };
                let decided = of(&home).written_by_people(&here);
                for (value, numbers) in there.standing(key, &all) {
                    let said_at = numbers.last().copied().max(joined_at);
                    if decided < said_at {
                        beside.entry(here.clone()).or_insert_with(|| (home, BTreeSet::new())).1.insert(value);
                    }
                }
            }
        }
        for (key, (home, there)) in beside {
            let Some(known) = field::field_of_key(&key).filter(|known| !weighty.contains(known.key)) else { continue };
            let all = of(&home).changes.keys().copied().collect();
            let here: BTreeSet<Scalar> = of(&home).standing(&key, &all).into_keys().collect();
            let expected: BTreeSet<&Scalar> = here.iter().chain(&there).collect();
            if home == root {
                let rows = shown.get(&key).map(Vec::as_slice).unwrap_or_default();
                let values: BTreeSet<&Scalar> = rows.iter().map(|said| &said.value).collect();
                ensure(values == expected, || {
                    format!("of {key} of {root} its cards say {expected:?}, the county shows {values:?}")
                })?;
            }
            let asks = known.merge != field::Merge::Shown;
            let to_decide = expected.len() > 1;
            ensure(!asks || asked.contains(&(root, key.clone())) == to_decide, || {
                format!(
                    "whether there is something to decide about {key} of {root}, of which its cards say {expected:?}: {to_decide}"
                )
            })?;
        }
        Ok(())
    }
}
