//! A real window and a person before it: taps what can be seen, types, reads. There is no way past the controls.

use crate::driver::Driver;
use crate::film::Film;
use crate::patience::{ONE_ANSWER, Wait};
use crate::stage::Stage;
use anyhow::{Context, Result, bail, ensure};
use fantoccini::Client;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::runtime::Runtime;

/// What every script knows about the page.
const PAGE: &str = include_str!("page.js");
/// How a driver names an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How many drivers may fall, one after another, before a window counts as one that does not open.
const DRIVERS: u32 = 3;

/// What was drawn last is on the screen two frames later.
const DRAWN: &str = "let looks = 0;
     const moves = () => document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime < 1000);
     const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 60)));
     const look = () => moves() && looks++ < 40 ? setTimeout(look, 25) : drawn();
     look()";

/// The two sizes every screen is looked at in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Phone,
    Desktop,
}

impl Size {
    /// Pixels, wide and high.
    pub(crate) fn pixels(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1280, 800),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        }
    }
}

/// An open window.
pub(crate) struct Window<'s> {
    stage: &'s Stage,
    runtime: Runtime,
    client: Option<Client>,
    home: PathBuf,
    size: Size,
    film: Option<Film>,
    /// Taps so far.
    pub(crate) taps: usize,
    /// Characters typed so far.
    pub(crate) typed: usize,
    // Last: it ends the window's process.
    driver: Driver,
}

impl<'s> Window<'s> {
    /// Opens the window of a home and waits until a screen stands.
    pub(crate) fn open(stage: &'s Stage, home: &str, size: Size) -> Result<Self> {
        Self::open_later(stage, home, size, 0)
    }

    /// The same on a machine whose clock is so many days ahead.
    pub(crate) fn open_later(stage: &'s Stage, home: &str, size: Size, days: u32) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (program, room) = (stage.program("lianhu-desktop"), stage.room(home));
        let mut fallen = 0;
        let (driver, client) = loop {
            let driver = Driver::start(stage, keystore(home), days)?;
            if let Some(client) = driver.open(&runtime, &program, &room)? {
                break (driver, client);
            }
            fallen += 1;
            println!("    the driver fell while it opened {home}");
            ensure!(fallen < DRIVERS, "{fallen} drivers fell one after another");
        };
        let home = room;
        let mut window =
            Self { stage, runtime, client: Some(client), home, size, film: None, taps: 0, typed: 0, driver };
        window.resize(size)?;
        window.wait_for("a screen", "return at() !== ''")?;
        Ok(window)
    }

    /// Whether this person's system has a keystore; the county's office computer has none.
    pub(crate) fn has_keystore(&self) -> bool {
        keystore(self.name())
    }

    /// Whose window it is.
    pub(crate) fn name(&self) -> &str {
        self.home.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// What the windows on its screen are called.
    pub(crate) fn titles(&self) -> Result<Vec<String>> {
        self.driver.monitor.titles()
    }

    /// Waits for the driver, but not for ever.
    fn wait<T>(&self, doing: impl Future<Output = std::result::Result<T, CmdError>>) -> Result<T> {
        let done = self.runtime.block_on(async { tokio::time::timeout(ONE_ANSWER, doing).await });
        Ok(done.context("the driver does not answer")??)
    }

    fn client(&self) -> Result<&Client> {
        self.client.as_ref().context("the window is closed")
    }

    /// Makes the window this size.
    pub(crate) fn resize(&mut self, size: Size) -> Result<()> {
        let (wide, high) = size.pixels();
        self.wait(self.client()?.set_window_rect(0, 0, wide, high))?;
        self.size = size;
        self.wait_for("the new size", &format!("return innerWidth === {wide} && innerHeight === {high}"))
    }

    /// Asks the page; `script` returns something.
    pub(crate) fn ask(&self, script: &str) -> Result<Value> {
        let script = format!("{PAGE}\n{script}");
        self.wait(self.client()?.execute(&script, Vec::new()))
    }

    /// Asks the page something that takes a while; `script` calls `done(answer)`.
    pub(crate) fn ask_later(&self, script: &str) -> Result<Value> {
        let script = format!("const done = arguments[arguments.length - 1];\n{PAGE}\n{script}");
        self.wait(self.client()?.execute_async(&script, Vec::new()))
    }

    /// Waits until the page answers true; tells what could be seen if it never does.
    pub(crate) fn wait_for(&self, what: &str, script: &str) -> Result<()> {
        let wait = Wait::begin();
        loop {
            let answer = self.ask(script);
            if matches!(answer, Ok(Value::Bool(true))) {
                return Ok(());
            }
            if !wait.goes_on() {
                bail!("waited in vain for {what}: {}", self.told(answer.err().map(|error| error.to_string())));
            }
        }
    }

    /// What a person before the window could say about it, for the message of a story that stumbled.
    fn told(&self, error: Option<String>) -> String {
        self.picture("stumbled").ok();
        let seen = self.ask("return [at(), names().slice(0, 60), document.body.innerText.slice(0, 1200), troubles()]");
        format!("{} {}", error.unwrap_or_default(), seen.unwrap_or_default())
    }

    /// Waits until something stands there.
    pub(crate) fn see_some(&self, place: &str) -> Result<()> {
        self.wait_for(place, &format!("return Boolean(document.querySelector({}))", json!(place)))
    }

    /// Waits until these words can be read.
    pub(crate) fn see(&self, words: &str) -> Result<()> {
        println!("    sees {words}");
        let script = format!("return plain(document.body.innerText).includes(plain({}))", json!(words));
        self.wait_for(&format!("“{words}”"), &script)
    }

    /// Waits until these words can no longer be read.
    pub(crate) fn see_no(&self, words: &str) -> Result<()> {
        let script = format!("return !plain(document.body.innerText).includes(plain({}))", json!(words));
        self.wait_for(&format!("no “{words}”"), &script)
    }

    /// Waits until this screen stands.
    pub(crate) fn at(&self, screen: &str) -> Result<()> {
        println!("    stands at {screen}");
        self.wait_for(&format!("the screen {screen}"), &format!("return at() === {}", json!(screen)))
    }

    /// All words that can be read.
    pub(crate) fn words(&self) -> Result<String> {
        Ok(self.ask("return plain(document.body.innerText)")?.as_str().unwrap_or_default().to_owned())
    }

    /// What a field holds.
    pub(crate) fn value(&self, field: &str) -> Result<String> {
        let found = self.ask(&format!("return control({}, true)?.value ?? null", json!(field)))?;
        Ok(found.as_str().with_context(|| format!("no field {field}"))?.to_owned())
    }

    /// Whether a chip is pressed.
    pub(crate) fn pressed(&self, name: &str) -> Result<bool> {
        let found = self.ask(&format!("return control({})?.getAttribute('aria-pressed') === 'true'", json!(name)))?;
        Ok(found == Value::Bool(true))
    }

    /// Taps a button of the screen itself where the list of places has one of the same name.
    fn tap_in_main(&mut self, name: &str) -> Result<()> {
        println!("    taps {name}");
        let found = format!(
            "[...document.querySelectorAll('main button')].find((one) => plain(one.innerText) === {})",
            json!(name)
        );
        self.tap_found(name, &found)
    }

    /// Taps what the page finds, once a thumb would hit it.
    pub(crate) fn tap_found(&mut self, name: &str, found: &str) -> Result<()> {
        self.wait_for(name, &format!("return Boolean({found})"))?;
        let wait = Wait::begin();
        while self.ask_later(&format!("setTimeout(done, 60, ready({found}))"))? != Value::Bool(true) && wait.goes_on() {
        }
        let element = self.element(&self.ask(&format!("return {found}"))?)?;
        self.wait(element.click())?;
        self.taps += 1;
        self.still()
    }

    /// Chooses an option, which has no place of its own on the page.
    pub(crate) fn tap_option(&mut self, found: &str) -> Result<()> {
        self.wait_for("the option", &format!("return Boolean({found})"))?;
        let element = self.element(&self.ask(&format!("return {found}"))?)?;
        self.wait(element.click())?;
        self.taps += 1;
        self.still()
    }

    /// Presses keys where the cursor is.
    pub(crate) fn press(&mut self, keys: &str) -> Result<()> {
        let element = self.wait(self.client()?.active_element())?;
        self.wait(element.send_keys(keys))?;
        self.still()
    }

    fn element(&self, found: &Value) -> Result<Element> {
        let id = found.get(ELEMENT).and_then(Value::as_str).context("no element")?.to_owned();
        Ok(Element::from_element_id(self.client()?.clone(), ElementRef::from(id)))
    }

    fn find(&self, name: &str, fields_only: bool) -> Result<Element> {
        let script = format!("return control({}, {fields_only})", json!(name));
        self.wait_for(
            &format!("the control “{name}”"),
            &format!("return control({}, {fields_only}) !== null", json!(name)),
        )?;
        self.element(&self.ask(&script)?)
    }

    /// Taps the control of this name, as a thumb would.
    pub(crate) fn tap(&mut self, name: &str) -> Result<()> {
        println!("    taps {name}");
        self.click(name, false)
    }

    /// Clicks, and waits as a person would while something that just moved is in the way.
    fn click(&mut self, name: &str, fields_only: bool) -> Result<()> {
        let wait = Wait::begin();
        let ready = format!("setTimeout(done, 60, ready(control({}, {fields_only})))", json!(name));
        loop {
            let element = self.find(name, fields_only)?;
            if self.ask_later(&ready)? != Value::Bool(true) && wait.goes_on() {
                continue;
            }
            match self.wait(element.click()) {
                Ok(()) => break,
                Err(_) if wait.goes_on() => {}
                Err(error) => bail!("“{name}” cannot be tapped: {}", self.told(Some(format!("{error:?}")))),
            }
        }
        self.taps += 1;
        self.still()
    }

    /// Taps a field and types into it.
    pub(crate) fn fill(&mut self, field: &str, text: &str) -> Result<()> {
        println!("    fills {field}");
        self.click(field, true)?;
        let element = self.find(field, true)?;
        self.wait(element.send_keys(text))?;
        self.typed += text.chars().count();
        self.still()
    }

    /// Types this in place of what the field holds.
    pub(crate) fn replace(&mut self, field: &str, text: &str) -> Result<()> {
        println!("    fills {field}");
        self.click(field, true)?;
        let element = self.find(field, true)?;
        // All of it marked, then gone, as by hand.
        self.wait(element.send_keys("\u{e009}a\u{e000}\u{e003}"))?;
        if !text.is_empty() {
            self.wait(element.send_keys(text))?;
        }
        self.typed += text.chars().count();
        self.still()
    }

    /// Hands a file to the file field of this name.
    pub(crate) fn hand(&mut self, field: &str, file: &Path) -> Result<()> {
        let element = self.find(field, true)?;
        self.wait(element.send_keys(&file.to_string_lossy()))?;
        self.taps += 1;
        Ok(())
    }

    /// Takes in the workbook that was tried dry.
    pub(crate) fn take_in(&mut self) -> Result<()> {
        let inner =
            "return [...document.querySelectorAll('main button')].some((one) => plain(one.innerText) === '导入')";
        self.wait_for("the button 导入", inner)?;
        self.tap_in_main("导入")?;
        self.see("已导入本机")
    }

    /// Takes a picture.
    pub(crate) fn picture(&self, name: &str) -> Result<PathBuf> {
        let path = self.stage.picture(&format!("{name}.png"));
        let (wide, high) = self.size.pixels();
        self.ask_later(DRAWN)?;
        self.driver.monitor.picture(wide, high, &path)?;
        Ok(path)
    }

    /// From now on every tap is filmed.
    pub(crate) fn film(&mut self) -> Result<()> {
        let (wide, high) = self.size.pixels();
        self.film = Some(Film::begin(u16::try_from(wide)?, u16::try_from(high)?));
        self.still()
    }

    fn still(&mut self) -> Result<()> {
        if self.film.is_none() {
            return Ok(());
        }
        self.ask_later(DRAWN)?;
        let (wide, high) = self.size.pixels();
        let pixels = self.driver.monitor.pixels(wide, high)?;
        if let Some(film) = &mut self.film {
            film.still(pixels);
        }
        Ok(())
    }

    /// Ends the film and writes it.
    pub(crate) fn cut(&mut self, name: &str) -> Result<()> {
        self.still()?;
        let film = self.film.take().context("nothing was filmed")?;
        film.write(&self.stage.picture(&format!("{name}.gif")))
    }

    /// What went wrong in the page since it was opened.
    pub(crate) fn troubles(&self) -> Result<Vec<String>> {
        let found = self.ask("return troubles()")?;
        Ok(serde_json::from_value(found)?)
    }

    /// The window's process, found by its home.
    fn process(&self) -> Result<u32> {
        let home = self.home.to_string_lossy().into_owned();
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
            let words: Vec<_> = line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
            let window = words.first().is_some_and(|program| program.ends_with("lianhu-desktop"));
            if window && words.iter().any(|word| *word == home) {
                return Ok(id);
            }
        }
        bail!("the window's process is not there")
    }

    /// kill -9: nothing of the program has a chance to tidy up.
    pub(crate) fn kill(mut self) -> Result<()> {
        let killed = Command::new("kill").args(["-9", &self.process()?.to_string()]).status()?;
        ensure!(killed.success(), "the window could not be killed");
        self.client = None;
        Ok(())
    }

    /// Closes the window as a person does.
    pub(crate) fn close(mut self) -> Result<()> {
        if let Some(client) = self.client.take() {
            self.wait(client.close())?;
        }
        Ok(())
    }
}

/// Whether the system of this home has a keystore. Both ways are played.
fn keystore(home: &str) -> bool {
    home != "admin"
}
