//! The clock of one device: what everybody's says, and by how much this one is off.

use lianhu_core::day::Moment;
use lianhu_core::surroundings::{Staged, Steady, Surroundings};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that may be off by years; chance is everybody's.
#[derive(Debug)]
pub struct Clock {
    around: Arc<Staged>,
    off: AtomicI64,
}

impl Clock {
    /// A clock that is right.
    #[must_use]
    pub fn right(around: &Arc<Staged>) -> Arc<Self> {
        Arc::new(Self { around: around.clone(), off: AtomicI64::new(0) })
    }

    /// From here on it is off by so many seconds; by none it is right again.
    pub fn is_off_by(&self, seconds: i64) {
        self.off.store(seconds, Ordering::SeqCst);
    }
}

impl Surroundings for Clock {
    fn now(&self) -> Moment {
        self.around.now().plus_seconds(self.off.load(Ordering::SeqCst))
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.around.fill(bytes);
    }

    fn steady(&self) -> Steady {
        self.around.steady()
    }
}
