//! The screens of the story: in the browser at once, and in the window as soon as that is built.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use clap::ValueEnum;
use serde_json::{Value, json};

use super::person::Person;
use super::story::Story;
use crate::program::{Program, target};

/// Whose screens are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Role {
    Helper,
    FirstSecretary,
    County,
}

/// Opens the screens and comes back once the window stands, or once it is clear that there is no screen to show it on.
pub(crate) fn open(story: &Story, role: Role) -> anyhow::Result<Option<Child>> {
    let home = home(story, role)?;
    let (mut browser, address) = serve(story, &home)?;
    println!("\n浏览器里先看：{address}");
    Program::named("xdg-open", [address]).answers();
    println!("窗口正在编译（第一次要几分钟）");
    let built = Program::build(&["lianhu-desktop"]).run();
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if let Err(error) = built {
        println!("窗口没有编译成，浏览器里的照样能用：{error:#}");
        return Ok(Some(browser));
    }
    if !screen && cfg!(target_os = "linux") {
        println!("这里没有屏幕，窗口开不了；浏览器里的照样能用。");
        return Ok(Some(browser));
    }
    // One program at a time on one home.
    browser.kill()?;
    browser.wait()?;
    let log = File::create(story.folder.join("window.log"))?;
    let mut window = Command::new(target()?.join("debug/lianhu-desktop"));
    println!("窗口开了（浏览器里的随之关上）。");
    Ok(Some(window.arg("--home").arg(home).stdout(log.try_clone()?).stderr(log).spawn()?))
}

/// Who comes to the village as its first secretary.
const FIRST_SECRETARY: &str = "陈远山";

/// The home of whoever is asked for; a first secretary is enrolled first.
fn home(story: &Story, role: Role) -> anyhow::Result<PathBuf> {
    let [helper, _] = &story.phones;
    match role {
        Role::Helper => Ok(helper.home().to_owned()),
        Role::County => Ok(story.admin.home().to_owned()),
        Role::FirstSecretary => first_secretary(story),
    }
}

fn first_secretary(story: &Story) -> anyhow::Result<PathBuf> {
    let home = story.folder.join("first-secretary");
    let person = Person::new(FIRST_SECRETARY, &story.programs.lianhu, home.clone());
    let card = story.admin.call("household", &json!({ "id": story.household }))?;
    let village = card.pointer("/row/village").and_then(Value::as_str).context("the household has no village")?;
    let mut command = Command::new(&story.programs.server);
    command.arg("enrolment-code").arg("--data").arg(story.data());
    command.args(["--person", FIRST_SECRETARY, "--role", "first_secretary", "--place", village]);
    let told = command.output()?;
    ensure!(told.status.success(), "enrolment-code: {}", String::from_utf8_lossy(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout)?;
    let code = told.get("enrolment_code").and_then(Value::as_str).context("no enrolment code")?;
    let server = format!("https://{}", story.server()?.address());
    person.call("enrol", &json!({ "server": server, "code": code }))?;
    person.call("exchange", &json!({}))?;
    Ok(home)
}

/// `lianhu serve` on this home, with the address it prints.
fn serve(story: &Story, home: &std::path::Path) -> anyhow::Result<(Child, String)> {
    let log = File::create(story.folder.join("browser.log"))?;
    let mut command = Command::new(&story.programs.lianhu);
    command.arg("--home").arg(home).arg("serve").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("no standard output")?).read_line(&mut line)?;
    ensure!(line.starts_with("http://"), "lianhu serve did not start; see target/demo/browser.log");
    Ok((child, line.trim().to_owned()))
}
