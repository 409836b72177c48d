//! The rows of a roster: 34 columns, in the order of the national person list with site and year added; sheets with
//! faults have two more, which a reader can hold against 证件号码.

use super::household::Household;
use super::names::Nation;
use super::person::Person;
use super::place::{COUNTY, County};

/// A column of the roster. Its place in this list is its place in the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Number,
    ToldOn,
    County,
    Town,
    Village,
    Hamlet,
    HouseholdNumber,
    PersonNumber,
    Name,
    Certificate,
    Count,
    Relation,
    Nation,
    Education,
    School,
    Health,
    Labour,
    Months,
    Insured,
    Cause,
    Danger,
    Water,
    Income,
    Phone,
    PersonPhone,
    HouseholdSeen,
    PersonSeen,
    Kind,
    Watch,
    Cleared,
    WatchedSince,
    ClearedOn,
    Site,
    Year,
    Sex,
    Birth,
}

/// How many columns a sheet without faults has.
pub(crate) const PLAIN_WIDTH: usize = 34;

/// Every column with its header, in the order of the sheet.
pub(crate) const COLUMNS: [(Column, &str); 36] = [
    (Column::Number, "序号"),
    (Column::ToldOn, "数据日期"),
    (Column::County, "县"),
    (Column::Town, "乡"),
    (Column::Village, "行政村"),
    (Column::Hamlet, "自然村"),
    (Column::HouseholdNumber, "户编号"),
    (Column::PersonNumber, "人编号"),
    (Column::Name, "姓名"),
    (Column::Certificate, "证件号码"),
    (Column::Count, "人数"),
    (Column::Relation, "与户主关系"),
    (Column::Nation, "民族"),
    (Column::Education, "文化程度"),
    (Column::School, "在校生状况"),
    (Column::Health, "健康状况"),
    (Column::Labour, "劳动技能"),
    (Column::Months, "务工时间（月）"),
    (Column::Insured, "是否参加大病保险"),
    (Column::Cause, "致贫原因1"),
    (Column::Danger, "危房户"),
    (Column::Water, "是否解决安全饮用水"),
    (Column::Income, "人均纯收入"),
    (Column::Phone, "户联系电话"),
    (Column::PersonPhone, "人联系电话"),
    (Column::HouseholdSeen, "首次识别时间"),
    (Column::PersonSeen, "人员识别时间"),
    (Column::Kind, "户类型"),
    (Column::Watch, "监测对象类型"),
    (Column::Cleared, "风险是否消除"),
    (Column::WatchedSince, "风险识别时间"),
    (Column::ClearedOn, "风险消除时间"),
    (Column::Site, "安置点"),
    (Column::Year, "搬迁年度"),
    (Column::Sex, "性别"),
    (Column::Birth, "出生日期"),
];

/// The letters Excel shows above a column, counted from 0.
pub(crate) fn letters(column: usize) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
    if column < 26 { letter(column).to_string() } else { format!("{}{}", letter(column / 26 - 1), letter(column)) }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing at all.
    Blank,
    /// Text, as every number that is a name is written.
    Text(String),
    /// A number that counts something; or a name a spreadsheet turned into one.
    Number(f64),
}

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text.to_owned()) }
    }

    pub(crate) fn count(count: u32) -> Self {
        if count == 0 { Self::Blank } else { Self::Number(f64::from(count)) }
    }
}

/// A row of the sheet below the header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    cells: Vec<Cell>,
    /// Whether the row is hidden.
    pub(crate) hidden: bool,
    /// Cells of this row merged with those of so many rows below.
    pub(crate) merged: Vec<(Column, u32)>,
}

impl Line {
    /// A row with these cells and nothing peculiar.
    pub(crate) fn new(cells: Vec<Cell>) -> Self {
        Self { cells, hidden: false, merged: Vec::new() }
    }

    /// A row with nothing in it.
    pub(crate) fn blank() -> Self {
        Self::new(vec![Cell::Blank; COLUMNS.len()])
    }

    /// The cells, from the left.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// What stands in a column.
    pub(crate) fn get(&self, column: Column) -> &Cell {
        self.cells.get(column as usize).unwrap_or(&Cell::Blank)
    }

    /// What stands in a column, if it is text; else nothing.
    pub(crate) fn text(&self, column: Column) -> &str {
        match self.get(column) {
            Cell::Text(text) => text,
            Cell::Blank | Cell::Number(_) => "",
        }
    }

    /// Puts something into a column.
    pub(crate) fn set(&mut self, column: Column, cell: Cell) {
        if let Some(place) = self.cells.get_mut(column as usize) {
            *place = cell;
        }
    }
}

/// The rows of a household, one for each member; 序号 is put in when they are written.
pub(crate) fn lines(county: &County, household: &Household) -> Vec<Line> {
    household.people.iter().zip(1..).map(|(person, at)| line(county, household, person, at)).collect()
}

fn line(county: &County, household: &Household, person: &Person, at: u32) -> Line {
    let village = county.villages.get(household.village);
    let town = village.and_then(|village| county.towns.get(village.town));
    let site = county.sites.get(household.site);
    let watched = !household.watch.is_empty();
    let cleared = !household.cleared.is_empty();
    let nation: Nation = person.nation;
    let members = u32::try_from(household.people.len()).unwrap_or(0);
    let text = Cell::text;
    Line::new(vec![
        Cell::Blank,
        text("20260930"),
        text(COUNTY),
        text(town.map_or("", String::as_str)),
        text(village.map_or("", |village| &village.name)),
        text(village.map_or("", |village| &village.hamlet)),
        text(&household.number),
        text(&format!("{}{at:02}", household.number)),
        text(&person.name),
        text(&person.certificate()),
        Cell::count(members),
        text(person.relation.0),
        text(nation.label()),
        text(person.education),
        text(person.school),
        text(person.health),
        text(person.labour),
        Cell::count(person.months),
        text("是"),
        text(household.cause),
        text("否"),
        text("是"),
        Cell::count(household.income),
        text(&household.phone),
        text(person.phone.as_deref().unwrap_or("")),
        text("201412"),
        text(&person.seen),
        text(household.kind()),
        text(household.watch),
        text(if cleared { "是" } else { "" }),
        text(if watched { "202203" } else { "" }),
        text(household.cleared),
        text(site.map_or("", |site| &site.name)),
        Cell::count(household.year),
        text(if person.male() { "男" } else { "女" }),
        text(&person.id.birth.digits()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_where_the_list_has_them() {
        for (at, (column, header)) in COLUMNS.iter().enumerate() {
            assert_eq!(*column as usize, at, "{header}");
        }
        assert_eq!(COLUMNS[9], (Column::Certificate, "证件号码"));
        assert_eq!(COLUMNS[PLAIN_WIDTH - 1], (Column::Year, "搬迁年度"));
    }

    #[test]
    fn letters_are_those_excel_shows() {
        assert_eq!(letters(Column::Certificate as usize), "J");
        assert_eq!(letters(25), "Z");
        assert_eq!(letters(Column::Year as usize), "AH");
    }

    #[test]
    fn a_cell_outside_the_sheet_is_blank_and_cannot_be_set() {
        let mut short = Line::new(vec![Cell::Blank]);
        short.set(Column::Year, Cell::count(2018));
        assert_eq!((short.get(Column::Year), short.cells().len()), (&Cell::Blank, 1));
    }
}
