//! The Windows programs that have no window, tried under wine where it is installed: the whole story of the demo, from a
//! hillside to the county's report. It shows that they start, keep what they are told and answer; not that Windows agrees.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::ensure;

use super::{emptied, put};
use crate::demo::{self, Programs};
use crate::program::Program;

/// Where wine may be: as somebody installed it, or where Debian keeps its 64-bit half.
const WINES: [&str; 3] = ["wine", "wine64", "/usr/lib/wine/wine64"];

/// The source of chance every Windows since 8 has, for a wine too old to have it. It lies beside the trial, never in the
/// folder.
const CHANCE: &str = "#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T bytes) { return SystemFunction036(to, (ULONG)bytes); }
";

/// Asks what the programs do, then plays the story with them.
pub(crate) fn try_out(place: &Path) -> anyhow::Result<()> {
    let Some(wine) = WINES.into_iter().find(|wine| Program::named(wine, ["--version"]).answers()) else {
        println!("windows: no wine here, so nothing of it was run");
        return Ok(());
    };
    let room = emptied("wine")?;
    put(&room, "chance.c", CHANCE)?;
    let [source, library] = ["chance.c", "bcryptprimitives.dll"].map(|name| room.join(name).display().to_string());
    let words = ["-shared", "-o", &library, &source, "-ladvapi32"];
    Program::named("x86_64-w64-mingw32-gcc", words.map(str::to_owned)).run()?;
    let programs = Programs {
        lianhu: started_by(wine, &room, &place.join("lianhu.exe"))?,
        server: started_by(wine, &room, &place.join("lianhu-sync-server.exe"))?,
    };
    for program in [&programs.lianhu, &programs.server] {
        let name = program.display().to_string();
        ensure!(Program::named(&name, ["--help"]).told()?.contains("Usage: "), "{name} does not say what it does");
    }
    let awake = Awake::keep(&programs.lianhu, &room)?;
    drop(demo::tell(programs, None)?);
    drop(awake);
    std::fs::remove_dir_all(&room)?;
    println!("windows: under wine the story of the demo was played, with the server and the commands of this folder");
    Ok(())
}

/// A program that stays open. Without one wine shuts its own services down between two commands, and the next command
/// starts them with its own output in their hands: killed, it would seem to go on speaking.
struct Awake(Child);

impl Awake {
    fn keep(lianhu: &Path, room: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(lianhu);
        command.arg("--home").arg(room.join("awake")).arg("serve");
        Ok(Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A program of this system that becomes the other one, so that it can be started, fed and killed like any.
fn started_by(wine: &str, room: &Path, program: &Path) -> anyhow::Result<PathBuf> {
    let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    put(room, &name, starter(wine, room, program))?;
    let path = room.join(name);
    Program::named("chmod", ["755".to_owned(), path.display().to_string()]).run()?;
    Ok(path)
}

fn starter(wine: &str, room: &Path, program: &Path) -> String {
    let (room, program) = (room.display(), program.display());
    format!(
        "#!/bin/sh\nexport WINEPREFIX='{room}/prefix' WINEPATH='{room}' WINEDEBUG=-all DISPLAY= LC_ALL=C.UTF-8\n\
         exec {wine} '{program}' \"$@\"\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_killed_is_the_program_itself_and_its_words_reach_it_whole() {
        let text = starter("wine64", Path::new("/room"), Path::new("/a place/it.exe"));
        assert!(text.ends_with("\nexec wine64 '/a place/it.exe' \"$@\"\n"), "{text}");
        assert!(text.contains("WINEPREFIX='/room/prefix'"), "{text}");
    }
}
