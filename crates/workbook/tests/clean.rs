//! The rosters a department would send: read whole, with nothing doubted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lianhu_core::day::Day;
use lianhu_workbook::read_roster;
use std::path::Path;

#[test]
fn the_sample_roster_is_understood_whole_and_nothing_in_it_is_doubted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/roster-huanghou.xlsx");
    let mut last = None;
    let reading = read_roster(&path, Day::parse("2026-11-21").unwrap(), &mut |progress| last = Some(progress)).unwrap();
    assert_eq!(reading.doubts, []);
    assert_eq!((reading.households.len(), reading.people()), (272, 1094));
    let sheet = &reading.sheets[0];
    assert_eq!((sheet.name.as_str(), sheet.header_row, sheet.title_rows), ("人员信息", Some(3), 2));
    let left: Vec<&str> =
        sheet.columns.iter().filter(|column| column.field.is_none()).map(|column| column.header.as_str()).collect();
    assert_eq!(left, ["序号", "数据日期"]);
    let year = |year| {
        let of: Vec<_> = reading.households.iter().filter(|household| household.batch_year() == Some(year)).collect();
        (of.len(), of.iter().map(|household| household.persons.len()).sum::<usize>())
    };
    assert_eq!([year(2016), year(2017), year(2018)], [(114, 491), (50, 196), (108, 407)]);
    let first = &reading.households[0];
    assert_eq!(
        (first.national_no(), first.site(), first.place.village.as_str()),
        ("411321100000001", "河东社区", "北召店村")
    );
    assert_eq!(first.cells["income_per_capita"], "18640");
    let head = first.head().unwrap();
    assert_eq!((head.name(), head.id_no(), head.row), ("段志荣", "411321196805159995", 4));
    assert_eq!(last.map(|progress| (progress.done, progress.total)), Some((1097, 1097)));
}
