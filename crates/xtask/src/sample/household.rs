//! A made-up household: who lives together, and that their ages and relations could be so.

use super::chance::Chance;
use super::names::{self, Nation};
use super::person::{Outline, Person, Relation};

/// A household of the roster.
#[derive(Debug, Clone)]
pub(crate) struct Household {
    /// 户编号
    pub(crate) number: String,
    /// Its village of origin, as a place in the county's list.
    pub(crate) village: usize,
    /// Its site, as a place in the county's list.
    pub(crate) site: usize,
    /// 搬迁年度
    pub(crate) year: u32,
    /// 户联系电话
    pub(crate) phone: String,
    /// 人均纯收入
    pub(crate) income: u32,
    /// 致贫原因1
    pub(crate) cause: &'static str,
    /// 监测对象类型; empty for most.
    pub(crate) watch: &'static str,
    /// 风险消除时间; empty while the risk stands.
    pub(crate) cleared: &'static str,
    /// The head first.
    pub(crate) people: Vec<Person>,
}

impl Household {
    /// 户类型, which follows from the kind of monitoring.
    pub(crate) fn kind(&self) -> &'static str {
        if self.watch == "边缘易致贫户" { "一般农户" } else { "脱贫户" }
    }
}

/// Draws who lives in a household. At most seven.
pub(crate) fn people(chance: &mut Chance) -> Vec<Person> {
    let size = chance.weighted(&[(2, 1), (10, 2), (20, 3), (31, 4), (22, 5), (11, 6), (4, 7)]);
    let nation = chance.weighted(&[
        (905, Nation::Han),
        (60, Nation::Hui),
        (15, Nation::Miao),
        (10, Nation::Uyghur),
        (10, Nation::Yi),
    ]);
    let mut home = Home { size, nation, people: Vec::new() };
    home.head(chance);
    home.spouse(chance);
    home.grandchildren(chance);
    home.parents(chance);
    home.children(chance);
    home.people
}

/// The reason a household was poor that its members bear out.
pub(crate) fn cause(chance: &mut Chance, people: &[Person]) -> &'static str {
    let mut causes = vec!["因灾", "缺土地", "缺水", "缺技术", "缺劳动力", "缺资金", "交通条件落后", "自身发展动力不足"];
    let any = |wanted: fn(&Person) -> bool| people.iter().any(wanted);
    if any(|person| person.disability.is_some()) {
        causes.extend(["因残"; 6]);
    }
    if any(|person| matches!(person.health, "长期慢性病" | "患有大病")) {
        causes.extend(["因病"; 4]);
    }
    if any(|person| person.age() >= 6 && !person.school.is_empty()) {
        causes.extend(["因学"; 2]);
    }
    chance.pick(&causes)
}

struct Home {
    size: usize,
    nation: Nation,
    people: Vec<Person>,
}

impl Home {
    fn room(&self) -> usize {
        self.size.saturating_sub(self.people.len())
    }

    fn add(
        &mut self,
        chance: &mut Chance,
        relation: &'static str,
        male: bool,
        age: u32,
        surname: Option<&'static str>,
    ) {
        let married_in = surname.is_none() && !self.people.is_empty();
        let surname = surname.unwrap_or_else(|| names::surname(chance, self.nation));
        let outline = Outline { relation: Relation(relation), male, age, nation: self.nation, surname, married_in };
        self.people.push(Person::new(chance, outline));
    }

    /// The youngest of the couple: children are at least twenty years younger.
    fn couple_age(&self) -> u32 {
        self.people.iter().take(2).map(Person::age).min().unwrap_or(0)
    }

    fn head_age(&self) -> u32 {
        self.people.first().map_or(0, Person::age)
    }

    fn family(&self) -> Option<&'static str> {
        self.people.iter().take(2).find(|person| person.male()).or(self.people.first()).map(|person| person.surname)
    }

    fn head(&mut self, chance: &mut Chance) {
        let male = chance.per_mille(870);
        let age = if self.size == 1 { chance.between(48, 84) } else { chance.between(30, 72) };
        self.add(chance, "户主", male, age, None);
    }

    fn spouse(&mut self, chance: &mut Chance) {
        if self.room() == 0 || chance.per_mille(70) {
            return;
        }
        let wed_to_man = self.people.first().is_some_and(Person::male);
        let age = chance.between(self.head_age().saturating_sub(5).max(24), self.head_age() + 3);
        self.add(chance, "配偶", !wed_to_man, age, None);
    }

    /// A grown son with wife and children, in homes of older couples.
    fn grandchildren(&mut self, chance: &mut Chance) {
        if self.couple_age() < 50 || self.room() < 2 || chance.per_mille(450) {
            return;
        }
        let family = self.family();
        let son = chance.between(26, self.couple_age() - 22);
        self.add(chance, "之子", true, son, family);
        let wife = chance.between(24.max(son.saturating_sub(4)), son + 2);
        self.add(chance, "之儿媳", false, wife, None);
        let oldest = (son.min(wife) - 22).min(18);
        for _ in 0..self.room().min(3) {
            let boy = chance.per_mille(510);
            let age = chance.between(0, oldest);
            self.add(chance, if boy { "之孙子" } else { "之孙女" }, boy, age, family);
        }
    }

    fn parents(&mut self, chance: &mut Chance) {
        let often = if self.size >= 6 { 900 } else { 260 };
        for (relation, male) in [("之父", true), ("之母", false)] {
            if self.room() > 0 && self.head_age() <= 62 && chance.per_mille(often) {
                let age = chance.between(self.head_age() + 20, self.head_age() + 32);
                let family = self.people.first().map(|head| head.surname).filter(|_| male);
                self.add(chance, relation, male, age, family);
            }
        }
    }

    fn children(&mut self, chance: &mut Chance) {
        let oldest = self.couple_age() - 20;
        let youngest = oldest.saturating_sub(22);
        let family = self.family();
        while self.room() > 0 {
            if self.people.len() >= 6 && chance.per_mille(300) {
                let age = chance.between(self.head_age().saturating_sub(8), self.head_age() + 6);
                let male = chance.per_mille(500);
                let family = self.people.first().map(|head| head.surname);
                self.add(chance, "之兄弟姐妹", male, age, family);
                continue;
            }
            let boy = chance.per_mille(515);
            let age = chance.between(youngest, oldest);
            self.add(chance, if boy { "之子" } else { "之女" }, boy, age, family);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn homes() -> Vec<Vec<Person>> {
        (0..2000).map(|seed| people(&mut Chance::new(seed, 0))).collect()
    }

    #[test]
    fn every_home_has_one_head_and_at_most_one_spouse_of_the_other_sex() {
        for people in homes() {
            let of = |relation| people.iter().filter(move |person| person.relation == Relation(relation));
            assert_eq!(of("户主").count(), 1);
            assert!(people[0].relation == Relation("户主"));
            assert!(of("配偶").count() <= 1 && of("配偶").all(|spouse| spouse.male() != people[0].male()));
            assert!(of("之父").count() <= 1 && of("之母").count() <= 1);
        }
    }

    #[test]
    fn relations_fit_sexes_and_ages() {
        const MALE: &[&str] = &["之子", "之父", "之孙子"];
        const FEMALE: &[&str] = &["之女", "之母", "之孙女", "之儿媳"];
        for people in homes() {
            let head = people[0].age();
            for person in &people {
                let relation = person.relation.0;
                assert!(!MALE.contains(&relation) || person.male());
                assert!(!FEMALE.contains(&relation) || !person.male());
                match relation {
                    "之子" | "之女" => assert!(person.age() + 20 <= head),
                    "之孙子" | "之孙女" => assert!(person.age() + 40 <= head),
                    "之父" | "之母" => assert!(person.age() >= head + 20),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn homes_are_as_large_as_those_of_the_sample() {
        let homes = homes();
        let people: usize = homes.iter().map(Vec::len).sum();
        assert!((8000..8400).contains(&people), "{people}");
        assert!(homes.iter().any(|home| home.len() == 1) && homes.iter().all(|home| home.len() <= 7));
    }

    #[test]
    fn a_cause_is_borne_out_by_the_members() {
        for (seed, people) in homes().into_iter().enumerate() {
            let cause = cause(&mut Chance::new(seed as u64, 1), &people);
            assert!(cause != "因残" || people.iter().any(|person| person.health == "残疾"));
            assert!(cause != "因学" || people.iter().any(|person| !person.school.is_empty()));
        }
    }
}
