//! The harness, in the words of the field: a village with its county, people with their phones, and a bad line between.
//!
//! Everything follows from a seed; nothing here reads a clock or waits. What fails for a seed fails for it again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bad_line;
mod chance;
mod clock;
mod county;
pub mod hostile;
mod phone;
pub mod sabotage;
pub mod simulation;
mod village;

pub use bad_line::{BadLine, Fault, Weather};
pub use chance::Chance;
pub use clock::Clock;
pub use county::County;
pub use phone::Phone;
pub use village::Village;

use lianhu_ledger::FileKey;
use std::path::PathBuf;

/// The key of every ledger in a test.
pub const KEY: FileKey = FileKey([7; 32]);

/// The PINs a home in a test is locked with, one after the other.
pub const PINS: [&str; 2] = ["290573", "门前有两棵老核桃树呀"];

/// A folder that goes away with the test, in memory where the machine has such a place.
#[must_use]
pub fn folder() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.or_else(|_| tempfile::tempdir()).expect("a folder for the test")
}
