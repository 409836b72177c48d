//! A home with a PIN in a terminal: the PIN comes by the environment or by standard input, never as an argument.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PHRASE: &str = "门前有两棵老核桃树呀";

fn lianhu(home: &Path, words: &[&str], input: &str, pin: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianhu"));
    command.arg("--home").arg(home).args(words).env("LIANHU_TRY_KEYSTORE", "none").env_remove("LIANHU_PIN");
    if let Some(pin) = pin {
        command.env("LIANHU_PIN", pin);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who needs no input may be gone already.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_pin_set_in_a_terminal_is_asked_for_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let args = format!(r#"{{"pin":"{PHRASE}"}}"#);
    let shown = lianhu(dir.path(), &["call", "set_pin", &args], "", None);
    assert!(!shown.status.success() && told(&shown).contains("不能写在命令里"), "{}", told(&shown));
    let set = lianhu(dir.path(), &["call", "set_pin", "-"], &args, None);
    assert!(set.status.success(), "{}", told(&set));
    let locked = lianhu(dir.path(), &["call", "status"], "", None);
    assert!(!locked.status.success() && told(&locked).contains(r#""code":"locked""#), "{}", told(&locked));
    let by_environment = lianhu(dir.path(), &["call", "status"], "", Some(PHRASE));
    assert!(by_environment.status.success(), "{}", told(&by_environment));
    let by_input = lianhu(dir.path(), &["--pin-stdin", "call", "status"], &format!("{PHRASE}\n"), None);
    assert!(by_input.status.success(), "{}", told(&by_input));
    let wrong = lianhu(dir.path(), &["call", "status"], "", Some("another long phrase"));
    assert!(
        told(&wrong).contains(r#""code":"wrong_pin""#) && !told(&wrong).contains("another long"),
        "{}",
        told(&wrong)
    );
}
