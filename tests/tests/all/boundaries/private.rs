//! What no file of the project may give away: where it was made, through which mirror, by whom.

use super::{root, tracked};

/// Where letters may go: names that belong to nobody.
const NOBODY: [&str; 4] = ["example.com", "example.org", "example.cn", "example"];

fn texts() -> Vec<(String, String)> {
    let read = |file: String| Some((std::fs::read_to_string(root().join(&file)).ok()?, file));
    tracked().into_iter().filter_map(read).map(|(text, file)| (file, text)).collect()
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let folders: Vec<String> =
        ["work", "root", "home", "tmp", "Users"].iter().map(|name| format!("/{name}/")).collect();
    for (file, text) in texts() {
        for (at, line) in text.lines().enumerate() {
            for folder in &folders {
                // The same within a longer path is somebody else's business: a dependency's address, a relative path.
                let starts = line.match_indices(folder.as_str()).any(|(place, _)| {
                    let before = line[..place].chars().next_back();
                    before.is_none_or(|before| !before.is_alphanumeric() && !"._-}/*".contains(before))
                });
                assert!(!starts, "{file}:{} names {folder}, which is a place on one machine", at + 1);
            }
        }
    }
}

#[test]
fn no_file_names_a_registry_but_the_public_ones() {
    let public = ["github.com", "registry.npmjs.org", "crates.io", "static.crates.io", "index.crates.io"];
    let telling = ["registry", "mirror", "artifact", "nexus", "jfrog", "pypi", "npmmirror", "rsproxy", "goproxy"];
    for (file, text) in texts() {
        for address in text.split("://").skip(1) {
            let host: String = address.chars().take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).collect();
            let tells = telling.iter().any(|word| host.contains(word));
            assert!(!tells || public.contains(&host.as_str()), "{file} names the registry {host}");
        }
        let source = text.lines().filter(|line| line.starts_with("source = "));
        for line in source.filter(|_| file == "Cargo.lock") {
            assert!(line.contains("registry+https://github.com/rust-lang/crates.io-index"), "Cargo.lock: {line}");
        }
    }
}

#[test]
fn no_file_holds_somebodys_address() {
    for (file, text) in texts() {
        if file.ends_with("package-lock.json") {
            continue;
        }
        for (place, _) in text.match_indices('@') {
            let name = text[..place].chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric());
            let host: String =
                text[place + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).collect();
            let host = host.trim_end_matches('.');
            let is_host = host.split_once('.').is_some_and(|(first, rest)| {
                !first.is_empty() && rest.len() > 1 && rest.chars().all(|c| c.is_ascii_alphabetic() || c == '.')
            });
            assert!(!(name && is_host) || NOBODY.contains(&host), "{file} holds an address at {host}");
        }
    }
}
