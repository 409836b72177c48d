//! The event stream: `changed` with what was touched, `step` with how far a long act has come.

use super::Serving;
use axum::extract::State;
use axum::response::sse::{self, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use lianhu_app::{Step, Touched};
use std::convert::Infallible;
use tokio::sync::broadcast::error::RecvError;

/// One event, as every open screen hears it.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// These changed.
    Changed(Vec<Touched>),
    /// A long act has come so far.
    Step(Step),
}

impl Event {
    fn told(&self) -> Option<sse::Event> {
        match self {
            Self::Changed(touched) => sse::Event::default().event("changed").json_data(touched).ok(),
            Self::Step(step) => sse::Event::default().event("step").json_data(step).ok(),
        }
    }
}

/// Everything that happens from now on. Who missed some hears an empty `changed`: ask everything anew.
pub(super) async fn stream(State(serving): State<Serving>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let events = stream::unfold(serving.events.subscribe(), |mut hearing| async move {
        loop {
            let event = match hearing.recv().await {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => Event::Changed(Vec::new()),
                Err(RecvError::Closed) => return None,
            };
            if let Some(told) = event.told() {
                return Some((Ok(told), hearing));
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
