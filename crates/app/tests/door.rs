//! The door of a home: it opens with its PIN alone, wrong ones cost time and nothing else, and no file tells the key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use lianhu_app::{AppError, Command, Door, Keystore, NoKeystore};
use lianhu_core::day::Moment;
use lianhu_core::surroundings::Staged;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

const PIN: &str = "290573";
const PHRASE: &str = "门前有两棵老核桃树呀";

/// A keystore that a test can look into and take away.
#[derive(Clone, Default)]
struct Drawer(Arc<Mutex<Option<Kept>>>);

/// A secret for each name.
type Kept = BTreeMap<String, [u8; 32]>;

impl Drawer {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(BTreeMap::new()))))
    }

    fn take_away(&self) -> Option<BTreeMap<String, [u8; 32]>> {
        self.0.lock().unwrap().take()
    }
}

impl Keystore for Drawer {
    fn secret(&self, name: &str) -> Result<Option<[u8; 32]>, NoKeystore> {
        self.0.lock().unwrap().as_ref().map(|kept| kept.get(name).copied()).ok_or(NoKeystore)
    }

    fn keep(&self, name: &str, secret: &[u8; 32]) -> Result<(), NoKeystore> {
        self.0
            .lock()
            .unwrap()
            .as_mut()
            .map(|kept| {
                kept.insert(name.to_owned(), *secret);
            })
            .ok_or(NoKeystore)
    }

    fn forget(&self, name: &str) -> Result<(), NoKeystore> {
        self.0
            .lock()
            .unwrap()
            .as_mut()
            .map(|kept| {
                kept.remove(name);
            })
            .ok_or(NoKeystore)
    }
}

struct Home {
    dir: tempfile::TempDir,
    around: Arc<Staged>,
    drawer: Option<Drawer>,
}

impl Home {
    fn new(drawer: Option<Drawer>) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), around: Arc::new(Staged::new(5, Moment(1_790_000_000))), drawer }
    }

    fn door(&self) -> Door {
        let keystore: Box<dyn Keystore> = match &self.drawer {
            Some(drawer) => Box::new(drawer.clone()),
            None => Box::new(NoKeystore),
        };
        Door::of(self.dir.path(), self.around.clone(), keystore, Box::new(|_| ())).unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.dir.path().join(name).exists()
    }
}

fn call(door: &Door, name: &str, args: Value) -> Result<Value, AppError> {
    door.call(Command::read(name, args).unwrap())
}

fn like_large_type(door: &Door) -> Result<Value, AppError> {
    call(door, "prefer", json!({ "key": "type", "value": "large" }))
}

/// Every file below a directory, with its bytes.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for inside in fs::read_dir(dir).unwrap().flatten() {
        if inside.path().is_dir() {
            found.extend(files(&inside.path()));
        } else {
            found.push((inside.path().display().to_string(), fs::read(inside.path()).unwrap()));
        }
    }
    found
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[test]
fn a_home_without_a_pin_stands_open_and_one_with_a_pin_answers_locked_to_everything_else() {
    let home = Home::new(None);
    let door = home.door();
    assert_eq!(call(&door, "lock_state", json!({})).unwrap()["has_pin"], json!(false));
    like_large_type(&door).unwrap();
    assert!(home.has("key"));
    call(&door, "lock", json!({})).unwrap();
    assert_eq!(
        call(&door, "preferences", json!({})).unwrap()["type"],
        json!("large"),
        "there is nothing to lock it with"
    );
    call(&door, "set_pin", json!({ "pin": PHRASE })).unwrap();
    assert!(!home.has("key") && home.has("key.locked"), "the bare key is gone");
    assert_eq!(call(&door, "lock", json!({})).unwrap()["locked"], json!(true));
    for name in ["preferences", "status", "households", "exchange", "drafts", "practice", "places"] {
        let args = if name == "practice" { json!({ "on": true }) } else { json!({}) };
        assert_eq!(call(&door, name, args), Err(AppError::Locked), "{name}");
    }
    drop(door);
    let door = home.door();
    assert_eq!(like_large_type(&door), Err(AppError::Locked), "and so it is after a restart");
    assert_eq!(call(&door, "set_pin", json!({ "pin": "another long phrase" })), Err(AppError::Locked));
    assert_eq!(call(&door, "unlock", json!({ "pin": PHRASE })).unwrap()["locked"], json!(false));
    assert_eq!(call(&door, "preferences", json!({})).unwrap()["type"], json!("large"), "everything is there");
}

#[test]
fn with_a_keystore_six_digits_will_do_and_open_nothing_without_it() {
    let drawer = Drawer::new();
    let home = Home::new(Some(drawer.clone()));
    let door = home.door();
    assert_eq!(call(&door, "lock_state", json!({})).unwrap()["digits"], json!(true));
    let refused = call(&door, "set_pin", json!({ "pin": "123456" }));
    assert_eq!(refused, Err(AppError::WeakPin { why: "trivial".to_owned() }));
    call(&door, "set_pin", json!({ "pin": PIN })).unwrap();
    drop(door);
    let door = home.door();
    assert_eq!(call(&door, "unlock", json!({ "pin": PIN })).unwrap()["locked"], json!(false));
    drop(door);
    drawer.take_away();
    let door = home.door();
    assert_eq!(call(&door, "unlock", json!({ "pin": PIN })), Err(AppError::NoKeystore));
    assert_eq!(call(&door, "lock_state", json!({})).unwrap()["wrong"], json!(0), "that was no wrong PIN");
}

#[test]
fn without_a_keystore_a_passphrase_is_asked_for_and_the_state_says_so() {
    let home = Home::new(None);
    let door = home.door();
    assert_eq!(call(&door, "lock_state", json!({})).unwrap()["digits"], json!(false));
    let refused = call(&door, "set_pin", json!({ "pin": PIN }));
    assert_eq!(refused, Err(AppError::WeakPin { why: "short_phrase".to_owned() }));
    assert!(home.has("key") && !home.has("key.locked"), "nothing has changed");
}

#[test]
fn another_pin_is_chosen_by_the_old_one_and_the_key_of_the_home_stays() {
    let home = Home::new(None);
    let door = home.door();
    call(&door, "set_pin", json!({ "pin": PHRASE })).unwrap();
    let ledger = fs::read(home.dir.path().join("ledger.sqlite")).unwrap();
    let change = |old: Value| call(&door, "set_pin", json!({ "pin": "three walnut trees", "old": old }));
    assert_eq!(change(Value::Null), Err(AppError::WrongPin { wait: 0 }));
    assert_eq!(change(json!("three walnut trees")), Err(AppError::WrongPin { wait: 0 }));
    change(json!(PHRASE)).unwrap();
    assert_eq!(ledger, fs::read(home.dir.path().join("ledger.sqlite")).unwrap(), "only the wrapping has changed");
    call(&door, "lock", json!({})).unwrap();
    assert_eq!(call(&door, "unlock", json!({ "pin": PHRASE })), Err(AppError::WrongPin { wait: 0 }));
    call(&door, "unlock", json!({ "pin": "three walnut trees" })).unwrap();
    like_large_type(&door).unwrap();
}

#[test]
fn wrong_pins_cost_a_wait_that_a_restart_and_a_clock_do_not_shorten_and_nothing_else() {
    let home = Home::new(Some(Drawer::new()));
    let door = home.door();
    call(&door, "set_pin", json!({ "pin": PIN })).unwrap();
    like_large_type(&door).unwrap();
    call(&door, "lock", json!({})).unwrap();
    let wrong = |door: &Door| call(door, "unlock", json!({ "pin": "715304" }));
    for _ in 0..3 {
        assert_eq!(wrong(&door), Err(AppError::WrongPin { wait: 0 }));
    }
    assert_eq!(wrong(&door), Err(AppError::WrongPin { wait: 5 }));
    assert_eq!(call(&door, "unlock", json!({ "pin": PIN })), Err(AppError::Wait { wait: 5 }), "not even the right one");
    home.around.set(Moment(1_990_000_000));
    home.around.wait(3);
    assert_eq!(call(&door, "lock_state", json!({})).unwrap()["wait"], json!(2));
    drop(door);
    home.around.start_anew();
    let door = home.door();
    assert_eq!(call(&door, "lock_state", json!({})).unwrap()["wait"], json!(2), "switched off and on");
    home.around.wait(2);
    assert_eq!(wrong(&door), Err(AppError::WrongPin { wait: 10 }));
    home.around.wait(10);
    let state = call(&door, "unlock", json!({ "pin": PIN })).unwrap();
    assert_eq!((state["locked"].clone(), state["wrong"].clone()), (json!(false), json!(0)));
    assert_eq!(call(&door, "preferences", json!({})).unwrap()["type"], json!("large"), "nothing was wiped");
}

#[test]
fn neither_the_key_nor_the_pin_lies_in_any_file_of_the_home() {
    for drawer in [None, Some(Drawer::new())] {
        let pin = if drawer.is_some() { PIN } else { PHRASE };
        let home = Home::new(drawer.clone());
        let door = home.door();
        let key = fs::read(home.dir.path().join("key")).unwrap();
        call(&door, "set_pin", json!({ "pin": pin })).unwrap();
        like_large_type(&door).unwrap();
        call(&door, "lock", json!({})).unwrap();
        call(&door, "unlock", json!({ "pin": "wrong but long enough" })).unwrap_err();
        call(&door, "unlock", json!({ "pin": pin })).unwrap();
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let found = files(home.dir.path());
        assert!(found.len() >= 3, "{} files", found.len());
        for (name, bytes) in found {
            let told = [&key[..], hex.as_bytes(), pin.as_bytes()].into_iter().any(|secret| holds(&bytes, secret));
            assert!(!told, "{name} tells a secret");
        }
        let secrets = drawer.and_then(|drawer| drawer.take_away()).unwrap_or_default();
        assert!(secrets.values().all(|secret| secret[..] != key[..]), "the keystore does not hold the key itself");
    }
}

#[test]
fn a_bare_key_left_by_a_sudden_end_is_destroyed_at_the_next_unlocking() {
    let home = Home::new(None);
    let door = home.door();
    let key = fs::read(home.dir.path().join("key")).unwrap();
    call(&door, "set_pin", json!({ "pin": PHRASE })).unwrap();
    drop(door);
    fs::write(home.dir.path().join("key"), key).unwrap();
    let door = home.door();
    assert_eq!(like_large_type(&door), Err(AppError::Locked), "what is wrapped counts");
    call(&door, "unlock", json!({ "pin": PHRASE })).unwrap();
    assert!(!home.has("key"));
}

#[test]
fn several_people_on_one_phone_have_a_home_each_and_one_cannot_open_the_others() {
    let home = Home::new(Some(Drawer::new()));
    let door = home.door();
    let person = |door: &Door| call(door, "lock_state", json!({})).unwrap()["person"].as_str().unwrap().to_owned();
    like_large_type(&door).unwrap();
    let add = |name: &str| json!({ "name": name, "mine": "老周" });
    call(&door, "set_pin", json!({ "pin": PIN })).unwrap();
    let state = call(&door, "add_person", add("小覃")).unwrap();
    let names: Vec<_> = state["people"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, [json!("老周"), json!("小覃")]);
    assert_eq!(call(&door, "add_person", add("小覃")), Err(AppError::NotUnique { what: "小覃".to_owned() }));
    assert_eq!(state["has_pin"], json!(false), "a home of their own, still bare");
    let preferences = call(&door, "preferences", json!({})).unwrap();
    assert_eq!(preferences, json!({}), "nothing of the other's is in it");
    let (first, second) = (state["people"][0]["id"].clone(), person(&door));
    call(&door, "set_pin", json!({ "pin": "715304" })).unwrap();
    assert_eq!(call(&door, "choose_person", json!({ "id": first })).unwrap()["locked"], json!(true));
    assert_eq!(
        call(&door, "unlock", json!({ "pin": "715304" })),
        Err(AppError::WrongPin { wait: 0 }),
        "not with B's PIN"
    );
    assert_eq!(like_large_type(&door), Err(AppError::Locked));
    call(&door, "choose_person", json!({ "id": "../first" })).unwrap_err();
    drop(door);
    let door = home.door();
    assert_eq!(person(&door), "first", "who was here last is asked first");
    call(&door, "unlock", json!({ "pin": PIN })).unwrap();
    assert_eq!(call(&door, "preferences", json!({})).unwrap()["type"], json!("large"));
    let theirs = home.dir.path().join("people").join(&second);
    fs::copy(home.dir.path().join("key.locked"), theirs.join("key.locked")).unwrap();
    call(&door, "choose_person", json!({ "id": second })).unwrap();
    let swapped = call(&door, "unlock", json!({ "pin": PIN }));
    assert_eq!(swapped, Err(AppError::LedgerLocked), "A's key opens nothing of B's");
}

#[test]
fn a_home_without_a_pin_is_not_left_standing_beside_others() {
    let home = Home::new(Some(Drawer::new()));
    let door = home.door();
    call(&door, "add_person", json!({ "name": "小覃", "mine": "老周" })).unwrap();
    call(&door, "choose_person", json!({ "id": "first" })).unwrap();
    assert!(home.has("key"), "nobody's yet: nothing to guard");
}

#[test]
fn a_table_that_was_handed_in_is_gone_when_the_home_is_locked_and_what_is_carried_for_others_stays() {
    let home = Home::new(None);
    let door = home.door();
    call(&door, "set_pin", json!({ "pin": PHRASE })).unwrap();
    let hand_in = || {
        fs::create_dir_all(home.dir.path().join("files")).unwrap();
        for name in ["files/名册.xlsx", "files/捎带.lhx"] {
            fs::write(home.dir.path().join(name), "张三").unwrap();
        }
    };
    hand_in();
    call(&door, "lock", json!({})).unwrap();
    assert!(!home.has("files/名册.xlsx") && home.has("files/捎带.lhx"));
    hand_in();
    drop(door);
    let door = home.door();
    assert!(home.has("files/名册.xlsx"), "a locked home is nobody's to tidy");
    call(&door, "unlock", json!({ "pin": PHRASE })).unwrap();
    assert!(!home.has("files/名册.xlsx") && home.has("files/捎带.lhx"));
}
