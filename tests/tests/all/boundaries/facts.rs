//! Every fact that is stored says why and on what ground, and every word of the glossary is a word of the code
//! (domain.md §5 L01).

use super::{code, sources, text, words};
use lianhu_core::field::{FIELDS, Of};
use std::collections::BTreeSet;

/// The rows of the tables of a document: the cells, trimmed.
fn rows(document: &str) -> Vec<Vec<String>> {
    let lines =
        document.lines().filter(|line| line.starts_with('|') && !line.starts_with("|-") && !line.starts_with("| --"));
    lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// What stands between backticks in a cell.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_fact_names_its_purpose_and_its_ground() {
    for field in FIELDS {
        assert!(!field.purpose.trim().is_empty(), "{} ({}) says not why it is held", field.key, field.label);
        assert!(field.basis.contains("个保法"), "{} ({}) names no legal ground", field.key, field.label);
    }
}

#[test]
fn every_fact_stands_in_the_glossary_with_its_purpose() {
    let rows = rows(&text("docs/glossary.md"));
    for field in FIELDS {
        let key = match field.of {
            Of::Household => format!("`{}`", field.key),
            Of::Person => format!("`person/…/{}`", field.key),
        };
        let row = rows.iter().find(|row| row.contains(&key));
        let row = row.unwrap_or_else(|| panic!("docs/glossary.md: a row for {key}, {}", field.label));
        assert!(row.iter().any(|cell| cell == field.label), "docs/glossary.md: {key} is called {}", field.label);
        assert!(row.iter().any(|cell| cell == field.purpose), "docs/glossary.md: {key} is for: {}", field.purpose);
        let class = format!("{:?}", field.class);
        assert!(row.contains(&class), "docs/glossary.md: {key} is of class {class}");
    }
    let known: BTreeSet<String> =
        FIELDS
            .iter()
            .map(|field| {
                if field.of == Of::Person { format!("`person/…/{}`", field.key) } else { format!("`{}`", field.key) }
            })
            .collect();
    let facts = rows.iter().filter(|row| row.len() == 5 && row[3].len() == 2 && row[3].starts_with('P'));
    for row in facts {
        assert!(known.contains(&row[1]), "docs/glossary.md: no fact {} is stored", row[1]);
    }
}

#[test]
fn every_word_of_the_glossary_is_a_word_of_the_code() {
    let glossary = text("docs/glossary.md");
    let mut known = BTreeSet::new();
    for (file, source) in sources() {
        if !file.starts_with("tests/") {
            known.extend(words(&code(&source)).map(str::to_owned));
        }
    }
    let mut looked_at = 0;
    for row in rows(&glossary).iter().filter(|row| row.len() == 4) {
        for word in words(&quoted(&row[1]).join(" ")) {
            looked_at += 1;
            assert!(known.contains(word), "docs/glossary.md: no code says `{word}` (row {})", row[0]);
        }
        for file in quoted(&row[3]) {
            assert!(super::root().join(file).exists(), "docs/glossary.md: there is no {file} (row {})", row[0]);
        }
    }
    assert!(looked_at > 30, "the glossary has only {looked_at} words");
}

#[test]
fn every_file_that_the_documents_name_is_there() {
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/exchange.md", "docs/state.md"] {
        let told = text(document);
        for word in quoted(&told) {
            let path = word.split("::").next().unwrap_or_default();
            let is_file =
                path.contains('/') && [".rs", ".md", ".sql", ".ts", ".toml"].iter().any(|end| path.ends_with(end));
            if is_file && !path.contains(['*', '<', ' ', '…', '{']) {
                assert!(super::root().join(path).is_file(), "{document} names {path}, which is not there");
            }
        }
    }
}
