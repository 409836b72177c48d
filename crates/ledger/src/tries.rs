//! Wrong PINs, counted: after a few each costs a wait that doubles up to some minutes. Nothing is wiped and nobody is
//! shut out for good. The wait is reckoned by a count that nobody can set, so that no clock shortens it.

use crate::error::Result;
use crate::key_file::{destroy, write_whole};
use lianhu_core::surroundings::{Steady, Surroundings};
use minicbor::{Decode, Encode};
use std::path::Path;

/// So many wrong ones cost nothing: thumbs slip.
const FREE: u32 = 3;
/// The first wait, in seconds.
const FIRST: u64 = 5;
/// The longest: a person who tries to remember is not shut out.
const LONGEST: u64 = 300;

/// The wrong tries since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Tries {
    /// How many.
    #[n(0)]
    pub wrong: u32,
    /// How long to wait, in seconds, counted from the moment below.
    #[n(1)]
    left: u64,
    #[cbor(n(2), with = "minicbor::bytes")]
    life: [u8; 16],
    #[n(3)]
    at: u64,
}

impl Tries {
    /// Reads them; none where there is no file, or one that nobody can read.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        std::fs::read(path).ok().and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default()
    }

    /// Keeps them through a restart.
    pub fn write(&self, path: &Path) -> Result<()> {
        Ok(write_whole(path, &minicbor::to_vec(self).unwrap_or_default())?)
    }

    /// Forgets them: the PIN was right.
    pub fn forget(path: &Path) -> Result<()> {
        Ok(destroy(path)?)
    }

    /// How many seconds are left to wait. What passed between two starts of the machine does not count.
    #[must_use]
    pub fn wait(&self, around: &dyn Surroundings) -> u64 {
        let began = Steady { life: self.life, seconds: self.at };
        self.left.saturating_sub(around.steady().since(began))
    }

    /// The same, reckoned from now on.
    #[must_use]
    pub fn reckoned(self, around: &dyn Surroundings) -> Self {
        self.reckoned_now(self.wait(around), around)
    }

    /// One more. It is written down before the PIN is looked at, so that nobody tries for nothing by ending the program.
    #[must_use]
    pub fn one_more(self, around: &dyn Surroundings) -> Self {
        let wrong = self.wrong.saturating_add(1);
        let doublings = wrong.saturating_sub(FREE);
        let wait = if doublings == 0 { 0 } else { (FIRST << (doublings - 1).min(10)).min(LONGEST) };
        Self { wrong, ..self }.reckoned_now(wait, around)
    }

    fn reckoned_now(self, left: u64, around: &dyn Surroundings) -> Self {
        let now = around.steady();
        Self { left, life: now.life, at: now.seconds, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianhu_core::day::Moment;
    use lianhu_core::surroundings::Staged;

    fn waits(around: &Staged, most: usize) -> Vec<u64> {
        let mut tries = Tries::default();
        (0..most)
            .map(|_| {
                tries = tries.one_more(around);
                tries.wait(around)
            })
            .collect()
    }

    #[test]
    fn waits_double_up_to_five_minutes_and_stay_there() {
        let around = Staged::new(1, Moment(0));
        assert_eq!(waits(&around, 11), [0, 0, 0, 5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(waits(&around, 500).last(), Some(&300), "never for good");
    }

    #[test]
    fn a_clock_set_forward_shortens_no_wait_and_neither_does_a_restart() {
        let around = Staged::new(1, Moment(0));
        let tries = (0..10).fold(Tries::default(), |tries, _| tries.one_more(&around));
        around.set(Moment(4_000_000_000));
        assert_eq!(tries.wait(&around), 300);
        around.wait(100);
        let tries = tries.reckoned(&around);
        assert_eq!(tries.wait(&around), 200);
        around.start_anew();
        assert_eq!(tries.wait(&around), 200, "what passed before is kept, what may have passed meanwhile is not");
        let tries = tries.reckoned(&around);
        around.wait(200);
        assert_eq!(tries.wait(&around), 0);
    }

    #[test]
    fn tries_are_kept_through_a_restart_and_forgotten_after_the_right_one() {
        let (dir, around) = (tempfile::tempdir().unwrap(), Staged::new(1, Moment(0)));
        let path = dir.path().join("tries");
        let tries = (0..5).fold(Tries::default(), |tries, _| tries.one_more(&around));
        tries.write(&path).unwrap();
        assert_eq!(Tries::read(&path), tries);
        Tries::forget(&path).unwrap();
        assert_eq!(Tries::read(&path), Tries::default());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
