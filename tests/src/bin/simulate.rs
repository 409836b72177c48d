//! Plays seeds: `simulate --seeds N [--from S] [--first]`. Prints the steps of every seed for which a promise is
//! broken; with `--first` it stops at the first such.

use lianhu_tests::simulation::{Played, play};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let (mut seeds, mut from, mut first_only) = (200, 1, false);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--first" {
            first_only = true;
            continue;
        }
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (word.as_str(), number) {
            ("--seeds", Some(number)) => seeds = number,
            ("--from", Some(number)) => from = number,
            _ => {
                eprintln!("simulate --seeds N [--from S] [--first]");
                return ExitCode::from(2);
            }
        }
    }
    let begun = Instant::now();
    let (mut all, mut failed) = (Played::default(), 0);
    for seed in from..from.saturating_add(seeds) {
        // A panic is a broken promise like any other, and names its seed too.
        match std::panic::catch_unwind(|| play(seed)) {
            Ok(Ok(played)) => {
                all.steps += played.steps;
                all.entries += played.entries;
                all.phones += played.phones;
            }
            Ok(Err(broken)) => {
                failed += 1;
                println!("{broken}");
            }
            Err(_) => {
                failed += 1;
                println!("seed {seed}: panicked");
            }
        }
        if first_only && failed > 0 {
            break;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let Played { steps, entries, phones } = all;
    println!("{phones} phones, {steps} steps, {entries} entries, {:.1} seeds/s", seeds as f64 / seconds.max(0.001));
    println!("{seeds} seeds, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
