//! Every kind of doubt, planted in a small roster: named at its place, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod village;

use lianhu_workbook::{Anchor, DoubtKind, RosterReading};
use std::collections::BTreeSet;
use village::{Village, id};

type Found = Vec<(u32, String, DoubtKind)>;

fn found(reading: &RosterReading) -> Found {
    reading.doubts.iter().map(|doubt| (doubt.row, doubt.column.clone(), doubt.kind)).collect()
}

/// Plants with `plant` and expects exactly these doubts: row, header, kind.
fn check(plant: impl FnOnce(&mut Village), expected: &[(u32, &str, DoubtKind)]) -> RosterReading {
    let mut village = Village::clean();
    plant(&mut village);
    let reading = village.read();
    let told: Vec<(u32, &str, DoubtKind)> =
        reading.doubts.iter().map(|doubt| (doubt.row, doubt.header.as_str(), doubt.kind)).collect();
    assert_eq!(told, expected, "{:#?}", reading.doubts);
    reading
}

#[test]
fn a_clean_village_has_no_doubts() {
    let reading = check(|_| {}, &[]);
    assert_eq!((reading.households.len(), reading.people()), (4, 14));
}

#[test]
fn a_certificate_number_is_judged_in_every_part() {
    let planted = [
        ("411321196805159996", DoubtKind::Checksum),
        ("45022519870229003X", DoubtKind::ImpossibleDate),
        ("522731209901010014", DoubtKind::FutureBirth),
        ("999999197001010017", DoubtKind::Placeholder),
        ("52273119620214001483", DoubtKind::DisabilityType),
        ("52273119620214001445", DoubtKind::DisabilityGrade),
        ("52273119620214001443B0", DoubtKind::CertificateReissue),
        ("411321680515999", DoubtKind::IdLength),
        ("41132119680515999A", DoubtKind::IdCharacters),
        ("4.11321E+17", DoubtKind::IdDestroyedByFloat),
        ("", DoubtKind::IdMissing),
    ];
    for (number, kind) in planted {
        let reading = check(|village| village.set(5, "证件号码", number), &[(5, "证件号码", kind)]);
        let doubt = &reading.doubts[0];
        assert!(
            number.len() < 15 || !doubt.value_masked.contains(number.get(4..12).unwrap()),
            "{}",
            doubt.value_masked
        );
    }
    let reading = check(
        |village| village.set_number(5, "证件号码", 411_321_196_805_159_000.0),
        &[(5, "证件号码", DoubtKind::IdDestroyedByFloat)],
    );
    assert_eq!(reading.households[0].persons[1].id_no(), "", "what was destroyed is not guessed");
    check(|village| village.set(5, "证件号码", " ４１１３２１１９７３１１０７０００４ "), &[]);
}

#[test]
fn names_relations_and_nations_are_judged() {
    for (column, text, kind) in [
        ("姓名", "", DoubtKind::NameMissing),
        ("姓名", "付英莉1", DoubtKind::NameCharacters),
        ("姓名", "付?莉", DoubtKind::NameUnrecoverable),
        ("与户主关系", "邻居", DoubtKind::UnknownRelation),
        ("民族", "火星", DoubtKind::UnknownNation),
    ] {
        check(|village| village.set(6, column, text), &[(6, column, kind)]);
    }
    for (column, text) in [("姓名", "阿卜杜·𠮷㙍"), ("与户主关系", "儿子"), ("民族", "苗"), ("民族", "穿青人")]
    {
        check(|village| village.set(6, column, text), &[]);
    }
}

#[test]
fn sex_birth_and_schooling_are_held_against_the_number() {
    check(|village| village.set(4, "性别", "女"), &[(4, "性别", DoubtKind::SexVsId)]);
    check(|village| village.set(4, "出生日期", "1968-05-16"), &[(4, "出生日期", DoubtKind::BirthVsId)]);
    check(|village| village.set(4, "出生日期", "68年"), &[(4, "出生日期", DoubtKind::YearFormat)]);
    check(|village| village.set(4, "出生日期", "1968.5"), &[]);
    check(|village| village.set(6, "与户主关系", "之女"), &[(6, "与户主关系", DoubtKind::RelationSex)]);
    check(|village| village.set(6, "在校生状况", "小学"), &[(6, "在校生状况", DoubtKind::EduAndSchool)]);
    check(|village| village.set(6, "务工时间（月）", "13"), &[(6, "务工时间(月)", DoubtKind::NumberFormat)]);
}

#[test]
fn a_household_has_one_head_and_at_most_one_spouse() {
    check(|village| village.set(6, "与户主关系", "户主"), &[(6, "与户主关系", DoubtKind::TwoHeads)]);
    check(|village| village.set(4, "与户主关系", "其他"), &[(4, "与户主关系", DoubtKind::NoHead)]);
    check(|village| village.set(6, "与户主关系", "配偶"), &[(6, "与户主关系", DoubtKind::TwoSpouses)]);
    check(
        |village| {
            village.set(5, "证件号码", &id("41132119731107", 111));
            village.set(5, "性别", "男");
        },
        &[(5, "与户主关系", DoubtKind::SpouseSameSex)],
    );
}

#[test]
fn household_cells_are_doubted_once_for_the_household() {
    for (column, text, kind) in [
        ("搬迁年度", "去年", DoubtKind::YearFormat),
        ("首次识别时间", "20141", DoubtKind::YearFormat),
        ("人均纯收入", "一万", DoubtKind::NumberFormat),
        ("户联系电话", "1375", DoubtKind::PhoneFormat),
        ("安置点", "河?社区", DoubtKind::NameUnrecoverable),
    ] {
        check(|village| village.set_household(4..=7, column, text), &[(4, column, kind)]);
    }
    check(|village| village.set_household(4..=7, "人数", "6"), &[(4, "人数", DoubtKind::MemberCountDiffers)]);
    check(|village| village.set(6, "安置点", "玉兰社区"), &[(6, "安置点", DoubtKind::HouseholdCellDiffers)]);
    check(
        |village| village.set_household(8..=11, "户联系电话", "13700000001"),
        &[(8, "户联系电话", DoubtKind::SharedPhone)],
    );
    check(|village| village.set(6, "人联系电话", "02"), &[(6, "人联系电话", DoubtKind::PhoneFormat)]);
}

#[test]
fn a_place_is_missing_or_two() {
    let reading = check(|village| village.set(5, "行政村", "天桥村"), &[(5, "行政村", DoubtKind::WrongVillage)]);
    assert_eq!(reading.households[0].place.village, "北召店村");
    let reading = check(|village| village.set(4, "行政村", "天桥村"), &[(4, "行政村", DoubtKind::WrongVillage)]);
    assert_eq!(reading.households[0].place.village, "北召店村", "three rows against the head's one");
    check(|village| village.set_household(4..=7, "行政村", ""), &[(4, "行政村", DoubtKind::RegionMissing)]);
    check(|village| village.set(6, "行政村", ""), &[(6, "行政村", DoubtKind::RegionMissing)]);
    check(|village| village.set(5, "乡", "青石镇"), &[(5, "乡", DoubtKind::WrongVillage)]);
}

#[test]
fn one_person_stands_once() {
    let twice = "411321196805159995";
    let reading = check(
        |village| {
            village.set(9, "证件号码", twice);
            village.set(9, "与户主关系", "其他");
            village.set(9, "性别", "男");
            village.set(9, "出生日期", "1968-05-15");
        },
        &[(9, "证件号码", DoubtKind::DuplicatePerson)],
    );
    assert!(reading.doubts[0].reason.contains("“人员信息”第4行"), "{}", reading.doubts[0].reason);
    let reading = check(|village| village.repeat(6), &[(7, "", DoubtKind::DuplicateRow)]);
    assert_eq!((reading.people(), reading.households[0].rows), (14, 5));
    check(|village| village.set(6, "人编号", "41132110000000101"), &[(6, "人编号", DoubtKind::DuplicatePersonNo)]);
}

#[test]
fn rows_that_are_no_people_are_named_and_passed_by() {
    check(|village| village.insert(8, &["合计", "", "", "", "", "", "", "", "", "4"]), &[(8, "", DoubtKind::TotalRow)]);
    let reading = check(|village| village.append(&["合计", "14人", "4户"]), &[(18, "", DoubtKind::TotalRow)]);
    let stated = reading.stated_total.unwrap();
    assert_eq!((stated.row, stated.households, stated.persons), (18, Some(4), Some(14)));
    check(|village| village.repeat_header(8), &[(8, "", DoubtKind::DoubledHeader)]);
    check(|village| village.insert(8, &["待补"]), &[(8, "", DoubtKind::StrayRow)]);
    check(|village| village.hide(6), &[(6, "", DoubtKind::HiddenRow)]);
    check(|village| village.append(&["填表人：张三", "", "审核人："]), &[]);
    // Whoever signs may do so under 证件号码 or 与户主关系: that makes nobody of it.
    let signed = ["填表人：", "", "", "", "", "", "", "", "", "", "审核人：", "", "", "单位负责人："];
    assert_eq!(check(|village| village.append(&signed), &[]).households.len(), 4);
}

#[test]
fn merged_cells_are_read_as_one_and_named() {
    let reading = check(|village| village.merge("户编号", 4..=7), &[(4, "户编号", DoubtKind::MergedCells)]);
    assert_eq!(reading.households[0].persons.len(), 4);
    assert_eq!(reading.doubts[0].value_masked, "G4:G7");
    check(
        |village| village.merge("姓名", 5..=6),
        &[(5, "姓名", DoubtKind::MergedCells), (6, "姓名", DoubtKind::NameMissing)],
    );
}

#[test]
fn a_row_without_a_household_number_goes_where_its_neighbours_say() {
    let no = "户编号";
    let missing = |row| (row, no, DoubtKind::MissingHouseholdNo);
    let reading = check(|village| village.set(5, no, ""), &[missing(5)]);
    assert_eq!(reading.households.iter().map(|household| household.persons.len()).collect::<Vec<_>>(), [4, 4, 2, 4]);
    let reading = check(|village| village.set(8, no, ""), &[missing(8)]);
    assert_eq!(reading.households.iter().map(|household| household.persons.len()).collect::<Vec<_>>(), [4, 4, 2, 4]);
    let reading = check(
        |village| village.set_number(5, no, 4_113_211_000_000_012_345.0),
        &[(5, no, DoubtKind::IdDestroyedByFloat)],
    );
    assert_eq!(reading.households[0].persons.len(), 4);
    let reading = check(|village| village.move_to_end(7), &[(17, no, DoubtKind::HouseholdSplit)]);
    assert_eq!(reading.households[0].persons.len(), 4);
}

#[test]
fn a_hidden_sheet_is_named_and_not_read() {
    let mut village = Village::clean();
    village.hidden_copy = true;
    let reading = village.read();
    assert_eq!(found(&reading), [(0, String::new(), DoubtKind::HiddenSheet)]);
    assert_eq!(reading.people(), 14);
}

#[test]
fn a_doubt_stands_where_its_kind_says() {
    let mut village = Village::clean();
    village.set(4, "证件号码", "1");
    village.repeat(6);
    village.hidden_copy = true;
    for doubt in village.read().doubts {
        match doubt.kind.anchor() {
            Anchor::Cell => assert!(doubt.row > 0 && !doubt.column.is_empty() && !doubt.header.is_empty(), "{doubt:?}"),
            Anchor::Row => assert!(doubt.row > 0 && doubt.column.is_empty(), "{doubt:?}"),
            Anchor::Sheet => assert!(doubt.row == 0 && doubt.column.is_empty(), "{doubt:?}"),
        }
    }
}

#[test]
fn every_kind_a_roster_can_have_is_planted_here() {
    let source = include_str!("faults.rs");
    let elsewhere = BTreeSet::from([
        DoubtKind::HelperMissing,
        DoubtKind::HouseholdMissing,
        DoubtKind::DuplicatePair,
        DoubtKind::HelperTwoUnits,
        DoubtKind::HelperTwoPhones,
    ]);
    for kind in DoubtKind::ALL.iter().filter(|kind| !elsewhere.contains(kind)) {
        assert!(source.contains(&format!("DoubtKind::{kind:?}")), "{kind:?}");
    }
}
