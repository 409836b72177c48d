//! The county reports: figures, the records behind one, what cannot be, and the workbook.

use crate::preparing::hand_in;
use crate::stage::Stage;
use crate::window::Window;
use anyhow::{Context, Result, ensure};
use rust_xlsxwriter::Workbook;
use serde_json::json;
use std::path::Path;

/// The report counts the three visits once each, and a figure opens them.
pub(crate) fn report(admin: &mut Window<'_>, heads: [&str; 2]) -> Result<()> {
    hand_in(admin)?;
    admin.tap("报表")?;
    admin.at("report")?;
    admin.see("第 ")?;
    for (name, figure) in [("户数", "272"), ("人数", "1094"), ("走访次数", "3"), ("走访户数", "2")] {
        admin.see(&format!("{name} {figure}"))?;
    }
    admin.picture("report")?;
    admin.tap("走访户数 2")?;
    admin.at("behind")?;
    for head in heads {
        admin.see(head)?;
    }
    admin.picture("behind")?;
    admin.tap("报表")?;
    admin.at("report")
}

/// A table that came from elsewhere is held against arithmetic and against the records: 108 households cannot be 40 people.
pub(crate) fn against_a_table(stage: &Stage, admin: &mut Window<'_>) -> Result<()> {
    let table = stage.room("来文 搬迁规模.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [("2016", 164, 620), ("2018", 108, 40), ("合计", 272, 660)];
    sheet.write(0, 0, "搬迁年度")?.write(0, 1, "户数")?.write(0, 2, "人数")?;
    for (row, (label, households, persons)) in (1..).zip(rows) {
        sheet.write(row, 0, label)?.write(row, 1, households)?.write(row, 2, persons)?;
    }
    book.save(&table)?;
    admin.hand("与来文的表核对", &table)?;
    admin.see("108 户 40 人，不可能")?;
    admin.ask("document.querySelector('.card.look').scrollIntoView({ block: 'center' }); return 1")?;
    admin.picture("report-findings")?;
    admin.tap("不核对了")?;
    admin.see_no("108 户 40 人，不可能")
}

/// What the tiles of the report say.
pub(crate) fn figures(admin: &mut Window<'_>, names: [&str; 2]) -> Result<[u64; 2]> {
    admin.tap("报表")?;
    admin.at("report")?;
    admin.wait_for("the figures", "return document.querySelectorAll('.tile').length > 3")?;
    let told = admin.ask(&format!(
        "const tiles = [...document.querySelectorAll('.tile')].map((one) => plain(one.innerText));
         return {}.map((name) => Number(tiles.find((one) => one.startsWith(`${{name}} `))?.split(' ').at(-1)))",
        json!(names)
    ))?;
    serde_json::from_value(told).context("the figures cannot be read")
}

/// A long table scrolls within the window, and its head stays above what is read.
pub(crate) fn head_stays(admin: &Window<'_>) -> Result<()> {
    admin.ask("document.querySelector('.scroller').scrollIntoView({ block: 'start' }); return 1")?;
    let told = admin.ask_later(
        "const box = document.querySelector('.scroller');
         box.scrollTop = 150;
         requestAnimationFrame(() => requestAnimationFrame(() => done([box.scrollTop,
             Math.round(box.querySelector('thead th:nth-child(2)').getBoundingClientRect().top - box.getBoundingClientRect().top)])))",
    )?;
    let [scrolled, head]: [u32; 2] = serde_json::from_value(told).context("the table cannot be read")?;
    ensure!(scrolled > 0 && head == 0, "scrolled by {scrolled}, the head stands {head} below the top");
    admin.picture("report-head")?;
    Ok(())
}

/// The workbook lies where the words say.
pub(crate) fn export(admin: &mut Window<'_>) -> Result<()> {
    admin.tap("导出 .xlsx")?;
    admin.see("已存到")?;
    let words = admin.words()?;
    let after = words.split("已存到 ").nth(1).context("no path")?;
    let path = after.split(".xlsx").next().map(|path| format!("{path}.xlsx")).context("no path")?;
    let length = std::fs::metadata(Path::new(&path)).with_context(|| path.clone())?.len();
    ensure!(length > 4_000, "{path} holds {length} bytes");
    Ok(())
}
