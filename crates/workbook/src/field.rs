//! What a roster column can mean: the household and person facts of the dossier, the place, and what only groups rows.

use serde::Serialize;

/// Whose fact a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldOf {
    /// A level of the household's place.
    Place,
    /// The household.
    Household,
    /// The person of the row.
    Person,
    /// Only tells which household a row belongs to; never handed on.
    Grouping,
}

macro_rules! fields {
    ($($field:ident $of:ident $key:literal $label:literal,)*) => {
        /// A column the roster reading understands. Keys are those of the dossier (`lianhu_core::field::FIELDS`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RosterField {
            $(#[doc = $label] $field,)*
        }

        impl RosterField {
            /// Every field, in the order of the national list.
            pub const ALL: &'static [Self] = &[$(Self::$field,)*];

            /// The dossier key; for a place, its level. Household and person keys may be equal: see [`Self::of`].
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Self::$field => $key,)* }
            }

            /// Whose fact it is.
            #[must_use]
            pub fn of(self) -> FieldOf {
                match self { $(Self::$field => FieldOf::$of,)* }
            }

            /// What the field calls it.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$field => $label,)* }
            }
        }
    };
}

fields! {
    County Place "county" "县",
    Town Place "town" "乡镇",
    Village Place "village" "行政村",
    NaturalVillage Place "natural_village" "自然村",
    Group Place "group" "组",
    HeadName Grouping "head_name" "户主姓名",
    HeadIdNo Grouping "head_id_no" "户主证件号码",
    HouseholdNo Household "national_no" "户编号",
    HouseholdType Household "household_type" "户类型",
    IdStandard Household "id_standard" "识别标准",
    PovertyCause Household "poverty_cause" "致贫原因",
    HouseholdPhone Household "phone" "户联系电话",
    Site Household "site" "安置点",
    Building Household "building" "楼栋",
    Unit Household "unit" "单元",
    Room Household "room" "室",
    BatchYear Household "batch_year" "搬迁年度",
    HouseDanger Household "house_danger" "危房户",
    WaterSafe Household "water_safe" "是否解决安全饮用水",
    IncomePerCapita Household "income_per_capita" "人均纯收入",
    FirstIdentified Household "first_identified" "首次识别时间",
    MonitorType Household "monitor_type" "监测对象类型",
    RiskCleared Household "risk_cleared" "风险是否消除",
    RiskIdentifiedOn Household "risk_identified_on" "风险识别时间",
    RiskClearedOn Household "risk_cleared_on" "风险消除时间",
    OutYear Household "out_year" "脱贫年度",
    Address Household "address" "住址",
    MemberCountStated Household "member_count_stated" "人数",
    PersonNo Person "national_no" "人编号",
    Name Person "name" "姓名",
    IdType Person "id_type" "证件类型",
    IdNo Person "id_no" "证件号码",
    Sex Person "sex" "性别",
    Birth Person "birth" "出生日期",
    Relation Person "relation" "与户主关系",
    Nation Person "nation" "民族",
    Edu Person "edu" "文化程度",
    School Person "school" "在校生状况",
    Health Person "health" "健康状况",
    Labour Person "labour" "劳动技能",
    WorkMonths Person "work_months" "务工时间（月）",
    InsuranceMajor Person "insurance_major" "是否参加大病保险",
    PersonPhone Person "phone" "人联系电话",
    IdentifiedOn Person "identified_on" "人员识别时间",
    Status Person "status" "人员状态",
    Disability Person "disability" "残疾类别等级",
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianhu_core::field::{FIELDS, Of, field};

    #[test]
    fn every_household_and_person_key_is_one_the_dossier_holds() {
        for one in RosterField::ALL {
            let of = match one.of() {
                FieldOf::Household => Of::Household,
                FieldOf::Person => Of::Person,
                FieldOf::Place | FieldOf::Grouping => continue,
            };
            assert!(field(of, one.key()).is_some(), "{one:?}");
            assert_eq!(
                RosterField::ALL.iter().filter(|other| other.key() == one.key() && other.of() == one.of()).count(),
                1
            );
        }
    }

    #[test]
    fn every_fact_of_the_dossier_but_the_spoken_languages_can_come_from_a_roster() {
        let missing: Vec<_> = FIELDS
            .iter()
            .filter(|fact| {
                let of = if fact.of == Of::Household { FieldOf::Household } else { FieldOf::Person };
                !RosterField::ALL.iter().any(|field| field.of() == of && field.key() == fact.key)
            })
            .map(|fact| fact.key)
            .collect();
        assert_eq!(missing, ["languages"]);
    }
}
