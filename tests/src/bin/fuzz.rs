//! Throws mutants at a county and a phone: `fuzz --mutants N [--from S]`. Prints the seed of every batch that did harm.

use lianhu_tests::hostile::throw;
use std::process::ExitCode;
use std::time::Instant;

/// How many mutants a county gets before it is made anew.
const BATCH: usize = 4000;

fn main() -> ExitCode {
    let (mut mutants, mut from) = (100_000, 1);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (word.as_str(), number) {
            ("--mutants", Some(number)) => mutants = number,
            ("--from" | "--seed", Some(number)) => from = number,
            _ => {
                eprintln!("fuzz --mutants N [--from S]");
                return ExitCode::from(2);
            }
        }
    }
    // A panic that is caught is reported once, with its seed; the backtraces of the gate's own trials are not.
    std::panic::set_hook(Box::new(|_| ()));
    let begun = Instant::now();
    let (mut thrown, mut kept, mut harmed, mut seed) = (0, 0, 0, from);
    while thrown < mutants {
        let wanted = BATCH.min(usize::try_from(mutants - thrown).unwrap_or(BATCH));
        match std::panic::catch_unwind(|| throw(seed, wanted)) {
            Ok(Ok(done)) => {
                thrown += done.mutants as u64;
                kept += done.kept;
            }
            Ok(Err(harm)) => {
                harmed += 1;
                thrown += wanted as u64;
                println!("{harm}");
            }
            Err(_) => {
                harmed += 1;
                thrown += wanted as u64;
                println!("batch {seed}: the test itself panicked");
            }
        }
        seed += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{kept} were harmless after all and kept, {:.0} mutants/s", thrown as f64 / seconds.max(0.001));
    println!("{thrown} mutants, {harmed} batches did harm");
    if harmed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
