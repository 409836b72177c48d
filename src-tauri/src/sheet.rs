//! A sheet: the page that stands, printed into a file. Windows' own preview of a print saves one under a name that a person
//! chooses; the dialog of GTK leaves an `output.pdf` wherever the program was started, so here the window does it itself.

use lianhu_app::{AppError, Result};
use std::path::Path;
use tauri::AppHandle;

/// Tells the screens that a page can be printed into a file.
#[cfg(target_os = "linux")]
pub(crate) const CAN: &str = "globalThis.__printsSheets = true;";

fn failed() -> AppError {
    let sentence = "PDF 没有存成。请看看“下载”文件夹能不能写、磁盘是不是满了，再试一次；或者点“打印”。".to_owned();
    AppError::File { sentence }
}

/// Prints what stands in the window, as `@media print` has it, on A4 to this path. Of a sheet that fails nothing is left.
#[cfg(target_os = "linux")]
pub(crate) fn print(tauri: &AppHandle, path: &Path) -> Result<()> {
    use std::time::Duration;
    use tauri::Manager;

    /// No sheet takes so long: a web view that says nothing until then has died.
    const LONGEST: Duration = Duration::from_secs(120);

    let uri = gtk::glib::filename_to_uri(path, None).map_err(|_| failed())?;
    let window = tauri.get_webview_window("main").ok_or_else(failed)?;
    let (told, hears) = std::sync::mpsc::channel();
    window.with_webview(move |view| begin(&view.inner(), &uri, told)).map_err(|_| failed())?;
    let done = hears.recv_timeout(LONGEST).unwrap_or(false);
    if done && std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(());
    }
    std::fs::remove_file(path).ok();
    Err(failed())
}

/// Begins to print into the file, and says at the end whether it is there.
#[cfg(target_os = "linux")]
fn begin(view: &webkit2gtk::WebView, uri: &str, told: std::sync::mpsc::Sender<bool>) {
    use gtk::{PageSetup, PaperSize, PrintSettings, Unit};
    use std::cell::Cell;
    use std::rc::Rc;
    use webkit2gtk::PrintOperationExt;

    in_no_list(uri);
    let settings = PrintSettings::new();
    // The printer that is a file bears this name in the language of the system.
    settings.set_printer(&gtk::glib::dgettext(Some("gtk30"), "Print to File"));
    settings.set("output-uri", Some(uri));
    settings.set("output-file-format", Some("pdf"));
    let page = PageSetup::new();
    page.set_paper_size(&PaperSize::new(Some("iso_a4")));
    for set in [PageSetup::set_top_margin, PageSetup::set_bottom_margin] {
        set(&page, 12.0, Unit::Mm);
    }
    for set in [PageSetup::set_left_margin, PageSetup::set_right_margin] {
        set(&page, 10.0, Unit::Mm);
    }
    let operation = webkit2gtk::PrintOperation::new(view);
    operation.set_print_settings(&settings);
    operation.set_page_setup(&page);
    let well = Rc::new(Cell::new(true));
    let badly = well.clone();
    operation.connect_failed(move |_, _| badly.set(false));
    operation.connect_finished(move |_| {
        told.send(well.get()).ok();
    });
    operation.print();
}

/// GTK notes what it printed among the files used lately, where every program reads it: this one is taken out again as soon as it
/// stands there, and nothing else is touched.
#[cfg(target_os = "linux")]
fn in_no_list(uri: &str) {
    use gtk::prelude::RecentManagerExt;

    if let Some(lately) = gtk::RecentManager::default() {
        let uri = uri.to_owned();
        lately.connect_changed(move |lately| {
            if lately.has_item(&uri) {
                lately.remove_item(&uri).ok();
            }
        });
    }
}

/// Elsewhere the system's own dialog does this; the screens do not offer it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn print(_: &AppHandle, _: &Path) -> Result<()> {
    Err(failed())
}
