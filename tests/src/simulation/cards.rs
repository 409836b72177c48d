//! Which cards are one household, and who on them is one person, worked out a second time: from the joins and their ends in
//! the county's log alone, all of them from the first to the last, with no table.

use lianhu_core::directive::Erasure;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::ids::{EntryName, HouseholdId, PersonId};
use lianhu_core::join::{Join, JoinEnd};
use std::collections::{BTreeMap, BTreeSet};

/// A person as one card names them.
pub(super) type Named = (HouseholdId, PersonId);

/// A join that was numbered.
#[derive(Debug, Clone)]
pub(super) struct Joined {
    pub(super) entry: EntryName,
    pub(super) of: HouseholdId,
    pub(super) join: Join,
    ended: bool,
}

/// What joins, ends and erasures numbered so far add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct Cards {
    joins: Vec<Joined>,
    /// Cards on which there is something to show.
    written: BTreeSet<HouseholdId>,
    erased: BTreeSet<HouseholdId>,
}

/// What takes effect.
#[derive(Debug, Default)]
pub(super) struct InEffect {
    up: BTreeMap<HouseholdId, HouseholdId>,
    by: BTreeMap<HouseholdId, EntryName>,
    persons: BTreeMap<Named, (Named, bool)>,
}

/// The end of a chain.
fn last<T: Copy + Ord>(from: T, up: impl Fn(&T) -> Option<T>) -> T {
    std::iter::successors(Some(from), up).last().unwrap_or(from)
}

impl InEffect {
    /// Whether a join would take effect: what it joins is joined into nothing yet, and nothing comes back to itself.
    pub(super) fn has_room_for(&self, of: HouseholdId, join: &Join) -> bool {
        let free = |household: HouseholdId| {
            !self.up.contains_key(&household) && last(join.into, |at| self.up.get(at).copied()) != household
        };
        let person_free = |person: Named, into: Named| {
            !self.persons.contains_key(&person) && last(into, |at| self.persons.get(at).map(|(up, _)| *up)) != person
        };
        (!join.whole || free(of))
            && join.persons.iter().all(|pair| person_free((of, pair.person), (join.into, pair.into)))
    }
}

impl Cards {
    /// Takes in the next entry of the log.
    pub(super) fn take(&mut self, name: EntryName, entry: &Entry) {
        let body = &*entry.body;
        match (entry.kind, entry.about) {
            (kind::JOIN, About::Household(of)) => {
                let join = minicbor::decode(body).expect("a numbered join has its body");
                self.joins.push(Joined { entry: name, of, join, ended: false });
            }
            (kind::JOIN_END, About::Household(of)) => {
                let end: JoinEnd = minicbor::decode(body).expect("a numbered end has its body");
                let ended = self.joins.iter_mut().filter(|known| known.entry == end.join && known.of == of);
                ended.for_each(|known| known.ended = true);
            }
            (kind::ERASURE, _) => {
                let Erasure { household, .. } = minicbor::decode(body).expect("a numbered erasure has its body");
                self.erased.insert(household);
                self.written.remove(&household);
                self.joins.retain(|known| known.of != household);
            }
            (kind::CHANGE | kind::PLACEMENT | kind::REGISTRATION, About::Household(household)) => {
                self.written.insert(household);
            }
            _ => {}
        }
    }

    /// The joins that were not ended.
    pub(super) fn open(&self) -> impl Iterator<Item = &Joined> {
        self.joins.iter().filter(|known| !known.ended)
    }

    /// A join, ended or not.
    pub(super) fn join(&self, entry: EntryName) -> Option<&Joined> {
        self.joins.iter().find(|known| known.entry == entry)
    }

    /// The cards of which there is anything to show.
    pub(super) fn written(&self) -> &BTreeSet<HouseholdId> {
        &self.written
    }

    /// Whether there is anything to show of a card.
    pub(super) fn is_written(&self, card: HouseholdId) -> bool {
        self.written.contains(&card)
    }

    /// What takes effect, in the order of the numbers. What is joined into something erased is joined into nothing.
    pub(super) fn in_effect(&self) -> InEffect {
        let mut in_effect = InEffect::default();
        for Joined { entry, of, join, .. } in self.open().filter(|known| !self.erased.contains(&known.join.into)) {
            if in_effect.has_room_for(*of, join) {
                in_effect.up.extend(join.whole.then_some((*of, join.into)));
                in_effect.by.extend(join.whole.then_some((*of, *entry)));
                let pairs = join.persons.iter().map(|pair| ((*of, pair.person), ((join.into, pair.into), join.whole)));
                in_effect.persons.extend(pairs);
            }
        }
        in_effect
    }

    /// The card that a household is shown on: the furthest it leads to of which there is anything to show.
    pub(super) fn shown_as(&self, in_effect: &InEffect, card: HouseholdId) -> HouseholdId {
        let chain = std::iter::successors(Some(card), |at| in_effect.up.get(at).copied());
        chain.skip(1).filter(|at| self.is_written(*at)).last().unwrap_or(card)
    }

    /// The join by which a card is joined.
    pub(super) fn joined_at(&self, in_effect: &InEffect, card: HouseholdId) -> Option<EntryName> {
        in_effect.by.get(&card).copied()
    }

    /// All cards of each household that has several, by each of them.
    pub(super) fn together(&self) -> BTreeMap<HouseholdId, BTreeSet<HouseholdId>> {
        let in_effect = self.in_effect();
        let mut by_root: BTreeMap<HouseholdId, BTreeSet<HouseholdId>> = BTreeMap::new();
        for card in in_effect.up.keys() {
            let root = self.shown_as(&in_effect, *card);
            by_root.entry(root).or_insert_with(|| BTreeSet::from([root])).insert(*card);
        }
        let several = by_root.into_values().filter(|cards| cards.len() > 1);
        several.flat_map(|cards| cards.clone().into_iter().map(move |card| (card, cards.clone()))).collect()
    }

    /// The people who are not counted where their card names them, because they are counted on another.
    pub(super) fn counted_elsewhere(&self) -> BTreeMap<Named, Named> {
        let in_effect = self.in_effect();
        let holds = |(household, _): &Named, whole: bool| !whole || self.shown_as(&in_effect, *household) != *household;
        let counted = in_effect.persons.iter().filter(|(person, (_, whole))| holds(person, *whole));
        counted.map(|(person, _)| (*person, last(*person, |at| in_effect.persons.get(at).map(|(up, _)| *up)))).collect()
    }
}
