//! How long a window takes from its start until its picture stands, seen on the screen as a person sees it: the program
//! knows nothing of it.

use crate::driver;
use crate::monitor::{self, Monitor};
use crate::patience::Wait;
use crate::stage::Stage;
use anyhow::{Result, ensure};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A picture that has not changed for so long is the one that stays.
const STAYS: Duration = Duration::from_secs(4);

/// A cursor that comes and goes would make two pictures of one screen.
const NO_BLINKING: &str = "[Settings]\ngtk-cursor-blink=0\n";

/// A program that opens a window, and what is to be seen in the end.
pub(crate) struct Opening<'s> {
    stage: &'s Stage,
    program: PathBuf,
    words: Vec<String>,
    picture: Vec<u8>,
}

/// A program on a screen of its own, ended with it.
struct Running {
    child: Child,
    monitor: Monitor,
    begun: Instant,
    /// The screen before the program began.
    bare: Vec<u8>,
}

impl<'s> Opening<'s> {
    /// Opens it once, uncounted, and remembers the picture that stays.
    pub(crate) fn learn(stage: &'s Stage, program: PathBuf, words: Vec<String>, name: &str) -> Result<Self> {
        let settings = stage.room("home/.config/gtk-3.0");
        fs::create_dir_all(&settings)?;
        fs::write(settings.join("settings.ini"), NO_BLINKING)?;
        let mut opening = Self { stage, program, words, picture: Vec::new() };
        let running = opening.start()?;
        let wait = Wait::begin();
        let (mut picture, mut since) = (running.bare.clone(), Instant::now());
        while picture == running.bare || since.elapsed() < STAYS {
            ensure!(wait.goes_on(), "{name}: no picture came to stay");
            let now = running.monitor.pixels(monitor::WIDE, monitor::HIGH)?;
            if now != picture {
                (picture, since) = (now, Instant::now());
            }
        }
        running.monitor.picture(monitor::WIDE, monitor::HIGH, &stage.picture(&format!("{name}.png")))?;
        opening.picture = picture;
        Ok(opening)
    }

    /// Opens it again: the milliseconds until the same picture stands.
    pub(crate) fn time(&self) -> Result<f64> {
        let (running, wait) = (self.start()?, Wait::begin());
        while running.monitor.pixels(monitor::WIDE, monitor::HIGH)? != self.picture {
            ensure!(wait.goes_on(), "the picture that stayed the first time did not come again");
        }
        Ok(running.begun.elapsed().as_secs_f64() * 1e3)
    }

    /// How many of the picture's points are of another colour than the most frequent one, in a thousand.
    pub(crate) fn drawn(&self) -> u64 {
        let mut counts = std::collections::BTreeMap::new();
        self.picture.chunks_exact(3).for_each(|point| *counts.entry(point).or_insert(0_u64) += 1);
        let (all, most) = (counts.values().sum::<u64>(), counts.values().copied().max().unwrap_or(0));
        (all - most) * 1000 / all.max(1)
    }

    fn start(&self) -> Result<Running> {
        let monitor = Monitor::switch_on(&self.stage.picture("monitors.log"))?;
        let bare = monitor.pixels(monitor::WIDE, monitor::HIGH)?;
        let log = fs::File::options().create(true).append(true).open(self.stage.picture("windows.log"))?;
        let mut command = Command::new(&self.program);
        driver::dress(&mut command, self.stage, &monitor, false);
        command.args(&self.words).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let begun = Instant::now();
        Ok(Running { child: command.spawn()?, monitor, begun, bare })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
