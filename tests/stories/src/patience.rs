//! Patience: how long a story waits for what it expects to see, and the pause between two looks.

use std::thread;
use std::time::{Duration, Instant};

/// What has not come after this long counts as missing.
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// The longest wait for one answer of a driver.
pub(crate) const ONE_ANSWER: Duration = Duration::from_secs(90);

/// One wait, from its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait(Instant);

impl Wait {
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Pauses before the next look; false once it has lasted too long.
    #[expect(
        clippy::disallowed_methods,
        reason = "a window is looked at again and again; between two looks one pauses"
    )]
    pub(crate) fn goes_on(self) -> bool {
        thread::sleep(BETWEEN_LOOKS);
        self.0.elapsed() < PATIENCE
    }
}
