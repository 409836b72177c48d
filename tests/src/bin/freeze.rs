//! Freezes a ledger of this version as an upgrade fixture: `freeze`. Run once when `lianhu_ledger::VERSION` has risen;
//! what is frozen is never made anew, later versions have to open it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use lianhu_ledger::{Ledger, VERSION};
use lianhu_tests::{KEY, Village};
use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/ledgers/v{VERSION}"));
    if folder.exists() {
        eprintln!("{} is frozen already", folder.display());
        std::process::exit(1);
    }
    std::fs::create_dir_all(&folder).unwrap();
    let mut village = Village::new(2026);
    let town = village.place("皇后乡", "town", None);
    let place = village.place("北召店村", "village", Some(town));
    let helper = village.person("卫春建");
    let houses = ["段志荣", "邵健生", "阿依"].map(|head| village.household(head, place));
    houses.iter().for_each(|house| village.entrusts(*house, helper));
    let mut line = village.line();
    let mut phone = village.phone("卫春建");
    let mut other = village.phone("卫春建");
    phone.exchanges(&mut line).unwrap();
    other.exchanges(&mut line).unwrap();
    phone.visits(houses[0], "2026-09-01");
    let struck = phone.visits(houses[1], "2026-09-02");
    phone.strikes(houses[1], struck).unwrap();
    phone.sets_phone(houses[2], "13811112222");
    other.sets_phone(houses[2], "13833334444");
    phone.exchanges(&mut line).unwrap();
    other.exchanges(&mut line).unwrap();
    phone.exchanges(&mut line).unwrap();
    phone.registers(place, "吉克");
    phone.visits(houses[0], "2026-09-15");
    let dump = serde_json::to_string_pretty(&phone.ledger().dump_rebuilt().unwrap()).unwrap();
    std::fs::write(folder.join("expected.json"), dump).unwrap();
    let file = phone.ledger().path().to_owned();
    drop(phone);
    Ledger::back_up(&file, &KEY, &folder.join("phone.sqlite")).unwrap();
    for end in ["phone.sqlite-wal", "phone.sqlite-shm"] {
        std::fs::remove_file(folder.join(end)).ok();
    }
    println!("{}", folder.display());
}
