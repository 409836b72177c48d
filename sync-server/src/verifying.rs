//! The walk over a county's ledger, or over a back-up of it: `verify`. Without a line, and nothing of it is by person.

use crate::backup;
use crate::failure::Result;
use crate::home::Home;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Walks and tells it, in words or as JSON; the exit code says whether anything is wrong.
pub(crate) fn verify(data: &Path, json: bool) -> Result<ExitCode> {
    let home = Home::at(data)?;
    let verified = if backup::is_backup(&home)? {
        backup::look_into(&home, |ledger| Ok(ledger.verify()?))?
    } else {
        home.open_county()?.verify()?
    };
    let told =
        if json { serde_json::to_value(&verified).unwrap_or_default().to_string() } else { verified.to_string() };
    // A reader that has gone away is no failure of ours.
    writeln!(std::io::stdout(), "{}", told.trim_end()).ok();
    Ok(if verified.clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
