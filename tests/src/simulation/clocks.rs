//! Clocks that are years off. Nothing may hang on them: numbers order, and what a clock said is its word only. One thing
//! does hang on the county's, and is told here: for half a year by it phones keep what they handed over.

use super::World;

const YEAR: i64 = 365 * 86_400;

impl World {
    /// A phone's clock, or the county's, jumps by years, either way; or it is set right again.
    pub(super) fn clock_jumps(&mut self, at: usize) {
        let years = [-9, -3, -1, 1, 4, 12][self.chance.below(6)];
        let off = if self.chance.one_in(3) { 0 } else { years * YEAR + self.chance.below(86_400) as i64 };
        if self.chance.one_in(3) {
            self.tells(format!("the county's clock is off by {off} seconds"));
            self.village.county.clock().is_off_by(off);
            self.wire.let_go |= off > YEAR / 2;
            self.back_ups_age();
        } else {
            self.tells(format!("the clock of {} is off by {off} seconds", self.members[at].name));
            self.members[at].phone.clock().is_off_by(off);
        }
    }
}
