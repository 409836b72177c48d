//! Cards that were written twice: joined by the county and by townships, parted again, told apart; and people on two lists.
//! What is one is held together, shown once and counted once, and parting gives back what was.

use super::World;
use super::promises::Kept;
use lianhu_core::directive::Placement;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field::person_key;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId};
use lianhu_core::join::{Apart, Join, JoinEnd, Pair};
use lianhu_core::scalar::Scalar;
use lianhu_ledger::Ledger;

impl World {
    pub(super) fn joins(&mut self, at: usize) -> Kept {
        match self.chance.below(if self.of_nine { 12 } else { 15 }) {
            0..=3 => self.county_joins(),
            4 | 5 => drop(self.township_joins(at)?),
            6 | 7 => self.county_parts(),
            8 => self.township_parts(at)?,
            9 => self.tells_apart(at)?,
            10 => self.somebody_is_gone(at)?,
            // A card nobody is told of twice: registered next door although it stands there already.
            11 => self.register(at),
            _ => self.card_goes_before_its_join_is_heard(at)?,
        }
        self.check_counted()
    }

    /// A join of two cards as a ledger knows them, or of people on them.
    fn some_join(&mut self, ledger: impl Fn(&Self, HouseholdId) -> Vec<PersonId>, cards: [HouseholdId; 2]) -> Join {
        let [joins, into] = cards;
        let (ours, theirs) = (ledger(self, joins), ledger(self, into));
        let mut persons: Vec<Pair> = Vec::new();
        for person in ours {
            if let Some(into) = self.chance.pick(&theirs).copied().filter(|_| self.chance.one_in(2)) {
                persons.push(Pair { person, into });
            }
        }
        let whole = persons.is_empty() || !self.chance.one_in(4);
        Join { into, persons, whole, reason: "同一户登记了两次".into() }
    }

    /// Two of these.
    fn two_of(&mut self, households: &[HouseholdId]) -> Option<[HouseholdId; 2]> {
        let (one, other) = (*self.chance.pick(households)?, *self.chance.pick(households)?);
        (one != other).then_some([one, other])
    }

    pub(super) fn county_joins(&mut self) {
        let households = self.model.households();
        let Some(cards) = self.two_of(&households) else { return };
        let join = self.some_join(|world, card| world.village.county.with(|county| people_on(county, card)), cards);
        let would = self.model.cards.in_effect().has_room_for(cards[0], &join);
        // The office is told that it would come to nothing; now and then it is written all the same.
        if !would && !self.chance.one_in(5) {
            return;
        }
        self.tells(format!(
            "the county joins {} into {} (whole {}, {} people, to effect {would})",
            self.canaries[&cards[0]],
            self.canaries[&cards[1]],
            join.whole,
            join.persons.len()
        ));
        self.village.county.directs(|w| w.record(About::Household(cards[0]), kind::JOIN, Source::Office, &join));
        self.all_may_hear();
    }

    /// Says which cards were joined.
    fn township_joins(&mut self, at: usize) -> Result<Option<[HouseholdId; 2]>, String> {
        let at = self.township_or(at);
        let Some(one) = self.household_on(at) else { return Ok(None) };
        let Some(other) = self.household_on(at).filter(|other| *other != one) else { return Ok(None) };
        let join = self.some_join(|world, card| people_on(world.members[at].phone.ledger(), card), [one, other]);
        let joined = self.members[at].phone.ledger_mut().join(one, &join).map_err(|error| error.to_string())?;
        let Ok(name) = joined else { return Ok(None) };
        self.tells(format!("{} joins {} into {}", self.members[at].name, self.canaries[&one], self.canaries[&other]));
        self.members[at].saved([name]);
        Ok(Some([one, other]))
    }

    /// A township joins two cards, and one of them goes to another township before anybody has heard of the join.
    fn card_goes_before_its_join_is_heard(&mut self, at: usize) -> Kept {
        let at = self.township_or(at);
        let (Some(cards), Some(beyond)) = (self.township_joins(at)?, self.beyond) else { return Ok(()) };
        let gone = cards[self.chance.below(2)];
        // It may have been erased since the township heard of it last, or be one that the township has only just registered.
        if self.model.erased().contains(&gone) || !self.model.households().contains(&gone) {
            return Ok(());
        }
        self.tells(format!("the county moves {} to another township", self.canaries[&gone]));
        let body = Placement { origin: beyond, present: None };
        self.village.county.directs(|w| w.record(About::Household(gone), kind::PLACEMENT, Source::Office, &body));
        self.all_may_hear();
        self.check_county()?;
        if self.chance.one_in(2) {
            self.whole_exchange(at)?;
            self.check_county()?;
            self.check_phone(at)?;
        }
        Ok(())
    }

    fn county_parts(&mut self) {
        let open: Vec<(EntryName, HouseholdId)> =
            self.model.cards.open().map(|known| (known.entry, known.of)).collect();
        let Some((join, of)) = self.chance.pick(&open).copied() else { return };
        self.tells(format!("the county parts {}", self.canaries[&of]));
        let end = JoinEnd { join, reason: "不是同一户".into() };
        self.village.county.directs(|w| w.record(About::Household(of), kind::JOIN_END, Source::Office, &end));
        self.all_may_hear();
    }

    fn township_parts(&mut self, at: usize) -> Kept {
        let at = self.township_or(at);
        let (_, joins) = self.members[at].phone.ledger().joins(0, 100).map_err(|error| error.to_string())?;
        let Some(join) = self.chance.pick(&joins).cloned() else { return Ok(()) };
        let scope = self.members[at].phone.ledger().scope_of(self.members[at].phone.user);
        let scope = scope.map_err(|error| error.to_string())?;
        let ended = |row: &lianhu_ledger::inspect::ScopeRow| {
            row.about.household() == Some(join.household) && row.until.is_some()
        };
        if scope.iter().any(ended) {
            return Ok(());
        }
        let before = self.own_waiting(at)?;
        let parted = self.members[at].phone.ledger_mut().part(join.entry, "不是同一户").map_err(|e| e.to_string())?;
        if parted.is_ok() {
            self.tells(format!("{} parts {}", self.members[at].name, self.canaries[&join.household]));
            let written = self.own_waiting(at)?;
            self.members[at].saved(written.into_iter().filter(|name| !before.contains(name)));
        }
        Ok(())
    }

    /// What a phone has written and the county has not numbered yet.
    fn own_waiting(&self, at: usize) -> Result<Vec<EntryName>, String> {
        let phone = &self.members[at].phone;
        let held = phone.ledger().all_held().map_err(|error| error.to_string())?;
        let own = held.iter().filter(|held| held.number.is_none() && held.device == Some(phone.device));
        Ok(own.map(|held| held.name).collect())
    }

    fn tells_apart(&mut self, at: usize) -> Kept {
        let (Some(one), Some(other)) = (self.household_on(at), self.household_on(at)) else { return Ok(()) };
        if one == other {
            return Ok(());
        }
        self.tells(format!("{} tells {} from {}", self.members[at].name, self.canaries[&one], self.canaries[&other]));
        let body = Apart { from: other, reason: "两家都见过".into() };
        let about = About::Household(one);
        let saved = self.members[at].phone.ledger_mut().write(|w| w.record(about, kind::APART, Source::Office, &body));
        self.members[at].saved([saved.map_err(|error| error.to_string())?]);
        Ok(())
    }

    /// Somebody on a card no longer counts, or does again.
    fn somebody_is_gone(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let people = people_on(self.members[at].phone.ledger(), household);
        let Some(person) = self.chance.pick(&people).copied() else { return Ok(()) };
        let status = Scalar::from(["自然减少", "正常"][self.chance.below(2)]);
        self.tells(format!("{} says {status:?} of somebody of {}", self.members[at].name, self.canaries[&household]));
        let saved = self.members[at].phone.sets(household, &person_key(person, "status"), status);
        self.members[at].saved(saved.map_err(|error| error.to_string())?);
        Ok(())
    }
}

/// The people that one card names.
fn people_on(ledger: &Ledger, card: HouseholdId) -> Vec<PersonId> {
    let dossier = ledger.stored_dossier(card).expect("a dossier is read").unwrap_or_default();
    let named = dossier.all().into_keys().filter_map(|key| {
        let (person, fact) = lianhu_core::field::split_key(&key);
        person.filter(|_| fact == "name")
    });
    named.collect()
}
