//! Set-up: finds what the build needs and this machine lacks, says so, and installs it when it may.
//!
//! SQLCipher is compiled from source and links OpenSSL, so a C compiler, pkg-config and the OpenSSL headers are needed.
//! Looking takes a fraction of a second; the package lists are fetched only when something is missing.

use std::path::Path;

use anyhow::bail;

use crate::program::Program;

/// Something the build needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Compiler,
    PkgConfig,
    Openssl,
    Npm,
    WebView,
    Monitor,
    WebDriver,
    Fonts,
    PaperReader,
    TauriDriver,
    Rustfmt,
    Clippy,
    Packer,
    WindowsCompiler,
    Perl,
    Make,
}

impl Need {
    /// What building and testing needs.
    const ALL: [Self; 12] = [
        Self::Compiler,
        Self::PkgConfig,
        Self::Openssl,
        Self::Npm,
        Self::WebView,
        Self::Monitor,
        Self::WebDriver,
        Self::Fonts,
        Self::PaperReader,
        Self::TauriDriver,
        Self::Rustfmt,
        Self::Clippy,
    ];

    /// What the packages need: nothing of it is for trying things out.
    pub(crate) const PACKING: [Self; 6] =
        [Self::Compiler, Self::PkgConfig, Self::Openssl, Self::Npm, Self::WebView, Self::Packer];

    /// What building for Windows needs. Nothing of OpenSSL is there to link, so SQLCipher's is compiled as well.
    pub(crate) const WINDOWS: [Self; 5] = [Self::Compiler, Self::Npm, Self::WindowsCompiler, Self::Perl, Self::Make];

    fn what(self) -> &'static str {
        match self {
            Self::Compiler => "a C compiler (SQLCipher is compiled from source)",
            Self::PkgConfig => "pkg-config (finds OpenSSL)",
            Self::Openssl => "the OpenSSL headers (SQLCipher encrypts with OpenSSL)",
            Self::Npm => "npm with Node.js (the screens are built with it)",
            Self::WebView => "the web view (the window draws the screens in it)",
            Self::Monitor => "Xvfb (a screen without a monitor, for the stories)",
            Self::WebDriver => "WebKitWebDriver (hands the stories' taps to the window)",
            Self::Fonts => "fonts with Chinese characters",
            Self::PaperReader => "pdftotext and pdfinfo (read what the stories print)",
            Self::TauriDriver => "tauri-driver (starts the window for the stories)",
            Self::Rustfmt => "rustfmt",
            Self::Clippy => "clippy",
            Self::Packer => "dpkg-deb (packs for a Debian desktop)",
            Self::WindowsCompiler => "mingw-w64 (compiles for Windows)",
            Self::Perl => "perl with its modules (prepares OpenSSL for Windows)",
            Self::Make => "make (compiles OpenSSL for Windows)",
        }
    }

    /// The Debian package that brings it; none for what rustup brings.
    fn package(self) -> Option<&'static str> {
        match self {
            Self::Compiler => Some("build-essential"),
            Self::PkgConfig => Some("pkg-config"),
            Self::Openssl => Some("libssl-dev"),
            Self::Npm => Some("npm"),
            Self::WebView => Some("libwebkit2gtk-4.1-dev"),
            Self::Monitor => Some("xvfb"),
            Self::WebDriver => Some("webkit2gtk-driver"),
            Self::Fonts => Some("fonts-noto-cjk"),
            Self::PaperReader => Some("poppler-utils"),
            Self::Packer => Some("dpkg"),
            Self::WindowsCompiler => Some("gcc-mingw-w64-x86-64"),
            Self::Perl => Some("perl"),
            Self::Make => Some("make"),
            Self::TauriDriver | Self::Rustfmt | Self::Clippy => None,
        }
    }

    /// The crate that brings it, with the version it is known to work with.
    fn program(self) -> Option<&'static str> {
        (self == Self::TauriDriver).then_some("tauri-driver@2.1.0")
    }

    fn component(self) -> Option<&'static str> {
        match self {
            Self::Rustfmt => Some("rustfmt"),
            Self::Clippy => Some("clippy"),
            _ => None,
        }
    }

    fn is_here(self) -> bool {
        match self {
            Self::Compiler => Program::named("cc", ["--version"]).answers(),
            Self::PkgConfig => Program::named("pkg-config", ["--version"]).answers(),
            Self::Openssl => {
                std::env::var_os("OPENSSL_DIR").is_some()
                    || Program::named("pkg-config", ["--exists", "openssl"]).answers()
                    || Path::new("/usr/include/openssl/opensslv.h").exists()
            }
            Self::Npm => Program::named("npm", ["--version"]).answers(),
            Self::WebView => Program::named("pkg-config", ["--exists", "webkit2gtk-4.1"]).answers(),
            Self::Monitor => Program::named("sh", ["-c", "command -v Xvfb"]).answers(),
            Self::WebDriver => Program::named("sh", ["-c", "command -v WebKitWebDriver"]).answers(),
            // Somebody at a desk has fonts; a bare machine has not even the program that lists them.
            Self::Fonts => Program::named("sh", ["-c", "fc-list :lang=zh | grep -q ."]).answers(),
            Self::PaperReader => Program::named("sh", ["-c", "command -v pdftotext && command -v pdfinfo"]).answers(),
            Self::TauriDriver => Program::named("tauri-driver", ["--help"]).answers(),
            Self::Rustfmt => Program::cargo(["fmt", "--version"]).answers(),
            Self::Clippy => Program::cargo(["clippy", "--version"]).answers(),
            Self::Packer => Program::named("dpkg-deb", ["--version"]).answers(),
            Self::WindowsCompiler => Program::named("x86_64-w64-mingw32-gcc", ["--version"]).answers(),
            Self::Perl => Program::named("perl", ["-MIPC::Cmd", "-MTime::Piece", "-e", "1"]).answers(),
            Self::Make => Program::named("make", ["--version"]).answers(),
        }
    }
}

/// By what right packages can be installed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    Root,
    Sudo,
    None,
}

impl Right {
    fn here() -> Self {
        if Program::named("sh", ["-c", "test \"$(id -u)\" = 0"]).answers() {
            Self::Root
        } else if Program::named("sudo", ["-n", "true"]).answers() {
            Self::Sudo
        } else {
            Self::None
        }
    }
}

/// Finds what is missing and installs it. What cannot be installed from here is named with the one line to run.
pub(crate) fn run() -> anyhow::Result<()> {
    bring(&Need::ALL)
}

/// The same for these needs only.
pub(crate) fn bring(needs: &[Need]) -> anyhow::Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_here()).collect();
    if missing.is_empty() {
        println!("set-up: nothing is missing");
        return Ok(());
    }
    for need in &missing {
        println!("set-up: missing: {}", need.what());
    }
    install(&packages(&missing), &components(&missing))?;
    for program in missing.iter().filter_map(|need| need.program()) {
        println!("set-up: installing with cargo: {program}");
        Program::cargo(["install", "--locked", "--quiet", program]).run()?;
    }
    let still: Vec<&str> = missing.iter().filter(|need| !need.is_here()).map(|need| need.what()).collect();
    if still.is_empty() {
        return Ok(());
    }
    bail!("set-up: installed without an error, but still missing: {}", still.join(", "))
}

/// Whether `cargo nextest` is here; without it the tests run under `cargo test`, which is slower and says less.
pub(crate) fn has_nextest() -> bool {
    Program::cargo(["nextest", "--version"]).answers()
}

fn packages(missing: &[Need]) -> Vec<&'static str> {
    missing.iter().filter_map(|need| need.package()).collect()
}

fn components(missing: &[Need]) -> Vec<&'static str> {
    missing.iter().filter_map(|need| need.component()).collect()
}

fn install(packages: &[&str], components: &[&str]) -> anyhow::Result<()> {
    let apt = Program::named("apt-get", ["--version"]).answers();
    let rustup = Program::named("rustup", ["--version"]).answers();
    let right = if packages.is_empty() { Right::Root } else { Right::here() };
    let stuck = (!packages.is_empty() && (!apt || right == Right::None)) || (!components.is_empty() && !rustup);
    if stuck {
        bail!("set-up: run this line, then the same command again:\n    {}", line_to_run(packages, components));
    }
    if !packages.is_empty() {
        println!("set-up: installing with apt-get: {}", packages.join(" "));
        // The lists may be recent enough already; they are fetched only when they are not.
        if apt_get(right, &install_words(packages)).run().is_err() {
            apt_get(right, &["update", "-q"]).run()?;
            apt_get(right, &install_words(packages)).run()?;
        }
    }
    if !components.is_empty() {
        println!("set-up: installing with rustup: {}", components.join(" "));
        Program::named("rustup", ["component", "add"].iter().chain(components).copied()).run()?;
    }
    Ok(())
}

fn install_words<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    ["install", "-y", "-q", "--no-install-recommends"].into_iter().chain(packages.iter().copied()).collect()
}

fn apt_get(right: Right, words: &[&str]) -> Program {
    let before: &[&str] = if right == Right::Sudo { &["-n"] } else { &[] };
    let name = if right == Right::Sudo { "sudo" } else { "env" };
    let apt = ["DEBIAN_FRONTEND=noninteractive", "apt-get"];
    Program::named(name, before.iter().chain(&apt).chain(words).copied())
}

/// The one line a person with the right runs by hand.
fn line_to_run(packages: &[&str], components: &[&str]) -> String {
    let mut parts = Vec::new();
    if !packages.is_empty() {
        parts.push(format!("sudo apt-get update && sudo apt-get install -y {}", packages.join(" ")));
    }
    if !components.is_empty() {
        parts.push(format!("rustup component add {}", components.join(" ")));
    }
    parts.join(" && ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_run_is_one_line_and_names_every_missing_thing() {
        let line = line_to_run(&packages(&Need::ALL), &components(&Need::ALL));
        assert_eq!(
            line,
            "sudo apt-get update && sudo apt-get install -y build-essential pkg-config libssl-dev npm \
             libwebkit2gtk-4.1-dev xvfb webkit2gtk-driver fonts-noto-cjk poppler-utils \
             && rustup component add rustfmt clippy"
        );
    }

    #[test]
    fn every_need_can_be_brought_by_exactly_one_means() {
        for need in Need::ALL.into_iter().chain(Need::PACKING).chain(Need::WINDOWS) {
            let means = [need.package(), need.component(), need.program()];
            assert_eq!(means.iter().flatten().count(), 1, "{need:?}");
        }
    }

    #[test]
    fn sudo_never_asks_for_a_password() {
        let program = apt_get(Right::Sudo, &install_words(&["libssl-dev"]));
        assert_eq!(
            program.line(),
            "sudo -n DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libssl-dev"
        );
    }
}
