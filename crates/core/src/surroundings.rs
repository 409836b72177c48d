//! Time and chance come from outside, so that every test can be repeated.

use crate::day::Moment;
use std::sync::Mutex;

/// What a ledger may ask of the machine it runs on.
pub trait Surroundings: Send + Sync {
    /// What the clock says; it may be wrong by years.
    fn now(&self) -> Moment;
    /// Fills the bytes with randomness.
    fn fill(&self, bytes: &mut [u8]);
    /// Where a count of seconds stands that nobody can set. By itself nothing ever passes.
    fn steady(&self) -> Steady {
        Steady::default()
    }
}

/// Seconds that only go forward, whatever the clock is set to. Two of them can be compared within one life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Steady {
    /// Which count: that of one start of the machine, or of one program where the machine tells none.
    pub life: [u8; 16],
    /// How far it has come.
    pub seconds: u64,
}

impl Steady {
    /// How long since an earlier one; nothing is known to have passed between two lives.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        if self.life == earlier.life { self.seconds.saturating_sub(earlier.seconds) } else { 0 }
    }
}

/// Surroundings that a test or a demo sets by hand: the same seed gives the same ids.
#[derive(Debug)]
pub struct Staged {
    state: Mutex<(u64, Moment)>,
    steady: Mutex<Steady>,
}

impl Staged {
    /// Starts from a seed at a moment.
    #[must_use]
    pub fn new(seed: u64, now: Moment) -> Self {
        Self { state: Mutex::new((seed ^ 0x9E37_79B9_7F4A_7C15, now)), steady: Mutex::default() }
    }

    /// Lets so many seconds pass on the count that nobody can set; the clock stays as it is.
    pub fn wait(&self, seconds: u64) {
        self.steadily(|steady| steady.seconds += seconds);
    }

    /// The machine is started anew: the count that nobody can set begins again.
    pub fn start_anew(&self) {
        self.steadily(|steady| {
            steady.seconds = 0;
            steady.life = steady.life.map(|byte| byte.wrapping_add(1));
        });
    }

    fn steadily<T>(&self, act: impl FnOnce(&mut Steady) -> T) -> T {
        act(&mut self.steady.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Sets the clock.
    pub fn set(&self, now: Moment) {
        self.with(|state| state.1 = now);
    }

    /// Moves the clock by so many seconds.
    pub fn pass(&self, seconds: i64) {
        self.with(|state| state.1 = state.1.plus_seconds(seconds));
    }

    fn with<T>(&self, act: impl FnOnce(&mut (u64, Moment)) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Surroundings for Staged {
    fn now(&self) -> Moment {
        self.with(|state| state.1)
    }

    fn steady(&self) -> Steady {
        self.steadily(|steady| *steady)
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.with(|state| {
            for chunk in bytes.chunks_mut(8) {
                // splitmix64: enough for ids in a test, never used for a secret of a real ledger.
                state.0 = state.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut z = state.0;
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                z ^= z >> 31;
                for (to, from) in chunk.iter_mut().zip(z.to_le_bytes()) {
                    *to = from;
                }
            }
        });
    }
}
