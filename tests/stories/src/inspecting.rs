//! An inspection: the county opens it and reads the pass; the inspector, in a browser of their own, reads figures and numbers, draws
//! and opens a sample; whoever looks after that household hears of it; the county ends it, and the pages show nothing any more.

use crate::driver::dress;
use crate::monitor::Monitor;
use crate::patience::Wait;
use crate::preparing::hand_in;
use crate::printing;
use crate::stage::{Stage, free_port};
use crate::window::{Size, Window};
use anyhow::{Context, Result, bail, ensure};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use tokio::runtime::Runtime;

const TEAM: &str = "省第三督查组";
/// How narrow the frame of a browser can be made.
const NARROWEST: u32 = 460;
/// When the page has been drawn as it is now.
const DRAWN: &str =
    "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300)))";

/// From the pass to the end of it.
pub(crate) fn inspects(stage: &Stage, admin: &mut Window<'_>, helper: &mut Window<'_>, head: &str) -> Result<()> {
    let village = village_of(helper, head)?;
    admin.resize(Size::Desktop)?;
    admin.tap("督查")?;
    admin.at("inspections")?;
    admin.see("没有开过督查")?;
    admin.tap("开一次督查")?;
    admin.fill("督查组名称", TEAM)?;
    admin.tap("走访记录核查")?;
    admin.picture("inspection-open")?;
    admin.tap("开通并出通行证")?;
    admin.see("通行码只显示这一次")?;
    admin.picture("inspection-pass")?;
    let read = |what: &str| -> Result<String> {
        let found = admin.ask(&format!("return plain(document.querySelector('.pass {what}')?.innerText)"))?;
        Ok(found.as_str().context("no pass")?.to_owned())
    };
    let (address, code) = (read(".address")?, read(".code")?);
    let browser = Browser::open(stage)?;
    browser.go(&address)?;
    browser.see("出示督查通行证")?;
    browser.picture(stage, "inspector-sign-in")?;
    browser.fill("code", &code)?;
    browser.press("进入")?;
    browser.see(TEAM)?;
    browser.picture(stage, "inspector-figures")?;
    browser.press("户的编号")?;
    browser.see("最近走访")?;
    browser.picture(stage, "inspector-list")?;
    ensure!(!browser.words()?.contains(head), "the list names {head}");
    browser.press("抽样")?;
    // All of the village in which the helper's household lies: the county sees by household who was drawn.
    browser.choose(&village)?;
    browser.fill("words", "风吹稻花香两岸")?;
    browser.fill("wanted", "30")?;
    browser.press("抽签")?;
    browser.see("第 1 次抽签")?;
    browser.picture(stage, "inspector-samples")?;
    leave_the_pass(stage, admin)?;
    let drawn = drawn(admin)?;
    let place = drawn.iter().position(|name| name == head);
    let place = place.with_context(|| format!("{head} of {village} was not drawn, but {drawn:?}"))?;
    admin.picture("inspection-drawn")?;
    browser.open_sample(place)?;
    browser.see("户主")?;
    browser.picture(stage, "inspector-opened")?;
    ensure!(browser.words()?.contains(head), "the sample does not show {head}");
    hand_in(helper)?;
    helper.tap("今日")?;
    helper.see(&format!("督查组{TEAM}"))?;
    helper.picture("inspection-told")?;
    helper.tap("知道了")?;
    helper.see_no(&format!("督查组{TEAM}"))?;
    admin.tap("结束这次督查")?;
    admin.tap("现在结束")?;
    admin.see("已结束")?;
    browser.press("回到抽样")?;
    browser.see("督查已结束")?;
    browser.picture(stage, "inspector-over")
}

/// The pass is on paper: then nobody is asked.
fn leave_the_pass(stage: &Stage, admin: &mut Window<'_>) -> Result<()> {
    printing::pass(stage, admin, TEAM)?;
    admin.tap("已交给他们")?;
    admin.see("正在督查")
}

/// The village of a household, as its helper reads it on the card.
fn village_of(helper: &mut Window<'_>, head: &str) -> Result<String> {
    helper.tap("户")?;
    helper.at("households")?;
    helper.tap(head)?;
    helper.at("household")?;
    helper.see(&format!("{head} 家"))?;
    let script = "return (plain(document.body.innerText).match(/[^ ·/：，]+村(?= |·|$)/) ?? [''])[0]";
    let village = helper.ask(script)?.as_str().unwrap_or_default().to_owned();
    ensure!(!village.is_empty(), "the card does not say from which village {head} comes");
    Ok(village)
}

/// The heads of those who were drawn, as the county sees them, in the order of the lot.
fn drawn(admin: &mut Window<'_>) -> Result<Vec<String>> {
    hand_in(admin)?;
    admin.tap("督查")?;
    admin.at("inspections")?;
    admin.see("看抽了哪些户")?;
    admin.tap("看抽了哪些户")?;
    admin.see("第 1 次抽签")?;
    let lists = "return [...document.querySelectorAll('.screen .lines .strong')].map((one) => plain(one.innerText))";
    Ok(serde_json::from_value(admin.ask(lists)?)?)
}

/// A plain browser with nothing of lianhu in it.
struct Browser {
    runtime: Runtime,
    client: Client,
    driver: Child,
    monitor: Monitor,
}

impl Browser {
    fn open(stage: &Stage) -> Result<Self> {
        let monitor = Monitor::switch_on(&stage.picture("monitors.log"))?;
        let port = free_port()?;
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        dress(&mut command, stage, &monitor, false);
        let driver = command.spawn().context("WebKitWebDriver")?;
        let wait = Wait::begin();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if !wait.goes_on() {
                bail!("WebKitWebDriver did not listen");
            }
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut wanted = Map::new();
        // The county's certificate is its own: the inspector has compared it with the pass and goes on.
        wanted.insert("acceptInsecureCerts".to_owned(), Value::Bool(true));
        let address = format!("http://127.0.0.1:{port}");
        let opened = runtime
            .block_on(async { ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&address).await });
        let client = opened.context("the browser did not open")?;
        runtime.block_on(client.set_window_rect(0, 0, 1280, 800)).ok();
        Ok(Self { runtime, client, driver, monitor })
    }

    fn go(&self, address: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.client.goto(address))?)
    }

    fn words(&self) -> Result<String> {
        let text = async { self.client.find(Locator::Css("body")).await?.text().await };
        Ok(self.runtime.block_on(text)?)
    }

    fn see(&self, words: &str) -> Result<()> {
        let wait = Wait::begin();
        loop {
            let seen = self.words().unwrap_or_default();
            if seen.contains(words) {
                return Ok(());
            }
            if !wait.goes_on() {
                bail!("the browser does not show “{words}” but: {seen}");
            }
        }
    }

    fn fill(&self, field: &str, text: &str) -> Result<()> {
        let wait = Wait::begin();
        loop {
            let done = async {
                let found = self.client.find(Locator::Id(field)).await?;
                found.clear().await?;
                found.send_keys(text).await
            };
            match self.runtime.block_on(done) {
                Ok(()) => return Ok(()),
                Err(_) if wait.goes_on() => {}
                Err(error) => return Err(error).with_context(|| format!("{field} cannot be filled in")),
            }
        }
    }

    /// Chooses where to draw from.
    fn choose(&self, village: &str) -> Result<()> {
        let path = format!("//select[@id='group']/option[contains(., '{village}')]");
        // What is found while the next page comes belongs to the one before: it is looked for again.
        let wait = Wait::begin();
        loop {
            let done = async {
                self.client.find(Locator::XPath(&path)).await?.click().await?;
                let chosen = "return document.getElementById('group').selectedOptions[0].textContent";
                self.client.execute(chosen, Vec::new()).await
            };
            match self.runtime.block_on(done) {
                Ok(chosen) if chosen.as_str().is_some_and(|chosen| chosen.contains(village)) => return Ok(()),
                _ if wait.goes_on() => {}
                Ok(chosen) => bail!("{village} is not chosen, but {chosen}"),
                Err(error) => return Err(error).with_context(|| format!("{village} is not among the choices")),
            }
        }
    }

    /// Presses the button or link that says so.
    fn press(&self, words: &str) -> Result<()> {
        let path = format!("//*[self::a or self::button][normalize-space()='{words}']");
        let done = async { self.client.find(Locator::XPath(&path)).await?.click().await };
        self.runtime.block_on(done).with_context(|| format!("there is no “{words}” to press"))
    }

    /// Opens the sample that stands at this place of the newest draw.
    fn open_sample(&self, place: usize) -> Result<()> {
        let done = async {
            let found = self.client.find_all(Locator::Css("form.drawn button")).await?;
            match found.into_iter().nth(place) {
                Some(button) => button.click().await.map(|()| true),
                None => Ok(false),
            }
        };
        ensure!(self.runtime.block_on(done)?, "no sample stands at {place}");
        Ok(())
    }

    /// The page at both sizes.
    fn picture(&self, stage: &Stage, name: &str) -> Result<()> {
        for size in [Size::Phone, Size::Desktop] {
            let (wide, high) = size.pixels();
            // The frame of a browser is no narrower than this.
            let wide = wide.max(NARROWEST);
            self.runtime.block_on(self.client.set_window_rect(0, 0, wide, high))?;
            // Drawn when it answers with its new width, and drawn once more.
            self.words()?;
            self.runtime.block_on(self.client.execute_async(DRAWN, Vec::new()))?;
            self.monitor.picture(wide, high, &stage.picture(&format!("{name}-{}.png", size.name())))?;
        }
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let client = self.client.clone();
        self.runtime.block_on(client.close()).ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}
