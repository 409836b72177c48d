//! Plays seeds: `simulate --seeds N [--from S] [--first] [--of-nine]`. Prints the steps of every seed for which a promise is
//! broken; with `--first` it stops at the first such; with `--of-nine` seeds are what they were with nine troubles.

use lianhu_tests::Village;
use lianhu_tests::simulation::{Played, play, play_of_nine};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

fn main() -> ExitCode {
    let (mut seeds, mut from, mut first_only, mut of_nine) = (200, 1, false, false);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--first" {
            first_only = true;
            continue;
        }
        if word == "--of-nine" {
            of_nine = true;
            continue;
        }
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (word.as_str(), number) {
            ("--seeds", Some(number)) => seeds = number,
            ("--from", Some(number)) => from = number,
            _ => {
                eprintln!("simulate --seeds N [--from S] [--first] [--of-nine]");
                return ExitCode::from(2);
            }
        }
    }
    // Two ledgers that are the first of a process and are opened at the same moment were seen to fail at their key.
    drop(Village::new(0));
    let begun = Instant::now();
    // Every seed is a world of its own, so each processor plays its share.
    let (next, stop) = (AtomicU64::new(from), AtomicBool::new(false));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let played = std::thread::scope(|scope| {
        let work = || {
            let mut played = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= from.saturating_add(seeds) {
                    break;
                }
                // A panic is a broken promise like any other, and names its seed too.
                let outcome = std::panic::catch_unwind(|| if of_nine { play_of_nine(seed) } else { play(seed) })
                    .map_err(|_| format!("seed {seed}: panicked"));
                let outcome = outcome.and_then(|outcome| outcome.map_err(|broken| broken.to_string()));
                stop.fetch_or(first_only && outcome.is_err(), Ordering::Relaxed);
                played.push((seed, outcome));
            }
            played
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect::<BTreeMap<_, _>>()
    });
    let (mut all, mut failed) = (Played::default(), 0);
    for outcome in played.into_values() {
        match outcome {
            Ok(played) => {
                all.steps += played.steps;
                all.entries += played.entries;
                all.phones += played.phones;
            }
            Err(account) => {
                failed += 1;
                println!("{account}");
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let Played { steps, entries, phones } = all;
    println!("{phones} phones, {steps} steps, {entries} entries, {:.1} seeds/s", seeds as f64 / seconds.max(0.001));
    println!("{seeds} seeds, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
