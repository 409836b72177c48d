//! What makes two cards look like one household written down twice, or two names on them like one person. Likeness is a
//! reason to look, never a decision.

use crate::ids::{Hash, PlaceId};
use crate::pinyin::readings;
use crate::search_key::Door;
use crate::text::{is_han, tidy_cell, to_simplified};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// In what two cards agree; the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// 证件号码 of a person.
    IdNo,
    /// 户编号.
    NationalNo,
    /// Name, day of birth and sex of a person.
    Born,
    /// A telephone number, and a name that sounds alike.
    Phone,
    /// The head's name, and the village.
    HeadVillage,
    /// The room they live in.
    Door,
}

const LIKENESSES: [Likeness; 6] =
    [Likeness::IdNo, Likeness::NationalNo, Likeness::Born, Likeness::Phone, Likeness::HeadVillage, Likeness::Door];

/// A household as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// 户编号.
    pub national_no: Option<String>,
    /// 联系电话 of the household.
    pub phone: Option<String>,
    /// The home village.
    pub village: Option<PlaceId>,
    /// Where they live now: the place, or what is written as the site.
    pub lives_in: Option<String>,
    /// Building, unit and room.
    pub door: [Option<String>; 3],
    /// Those who count as living here.
    pub persons: Vec<ComparedPerson>,
}

/// A person as compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComparedPerson {
    /// Their name.
    pub name: String,
    /// Whether they are the head.
    pub is_head: bool,
    /// 性别.
    pub sex: Option<String>,
    /// 出生日期.
    pub birth: Option<String>,
    /// 证件号码.
    pub id_no: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
}

/// Something by which a household is compared: what it is, spelled so that equal means alike, and of which person.
type Term = (Likeness, String, Option<usize>);

/// Why two households look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// In what they agree.
    pub likeness: Likeness,
    /// By which person of the one and of the other, where it is by persons.
    pub persons: Option<(usize, usize)>,
}

impl Likeness {
    /// Reads it back from a key.
    #[must_use]
    pub fn of_key(key: i64) -> Option<Self> {
        LIKENESSES.get(usize::try_from(key & 7).ok()?).copied()
    }
}

impl Compared {
    /// The keys under which it is looked up: whoever has one of them in common is alike. They stay in the ledger that
    /// computed them.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<i64> {
        self.terms().iter().map(|(likeness, term, _)| key(*likeness, term)).collect()
    }

    /// Why this one and another look alike, the strongest reason first; each once for each pair of persons.
    #[must_use]
    pub fn reasons(&self, other: &Self) -> Vec<Reason> {
        let theirs = other.terms();
        let mut found = BTreeSet::new();
        for (likeness, term, mine) in self.terms() {
            for (_, _, his) in theirs.iter().filter(|(also, same, _)| *also == likeness && *same == term) {
                found.insert(Reason { likeness, persons: mine.zip(*his) });
            }
        }
        found.into_iter().collect()
    }

    fn terms(&self) -> Vec<Term> {
        let mut terms = Vec::new();
        let head = self.persons.iter().position(|person| person.is_head).or((!self.persons.is_empty()).then_some(0));
        for (at, person) in self.persons.iter().enumerate() {
            let name = bare(&person.name);
            if let Some(number) = person.id_no.as_deref().and_then(number_of) {
                terms.push((Likeness::IdNo, number, Some(at)));
            }
            if let Some((birth, sex)) = person.born().filter(|_| !name.is_empty()) {
                terms.push((Likeness::Born, format!("{name}|{birth}|{sex}"), Some(at)));
            }
            let household = self.phone.as_deref().filter(|_| Some(at) == head);
            for phone in [person.phone.as_deref(), household].into_iter().flatten().filter_map(phone_of) {
                let sounds = readings(&name).into_iter().map(|reading| format!("{phone}|{}", reading.initials()));
                terms.extend(sounds.map(|sound| (Likeness::Phone, sound, Some(at))));
            }
            if let (Some(village), true) = (self.village, Some(at) == head && !name.is_empty()) {
                terms.push((Likeness::HeadVillage, format!("{name}|{village}"), Some(at)));
            }
        }
        if let Some(number) = self.national_no.as_deref().and_then(number_of) {
            terms.push((Likeness::NationalNo, number, None));
        }
        let [building, unit, room] = self.door.each_ref().map(|part| part.as_deref().unwrap_or_default());
        if let (Some(place), false) = (&self.lives_in, room.is_empty()) {
            terms.push((Likeness::Door, format!("{place}|{}", Door::of(building, unit, room).key()), None));
        }
        terms
    }
}

impl ComparedPerson {
    /// Day of birth and sex, as written down or as the certificate's number says.
    fn born(&self) -> Option<(String, String)> {
        let number = self.id_no.as_deref().and_then(number_of).filter(|number| number.len() == 18);
        let by_number = |from: usize, to: usize| number.as_deref().and_then(|number| number.get(from..to));
        let birth = self.birth.as_deref().map(|birth| birth.chars().filter(char::is_ascii_digit).collect::<String>());
        let birth = birth.filter(|birth| birth.len() == 8).or_else(|| by_number(6, 14).map(str::to_owned))?;
        let odd = by_number(16, 17).and_then(|digit| digit.parse::<u8>().ok()).map(|digit| digit % 2 == 1);
        let by_number = odd.map(|odd| if odd { "男" } else { "女" });
        let sex = self.sex.as_deref().map(|sex| sex.chars().take(1).collect::<String>());
        Some((birth, sex.or_else(|| by_number.map(str::to_owned)).unwrap_or_default()))
    }
}

fn key(likeness: Likeness, term: &str) -> i64 {
    let place = LIKENESSES.iter().position(|known| *known == likeness).unwrap_or_default();
    let hash = Hash::of(&[b"lianhu alike 1\0", &[u8::try_from(place).unwrap_or(7)], term.as_bytes()]);
    let first = hash.0.first_chunk::<8>().copied().unwrap_or_default();
    (i64::from_be_bytes(first) & !7) | i64::try_from(place).unwrap_or(7)
}

/// A name in Simplified characters, without dots and spaces.
fn bare(name: &str) -> String {
    to_simplified(&tidy_cell(name)).chars().filter(|c| is_han(*c) || c.is_alphanumeric()).collect()
}

/// A number that is one: what stands for "none" is nothing to compare. A certificate of disability begins with the ID number.
fn number_of(text: &str) -> Option<String> {
    let plain: String = tidy_cell(text).to_ascii_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = if matches!(plain.len(), 20 | 22) { plain.chars().take(18).collect() } else { plain };
    let digits: BTreeSet<char> = plain.chars().filter(char::is_ascii_digit).collect();
    (plain.len() >= 8 && digits.len() >= 3).then_some(plain)
}

fn phone_of(text: &str) -> Option<String> {
    let digits: String = tidy_cell(text).chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 7).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(name: &str) -> ComparedPerson {
        ComparedPerson { name: name.into(), is_head: true, ..ComparedPerson::default() }
    }

    fn of(person: ComparedPerson) -> Compared {
        Compared { persons: vec![person], ..Compared::default() }
    }

    #[test]
    fn what_agrees_is_named_and_what_does_not_is_no_reason() {
        let village = Some(PlaceId(Uuid::from_u128(7)));
        let id = |number: &str| ComparedPerson { id_no: Some(number.into()), ..person("张三") };
        let phone = |name: &str, number: &str| Compared { phone: Some(number.into()), ..of(person(name)) };
        let born = |birth: &str, sex: &str| ComparedPerson {
            birth: Some(birth.into()),
            sex: Some(sex.into()),
            ..person("张三")
        };
        let room = |unit: &str, room: &str| Compared {
            lives_in: Some("阳光社区".into()),
            door: [Some("3栋".into()), Some(unit.into()), Some(room.into())],
            ..Compared::default()
        };
        let numbered = |number: &str| Compared { national_no: Some(number.into()), ..Compared::default() };
        for (one, other, expect) in [
            (of(id("11010519491231002x")), of(id("11010519491231002X")), vec![Likeness::IdNo, Likeness::Born]),
            (of(id("110105194912310021")), of(id("11010519491231002144")), vec![Likeness::IdNo, Likeness::Born]),
            (of(id("无")), of(id("无")), vec![]),
            (of(id("00000000")), of(id("00000000")), vec![]),
            (numbered("4113210012"), numbered("4113210012"), vec![Likeness::NationalNo]),
            (of(born("1962-02-14", "男")), of(born("1962-02-14", "男性")), vec![Likeness::Born]),
            (of(born("1962-02-14", "男")), of(born("1962-02-14", "女")), vec![]),
            (of(born("1962", "男")), of(born("1962", "男")), vec![]),
            (phone("覃小妹", "13812341234"), phone("谭小妹", "138 1234 1234"), vec![Likeness::Phone]),
            (phone("张三", "13812341234"), phone("李四", "13812341234"), vec![]),
            (
                Compared { village, ..of(person("張三")) },
                Compared { village, ..of(person("张 三")) },
                vec![Likeness::HeadVillage],
            ),
            (Compared { village, ..of(person("张三")) }, of(person("张三")), vec![]),
            (room("2单元", "501"), room("2", "0501室"), vec![Likeness::Door]),
            (room("2", "501"), room("1", "501"), vec![]),
        ] {
            let found: Vec<_> = one.reasons(&other).into_iter().map(|reason| reason.likeness).collect();
            assert_eq!(found, expect, "{one:?} {other:?}");
            let shared: Vec<_> = one.keys().intersection(&other.keys()).map(|key| Likeness::of_key(*key)).collect();
            let by_key: BTreeSet<_> = shared.into_iter().flatten().collect();
            assert_eq!(by_key.into_iter().collect::<Vec<_>>(), expect, "the keys say the same");
        }
    }

    #[test]
    fn a_person_on_two_lists_is_named_by_their_place_on_each() {
        let daughter = ComparedPerson { id_no: Some("522731199002140027".into()), ..ComparedPerson::default() };
        let home = Compared { persons: vec![person("张三"), daughter.clone()], ..Compared::default() };
        let husband = Compared { persons: vec![person("李四"), person("王五"), daughter], ..Compared::default() };
        assert_eq!(home.reasons(&husband), [Reason { likeness: Likeness::IdNo, persons: Some((1, 2)) }]);
    }
}
