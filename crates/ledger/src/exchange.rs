//! One whole exchange: request, reply, again, until nothing is left on either side.

use crate::error::Result;
use crate::reply::Taken;
use crate::store::Ledger;
use lianhu_core::exchange::Verdict;
use lianhu_core::hub::{Hub, HubError, Progress};
use std::sync::{Arc, Mutex, PoisonError};

/// The most rounds of one exchange: a guard against two sides that never agree.
const MOST_ROUNDS: usize = 10_000;

/// What an exchange brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exchanged {
    /// Requests that were answered.
    pub rounds: usize,
    /// Entries that came down.
    pub new: usize,
    /// Own entries that got their number.
    pub numbered: usize,
    /// Whether this device was shut out.
    pub revoked: bool,
}

/// Exchanges with the county until both sides have everything. What was done when the line breaks stays done.
pub fn exchange(
    ledger: &mut Ledger,
    hub: &mut dyn Hub,
    room: u32,
    progress: &mut dyn FnMut(Progress),
) -> Result<std::result::Result<Exchanged, HubError>> {
    let mut done = Exchanged::default();
    while done.rounds < MOST_ROUNDS {
        let outgoing = ledger.request(room)?;
        let frame = match hub.exchange(&outgoing.frame, progress) {
            Ok(frame) => frame,
            Err(error) => return Ok(Err(error)),
        };
        let Taken { more, new, numbered, verdict } = match ledger.take(&outgoing, &frame)? {
            Ok(taken) => taken,
            Err(error) => return Ok(Err(error)),
        };
        done.rounds += 1;
        done.new += new;
        done.numbered += numbered;
        done.revoked = verdict == Verdict::Revoked;
        if !more {
            break;
        }
    }
    ledger.vacuum_if_forgotten()?;
    Ok(Ok(done))
}

/// The county in the same process.
#[derive(Debug, Clone)]
pub struct InProcess(pub Arc<Mutex<Ledger>>);

impl Hub for InProcess {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> std::result::Result<Vec<u8>, HubError> {
        let sent = frame.len() as u64;
        progress(Progress { sent, to_send: sent, received: 0 });
        let mut county = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = county.answer(frame)?;
        progress(Progress { sent, to_send: sent, received: answered.frame.len() as u64 });
        Ok(answered.frame)
    }
}
