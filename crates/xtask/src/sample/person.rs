//! A made-up member of a household whose cells agree with one another: what the roster says of schooling, health and
//! labour follows from the age, so that a right reader doubts nothing of it.

use super::chance::Chance;
use super::names::{self, Nation};
use super::place::COUNTY_CODE;
use super::resident_id::{Day, ResidentId, TOLD_ON};

/// Counties people marry in from; only digits of an ID number.
const OTHER_COUNTIES: [&str; 4] = ["411322", "411325", "522731", "653121"];

/// What a member is to the head, as the roster writes it, and the sex that implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relation(pub(crate) &'static str);

/// A disability certificate: the ID number, type and grade, and `B` with a count when it was issued again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disability {
    /// 1 视力 … 7 多重
    pub(crate) kind: u32,
    /// 1–4
    pub(crate) grade: u32,
    /// How often it was issued again; 0 for the 20-character form.
    pub(crate) reissued: u32,
}

/// A member of a household.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// 姓名
    pub(crate) name: String,
    /// Family name, which children take over.
    pub(crate) surname: &'static str,
    /// 与户主关系
    pub(crate) relation: Relation,
    /// 民族
    pub(crate) nation: Nation,
    /// The number on the ID card.
    pub(crate) id: ResidentId,
    /// Whether the number in the roster is that of a disability certificate.
    pub(crate) disability: Option<Disability>,
    /// 文化程度; empty for who is in school.
    pub(crate) education: &'static str,
    /// 在校生状况; empty for who is not.
    pub(crate) school: &'static str,
    /// 健康状况
    pub(crate) health: &'static str,
    /// 劳动技能
    pub(crate) labour: &'static str,
    /// 务工时间（月）; 0 for none.
    pub(crate) months: u32,
    /// 人联系电话
    pub(crate) phone: Option<String>,
    /// 人员识别时间
    pub(crate) seen: String,
}

/// What is settled of a person before the rest is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outline {
    /// 与户主关系
    pub(crate) relation: Relation,
    /// Sex.
    pub(crate) male: bool,
    /// Completed years.
    pub(crate) age: u32,
    /// Their people.
    pub(crate) nation: Nation,
    /// Their family name.
    pub(crate) surname: &'static str,
    /// Whether they married in, perhaps from another county.
    pub(crate) married_in: bool,
}

impl Person {
    /// Draws a person of this outline. `order` makes the ID number unique within a day of birth and county.
    pub(crate) fn new(chance: &mut Chance, outline: Outline) -> Self {
        let birth = birth(chance, outline.age);
        let away = outline.married_in && chance.per_mille(250);
        let issued_by = if away { chance.pick(&OTHER_COUNTIES) } else { COUNTY_CODE };
        let order = chance.below(500) * 2 + u32::from(outline.male);
        let disability = draw_disability(chance, outline.age);
        let school = school(chance, outline.age);
        let education = if school.is_empty() { education(chance, outline.age) } else { "" };
        let health = if disability.is_some() { "残疾" } else { health(chance, outline.age) };
        let labour = labour(chance, outline.age, school.is_empty(), disability);
        let able = matches!(labour, "普通劳动力" | "技能劳动力") && school.is_empty();
        let months = if able && chance.per_mille(550) { chance.between(6, 11) } else { 0 };
        Self {
            name: names::name(chance, outline.nation, outline.surname, outline.male),
            surname: outline.surname,
            relation: outline.relation,
            nation: outline.nation,
            id: ResidentId { issued_by, birth, order },
            disability,
            education,
            school,
            health,
            labour,
            months,
            phone: None,
            seen: seen(birth),
        }
    }

    /// Whether the number says 男.
    pub(crate) fn male(&self) -> bool {
        self.id.order % 2 == 1
    }

    /// Completed years.
    pub(crate) fn age(&self) -> u32 {
        self.id.birth.age()
    }

    /// What stands under 证件号码: the ID number, or the certificate that begins with it.
    pub(crate) fn certificate(&self) -> String {
        let mut text = self.id.text();
        if let Some(Disability { kind, grade, reissued }) = self.disability {
            text.push_str(&format!("{kind}{grade}"));
            if reissued > 0 {
                text.push_str(&format!("B{reissued}"));
            }
        }
        text
    }
}

/// A day on which someone of this age was born.
fn birth(chance: &mut Chance, age: u32) -> Day {
    let (month, day) = (chance.between(1, 12), chance.between(1, 28));
    let birthday_to_come = (month, day) > (TOLD_ON.month, TOLD_ON.day);
    Day { year: TOLD_ON.year - age - u32::from(birthday_to_come), month, day }
}

fn draw_disability(chance: &mut Chance, age: u32) -> Option<Disability> {
    let has = age >= 16 && chance.per_mille(18);
    let (kind, grade) = (chance.between(1, 7), chance.between(1, 4));
    let reissued = if chance.per_mille(300) { chance.between(1, 3) } else { 0 };
    has.then_some(Disability { kind, grade, reissued })
}

fn school(chance: &mut Chance, age: u32) -> &'static str {
    match age {
        0..=2 => "学龄前儿童",
        3..=5 => "学前教育",
        6..=11 => "小学",
        12 => "七年级",
        13 => "八年级",
        14 => "九年级",
        15 => chance.pick(&["普通高中一年级", "中职一年级"]),
        16 => chance.pick(&["普通高中二年级", "中职二年级"]),
        17 => chance.pick(&["普通高中三年级", "中职三年级"]),
        18..=19 if chance.per_mille(250) => chance.pick(&["高职高专一年级", "本科一年级"]),
        20..=21 if chance.per_mille(200) => "本科三年级",
        _ => "",
    }
}

fn education(chance: &mut Chance, age: u32) -> &'static str {
    match age {
        0..=22 => chance.weighted(&[(5, "初中"), (5, "高中")]),
        23..=40 => chance.weighted(&[(1, "小学"), (5, "初中"), (3, "高中"), (2, "大专"), (1, "本科及以上")]),
        41..=60 => chance.weighted(&[(1, "文盲或半文盲"), (4, "小学"), (5, "初中"), (1, "高中")]),
        _ => chance.weighted(&[(4, "文盲或半文盲"), (5, "小学"), (1, "初中")]),
    }
}

fn health(chance: &mut Chance, age: u32) -> &'static str {
    match age {
        0..=49 => "健康",
        _ => chance.weighted(&[(75, "健康"), (15, "长期慢性病"), (10, "患有大病")]),
    }
}

fn labour(chance: &mut Chance, age: u32, left_school: bool, disability: Option<Disability>) -> &'static str {
    match (age, disability) {
        (0..=15, _) => "无劳动力",
        (60.., Some(_)) | (80.., None) => "无劳动力",
        (60.., None) => "弱劳动力或半劳动力",
        (_, Some(disability)) if disability.grade <= 2 => "丧失劳动力",
        (_, Some(_)) => "弱劳动力或半劳动力",
        _ if left_school && chance.per_mille(120) => "技能劳动力",
        _ => "普通劳动力",
    }
}

/// Who was born later is known since the end of the year of birth.
fn seen(birth: Day) -> String {
    match birth.year {
        ..=2014 => "201412".to_owned(),
        year if year < TOLD_ON.year => format!("{year}12"),
        year => format!("{year}{:02}", TOLD_ON.month),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(age: u32, seed: u64) -> Person {
        let mut chance = Chance::new(seed, 0);
        let male = seed.is_multiple_of(2);
        let outline =
            Outline { relation: Relation("户主"), male, age, nation: Nation::Han, surname: "王", married_in: false };
        Person::new(&mut chance, outline)
    }

    #[test]
    fn everyone_has_the_age_and_sex_that_were_asked() {
        for seed in 0..200 {
            for age in [0, 5, 17, 40, 93] {
                let person = person(age, seed);
                assert_eq!((person.age(), person.male()), (age, seed.is_multiple_of(2)));
            }
        }
    }

    #[test]
    fn cells_of_one_person_agree_with_one_another() {
        for seed in 0..300 {
            for age in 0..95 {
                let person = person(age, seed);
                assert_ne!(person.education.is_empty(), person.school.is_empty(), "{person:?}");
                assert_eq!(person.health == "残疾", person.disability.is_some(), "{person:?}");
                assert_eq!(person.certificate().len() > 18, person.disability.is_some(), "{person:?}");
                assert!(age >= 16 || person.labour == "无劳动力", "{person:?}");
                assert!(age < 60 || matches!(person.labour, "弱劳动力或半劳动力" | "无劳动力"), "{person:?}");
                assert!(person.months == 0 || (person.school.is_empty() && age >= 16), "{person:?}");
                assert!(person.seen.as_str() <= "202609", "{person:?}");
            }
        }
    }
}
