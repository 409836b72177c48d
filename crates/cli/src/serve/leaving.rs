//! A browser whose last page was closed: nobody looks at the screens any more, and the home is locked, so that whoever opens
//! the address again is asked for the PIN. A home without one stays open.

use super::Serving;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often it is looked who is still there, at most.
const LOOK: Duration = Duration::from_secs(5);

/// When a screen last asked for something.
#[derive(Debug)]
pub(super) struct Asked(Mutex<Instant>);

impl Asked {
    pub(super) fn now() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    pub(super) fn again(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn ago(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// Locks the home whenever no page has listened, and none has asked, for so long.
pub(super) async fn lock_when_left(serving: Serving, away: Duration) {
    loop {
        tokio::time::sleep(away.min(LOOK)).await;
        // Whoever listens has a page open: that page locks by itself when nobody touches it.
        if serving.events.receiver_count() > 0 {
            serving.asked.again();
        } else if serving.asked.ago() >= away {
            let door = serving.door.clone();
            tokio::task::spawn_blocking(move || door.lock().is_ok()).await.ok();
        }
    }
}
