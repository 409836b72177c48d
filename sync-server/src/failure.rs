//! What can go wrong at the county's terminal: a code for programs and a sentence that says what to do next.

use lianhu_ledger::LedgerError;
use serde_json::{Value, json};
use std::path::Path;

/// An act that did not come about. What was there before is unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) sentence: String,
}

/// What the acts of this program end in.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }

    /// A file or directory that cannot be used.
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> Self {
        let path = path.display();
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::from(LedgerError::Full),
            std::io::ErrorKind::NotFound => Self::new("file", format!("没有 {path}。请核对路径。")),
            std::io::ErrorKind::PermissionDenied => {
                Self::new("file", format!("没有权限读写 {path}。请换一个用户或目录。"))
            }
            _ => Self::new("file", format!("{path} 读写失败（{error}）。请检查磁盘后再试。")),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "code": self.code, "message": self.sentence })
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Full => Self::new("disk_full", "磁盘满了，这一次没有保存；之前的都在。请清出空间再试。"),
            LedgerError::TooNew { found, known } => Self::new(
                "ledger_too_new",
                format!("台账是更新版本（{found}）写的，本程序只认到 {known}。请更新程序后再打开。"),
            ),
            LedgerError::WrongKey => {
                Self::new("ledger_locked", "台账打不开：钥匙不对或文件已损坏。不要删除；请用备份恢复到一个新目录。")
            }
            LedgerError::NoKeys => Self::new(
                "no_household_keys",
                "户钥匙文件不在台账旁边，台账里各户的内容打不开。请把它放回原处；恢复备份时请用 --keys 指出最新的一份。",
            ),
            LedgerError::NoKey(_) => Self::new(
                "no_household_keys",
                "户钥匙文件比台账旧，有的户打不开。请换最新的一份户钥匙（备份时与备份目录放在一起的 households.keys）再试。",
            ),
            LedgerError::InUse => Self::new("in_use", "另一个程序正在使用这个数据目录。请稍后再试，或先停掉它。"),
            LedgerError::NotThis("enrolled" | "the county's") => {
                Self::new("not_a_county", "这个目录里没有县的台账。请先用 init 建立，或核对 --data。")
            }
            other => Self::new(
                "ledger",
                format!("台账读写失败（{other}）。已保存的都在；请重试，仍不行就把这句话告诉开发者。"),
            ),
        }
    }
}
