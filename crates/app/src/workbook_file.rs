//! Names of workbooks, and of files carried by hand, that come from a screen: never a way out of the directory they are meant for, never over another.

use crate::error::{AppError, Result};
use std::path::{Path, PathBuf};

/// The kinds of file a screen may hand in or ask for.
const KINDS: [&str; 5] = [".xlsx", ".xls", ".csv", ".ods", crate::parcels::KIND];
/// Characters of the longest name taken.
const LONGEST: usize = 120;

/// The name itself, if it is a plain one ending in `.xlsx`, `.xls`, `.csv`, `.ods` or `.lhx`.
///
/// # Errors
/// A name with a way in it, without such an ending, or longer than 120 characters.
pub fn plain(name: &str) -> Result<&str> {
    let fits = !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.') && name.chars().count() <= LONGEST;
    if fits && KINDS.iter().any(|kind| name.to_lowercase().ends_with(kind)) {
        return Ok(name);
    }
    Err(AppError::File {
        sentence: "这个文件名用不了。请换一个以 .xlsx 结尾、不含斜杠和冒号的名字再试。".to_owned()
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_way_out_of_the_directory() {
        for bad in ["../a.xlsx", "a/b.xlsx", "C:\\a.xlsx", ".a.xlsx", "a.exe", "", "a.xlsx\0.exe"] {
            assert!(plain(bad).is_err(), "{bad:?}");
        }
        assert_eq!(plain("皇后乡 台账.XLSX").unwrap(), "皇后乡 台账.XLSX");
    }

    #[test]
    fn a_new_workbook_is_written_beside_an_old_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(free(dir.path(), "报表.xlsx"), dir.path().join("报表.xlsx"));
        std::fs::write(dir.path().join("报表.xlsx"), "old").unwrap();
        assert_eq!(free(dir.path(), "报表.xlsx"), dir.path().join("报表（2）.xlsx"));
    }
}
