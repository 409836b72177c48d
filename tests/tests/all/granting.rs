//! 导出准许: whole numbers leave lianhu only where two people of the county want it, for just that place and those columns, for
//! a while; the workbook says so everywhere but in its cells; and no device grants what its own person has asked for.

use crate::real::{County, Device};
use lianhu_app::AppError;
use lianhu_core::day::Day;
use lianhu_core::entry::{Source, kind};
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted, ExportWanted};
use lianhu_core::ids::EntryName;
use lianhu_core::trace::OFFICE;
use lianhu_ledger::inspect::Standing;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

const VILLAGE: &str = "南召县/皇后乡/北召店村";
const HEAD: &str = "段志荣";
const NUMBER: &str = "411321196507084315";
const PHONE: &str = "13655501234";

/// Every part of a workbook, by its name in the file.
pub(crate) fn parts(path: &Path) -> BTreeMap<String, String> {
    let mut book = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let names: Vec<String> = book.file_names().map(|name| name.unwrap().into_owned()).collect();
    let read = |name: String| {
        let mut bytes = Vec::new();
        book.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, String::from_utf8_lossy(&bytes).into_owned())
    };
    names.into_iter().map(read).collect()
}

/// A county with a second person at its desk, and somebody whose numbers are known.
fn county() -> (County, Device) {
    let county = County::new();
    let id = county.household(HEAD);
    let card = county.admin.does("household", json!({"id": id}));
    let facts = json!({"id_no": NUMBER, "phone": PHONE});
    let person = card["persons"][0]["id"].clone();
    county.admin.does("update_person", json!({"household": id, "person": person, "facts": facts}));
    let second = county.person("苏玉兰", "county", None, &[]);
    (county, second)
}

fn ask(device: &Device, place: Option<&str>, columns: &[&str]) -> String {
    let args = json!({"template": "ledger", "place": place, "columns": columns, "days": 7, "reason": "reported"});
    let grants = device.does("ask_export_grant", args);
    let open = grants.as_array().unwrap().iter().find(|one| one["state"] == "asked" && one["mine"] == true);
    open.unwrap()["wanted"].as_str().unwrap().to_owned()
}

/// All come to know all.
fn meet(devices: &[&Device]) {
    for _ in 0..2 {
        devices.iter().for_each(|device| drop(device.exchanges()));
    }
}

fn only(device: &Device) -> Value {
    let grants = device.does("export_grants", json!({}));
    assert_eq!(grants.as_array().unwrap().len(), 1, "{grants}");
    grants[0].clone()
}

fn export(device: &Device, path: &Path, place: Option<&str>, unmasked: &[&str]) -> Result<Value, AppError> {
    device.tries("export_workbook", json!({"path": path, "kind": "ledger", "place": place, "unmasked": unmasked}))
}

#[test]
fn a_second_person_grants_once_and_within_it_exports_run_each_with_its_mark_and_its_trace() {
    let (county, second) = county();
    let admin = &county.admin;
    let path = |name: &str| -> PathBuf { county.folder.path().join(name) };
    assert_eq!(export(admin, &path("a.xlsx"), Some(VILLAGE), &["id_no"]), Err(AppError::NoGrant));
    assert!(!path("a.xlsx").exists());

    let wanted = ask(admin, Some(VILLAGE), &["id_no"]);
    assert_eq!(only(admin)["numbered"], false);
    meet(&[admin, &second]);
    let asked = only(&second);
    assert_eq!(
        (&asked["asked_by"], &asked["mine"], &asked["state"]),
        (&json!("县级管理员"), &json!(false), &json!("asked"))
    );
    assert_eq!((&asked["households"], &asked["persons"]), (&json!(3), &json!(6)), "what it would reveal");
    assert_eq!(admin.tries("grant_export", json!({"wanted": wanted})), Err(AppError::NeedsSecond));
    assert_eq!(admin.tries("refuse_export", json!({"wanted": wanted})), Err(AppError::NeedsSecond));
    assert_eq!(export(admin, &path("a.xlsx"), Some(VILLAGE), &["id_no"]), Err(AppError::NoGrant));

    // Offline a grant counts for nothing yet, on either side.
    second.does("grant_export", json!({"wanted": wanted}));
    assert_eq!(only(&second)["state"], "waits_for_number");
    meet(&[&second, admin]);
    let running = only(admin);
    assert_eq!(
        (&running["state"], &running["days_left"], &running["granted_by"]),
        (&json!("running"), &json!(7), &json!("苏玉兰"))
    );

    // Exports run: the number stands in its column, the telephone stays masked, the mark in no cell.
    let book = path("未打码.xlsx");
    export(admin, &book, Some(VILLAGE), &["id_no"]).unwrap();
    let parts = parts(&book);
    let cells: String =
        parts.iter().filter(|(name, _)| name.contains("sharedStrings")).map(|(_, text)| text.as_str()).collect();
    assert!(cells.contains(NUMBER) && !cells.contains(PHONE) && cells.contains("136****1234"));
    let words = ["苏玉兰", "县级管理员", "内部资料", "用完销毁", "上级部门要名单"];
    for word in words {
        assert!(!cells.contains(word), "{word} stands in a cell");
        assert!(parts["docProps/core.xml"].contains(word), "the properties do not say {word}");
    }
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let between = |from: &str, to: &str| sheet.split(from).nth(1).unwrap().split(to).next().unwrap().to_owned();
    let (head, foot) = (between("<oddHeader>", "</oddHeader>"), between("<oddFooter>", "</oddFooter>"));
    assert!(head.contains("内部资料") && head.contains("证件号码") && head.contains("上级部门要名单"), "{head}");
    assert!(foot.contains("苏玉兰") && foot.contains("县级管理员") && foot.contains("止"), "{foot}");
    assert!(!sheet.split("<headerFooter>").next().unwrap().contains("苏玉兰"));

    // A place inside what was granted, and nothing else: not the county, not another village, not another column.
    for (place, columns) in [(None, ["id_no"]), (Some("南召县/皇后乡/天桥村"), ["id_no"]), (Some(VILLAGE), ["phone"])]
    {
        assert_eq!(export(admin, &path("b.xlsx"), place, &columns), Err(AppError::NoGrant), "{place:?} {columns:?}");
    }
    assert_eq!(
        export(&second, &path("b.xlsx"), Some(VILLAGE), &["id_no"]),
        Err(AppError::NoGrant),
        "who has not asked"
    );
    assert!(!path("b.xlsx").exists());
    export(admin, &path("c.xlsx"), Some(VILLAGE), &["id_no"]).unwrap();
    meet(&[admin, &second]);
    assert_eq!(only(&second)["used"], 2);

    // 留痕 names the asking, the grant and each export with its columns.
    let audit = second.does("audit", json!({}));
    let of = |act: &str| -> Vec<Value> {
        audit["rows"].as_array().unwrap().iter().filter(|row| row["act"] == act).cloned().collect()
    };
    assert_eq!((of("export").len(), of("export_wanted").len(), of("export_granted").len()), (2, 1, 1), "{audit}");
    assert_eq!((&of("export")[0]["columns"], &of("export")[0]["detail"]), (&json!(["id_no"]), &json!("ledger")));

    // A masked export asks nobody and is as it was.
    export(admin, &path("d.xlsx"), Some(VILLAGE), &[]).unwrap();
    let masked = self::parts(&path("d.xlsx"));
    assert!(masked.values().all(|text| !text.contains(NUMBER) && !text.contains(PHONE) && !text.contains("内部资料")));

    // Ended early by whoever of the county, it is over for whoever has heard of it.
    second.does("end_export_grant", json!({"wanted": wanted, "reason": "名单已报"}));
    meet(&[&second, admin]);
    let ended = only(admin);
    assert_eq!(
        (&ended["state"], &ended["ended_by"], &ended["end_reason"]),
        (&json!("ended"), &json!("苏玉兰"), &json!("名单已报"))
    );
    assert_eq!(export(admin, &path("e.xlsx"), Some(VILLAGE), &["id_no"]), Err(AppError::NoGrant));
    let late = second.tries("grant_export", json!({"wanted": wanted}));
    assert!(matches!(late, Err(AppError::NotFound { .. })), "{late:?}");

    // The whole county, refused.
    let wanted = ask(&second, None, &["phone", "id_no"]);
    meet(&[&second, admin]);
    admin.does("refuse_export", json!({"wanted": wanted, "reason": "范围太大"}));
    meet(&[admin, &second]);
    assert_eq!(second.does("export_grants", json!({}))[1]["state"], "refused");
    assert_eq!(export(&second, &path("f.xlsx"), None, &["id_no"]), Err(AppError::NoGrant));

    // Asked for by mistake, and taken back.
    let wanted = ask(&second, None, &["phone"]);
    let after = second.does("end_export_grant", json!({"wanted": wanted}));
    let of_it = after.as_array().unwrap().iter().find(|one| one["wanted"] == wanted);
    assert_eq!(of_it.unwrap()["state"], "withdrawn");
}

#[test]
fn what_is_asked_for_is_judged_and_only_the_county_asks() {
    let (county, _) = county();
    let helper = county.person("卫春建", "helper", None, &[HEAD]);
    let town = county.person("赵永燕", "township", Some("南召县/皇后乡"), &[]);
    let asking = |template: &str, columns: &[&str], days: i32, reason: &str| json!({"template": template, "columns": columns, "days": days, "reason": reason});
    for device in [&helper, &town] {
        assert_eq!(device.tries("export_grants", json!({})), Err(AppError::NotAllowed));
        let asked = device.tries("ask_export_grant", asking("ledger", &["id_no"], 7, "reported"));
        assert_eq!(asked, Err(AppError::NotAllowed));
        let path = county.folder.path().join("x.xlsx");
        assert_eq!(export(device, &path, None, &["id_no"]), Err(AppError::NotAllowed));
    }
    for bad in [
        asking("report", &["id_no"], 7, "reported"),
        asking("ledger", &[], 7, "reported"),
        asking("ledger", &["health"], 7, "reported"),
        asking("ledger", &["id_no"], 0, "reported"),
        asking("ledger", &["id_no"], 32, "reported"),
        asking("ledger", &["id_no"], 7, ""),
        asking("ledger", &["id_no"], 7, "好奇"),
    ] {
        assert!(matches!(county.admin.tries("ask_export_grant", bad.clone()), Err(AppError::Invalid { .. })), "{bad}");
    }
    assert_eq!(county.admin.does("export_grants", json!({})), json!([]));
}

/// Writes a directive past the program's own questions, hands it in, and tells how the county stands to it.
fn forced(device: &Device, kind: u16, body: &impl minicbor::Encode<()>) -> Standing {
    let name = device.app.ledger().write(|w| w.record(OFFICE, kind, Source::Office, body)).unwrap();
    device.exchanges();
    let held = device.app.ledger().all_held().unwrap();
    held.iter().find(|held| held.name == name).unwrap().standing
}

#[test]
fn the_gate_lets_nobody_grant_their_own_nor_for_long_nor_without_being_the_countys() {
    let (county, second) = county();
    let admin = &county.admin;
    let helper = county.person("卫春建", "helper", None, &[HEAD]);
    // A second device of the person who asks.
    let slips = admin.does("enrolment_slips", json!({"person": "县级管理员"}));
    admin.exchanges();
    let twin = Device::new(&county.folder.path().join("twin"));
    twin.does("enrol", json!({"server": slips[0]["server"], "code": slips[0]["code"]}));
    let wanted = EntryName::parse(&ask(admin, None, &["id_no"])).unwrap();
    meet(&[admin, &second, &twin, &helper]);
    assert_eq!(only(&twin)["mine"], true);
    assert_eq!(twin.tries("grant_export", json!({"wanted": wanted})), Err(AppError::NeedsSecond));

    let today = Day::parse(second.does("today_list", json!({}))["day"].as_str().unwrap()).unwrap();
    let grant = |until: Day| ExportGranted { wanted, until };
    let week = today.plus(6);
    for (device, until) in
        [(admin, week), (&twin, week), (&helper, week), (&second, today.plus(7)), (&second, today.plus(400))]
    {
        assert_eq!(forced(device, kind::EXPORT_GRANTED, &grant(until)), Standing::Aside);
    }
    let end = ExportGrantEnd { wanted, reason: String::new() };
    assert_eq!(forced(&helper, kind::EXPORT_GRANT_END, &end), Standing::Aside);
    let long = ExportWanted {
        template: "ledger".into(),
        place: None,
        columns: vec!["id_no".into()],
        days: 32,
        reason: "reported".into(),
    };
    assert_eq!(forced(&second, kind::EXPORT_WANTED, &long), Standing::Aside);
    meet(&[admin, &second]);
    assert_eq!(only(admin)["state"], "asked");
    // Nobody but the county hears of any of it.
    let own = helper.app.ledger().identity().unwrap().device;
    let held = helper.app.ledger().all_held().unwrap();
    let heard = held.iter().any(|held| held.about == Some(OFFICE) && held.device != Some(own));
    assert!(!heard, "a helper holds what the county decides");

    // Let in by a person are the words of a device, never what it directed without being entitled to.
    let refused = |device: &Device| {
        let held = device.app.ledger().all_held().unwrap();
        held.iter().filter(|held| held.standing == Standing::Aside).count()
    };
    let before = [admin, &twin, &helper, &second].map(refused);
    let devices = second.does("devices", json!({}));
    for device in devices.as_array().unwrap() {
        second.does("let_in", json!({"device": device["device"], "reason": "误"}));
    }
    meet(&[&second, admin, &twin, &helper, &second]);
    assert_eq!([admin, &twin, &helper, &second].map(refused), before);
    assert_eq!(only(admin)["state"], "asked");
    // The honest one counts.
    assert_eq!(forced(&second, kind::EXPORT_GRANTED, &grant(week)), Standing::Living);
    meet(&[admin]);
    assert_eq!(only(admin)["state"], "running");
}
