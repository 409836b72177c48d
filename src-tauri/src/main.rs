//! The window on a desktop. `lianhu-desktop --home DIR` keeps the ledger there; otherwise it lies where this system
//! keeps the data of programs.
#![cfg_attr(windows, windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    lianhu_desktop::run()
}
