//! The .deb: the window as a Debian or Ubuntu desktop installs it.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::control::{self, Control};
use super::{VERSION, emptied, megabytes, notice, program_built, put, put_program, readable, say, shelf, trial_root};
use crate::program::{Program, root};
use crate::screens;
use crate::setup::{self, Need};

/// The most the installed program may take up.
const MOST_BYTES: u64 = 40_000_000;

/// How a desktop lists the program. The window tells the desktop its class, by which it finds this file.
const ENTRY: &str = "[Desktop Entry]\nType=Application\nName=lianhu\nName[zh_CN]=联户\n\
    Comment=Household visits where there is no signal\nComment[zh_CN]=走访记在本机，有信号时交到县里\n\
    Exec=lianhu-desktop\nIcon=lianhu\nTerminal=false\nCategories=Office;\nStartupWMClass=lianhu-desktop\n";

/// Builds, packs and tries it.
pub(crate) fn make() -> anyhow::Result<()> {
    setup::bring(&Need::PACKING)?;
    screens::build()?;
    let program = program_built::build("lianhu-desktop")?;
    let staged = stage(&program)?;
    let packed = pack(&staged, VERSION)?;
    say("deb", &packed)?;
    let newer = pack(&staged, &format!("{VERSION}+next"))?;
    let tried = trial_root::try_out(&packed, &newer);
    std::fs::remove_file(&newer)?;
    tried
}

fn stage(program: &Path) -> anyhow::Result<PathBuf> {
    let staged = emptied("deb")?;
    put_program(&staged, "usr/bin/lianhu-desktop", program, "strip")?;
    put(&staged, "usr/share/applications/lianhu.desktop", ENTRY)?;
    for (size, icon) in [("32x32", "32x32.png"), ("128x128", "128x128.png"), ("512x512", "icon.png")] {
        let bytes = std::fs::read(root().join("src-tauri/icons").join(icon))?;
        put(&staged, &format!("usr/share/icons/hicolor/{size}/apps/lianhu.png"), bytes)?;
    }
    put(&staged, "usr/share/doc/lianhu/copyright", notice::of("lianhu-desktop", None, true)?)?;
    Program::named("chmod", ["755".to_owned(), staged.join("usr/bin/lianhu-desktop").display().to_string()]).run()?;
    readable(&staged)?;
    Ok(staged)
}

/// Packs what is staged under a version.
fn pack(staged: &Path, version: &str) -> anyhow::Result<PathBuf> {
    let installed = staged.join("usr/bin/lianhu-desktop").display().to_string();
    let bytes = std::fs::metadata(&installed)?.len();
    println!("deb: the program is {} (at most {})", megabytes(bytes), megabytes(MOST_BYTES));
    if bytes > MOST_BYTES {
        bail!("the program is larger than the design allows");
    }
    let architecture = Program::named("dpkg", ["--print-architecture"]).told()?.trim().to_owned();
    let control = Control {
        version: version.to_owned(),
        kilobytes: kilobytes(staged)?,
        needs: control::needs(&Program::named("objdump", ["-p", &installed]).told()?)?,
        architecture,
    };
    put(staged, "DEBIAN/control", control.text())?;
    readable(staged)?;
    let packed = shelf().join(format!("lianhu_{version}_{}.deb", control.architecture));
    let (from, to) = (staged.display().to_string(), packed.display().to_string());
    Program::named("dpkg-deb", ["--root-owner-group", "-Zxz", "--build", &from, &to]).run()?;
    Ok(packed)
}

fn kilobytes(staged: &Path) -> anyhow::Result<u64> {
    let told = Program::named("du", ["-sk".to_owned(), staged.join("usr").display().to_string()]).told()?;
    Ok(told.split_whitespace().next().unwrap_or_default().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_finds_the_program_and_its_icon_by_the_names_the_package_gives_them() {
        assert!(ENTRY.starts_with("[Desktop Entry]\n"));
        for line in ENTRY.lines().skip(1) {
            let (key, value) = line.split_once('=').unwrap();
            assert!(!key.is_empty() && !value.trim().is_empty(), "{line}");
        }
        assert!(ENTRY.contains("\nExec=lianhu-desktop\n") && ENTRY.contains("\nIcon=lianhu\n"));
    }
}
