//! A figure with decimals as it stands in print: 55.96 is known to half a hundredth, 1.7 to half a tenth.

use super::whole;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whole units of the last printed place: `55.96` is 5596 units of two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// The digits without the point.
    pub units: i64,
    /// How many of them stand after the point.
    pub places: u32,
}

impl Printed {
    /// Reads `55.96`, `55.96%` or `1.7`; at most six decimals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = crate::text::without_spaces(text);
        let text = text.strip_suffix('%').unwrap_or(&text);
        let (integer, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let plain = integer.strip_prefix('-').unwrap_or(integer);
        if plain.is_empty() || !digits(plain) || !digits(decimals) || decimals.len() > 6 {
            return None;
        }
        let units = format!("{integer}{decimals}").parse().ok()?;
        Some(Self { units, places: u32::try_from(decimals.len()).ok()? })
    }

    /// Ten to the power of the places: how many units make one.
    #[must_use]
    pub fn scale(self) -> i64 {
        10_i64.pow(self.places.min(18))
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let scale = self.scale().unsigned_abs();
        let (integer, rest) = (self.units.unsigned_abs() / scale, self.units.unsigned_abs() % scale);
        if self.places == 0 {
            write!(f, "{sign}{integer}")
        } else {
            write!(f, "{sign}{integer}.{rest:0>width$}", width = usize::try_from(self.places).unwrap_or(0))
        }
    }
}

/// A quotient rounded half up, as print rounds it; `None` when nothing can be divided.
#[must_use]
pub fn rounded(part: i64, of: i64, places: u32) -> Option<Printed> {
    let scale = i128::from(10_i64.checked_pow(places)?);
    let (part, of) = (i128::from(part) * scale, i128::from(of));
    if of == 0 {
        return None;
    }
    let units = (2 * part + of).div_euclid(2 * of);
    Some(Printed { units: whole(units), places })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_printed_as_it_was_read() {
        for text in ["55.96", "1.7", "0.05", "123", "-0.5"] {
            assert_eq!(Printed::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Printed::parse(" ５５．９６％ ").unwrap(), Printed { units: 5596, places: 2 });
        for none in ["", "%", ".5", "1.2.3", "五", "1,000", "1.0000001", "99999999999999999999"] {
            assert_eq!(Printed::parse(none), None, "{none}");
        }
    }

    #[test]
    fn a_quotient_is_rounded_half_up() {
        for (part, of, places, expect) in
            [(407, 108, 2, "3.77"), (1, 8, 2, "0.13"), (1, 2, 0, "1"), (25_783, 6156, 3, "4.188")]
        {
            assert_eq!(rounded(part, of, places).unwrap().to_string(), expect);
        }
        assert_eq!(rounded(1, 0, 2), None);
        assert_eq!(rounded(i64::MAX, 1, 6).unwrap().units, i64::MAX);
    }
}
