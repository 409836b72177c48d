//! An empty window: the same frame, policy and permissions as the real one, and a page with nothing on it but its colour.
//! What it takes to open is what Tauri and the system's web view take; the bench holds the real window against it.

use std::borrow::Cow;
use std::process::ExitCode;
use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::{Assets, Runtime, WebviewUrl, WebviewWindowBuilder};

const PAGE: &str =
    "<!doctype html><html lang=\"zh-CN\" style=\"height: 100%; background: #145c41\"><title>空</title></html>";

/// The one page, in place of the screens.
struct Empty;

impl<R: Runtime> Assets<R> for Empty {
    fn get(&self, _: &AssetKey) -> Option<Cow<'_, [u8]>> {
        Some(Cow::Borrowed(PAGE.as_bytes()))
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::once((Cow::Borrowed("index.html"), Cow::Borrowed(PAGE.as_bytes()))))
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}

fn main() -> ExitCode {
    match open() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_types, reason = "what the macro makes of the configuration, not ours")]
fn open() -> tauri::Result<()> {
    let mut context = tauri::generate_context!();
    drop(context.set_assets(Box::new(Empty)));
    tauri::Builder::default()
        .setup(|tauri| {
            let window = WebviewWindowBuilder::new(tauri, "main", WebviewUrl::default());
            window.title("空").inner_size(1280.0, 800.0).min_inner_size(320.0, 480.0).center().build()?;
            Ok(())
        })
        .run(context)
}
