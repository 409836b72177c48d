//! The county's program as it is run: started as a process, reached over real TLS on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lianhu_app::http_hub::{AddressError, EnrolError, HttpHub, enroll};
use lianhu_core::day::Day;
use lianhu_core::directive::{Place, Placement};
use lianhu_core::enrolment_code::EnrolmentCode;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_core::ids::{DeviceId, HouseholdId, PlaceId};
use lianhu_core::sign::Key;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Exchanged, FileKey, Ledger, Machine, ProofOf, exchange};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lianhu-sync-server");

/// A county's data directory and what was printed when it was founded.
struct Founded {
    dir: tempfile::TempDir,
    code: String,
    /// What stands on the paper in the safe.
    paper: String,
}

impl Founded {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let told =
            told(&["init", "--data", &text(&dir.path().join("county")), "--county", "411321", "--name", "南召县"]);
        let said = |name: &str| told[name].as_str().unwrap().to_owned();
        Self { dir, code: said("enrolment_code"), paper: said("recovery_key") }
    }

    fn data(&self) -> String {
        text(&self.dir.path().join("county"))
    }

    fn run(&self) -> Running {
        Running::start(&self.data(), &["--listen", "127.0.0.1:0"])
    }

    fn phone(&self, url: &str, code: &str, label: &str) -> Phone {
        let (code, key) = (EnrolmentCode::parse(code).unwrap(), Key::mint(&Machine));
        let enrolled = enroll(url, &code, label, &key, None).unwrap();
        let mut ledger = open(&self.dir.path().join(format!("{label}.sqlite")));
        ledger.adopt(&enrolled, &key).unwrap();
        Phone { ledger, hub: HttpHub::new(url, code.fingerprint).unwrap() }
    }

    /// A code for a person, from the terminal.
    fn code_for(&self, more: &[&str]) -> Value {
        let data = self.data();
        told(&[&["enrolment-code", "--data", &data], more].concat())
    }
}

/// A phone with its ledger and its line to the county.
struct Phone {
    ledger: Ledger,
    hub: HttpHub,
}

impl Phone {
    fn exchange(&mut self) -> Result<Exchanged, HubError> {
        exchange(&mut self.ledger, &mut self.hub, 0, &mut |_| ()).unwrap()
    }

    fn visit(&mut self, house: HouseholdId) {
        let body =
            Visit {
                day: Day::parse("2026-09-20").unwrap(), note: Some("段志荣家都好".into()), ..Visit::default()
            };
        self.ledger.write(|w| w.record(About::Household(house), kind::VISIT, Source::Household, &body)).unwrap();
    }

    fn visits(&self) -> usize {
        self.ledger.dump_rebuilt().unwrap()["visit"].len()
    }

    /// The administrator writes down a village with one household.
    fn settle(&mut self) -> HouseholdId {
        let (town, village) = (PlaceId::mint(&Machine), PlaceId::mint(&Machine));
        let house = HouseholdId::mint(&Machine);
        let county = self.ledger.county_place().unwrap();
        let place =
            |name: &str, level: &str, parent| Place { name: name.into(), level: level.into(), parent, code: None };
        self.ledger
            .write(|w| {
                w.record(About::Place(town), kind::PLACE, Source::Office, &place("皇后乡", "town", county))?;
                w.record(
                    About::Place(village),
                    kind::PLACE,
                    Source::Office,
                    &place("北召店村", "village", Some(town)),
                )?;
                let placement = Placement { origin: village, present: None };
                w.record(About::Household(house), kind::PLACEMENT, Source::Table, &placement)?;
                w.import(house, BTreeMap::from([("phone".to_owned(), "13800000000".into())]))
            })
            .unwrap();
        house
    }
}

/// A running server.
struct Running {
    child: Child,
    url: String,
    log: mpsc::Receiver<String>,
}

impl Running {
    fn start(data: &str, more: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["run", "--data", data]).args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (told, log) = mpsc::channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        Self { child, url, log }
    }

    fn address(&self) -> &str {
        self.url.split_once("://").unwrap().1
    }

    /// As when the power fails.
    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.address().to_owned()
    }

    /// As the system does when it shuts down.
    fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// What it has logged, once it has ended.
    fn log(mut self) -> Vec<String> {
        assert!(self.child.wait().unwrap().success());
        self.log.iter().collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn call(args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).output().unwrap()
}

/// A call by somebody who has the paper, or another one.
fn with_paper(paper: &str, args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).env("LIANHU_RECOVERY_KEY", paper).output().unwrap()
}

fn told(args: &[&str]) -> Value {
    told_of(&call(args))
}

fn told_of(done: &Output) -> Value {
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// The code and the sentence of a call that must fail.
fn refused(args: &[&str]) -> (String, String) {
    let done = call(args);
    assert_eq!(done.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&done.stderr).unwrap();
    (told["code"].as_str().unwrap().to_owned(), told["message"].as_str().unwrap().to_owned())
}

fn open(path: &Path) -> Ledger {
    Ledger::open(path, &FileKey([7; 32]), Arc::new(Machine)).unwrap()
}

/// Sends bytes as they are and reads what comes until the other side closes.
fn raw(address: &str, bytes: &[u8]) -> String {
    let mut line = TcpStream::connect(address).unwrap();
    line.write_all(bytes).ok();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).ok();
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

#[test]
fn a_visit_reaches_a_new_county_over_tls_and_the_log_names_nobody() {
    let founded = Founded::new();
    let server = founded.run();
    assert!(server.url.starts_with("https://127.0.0.1:"));
    let mut admin = founded.phone(&server.url, &founded.code, "admin");
    admin.exchange().unwrap();
    let house = admin.settle();
    admin.exchange().unwrap();
    let told = founded.code_for(&["--person", "卫春建", "--role", "helper", "--household", &house.to_string()]);
    assert_eq!(told["name"], "卫春建");
    let mut helper = founded.phone(&server.url, told["enrolment_code"].as_str().unwrap(), "helper");
    let done = helper.exchange().unwrap();
    assert!(done.new > 0);
    helper.visit(house);
    let mut moved = Vec::new();
    let done =
        exchange(&mut helper.ledger, &mut helper.hub, 0, &mut |progress: Progress| moved.push(progress)).unwrap();
    assert_eq!(done.unwrap().numbered, 1);
    let last = moved.last().unwrap();
    assert!(last.sent == last.to_send && last.sent > 0 && last.received > 0);
    admin.exchange().unwrap();
    assert_eq!(admin.visits(), 1);

    let sealed = helper.ledger.all_sealed().unwrap();
    let proof = admin.hub.proof(&admin.ledger, ProofOf::Envelope(sealed[0].0.name())).unwrap().unwrap();
    assert!(proof.verify());
    assert_eq!(proof.device, helper.ledger.identity().unwrap().device);

    server.terminate();
    let log = server.log();
    let exchanges: Vec<_> = log.iter().filter(|line| line.contains(" exchange device=")).collect();
    assert!(exchanges.len() >= 5, "{log:?}");
    assert!(exchanges.iter().any(|line| line.contains("kept=1 had=0 aside=0")), "{log:?}");
    for secret in ["卫春建", "段志荣", "13800000000", "北召店"] {
        assert!(!log.iter().any(|line| line.contains(secret)), "{log:?}");
    }
}

#[test]
fn a_code_enrols_one_device_and_a_lost_answer_can_be_asked_for_again() {
    let founded = Founded::new();
    let server = founded.run();
    let code = EnrolmentCode::parse(&founded.code).unwrap();
    let (key, other) = (Key::mint(&Machine), Key::mint(&Machine));
    let unknown = EnrolmentCode::new(code.fingerprint, [0; 10]);
    assert_eq!(enroll(&server.url, &unknown, "a", &key, None).unwrap_err(), EnrolError::WrongCode);
    let first = enroll(&server.url, &code, "a", &key, None).unwrap();
    let again = enroll(&server.url, &code, "a", &key, None).unwrap();
    assert_eq!((first.device, first.roles), (again.device, vec!["county".to_owned()]));
    assert!(first.import_key.is_some() && first.county_name == "南召县");
    assert_eq!(enroll(&server.url, &code, "b", &other, None).unwrap_err(), EnrolError::UsedCode);
    // Wrong codes from one address close the door for a while, and say so.
    let tries = (0..80).map(|_| enroll(&server.url, &unknown, "a", &key, None).unwrap_err());
    assert!(tries.into_iter().any(|error| error == EnrolError::SlowDown));
}

#[test]
fn nothing_is_said_to_somebody_with_another_key() {
    let (founded, stranger) = (Founded::new(), Founded::new());
    let server = founded.run();
    let mut phone = founded.phone(&server.url, &founded.code, "admin");
    phone.exchange().unwrap();
    let address = server.kill();
    let server = Running::start(&stranger.data(), &["--listen", &address]);
    assert_eq!(phone.exchange().unwrap_err(), HubError::WrongKey);
    let code = EnrolmentCode::parse(&founded.code).unwrap();
    let error = enroll(&server.url, &code, "b", &Key::mint(&Machine), None).unwrap_err();
    assert_eq!(error, EnrolError::Hub(HubError::WrongKey));
    server.terminate();
    assert_eq!(server.log(), Vec::<String>::new(), "not a byte of a request was sent");
}

#[test]
fn a_server_that_is_killed_has_lost_nothing_it_has_answered() {
    let founded = Founded::new();
    let server = founded.run();
    let mut phone = founded.phone(&server.url, &founded.code, "admin");
    phone.exchange().unwrap();
    let house = phone.settle();
    phone.exchange().unwrap();
    phone.visit(house);
    // The answer to this one never reaches the phone.
    let lost = phone.ledger.request(0).unwrap();
    assert_eq!(lost.entries, 1);
    phone.hub.exchange(&lost.frame, &mut |_| ()).unwrap();
    let address = server.kill();
    phone.visit(house);
    assert_eq!(phone.exchange().unwrap_err(), HubError::Offline);
    let server = Running::start(&founded.data(), &["--listen", &address]);
    assert_eq!(phone.exchange().unwrap().numbered, 2);
    server.terminate();
    let log = server.log();
    assert!(log.iter().any(|line| line.contains("kept=1 had=1 aside=0")), "{log:?}");
}

#[test]
fn a_connection_that_died_unnoticed_costs_nobody_a_second_try() {
    let founded = Founded::new();
    let server = founded.run();
    let mut phone = founded.phone(&server.url, &founded.code, "admin");
    phone.exchange().unwrap();
    let address = server.kill();
    let _server = Running::start(&founded.data(), &["--listen", &address]);
    assert_eq!(phone.exchange().unwrap().rounds, 1);
}

#[test]
fn what_the_server_did_is_told_in_numbers_that_name_nobody() {
    let founded = Founded::new();
    let server = Running::start(&founded.data(), &["--listen", "127.0.0.1:0", "--plain-http"]);
    let ask = || raw(server.address(), b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let count = |text: &str, name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().parse().unwrap_or(u64::MAX)
    };
    assert_eq!(count(&ask(), "lianhu_exchanges_total"), 0);
    let mut phone = founded.phone(&server.url, &founded.code, "admin");
    phone.exchange().unwrap();
    let house = phone.settle();
    phone.visit(house);
    phone.exchange().unwrap();
    raw(
        server.address(),
        b"POST /v1/exchange HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc",
    );
    let text = ask();
    assert_eq!((count(&text, "lianhu_enrolled_total"), count(&text, "lianhu_refused_total")), (1, 1), "{text}");
    assert!(count(&text, "lianhu_exchanges_total") >= 2 && count(&text, "lianhu_entries_kept_total") >= 2, "{text}");
    let me = phone.ledger.identity().unwrap();
    for told in [me.device.to_string(), me.user.to_string(), house.to_string(), "段志荣".into(), "北召店".into()]
    {
        assert!(!text.contains(&told), "{text}");
    }
}

#[test]
fn a_device_that_exchanges_as_fast_as_it_can_is_slowed_down_and_not_refused() {
    let founded = Founded::new();
    let server = Running::start(&founded.data(), &["--listen", "127.0.0.1:0", "--plain-http"]);
    let mut phone = founded.phone(&server.url, &founded.code, "admin");
    for _ in 0..150 {
        phone.exchange().unwrap();
    }
}

#[test]
fn a_server_told_to_stop_finishes_what_is_under_way() {
    let founded = Founded::new();
    let server = Running::start(&founded.data(), &["--listen", "127.0.0.1:0", "--plain-http"]);
    let mut phone = founded.phone(&server.url, &founded.code, "admin");
    phone.exchange().unwrap();
    phone.settle();
    let request = phone.ledger.request(0).unwrap();
    let head = format!(
        "POST /v1/exchange HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        request.frame.len()
    );
    let (first, rest) = request.frame.split_at(request.frame.len() / 2);
    let mut line = TcpStream::connect(server.address()).unwrap();
    line.write_all(head.as_bytes()).unwrap();
    // Told to go on, the request is under way.
    let mut go_on = [0; 25];
    line.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    line.write_all(first).unwrap();
    server.terminate();
    // The port is closed at once to whoever comes now.
    while TcpStream::connect(server.address()).is_ok() {
        thread::yield_now();
    }
    line.write_all(rest).unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).unwrap();
    let body = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let taken = phone.ledger.take(&request, &answer[body..]).unwrap().unwrap();
    assert_eq!(taken.numbered, request.entries);
    let log = server.log();
    assert!(log.last().unwrap().contains("kept=4"), "{log:?}");
    assert!(!PathBuf::from(founded.data()).join("office").exists());
}

#[test]
fn a_county_restored_from_a_backup_gets_back_what_came_after_it() {
    let founded = Founded::new();
    let server = founded.run();
    let mut phone = founded.phone(&server.url, &founded.code, "admin");
    phone.exchange().unwrap();
    let house = phone.settle();
    phone.visit(house);
    phone.exchange().unwrap();
    let (backup, restored) = (text(&founded.dir.path().join("backup")), text(&founded.dir.path().join("restored")));
    let copied = told(&["backup", "--data", &founded.data(), "--out", &backup]);
    assert!(copied["bytes"].as_u64().unwrap() > 4096);
    phone.visit(house);
    assert_eq!(phone.exchange().unwrap().numbered, 1);
    let address = server.kill();

    assert_eq!(refused(&["backup", "--data", &founded.data(), "--out", &backup]).0, "not_empty");
    assert_eq!(refused(&["restore", "--data", &founded.data(), "--from", &backup]).0, "not_empty");
    assert_eq!(refused(&["restore", "--data", &restored, "--from", &text(founded.dir.path())]).0, "not_a_county");
    let again = told_of(&with_paper(&founded.paper, &["restore", "--data", &restored, "--from", &backup]));
    assert_ne!(again["epoch"], again["epoch_before"]);
    assert_eq!(again["name"], "南召县");
    let server = Running::start(&restored, &["--listen", &address]);
    phone.exchange().unwrap();
    phone.exchange().unwrap();
    server.terminate();
    let log = server.log();
    assert!(log.iter().any(|line| line.contains("kept=1 had=0 aside=0")), "handed in again: {log:?}");
    assert_eq!((phone.visits(), phone.ledger.standing().unwrap().waiting), (2, 0));
    let key = std::fs::read_to_string(Path::new(&restored).join("key")).unwrap();
    let key = FileKey(lianhu_core::ids::Hash::parse(&key).unwrap().0);
    let county = Ledger::open(&Path::new(&restored).join("ledger.sqlite"), &key, Arc::new(Machine)).unwrap();
    assert_eq!(county.dump_rebuilt().unwrap()["visit"].len(), 2);
}

#[test]
fn a_backup_is_worth_nothing_without_the_paper_and_a_drill_proves_it_with_the_live_county_untouched() {
    let founded = Founded::new();
    let key = std::fs::read_to_string(Path::new(&founded.data()).join("key")).unwrap();
    let backup = text(&founded.dir.path().join("backup"));
    assert_eq!(told(&["backup", "--data", &founded.data(), "--out", &backup])["sealed"], true);
    let letters = founded.paper.replace(' ', "");
    for dir in [founded.data(), backup.clone()] {
        for file in std::fs::read_dir(&dir).unwrap().flatten() {
            let bytes = std::fs::read(file.path()).unwrap();
            let holds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!holds(&letters) && !holds(&founded.paper), "{:?} holds the paper", file.path());
            assert!(dir != backup || !holds(key.trim()), "{:?} holds the key", file.path());
        }
    }
    let before = listing(&founded.data());
    let server = founded.run();
    let drill = ["restore", "--drill", "--from", &backup];
    let drilled = told_of(&with_paper(&founded.paper.to_lowercase(), &drill));
    assert_eq!((&drilled["drill"], &drilled["name"]), (&Value::from("ok"), &Value::from("南召县")));
    drop(server);
    assert_eq!(listing(&founded.data()), before);
    let other = Founded::new().paper;
    let last = if founded.paper.ends_with('2') { '3' } else { '2' };
    let slip = format!("{}{last}", founded.paper.get(..founded.paper.len() - 1).unwrap());
    for wrong in [other.as_str(), slip.as_str(), ""] {
        let done = with_paper(wrong, &drill);
        assert!(String::from_utf8_lossy(&done.stderr).contains("recovery_key"), "{wrong}");
    }
    let ledger = Path::new(&backup).join("ledger.sqlite");
    let mut bytes = std::fs::read(&ledger).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&ledger, bytes).unwrap();
    assert!(!with_paper(&founded.paper, &drill).status.success(), "a damaged backup is found out");
}

#[test]
fn a_county_from_before_the_paper_gets_one_once_and_its_older_backups_still_open() {
    let founded = Founded::new();
    std::fs::remove_file(Path::new(&founded.data()).join("recovery.pub")).unwrap();
    let [old, new] = ["old", "new"].map(|name| text(&founded.dir.path().join(name)));
    assert_eq!(told(&["backup", "--data", &founded.data(), "--out", &old])["sealed"], false);
    assert_eq!(told(&["restore", "--drill", "--from", &old])["drill"], "ok");
    let paper = told(&["recovery-key", "--data", &founded.data()])["recovery_key"].as_str().unwrap().to_owned();
    assert_eq!(refused(&["recovery-key", "--data", &founded.data()]).0, "recovery_key");
    assert_eq!(told(&["backup", "--data", &founded.data(), "--out", &new])["sealed"], true);
    assert_eq!(told_of(&with_paper(&paper, &["restore", "--drill", "--from", &new]))["drill"], "ok");
}

fn listing(dir: &str) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(dir).unwrap().flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    // What a running server has beside its files.
    names.retain(|name| name != "office" && !name.contains("sqlite-"));
    names.sort();
    names
}

#[test]
fn what_is_no_request_is_refused_and_the_county_lives_on() {
    let founded = Founded::new();
    let server = Running::start(&founded.data(), &["--listen", "127.0.0.1:0", "--plain-http"]);
    let address = server.address();
    let post = |path: &str, body: &[u8]| {
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        raw(address, &[head.as_bytes(), body].concat())
    };
    assert_eq!(status(&post("/v1/exchange", b"garbage")), "400");
    assert_eq!(status(&post("/v1/exchange", b"")), "400");
    let bomb = b"POST /v1/exchange HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 8388609\r\n\r\n";
    assert_eq!(status(&raw(address, bomb)), "413");
    assert!(post("/v1/enroll", b"{}").ends_with("{\"code\":\"broken\"}"));
    assert_eq!(status(&post("/v1/enroll", &[b' '; 5000])), "413");
    let get = |path: &str, more: &str| {
        raw(address, format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{more}\r\n").as_bytes())
    };
    assert_eq!(status(&get("/v1/proof?entry=00", "")), "401");
    let (phone, stranger) = (founded.phone(&server.url, &founded.code, "admin"), DeviceId::mint(&Machine));
    for (query, device, expected) in [("entry=00", None, "400"), ("entry=00", Some(stranger), "401")] {
        let (own, signature) = phone.ledger.sign_query(query).unwrap();
        let headers = format!("x-device: {}\r\nx-signature: {signature}\r\n", device.unwrap_or(own));
        assert_eq!(status(&get(&format!("/v1/proof?{query}"), &headers)), expected);
    }
    assert_eq!(status(&get("/elsewhere", "")), "404");
    assert_eq!(status(&get("/healthz", "")), "200");
    // A request signed by a device of another county.
    let other = Founded::new();
    let elsewhere = Running::start(&other.data(), &["--listen", "127.0.0.1:0", "--plain-http"]);
    let mut stranger = other.phone(&elsewhere.url, &other.code, "stranger");
    let request = stranger.ledger.request(0).unwrap();
    assert_eq!(status(&post("/v1/exchange", &request.frame)), "401");
    let mut lost = Phone { ledger: stranger.ledger, hub: HttpHub::new(&server.url, [0; 16]).unwrap() };
    assert_eq!(lost.exchange().unwrap_err(), HubError::NotEnrolled);
}

#[test]
fn plain_http_is_for_this_machine_only() {
    let founded = Founded::new();
    let (code, sentence) = refused(&["run", "--data", &founded.data(), "--listen", "0.0.0.0:0", "--plain-http"]);
    assert!(code == "not_encrypted" && sentence.contains("--plain-http"), "{sentence}");
    assert_eq!(HttpHub::new("http://10.1.2.3:80", [0; 16]).unwrap_err(), AddressError::NotEncrypted);
}

#[test]
fn a_code_is_given_out_alike_with_and_without_a_running_server() {
    let founded = Founded::new();
    let data = founded.data();
    let first = founded.code_for(&["--person", "赵永燕", "--role", "township", "--place", "南召县"]);
    let server = founded.run();
    let mut admin = founded.phone(&server.url, &founded.code, "admin");
    admin.exchange().unwrap();
    let house = admin.settle().to_string();
    admin.exchange().unwrap();
    let second = founded.code_for(&["--person", "赵永燕", "--role", "township", "--place", "皇后乡"]);
    assert_eq!(first["person"], second["person"]);
    assert_ne!(first["enrolment_code"], second["enrolment_code"]);
    for place in ["南召县/皇后乡/北召店村", "皇后乡/北召店村"] {
        founded.code_for(&["--person", "卫春建", "--role", "first_secretary", "--place", place]);
    }
    founded.code_for(&["--person", "卫春建", "--role", "helper", "--household", &house, "--place", "皇后乡"]);
    admin.exchange().unwrap();
    let tables = admin.ledger.dump_rebuilt().unwrap();
    assert_eq!(tables["cadre"].len(), 4, "the office, the administrator and two people");
    assert_eq!(tables["role"].len(), 5, "nothing is written down twice");
    let ask = |more: &[&str]| refused(&[&["enrolment-code", "--data", &data, "--person", "段志荣"], more].concat());
    let (code, sentence) = ask(&["--role", "township", "--place", "皇后乡/无名村/三组"]);
    assert!(code == "place" && sentence.contains("南召县/皇后乡"), "{sentence}");
    assert_eq!(ask(&["--role", "township"]).0, "place");
    assert_eq!(ask(&["--role", "helper", "--household", "段志荣"]).0, "household");
    let phone = founded.phone(&server.url, second["enrolment_code"].as_str().unwrap(), "township");
    assert_eq!(phone.ledger.setting("roles").unwrap().as_deref(), Some("township"));
    let second_run = refused(&["run", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_eq!(second_run.0, "in_use", "one server holds the ledger");
    let strange = Path::new(&data).join("office");
    let mut address: Value = serde_json::from_slice(&std::fs::read(&strange).unwrap()).unwrap();
    address["token"] = Value::from("00".repeat(32));
    std::fs::write(&strange, address.to_string()).unwrap();
    assert_eq!(ask(&["--role", "helper"]).0, "not_allowed");
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_can_read_the_countys_files() {
    use std::os::unix::fs::PermissionsExt;
    let founded = Founded::new();
    let backup = text(&founded.dir.path().join("backup"));
    told(&["backup", "--data", &founded.data(), "--out", &backup]);
    let server = founded.run();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (live, sealed) =
        (["ledger.sqlite", "key", "tls.key", "tls.crt"], ["ledger.sqlite", "keys.sealed", "recovery.pub"]);
    for (dir, names) in [(founded.data(), &live[..]), (backup, &sealed[..])] {
        assert_eq!(mode(Path::new(&dir)), 0o700, "{dir}");
        for name in names {
            assert_eq!(mode(&Path::new(&dir).join(name)), 0o600, "{dir}/{name}");
        }
    }
    assert_eq!(mode(&Path::new(&founded.data()).join("office")), 0o600);
    drop(server);
}

#[test]
fn a_certificate_of_ones_own_is_taken_with_its_key_only() {
    let (founded, other) = (Founded::new(), Founded::new());
    let file = |founded: &Founded, name: &str| text(&Path::new(&founded.data()).join(name));
    let (certificate, key) = (file(&founded, "tls.crt"), file(&founded, "tls.key"));
    let dir = text(&founded.dir.path().join("again"));
    let init = ["init", "--data", &dir, "--county", "411321", "--name", "南召县", "--cert", &certificate, "--cert-key"];
    assert_eq!(refused(&[&init[..], &[&file(&other, "tls.key")]].concat()).0, "certificate");
    let told = told(&[&init[..], &[&key]].concat());
    let fingerprint = EnrolmentCode::parse(&founded.code).unwrap().fingerprint;
    assert_eq!(told["fingerprint"], fingerprint.to_string());
    assert_eq!(refused(&["init", "--data", &dir, "--county", "411321", "--name", "南召县"]).0, "not_empty");
    assert_eq!(refused(&["init", "--data", &dir, "--county", "41", "--name", "河南省"]).0, "county_code");
    assert_eq!(refused(&["run", "--data", &text(other.dir.path()), "--listen", "127.0.0.1:0"]).0, "not_a_county");
}

/// A line that counts its bytes, both ways.
fn counting(to: String) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (url, counted) = (format!("http://{}", listener.local_addr().unwrap()), Arc::new(AtomicU64::new(0)));
    let count = counted.clone();
    thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let up = TcpStream::connect(&to).unwrap();
            for (mut from, mut to) in [(line.try_clone().unwrap(), up.try_clone().unwrap()), (up, line)] {
                let count = count.clone();
                thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    while let Ok(came @ 1..) = from.read(&mut bytes) {
                        count.fetch_add(came as u64, Ordering::SeqCst);
                        to.write_all(&bytes[..came]).ok();
                    }
                    to.shutdown(std::net::Shutdown::Both).ok();
                });
            }
        }
    });
    (url, counted)
}

#[test]
fn an_exchange_with_nothing_new_costs_450_bytes_at_most() {
    let founded = Founded::new();
    let server = Running::start(&founded.data(), &["--listen", "127.0.0.1:0", "--plain-http"]);
    let (url, counted) = counting(server.address().to_owned());
    let mut phone = founded.phone(&url, &founded.code, "admin");
    phone.exchange().unwrap();
    phone.settle();
    phone.exchange().unwrap();
    phone.exchange().unwrap();
    let before = counted.load(Ordering::SeqCst);
    assert_eq!(phone.exchange().unwrap().rounds, 1);
    let bytes = counted.load(Ordering::SeqCst) - before;
    println!("an idle exchange: {bytes} bytes, headers and bodies, both ways");
    assert!((100..=450).contains(&bytes), "{bytes}");
}

/// Answers one request on this machine with pieces, each a while after the one before; then falls silent.
fn dripping(pieces: Vec<Vec<u8>>, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut held = Vec::new();
        for mut line in listener.incoming().flatten() {
            assert!(line.read(&mut [0; 4096]).unwrap() > 0);
            for piece in &pieces {
                line.write_all(piece).unwrap();
                let (_never, waits) = mpsc::channel::<()>();
                waits.recv_timeout(pause).ok();
            }
            held.push(line);
        }
    });
    url
}

#[test]
fn a_slow_line_is_waited_for_and_a_silent_one_is_not() {
    let silence = Duration::from_millis(600);
    let mut pieces = vec![b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n".to_vec()];
    pieces.extend((0..8).map(|at| vec![b'0' + at]));
    let slow = dripping(pieces.clone(), silence / 4);
    let mut hub = HttpHub::new(&slow, [0; 16]).unwrap().with_silence(silence);
    assert_eq!(hub.exchange(b"frame", &mut |_| ()).unwrap(), b"01234567", "slower in all than one silence");
    for heard in [0, 1, 4] {
        let dead = dripping(pieces[..heard].to_vec(), Duration::ZERO);
        let mut hub = HttpHub::new(&dead, [0; 16]).unwrap().with_silence(silence);
        assert_eq!(hub.exchange(b"frame", &mut |_| ()).unwrap_err(), HubError::Offline, "after {heard} pieces");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut hub = HttpHub::new(&format!("https://{nobody}"), [0; 16]).unwrap();
    assert_eq!(hub.exchange(b"frame", &mut |_| ()).unwrap_err(), HubError::Offline);
}
