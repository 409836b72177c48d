//! The one IPC command. As JSON `{command, args}` it carries out a command of the app; as JSON `{sheet: {what, name}}` it prints
//! the page that stands into a file; as bytes it takes in a workbook, whose name stands percent-encoded in the header `name`.
//! Of the last two it answers where it lies.

use crate::told::{self, Told};
use crate::{Opened, Opening, sheet};
use lianhu_app::{AppError, Command, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tauri::ipc::{InvokeBody, Request};
use tauri::{AppHandle, State};

/// One call, as a screen sends it.
#[derive(Debug, Deserialize)]
struct Called {
    command: String,
    #[serde(default)]
    args: Value,
}

/// A sheet to be printed into a file.
#[derive(Debug, Deserialize)]
struct Sheet {
    /// As [`lianhu_app::App::note_print`] notes it.
    what: String,
    name: String,
}

/// What a screen asks in JSON.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Said {
    Sheet { sheet: Sheet },
    Command(Called),
}

/// What is asked, taken out of a request so that it can be carried out elsewhere.
enum Asked {
    Command(Called),
    Sheet(Sheet),
    Workbook { name: String, bytes: Vec<u8> },
}

/// Carries out one call on a thread of its own: the window goes on drawing meanwhile.
#[tauri::command]
pub(crate) async fn call(
    tauri: AppHandle,
    opening: State<'_, Arc<Opening>>,
    request: Request<'_>,
) -> std::result::Result<Value, Value> {
    let asked = asked(&request);
    let opening = opening.inner().clone();
    let done = tauri::async_runtime::spawn_blocking(move || carry_out(&tauri, &*opening.wait()?, asked?)).await;
    match done {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(error.told()),
        Err(error) => Err(AppError::Bug { detail: error.to_string() }.told()),
    }
}

fn asked(request: &Request<'_>) -> Result<Asked> {
    match request.body() {
        InvokeBody::Json(value) => {
            let said = Said::deserialize(value).map_err(|error| AppError::Bug { detail: format!("call: {error}") })?;
            Ok(match said {
                Said::Sheet { sheet } => Asked::Sheet(sheet),
                Said::Command(called) => Asked::Command(called),
            })
        }
        InvokeBody::Raw(bytes) => {
            let name = request.headers().get("name").map(|name| name.as_bytes()).unwrap_or_default();
            let name = percent_encoding::percent_decode(name).decode_utf8_lossy().into_owned();
            Ok(Asked::Workbook { name, bytes: bytes.clone() })
        }
    }
}

fn carry_out(tauri: &AppHandle, opened: &Opened, asked: Asked) -> Result<Value> {
    match asked {
        Asked::Workbook { name, bytes } => {
            // Behind a locked door nothing is taken in.
            opened.door.app()?;
            opened.files.take_in(&opened.door.home(), &name, &bytes)
        }
        Asked::Sheet(asked) => {
            let path = opened.files.sheet(&asked.name)?;
            // Noted first: behind a locked door and in practice this is refused, and so is the sheet.
            let what = format!("{}_pdf", asked.what);
            carry_out_command(tauri, opened, Command::read("note_print", json!({ "what": what }))?)?;
            sheet::print(tauri, &path)?;
            Ok(json!({ "path": path }))
        }
        Asked::Command(called) => carry_out_command(tauri, opened, Command::read(&called.command, called.args)?),
    }
}

fn carry_out_command(tauri: &AppHandle, opened: &Opened, command: Command) -> Result<Value> {
    let answer = opened.door.call(command);
    let touched = opened.door.take_touched();
    if !touched.is_empty() {
        told::tell(tauri, &Told::touched(touched));
    }
    answer
}
