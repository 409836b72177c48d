//! Prints what a roster or pairing table would be read as: `dry_run FILE [today]`, a line for every doubt.

use lianhu_core::day::Day;
use lianhu_workbook::{Doubt, WorkbookError, read_pairing, read_roster};
use std::path::Path;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let today = arguments.next().and_then(|text| Day::parse(&text)).or_else(|| Day::from_ymd(2026, 11, 21));
    let started = Instant::now();
    let told = match read_roster(Path::new(&path), today.unwrap_or(Day(0)), &mut |_| {}) {
        Ok(reading) => {
            let sums = format!("{}户 {}人", reading.households.len(), reading.people());
            Ok((reading.doubts, sums))
        }
        Err(WorkbookError::NoHeader { .. }) => read_pairing(Path::new(&path), &mut |_| {}).map(|reading| {
            let pairs: usize = reading.cadres.iter().map(|cadre| cadre.households.len()).sum();
            (reading.doubts, format!("{}名帮扶责任人 {pairs}户", reading.cadres.len()))
        }),
        Err(error) => Err(error),
    };
    match told {
        Ok((doubts, sums)) => {
            for Doubt { sheet, row, column, kind, value_masked, reason, .. } in doubts {
                println!("{sheet}\t{row}\t{column}\t{}\t{value_masked}\t{reason}", kind.code());
            }
            eprintln!("{sums}, {} ms", started.elapsed().as_millis());
        }
        Err(error) => eprintln!("{}", error.sentence()),
    }
}
