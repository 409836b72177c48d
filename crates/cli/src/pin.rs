//! The PIN on its way into this program: from the environment or from standard input, never from an argument.

use lianhu_app::{AppError, Door};
use std::io::BufRead;
use std::sync::mpsc;
use std::time::Duration;

/// The PIN, if one was given.
pub(crate) fn given(from_input: bool) -> Result<Option<String>, AppError> {
    if !from_input {
        return Ok(std::env::var("LIANHU_PIN").ok().filter(|pin| !pin.is_empty()));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Opens the door with it. A wait after wrong ones is sat out: on some systems it passes only while a program runs.
pub(crate) fn open(door: &Door, pin: Option<String>) -> Result<(), AppError> {
    let Some(pin) = pin else { return Ok(()) };
    match door.unlock(pin.clone()) {
        Err(error @ AppError::Wait { wait }) => {
            eprintln!("{}", error.told());
            // Nobody ever says anything here: it is the time that is waited for.
            let (_nobody, silence) = mpsc::channel::<()>();
            silence.recv_timeout(Duration::from_secs(wait)).ok();
            door.unlock(pin).map(drop)
        }
        other => other.map(drop),
    }
}

/// Refuses arguments that would show a PIN to every program of the machine.
pub(crate) fn check_not_shown(name: &str, args: Option<&str>) -> Result<(), AppError> {
    let secret = matches!(name, "set_pin" | "unlock" | "reopen");
    if secret && args.is_some_and(|args| args != "-") {
        let sentence = "密码不能写在命令里，别的程序看得到。请把参数写成 -，从标准输入给出。";
        return Err(AppError::File { sentence: sentence.to_owned() });
    }
    Ok(())
}
