//! The county's server: program, systemd unit and the steps to follow, in one tarball.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::{VERSION, emptied, notice, program_built, put, put_program, readable, say, shelf, unit};
use crate::program::{Program, root};
use crate::setup::{self, Need};

const PROGRAM: &str = "lianhu-sync-server";

/// Builds, packs and tries it.
pub(crate) fn make() -> anyhow::Result<()> {
    setup::bring(&[Need::Compiler, Need::PkgConfig, Need::Openssl])?;
    let program = program_built::build(PROGRAM)?;
    let name = format!("{PROGRAM}-{VERSION}-linux-{}", std::env::consts::ARCH);
    let place = emptied("server")?.join(&name);
    put_program(&place, PROGRAM, &program, "strip")?;
    put(&place, unit::NAME, unit::TEXT)?;
    put(&place, "README.md", std::fs::read(root().join("docs/server.md"))?)?;
    put(&place, "LICENSE", std::fs::read(root().join("LICENSE"))?)?;
    put(&place, "NOTICE", notice::of(PROGRAM, None, false)?)?;
    readable(&place)?;
    let packed = shelf().join(format!("{name}.tar.gz"));
    let above = shelf().join("server");
    Program::named("tar", words(&above, &packed, &name)).run()?;
    say("server", &packed)?;
    try_out(&packed, &name)
}

/// Owned by root and in one order, so that the same files make the same tarball's list anywhere.
fn words(above: &Path, packed: &Path, name: &str) -> Vec<String> {
    let (above, packed) = (above.display().to_string(), packed.display().to_string());
    ["--owner=0", "--group=0", "--numeric-owner", "--sort=name", "-czf", &packed, "-C", &above, name]
        .map(str::to_owned)
        .to_vec()
}

/// Unpacks it as somebody would and goes through the steps of its README that need no rights: a county is founded, backed
/// up, and restored elsewhere with the same name.
fn try_out(packed: &Path, name: &str) -> anyhow::Result<()> {
    let place = emptied("server-tried")?;
    let text = |path: PathBuf| path.display().to_string();
    Program::named("tar", ["-xzf".to_owned(), text(packed.to_path_buf()), "-C".to_owned(), text(place.clone())])
        .run()?;
    let here = place.join(name);
    for file in [PROGRAM, unit::NAME, "README.md", "LICENSE", "NOTICE"] {
        ensure!(here.join(file).is_file(), "the tarball lacks {file}");
    }
    let server = |words: &[&str]| -> anyhow::Result<Value> {
        let told = Program::named(&text(here.join(PROGRAM)), words.iter().map(|word| (*word).to_owned())).told()?;
        serde_json::from_str(&told).with_context(|| format!("the server answered: {told}"))
    };
    let [data, backup, restored] = ["county", "backup", "restored"].map(|name| text(place.join(name)));
    let founded = server(&["init", "--data", &data, "--county", "411321", "--name", "南召县"])?;
    let paper = founded.get("recovery_key").and_then(Value::as_str).context("no recovery key was printed")?;
    let copied = server(&["backup", "--data", &data, "--out", &backup])?;
    ensure!(
        copied.get("bytes").and_then(Value::as_u64).is_some_and(|bytes| bytes > 0),
        "the backup is empty: {copied}"
    );
    let given = format!("LIANHU_RECOVERY_KEY={paper}");
    let program = text(here.join(PROGRAM));
    for words in [&["--drill", "--from", &backup][..], &["--data", &restored, "--from", &backup]] {
        let words = [&given, &program, "restore"].into_iter().chain(words.iter().copied());
        Program::named("env", words.map(str::to_owned)).told()?;
    }
    verify_unit(&here)?;
    std::fs::remove_dir_all(&place)?;
    println!("server: unpacked; a county was founded, backed up and restored with it");
    Ok(())
}

/// systemd reads the unit, where there is one. The program is named where it lies here: at its own place it is not yet.
fn verify_unit(here: &Path) -> anyhow::Result<()> {
    if !Program::named("systemd-analyze", ["--version"]).answers() {
        println!("server: no systemd here; its unit was not read by it");
        return Ok(());
    }
    let program = here.join(PROGRAM).display().to_string();
    let tried = here.join("tried.service");
    std::fs::write(&tried, unit::TEXT.replace("/usr/local/bin/lianhu-sync-server", &program))?;
    Program::named("systemd-analyze", ["verify".to_owned(), tried.display().to_string()]).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_people_follow_name_what_the_unit_starts() {
        let steps = std::fs::read_to_string(root().join("docs/server.md")).unwrap();
        for named in [unit::NAME, "/usr/local/bin", "/var/lib/lianhu/county", "useradd", "backup", "restore"] {
            assert!(steps.contains(named), "{named}");
        }
        for act in ["init", "enrolment-code", "backup", "restore"] {
            assert!(steps.contains(&format!("lianhu-sync-server {act} ")), "{act}");
        }
    }

    #[test]
    fn nobody_on_the_machine_that_packs_owns_what_is_in_the_tarball() {
        let line = words(Path::new("/a"), Path::new("/b.tar.gz"), "it").join(" ");
        assert!(line.starts_with("--owner=0 --group=0 --numeric-owner"), "{line}");
        assert!(line.ends_with("-czf /b.tar.gz -C /a it"), "{line}");
    }
}
