//! No tool of control: no command and no export groups visits, lateness or exchange times by person above the village; how
//! long a visit took is stored nowhere; what was entered late is no fault. And what must leave a trace does.

use crate::boundaries::text;
use crate::real::{County, Device};
use lianhu_app::AppError;
use lianhu_app::commands::NAMES;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The declared types of the commands: name and the names of their fields.
fn types() -> Vec<(String, BTreeSet<String>)> {
    let bindings = text("ui/src/api/bindings.ts");
    let blocks = bindings.split("\nexport type ").skip(1);
    let read = |block: &str| {
        let (name, body) = block.split_once('=').unwrap_or((block, ""));
        let bare: String = body.split("/**").map(|part| part.split("*/").last().unwrap_or_default()).collect();
        let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let before = |part: &str| -> String {
            let part = part.trim_end_matches('?');
            let at = part.rfind(|one| !letter(one)).map_or(0, |at| at + 1);
            part[at..].to_owned()
        };
        let mut fields: Vec<&str> = bare.split(':').collect();
        fields.pop();
        (name.trim().to_owned(), fields.into_iter().map(before).filter(|field| !field.is_empty()).collect())
    };
    blocks.map(read).collect()
}

/// Fields that say who.
const PERSON: [&str; 4] = ["user", "by", "person", "cadre"];
/// Fields by which people could be measured against each other.
const MEASURE: [&str; 16] = [
    "visits",
    "late",
    "overdue",
    "last_exchange",
    "last_visit",
    "exchanges",
    "exchanged_at",
    "silent",
    "ranking",
    "score",
    "streak",
    "minutes",
    "duration",
    "seconds",
    "last_at",
    "heard",
];

#[test]
fn no_type_that_names_a_person_holds_what_they_could_be_measured_by() {
    let types = types();
    assert!(types.len() > 40, "only {} types were read", types.len());
    assert!(types.iter().any(|(name, fields)| name == "VisitRow" && fields.contains("by")), "the reading is broken");
    assert!(types.iter().any(|(_, fields)| fields.contains("last_visit")), "the reading is broken");
    for (name, fields) in &types {
        let who = PERSON.iter().find(|field| fields.contains(**field));
        // A cadre's row and a device's say who by their name.
        let who =
            who.copied().or_else(|| ["CadreRow", "DeviceRow", "CarriedRow"].contains(&name.as_str()).then_some("name"));
        let much = MEASURE.iter().find(|field| fields.contains(**field));
        assert!(who.is_none() || much.is_none(), "{name} says who ({who:?}) and how much ({much:?})");
    }
}

#[test]
fn how_long_a_visit_took_is_stored_nowhere() {
    let words = ["duration", "minutes", "seconds", "began", "begun_at", "started", "arrived", "left_at", "ended_at"];
    let visit = types().into_iter().find(|(name, _)| name == "Visit").unwrap().1;
    assert!(visit.contains("day") && visit.contains("note"));
    let schema = text("docs/schema.sql");
    for word in words {
        assert!(!visit.contains(word), "a visit holds {word}");
        let column = schema.lines().find(|line| line.trim_start().starts_with(&format!("{word} ")));
        assert_eq!(column, None, "a column holds {word}");
    }
}

/// Every command that only tells, with what it is asked; the others act.
fn asked(household: &str, figure: &str) -> Vec<(&'static str, Value)> {
    let period = json!({"from": "2026-11-01", "to": "2026-11-30"});
    vec![
        ("status", json!({})),
        ("preferences", json!({})),
        ("carried_files", json!({})),
        ("needs_attention", json!({})),
        ("today_list", json!({})),
        ("written_lately", json!({})),
        ("last_act", json!({})),
        ("places", json!({})),
        ("households", json!({})),
        ("household", json!({"id": household})),
        ("timeline", json!({"household": household})),
        ("duplicate_candidates", json!({})),
        ("alike_households", json!({"facts": {}, "persons": [{"name": "段志荣"}]})),
        ("compare_households", json!({"joins": household, "stays": household})),
        ("joined_households", json!({})),
        ("visits", json!({})),
        ("needs", json!({"all": true})),
        ("drafts", json!({})),
        ("conflicts", json!({})),
        ("cadres", json!({})),
        ("role_kinds", json!({})),
        ("roles_of", json!({"person": "卫春建"})),
        ("teams", json!({})),
        ("handover_pages", json!({})),
        ("taken_over", json!({})),
        ("tidings", json!({})),
        ("lease", json!({})),
        ("entrusted_households", json!({"person": "卫春建"})),
        ("entrusted_places", json!({"person": "卫春建"})),
        ("recent_entrusting", json!({})),
        ("devices", json!({})),
        ("other_devices", json!({})),
        ("county_report", json!({"period": period})),
        ("records_behind", json!({"figure": figure})),
        ("audit", json!({})),
        ("confirmed_facts", json!({})),
        ("verify", json!({})),
        ("erasure_preview", json!({"household": household})),
        ("erased_households", json!({})),
        ("inspections", json!({})),
        ("export_grants", json!({})),
    ]
}

/// The commands that act, or read a file: what they answer is what they did.
const ACTS: &[&str] = &[
    "enrol",
    "write_introduction",
    "ask_to_enrol",
    "enrol_by_file",
    "practice",
    "prefer",
    "exchange",
    "hand_over_file",
    "take_in_file",
    "want_older",
    "add_place",
    "place_household",
    "add_role_kind",
    "give_role",
    "let_in",
    "keep_form",
    "kept_form",
    "leave_aside",
    "write_handover",
    "take_over",
    "read_tidings",
    "set_lease",
    "end_role",
    "form_team",
    "set_member",
    "reveal",
    "telephone",
    "record_visit",
    "amend_visit",
    "strike_visit",
    "move_visit",
    "keep_promise",
    "undo_act",
    "settle_need",
    "save_draft",
    "discard_draft",
    "update_household",
    "update_person",
    "register_household",
    "choose_statement",
    "join_households",
    "part_households",
    "tell_apart",
    "answer_question",
    "import_roster",
    "import_pairing",
    "register_cadre",
    "enrolment_slips",
    "entrust",
    "take_back",
    "undo_entrusting",
    "revoke_device",
    "check_table",
    "export_workbook",
    "lock",
    "erase_household",
    "open_inspection",
    "end_inspection",
    "note_erased",
    "ask_export_grant",
    "grant_export",
    "refuse_export",
    "end_export_grant",
    "lock_state",
    "set_pin",
    "unlock",
    "note_print",
    "check_certificate",
    "require_confirmation",
    "recover_pin",
    "reopen",
    "choose_person",
    "add_person",
];

/// All cells of a workbook, as text.
fn cells_of(path: &std::path::Path) -> String {
    use calamine::Reader;
    let mut book = calamine::open_workbook_auto(path).unwrap();
    let sheets = book.worksheets();
    sheets.iter().flat_map(|(_, range)| range.cells().map(|(_, _, cell)| format!("{cell}\n"))).collect()
}

/// Every object that says a person's name or id in a field of its own, but the records of one thing that happened.
fn naming(value: &Value, person: &[&str], found: &mut BTreeSet<String>) {
    match value {
        Value::Array(many) => many.iter().for_each(|one| naming(one, person, found)),
        Value::Object(fields) => {
            let names = fields.values().any(|field| field.as_str().is_some_and(|said| person.contains(&said)));
            let is_record = fields.contains_key("root") || fields.contains_key("entry") || fields.contains_key("visit");
            if names && !is_record {
                found.insert(value.to_string());
            }
            fields.values().for_each(|field| naming(field, person, found));
        }
        _ => {}
    }
}

#[test]
fn whatever_the_county_asks_nothing_but_the_records_themselves_changes_with_a_persons_visits() {
    let county = County::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣"]);
    county.person("赵永燕", "helper", None, &["武山江"]);
    let household = county.household("段志荣");
    county.admin.exchanges();
    let id = phone.app.ledger().identity().unwrap().user.to_string();
    let figure = county.figure("visits")["key"].as_str().unwrap().to_owned();
    let asked = asked(&household, &figure);
    let told: BTreeSet<&str> = asked.iter().map(|(name, _)| *name).chain(ACTS.iter().copied()).collect();
    let all: BTreeSet<&str> = NAMES.iter().copied().collect();
    let new: Vec<_> = all.difference(&told).collect();
    assert!(new.is_empty(), "a new command: does it tell (then ask it here) or act? {new:?}");
    let look = |admin: &Device| -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (name, args) in &asked {
            naming(&admin.does(name, args.clone()), &["卫春建", &id], &mut found);
        }
        found
    };
    let before = look(&county.admin);
    assert!(before.len() >= 3, "the county knows this person: {before:?}");
    // A visit in time, and one entered late.
    phone.visits(&household, json!({"day": "2026-11-20"}));
    phone.visits(&household, json!({"day": "2026-11-02", "entered_late": "没有信号"}));
    phone.exchanges();
    phone.exchanges();
    county.admin.exchanges();
    let after = look(&county.admin);
    let changed: Vec<_> = after.difference(&before).collect();
    assert!(changed.is_empty(), "this tells of a person by what they did: {changed:#?}");

    // Entered late is no fault: it counts like any other, and nobody has to look at it.
    assert_eq!(county.counts("visits"), 2);
    for device in [&county.admin, &phone] {
        let attention = device.does("needs_attention", json!({})).to_string();
        assert!(!attention.contains(&household), "{attention}");
        let visits = device.does("visits", json!({"household": household}));
        assert!(visits.as_array().unwrap().iter().all(|visit| visit["to_verify"] == false));
    }

    // No workbook names whoever looks after people.
    for kind in lianhu_app::EXPORTS {
        let path = county.folder.path().join(format!("{kind}.xlsx"));
        let period = json!({"from": "2026-11-01", "to": "2026-11-30"});
        county.admin.does("export_workbook", json!({"path": path, "kind": kind, "period": period}));
        let cells = cells_of(&path);
        assert!(cells.contains("北召店村"), "{kind} was not read");
        for name in ["卫春建", "赵永燕"] {
            assert!(!cells.contains(name), "the workbook {kind} names {name}");
        }
    }
    let other = county.admin.tries("export_workbook", json!({"path": "x.xlsx", "kind": "persons"}));
    assert!(matches!(other, Err(AppError::Invalid { .. })));
}

#[test]
fn what_is_looked_at_taken_out_or_printed_leaves_a_trace_that_reaches_the_county() {
    let county = County::new();
    let phone = county.person("卫春建", "helper", None, &["段志荣", "武山江"]);
    let household = county.household("段志荣");
    phone.does("reveal", json!({"household": household, "key": "phone", "reason": "核对身份"}));
    phone.does("telephone", json!({"household": household, "key": "phone"}));
    assert_eq!(
        phone.does("status", json!({}))["standing"]["waiting"],
        0,
        "a trace is nothing that could be lost by a person"
    );
    assert_eq!(phone.exchanges()["handed_in"], 0);
    let path = county.folder.path().join("台账.xlsx");
    county.admin.does("export_workbook", json!({"path": path, "kind": "ledger"}));
    county.admin.does("note_print", json!({"what": "slips"}));
    county.admin.exchanges();
    county.admin.exchanges();
    let audit = county.admin.does("audit", json!({}));
    let count = |act: &str| {
        let acts = audit["acts"].as_array().unwrap().iter();
        acts.clone().find(|one| one["act"] == act).map_or(0, |one| one["count"].as_i64().unwrap())
    };
    assert_eq!((count("reveal"), count("call"), count("export"), count("print")), (1, 1, 1, 1), "{audit}");
    assert!(count("role") >= 2 && count("grant") >= 2, "{audit}");
    assert!(audit["rows"].as_array().unwrap().iter().all(|row| row["by"].is_null()), "a list names nobody");
    // One household: then who looked is told as well.
    let audit = county.admin.does("audit", json!({"household": household, "act": "reveal"}));
    let row = &audit["rows"][0];
    assert_eq!((&row["detail"], &row["reason"], &row["by"]), (&json!("phone"), &json!("核对身份"), &json!("卫春建")));
    assert!(matches!(phone.tries("audit", json!({})), Err(AppError::NotAllowed)));
    // Nobody else has it: not the township, not whoever holds the household as well.
    let second = county.person("赵永燕", "first_secretary", Some("南召县/皇后乡/北召店村"), &[]);
    let holds = |bytes: &[u8]| bytes.windows("核对身份".len()).any(|window| window == "核对身份".as_bytes());
    assert!(!second.app.ledger().all_held().unwrap().iter().any(|held| holds(&held.bytes)));
}
