//! Pairing tables as departments send them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lianhu_workbook::{ColumnFate, DoubtKind, PairingReading, read_pairing};
use rust_xlsxwriter::{Format, Workbook};
use std::path::Path;

fn write_and_read(rows: &[&[&str]], merged: &[(u32, u32, u16)]) -> PairingReading {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("结对.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*cells) {
            if !text.is_empty() {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
    }
    for (first, last, column) in merged {
        let text = rows[usize::try_from(*first).unwrap()][usize::from(*column)];
        sheet.merge_range(*first, *column, *last, *column, text, &Format::new()).unwrap();
    }
    workbook.save(&path).unwrap();
    read_pairing(&path, &mut |_| {}).unwrap()
}

fn kinds(reading: &PairingReading) -> Vec<(u32, &str, DoubtKind)> {
    reading.doubts.iter().map(|doubt| (doubt.row, doubt.column.as_str(), doubt.kind)).collect()
}

const HEADER: &[&str] = &["序号", "帮扶责任人", "单位", "隶属", "职务", "电话", "户编号", "户主", "村"];

#[test]
fn the_sample_table_pairs_every_household_and_nothing_is_doubted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/pairing-huanghou.xlsx");
    let reading = read_pairing(&path, &mut |_| {}).unwrap();
    assert_eq!(reading.doubts, []);
    assert_eq!(reading.cadres.len(), 78);
    assert_eq!(reading.cadres.iter().map(|cadre| cadre.households.len()).sum::<usize>(), 272);
    assert!(reading.unpaired.is_empty());
    let namesakes: Vec<_> = reading.cadres.iter().filter(|cadre| cadre.name == "褚志国").collect();
    assert_eq!(namesakes.len(), 2, "two people of one name, told apart by unit and phone");
    let first = &reading.cadres[0];
    assert_eq!((first.name.as_str(), first.unit.as_str(), first.belongs.as_str()), ("卫春建", "市税务局", "市"));
    assert_eq!((first.rank.as_str(), first.phone.as_str(), first.households.len()), ("一般干部", "18302157368", 3));
    let household = &first.households[1];
    assert_eq!(
        (household.national_no.as_str(), household.head.as_str(), household.row),
        ("411321108000022", "廖莉妹", 4)
    );
}

#[test]
fn a_blank_cell_means_the_helper_above_and_a_new_number_means_a_new_one() {
    let rows: &[&[&str]] = &[
        HEADER,
        &["1", "卫春建", "市税务局", "市", "科级", "18302157368", "411321108000009", "邵健生", "分水岭村"],
        &["", "", "", "", "", "", "411321108000022", "廖莉妹", ""],
        &["2", "", "县教育局", "县", "", "", "411321108000035", "覃山生", "分水岭村"],
        &["3", "赵永燕", "县教育局", "县", "", "18262129972", "", "曾峰明", "天桥村"],
        &["", "", "", "", "", "", "", "", "天桥村"],
        &["合计", "", "", "", "", "", "", "", ""],
        &["填表人：", "", "", "", "审核人：", "", "", "", ""],
    ];
    let reading = write_and_read(rows, &[]);
    let expected =
        [(4, "B", DoubtKind::HelperMissing), (6, "G", DoubtKind::HouseholdMissing), (7, "", DoubtKind::TotalRow)];
    assert_eq!(kinds(&reading), expected);
    assert_eq!(reading.cadres.iter().map(|cadre| cadre.households.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(reading.unpaired.len(), 1);
    assert_eq!(reading.cadres[0].households[1].village, "分水岭村");
    assert_eq!(
        (reading.cadres[1].households[0].head.as_str(), reading.cadres[1].households[0].village.as_str()),
        ("曾峰明", "天桥村")
    );
}

#[test]
fn a_helper_may_stand_in_two_places_and_is_one_person_by_unit_or_phone() {
    let rows: &[&[&str]] = &[
        HEADER,
        &["1", "卫春建", "市税务局", "", "", "18302157368", "411321108000001", "", ""],
        &["2", "卫春建", "市税务局", "", "", "", "411321108000002", "", ""],
        &["3", "卫春建", "市财政局", "", "", "18302157368", "411321108000003", "", ""],
        &["4", "卫春建", "县医院", "", "", "18302157399", "411321108000004", "", ""],
        &["5", "卫春建", "市税务局", "", "", "18302157377", "411321108000005", "", ""],
        &["6", "卫春建", "市税务局", "", "", "18302157368", "411321108000001", "", ""],
        &["7", "赵永燕", "县教育局", "", "", "1826212997", "411321108000006", "", ""],
        &["8", "赵永燕", "县水利局", "", "", "", "411321108000007", "", ""],
    ];
    let reading = write_and_read(rows, &[]);
    let expected = [
        (4, "C", DoubtKind::HelperTwoUnits),
        (6, "F", DoubtKind::HelperTwoPhones),
        (7, "G", DoubtKind::DuplicatePair),
        (8, "F", DoubtKind::PhoneFormat),
        (9, "C", DoubtKind::HelperTwoUnits),
    ];
    assert_eq!(kinds(&reading), expected);
    let loads: Vec<_> = reading.cadres.iter().map(|cadre| (cadre.unit.as_str(), cadre.households.len())).collect();
    assert_eq!(loads, [("市税务局", 3), ("县医院", 1), ("市税务局", 1), ("县教育局", 1), ("县水利局", 1)]);
}

#[test]
fn merged_cells_reach_down_only_as_far_as_they_are_merged_and_a_cadres_id_is_never_read() {
    let header: &[&str] = &["结对帮扶干部", "工作单位", "干部身份证号", "政治面貌", "户主姓名", "行政村"];
    let rows: &[&[&str]] = &[
        &["结对帮扶花名册"],
        header,
        &["卫春建", "市税务局", "411321196805159995", "党员", "邵健生", "分水岭村"],
        &["", "", "", "", "廖莉妹", "分水岭村"],
        &["赵永燕", "县教育局", "", "", "覃山生", "分水岭村"],
    ];
    let reading = write_and_read(rows, &[(2, 3, 0), (2, 3, 1)]);
    assert_eq!(reading.doubts, []);
    assert_eq!(reading.cadres.iter().map(|cadre| cadre.households.len()).collect::<Vec<_>>(), [2, 1]);
    let refused: Vec<&str> = reading.sheets[0]
        .columns
        .iter()
        .filter(|column| matches!(column.fate, ColumnFate::Refused { .. }))
        .map(|column| column.letter.as_str())
        .collect();
    assert_eq!(refused, ["C", "D"]);
    assert!(!format!("{:?}", reading.cadres).contains("411321196805159995"));
}
