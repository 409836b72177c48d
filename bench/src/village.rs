//! A county with villages, helpers and phones, made by the product's own directives and imports.

use crate::chance::Chance;
use crate::texts::{Split, Texts};
use anyhow::{Context, Result, anyhow};
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Cadre, Grant, Place, Placement, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::hub::Hub;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId, PlaceId, UserId};
use lianhu_core::sign::Key;
use lianhu_core::surroundings::Staged;
use lianhu_ledger::{Enrolling, Exchanged, FileKey, InProcess, Ledger, exchange, keys_beside};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// When everything here happens.
const NOW: Moment = Moment(1_795_000_000);

/// The key of every ledger of the bench.
pub(crate) const KEY: FileKey = FileKey([7; 32]);

/// One county, small.
pub(crate) struct Village {
    /// Where its files lie.
    pub(crate) dir: tempfile::TempDir,
    /// Its clock and chance.
    pub(crate) around: Arc<Staged>,
    /// The county's ledger.
    pub(crate) county: Arc<Mutex<Ledger>>,
    /// What people say in it.
    pub(crate) texts: Texts,
    /// The chance of what happens.
    pub(crate) chance: Chance,
    town: PlaceId,
    place: PlaceId,
}

impl Village {
    /// A county with one village and nobody in it.
    pub(crate) fn new(split: Split, seed: u64) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let around = Arc::new(Staged::new(seed, NOW));
        let mut chance = Chance::new(seed);
        let texts = Texts::new(split);
        let mut county = open(&dir.path().join("county.sqlite"), &around)?;
        let code = format!("{}", chance.between(110_000, 659_999));
        county.found_county(&code, &format!("{}县", texts.place(&mut chance)), &Key::mint(&*around))?;
        let (town, place) = (PlaceId::mint(&*around), PlaceId::mint(&*around));
        for (id, level, parent) in [(town, "town", None), (place, "village", Some(town))] {
            let name = format!("{}{}", texts.place(&mut chance), if level == "town" { "乡" } else { "村" });
            let body = Place { name, level: level.into(), parent, code: None };
            county.direct(|w| w.record(About::Place(id), kind::PLACE, Source::Office, &body))?;
        }
        Ok(Self { dir, around, county: Arc::new(Mutex::new(county)), texts, chance, town, place })
    }

    /// The county's ledger, to be read or written.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.county.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies the county's ledger and the keys of its households, page by page as they lie there: a back-up would have to
    /// compute its tables again, which is measured by itself.
    pub(crate) fn copy_county(&self, to: &Path) -> Result<()> {
        // Nobody writes meanwhile.
        let ledger = self.ledger();
        for (from, to) in [(ledger.path().to_owned(), to.to_owned()), (keys_beside(ledger.path()), keys_beside(to))] {
            for end in ["", "-wal", "-shm"] {
                std::fs::remove_file(ending(&to, end)).ok();
            }
            for end in ["", "-wal"].into_iter().filter(|end| ending(&from, end).exists()) {
                std::fs::copy(ending(&from, end), ending(&to, end))?;
            }
        }
        Ok(())
    }

    /// The day on which it is today.
    pub(crate) fn today(&self) -> Day {
        NOW.day()
    }

    /// Begins another village of the town; who is imported from here on lives there.
    pub(crate) fn settle(&mut self) -> Result<()> {
        self.place = PlaceId::mint(&*self.around);
        let name = format!("{}{}村", self.texts.place(&mut self.chance), self.texts.place(&mut self.chance));
        let body = Place { name, level: "village".into(), parent: Some(self.town), code: None };
        let about = About::Place(self.place);
        self.ledger().direct(|w| w.record(about, kind::PLACE, Source::Office, &body))?;
        Ok(())
    }

    /// Takes in a person with a role, for the whole village where the role has an area.
    pub(crate) fn person(&mut self, role: &str) -> Result<UserId> {
        let user = UserId::mint(&*self.around);
        let cadre = Cadre { name: self.texts.name(&mut self.chance), ..Cadre::default() };
        let role = Role { role: role.into(), place: (role == "first_secretary").then_some(self.place) };
        self.ledger().direct(|w| {
            w.record(About::Cadre(user), kind::CADRE, Source::Office, &cadre)?;
            w.record(About::Cadre(user), kind::ROLE, Source::Office, &role)
        })?;
        Ok(user)
    }

    /// Imports so many households at once, as a roster does, and entrusts them.
    pub(crate) fn households(&mut self, count: usize, user: Option<UserId>) -> Result<Vec<HouseholdId>> {
        let around = self.around.clone();
        let mut ids = || PersonId::mint(&*around).to_string();
        let rosters: Vec<_> = (0..count).map(|_| self.texts.roster(&mut self.chance, &mut ids)).collect();
        let place = self.place;
        let act = |w: &lianhu_ledger::Writing<'_>| {
            let mut houses = Vec::new();
            for puts in rosters {
                let house = HouseholdId::mint(&*around);
                let placement = Placement { origin: place, present: None };
                w.record(About::Household(house), kind::PLACEMENT, Source::Table, &placement)?;
                w.import(house, puts)?;
                if let Some(user) = user {
                    let grant = Grant { user, duty: "帮扶责任人".into() };
                    w.record(About::Household(house), kind::GRANT, Source::Office, &grant)?;
                }
                houses.push(house);
            }
            Ok(houses)
        };
        Ok(self.ledger().direct(act)?)
    }

    /// Entrusts these households to one more person.
    pub(crate) fn entrust(&self, houses: &[HouseholdId], user: UserId) -> Result<()> {
        let act = |w: &lianhu_ledger::Writing<'_>| {
            let grant = Grant { user, duty: "帮扶责任人".into() };
            houses
                .iter()
                .try_for_each(|house| w.record(About::Household(*house), kind::GRANT, Source::Office, &grant).map(drop))
        };
        Ok(self.ledger().direct(act)?)
    }

    /// Enrols a phone of this person.
    pub(crate) fn phone(&mut self, user: UserId, label: &str) -> Result<Ledger> {
        let secret = self.ledger().mint_secret(user)?;
        let key = Key::mint(&*self.around);
        let asking = Enrolling { secret: String::new(), key: key.public(), label: label.into(), device: None };
        let enrolled = self.ledger().enrol(&asking, &secret)?.map_err(|why| anyhow!("not enrolled: {why:?}"))?;
        let mut phone = open(&self.dir.path().join(format!("{label}.sqlite")), &self.around)?;
        phone.adopt(&enrolled, &key)?;
        Ok(phone)
    }

    /// Writes visits to these households, one after the other, as the owner of this ledger; says what they are called.
    pub(crate) fn visit(&mut self, phone: &mut Ledger, houses: &[HouseholdId], count: usize) -> Result<Vec<EntryName>> {
        let mut written = Vec::new();
        for house in houses.iter().cycle().take(count) {
            self.around.set(NOW.plus_seconds(self.chance.between(0, 400_000)));
            let visit = self.texts.visit(&mut self.chance, NOW.day());
            let act = |w: &lianhu_ledger::Writing<'_>| {
                w.record(About::Household(*house), kind::VISIT, Source::Household, &visit)
            };
            written.push(phone.write(act)?);
        }
        Ok(written)
    }

    /// Corrects one fact of so many of these households; says what was written down.
    pub(crate) fn correct(
        &mut self,
        phone: &mut Ledger,
        houses: &[HouseholdId],
        count: usize,
    ) -> Result<Vec<EntryName>> {
        let mut written = Vec::new();
        for house in houses.iter().rev().cycle().take(count) {
            let puts = self.texts.correction(&mut self.chance);
            written.extend(phone.write(|w| w.put(*house, puts, Source::Household))?);
        }
        Ok(written)
    }

    /// Exchanges in the same process.
    pub(crate) fn exchange(&self, phone: &mut Ledger) -> Result<Exchanged> {
        through(phone, &mut InProcess(self.county.clone()))
    }
}

/// Exchanges through this hub until nothing is left.
pub(crate) fn through(phone: &mut Ledger, hub: &mut dyn Hub) -> Result<Exchanged> {
    exchange(phone, hub, 0, &mut |_| ())?.context("the exchange did not come about")
}

/// A file of the database beside its own.
fn ending(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Opens a ledger of the bench.
pub(crate) fn open(path: &Path, around: &Arc<Staged>) -> Result<Ledger> {
    Ok(Ledger::open(path, &KEY, around.clone())?)
}
