//! The rules of the house, held against the tree itself: which crate may know which, how a file begins, what no library
//! may touch, why every fact is held, under which licences this is built.

mod arrows;
mod facts;
mod files;
mod licences;
mod private;
mod pure;
mod sentences;
mod stories;
mod variants;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie within the project").to_owned()
}

/// A text file of the project.
pub(crate) fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file that git knows or would take in, as a path from the root. A tree without git is walked.
pub(crate) fn tracked() -> Vec<String> {
    let known = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(known).current_dir(root()).output();
    let mut files: Vec<String> = match listed {
        Ok(listed) if listed.status.success() => {
            String::from_utf8_lossy(&listed.stdout).lines().map(str::to_owned).collect()
        }
        _ => walk(&root()),
    };
    files.retain(|file| root().join(file).is_file());
    files.sort_unstable();
    files.dedup();
    assert!(files.len() > 100, "only {} files were found", files.len());
    files
}

fn walk(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the project").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let inside = path.strip_prefix(root()).expect("inside the project").to_string_lossy().replace('\\', "/");
        if path.is_file() {
            files.push(inside);
        } else if !["target", "node_modules", ".git"].contains(&&*name.to_string_lossy()) {
            files.extend(walk(&path));
        }
    }
    files
}

/// Every Rust file, with its text.
pub(crate) fn sources() -> Vec<(String, String)> {
    let rust = tracked().into_iter().filter(|file| file.ends_with(".rs"));
    rust.map(|file| (text(&file), file)).map(|(text, file)| (file, text)).collect()
}

/// What of a source file is code: neither comment nor the tests at its end.
pub(crate) fn code(source: &str) -> String {
    let code = source.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The words of a text: runs of letters, digits and underscores.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
