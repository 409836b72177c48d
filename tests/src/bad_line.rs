//! A bad line: requests and replies are lost, doubled, cut, flipped, held back and delivered late, all by a seed.
//! It never waits; a line that hangs is one that carried a part and then says nobody answers.

use crate::chance::Chance;
use lianhu_core::hub::{Hub, HubError, Progress};

/// One thing a line can do to an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The request never arrives.
    RequestLost,
    /// The request arrives, the reply does not.
    ReplyLost,
    /// The request arrives twice; the second reply comes back.
    Doubled,
    /// An old request arrives once more before this one.
    OldRequestFirst,
    /// An old request arrives once more after this one.
    OldRequestAfter,
    /// The request is held back and arrives later, when nobody waits for it.
    HeldBack,
    /// Only the first bytes of the request arrive.
    RequestCut,
    /// Only the first bytes of the reply arrive.
    ReplyCut,
    /// A bit of the request is flipped.
    RequestFlipped,
    /// A bit of the reply is flipped.
    ReplyFlipped,
    /// Some bytes have gone, then nothing more happens.
    HungBefore,
    /// The request has gone and some bytes have come, then nothing more happens.
    HungAfter,
    /// An old reply comes back instead of the right one.
    OldReply,
}

const FAULTS: [Fault; 13] = [
    Fault::RequestLost,
    Fault::ReplyLost,
    Fault::Doubled,
    Fault::OldRequestFirst,
    Fault::OldRequestAfter,
    Fault::HeldBack,
    Fault::RequestCut,
    Fault::ReplyCut,
    Fault::RequestFlipped,
    Fault::ReplyFlipped,
    Fault::HungBefore,
    Fault::HungAfter,
    Fault::OldReply,
];

/// How bad the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything arrives.
    Clear,
    /// So many exchanges in a hundred go wrong, in any way.
    Bad(u8),
    /// Every exchange goes wrong in this way.
    Always(Fault),
}

/// How many old frames a line remembers.
const REMEMBERED: usize = 8;

/// A line to a hub.
#[derive(Debug)]
pub struct BadLine<H> {
    hub: H,
    chance: Chance,
    weather: Weather,
    requests: Vec<Vec<u8>>,
    replies: Vec<Vec<u8>>,
    held_back: Vec<Vec<u8>>,
    last: Fault,
}

impl<H: Hub> BadLine<H> {
    /// A line in clear weather.
    #[must_use]
    pub fn new(hub: H, seed: u64) -> Self {
        let chance = Chance::new(seed ^ 0xBAD0_11E5);
        Self {
            hub,
            chance,
            weather: Weather::Clear,
            requests: vec![],
            replies: vec![],
            held_back: vec![],
            last: Fault::None,
        }
    }

    /// Changes the weather.
    pub fn is_in(&mut self, weather: Weather) {
        self.weather = weather;
    }

    /// What happened to the last exchange.
    #[must_use]
    pub fn last_fault(&self) -> Fault {
        self.last
    }

    fn fault(&mut self) -> Fault {
        match self.weather {
            Weather::Clear => Fault::None,
            Weather::Always(fault) => fault,
            Weather::Bad(percent) if self.chance.below(100) < usize::from(percent) => {
                self.chance.pick(&FAULTS).copied().unwrap_or(Fault::None)
            }
            Weather::Bad(_) => Fault::None,
        }
    }

    fn carry(&mut self, frame: &[u8]) -> Result<Vec<u8>, HubError> {
        let reply = self.hub.exchange(frame, &mut |_| ())?;
        self.replies.push(reply.clone());
        if self.replies.len() > REMEMBERED {
            self.replies.remove(0);
        }
        Ok(reply)
    }

    fn carry_old(&mut self) {
        if let Some(old) = self.chance.pick(&self.requests).cloned() {
            self.carry(&old).ok();
        }
    }

    fn cut(&mut self, frame: &[u8]) -> Vec<u8> {
        let at = self.chance.below(frame.len());
        frame.iter().copied().take(at).collect()
    }

    fn flip(&mut self, frame: &[u8]) -> Vec<u8> {
        let mut flipped = frame.to_vec();
        let at = self.chance.below(flipped.len());
        let bit = self.chance.below(8);
        if let Some(byte) = flipped.get_mut(at) {
            *byte ^= 1 << bit;
        }
        flipped
    }
}

impl<H: Hub> Hub for BadLine<H> {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        let to_send = frame.len() as u64;
        progress(Progress { sent: 0, to_send, received: 0 });
        // What was held back arrives at some time, before what comes now.
        if !self.held_back.is_empty() && self.chance.one_in(2) {
            let late = self.held_back.remove(0);
            self.carry(&late).ok();
        }
        let fault = self.fault();
        self.last = fault;
        let done = match fault {
            Fault::None => self.carry(frame),
            Fault::RequestLost => Err(HubError::Offline),
            Fault::ReplyLost => self.carry(frame).and(Err(HubError::Offline)),
            Fault::Doubled => self.carry(frame).and_then(|_| self.carry(frame)),
            Fault::OldRequestFirst => {
                self.carry_old();
                self.carry(frame)
            }
            Fault::OldRequestAfter => {
                let reply = self.carry(frame);
                self.carry_old();
                reply
            }
            Fault::HeldBack => {
                self.held_back.push(frame.to_vec());
                Err(HubError::Offline)
            }
            Fault::RequestCut => {
                let cut = self.cut(frame);
                self.carry(&cut)
            }
            Fault::ReplyCut => self.carry(frame).map(|reply| self.cut(&reply)),
            Fault::RequestFlipped => {
                let flipped = self.flip(frame);
                self.carry(&flipped)
            }
            Fault::ReplyFlipped => self.carry(frame).map(|reply| self.flip(&reply)),
            Fault::HungBefore => {
                progress(Progress { sent: to_send / 2, to_send, received: 0 });
                Err(HubError::Offline)
            }
            Fault::HungAfter => {
                let received = self.carry(frame).map_or(0, |reply| reply.len() as u64 / 2);
                progress(Progress { sent: to_send, to_send, received });
                Err(HubError::Offline)
            }
            Fault::OldReply => {
                let reply = self.carry(frame);
                let old = self.chance.pick(&self.replies).cloned();
                reply.map(|reply| old.unwrap_or(reply))
            }
        };
        self.requests.push(frame.to_vec());
        if self.requests.len() > REMEMBERED {
            self.requests.remove(0);
        }
        if let Ok(reply) = &done {
            progress(Progress { sent: to_send, to_send, received: reply.len() as u64 });
        }
        done
    }
}
