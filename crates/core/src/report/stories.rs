//! The report held to its promises: each household once, every figure opens its households, all sums agree.

use super::*;
use crate::day::Day;
use crate::fact::{Fact, HouseholdFact};
use crate::tally::tally;
use proptest::prelude::*;

fn place(kind: u8, number: u8) -> PlaceRef {
    let id = Uuid::from_u128(u128::from(kind) << 64 | u128::from(number));
    PlaceRef { code: String::new(), name: format!("{}{number}", ["乡", "村", "点"][usize::from(kind)]), id }
}

fn household(number: u128, village: u8, site: u8, year: i32, persons: u32) -> HouseholdFact {
    HouseholdFact {
        household: Uuid::from_u128(number),
        town: Some(place(0, village / 2)),
        village: Some(place(1, village)),
        site: Some(place(2, site)),
        batch_year: Some(year),
        persons,
        two_statements: false,
    }
}

/// 272 households, 1094 persons, as the sample roster has them: (year, households, persons).
const RELOCATED: [(i32, u32, u32); 3] = [(2016, 114, 491), (2017, 50, 196), (2018, 108, 407)];

fn huanghou() -> Vec<Fact> {
    let mut facts = Vec::new();
    for (year, households, persons) in RELOCATED {
        for place in 0..households {
            let size = persons / households + u32::from(place < persons % households);
            let number = u128::from(year.unsigned_abs()) * 1000 + u128::from(place);
            let (village, site) = (u8::try_from(place % 13).unwrap(), u8::try_from(place % 4).unwrap());
            facts.push(Fact::Household(household(number, village, site, year, size)));
        }
    }
    facts
}

fn published() -> StatedTable {
    let row = |label: &str, households, persons| StatedRow {
        label: label.into(),
        households: Some(households),
        persons: Some(persons),
    };
    StatedTable {
        by: StatedBy::Year,
        rows: vec![row("2016年", 114, 491), row("2017年", 50, 196), row("2018年", 108, 40)],
        total: Some(row("合计", 272, 1094)),
    }
}

#[test]
fn the_sample_roster_adds_up_by_year_and_site() {
    let report = Report::of(&tally(&huanghou()), &Frame::default());
    let rows: Vec<_> = report.by_year_and_site.rows.iter().map(|row| (row.year, values(&row.total))).collect();
    assert_eq!(rows, [(Some(2016), (114, 491)), (Some(2017), (50, 196)), (Some(2018), (108, 407))]);
    assert_eq!(values(&report.by_year_and_site.total), (272, 1094));
    assert_eq!((report.total(Measure::Households), report.total(Measure::Persons)), (272, 1094));
    assert_eq!(report.by_year_and_site.sites.len(), 4);
    assert!(report.findings.iter().all(|finding| finding.verdict == Verdict::Pass), "{:#?}", report.findings);
    assert_eq!(report.findings.len(), 4);
}

#[test]
fn the_published_table_is_held_against_the_records() {
    let frame = Frame { stated: vec![published()], ..Frame::default() };
    let said: Vec<String> = Report::of(&tally(&huanghou()), &frame).findings.iter().map(Finding::sentence).collect();
    for sentence in [
        "各年度户数：114+50+108=272，与合计相符",
        "人数：491+196+40=727，合计写1094，差367；若合计1094无误，2018年应为407",
        "2018年 108户40人：人数少于户数，不可能；若合计1094无误，应为407",
        "2018年人数写的是40，记录里是407，不符；请打开记录核对",
        "合计人数写的是1094，记录里是1094，相符",
    ] {
        assert!(said.iter().any(|one| one == sentence), "{sentence} in {said:#?}");
    }
}

#[test]
fn published_sites_and_villages_are_found_by_name() {
    let row = |label: &str, households, persons| StatedRow {
        label: label.into(),
        households: Some(households),
        persons: Some(persons),
    };
    let facts = [Fact::Household(household(1, 0, 1, 2016, 3)), Fact::Household(household(2, 1, 1, 2016, 4))];
    for (by, label, counted) in
        [(StatedBy::Site, "点 1", (2, 7)), (StatedBy::Village, "村1", (1, 4)), (StatedBy::Village, "别村", (0, 0))]
    {
        let stated = StatedTable { by, rows: vec![row(label, counted.0, counted.1)], total: Some(row("合计", 2, 7)) };
        let report = Report::of(&tally(&facts), &Frame { stated: vec![stated.clone()], ..Frame::default() });
        let against = report.against_records(&stated);
        assert_eq!(against.len(), 4);
        assert!(against.iter().all(|finding| finding.verdict == Verdict::Pass), "{against:#?}");
    }
}

#[test]
fn a_late_visit_makes_a_second_edition() {
    let period = Some(Period { from: Day::parse("2026-11-01").unwrap(), to: Day::parse("2026-11-30").unwrap() });
    let frame = Frame { period, ..Frame::default() };
    let mut facts = huanghou();
    let first = Report::of(&tally(&facts), &frame);
    facts.push(Fact::Visits { household: Uuid::from_u128(2_018_007), village: None, count: 1 });
    let second = Report::of(&tally(&facts), &frame);

    assert_eq!(edition_words(2, &first, &first), "第2版：无变化");
    assert_eq!(edition_words(2, &first, &second), "第2版：走访次数+1次、走访户数+1户、未走访户数-1户");
    let changes = diff(&first, &second);
    assert_eq!(changes.len(), 9, "three measures of the village, the town and the total: {changes:#?}");
    let total = frame.key(Measure::Visits);
    assert!(changes.contains(&Change { figure: total.clone(), was: Some(0), is: Some(1) }));
    assert_eq!(tally(&facts).households_behind(&total), [Uuid::from_u128(2_018_007)]);
    assert_eq!(total.to_string(), "visits?from=2026-11-01&to=2026-11-30");
    assert_eq!(total.period(), period);

    let mut moved = huanghou();
    if let Some(Fact::Household(fact)) = moved.first_mut() {
        fact.village = Some(place(1, 12));
    }
    let third = Report::of(&tally(&moved), &frame);
    assert!(edition_words(3, &first, &third).starts_with("第3版：合计不变，"), "{}", edition_words(3, &first, &third));
}

#[test]
fn a_household_that_came_by_two_routes_counts_once() {
    let facts = huanghou();
    let twice = tally(&facts).merge(tally(&facts));
    assert_eq!(twice, tally(&facts));
    let visits = |count| Fact::Visits { household: Uuid::from_u128(1), village: None, count };
    let need = |open| Fact::NeedRaised { need: Uuid::from_u128(9), household: Uuid::from_u128(1), village: None, open };
    let base = Fact::Household(household(1, 0, 0, 2016, 3));
    let both = tally(&[base.clone(), visits(2), need(true)]).merge(tally(&[base, visits(3), need(false)]));
    let value = |measure| both.figure(&FigureKey::new(measure));
    assert_eq!(Measure::ALL.map(value), [1, 3, 3, 1, 0, 1, 0, 0]);
}

#[test]
fn two_ledgers_that_differ_about_a_household_are_marked_and_not_added() {
    let (few, many) = (household(1, 0, 0, 2016, 3), household(1, 0, 0, 2016, 4));
    let both = tally(&[Fact::Household(few), Fact::Household(many)]);
    let value = |measure| both.figure(&FigureKey::new(measure));
    assert_eq!((value(Measure::Households), value(Measure::Persons), value(Measure::TwoStatements)), (1, 4, 1));
}

#[test]
fn a_household_that_left_keeps_its_visits_where_they_were_made() {
    let mut facts = huanghou();
    facts.push(Fact::Visits { household: Uuid::from_u128(7), village: Some(place(1, 3)), count: 2 });
    facts.push(Fact::Visited { household: Uuid::from_u128(2_016_000) });
    let tally = tally(&facts);
    let report = Report::of(&tally, &Frame { scope: Scope::Town(place(0, 1).id), ..Frame::default() });
    assert_eq!((report.total(Measure::Visits), report.total(Measure::HouseholdsVisited)), (2, 0));
    let whole = Report::of(&tally, &Frame::default());
    let total = |measure| whole.total(measure);
    assert_eq!(
        (total(Measure::Households), total(Measure::HouseholdsVisited), total(Measure::HouseholdsNotVisited)),
        (272, 1, 271)
    );
}

#[test]
fn households_without_year_or_site_are_listed_apart_or_not_at_all() {
    let bare = |number, site, year| {
        Fact::Household(HouseholdFact { site, batch_year: year, ..household(number, 0, 0, 2016, 1) })
    };
    let facts = [
        bare(1, None, None),
        bare(2, Some(place(2, 1)), None),
        bare(3, None, Some(2017)),
        bare(4, Some(place(2, 1)), Some(2017)),
    ];
    let tally = tally(&facts);
    let table = Report::of(&tally, &Frame::default()).by_year_and_site;
    assert_eq!(values(&table.total), (3, 3));
    assert_eq!(table.total.households.key.to_string(), "households?relocated=yes");
    assert_eq!(table.rows.iter().map(|row| row.year).collect::<Vec<_>>(), [Some(2017), None]);
    assert_eq!(table.sites.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
    assert_eq!(tally.households_behind(&table.totals[1].households.key), [Uuid::from_u128(3)]);
}

#[test]
fn a_text_that_names_no_figure_is_refused() {
    for text in [
        "",
        "nobody",
        "households?",
        "households?year",
        "households?year=",
        "households?year=x",
        "households?year=2018&year=2018",
        "households?village=7",
        "households?relocated=no",
        "households?from=2026-02-30",
        "households?colour=1",
    ] {
        let read: Result<FigureKey, _> = text.parse();
        assert_eq!(read.is_ok(), text == "households?", "{text}");
    }
    let village = Uuid::from_u128(5);
    let text = format!("households?village={village}&year=2018&site=none");
    let key: FigureKey = text.parse().unwrap();
    assert_eq!(
        (key.village, key.year, key.site, key.to_string()),
        (Pick::Is(village), Pick::Is(2018), Pick::Unset, text)
    );
}

#[test]
fn a_report_is_written_and_read_the_same() {
    let frame = Frame { stated: vec![published()], scope: Scope::Village(place(1, 2).id), ..Frame::default() };
    let report = Report::of(&tally(&huanghou()), &frame);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    let json = serde_json::to_string(&frame).unwrap();
    assert_eq!(serde_json::from_str::<Frame>(&json).unwrap(), frame);
}

fn some_place(kind: u8) -> impl Strategy<Value = Option<PlaceRef>> {
    prop::option::of((0_u8..3).prop_map(move |number| place(kind, number)))
}

fn some_fact() -> impl Strategy<Value = Fact> {
    let household = (0_u128..6).prop_map(Uuid::from_u128);
    prop_oneof![
        (
            household.clone(),
            some_place(0),
            some_place(1),
            some_place(2),
            prop::option::of(2016..2019),
            0_u32..4,
            any::<bool>()
        )
            .prop_map(|(household, town, village, site, batch_year, persons, two_statements)| {
                Fact::Household(HouseholdFact { household, town, village, site, batch_year, persons, two_statements })
            }),
        (household.clone(), some_place(1), 0_u32..4).prop_map(|(household, village, count)| Fact::Visits {
            household,
            village,
            count
        }),
        household.clone().prop_map(|household| Fact::Visited { household }),
        (household, (10_u128..14).prop_map(Uuid::from_u128), some_place(1), any::<bool>())
            .prop_map(|(household, need, village, open)| Fact::NeedRaised { need, household, village, open }),
    ]
}

fn some_facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec(some_fact(), 0..24)
}

fn some_pick<T: std::fmt::Debug + Clone>(one: impl Strategy<Value = T>) -> impl Strategy<Value = Pick<T>> {
    prop::option::of(prop::option::of(one)).prop_map(|pick| pick.map_or(Pick::Any, Pick::of))
}

proptest! {
    #[test]
    fn a_tally_of_all_is_the_tallies_merged(a in some_facts(), b in some_facts()) {
        let all = tally(&[a.clone(), b.clone()].concat());
        prop_assert_eq!(&tally(&a).merge(tally(&b)), &all);
        prop_assert_eq!(&tally(&b).merge(tally(&a)), &all);
        prop_assert_eq!(&all.clone().merge(all.clone()), &all);
    }

    #[test]
    fn the_order_of_facts_does_not_matter(facts in some_facts().prop_shuffle(), seed in any::<u64>()) {
        let mut other = facts.clone();
        other.sort_by_key(|fact| format!("{fact:?}").bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))));
        prop_assert_eq!(tally(&facts), tally(&other));
    }

    #[test]
    fn every_figure_is_its_key_counted_again_and_opens_its_households(facts in some_facts(), town in prop::option::of(0_u8..3)) {
        let tally = tally(&facts);
        let scope = town.map_or(Scope::All, |town| Scope::Town(place(0, town).id));
        let report = Report::of(&tally, &Frame { scope, ..Frame::default() });
        for figure in report.figures() {
            prop_assert_eq!(tally.figure(&figure.key), figure.value, "{}", figure.key);
            let key: FigureKey = figure.key.to_string().parse().unwrap();
            let behind = tally.households_behind(&key);
            prop_assert_eq!(behind.is_empty(), figure.value == 0, "{}", key);
        }
        prop_assert!(report.findings.iter().all(|finding| finding.verdict == Verdict::Pass));
        let distinct: BTreeSet<(&FigureKey, i64)> = report.figures().map(|figure| (&figure.key, figure.value)).collect();
        let keys: BTreeSet<&FigureKey> = report.figures().map(|figure| &figure.key).collect();
        prop_assert_eq!(keys.len(), distinct.len(), "one key, one value");
        for measure in Measure::ALL {
            for kind in [LineKind::Town, LineKind::Village] {
                let lines = report.by_place.iter().filter(|line| line.kind == kind);
                let sum: i64 = lines.filter_map(|line| line.figure(measure)).map(|figure| figure.value).sum();
                prop_assert_eq!(sum, report.total(measure));
            }
        }
    }

    #[test]
    fn a_key_is_written_and_read_the_same(
        measure in prop::sample::select(Measure::ALL.to_vec()),
        town in some_pick(any::<u128>().prop_map(Uuid::from_u128)),
        village in some_pick(any::<u128>().prop_map(Uuid::from_u128)),
        year in some_pick(any::<i32>()),
        site in some_pick(any::<u128>().prop_map(Uuid::from_u128)),
        relocated in any::<bool>(),
        from in prop::option::of((-10_000..80_000).prop_map(Day)),
    ) {
        let key = FigureKey { measure, town, village, year, site, relocated, from, to: from };
        prop_assert_eq!(key.to_string().parse::<FigureKey>().unwrap(), key);
    }
}
