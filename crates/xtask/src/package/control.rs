//! What a .deb says of itself: its version, what it needs of the system, and what it is.

use std::collections::BTreeSet;

use anyhow::{Context, bail};

/// Which package of Debian brings a library. Newer releases keep these names as provided names.
const BRINGS: [(&str, &str); 17] = [
    ("ld-linux-x86-64.so.2", "libc6"),
    ("ld-linux-aarch64.so.1", "libc6"),
    ("libc.so.6", "libc6"),
    ("libm.so.6", "libc6"),
    ("libgcc_s.so.1", "libgcc-s1"),
    ("libcrypto.so.3", "libssl3"),
    ("libssl.so.3", "libssl3"),
    ("libwebkit2gtk-4.1.so.0", "libwebkit2gtk-4.1-0"),
    ("libjavascriptcoregtk-4.1.so.0", "libjavascriptcoregtk-4.1-0"),
    ("libsoup-3.0.so.0", "libsoup-3.0-0"),
    ("libgtk-3.so.0", "libgtk-3-0"),
    ("libgdk-3.so.0", "libgtk-3-0"),
    ("libgdk_pixbuf-2.0.so.0", "libgdk-pixbuf-2.0-0"),
    ("libcairo.so.2", "libcairo2"),
    ("libgio-2.0.so.0", "libglib2.0-0"),
    ("libgobject-2.0.so.0", "libglib2.0-0"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
];

/// The facts a control file is written from.
#[derive(Debug)]
pub(crate) struct Control {
    /// The version, as dpkg compares it.
    pub(crate) version: String,
    /// Debian's word for the processor.
    pub(crate) architecture: String,
    /// What it takes up when installed, in KiB.
    pub(crate) kilobytes: u64,
    /// What it needs, from [`needs`].
    pub(crate) needs: String,
}

impl Control {
    /// The control file. There is no script in the package: nothing runs when it is installed or removed, and what a
    /// person wrote lies in their own home, which the package knows nothing of.
    pub(crate) fn text(&self) -> String {
        let Self { version, architecture, kilobytes, needs } = self;
        format!(
            "Package: lianhu\nVersion: {version}\nArchitecture: {architecture}\nSection: misc\nPriority: optional\n\
             Maintainer: lianhu <lianhu@localhost>\nInstalled-Size: {kilobytes}\nDepends: {needs}\n\
             Recommends: fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei\n\
             Description: household visits where there is no signal\n \
             山里没信号，也能记下一户人家的事；回到乡镇一次交到县里，一条不丢，只算一次。\n .\n \
             Records are kept in ~/.local/share/cn.lianhu.app and stay there when the package is removed.\n"
        )
    }
}

/// What a program needs of the system, read from what `objdump -p` tells of it. A library nobody has named a package for
/// is an error: it would be missed on the day somebody installs.
pub(crate) fn needs(told: &str) -> anyhow::Result<String> {
    let mut packages = BTreeSet::new();
    let mut libc = (2, 0);
    for line in told.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["NEEDED", library] => {
                let brings = BRINGS.iter().find(|(known, _)| known == library);
                let (_, package) =
                    brings.with_context(|| format!("which package brings {library}? name it in package/control.rs"))?;
                packages.insert(*package);
            }
            [.., version] => {
                if let Some(version) = version.strip_prefix("GLIBC_").and_then(numbers) {
                    libc = libc.max(version);
                }
            }
            [] => {}
        }
    }
    if packages.is_empty() {
        bail!("objdump names no library");
    }
    let named = packages.into_iter().map(|package| match package {
        "libc6" => format!("libc6 (>= {}.{})", libc.0, libc.1),
        other => other.to_owned(),
    });
    Ok(named.collect::<Vec<_>>().join(", "))
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "Dynamic Section:\n  NEEDED               libwebkit2gtk-4.1.so.0\n  NEEDED    libgtk-3.so.0\n\
        \x20 NEEDED   libgdk-3.so.0\n  NEEDED  libcrypto.so.3\n  NEEDED  libc.so.6\nVersion References:\n\
        \x20 required from libc.so.6:\n    0x0 0x00 24 GLIBC_2.9\n    0x0 0x00 25 GLIBC_2.34\n    0x0 0x00 26 GLIBC_2.4\n";

    #[test]
    fn every_library_becomes_the_package_that_brings_it_once() {
        assert_eq!(needs(TOLD).unwrap(), "libc6 (>= 2.34), libgtk-3-0, libssl3, libwebkit2gtk-4.1-0");
    }

    #[test]
    fn a_library_nobody_named_a_package_for_is_an_error() {
        let told = needs("  NEEDED   libnew.so.1\n").unwrap_err().to_string();
        assert!(told.contains("libnew.so.1"), "{told}");
        assert!(needs("nothing").is_err());
    }

    #[test]
    fn the_control_file_is_fields_one_a_line_and_says_where_records_stay() {
        let control = Control {
            version: "0.1.0".to_owned(),
            architecture: "amd64".to_owned(),
            kilobytes: 21_000,
            needs: "libc6".to_owned(),
        };
        let text = control.text();
        for line in text.lines() {
            assert!(line.starts_with(' ') || line.contains(": "), "{line}");
        }
        for field in ["Package: lianhu", "Version: 0.1.0", "Architecture: amd64", "Installed-Size: 21000"] {
            assert!(text.lines().any(|line| line == field), "{field}");
        }
        assert!(text.contains("~/.local/share/cn.lianhu.app and stay there"));
        assert!(text.ends_with('\n'));
    }
}
