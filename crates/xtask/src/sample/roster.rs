//! A whole made-up roster from a seed: places, households by year of relocation, and their people.

use std::collections::BTreeSet;
use std::str::FromStr;

use anyhow::{Context, bail};

use super::chance::Chance;
use super::household::{self, Household};
use super::place::{COUNTY_CODE, County};

/// How many households moved in which year, as weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YearPlan(Vec<(u32, u32)>);

impl YearPlan {
    /// A year for each of so many households: exactly in proportion, and exactly the weights if they add up to it.
    fn years(&self, households: u32) -> Vec<u32> {
        let total: u64 = self.0.iter().map(|(_, weight)| u64::from(*weight)).sum::<u64>().max(1);
        let share = |weight: u32| u64::from(weight) * u64::from(households);
        let mut years = Vec::new();
        let mut rests = Vec::new();
        for (year, weight) in &self.0 {
            let whole = usize::try_from(share(*weight) / total).unwrap_or(0);
            years.extend(std::iter::repeat_n(*year, whole));
            rests.push((share(*weight) % total, *year));
        }
        rests.sort_by_key(|(rest, _)| std::cmp::Reverse(*rest));
        let missing = usize::try_from(households).unwrap_or(0).saturating_sub(years.len());
        years.extend(rests.iter().cycle().take(missing).map(|(_, year)| *year));
        years
    }
}

impl FromStr for YearPlan {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let pair = |part: &str| {
            let (year, weight) = part.split_once(':').context("a year plan reads 2016:114,2017:50,2018:108")?;
            anyhow::Ok((year.trim().parse()?, weight.trim().parse()?))
        };
        let plan = text.split(',').map(pair).collect::<anyhow::Result<Vec<(u32, u32)>>>()?;
        if plan.iter().all(|(_, weight)| *weight == 0) {
            bail!("a year plan names at least one year with households: 2016:114,2017:50,2018:108");
        }
        Ok(Self(plan))
    }
}

/// Everything a sample says, before it is written into a sheet.
#[derive(Debug, Clone)]
pub(crate) struct Roster {
    /// The places.
    pub(crate) county: County,
    /// In the order of the sheet.
    pub(crate) households: Vec<Household>,
    /// Telephone numbers given out.
    pub(crate) phones: Phones,
}

impl Roster {
    /// The roster of a seed.
    pub(crate) fn new(seed: u64, households: u32, plan: &YearPlan) -> Self {
        let mut chance = Chance::new(seed, 1);
        let county = County::new(&mut chance, households);
        let mut years = plan.years(households);
        chance.shuffle(&mut years);
        let mut roster = Self { county, households: Vec::new(), phones: Phones::default() };
        let mut ids = BTreeSet::new();
        for (year, at) in years.into_iter().zip(0..) {
            let household = roster.household(&mut chance, &mut ids, year, at);
            roster.households.push(household);
        }
        roster
    }

    fn household(&mut self, chance: &mut Chance, ids: &mut BTreeSet<String>, year: u32, at: usize) -> Household {
        // Every village has someone before chance decides.
        let villages = self.county.villages.len();
        let village = if at < villages { at } else { chance.place(villages) };
        let (town, code) = self.county.villages.get(village).map_or((0, ""), |village| (village.town, &village.code));
        let number = format!("{COUNTY_CODE}{code}{:06}", at + 1);
        let site = chance.pick(&self.county.sites_of(town));
        let mut people = household::people(chance);
        for person in &mut people {
            while !ids.insert(person.id.text()) {
                person.id.order = (person.id.order + 2) % 1000;
            }
            if person.age() >= 18 && chance.per_mille(60) {
                person.phone = Some(self.phones.new_number(chance));
            }
        }
        let watch = chance.weighted(&[(925, ""), (35, "脱贫不稳定户"), (35, "边缘易致贫户"), (5, "突发严重困难户")]);
        let cleared = if !watch.is_empty() && chance.per_mille(300) { "202306" } else { "" };
        let cause = household::cause(chance, &people);
        let (phone, income) = (self.phones.new_number(chance), chance.between(7800, 24_000));
        Household { number, village, site, year, phone, income, cause, watch, cleared, people }
    }
}

/// Telephone numbers, each given out once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phones {
    given: BTreeSet<String>,
}

impl Phones {
    /// Notes a number somebody has already.
    pub(crate) fn take(&mut self, number: String) {
        self.given.insert(number);
    }

    /// A mobile number nobody has.
    pub(crate) fn new_number(&mut self, chance: &mut Chance) -> String {
        const STARTS: [u32; 16] = [130, 131, 132, 134, 135, 137, 138, 139, 150, 152, 156, 158, 177, 182, 187, 189];
        loop {
            let number = format!("{}{:08}", chance.pick(&STARTS), chance.below(100_000_000));
            if self.given.insert(number.clone()) {
                return number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> YearPlan {
        text.parse().unwrap()
    }

    #[test]
    fn years_are_apportioned_exactly() {
        let years = plan("2016:114,2017:50,2018:108").years(272);
        let of = |wanted| years.iter().filter(|year| **year == wanted).count();
        assert_eq!((of(2016), of(2017), of(2018)), (114, 50, 108));
        assert_eq!(plan("2016:1,2017:1,2018:1").years(100).len(), 100);
        assert_eq!(plan("2019:1").years(3), [2019; 3]);
    }

    #[test]
    fn a_year_plan_that_says_nothing_is_refused() {
        assert!("".parse::<YearPlan>().is_err());
        assert!("2016".parse::<YearPlan>().is_err());
        assert!("2016:0".parse::<YearPlan>().is_err());
    }

    #[test]
    fn numbers_ids_and_telephones_are_each_given_once() {
        let roster = Roster::new(5, 1500, &plan("2016:114,2017:50,2018:108"));
        let people = || roster.households.iter().flat_map(|household| &household.people);
        let ids: BTreeSet<String> = people().map(|person| person.id.text()).collect();
        assert_eq!(ids.len(), people().count());
        let numbers: BTreeSet<&str> = roster.households.iter().map(|household| household.number.as_str()).collect();
        assert_eq!((numbers.len(), numbers.iter().all(|number| number.len() == 15)), (1500, true));
        let own = people().filter_map(|person| person.phone.as_deref());
        let phones: BTreeSet<&str> =
            roster.households.iter().map(|home| home.phone.as_str()).chain(own.clone()).collect();
        assert_eq!(phones.len(), 1500 + own.count());
    }

    #[test]
    fn people_keep_their_age_and_sex_when_numbers_collide() {
        let roster = Roster::new(5, 1500, &plan("2016:1"));
        for household in &roster.households {
            let spouse = household.people.iter().find(|person| person.relation.0 == "配偶");
            assert!(spouse.is_none_or(|spouse| spouse.male() != household.people[0].male()));
        }
    }
}
