//! The one event, `changed`: what was touched, or how far a long act has come.

use lianhu_app::{Step, Touched};
use serde::Serialize;
use tauri::{AppHandle, Emitter};

/// What the screens hear. Exactly one of the two is there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    touched: Option<Vec<Touched>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<Step>,
}

impl Told {
    /// These changed.
    pub(crate) fn touched(touched: Vec<Touched>) -> Self {
        Self { touched: Some(touched), step: None }
    }

    /// A long act has come so far.
    pub(crate) fn step(step: Step) -> Self {
        Self { touched: None, step: Some(step) }
    }
}

/// Tells every open screen. A window that is just closing hears nothing, and nothing is lost by that.
pub(crate) fn tell(tauri: &AppHandle, told: &Told) {
    tauri.emit("changed", told).ok();
}
