//! What must not be read where it is not asked for: the numbers, incomes and circumstances of everybody in the sample workbooks.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Taken out of the workbooks themselves.
pub(crate) struct Canaries {
    /// Certificates and telephones, whole.
    pub(crate) numbers: BTreeSet<String>,
    /// What a household earns.
    pub(crate) incomes: Vec<String>,
    /// How they are, why they are poor, as what they are watched over.
    pub(crate) circumstances: BTreeSet<String>,
}

impl Canaries {
    pub(crate) fn of(root: &Path) -> Result<Self> {
        let rows = rows(&root.join("tests/fixtures/roster-huanghou.xlsx"))?;
        let head = rows.iter().find(|row| row.iter().any(|(_, cell)| cell == "证件号码")).context("no head")?;
        let under = |named: &str| -> Result<BTreeSet<String>> {
            let (column, _) = head.iter().find(|(_, cell)| cell == named).with_context(|| format!("no {named}"))?;
            let cells = rows.iter().flatten().filter(|(at, cell)| at == column && cell != named);
            Ok(cells.map(|(_, cell)| cell.clone()).collect())
        };
        let mut numbers = under("证件号码")?;
        for more in [under("户联系电话")?, under("人联系电话")?] {
            numbers.extend(more);
        }
        let pairing = rows_of_helpers(root)?;
        numbers.extend(pairing);
        numbers.retain(|number| number.len() >= 11);
        let mut circumstances = BTreeSet::new();
        for named in ["健康状况", "致贫原因1", "户类型", "监测对象类型"] {
            circumstances.extend(under(named)?);
        }
        circumstances.remove("健康");
        let incomes: Vec<_> = under("人均纯收入")?.into_iter().filter(|income| income.len() > 3).collect();
        ensure!(numbers.len() > 1_000, "{} numbers in the roster", numbers.len());
        ensure!(circumstances.len() > 5 && incomes.len() > 50, "{circumstances:?}, {} incomes", incomes.len());
        Ok(Self { numbers, incomes, circumstances })
    }
}

/// The helpers' own telephones.
fn rows_of_helpers(root: &Path) -> Result<Vec<String>> {
    let rows = rows(&root.join("tests/fixtures/pairing-huanghou.xlsx"))?;
    let is_phone = |cell: &String| cell.len() == 11 && cell.starts_with('1');
    Ok(rows.into_iter().flatten().map(|(_, cell)| cell).filter(is_phone).collect())
}

/// The rows of a sheet, each cell with the letters of its column.
fn rows(path: &Path) -> Result<Vec<Vec<(String, String)>>> {
    let mut book = zip::ZipArchive::new(File::open(path).with_context(|| path.display().to_string())?)?;
    let mut sheet = String::new();
    book.by_name("xl/worksheets/sheet1.xml")?.read_to_string(&mut sheet)?;
    let cell = |part: &str| {
        let (at, rest) = part.split_once('"')?;
        let column = at.trim_end_matches(|sign: char| sign.is_ascii_digit()).to_owned();
        let inside = rest.split_once("<t").or_else(|| rest.split_once("<v"))?.1.split_once('>')?.1;
        Some((column, inside.split('<').next()?.to_owned()))
    };
    Ok(sheet.split("<row ").skip(1).map(|row| row.split("<c r=\"").skip(1).filter_map(cell).collect()).collect())
}
