//! `lianhu serve`: the same screens in a browser on this machine, behind a token that is printed once. Only the loopback
//! is listened on; a page of another site cannot ask, for it knows neither the token nor may it name another host.

mod events;
mod files;
mod leaving;
mod screens;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use events::Event;
use leaving::Asked;
use lianhu_app::{AppError, Command, Door, SystemKeystore};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, Sender};

/// The largest workbook taken from a browser.
const LARGEST_FILE: usize = 200 * 1024 * 1024;
/// Events kept for a slow browser; one that missed some asks anew.
const EVENTS: usize = 256;

/// What every request is answered from.
#[derive(Clone)]
struct Serving {
    door: Arc<Door>,
    events: Sender<Event>,
    asked: Arc<Asked>,
    token: Arc<str>,
}

/// One call, as a screen sends it.
#[derive(Debug, Deserialize)]
struct Called {
    command: String,
    #[serde(default)]
    args: serde_json::Value,
}

/// Serves until it is interrupted. Prints the address with the token as soon as it listens.
pub(crate) fn serve(
    home: PathBuf,
    listen: SocketAddr,
    away: Duration,
    pin: Option<String>,
) -> Result<String, AppError> {
    if !listen.ip().is_loopback() {
        return Err(AppError::File {
            sentence: "只能在本机地址上打开（127.0.0.1）。请改好 --listen 再试。".to_owned(),
        });
    }
    let (events, _) = broadcast::channel(EVENTS);
    let steps = events.clone();
    let watch = move |step| {
        steps.send(Event::Step(step)).ok();
    };
    let door = Door::of(&home, Arc::new(lianhu_app::Machine), Box::new(SystemKeystore), Box::new(watch))?;
    crate::pin::open(&door, pin)?;
    let token = lianhu_app::token(&lianhu_app::Machine);
    let serving = Serving { door: Arc::new(door), events, asked: Arc::new(Asked::now()), token: token.as_str().into() };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        let at = listener.local_addr()?;
        println!("http://{at}/?token={token}");
        tokio::spawn(leaving::lock_when_left(serving.clone(), away));
        axum::serve(listener, router(serving)).with_graceful_shutdown(interrupted()).await
    })?;
    Ok("null".to_owned())
}

async fn interrupted() {
    tokio::signal::ctrl_c().await.ok();
}

fn router(serving: Serving) -> Router {
    let behind_token = Router::new()
        .route("/call", post(call))
        .route("/events", get(events::stream))
        .route("/file/{name}", post(files::take_in).get(files::give_out))
        .layer(DefaultBodyLimit::max(LARGEST_FILE))
        .layer(middleware::from_fn_with_state(serving.clone(), with_token));
    behind_token.fallback(screens::screen).layer(middleware::from_fn(only_loopback)).with_state(serving)
}

/// Refuses names other than the loopback's: a page elsewhere that points its own name here gets nothing.
async fn only_loopback(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        return (StatusCode::MISDIRECTED_REQUEST, "only 127.0.0.1").into_response();
    }
    next.run(request).await
}

async fn with_token(State(serving): State<Serving>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let given = headers.get("x-lianhu-token").map(|token| token.as_bytes()).unwrap_or_default();
    if !same(given, serving.token.as_bytes()) {
        return (StatusCode::UNAUTHORIZED, "wrong token").into_response();
    }
    next.run(request).await
}

/// Compares without telling by its time how much fits.
fn same(given: &[u8], token: &[u8]) -> bool {
    given.len() == token.len() && given.iter().zip(token).fold(0, |found, (a, b)| found | (a ^ b)) == 0
}

async fn call(State(serving): State<Serving>, body: Bytes) -> Response {
    let done = tokio::task::spawn_blocking(move || carry_out(&serving, &body)).await;
    match done {
        Ok(Ok(answer)) => json(StatusCode::OK, &answer),
        Ok(Err(error)) => refused(&error),
        Err(error) => refused(&AppError::Bug { detail: error.to_string() }),
    }
}

fn carry_out(serving: &Serving, body: &[u8]) -> Result<serde_json::Value, AppError> {
    let called: Called =
        serde_json::from_slice(body).map_err(|error| AppError::Bug { detail: format!("call: {error}") })?;
    // To ask whether it is locked does not keep it open.
    if called.command != "lock_state" {
        serving.asked.again();
    }
    let answer = serving.door.call(Command::read(&called.command, called.args)?);
    let touched = serving.door.take_touched();
    if !touched.is_empty() {
        serving.events.send(Event::Changed(touched)).ok();
    }
    answer
}

fn refused(error: &AppError) -> Response {
    json(StatusCode::UNPROCESSABLE_ENTITY, &error.told())
}

fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], value.to_string())
        .into_response()
}
