//! The real thing: a county's program as a process, people who reach it over HTTP and TLS, the terminal program.

use lianhu_app::http_hub::HttpHub;
use lianhu_app::{App, AppError, Command, ExchangeDone};
use lianhu_core::day::Day;
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_ledger::Machine;
use lianhu_workbook::{Cell, Footer, HeaderCell, Sheet, write_workbook};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, OnceLock};

/// Where the programs lie, built as they are now.
pub(crate) struct Programs {
    pub(crate) lianhu: PathBuf,
    pub(crate) server: PathBuf,
}

/// The programs. Cargo is asked each time: an old program must not pass a new test. With the features of the whole
/// workspace, as the tests themselves are built.
pub(crate) fn programs() -> &'static Programs {
    static BUILT: OnceLock<Programs> = OnceLock::new();
    BUILT.get_or_init(|| {
        let words = ["build", "--workspace", "--bin", "lianhu", "--bin", "lianhu-sync-server", "--message-format=json"];
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut cargo = std::process::Command::new("cargo");
        // What the test runner says of the package under test is not for cargo: a build script that looks at it would
        // compile half of the programs anew.
        let runners = |name: &str| name.starts_with("CARGO_MANIFEST") || name.starts_with("CARGO_PKG");
        std::env::vars().filter(|(name, _)| runners(name)).for_each(|(name, _)| {
            cargo.env_remove(name);
        });
        let built = cargo.args(words).current_dir(root).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let told = String::from_utf8(built.stdout).unwrap();
        let lines: Vec<Value> = told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let find = |name: &str| {
            let of_it = lines.iter().filter(|line| line["target"]["name"] == name);
            PathBuf::from(of_it.filter_map(|line| line["executable"].as_str()).next().unwrap())
        };
        Programs { lianhu: find("lianhu"), server: find("lianhu-sync-server") }
    })
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(data: &Path, listen: &str) -> Self {
        let mut command = std::process::Command::new(&programs().server);
        // What it logs lies beside its data, where a test can read it.
        let log = data.with_extension("log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        command.args(["run", "--listen", listen, "--data"]).arg(data).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The villages of the roster, with the heads of their households.
pub(crate) const VILLAGES: [(&str, [&str; 3]); 2] =
    [("北召店村", ["段志荣", "武山江", "邵健生"]), ("天桥村", ["金丝雀", "曾峰明", "史勇江"])];

/// A county with a roster of two villages, three households each.
pub(crate) struct County {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) code: String,
    /// The county's recovery key, as it was printed.
    pub(crate) paper: String,
    pub(crate) admin: Device,
    pub(crate) address: String,
    server: Option<Server>,
}

impl County {
    /// Founded, running, its administrator enrolled; nothing in it.
    pub(crate) fn bare() -> Self {
        let folder = lianhu_tests::folder();
        let data = folder.path().join("server");
        let mut command = std::process::Command::new(&programs().server);
        command.args(["init", "--county", "411321", "--name", "南召县", "--data"]).arg(&data);
        let told: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        let code = told["enrolment_code"].as_str().unwrap().to_owned();
        let paper = told["recovery_key"].as_str().unwrap().to_owned();
        let server = Server::start(&data, "127.0.0.1:0");
        let address = server.url.strip_prefix("https://").unwrap().to_owned();
        let admin = Device::new(&folder.path().join("admin"));
        admin.does("enrol", json!({"server": server.url, "code": code}));
        admin.exchanges();
        Self { folder, code, paper, admin, address, server: Some(server) }
    }

    /// With the roster taken in.
    pub(crate) fn new() -> Self {
        let county = Self::bare();
        let path = county.folder.path().join("名单.xlsx");
        write_roster(&path);
        let done = county.admin.does("import_roster", json!({"path": path}));
        assert_eq!((&done["new_households"], &done["persons"]), (&json!(6), &json!(12)), "{}", done["doubts"]);
        county.admin.exchanges();
        county
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The server's process ends as when the power fails.
    pub(crate) fn goes_down(&mut self) {
        drop(self.server.take());
    }

    /// It is started again at the same address.
    pub(crate) fn comes_up(&mut self) {
        self.server = Some(Server::start(&self.folder.path().join("server"), &self.address));
    }

    /// The id of the household with this head.
    pub(crate) fn household(&self, head: &str) -> String {
        let page = self.admin.does("households", json!({"query": head}));
        assert_eq!(page["total"], 1, "{head}: {page}");
        page["rows"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Somebody new, with a role, and a phone.
    pub(crate) fn person(&self, name: &str, role: &str, place: Option<&str>, heads: &[&str]) -> Device {
        self.admin.does("register_cadre", json!({"name": name, "role": role, "place": place}));
        for head in heads {
            self.admin.does("entrust", json!({"household": self.household(head), "person": name}));
        }
        let slips = self.admin.does("enrolment_slips", json!({"person": name}));
        self.admin.exchanges();
        let phone = Device::new(&self.folder.path().join(name));
        phone.does("enrol", json!({"server": slips[0]["server"], "code": slips[0]["code"]}));
        phone.exchanges();
        phone
    }

    /// The last line of the county's report, by measure.
    pub(crate) fn counts(&self, measure: &str) -> i64 {
        self.figure(measure)["value"].as_i64().unwrap()
    }

    /// One figure of the last line.
    pub(crate) fn figure(&self, measure: &str) -> Value {
        self.admin.exchanges();
        let told = self.admin.does("county_report", json!({"period": {"from": "2026-11-01", "to": "2026-11-30"}}));
        let total = told["report"]["by_place"].as_array().unwrap().last().unwrap().clone();
        let mut figures = total["figures"].as_array().unwrap().iter();
        let of = |figure: &&Value| figure["key"].as_str().unwrap().split('?').next() == Some(measure);
        figures.find(of).unwrap().clone()
    }
}

fn write_roster(path: &Path) {
    let all: Vec<_> = VILLAGES.iter().flat_map(|(village, heads)| heads.iter().map(|head| (*village, *head))).collect();
    write_roster_of(path, &all);
}

/// A roster of these households only, each with the number it has in the whole one.
pub(crate) fn write_roster_of(path: &Path, households: &[(&str, &str)]) {
    let header = ["县", "乡", "行政村", "户编号", "人编号", "姓名", "与户主关系", "户联系电话", "安置点", "搬迁年度"];
    let mut rows = Vec::new();
    let heads: Vec<&str> = VILLAGES.iter().flat_map(|(_, heads)| *heads).collect();
    for (village, head) in households {
        // As in the whole one: the row of the household, of two persons each.
        let place = heads.iter().position(|known| known == head).unwrap();
        let number = format!("4113211000{:05}", place * 2 + 1);
        for (at, (name, relation)) in [((*head).to_owned(), "户主"), (format!("{head}儿"), "之子")].iter().enumerate()
        {
            let person = format!("{number}0{}", at + 1);
            let cells =
                ["南召县", "皇后乡", village, &number, &person, name, relation, "17579655637", "河东社区", "2018"];
            rows.push(cells.iter().map(|text| Cell::text(text)).collect());
        }
    }
    let sheet = Sheet {
        sheet_name: "人员信息".to_owned(),
        title: "搬迁人员名单".to_owned(),
        unit: "南召县".to_owned(),
        filled_on: Day::parse("2026-09-30").unwrap(),
        header: vec![header.iter().map(|text| HeaderCell::new(text)).collect()],
        rows,
        total: None,
        footer: Footer::default(),
        note: String::new(),
    };
    write_workbook(&[sheet], path).unwrap();
}

/// Somebody's device.
pub(crate) struct Device {
    pub(crate) app: App,
}

impl Device {
    /// One whose ledger lies in this home.
    pub(crate) fn new(home: &Path) -> Self {
        Self { app: App::open(home, Arc::new(Machine), Box::new(|_| ())).unwrap() }
    }

    /// Carries out a command, as a screen or a terminal does.
    pub(crate) fn tries(&self, name: &str, args: Value) -> Result<Value, AppError> {
        self.app.call(Command::read(name, args).unwrap())
    }

    /// A command that succeeds.
    pub(crate) fn does(&self, name: &str, args: Value) -> Value {
        self.tries(name, args).unwrap_or_else(|error| panic!("{name}: {}", error.sentence()))
    }

    /// Exchanges until there is no more.
    pub(crate) fn exchanges(&self) -> Value {
        self.does("exchange", json!({}))
    }

    /// The heads of all households on it.
    pub(crate) fn heads(&self) -> Vec<String> {
        let page = self.does("households", json!({}));
        let heads = page["rows"].as_array().unwrap().iter();
        let mut heads: Vec<_> = heads.map(|row| row["head"].as_str().unwrap().to_owned()).collect();
        heads.sort();
        heads
    }

    /// Records a visit; its root.
    pub(crate) fn visits(&self, household: &str, visit: Value) -> String {
        self.does("record_visit", json!({"household": household, "visit": visit}))["root"].as_str().unwrap().to_owned()
    }

    /// Exchanges with everything that comes back written down, unpacked.
    pub(crate) fn exchanges_and_keeps_replies(&self) -> (ExchangeDone, Vec<Vec<u8>>) {
        let setting = |name| self.app.ledger().setting(name).unwrap().unwrap();
        let pin = Fingerprint::parse(&setting("pin")).unwrap();
        let mut hub = Listening { hub: HttpHub::new(&setting("server"), pin).unwrap(), replies: Vec::new() };
        let done = self.app.exchange_through(&mut hub, 0).unwrap();
        (done, hub.replies)
    }
}

/// A line on which somebody listens.
struct Listening {
    hub: HttpHub,
    replies: Vec<Vec<u8>>,
}

impl Hub for Listening {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        let reply = self.hub.exchange(frame, progress)?;
        self.replies.push(lianhu_ledger::inspect::unpack(&reply)?);
        Ok(reply)
    }
}
