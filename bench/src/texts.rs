//! Synthetic writings: visits and dossiers such as helpers write them, by clauses with slots and lists of words.
//!
//! There are two splits. The dictionary is trained on one and everything is measured on the other: other surnames, given
//! names, places, towns, jobs and goods; three clauses in ten and two free words in ten from lists of its own. The words
//! of the field (走访, 务工, 低保 …), the common words and the usual turns of phrase are those of both, and so are the code
//! lists of a visit and the keys of a dossier: such notes are formulaic, and people speak one language. A real corpus is
//! no generator, and its gain from the dictionary may be smaller than what is measured here.

use crate::chance::Chance;
use lianhu_core::day::Day;
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::{Aid, Guarantee, Need, Promise, Visit};
use std::collections::BTreeMap;

/// Which half of the generator's lists is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Split {
    /// What the dictionary is trained on.
    Train,
    /// What everything is measured on.
    Unseen,
}

const KIN: &[&str] = &["户主", "老伴", "儿子", "女儿", "儿媳", "母亲", "父亲", "孙子", "孙女", "本人"];
const ILL: &[&str] = &["高血压", "糖尿病", "关节炎", "脑梗", "冠心病", "腰椎病", "气管炎", "胃病", "哮喘", "骨质增生"];
const CATEGORIES: &[&str] = &["务工就业", "就学升学", "农产品销路", "基础设施", "住房", "饮水", "医疗", "其他"];
const MODES: &[&str] = &["home", "home", "home", "home", "phone", "video", "yard_meeting", "market", "workplace"];
const MET: &[&str] = &["head", "head", "member", "member", "neighbour", "nobody"];
const PURPOSES: &[&str] =
    &["routine", "routine", "routine", "greeting", "screening", "checking", "rectification", "policy"];
const GUARANTEES: &[&str] = &["food", "clothing", "schooling", "insurance", "housing", "water"];

/// Up to how many of a hundred free words are of the field, of everyday, of the split alone; the rest are pairs of
/// frequent characters, as many as it takes for the notes to be as rich as real ones: about 6 bits a character for `xz`.
const FIELD: u64 = 26;
const COMMON: u64 = 54;
const OWN: u64 = 68;

/// Lists by name.
type Lists = BTreeMap<&'static str, Vec<&'static str>>;

/// Reads lists: a line with # names the next; clauses stand one a line, words as many as fit.
fn lists(text: &'static str) -> Lists {
    let mut lists = Lists::new();
    let mut name = "";
    for line in text.lines() {
        match line.strip_prefix('#') {
            Some(next) => name = next,
            None if matches!(name, "clauses" | "needs" | "promises") => lists.entry(name).or_default().push(line),
            None => lists.entry(name).or_default().extend(line.split_whitespace()),
        }
    }
    lists
}

/// The lists of one split.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    field: Vec<&'static str>,
    common: Lists,
    own: Lists,
}

impl Texts {
    /// The lists of this split.
    pub(crate) fn new(split: Split) -> Self {
        let own = match split {
            Split::Train => include_str!("words/train.txt"),
            Split::Unseen => include_str!("words/unseen.txt"),
        };
        let field = include_str!("words/field.txt").split_whitespace().collect();
        Self { field, common: lists(include_str!("words/common.txt")), own: lists(own) }
    }

    fn common(&self, list: &str) -> &[&'static str] {
        self.common.get(list).map(Vec::as_slice).unwrap_or_default()
    }

    fn of(&self, list: &str) -> &[&'static str] {
        self.own.get(list).map(Vec::as_slice).unwrap_or_default()
    }

    /// A person's name.
    pub(crate) fn name(&self, chance: &mut Chance) -> String {
        let mut name = chance.lean(self.of("surnames")).to_owned();
        for _ in 0..chance.between(1, 2) {
            name.push_str(chance.pick(self.of("givens")));
        }
        name
    }

    /// A place's name.
    pub(crate) fn place(&self, chance: &mut Chance) -> &'static str {
        chance.pick(self.of("places"))
    }

    /// A free word: of the field, of everyday, of this split alone, or one of the many that are each seldom.
    fn word(&self, chance: &mut Chance) -> String {
        match chance.below(100) {
            0..FIELD => chance.lean(&self.field).to_owned(),
            FIELD..COMMON => chance.lean(self.common("words")).to_owned(),
            COMMON..OWN => chance.lean(self.of("words")).to_owned(),
            _ => {
                let characters: Vec<char> = self.common("chars").iter().flat_map(|text| text.chars()).collect();
                let mut one = || usize::try_from(chance.below(characters.len() as u64)).ok();
                (0..2).filter_map(|_| characters.get(one()?)).collect()
            }
        }
    }

    /// A clause of this list with its slots filled.
    fn clause(&self, list: &str, chance: &mut Chance) -> String {
        let mut text = String::new();
        let clause = if chance.percent(70) { chance.pick(self.common(list)) } else { chance.pick(self.of(list)) };
        for (at, part) in clause.split(['{', '}']).enumerate() {
            if at % 2 == 0 {
                text.push_str(part);
                continue;
            }
            match part {
                "name" => text.push_str(&self.name(chance)),
                "kin" => text.push_str(chance.lean(KIN)),
                "ill" => text.push_str(chance.pick(ILL)),
                "place" => text.push_str(self.place(chance)),
                "city" => text.push_str(chance.lean(self.of("cities"))),
                "job" => text.push_str(chance.pick(self.of("jobs"))),
                "good" => text.push_str(chance.lean(self.of("goods"))),
                "thing" => text.push_str(chance.pick(self.of("things"))),
                "n" => text.push_str(&chance.between(1, 12).to_string()),
                "n0" => text.push_str(&(chance.between(3, 90) * 10).to_string()),
                "money" => text.push_str(&(chance.between(5, 90) * 100).to_string()),
                _ => text.push_str(&self.word(chance)),
            }
        }
        text
    }

    /// A visit within the year before a day.
    pub(crate) fn visit(&self, chance: &mut Chance, before: Day) -> Visit {
        let day = before.plus(-i32::try_from(chance.below(330)).unwrap_or(0));
        let word = |text: &str| Some(text.to_owned());
        let mut visit =
            Visit { day, mode: word(chance.pick(MODES)), who_met: word(chance.pick(MET)), ..Visit::default() };
        if chance.percent(70) {
            visit.purpose = word(chance.pick(PURPOSES));
        }
        if chance.percent(5) && visit.who_met.as_deref() != Some("nobody") {
            visit.unchanged = true;
            return visit;
        }
        visit.note = Some((0..chance.between(4, 8)).map(|_| self.clause("clauses", chance)).collect());
        for _ in 0..chance.below(10) / 7 {
            let category = chance.pick(CATEGORIES).to_owned();
            visit.needs.push(Need { category, text: self.clause("needs", chance) });
        }
        if chance.percent(20) {
            let (item, unit) = (chance.pick(self.of("things")).to_owned(), chance.pick(self.of("units")).to_owned());
            visit.aid.push(Aid { item, quantity_hundredths: chance.between(1, 6) * 100, unit });
        }
        if chance.percent(30) {
            let due = chance.percent(60).then(|| day.plus(i32::try_from(chance.between(3, 60)).unwrap_or(7)));
            visit.promises.push(Promise { text: self.clause("promises", chance), due });
        }
        if chance.percent(40) {
            visit.next_visit_on = Some(day.plus(i32::try_from(chance.between(14, 45)).unwrap_or(30)));
        }
        if chance.percent(15) {
            let met = |what: &&str| Guarantee { what: (*what).to_owned(), met: true };
            visit.guarantees = GUARANTEES.iter().map(met).collect();
        }
        visit
    }

    /// What a roster says of a household; `ids` names its people.
    pub(crate) fn roster(&self, chance: &mut Chance, ids: &mut dyn FnMut() -> String) -> BTreeMap<String, Scalar> {
        let mut puts = BTreeMap::new();
        let mut put = |key: String, value: String| puts.insert(key, Scalar::Text(value));
        let digits = |chance: &mut Chance, count: i64| -> String {
            (0..count).map(|_| char::from(b'0' + u8::try_from(chance.below(10)).unwrap_or(0))).collect()
        };
        let yes = |chance: &mut Chance| if chance.percent(90) { "是" } else { "否" }.to_owned();
        let region = format!("4113{}", digits(chance, 2));
        let number = format!("{region}{}", digits(chance, 10));
        put("national_no".into(), number.clone());
        put("household_type".into(), chance.pick(&["脱贫户", "脱贫户", "边缘易致贫户", "突发严重困难户"]).into());
        put("id_standard".into(), chance.pick(&["国家标准", "省定标准"]).into());
        put("poverty_cause".into(), chance.lean(&["因病", "缺技术", "因残", "缺资金", "因学", "缺劳力"]).into());
        put("phone".into(), format!("1{}", digits(chance, 10)));
        put("site".into(), format!("{}安置点", self.place(chance)));
        put("building".into(), chance.between(1, 12).to_string());
        put("unit".into(), chance.between(1, 4).to_string());
        put("room".into(), format!("{}0{}", chance.between(1, 6), chance.between(1, 4)));
        put("batch_year".into(), chance.between(2016, 2018).to_string());
        put("out_year".into(), chance.between(2016, 2020).to_string());
        put("house_danger".into(), "否".into());
        put("water_safe".into(), "是".into());
        let family = self.name(chance);
        let family: String = family.chars().take(1).collect();
        for at in 0..chance.between(2, 6) {
            let person = ids();
            let mut say = |key: &str, value: String| put(format!("person/{person}/{key}"), value);
            let given: String = self.name(chance).chars().skip(1).collect();
            let birth =
                format!("{}{:02}{:02}", chance.between(1940, 2020), chance.between(1, 12), chance.between(1, 28));
            say("name", format!("{family}{given}"));
            say("national_no", format!("{number}{:02}", at + 1));
            say("id_type", "居民身份证".into());
            say("id_no", format!("{region}{birth}{}", digits(chance, 4)));
            say("sex", chance.pick(&["男", "女"]).into());
            say("birth", birth);
            say(
                "relation",
                if at == 0 {
                    "户主"
                } else {
                    chance.pick(&["配偶", "之子", "之女", "之父", "之母", "之孙"])
                }
                .into(),
            );
            say("nation", chance.lean(&["汉族", "回族"]).into());
            say("edu", chance.pick(&["文盲或半文盲", "小学", "初中", "高中", "大专"]).into());
            say("health", chance.lean(&["健康", "长期慢性病", "大病", "残疾"]).into());
            say("labour", chance.lean(&["普通劳动力", "无劳动力", "技能劳动力", "弱劳动力或半劳动力"]).into());
            say("work_months", chance.between(0, 12).to_string());
            say("insurance_major", yes(chance));
            say("status", "正常".into());
        }
        puts
    }

    /// A correction that a helper makes in the yard.
    pub(crate) fn correction(&self, chance: &mut Chance) -> BTreeMap<String, Scalar> {
        let phone = format!("1{}", 3_000_000_000 + chance.below(6_999_999_999));
        let key = chance.pick(&["phone", "phone", "water_safe", "poverty_cause", "room"]);
        let value = match key {
            "phone" => phone,
            "room" => format!("{}0{}", chance.between(1, 6), chance.between(1, 4)),
            "poverty_cause" => chance.pick(&["因病", "缺技术", "因残", "缺资金", "因学"]).to_owned(),
            _ => chance.pick(&["是", "否"]).to_owned(),
        };
        BTreeMap::from([(key.to_owned(), Scalar::Text(value))])
    }
}
