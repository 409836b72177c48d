//! Rosters that come again: the same file changes nothing, a newer one never overwrites what a person wrote since.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice, missing_docs)]

use calamine::{Data, Reader, Xlsx, open_workbook};
use lianhu_app::{App, AppError, Table};
use lianhu_core::day::{Moment, Period};
use lianhu_core::directive::{Cadre, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::UserId;
use lianhu_core::pinyin::{Reading, readings};
use lianhu_core::scalar::Scalar;
use lianhu_core::sign::Key;
use lianhu_core::surroundings::Staged;
use lianhu_ledger::{Enrolling, FileKey, InProcess, Ledger};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const ROSTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/roster-huanghou.xlsx");
const PAIRING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/pairing-huanghou.xlsx");

struct County {
    dir: tempfile::TempDir,
    around: Arc<Staged>,
    ledger: Arc<Mutex<Ledger>>,
}

impl County {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let around = Arc::new(Staged::new(3, Moment(1_795_300_000)));
        let mut ledger = Ledger::open(&dir.path().join("county.sqlite"), &FileKey([1; 32]), around.clone()).unwrap();
        ledger.found_county("411321", "南召县", &Key::mint(&*around)).unwrap();
        Self { dir, around, ledger: Arc::new(Mutex::new(ledger)) }
    }

    fn person(&self, name: &str, role: &str) -> UserId {
        let user = UserId::mint(&*self.around);
        let cadre = Cadre { name: name.into(), ..Cadre::default() };
        let role = Role { role: role.into(), place: None };
        let mut ledger = self.ledger.lock().unwrap();
        ledger
            .direct(|writing| {
                writing.record(About::Cadre(user), kind::CADRE, Source::Office, &cadre)?;
                writing.record(About::Cadre(user), kind::ROLE, Source::Office, &role)
            })
            .unwrap();
        user
    }

    fn app(&self, user: UserId, home: &str) -> App {
        let app = App::open(&self.dir.path().join(home), self.around.clone(), Box::new(|_| ())).unwrap();
        let key = Key::mint(&*self.around);
        let mut county = self.ledger.lock().unwrap();
        let secret = county.mint_secret(user).unwrap();
        let asking = Enrolling { secret: String::new(), key: key.public(), label: home.into(), device: None };
        let enrolled = county.enrol(&asking, &secret).unwrap().unwrap();
        drop(county);
        app.ledger().adopt(&enrolled, &key).unwrap();
        self.exchange(&app);
        app
    }

    fn exchange(&self, app: &App) {
        app.exchange_through(&mut InProcess(self.ledger.clone()), 1 << 22).unwrap();
    }
}

/// The cells of the sheet, row by row, as text.
fn cells(path: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| if matches!(cell, Data::Empty) { String::new() } else { cell.to_string() };
    sheet.rows().map(|row| row.iter().map(text).collect()).collect()
}

fn write(path: &Path, rows: &[Vec<String>]) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            if !text.is_empty() {
                sheet.write_string(at, column, text).unwrap();
            }
        }
    }
    book.save(path).unwrap();
}

fn path(text: &str) -> PathBuf {
    PathBuf::from(text)
}

#[test]
fn a_newer_roster_meets_what_helpers_wrote_since_and_neither_is_lost() {
    let county = County::new();
    let admin = county.app(county.person("县级管理员", "county"), "admin");
    let first = admin.import_roster(path(ROSTER), None).unwrap();
    assert_eq!((first.households, first.persons, first.new_households), (272, 1094, 272));
    assert!(first.doubts.is_empty());
    let places = admin.places().unwrap();
    let households =
        |level: &str| places.iter().filter(|place| place.level == level).map(|place| place.households).sum::<u32>();
    assert_eq!(
        [households("county"), households("town"), households("village"), households("site")],
        [272; 4],
        "each once"
    );
    let again = admin.import_roster(path(ROSTER), None).unwrap();
    let counts = (again.new_households, again.new_places, again.updates, again.conflicts, again.questions);
    assert_eq!(counts, (0, 0, 0, 0, 0), "the same file again changes nothing");
    county.exchange(&admin);

    // A township colleague who holds the town changes two hundred telephone numbers.
    admin.register_cadre("镇上同事".into(), None, "township".into(), Some("南召县/皇后乡".into())).unwrap();
    county.exchange(&admin);
    let colleague = admin.cadres(None).unwrap().into_iter().find(|cadre| cadre.name == "镇上同事").unwrap();
    assert_eq!(colleague.areas, ["皇后乡"], "the list of people says of which place");
    let user = colleague.id;
    let town = county.app(user, "town");
    let households = town.households(None, None, None, Some(1000)).unwrap();
    assert_eq!(households.total, 272, "the township holds its town");
    let numbers: Vec<_> = households.rows.iter().map(|row| row.national_no.clone().unwrap()).collect();
    for (at, number) in numbers.iter().take(200).enumerate() {
        let facts = BTreeMap::from([("phone".to_owned(), Scalar::Text(format!("139{at:08}")))]);
        town.update_household(number.clone(), facts, None, None).unwrap();
    }
    county.exchange(&town);
    county.exchange(&admin);

    // A newer file: 5 of those numbers changed in it too, 25 other cells, 3 households gone.
    let mut rows = cells(ROSTER);
    let header: BTreeMap<_, _> = rows[2].iter().cloned().zip(0..).collect();
    let (number, phone, labour) = (header["户编号"], header["户联系电话"], header["文化程度"]);
    let changed: BTreeSet<_> = numbers[..5].iter().collect();
    let gone: BTreeSet<_> = numbers[250..253].iter().collect();
    let mut others = 0;
    for row in rows.iter_mut().skip(3) {
        if changed.contains(&row[number]) {
            row[phone] = format!("137{}", &row[number][7..]);
        } else if others < 25 && !gone.contains(&row[number]) && !row[labour].is_empty() {
            row[labour] = if row[labour] == "高中" { "初中".into() } else { "高中".into() };
            others += 1;
        }
    }
    rows.retain(|row| !gone.contains(&row[number]));
    let newer = county.dir.path().join("newer.xlsx");
    write(&newer, &rows);
    let dry = admin.import_roster(newer.clone(), Some(true)).unwrap();
    assert_eq!((dry.conflicts, dry.updates, dry.questions), (5, 25, 3), "the dry run says what will be");
    assert!(admin.conflicts(None, None, None).unwrap().is_empty(), "and changes nothing");
    let taken = admin.import_roster(newer.clone(), None).unwrap();
    assert_eq!((taken.conflicts, taken.updates, taken.questions), (5, 25, 3));
    let conflicts = admin.conflicts(None, None, None).unwrap();
    assert_eq!(conflicts.len(), 5);
    assert!(conflicts.iter().all(|conflict| conflict.fact.key == "phone" && conflict.fact.said.len() == 2));
    assert_eq!(admin.households(None, None, None, None).unwrap().total, 272, "nobody is taken for gone");
    let again = admin.import_roster(newer, None).unwrap();
    assert_eq!((again.conflicts, again.updates, again.questions), (0, 0, 0));
    county.exchange(&admin);
    county.exchange(&town);
    assert_eq!(town.conflicts(None, None, None).unwrap().len(), 5, "the township sees both statements");
    let question = town.needs_attention().unwrap();
    let questions = question.iter().filter(|item| matches!(item, lianhu_ledger::Attention::Question { .. })).count();
    assert_eq!(questions, 3);
}

#[test]
fn a_pairing_table_makes_helpers_and_only_the_county_may_take_it_in() {
    let county = County::new();
    let admin = county.app(county.person("县级管理员", "county"), "admin");
    admin.import_roster(path(ROSTER), None).unwrap();
    let dry = admin.import_pairing(path(PAIRING), Some(true)).unwrap();
    assert_eq!((dry.helpers, dry.pairs, dry.new_helpers, dry.entrusted), (78, 272, 78, 272));
    assert!(dry.doubts.is_empty() && dry.unknown_households.is_empty());
    let other = |is| Err(AppError::OtherTable { is });
    assert_eq!(admin.import_roster(path(PAIRING), Some(true)).map(drop), other(Table::Pairing));
    assert_eq!(admin.import_pairing(path(ROSTER), Some(true)).map(drop), other(Table::Roster));
    assert!(admin.cadres(None).unwrap().iter().all(|cadre| !cadre.roles.contains(&"helper".to_owned())));
    let taken = admin.import_pairing(path(PAIRING), None).unwrap();
    assert_eq!((taken.new_helpers, taken.entrusted), (78, 272));
    let again = admin.import_pairing(path(PAIRING), None).unwrap();
    assert_eq!((again.new_helpers, again.entrusted), (0, 0), "the same table again changes nothing");
    county.exchange(&admin);
    let cadre = admin.cadres(Some("皇后乡".into())).unwrap();
    assert_eq!(cadre.len(), 78);
    let sound = |name: &str| readings(name).first().map(Reading::full);
    assert!(cadre.is_sorted_by_key(|cadre| sound(&cadre.name)), "people stand in the order of pinyin");
    let helper = county.app(cadre[0].id, "helper");
    assert_eq!(helper.households(None, None, None, None).unwrap().total, cadre[0].households);
    assert_eq!(helper.import_roster(path(ROSTER), None), Err(AppError::NotAllowed));
}

#[test]
fn the_first_report_has_the_figures_of_the_roster() {
    let county = County::new();
    let admin = county.app(county.person("县级管理员", "county"), "admin");
    admin.import_roster(path(ROSTER), None).unwrap();
    let day = |text| lianhu_core::day::Day::parse(text).unwrap();
    let period = Period { from: day("2026-01-01"), to: day("2026-12-31") };
    let report = admin.county_report(period, None, None).unwrap();
    assert_eq!(report.edition, 1);
    assert!(report.findings.iter().all(|finding| finding.verdict == "pass"), "rows, columns and totals agree");
    let behind = |figure: &str| admin.records_behind(figure.to_owned(), None).unwrap();
    for (year, households, persons) in [(2016, 114, 491), (2017, 50, 196), (2018, 108, 407)] {
        let figure = behind(&format!("households?year={year}&from=2026-01-01&to=2026-12-31"));
        assert_eq!((figure.value, figure.households.len()), (households, usize::try_from(households).unwrap()));
        assert_eq!(behind(&format!("persons?year={year}&from=2026-01-01&to=2026-12-31")).value, persons);
    }
    assert_eq!(behind("households?from=2026-01-01&to=2026-12-31").value, 272);
    assert_eq!(behind("persons?from=2026-01-01&to=2026-12-31").value, 1094);
    assert_eq!(behind("households_not_visited?from=2026-01-01&to=2026-12-31").value, 272);
}
