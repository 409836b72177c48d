//! How much there is to carry to an office or load into a window: the screens as they travel, the program as it is installed.

use super::Measured;
use super::window::programs;
use crate::line::Line;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The most the screens may weigh, packed.
const MOST_SCREENS: f64 = 400.0;
/// The most the installed program may weigh.
const MOST_PROGRAM: f64 = 40.0;

/// Weighs both, as they were built.
pub(crate) fn measure() -> Measured {
    let mut files = Vec::new();
    below(Path::new("ui/dist"), &mut files)?;
    let mut packed = 0;
    for file in &files {
        packed += gzipped(file)?;
    }
    ensure!(packed > 0, "no screens are built");
    let screens = Line::at_most("screens, gzipped", packed as f64 / 1e3, MOST_SCREENS, "KB");
    let place = tempfile::tempdir()?;
    let stripped = place.path().join("stripped");
    let program = programs()?.join("lianhu-desktop");
    let ran = Command::new("strip").arg("-o").arg(&stripped).arg(&program).status().context("strip")?;
    ensure!(ran.success(), "{} cannot be stripped; `cargo xtask bench` builds it", program.display());
    let bytes = fs::metadata(&stripped)?.len();
    let app = Line::at_most("the window's program, stripped", bytes as f64 / 1e6, MOST_PROGRAM, "MB");
    Ok(vec![
        screens.noting(format!("{} files, no charts among them", files.len())),
        app.noting("with the screens in it, without the system's web view"),
    ])
}

fn below(place: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(place).with_context(|| place.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() { below(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn gzipped(file: &Path) -> Result<usize> {
    let ran = Command::new("gzip").arg("-c").arg(file).stderr(Stdio::inherit()).output().context("gzip")?;
    ensure!(ran.status.success(), "gzip failed on {}", file.display());
    Ok(ran.stdout.len())
}
