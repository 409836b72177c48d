//! 依法删除, with a real county over HTTP: words by which a household could be known are looked for in every page of every
//! database, in every file and log, on phones after one exchange, and in a backup from before. None may be found.

use crate::real::{County, Device, programs};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{Hash, HouseholdId};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::inspect::plain_pages;
use lianhu_ledger::{FileKey, keys_beside};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const HEAD: &str = "段志荣";
/// What nobody else is called, has, or said; written by an import, by two phones, set aside, and parked.
const CANARIES: [&str; 10] = [
    HEAD,
    "duanzhirong",
    "411321196507084315",
    "13655501234",
    "43210555",
    "后山的松鼠叫了三声",
    "想修门前那棵老槐树",
    "写了一半的草稿在这里",
    "不该由他写的一句话",
    "等着前一条的地址",
];

/// Which canaries are in these bytes.
fn found_in(bytes: &[u8]) -> BTreeSet<&'static str> {
    let there = |canary: &&str| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
    CANARIES.into_iter().filter(there).collect()
}

/// Every file under a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(folder).unwrap().flatten().map(|file| file.path());
    inside.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The key that lies in a home or a data directory, in either spelling.
fn key_in(home: &Path) -> FileKey {
    let bytes = std::fs::read(home.join("key")).unwrap();
    let text = std::str::from_utf8(&bytes).ok().and_then(Hash::parse);
    FileKey(text.map_or_else(|| bytes.clone().try_into().unwrap(), |hash| hash.0))
}

/// What is found under a folder: in the files as they lie, and in the pages of the databases under this key.
fn scan(folder: &Path, key: &FileKey) -> BTreeMap<PathBuf, BTreeSet<&'static str>> {
    let mut found = BTreeMap::new();
    for file in files(folder) {
        let mut there = found_in(&std::fs::read(&file).unwrap());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".sqlite") || name.ends_with(".keys.db") {
            there.extend(found_in(&plain_pages(&file, key).unwrap()));
        }
        if !there.is_empty() {
            found.insert(file, there);
        }
    }
    found
}

fn server(words: &[&str], paper: &str) -> serde_json::Value {
    let mut command = std::process::Command::new(&programs().server);
    let done = command.args(words).env("LIANHU_RECOVERY_KEY", paper).output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Writes what the canaries are, on every road.
fn write(county: &County, one: &Device, two: &Device, stranger: &Device) -> HouseholdId {
    let id = county.household(HEAD);
    let household = HouseholdId::parse(&id).unwrap();
    let card = one.does("household", json!({"id": id}));
    let person = card["persons"][0]["id"].as_str().unwrap();
    one.does("update_person", json!({"household": id, "person": person, "facts": {"id_no": "411321196507084315"}}));
    one.does("update_household", json!({"household": id, "facts": {"phone": "13655501234"}}));
    one.visits(&id, json!({"day": "2026-11-20", "note": "后山的松鼠叫了三声"}));
    two.visits(&id, json!({"day": "2026-11-20", "needs": [{"category": "住房", "text": "想修门前那棵老槐树"}]}));
    two.visits(&county.household("武山江"), json!({"day": "2026-11-20", "note": "别家的话"}));
    for phone in [one, two] {
        phone.exchanges();
    }
    two.does("save_draft", json!({"household": id, "body": "{\"note\":\"写了一半的草稿在这里\"}"}));
    let visit = Visit { note: Some("不该由他写的一句话".into()), ..Visit::default() };
    let about = About::Household(household);
    stranger.app.ledger().write(|w| w.record(about, kind::VISIT, Source::Household, &visit)).unwrap();
    stranger.exchanges();
    // The first of two changes never leaves the phone, so that the second has to wait for it.
    let puts = |value: &str| BTreeMap::from([("address".to_owned(), Scalar::from(value))]);
    let lost = one.app.ledger().write(|w| w.put(household, puts("甲"), Source::Household)).unwrap().unwrap();
    one.app.ledger().write(|w| w.put(household, puts("等着前一条的地址"), Source::Household)).unwrap();
    one.app.ledger().is_tampered_with(&format!("delete from entry where name = x'{lost}'")).unwrap();
    one.exchanges();
    county.admin.exchanges();
    household
}

#[test]
fn of_an_erased_household_nothing_is_found_anywhere_and_not_in_a_backup_from_before() {
    let mut county = County::new();
    let phones = [("卫春建", vec![HEAD, "武山江"]), ("赵永燕", vec![HEAD, "武山江"]), ("曾建国", vec!["金丝雀"])];
    let phones = phones.map(|(name, heads)| county.person(name, "helper", None, &heads));
    let [one, two, stranger] = &phones;
    write(&county, one, two, stranger);
    let folder = county.folder.path().to_owned();
    let data = folder.join("server");
    let key = key_in(&data);
    let backup = folder.join("backups/before");
    let words = |path: &Path| path.to_str().unwrap().to_owned();
    std::fs::create_dir_all(folder.join("backups")).unwrap();
    server(&["backup", "--data", &words(&data), "--out", &words(&backup)], &county.paper);
    let old_keys = folder.join("old.keys");
    std::fs::copy(folder.join("backups/households.keys"), &old_keys).unwrap();
    let uploads = folder.join("admin/files");
    std::fs::create_dir_all(&uploads).unwrap();
    std::fs::rename(folder.join("名单.xlsx"), uploads.join("名单.xlsx")).unwrap();
    std::fs::write(uploads.join("粘贴的.csv"), HEAD).unwrap();

    // They are all there, in clear under the ledger's own key but for what is sealed; nothing of it in the backup.
    let homes = ["admin", "卫春建", "赵永燕"].map(|name| folder.join(name));
    let before: BTreeSet<_> =
        homes.iter().flat_map(|home| scan(home, &key_in(home))).flat_map(|(_, there)| there).collect();
    let missing: Vec<_> = CANARIES.iter().filter(|canary| !before.contains(*canary)).collect();
    assert_eq!(missing, [&"不该由他写的一句话"], "what the phones and the office hold");
    assert!(
        scan(&folder.join("曾建国"), &key_in(&folder.join("曾建国"))).values().any(|there| there.contains(missing[0]))
    );
    assert!(!scan(&data, &key).is_empty(), "the county's tables tell");
    assert_eq!(scan(&folder.join("backups"), &key), BTreeMap::new(), "a backup has no table in clear");

    let id = county.household(HEAD);
    let args = |named: &str| json!({"household": id, "ground": "asked", "reason": "本人来函", "named": named});
    assert!(county.admin.tries("erase_household", args("段志")).is_err(), "the household is named to confirm it");
    assert!(one.tries("erase_household", args(HEAD)).is_err(), "the county alone");
    assert_eq!(county.admin.does("erasure_preview", json!({"household": id}))["visits"], 2);
    let visits = county.counts("visits");
    county.admin.does("erase_household", args(HEAD));
    county.admin.exchanges();
    for phone in &phones {
        phone.exchanges();
    }
    let erased = county.admin.does("erased_households", json!({}));
    assert!(erased[0]["number"].is_u64() && erased[0]["head"].is_null(), "{erased}");
    let told = one.does("needs_attention", json!({}));
    assert_eq!((&told[0]["attention"], told[0]["number"].is_u64()), (&json!("erased"), true), "{told}");
    one.does("note_erased", json!({}));
    assert_eq!(one.does("needs_attention", json!({})), json!([]));
    assert_eq!(county.counts("visits"), visits, "what was published still adds up");
    assert!(one.tries("record_visit", json!({"household": id, "visit": {"day": "2026-11-21"}})).is_err());

    // Down and up: what the server had still to do with its file is done at the latest now.
    county.goes_down();
    county.comes_up();
    county.admin.exchanges();
    county.goes_down();
    assert!(uploads.read_dir().unwrap().next().is_none(), "what was handed in beside the ledger is gone");
    for home in ["admin", "卫春建", "赵永燕", "曾建国"].map(|name| folder.join(name)) {
        assert_eq!(scan(&home, &key_in(&home)), BTreeMap::new());
    }
    assert_eq!(scan(&data, &key), BTreeMap::new());
    assert_eq!(found_in(&std::fs::read(folder.join("server.log")).unwrap()), BTreeSet::new());

    // The old backup, beside the newest keys.
    let newest = folder.join("backups/after");
    server(&["backup", "--data", &words(&data), "--out", &words(&newest)], &county.paper);
    let restored = folder.join("restored");
    server(&["restore", "--drill", "--from", &words(&backup)], &county.paper);
    server(&["restore", "--data", &words(&restored), "--from", &words(&backup)], &county.paper);
    assert_eq!(scan(&restored, &key), BTreeMap::new());
    assert_eq!(scan(&folder.join("backups"), &key), BTreeMap::new());
    let mut ledger =
        lianhu_ledger::Ledger::open(&restored.join("ledger.sqlite"), &key, std::sync::Arc::new(lianhu_ledger::Machine))
            .unwrap();
    assert_eq!(ledger.verify().unwrap().findings, []);
    assert_eq!(ledger.household_rows().unwrap().len(), 5, "everybody else is there");
    drop(ledger);
    // What an old copy of the keys would give: the household as it was that night.
    let reopened = folder.join("reopened");
    let from_old = ["restore", "--data", &words(&reopened), "--from", &words(&backup), "--keys", &words(&old_keys)];
    server(&from_old, &county.paper);
    assert!(scan(&reopened, &key).values().any(|there| there.contains(HEAD)), "the search finds what is there");
    // Without the keys it is told in a sentence, and nothing is opened.
    std::fs::remove_file(keys_beside(&restored.join("ledger.sqlite"))).unwrap();
    let mut verify = std::process::Command::new(&programs().server);
    let refused = verify.args(["verify", "--data", &words(&restored)]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no_household_keys"));
}
