//! How departments write the headers: every spelling we know of each column (domain.md §2.1, §2.10). A header that is
//! not here is reported and left alone, never a reason to refuse the file.

use crate::field::RosterField::{self, *};
use lianhu_core::text::header_key;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The headers of a kind of table: each meaning with its spellings. A spelling under two meanings takes the first free.
pub(crate) type Spellings<F> = [(F, &'static [&'static str])];

/// The columns of the person lists: 32, 34, 47 and 26 columns wide, and what counties make of them.
pub(crate) const ROSTER: &Spellings<RosterField> = &[
    (
        County,
        &[
            "县",
            "县区",
            "区县",
            "县(区)",
            "区(县)",
            "县市区",
            "县(市)",
            "县(市、区)",
            "县(市区)",
            "县(市、区、旗)",
            "县(市区旗)",
            "县市区旗",
            "旗县",
            "县级",
            "县名",
            "县名称",
            "所在县",
            "所属县",
            "所在县区",
            "县区名称",
            "户籍县",
        ],
    ),
    (
        Town,
        &[
            "乡",
            "镇",
            "乡镇",
            "乡(镇)",
            "镇(乡)",
            "乡、镇",
            "乡镇(街道)",
            "乡(镇、街道)",
            "乡(镇、街道办)",
            "乡镇街道",
            "镇街",
            "街道",
            "乡级",
            "乡名",
            "乡镇名称",
            "所在乡镇",
            "所属乡镇",
            "乡(镇)名称",
            "户籍乡镇",
        ],
    ),
    (
        Village,
        &[
            "村",
            "行政村",
            "村名",
            "村名称",
            "行政村名称",
            "村(社区)",
            "村(居)",
            "村(居)委会",
            "村居",
            "村社区",
            "村、社区",
            "行政村(社区)",
            "村委会",
            "所在村",
            "所属村",
            "所属行政村",
            "所在行政村",
            "原住村",
            "迁出村",
            "户籍村",
        ],
    ),
    (
        NaturalVillage,
        &["自然村", "自然屯", "自然寨", "自然村屯", "自然村(屯)", "自然村名称", "屯", "屯名", "村屯", "寨"],
    ),
    (Group, &["组", "小组", "村组", "组别", "村民组", "村民小组", "村民小组名称", "所在组", "组名"]),
    (HeadName, &["户主姓名", "户主", "户主名", "户主名字"]),
    (HeadIdNo, &["户主证件号码", "户主身份证号", "户主身份证号码", "户主证件号", "户主身份证"]),
    (HouseholdNo, &["户编号", "户编码", "户号", "家庭编号", "农户编号", "国办户编号", "户id"]),
    (HouseholdType, &["户类型", "农户类型", "户类别", "户属性", "脱贫户类型"]),
    (IdStandard, &["识别标准"]),
    (PovertyCause, &["致贫原因1", "致贫原因", "主要致贫原因", "致贫主因", "致贫返贫原因", "主要致贫返贫原因"]),
    (
        HouseholdPhone,
        &[
            "户联系电话",
            "户电话",
            "家庭联系电话",
            "家庭电话",
            "户主联系电话",
            "户主电话",
            "户联系方式",
            "联系电话",
            "电话",
            "联系方式",
            "手机号",
            "手机号码",
            "电话号码",
        ],
    ),
    (
        Site,
        &[
            "安置点",
            "安置点名称",
            "集中安置点",
            "集中安置点名称",
            "安置区",
            "安置区名称",
            "安置社区",
            "搬迁安置点",
            "安置小区",
            "迁入安置点",
            "安置地点",
            "所在安置点",
        ],
    ),
    (Building, &["楼栋", "楼栋号", "栋", "栋号", "幢", "幢号", "楼号", "楼幢"]),
    (Unit, &["单元", "单元号"]),
    (Room, &["室", "室号", "房号", "房间号", "房间", "房屋号"]),
    (BatchYear, &["搬迁年度", "搬迁年份", "搬迁批次", "搬迁年", "搬迁时间", "搬迁计划年度", "入住年度", "安置年度"]),
    (HouseDanger, &["危房户", "是否危房户", "是否危房", "是否为危房户"]),
    (
        WaterSafe,
        &[
            "是否解决安全饮用水",
            "是否解决安全饮水",
            "安全饮用水",
            "安全饮水",
            "是否安全饮水",
            "是否有安全饮用水",
            "饮水是否安全",
        ],
    ),
    (IncomePerCapita, &["人均纯收入", "家庭人均纯收入", "年人均纯收入", "人均纯收入(元)", "家庭年人均纯收入"]),
    (FirstIdentified, &["首次识别时间", "户识别时间", "首次识别年月", "识别时间", "户首次识别时间"]),
    (MonitorType, &["监测对象类型", "监测对象类别", "监测类型", "监测户类型", "监测对象", "监测户类别"]),
    (RiskCleared, &["风险是否消除", "风险是否已消除", "是否消除风险", "是否风险消除"]),
    (RiskIdentifiedOn, &["风险识别时间", "识别监测时间", "监测识别时间", "监测对象识别时间", "纳入监测时间"]),
    (RiskClearedOn, &["风险消除时间", "消除监测时间", "消除风险时间"]),
    (OutYear, &["脱贫年度", "脱贫年份", "脱贫时间", "脱贫年"]),
    (Address, &["住址", "地址", "家庭住址", "家庭地址", "现住址", "居住地址", "现居住地", "详细地址", "家庭详细住址"]),
    (
        MemberCountStated,
        &[
            "人数",
            "家庭人数",
            "家庭人口",
            "家庭人口数",
            "户人口数",
            "户人数",
            "人口数",
            "在册人数",
            "家庭成员数",
            "家庭总人口",
        ],
    ),
    (PersonNo, &["人编号", "人口编号", "人员编号", "人编码", "人口编码", "成员编号", "国办人编号"]),
    (Name, &["姓名", "成员姓名", "人员姓名", "家庭成员姓名", "家庭成员", "名字", "人口姓名"]),
    (IdType, &["证件类型", "证件种类", "证件类别"]),
    (
        IdNo,
        &[
            "证件号码",
            "证件号",
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份号码",
            "公民身份证号码",
            "居民身份证号",
            "居民身份证号码",
            "身份证件号码",
            "成员身份证号",
            "成员证件号码",
            "身份证(残疾证)号",
            "身份证号(残疾证号)",
            "身份证、残疾证号",
            "证件号码(身份证)",
        ],
    ),
    (Sex, &["性别"]),
    (Birth, &["出生日期", "出生年月", "出生年月日", "出生时间", "生日"]),
    (
        Relation,
        &[
            "与户主关系",
            "户主关系",
            "与户主的关系",
            "与户主之关系",
            "家庭关系",
            "成员关系",
            "与户主关系名称",
            "关系",
            "称谓",
        ],
    ),
    (Nation, &["民族", "民族名称"]),
    (Edu, &["文化程度", "学历", "受教育程度", "教育程度", "文化水平"]),
    (School, &["在校生状况", "在校生情况", "在校状况", "在校情况", "就学状况", "就学情况", "在读情况", "在校生"]),
    (Health, &["健康状况", "健康情况", "身体状况", "身体健康状况"]),
    (Labour, &["劳动技能", "劳动能力", "劳动力类型", "劳动力状况", "劳动技能类型", "劳动力情况", "劳动力"]),
    (
        WorkMonths,
        &["务工时间(月)", "务工时间", "务工月数", "务工时长", "务工时长(月)", "务工月份数", "外出务工时间(月)"],
    ),
    (InsuranceMajor, &["是否参加大病保险", "大病保险", "参加大病保险", "是否参加大病医疗保险"]),
    (
        PersonPhone,
        &[
            "人联系电话",
            "成员联系电话",
            "本人联系电话",
            "个人联系电话",
            "本人电话",
            "成员电话",
            "人员联系电话",
            "联系电话",
            "电话",
            "联系方式",
            "手机号",
            "手机号码",
            "电话号码",
        ],
    ),
    (IdentifiedOn, &["人员识别时间", "人识别时间", "个人识别时间", "人口识别时间", "成员识别时间"]),
    (Status, &["人员状态", "成员状态", "人口状态", "在册状态", "人员变动状态", "状态"]),
    (Disability, &["残疾类别", "残疾类型", "残疾等级", "残疾类别等级", "残疾类别及等级", "残疾情况", "残疾类别和等级"]),
];

/// The most characters a header has, with what stands behind it in brackets.
const LONGEST: usize = 40;

/// Spellings by the form in which headers compare.
pub(crate) struct Meanings<F> {
    by_key: BTreeMap<String, Vec<F>>,
}

/// The meanings of roster headers; made once, for every spelling has to be brought into its comparable form.
pub(crate) fn roster() -> &'static Meanings<RosterField> {
    static ROSTER_MEANINGS: OnceLock<Meanings<RosterField>> = OnceLock::new();
    ROSTER_MEANINGS.get_or_init(|| Meanings::new(ROSTER))
}

impl<F: Copy> Meanings<F> {
    pub(crate) fn new(spellings: &Spellings<F>) -> Self {
        let mut by_key: BTreeMap<String, Vec<F>> = BTreeMap::new();
        for (meaning, names) in spellings {
            for name in *names {
                by_key.entry(header_key(name)).or_default().push(*meaning);
            }
        }
        Self { by_key }
    }

    /// What a header can mean, best first; nothing for an unknown one.
    pub(crate) fn of(&self, header: &str) -> &[F] {
        // A long text or number is no header; most cells that are looked at while the header is sought are such.
        if header.chars().nth(LONGEST).is_some() || header.bytes().filter(u8::is_ascii_digit).count() > 4 {
            return &[];
        }
        let key = header_key(header);
        let found = self.by_key.get(&key).or_else(|| self.by_key.get(&plain(&key)));
        found.map_or(&[], Vec::as_slice)
    }
}

/// Without numbering before the header and an explanation in brackets behind it: `3.姓名(必填)` is 姓名.
fn plain(key: &str) -> String {
    let unnumbered = key.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | '_' | '-'));
    let bare = match unnumbered.find('(') {
        Some(0) | None => unnumbered,
        Some(at) => unnumbered.split_at_checked(at).map_or(unnumbered, |(before, _)| before),
    };
    bare.trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(header: &str) -> Option<RosterField> {
        Meanings::new(ROSTER).of(header).first().copied()
    }

    #[test]
    fn headers_are_understood_as_departments_write_them() {
        for (header, expected) in [
            ("县（市、区、旗）", County),
            ("乡（镇）", Town),
            (" 行 政 村 ", Village),
            ("村", Village),
            ("身份证号", IdNo),
            ("證件號碼", IdNo),
            ("证件号码：", IdNo),
            ("与户主关系*", Relation),
            ("务工时间（月）", WorkMonths),
            ("务工时间\n(月)", WorkMonths),
            ("人均纯收入（元）", IncomePerCapita),
            ("３．姓名（必填）", Name),
            ("户主姓名", HeadName),
            ("人口编号", PersonNo),
        ] {
            assert_eq!(meaning(header), Some(expected), "{header}");
        }
        for header in ["", "序号", "数据日期", "年度", "务工企业名称", "(必填)", "是否享受低保"] {
            assert_eq!(meaning(header), None, "{header}");
        }
    }

    #[test]
    fn a_bare_phone_is_the_households_unless_that_is_taken() {
        assert_eq!(Meanings::new(ROSTER).of("联系电话"), [HouseholdPhone, PersonPhone]);
    }

    #[test]
    fn every_spelling_of_a_name_has_a_character_by_which_a_repeated_header_is_looked_for() {
        let names = ROSTER.iter().filter(|(field, _)| *field == Name).flat_map(|(_, names)| *names);
        assert!(names.into_iter().all(|name| name.contains(['名', '员'])));
    }

    #[test]
    fn no_spelling_but_a_bare_phone_has_two_meanings() {
        let meanings = Meanings::new(ROSTER);
        for (key, found) in &meanings.by_key {
            let phone = found.as_slice() == [HouseholdPhone, PersonPhone];
            assert!(found.len() == 1 || phone, "{key}: {found:?}");
        }
    }
}
