//! The three invented households: one to be seen today, one with a promise and a need open, one of whom two things are said.

use crate::app::{LEDGER, file_key};
use crate::error::{AppError, Result};
use lianhu_core::day::Moment;
use lianhu_core::directive::{Cadre, Grant, Place, Placement, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{HouseholdId, PersonId, PlaceId, UserId};
use lianhu_core::scalar::Scalar;
use lianhu_core::sign::Key;
use lianhu_core::surroundings::Surroundings;
use lianhu_core::visit::{Need, Promise, Visit};
use lianhu_ledger::{Enrolling, InProcess, Ledger, exchange};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The code and the name of the county there is not.
const COUNTY: (&str, &str) = ("000000", "练习县");
/// How long ago the practice was last walked, in days.
const AGO: i64 = 36;
const DAY: i64 = 24 * 60 * 60;

/// A household as it is invented: door, telephone, and who lives there.
struct Invented {
    room: &'static str,
    phone: &'static str,
    persons: &'static [Person],
}

/// Name, relation to the head, further facts by their field.
type Person = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Telephone numbers of twelve digits beginning with 0000 belong to nobody.
const INVENTED: [Invented; 3] = [
    Invented {
        room: "101",
        phone: "000010000101",
        persons: &[
            ("练大山", "户主", &[("sex", "男"), ("birth", "1968-03-12")]),
            ("苗秀英", "配偶", &[("sex", "女"), ("birth", "1970-08-02")]),
            ("练小川", "之孙子", &[("sex", "男"), ("birth", "2015-05-20"), ("school", "练习小学")]),
        ],
    },
    Invented {
        room: "102",
        phone: "000010000102",
        persons: &[
            ("学长河", "户主", &[("sex", "男"), ("birth", "1955-11-30")]),
            ("学远", "之子", &[("sex", "男"), ("birth", "1987-01-17")]),
        ],
    },
    Invented {
        room: "103",
        phone: "000010000103",
        persons: &[("试春兰", "户主", &[("sex", "女"), ("birth", "1949-02-08")])],
    },
];

/// The same machine at an earlier hour: what the practice finds was written then.
struct Earlier(Arc<dyn Surroundings>);

impl Surroundings for Earlier {
    fn now(&self) -> Moment {
        self.0.now().plus_seconds(-AGO * DAY)
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// Makes the practice's ledger. The county that numbers it is forgotten before this returns, so nobody can take it in.
pub(super) fn make(home: &Path, around: &Arc<dyn Surroundings>) -> Result<()> {
    fs::create_dir_all(home)?;
    let around: Arc<dyn Surroundings> = Arc::new(Earlier(around.clone()));
    let key = file_key(home, &*around)?;
    let seat = home.join("county");
    fs::create_dir_all(&seat)?;
    let mut county = Ledger::open(&seat.join(LEDGER), &key, around.clone())?;
    county.found_county(COUNTY.0, COUNTY.1, &Key::mint(&*around))?;
    let user = UserId::mint(&*around);
    let houses = found(&mut county, user, &*around)?;
    let secret = county.mint_secret(user)?;
    let sign = Key::mint(&*around);
    let asking = Enrolling { secret: String::new(), key: sign.public(), label: String::new(), device: None };
    let enrolled = county.enrol(&asking, &secret)?.map_err(|_| AppError::WrongCode { group: None })?;
    let county = Arc::new(Mutex::new(county));
    let mut phone = Ledger::open(&home.join(LEDGER), &key, around.clone())?;
    phone.adopt(&enrolled, &sign)?;
    let meet = |phone: &mut Ledger| {
        exchange(phone, &mut InProcess(county.clone()), 0, &mut |_| ()).map_err(AppError::from)?.map_err(AppError::from)
    };
    meet(&mut phone)?;
    walk(&mut phone, &houses, around.now())?;
    meet(&mut phone)?;
    if let Some(third) = houses.last() {
        let other = BTreeMap::from([("phone".to_owned(), Scalar::from("000010000777"))]);
        county.lock().unwrap_or_else(PoisonError::into_inner).direct(|w| w.import(*third, other))?;
        meet(&mut phone)?;
    }
    drop(county);
    Ok(fs::remove_dir_all(seat)?)
}

/// The county's part: the village, its helper, the three households entrusted to them.
fn found(county: &mut Ledger, user: UserId, around: &dyn Surroundings) -> Result<Vec<HouseholdId>> {
    let village = PlaceId::mint(around);
    let root = county.county_place()?;
    let houses: Vec<_> = INVENTED.iter().map(|_| HouseholdId::mint(around)).collect();
    county.direct(|w| {
        let cadre = Cadre { name: "练习的人".to_owned(), ..Cadre::default() };
        w.record(About::Cadre(user), kind::CADRE, Source::Office, &cadre)?;
        let role = Role { role: "helper".to_owned(), place: None };
        w.record(About::Cadre(user), kind::ROLE, Source::Office, &role)?;
        let place = Place { name: "练习村".to_owned(), level: "village".to_owned(), parent: root, code: None };
        w.record(About::Place(village), kind::PLACE, Source::Office, &place)?;
        for (house, invented) in houses.iter().zip(&INVENTED) {
            let about = About::Household(*house);
            w.record(about, kind::PLACEMENT, Source::Table, &Placement { origin: village, present: None })?;
            let mut facts = BTreeMap::from([
                ("room".to_owned(), Scalar::from(invented.room)),
                ("phone".to_owned(), Scalar::from(invented.phone)),
            ]);
            for (name, relation, more) in invented.persons {
                let key = |field: &str, person| lianhu_core::field::person_key(person, field);
                let person = PersonId::mint(around);
                facts.insert(key("name", person), Scalar::from(*name));
                facts.insert(key("relation", person), Scalar::from(*relation));
                facts.extend(more.iter().map(|(field, value)| (key(field, person), Scalar::from(*value))));
            }
            w.import(*house, facts)?;
            let duty = crate::pairing::HELPER_DUTY.to_owned();
            w.record(about, kind::GRANT, Source::Office, &Grant { user, duty })?;
        }
        Ok(())
    })?;
    Ok(houses)
}

/// The helper's part: what was seen, needed and promised when the practice was last walked.
fn walk(phone: &mut Ledger, houses: &[HouseholdId], then: Moment) -> Result<()> {
    let day = then.day();
    let soon = day.plus(i32::try_from(AGO).unwrap_or_default());
    let visits = [
        Visit { unchanged: true, next_visit_on: Some(soon), ..Visit::default() },
        Visit {
            needs: vec![Need { category: "务工就业".to_owned(), text: "想在镇上找活".to_owned() }],
            promises: vec![Promise { text: "问镇上的招工".to_owned(), due: Some(soon.plus(3)) }],
            next_visit_on: Some(soon.plus(20)),
            ..Visit::default()
        },
    ];
    phone.write(|w| {
        for (house, visit) in houses.iter().zip(visits) {
            let met = Some("head".to_owned());
            let visit = Visit { day, mode: Some("home".to_owned()), who_met: met, ..visit };
            w.record(About::Household(*house), kind::VISIT, Source::Household, &visit)?;
        }
        if let Some(third) = houses.last() {
            let told = BTreeMap::from([("phone".to_owned(), Scalar::from("000010000333"))]);
            w.put(*third, told, Source::Phone)?;
        }
        Ok(())
    })?;
    Ok(())
}
