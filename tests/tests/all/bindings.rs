//! The TypeScript of the screens is what the table of commands says, to the letter.

use crate::boundaries::text;

#[test]
fn the_bindings_of_the_screens_are_the_table_of_commands() {
    let (kept, now) = (text("ui/src/api/bindings.ts"), lianhu_app::commands::typescript());
    if kept.trim_end() != now.trim_end() {
        let other = kept.lines().zip(now.lines()).find(|(kept, now)| kept != now);
        panic!("the commands have changed: run `cargo bindings > ui/src/api/bindings.ts` (first: {other:?})");
    }
}

#[test]
fn every_command_has_its_line() {
    let kept = text("ui/src/api/bindings.ts");
    for name in lianhu_app::commands::NAMES {
        assert!(kept.contains(&format!("\n  {name}: {{ args: {{")), "{name} is missing");
    }
}
