//! Bad input at the terminal: one sentence that says what to do next, exit code 1, and everything entered before is
//! still there.

use crate::real::{County, Server, programs};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(home: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(&programs().lianhu);
    command.arg("--home").arg(home).args(args).stdin(Stdio::null()).output().unwrap()
}

fn done(home: &Path, name: &str, args: &Value) -> Value {
    let told = run(home, &["call", name, &args.to_string()]);
    assert!(told.status.success(), "{name}: {}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).unwrap()
}

/// The code and the sentence of a call that cannot succeed.
fn refusal(told: &Output) -> (String, String) {
    assert_eq!(told.status.code(), Some(1));
    assert!(told.stdout.is_empty());
    let stderr = String::from_utf8_lossy(&told.stderr);
    let line = stderr.trim_end().lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{stderr}"));
    let sentence = error["sentence"].as_str().unwrap().to_owned();
    assert!(sentence.ends_with('。') && sentence.chars().count() < 120, "{sentence}");
    (error["code"].as_str().unwrap().to_owned(), sentence)
}

fn refused(home: &Path, name: &str, args: &Value) -> (String, String) {
    refusal(&run(home, &["call", name, &args.to_string()]))
}

/// A compound file as an encrypted workbook is: its streams are named so.
fn encrypted() -> Vec<u8> {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(1536, 0);
    let name = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    bytes.extend(name("EncryptionInfo"));
    bytes.resize(2048, 0);
    bytes.extend(name("EncryptedPackage"));
    bytes.resize(2560, 0);
    bytes
}

#[test]
fn a_file_that_is_no_roster_is_refused_with_a_sentence_and_nothing_is_lost() {
    let county = County::new();
    let path = |name: &str| county.folder.path().join(name);
    // The administrator's own program has the home open; a second county computer stands in for it.
    let slip = county.admin.does("register_cadre", json!({"name": "乙", "role": "county"}));
    let slips = county.admin.does("enrolment_slips", json!({"person": slip["name"]}));
    county.admin.exchanges();
    let home = path("second");
    done(&home, "enrol", &json!({"server": county.url(), "code": slips[0]["code"]}));
    done(&home, "exchange", &json!({}));
    let household = county.household("段志荣");
    done(&home, "record_visit", &json!({"household": household, "visit": {"day": "2026-11-20"}}));
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 1528]].concat();
    let whole = std::fs::read(path("名单.xlsx")).unwrap();
    let files: [(&str, Vec<u8>); 7] = [
        ("文字.xlsx", "这不是表格，只是一段话。".as_bytes().to_vec()),
        ("空.xlsx", Vec::new()),
        ("加密.xlsx", encrypted()),
        ("旧.xls", old),
        ("半截.xlsx", whole[..whole.len() / 2].to_vec()),
        ("照片.xlsx", [&[0xFF, 0xD8, 0xFF, 0xE0][..], &[7; 5000]].concat()),
        ("目录", Vec::new()),
    ];
    std::fs::create_dir(path("目录")).unwrap();
    let mut sentences = std::collections::BTreeSet::new();
    for (name, bytes) in files {
        if name != "目录" {
            std::fs::write(path(name), bytes).unwrap();
        }
        for command in ["import_roster", "import_pairing", "check_table"] {
            let (code, sentence) = refused(&home, command, &json!({"path": path(name)}));
            assert!(code == "workbook" || code == "file", "{name}: {code} {sentence}");
            sentences.insert(sentence);
        }
    }
    // Each trouble has its own sentence: a locked file is not told of as a broken one.
    assert!(sentences.len() >= 4, "{sentences:?}");
    let (code, _) = refused(&home, "import_roster", &json!({"path": path("没有这个.xlsx")}));
    assert!(code == "workbook" || code == "file", "{code}");
    // A workbook, but a table of something else.
    lianhu_workbook::write_workbook(&[other_table(3)], &path("别的.xlsx")).unwrap();
    let (code, sentence) = refused(&home, "import_roster", &json!({"path": path("别的.xlsx")}));
    assert_eq!(code, "workbook");
    assert!(sentence.contains("表头") || sentence.contains("列"), "{sentence}");
    let status = done(&home, "status", &json!({}));
    assert_eq!(status["standing"]["waiting"], 1);
    assert_eq!(done(&home, "households", &json!({}))["total"], 6);
}

fn other_table(rows: usize) -> lianhu_workbook::Sheet {
    let words = ["玉米", "大豆", "红薯", "小麦"].map(lianhu_workbook::Cell::text);
    lianhu_workbook::Sheet {
        sheet_name: "粮食".to_owned(),
        title: String::new(),
        unit: String::new(),
        filled_on: lianhu_core::day::Day::parse("2026-09-30").unwrap(),
        header: vec![["甲", "乙", "丙", "丁"].iter().map(|text| lianhu_workbook::HeaderCell::new(text)).collect()],
        rows: std::iter::repeat_n(words.to_vec(), rows).collect(),
        total: None,
        footer: lianhu_workbook::Footer::default(),
        note: String::new(),
    }
}

#[test]
fn two_hundred_thousand_rows_of_nonsense_are_refused_with_a_sentence() {
    let county = County::bare();
    let home = county.folder.path().join("admin");
    let path = county.folder.path().join("乱.xlsx");
    lianhu_workbook::write_workbook(&[other_table(200_000)], &path).unwrap();
    drop(county.admin);
    let (code, sentence) = refused(&home, "import_roster", &json!({"path": path}));
    assert_eq!(code, "workbook", "{sentence}");
    assert_eq!(done(&home, "households", &json!({}))["total"], 0);
}

#[test]
fn a_code_that_is_wrong_or_used_and_a_server_that_is_not_there_or_not_the_countys_are_told_apart() {
    let mut county = County::bare();
    let home = county.folder.path().join("phone");
    let enrol = |server: &str, code: &str| refused(&home, "enrol", &json!({"server": server, "code": code})).0;
    assert_eq!(enrol(&county.url(), "ABCDE FGHIJ"), "wrong_code");
    assert_eq!(enrol(&county.url(), ""), "wrong_code");
    assert_eq!(enrol(&county.url(), &county.code), "used_code");
    assert_eq!(enrol("http://10.0.0.1:8443", &county.code), "wrong_address");
    assert_eq!(enrol("县 服务器", &county.code), "wrong_address");
    county.admin.does("register_cadre", json!({"name": "卫春建", "role": "helper"}));
    let slips = county.admin.does("enrolment_slips", json!({"person": "卫春建"}));
    county.admin.exchanges();
    let code = slips[0]["code"].as_str().unwrap().to_owned();
    county.goes_down();
    assert_eq!(enrol(&county.url(), &code), "offline");
    // Another county's server has taken the address.
    let mut other = County::bare();
    assert_eq!(enrol(&other.url(), &code), "wrong_key");
    // None of this has spoilt the code.
    county.comes_up();
    done(&home, "enrol", &json!({"server": county.url(), "code": code}));
    assert_eq!(enrol(&county.url(), &code), "already_enrolled");
    done(&home, "exchange", &json!({}));
    let address = county.url();
    county.goes_down();
    assert_eq!(refused(&home, "exchange", &json!({})).0, "offline");
    other.goes_down();
    let data = other.folder.path().join("server");
    let _stranger = Server::start(&data, address.strip_prefix("https://").unwrap());
    assert_eq!(refused(&home, "exchange", &json!({})).0, "wrong_key");
    assert_eq!(done(&home, "status", &json!({}))["me"]["name"], "卫春建");
}

#[test]
fn a_second_program_an_unknown_command_and_arguments_that_are_none_are_told_apart() {
    let county = County::bare();
    let home = county.folder.path().join("admin");
    // The administrator's program has it open.
    assert_eq!(refused(&home, "status", &json!({})).0, "in_use");
    let home = county.folder.path().join("new");
    assert_eq!(refused(&home, "no_such_command", &json!({})).0, "not_found");
    assert_eq!(refusal(&run(&home, &["call", "households", "{\"query\":"])).0, "file");
    assert_eq!(refused(&home, "households", &json!({"place": 7})).0, "file");
    assert_eq!(refused(&home, "households", &json!({"no_such_argument": 7})).0, "file");
    assert_eq!(refused(&home, "exchange", &json!({})).0, "not_enrolled");
    assert_eq!(refused(&home, "import_roster", &json!({"path": "x.xlsx"})).0, "not_allowed");
    let visit = json!({"household": "411321100000001", "visit": {"day": "2026-11-20"}});
    assert_eq!(refused(&home, "record_visit", &visit).0, "not_found");
}
