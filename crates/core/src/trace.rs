//! A trace 留痕: that something masked was looked at or taken out, something was joined, erased, recovered; by which act and
//! why. Each holds the link of the one before it, so that none can be taken away later without being noticed.

use crate::day::Moment;
use crate::entry::About;
use crate::ids::Hash;
use minicbor::{Decode, Encode};
use uuid::Uuid;

/// What every trace is about, so that it reaches the county and nobody else: the office that keeps them.
pub const OFFICE: About = About::Organisation(Uuid::nil());

const LABEL: &[u8] = b"lianhu trace 1\0";

/// The acts that leave a trace. Any other word is kept and shown as it stands.
pub mod act {
    /// A masked fact was shown.
    pub const REVEAL: &str = "reveal";
    /// A number was dialled without being shown.
    pub const CALL: &str = "call";
    /// A certificate in the hand was compared with what is written down.
    pub const CHECK: &str = "check";
    /// A workbook was written.
    pub const EXPORT: &str = "export";
    /// Something was printed.
    pub const PRINT: &str = "print";
    /// Two households or persons were joined, or parted again.
    pub const JOIN: &str = "join";
    /// A household was erased by law.
    pub const ERASE: &str = "erase";
    /// Something came for a household after it was erased; the county itself says so.
    pub const AFTER_ERASURE: &str = "after_erasure";
    /// A drawn sample was opened.
    pub const SAMPLE: &str = "sample";
    /// A forgotten PIN was recovered.
    pub const RECOVER: &str = "recover";
}

/// Why a masked fact may be looked at. A trace lasts for ever: no words of a person's own stand in it.
pub const REVEAL_REASONS: [&str; 3] = ["核对身份", "帮办手续", "联系本人"];

/// One trace.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Trace {
    /// The incarnation of the device it was left on: each has a chain of its own.
    #[n(0)]
    pub life: u32,
    /// The link before it in that chain.
    #[n(1)]
    pub prev: Option<Hash>,
    /// Which act, see [`act`]; what exactly, such as the key of a fact, after a space.
    #[n(2)]
    pub act: String,
    /// What it was about; nothing means the county as a whole.
    #[n(3)]
    pub about: Option<About>,
    /// Why, in words.
    #[n(4)]
    pub reason: String,
}

impl Trace {
    /// Its link: what the next one, and every envelope sealed after it, holds.
    #[must_use]
    pub fn link(&self, at: Moment) -> Hash {
        Hash::of(&[LABEL, &at.0.to_be_bytes(), &minicbor::to_vec(self).unwrap_or_default()])
    }

    /// The act alone.
    #[must_use]
    pub fn act(&self) -> &str {
        self.act.split(' ').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_everything_that_was_said_and_the_link_before() {
        let trace = Trace {
            life: 1,
            prev: None,
            act: "reveal phone".into(),
            about: Some(About::County),
            reason: "联系".into(),
        };
        let link = trace.link(Moment(5));
        assert_eq!(trace.act(), act::REVEAL);
        assert_ne!(trace.link(Moment(4)), link);
        for other in [
            Trace { life: 2, ..trace.clone() },
            Trace { prev: Some(link), ..trace.clone() },
            Trace { act: "reveal id_no".into(), ..trace.clone() },
            Trace { about: None, ..trace.clone() },
            Trace { reason: String::new(), ..trace },
        ] {
            assert_ne!(other.link(Moment(5)), link);
        }
    }
}
