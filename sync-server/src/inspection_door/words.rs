//! The words of the pages for inspectors, in Chinese and in English.

use super::{cookie, page};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use lianhu_core::fact::PlaceRef;
use lianhu_core::report::Measure;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    Chinese,
    English,
}

impl Tongue {
    /// What the reader has chosen, else what their browser asks for first; Chinese unless it says otherwise.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let chosen = cookie(headers, page::LANGUAGE).map(str::to_owned);
        let asked = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(str::to_lowercase);
        let asked = chosen.or_else(asked).unwrap_or_default();
        let mut known = asked.split(',').map(str::trim).filter(|one| one.starts_with("zh") || one.starts_with("en"));
        if known.next().is_some_and(|first| first.starts_with("en")) { Self::English } else { Self::Chinese }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }
}

/// The phrase under a key.
pub(super) fn say(tongue: Tongue, key: &str) -> &'static str {
    let Some((_, chinese, english)) = WORDS.iter().find(|(known, ..)| *known == key) else { return "" };
    match tongue {
        Tongue::Chinese => chinese,
        Tongue::English => english,
    }
}

#[cfg(test)]
pub(super) fn is_known(key: &str) -> bool {
    WORDS.iter().any(|(known, ..)| *known == key)
}

/// What is counted.
pub(super) fn measure(tongue: Tongue, measure: Measure) -> &'static str {
    match tongue {
        Tongue::Chinese => measure.label(),
        Tongue::English => say(tongue, measure.code()),
    }
}

/// What an inspection is for; a word of a later version says nothing here.
pub(super) fn purpose(tongue: Tongue, purpose: &str) -> &'static str {
    say(tongue, purpose)
}

/// A category of needs. What a later version or a person's own hand has put there is "other": it might name somebody.
pub(super) fn need(tongue: Tongue, category: &str) -> &'static str {
    let known = NEEDS.iter().find(|(known, ..)| *known == category);
    match (known, tongue) {
        (Some((_, chinese, _)), Tongue::Chinese) => chinese,
        (Some((.., english)), Tongue::English) => english,
        (None, Tongue::Chinese) => "其他",
        (None, Tongue::English) => "other",
    }
}

/// What a place is called, or that nobody has placed it.
pub(super) fn place_name(tongue: Tongue, place: Option<&PlaceRef>) -> String {
    place.map_or_else(|| say(tongue, "unplaced").to_owned(), |place| place.name.clone())
}

const NEEDS: [(&str, &str, &str); 15] = [
    ("务工就业", "务工就业", "work"),
    ("就学升学", "上学", "school"),
    ("医疗", "看病", "medical"),
    ("住房", "住房", "housing"),
    ("饮水", "饮水", "water"),
    ("农产品销路", "卖东西", "selling produce"),
    ("基础设施", "路和电", "roads, power"),
    ("政策咨询", "问政策", "policy"),
    ("其他", "其他", "other"),
    ("food", "吃", "food"),
    ("clothing", "穿", "clothing"),
    ("schooling", "上学", "school"),
    ("insurance", "医保", "insurance"),
    ("housing", "住房", "housing"),
    ("water", "饮水", "water"),
];

const WORDS: &[(&str, &str, &str)] = &[
    ("lang", "zh-CN", "en"),
    ("brand", "联户 · 督查", "Lianhu · inspection"),
    ("other_language", "English", "中文"),
    ("other_language_at", "/inspection/en", "/inspection/zh"),
    ("sign_in", "出示督查通行证", "Show your pass"),
    (
        "sign_in_what",
        "请照县里给的督查通行证，输入通行码（四组，每组五个字母、数字）。大小写、空格都行。",
        "Type the code on the pass the county gave you: four groups of five letters or digits. Small letters and spaces are fine.",
    ),
    ("code", "通行码", "Pass code"),
    ("come_in", "进入", "Enter"),
    (
        "sign_in_privacy",
        "这里只看数字和编号，没有姓名、证件号。抽中的样本才看得到户主姓名、住址、电话，每打开一次都留痕，联系这一户的人看得到。",
        "These pages show figures and numbers, no names. Only of a drawn sample name, address and telephone are shown; every opening leaves a trace that the household's helper sees.",
    ),
    (
        "wrong_pass",
        "通行码不对。请对照通行证逐组核对；还不行，请向开通督查的县里问。",
        "This is not the code of any pass. Compare it with the pass group by group, or ask the county that opened the inspection.",
    ),
    (
        "too_often",
        "输错太多次了。请过十分钟再试，或向县里核对通行码。",
        "Too many wrong codes. Try again in ten minutes, or check the code with the county.",
    ),
    (
        "not_begun",
        "这次督查还没开始。从 {from} 起、县里交换以后，才能用这张通行证。",
        "This inspection has not begun. The pass works from {from}, once the county has exchanged.",
    ),
    ("over", "督查已结束", "The inspection has ended"),
    (
        "over_sentence",
        "这次督查已经结束，这里不再显示户的内容。还要看，请县里另开一次督查。",
        "This inspection has ended; nothing of its households is shown any more. If you need more, ask the county to open another.",
    ),
    ("figures", "数字", "Figures"),
    ("list", "户的编号", "Households by number"),
    ("samples", "抽样", "Samples"),
    ("leave", "退出", "Leave"),
    ("place", "范围", "Place"),
    ("period", "核查时段", "Period looked at"),
    ("until_word", "至", "to"),
    ("purpose", "事由", "Purpose"),
    ("ends", "通行证用到", "Pass ends"),
    ("as_of", "数据截至县里第", "As of the county's entry no."),
    ("as_of_end", "条", ""),
    ("special", "专项督查", "special inspection"),
    ("records", "走访记录核查", "check of visit records"),
    ("assessment", "成效评估", "assessment"),
    ("put_right", "整改复核", "check of what was put right"),
    ("by_village", "各村的数", "By village"),
    (
        "withheld_why",
        "和县里报表同一套算法。少于 10 户的村和别的村合在一起；“—”是少于 10 户的数，连同能推算出它的数，都不显示。",
        "Counted as in the county's own report. Villages with fewer than ten households are told together with others; “—” withholds a figure about fewer than ten households, and what it could be worked out from.",
    ),
    (
        "too_small",
        "这个范围不足 10 户，或还没有户：不显示数字和编号。",
        "There are fewer than ten households here, or none yet: nothing is shown.",
    ),
    ("village", "村", "Village"),
    ("all", "合计", "Total"),
    ("unplaced", "没有分到村的户", "not placed in a village"),
    ("and", "、", ", "),
    ("together", "（合在一起）", " (together)"),
    ("households", "", "Households"),
    ("persons", "", "People"),
    ("visits", "", "Visits"),
    ("households_visited", "", "Visited"),
    ("households_not_visited", "", "Not visited"),
    ("needs_raised", "", "Needs raised"),
    ("needs_open", "", "Needs open"),
    ("two_statements", "", "Two statements"),
    (
        "list_what",
        "一户一个编号，只在这次督查里用，换一次督查就换一套。走访只写到月；诉求只写类别和件数，不写内容。",
        "One number a household, good for this inspection only; another inspection has others. Visits are told by month, needs by kind and count, without their words.",
    ),
    ("household_number", "编号", "Number"),
    ("last_visit", "最近走访", "Last visit"),
    ("visits_in_period", "时段内走访（次）", "Visits in period"),
    ("open_needs", "没办结的诉求", "Open needs"),
    ("never", "没有记录", "none recorded"),
    ("show", "看", "Show"),
    ("everywhere", "全部", "Everywhere"),
    ("shown", "共 {n} 户，这里是第 {from} 到 {to} 户", "{n} in all, here {from} to {to}"),
    ("before", "前一页", "Previous page"),
    ("after", "后一页", "Next page"),
    ("bare_numbers", "只要编号（文本，核对抽签用）", "Bare numbers as text, for drawing again"),
    (
        "samples_what",
        "抽中的户可以打开看户主姓名、住址、电话，只为上门核查，用到通行证那天为止。每打开一次都留一条，联系这一户的人看得到是哪个督查组。",
        "Of a drawn household name, address and telephone can be opened for a visit on foot, until the pass ends. Every opening is noted, and the household's helper sees which team it was.",
    ),
    ("draw_on", "抽一次", "Draw"),
    ("how_many", "抽几户", "How many"),
    ("from_where", "从哪里抽", "From where"),
    ("own_words", "您自己的一句话（4 到 60 个字）", "Words of your own (4 to 60 characters)"),
    (
        "own_words_why",
        "请现想一句：这句话决定抽中谁，县里事先不知道，您也算不出。",
        "Think of some now: they decide who is drawn. The county did not know them before, and you cannot work out whom they draw.",
    ),
    ("draw", "抽签", "Draw the lot"),
    ("left", "这次督查还可以抽 {n} 户。", "{n} more households may be drawn in this inspection."),
    (
        "none_left",
        "这次督查已经抽满 100 户。还要抽，请县里另开一次督查。",
        "All 100 samples of this inspection are drawn. If you need more, ask the county to open another.",
    ),
    (
        "opened_too_fast",
        "打开得太快了，每打开一次都要记一笔。请过一会儿再打开。",
        "Samples are opened too fast: every opening is written down. Wait a little, then open it again.",
    ),
    ("own_words_wrong", "请写 4 到 60 个字的一句话，再抽。", "Write 4 to 60 characters of your own, then draw again."),
    (
        "too_many",
        "一次抽 1 到 30 户，全部不超过 100 户。请改一下“抽几户”。",
        "Draw 1 to 30 households at a time and 100 in all. Change how many.",
    ),
    (
        "no_such_place",
        "各村的分法刚变了。请重新选“从哪里抽”。",
        "How villages are told together has just changed. Choose again from where.",
    ),
    (
        "nobody_left",
        "这里能抽的户都抽过了。请换一个地方抽。",
        "Everybody here has been drawn already. Draw somewhere else.",
    ),
    (
        "not_drawn",
        "这一户没有抽中，或已不在册。只有抽中的户才能打开。",
        "This household was not drawn, or is no longer kept. Only drawn households can be opened.",
    ),
    ("drawn_by", "第", "Draw"),
    ("drawn_by_end", "次抽签", ""),
    ("words_label", "您的话", "Your words"),
    ("wanted_label", "要抽", "Asked for"),
    ("listed_label", "名单", "On the list"),
    ("household_unit", "户", "households"),
    ("list_label", "名单指纹", "Hash of the list"),
    ("open", "打开", "Open"),
    ("times", "已打开 {n} 次", "opened {n} times"),
    ("no_draw", "还没有抽过。", "Nothing has been drawn yet."),
    ("how", "怎么抽的，怎么核对", "How the lot is drawn, and how to check it"),
    (
        "how_what",
        "县里有一把抽签钥匙，现在只给出它的指纹（SHA-256），督查结束后公开钥匙本身。每户的签 = HMAC-SHA-256（钥匙，“第几次|您的话|编号”，编号不留空格，UTF-8），签最小的几户抽中；抽过的不再抽。名单指纹 = 各编号从小到大、一行一个的 SHA-256。县里改不了钥匙，您事先没有钥匙，谁也挑不了户。",
        "The county has a key for the lot. Now only its hash (SHA-256) is shown; when the inspection has ended, the key itself. The lot of a household is HMAC-SHA-256(key, “draw|your words|number”), the number without its space, in UTF-8; the smallest lots are drawn, nobody twice. The hash of a list is the SHA-256 of its numbers, rising, one a line. The county cannot change the key, and you do not have it beforehand: nobody can choose whom.",
    ),
    ("promise", "钥匙的指纹", "Hash of the key"),
    ("key", "抽签钥匙", "Key of the lot"),
    (
        "key_what",
        "照下面的钥匙、您的话和当时存下的编号，谁都能重抽一遍。",
        "With this key, your words and the numbers you saved anybody can draw again.",
    ),
    ("opened", "样本", "Sample"),
    ("head", "户主", "Head"),
    ("address", "住址", "Address"),
    ("phone", "电话", "Telephone"),
    ("no_phone", "没有记电话。请向村里问路。", "No number is written down. Ask the village for the way."),
    ("masked_phone", "（名单里就是遮着的。请向村里问。）", "(It came masked. Ask the village.)"),
    ("no_address", "没有记住址。请向村里问路。", "No address is written down. Ask the village for the way."),
    ("no_name", "没有记户主姓名", "no name is written down"),
    (
        "opened_note",
        "这次打开已留痕，联系这一户的人下次交换就看得到。请只用于上门核查，用完不留。",
        "This opening is noted; the household's helper will see it at the next exchange. Use it for the visit only and keep nothing.",
    ),
    ("back", "回到抽样", "Back to the samples"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use std::collections::BTreeSet;

    #[test]
    fn a_reader_is_answered_in_the_language_they_ask_for() {
        let asked = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(value));
            Tongue::of(&headers)
        };
        assert_eq!(asked("en-GB,en;q=0.9,zh;q=0.1"), Tongue::English);
        assert_eq!(asked("zh-CN,zh;q=0.9,en;q=0.8"), Tongue::Chinese);
        assert_eq!(asked("de,en"), Tongue::English);
        assert_eq!(asked("de"), Tongue::Chinese);
        assert_eq!(Tongue::of(&HeaderMap::new()), Tongue::Chinese);
    }

    #[test]
    fn every_phrase_stands_once_and_in_both_languages() {
        let keys: BTreeSet<_> = WORDS.iter().map(|(key, ..)| key).collect();
        assert_eq!(keys.len(), WORDS.len());
        for (key, chinese, english) in WORDS {
            let counted = Measure::ALL.iter().any(|measure| measure.code() == *key);
            assert!(counted || (!chinese.is_empty() && (!english.is_empty() || key.ends_with("_end"))), "{key}");
        }
        for code in lianhu_core::inspection::purpose::ALL {
            assert!(is_known(code), "{code}");
        }
    }

    #[test]
    fn a_category_nobody_knows_is_told_as_other() {
        assert_eq!((need(Tongue::Chinese, "water"), need(Tongue::Chinese, "段志荣家的事")), ("饮水", "其他"));
    }
}
