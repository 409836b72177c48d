//! Chance that can be repeated: the same seed, the same throws.

use lianhu_core::day::Moment;
use lianhu_core::surroundings::{Staged, Surroundings};

/// A die that a seed has loaded.
#[derive(Debug)]
pub struct Chance(Staged);

impl Chance {
    /// The die of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Staged::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D), Moment(0)))
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number below this one; 0 below 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1) as u64;
        usize::try_from(self.any() % bound).unwrap_or(0)
    }

    /// Whether it happens, once in so many times.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let at = self.below(among.len());
        among.get(at)
    }

    /// Bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0.fill(&mut bytes);
        bytes
    }
}
