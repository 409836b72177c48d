//! Workbooks that cannot be taken as a whole: one sentence each, never a panic, whatever the bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod village;

use lianhu_core::day::Day;
use lianhu_workbook::{Bound, LooksLike, WorkbookError, read_pairing, read_roster, read_stated_table};
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use village::{Village, Written};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

fn read(path: &Path) -> Result<(), WorkbookError> {
    read_roster(path, Day::parse("2026-11-21").unwrap(), &mut |_| {}).map(drop)
}

fn in_folder(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("名单.xlsx");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn refusal(mut workbook: Workbook) -> WorkbookError {
    let (_folder, path) = in_folder(&workbook.save_to_buffer().unwrap());
    read(&path).unwrap_err()
}

#[test]
fn an_empty_workbook_and_one_without_a_header_are_told_apart() {
    let mut empty = Workbook::new();
    empty.add_worksheet();
    assert_eq!(refusal(empty), WorkbookError::Empty);
    let mut notice = Workbook::new();
    notice.add_worksheet().write_string(0, 0, "关于做好走访工作的通知").unwrap();
    let refused = refusal(notice);
    assert!(matches!(&refused, WorkbookError::NoHeader { looked_for } if looked_for[0] == "姓名"));
    assert!(refused.sentence().contains("姓名"), "{}", refused.sentence());
}

#[test]
fn two_hundred_thousand_rows_without_a_header_are_refused_after_a_look_at_the_first() {
    let mut nonsense = Workbook::new();
    let sheet = nonsense.add_worksheet();
    for row in 0..200_000 {
        sheet.write_number(row, 0, row).unwrap();
    }
    assert!(matches!(refusal(nonsense), WorkbookError::NoHeader { .. }));
}

#[test]
fn rows_of_nonsense_below_a_header_are_refused_and_a_few_bad_rows_are_not() {
    let mut village = Village::clean();
    let noise = |row: i32| vec![Written::Text(format!("乱{row}")); 14];
    village.rows.extend((0..50).map(noise));
    assert_eq!(village.read().households.len(), 54, "a bad row is kept");
    village.rows.extend((50..2_500).map(noise));
    assert!(matches!(village.try_read(), Err(WorkbookError::Nonsense { .. })));
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(["姓名", "证件号码", "与户主关系"]) {
        sheet.write_string(0, column, header).unwrap();
        for row in 1..2_500 {
            sheet.write_string(row, column, format!("乱{row}码")).unwrap();
        }
    }
    assert!(matches!(refusal(workbook), WorkbookError::Nonsense { rows: 2_000 }));
}

#[test]
fn more_than_300_000_rows_are_refused_before_they_are_read() {
    let mut village = zip_of(&Village::clean());
    let rows: String = (1..=300_001).map(|row| format!("<row r=\"{row}\"/>")).collect();
    let sheet = village.iter_mut().find(|(name, _)| name == "xl/worksheets/sheet1.xml").unwrap();
    let text = String::from_utf8(sheet.1.clone()).unwrap();
    sheet.1 = text.replace("<sheetData>", &format!("<sheetData>{rows}")).into_bytes();
    let (_folder, path) = in_folder(&zip_again(&village));
    assert_eq!(read(&path), Err(WorkbookError::TooLarge { what: Bound::Rows }));
}

#[test]
fn another_kind_of_zip_is_no_workbook() {
    let other = |looks_like| Err(WorkbookError::NotAWorkbook { looks_like });
    for (name, looks_like) in [
        ("content.xml", LooksLike::OtherOffice),
        ("[Content_Types].xml", LooksLike::OtherOffice),
        ("照片.jpg", LooksLike::Unknown),
    ] {
        let (_folder, path) = in_folder(&zip_again(&[(name.to_owned(), b"x".to_vec())]));
        assert_eq!(read(&path), other(looks_like), "{name}");
    }
    let (_folder, path) = in_folder(b"PK\x03\x04 and nothing more");
    assert!(matches!(read(&path), Err(WorkbookError::Damaged { .. })));
}

type Parts = Vec<(String, Vec<u8>)>;

fn zip_of(village: &Village) -> Parts {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("名单.xlsx");
    village.write(&path);
    parts(&std::fs::read(path).unwrap())
}

fn parts(bytes: &[u8]) -> Parts {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn zip_again(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(name.as_str(), stored).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A stream of numbers from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = (mixed ^ (mixed >> 31)) % u64::try_from(n.max(1)).unwrap();
        usize::try_from(drawn).unwrap()
    }

    /// Changes, cuts, doubles or overwrites a few places.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            match self.below(7) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                2 => bytes.truncate(at),
                3 => {
                    let until = (at + 1 + self.below(200)).min(bytes.len());
                    let copy = bytes[at..until].to_vec();
                    bytes.splice(at..at, copy);
                }
                4 => {
                    let until = (at + 1 + self.below(40)).min(bytes.len());
                    bytes.drain(at..until);
                }
                5 => {
                    let words: [&[u8]; 8] = [
                        b"99999999999999999999",
                        b"-1",
                        b"\"",
                        b"<",
                        b"&#x110000;",
                        b"A1:XFD1048577",
                        b"\xFF\xFE",
                        b"r=\"0\"",
                    ];
                    bytes.splice(at..at, words[self.below(words.len())].iter().copied());
                }
                _ => {
                    let from = self.below(bytes.len());
                    let byte = bytes[from];
                    bytes[at] = byte;
                }
            }
        }
    }
}

fn read_every_way(path: &Path) -> u32 {
    let outcomes = [read(path), read_pairing(path, &mut |_| {}).map(drop), read_stated_table(path).map(drop)];
    for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(refused.sentence().contains('请'), "{refused:?}");
    }
    u32::from(outcomes[0].is_ok())
}

#[test]
fn no_mutant_of_a_workbook_is_met_with_a_panic() {
    // A panic inside the library underneath is caught and told as damage; its message is no concern of the reader's.
    std::panic::set_hook(Box::new(|_| {}));
    let (folder, path) = in_folder(b"");
    Village::clean().write(&path);
    let whole = std::fs::read(&path).unwrap();
    let parts = parts(&whole);
    let mut chance = Chance(20_261_121);
    let mut survived = 0;
    for mutant in 0..2_400 {
        let bytes = if mutant % 3 == 0 {
            let mut bytes = whole.clone();
            chance.mutate(&mut bytes);
            bytes
        } else {
            // Within a part, under a right checksum, where a mutant reaches the readers.
            let mut parts = parts.clone();
            let part = chance.below(parts.len());
            chance.mutate(&mut parts[part].1);
            zip_again(&parts)
        };
        std::fs::write(&path, bytes).unwrap();
        survived += if mutant % 8 == 0 { read_every_way(&path) } else { u32::from(read(&path).is_ok()) };
    }
    let _hook = std::panic::take_hook();
    drop(folder);
    assert!(survived > 300, "most mutants within a part are still read: {survived}");
}

#[test]
fn no_mutant_of_the_sample_files_is_met_with_a_panic() {
    std::panic::set_hook(Box::new(|_| {}));
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let (_folder, path) = in_folder(b"");
    let mut chance = Chance(7);
    for (name, mutants) in [("pairing-huanghou.xlsx", 200), ("roster-huanghou.xlsx", 20)] {
        let whole = std::fs::read(fixtures.join(name)).unwrap();
        for _ in 0..mutants {
            let mut bytes = whole.clone();
            chance.mutate(&mut bytes);
            std::fs::write(&path, bytes).unwrap();
            let _read = read_every_way(&path);
        }
    }
    let _hook = std::panic::take_hook();
}
