//! Joins: which household is shown and counted as which, and which person; and what two cards of one household say
//! differently. No row of the one card moves to the other, so that parting them gives back what was.

use super::household::Disagreeing;
use crate::entries::Kept;
use crate::error::Result;
use crate::joined::Elsewhere;
use crate::store::Tx;
use lianhu_core::entry::{About, kind};
use lianhu_core::field;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId};
use lianhu_core::join::{Apart, Join, JoinEnd};
use lianhu_core::scalar::Scalar;
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// A person as a card names them.
type Named = (HouseholdId, PersonId);

/// Which household stands under which, and which person, each with the join that says so.
#[derive(Default)]
struct Standing {
    households: BTreeMap<HouseholdId, (HouseholdId, EntryName)>,
    persons: BTreeMap<Named, (Named, EntryName, bool)>,
}

impl Standing {
    /// Takes a join in, unless it would join twice or go round in a circle.
    fn take(&mut self, household: HouseholdId, entry: EntryName, join: &Join) {
        if !self.admits(household, join) {
            return;
        }
        if join.whole {
            self.households.insert(household, (join.into, entry));
        }
        for pair in &join.persons {
            self.persons.insert((household, pair.person), ((join.into, pair.into), entry, join.whole));
        }
    }

    fn admits(&self, household: HouseholdId, join: &Join) -> bool {
        let up = |at: HouseholdId| self.households.get(&at).map(|(up, _)| *up);
        let person_up = |at: Named| self.persons.get(&at).map(|(up, ..)| *up);
        let whole = !join.whole || (up(household).is_none() && last(join.into, up) != household);
        whole
            && join.persons.iter().all(|pair| {
                let person = (household, pair.person);
                person_up(person).is_none() && last((join.into, pair.into), person_up) != person
            })
    }
}

/// The end of a chain that holds no circle.
fn last<T: Copy>(mut at: T, up: impl Fn(T) -> Option<T>) -> T {
    while let Some(next) = up(at) {
        at = next;
    }
    at
}

impl Tx<'_> {
    pub(super) fn project_join(&self, kept: &Kept) -> Result<()> {
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let mut around = self.joining_around(&[household])?;
        self.run("delete from joining where household = ?1", [household.bytes()])?;
        let sql = "about = ?1 and kind in (?2, ?3)";
        for kept in self.entries(sql, params![kept.entry.about.key(), kind::JOIN, kind::JOIN_END])? {
            if kept.entry.kind == kind::JOIN {
                let join: Join = kept.body()?;
                self.run(
                    "insert or replace into joining (entry, household, target, whole, ended) values (?1, ?2, ?3, ?4, 0)",
                    params![kept.name.0, household.bytes(), join.into.bytes(), join.whole],
                )?;
            } else {
                let end: JoinEnd = kept.body()?;
                let sql = "update joining set ended = 1 where entry = ?1 and household = ?2";
                self.run(sql, params![end.join.0, household.bytes()])?;
            }
        }
        around.extend(self.joining_around(&[household])?);
        self.settle_joins(&around.into_iter().collect::<Vec<_>>())
    }

    pub(super) fn project_apart(&self, kept: &Kept) -> Result<()> {
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let apart: Apart = kept.body()?;
        let sql = "insert or ignore into apart (household, other, entry) values (?1, ?2, ?3)";
        self.run(sql, params![household.bytes(), apart.from.bytes(), kept.name.0])?;
        Ok(())
    }

    /// These households and all that a join, ended or not, links them with.
    pub(crate) fn joining_around(&self, households: &[HouseholdId]) -> Result<BTreeSet<HouseholdId>> {
        let (mut found, mut open) = (BTreeSet::new(), households.to_vec());
        while let Some(household) = open.pop() {
            if found.insert(household) {
                let sql = "select target from joining where household = ?1 union select household from joining where target = ?1";
                let linked = self.all(sql, [household.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
                open.extend(linked.iter().filter_map(|id| HouseholdId::from_slice(id)));
            }
        }
        Ok(found)
    }

    /// The joins among these households that were not ended, as they take effect: in the order of their numbers.
    fn standing_of(&self, households: &BTreeSet<HouseholdId>) -> Result<Standing> {
        let mut joins = Vec::new();
        for household in households {
            let sql = "select joining.entry, entry.number is null, coalesce(entry.number, entry.id) from joining join entry on entry.name = joining.entry where joining.household = ?1 and ended = 0";
            let found = self.all(sql, [household.bytes()], |row| {
                Ok(((row.get::<_, bool>(1)?, row.get::<_, i64>(2)?), crate::entries::name_of(row, 0)?))
            })?;
            joins.extend(found.into_iter().map(|(rank, name)| (rank, name, *household)));
        }
        joins.sort_unstable();
        let mut standing = Standing::default();
        for (_, name, household) in joins {
            if let Some(kept) = self.living(name)? {
                let join: Join = kept.body()?;
                // What is joined into something erased is joined into nothing, and may be joined again.
                if self.erased_by(join.into)?.is_none() {
                    standing.take(household, name, &join);
                }
            }
        }
        Ok(standing)
    }

    /// The cards of which a join is parked because nobody had heard of the card it joins into, which is placed now; and
    /// those that are told apart from it.
    pub(crate) fn joins_that_waited_for(&self, entry: &lianhu_core::entry::Entry) -> Result<Vec<About>> {
        let placed = matches!(entry.kind, kind::PLACEMENT | kind::REGISTRATION);
        let Some(into) = entry.about.household().filter(|_| placed) else { return Ok(Vec::new()) };
        let sql = "select name from entry where kind in (?1, ?2) and standing = 1";
        let mut abouts = Vec::new();
        for name in self.all(sql, [kind::JOIN, kind::APART], |row| crate::entries::name_of(row, 0))? {
            let Some(kept) = self.entry(name)? else { continue };
            let other = match kept.entry.kind {
                kind::JOIN => kept.body::<Join>()?.into,
                _ => kept.body::<Apart>()?.from,
            };
            if other == into {
                abouts.push(kept.entry.about);
            }
        }
        Ok(abouts)
    }

    /// Whether a join cannot take effect: what it joins is joined already, or it would go round in a circle.
    pub(crate) fn goes_in_a_circle(&self, entry: &lianhu_core::entry::Entry) -> Result<bool> {
        let (kind::JOIN, Some(household)) = (entry.kind, entry.about.household()) else { return Ok(false) };
        let Ok(join) = minicbor::decode::<Join>(&entry.body) else { return Ok(true) };
        self.cannot_join(household, &join)
    }

    /// The same, of a join that is not written yet.
    pub(crate) fn cannot_join(&self, household: HouseholdId, join: &Join) -> Result<bool> {
        let around = self.joining_around(&[household, join.into])?;
        Ok(!self.standing_of(&around)?.admits(household, join))
    }

    /// Computes which of these households, and of those linked with them, are shown as which, and all that follows.
    pub(crate) fn settle_joins(&self, households: &[HouseholdId]) -> Result<()> {
        let around = self.joining_around(households)?;
        // Most households are linked with none.
        if let (1, Some(only)) = (around.len(), around.first())
            && !self.is_joined(*only)?
        {
            return Ok(());
        }
        for household in &around {
            self.run("delete from joined where household = ?1", [household.bytes()])?;
            self.run("delete from joined_person where household = ?1", [household.bytes()])?;
        }
        let standing = self.standing_of(&around)?;
        let up = |at: HouseholdId| standing.households.get(&at).map(|(up, _)| *up);
        for (household, (_, entry)) in &standing.households {
            if let Some(root) = self.shown_as(*household, up)? {
                let sql = "insert into joined (household, root, entry) values (?1, ?2, ?3)";
                self.run(sql, params![household.bytes(), root.bytes(), entry.0])?;
            }
        }
        for ((household, person), (_, entry, whole)) in &standing.persons {
            // While the other card is not here, this one stands by itself, with all its people.
            if *whole && self.shown_as(*household, up)?.is_none() {
                continue;
            }
            let person_up = |at: Named| standing.persons.get(&at).map(|(up, ..)| *up);
            let (root, root_person) = last((*household, *person), person_up);
            self.run(
                "insert into joined_person (household, person, root_household, root_person, entry) values (?1, ?2, ?3, ?4, ?5)",
                params![household.bytes(), person.bytes(), root.bytes(), root_person.bytes(), entry.0],
            )?;
        }
        for household in &around {
            self.describe_anew(*household)?;
            self.touch(About::Household(*household));
        }
        Ok(())
    }

    /// The card a household is shown on: the furthest one up that is here.
    fn shown_as(
        &self,
        household: HouseholdId,
        up: impl Fn(HouseholdId) -> Option<HouseholdId>,
    ) -> Result<Option<HouseholdId>> {
        let (mut at, mut shown) = (household, None);
        while let Some(next) = up(at) {
            at = next;
            if self.has_household(at)? {
                shown = Some(at);
            }
        }
        Ok(shown)
    }

    /// Computes what all cards of a household add up to: how many people, and where the cards say different things.
    pub(super) fn settle_cards(&self, household: HouseholdId) -> Result<()> {
        let cards = self.cards_of(household)?;
        let Some(root) = cards.first().copied() else { return Ok(()) };
        let mut persons = 0;
        for card in &cards {
            let sql = "select count(*) from person where household = ?1 and counts = 1 and not exists \
                       (select 1 from joined_person where joined_person.household = person.household and joined_person.person = person.id)";
            let own = self.one(sql, [card.bytes()], |row| row.get::<_, i64>(0))?.unwrap_or(0);
            persons += own;
            if *card != root {
                self.run(
                    "update household set persons = ?2, disagreeing = 0 where id = ?1",
                    params![card.bytes(), own],
                )?;
                self.put_conflicts(*card, &[])?;
            }
        }
        let disagreeing = self.disagreeing_cards(&cards)?;
        self.put_conflicts(root, &disagreeing)?;
        let sql = "update household set persons = ?2, disagreeing = ?3 where id = ?1";
        self.run(sql, params![root.bytes(), persons, i64::try_from(disagreeing.len()).unwrap_or(i64::MAX)])?;
        Ok(())
    }

    /// What the cards of one household say differently, each by itself and one against another.
    fn disagreeing_cards(&self, cards: &[HouseholdId]) -> Result<Vec<Disagreeing>> {
        let (Some(root), elsewhere) = (cards.first().copied(), self.said_elsewhere(cards)?) else {
            return Ok(Vec::new());
        };
        let mut disagreeing = Vec::new();
        for card in cards {
            let dossier = self.dossier(*card)?;
            let stays = |key: &str| match field::split_key(key).0 {
                Some(person) => Ok(self.counted_as(*card, person)?.is_none()),
                None => Ok(*card == root),
            };
            for one in self.facts(*card, &dossier)?.disagreeing {
                let stands: Result<bool> = stays(&one.key);
                if stands? {
                    disagreeing.push(one);
                }
            }
        }
        for (key, said) in elsewhere {
            let Some(known) = field::field_of_key(&key) else { continue };
            if disagreeing.iter().any(|one: &Disagreeing| one.key == key) {
                continue;
            }
            let Elsewhere { here, there } = said;
            let mut values: Vec<&Scalar> = here.iter().map(|statement| &statement.value).collect();
            for (_, statement) in &there {
                if !values.contains(&&statement.value) {
                    values.push(&statement.value);
                }
            }
            if values.len() > 1 {
                let asks = u8::from(known.merge != field::Merge::Shown);
                disagreeing.push(Disagreeing { key, asks, waiting: 0, since: None });
            }
        }
        disagreeing.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(disagreeing)
    }
}
