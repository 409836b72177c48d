//! The one door to the county: over HTTP, in the same process, or over a bad line in a test.

/// How many bytes have gone and come so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes sent.
    pub sent: u64,
    /// Bytes to send.
    pub to_send: u64,
    /// Bytes received.
    pub received: u64,
}

/// Why an exchange did not come about. Being offline is a state, not a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// Nobody answers.
    #[error("the county cannot be reached")]
    Offline,
    /// The one who answers holds another key than the county this device was enrolled at.
    #[error("another key answers than the county's")]
    WrongKey,
    /// The county does not know this device.
    #[error("the county does not know this device")]
    NotEnrolled,
    /// One of both speaks a version the other does not.
    #[error("the versions do not fit")]
    TooOld,
    /// Try again in a while.
    #[error("the county is busy")]
    Busy,
    /// What came back is no answer.
    #[error("what came back is no answer")]
    Broken,
}

/// Something that carries one frame to the county and one back.
pub trait Hub {
    /// Carries a request frame there and the reply frame back.
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError>;
}
