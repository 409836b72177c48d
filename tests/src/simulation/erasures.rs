//! Erasing by law: the county's hand or an office erases a household while phones write about it, carry it, hold drafts of it
//! and old copies. Once numbered nothing of it is at the county; on a device nothing is once it has heard; and nothing
//! brings it back, neither a late push nor an old back-up. What it had counted for stays counted.

use super::World;
use super::promises::{Kept, canaries_in, ensure};
use lianhu_core::directive::{LawfulCount, ground};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::ids::HouseholdId;
use lianhu_ledger::Ledger;
use lianhu_ledger::inspect::Held;
use std::collections::BTreeSet;

/// So many households are erased in one seed.
const MOST: usize = 4;

impl World {
    pub(super) fn erases(&mut self, at: usize) -> Result<Vec<usize>, String> {
        match self.chance.below(10) {
            0..=2 => self.county_erases()?,
            3 | 4 => self.office_erases(at)?,
            // Somebody writes about what may be erased already, where nobody has told them.
            5 => self.visit(at),
            6 => self.register(at),
            _ => return self.late_push(at),
        }
        Ok(vec![at])
    }

    /// A household that may be erased: not the one by which a device with a bad will is told from others.
    fn erasable(&mut self) -> Option<HouseholdId> {
        let own = self.intruder_has();
        let households: Vec<_> = self.model.households().into_iter().filter(|id| Some(*id) != own).collect();
        let left = households.len() > 2 && self.model.erased().len() < MOST;
        self.chance.pick(&households).copied().filter(|_| left)
    }

    fn county_erases(&mut self) -> Kept {
        match self.erasable() {
            Some(household) => self.county_erases_one(household),
            None => Ok(()),
        }
    }

    /// Erases a household, unless so many were that hardly any is left.
    pub(super) fn county_erases_if_it_may(&mut self, household: HouseholdId) -> Kept {
        let left = self.model.households().len() > 2 && self.model.erased().len() < MOST;
        let may = left && !self.model.erased().contains(&household) && Some(household) != self.intruder_has();
        if may { self.county_erases_one(household) } else { Ok(()) }
    }

    fn county_erases_one(&mut self, household: HouseholdId) -> Kept {
        self.tells(format!("the county erases {}", self.canaries[&household]));
        let (before, counted) = (self.lawful_visits()?, self.visits_of(household)?);
        self.village.county.directs(|w| w.erase(household, ground::ASKED, "本人来函"));
        self.all_may_hear();
        self.check_county()?;
        let after = self.lawful_visits()?;
        ensure(after == before + counted, || {
            format!("{household} had {counted} visits when it was erased; {before} lawful ones became {after}")
        })?;
        self.village.county.with(|county| self.nothing_is_left(county, &BTreeSet::from([household])))?;
        self.check_counted()
    }

    /// Somebody of the county's office erases on their own device: it takes effect with its number.
    fn office_erases(&mut self, at: usize) -> Kept {
        let offices: Vec<usize> =
            (0..self.members.len()).filter(|at| self.model.holds_all(self.members[*at].phone.user)).collect();
        let Some(office) = self.chance.pick(&offices).copied() else { return Ok(()) };
        let own = self.intruder_has();
        let Some(household) = self.household_on(office).filter(|id| Some(*id) != own) else { return Ok(()) };
        if self.model.erased().len() >= MOST || self.model.households().len() < 3 {
            return Ok(());
        }
        let written = self.members[office].phone.ledger_mut().write(|w| w.erase(household, ground::WRONG, "重复"));
        let name = match written {
            Ok(name) => name,
            Err(lianhu_ledger::LedgerError::Erased) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        self.tells(format!("{} erases {}", self.members[office].name, self.canaries[&household]));
        self.members[office].saved([name]);
        if self.chance.one_in(2) {
            self.whole_exchange(office)?;
            self.check_county()?;
            self.check_phone(office)?;
        }
        self.check_phone(at)
    }

    /// An envelope that speaks of something erased is carried up, again or for the first time.
    fn late_push(&mut self, at: usize) -> Result<Vec<usize>, String> {
        let gone = self.model.erased().clone();
        let speaks: Vec<_> = self
            .wire
            .seen
            .iter()
            .filter(|sealed| {
                sealed.entries.iter().any(|bytes| {
                    Entry::read(bytes)
                        .is_ok_and(|entry| entry.about.household().is_some_and(|about| gone.contains(&about)))
                })
            })
            .cloned()
            .collect();
        let Some(sealed) = self.chance.pick(&speaks).cloned() else { return Ok(vec![at]) };
        self.tells(format!("{} carries an envelope that speaks of what was erased", self.members[at].name));
        self.round(at, Some(sealed))
    }

    /// How many visits the erased households have left behind, by the log.
    fn lawful_visits(&self) -> Result<u32, String> {
        let held = self.village.county.with(|county| county.held_above(0)).map_err(|error| error.to_string())?;
        let entries = held.iter().filter_map(|held| Entry::read(&held.bytes).ok());
        let counts = entries.filter(|entry| entry.kind == kind::LAWFUL_COUNT);
        Ok(counts
            .filter_map(|entry| minicbor::decode::<LawfulCount>(&entry.body).ok())
            .flat_map(|count| count.days)
            .map(|day| day.visits)
            .sum())
    }

    /// Nothing of what was erased lies at the county, and no key opens what may lie in a back-up.
    pub(super) fn check_erased_at_county(&self, held: &[Held]) -> Kept {
        let gone = self.model.erased();
        if gone.is_empty() {
            return Ok(());
        }
        let is_gone =
            |about: &Option<About>| about.and_then(|about| about.household()).is_some_and(|id| gone.contains(&id));
        let left = held.iter().find(|held| is_gone(&held.about));
        ensure(left.is_none(), || format!("{:?} was erased and is at the county", left.map(|left| left.name)))?;
        let opens = |household: &&HouseholdId| self.village.county.with(|county| county.opens(**household));
        let opens = gone.iter().find(|household| opens(household).unwrap_or(true));
        ensure(opens.is_none(), || format!("the county has a key for {opens:?}, which was erased"))
    }

    /// What a phone has heard of is gone from it, and stays so; once at rest it has heard of everything.
    pub(super) fn check_erased_on(&mut self, at: usize, held: &[Held]) -> Kept {
        let gone = self.model.erased().clone();
        if gone.is_empty() {
            return Ok(());
        }
        let told = self.erasures_on(at, held)?;
        let member = &mut self.members[at];
        member.drafts.retain(|_, (household, _)| !told.contains(household));
        for owing in [&mut member.owes, &mut member.settled] {
            owing.retain(|_, owed| owed.household.is_none_or(|household| !gone.contains(&household)));
        }
        let member = &self.members[at];
        let may_hear = member.at_rest && !self.is_shut_out(member.phone.device);
        let unheard = gone.iter().find(|household| may_hear && !told.contains(household));
        ensure(unheard.is_none(), || format!("{} was never told that {unheard:?} is erased", member.name))?;
        let is_gone = |household: &HouseholdId| told.contains(household);
        let left =
            held.iter().find(|held| held.about.and_then(|about| about.household()).as_ref().is_some_and(is_gone));
        ensure(left.is_none(), || {
            format!("{} holds {:?} about what it knows to be erased", member.name, left.map(|left| left.name))
        })?;
        let rows = member.phone.ledger().household_rows().map_err(|error| error.to_string())?;
        ensure(!rows.iter().any(is_gone), || format!("{} has a row of what was erased", member.name))?;
        let sealed = member.phone.ledger().all_envelopes().map_err(|error| error.to_string())?;
        let speaks = sealed.iter().flat_map(|sealed| &sealed.entries).filter_map(|bytes| Entry::read(bytes).ok());
        let speaks = speaks.filter_map(|entry| entry.about.household()).find(is_gone);
        ensure(speaks.is_none(), || format!("{} keeps an envelope that speaks of {speaks:?}, erased", member.name))?;
        let drafts = member.phone.ledger().drafts().map_err(|error| error.to_string())?;
        ensure(!drafts.iter().any(|draft| is_gone(&draft.household)), || {
            format!("{} keeps a draft about what was erased", member.name)
        })
    }

    /// What a phone knows to be erased: by a directive that is here with its number, or by the county's word for one of its
    /// entries.
    fn erasures_on(&self, at: usize, held: &[Held]) -> Result<BTreeSet<HouseholdId>, String> {
        let numbered = held.iter().filter(|held| held.number.is_some());
        let directives =
            numbered.filter_map(|held| Entry::read(&held.bytes).ok()).filter(|entry| entry.kind == kind::ERASURE);
        let mut told: BTreeSet<HouseholdId> =
            directives.map(|entry| super::model::body::<lianhu_core::directive::Erasure>(&entry).household).collect();
        let left = self.members[at].phone.ledger().all_erased().map_err(|error| error.to_string())?;
        told.extend(left.iter().filter_map(|erased| erased.about.and_then(|about| about.household())));
        Ok(told)
    }

    /// No table and no byte of a ledger speaks of what was erased.
    pub(super) fn nothing_is_left(&self, ledger: &Ledger, gone: &BTreeSet<HouseholdId>) -> Kept {
        let gone: Vec<&str> = gone.iter().filter_map(|id| self.canaries.get(id)).map(String::as_str).collect();
        let speaks =
            |bytes: &[u8]| canaries_in(bytes).into_iter().any(|canary| gone.iter().any(|of| of.as_bytes() == canary));
        let held = ledger.all_held().map_err(|error| error.to_string())?;
        let left = held.iter().find(|held| speaks(&held.bytes)).map(|held| held.name);
        ensure(left.is_none(), || format!("{left:?} speaks of what was erased"))?;
        let refused = ledger.all_refused().map_err(|error| error.to_string())?;
        let left = refused.iter().find(|refused| speaks(&refused.bytes)).map(|refused| refused.name);
        ensure(left.is_none(), || format!("{left:?} stands aside and speaks of what was erased"))?;
        for (table, rows) in ledger.dump_rebuilt().map_err(|error| error.to_string())? {
            ensure(!rows.iter().any(|row| speaks(row.as_bytes())), || {
                format!("a row of {table} speaks of what was erased")
            })?;
        }
        Ok(())
    }
}
