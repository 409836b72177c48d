//! The errands of the county's office: a code for a person, a look into the quarantine, a release from it.

use crate::enrolment::{self, CodeWanted};
use crate::failure::{Failure, Result};
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::ids::EntryName;
use lianhu_ledger::Ledger;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One errand.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Errand {
    /// An enrolment code for a person.
    Code(CodeWanted),
    /// What stands in quarantine.
    Quarantine,
    /// An entry is let out of quarantine.
    Release(EntryName),
}

impl Errand {
    /// Runs it on the county's ledger.
    pub(crate) fn run(&self, ledger: &mut Ledger, fingerprint: Fingerprint) -> Result<Value> {
        match self {
            Self::Code(wanted) => enrolment::code_for(ledger, fingerprint, wanted),
            Self::Quarantine => Ok(json!(ledger.quarantined().map_err(failed)?)),
            Self::Release(entry) => Ok(json!({ "entry": entry, "answer": ledger.release(*entry).map_err(failed)? })),
        }
    }
}

fn failed(error: lianhu_ledger::LedgerError) -> Failure {
    match error {
        lianhu_ledger::LedgerError::NotFound(_) => {
            Failure::new("entry", "隔离区里没有这一条。请用 quarantine 命令核对编号。".to_owned())
        }
        error => error.into(),
    }
}
