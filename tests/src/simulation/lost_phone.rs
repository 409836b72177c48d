//! A phone is lost: it is shut out, and a new one of the same person gets back all that was handed over. When the old one
//! is found, its work stands in quarantine, each entry named, until a person lets it in; then it counts like any other.

use super::World;
use super::promises::{Kept, ensure};
use lianhu_core::exchange::Code;
use lianhu_ledger::inspect::Refused;

/// So many phones are lost in one seed.
const MOST: usize = 2;
/// So many phones are enrolled in one seed.
const MOST_PHONES: usize = 8;

impl World {
    pub(super) fn phone_is_lost(&mut self, at: usize) -> Kept {
        let shut_out = self.is_shut_out(self.members[at].phone.device);
        match self.chance.below(4) {
            0 | 1 if !shut_out && self.revoked.len() < MOST => {
                self.revokes(at)?;
                if self.members.len() < MOST_PHONES {
                    self.new_phone(self.members[at].phone.user);
                }
                Ok(())
            }
            2 if shut_out => self.whole_exchange(at),
            _ => self.lets_in(false),
        }
    }

    fn refused_as_revoked(&self) -> Result<Vec<Refused>, String> {
        let refused = self.village.county.with(|county| county.all_refused()).map_err(|error| error.to_string())?;
        Ok(refused.into_iter().filter(|refused| refused.code == Some(Code::Revoked)).collect())
    }

    /// A person looks at what stands in quarantine because its device was shut out, and lets it in, all or some.
    pub(super) fn lets_in(&mut self, all: bool) -> Kept {
        let named = self.village.county.with(|county| county.quarantined()).map_err(|error| error.to_string())?;
        for refused in self.refused_as_revoked()? {
            let name = refused.name;
            let told = named.iter().any(|row| row.entry == name && row.code == refused.code && row.about.is_some());
            ensure(told, || format!("{name:?} stands in quarantine and is not named there"))?;
            if !all && self.chance.one_in(2) {
                continue;
            }
            // An erasure, or a letting in, that was let in a moment ago may have taken it along.
            if !self.refused_as_revoked()?.iter().any(|left| left.name == name) {
                continue;
            }
            let released = self.village.county.with(|county| county.release(name));
            let released = released.map_err(|error| format!("{name:?} could not be let in: {error}"))?;
            self.tells(format!("{name:?} of a phone that was shut out is let in: {released:?}"));
        }
        self.check_county()
    }

    /// Once all was let in, nothing stands aside any more because its device was shut out, but for what came in an envelope
    /// that a restored county has lost: then nobody vouches for it.
    pub(super) fn check_let_in(&self) -> Kept {
        let left = self.refused_as_revoked()?;
        let left = left.first().filter(|_| self.life() == 0);
        ensure(left.is_none(), || format!("{:?} was let in and stands aside still", left.map(|left| left.name)))
    }
}
