//! Handing in and fetching: one exchange with the county, as far as the line holds.

use crate::app::App;
use crate::enrolment::UNKNOWN;
use crate::error::{AppError, Result};
use crate::http_hub::HttpHub;
use crate::inspecting::CERTIFICATE;
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::exchange::Verdict;
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_ledger::Standing;
use serde::Serialize;
use ts_rs::TS;

/// What an exchange brought about, counted both ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ExchangeDone {
    /// What was handed in as a person counts it: see [`Standing::acts`].
    pub acts: u32,
    /// Own entries that got the county's receipt.
    pub handed_in: u32,
    /// Entries that came down.
    pub fetched: u32,
    /// Requests it took.
    pub rounds: u32,
    /// Bytes sent.
    #[ts(type = "number")]
    pub sent: u64,
    /// Bytes received.
    #[ts(type = "number")]
    pub received: u64,
    /// Whether the county has shut this device out.
    pub revoked: bool,
    /// Where the device stands now.
    pub standing: Standing,
}

/// A guard against two sides that never come to an end.
const MOST_ROUNDS: u32 = 10_000;

impl App {
    /// Exchanges with the county over the network. What was done when the line breaks stays done.
    pub fn exchange(&self, room: Option<u32>) -> Result<ExchangeDone> {
        let (server, pin) = {
            let ledger = self.ledger();
            ledger.identity()?;
            (ledger.setting("server")?.unwrap_or_default(), ledger.setting("pin")?.unwrap_or_default())
        };
        let mut hub = HttpHub::new(&server, Fingerprint::parse(&pin).ok_or(AppError::NotEnrolled)?)?;
        let done = self.exchange_through(&mut hub, room.unwrap_or(0))?;
        // Whoever opens the county's pages in a browser compares it with the pass.
        let certificate = hub.certificate().map(|shown| shown.to_string());
        let mut ledger = self.ledger();
        if certificate.is_some() && ledger.setting(CERTIFICATE)? != certificate {
            ledger.set_setting(CERTIFICATE, &certificate.unwrap_or_default())?;
        }
        drop(ledger);
        Ok(done)
    }

    /// Exchanges through any hub. The ledger is free for other acts while the line is waited for.
    pub fn exchange_through(&self, hub: &mut dyn Hub, room: u32) -> Result<ExchangeDone> {
        self.check_is_no_practice()?;
        let (mut handed_in, mut fetched, mut rounds, mut revoked) = (0, 0, 0, false);
        let (mut sent, mut received) = (0, 0);
        let waiting = self.ledger().acts_waiting().unwrap_or_default().iter().sum::<u32>();
        while rounds < MOST_ROUNDS {
            let outgoing = self.ledger().request(room)?;
            let mut moved = Progress::default();
            let reply = hub.exchange(&outgoing.frame, &mut |progress| {
                moved = progress;
                self.step("exchange", sent + received + progress.sent + progress.received, 0);
            });
            sent += moved.sent;
            received += moved.received;
            if reply == Err(HubError::NotEnrolled) {
                self.ledger().set_setting(UNKNOWN, "1")?;
            }
            let taken = self.ledger().take(&outgoing, &reply?)??;
            rounds += 1;
            handed_in += u32::try_from(taken.numbered).unwrap_or(u32::MAX);
            fetched += u32::try_from(taken.new).unwrap_or(u32::MAX);
            revoked = taken.verdict == Verdict::Revoked;
            if !taken.more {
                break;
            }
        }
        let mut ledger = self.ledger();
        ledger.vacuum_if_forgotten()?;
        let standing = ledger.standing()?;
        let acts = waiting.saturating_sub(standing.acts + standing.acts_carried);
        drop(ledger);
        self.clear_files()?;
        Ok(ExchangeDone { acts, handed_in, fetched, rounds, sent, received, revoked, standing })
    }
}
