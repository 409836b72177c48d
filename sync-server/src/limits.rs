//! How much one may ask for: each device by itself, an address only where nobody is known yet. A whole township sits
//! behind one address, so nothing but wrong codes is counted against it.

use lianhu_core::ids::{DeviceId, EntryName};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Exchanges a second that a device gets, on average and at once. A device that fetches a whole county page by page
/// on a fast line is slowed down to this, not refused.
const PACE: f64 = 50.0;
const AT_ONCE: f64 = 100.0;
/// How many more may wait for their turn; what comes beyond is no honest device.
const MOST_WAITING: f64 = 50.0;
/// Openings of samples within one inspection, a second and at once: every one is written down for good, and told to a helper.
const OPENINGS: f64 = 0.2;
const OPENINGS_AT_ONCE: f64 = 100.0;
/// Wrong codes that may come from one address, and from everywhere, within [`WINDOW`].
const WRONG_HERE: u32 = 60;
const WRONG_ANYWHERE: u32 = 1000;
const WINDOW: Duration = Duration::from_secs(600);
/// More addresses than this are not told apart.
const MOST_ADDRESSES: usize = 10_000;

/// What everybody has asked for lately. It is forgotten when the server stops.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    devices: Mutex<BTreeMap<DeviceId, Pace>>,
    wrong: Mutex<Wrong>,
    openings: Mutex<BTreeMap<EntryName, Pace>>,
}

#[derive(Debug)]
struct Pace {
    left: f64,
    at: Instant,
}

impl Pace {
    fn rest(&mut self, a_second: f64, most: f64, now: Instant) {
        let rested = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + rested * a_second).min(most);
        self.at = now;
    }
}

#[derive(Debug, Default)]
struct Wrong {
    here: BTreeMap<IpAddr, Count>,
    anywhere: Option<Count>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Instant,
    times: u32,
}

impl Limits {
    /// How long a device, known by its signature, has to wait before it is answered; nothing when too many of its
    /// requests are waiting already.
    pub(crate) fn turn(&self, device: DeviceId, now: Instant) -> Option<Duration> {
        let mut devices = held(&self.devices);
        let pace = devices.entry(device).or_insert(Pace { left: AT_ONCE, at: now });
        pace.rest(PACE, AT_ONCE, now);
        if pace.left < 1.0 - MOST_WAITING {
            return None;
        }
        pace.left -= 1.0;
        Some(Duration::from_secs_f64((-pace.left).max(0.0) / PACE))
    }

    /// Whether one more sample of this inspection is opened now.
    pub(crate) fn may_open(&self, inspection: EntryName, now: Instant) -> bool {
        let mut openings = held(&self.openings);
        let pace = openings.entry(inspection).or_insert(Pace { left: OPENINGS_AT_ONCE, at: now });
        pace.rest(OPENINGS, OPENINGS_AT_ONCE, now);
        let may = pace.left >= 1.0;
        if may {
            pace.left -= 1.0;
        }
        may
    }

    /// Whether a code from this address is looked at now.
    pub(crate) fn may_enrol(&self, address: IpAddr, now: Instant) -> bool {
        let wrong = held(&self.wrong);
        let within = |count: &Count, most| count.times < most || now.saturating_duration_since(count.since) > WINDOW;
        let here = wrong.here.get(&address).is_none_or(|count| within(count, WRONG_HERE));
        // A flood from everywhere closes the door to those who take part in it, not to a first honest try.
        let anywhere = wrong.anywhere.as_ref().is_none_or(|count| within(count, WRONG_ANYWHERE));
        here && (anywhere || !wrong.here.contains_key(&address))
    }

    /// A code from this address was wrong.
    pub(crate) fn was_wrong(&self, address: IpAddr, now: Instant) {
        let mut wrong = held(&self.wrong);
        if wrong.here.len() >= MOST_ADDRESSES {
            wrong.here.retain(|_, count| now.saturating_duration_since(count.since) <= WINDOW);
        }
        let fresh = Count { since: now, times: 0 };
        if wrong.here.len() < MOST_ADDRESSES {
            count(wrong.here.entry(address).or_insert(fresh), now);
        }
        count(wrong.anywhere.get_or_insert(fresh), now);
    }
}

fn count(count: &mut Count, now: Instant) {
    if now.saturating_duration_since(count.since) > WINDOW {
        *count = Count { since: now, times: 0 };
    }
    count.times = count.times.saturating_add(1);
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianhu_core::surroundings::Staged;

    #[test]
    fn a_device_that_hurries_waits_and_the_others_do_not() {
        let around = Staged::new(1, lianhu_core::day::Moment(0));
        let (hurried, calm) = (DeviceId::mint(&around), DeviceId::mint(&around));
        let (limits, now) = (Limits::default(), Instant::now());
        let turns: Vec<_> = (0..200).map(|_| limits.turn(hurried, now)).collect();
        assert_eq!(turns.iter().filter(|turn| **turn == Some(Duration::ZERO)).count(), 100);
        assert_eq!(turns[149], Some(Duration::from_secs(1)), "the last that may wait");
        assert!(turns.iter().skip(150).all(Option::is_none));
        assert_eq!(limits.turn(calm, now), Some(Duration::ZERO));
        let later = now + Duration::from_secs(2);
        assert_eq!(limits.turn(hurried, later), Some(Duration::ZERO));
    }

    #[test]
    fn all_samples_of_an_inspection_open_at_once_and_a_hundred_more_take_their_time() {
        let (limits, now) = (Limits::default(), Instant::now());
        let (hurried, calm) = (EntryName([1; 32]), EntryName([2; 32]));
        assert_eq!((0..150).filter(|_| limits.may_open(hurried, now)).count(), 100);
        assert!(limits.may_open(calm, now));
        assert_eq!((0..150).filter(|_| limits.may_open(hurried, now + Duration::from_secs(60))).count(), 12);
    }

    #[test]
    fn wrong_codes_close_the_door_for_ten_minutes_and_right_ones_never() {
        let (limits, now) = (Limits::default(), Instant::now());
        let (township, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for _ in 0..60 {
            assert!(limits.may_enrol(township, now));
            limits.was_wrong(township, now);
        }
        assert!(!limits.may_enrol(township, now));
        assert!(limits.may_enrol(other, now));
        assert!(limits.may_enrol(township, now + Duration::from_secs(601)));
    }

    #[test]
    fn a_flood_from_everywhere_leaves_room_for_a_first_try() {
        let (limits, now) = (Limits::default(), Instant::now());
        let address = |at: u32| IpAddr::from((10 << 24 | at).to_be_bytes());
        for at in 0..1000 {
            limits.was_wrong(address(at), now);
        }
        assert!(!limits.may_enrol(address(5), now));
        assert!(limits.may_enrol(address(5000), now));
    }
}
