//! The folder for an office's Windows computer: the window, the commands, the server, and a zip of them. It is built here
//! with mingw-w64. Nothing here can show its window; the programs without one are tried under wine where it is installed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::imports::{self, Imports, Shown};
use super::{VERSION, emptied, megabytes, notice, program_built, put, put_program, say, shelf, wine};
use crate::program::{Program, root};
use crate::screens;
use crate::setup::{self, Need};

/// Windows on the processors offices have, built by mingw-w64.
const SYSTEM: &str = "x86_64-pc-windows-gnu";
/// What the window finds the system's web view through; it has to lie beside the program.
const LOADER: &str = "WebView2Loader.dll";
/// The most the window's program may take up.
const MOST_BYTES: u64 = 40_000_000;
/// What is built, and whether it shows a window or speaks in a terminal.
const PROGRAMS: [(&str, Shown); 3] =
    [("lianhu-desktop", Shown::Window), ("lianhu", Shown::Terminal), ("lianhu-sync-server", Shown::Terminal)];

/// Builds it, lays it out, looks at what was built, packs it and tries what can be tried.
pub(crate) fn make() -> anyhow::Result<()> {
    setup::bring(&Need::WINDOWS)?;
    Program::named("rustup", ["target", "add", SYSTEM]).run()?;
    screens::build()?;
    let name = format!("lianhu-windows-{VERSION}");
    let place = emptied(&name)?;
    let built = program_built::build_together(&PROGRAMS.map(|(program, _)| program), Some(SYSTEM))?;
    for ((program, _), built) in PROGRAMS.iter().zip(&built) {
        put_program(&place, &format!("{program}.exe"), built, "x86_64-w64-mingw32-strip")?;
    }
    let beside = built.first().and_then(|program| program.parent()).context("nothing was built")?;
    put(&place, LOADER, fs::read(beside.join(LOADER)).context(LOADER)?)?;
    put(&place, "README.txt", for_notepad(&fs::read_to_string(root().join("docs/windows.md"))?))?;
    put(&place, "LICENSE.txt", for_notepad(&fs::read_to_string(root().join("LICENSE"))?))?;
    put(&place, "NOTICE.txt", for_notepad(&notice::of("lianhu-desktop", Some(SYSTEM), true)?))?;
    look_at(&place)?;
    let packed = zip(&place, &name)?;
    say("windows", &packed)?;
    wine::try_out(&place)?;
    println!("windows: the window itself was not opened: there is no Windows here");
    Ok(())
}

/// Holds every program against what it should be: for this Windows, shown as meant, wanting nothing that is not there.
fn look_at(place: &Path) -> anyhow::Result<()> {
    for (program, shown) in PROGRAMS {
        let path = place.join(format!("{program}.exe"));
        let asked = ["-p".to_owned(), path.display().to_string()];
        let imports = imports::read(&Program::named("x86_64-w64-mingw32-objdump", asked).told()?)?;
        ensure!(imports.shown == shown, "{program} is shown as {:?}", imports.shown);
        let missing = imports.missing(&[LOADER]);
        ensure!(missing.is_empty(), "{program} wants {missing:?}, which neither Windows nor the folder has");
        let Imports { libraries, .. } = imports;
        let bytes = fs::metadata(&path)?.len();
        println!("windows: {program}.exe is {}; it wants {} libraries, all there", megabytes(bytes), libraries.len());
        ensure!(bytes <= MOST_BYTES, "{program} is larger than {}", megabytes(MOST_BYTES));
    }
    Ok(())
}

/// A text as Windows' own editor shows it, on old machines too: marked as Unicode, its lines ended the long way.
fn for_notepad(text: &str) -> String {
    format!("\u{feff}{}", text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

/// Packs the folder, so that it can be handed on as one file.
fn zip(place: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let path = shelf().join(format!("{name}.zip"));
    let mut zip = zip::ZipWriter::new(fs::File::create(&path)?);
    let mut files = fs::read_dir(place)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for file in files {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(format!("{name}/{}", file.file_name().to_string_lossy()), options)?;
        zip.write_all(&fs::read(file.path())?)?;
    }
    zip.finish()?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_editor_sees_chinese_and_line_ends() {
        assert_eq!(for_notepad("一\n二\r\n"), "\u{feff}一\r\n二\r\n");
    }

    #[test]
    fn the_steps_people_follow_name_every_program_of_the_folder() {
        let steps = fs::read_to_string(root().join("docs/windows.md")).unwrap();
        for (program, _) in PROGRAMS {
            assert!(steps.contains(&format!("`{program}.exe`")), "{program}");
        }
        assert!(steps.contains(LOADER) && steps.contains("%LOCALAPPDATA%\\cn.lianhu.app"));
    }
}
