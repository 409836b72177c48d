//! A newer file of a roster that exists: so many cells changed, so many households gone, everything else as it was, and
//! a list of what was done. It reads any roster with this header, the sample of the field included.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};
use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::{Value, json};

use super::book;
use super::chance::Chance;
use super::line::{COLUMNS, Cell, Column, letters};
use super::roster::Phones;

/// `5:LIST`: so many of the changed cells are household telephones of households named in a file, one number a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhonesOf {
    count: usize,
    list: PathBuf,
}

impl FromStr for PhonesOf {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (count, list) = text.split_once(':').context("reads 5:LIST, LIST being a file of 户编号")?;
        Ok(Self { count: count.parse()?, list: list.into() })
    }
}

/// What is asked of the newer file.
pub(crate) struct Asked<'a> {
    /// The file it follows.
    pub(crate) after: &'a Path,
    /// Where it is written.
    pub(crate) out: &'a Path,
    /// Seed of what is changed.
    pub(crate) seed: u64,
    /// How many cells change; a telephone of a household counts once, however many rows repeat it.
    pub(crate) changes: usize,
    /// How many households are not in it any more.
    pub(crate) gone: usize,
    /// Telephones of certain households among the changes.
    pub(crate) phones: Option<&'a PhonesOf>,
}

/// Writes the newer file and tells what is different in it.
pub(crate) fn write(asked: &Asked<'_>) -> anyhow::Result<Value> {
    let mut table = Table::read(asked.after)?;
    let listed = match asked.phones {
        Some(phones) => listed(&phones.list)?,
        None => BTreeSet::new(),
    };
    let mut chance = Chance::new(asked.seed, 4);
    let mut order: Vec<String> = table.households.keys().cloned().collect();
    chance.shuffle(&mut order);
    let (mut named, mut free): (Vec<String>, Vec<String>) =
        order.into_iter().partition(|number| listed.contains(number));
    let of_named = asked.phones.map_or(0, |phones| phones.count);
    if asked.gone + asked.changes.saturating_sub(of_named) > free.len() || of_named > named.len().min(asked.changes) {
        bail!(
            "{} households are too few for so many changes, or the list names too few of them",
            table.households.len()
        );
    }
    let gone: BTreeSet<String> = free.drain(..asked.gone).collect();
    let mut changes = Vec::new();
    for number in named.drain(..of_named) {
        changes.push(table.change_phone(&mut chance, &number)?);
    }
    let acts = [Table::change_health, Table::change_education, Table::change_months, Table::change_phone];
    for (number, turn) in free.iter().zip(0..) {
        if changes.len() == asked.changes {
            break;
        }
        let act = acts.get(turn % acts.len()).copied().unwrap_or(Table::change_phone);
        let change = act(&mut table, &mut chance, number).or_else(|_| table.change_phone(&mut chance, number))?;
        changes.push(change);
    }
    let rows = table.write(asked.out, &gone)?;
    let changes: Vec<Value> = changes.iter().map(|change| change.json(&rows)).collect();
    Ok(json!({"roster": asked.out, "changes": changes, "gone": gone}))
}

fn listed(path: &Path) -> anyhow::Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

/// A cell that says something else than before.
struct Change {
    row: usize,
    column: usize,
    header: &'static str,
    household: String,
    person: Option<String>,
    before: String,
    after: String,
}

impl Change {
    /// `rows` tells on which Excel row a row of the older file stands now.
    fn json(&self, rows: &BTreeMap<usize, u32>) -> Value {
        json!({
            "row": rows.get(&self.row),
            "column": letters(self.column),
            "header": self.header,
            "household": self.household,
            "person": self.person,
            "before": self.before,
            "after": self.after,
        })
    }
}

/// The sheet of the older file.
struct Table {
    cells: Vec<Vec<Cell>>,
    header_row: usize,
    columns: BTreeMap<Column, usize>,
    /// 户编号 → its rows.
    households: BTreeMap<String, Vec<usize>>,
    phones: Phones,
}

impl Table {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let mut workbook: Xlsx<_> = open_workbook(path).with_context(|| format!("cannot read {}", path.display()))?;
        let sheet = workbook.worksheet_range_at(0).context("no sheet in it")??;
        // A range begins at its first filled cell; rows and columns are counted from the corner of the sheet.
        let (below, right) = sheet.start().unwrap_or((0, 0));
        let mut cells: Vec<Vec<Cell>> = vec![Vec::new(); usize::try_from(below)?];
        for row in sheet.rows() {
            let before = std::iter::repeat_n(Cell::Blank, usize::try_from(right)?);
            cells.push(before.chain(row.iter().map(cell)).collect());
        }
        let columns = |row: &Vec<Cell>| -> BTreeMap<Column, usize> {
            let place =
                |header: &str| row.iter().position(|cell| plain(cell).replace(char::is_whitespace, "") == header);
            COLUMNS.iter().filter_map(|(column, header)| Some((*column, place(header)?))).collect()
        };
        let is_header = |row: &Vec<Cell>| {
            let found = columns(row);
            found.contains_key(&Column::HouseholdNumber) && found.contains_key(&Column::Phone)
        };
        let header_row = cells.iter().position(is_header).context("no header row with 户编号 and 户联系电话")?;
        let columns = cells.get(header_row).map(columns).unwrap_or_default();
        let mut table = Self { cells, header_row, columns, households: BTreeMap::new(), phones: Phones::default() };
        for row in header_row + 1..table.cells.len() {
            let number = table.text(row, Column::HouseholdNumber);
            if !number.is_empty() {
                table.households.entry(number).or_default().push(row);
            }
            for column in [Column::Phone, Column::PersonPhone] {
                table.phones.take(table.text(row, column));
            }
        }
        Ok(table)
    }

    fn text(&self, row: usize, column: Column) -> String {
        let cell = self.columns.get(&column).and_then(|at| self.cells.get(row)?.get(*at));
        cell.map(plain).unwrap_or_default()
    }

    fn rows(&self, household: &str) -> Vec<usize> {
        self.households.get(household).cloned().unwrap_or_default()
    }

    /// Puts the same into a column of these rows; the change is told at the first.
    fn put(&mut self, rows: &[usize], column: Column, cell: &Cell) -> anyhow::Result<Change> {
        let first = *rows.first().context("a household without rows")?;
        let at = *self.columns.get(&column).context("a column that is not in the file")?;
        let header = COLUMNS.get(column as usize).map_or("", |(_, header)| *header);
        let of_person = !matches!(column, Column::Phone);
        let person = of_person.then(|| self.text(first, Column::PersonNumber));
        let (household, before) = (self.text(first, Column::HouseholdNumber), self.text(first, column));
        for row in rows {
            let place = self.cells.get_mut(*row).and_then(|row| row.get_mut(at)).context("a row that is too short")?;
            place.clone_from(cell);
        }
        Ok(Change { row: first, column: at, header, household, person, before, after: plain(cell) })
    }

    fn change_phone(&mut self, chance: &mut Chance, household: &str) -> anyhow::Result<Change> {
        let number = self.phones.new_number(chance);
        self.put(&self.rows(household), Column::Phone, &Cell::Text(number))
    }

    /// Someone whose cell in this column satisfies.
    fn someone(&self, household: &str, column: Column, wanted: fn(&str) -> bool) -> anyhow::Result<(usize, String)> {
        let told = self.rows(household).into_iter().map(|row| (row, self.text(row, column)));
        told.into_iter().find(|(_, text)| wanted(text)).context("nobody of whom this could change")
    }

    fn change_health(&mut self, _: &mut Chance, household: &str) -> anyhow::Result<Change> {
        let (row, _) = self.someone(household, Column::Health, |health| health == "健康")?;
        self.put(&[row], Column::Health, &Cell::text("长期慢性病"))
    }

    fn change_education(&mut self, _: &mut Chance, household: &str) -> anyhow::Result<Change> {
        let (row, before) =
            self.someone(household, Column::Education, |text| matches!(text, "小学" | "初中" | "高中"))?;
        let after = if before == "初中" { "高中" } else { "初中" };
        self.put(&[row], Column::Education, &Cell::text(after))
    }

    fn change_months(&mut self, _: &mut Chance, household: &str) -> anyhow::Result<Change> {
        let (row, before) = self.someone(household, Column::Months, |months| !months.is_empty())?;
        let months: u32 = before.parse()?;
        self.put(&[row], Column::Months, &Cell::count(if months > 6 { months - 1 } else { months + 1 }))
    }

    /// Writes it without the households that are gone; hands back on which Excel row each row stands now.
    fn write(&self, path: &Path, gone: &BTreeSet<String>) -> anyhow::Result<BTreeMap<usize, u32>> {
        let mut workbook = book::new_workbook()?;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(book::SHEET)?;
        let (mut row, mut places) = (0_u32, BTreeMap::new());
        let numbered = self.columns.get(&Column::Number);
        for (older, cells) in self.cells.iter().enumerate() {
            if older > self.header_row && gone.contains(&self.text(older, Column::HouseholdNumber)) {
                continue;
            }
            places.insert(older, row + 1);
            let number = (row + 1).saturating_sub(u32::try_from(self.header_row)? + 1);
            for (column, (at, cell)) in (0..).zip(cells.iter().enumerate()) {
                if older > self.header_row && Some(&at) == numbered {
                    book::put(sheet, row, column, &Cell::count(number))?;
                } else {
                    book::put(sheet, row, column, cell)?;
                }
            }
            row += 1;
        }
        book::save(&mut workbook, path)?;
        Ok(places)
    }
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Blank,
        Data::Float(number) => Cell::Number(*number),
        Data::Int(number) => number.to_string().parse().map_or(Cell::Blank, Cell::Number),
        other => Cell::text(&other.to_string()),
    }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::root;

    fn fixture() -> PathBuf {
        root().join("tests/fixtures/roster-huanghou.xlsx")
    }

    #[test]
    fn the_newer_file_differs_in_what_it_tells_and_in_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (list, out) = (folder.path().join("list.txt"), folder.path().join("newer.xlsx"));
        let before = Table::read(&fixture()).unwrap();
        let some: Vec<String> = before.households.keys().take(200).cloned().collect();
        std::fs::write(&list, some.join("\n")).unwrap();
        let phones = PhonesOf { count: 5, list };
        let asked = Asked { after: &fixture(), out: &out, seed: 1, changes: 30, gone: 3, phones: Some(&phones) };
        let told = write(&asked).unwrap();

        let after = Table::read(&out).unwrap();
        let gone: BTreeSet<&str> = told["gone"].as_array().unwrap().iter().map(|gone| gone.as_str().unwrap()).collect();
        let changes = told["changes"].as_array().unwrap();
        assert_eq!((changes.len(), gone.len(), before.households.len() - after.households.len()), (30, 3, 3));
        let mut differing = BTreeSet::new();
        for (number, rows) in &before.households {
            let Some(newer) = after.households.get(number) else {
                assert!(gone.contains(number.as_str()));
                continue;
            };
            for (row, newer) in rows.iter().zip(newer) {
                for (column, header) in &COLUMNS[1..] {
                    let (was, is) = (before.text(*row, *column), after.text(*newer, *column));
                    if was != is {
                        differing.insert((number.clone(), (*header).to_owned(), was, is));
                    }
                }
            }
        }
        let text = |change: &Value, key: &str| change[key].as_str().unwrap().to_owned();
        let said: BTreeSet<_> = changes
            .iter()
            .map(|change| {
                (text(change, "household"), text(change, "header"), text(change, "before"), text(change, "after"))
            })
            .collect();
        assert_eq!(differing, said);
        let on_the_list = said.iter().filter(|(number, header, ..)| header == "户联系电话" && some.contains(number));
        assert_eq!(on_the_list.count(), 5);
        assert_eq!(said.iter().filter(|(number, ..)| some.contains(number)).count(), 5);
    }

    #[test]
    fn more_changes_than_households_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("newer.xlsx");
        let asked = Asked { after: &fixture(), out: &out, seed: 1, changes: 270, gone: 3, phones: None };
        assert!(write(&asked).is_err());
        assert!("5".parse::<PhonesOf>().is_err());
    }
}
