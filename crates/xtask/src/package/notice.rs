//! The notice a package carries: our licence, and whose works are built into it under which licences, with their texts.

use std::collections::BTreeMap;

use super::parts::{self, Part};
use crate::program::root;

/// The notice of one program for one system, with the screens if it shows them.
pub(crate) fn of(program: &str, system: Option<&str>, screens: bool) -> anyhow::Result<String> {
    let mut all = parts::crates(program, system)?;
    if screens {
        all.extend(parts::screens()?);
    }
    Ok(text(&std::fs::read_to_string(root().join("LICENSE"))?, &all))
}

fn text(licence: &str, parts: &[Part]) -> String {
    let mut text = format!(
        "lianhu is licensed under the Apache License 2.0, whose text follows. The works of others in it follow after that.\n\n\
         {licence}\n\nWORKS UNDER THE MOZILLA PUBLIC LICENSE 2.0, used unchanged; their source is at the address beside each:\n\n"
    );
    for part in parts.iter().filter(|part| part.is_bound_by_mpl()) {
        let Part { name, version, .. } = part;
        text.push_str(&format!("  {name} {version}  https://crates.io/crates/{name}/{version}\n"));
    }
    text.push_str("\nALL WORKS OF OTHERS\n\n");
    for Part { name, version, licence, .. } in parts {
        text.push_str(&format!("  {name} {version}  {licence}\n"));
    }
    let mut whose: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for part in parts {
        for text in &part.texts {
            whose.entry(text).or_default().push(&part.name);
        }
    }
    for (licence, names) in whose {
        text.push_str(&format!("\n{}\n{}:\n\n{licence}\n", "-".repeat(80), names.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, licence: &str, text: &str) -> Part {
        Part {
            name: name.to_owned(),
            version: "1.2".to_owned(),
            licence: licence.to_owned(),
            texts: vec![text.to_owned()],
        }
    }

    #[test]
    fn works_under_the_mpl_are_named_with_where_their_source_is() {
        let told = text("OURS", &[part("selectors", "MPL-2.0", "mpl"), part("serde", "MIT OR Apache-2.0", "mit")]);
        assert!(told.contains("OURS"));
        assert!(told.contains("  selectors 1.2  https://crates.io/crates/selectors/1.2\n"), "{told}");
        assert!(!told.contains("crates.io/crates/serde"), "{told}");
    }

    #[test]
    fn a_licence_many_share_is_printed_once_and_names_them_all() {
        let told = text("OURS", &[part("one", "MIT", "the words"), part("two", "MIT", "the words")]);
        assert_eq!(told.matches("the words").count(), 1, "{told}");
        assert!(told.contains("\none, two:\n"), "{told}");
    }
}
