//! The errands of the county's office: a code for a person, a look into the quarantine, a release from it.

use crate::enrolment::{self, CodeWanted};
use crate::failure::{Failure, Result};
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::ids::EntryName;
use lianhu_core::recovery_answer::RecoveryCode;
use lianhu_ledger::{Ledger, NotRecovered};
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
    /// What answers the code of a forgotten PIN.
    RecoverPin(String),
}

impl Errand {
    /// Runs it on the county's ledger.
    pub(crate) fn run(&self, ledger: &mut Ledger, fingerprint: Fingerprint) -> Result<Value> {
        match self {
            Self::Code(wanted) => enrolment::code_for(ledger, fingerprint, wanted),
            Self::Quarantine => Ok(json!(ledger.quarantined().map_err(failed)?)),
            Self::RecoverPin(code) => recover(ledger, code),
            Self::Release(entry) => Ok(json!({ "entry": entry, "answer": ledger.release(*entry).map_err(failed)? })),
        }
    }
}

fn recover(ledger: &mut Ledger, code: &str) -> Result<Value> {
    let unknown = || Failure::new("code", "没有这个代码。请核对屏幕上的 8 个字母；那台设备设密码以后要交换过一次。");
    let code = RecoveryCode::parse(code).ok_or_else(unknown)?;
    match ledger.answer_recovery(code.letters(), None).map_err(failed)? {
        Ok(found) => Ok(json!(found)),
        Err(NotRecovered::Used) => Err(Failure::new("code", "这个代码已经答复过一次，不能再用。")),
        Err(NotRecovered::Unknown | NotRecovered::NotEntitled) => Err(unknown()),
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
