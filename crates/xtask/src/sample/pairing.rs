//! Pairing tables: who helps which households, with the helper's cells merged over all their rows, as townships keep
//! them.

use std::path::Path;

use rust_xlsxwriter::Format;

use super::book;
use super::chance::Chance;
use super::line::Cell;
use super::names::{self, Nation};
use super::roster::{Phones, Roster};

/// Columns that belong to the helper and are merged; the rest belong to the household.
const OF_HELPER: usize = 6;
const HEADERS: [&str; 9] = ["序号", "帮扶责任人", "单位", "隶属", "职务", "联系电话", "户编号", "户主", "村"];
const UNITS: [(&str, &str); 12] = [
    ("市", "市税务局"),
    ("市", "市审计局"),
    ("县", "县教育局"),
    ("县", "县信用联社"),
    ("县", "县人民医院"),
    ("县", "县水利局"),
    ("县", "县农业农村局"),
    ("县", "县林业局"),
    ("乡", "乡人民政府"),
    ("乡", "乡农业服务中心"),
    ("乡", "乡财政所"),
    ("村", "村委会"),
];

/// A helper and the households entrusted to them.
#[derive(Debug, Clone)]
pub(crate) struct Helper {
    name: String,
    unit: &'static str,
    under: &'static str,
    post: &'static str,
    phone: String,
    /// Places in the roster's list of households, all of one village.
    pub(crate) households: Vec<usize>,
}

/// Pairs every household of the roster: three to five to a helper, all in one village.
pub(crate) fn pair(seed: u64, roster: &Roster) -> Vec<Helper> {
    let mut chance = Chance::new(seed, 2);
    let mut phones = roster.phones.clone();
    let mut order: Vec<usize> = (0..roster.county.villages.len()).collect();
    chance.shuffle(&mut order);
    let mut of_village = vec![Vec::new(); order.len()];
    for (at, household) in roster.households.iter().enumerate() {
        if let Some(list) = of_village.get_mut(household.village) {
            list.push(at);
        }
    }
    let mut helpers = Vec::new();
    for village in order {
        let mut left = of_village.get(village).cloned().unwrap_or_default();
        while !left.is_empty() {
            let share = usize::try_from(chance.between(3, 5)).unwrap_or(3).min(left.len());
            let households = left.drain(..share).collect();
            helpers.push(helper(&mut chance, &mut phones, households));
        }
    }
    helpers
}

fn helper(chance: &mut Chance, phones: &mut Phones, households: Vec<usize>) -> Helper {
    let surname = names::surname(chance, Nation::Han);
    let male = chance.per_mille(600);
    let (under, unit) = chance.pick(&UNITS);
    Helper {
        name: names::name(chance, Nation::Han, surname, male),
        unit,
        under,
        post: chance.weighted(&[(6, "一般干部"), (3, "科级"), (1, "县处级")]),
        phone: phones.new_number(chance),
        households,
    }
}

/// Writes the table: a title, the header on row 2, a row a household.
pub(crate) fn write(path: &Path, roster: &Roster, helpers: &[Helper]) -> anyhow::Result<()> {
    let mut workbook = book::new_workbook()?;
    let merged = Format::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("结对花名册")?;
    sheet.merge_range(0, 0, 0, 8, "结对帮扶花名册（样例，人员均为虚构）", &merged)?;
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string(1, column, header)?;
    }
    let mut row = 2;
    for (number, helper) in (1..).zip(helpers) {
        let last = row + u32::try_from(helper.households.len())?.saturating_sub(1);
        let text = |text: &str| Cell::Text(text.to_owned());
        let own: [Cell; OF_HELPER] = [
            Cell::count(number),
            text(&helper.name),
            text(helper.unit),
            text(helper.under),
            text(helper.post),
            text(&helper.phone),
        ];
        for (column, cell) in (0..).zip(&own) {
            if last > row {
                sheet.merge_range(row, column, last, column, "", &merged)?;
            }
            book::put(sheet, row, column, cell)?;
        }
        for household in helper.households.iter().filter_map(|at| roster.households.get(*at)) {
            let head = household.people.first().map_or("", |head| &head.name);
            let village = roster.county.villages.get(household.village).map_or("", |village| &village.name);
            for (column, cell) in (6..).zip([&household.number, head, village]) {
                sheet.write_string(row, column, cell)?;
            }
            row += 1;
        }
    }
    book::save(&mut workbook, path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_household_has_one_helper_and_no_helper_two_villages() {
        let roster = Roster::new(2, 700, &"2016:1".parse().unwrap());
        let helpers = pair(2, &roster);
        let all: Vec<usize> = helpers.iter().flat_map(|helper| helper.households.clone()).collect();
        assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (700, 700));
        for helper in &helpers {
            assert!((1..=5).contains(&helper.households.len()));
            let villages: BTreeSet<usize> = helper.households.iter().map(|at| roster.households[*at].village).collect();
            assert_eq!(villages.len(), 1);
        }
    }

    #[test]
    fn helpers_have_telephones_of_their_own() {
        let roster = Roster::new(2, 300, &"2016:1".parse().unwrap());
        let helpers = pair(2, &roster);
        let phones: BTreeSet<&str> = helpers.iter().map(|helper| helper.phone.as_str()).collect();
        assert_eq!(phones.len(), helpers.len());
        assert!(roster.households.iter().all(|household| !phones.contains(household.phone.as_str())));
    }
}
