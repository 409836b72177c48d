//! Where things lie on this machine: the ledger's home, and the workbooks that pass between the screens and the program.

use lianhu_app::{AppError, Result, workbook_file};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager};

/// The home named by `--home DIR` or `LIANHU_HOME`; otherwise where this system keeps the data of programs.
pub(crate) fn find(tauri: &AppHandle) -> Result<PathBuf> {
    let mut words = std::env::args_os().skip_while(|word| word != "--home").skip(1);
    if let Some(home) = words.next().or_else(|| std::env::var_os("LIANHU_HOME")) {
        return Ok(home.into());
    }
    tauri.path().app_local_data_dir().map_err(|error| AppError::Bug { detail: error.to_string() })
}

/// Where written workbooks and sheets go.
pub(crate) struct Files {
    /// Where a person looks for what was written: the system's downloads.
    written: PathBuf,
}

impl Files {
    pub(crate) fn of(tauri: &AppHandle, home: &Path) -> Self {
        let written = tauri.path().download_dir().or_else(|_| tauri.path().document_dir());
        Self { written: written.unwrap_or_else(|_| home.join("written")) }
    }

    /// Keeps a workbook handed in, in the person's own home until the next one of its name, and answers `{path}`. No
    /// bytes ask where a new workbook of this name may be written: at
    /// a place where none lies yet.
    pub(crate) fn take_in(&self, home: &Path, name: &str, bytes: &[u8]) -> Result<Value> {
        let name = workbook_file::plain(name)?;
        if bytes.is_empty() {
            std::fs::create_dir_all(&self.written)?;
            return Ok(json!({ "path": workbook_file::free(&self.written, name) }));
        }
        let handed_in = home.join(workbook_file::HANDED_IN);
        std::fs::create_dir_all(&handed_in)?;
        let path = handed_in.join(name);
        std::fs::write(&path, bytes)?;
        Ok(json!({ "path": path }))
    }

    /// Where a sheet of this name may be printed to: at a place where none lies yet.
    pub(crate) fn sheet(&self, name: &str) -> Result<PathBuf> {
        let name = workbook_file::plain_sheet(name)?;
        std::fs::create_dir_all(&self.written)?;
        Ok(workbook_file::free(&self.written, name))
    }
}
