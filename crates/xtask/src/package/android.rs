//! The phone: the types of everything that runs there are checked for its system. No package is made here;
//! `docs/android.md` says how one is made where Android's tools are.

use std::path::Path;

use super::{emptied, put};
use crate::program::Program;

const SYSTEM: &str = "aarch64-linux-android";

/// What is checked: all that runs on a phone.
const CHECKED: [&str; 5] = ["lianhu-core", "lianhu-ledger", "lianhu-workbook", "lianhu-app", "lianhu-desktop"];

/// Stands in for Android's C compiler, which is not here: headers are read by this machine's compiler, and what would be
/// compiled becomes an empty file. Rust's types do not depend on it; nothing that comes of it could be linked or run.
const COMPILER: &str = "#!/bin/sh
for word; do
  case $word in '-?') exit 1 ;; -E|--version|-dumpmachine) exec cc \"$@\" ;; esac
  test \"$last\" = -o && : > \"$word\"
  last=$word
done
";

/// Stands in for the archiver: an empty archive.
const ARCHIVER: &str = "#!/bin/sh
for word; do case $word in *.a) : > \"$word\" ;; esac; done
";

/// Checks it.
pub(crate) fn check() -> anyhow::Result<()> {
    Program::named("rustup", ["target", "add", SYSTEM]).run()?;
    let place = emptied("stand-ins")?;
    put(&place, "cc", COMPILER)?;
    put(&place, "ar", ARCHIVER)?;
    Program::named("chmod", ["755".to_owned(), said(&place, "cc"), said(&place, "ar")]).run()?;
    checked(&place).run()?;
    println!("android: the types of {} hold for {SYSTEM}; no C was compiled, no package was made", CHECKED.join(", "));
    Ok(())
}

/// `cargo check` with the stand-ins. OpenSSL is not compiled either: the headers of this machine's are read.
fn checked(place: &Path) -> Program {
    let headers = std::env::var("OPENSSL_DIR").unwrap_or_else(|_| "/usr".to_owned());
    let settings = [
        format!("CC_aarch64_linux_android={}", said(place, "cc")),
        format!("AR_aarch64_linux_android={}", said(place, "ar")),
        "OPENSSL_NO_VENDOR=1".to_owned(),
        "AARCH64_LINUX_ANDROID_OPENSSL_STATIC=0".to_owned(),
        format!("AARCH64_LINUX_ANDROID_OPENSSL_LIB_DIR={}", place.display()),
        format!("AARCH64_LINUX_ANDROID_OPENSSL_INCLUDE_DIR={headers}/include"),
    ];
    let words = ["cargo", "check", "--target", SYSTEM].into_iter().chain(CHECKED.iter().flat_map(|one| ["-p", one]));
    Program::named("env", settings.into_iter().chain(words.map(str::to_owned)))
}

fn said(place: &Path, name: &str) -> String {
    place.join(name).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phone_s_system_is_asked_for_and_the_stand_ins_serve_it_alone() {
        let line = checked(Path::new("/there")).line();
        assert!(line.contains(" cargo check --target aarch64-linux-android -p lianhu-core "), "{line}");
        assert!(line.ends_with("-p lianhu-app -p lianhu-desktop"), "{line}");
        assert!(line.contains("CC_aarch64_linux_android=/there/cc") && !line.contains(" CC="), "{line}");
    }
}
