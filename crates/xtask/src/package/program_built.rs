//! A program of the project, built as it is given to people.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;

use crate::program::Program;

/// Builds it for this system and asks cargo where it put it.
pub(crate) fn build(name: &str) -> anyhow::Result<PathBuf> {
    build_together(&[name], None)?.pop().with_context(|| format!("{name} was not built"))
}

/// Builds some at once, so that what they share is compiled once; for another system if one is named.
pub(crate) fn build_together(names: &[&str], system: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
    let program = asked(names, system);
    println!("building: {}", program.line());
    let told = program.told()?;
    let place = |name: &&str| find(&told, name).with_context(|| format!("cargo does not say where {name} is"));
    names.iter().map(place).collect()
}

fn asked(names: &[&str], system: Option<&str>) -> Program {
    let words = ["build", "--release", "--message-format=json-render-diagnostics"];
    let named = names.iter().flat_map(|name| ["-p", name, "--bin", name]);
    let of_system = system.map(|system| ["--target", system]).into_iter().flatten();
    Program::cargo(words.into_iter().chain(named).chain(of_system))
}

fn find(told: &str, name: &str) -> Option<PathBuf> {
    let artifacts = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut of_it = artifacts.filter(|line| line.pointer("/target/name").and_then(Value::as_str) == Some(name));
    of_it.find_map(|line| Some(PathBuf::from(line.get("executable")?.as_str()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_where_cargo_says_even_behind_its_library() {
        let told = "{\"target\":{\"name\":\"it\"},\"executable\":null}\nnoise\n\
                    {\"target\":{\"name\":\"other\"},\"executable\":\"/other\"}\n\
                    {\"target\":{\"name\":\"it\"},\"executable\":\"/there/it\"}\n";
        assert_eq!(find(told, "it"), Some(PathBuf::from("/there/it")));
        assert_eq!(find(told, "third"), None);
    }

    #[test]
    fn another_system_is_asked_of_cargo() {
        assert!(asked(&["it"], Some("far-away")).line().ends_with("-p it --bin it --target far-away"));
    }
}
