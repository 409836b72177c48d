//! The screens: their packages from the committed lock file, their tests, and the build that `lianhu serve` carries.

use crate::program::{Program, root};

fn npm<const N: usize>(words: [&str; N]) -> Program {
    Program::named("npm", ["--prefix", "ui"].into_iter().chain(words))
}

/// Installs what the lock file names when it is not there yet, and says so.
pub(crate) fn install() -> anyhow::Result<()> {
    let (asked, there) = (root().join("ui/package-lock.json"), root().join("ui/node_modules/.package-lock.json"));
    let age = |path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    if age(there).is_some_and(|there| age(asked).is_some_and(|asked| there >= asked)) {
        return Ok(());
    }
    println!("screens: installing the packages that ui/package-lock.json names");
    // Not `ci`: it asks for the optional packages of every platform, which not every registry keeps.
    npm(["install", "--no-save", "--no-audit", "--no-fund"]).run()
}

/// Builds the screens, types checked.
pub(crate) fn build() -> anyhow::Result<()> {
    install()?;
    npm(["run", "build"]).run()
}

/// Tests and builds the screens.
pub(crate) fn test() -> anyhow::Result<()> {
    install()?;
    npm(["run", "test"]).run()?;
    npm(["run", "build"]).run()
}
