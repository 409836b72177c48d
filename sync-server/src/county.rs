//! The county while it runs: one ledger, worked on one act at a time off the async threads, and room for so many
//! requests at once.

use crate::limits::Limits;
use crate::metrics::Metrics;
use axum::body::{Body, HttpBody};
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::hub::HubError;
use lianhu_ledger::{Answered, Ledger};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

/// How long the sender of a request may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// So many silences a request may take for each [`SHORT`] of it: some 400 bytes a second, which the poorest line carries.
const SLOWEST: u32 = 10;
/// How many requests may wait for the ledger.
const MOST_WAITING: usize = 256;
/// How many KiB of requests are held at once, of all who are sending: the beginnings, and what is longer. Who sends much,
/// and slowly, takes no room from those who send little; nobody knows yet who they are.
const MOST_KIB: usize = 24 * 1024;
const KIB: usize = 1024;
/// The beginning of a request: most are no longer.
const SHORT: usize = 256 * KIB;

/// Why a request is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unheard {
    /// Longer than any honest one.
    TooLong,
    /// Nothing came for too long, or the line broke.
    Silent,
    /// No room now.
    Busy,
}

/// What was read of a request, and the room it takes until it is answered.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) bytes: Vec<u8>,
    _room: Room,
}

/// The room that a request takes, of its beginning and of the rest.
type Room = [Option<OwnedSemaphorePermit>; 2];

/// A running county.
#[derive(Debug, Clone)]
pub(crate) struct County {
    ledger: Arc<Mutex<Ledger>>,
    waiting: Arc<Semaphore>,
    room: [Arc<Semaphore>; 2],
    silence: Duration,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) fingerprint: Fingerprint,
}

impl County {
    pub(crate) fn new(ledger: Ledger, fingerprint: Fingerprint) -> Self {
        Self {
            ledger: Arc::new(Mutex::new(ledger)),
            waiting: Arc::new(Semaphore::new(MOST_WAITING)),
            room: [(); 2].map(|()| Arc::new(Semaphore::new(MOST_KIB))),
            silence: SILENCE,
            limits: Arc::default(),
            metrics: Arc::default(),
            fingerprint,
        }
    }

    /// Reads a request of at most so many bytes. It may take its time, as long as it moves and moves on.
    pub(crate) async fn hear(&self, mut body: Body, most: usize) -> std::result::Result<Heard, Unheard> {
        if body.size_hint().lower() > most as u64 {
            return Err(Unheard::TooLong);
        }
        let (mut bytes, mut room, begun) = (Vec::new(), Room::default(), Instant::now());
        loop {
            let parts = u32::try_from(1 + bytes.len() / SHORT).unwrap_or(u32::MAX);
            let left = (self.silence * SLOWEST).saturating_mul(parts).saturating_sub(begun.elapsed());
            let next = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
            let next = tokio::time::timeout(self.silence.min(left), next).await.map_err(|_| Unheard::Silent)?;
            let Some(frame) = next else { return Ok(Heard { bytes, _room: room }) };
            let Ok(data) = frame.map_err(|_| Unheard::Silent)?.into_data() else { continue };
            if bytes.len() + data.len() > most {
                return Err(Unheard::TooLong);
            }
            // Room is taken for what has come, not for what was announced: an announcement costs nothing.
            let long = bytes.len() + data.len();
            let wanted = [long.min(SHORT), long.saturating_sub(SHORT)];
            for ((room, all), wanted) in room.iter_mut().zip(&self.room).zip(wanted) {
                take(room, all, wanted.div_ceil(KIB))?;
            }
            bytes.extend_from_slice(&data);
        }
    }

    /// Works on the ledger, one act after the other, in the order they came. An act that was begun is finished even
    /// if whoever asked has gone.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Ledger) -> T + Send + 'static,
    ) -> std::result::Result<T, Unheard> {
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| Unheard::Busy)?;
        let mut ledger = self.ledger.clone().lock_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let done = act(&mut ledger);
            drop(place);
            done
        });
        done.await.map_err(|_| Unheard::Busy)
    }

    /// Answers one request frame; a device that hurries is answered in its turn.
    pub(crate) async fn answer(&self, heard: Heard) -> std::result::Result<Answered, Refused> {
        let limits = self.limits.clone();
        let done = self.work(move |ledger| {
            let device = ledger.asker(&heard.bytes)?;
            match limits.turn(device, Instant::now()) {
                Some(Duration::ZERO) => Ok(Ok((ledger.answer(&heard.bytes)?, ledger.has_forgotten().unwrap_or(false)))),
                Some(wait) => Ok(Err((heard, wait))),
                None => Err(Refused::TooOften),
            }
        });
        match done.await?? {
            Ok((answered, erased)) => {
                if erased {
                    // Whoever has asked need not wait for it.
                    tokio::spawn(self.clone().vacuum());
                }
                Ok(answered)
            }
            Err((heard, wait)) => {
                tokio::time::sleep(wait).await;
                Ok(self.work(move |ledger| ledger.answer(&heard.bytes)).await??)
            }
        }
    }

    /// Gives the room of what was erased back to the disk, and with it the last of its bytes. Should the program end
    /// before, it is done at the next start.
    pub(crate) async fn vacuum(self) {
        if self.work(|ledger| ledger.vacuum_if_forgotten().is_err()).await.unwrap_or(true) {
            eprintln!("vacuum failed; it is tried again");
        }
    }

    /// Waits until no act is under way, and lets nobody in any more.
    pub(crate) async fn close(&self) {
        self.waiting.close();
        drop(self.ledger.lock().await);
    }
}

/// Takes as much room as it needs to hold so many KiB in all.
fn take(room: &mut Option<OwnedSemaphorePermit>, all: &Arc<Semaphore>, kib: usize) -> std::result::Result<(), Unheard> {
    let more = kib.saturating_sub(room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
    let more = u32::try_from(more).map_err(|_| Unheard::TooLong)?;
    let more = all.clone().try_acquire_many_owned(more).map_err(|_| Unheard::Busy)?;
    match room {
        Some(room) => room.merge(more),
        None => *room = Some(more),
    }
    Ok(())
}

/// Why an exchange was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// In the words both sides share.
    Hub(HubError),
    /// The request could not be heard out.
    Unheard(Unheard),
    /// More often than a device may.
    TooOften,
}

impl From<HubError> for Refused {
    fn from(error: HubError) -> Self {
        Self::Hub(error)
    }
}

impl From<Unheard> for Refused {
    fn from(error: Unheard) -> Self {
        Self::Unheard(error)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use lianhu_core::surroundings::Staged;
    use lianhu_ledger::FileKey;
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener, TcpStream};

    const SILENCE: Duration = Duration::from_millis(600);
    const MOST: usize = 64;

    /// A door at which nothing is done but to hear requests out; it tells how many bytes it heard.
    fn door(runtime: &tokio::runtime::Runtime, folder: &std::path::Path) -> SocketAddr {
        let around = Arc::new(Staged::new(1, lianhu_core::day::Moment(0)));
        let ledger = Ledger::open(&folder.join("ledger.sqlite"), &FileKey([7; 32]), around).unwrap();
        let county = County { silence: SILENCE, ..County::new(ledger, Fingerprint([0; 16])) };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let at = listener.local_addr().unwrap();
        let hear = move |body: Body| async move {
            match county.hear(body, MOST).await {
                Ok(heard) => (StatusCode::OK, heard.bytes.len().to_string()),
                Err(why) => (StatusCode::IM_A_TEAPOT, format!("{why:?}")),
            }
        };
        let routes = axum::Router::new().route("/", axum::routing::post(hear));
        runtime.spawn(async move { axum_server::from_tcp(listener).unwrap().serve(routes.into_make_service()).await });
        at
    }

    /// Says these pieces, each a while after the one before, and then nothing; what comes back at the end of it.
    fn says(at: SocketAddr, head: &str, pieces: &[&str], pause: Duration) -> String {
        let mut line = TcpStream::connect(at).unwrap();
        write!(line, "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{head}\r\n\r\n").unwrap();
        for piece in pieces {
            if line.write_all(piece.as_bytes()).is_err() {
                break;
            }
            let (_never, waits) = std::sync::mpsc::channel::<()>();
            waits.recv_timeout(pause).ok();
        }
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        answer.rsplit("\r\n").next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_slow_body_is_waited_for_a_silent_one_is_not_and_one_that_does_not_end_is_cut_off() {
        let (runtime, folder) = (tokio::runtime::Runtime::new().unwrap(), tempfile::tempdir().unwrap());
        let at = door(&runtime, folder.path());
        let slow = says(at, "content-length: 8", &["a"; 8], SILENCE / 4);
        assert_eq!(slow, "8", "slower in all than one silence");
        assert_eq!(says(at, "content-length: 8", &["a"; 3], Duration::ZERO), "Silent");
        assert_eq!(says(at, "content-length: 64", &["a"; 63], SILENCE / 5), "Silent", "it moves, and comes to no end");
        assert_eq!(says(at, "content-length: 65", &[], Duration::ZERO), "TooLong", "before a byte of it has come");
        // Nothing announces how much will come.
        let chunk = format!("20\r\n{}\r\n", "a".repeat(32));
        let chunked = "transfer-encoding: chunked";
        assert_eq!(says(at, chunked, &[&chunk, &chunk, "0\r\n\r\n"], Duration::ZERO), "64");
        assert_eq!(says(at, chunked, &[chunk.as_str(); 3], Duration::ZERO), "TooLong");
    }

    #[tokio::test]
    async fn who_sends_much_takes_no_room_from_who_sends_little() {
        let folder = tempfile::tempdir().unwrap();
        let around = Arc::new(Staged::new(1, lianhu_core::day::Moment(0)));
        let ledger = Ledger::open(&folder.path().join("ledger.sqlite"), &FileKey([7; 32]), around).unwrap();
        let county = County::new(ledger, Fingerprint([0; 16]));
        let hear = |kib: usize| county.hear(Body::from(vec![0; kib * KIB]), usize::MAX);
        let mut held = Vec::new();
        let last = loop {
            match hear(1024).await {
                Ok(heard) => held.push(heard),
                Err(why) => break why,
            }
        };
        assert_eq!((held.len(), last), (32, Unheard::Busy), "768 KiB each of 24 MiB");
        assert!(hear(200).await.is_ok());
        held.pop();
        assert!(hear(1024).await.is_ok());
    }
}
