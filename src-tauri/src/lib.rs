//! The window: the screens of `ui`, one IPC command that carries out a command of [`lianhu_app`], one event that tells
//! what changed. Everything else of the machine stays out of the screens' reach.

mod call;
mod home;
mod sheet;
mod told;

use lianhu_app::{AppError, Door, SystemKeystore};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use tauri::window::Color;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use told::Told;

/// What the one IPC command answers from.
pub(crate) struct Opened {
    door: Door,
    /// Where workbooks handed in wait, and where written ones are left for the person.
    files: home::Files,
}

/// What the one IPC command waits for while the window already comes up.
#[derive(Default)]
pub(crate) struct Opening(OnceLock<Result<Arc<Opened>, AppError>>);

impl Opening {
    /// The open door, as soon as there is one, or why there is none.
    pub(crate) fn wait(&self) -> Result<Arc<Opened>, AppError> {
        self.0.wait().clone()
    }
}

/// Where a phone's system begins.
#[cfg(mobile)]
#[tauri::mobile_entry_point]
fn begin() {
    run();
}

/// Opens the window and stays until it is closed. What could not be opened is told in a window too: on a phone and in an
/// office nobody reads a terminal.
pub fn run() -> ExitCode {
    match window() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_types, reason = "what the macro makes of the configuration, not ours")]
fn window() -> tauri::Result<()> {
    let context = tauri::generate_context!();
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![call::call])
        .setup(|tauri| {
            let opening = Arc::new(Opening::default());
            tauri.manage(opening.clone());
            let handle = tauri.handle().clone();
            // The ledger opens while the system makes the window.
            std::thread::spawn(move || {
                let opened = catch_unwind(AssertUnwindSafe(|| open(&handle)));
                let bug = |_| Err(AppError::Bug { detail: "open".to_owned() });
                opening.0.set(opened.unwrap_or_else(bug)).ok();
            });
            show(tauri.handle())?;
            Ok(())
        })
        .run(context)
}

/// Opens the ledger. If it does not open, the screens are told why when they ask, in the words they have for it.
fn open(tauri: &AppHandle) -> Result<Arc<Opened>, AppError> {
    let handle = tauri.clone();
    let watch = move |step| told::tell(&handle, &Told::step(step));
    let home = home::find(tauri)?;
    let (around, keystore) = (Arc::new(lianhu_app::Machine), Box::new(SystemKeystore));
    let door = Door::of(&home, around, keystore, Box::new(watch))?;
    Ok(Arc::new(Opened { door, files: home::Files::of(tauri, &home) }))
}

/// The colour on which the screens are drawn (`ground.css`): no white flash before them.
const GROUND: Color = Color(0xf2, 0xf4, 0xf2, 0xff);

fn show(tauri: &AppHandle) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(tauri, "main", WebviewUrl::default()).background_color(GROUND);
    #[cfg(desktop)]
    let window = window.title("联户").inner_size(1280.0, 800.0).min_inner_size(320.0, 480.0).center();
    #[cfg(target_os = "linux")]
    let window = window.initialization_script(sheet::CAN);
    #[cfg(debug_assertions)]
    let window = window.initialization_script(KEEP_TROUBLES);
    window.build()
}

/// In a window built for trying out, what went wrong in the page is kept for whoever tries it.
#[cfg(debug_assertions)]
const KEEP_TROUBLES: &str = "
    globalThis.__troubles = [];
    // A notice, no error: what did not fit into one frame is told in the next.
    const notice = 'ResizeObserver loop completed';
    const keep = (what) => String(what).startsWith(notice) || globalThis.__troubles.push(String(what).slice(0, 300));
    addEventListener('error', (event) => keep(event.message ?? event.target?.src ?? event));
    addEventListener('unhandledrejection', (event) => keep(event.reason?.code ?? event.reason));
    addEventListener('securitypolicyviolation', (event) => keep(`${event.violatedDirective} ${event.blockedURI}`));
    const error = console.error;
    console.error = (...words) => { keep(words.join(' ')); error(...words); };
";
