//! `lianhu verify`: the walk over a home, for a terminal. Exit code 1 when anything is wrong.

use lianhu_app::{AppError, Door, SystemKeystore};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Walks, and tells it in words or as JSON.
pub(crate) fn verify(home: &Path, json: bool, pin: Option<String>) -> Result<(String, ExitCode), AppError> {
    if !home.is_dir() {
        // A home that is not there is not made for this.
        return Err(AppError::File { sentence: "没有这个目录。请核对 --home 再试。".to_owned() });
    }
    let door = Door::of(home, Arc::new(lianhu_app::Machine), Box::new(SystemKeystore), Box::new(|_| ()))?;
    crate::pin::open(&door, pin)?;
    let verified = door.app()?.verify()?;
    let told = if json {
        serde_json::to_string_pretty(&verified).map_err(|error| AppError::Bug { detail: error.to_string() })?
    } else {
        verified.to_string().trim_end().to_owned()
    };
    Ok((told, if verified.clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }))
}
