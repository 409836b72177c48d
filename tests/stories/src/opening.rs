//! How long a window takes from its start until its picture stands, seen on the screen as a person sees it: the program
//! knows nothing of it.
//!
//! Three things are left out of the picture. The cursor does not blink. What is smaller than it does not count: where a field
//! waits for what is typed, the web view fades the cursor in for a third of a second when all else has long stood; whoever
//! waits for that measures the fading, not the opening. And the columns at the right edge do not count, in
//! either window: there the web view draws a scroll bar over a page that is longer than the window, and fades it out again
//! seconds later, in a score of small steps. Whoever waits for the last of them measures the fading, not the opening: it
//! made four seconds of one, and an empty window has no bar. What stands beside it is read long before.
//!
//! Beside the clock's time stands that of the cores, for the program and the web view's processes together: on a machine
//! that does other things as well it says more than the clock.

use crate::driver;
use crate::monitor::{self, Monitor};
use crate::patience::Wait;
use crate::stage::Stage;
use anyhow::{Result, ensure};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A picture that has not changed for so long is the one that stays.
const STAYS: Duration = Duration::from_secs(4);

/// The milliseconds of one tick of the system's account: a hundred a second, wherever Linux tells programs of it.
const TICK: f64 = 10.0;

/// So many columns at the right edge are the scroll bar's.
const BAR: usize = 30;

/// So many points make no picture another one: a cursor has fewer, a character in the smallest print more.
const CURSOR: usize = 64;

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
            let now = seen(&running.monitor)?;
            if !same(&now, &picture) {
                (picture, since) = (now, Instant::now());
            }
        }
        running.monitor.picture(monitor::WIDE, monitor::HIGH, &stage.picture(&format!("{name}.png")))?;
        opening.picture = picture;
        Ok(opening)
    }

    /// Opens it again: the milliseconds until the same picture stands, on the clock and on the cores.
    pub(crate) fn time(&self) -> Result<(f64, f64)> {
        let (running, wait) = (self.start()?, Wait::begin());
        while !same(&seen(&running.monitor)?, &self.picture) {
            ensure!(wait.goes_on(), "the picture that stayed the first time did not come again");
        }
        Ok((running.begun.elapsed().as_secs_f64() * 1e3, running.on_cores()?))
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
        let bare = seen(&monitor)?;
        let log = fs::File::options().create(true).append(true).open(self.stage.picture("windows.log"))?;
        let mut command = Command::new(&self.program);
        driver::dress(&mut command, self.stage, &monitor, false);
        command.args(&self.words).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let begun = Instant::now();
        Ok(Running { child: command.spawn()?, monitor, begun, bare })
    }
}

/// Whether two pictures differ by no more than a cursor.
fn same(one: &[u8], other: &[u8]) -> bool {
    let points = one.chunks_exact(3).zip(other.chunks_exact(3));
    one.len() == other.len() && points.filter(|(one, other)| one != other).take(CURSOR + 1).count() <= CURSOR
}

/// What is on the screen, but for the columns of the scroll bar.
fn seen(monitor: &Monitor) -> Result<Vec<u8>> {
    let mut pixels = monitor.pixels(monitor::WIDE, monitor::HIGH)?;
    let (line, bar) = (monitor::WIDE as usize * 3, BAR * 3);
    pixels.chunks_exact_mut(line).for_each(|line| line.iter_mut().rev().take(bar).for_each(|byte| *byte = 0));
    Ok(pixels)
}

impl Running {
    /// The milliseconds that the program and all it has started have been on a core.
    fn on_cores(&self) -> Result<f64> {
        let group = self.child.id().to_string();
        let mut ticks = 0.0;
        for process in fs::read_dir("/proc")?.flatten() {
            // One that has just ended is not there any more.
            let Ok(told) = fs::read_to_string(process.path().join("stat")) else { continue };
            // What a process is called stands in brackets and may hold anything.
            let Some((_, told)) = told.rsplit_once(") ") else { continue };
            let told: Vec<&str> = told.split(' ').collect();
            if told.get(2).is_some_and(|of| *of == group) {
                ticks += told.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>();
            }
        }
        Ok(ticks * TICK)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_makes_no_other_picture_and_a_character_does() {
        let bare = vec![255; 3 * 1000];
        let with = |points: usize| {
            let mut picture = bare.clone();
            picture.iter_mut().take(3 * points).for_each(|byte| *byte = 0);
            picture
        };
        assert!(same(&with(CURSOR), &bare));
        assert!(!same(&with(CURSOR + 1), &bare));
        assert!(!same(&with(0), &bare[3..]));
    }
}
