//! Every fixture of domain.md §1.6 that is about figures; F26 is a test of `text.rs`.

use super::*;

fn printed(text: &str) -> Printed {
    Printed::parse(text).unwrap()
}

fn labelled(label: &str, value: i64) -> Labelled {
    (label.to_owned(), value)
}

fn parts(of: &[(&str, i64)]) -> Vec<Part> {
    of.iter().map(|(label, value)| Part::new(label, *value)).collect()
}

fn row(label: &str, households: i64, persons: i64) -> StatedRow {
    StatedRow { label: label.to_owned(), households: Some(households), persons: Some(persons) }
}

fn published() -> (Vec<StatedRow>, StatedRow) {
    (vec![row("2016", 114, 491), row("2017", 50, 196), row("2018", 108, 40)], row("合计", 272, 1094))
}

#[test]
fn f01_f05_f06_parts_that_add_up_pass() {
    for (of, total) in [(vec![114, 50, 108], 272), (vec![50, 46], 96), (vec![42, 8], 50)] {
        let of: Vec<Part> = of.into_iter().map(|value| Part::new("", value)).collect();
        let finding = sum("户数", &of, total);
        assert_eq!((finding.verdict, finding.rule(), finding.suggestion), (Verdict::Pass, "sum", None));
    }
}

#[test]
fn f02_f03_the_published_table_is_answered_with_the_one_figure_that_mends_it() {
    let (rows, total) = published();
    let findings = check_table(&rows, Some(&total));
    let mend = Suggestion { label: "2018".into(), column: "人数".into(), value: 407 };
    let [households, persons, year] = findings.as_slice() else { panic!("{findings:#?}") };

    assert_eq!(
        (households.verdict, households.sentence().as_str()),
        (Verdict::Pass, "户数：114+50+108=272，与合计相符")
    );
    assert_eq!((persons.verdict, persons.suggestion.as_ref()), (Verdict::Fail, Some(&mend)));
    assert_eq!(persons.sentence(), "人数：491+196+40=727，合计写1094，差367；若合计1094无误，2018年应为407");
    assert_eq!(
        (year.verdict, year.rule(), year.suggestion.as_ref()),
        (Verdict::Fail, "persons_households", Some(&mend))
    );
    assert_eq!(year.sentence(), "2018年 108户40人：人数少于户数，不可能；若合计1094无误，应为407");
}

#[test]
fn a_table_that_agrees_has_nothing_but_passed_sums() {
    let (mut rows, total) = published();
    rows[2] = row("2018", 108, 407);
    let findings = check_table(&rows, Some(&total));
    assert_eq!(findings.iter().map(|finding| finding.verdict).collect::<Vec<_>>(), [Verdict::Pass; 2]);
}

#[test]
fn where_two_rows_could_be_wrong_none_is_accused() {
    let rows = [row("甲村", 100, 400), row("乙村", 100, 400)];
    let findings = check_table(&rows, Some(&row("合计", 200, 850)));
    assert_eq!((findings[1].verdict, &findings[1].suggestion), (Verdict::Fail, &None));
    assert_eq!(findings[1].sentence(), "人数：400+400=800，合计写850，差50；请逐项核对");
}

#[test]
fn a_blank_cell_is_asked_for_and_its_figure_is_offered() {
    let (mut rows, total) = published();
    rows[2].persons = None;
    let findings = check_table(&rows, Some(&total));
    assert_eq!(findings[1].verdict, Verdict::Warn);
    assert_eq!(findings[1].suggestion.as_ref().map(|mend| (mend.label.as_str(), mend.value)), Some(("2018", 407)));
    assert_eq!(findings.len(), 2);
}

#[test]
fn a_wrong_number_of_households_is_mended_too() {
    let rows = [row("2016", 114, 491), row("2017", 500, 196), row("2018", 108, 407)];
    let findings = check_table(&rows, Some(&row("合计", 272, 1094)));
    assert_eq!(findings[0].suggestion.as_ref().map(|mend| (mend.label.as_str(), mend.value)), Some(("2017", 50)));
    assert_eq!(findings[2].sentence(), "2017年 500户196人：人数少于户数，不可能；若合计272无误，户数应为50");
}

#[test]
fn a_table_without_a_total_still_has_its_rows_judged() {
    let (rows, _) = published();
    let findings = check_table(&rows, None);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].sentence(), "2018年 108户40人：人数少于户数，不可能；请核对两数");
    assert_eq!(check_table(&[row("甲", 0, 3)], None)[0].sentence(), "甲 0户3人：有人无户，不可能；请核对两数");
    assert_eq!(check_table(&[row("甲", 20, 200)], None)[0].verdict, Verdict::Warn);
    assert!(check_table(&[row("甲", 1, 9), row("乙", 0, 0)], None).is_empty());
}

#[test]
fn f03_f04_f21_persons_and_households() {
    assert_eq!(persons_households("2018", 108, 40).verdict, Verdict::Fail);
    for (households, persons, ratio) in [(108, 407, "3.769"), (6156, 25_783, "4.188")] {
        let finding = household_size("", households, persons);
        assert_eq!(finding.verdict, Verdict::Pass);
        let Detail::HouseholdSize { ratio: found, .. } = finding.detail else { panic!() };
        assert_eq!(found.to_string(), ratio);
    }
    assert!(household_size("2018", 108, 407).sentence().contains("户均3.77人"));
    assert_eq!(household_size("", 100, 199).verdict, Verdict::Warn);
    assert_eq!(household_size("", 100, 200).verdict, Verdict::Pass);
    assert_eq!(household_size("", 100, 601).verdict, Verdict::Warn);
    assert_eq!(household_size("", 0, 3).verdict, Verdict::Fail);
}

#[test]
fn f07_f15_f18_a_part_and_its_whole() {
    let over = part_of_whole(labelled("就业", 174_500), labelled("入住", 173_800));
    assert_eq!(over.verdict, Verdict::Fail);
    assert!(over.sentence().contains("多出700"), "{}", over.sentence());
    let rate = part_of_whole(labelled("已就业", 2907), labelled("劳动力", 3209));
    assert_eq!((rate.verdict, rate.sentence().as_str()), (Verdict::Pass, "已就业2907占劳动力3209的90.59%，余302"));
    assert_eq!(part_of_whole(labelled("建档立卡", 118), labelled("车间", 156)).verdict, Verdict::Pass);
    assert_eq!(part_of_whole(labelled("", -1), labelled("", 5)).verdict, Verdict::Fail);
}

#[test]
fn f08_too_many_times_a_head() {
    let finding = per_head("培训", 25_800, 644, 20);
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(finding.sentence().contains("人均40.1次"), "{}", finding.sentence());
    assert_eq!(per_head("培训", 644, 644, 20).verdict, Verdict::Pass);
}

#[test]
fn f09_a_count_times_an_average() {
    let Detail::Product { found, .. } = product(50, printed("123.75"), None).detail else { panic!() };
    assert_eq!(found.to_string(), "6187.50");
    assert_eq!(product(50, printed("123.75"), Some(printed("6187.5"))).verdict, Verdict::Pass);
    assert_eq!(product(50, printed("123.75"), Some(printed("6178.5"))).verdict, Verdict::Fail);
}

#[test]
fn f10_a_percentage_no_number_of_villages_gives() {
    let finding = percent_of_whole(printed("55.96%"), 182);
    assert_eq!(finding.verdict, Verdict::Fail);
    assert_eq!(finding.sentence(), "182个里不可能有55.96%：101个是55.49%，102个是56.04%；请核对总数或比例");
    for (whole, cases) in [(193, 108), (218, 122)] {
        let Detail::PercentOfWhole { exact, .. } = percent_of_whole(printed("55.96"), whole).detail else { panic!() };
        assert_eq!(exact, Some(cases), "{whole}");
    }
    assert_eq!(percent_of_whole(printed("100"), 7).verdict, Verdict::Pass);
    assert_eq!(percent_of_whole(printed("0"), 7).verdict, Verdict::Pass);
    assert_eq!(percent_of_whole(printed("33"), 3).verdict, Verdict::Pass, "whole percents are known to half a percent");
    assert_eq!(percent_of_whole(printed("50"), 0).verdict, Verdict::Fail);
}

#[test]
fn every_percentage_that_some_count_gives_passes() {
    for whole in 1..300_i64 {
        for cases in 0..=whole {
            let percent = rounded(cases * 100, whole, 2).unwrap();
            assert_eq!(percent_of_whole(percent, whole).verdict, Verdict::Pass, "{cases} of {whole}: {percent}");
        }
    }
}

#[test]
fn f11_money_of_the_wrong_unit() {
    let finding = money_per_person(55_530_000_000, 51_024, 200_000);
    let Detail::MoneyPerPerson { each, fits_divided_by, .. } = finding.detail.clone() else { panic!() };
    assert_eq!((finding.verdict, each, fits_divided_by), (Verdict::Fail, 1_088_311, Some(10)));
    assert!(finding.sentence().contains("1088311元"));
    assert_eq!(money_per_person(1_000_000, 100, 200_000).verdict, Verdict::Pass);
}

#[test]
fn f12_two_rates_speak_of_one_population() {
    let finding = same_base(printed("9.13%"), printed("1.45%"), 51_024, None);
    let Detail::SameBase { base, .. } = finding.detail else { panic!() };
    assert_eq!((finding.verdict, base), (Verdict::Pass, 664_375));
    assert_eq!(same_base(printed("9.13"), printed("1.45"), 51_024, Some(664_000)).verdict, Verdict::Pass);
    assert_eq!(same_base(printed("9.13"), printed("1.45"), 51_024, Some(700_000)).verdict, Verdict::Fail);
    assert_eq!(same_base(printed("1.45"), printed("9.13"), 51_024, None).verdict, Verdict::Fail);
}

#[test]
fn f13_one_to_one_is_not_four_to_one() {
    let finding = load(2862, 12_993, 1);
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(finding.sentence().contains("4.54户"), "{}", finding.sentence());
    assert_eq!(load(100, 104, 1).verdict, Verdict::Pass);
}

#[test]
fn f14_four_years_are_not_five() {
    let finding = period_length(2014, 2017, 5);
    assert_eq!(
        (finding.verdict, finding.sentence().as_str()),
        (Verdict::Warn, "2014至2017是4年，不是5年；请写明起止日期")
    );
    assert_eq!(period_length(2013, 2017, 5).verdict, Verdict::Pass);
}

#[test]
fn f16_an_average_implies_a_number_of_households() {
    let Detail::ImpliedHouseholds { likely, least, most, .. } = implied_households(2907, printed("1.7")).detail else {
        panic!()
    };
    assert_eq!((likely, least, most), (1710, 1661, 1762));
    assert_eq!(implied_households(10, printed("0")).verdict, Verdict::Fail);
}

#[test]
fn f17_most_jobs_have_no_channel() {
    let channels = [labelled("车间", 156), labelled("公益岗", 77), labelled("创业", 73), labelled("劳务", 300)];
    let finding = coverage("已就业", &channels, 2907);
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(finding.sentence().contains("还有2301没有"), "{}", finding.sentence());
    assert_eq!(coverage("已就业", &channels, 606).verdict, Verdict::Pass);
    assert_eq!(coverage("已就业", &channels, 605).verdict, Verdict::Fail);
}

#[test]
fn f19_f20_quotas() {
    let Detail::QuotaBounds { fewest, most, .. } = quota_bounds(&[5, 4, 3], 28_000, None).detail else { panic!() };
    assert_eq!((fewest, most), (5600, 9334));
    assert_eq!(quota_bounds(&[5, 4, 3], 28_000, Some(5599)).verdict, Verdict::Fail);
    assert_eq!(quota_bounds(&[], 10, None).verdict, Verdict::Fail);
    let finding = quota_reach(3134, 4, 11_785);
    assert_eq!(finding.verdict, Verdict::Pass);
    assert!(finding.sentence().contains("12536"));
    assert_eq!(quota_reach(2900, 4, 11_785).verdict, Verdict::Fail);
}

#[test]
fn f22_two_of_379_hold_most() {
    let finding = concentration(2827, 3900, 2, 379);
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(finding.sentence().contains("72.5%"), "{}", finding.sentence());
    assert_eq!(concentration(2827, 3900, 200, 379).verdict, Verdict::Pass);
}

#[test]
fn f23_a_list_of_five_named_after_six() {
    let six = ["扶持对象", "项目安排", "资金使用", "措施到户", "因村派人", "脱贫成效"];
    let five = ["扶持对象", "项目安排", "资金使用", "措施到户", "脱贫成效"];
    let finding = against_template("精准", &five, &six);
    assert_eq!(finding.verdict, Verdict::Warn);
    assert_eq!(
        finding.detail,
        Detail::Template { name: "精准".into(), missing: vec!["因村派人".into()], extra: vec![] }
    );
    assert_eq!(against_template("精准", &six, &six).verdict, Verdict::Pass);
}

#[test]
fn f24_f25_meetings_and_notices_are_counted() {
    let mut year =
        vec![("支委会", 12), ("主题党日", 12), ("党员大会", 4), ("党课", 4), ("组织生活会", 1), ("民主评议", 1)];
    assert_eq!(meetings_a_year(&year), 34);
    year.push(("党小组会", 12));
    assert_eq!(meetings_a_year(&year), 46);
    assert_eq!((count_every(2, 30), count_every(0, 30)), (15, 0));
}

#[test]
fn f27_three_levels_with_four_roles() {
    let loose = [("第一书记", None), ("派驻干部", None), ("社区干部", None), ("小组长", None)];
    let finding = levels("三级网格", 3, &loose);
    assert_eq!(finding.verdict, Verdict::Warn);
    assert!(finding.sentence().contains("4种角色"));
    let placed = [
        ("第一书记", Some(1)),
        ("支部书记", Some(1)),
        ("派驻干部", Some(2)),
        ("社区干部", Some(2)),
        ("小组长", Some(3)),
    ];
    assert_eq!(levels("三级网格", 3, &placed).verdict, Verdict::Pass);
    assert_eq!(levels("三级网格", 3, &placed[..4]).verdict, Verdict::Warn, "a level without anyone");
}

#[test]
fn f28_one_community_with_one_wrong_figure() {
    for (of, total) in [
        (parts(&[("男", 3316), ("女", 3160)]), 6476),
        (parts(&[("16岁以下", 1229), ("16至59岁", 4507), ("60岁以上", 740)]), 6476),
        (parts(&[("男", 1860), ("女", 1645)]), 3505),
        (parts(&[("省外", 969), ("省内", 417), ("县内", 1859)]), 3245),
    ] {
        assert_eq!(sum("人数", &of, total).verdict, Verdict::Pass);
    }
    let employed = [Part::new("男", 1736).within(0, 1860), Part::new("女", 1281).within(0, 1645)];
    let finding = sum("就业", &employed, 3245);
    assert_eq!(finding.verdict, Verdict::Fail);
    assert_eq!(finding.sentence(), "就业：1736+1281=3017，合计写3245，差228；若合计3245无误，女应为1509");
}

#[test]
fn names_units_and_scopes() {
    let finding = near_duplicates(&["老年活动室", "老年活动中心", "图书室"]);
    assert_eq!(finding.detail, Detail::NearDuplicates { pairs: vec![("老年活动室".into(), "老年活动中心".into())] });
    assert_eq!(near_duplicates(&["卫生室", "文化室"]).verdict, Verdict::Pass);
    assert_eq!(same_unit(&["人", "人次"]).verdict, Verdict::Fail);
    assert_eq!(same_unit(&["人", "人"]).verdict, Verdict::Pass);
    assert_eq!(same_scope(&["结对帮扶对象", "已达脱贫标准"]).verdict, Verdict::Warn);
}

#[test]
fn a_finding_is_written_and_read_the_same() {
    let (rows, total) = published();
    for finding in check_table(&rows, Some(&total)) {
        let json = serde_json::to_value(&finding).unwrap();
        assert_eq!(json["detail"]["rule"], finding.rule());
        assert_eq!(serde_json::from_value::<Finding>(json).unwrap(), finding);
    }
}

#[test]
fn the_widest_figures_do_not_overflow() {
    for wide in [i64::MAX, i64::MIN, 0, -1] {
        let rows = [row("甲", wide, wide), row("乙", wide, 1)];
        let all: Vec<String> = [
            check_table(&rows, Some(&row("合计", 1, wide))),
            vec![
                per_head("", wide, wide, wide),
                money_per_person(wide, 1, 1),
                quota_reach(wide, wide, 1),
                load(wide, wide, 1),
                quota_bounds(&[wide], wide, None),
                concentration(wide, wide, wide, wide),
                levels("", wide, &[]),
                part_of_whole(labelled("", wide), labelled("", wide)),
                percent_of_whole(Printed { units: wide, places: 2 }, wide),
                same_base(Printed { units: wide, places: 6 }, printed("1"), wide, Some(wide)),
                implied_households(wide, Printed { units: wide, places: 6 }),
                product(wide, Printed { units: wide, places: 6 }, None),
            ],
        ]
        .concat()
        .iter()
        .map(Finding::sentence)
        .collect();
        assert!(all.iter().all(|sentence| !sentence.is_empty()));
    }
}
