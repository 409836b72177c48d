//! The values a dossier holds: nothing, yes or no, a whole number, a text. Money is whole 分, areas are hundredths.

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// The longest text value, in bytes.
pub const LONGEST_TEXT: usize = 4096;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Scalar {
    /// Cleared on purpose.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(#[ts(type = "number")] i64),
    /// A text.
    Text(String),
}

impl Scalar {
    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(true) => f.write_str("是"),
            Self::Bool(false) => f.write_str("否"),
            Self::Int(int) => int.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl<C> Encode<C> for Scalar {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Null => e.null()?.ok(),
            Self::Bool(yes) => e.bool(*yes)?.ok(),
            Self::Int(int) => e.i64(*int)?.ok(),
            Self::Text(text) => e.str(text)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Scalar {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Ok(match d.datatype()? {
            Type::Null => {
                d.null()?;
                Self::Null
            }
            Type::Bool => Self::Bool(d.bool()?),
            Type::String => Self::Text(d.str()?.to_owned()),
            _ => Self::Int(d.i64()?),
        })
    }
}
