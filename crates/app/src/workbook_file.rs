//! Names of workbooks, of printed sheets, and of files carried by hand, that come from a screen: never a way out of the directory they are meant for, never over another.

use crate::error::{AppError, Result};
use std::path::{Path, PathBuf};

/// The kinds of table a screen may hand in or ask for.
const TABLES: [&str; 4] = [".xlsx", ".xls", ".csv", ".ods"];
/// How the name of a printed sheet ends.
const SHEET: &str = ".pdf";
/// Where in a home lies what was handed in.
pub const HANDED_IN: &str = "files";
/// Characters of the longest name taken.
const LONGEST: usize = 120;

/// The name itself, if it is a plain one ending in `.xlsx`, `.xls`, `.csv`, `.ods` or `.lhx`.
///
/// # Errors
/// A name with a way in it, without such an ending, or longer than 120 characters.
pub fn plain(name: &str) -> Result<&str> {
    if fits(name) && TABLES.iter().chain(&[crate::parcels::KIND]).any(|kind| name.to_lowercase().ends_with(kind)) {
        return Ok(name);
    }
    Err(AppError::File {
        sentence: "这个文件名用不了。请换一个以 .xlsx 结尾、不含斜杠和冒号的名字再试。".to_owned()
    })
}

/// The name itself, if it is a plain one of a printed sheet: it ends in `.pdf`.
///
/// # Errors
/// A name with a way in it, without this ending, or longer than 120 characters.
pub fn plain_sheet(name: &str) -> Result<&str> {
    if fits(name) && name.ends_with(SHEET) {
        return Ok(name);
    }
    Err(AppError::File {
        sentence: "这个文件名用不了。请换一个以 .pdf 结尾、不含斜杠和冒号的名字再试。".to_owned()
    })
}

fn fits(name: &str) -> bool {
    !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.') && name.chars().count() <= LONGEST
}

/// Where in this directory a new file of this name may be written: beside what lies there, never over it.
#[must_use]
pub fn free(directory: &Path, name: &str) -> PathBuf {
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, "xlsx"));
    let numbered = (2..1000).map(|number| format!("{stem}（{number}）.{kind}"));
    let names = std::iter::once(name.to_owned()).chain(numbered);
    let mut paths = names.map(|name| directory.join(name));
    paths.find(|path| !path.exists()).unwrap_or_else(|| directory.join(name))
}

/// Lets go of the tables handed in to this home: rosters stand in them in clear, and whoever reads one again hands it in again.
/// Files that are carried for others stay. What cannot be removed just now goes the next time.
pub(crate) fn let_go(home: &Path) {
    let Ok(lying) = std::fs::read_dir(home.join(HANDED_IN)) else { return };
    for path in lying.flatten().map(|one| one.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if TABLES.iter().any(|kind| name.ends_with(kind)) {
            std::fs::remove_file(path).ok();
        }
    }
}

/// Lets go of this one table once it has been taken in, if it is one that was handed in: a person's own file stays theirs.
pub(crate) fn let_go_of(home: &Path, path: &str) {
    let (lies, handed_in) = (Path::new(path).canonicalize(), home.join(HANDED_IN).canonicalize());
    if let (Ok(lies), Ok(handed_in)) = (lies, handed_in)
        && lies.starts_with(handed_in)
    {
        std::fs::remove_file(lies).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_way_out_of_the_directory() {
        for bad in ["../a.xlsx", "a/b.xlsx", "C:\\a.xlsx", ".a.xlsx", "a.exe", "", "a.xlsx\0.exe"] {
            assert!(plain(bad).is_err(), "{bad:?}");
            assert!(plain_sheet(&bad.replace("xlsx", "pdf")).is_err(), "{bad:?}");
        }
        assert!(plain("纸条.pdf").is_err() && plain_sheet("纸条.xlsx").is_err());
        assert_eq!(plain_sheet("登记纸条 11 月.pdf").unwrap(), "登记纸条 11 月.pdf");
        assert_eq!(plain("皇后乡 台账.XLSX").unwrap(), "皇后乡 台账.XLSX");
    }

    #[test]
    fn a_roster_handed_in_does_not_stay_lying_about_and_nothing_else_is_touched() {
        let home = tempfile::tempdir().unwrap();
        let handed_in = home.path().join(HANDED_IN);
        std::fs::create_dir(&handed_in).unwrap();
        let (own, table, parcel) =
            (home.path().join("自己的.xlsx"), handed_in.join("名册.XLSX"), handed_in.join("捎带.lhx"));
        let write = || [&own, &table, &parcel].map(|path| std::fs::write(path, "张三").unwrap());
        write();
        let_go(home.path());
        assert_eq!([&own, &table, &parcel].map(|path| path.exists()), [true, false, true]);
        write();
        for path in [&own, &table] {
            let_go_of(home.path(), &path.to_string_lossy());
        }
        assert_eq!([&own, &table, &parcel].map(|path| path.exists()), [true, false, true]);
    }

    #[test]
    fn a_new_workbook_is_written_beside_an_old_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(free(dir.path(), "报表.xlsx"), dir.path().join("报表.xlsx"));
        std::fs::write(dir.path().join("报表.xlsx"), "old").unwrap();
        assert_eq!(free(dir.path(), "报表.xlsx"), dir.path().join("报表（2）.xlsx"));
    }
}
