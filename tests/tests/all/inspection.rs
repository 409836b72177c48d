//! An inspection 督查 with a real county over HTTPS: what an inspector with a browser sees, and what nobody sees.

mod browser;

use crate::real::{County, Device};
use browser::{Answer, Browser};
use lianhu_app::AppError;
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{EntryName, Hash, HouseholdId};
use lianhu_core::inspection::{Inspection, InspectionEnd, SampleDrawn, SampleOpened};
use lianhu_core::lot::{HouseholdCode, LotKey, list_hash};
use lianhu_core::pass_code::PassCode;
use lianhu_core::report::Measure;
use lianhu_core::trace::OFFICE;
use lianhu_ledger::{InspectionRow, LedgerError, NotDrawn, NotOpened, Stage};
use lianhu_tests::Village;
use lianhu_workbook::{Cell, Footer, HeaderCell, Sheet, write_workbook};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const TEAM: &str = "省第三督查组";
const HELPER: &str = "卫春建";
const NOTE: &str = "后山的松鼠叫了三声";
const WISH: &str = "想修门前那棵老槐树";
/// The last village is too small to be told by itself.
const VILLAGES: [(&str, usize); 3] = [("北召店村", 13), ("天桥村", 12), ("河沿村", 4)];

/// One household of the roster: head, 户编号, telephone.
struct OnRoster {
    village: &'static str,
    head: String,
    number: String,
    phone: String,
}

fn on_roster() -> Vec<OnRoster> {
    let surnames = ["段", "武", "邵", "金", "曾", "史", "赵", "韦", "卢", "石"];
    let given = ["志荣", "山江", "健生"];
    let villages = VILLAGES.iter().flat_map(|(village, many)| (0..*many).map(move |_| *village));
    let household = |(at, village): (usize, &'static str)| OnRoster {
        village,
        head: format!("{}{}", surnames[at % 10], given[at / 10]),
        number: format!("4113211000{:05}", at + 1),
        phone: format!("175796{:05}", 51_000 + at),
    };
    villages.enumerate().map(household).collect()
}

fn write_roster(path: &Path) {
    let header = ["县", "乡", "行政村", "户编号", "人编号", "姓名", "与户主关系", "户联系电话"];
    let row = |one: &OnRoster| {
        let person = format!("{}01", one.number);
        let cells = ["南召县", "皇后乡", one.village, &one.number, &person, &one.head, "户主", &one.phone];
        cells.iter().map(|text| Cell::text(text)).collect()
    };
    let sheet = Sheet {
        sheet_name: "人员信息".to_owned(),
        title: "人员名单".to_owned(),
        unit: "南召县".to_owned(),
        filled_on: Day::parse("2026-09-30").unwrap(),
        header: vec![header.iter().map(|text| HeaderCell::new(text)).collect()],
        rows: on_roster().iter().map(row).collect(),
        total: None,
        footer: Footer::default(),
        note: String::new(),
    };
    write_workbook(&[sheet], path).unwrap();
}

/// A county with that roster, a helper with one household, and visits to eleven of the thirteen of the first village.
fn county() -> (County, Device) {
    let county = County::bare();
    let path = county.folder.path().join("名单.xlsx");
    write_roster(&path);
    let done = county.admin.does("import_roster", json!({"path": path}));
    assert_eq!(done["new_households"], 29, "{}", done["doubts"]);
    county.admin.exchanges();
    let roster = on_roster();
    let helper = county.person(HELPER, "helper", None, &[&roster[0].head]);
    let today = today();
    let needs = json!([{"category": "饮水", "text": WISH}]);
    helper.visits(&county.household(&roster[0].head), json!({"day": today, "note": NOTE, "needs": needs}));
    helper.exchanges();
    for one in &roster[1..11] {
        county.admin.visits(&county.household(&one.head), json!({"day": today}));
    }
    county.admin.exchanges();
    (county, helper)
}

fn today() -> Day {
    use lianhu_core::surroundings::Surroundings;
    lianhu_ledger::Machine.now().day()
}

/// Opens an inspection of this year; its pass.
fn opens(county: &County, place: Option<&str>) -> Value {
    let (from, to) = (today(), today().plus(3));
    let period = json!({"from": format!("{}-01-01", from.year()), "to": to});
    let args = json!({"team": TEAM, "place": place, "from": from, "to": to, "period": period, "purpose": "records"});
    let pass = county.admin.does("open_inspection", args);
    county.admin.exchanges();
    pass
}

fn comes_in(pass: &Value) -> Browser {
    let mut browser = Browser::new(pass);
    let came = browser.post("/inspection", &[("code", pass["code"].as_str().unwrap())]);
    assert_eq!((came.status, came.header("location")), (303, Some("/inspection")), "{}", came.body);
    browser
}

/// The numbers in a page, in their order.
fn codes(page: &str) -> Vec<String> {
    let read = |part: &str| part.split('"').next().map(str::to_owned);
    page.split("name=\"code\" value=\"").skip(1).filter_map(read).collect()
}

/// Lines of figures: name, and the told cells.
fn lines(page: &str) -> BTreeMap<String, Vec<Option<i64>>> {
    let rows = page.split("<tr class=\"").skip(1);
    let read = |row: &str| {
        let name = row.split("<th scope=\"row\">").nth(1)?.split("</th>").next()?.to_owned();
        let cells = row.split("<td data-of=\"").skip(1).map(|cell| {
            let value = cell.split('>').nth(1).unwrap().split('<').next().unwrap();
            (value != "—").then(|| value.parse().unwrap())
        });
        Some((name, cells.collect()))
    };
    rows.filter_map(read).collect()
}

/// Everything of the county that no page may hold before a sample is opened.
fn secrets() -> Vec<String> {
    let of_roster = on_roster().into_iter().flat_map(|one| [one.head, one.number, one.phone]);
    of_roster.chain([HELPER, NOTE, WISH, "松鼠", "槐树"].map(str::to_owned)).collect()
}

fn holds_no_secret(what: &str, page: &str) {
    for secret in secrets() {
        assert!(!page.contains(&secret), "{what} tells {secret}");
    }
}

#[test]
fn an_inspector_sees_figures_and_numbers_and_of_a_drawn_sample_name_address_and_telephone_until_the_end() {
    let (county, helper) = county();
    let pass = opens(&county, None);
    let mut stranger = Browser::new(&pass);
    assert!(stranger.get("/inspection").body.contains("通行码"));
    assert_eq!(stranger.get("/inspection/households").header("location"), Some("/inspection"));
    let wrong = stranger.post("/inspection", &[("code", "AAAAA BBBBB CCCCC DDDDD")]);
    assert_eq!(wrong.status, 403);
    assert!(wrong.body.contains("通行码不对") && wrong.header("set-cookie").is_none());

    let mut browser = comes_in(&pass);
    let first = browser.get("/inspection");
    agrees_with_the_report(&county, &first.body);
    let mut pages = vec![("figures", first.body)];
    let list = browser.get("/inspection/households").body;
    assert_eq!(list.matches("<tr>").count() - 1, 29, "one line a household");
    assert!(list.contains("饮水 1"), "open needs by kind");
    assert!(
        list.contains(&format!("{}-{:02}", today().year(), today().month())) && !list.contains(&today().to_string())
    );
    let groups: Vec<String> = groups(&list);
    assert_eq!(groups.len(), 2);
    pages.push(("list", list));
    pages.push(("one village", browser.get(&format!("/inspection/households?group={}", groups[1])).body));
    for page in ["/inspection/numbers", "/inspection/samples"] {
        pages.push((page, browser.get(page).body));
    }
    pages.iter().for_each(|(what, page)| holds_no_secret(what, page));

    // Drawn by the inspector's own words.
    let words = "风吹稻花<香>两岸";
    assert_eq!(browser.post("/inspection/draw", &[("wanted", "3"), ("group", ""), ("words", "短")]).status, 400);
    assert_eq!(browser.post("/inspection/draw", &[("wanted", "31"), ("group", ""), ("words", words)]).status, 400);
    assert_eq!(browser.post("/inspection/draw", &[("wanted", "3"), ("group", ""), ("words", words)]).status, 303);
    let samples = browser.get("/inspection/samples").body;
    holds_no_secret("samples", &samples);
    assert!(samples.contains("风吹稻花&lt;香&gt;两岸") && !samples.contains("<香>"), "what was typed is text");
    let drawn = codes(&samples);
    assert_eq!(drawn.len(), 3);
    let listed: Vec<HouseholdCode> =
        browser.get("/inspection/numbers").body.lines().map(|line| HouseholdCode::parse(line).unwrap()).collect();
    assert_eq!(listed.len(), 29);
    assert!(samples.contains(&list_hash(listed.iter()).to_string()));
    let promise = samples.split("class=\"hash\">").nth(1).unwrap().split('<').next().unwrap().to_owned();

    // Whom nobody drew nobody opens.
    let other = listed.iter().find(|code| !drawn.contains(&code.to_string())).unwrap().to_string();
    let refused = browser.post("/inspection/open", &[("code", &other)]);
    assert_eq!(refused.status, 404);
    holds_no_secret("an opening that was refused", &refused.body);
    let opened = browser.post("/inspection/open", &[("code", &drawn[0])]);
    assert_eq!((opened.status, opened.header("cache-control")), (200, Some("no-store")));
    let shown: Vec<OnRoster> = on_roster().into_iter().filter(|one| opened.body.contains(&one.head)).collect();
    let [one] = &shown[..] else { panic!("{} households in one sample", shown.len()) };
    assert!(opened.body.contains(&one.phone) && opened.body.contains(one.village));
    let nothing_else = [one.number.as_str(), HELPER, NOTE, WISH];
    assert!(nothing_else.iter().all(|secret| !opened.body.contains(secret)), "{}", opened.body);
    told_of_it(&county, &helper, one);

    // Ended: nothing but the key of the lot.
    let inspection = &pass["inspection"];
    county.admin.does("end_inspection", json!({"inspection": inspection}));
    county.admin.exchanges();
    let ended = browser.post("/inspection/open", &[("code", &drawn[0])]);
    assert_eq!(ended.status, 403);
    assert!(ended.body.contains("已经结束") && codes(&ended.body).is_empty());
    for page in ["/inspection", "/inspection/households", "/inspection/numbers", "/inspection/samples"] {
        let over = browser.get(page);
        assert_eq!(over.status, 403, "{page}");
        holds_no_secret(page, &over.body);
    }
    let told = ended.body.split("class=\"hash\">").nth(1).unwrap().split('<').next().unwrap();
    let key = LotKey::again(Hash::parse(told).unwrap());
    assert_eq!(key.promise().to_string(), promise, "promised before the words were typed");
    let again: Vec<String> = key.draw(1, words, listed.iter(), 3).iter().map(|code| code.to_string()).collect();
    assert_eq!(again, drawn, "anybody draws the same");
    let told = county.admin.does("inspections", json!({}));
    let told = &told[0];
    assert_eq!((&told["drawn"], &told["opened"], &told["stage"]), (&json!(3), &json!(1), &json!("ended")), "{told}");
    let log = std::fs::read_to_string(county.folder.path().join("server.log")).unwrap();
    assert!(log.contains("inspection opened="));
    holds_no_secret("the log", &log);
    assert!(!log.contains(TEAM) && !log.contains("稻花"));
}

/// What the choices of villages on a page are called in its form.
fn groups(page: &str) -> Vec<String> {
    let options = page.split("<option value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    options.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A form names villages, not a place in a list that may have changed meanwhile.
#[test]
fn a_draw_is_from_the_villages_that_were_chosen_or_from_none() {
    let (county, _) = county();
    let mut browser = comes_in(&opens(&county, None));
    let groups = groups(&browser.get("/inspection/samples").body);
    assert_eq!(groups.len(), 2);
    let mut draw = |group: &str| {
        browser.post("/inspection/draw", &[("wanted", "2"), ("group", group), ("words", "枫桥夜泊钟声")]).status
    };
    for gone in ["0", "1", "99", "0123456789abcdef"] {
        assert_eq!(draw(gone), 400, "{gone}");
    }
    for group in &groups {
        assert_eq!(draw(group), 303);
    }
    let samples = browser.get("/inspection/samples").body;
    let told: Vec<&str> = samples.split("<section ").skip(1).collect();
    assert_eq!(told.len(), 2);
    for (group, draw) in groups.iter().rev().zip(told) {
        let listed = browser.get(&format!("/inspection/numbers?group={group}")).body;
        let drawn = codes(draw);
        assert_eq!(drawn.len(), 2);
        assert!(drawn.iter().all(|code| listed.contains(&code.replace(' ', ""))), "{drawn:?}");
        assert_eq!(draw.contains("北召店村"), !draw.contains("天桥村"), "it says from where");
    }
}

/// Every told figure is that of the county's report; what is about fewer than ten is not told.
fn agrees_with_the_report(county: &County, page: &str) {
    let period = json!({"from": format!("{}-01-01", today().year()), "to": today().plus(3)});
    let report = county.admin.does("county_report", json!({"period": period}));
    let by_place = report["report"]["by_place"].as_array().unwrap();
    let values = |name: &str| -> Vec<i64> {
        let line = by_place.iter().find(|line| line["place"]["name"] == name).unwrap_or_else(|| panic!("{name}"));
        line["figures"].as_array().unwrap().iter().map(|figure| figure["value"].as_i64().unwrap()).collect()
    };
    let told = lines(page);
    let names: BTreeSet<&str> = told.keys().map(String::as_str).collect();
    let together = "天桥村、河沿村（合在一起）";
    let other = "河沿村、天桥村（合在一起）";
    let together = if names.contains(together) { together } else { other };
    assert_eq!(names, BTreeSet::from(["皇后乡", "北召店村", together]));
    let sum = |one: Vec<i64>, two: Vec<i64>| one.into_iter().zip(two).map(|(one, two)| one + two).collect::<Vec<_>>();
    let places = [
        ("皇后乡", values("皇后乡")),
        ("北召店村", values("北召店村")),
        (together, sum(values("天桥村"), values("河沿村"))),
    ];
    for (name, values) in places {
        let cells = &told[name];
        assert_eq!(cells.len(), Measure::ALL.len());
        for (cell, value) in cells.iter().zip(values) {
            assert!(cell.is_none_or(|cell| cell == value), "{name}: {cells:?}");
        }
        assert!(cells[0].is_some_and(|households| households >= 10) && cells[1].is_some());
    }
    // Eleven were visited and two not: of the two nothing is told, nor what they could be worked out from.
    let at = |measure| Measure::ALL.iter().position(|one| *one == measure).unwrap();
    for measure in [Measure::Visits, Measure::HouseholdsVisited, Measure::HouseholdsNotVisited] {
        assert_eq!((told["北召店村"][at(measure)], told[together][at(measure)]), (None, None), "{measure:?}");
    }
    assert_eq!(told["皇后乡"][at(Measure::HouseholdsVisited)], Some(11));
    assert_eq!(told["皇后乡"][at(Measure::HouseholdsNotVisited)], Some(18));
    // One need, of one household.
    assert_eq!(told["皇后乡"][at(Measure::NeedsOpen)], None);
}

/// Whoever looks after the household hears of it once and finds it in its history; the office has its traces.
fn told_of_it(county: &County, helper: &Device, opened: &OnRoster) {
    county.admin.exchanges();
    let household = county.household(&opened.head);
    county.admin.does("entrust", json!({"household": household, "person": HELPER}));
    county.admin.exchanges();
    helper.exchanges();
    let told = helper.does("tidings", json!({}));
    let tiding = told.as_array().unwrap().iter().find(|one| one["what"] == "sample_opened").unwrap().clone();
    assert_eq!((&tiding["team"], &tiding["heads"]), (&json!(TEAM), &json!([opened.head])), "{told}");
    helper.does("read_tidings", json!({}));
    assert_eq!(helper.does("tidings", json!({})), json!([]), "told once");
    let history = helper.does("timeline", json!({"household": household}));
    let noted: Vec<&Value> = history.as_array().unwrap().iter().filter(|row| row["what"] == "sample_opened").collect();
    assert_eq!(noted.len(), 1, "{history}");
    assert_eq!(noted[0]["told"]["team"], TEAM);
    let audit = county.admin.does("audit", json!({}));
    let count = |act: &str| {
        let acts = audit["acts"].as_array().unwrap().iter();
        acts.filter(|one| one["act"] == act).map(|one| one["count"].as_i64().unwrap()).sum::<i64>()
    };
    let counts = ["inspection", "sample_drawn", "sample"].map(count);
    assert_eq!(counts, [1, 1, 1], "{audit}");
    let of_it = county.admin.does("audit", json!({"household": household, "act": "sample"}));
    assert!(of_it["rows"][0]["reason"].as_str().unwrap().contains(TEAM), "{of_it}");
}

#[test]
fn only_the_county_opens_an_inspection_and_a_place_too_small_tells_nothing() {
    let (county, helper) = county();
    let township = county.person("曾建国", "township", Some("南召县/皇后乡"), &[]);
    let args = json!({"team": TEAM, "from": today(), "to": today(), "period": {"from": today(), "to": today()}, "purpose": "special"});
    for device in [&township, &helper] {
        assert!(matches!(device.tries("open_inspection", args.clone()), Err(AppError::NotAllowed)));
        assert!(matches!(device.tries("inspections", json!({})), Err(AppError::NotAllowed)));
    }
    let with = |name: &str, value: Value| {
        let mut args = args.clone();
        args[name] = value;
        county.admin.tries("open_inspection", args)
    };
    for (name, value) in [
        ("team", json!(" ")),
        ("team", json!("组".repeat(41))),
        ("purpose", json!("")),
        ("to", json!(today().plus(31))),
        ("from", json!(today().plus(1))),
        ("period", json!({"from": today(), "to": today().plus(-1)})),
    ] {
        assert!(matches!(with(name, value), Err(AppError::Invalid { .. })), "{name}");
    }
    assert_eq!(county.admin.does("inspections", json!({})), json!([]));
    let pass = opens(&county, Some("南召县/皇后乡/河沿村"));
    let mut browser = comes_in(&pass);
    let figures = browser.get("/inspection").body;
    assert!(figures.contains("不足 10 户") && lines(&figures).is_empty(), "four households are nobody's figure");
    assert_eq!(browser.get("/inspection/numbers").body, "");
    let none = browser.post("/inspection/draw", &[("wanted", "1"), ("group", ""), ("words", "风吹稻花香")]);
    assert_eq!(none.status, 400, "{}", none.body);
    // One that has not begun says from when.
    let (from, to) = (today().plus(5), today().plus(6));
    let args =
        json!({"team": TEAM, "from": from, "to": to, "period": {"from": today(), "to": today()}, "purpose": "special"});
    let later = county.admin.does("open_inspection", args);
    county.admin.exchanges();
    let early = Browser::new(&later).post("/inspection", &[("code", later["code"].as_str().unwrap())]);
    assert_eq!(early.status, 403);
    assert!(early.body.contains(&from.to_string()) && early.header("set-cookie").is_none(), "{}", early.body);
}

#[test]
fn the_door_runs_nothing_keeps_nothing_and_opens_to_no_trick() {
    let (county, _) = county();
    let pass = opens(&county, None);
    let mut browser = Browser::new(&pass);
    let came = browser.post("/inspection", &[("code", pass["code"].as_str().unwrap())]);
    let cookie = came.header("set-cookie").unwrap();
    for word in ["__Host-", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    for page in ["/inspection", "/inspection/households", "/inspection/samples"] {
        let Answer { status, body, .. } = &browser.get(page);
        assert_eq!(*status, 200, "{page}");
        assert!(!body.contains("<script") && !body.contains("style=") && !body.contains(" onclick"), "{page}");
        let policy = browser.get(page);
        assert!(policy.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
        assert_eq!(policy.header("cache-control"), Some("no-store"));
        assert_eq!(policy.header("x-content-type-options"), Some("nosniff"));
    }
    for path in [
        "/inspection/../key",
        "/inspection/%2e%2e/key",
        "/inspection/key",
        "/inspection/households/../../ledger.sqlite",
        "/key",
        "/inspection/style.css/..",
    ] {
        assert_eq!(browser.get(path).status, 404, "{path}");
    }
    assert_eq!(browser.get("/inspection/open").status, 405);
    assert_eq!(browser.get("/inspection/households?group=99&page=999999999999").status, 200);
    let long = "甲".repeat(3_000);
    assert_eq!(browser.post("/inspection/draw", &[("words", &long)]).status, 413);
    assert_eq!(browser.post_bytes("/inspection/draw", b"words=%zz").status, 400);
    // A form of another page is no form of this one.
    browser.origin = Some("https://elsewhere.example".to_owned());
    assert_eq!(browser.post("/inspection/draw", &[("wanted", "1"), ("words", "风吹稻花香")]).status, 403);
    browser.origin = None;
    assert!(!browser.get("/inspection/samples").body.contains("name=\"code\""), "nothing was drawn");
    // What a thief copied of the browser is worth nothing once its owner has left.
    let mut thief = browser.clone();
    assert_eq!(thief.get("/inspection/samples").status, 200);
    assert_eq!(browser.post("/inspection/leave", &[]).status, 303);
    assert_eq!(thief.get("/inspection/samples").header("location"), Some("/inspection"));
    // Wrong codes from one address close the door for a while; then not even the right one is looked at.
    let mut guesser = Browser::new(&pass);
    let last = (0..61).map(|_| guesser.post("/inspection", &[("code", "AAAAA AAAAA AAAAA AAAAA")]).status).last();
    assert_eq!(last, Some(429));
    assert_eq!(guesser.post("/inspection", &[("code", pass["code"].as_str().unwrap())]).status, 429);
    // In English for whoever asks.
    guesser.language = "en-GB,en;q=0.8";
    assert!(guesser.get("/inspection").body.contains("Show your pass"));
}

/// A village of twelve households, its county, and an inspection that is running.
fn village() -> (Village, Vec<HouseholdId>, InspectionRow) {
    let mut village = Village::new(12);
    let town = village.place("皇后乡", "town", None);
    let place = village.place("北召店村", "village", Some(town));
    let heads = ["段", "武", "邵", "金", "曾", "史", "赵", "韦", "卢", "石", "马", "牛"];
    let households: Vec<_> = heads.iter().map(|head| village.household(&format!("{head}志荣"), place)).collect();
    let helper = village.person(HELPER);
    village.entrusts(households[0], helper);
    let entry = village.county.directs(|w| w.record(OFFICE, kind::INSPECTION, Source::Office, &inspection(&village)));
    let row = village.county.with(|county| county.inspection(entry)).unwrap().unwrap();
    (village, households, row)
}

fn inspection(village: &Village) -> Inspection {
    use lianhu_core::surroundings::Surroundings;
    let today = village.around.now().day();
    let secret = PassCode::mint(&*village.around).hash();
    let (since, until) = (today.plus(-90), today);
    Inspection {
        team: TEAM.into(),
        place: None,
        from: today,
        to: today.plus(5),
        since,
        until,
        purpose: "special".into(),
        secret,
    }
}

#[test]
fn nobody_but_the_county_writes_of_inspections_and_what_the_countys_own_hand_writes_nobody_else_does() {
    let (mut village, households, row) = village();
    village.person_with("县里的人", "county", None);
    let before = village.county.with(|county| county.inspections()).unwrap();
    let opened = SampleOpened { inspection: row.entry, team: "假督查组".into(), day: row.inspection.from };
    let drawn = SampleDrawn {
        inspection: row.entry,
        draw: 1,
        words: "我要这一户".into(),
        places: Vec::new(),
        wanted: 1,
        number: 1,
        listed: 12,
        list: Hash::default(),
        households: vec![households[3]],
    };
    for (name, may_open) in [(HELPER, false), ("县里的人", true)] {
        let mut phone = village.phone(name);
        let mut line = village.line();
        phone.exchanges(&mut line).unwrap();
        let mine = inspection(&village);
        phone
            .ledger_mut()
            .write(|w| {
                w.record(OFFICE, kind::INSPECTION, Source::Office, &mine)?;
                w.record(
                    OFFICE,
                    kind::INSPECTION_END,
                    Source::Office,
                    &InspectionEnd { inspection: EntryName::default(), reason: String::new() },
                )?;
                w.record(OFFICE, kind::SAMPLE_DRAWN, Source::Office, &drawn)?;
                w.record(About::Household(households[0]), kind::SAMPLE_OPENED, Source::Office, &opened)
            })
            .unwrap();
        phone.exchanges(&mut line).unwrap();
        let device = phone.device;
        let aside = village.county.with(|county| county.quarantined()).unwrap();
        let aside: Vec<_> = aside.into_iter().filter(|one| one.device == device).map(|one| one.entry).collect();
        assert_eq!(aside.len(), if may_open { 2 } else { 4 }, "{name}");
        // Not even an office that means well lets them in.
        for entry in aside {
            village.county.with(|county| county.release(entry)).unwrap();
        }
        let left = village.county.with(|county| county.quarantined()).unwrap();
        assert_eq!(left.iter().filter(|one| one.device == device).count(), if may_open { 2 } else { 4 }, "{name}");
        assert_eq!(village.county.with(|county| county.samples(row.entry)).unwrap(), []);
    }
    let after = village.county.with(|county| county.inspections()).unwrap();
    assert_eq!(after.len(), before.len() + 1, "the county's own person opened one");
}

#[test]
fn an_erased_household_drops_out_joined_ones_count_once_and_the_tables_are_what_the_entries_say() {
    let (village, households, row) = village();
    let draw = |many, words: &str| village.county.with(|county| county.draw_samples(&row, None, many, words)).unwrap();
    assert_eq!(draw(5, "四个"), Err(NotDrawn::Words));
    assert_eq!(draw(5, "带\u{7}铃的话"), Err(NotDrawn::Words));
    assert_eq!(draw(0, "风吹稻花香"), Err(NotDrawn::TooMany));
    let first = draw(5, "风吹稻花香").unwrap();
    let second = draw(7, "风吹稻花香").unwrap();
    assert_ne!(first, second);
    assert_eq!(draw(1, "风吹稻花香"), Err(NotDrawn::NobodyLeft), "nobody is drawn twice");
    let samples = || village.county.with(|county| county.samples(row.entry)).unwrap();
    let drawn: BTreeSet<HouseholdId> = samples().iter().map(|sample| sample.household).collect();
    assert_eq!(drawn, households.iter().copied().collect());
    let key = village.county.with(|county| county.inspection_key(&row)).unwrap();
    let open = |household| village.county.with(|county| county.open_sample(&row, &key.code(household))).unwrap();
    let shown = open(households[0]).unwrap();
    assert_eq!((shown.head.as_str(), shown.phone.as_deref()), ("段志荣", Some("13800000000")));
    assert_eq!(shown.address, "皇后乡 北召店村");
    open(households[0]).unwrap();

    // Two that are joined are one.
    let join =
        lianhu_core::join::Join { into: households[0], persons: Vec::new(), whole: true, reason: "同一户".into() };
    village.county.directs(|w| w.record(About::Household(households[1]), kind::JOIN, Source::Office, &join));
    assert_eq!(samples().len(), 11);
    assert_eq!(open(households[1]), Err(NotOpened::NotDrawn), "it is shown on the other card");
    village.county.directs(|w| w.erase(households[2], "asked", "来函"));
    assert_eq!(samples().len(), 10);
    assert_eq!(open(households[2]), Err(NotOpened::NotDrawn));

    let dump = |ledger: &mut lianhu_ledger::Ledger| ledger.dump_rebuilt().unwrap();
    let before = village.county.with(dump);
    assert!(before["sample"].len() == 12 && before["sample_opened"].len() == 2 && before["inspection"].len() == 1);
    village.county.with(|county| county.rebuild()).unwrap();
    assert_eq!(village.county.with(dump), before);

    // Over: by its last day, or by the county.
    village.around.pass(6 * 86_400);
    assert_eq!(open(households[0]), Err(NotOpened::NotRunning));
    assert_eq!(draw(1, "风吹稻花香"), Err(NotDrawn::NotRunning));
    village.around.pass(-6 * 86_400);
    let end = InspectionEnd { inspection: row.entry, reason: String::new() };
    village.county.directs(|w| w.record(OFFICE, kind::INSPECTION_END, Source::Office, &end));
    let now = village.county.with(|county| county.inspection(row.entry)).unwrap().unwrap();
    assert_eq!(now.stage(row.inspection.from), Stage::Ended);
    let gone = village.county.with(|county| county.open_sample(&now, &key.code(households[0])));
    assert!(matches!(gone, Ok(Err(NotOpened::NotRunning))), "{gone:?}");
    let ended: Result<_, LedgerError> = village.county.with(|county| county.draw_samples(&now, None, 1, "风吹稻花香"));
    assert!(matches!(ended, Ok(Err(NotDrawn::NotRunning))), "{ended:?}");
}

#[test]
fn what_a_phone_of_the_older_version_passed_on_is_shown_once_it_is_newer() {
    let (mut village, households, row) = village();
    let mut phone = village.phone(HELPER);
    let mut line = village.line();
    phone.exchanges(&mut line).unwrap();
    village.county.with(|county| county.draw_samples(&row, None, 12, "风吹稻花香")).unwrap().unwrap();
    let key = village.county.with(|county| county.inspection_key(&row)).unwrap();
    village.county.with(|county| county.open_sample(&row, &key.code(households[0]))).unwrap().unwrap();
    phone.exchanges(&mut line).unwrap();
    assert_eq!(phone.ledger().tidings().unwrap().len(), 1, "only of the household it holds");
    // As an older version leaves the file: the entry is there, the tables are not.
    for table in ["inspection", "inspection_end", "sample", "sample_opened"] {
        phone.ledger_mut().is_tampered_with(&format!("drop table {table}")).unwrap();
    }
    phone.ledger_mut().is_tampered_with("pragma user_version = 1").unwrap();
    phone.dies_and_is_switched_on();
    assert_eq!(phone.ledger().tidings().unwrap()[0].team.as_deref(), Some(TEAM));
}
