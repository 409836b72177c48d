//! A request on its way up: handed over in small pieces, so that it can be seen to move.

use futures_core::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use tokio::sync::Notify;

/// How much is handed over at once, in bytes.
const PIECE: usize = 8 * 1024;

/// How far an upload has come, told to whoever waits for the answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Moved {
    sent: Arc<AtomicU64>,
    news: Arc<Notify>,
}

impl Moved {
    /// Bytes that the line has taken.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    /// Waits until more has moved.
    pub(super) async fn more(&self) {
        self.news.notified().await;
    }
}

/// The pieces of one request.
pub(super) struct Upload {
    rest: Vec<u8>,
    given: u64,
    moved: Moved,
}

impl Upload {
    pub(super) fn new(frame: &[u8], moved: Moved) -> Self {
        Self { rest: frame.to_vec(), given: 0, moved }
    }
}

impl Stream for Upload {
    type Item = Result<Vec<u8>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Asking for the next piece means that there was room for the one before.
        self.moved.sent.store(self.given, Ordering::SeqCst);
        self.moved.news.notify_one();
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.rest.len().min(PIECE);
        let rest = self.rest.split_off(most);
        let piece = std::mem::replace(&mut self.rest, rest);
        self.given += piece.len() as u64;
        Poll::Ready(Some(Ok(piece)))
    }
}
