//! Who has shown a pass: kept in memory only, forgotten after half an hour without a page, after half a day in any case, and
//! when the server stops.

use lianhu_core::ids::{EntryName, Hash};
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::Machine;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const IDLE: Duration = Duration::from_secs(30 * 60);
const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// More than come to one county at a time; beyond it the one who was here longest ago makes room.
const MOST: usize = 200;
/// Of one inspection: whoever signs in over and over sends away nobody of another.
const MOST_OF_ONE: usize = 20;

/// Those who are here, each by the hash of what their browser shows: the time a look-up takes tells nothing of that.
#[derive(Default)]
pub(super) struct Guests(Mutex<BTreeMap<Hash, Guest>>);

struct Guest {
    inspection: EntryName,
    since: Instant,
    seen: Instant,
}

impl Guest {
    fn is_here(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.seen) < IDLE && now.saturating_duration_since(self.since) < LONGEST
    }
}

impl Guests {
    /// Lets somebody in; what their browser is to show from now on.
    pub(super) fn welcome(&self, inspection: EntryName, now: Instant) -> Hash {
        let mut token = Hash::default();
        Machine.fill(&mut token.0);
        let mut guests = self.held();
        guests.retain(|_, guest| guest.is_here(now));
        let is_of_it = |guest: &Guest| guest.inspection == inspection;
        if guests.values().filter(|guest| is_of_it(guest)).count() >= MOST_OF_ONE {
            send_away(&mut guests, is_of_it);
        } else if guests.len() >= MOST {
            send_away(&mut guests, |_| true);
        }
        guests.insert(Hash::of(&[&token.0]), Guest { inspection, since: now, seen: now });
        token
    }

    /// The inspection of whoever shows this.
    pub(super) fn inspection_of(&self, token: &str, now: Instant) -> Option<EntryName> {
        let shown = Hash::parse(token)?;
        let mut guests = self.held();
        let guest = guests.get_mut(&Hash::of(&[&shown.0])).filter(|guest| guest.is_here(now))?;
        guest.seen = now;
        Some(guest.inspection)
    }

    pub(super) fn forget(&self, token: &str) {
        if let Some(shown) = Hash::parse(token) {
            self.held().remove(&Hash::of(&[&shown.0]));
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<Hash, Guest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends away the one of these who turned a page longest ago.
fn send_away(guests: &mut BTreeMap<Hash, Guest>, which: impl Fn(&Guest) -> bool) {
    let these = guests.iter().filter(|(_, guest)| which(guest));
    if let Some(first) = these.min_by_key(|(_, guest)| guest.seen).map(|(shown, _)| *shown) {
        guests.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_known_while_they_turn_pages_and_no_longer_than_half_a_day() {
        let (guests, mut now) = (Guests::default(), Instant::now());
        let token = guests.welcome(EntryName([1; 32]), now).to_string();
        for _ in 0..24 {
            now += Duration::from_secs(29 * 60);
            assert_eq!(guests.inspection_of(&token, now), Some(EntryName([1; 32])));
        }
        assert_eq!(guests.inspection_of(&token, now + Duration::from_secs(29 * 60)), None, "over half a day");
        let token = guests.welcome(EntryName([1; 32]), now).to_string();
        assert_eq!(guests.inspection_of(&token, now + IDLE), None);
        for wrong in ["", "00", &"0".repeat(64), "../../etc/passwd"] {
            assert_eq!(guests.inspection_of(wrong, now), None, "{wrong}");
        }
        let token = guests.welcome(EntryName([2; 32]), now).to_string();
        guests.forget(&token);
        assert_eq!(guests.inspection_of(&token, now), None);
    }

    #[test]
    fn there_is_room_for_so_many_and_the_one_away_longest_makes_room() {
        let (guests, now) = (Guests::default(), Instant::now());
        let first = guests.welcome(EntryName([0; 32]), now).to_string();
        let later = now + Duration::from_secs(1);
        let of = |at: usize| EntryName([u8::try_from(1 + at / MOST_OF_ONE).unwrap(); 32]);
        let others: Vec<_> = (0..MOST).map(|at| guests.welcome(of(at), later).to_string()).collect();
        assert_eq!(guests.inspection_of(&first, later), None);
        assert!(others.iter().all(|token| guests.inspection_of(token, later).is_some()));
    }

    #[test]
    fn whoever_signs_in_over_and_over_sends_away_nobody_of_another_inspection() {
        let (guests, now) = (Guests::default(), Instant::now());
        let other = guests.welcome(EntryName([0; 32]), now).to_string();
        let later = now + Duration::from_secs(1);
        let one = guests.welcome(EntryName([1; 32]), later).to_string();
        let last = later + Duration::from_secs(1);
        for _ in 0..MOST * 2 {
            guests.welcome(EntryName([1; 32]), last);
        }
        assert_eq!(guests.inspection_of(&one, last), None);
        assert_eq!(guests.inspection_of(&other, last), Some(EntryName([0; 32])));
    }
}
