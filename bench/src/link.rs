//! A bad line in user space: a relay on the loopback that is as slow, far and lossy as told, and counts what passes.
//!
//! A token bucket for each direction (40 bytes more for every segment of 1,400), half the round trip as delay each way, a
//! lost segment as a stall of all that follows (one round trip; at least a second for the last of a burst), so many
//! round trips to set up a new connection, and a cut after so long.

use anyhow::Result;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::chance::Chance;

const SEGMENT: usize = 1400;
const SEGMENT_HEAD: u64 = 40;

/// What the line is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Bits a second, each way; none is as fast as the machine.
    pub(crate) bits: Option<u64>,
    /// There and back.
    pub(crate) round_trip: Duration,
    /// Lost segments in a thousand.
    pub(crate) lost: u64,
    /// Round trips before the first byte of a new connection.
    pub(crate) set_up: u32,
    /// How long a connection lives.
    pub(crate) cut: Option<Duration>,
    /// After how many bytes to the county it breaks.
    pub(crate) breaks_after: Option<u64>,
}

impl Terms {
    /// As fast as the machine: for counting bytes.
    pub(crate) const FAST: Self =
        Self { bits: None, round_trip: Duration::ZERO, lost: 0, set_up: 0, cut: None, breaks_after: None };
    /// A hillside: 50 kbit/s each way, 700 ms there and back, two round trips to set up (TCP and TLS 1.3).
    pub(crate) const HILLSIDE: Self =
        Self { bits: Some(50_000), round_trip: Duration::from_millis(700), set_up: 2, ..Self::FAST };
}

/// What has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Passed {
    /// Bytes to the county.
    pub(crate) up: u64,
    /// Bytes from it.
    pub(crate) down: u64,
    /// How often the direction changed.
    pub(crate) flights: u64,
    /// New connections.
    pub(crate) connections: u64,
}

impl Passed {
    /// Both directions.
    pub(crate) fn bytes(&self) -> u64 {
        self.up + self.down
    }

    /// There and back.
    pub(crate) fn round_trips(&self) -> u64 {
        self.flights.div_ceil(2)
    }
}

#[derive(Debug, Default)]
struct Counts {
    up: AtomicU64,
    down: AtomicU64,
    flights: AtomicU64,
    connections: AtomicU64,
}

/// A line that is up until the program ends.
#[derive(Debug)]
pub(crate) struct Link {
    /// Where it listens.
    pub(crate) at: SocketAddr,
    counts: Arc<Counts>,
}

impl Link {
    /// Lays a line to this address.
    pub(crate) fn lay(to: SocketAddr, terms: Terms) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let at = listener.local_addr()?;
        let counts = Arc::new(Counts::default());
        let shared = counts.clone();
        std::thread::spawn(move || {
            for (near, seed) in listener.incoming().flatten().zip(1..) {
                if let Ok(far) = TcpStream::connect(to) {
                    shared.connections.fetch_add(1, Ordering::SeqCst);
                    connect(near, far, terms, &shared, seed).ok();
                }
            }
        });
        Ok(Self { at, counts })
    }

    /// What has passed since this was last asked.
    pub(crate) fn passed(&self) -> Passed {
        let take = |count: &AtomicU64| count.swap(0, Ordering::SeqCst);
        let Counts { up, down, flights, connections } = &*self.counts;
        Passed { up: take(up), down: take(down), flights: take(flights), connections: take(connections) }
    }
}

/// Lays both directions of a new connection.
fn connect(near: TcpStream, far: TcpStream, terms: Terms, counts: &Arc<Counts>, seed: u64) -> Result<()> {
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let begun = Instant::now();
    let last = Arc::new(AtomicU8::new(0));
    for (way, from, to) in [(1, near.try_clone()?, far.try_clone()?), (2, far, near)] {
        let (counts, last) = (counts.clone(), last.clone());
        let chance = Mutex::new(Chance::new(seed * 2 + u64::from(way)));
        let mut free = begun;
        if way == 1 {
            free += terms.round_trip * terms.set_up;
        }
        let (ahead, behind) = sync_channel(64);
        let source = from.try_clone()?;
        std::thread::spawn(move || {
            let mut from = source;
            let mut buffer = [0; SEGMENT];
            let mut floor = begun;
            let mut came = 0;
            while let Ok(len) = from.read(&mut buffer) {
                let Some(chunk) = buffer.get(..len).filter(|chunk| !chunk.is_empty()) else { break };
                let count = if way == 1 { &counts.up } else { &counts.down };
                count.fetch_add(len as u64, Ordering::SeqCst);
                if last.swap(way, Ordering::SeqCst) != way {
                    counts.flights.fetch_add(1, Ordering::SeqCst);
                }
                let now = Instant::now();
                let bits = (len as u64 + SEGMENT_HEAD) * 8;
                free = free.max(now)
                    + terms.bits.map_or(Duration::ZERO, |speed| Duration::from_micros(bits * 1_000_000 / speed));
                let mut due = free + terms.round_trip / 2;
                let lost = chance.lock().is_ok_and(|mut chance| chance.below(1000) < terms.lost);
                if lost {
                    let least = if len < SEGMENT { Duration::from_secs(1) } else { Duration::ZERO };
                    due += terms.round_trip.max(least);
                }
                floor = floor.max(due);
                came += len as u64;
                // What comes before the break still arrives: a request is cut in two, not left out.
                let over = terms.breaks_after.filter(|_| way == 1).map_or(0, |bytes| came.saturating_sub(bytes));
                let passing = chunk.get(..len - usize::try_from(over).unwrap_or(len).min(len)).unwrap_or_default();
                let is_late = terms.cut.is_some_and(|cut| now.duration_since(begun) > cut);
                if is_late || ahead.send((floor, passing.to_vec())).is_err() || over > 0 {
                    from.shutdown(Shutdown::Both).ok();
                    break;
                }
            }
        });
        std::thread::spawn(move || deliver(&behind, to, &from));
    }
    Ok(())
}

/// Hands on what has come due; closes both ends when nothing comes any more.
#[expect(clippy::disallowed_methods, reason = "the line is slow on purpose: here the time is the thing itself")]
fn deliver(behind: &Receiver<(Instant, Vec<u8>)>, mut to: TcpStream, from: &TcpStream) {
    while let Ok((due, chunk)) = behind.recv() {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&chunk).is_err() {
            break;
        }
    }
    to.shutdown(Shutdown::Write).ok();
    from.shutdown(Shutdown::Read).ok();
}
