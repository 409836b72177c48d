//! What a roster adds up to, counted here and not by the product, so that the product's report can be held against it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::household::Household;
use super::place::County;

/// Households and their people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// 户
    pub(crate) households: u64,
    /// 人
    pub(crate) persons: u64,
}

impl Sum {
    fn add(&mut self, household: &Household) {
        self.households += 1;
        self.persons += household.people.len() as u64;
    }

    fn json(self) -> Value {
        json!({"households": self.households, "persons": self.persons})
    }
}

/// All the totals of a roster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// The whole roster.
    pub(crate) all: Sum,
    /// By year of relocation.
    pub(crate) by_year: BTreeMap<String, Sum>,
    /// By site.
    pub(crate) by_site: BTreeMap<String, Sum>,
    /// By town, named 县/乡.
    pub(crate) by_town: BTreeMap<String, Sum>,
    /// By village, named 县/乡/村.
    pub(crate) by_village: BTreeMap<String, Sum>,
    /// By year, then by site.
    pub(crate) by_year_site: BTreeMap<String, BTreeMap<String, Sum>>,
}

impl Totals {
    /// Counts the households.
    pub(crate) fn of(county: &County, households: &[Household]) -> Self {
        let mut totals = Self::default();
        for household in households {
            let site = county.sites.get(household.site).map_or("", |site| &site.name);
            let town = county.villages.get(household.village).map_or(0, |village| village.town);
            let year = household.year.to_string();
            totals.all.add(household);
            totals.by_site.entry(site.to_owned()).or_default().add(household);
            totals.by_town.entry(county.town_path(town)).or_default().add(household);
            totals.by_village.entry(county.village_path(household.village)).or_default().add(household);
            let of_year = totals.by_year_site.entry(year.clone()).or_default();
            of_year.entry(site.to_owned()).or_default().add(household);
            totals.by_year.entry(year).or_default().add(household);
        }
        totals
    }

    /// As JSON, for whoever checks a report.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let by = |sums: &BTreeMap<String, Sum>| -> Value {
            sums.iter().map(|(name, sum)| (name.clone(), sum.json())).collect::<Map<_, _>>().into()
        };
        let year_site = self.by_year_site.iter().map(|(year, sites)| (year.clone(), by(sites))).collect::<Map<_, _>>();
        Map::from_iter([
            ("households".to_owned(), json!(self.all.households)),
            ("persons".to_owned(), json!(self.all.persons)),
            ("by_year".to_owned(), by(&self.by_year)),
            ("by_site".to_owned(), by(&self.by_site)),
            ("by_town".to_owned(), by(&self.by_town)),
            ("by_village".to_owned(), by(&self.by_village)),
            ("by_year_site".to_owned(), year_site.into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::line::{Cell, Column, Line, lines};
    use super::super::roster::Roster;
    use super::*;

    fn written(roster: &Roster) -> Vec<Line> {
        roster.households.iter().flat_map(|household| lines(&roster.county, household)).collect()
    }

    /// Counts rows of the sheet, as a person with a filter would.
    fn filtered(lines: &[Line], wanted: impl Fn(&Line) -> bool) -> Sum {
        let kept: Vec<&Line> = lines.iter().filter(|line| wanted(line)).collect();
        let households: BTreeSet<&str> = kept.iter().map(|line| line.text(Column::HouseholdNumber)).collect();
        Sum { households: households.len() as u64, persons: kept.len() as u64 }
    }

    #[test]
    fn totals_are_those_of_the_rows_written() {
        for seed in 1..=5 {
            let roster = Roster::new(seed, 900, &"2016:114,2017:50,2018:108".parse().unwrap());
            let (totals, lines) = (Totals::of(&roster.county, &roster.households), written(&roster));
            assert_eq!(totals.all, filtered(&lines, |_| true));
            for (year, sum) in &totals.by_year {
                let number = Cell::Number(year.parse().unwrap());
                assert_eq!(*sum, filtered(&lines, |line| *line.get(Column::Year) == number));
                for (site, sum) in &totals.by_year_site[year] {
                    let both = |line: &Line| *line.get(Column::Year) == number && line.text(Column::Site) == site;
                    assert_eq!(*sum, filtered(&lines, both));
                }
            }
            for (site, sum) in &totals.by_site {
                assert_eq!(*sum, filtered(&lines, |line| line.text(Column::Site) == site));
            }
            for (path, sum) in &totals.by_village {
                let of = |line: &Line| {
                    let parts = [Column::County, Column::Town, Column::Village].map(|column| line.text(column));
                    parts.join("/")
                };
                assert_eq!(*sum, filtered(&lines, |line| of(line) == *path));
            }
        }
    }

    #[test]
    fn every_breakdown_adds_up_to_the_whole() {
        let roster = Roster::new(9, 1200, &"2016:3,2017:1".parse().unwrap());
        let totals = Totals::of(&roster.county, &roster.households);
        for by in [&totals.by_year, &totals.by_site, &totals.by_town, &totals.by_village] {
            assert_eq!(by.values().map(|sum| sum.households).sum::<u64>(), 1200);
            assert_eq!(by.values().map(|sum| sum.persons).sum::<u64>(), totals.all.persons);
        }
        assert_eq!(totals.by_year["2016"].households, 900);
    }
}
