//! A village and its county, as a test sets them up.

use crate::{BadLine, County, KEY, Phone, folder};
use lianhu_core::day::Moment;
use lianhu_core::directive::{Cadre, Grant, GrantEnd, Place, Placement, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{HouseholdId, PersonId, PlaceId, UserId};
use lianhu_core::scalar::Scalar;
use lianhu_core::sign::Key;
use lianhu_core::surroundings::Staged;
use lianhu_ledger::{Enrolling, Ledger};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The moment at which every test begins: 2026-09-21.
const BEGINS: i64 = 1_790_000_000;

/// A village, its county and whoever works there.
#[derive(Debug)]
pub struct Village {
    folder: tempfile::TempDir,
    seed: u64,
    phones: usize,
    people: BTreeMap<String, UserId>,
    /// Time and chance.
    pub around: Arc<Staged>,
    /// The county.
    pub county: County,
}

impl Village {
    /// The village of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let folder = folder();
        let around = Arc::new(Staged::new(seed, Moment(BEGINS)));
        let county = County::found(folder.path(), &around);
        Self { folder, seed, phones: 0, people: BTreeMap::new(), around, county }
    }

    /// Where its files lie.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes a place.
    pub fn place(&self, name: &str, level: &str, parent: Option<PlaceId>) -> PlaceId {
        let place = PlaceId::mint(&*self.around);
        let body = Place { name: name.into(), level: level.into(), parent, code: None };
        self.county.directs(|w| w.record(About::Place(place), kind::PLACE, Source::Office, &body));
        place
    }

    /// The helper of this name.
    pub fn person(&mut self, name: &str) -> UserId {
        self.person_with(name, "helper", None)
    }

    /// The person of this name, made on first mention, with what they may do.
    pub fn person_with(&mut self, name: &str, role: &str, place: Option<PlaceId>) -> UserId {
        if let Some(known) = self.people.get(name) {
            return *known;
        }
        let user = UserId::mint(&*self.around);
        self.county.directs(|w| {
            w.record(
                About::Cadre(user),
                kind::CADRE,
                Source::Office,
                &Cadre { name: name.into(), ..Cadre::default() },
            )?;
            w.record(About::Cadre(user), kind::ROLE, Source::Office, &Role { role: role.into(), place })
        });
        self.people.insert(name.to_owned(), user);
        user
    }

    /// What a person is called.
    #[must_use]
    pub fn name_of(&self, user: UserId) -> String {
        self.people.iter().find(|(_, known)| **known == user).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    /// A new phone of the person of this name, enrolled with a code.
    pub fn phone(&mut self, name: &str) -> Phone {
        let user = self.person(name);
        self.phones += 1;
        let path = self.folder.path().join(format!("phone-{}.sqlite", self.phones));
        let key = Key::mint(&*self.around);
        let secret = self.county.with(|county| county.mint_secret(user)).expect("a code");
        let asking = Enrolling { secret: String::new(), key: key.public(), label: name.to_owned(), device: None };
        let enrolled = self
            .county
            .with(|county| county.enrol(&asking, &secret))
            .expect("the county enrols")
            .expect("the code holds");
        let mut ledger = Ledger::open(&path, &KEY, self.around.clone()).expect("a new ledger");
        ledger.adopt(&enrolled, &key).expect("a new phone");
        drop(ledger);
        Phone::open(&path, &self.around)
    }

    /// A household as a roster brings it in: placed, with a head and a telephone number.
    pub fn household(&self, head: &str, origin: PlaceId) -> HouseholdId {
        let (household, person) = (HouseholdId::mint(&*self.around), PersonId::mint(&*self.around));
        let puts = BTreeMap::from([
            (format!("person/{person}/name"), Scalar::from(head)),
            (format!("person/{person}/relation"), "户主".into()),
            ("phone".to_owned(), "13800000000".into()),
        ]);
        self.county.directs(|w| {
            let about = About::Household(household);
            w.record(about, kind::PLACEMENT, Source::Table, &Placement { origin, present: None })?;
            w.import(household, puts)
        });
        household
    }

    /// The county entrusts a household to a person.
    pub fn entrusts(&self, household: HouseholdId, user: UserId) {
        let body = Grant { user, duty: "帮扶责任人".into() };
        self.county.directs(|w| w.record(About::Household(household), kind::GRANT, Source::Office, &body));
    }

    /// The county takes it back.
    pub fn takes_back(&self, household: HouseholdId, user: UserId) {
        let body = GrantEnd { user, reason: String::new() };
        self.county.directs(|w| w.record(About::Household(household), kind::GRANT_END, Source::Office, &body));
    }

    /// A line to the county, in clear weather until a test says otherwise.
    #[must_use]
    pub fn line(&self) -> BadLine<County> {
        BadLine::new(self.county.clone(), self.seed)
    }
}
