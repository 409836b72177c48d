//! The file before it is a workbook: what its first bytes say, and the bounds it must keep before anything is unpacked.

use crate::error::{Bound, LooksLike, WorkbookError};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The most a file may weigh on disk: ten county rosters of 115,000 people.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The most its parts may weigh unpacked: a zip bomb is named before it is read.
pub(crate) const MAX_UNPACKED: u64 = 1024 * 1024 * 1024;

/// Opens a file that is an .xlsx container within bounds, or says what it is instead.
pub(crate) fn open(path: &Path) -> Result<BufReader<File>, WorkbookError> {
    let mut file = File::open(path).map_err(|error| WorkbookError::unreadable(&error))?;
    let about = file.metadata().map_err(|error| WorkbookError::unreadable(&error))?;
    if about.is_dir() {
        return Err(WorkbookError::Unreadable { why: crate::error::FileTrouble::IsFolder });
    }
    if about.len() == 0 {
        return Err(WorkbookError::Empty);
    }
    let mut head = Vec::new();
    let _read = (&mut file).take(4096).read_to_end(&mut head).map_err(|error| WorkbookError::unreadable(&error))?;
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Err(compound_document(&mut file));
    }
    if !head.starts_with(b"PK") {
        return Err(WorkbookError::NotAWorkbook { looks_like: looks_like(&head) });
    }
    if about.len() > MAX_FILE {
        return Err(WorkbookError::TooLarge { what: Bound::FileSize });
    }
    let _start = file.seek(SeekFrom::Start(0)).map_err(|error| WorkbookError::unreadable(&error))?;
    Ok(BufReader::with_capacity(64 * 1024, file))
}

/// An OLE2 container is either an encrypted workbook, an .xls, or another old office file; its directory names tell.
fn compound_document(file: &mut File) -> WorkbookError {
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(0)).is_err() || file.take(MAX_FILE).read_to_end(&mut bytes).is_err() {
        return WorkbookError::damaged("文件读不完整");
    }
    let names = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if names("EncryptedPackage") {
        WorkbookError::PasswordProtected
    } else if names("Workbook") || names("Book") {
        WorkbookError::OldXls
    } else {
        WorkbookError::NotAWorkbook { looks_like: LooksLike::OtherOffice }
    }
}

fn looks_like(head: &[u8]) -> LooksLike {
    let pictures: [&[u8]; 4] = [b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"BM"];
    if head.starts_with(b"%PDF") {
        return LooksLike::Pdf;
    }
    if pictures.iter().any(|magic| head.starts_with(magic)) {
        return LooksLike::Picture;
    }
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return LooksLike::PlainText;
    }
    let lower: Vec<u8> = head.iter().map(u8::to_ascii_lowercase).collect();
    let holds = |word: &[u8]| lower.windows(word.len()).any(|window| window == word);
    if holds(b"<html") || holds(b"<table") || holds(b"<!doctype") || holds(b"<?xml") {
        return LooksLike::WebPage;
    }
    let control = head.iter().filter(|byte| **byte < 9 || (14..32).contains(*byte)).count();
    if control == 0 { LooksLike::PlainText } else { LooksLike::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> WorkbookError {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("名单.xlsx");
        std::fs::write(&path, bytes).unwrap();
        open(&path).unwrap_err()
    }

    fn compound(stream: &str) -> Vec<u8> {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.resize(1024, 0);
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(2048, 0);
        bytes
    }

    #[test]
    fn what_is_no_xlsx_is_called_by_what_it_is() {
        let other = |looks_like| WorkbookError::NotAWorkbook { looks_like };
        assert_eq!(refusal(b""), WorkbookError::Empty);
        assert_eq!(refusal(&compound("Workbook")), WorkbookError::OldXls);
        assert_eq!(refusal(&compound("Book")), WorkbookError::OldXls);
        assert_eq!(refusal(&compound("EncryptedPackage")), WorkbookError::PasswordProtected);
        assert_eq!(refusal(&compound("WordDocument")), other(LooksLike::OtherOffice));
        assert_eq!(refusal(b"<HTML><table><tr><td>1"), other(LooksLike::WebPage));
        assert_eq!(refusal("姓名,证件号码\n张三,1\n".as_bytes()), other(LooksLike::PlainText));
        assert_eq!(refusal(b"%PDF-1.7"), other(LooksLike::Pdf));
        assert_eq!(refusal(b"\x89PNG\r\n"), other(LooksLike::Picture));
        assert_eq!(refusal(b"\x00\x01\x02\x03"), other(LooksLike::Unknown));
    }

    #[test]
    fn a_missing_file_and_a_folder_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let unreadable = |why| WorkbookError::Unreadable { why };
        assert_eq!(open(&folder.path().join("没有")).unwrap_err(), unreadable(crate::error::FileTrouble::NotFound));
        assert_eq!(open(folder.path()).unwrap_err(), unreadable(crate::error::FileTrouble::IsFolder));
    }

    #[test]
    fn more_than_64_megabytes_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("大.xlsx");
        std::fs::write(&path, b"PK\x03\x04").unwrap();
        File::options().write(true).open(&path).unwrap().set_len(MAX_FILE + 1).unwrap();
        assert_eq!(open(&path).unwrap_err(), WorkbookError::TooLarge { what: Bound::FileSize });
    }
}
