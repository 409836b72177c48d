//! Act 3, the county: a published table that cannot be, a report that is right, a figure that opens, a second edition.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::exported;
use super::published::Published;
use super::report;
use super::story::{Step, Story, list, number, words};

/// Its steps.
pub(crate) const STEPS: &[Step] = &[
    Step { says: "核对公布的表", act: check_published },
    Step { says: "县报表与名单逐数核对", act: check_report },
    Step { says: "点开“走访次数”", act: open_figure },
    Step { says: "晚到一次走访，出第2版", act: late_visit },
    Step { says: "导出报表和台账，再读回来", act: export },
];

fn check_published(story: &mut Story) -> anyhow::Result<String> {
    let published = Published::of(&story.roster);
    let path = story.folder.join("公布的表.xlsx");
    published.write(&path)?;
    story.workbooks.push(path.clone());
    let (stated, right) = (published.stated, published.right);
    let findings = story.admin.call("check_table", &json!({"path": path}))?;
    let failed = |finding: &&Value| finding.get("verdict").and_then(Value::as_str) == Some("fail");
    let sentences: Vec<&str> =
        list(&findings, "")?.iter().filter(failed).filter_map(|finding| finding.get("sentence")?.as_str()).collect();
    let counts = format!("{}户{}人", stated.households, stated.persons);
    let cannot = sentences.iter().find(|sentence| sentence.contains(&counts) && sentence.contains("不可能"));
    let mended = format!("应为{}", right.persons);
    let cannot = cannot.with_context(|| format!("没有说 {counts} 不可能：{sentences:?}"))?;
    ensure!(cannot.contains(&published.label), "没有说是哪一行：{cannot}");
    ensure!(sentences.iter().any(|sentence| sentence.contains(&mended)), "没有说{mended}：{sentences:?}");
    let whole = json!({"period": story.period(), "stated": path});
    let reported = story.admin.call("county_report", &whole)?;
    let against = format!("写的是{}，记录里是{}", stated.persons, right.persons);
    let says = |finding: &Value| finding.get("sentence").and_then(Value::as_str).is_some_and(|s| s.contains(&against));
    ensure!(list(&reported, "/findings")?.iter().any(says), "报表没有说{against}");
    Ok(sentences.iter().map(|sentence| format!("「{sentence}」")).collect::<Vec<_>>().join(""))
}

fn reported(story: &Story) -> anyhow::Result<Value> {
    story.admin.call("county_report", &json!({"period": story.period()}))
}

/// Checks what the last line counts, besides households and people.
fn check_visits(story: &mut Story, told: &Value, visits: i64, households: i64) -> anyhow::Result<()> {
    let all = story.roster.all.households;
    let expected = [
        ("visits", visits),
        ("households_visited", households),
        ("households_not_visited", all - households),
        ("needs_raised", 1),
        ("needs_open", 1),
        ("two_statements", 1),
    ];
    for (measure, expected) in expected {
        let found = number(report::figure(report::total(told)?, measure)?, "/value")?;
        story.figures.check(format!("合计 {measure}"), expected, found);
    }
    Ok(())
}

fn check_report(story: &mut Story) -> anyhow::Result<String> {
    let told = reported(story)?;
    story.figures.check("版次", 1, number(&told, "/edition")?);
    let before = story.figures.right();
    report::check(&mut story.figures, &told, &story.roster)?;
    check_visits(story, &told, 1, 1)?;
    let years = story.roster.by_year.iter();
    let years: Vec<_> = years.map(|(year, sum)| format!("{year}年 {}/{}", sum.households, sum.persons)).collect();
    let all = story.roster.all;
    let checked = story.figures.right() - before;
    Ok(format!("{}，合计 {}/{}；{checked} 个数相符", years.join("，"), all.households, all.persons))
}

fn open_figure(story: &mut Story) -> anyhow::Result<String> {
    let told = reported(story)?;
    let figure = report::figure(report::total(&told)?, "visits")?;
    let behind = story.admin.call("records_behind", &json!({"figure": words(figure, "/key")?}))?;
    let visits = list(&behind, "/visits")?;
    story.figures.check("点开的走访", number(figure, "/value")?, visits.len());
    let found = visits.first().cloned().unwrap_or_default();
    story.figures.check("点开的就是山上记的那一次", &story.visit, words(&found, "/root")?);
    let (who, whom) = (words(&found, "/by")?, words(&found, "/head")?);
    Ok(format!("1 次，{who}于 {} 走访{whom}家，就是山上断电时记的那一次", words(&found, "/visit/day")?))
}

fn late_visit(story: &mut Story) -> anyhow::Result<String> {
    let [_, phone] = story.phones.clone();
    let held = phone.call("households", &json!({}))?;
    let other = |row: &&Value| row.get("id").and_then(Value::as_str) != Some(story.household.as_str());
    let row = list(&held, "/rows")?.iter().find(other);
    let visited_twice = row.is_none();
    let household = row.map_or(Ok(story.household.as_str()), |row| words(row, "/id"))?;
    let visit = json!({"day": story.day(-1), "mode": "home", "unchanged": true, "entered_late": "没有信号"});
    phone.call("record_visit", &json!({"household": household, "visit": visit}))?;
    phone.call("exchange", &json!({}))?;
    story.admin.call("exchange", &json!({}))?;
    let told = reported(story)?;
    let changes = words(&told, "/changes")?.to_owned();
    story.figures.check("版次", 2, number(&told, "/edition")?);
    let expected = if visited_twice {
        "第2版：走访次数+1次"
    } else {
        "第2版：走访次数+1次、走访户数+1户、未走访户数-1户"
    };
    story.figures.check("第2版的话", expected, &changes);
    check_visits(story, &told, 2, if visited_twice { 1 } else { 2 })?;
    report::check(&mut story.figures, &told, &story.roster)?;
    Ok(format!("「{changes}」"))
}

fn export(story: &mut Story) -> anyhow::Result<String> {
    let told = reported(story)?;
    let report_file = story.folder.join("县报表.xlsx");
    story.admin.call("export_workbook", &json!({"path": report_file, "kind": "report", "period": story.period()}))?;
    exported::check_report(&mut story.figures, &report_file, &told, &story.roster)?;
    let ledger_file = story.folder.join("户台账.xlsx");
    story.admin.call("export_workbook", &json!({"path": ledger_file, "kind": "ledger"}))?;
    let masked = exported::check_ledger(&mut story.figures, &ledger_file, &story.roster)?;
    for path in [report_file, ledger_file] {
        exported::check_page(&mut story.figures, &path)?;
        story.workbooks.push(path);
    }
    Ok(format!("合计行相符，{masked} 个证件号码都是掩码过的文本，A4 横向"))
}
