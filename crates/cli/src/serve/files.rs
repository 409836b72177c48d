//! Workbooks to and from a browser, which knows no paths: they pass through a directory of this home.

use super::{Serving, json};
use axum::body::Bytes;
use axum::extract::{Path as Named, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use lianhu_app::workbook_file;
use std::path::PathBuf;

fn place(serving: &Serving, name: &str) -> Option<PathBuf> {
    Some(serving.door.home().join(workbook_file::HANDED_IN).join(workbook_file::plain(name).ok()?))
}

/// Keeps a file under its name and says where.
pub(super) async fn take_in(State(serving): State<Serving>, Named(name): Named<String>, body: Bytes) -> Response {
    if let Err(locked) = serving.door.app() {
        return super::refused(&locked);
    }
    let Some(path) = place(&serving, &name) else { return StatusCode::BAD_REQUEST.into_response() };
    let kept = tokio::task::spawn_blocking(move || {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        // An empty body asks only where a file of this name would lie.
        if !body.is_empty() {
            std::fs::write(&path, &body)?;
        }
        std::path::absolute(path)
    });
    match kept.await {
        Ok(Ok(path)) => json(StatusCode::OK, &serde_json::json!({ "path": path })),
        Ok(Err(error)) => super::refused(&error.into()),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Gives a file out and lets it go: what was exported does not stay lying about.
pub(super) async fn give_out(State(serving): State<Serving>, Named(name): Named<String>) -> Response {
    if let Err(locked) = serving.door.app() {
        return super::refused(&locked);
    }
    let Some(path) = place(&serving, &name) else { return StatusCode::BAD_REQUEST.into_response() };
    let read = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(&path)?;
        std::fs::remove_file(&path)?;
        Ok::<_, std::io::Error>(bytes)
    });
    match read.await {
        Ok(Ok(bytes)) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
