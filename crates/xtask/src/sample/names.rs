//! Names of made-up people: Han names, minority names with 「·」, and now and then a rare character that a careless
//! program cuts in half.

use super::chance::Chance;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾",
    "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪",
    "田", "任", "姜", "范", "方", "石", "姚", "谭", "廖", "邹", "熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛",
    "邱", "秦", "江", "史", "顾", "侯", "邵", "孟", "龙", "万", "段", "雷", "钱", "汤", "尹", "黎", "易", "常", "武",
    "乔", "贺", "赖", "龚", "文", "覃", "韦", "欧阳", "上官", "司马", "诸葛",
];
const MALE: &[&str] = &[
    "伟", "强", "军", "勇", "杰", "涛", "明", "超", "辉", "刚", "峰", "荣", "建", "国", "华", "平", "志", "德", "福",
    "贵", "财", "旺", "兴", "发", "成", "龙", "林", "山", "江", "海", "春", "生", "金", "柱", "根", "宝", "田", "祥",
    "顺", "亮", "健", "永", "文", "武", "学", "光", "庆", "松", "泉", "远",
];
const FEMALE: &[&str] = &[
    "芳", "娟", "敏", "静", "丽", "艳", "霞", "玲", "秀", "英", "兰", "凤", "梅", "莲", "桂", "花", "翠", "红", "琴",
    "云", "月", "莉", "珍", "玉", "香", "彩", "芬", "妹", "素", "菊", "燕", "萍", "雪", "荣", "华", "春", "秋", "巧",
    "银", "喜", "爱", "惠", "淑", "婷", "倩", "洁", "慧", "青", "美", "娥",
];
/// Characters outside what old fonts and old encodings hold; two of them outside the basic plane.
const RARE: &[&str] = &["㙍", "𠮷", "䶮", "𣲘", "㛃", "喆"];

const UYGHUR_MALE: &[&str] = &["阿卜杜热合曼", "买买提", "吐尔逊", "艾山", "库尔班", "玉素甫", "热西提", "伊明"];
const UYGHUR_FEMALE: &[&str] = &["阿依古丽", "古丽娜尔", "帕提古丽", "热娜", "阿依夏木", "努尔比亚", "再娜甫"];
const YI_CLANS: &[&str] = &["吉克", "阿侯", "沙马", "吉木", "马黑", "曲比", "海来"];
const YI_MALE: &[&str] = &["木呷", "尔古", "阿以", "拉日", "伍合", "石布"];
const YI_FEMALE: &[&str] = &["阿依", "阿呷", "伍果", "木乃", "阿洛", "石扎"];

/// A people, with how its names are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Nation {
    /// 汉族, and peoples whose names are built alike.
    #[default]
    Han,
    /// 回族
    Hui,
    /// 苗族
    Miao,
    /// 维吾尔族
    Uyghur,
    /// 彝族
    Yi,
}

impl Nation {
    /// As the roster writes it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Han => "汉族",
            Self::Hui => "回族",
            Self::Miao => "苗族",
            Self::Uyghur => "维吾尔族",
            Self::Yi => "彝族",
        }
    }
}

/// A family name, which children take over. Uyghur children take the father's given name instead.
pub(crate) fn surname(chance: &mut Chance, nation: Nation) -> &'static str {
    match nation {
        Nation::Han | Nation::Hui | Nation::Miao => chance.pick(SURNAMES),
        Nation::Uyghur => chance.pick(UYGHUR_MALE),
        Nation::Yi => chance.pick(YI_CLANS),
    }
}

/// A full name.
pub(crate) fn name(chance: &mut Chance, nation: Nation, surname: &str, male: bool) -> String {
    match nation {
        Nation::Uyghur => {
            let given = chance.pick(if male { UYGHUR_MALE } else { UYGHUR_FEMALE });
            format!("{given}·{surname}")
        }
        Nation::Yi => {
            let given = chance.pick(if male { YI_MALE } else { YI_FEMALE });
            format!("{surname}·{given}")
        }
        Nation::Han | Nation::Hui | Nation::Miao => {
            let pool = if male { MALE } else { FEMALE };
            let first = if chance.per_mille(5) { chance.pick(RARE) } else { chance.pick(pool) };
            let second = if chance.per_mille(180) { "" } else { chance.pick(pool) };
            format!("{surname}{first}{second}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_length_the_field_allows() {
        let mut chance = Chance::new(3, 0);
        for nation in [Nation::Han, Nation::Hui, Nation::Miao, Nation::Uyghur, Nation::Yi] {
            for turn in 0..300 {
                let family = surname(&mut chance, nation);
                let name = name(&mut chance, nation, family, turn % 2 == 0);
                assert!((2..=30).contains(&name.chars().count()), "{name}");
                let dotted = matches!(nation, Nation::Uyghur | Nation::Yi);
                assert_eq!(name.contains('·'), dotted, "{name}");
            }
        }
    }

    #[test]
    fn rare_characters_come_but_seldom() {
        let mut chance = Chance::new(3, 0);
        let names: Vec<String> = (0..3000).map(|_| name(&mut chance, Nation::Han, "王", true)).collect();
        let rare = names.iter().filter(|name| RARE.iter().any(|rare| name.contains(rare))).count();
        assert!((3..60).contains(&rare), "{rare}");
    }
}
