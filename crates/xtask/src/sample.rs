//! `cargo xtask sample`: seeded rosters and pairing tables of any size, with planted faults and their answer key.
//!
//! The people are made up. Nothing here is product code, so what a sample says of itself can be held against what the
//! product makes of it.

mod bed;
mod book;
mod chance;
mod fault;
mod fault_in_cell;
mod fault_in_home;
mod fault_in_number;
mod fault_in_sheet;
mod harmless;
mod household;
mod line;
mod names;
mod next;
mod pairing;
mod person;
mod place;
mod resident_id;
mod roster;
mod totals;

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use serde_json::{Map, Value, json};

use book::Manner;
use fault::Faults;
use line::Column;
use next::PhonesOf;
use roster::{Roster, YearPlan};
use totals::Totals;

/// The most households a sample may have: two counties' worth.
const MOST: u32 = 60_000;

/// What the sample is asked.
#[derive(Args)]
pub(crate) struct Sample {
    /// How many households
    #[arg(long, value_name = "N", default_value_t = 272)]
    households: u32,
    /// The seed; the same seed writes the same files
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Households by year of relocation, as weights
    #[arg(long, value_name = "PLAN", default_value = "2016:114,2017:50,2018:108")]
    year_plan: YearPlan,
    /// How many faults are planted; the key of where they are goes to FILE.answers.json
    #[arg(long, value_name = "K", default_value_t = 0)]
    faults: usize,
    /// Also writes a pairing table
    #[arg(long, value_name = "FILE")]
    pairing: Option<PathBuf>,
    /// Writes a newer file of this roster instead: the same people, but for --changes and --gone
    #[arg(long, value_name = "FILE", conflicts_with_all = ["households", "year_plan", "faults", "pairing"])]
    next: Option<PathBuf>,
    /// With --next: how many cells change
    #[arg(long, value_name = "N", default_value_t = 30, requires = "next")]
    changes: usize,
    /// With --next: how many households are gone
    #[arg(long, value_name = "N", default_value_t = 3, requires = "next")]
    gone: usize,
    /// With --next: so many of the changes are telephones of households in a file of 户编号, one a line
    #[arg(long, value_name = "N:LIST", requires = "next")]
    phones: Option<PhonesOf>,
    /// Where the roster is written
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Writes the files and prints the totals, or what a newer file changes, as JSON.
pub(crate) fn run(asked: &Sample) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(&write(asked)?)?);
    Ok(())
}

fn write(asked: &Sample) -> anyhow::Result<Value> {
    if let Some(after) = &asked.next {
        let (out, phones) = (&asked.out, asked.phones.as_ref());
        let asked = next::Asked { after, out, seed: asked.seed, changes: asked.changes, gone: asked.gone, phones };
        return next::write(&asked);
    }
    if asked.households == 0 || asked.households > MOST {
        bail!("--households: from 1 to {MOST}");
    }
    let roster = Roster::new(asked.seed, asked.households, &asked.year_plan);
    let mut told = Totals::of(&roster.county, &roster.households).json();
    told.insert("seed".to_owned(), json!(asked.seed));
    told.insert("roster".to_owned(), json!(asked.out));
    write_roster(asked, &roster, &mut told)?;
    if let Some(path) = &asked.pairing {
        let helpers = pairing::pair(asked.seed, &roster);
        pairing::write(path, &roster, &helpers)?;
        told.insert("pairing".to_owned(), json!(path));
        told.insert("helpers".to_owned(), json!(helpers.len()));
    }
    Ok(told.into())
}

fn write_roster(asked: &Sample, roster: &Roster, told: &mut Map<String, Value>) -> anyhow::Result<()> {
    let mut faults = Faults::plant(asked.seed, roster, asked.faults)?;
    let faulty = asked.faults > 0;
    let header = |(column, header): &(Column, &str)| {
        if faulty { harmless::header(*column, header) } else { (*header).to_owned() }
    };
    let width = if faulty { line::COLUMNS.len() } else { line::PLAIN_WIDTH };
    let headers: Vec<String> = line::COLUMNS.iter().take(width).map(header).collect();
    let manner = if faulty { Manner::Ordinary } else { Manner::Streamed };
    let hidden_sheets = faults.other_sheets();
    let blocks = (0..).zip(&roster.households).map(|(at, household)| faults.lines(roster, at, household));
    let begins = book::write(&asked.out, &headers, blocks, manner, hidden_sheets)?;
    if faulty {
        let mut path = asked.out.clone().into_os_string();
        path.push(".answers.json");
        std::fs::write(&path, format!("{:#}\n", faults.answers(&begins)))?;
        told.insert("faults".to_owned(), faults.counts());
        told.insert("answers".to_owned(), json!(PathBuf::from(path)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(folder: &std::path::Path, seed: u64, faults: usize) -> Sample {
        Sample {
            households: 160,
            seed,
            year_plan: "2016:1,2018:2".parse().unwrap(),
            faults,
            pairing: Some(folder.join("pairing.xlsx")),
            next: None,
            changes: 0,
            gone: 0,
            phones: None,
            out: folder.join("roster.xlsx"),
        }
    }

    fn files(seed: u64, faults: usize) -> (Vec<Vec<u8>>, Value) {
        let folder = tempfile::tempdir().unwrap();
        let told = write(&ask(folder.path(), seed, faults)).unwrap();
        let mut names: Vec<PathBuf> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        (names.iter().map(|name| std::fs::read(name).unwrap()).collect(), told["persons"].clone())
    }

    #[test]
    fn the_same_seed_writes_the_same_bytes_and_another_seed_others() {
        for faults in [0, 40] {
            assert_eq!(files(4, faults), files(4, faults));
            assert_ne!(files(4, faults), files(5, faults));
        }
    }

    #[test]
    fn planting_faults_changes_no_total() {
        assert_eq!(files(4, 0).1, files(4, 40).1);
    }

    #[test]
    fn a_size_no_county_has_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for households in [0, MOST + 1] {
            let asked = Sample { households, ..ask(folder.path(), 1, 0) };
            assert!(write(&asked).is_err());
        }
    }
}
