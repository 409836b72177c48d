//! Workbooks out: the county report and the household ledger 台账, as a department accepts them, masked. Columns are unmasked
//! only within a grant, and then the workbook says so in its head, its foot and its properties, never in a cell.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::granting::{label, purpose};
use crate::masking::{mask_words, number_of_list};
use lianhu_core::day::Period;
use lianhu_core::entry::About;
use lianhu_core::ids::PlaceId;
use lianhu_core::mask::{mask_id, mask_phone};
use lianhu_core::problem::ProblemKind;
use lianhu_core::report::{Measure, PlaceLine, Report, YearSite};
use lianhu_core::trace::act;
use lianhu_ledger::ExportGrantRow;
use lianhu_workbook::{Cell, Footer, HeaderCell, Mark, Sheet, write_marked, write_workbook};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use ts_rs::TS;

/// The kinds of workbook that can be written.
pub const EXPORTS: [&str; 2] = ["report", "ledger"];

/// The columns that can be unmasked within a grant: of which workbook, under which key, what the field calls it.
pub const UNMASKABLE: [(&str, &str, &str); 2] = [("ledger", "id_no", "证件号码"), ("ledger", "phone", "联系电话")];

/// Columns of a workbook that can be unmasked, each once, in order.
pub(crate) fn check_unmaskable(template: &str, columns: Vec<String>) -> Result<Vec<String>> {
    if !UNMASKABLE.iter().any(|(of, ..)| *of == template) {
        return Err(AppError::field("template", ProblemKind::Unknown));
    }
    let known = |column: &String| UNMASKABLE.iter().any(|(of, known, _)| *of == template && known == column);
    if !columns.iter().all(known) {
        return Err(AppError::field("columns", ProblemKind::Unknown));
    }
    let columns: BTreeSet<String> = columns.into_iter().collect();
    if columns.is_empty() {
        return Err(AppError::field("columns", ProblemKind::Missing));
    }
    Ok(columns.into_iter().collect())
}

/// A workbook that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Exported {
    /// Where.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// Sheets in it.
    pub sheets: u32,
    /// Rows in it, without headers and totals.
    pub rows: u32,
}

impl App {
    /// Writes a workbook: `report` (the figures of a period) or `ledger` (台账 of the households). Numbers are
    /// masked, but for the columns of `unmasked`, which takes a running grant of just this.
    pub fn export_workbook(
        &self,
        path: PathBuf,
        kind: String,
        period: Option<Period>,
        place: Option<String>,
        unmasked: Option<Vec<String>>,
    ) -> Result<Exported> {
        if !EXPORTS.contains(&kind.as_str()) {
            return Err(AppError::field("kind", ProblemKind::Unknown));
        }
        self.check_lease()?;
        let place = self.place_or_all(place.as_deref())?;
        let unmasked = unmasked.filter(|columns| !columns.is_empty());
        let columns = unmasked.map(|columns| check_unmaskable(&kind, columns)).transpose()?.unwrap_or_default();
        let grant = match columns.as_slice() {
            [] => None,
            columns => Some(self.running_grant(&kind, place, columns)?),
        };
        let sheets = match kind.as_str() {
            "report" => {
                self.report_sheets(period.ok_or_else(|| AppError::field("period", ProblemKind::Missing))?, place)?
            }
            "ledger" => vec![self.ledger_sheet(place, &columns)?],
            _ => return Err(AppError::field("kind", ProblemKind::Unknown)),
        };
        let about = place.map_or(About::County, About::Place);
        match grant.as_ref().and_then(|row| Some((row, row.granted.as_ref()?))) {
            Some((row, granted)) => {
                // The trace first: a workbook with whole numbers never lies there without one.
                self.ledger().note_export(&kind, about, granted.grant, &columns)?;
                write_marked(&sheets, &self.mark(row, &columns)?, &path)?;
            }
            None => {
                write_workbook(&sheets, &path)?;
                self.ledger().note_audit(&format!("{} {kind}", act::EXPORT), about, "masked")?;
            }
        }
        let rows = sheets.iter().map(|sheet| sheet.rows.len()).sum();
        Ok(Exported { path, sheets: crate::roster::count(sheets.len()), rows: crate::roster::count(rows) })
    }

    fn report_sheets(&self, period: Period, place: Option<PlaceId>) -> Result<Vec<Sheet>> {
        let report = self.report(period, place, Vec::new())?;
        let title = format!("{}帮扶走访情况统计表", self.title_of(place)?);
        let unit = self.me()?.county_name;
        let note = self.note(&format!("统计期 {} 至 {}", period.from, period.to))?;
        let by_place = self.sheet("按乡镇村", &title, &unit, &note, place_rows(&report));
        let by_year = self.sheet(
            "按年度安置点",
            &format!("{title}（搬迁年度×安置点）"),
            &unit,
            &outside(&report).map_or_else(|| note.clone(), |outside| format!("{note}；{outside}")),
            year_rows(&report.by_year_and_site),
        );
        Ok(vec![by_place, by_year])
    }

    /// Who granted it, who exports, when, what for and until when: what stands in the head, the foot and the properties.
    fn mark(&self, row: &ExportGrantRow, columns: &[String]) -> Result<Mark> {
        let labels: Vec<&str> = columns.iter().map(|column| label(column)).collect();
        let (labels, purpose) = (labels.join("、"), purpose(&row.what.reason).to_owned());
        let me = self.me()?;
        let granted = row.granted.as_ref().ok_or(AppError::NoGrant)?;
        let granted_by = self.ledger().cadre_name(granted.by)?.unwrap_or_default();
        let (today, until) = (self.today(), granted.until);
        let name: String = granted.grant.to_string().chars().take(8).collect();
        Ok(Mark {
            head: format!("内部资料：含未打码的{labels}，只用于{purpose}，不外传，用完销毁"),
            foot: format!("{}于{today}导出，经{granted_by}准许，用到{until}止（准许 {name}）", me.name),
            exported_by: me.name,
            granted_by,
            county: me.county_name,
        })
    }

    fn ledger_sheet(&self, place: Option<PlaceId>, unmasked: &[String]) -> Result<Sheet> {
        let whole = |column: &str| unmasked.iter().any(|known| known == column);
        let number = |column: &str, text: Option<&str>, mask: fn(&str) -> String| {
            let text = text.unwrap_or_default();
            Cell::text(&if whole(column) { text.to_owned() } else { mask(text) })
        };
        let header = [
            "序号",
            "户编号",
            "户主",
            "村",
            "安置点",
            "房号",
            "搬迁年度",
            "成员",
            "与户主关系",
            "证件号码",
            "联系电话",
            "最近走访",
            "未办结诉求",
        ];
        let mut rows = Vec::new();
        let (mut households, mut persons) = (0_i64, 0_i64);
        let today = self.today();
        {
            let ledger = self.ledger();
            for row in ledger.households("", place, 0, 1_000_000)?.rows {
                households += 1;
                for person in ledger.persons(row.id)?.into_iter().filter(|person| person.counts) {
                    persons += 1;
                    let words = |text: &str| Cell::text(&mask_words(text));
                    let listed = |text: &str| Cell::text(&number_of_list(text, today));
                    let text = |text: &Option<String>| words(text.as_deref().unwrap_or_default());
                    rows.push(vec![
                        Cell::Int(households),
                        listed(row.national_no.as_deref().unwrap_or_default()),
                        words(&row.head),
                        Cell::text(row.village.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or_default()),
                        text(&row.site),
                        text(&row.door),
                        row.batch_year.map_or(Cell::Empty, |year| Cell::Int(year.into())),
                        words(&person.name),
                        text(&person.relation),
                        number("id_no", person.id_no.as_deref(), mask_id),
                        number("phone", person.phone.as_deref(), mask_phone),
                        row.last_visit.map_or(Cell::Empty, |day| Cell::text(&day.to_string())),
                        Cell::Int(row.open_needs.into()),
                    ]);
                }
                self.step("export_workbook", households.cast_unsigned(), 0);
            }
        }
        let mut total = vec![Cell::text("合计"), Cell::text(&format!("{households}户"))];
        total.resize(header.len(), Cell::Empty);
        if let Some(cell) = total.get_mut(7) {
            *cell = Cell::text(&format!("{persons}人"));
        }
        let title = format!("{}户台账", self.title_of(place)?);
        let unit = self.me()?.county_name;
        let masked: Vec<&str> = UNMASKABLE.iter().filter(|(_, key, _)| !whole(key)).map(|(.., label)| *label).collect();
        let note = self.note(&match masked.as_slice() {
            [] => "按户、人列出".to_owned(),
            [one] => format!("{one}已作掩码处理"),
            _ => "证件号码、电话已作掩码处理".to_owned(),
        })?;
        let header = vec![header.iter().map(|text| HeaderCell::new(text)).collect()];
        Ok(self.sheet("户台账", &title, &unit, &note, Rows { header, rows, total: Some(total) }))
    }

    fn sheet(&self, sheet_name: &str, title: &str, unit: &str, note: &str, rows: Rows) -> Sheet {
        Sheet {
            sheet_name: sheet_name.to_owned(),
            title: title.to_owned(),
            unit: unit.to_owned(),
            filled_on: self.today(),
            header: rows.header,
            rows: rows.rows,
            total: rows.total,
            footer: Footer::default(),
            note: note.to_owned(),
        }
    }

    fn title_of(&self, place: Option<PlaceId>) -> Result<String> {
        let ledger = self.ledger();
        let named = place.map(|id| ledger.place(id)).transpose()?.flatten();
        Ok(match named {
            Some(place) => place.path.replace('/', ""),
            None => ledger.identity()?.county_name,
        })
    }

    /// Where the figures come from, and how fresh they are.
    fn note(&self, what: &str) -> Result<String> {
        let seen = self.ledger().standing()?.seen;
        Ok(format!("{what}；由联户按本机已收到的记录汇总（县编号至 {seen}）。"))
    }
}

/// The body of a sheet.
struct Rows {
    header: Vec<Vec<HeaderCell>>,
    rows: Vec<Vec<Cell>>,
    total: Option<Vec<Cell>>,
}

fn place_rows(report: &Report) -> Rows {
    let mut header = vec![HeaderCell::new("乡镇、村")];
    header.extend(
        Measure::ALL.iter().map(|measure| HeaderCell::new(&format!("{}（{}）", measure.label(), measure.unit()))),
    );
    let row = |line: &PlaceLine| {
        let name = line.place.as_ref().map_or("未落实村", |place| place.name.as_str());
        let mut cells = vec![Cell::text(name)];
        cells.extend(
            Measure::ALL
                .iter()
                .map(|measure| line.figure(*measure).map_or(Cell::Empty, |figure| Cell::Int(figure.value))),
        );
        cells
    };
    let is_total = |line: &&PlaceLine| line.kind == lianhu_core::report::LineKind::Total;
    let mut total = report.by_place.iter().find(is_total).map(row);
    if let Some(cell) = total.as_mut().and_then(|total| total.first_mut()) {
        *cell = Cell::text("合计");
    }
    Rows { header: vec![header], rows: report.by_place.iter().filter(|line| !is_total(line)).map(row).collect(), total }
}

fn year_rows(table: &YearSite) -> Rows {
    let mut top = vec![HeaderCell::down("搬迁年度", 2)];
    let mut second = Vec::new();
    let sites = table.sites.iter().map(|site| site.as_ref().map_or("未落实安置点", |site| site.name.as_str()));
    for site in sites.chain(["合计"]) {
        top.push(HeaderCell::over(site, 2));
        second.extend([HeaderCell::new("户"), HeaderCell::new("人")]);
    }
    let figures = |pairs: &mut dyn Iterator<Item = &lianhu_core::report::Pair>| {
        pairs.flat_map(|pair| [Cell::Int(pair.households.value), Cell::Int(pair.persons.value)]).collect::<Vec<_>>()
    };
    let row = |year: String, cells: Vec<Cell>| [vec![Cell::text(&year)], cells].concat();
    let rows = table.rows.iter().map(|line| {
        let year = line.year.map_or_else(|| "未落实年度".to_owned(), |year| year.to_string());
        row(year, figures(&mut line.cells.iter().chain([&line.total])))
    });
    let rows = rows.collect();
    let total = row("合计".to_owned(), figures(&mut table.totals.iter().chain([&table.total])));
    Rows { header: vec![top, second], rows, total: Some(total) }
}

/// Whom the table of years and sites leaves out, so that nobody looks for them in its total.
fn outside(report: &Report) -> Option<String> {
    let table = &report.by_year_and_site.total;
    let households = report.total(Measure::Households) - table.households.value;
    let persons = report.total(Measure::Persons) - table.persons.value;
    (households != 0).then(|| format!("另有{households}户{persons}人没写搬迁年度和安置点，不在本表"))
}
