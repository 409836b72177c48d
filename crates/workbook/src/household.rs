//! A household of a roster as the workbook tells it: its place, its cells by dossier key, its people.

use lianhu_core::mask::mask_id;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// Where a household is from, level by level; a level the workbook does not tell is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RosterPlace {
    /// 县
    pub county: String,
    /// 乡镇
    pub town: String,
    /// 行政村
    pub village: String,
    /// 自然村、屯
    pub natural_village: String,
    /// 组
    pub group: String,
}

/// Cells by dossier key. A key without text is absent.
pub type Cells = BTreeMap<&'static str, String>;

/// A household with its people, in the order of its rows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RosterHousehold {
    /// Where it is from.
    pub place: RosterPlace,
    /// Every household fact by its key; `income_per_capita` in 元, years `YYYY`, months `YYYYMM`.
    pub cells: Cells,
    /// Its people.
    pub persons: Vec<RosterPerson>,
    /// The sheet of its first row, as an index into the reading's sheets.
    pub sheet: usize,
    /// Its first row, as Excel counts.
    pub row: u32,
    /// How many rows told of it, repeated ones included.
    pub rows: u32,
}

impl RosterHousehold {
    /// 户编号; empty in an older list that has none.
    #[must_use]
    pub fn national_no(&self) -> &str {
        self.cells.get("national_no").map_or("", String::as_str)
    }

    /// 安置点; empty when not told.
    #[must_use]
    pub fn site(&self) -> &str {
        self.cells.get("site").map_or("", String::as_str)
    }

    /// 搬迁年度, when it is a year.
    #[must_use]
    pub fn batch_year(&self) -> Option<i32> {
        self.cells.get("batch_year")?.parse().ok()
    }

    /// The head, when there is one.
    #[must_use]
    pub fn head(&self) -> Option<&RosterPerson> {
        self.persons.iter().find(|person| person.relation() == "户主")
    }
}

impl fmt::Debug for RosterHousehold {
    /// Only where and how many: a household's cells never reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RosterHousehold(sheet {}, row {}, {} persons)", self.sheet, self.row, self.persons.len())
    }
}

/// A person of a roster.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RosterPerson {
    /// Every person fact by its key; `relation` and `nation` in the national wording, `birth` as `YYYY-MM-DD`.
    pub cells: Cells,
    /// The sheet, as an index into the reading's sheets.
    pub sheet: usize,
    /// The row, as Excel counts.
    pub row: u32,
}

impl RosterPerson {
    fn cell(&self, key: &str) -> &str {
        self.cells.get(key).map_or("", String::as_str)
    }

    /// 人编号; empty when not told.
    #[must_use]
    pub fn national_no(&self) -> &str {
        self.cell("national_no")
    }

    /// 姓名
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell("name")
    }

    /// 证件号码 as written, valid or not; empty when missing or destroyed.
    #[must_use]
    pub fn id_no(&self) -> &str {
        self.cell("id_no")
    }

    /// 与户主关系 in the national wording, or as written when it is not listed.
    #[must_use]
    pub fn relation(&self) -> &str {
        self.cell("relation")
    }
}

impl fmt::Debug for RosterPerson {
    /// Only where, what relation and the masked number: a person's cells never reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RosterPerson(row {}, {}, {})", self.row, self.relation(), mask_id(self.id_no()))
    }
}
