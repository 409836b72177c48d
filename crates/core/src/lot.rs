//! The numbers an inspector sees in place of households, and the lot by which samples are drawn.
//!
//! Both follow from a key of the inspection that the county alone can work out. The key of the lot is promised by its hash
//! before the inspector types any words, and told when the inspection has ended: so the inspector cannot try out words
//! beforehand, and the county cannot choose among lots afterwards; then anybody can draw again and get the same.

use crate::ids::{EntryName, Hash, HouseholdId};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;

/// Letters of a number: 50 bits, so that no two households of a county have the same.
const LETTERS: usize = 10;
const GROUP: usize = 5;

/// The key of one inspection. It is computed when it is needed and stored nowhere.
pub struct InspectionKey([u8; 32]);

/// What stands in place of a household in one inspection; in another it is another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HouseholdCode(String);

/// The key of the lot of one inspection.
pub struct LotKey([u8; 32]);

impl InspectionKey {
    /// The key of the inspection that this entry opened, from the seed of the county's own key.
    #[must_use]
    pub fn of(seed: &[u8; 32], inspection: EntryName) -> Self {
        Self(mac(seed, &[b"lianhu inspection 1\0", &inspection.0]))
    }

    /// What stands in place of a household.
    #[must_use]
    pub fn code(&self, household: HouseholdId) -> HouseholdCode {
        let letters = BASE32_NOPAD.encode(&mac(&self.0, &[b"household\0", household.bytes()]));
        HouseholdCode(letters.chars().take(LETTERS).collect())
    }

    /// The key of its lot.
    #[must_use]
    pub fn lot(&self) -> LotKey {
        LotKey(mac(&self.0, &[b"lot\0"]))
    }
}

impl HouseholdCode {
    /// Reads one as it stands in a page, with or without the space in its middle.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters: String = text.chars().filter(|letter| !letter.is_whitespace()).take(LETTERS + 1).collect();
        let fits = letters.len() == LETTERS && letters.chars().all(|one| matches!(one, 'A'..='Z' | '2'..='7'));
        fits.then_some(Self(letters))
    }

    /// Its letters without a space: what the lot is drawn over.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HouseholdCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at_checked(GROUP).unwrap_or((&self.0, ""));
        write!(f, "{first} {second}")
    }
}

impl LotKey {
    /// The promise: SHA-256 of the key, shown before any words are typed.
    #[must_use]
    pub fn promise(&self) -> Hash {
        Hash::of(&[&self.0])
    }

    /// The key itself, for whoever draws again once the inspection has ended.
    #[must_use]
    pub fn told(&self) -> Hash {
        Hash(self.0)
    }

    /// The key as it was told, to draw again.
    #[must_use]
    pub fn again(told: Hash) -> Self {
        Self(told.0)
    }

    /// The lot of one number in one draw: HMAC-SHA-256 under the key over `draw|words|number` in UTF-8. The smallest lots
    /// are drawn. It depends on no other number: whoever adds a household to the list moves nobody else's lot.
    #[must_use]
    pub fn lot(&self, draw: u32, words: &str, code: &HouseholdCode) -> Hash {
        Hash(mac(&self.0, &[format!("{draw}|{words}|{}", code.letters()).as_bytes()]))
    }

    /// Draws so many of these numbers, the smallest lot first.
    #[must_use]
    pub fn draw<'a>(
        &self,
        draw: u32,
        words: &str,
        list: impl Iterator<Item = &'a HouseholdCode>,
        many: usize,
    ) -> Vec<&'a HouseholdCode> {
        let mut lots: Vec<(Hash, &HouseholdCode)> = list.map(|code| (self.lot(draw, words, code), code)).collect();
        lots.sort_unstable();
        lots.into_iter().take(many).map(|(_, code)| code).collect()
    }
}

/// By what a list is known: SHA-256 of its numbers, rising, each with a line feed.
#[must_use]
pub fn list_hash<'a>(list: impl Iterator<Item = &'a HouseholdCode>) -> Hash {
    let mut codes: Vec<&HouseholdCode> = list.collect();
    codes.sort_unstable();
    let lines: Vec<String> = codes.iter().map(|code| format!("{}\n", code.letters())).collect();
    Hash::of(&[lines.concat().as_bytes()])
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for InspectionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InspectionKey(…)")
    }
}

impl fmt::Debug for LotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LotKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Moment;
    use crate::surroundings::Staged;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const SEED: [u8; 32] = [7; 32];

    fn households(seed: u64, many: usize) -> Vec<HouseholdId> {
        let around = Staged::new(seed, Moment(0));
        (0..many).map(|_| HouseholdId::mint(&around)).collect()
    }

    #[test]
    fn a_household_has_another_number_in_another_inspection_and_in_another_county() {
        let [household, other]: [HouseholdId; 2] = households(1, 2).try_into().unwrap();
        let code = |seed, name| InspectionKey::of(seed, EntryName([name; 32])).code(household);
        let here = code(&SEED, 1);
        assert_eq!(code(&SEED, 1), here);
        assert_eq!(HouseholdCode::parse(&here.to_string()), Some(here.clone()));
        assert_ne!(code(&SEED, 2), here);
        assert_ne!(code(&[8; 32], 1), here);
        assert_ne!(InspectionKey::of(&SEED, EntryName([1; 32])).code(other), here);
        for text in ["", "ABCDE", "ABCDE FGHI1", "abcde fghij", "ABCDE FGHIJK"] {
            assert_eq!(HouseholdCode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_drawn_can_be_worked_out_by_anybody_who_has_the_key() {
        let key = InspectionKey::of(&SEED, EntryName([1; 32]));
        let codes: Vec<_> = households(2, 40).into_iter().map(|one| key.code(one)).collect();
        let drawn = key.lot().draw(1, "风吹稻花香", codes.iter(), 5);
        // By hand, from what is told: the key, the draw, the words and the list.
        let told = key.lot().told();
        assert_eq!(Hash::of(&[&told.0]), key.lot().promise());
        assert_eq!(LotKey::again(told).draw(1, "风吹稻花香", codes.iter(), 5), drawn);
        let mut by_hand: Vec<(Vec<u8>, String)> = codes
            .iter()
            .map(|code| {
                let mut mac = Hmac::<Sha256>::new_from_slice(&told.0).unwrap();
                mac.update(format!("1|风吹稻花香|{}", code.to_string().replace(' ', "")).as_bytes());
                (mac.finalize().into_bytes().to_vec(), code.letters().to_owned())
            })
            .collect();
        by_hand.sort();
        let by_hand: Vec<_> = by_hand.into_iter().take(5).map(|(_, code)| code).collect();
        assert_eq!(drawn.iter().map(|code| code.letters()).collect::<Vec<_>>(), by_hand);
    }

    #[test]
    fn every_household_is_drawn_about_as_often_as_any_other() {
        let key = InspectionKey::of(&SEED, EntryName([3; 32]));
        let codes: Vec<_> = households(4, 20).into_iter().map(|one| key.code(one)).collect();
        let mut times = vec![0; codes.len()];
        for draw in 0..2_000 {
            for code in key.lot().draw(draw, "一样的话", codes.iter(), 5) {
                times[codes.iter().position(|one| one == code).unwrap()] += 1;
            }
        }
        // 500 each; six standard deviations to either side.
        assert!(times.iter().all(|times| (380..=620).contains(times)), "{times:?}");
    }

    proptest! {
        /// Nobody can push another out of a draw, or into it, by what they add to the list but with a smaller lot of their own.
        #[test]
        fn a_household_that_is_added_moves_nobody_elses_lot(seed in 0u64..1000, many in 3usize..30, wanted in 1usize..6) {
            let key = InspectionKey::of(&SEED, EntryName([5; 32]));
            let codes: Vec<_> = households(seed, many).into_iter().map(|one| key.code(one)).collect();
            let (last, before) = codes.split_last().unwrap();
            let were: BTreeSet<_> = key.lot().draw(1, "四个字呀", before.iter(), wanted).into_iter().collect();
            let are: BTreeSet<_> = key.lot().draw(1, "四个字呀", codes.iter(), wanted).into_iter().collect();
            prop_assert!(are.difference(&were).all(|new| *new == last));
            prop_assert!(were.difference(&are).count() <= 1);
            prop_assert_eq!(list_hash(codes.iter()), list_hash(codes.iter().rev()));
            prop_assert_ne!(list_hash(codes.iter()), list_hash(before.iter()));
        }
    }
}
