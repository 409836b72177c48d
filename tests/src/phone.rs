//! A phone and the person who carries it: what they do with it, in their own words.

use crate::{Chance, Clock, KEY};
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::hub::{Hub, HubError};
use lianhu_core::ids::{DeviceId, EntryName, HouseholdId, PersonId, PlaceId, UserId};
use lianhu_core::record::{Registration, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Staged;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Exchanged, Ledger, Result, exchange};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A phone.
#[derive(Debug)]
pub struct Phone {
    /// Whose it is.
    pub user: UserId,
    /// Its id.
    pub device: DeviceId,
    path: PathBuf,
    clock: Arc<Clock>,
    ledger: Option<Ledger>,
}

impl Phone {
    /// The phone whose ledger lies in this file.
    #[must_use]
    pub fn open(path: &Path, around: &Arc<Staged>) -> Self {
        let clock = Clock::right(around);
        let ledger = Ledger::open(path, &KEY, clock.clone()).expect("the phone's ledger opens");
        let me = ledger.identity().expect("the phone is enrolled");
        Self { user: me.user, device: me.device, path: path.to_owned(), clock, ledger: Some(ledger) }
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        self.ledger.as_ref().expect("the phone is on")
    }

    /// Its ledger, to act on.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        self.ledger.as_mut().expect("the phone is on")
    }

    /// Records a visit to a household.
    pub fn visits(&mut self, household: HouseholdId, day: &str) -> EntryName {
        let day = Day::parse(day).expect("a day");
        self.writes_visit(household, &Visit { day, ..Visit::default() }).expect("a visit is saved")
    }

    /// Records a visit, or a correction of one.
    pub fn writes_visit(&mut self, household: HouseholdId, visit: &Visit) -> Result<EntryName> {
        self.ledger_mut().write(|w| w.record(About::Household(household), kind::VISIT, Source::Household, visit))
    }

    /// Strikes a record.
    pub fn strikes(&mut self, household: HouseholdId, record: EntryName) -> Result<EntryName> {
        let strike = Strike { record, reason: "记错户".into() };
        self.ledger_mut().write(|w| w.record(About::Household(household), kind::STRIKE, Source::Office, &strike))
    }

    /// Puts one fact of a household.
    pub fn sets(&mut self, household: HouseholdId, key: &str, value: Scalar) -> Result<Option<EntryName>> {
        let puts = BTreeMap::from([(key.to_owned(), value)]);
        self.ledger_mut().write(|w| w.put(household, puts, Source::Household))
    }

    /// Writes down a household's telephone number.
    pub fn sets_phone(&mut self, household: HouseholdId, number: &str) {
        self.sets(household, "phone", number.into()).expect("a number is saved");
    }

    /// Writes down a household met for the first time.
    pub fn registers(&mut self, place: PlaceId, head: &str) -> (HouseholdId, Vec<EntryName>) {
        let (household, person) = (HouseholdId::mint(&*self.clock), PersonId::mint(&*self.clock));
        let puts = BTreeMap::from([
            (format!("person/{person}/name"), Scalar::from(head)),
            (format!("person/{person}/relation"), "户主".into()),
        ]);
        let written = self.ledger_mut().write(|w| {
            let body = Registration { place };
            let registration = w.record(About::Household(household), kind::REGISTRATION, Source::Household, &body)?;
            let facts = w.put(household, puts, Source::Household)?;
            Ok(std::iter::once(registration).chain(facts).collect())
        });
        (household, written.expect("a registration is saved"))
    }

    /// Exchanges with the county until both sides have everything, or the line breaks.
    pub fn exchanges(&mut self, hub: &mut dyn Hub) -> std::result::Result<Exchanged, HubError> {
        exchange(self.ledger_mut(), hub, 0, &mut |_| ()).expect("the phone's own ledger holds")
    }

    /// The battery dies and the phone is switched on again.
    pub fn dies_and_is_switched_on(&mut self) {
        drop(self.ledger.take());
        self.ledger = Some(Ledger::open(&self.path, &KEY, self.clock.clone()).expect("the phone's ledger opens again"));
    }

    /// Copies all that is on it into a file.
    pub fn is_copied_to(&self, to: &Path) {
        Ledger::back_up(&self.path, &KEY, to).expect("a copy of the phone");
    }

    /// What is on it is replaced by an older copy.
    pub fn is_restored_from(&mut self, copy: &Path) {
        drop(self.ledger.take());
        for end in ["-wal", "-shm"] {
            let mut beside = self.path.clone().into_os_string();
            beside.push(end);
            std::fs::remove_file(beside).ok();
        }
        std::fs::copy(copy, &self.path).expect("the copy is put in place");
        self.ledger = Some(Ledger::open(&self.path, &KEY, self.clock.clone()).expect("the copy opens"));
    }
}

/// Some day of the last months, or now and then of a time before any grant reaches back.
pub(crate) fn some_day(chance: &mut Chance, today: Day) -> Day {
    let back = if chance.one_in(12) { 380 + chance.below(100) } else { chance.below(120) };
    today.plus(-i32::try_from(back).unwrap_or(0))
}
