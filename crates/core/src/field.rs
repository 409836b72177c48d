//! Every fact a dossier may hold: its key, whose it is, how it merges, how private it is, why it is held and on what
//! ground (domain.md §2.2, §2.3, §5 L01). A key that is not here is kept and passed on, and shown to nobody.

use crate::ids::PersonId;

/// Whose fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The household's.
    Household,
    /// One person's.
    Person,
}

/// How several statements are handled (domain.md §2.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// Both stay and are shown.
    Shown,
    /// Both stay and a person is asked to choose.
    Chosen,
    /// Counts only once an authority approves it.
    Approved,
}

/// How private it is (domain.md §2.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Work data.
    P1,
    /// Personal.
    P2,
    /// Sensitive personal.
    P3,
    /// Masked wherever it is shown.
    P4,
}

/// One fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key; a person's facts stand under `person/<id>/`.
    pub key: &'static str,
    /// What the field calls it.
    pub label: &'static str,
    /// Whose.
    pub of: Of,
    /// How it merges.
    pub merge: Merge,
    /// How private.
    pub class: Class,
    /// Why it is held.
    pub purpose: &'static str,
    /// On what ground.
    pub basis: &'static str,
}

const HELP: &str = "个保法13(3) 履行法定职责：结对帮扶";
const WATCH: &str = "个保法13(3)、28 履行法定职责：防止返贫监测";
const MOVE: &str = "个保法13(3) 履行法定职责：易地搬迁后续扶持";

const fn h(key: &'static str, label: &'static str, merge: Merge, class: Class, purpose: &'static str) -> Field {
    Field { key, label, of: Of::Household, merge, class, purpose, basis: HELP }
}

const fn p(key: &'static str, label: &'static str, merge: Merge, class: Class, purpose: &'static str) -> Field {
    Field { key, label, of: Of::Person, merge, class, purpose, basis: HELP }
}

const fn on(basis: &'static str, field: Field) -> Field {
    Field { basis, ..field }
}

use Class::{P1, P2, P3, P4};
use Merge::{Approved, Chosen, Shown};

/// All of them.
pub const FIELDS: &[Field] = &[
    h("national_no", "户编号", Shown, P2, "与国家名单对应"),
    h("household_type", "户类型", Approved, P2, "确定适用的帮扶政策"),
    h("id_standard", "识别标准", Shown, P1, "核对名单"),
    h("poverty_cause", "致贫原因", Chosen, P2, "制定帮扶措施"),
    h("phone", "户联系电话", Shown, P2, "约定走访"),
    h("address", "住址", Shown, P2, "上门走访"),
    on(MOVE, h("building", "楼栋", Shown, P2, "上门走访")),
    on(MOVE, h("unit", "单元", Shown, P2, "上门走访")),
    on(MOVE, h("room", "室", Shown, P2, "上门走访")),
    on(MOVE, h("site", "安置点", Shown, P1, "搬迁后续扶持")),
    on(MOVE, h("batch_year", "搬迁年度", Shown, P1, "搬迁后续扶持统计")),
    h("out_year", "脱贫年度", Shown, P1, "核对名单"),
    h("first_identified", "首次识别时间", Shown, P1, "核对名单"),
    h("house_danger", "危房户", Chosen, P2, "住房安全保障"),
    h("water_safe", "是否解决安全饮用水", Chosen, P2, "饮水安全保障"),
    on(WATCH, h("income_per_capita", "人均纯收入（分）", Chosen, P3, "监测收入是否达标")),
    on(WATCH, h("monitor_type", "监测对象类型", Approved, P3, "防止返贫监测")),
    on(WATCH, h("risk_cleared", "风险是否消除", Approved, P3, "防止返贫监测")),
    on(WATCH, h("risk_identified_on", "风险识别时间", Shown, P3, "防止返贫监测")),
    on(WATCH, h("risk_cleared_on", "风险消除时间", Shown, P3, "防止返贫监测")),
    h("member_count_stated", "名单人数", Shown, P1, "核对名单"),
    h("languages", "语言", Shown, P1, "选派会讲的干部走访"),
    p("national_no", "人编号", Shown, P2, "与国家名单对应"),
    p("name", "姓名", Shown, P2, "知道走访的是谁"),
    p("id_type", "证件类型", Shown, P2, "核对身份"),
    p("id_no", "证件号码", Shown, P4, "核对身份"),
    p("sex", "性别", Shown, P2, "核对身份"),
    p("birth", "出生日期", Shown, P2, "确定适龄政策"),
    p("relation", "与户主关系", Chosen, P2, "了解家庭成员"),
    p("nation", "民族", Shown, P3, "选派会讲的干部走访"),
    p("edu", "文化程度", Shown, P2, "就业帮扶"),
    p("school", "在校生状况", Shown, P3, "义务教育保障"),
    on(WATCH, p("health", "健康状况", Shown, P3, "健康帮扶，只记类别")),
    p("disability", "残疾类别等级", Shown, P3, "残疾人帮扶"),
    p("labour", "劳动技能", Chosen, P2, "就业帮扶"),
    p("work_months", "务工时间（月）", Shown, P2, "就业帮扶"),
    p("insurance_major", "是否参加大病保险", Shown, P2, "医疗保障"),
    p("phone", "人联系电话", Shown, P2, "联系本人"),
    p("identified_on", "人员识别时间", Shown, P1, "核对名单"),
    p("status", "状态", Chosen, P2, "在册人口统计"),
];

/// Facts that a county may let count only once they are confirmed (domain.md §5.1): those of [`Merge::Approved`] unless
/// it says otherwise.
pub const OF_WEIGHT: [&str; 6] =
    ["household_type", "monitor_type", "risk_cleared", "income_per_capita", "labour", "relation"];

/// The fact with this key of a household or person.
#[must_use]
pub fn field(of: Of, key: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.of == of && field.key == key)
}

/// The key under which a person's fact stands in the dossier.
#[must_use]
pub fn person_key(person: PersonId, field: &str) -> String {
    format!("person/{person}/{field}")
}

/// Takes a dossier key apart: whose it is, and the fact. A key of neither kind is the household's.
#[must_use]
pub fn split_key(key: &str) -> (Option<PersonId>, &str) {
    let person = key.strip_prefix("person/").and_then(|rest| rest.split_once('/'));
    match person.and_then(|(id, field)| Some((PersonId::parse(id)?, field))) {
        Some((person, field)) => (Some(person), field),
        None => (None, key),
    }
}

/// The fact that a dossier key stands for.
#[must_use]
pub fn field_of_key(key: &str) -> Option<&'static Field> {
    match split_key(key) {
        (Some(_), rest) => field(Of::Person, rest),
        (None, rest) => field(Of::Household, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_says_why_it_is_held_and_on_what_ground() {
        for one in FIELDS {
            assert!(!one.purpose.is_empty() && one.basis.contains("个保法"), "{}", one.key);
            let same = FIELDS.iter().filter(|other| other.of == one.of && other.key == one.key).count();
            assert_eq!(same, 1, "{} stands twice", one.key);
        }
        let never = ["marriage", "religion", "political", "bank_account", "diagnosis", "politics"];
        assert!(never.iter().all(|key| FIELDS.iter().all(|field| field.key != *key)));
    }

    #[test]
    fn a_key_comes_apart_as_it_was_put_together() {
        let person = PersonId(uuid::Uuid::from_u128(7));
        assert_eq!(split_key(&person_key(person, "name")), (Some(person), "name"));
        assert_eq!(split_key("phone"), (None, "phone"));
        assert_eq!(field_of_key(&person_key(person, "phone")).map(|field| field.label), Some("人联系电话"));
        assert_eq!(field_of_key("phone").map(|field| field.label), Some("户联系电话"));
    }
}
