//! What is never collected, whatever a workbook offers: domain.md §5 “Do not collect”, and 政治面貌 (issue rule). Such a
//! column is named to the person who imports, and none of its cells is looked at.

use lianhu_core::text::header_key;

/// Words in a header, and why such a column is left out.
const NEVER: &[(&[&str], &str)] = &[
    (&["银行", "账号", "帐号", "账户", "帐户", "开户", "卡号", "存折", "一卡通"], "银行账号不收集，这一列没有读取。"),
    (&["宗教", "信仰", "教派"], "宗教信仰不收集，这一列没有读取。"),
    (&["婚"], "婚姻状况不收集，这一列没有读取。"),
    (&["计生", "计划生育", "生育", "节育", "避孕", "怀孕"], "计划生育情况不收集，这一列没有读取。"),
    (&["政治面貌", "政治身份", "党员", "团员", "入党"], "政治面貌不收集，这一列没有读取。"),
    (
        &["犯罪", "前科", "服刑", "刑满", "刑事", "案底", "违法", "吸毒", "涉毒", "涉黑", "社区矫正"],
        "违法犯罪记录不收集，这一列没有读取。",
    ),
    (
        &[
            "诊断",
            "病种",
            "病名",
            "病情",
            "病史",
            "病历",
            "用药",
            "药物",
            "疾病名称",
            "疾病种类",
            "疾病类型",
            "何种疾病",
            "大病名称",
            "艾滋",
            "hiv",
            "精神病",
            "精神障碍",
            "住院",
        ],
        "具体病情不收集（只记健康类别），这一列没有读取。",
    ),
    (&["信访", "上访", "缠访", "维稳"], "信访标签不收集，这一列没有读取。"),
    (&["指纹", "人脸", "虹膜", "照片", "相片", "头像"], "照片和生物特征不从名单收集，这一列没有读取。"),
    (&["微信", "qq", "密码", "通讯录"], "社交账号和密码不收集，这一列没有读取。"),
    (&["轨迹", "行踪"], "行踪轨迹不收集，这一列没有读取。"),
    (&["懒", "等靠要", "好吃"], "评价人的标签不收集，这一列没有读取。"),
];

const CADRE_WORDS: &[&str] = &["帮扶", "责任人", "干部", "联系人", "包保", "书记", "队员"];
const CERTIFICATE_WORDS: &[&str] = &["身份证", "证件号", "身份号"];

/// Why the column with this header is never read; `None` for one that may be.
pub(crate) fn refusal(header: &str) -> Option<&'static str> {
    let key = header_key(header);
    let holds = |words: &[&str]| words.iter().any(|word| key.contains(word));
    if holds(CADRE_WORDS) && holds(CERTIFICATE_WORDS) {
        return Some("干部的证件号码不收集，这一列没有读取。");
    }
    NEVER.iter().find(|(words, _)| holds(words)).map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::ROSTER;

    #[test]
    fn what_is_never_collected_is_refused_in_any_spelling() {
        for header in [
            "银行卡号",
            "开户行",
            "惠农一卡通账号",
            "宗教信仰",
            "婚姻状况",
            "婚姻狀況",
            "计生情况",
            "生育情况",
            "政治面貌",
            "政 治 面 貌",
            "是否党员",
            "犯罪记录",
            "诊断结果",
            "大病病种",
            "慢性病种类",
            "患病名称（疾病名称）",
            "HIV",
            "是否信访户",
            "照片",
            "微信号",
            "ＱＱ号",
            "行踪轨迹",
            "帮扶责任人身份证号",
            "干部证件号码",
        ] {
            assert!(refusal(header).is_some(), "{header}");
        }
    }

    #[test]
    fn no_column_that_is_understood_is_refused() {
        for (_, names) in ROSTER {
            for name in *names {
                assert_eq!(refusal(name), None, "{name}");
            }
        }
    }
}
