//! A finding in one Chinese sentence: what was found, and what to look at next.

use super::{Detail, Finding, Labelled, Printed, Suggestion, Verdict, rounded};

/// The sentence of a finding; a passed one says that it holds.
pub(super) fn of(finding: &Finding) -> String {
    let passed = finding.verdict == Verdict::Pass;
    let mend = finding.suggestion.as_ref();
    match &finding.detail {
        Detail::Sum { what, parts, blank, found, stated } => sum(what, parts, blank, (*found, *stated), mend),
        Detail::PersonsHouseholds { label, households, persons, stated_total } => {
            persons_households(label, (*households, *persons), *stated_total, mend)
        }
        Detail::HouseholdSize { label, households, persons, .. } => {
            let each = shown(rounded(*persons, *households, 2));
            let verdict = if passed {
                "在2至6人之间".to_owned()
            } else {
                format!("不在2至6人之间，请核对{}", or_mend("户数和人数", mend))
            };
            format!("{} {households}户{persons}人，户均{each}人，{verdict}", named(label))
        }
        Detail::PartOfWhole { part, whole, percent } if passed => {
            format!(
                "{}{}占{}{}的{}%，余{}",
                part.0,
                part.1,
                whole.0,
                whole.1,
                shown(*percent),
                whole.1.saturating_sub(part.1)
            )
        }
        Detail::PartOfWhole { part, whole, .. } => {
            let over = part.1.saturating_sub(whole.1);
            format!("{}{}多于{}{}，多出{over}，不可能；请核对两数的口径", part.0, part.1, whole.0, whole.1)
        }
        Detail::PerHead { label, times, persons, each, most } => {
            let verdict = if passed {
                "在情理之中".to_owned()
            } else {
                format!("超过{most}次，请说明还有谁计算在内")
            };
            format!("{label}{times}人次，{persons}人，人均{}次，{verdict}", shown(*each))
        }
        Detail::Product { count, each, found, stated } => match stated {
            Some(stated) if !passed => format!("{count}×{each}={found}，写的是{stated}；请核对个数或均值"),
            _ => format!("{count}×{each}={found}"),
        },
        Detail::PercentOfWhole { percent, whole, exact: Some(cases), .. } => {
            format!("{whole}个里的{cases}个是{percent}%")
        }
        Detail::PercentOfWhole { percent, whole, below, above, .. } => format!(
            "{whole}个里不可能有{percent}%：{}个是{}%，{}个是{}%；请核对总数或比例",
            below.0, below.1, above.0, above.1
        ),
        Detail::MoneyPerPerson { persons, each, most, fits_divided_by, .. } => {
            let slip = fits_divided_by
                .map_or_else(String::new, |by| format!("；缩小{by}倍才在情理之中，像是单位写错（万、千万、亿）"));
            let verdict =
                if passed { "在情理之中".to_owned() } else { format!("超过{most}元{slip}，请核对单位") };
            format!("按{persons}人算人均{each}元，{verdict}")
        }
        Detail::SameBase { before, after, persons, base, least, most, stated } => {
            let verdict = match stated {
                Some(stated) if !passed => format!("，与所写基数{stated}不符（应在{least}至{most}之间）；请核对口径"),
                _ if !passed => "，两个比例推不出基数；请核对比例".to_owned(),
                _ => String::new(),
            };
            format!("{before}%降到{after}%、减少{persons}人，基数约{base}人{verdict}")
        }
        Detail::Load { helpers, households, stated_each, each } => {
            let verdict = if passed {
                "相符".to_owned()
            } else {
                format!("不是每人{stated_each}户；请写明实际户数")
            };
            format!("{helpers}名干部对{households}户，人均{}户，{verdict}", shown(*each))
        }
        Detail::PeriodLength { from, to, found, stated } => {
            let verdict =
                if passed { "相符".to_owned() } else { format!("不是{stated}年；请写明起止日期") };
            format!("{from}至{to}是{found}年，{verdict}")
        }
        Detail::ImpliedHouseholds { persons, each, likely, least, most } => {
            format!("{persons}人、户均{each}人，约{likely}户（{least}至{most}户）")
        }
        Detail::Coverage { what, parts, found, whole } => coverage(what, parts, *found, *whole),
        Detail::QuotaBounds { quotas, households, fewest, most, helpers } => {
            let quotas = quotas.iter().map(i64::to_string).collect::<Vec<_>>().join("/");
            let verdict = match helpers {
                Some(helpers) if !passed => format!("，现有{helpers}名不够；请补人或调整户数"),
                _ => String::new(),
            };
            format!("{households}户按每人{quotas}户，需干部{fewest}至{most}名{verdict}")
        }
        Detail::QuotaReach { helpers, quota, reach, households } => {
            let verdict = if passed { "够" } else { "不够；请补人或提高户数" };
            format!("{helpers}名干部每人至少{quota}户，可联{reach}户，对{households}户{verdict}")
        }
        Detail::Concentration { part, whole, holders, of, percent } => {
            let verdict = if passed { "" } else { "，过于集中；平均数说明不了多数，请分开列" };
            format!("{of}个中的{holders}个占{whole}中的{part}（{}%）{verdict}", shown(*percent))
        }
        Detail::Template { name, .. } if passed => format!("{name}列全了"),
        Detail::Template { name, missing, extra } => {
            let part = |word: &str, items: &[String]| {
                if items.is_empty() { String::new() } else { format!("，{word}{}", items.join("、")) }
            };
            format!("{name}与原文不一致{}{}；请核对原文", part("缺", missing), part("多", extra))
        }
        Detail::Levels { name, stated, roles, .. } if passed => {
            format!("{name}{stated}级，{}种角色各在其级", roles.len())
        }
        Detail::Levels { name, stated, roles, .. } => {
            format!("{name}说{stated}级，却列了{}种角色（{}）；请写明每种角色在哪一级", roles.len(), roles.join("、"))
        }
        Detail::NearDuplicates { pairs } if pairs.is_empty() => "没有重名".to_owned(),
        Detail::NearDuplicates { pairs } => {
            let pairs: Vec<String> = pairs.iter().map(|(one, other)| format!("{one}与{other}")).collect();
            format!("{}可能是同一处；请核对是否重复计数", pairs.join("、"))
        }
        Detail::SameUnit { units } if passed => format!("单位一致{}", units.concat()),
        Detail::SameUnit { units } => format!("{}单位不同，不能相加；请分开统计", units.join("与")),
        Detail::SameScope { scopes } if passed => format!("口径一致{}", scopes.concat()),
        Detail::SameScope { scopes } => format!("{}口径不同，不能直接比较；请注明各自的范围", scopes.join("与")),
        Detail::AgainstRecords { label, column, stated, counted } => {
            let verdict = if passed { "相符" } else { "不符；请打开记录核对" };
            format!("{}{column}写的是{stated}，记录里是{counted}，{verdict}", named(label))
        }
    }
}

fn sum(
    what: &str,
    parts: &[Labelled],
    blank: &[String],
    (found, stated): (i64, i64),
    mend: Option<&Suggestion>,
) -> String {
    let added = parts.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>().join("+");
    let added =
        if parts.len() > 12 { format!("{}项相加得{found}", parts.len()) } else { format!("{added}={found}") };
    if found == stated {
        return format!("{what}：{added}，与合计相符");
    }
    let difference = stated.abs_diff(found);
    let hint = match mend {
        Some(mend) => format!("若合计{stated}无误，{}应为{}", named(&mend.label), mend.value),
        None if blank.is_empty() => "请逐项核对".to_owned(),
        None => format!("请先补上{}", blank.iter().map(|label| named(label)).collect::<Vec<_>>().join("、")),
    };
    format!("{what}：{added}，合计写{stated}，差{difference}；{hint}")
}

fn persons_households(
    label: &str,
    (households, persons): (i64, i64),
    total: Option<i64>,
    mend: Option<&Suggestion>,
) -> String {
    let said = format!("{} {households}户{persons}人", named(label));
    if persons >= households && (persons == 0 || households > 0) {
        return format!("{said}：人数不少于户数");
    }
    let why = if persons < households { "人数少于户数，不可能" } else { "有人无户，不可能" };
    match (mend, total) {
        (Some(mend), Some(total)) if mend.column == "人数" => {
            format!("{said}：{why}；若合计{total}无误，应为{}", mend.value)
        }
        (Some(mend), Some(total)) => format!("{said}：{why}；若合计{total}无误，{}应为{}", mend.column, mend.value),
        _ => format!("{said}：{why}；请核对两数"),
    }
}

fn coverage(what: &str, parts: &[Labelled], found: i64, whole: i64) -> String {
    let added = parts.iter().map(|(label, value)| format!("{label}{value}")).collect::<Vec<_>>().join("、");
    if found == whole {
        format!("{what}{whole}各有去处：{added}")
    } else if found < whole {
        format!("{what}{whole}只有{found}说明了去处（{added}），还有{}没有；请补全", whole.abs_diff(found))
    } else {
        format!("{added}合{found}，多于{what}{whole}，不可能；请核对是否重复计数")
    }
}

/// A bare year reads as a year.
fn named(label: &str) -> String {
    let is_year = label.len() == 4 && label.bytes().all(|b| b.is_ascii_digit());
    if is_year { format!("{label}年") } else { label.to_owned() }
}

fn shown(figure: Option<Printed>) -> String {
    figure.map_or_else(|| "—".to_owned(), |figure| figure.to_string())
}

fn or_mend(what: &str, mend: Option<&Suggestion>) -> String {
    mend.map_or_else(|| what.to_owned(), |mend| format!("{}（若合计无误，应为{}）", mend.column, mend.value))
}
