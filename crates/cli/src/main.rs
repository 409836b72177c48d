//! The commands of lianhu in a terminal: `lianhu --home DIR call NAME [JSON|-]`.
//!
//! The answer is JSON on standard output. An error is JSON `{code, …, sentence}` on standard error, exit code 1. Long
//! acts tell their progress on standard error, one line of JSON each. `lianhu serve` shows the screens in a browser.
//!
//! A home with a PIN is opened by `LIANHU_PIN` in the environment or by `--pin-stdin`, the first line of standard input;
//! never by an argument, which every program of the machine could read.

mod pin;
mod serve;
mod verify;

use clap::{Parser, Subcommand};
use lianhu_app::{AppError, Command, Door, Step, SystemKeystore, commands};
use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Merging dossiers makes and drops many small things: an import takes a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 联户: household visits where there is no signal.
#[derive(Parser)]
#[command(name = "lianhu", version)]
struct Cli {
    /// The directory with this person's ledger; made if there is none.
    #[arg(long, env = "LIANHU_HOME", default_value = "lianhu-home")]
    home: PathBuf,
    /// Reads the PIN of the home from the first line of standard input; else `LIANHU_PIN` is asked.
    #[arg(long)]
    pin_stdin: bool,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Carries out one command, with its arguments as JSON, or `-` to read them from standard input.
    Call {
        /// The command, see `commands`.
        name: String,
        /// Its arguments.
        args: Option<String>,
    },
    /// Shows the screens in a browser on this machine; the address is printed.
    Serve {
        /// Where to listen; port 0 is any free one.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
        /// After so many seconds without an open page a home with a PIN is locked
        #[arg(long, default_value_t = 60)]
        away: u64,
    },
    /// Walks over everything on this device and names what was altered, removed, reordered or dated back; exit code 1
    /// when something was.
    Verify {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lists every command, with what it takes and gives, as TypeScript.
    Commands,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok((answer, code)) => {
            let mut out = std::io::stdout().lock();
            match writeln!(out, "{answer}").and_then(|()| out.flush()) {
                Ok(()) => code,
                Err(_) => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("{}", error.told());
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(String, ExitCode), AppError> {
    let told = match cli.act {
        Act::Verify { json } => return verify::verify(&cli.home, json, pin::given(cli.pin_stdin)?),
        Act::Commands => Ok(commands::typescript()),
        Act::Serve { listen, away } => {
            serve::serve(cli.home, listen, Duration::from_secs(away.max(1)), pin::given(cli.pin_stdin)?)
        }
        Act::Call { name, args } => {
            let pin = pin::given(cli.pin_stdin)?;
            pin::check_not_shown(&name, args.as_deref())?;
            let args = arguments(args)?;
            let command = Command::read(&name, args)?;
            let (around, keystore) = (Arc::new(lianhu_app::Machine), Box::new(SystemKeystore));
            let door = Door::of(&cli.home, around, keystore, Box::new(watch()))?;
            pin::open(&door, pin)?;
            let answer = door.call(command)?;
            serde_json::to_string_pretty(&answer).map_err(|error| AppError::Bug { detail: error.to_string() })
        }
    };
    told.map(|told| (told, ExitCode::SUCCESS))
}

fn arguments(args: Option<String>) -> Result<serde_json::Value, AppError> {
    let text = match args.as_deref() {
        None => return Ok(serde_json::Value::Null),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        Some(text) => text.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| AppError::File {
        sentence: format!("参数不是 JSON：{error}。请检查引号和括号。"),
    })
}

/// Tells progress on a terminal in place, elsewhere a line for every twentieth part.
fn watch() -> impl Fn(Step) + Send + Sync {
    let last = AtomicU64::new(u64::MAX);
    move |step: Step| {
        let part = (step.done * 20).checked_div(step.total).unwrap_or(step.done / 65_536);
        if last.swap(part, Ordering::Relaxed) == part {
            return;
        }
        let mut err = std::io::stderr().lock();
        let line = serde_json::to_string(&step).unwrap_or_default();
        let end = if err.is_terminal() { "\r" } else { "\n" };
        write!(err, "{line}{end}").ok();
    }
}
