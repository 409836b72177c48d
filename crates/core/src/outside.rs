//! Figures for eyes from outside the county's office: the same as in the report, but none about fewer than ten households,
//! and none that could be worked out from others by adding and taking away (docs/decisions/0021-inspection.md).
//!
//! Places with fewer than ten households are put together with others, for figures and for lists alike. Of what is counted
//! within them a figure about fewer than ten is withheld, and with it as many of its neighbours as it takes for their sum to
//! be about ten; where that cannot be, the sum is withheld too.

use crate::fact::PlaceRef;
use crate::ids::Hash;
use crate::report::{Frame, Measure};
use crate::tally::{Line, Tally};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A figure is about none, or about so many households at least.
pub const FEWEST: u64 = 10;

/// One place of a list: town and village, where they are stated.
pub type At = (Option<PlaceRef>, Option<PlaceRef>);

/// Villages that are told as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Which: one village, or several of which some are too small to stand alone.
    pub places: Vec<At>,
    /// How many households.
    pub households: u64,
}

impl Group {
    /// What a form names it by: the same as long as the same villages are told as one, whatever else is told beside them.
    #[must_use]
    pub fn name(&self) -> String {
        let of = |place: &Option<PlaceRef>| place.as_ref().map_or(Uuid::nil(), |place| place.id).into_bytes();
        let ids: BTreeSet<_> = self.places.iter().map(|(town, village)| [of(town), of(village)].concat()).collect();
        let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
        Hash::of(&ids).to_string().chars().take(16).collect()
    }
}

/// Towns that are told as one, in their groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Which towns.
    pub towns: Vec<Option<PlaceRef>>,
    /// Their villages.
    pub groups: Vec<Group>,
}

/// Puts together what is too small to stand alone. Nothing where all of it is.
#[must_use]
pub fn blocks(counts: &BTreeMap<At, u64>) -> Vec<Block> {
    type Villages<'a> = Vec<(&'a At, u64)>;
    let mut by_town: BTreeMap<(bool, Option<PlaceRef>), Villages<'_>> = BTreeMap::new();
    for (at, count) in counts.iter().filter(|(_, count)| **count > 0) {
        by_town.entry((at.0.is_none(), at.0.clone())).or_default().push((at, *count));
    }
    let towns: Vec<_> = by_town.into_iter().collect();
    let sizes: Vec<u64> = towns.iter().map(|(_, villages)| villages.iter().map(|(_, count)| count).sum()).collect();
    let block = |together: Vec<usize>| {
        let these: Vec<_> = together.iter().filter_map(|at| towns.get(*at)).collect();
        let mut villages: Vec<_> = these.iter().flat_map(|(_, villages)| villages.iter().copied()).collect();
        // What nobody has placed stands last, as in the report.
        villages.sort_by_key(|((_, village), _)| (village.is_none(), village.clone()));
        let sizes: Vec<u64> = villages.iter().map(|(_, count)| *count).collect();
        let group = |together: Vec<usize>| {
            let these: Vec<_> = together.iter().filter_map(|at| villages.get(*at)).collect();
            Group {
                places: these.iter().map(|(at, _)| (*at).clone()).collect(),
                households: these.iter().map(|(_, count)| count).sum(),
            }
        };
        Block {
            towns: these.iter().map(|((_, town), _)| town.clone()).collect(),
            groups: together_of(&sizes).into_iter().map(group).collect(),
        }
    };
    together_of(&sizes).into_iter().map(block).collect()
}

/// Which of these stand alone, and which together, so that every one has ten: by their places, in their order.
fn together_of(sizes: &[u64]) -> Vec<Vec<usize>> {
    let large = |at: &usize| sizes.get(*at).is_some_and(|size| *size >= FEWEST);
    let (alone, small): (Vec<usize>, Vec<usize>) = (0..sizes.len()).partition(large);
    let mut sets: Vec<Vec<usize>> = alone.into_iter().map(|at| vec![at]).collect();
    let rest: u64 = small.iter().filter_map(|at| sizes.get(*at)).sum();
    if rest >= FEWEST {
        sets.push(small);
    } else if !small.is_empty() {
        let size = |set: &Vec<usize>| set.iter().filter_map(|at| sizes.get(*at)).sum::<u64>();
        match sets.iter_mut().min_by_key(|set| size(set)) {
            Some(smallest) => {
                smallest.extend(small);
                smallest.sort_unstable();
            }
            None => return Vec::new(),
        }
    }
    sets.sort_unstable();
    sets
}

/// One line: a figure for each of [`Measure::ALL`], or nothing where it is withheld.
pub type Cells = [Option<i64>; Measure::ALL.len()];

/// What is told of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldBlock {
    /// Its towns and groups.
    pub block: Block,
    /// The sums of its towns.
    pub cells: Cells,
    /// One line for each group.
    pub lines: Vec<Cells>,
}

/// What is told to somebody from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Block by block.
    pub blocks: Vec<ToldBlock>,
    /// The sums of all.
    pub total: Cells,
}

/// How many households, or people, are behind what is counted of one group: none of these may be one of 1 to 9.
type Behind = Vec<u64>;

/// Measures, and what is behind them in one line.
type Together = (&'static [Measure], fn(&Line) -> Behind);

/// What is counted together, and withheld together: what one of them says another can be worked out from.
const TOGETHER: [Together; 4] = [
    (&[Measure::Visits, Measure::HouseholdsVisited, Measure::HouseholdsNotVisited], |line| {
        let not = line.measure(Measure::HouseholdsNotVisited) != 0;
        let is = line.measure(Measure::HouseholdsVisited) != 0 || line.measure(Measure::Visits) != 0;
        vec![u64::from(is), u64::from(not)]
    }),
    (&[Measure::NeedsRaised, Measure::NeedsOpen], |line| {
        let (raised, open) = (line.measure(Measure::NeedsRaised), line.measure(Measure::NeedsOpen));
        vec![u64::from(raised > 0), u64::from(open > 0), u64::from(raised > open)]
    }),
    // Of people there are as many as households at least, but where nobody of a household counts any more.
    (&[Measure::Persons], |line| vec![u64::try_from(line.measure(Measure::Persons)).unwrap_or(0)]),
    (&[Measure::TwoStatements], |line| {
        let two = line.measure(Measure::TwoStatements) != 0;
        vec![u64::from(two), u64::from(!two && line.measure(Measure::Households) != 0)]
    }),
];

impl Told {
    /// The figures of a tally over these blocks. What erased households have left behind in a village that has no household any
    /// more is left out.
    #[must_use]
    pub fn of(tally: &Tally, frame: &Frame, blocks: Vec<Block>) -> Self {
        let whole = frame.key(Measure::Households);
        let mut by_village: BTreeMap<(Option<Uuid>, Option<Uuid>), Vec<Line>> = BTreeMap::new();
        for line in tally.lines().into_iter().filter(|line| whole.holds(line)) {
            by_village.entry((line.town, line.village)).or_default().push(line);
        }
        let id = |place: &Option<PlaceRef>| place.as_ref().map(|place| place.id);
        let lines_of = |group: &Group| -> Vec<Line> {
            let villages = group.places.iter().filter_map(|(town, village)| by_village.get(&(id(town), id(village))));
            villages.flatten().copied().collect()
        };
        let lines: Vec<Vec<Vec<Line>>> =
            blocks.iter().map(|block| block.groups.iter().map(lines_of).collect()).collect();
        let told = blocks.into_iter().zip(&lines).map(|(block, groups)| ToldBlock {
            block,
            cells: sums(groups.iter().flatten()),
            lines: groups.iter().map(sums).collect(),
        });
        let mut told = Self { blocks: told.collect(), total: sums(lines.iter().flatten().flatten()) };
        for (measures, behind) in TOGETHER {
            let counts =
                lines.iter().map(|groups| groups.iter().map(|lines| added(lines.iter().map(behind))).collect());
            told.withhold(measures, &withheld(&counts.collect::<Vec<_>>()));
        }
        told
    }

    fn withhold(&mut self, measures: &[Measure], withheld: &Withheld) {
        let drop = |cells: &mut Cells| {
            for (cell, measure) in cells.iter_mut().zip(Measure::ALL) {
                if measures.contains(&measure) {
                    *cell = None;
                }
            }
        };
        for (at, block) in self.blocks.iter_mut().enumerate() {
            if withheld.blocks.contains(&at) {
                drop(&mut block.cells);
            }
            for (group, cells) in block.lines.iter_mut().enumerate() {
                if withheld.groups.contains(&(at, group)) {
                    drop(cells);
                }
            }
        }
        if withheld.total {
            drop(&mut self.total);
        }
    }
}

fn sums<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Cells {
    let mut sums = [0; Measure::ALL.len()];
    for line in lines {
        for (sum, measure) in sums.iter_mut().zip(Measure::ALL) {
            *sum += line.measure(measure);
        }
    }
    sums.map(Some)
}

/// Which figures are not told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Withheld {
    /// Block and group.
    groups: BTreeSet<(usize, usize)>,
    blocks: BTreeSet<usize>,
    total: bool,
}

fn is_safe(behind: &Behind) -> bool {
    behind.iter().all(|count| *count == 0 || *count >= FEWEST)
}

fn added<B: std::borrow::Borrow<Behind>>(all: impl Iterator<Item = B>) -> Behind {
    all.fold(Behind::new(), |mut sum, behind| {
        sum.resize(sum.len().max(behind.borrow().len()), 0);
        sum.iter_mut().zip(behind.borrow()).for_each(|(sum, more)| *sum += more);
        sum
    })
}

/// Withholds among the parts of a sum that is told: what is too small, then the smallest of the others, until what is
/// withheld adds up to enough. Nothing where even all of them do not: then the sum may not be told either.
fn among(parts: &[Behind], more: impl IntoIterator<Item = usize>) -> Option<BTreeSet<usize>> {
    let mut gone: BTreeSet<usize> = more.into_iter().collect();
    gone.extend(parts.iter().enumerate().filter(|(_, behind)| !is_safe(behind)).map(|(at, _)| at));
    if gone.is_empty() {
        return Some(gone);
    }
    loop {
        let sum = added(gone.iter().filter_map(|at| parts.get(*at)));
        if gone.len() > 1 && is_safe(&sum) {
            return Some(gone);
        }
        let others = parts.iter().enumerate().filter(|(at, _)| !gone.contains(at));
        let (smallest, _) = others.min_by_key(|(at, behind)| (behind.iter().sum::<u64>(), *at))?;
        gone.insert(smallest);
    }
}

/// What is withheld of one count, of groups in blocks. What is left told, and every sum that can be worked out from it,
/// is a union of parts that are each about none or about ten at least.
fn withheld(counts: &[Vec<Behind>]) -> Withheld {
    let mut found = Withheld::default();
    for (at, groups) in counts.iter().enumerate() {
        match among(groups, []) {
            Some(gone) => found.groups.extend(gone.into_iter().map(|group| (at, group))),
            None => {
                found.blocks.insert(at);
            }
        }
    }
    let sums: Vec<Behind> = counts.iter().map(|groups| added(groups.iter())).collect();
    match among(&sums, found.blocks.iter().copied()) {
        Some(gone) => found.blocks = gone,
        None => {
            found.blocks = (0..counts.len()).collect();
            found.total = true;
        }
    }
    // Of a block that is withheld nothing is told: else its sum could be worked out.
    for at in &found.blocks {
        found.groups.extend((0..counts.get(*at).map_or(0, Vec::len)).map(|group| (*at, group)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, HouseholdFact};
    use crate::report::{LineKind, Report};
    use crate::tally::tally;
    use proptest::prelude::*;

    fn place(name: &str, at: u128) -> Option<PlaceRef> {
        Some(PlaceRef { code: String::new(), name: name.to_owned(), id: Uuid::from_u128(at) })
    }

    fn named(blocks: &[Block]) -> Vec<Vec<(String, u64)>> {
        let name = |(_, village): &At| village.as_ref().map_or("—".to_owned(), |place| place.name.clone());
        let told = |group: &Group| (group.places.iter().map(name).collect::<Vec<_>>().join("、"), group.households);
        blocks.iter().map(|block| block.groups.iter().map(told).collect()).collect()
    }

    #[test]
    fn a_village_that_is_too_small_stands_with_others_of_its_town() {
        let (east, west) = (place("东乡", 1), place("西乡", 2));
        let at = |town: &Option<PlaceRef>, name: &str, id: u128| (town.clone(), place(name, id));
        let counts = |these: &[(At, u64)]| these.iter().cloned().collect::<BTreeMap<_, _>>();
        let told = |these: &[(At, u64)]| named(&blocks(&counts(these)));
        // Two small ones that are enough together; a large one is left as it is.
        let three = [(at(&east, "甲", 3), 40), (at(&east, "乙", 4), 6), (at(&east, "丙", 5), 7)];
        assert_eq!(told(&three), [[("丙、乙".to_owned(), 13), ("甲".to_owned(), 40)]]);
        // One small one goes with the smallest of the large ones, or it could be worked out from the sum.
        let one = [(at(&east, "甲", 3), 40), (at(&east, "乙", 4), 6), (at(&east, "丙", 5), 12)];
        assert_eq!(told(&one), [[("丙、乙".to_owned(), 18), ("甲".to_owned(), 40)]]);
        // A small town goes with another.
        let towns = [(at(&east, "甲", 3), 40), (at(&west, "丁", 6), 4)];
        assert_eq!(told(&towns), [[("丁、甲".to_owned(), 44)]]);
        assert_eq!(told(&[(at(&east, "甲", 3), 9)]), Vec::<Vec<_>>::new());
        assert_eq!(told(&[]), Vec::<Vec<_>>::new());
    }

    #[test]
    fn one_small_figure_takes_a_second_with_it_so_that_it_cannot_be_worked_out() {
        let behind = |these: &[u64]| these.iter().map(|count| vec![*count]).collect::<Vec<_>>();
        let gone = |these: &[u64]| among(&behind(these), []).map(|gone| gone.into_iter().collect::<Vec<_>>());
        assert_eq!(gone(&[12, 0, 30]), Some(vec![]));
        assert_eq!(gone(&[3, 12, 30]), Some(vec![0, 1]));
        assert_eq!(gone(&[3, 4, 30]), Some(vec![0, 1, 2]), "3 and 4 alone add up to 7");
        assert_eq!(gone(&[3, 0, 30]), Some(vec![0, 1, 2]), "3 and 0 add up to 3");
        assert_eq!(gone(&[3, 4]), None);
        assert_eq!(gone(&[3]), None);
    }

    /// Whether the sum of these leaves follows from what is told, by adding and taking away: by elimination over the
    /// told sums, each a row of which leaves it adds up.
    fn follows(told: &[Vec<i64>], wanted: &[i64]) -> bool {
        let rank = |rows: &[Vec<i64>]| {
            let mut rows: Vec<Vec<f64>> = rows
                .iter()
                .map(|row| row.iter().map(|one| f64::from(i32::try_from(*one).unwrap())).collect())
                .collect();
            let (mut rank, columns) = (0, wanted.len());
            for column in 0..columns {
                let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].abs() > 1e-9) else { continue };
                rows.swap(rank, pivot);
                for row in 0..rows.len() {
                    if row != rank {
                        let factor = rows[row][column] / rows[rank][column];
                        let taken: Vec<f64> = rows[rank].iter().map(|one| one * factor).collect();
                        rows[row].iter_mut().zip(taken).for_each(|(one, taken)| *one -= taken);
                    }
                }
                rank += 1;
            }
            rank
        };
        let with = [told, &[wanted.to_vec()]].concat();
        rank(told) == rank(&with)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
        /// Whatever is added and taken away of the told figures, no sum about 1 to 9 households comes out.
        #[test]
        fn no_figure_about_fewer_than_ten_can_be_worked_out(
            counts in proptest::collection::vec(proptest::collection::vec((prop_oneof![0u64..4, 3u64..14, 10u64..40], 0u64..30), 1..4), 1..4)
        ) {
            let counts: Vec<Vec<Behind>> = counts.iter().map(|groups| groups.iter().map(|(one, two)| vec![*one, *two]).collect()).collect();
            let withheld = withheld(&counts);
            let leaves: Vec<(usize, usize)> = counts.iter().enumerate().flat_map(|(at, groups)| (0..groups.len()).map(move |group| (at, group))).collect();
            let row = |is: &dyn Fn(&(usize, usize)) -> bool| leaves.iter().map(|leaf| i64::from(is(leaf))).collect::<Vec<_>>();
            let mut told = Vec::new();
            told.extend(leaves.iter().filter(|leaf| !withheld.groups.contains(leaf)).map(|told| row(&|leaf| leaf == told)));
            told.extend((0..counts.len()).filter(|at| !withheld.blocks.contains(at)).map(|at| row(&|leaf| leaf.0 == at)));
            if !withheld.total {
                told.push(row(&|_| true));
            }
            for set in 1u32..(1 << leaves.len()) {
                let within = |at: usize| set >> at & 1 == 1;
                let behind = added(leaves.iter().enumerate().filter(|(at, _)| within(*at)).map(|(_, (block, group))| &counts[*block][*group]));
                if is_safe(&behind) {
                    continue;
                }
                let wanted: Vec<i64> = (0..leaves.len()).map(|at| i64::from(within(at))).collect();
                prop_assert!(!follows(&told, &wanted), "{counts:?} tells {wanted:?}: {withheld:?}");
            }
        }

        /// Every group and block has ten households, and every one stands in exactly one.
        #[test]
        fn every_group_has_ten_households(sizes in proptest::collection::vec((0u128..3, 0u128..9, 1u64..25), 1..12)) {
            let mut counts: BTreeMap<At, u64> = BTreeMap::new();
            for (town, village, size) in sizes {
                let town = if town == 0 { None } else { place("乡", town) };
                *counts.entry((town, if village == 0 { None } else { place("村", 100 + village) })).or_default() += size;
            }
            let all: u64 = counts.values().sum();
            let blocks = blocks(&counts);
            prop_assert_eq!(blocks.is_empty(), all < FEWEST);
            let groups: Vec<&Group> = blocks.iter().flat_map(|block| &block.groups).collect();
            prop_assert!(groups.iter().all(|group| group.households >= FEWEST));
            if !blocks.is_empty() {
                let mut told: Vec<&At> = groups.iter().flat_map(|group| &group.places).collect();
                told.sort();
                prop_assert_eq!(told, counts.keys().collect::<Vec<_>>());
                prop_assert_eq!(groups.iter().map(|group| group.households).sum::<u64>(), all);
            }
        }

        /// What is told is what the report says.
        #[test]
        fn a_told_figure_is_that_of_the_report(households in proptest::collection::vec((0u128..2, 0u128..5, 0u32..3, 0usize..3, any::<bool>()), 1..90)) {
            let mut facts = Vec::new();
            for (at, (town, village, visits, needs, two_statements)) in households.iter().enumerate() {
                let household = Uuid::from_u128(1_000 + at as u128);
                let village = place("村", 100 + town * 10 + village);
                let town = place("乡", 1 + town);
                facts.push(Fact::Household(HouseholdFact { household, town, village, site: None, batch_year: None, persons: 3, two_statements: *two_statements }));
                facts.push(Fact::Visits { household, village: None, count: *visits });
                for need in 0..*needs {
                    let need = Uuid::from_u128(household.as_u128() * 10 + need as u128);
                    facts.push(Fact::NeedRaised { need, household, village: None, open: need.as_u128().is_multiple_of(2) });
                }
            }
            let tally = tally(&facts);
            let report = Report::of(&tally, &Frame::default());
            let mut counts: BTreeMap<At, u64> = BTreeMap::new();
            for fact in &facts {
                if let Fact::Household(fact) = fact {
                    *counts.entry((fact.town.clone(), fact.village.clone())).or_default() += 1;
                }
            }
            let told = Told::of(&tally, &Frame::default(), blocks(&counts));
            let line = |kind: LineKind, place: &Option<PlaceRef>| report.by_place.iter().find(|line| line.kind == kind && line.place == *place).unwrap();
            let add = |lines: Vec<&crate::report::PlaceLine>| -> Vec<i64> {
                (0..Measure::ALL.len()).map(|at| lines.iter().map(|line| line.figures[at].value).sum()).collect()
            };
            let same = |cells: &Cells, sums: Vec<i64>| cells.iter().zip(sums).all(|(cell, sum)| cell.is_none_or(|cell| cell == sum));
            for block in &told.blocks {
                prop_assert!(same(&block.cells, add(block.block.towns.iter().map(|town| line(LineKind::Town, town)).collect())));
                for (group, cells) in block.block.groups.iter().zip(&block.lines) {
                    prop_assert!(same(cells, add(group.places.iter().map(|(_, village)| line(LineKind::Village, village)).collect())));
                    prop_assert!(cells[0].is_some_and(|households| households >= 10));
                }
            }
            if !told.blocks.is_empty() {
                prop_assert!(same(&told.total, add(vec![line(LineKind::Total, &None)])));
            }
        }
    }
}
