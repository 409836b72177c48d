//! 依法删除: what a household's key was destroyed for is nowhere any more, on no device and in no backup; what is left can
//! still be walked and counted.

use lianhu_core::day::Period;
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::fact::Fact;
use lianhu_core::ids::{HouseholdId, PlaceId};
use lianhu_core::record::Remark;
use lianhu_core::visit::{Need, Visit};
use lianhu_ledger::{Attention, Ledger, LedgerError};
use lianhu_tests::{Phone, Village};

const DAYS: [&str; 3] = ["2026-09-18", "2026-09-19", "2026-09-20"];

/// A village of two households, two phones that hold both of them, and an office that holds everything.
struct Scene {
    village: Village,
    place: PlaceId,
    /// To be erased.
    gone: HouseholdId,
    other: HouseholdId,
    phones: [Phone; 2],
    office: Phone,
}

fn scene(seed: u64) -> Scene {
    let mut village = Village::new(seed);
    let town = village.place("皇后乡", "town", None);
    let place = village.place("北召店村", "village", Some(town));
    let people = [village.person("卫春建"), village.person("赵永燕")];
    let [gone, other] = ["段志荣", "武山江"].map(|head| village.household(head, place));
    for person in people {
        village.entrusts(gone, person);
        village.entrusts(other, person);
    }
    village.person_with("县里", "county", None);
    let mut phones = [village.phone("卫春建"), village.phone("赵永燕")];
    let mut office = village.phone("县里");
    let mut line = village.line();
    for day in DAYS {
        for phone in &mut phones {
            phone.visits(gone, day);
            phone.visits(other, day);
            phone.sets_phone(gone, &format!("1381111{}", day[6..].replace('-', "")));
            phone.exchanges(&mut line).unwrap();
        }
    }
    office.exchanges(&mut line).unwrap();
    Scene { village, place, gone, other, phones, office }
}

impl Scene {
    /// The office erases it, and everybody hears of it.
    fn erases(&mut self) {
        self.office_erases();
        let mut line = self.village.line();
        for phone in &mut self.phones {
            phone.exchanges(&mut line).unwrap();
        }
    }

    fn office_erases(&mut self) {
        let gone = self.gone;
        self.office.ledger_mut().write(|w| w.erase(gone, "asked", "本人来函")).unwrap();
        self.office.exchanges(&mut self.village.line()).unwrap();
    }
}

/// Whether a ledger holds anything of a household.
fn holds(ledger: &Ledger, household: HouseholdId) -> bool {
    // The directive that erases it names it too; what is about it is looked for.
    let told = |bytes: &[u8]| Entry::read(bytes).is_ok_and(|entry| entry.about == About::Household(household));
    ledger.all_held().unwrap().iter().any(|held| held.about == Some(About::Household(household)))
        || ledger.household_rows().unwrap().contains(&household)
        || ledger.all_envelopes().unwrap().iter().flat_map(|sealed| &sealed.entries).any(|bytes| told(bytes))
        || ledger.all_refused().unwrap().iter().any(|refused| told(&refused.bytes))
        || ledger.drafts().unwrap().iter().any(|draft| draft.household == household)
}

#[test]
fn an_erasure_takes_effect_with_its_number_at_the_county_and_on_every_device() {
    let mut scene = scene(1);
    let (gone, other) = (scene.gone, scene.other);
    scene.phones[0].ledger_mut().save_draft(None, gone, "{}").unwrap();
    scene.office.ledger_mut().write(|w| w.erase(gone, "asked", "本人来函")).unwrap();
    assert!(holds(scene.office.ledger(), gone), "without a number it is waiting");
    assert_eq!(scene.office.ledger().erased().unwrap()[0].number, None);
    let twice = scene.office.ledger_mut().write(|w| w.erase(gone, "asked", "又一次"));
    assert!(matches!(twice, Err(LedgerError::Erased)));
    let mut line = scene.village.line();
    scene.office.exchanges(&mut line).unwrap();
    scene.village.county.with(|county| {
        assert!(!holds(county, gone) && holds(county, other));
        assert_eq!(county.verify().unwrap().findings, []);
        assert!(!county.verify().unwrap().erased.is_empty());
    });
    for phone in scene.phones.iter_mut().chain([&mut scene.office]) {
        phone.exchanges(&mut line).unwrap();
        assert!(!holds(phone.ledger(), gone) && holds(phone.ledger(), other));
        let erased = phone.ledger().erased().unwrap();
        assert!(erased.len() == 1 && erased[0].was_here && erased[0].number.is_some());
        assert_eq!(phone.ledger_mut().verify().unwrap().findings, []);
        assert!(!phone.ledger().has_forgotten().unwrap(), "the last of its bytes went with the exchange");
        assert_eq!(phone.exchanges(&mut line).unwrap().rounds, 1, "both sides agree what is left");
        let written = phone.writes_visit(gone, &Visit::default());
        assert!(matches!(written, Err(LedgerError::Erased)));
    }
    assert!(scene.village.county.with(|county| county.came_after_erasure().unwrap()).is_empty());
}

#[test]
fn whoever_held_it_is_told_once_and_can_put_it_away() {
    let mut scene = scene(3);
    scene.erases();
    let told = |ledger: &Ledger| {
        ledger.attention(10).unwrap().iter().filter(|item| matches!(item, Attention::Erased { .. })).count()
    };
    let ledger = scene.phones[0].ledger_mut();
    assert_eq!((told(ledger), ledger.standing().unwrap().attention), (1, 1));
    ledger.take_touched();
    ledger.note_erased().unwrap();
    assert!(!ledger.take_touched().is_empty(), "an open screen asks anew");
    assert_eq!((told(ledger), ledger.standing().unwrap().attention), (0, 0));
    assert_eq!(told(scene.office.ledger()), 0, "whoever decided it knows");
}

#[test]
fn what_comes_later_is_answered_erased_and_brings_nothing_back() {
    let mut scene = scene(2);
    let (gone, other) = (scene.gone, scene.other);
    // Written, sealed together with something else, and on its way when the county erases.
    scene.phones[0].visits(gone, "2026-09-21");
    scene.phones[0].visits(other, "2026-09-21");
    let asked = scene.phones[0].ledger_mut().request(0).unwrap();
    scene.office_erases();
    let visits = |scene: &Scene| scene.village.county.with(|county| county.dump_rebuilt().unwrap()["visit"].len());
    let before = visits(&scene);
    let answered = scene.village.county.with(|county| county.answer(&asked.frame)).unwrap();
    assert_eq!((answered.kept, answered.aside), (1, 1), "the other household's visit counts");
    let mut line = scene.village.line();
    for phone in &mut scene.phones {
        phone.sets_phone(gone, "13899990000");
        phone.visits(other, "2026-09-22");
        phone.exchanges(&mut line).unwrap();
        assert!(!holds(phone.ledger(), gone));
        assert_eq!(phone.ledger().standing().unwrap().waiting, 0);
        assert_eq!(phone.ledger_mut().verify().unwrap().findings, []);
    }
    assert_eq!(visits(&scene), before + 3, "three visits to the other household");
    let came = scene.village.county.with(|county| county.came_after_erasure().unwrap());
    assert_eq!(came.len(), 2, "from two devices: {came:?}");
    assert!(came.iter().all(|came| came.household == gone));
    scene.village.county.with(|county| {
        assert!(!holds(county, gone));
        assert_eq!(county.verify().unwrap().findings, []);
    });
}

#[test]
fn figures_of_past_periods_add_up_to_what_they_were_and_say_nothing_of_whom() {
    let mut scene = scene(3);
    let need = Need { category: "就业".into(), text: "想在附近找活".into() };
    let visit =
        Visit { day: lianhu_core::day::Day::parse("2026-09-20").unwrap(), needs: vec![need], ..Visit::default() };
    scene.phones[0].writes_visit(scene.gone, &visit).unwrap();
    let mut line = scene.village.line();
    scene.phones[0].exchanges(&mut line).unwrap();
    scene.office.exchanges(&mut line).unwrap();
    let period = Period { from: lianhu_core::day::Day::parse("2026-09-19").unwrap(), to: visit.day };
    let counted = |ledger: &Ledger, place| {
        let facts = ledger.facts(period, place).unwrap();
        let visits: u32 = facts.iter().map(|fact| if let Fact::Visits { count, .. } = fact { *count } else { 0 }).sum();
        let needs = facts.iter().filter(|fact| matches!(fact, Fact::NeedRaised { .. })).count();
        (visits, needs, facts.iter().filter(|fact| matches!(fact, Fact::Household(_))).count())
    };
    for place in [None, Some(scene.place)] {
        assert_eq!(counted(scene.office.ledger(), place), (9, 1, 2));
    }
    scene.erases();
    scene.office.exchanges(&mut line).unwrap();
    let mut newcomer = scene.village.phone("县里");
    newcomer.exchanges(&mut line).unwrap();
    for office in [&scene.office, &newcomer] {
        for place in [None, Some(scene.place)] {
            assert_eq!(counted(office.ledger(), place), (9, 1, 1), "the events stay, the household does not");
        }
        let facts = office.ledger().facts(period, None).unwrap();
        assert!(facts.iter().all(|fact| fact.household() != scene.gone.0));
    }
    assert_eq!(counted(scene.phones[0].ledger(), None).2, 1);
}

#[test]
fn a_backup_from_before_restored_beside_the_newest_keys_has_nothing_of_it_and_says_so_to_everybody() {
    let mut scene = scene(4);
    let (gone, other) = (scene.gone, scene.other);
    let backup = scene.village.folder().join("backup.sqlite");
    scene.village.county.is_backed_up(&backup);
    scene.phones[1].visits(other, "2026-09-21");
    scene.phones[1].exchanges(&mut scene.village.line()).unwrap();
    // One phone hears of it before the county burns down, the other does not; the office's computer is lost with it.
    scene.office_erases();
    let mut line = scene.village.line();
    scene.phones[0].exchanges(&mut line).unwrap();
    scene.village.county.is_restored(&backup);
    scene.village.county.with(|county| assert!(!holds(county, gone) && holds(county, other)));
    for _ in 0..3 {
        for phone in &mut scene.phones {
            phone.exchanges(&mut line).unwrap();
        }
    }
    for phone in &mut scene.phones {
        assert!(!holds(phone.ledger(), gone) && holds(phone.ledger(), other));
        assert_eq!(phone.ledger().standing().unwrap().waiting, 0);
        assert_eq!(phone.ledger_mut().verify().unwrap().findings, []);
    }
    scene.village.county.with(|county| {
        assert!(!holds(county, gone));
        assert_eq!(county.verify().unwrap().findings, []);
        let visits = county.dump_rebuilt().unwrap()["visit"].len();
        assert_eq!(visits, 2 * DAYS.len() + 1, "what was written about others is all there");
    });
}

#[test]
fn nobody_but_the_county_erases_and_a_remark_about_it_goes_too() {
    let mut scene = scene(5);
    let gone = scene.gone;
    let remark = Remark { record: scene.phones[1].visits(gone, "2026-09-21"), text: "已核".into() };
    let about = About::Household(gone);
    scene.phones[1].ledger_mut().write(|w| w.record(about, kind::REMARK, Source::Office, &remark)).unwrap();
    scene.phones[0].ledger_mut().write(|w| w.erase(gone, "asked", "越权")).unwrap();
    let mut line = scene.village.line();
    for phone in &mut scene.phones {
        phone.exchanges(&mut line).unwrap();
        assert!(holds(phone.ledger(), gone));
    }
    assert!(scene.village.county.with(|county| holds(county, gone)));
    scene.erases();
    assert!(!scene.village.county.with(|county| holds(county, gone)));
}
