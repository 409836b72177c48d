//! The door for devices: enrolment, exchange, proof. Answers carry as few bytes as they can; the log has one line for
//! each exchange, with ids and counts, never with names or numbers of people.

use crate::county::{County, Heard, Refused, Unheard};
use crate::metrics::Metrics;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use lianhu_core::enrolment_code::EnrolmentCode;
use lianhu_core::hub::HubError;
use lianhu_core::ids::{DeviceId, Signature};
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::{Answered, Enrolling, Machine, NotEnrolled, ProofOf};
use serde::Serialize;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Instant;

/// The longest exchange request, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;
/// The longest enrolment request, in bytes.
const LONGEST_ENROLMENT: usize = 4 * 1024;

/// The routes for devices.
pub(crate) fn routes(county: County) -> Router {
    Router::new()
        .route("/v1/exchange", post(exchange))
        .route("/v1/enroll", post(enroll))
        .route("/v1/proof", get(proof))
        .route("/v1/recover", post(recover))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/metrics", get(metrics))
        .with_state(county)
}

async fn exchange(State(county): State<County>, request: Request) -> Response {
    let began = Instant::now();
    let (came, answered) = match county.hear(request.into_body(), LONGEST).await {
        Ok(heard) => (heard.bytes.len(), county.answer(heard).await),
        Err(unheard) => (0, Err(unheard.into())),
    };
    let took = began.elapsed().as_millis();
    match answered {
        Ok(answered) => {
            county.metrics.answered(&answered, came, began.elapsed());
            let Answered { frame, device, kept, had, aside, sent, enrolled, forked } = answered;
            let device = device.map(|device| device.to_string()).unwrap_or_default();
            let out = frame.len();
            let forked = if forked { " forked" } else { "" };
            for _ in 0..enrolled {
                county.metrics.enrolled();
                log("enrolled by file");
            }
            log(&format!(
                "exchange device={device} kept={kept} had={had} aside={aside} sent={sent} in={came} out={out} ms={took}{forked}"
            ));
            Response::new(Body::from(frame))
        }
        Err(refused) => {
            county.metrics.refused();
            let status = status(refused);
            log(&format!("exchange refused={} in={came} ms={took}", status.as_u16()));
            empty(status)
        }
    }
}

async fn enroll(
    State(county): State<County>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let address = from.ip().to_canonical();
    if !county.limits.may_enrol(address, Instant::now()) {
        return told(StatusCode::TOO_MANY_REQUESTS, &json!({ "code": "slow_down" }));
    }
    let heard = match county.hear(request.into_body(), LONGEST_ENROLMENT).await {
        Ok(heard) => heard,
        Err(unheard) => return empty(status(unheard.into())),
    };
    let Some((asking, secret)) = read(&heard) else {
        return told(StatusCode::BAD_REQUEST, &json!({ "code": "broken" }));
    };
    match county.work(move |ledger| ledger.enrol(&asking, &secret)).await {
        Ok(Ok(Ok(enrolled))) => {
            county.metrics.enrolled();
            log(&format!("enrolled device={} user={}", enrolled.device, enrolled.user));
            told(StatusCode::OK, &enrolled)
        }
        Ok(Ok(Err(refused))) => {
            county.limits.was_wrong(address, Instant::now());
            let status = match refused {
                NotEnrolled::WrongCode => StatusCode::FORBIDDEN,
                NotEnrolled::UsedCode => StatusCode::CONFLICT,
            };
            log(&format!("enrolment refused={}", status.as_u16()));
            told(status, &json!({ "code": refused }))
        }
        Ok(Err(_)) | Err(_) => empty(StatusCode::SERVICE_UNAVAILABLE),
    }
}

fn read(heard: &Heard) -> Option<(Enrolling, Vec<u8>)> {
    let asking: Enrolling = serde_json::from_slice(&heard.bytes).ok()?;
    let secret = EnrolmentCode::secret_of(&asking.secret)?;
    Some((asking, secret))
}

/// For whoever watches over this machine, and for nobody on the line.
async fn metrics(State(county): State<County>, ConnectInfo(from): ConnectInfo<SocketAddr>) -> Response {
    if Metrics::may_be_told(from.ip()) {
        Response::new(Body::from(county.metrics.text()))
    } else {
        empty(StatusCode::NOT_FOUND)
    }
}

/// A question that a device signed: as it stands in the address, by whom, and the signature yet to be looked at.
fn signed(query: Option<String>, headers: &HeaderMap) -> Option<(String, DeviceId, Signature)> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Some((query?, header("x-device").and_then(DeviceId::parse)?, header("x-signature").and_then(Signature::parse)?))
}

async fn proof(State(county): State<County>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some((query, device, signature)) = signed(query, &headers) else { return empty(StatusCode::UNAUTHORIZED) };
    let done = county.work(move |ledger| {
        if !ledger.may_ask(&query, device, signature)? {
            return Ok(Err(StatusCode::UNAUTHORIZED));
        }
        let Some(of) = ProofOf::parse(&query) else { return Ok(Err(StatusCode::BAD_REQUEST)) };
        lianhu_ledger::Result::Ok(ledger.prove(of)?.ok_or(StatusCode::NOT_FOUND))
    });
    match done.await {
        Ok(Ok(Ok(proof))) => told(StatusCode::OK, &proof),
        Ok(Ok(Err(status))) => empty(status),
        Ok(Err(_)) | Err(_) => empty(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn recover(State(county): State<County>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some((query, device, signature)) = signed(query, &headers) else { return empty(StatusCode::UNAUTHORIZED) };
    let done = county.work(move |ledger| {
        if !ledger.may_ask(&query, device, signature)? {
            return Ok(Err(StatusCode::UNAUTHORIZED));
        }
        let Some(code) = query.strip_prefix("recover=") else { return Ok(Err(StatusCode::BAD_REQUEST)) };
        lianhu_ledger::Result::Ok(Ok(ledger.answer_recovery(code, Some(device))?))
    });
    match done.await {
        Ok(Ok(Ok(Ok(found)))) => {
            log(&format!("recovered device={device} user={}", found.user));
            told(StatusCode::OK, &found)
        }
        Ok(Ok(Ok(Err(refused)))) => {
            log(&format!("recovery refused device={device}"));
            told(StatusCode::FORBIDDEN, &refused)
        }
        Ok(Ok(Err(status))) => empty(status),
        Ok(Err(_)) | Err(_) => empty(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// What the words both sides share are as statuses; `http_hub.rs` of the app reads them back.
pub(crate) fn status(refused: Refused) -> StatusCode {
    match refused {
        Refused::Hub(HubError::NotEnrolled | HubError::WrongKey) => StatusCode::UNAUTHORIZED,
        Refused::Hub(HubError::TooOld) => StatusCode::UPGRADE_REQUIRED,
        Refused::Hub(HubError::Broken) => StatusCode::BAD_REQUEST,
        Refused::Hub(HubError::Busy | HubError::Offline) | Refused::Unheard(Unheard::Busy) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Refused::Unheard(Unheard::TooLong) => StatusCode::PAYLOAD_TOO_LARGE,
        Refused::Unheard(Unheard::Silent) => StatusCode::REQUEST_TIMEOUT,
        Refused::TooOften => StatusCode::TOO_MANY_REQUESTS,
    }
}

pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

pub(crate) fn told(status: StatusCode, what: &impl Serialize) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(what).unwrap_or_default()));
    *response.status_mut() = status;
    response
}

/// One line on stderr, with the time in China.
pub(crate) fn log(line: &str) {
    let now = Machine.now();
    let second = now.plus_seconds(8 * 3600).0.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    eprintln!("{} {hour:02}:{minute:02}:{second:02} {line}", now.day());
}
