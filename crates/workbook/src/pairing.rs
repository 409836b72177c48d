//! Reading a pairing table: who helps which households. Cells are merged per helper, or written once and left blank
//! below; either way a blank means the same helper until a new one, or a new 序号, begins.

use crate::doubt::{Doubt, DoubtKind, Shown};
use crate::doubts::{At, Doubts};
use crate::error::WorkbookError;
use crate::grid::{Flow, Grid, Row};
use crate::header::{HEADER_WITHIN, Header, Layout};
use crate::name;
use crate::pairing_column::{PairingField as P, pairing};
use crate::roster::{Progress, SheetReading};
use crate::total;
use crate::value::{self, Code};
use lianhu_core::text::header_key;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A household a pairing table names: by 户编号, or by 户主 and 村.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HouseholdRef {
    /// 户编号; empty when not told.
    pub national_no: String,
    /// 户主; empty when not told.
    pub head: String,
    /// 县; empty when not told.
    pub county: String,
    /// 乡镇; empty when not told.
    pub town: String,
    /// 村; empty when not told.
    pub village: String,
    /// The sheet, as an index into the reading's sheets.
    pub sheet: usize,
    /// The row, as Excel counts.
    pub row: u32,
}

/// A helper with the households entrusted to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairedCadre {
    /// 帮扶责任人
    pub name: String,
    /// 单位
    pub unit: String,
    /// 隶属
    pub belongs: String,
    /// 职务
    pub rank: String,
    /// 联系电话
    pub phone: String,
    /// The sheet of the first row, as an index into the reading's sheets.
    pub sheet: usize,
    /// The first row, as Excel counts.
    pub row: u32,
    /// The households, in the order of their rows.
    pub households: Vec<HouseholdRef>,
}

/// A pairing table as read.
#[derive(Debug, Clone)]
pub struct PairingReading {
    /// Every sheet, read or not.
    pub sheets: Vec<SheetReading<P>>,
    /// Every helper.
    pub cadres: Vec<PairedCadre>,
    /// Households without a helper.
    pub unpaired: Vec<HouseholdRef>,
    /// Every doubt, in the order of the workbook.
    pub doubts: Vec<Doubt>,
}

/// Reads a pairing table. `progress` is called at the end of every sheet.
///
/// # Errors
/// Only when the workbook as a whole cannot be taken; a bad row is kept as far as it can be and named in the doubts.
pub fn read_pairing(path: &Path, progress: &mut dyn FnMut(Progress)) -> Result<PairingReading, WorkbookError> {
    let mut grid = Grid::open(path)?;
    let mut reader = Reader::default();
    let mut done = 0;
    for sheet in 0..grid.sheets.len() {
        let (name, merged, hidden) = match grid.sheets.get(sheet) {
            Some(sheet) => (sheet.name.clone(), sheet.marks.merged.clone(), sheet.hidden),
            None => continue,
        };
        let mut rows: Vec<Row> = Vec::new();
        let mut layout: Option<(Header<P>, Layout<P>)> = None;
        grid.each_row(sheet, &mut |row| {
            done += 1;
            match &layout {
                Some((header, layout)) => reader.row(&row, header, layout, sheet),
                None => rows.push(row),
            }
            if layout.is_none() && rows.len() == HEADER_WITHIN {
                layout = reader.begin(&name, &rows, &merged, hidden);
                reader.rows(std::mem::take(&mut rows), layout.as_ref(), sheet);
                return Ok(if layout.is_some() { Flow::More } else { Flow::Stop });
            }
            Ok(Flow::More)
        })?;
        if reader.sheets.len() == sheet {
            layout = reader.begin(&name, &rows, &merged, hidden);
            reader.rows(rows, layout.as_ref(), sheet);
        }
        progress(Progress { done, total: grid.rows() });
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    sheets: Vec<SheetReading<P>>,
    cadres: Vec<PairedCadre>,
    unpaired: Vec<HouseholdRef>,
    doubts: Doubts,
    /// The helper of the rows at hand.
    current: Option<usize>,
    last_village: [String; 3],
    pairs: BTreeSet<(usize, String)>,
    anything: bool,
}

impl Reader {
    fn begin(
        &mut self,
        name: &str,
        rows: &[Row],
        merged: &[crate::marks::Merged],
        hidden: bool,
    ) -> Option<(Header<P>, Layout<P>)> {
        self.anything |= !rows.is_empty();
        self.current = None;
        self.last_village = Default::default();
        let enough = |fields: &BTreeSet<P>| {
            fields.contains(&P::Helper) && (fields.contains(&P::HouseholdNo) || fields.contains(&P::Head))
        };
        let found = Header::find(rows, merged, pairing(), &enough);
        let headers = found.iter().flat_map(|header| &header.columns);
        self.doubts
            .sheet(name, headers.map(|column| (column.index, column.header.clone())).collect::<BTreeMap<_, _>>());
        if hidden && found.is_some() {
            self.doubts.raise(At::row(self.sheets.len(), 0), DoubtKind::HiddenSheet, Shown::Plain, name);
        }
        let found = found.filter(|_| !hidden);
        self.sheets.push(SheetReading {
            name: name.to_owned(),
            header_row: found.as_ref().map(|header| header.first_row),
            title_rows: found.as_ref().map_or(0, |header| header.first_row.saturating_sub(1)),
            columns: found.as_ref().map(|header| header.columns.clone()).unwrap_or_default(),
        });
        found.map(|header| {
            let layout = header.layout();
            (header, layout)
        })
    }

    fn rows(&mut self, rows: Vec<Row>, layout: Option<&(Header<P>, Layout<P>)>, sheet: usize) {
        let Some((header, layout)) = layout else { return };
        for row in rows {
            self.row(&row, header, layout, sheet);
        }
    }

    fn row(&mut self, row: &Row, header: &Header<P>, layout: &Layout<P>, sheet: usize) {
        if row.number <= header.last_row {
            return;
        }
        let at = At::row(sheet, row.number);
        let text = |field: P| layout.at(field).map(|column| value::text(row.cell(column))).unwrap_or_default();
        let helper_header = header.columns.iter().find(|column| column.field == Some(P::Helper));
        if helper_header.is_some_and(|column| header_key(&column.header) == header_key(&text(P::Helper))) {
            return self.doubts.raise(at, DoubtKind::DoubledHeader, Shown::Plain, &text(P::Helper));
        }
        let household = text(P::HouseholdNo).is_empty() && text(P::Head).is_empty();
        if household && total::is_total(row) {
            return self.doubts.raise(at, DoubtKind::TotalRow, Shown::Plain, &text(P::Number));
        }
        if household && (total::is_footer(row) || total::is_numbering(row)) {
            return;
        }
        if row.hidden {
            self.doubts.raise(at, DoubtKind::HiddenRow, Shown::Plain, "");
        }
        self.helper(row, layout, at);
        self.household(row, layout, at);
    }

    /// Settles whose row it is.
    fn helper(&mut self, row: &Row, layout: &Layout<P>, at: At) {
        let own = |field: P| layout.at(field).map(|column| value::text(row.own_cell(column))).unwrap_or_default();
        let cell = |field: P| at.column(layout.at(field));
        let name = own(P::Helper);
        if name.is_empty() {
            let whole = layout.at(P::Helper).map(|column| value::text(row.cell(column))).unwrap_or_default();
            if whole.is_empty() && !own(P::Number).is_empty() {
                self.current = None;
            }
            if self.current.is_none() {
                self.doubts.raise(cell(P::Helper), DoubtKind::HelperMissing, Shown::Plain, "");
            }
            return;
        }
        if let Some(kind) = name::doubt(&name) {
            self.doubts.raise(cell(P::Helper), kind, Shown::Plain, &name);
        }
        let (phone, good) = value::phone(&own(P::Phone));
        if !phone.is_empty() && !good {
            self.doubts.raise(cell(P::Phone), DoubtKind::PhoneFormat, Shown::Phone, &phone);
        }
        let told = PairedCadre {
            name,
            unit: own(P::Unit),
            belongs: own(P::Belongs),
            rank: own(P::Rank),
            phone,
            sheet: at.sheet,
            row: at.row,
            households: Vec::new(),
        };
        self.current = Some(self.cadre(told, cell(P::Unit), cell(P::Phone)));
    }

    /// Finds the helper among those met, or adds one. The same name in two units is one person only by the phone.
    fn cadre(&mut self, told: PairedCadre, unit: At, phone: At) -> usize {
        let met: Vec<usize> =
            self.cadres.iter().enumerate().filter(|(_, one)| one.name == told.name).map(|(index, _)| index).collect();
        let mut doubt = None;
        for index in met {
            let Some(one) = self.cadres.get_mut(index) else { continue };
            let may_be = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
            let same_phone = !told.phone.is_empty() && told.phone == one.phone;
            if may_be(&one.unit, &told.unit) && may_be(&one.phone, &told.phone) {
                for (kept, new) in [
                    (&mut one.unit, told.unit),
                    (&mut one.belongs, told.belongs),
                    (&mut one.rank, told.rank),
                    (&mut one.phone, told.phone),
                ] {
                    if kept.is_empty() {
                        *kept = new;
                    }
                }
                return index;
            }
            if same_phone {
                self.doubts.raise(unit, DoubtKind::HelperTwoUnits, Shown::Plain, &told.unit);
                return index;
            }
            if may_be(&one.unit, &told.unit) {
                doubt = Some((phone, DoubtKind::HelperTwoPhones, Shown::Phone, told.phone.clone()));
            } else if told.phone.is_empty() || one.phone.is_empty() {
                doubt = Some((unit, DoubtKind::HelperTwoUnits, Shown::Plain, told.unit.clone()));
            }
        }
        if let Some((at, kind, shown, value)) = doubt {
            self.doubts.raise(at, kind, shown, &value);
        }
        self.cadres.push(told);
        self.cadres.len() - 1
    }

    fn household(&mut self, row: &Row, layout: &Layout<P>, at: At) {
        let text = |field: P| layout.at(field).map(|column| value::text(row.cell(column))).unwrap_or_default();
        let cell = |field: P| at.column(layout.at(field));
        let number_at = if layout.at(P::HouseholdNo).is_some() { cell(P::HouseholdNo) } else { cell(P::Head) };
        let national_no = match layout.at(P::HouseholdNo).map(|column| value::code(row.cell(column))) {
            Some(Code::Whole(number)) => number,
            Some(Code::Destroyed) => {
                self.doubts.raise(number_at, DoubtKind::IdDestroyedByFloat, Shown::Plain, "");
                String::new()
            }
            Some(Code::Empty) | None => String::new(),
        };
        let head = text(P::Head);
        if national_no.is_empty() && head.is_empty() {
            return self.doubts.raise(number_at, DoubtKind::HouseholdMissing, Shown::Plain, "");
        }
        // A village is written once for several rows as a helper is.
        for (kept, field) in self.last_village.iter_mut().zip([P::County, P::Town, P::Village]) {
            let told = text(field);
            if !told.is_empty() {
                *kept = told;
            }
        }
        let [county, town, village] = self.last_village.clone();
        if national_no.is_empty() && village.is_empty() {
            self.doubts.raise(cell(P::Village), DoubtKind::RegionMissing, Shown::Plain, "");
        }
        let found = HouseholdRef { national_no, head, county, town, village, sheet: at.sheet, row: at.row };
        let Some(cadre) = self.current else { return self.unpaired.push(found) };
        let key = match found.national_no.as_str() {
            "" => format!("{}/{}/{}/{}", found.county, found.town, found.village, found.head),
            number => number.to_owned(),
        };
        if !self.pairs.insert((cadre, key)) {
            let shown = if found.head.is_empty() { &found.national_no } else { &found.head };
            return self.doubts.raise(number_at, DoubtKind::DuplicatePair, Shown::Plain, shown);
        }
        if let Some(cadre) = self.cadres.get_mut(cadre) {
            cadre.households.push(found);
        }
    }

    fn finish(self) -> Result<PairingReading, WorkbookError> {
        if !self.anything {
            return Err(WorkbookError::Empty);
        }
        if self.sheets.iter().all(|sheet| sheet.header_row.is_none()) {
            let looked_for = ["帮扶责任人", "户编号", "户主"].map(str::to_owned).to_vec();
            return Err(WorkbookError::NoHeader { looked_for });
        }
        Ok(PairingReading {
            sheets: self.sheets,
            cadres: self.cadres,
            unpaired: self.unpaired,
            doubts: self.doubts.finish(),
        })
    }
}
