//! Why a workbook as a whole could not be read or written, each with the sentence that says what to do next.

use serde::Serialize;
use std::io;

/// A workbook that cannot be taken as a whole. A bad row never leads here: it is kept and named as a doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WorkbookError {
    /// The bytes are no .xlsx, whatever the name says.
    #[error("not a workbook: {looks_like:?}")]
    NotAWorkbook {
        /// What they look like instead.
        looks_like: LooksLike,
    },
    /// The workbook of Excel 97–2003.
    #[error("an .xls workbook")]
    OldXls,
    /// Encrypted with an opening password.
    #[error("protected by a password")]
    PasswordProtected,
    /// No cell holds anything.
    #[error("nothing in it")]
    Empty,
    /// No row of any sheet looks like the header of such a table.
    #[error("no header row")]
    NoHeader {
        /// The headers it needs, as departments write them.
        looked_for: Vec<String>,
    },
    /// Beyond what a county list can be.
    #[error("too large: {what:?}")]
    TooLarge {
        /// Which bound it passed.
        what: Bound,
    },
    /// The header is there, and almost no row below it is about a person.
    #[error("{rows} rows of nonsense")]
    Nonsense {
        /// Rows looked at before giving up.
        rows: u32,
    },
    /// The file breaks off or its inside is broken.
    #[error("damaged at {place}")]
    Damaged {
        /// The part that is broken, as far as it is known.
        place: String,
    },
    /// The file cannot be opened at all.
    #[error("cannot be opened: {why:?}")]
    Unreadable {
        /// What the system said.
        why: FileTrouble,
    },
    /// The file cannot be written.
    #[error("cannot be written: {why:?}")]
    CannotWrite {
        /// What the system said.
        why: FileTrouble,
    },
}

/// What bytes that are no workbook look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LooksLike {
    /// A web page that a website named .xls or .xlsx.
    WebPage,
    /// Text with commas or tabs.
    PlainText,
    /// A PDF.
    Pdf,
    /// A picture.
    Picture,
    /// Another office file: Word, PowerPoint, OpenDocument, .xlsb.
    OtherOffice,
    /// Anything else.
    Unknown,
}

/// The bound a file passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// 64 MB on disk.
    FileSize,
    /// 1 GB once unpacked.
    Unpacked,
    /// 300,000 rows.
    Rows,
}

/// What the system said about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileTrouble {
    /// No such file, or no such folder to write to.
    NotFound,
    /// Not allowed.
    NoPermission,
    /// Another program holds it open.
    InUse,
    /// It is a folder.
    IsFolder,
    /// The disk is full.
    DiskFull,
    /// Anything else.
    Other,
}

impl FileTrouble {
    pub(crate) fn of(error: &io::Error) -> Self {
        // 32 and 33 are Windows' sharing and lock violations: the workbook is open in Excel.
        if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) {
            return Self::InUse;
        }
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NoPermission,
            io::ErrorKind::IsADirectory => Self::IsFolder,
            io::ErrorKind::ResourceBusy | io::ErrorKind::ExecutableFileBusy => Self::InUse,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Other,
        }
    }
}

impl WorkbookError {
    pub(crate) fn damaged(place: &str) -> Self {
        Self::Damaged { place: place.to_owned() }
    }

    pub(crate) fn unreadable(error: &io::Error) -> Self {
        Self::Unreadable { why: FileTrouble::of(error) }
    }

    pub(crate) fn cannot_write(error: &io::Error) -> Self {
        Self::CannotWrite { why: FileTrouble::of(error) }
    }

    /// What the person at the screen is told, ending with what to do next.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NotAWorkbook { looks_like } => looks_like.sentence().to_owned(),
            Self::OldXls => "这是旧版 .xls 文件。请在 Excel/WPS 里打开，另存为 .xlsx 再导入。".to_owned(),
            Self::PasswordProtected => {
                "这个文件设了打开密码。请在 Excel/WPS 里输入密码打开，去掉密码另存为 .xlsx 再导入。".to_owned()
            }
            Self::Empty => "这个文件里没有任何内容。请确认选对了文件，打开看看有没有数据再导入。".to_owned(),
            Self::NoHeader { looked_for } => format!(
                "没有找到表头。请确认表里有一行写着列名（例如{}），列名在前 40 行以内，再导入。",
                looked_for.join("、")
            ),
            Self::TooLarge { what } => match what {
                Bound::FileSize => "文件超过 64 MB。请按乡镇拆成几个文件，分别导入。".to_owned(),
                Bound::Unpacked => {
                    "文件展开后超过 1 GB，不像一张名单。请只保留名单那一张表，另存为新的 .xlsx 再导入。".to_owned()
                }
                Bound::Rows => "表格超过 30 万行。请删掉多余的空行，或按乡镇拆成几个文件，分别导入。".to_owned(),
            },
            Self::Nonsense { rows } => format!(
                "看了 {rows} 行，几乎没有一行能认出是哪个人。请核对列名下面是不是对应的内容（列有没有错位），改好再导入。"
            ),
            Self::Damaged { place } => {
                format!(
                    "文件已损坏（{place}）。请用 Excel/WPS 打开修复，另存为新的 .xlsx 再导入；打不开就请对方重新发一份。"
                )
            }
            Self::Unreadable { why } => why.reading().to_owned(),
            Self::CannotWrite { why } => why.writing().to_owned(),
        }
    }
}

impl LooksLike {
    fn sentence(self) -> &'static str {
        match self {
            Self::WebPage => "这其实是一个网页，只是名字写成了表格。请用 Excel/WPS 打开，另存为 .xlsx 再导入。",
            Self::PlainText => {
                "这是文本文件，不是表格文件。请用 Excel/WPS 打开，把长号码的列设为文本，另存为 .xlsx 再导入。"
            }
            Self::Pdf => "这是 PDF，不能导入。请向对方要 .xlsx 原表再导入。",
            Self::Picture => "这是图片，不能导入。请向对方要 .xlsx 原表再导入。",
            Self::OtherOffice => "这不是 .xlsx 表格。请用 Excel/WPS 打开，另存为 .xlsx 再导入。",
            Self::Unknown => "这不是表格文件。请选择 .xlsx 文件再导入。",
        }
    }
}

impl FileTrouble {
    fn reading(self) -> &'static str {
        match self {
            Self::NotFound => "找不到这个文件。请检查位置和名字，重新选择文件。",
            Self::NoPermission => "没有权限读取这个文件。请把它复制到自己的文件夹，再重新选择。",
            Self::InUse => "这个文件正被别的程序打开。请关闭 Excel/WPS 里的这个文件再试。",
            Self::IsFolder => "选中的是文件夹。请进到里面选择一个 .xlsx 文件。",
            Self::DiskFull | Self::Other => "读取文件时出错。请把文件复制到本机硬盘，再重新选择。",
        }
    }

    fn writing(self) -> &'static str {
        match self {
            Self::NotFound => "要保存到的文件夹不存在。请另选一个文件夹再导出。",
            Self::NoPermission => "没有权限写到这里。请另选一个文件夹再导出。",
            Self::InUse => "同名文件正被别的程序打开。请关闭 Excel/WPS 里的这个文件，或换个名字再导出。",
            Self::IsFolder => "这个名字已经是一个文件夹。请换个文件名再导出。",
            Self::DiskFull => "磁盘已满，没有写成，原来的文件没有动。请腾出空间再导出。",
            Self::Other => "写文件时出错，没有写成。请另选一个文件夹再导出。",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_to_do_next() {
        let mut all = vec![
            WorkbookError::OldXls,
            WorkbookError::PasswordProtected,
            WorkbookError::Empty,
            WorkbookError::NoHeader { looked_for: vec!["姓名".to_owned()] },
            WorkbookError::Nonsense { rows: 2000 },
            WorkbookError::damaged("工作表"),
        ];
        for looks_like in [LooksLike::WebPage, LooksLike::PlainText, LooksLike::Pdf, LooksLike::Picture] {
            all.push(WorkbookError::NotAWorkbook { looks_like });
        }
        for looks_like in [LooksLike::OtherOffice, LooksLike::Unknown] {
            all.push(WorkbookError::NotAWorkbook { looks_like });
        }
        for what in [Bound::FileSize, Bound::Unpacked, Bound::Rows] {
            all.push(WorkbookError::TooLarge { what });
        }
        for why in [FileTrouble::NotFound, FileTrouble::NoPermission, FileTrouble::InUse, FileTrouble::IsFolder] {
            all.push(WorkbookError::Unreadable { why });
            all.push(WorkbookError::CannotWrite { why });
        }
        for error in all {
            assert!(error.sentence().contains('请'), "{error:?} does not say what to do next");
        }
    }
}
