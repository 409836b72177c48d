//! A helper on the hillside with two households, and the county in the same process.
#![allow(dead_code, reason = "each file of tests asks for some of it")]

use lianhu_app::App;
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Cadre, Grant, Place, Placement, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::scalar::Scalar;
use lianhu_core::sign::Key;
use lianhu_core::surroundings::Staged;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Enrolling, FileKey, InProcess, Ledger, VisitQuery};
use std::sync::{Arc, Mutex};

/// A helper's app with two households, and its county in the same process.
pub(crate) struct Helper {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) app: App,
    pub(crate) county: Arc<Mutex<Ledger>>,
    pub(crate) houses: Vec<HouseholdId>,
    pub(crate) today: Day,
    pub(crate) around: Arc<Staged>,
    village: PlaceId,
}

impl Helper {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = Moment(1_790_000_000);
        let around = Arc::new(Staged::new(3, now));
        let mut county = Ledger::open(&dir.path().join("county.sqlite"), &FileKey([7; 32]), around.clone()).unwrap();
        county.found_county("411321", "南召县", &Key::mint(&*around)).unwrap();
        let (user, village) = (UserId::mint(&*around), PlaceId::mint(&*around));
        let houses: Vec<_> = (0..2).map(|_| HouseholdId::mint(&*around)).collect();
        county
            .direct(|w| {
                let cadre = Cadre { name: "韦卓然".into(), ..Cadre::default() };
                w.record(About::Cadre(user), kind::CADRE, Source::Office, &cadre)?;
                let role = Role { role: "helper".into(), place: None };
                w.record(About::Cadre(user), kind::ROLE, Source::Office, &role)?;
                let place = Place { name: "上寨村".into(), level: "village".into(), parent: None, code: None };
                w.record(About::Place(village), kind::PLACE, Source::Office, &place)?;
                for (house, name) in houses.iter().zip(["梁永福", "覃志明"]) {
                    let about = About::Household(*house);
                    w.record(about, kind::PLACEMENT, Source::Table, &Placement { origin: village, present: None })?;
                    let person = format!("person/{}/", PlaceId::mint(&*around));
                    let facts = [
                        (format!("{person}name"), name),
                        (format!("{person}relation"), "户主"),
                        ("phone".into(), "13800000001"),
                    ];
                    w.import(*house, facts.map(|(key, value)| (key, Scalar::from(value))).into())?;
                    w.record(about, kind::GRANT, Source::Office, &Grant { user, duty: "帮扶责任人".into() })?;
                }
                Ok(())
            })
            .unwrap();
        let secret = county.mint_secret(user).unwrap();
        let key = Key::mint(&*around);
        let asking = Enrolling { secret: String::new(), key: key.public(), label: "phone".into(), device: None };
        let enrolled = county.enrol(&asking, &secret).unwrap().unwrap();
        let app = App::open(&dir.path().join("phone"), around.clone(), Box::new(|_| ())).unwrap();
        app.ledger().adopt(&enrolled, &key).unwrap();
        let helper = Self { dir, app, county: Arc::new(Mutex::new(county)), houses, today: now.day(), around, village };
        helper.exchange();
        helper
    }

    /// What a command answers, as a screen hears it.
    pub(crate) fn called(&self, name: &str, args: serde_json::Value) -> serde_json::Value {
        self.app.call(lianhu_app::Command::read(name, args).unwrap()).unwrap()
    }

    /// The computer of somebody with a role over the whole village.
    pub(crate) fn office(&self, role: &str) -> App {
        let user = UserId::mint(&*self.around);
        let mut county = self.county.lock().unwrap();
        county
            .direct(|w| {
                let cadre = Cadre { name: "莫秀英".into(), ..Cadre::default() };
                w.record(About::Cadre(user), kind::CADRE, Source::Office, &cadre)?;
                let role = Role { role: role.into(), place: (role != "county").then_some(self.village) };
                w.record(About::Cadre(user), kind::ROLE, Source::Office, &role)
            })
            .unwrap();
        let secret = county.mint_secret(user).unwrap();
        let key = Key::mint(&*self.around);
        let asking = Enrolling { secret: String::new(), key: key.public(), label: role.into(), device: None };
        let enrolled = county.enrol(&asking, &secret).unwrap().unwrap();
        drop(county);
        let app = App::open(&self.dir.path().join(role), self.around.clone(), Box::new(|_| ())).unwrap();
        app.ledger().adopt(&enrolled, &key).unwrap();
        self.exchange_of(&app);
        app
    }

    pub(crate) fn exchange_of(&self, app: &App) {
        app.exchange_through(&mut InProcess(self.county.clone()), 0).unwrap();
    }

    pub(crate) fn exchange(&self) {
        self.app.exchange_through(&mut InProcess(self.county.clone()), 0).unwrap();
    }

    pub(crate) fn house(&self, at: usize) -> String {
        self.houses[at].to_string()
    }

    pub(crate) fn visit(&self, at: usize, visit: Visit) -> String {
        let day = if visit.day == Day::default() { self.today } else { visit.day };
        let visit = Visit { day, ..visit };
        self.app.record_visit(self.house(at), visit, None, None, None).unwrap().root.to_string()
    }

    /// How many households and visits the county has.
    pub(crate) fn numbered(&self) -> usize {
        let county = self.county.lock().unwrap();
        let visits = county.visits(&VisitQuery { most: 1000, ..VisitQuery::default() }).unwrap();
        county.households("", None, 0, 1000).unwrap().rows.len() + visits.len()
    }

    /// A newer roster of the county's says something else.
    pub(crate) fn county_says(&self, at: usize, key: &str, value: &str) {
        let facts = [(key.to_owned(), Scalar::from(value))].into();
        self.county.lock().unwrap().direct(|w| w.import(self.houses[at], facts)).unwrap();
    }
}
