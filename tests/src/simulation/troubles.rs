//! The troubles of a seed: each draws some of them, and now and then one of their acts is played between its steps. What
//! they promise is checked with everything else, after every act and at the end.

use super::World;
use crate::Chance;

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    /// Clocks that are years off: a phone's, the county's.
    Clocks,
    /// Phones that are lost and shut out; a new one takes their place, and what was on them is let in.
    LostPhones,
    /// A device with good keys and a bad will.
    Intruder,
    /// Disks that are full for a while.
    FullDisks,
    /// Files carried by hand, in any order, twice, cut short, altered.
    Files,
    /// Facts that count only once they are confirmed, and people who say the same.
    Weight,
    /// Cards that were written twice, joined and parted.
    Joins,
    /// Households that are erased by law.
    Erasures,
    /// Roles that end, teams, townships that direct.
    Hands,
    /// Inspections, what is told in them, samples that are drawn and opened.
    Inspections,
    /// Unmasked exports that somebody asks for and somebody else grants.
    Exports,
}

const ALL: [Trouble; 11] = [
    Trouble::Clocks,
    Trouble::LostPhones,
    Trouble::Intruder,
    Trouble::FullDisks,
    Trouble::Files,
    Trouble::Weight,
    Trouble::Joins,
    Trouble::Erasures,
    Trouble::Hands,
    Trouble::Inspections,
    Trouble::Exports,
];

/// How many there were before inspections and exports.
const NINE: usize = 9;

/// Where these are, everybody has a phone: whoever directs has to have something to direct with.
pub(super) const OF_MANY_HANDS: [Trouble; 5] =
    [Trouble::Joins, Trouble::Erasures, Trouble::Hands, Trouble::Inspections, Trouble::Exports];

/// The troubles of this seed: three to four on average, one at least.
pub(super) fn drawn(seed: u64) -> Vec<Trouble> {
    drawn_of(&ALL, seed)
}

/// Those it had while there were nine of them.
pub(super) fn drawn_of_nine(seed: u64) -> Vec<Trouble> {
    drawn_of(&ALL[..NINE], seed)
}

fn drawn_of(all: &[Trouble], seed: u64) -> Vec<Trouble> {
    let mut chance = Chance::new(seed ^ 0x7E57_0B1E);
    let some: Vec<_> = all.iter().copied().filter(|_| chance.below(3) == 0).collect();
    if some.is_empty() { chance.pick(all).copied().into_iter().collect() } else { some }
}

impl World {
    /// One act of one of the seed's troubles; says which phones it touched.
    pub(super) fn trouble(&mut self) -> Result<Vec<usize>, String> {
        let at = self.chance.below(self.members.len());
        match self.chance.pick(&self.troubles).copied() {
            Some(Trouble::Clocks) => self.clock_jumps(at),
            Some(Trouble::LostPhones) => self.phone_is_lost(at)?,
            Some(Trouble::Intruder) => self.intrudes()?,
            Some(Trouble::FullDisks) => self.disk_is_full(at)?,
            Some(Trouble::Files) => self.file_is_carried(at)?,
            Some(Trouble::Weight) => self.weighs(at)?,
            Some(Trouble::Joins) => self.joins(at)?,
            Some(Trouble::Erasures) => return self.erases(at),
            Some(Trouble::Hands) => self.changes_hands(at)?,
            // One thing follows from another here: a single act shows little.
            Some(Trouble::Inspections) => (0..1 + self.chance.below(3)).try_for_each(|_| self.inspects(at))?,
            Some(Trouble::Exports) => (0..1 + self.chance.below(4)).try_for_each(|_| self.exports(at))?,
            None => {}
        }
        Ok(vec![at])
    }

    pub(super) fn has(&self, trouble: Trouble) -> bool {
        self.troubles.contains(&trouble)
    }
}
