//! The figures of the design (§10), measured on this machine: value, target, verdict, and `target/bench.json`.

mod chance;
mod core_time;
mod line;
mod lines;
mod link;
mod load;
mod record;
mod server;
mod texts;
mod train;
mod village;
mod whole;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Merging dossiers makes and drops many small things: an import takes a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Measures what the design promises")]
struct Asked {
    /// Only the measurements whose name holds this
    #[arg(long)]
    only: Option<String>,
    /// Where the figures are written as JSON
    #[arg(long, default_value = "target/bench.json")]
    json: PathBuf,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Subcommand)]
enum Act {
    /// Lets so many devices exchange with the county's server at once, over HTTPS, some of them killed in mid-request
    Load {
        /// How many devices
        #[arg(long, default_value_t = 2000)]
        devices: usize,
    },
    /// Trains the dictionary that ships with the program
    Train {
        /// The file to write
        #[arg(long, default_value = "crates/ledger/src/wire.dict")]
        to: PathBuf,
    },
}

fn main() -> Result<ExitCode> {
    let asked = Asked::parse();
    match &asked.act {
        Some(Act::Train { to }) => {
            train::train(to)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Act::Load { devices }) => {
            let lines = load::load(*devices)?;
            lines.iter().for_each(|line| println!("{}", line.print()));
            return Ok(if lines.iter().all(|line| line.ok) { ExitCode::SUCCESS } else { ExitCode::from(1) });
        }
        None => {}
    }
    let wanted = |name: &str| asked.only.as_deref().is_none_or(|only| name.contains(only));
    let mut all = Vec::new();
    for (name, measure) in lines::ALL.iter().filter(|(name, _)| wanted(name)) {
        let begun = std::time::Instant::now();
        match measure() {
            Ok(lines) => {
                lines.iter().for_each(|line| println!("{}", line.print()));
                all.extend(lines);
            }
            Err(error) => println!("FAIL  {name}: {error:#}"),
        }
        eprintln!("      {name}: {:.1} s", begun.elapsed().as_secs_f64());
    }
    if let Some(dir) = asked.json.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::write(&asked.json, serde_json::to_string_pretty(&all)?)?;
    let missed = all.iter().filter(|line| !line.ok).count();
    println!("{} figures, {missed} missed; {}", all.len(), asked.json.display());
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
