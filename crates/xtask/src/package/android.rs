//! The phone: the types of what runs there are checked for its system. No package is made here; `docs/android.md` says how
//! one is made where Android's tools are.

use crate::program::Program;

const SYSTEM: &str = "aarch64-linux-android";

/// What is checked: nothing of it compiles C.
const CHECKED: [&str; 1] = ["lianhu-core"];

/// Checks it.
pub(crate) fn check() -> anyhow::Result<()> {
    Program::named("rustup", ["target", "add", SYSTEM]).run()?;
    checked().run()?;
    println!("android: the types of {} hold for {SYSTEM}; no package was made", CHECKED.join(", "));
    Ok(())
}

fn checked() -> Program {
    let packages = CHECKED.iter().flat_map(|package| ["-p", package]);
    Program::cargo(["check", "--target", SYSTEM].into_iter().chain(packages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_phone_s_system_is_asked_for() {
        assert_eq!(checked().line(), "cargo check --target aarch64-linux-android -p lianhu-core");
    }
}
