//! What a Windows program asks of the machine it is started on, read from what `objdump -p` tells of it.

use std::collections::BTreeSet;

use anyhow::{Context, bail};

/// What every Windows since 10 brings along.
const BROUGHT: [&str; 34] = [
    "advapi32.dll",
    "bcrypt.dll",
    "bcryptprimitives.dll",
    "combase.dll",
    "comctl32.dll",
    "comdlg32.dll",
    "crypt32.dll",
    "cryptbase.dll",
    "dwmapi.dll",
    "gdi32.dll",
    "imm32.dll",
    "iphlpapi.dll",
    "kernel32.dll",
    "msvcrt.dll",
    "ncrypt.dll",
    "netapi32.dll",
    "normaliz.dll",
    "ntdll.dll",
    "ole32.dll",
    "oleaut32.dll",
    "propsys.dll",
    "psapi.dll",
    "rpcrt4.dll",
    "secur32.dll",
    "setupapi.dll",
    "shell32.dll",
    "shlwapi.dll",
    "user32.dll",
    "userenv.dll",
    "uxtheme.dll",
    "version.dll",
    "winmm.dll",
    "winspool.drv",
    "ws2_32.dll",
];

/// How a program shows itself when it is started by a double click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// By its own window only.
    Window,
    /// In a terminal.
    Terminal,
}

/// What was read of one program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Imports {
    /// How it is shown.
    pub(crate) shown: Shown,
    /// The libraries it does not start without, in small letters.
    pub(crate) libraries: BTreeSet<String>,
}

/// Reads them; a file that is no 64-bit program for Windows is an error.
pub(crate) fn read(told: &str) -> anyhow::Result<Imports> {
    if !told.contains("file format pei-x86-64") {
        bail!("this is no 64-bit program for Windows");
    }
    let subsystem = told.lines().find_map(|line| line.strip_prefix("Subsystem")).context("no subsystem")?;
    let shown = match subsystem.split_whitespace().next() {
        Some("00000002") => Shown::Window,
        Some("00000003") => Shown::Terminal,
        other => bail!("an unknown subsystem: {other:?}"),
    };
    let names = told.lines().filter_map(|line| line.trim().strip_prefix("DLL Name: "));
    Ok(Imports { shown, libraries: names.map(str::to_lowercase).collect() })
}

impl Imports {
    /// The libraries that neither Windows nor the folder has.
    pub(crate) fn missing(&self, in_folder: &[&str]) -> Vec<&str> {
        let there = |name: &str| {
            BROUGHT.contains(&name)
                || name.starts_with("api-ms-win-")
                || in_folder.iter().any(|file| file.to_lowercase() == name)
        };
        self.libraries.iter().map(String::as_str).filter(|name| !there(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "it.exe:     file format pei-x86-64\n\nSubsystem\t\t00000002\t(Windows GUI)\n\
        \tDLL Name: KERNEL32.dll\n\tDLL Name: api-ms-win-core-synch-l1-2-0.dll\n\tDLL Name: WebView2Loader.dll\n\
        \tDLL Name: libgcc_s_seh-1.dll\n";

    #[test]
    fn a_library_that_neither_windows_nor_the_folder_has_is_noticed() {
        let imports = read(TOLD).unwrap();
        assert_eq!(imports.shown, Shown::Window);
        assert_eq!(imports.missing(&["WebView2Loader.dll"]), ["libgcc_s_seh-1.dll"]);
        assert_eq!(imports.missing(&[]), ["libgcc_s_seh-1.dll", "webview2loader.dll"]);
    }

    #[test]
    fn a_program_for_another_system_is_refused() {
        assert!(read("it:     file format elf64-x86-64\n").is_err());
        assert!(read(&TOLD.replace("00000002", "00000009")).is_err());
        assert_eq!(read(&TOLD.replace("00000002", "00000003")).unwrap().shown, Shown::Terminal);
    }
}
