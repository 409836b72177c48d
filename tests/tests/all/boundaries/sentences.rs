//! Every error that reaches a person has a sentence of its own that says what to do next.

use lianhu_app::{AppError, Table};
use lianhu_core::problem::{Problem, ProblemKind};
use std::collections::BTreeSet;

/// How many errors there are: a new one has no place in [`all`] until it is counted here.
fn place(error: &AppError) -> usize {
    match error {
        AppError::Invalid { .. } => 0,
        AppError::NotFound { .. } => 1,
        AppError::NotUnique { .. } => 2,
        AppError::NotAllowed => 3,
        AppError::HandedOver => 4,
        AppError::NotEnrolled => 5,
        AppError::AlreadyEnrolled => 6,
        AppError::WrongCode { .. } => 7,
        AppError::UsedCode => 8,
        AppError::Offline => 9,
        AppError::WrongKey => 10,
        AppError::Unknown => 11,
        AppError::WrongAddress => 12,
        AppError::TooOld => 13,
        AppError::Busy => 14,
        AppError::Broken => 15,
        AppError::LedgerTooNew { .. } => 16,
        AppError::LedgerLocked => 17,
        AppError::InUse => 18,
        AppError::DiskFull => 19,
        AppError::Workbook { .. } => 20,
        AppError::File { .. } => 21,
        AppError::Bug { .. } => 22,
        AppError::OnlyPractice => 23,
        AppError::OwnDevice => 24,
        AppError::TooLate => 25,
        AppError::UndoneAlready => 26,
        AppError::BuiltOn => 27,
        AppError::Locked => 28,
        AppError::WrongPin { .. } => 29,
        AppError::Wait { .. } => 30,
        AppError::WeakPin { .. } => 31,
        AppError::NoKeystore => 32,
        AppError::NotAParcel => 33,
        AppError::ParcelCutShort => 34,
        AppError::ParcelAltered => 35,
        AppError::ParcelOtherCounty => 36,
        AppError::ParcelNotForThis => 37,
        AppError::ParcelOld => 38,
        AppError::MayNotCarry => 39,
        AppError::OtherTable { .. } => 40,
        AppError::WrongAnswer => 41,
        AppError::NoSuchRecovery => 42,
        AppError::UsedRecovery => 43,
        AppError::NoPin => 44,
        AppError::Erased => 45,
        AppError::LeaseOver { .. } => 46,
        AppError::JoinedAlready => 47,
        AppError::NoGrant => 48,
        AppError::NeedsSecond => 49,
        AppError::ShutOut => 50,
        AppError::NotAnIntroduction => 51,
        AppError::NotIntroduced => 52,
        AppError::ActTooOld => 53,
        AppError::ActUndone => 54,
        AppError::ActBuiltOn => 55,
    }
}

fn all() -> Vec<AppError> {
    let what = || "皇后乡".to_owned();
    vec![
        AppError::Invalid { problems: vec![Problem::new("day", ProblemKind::Missing)] },
        AppError::NotFound { what: what() },
        AppError::NotUnique { what: what() },
        AppError::NotAllowed,
        AppError::HandedOver,
        AppError::NotEnrolled,
        AppError::AlreadyEnrolled,
        AppError::WrongCode { group: None },
        AppError::UsedCode,
        AppError::Offline,
        AppError::WrongKey,
        AppError::Unknown,
        AppError::WrongAddress,
        AppError::TooOld,
        AppError::Busy,
        AppError::Broken,
        AppError::LedgerTooNew { found: 9, known: 1 },
        AppError::LedgerLocked,
        AppError::InUse,
        AppError::DiskFull,
        AppError::Workbook { sentence: "这不是工作簿。请另存为 .xlsx 再试。".to_owned() },
        AppError::File { sentence: "没有这个文件。请核对路径。".to_owned() },
        AppError::Bug { detail: "x".to_owned() },
        AppError::OnlyPractice,
        AppError::OwnDevice,
        AppError::TooLate,
        AppError::UndoneAlready,
        AppError::BuiltOn,
        AppError::Locked,
        AppError::WrongPin { wait: 0 },
        AppError::Wait { wait: 5 },
        AppError::WeakPin { why: "trivial".to_owned() },
        AppError::NoKeystore,
        AppError::NotAParcel,
        AppError::ParcelCutShort,
        AppError::ParcelAltered,
        AppError::ParcelOtherCounty,
        AppError::ParcelNotForThis,
        AppError::ParcelOld,
        AppError::MayNotCarry,
        AppError::OtherTable { is: Table::Pairing },
        AppError::WrongAnswer,
        AppError::NoSuchRecovery,
        AppError::UsedRecovery,
        AppError::NoPin,
        AppError::Erased,
        AppError::LeaseOver { days: 45 },
        AppError::JoinedAlready,
        AppError::NoGrant,
        AppError::NeedsSecond,
        AppError::ShutOut,
        AppError::NotAnIntroduction,
        AppError::NotIntroduced,
        AppError::ActTooOld,
        AppError::ActUndone,
        AppError::ActBuiltOn,
    ]
}

#[test]
fn every_error_has_a_sentence_and_a_code_of_its_own() {
    let errors = all();
    let places: Vec<_> = errors.iter().map(place).collect();
    assert_eq!(places, (0..errors.len()).collect::<Vec<_>>());
    let sentences: BTreeSet<String> = errors.iter().map(AppError::sentence).collect();
    assert_eq!(sentences.len(), errors.len(), "two errors say the same");
    let code =
        |error: &AppError| serde_json::to_value(error).expect("JSON")["code"].as_str().expect("a code").to_owned();
    let codes: BTreeSet<String> = errors.iter().map(code).collect();
    assert_eq!(codes.len(), errors.len());
}

#[test]
fn every_sentence_is_chinese_and_says_what_to_do_next() {
    let next = ["请", "再", "不用"];
    for error in all() {
        let sentence = error.sentence();
        assert!(sentence.chars().any(|c| ('一'..='龥').contains(&c)), "{sentence}");
        assert!(next.iter().any(|word| sentence.contains(word)), "what is the person to do? {sentence}");
        assert!(sentence.chars().count() >= 10, "{sentence}");
    }
}

#[test]
fn every_act_that_leaves_a_trace_has_its_word_in_both_languages() {
    let source = super::text("crates/core/src/trace.rs");
    let acts: Vec<_> =
        source.lines().filter_map(|line| line.split_once(": &str = \"")?.1.strip_suffix("\";")).collect();
    assert!(acts.len() >= 9 && acts.contains(&"check"), "the reading is broken: {acts:?}");
    for words in ["ui/src/words/codes.zh-CN.ts", "ui/src/words/codes.en.ts"] {
        let words = super::text(words);
        let missing: Vec<_> = acts.iter().filter(|act| !words.contains(&format!("\"trace.{act}\":"))).collect();
        assert!(missing.is_empty(), "no word for {missing:?}");
    }
}
