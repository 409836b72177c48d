//! The county over HTTP: one connection, kept open between rounds, to the holder of the pinned key. Being alive means
//! bytes moving: a slow line may take as long as it needs, a dead one is noticed after half a minute of silence.
//!
//! Blocking on the outside. It must not be called from inside an async task; a blocking thread of a shell is fine.

mod letter;
mod pinned_key;
mod upload;

pub(crate) use letter::introduced;
use lianhu_core::enrolment_code::{EnrolmentCode, Fingerprint};
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_core::ids::{DeviceId, Hash, Signature};
use lianhu_core::sign::Key;
use lianhu_ledger::{Enrolled, Enrolling, Ledger, NotEnrolled, NotRecovered, Proof, ProofOf, Recovered};
use pinned_key::{Shown, Stranger};
use reqwest::header::{CONTENT_LENGTH, HeaderMap};
use reqwest::{Body, Client, Method, Request, StatusCode, Url, redirect};
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep_until};
use upload::{Moved, Upload};

/// How long the line may be silent in both directions.
const SILENCE: Duration = Duration::from_secs(30);
/// How long finding the county and shaking hands with it may take: a name to look up, a connection, its certificate.
/// On the slowest line that is still waited for that is some seconds.
const REACHED: Duration = Duration::from_secs(10);
/// The slowest line that is still waited for, in bytes a second: what was handed to the system may be on its way for
/// so long, although nothing can be seen to move.
const SLOWEST: u64 = 2048;
/// The longest answer, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;
/// How long an open connection is trusted; the county keeps it a little longer.
const KEPT: Duration = Duration::from_secs(110);

/// Why an address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not the address of a server.
    #[error("not the address of a server")]
    NotAnAddress,
    /// Plain http is for this machine only: over a network everything is encrypted.
    #[error("over a network only https is used")]
    NotEncrypted,
}

/// Why a device was not enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// The address cannot be used.
    #[error("{0}")]
    Address(#[from] AddressError),
    /// The county did not answer as it should.
    #[error("{0}")]
    Hub(#[from] HubError),
    /// The county knows no such code.
    #[error("the county knows no such code")]
    WrongCode,
    /// Another device was enrolled with this code.
    #[error("another device was enrolled with this code")]
    UsedCode,
    /// Too many wrong codes from this network: try again in ten minutes.
    #[error("too many wrong codes; try again in ten minutes")]
    SlowDown,
}

/// Why the county gives no answer to a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// The county did not answer as it should.
    #[error("{0}")]
    Hub(#[from] HubError),
    /// No home has this code.
    #[error("no home has this code")]
    Unknown,
    /// It was answered before.
    #[error("the code was answered before")]
    Used,
    /// Whoever asks may not speak for this person.
    #[error("not entitled to speak for this person")]
    NotEntitled,
}

/// The thread on which one line lives. Who lets go of it does not wait for what the system still does for it: looking up
/// a name may take it half a minute.
struct Thread(Option<Runtime>);

impl Thread {
    fn run<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        self.0.as_ref().map(|runtime| runtime.block_on(doing))
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The county, reached over HTTP.
pub struct HttpHub {
    runtime: Thread,
    client: Client,
    base: Url,
    pin: Fingerprint,
    stranger: Stranger,
    shown: Shown,
    silence: Duration,
    // Whether the connection has carried an answer before: then it may have died since, and one new try is fair.
    warm: bool,
}

impl std::fmt::Debug for HttpHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpHub").field("base", &self.base.as_str()).field("pin", &self.pin).finish_non_exhaustive()
    }
}

impl HttpHub {
    /// The county at this address, holding this key. Nothing is sent yet. An address without a scheme means https;
    /// plain http is for this machine only, where nothing is pinned and the county's signature alone counts.
    pub fn new(address: &str, pin: impl Into<Fingerprint>) -> Result<Self, AddressError> {
        let pin = pin.into();
        let base = base(address)?;
        let (stranger, shown) = (Stranger::default(), Shown::default());
        let client = client(pin, &stranger, &shown).ok_or(AddressError::NotAnAddress)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| AddressError::NotAnAddress)?;
        Ok(Self { runtime: Thread(Some(runtime)), client, base, pin, stranger, shown, silence: SILENCE, warm: false })
    }

    /// Takes a line for dead after so long a silence, instead of half a minute.
    #[must_use]
    pub fn with_silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// SHA-256 of the certificate the county showed last, as a browser shows it; none over plain http.
    #[must_use]
    pub fn certificate(&self) -> Option<Hash> {
        self.shown.last()
    }

    /// Fetches the proof of what an author signed, asking as the device this ledger belongs to.
    pub fn proof(&mut self, ledger: &Ledger, of: ProofOf) -> Result<Option<Proof>, HubError> {
        let query = of.to_string();
        let (device, signature) = ledger.sign_query(&query).map_err(|_| HubError::NotEnrolled)?;
        let headers = signed_by(device, signature)?;
        let (status, body) = self.carry(Method::GET, &format!("v1/proof?{query}"), headers, &[], &mut |_| ())?;
        match status {
            StatusCode::OK => serde_json::from_slice(&body).map(Some).map_err(|_| HubError::Broken),
            StatusCode::NOT_FOUND => Ok(None),
            other => Err(refusal(other)),
        }
    }

    /// Asks for what answers a code, `recover=CODE`, as a device that signed just that.
    pub fn recover(&mut self, query: &str, device: DeviceId, signature: Signature) -> Result<Recovered, RecoverError> {
        let headers = signed_by(device, signature)?;
        let (status, body) = self.carry(Method::POST, &format!("v1/recover?{query}"), headers, &[], &mut |_| ())?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(|_| RecoverError::Hub(HubError::Broken));
        }
        Err(match serde_json::from_slice(&body) {
            Ok(NotRecovered::Unknown) => RecoverError::Unknown,
            Ok(NotRecovered::Used) => RecoverError::Used,
            Ok(NotRecovered::NotEntitled) => RecoverError::NotEntitled,
            Err(_) => RecoverError::Hub(refusal(status)),
        })
    }

    /// Carries one request there and its answer back. On a connection that has died unnoticed it is sent once more:
    /// the county answers a repeated request as it did the first time.
    fn carry(
        &mut self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: &[u8],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(StatusCode, Vec<u8>), HubError> {
        let address = self.base.join(path).map_err(|_| HubError::Broken)?;
        loop {
            let mut request = Request::new(method.clone(), address.clone());
            *request.headers_mut() = headers.clone();
            let moved = Moved::default();
            if method == Method::POST {
                request.headers_mut().insert(CONTENT_LENGTH, body.len().into());
                *request.body_mut() = Some(Body::wrap_stream(Upload::new(body, moved.clone())));
            }
            let to_send = body.len() as u64;
            let doing = round(&self.client, request, to_send, &moved, self.silence, progress);
            let answered = self.runtime.run(doing).unwrap_or(Err(Cut::Line));
            let strange = self.stranger.take();
            let died = match answered {
                Ok(answer) => {
                    self.warm = true;
                    return Ok(answer);
                }
                Err(_) if strange => return Err(HubError::WrongKey),
                Err(Cut::Silent) => return Err(HubError::Offline),
                Err(Cut::TooLong) => return Err(HubError::Broken),
                Err(Cut::Line) => std::mem::take(&mut self.warm),
            };
            if !died {
                return Err(HubError::Offline);
            }
            self.client = client(self.pin, &self.stranger, &self.shown).ok_or(HubError::Offline)?;
        }
    }
}

/// Who asks, in headers.
fn signed_by(device: DeviceId, signature: Signature) -> Result<HeaderMap, HubError> {
    let mut headers = HeaderMap::new();
    for (name, value) in [("x-device", device.to_string()), ("x-signature", signature.to_string())] {
        headers.insert(name, value.parse().map_err(|_| HubError::Broken)?);
    }
    Ok(headers)
}

impl Hub for HttpHub {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        match self.carry(Method::POST, "v1/exchange", HeaderMap::new(), frame, progress)? {
            (StatusCode::OK, body) => Ok(body),
            (status, _) => Err(refusal(status)),
        }
    }
}

/// Enrols a device. The secret goes to the holder of the key that the code names, and to nobody else. When the answer
/// was lost, calling again with the same key is answered alike; so the key is to be kept before this is called.
pub fn enroll(
    address: &str,
    code: &EnrolmentCode,
    label: &str,
    key: &Key,
    device: Option<DeviceId>,
) -> Result<Enrolled, EnrolError> {
    #[derive(serde::Deserialize)]
    struct Refused {
        code: Option<NotEnrolled>,
    }
    let mut hub = HttpHub::new(address, code.fingerprint)?;
    let asking = Enrolling { secret: code.secret_hex(), key: key.public(), label: label.to_owned(), device };
    let asking = serde_json::to_vec(&asking).map_err(|_| HubError::Broken)?;
    let (status, body) = hub.carry(Method::POST, "v1/enroll", HeaderMap::new(), &asking, &mut |_| ())?;
    if status == StatusCode::OK {
        return serde_json::from_slice(&body).map_err(|_| EnrolError::Hub(HubError::Broken));
    }
    let code = serde_json::from_slice::<Refused>(&body).ok().and_then(|refused| refused.code);
    Err(match (code, status) {
        (Some(NotEnrolled::WrongCode), _) => EnrolError::WrongCode,
        (Some(NotEnrolled::UsedCode), _) => EnrolError::UsedCode,
        (None, StatusCode::TOO_MANY_REQUESTS) => EnrolError::SlowDown,
        (None, other) => EnrolError::Hub(refusal(other)),
    })
}

/// Why a round brought no answer.
enum Cut {
    /// Nothing moved for too long.
    Silent,
    /// The line broke, or could not be made.
    Line,
    /// The answer has no end.
    TooLong,
}

async fn round(
    client: &Client,
    request: Request,
    to_send: u64,
    moved: &Moved,
    silence: Duration,
    progress: &mut dyn FnMut(Progress),
) -> Result<(StatusCode, Vec<u8>), Cut> {
    let mut answer = std::pin::pin!(client.execute(request));
    let mut response = loop {
        let patience = silence + Duration::from_secs(moved.sent() / SLOWEST);
        tokio::select! {
            biased;
            response = &mut answer => break response.map_err(|_| Cut::Line)?,
            () = moved.more() => progress(Progress { sent: moved.sent(), to_send, received: 0 }),
            () = sleep_until(Instant::now() + patience) => return Err(Cut::Silent),
        }
    };
    let mut body = Vec::new();
    while let Some(piece) = within(silence, response.chunk()).await?.map_err(|_| Cut::Line)? {
        if body.len() + piece.len() > LONGEST {
            return Err(Cut::TooLong);
        }
        body.extend_from_slice(&piece);
        progress(Progress { sent: to_send, to_send, received: body.len() as u64 });
    }
    Ok((response.status(), body))
}

async fn within<T>(silence: Duration, doing: impl Future<Output = T>) -> Result<T, Cut> {
    tokio::time::timeout(silence, doing).await.map_err(|_| Cut::Silent)
}

/// What a status says, in the words both sides share.
fn refusal(status: StatusCode) -> HubError {
    match status.as_u16() {
        401 => HubError::NotEnrolled,
        426 => HubError::TooOld,
        429 | 503 => HubError::Busy,
        // Something between here and the county answers for it.
        502 | 504 => HubError::Offline,
        _ => HubError::Broken,
    }
}

fn client(pin: Fingerprint, stranger: &Stranger, shown: &Shown) -> Option<Client> {
    let tls = pinned_key::config(pin, stranger.clone(), shown.clone()).ok()?;
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(KEPT)
        .connect_timeout(REACHED);
    client.build().ok()
}

/// The address of the server, with a slash at the end.
fn base(address: &str) -> Result<Url, AddressError> {
    let address = address.trim();
    let whole = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    let base = Url::parse(&format!("{}/", whole.trim_end_matches('/'))).map_err(|_| AddressError::NotAnAddress)?;
    let host = base.host_str().ok_or(AddressError::NotAnAddress)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let here = host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match base.scheme() {
        "https" => Ok(base),
        "http" if here => Ok(base),
        "http" => Err(AddressError::NotEncrypted),
        _ => Err(AddressError::NotAnAddress),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let check = |address: &str| base(address).map(String::from);
        assert_eq!(check("127.0.0.1:8443").as_deref(), Ok("https://127.0.0.1:8443/"));
        assert_eq!(check(" https://county.example/lianhu/ ").as_deref(), Ok("https://county.example/lianhu/"));
        assert_eq!(check("http://127.0.0.1:80").as_deref(), Ok("http://127.0.0.1/"));
        assert_eq!(check("http://[::1]:8080").as_deref(), Ok("http://[::1]:8080/"));
        assert_eq!(check("http://localhost:8080").as_deref(), Ok("http://localhost:8080/"));
        for address in ["http://10.0.0.2:8080", "http://county.example", "http://127.0.0.1.example"] {
            assert_eq!(check(address), Err(AddressError::NotEncrypted), "{address}");
        }
        for address in ["", "ftp://127.0.0.1", "https://", "一 二"] {
            assert_eq!(check(address), Err(AddressError::NotAnAddress), "{address}");
        }
    }
}
