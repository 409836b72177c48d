//! The door for the county's own office: its errands while the server runs and holds the ledger.
//!
//! The running server listens on a second port of this machine only and writes port and token into a file that only
//! its owner may read; whoever may read the data directory may ask. It works alike wherever the program runs.

use crate::certificate;
use crate::county::County;
use crate::errand::Errand;
use crate::exchange_door::told;
use crate::failure::{Failure, Result};
use crate::home::{Home, OFFICE};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use axum::routing::post;
use lianhu_core::ids::Hash;
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::Machine;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

/// The longest thing asked here, in bytes.
const LONGEST: usize = 256 * 1024;
/// How long the running server may take; behind a large import it can be a while.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where the office's door is, and what opens it.
#[derive(Debug, Serialize, Deserialize)]
struct Address {
    port: u16,
    token: Hash,
}

/// The door of a running server. It is gone from the directory when this is dropped.
#[derive(Debug)]
pub(crate) struct Door {
    home: Home,
    token: Hash,
}

impl Door {
    /// Opens it, on a port of this machine that is free.
    pub(crate) fn open(home: &Home) -> Result<(Self, TcpListener)> {
        let failed = |error| Failure::new("listen", format!("本机端口打不开（{error}）。请再试一次。"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let mut token = Hash::default();
        Machine.fill(&mut token.0);
        let address = Address { port: listener.local_addr().map_err(failed)?.port(), token };
        home.keep(OFFICE, &serde_json::to_vec(&address).unwrap_or_default())?;
        Ok((Self { home: home.clone(), token }, listener))
    }

    /// What can be asked here.
    pub(crate) fn routes(&self, county: County) -> Router {
        Router::new().route("/errand", post(errand)).with_state((county, self.token))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        std::fs::remove_file(self.home.path(OFFICE)).ok();
    }
}

async fn errand(State((county, token)): State<(County, Hash)>, request: Request) -> Response {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(Hash::parse);
    // Hashes are compared, so that the time it takes tells nothing of the token.
    let same = shown.is_some_and(|shown| Hash::of(&[&shown.0]) == Hash::of(&[&token.0]));
    if !same {
        return told(StatusCode::UNAUTHORIZED, &Failure::new("not_allowed", "口令不对。").to_json());
    }
    let busy = || told(StatusCode::SERVICE_UNAVAILABLE, &Failure::new("busy", "服务器正忙，请稍后再试。").to_json());
    let Ok(heard) = county.hear(request.into_body(), LONGEST).await else { return busy() };
    let Ok(wanted) = serde_json::from_slice::<Errand>(&heard.bytes) else {
        return told(StatusCode::BAD_REQUEST, &Failure::new("version", "两个程序版本不一致，请用同一版本。").to_json());
    };
    let fingerprint = county.fingerprint;
    match county.work(move |ledger| wanted.run(ledger, fingerprint)).await {
        Ok(Ok(code)) => told(StatusCode::OK, &code),
        Ok(Err(failure)) => told(StatusCode::BAD_REQUEST, &failure.to_json()),
        Err(_) => busy(),
    }
}

/// Runs an errand: on the ledger itself, or through the server that holds it.
pub(crate) fn send(data: &Path, wanted: &Errand) -> Result<Value> {
    let home = Home::at(data)?;
    match home.open_county() {
        Ok(mut ledger) => wanted.run(&mut ledger, certificate::fingerprint(&home)?),
        Err(failure) if failure.code == "in_use" => ask(&home, wanted).unwrap_or(Err(failure)),
        Err(failure) => Err(failure),
    }
}

/// Asks the running server; nothing when there is none behind this door.
fn ask(home: &Home, wanted: &Errand) -> Option<Result<Value>> {
    let address: Address = serde_json::from_slice(&home.read(OFFICE).ok()?).ok()?;
    let body = serde_json::to_vec(wanted).ok()?;
    let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, address.port)).ok()?;
    line.set_read_timeout(Some(PATIENCE)).ok()?;
    let head = format!(
        "POST /errand HTTP/1.1\r\nhost: localhost\r\nauthorization: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        address.token,
        body.len()
    );
    line.write_all(head.as_bytes()).ok()?;
    line.write_all(&body).ok()?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let told: Value = serde_json::from_str(body).ok()?;
    if head.split(' ').nth(1) == Some("200") {
        return Some(Ok(told));
    }
    let sentence = told.get("message").and_then(Value::as_str)?.to_owned();
    let known = ["person", "place", "household", "entry", "code", "disk_full", "busy", "version", "not_allowed"];
    let code = known.into_iter().find(|code| told.get("code").and_then(Value::as_str) == Some(*code));
    Some(Err(Failure { code: code.unwrap_or("ledger"), sentence }))
}
