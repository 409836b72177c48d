//! Days and moments: a visit has a day, a device has a clock that may be wrong.

use chrono::{Datelike, NaiveDate};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use ts_rs::TS;

/// China keeps one time zone: eight hours ahead of UTC.
const CHINA_SECONDS: i64 = 8 * 3600;

/// A calendar day, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode, TS)]
#[cbor(transparent)]
#[ts(type = "string")]
pub struct Day(#[n(0)] pub i32);

impl Day {
    /// The day of this year, month and date, if the calendar has it.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, date: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, date).map(|day| Self(day.to_epoch_days()))
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().map(|day| Self(day.to_epoch_days()))
    }

    fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_epoch_days(self.0)
    }

    /// The year it lies in.
    #[must_use]
    pub fn year(self) -> i32 {
        self.date().map_or(1970, |day| day.year())
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.date().map_or(1, |day| day.month())
    }

    /// So many days later, or earlier when negative.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Some(day) => write!(f, "{}", day.format("%Y-%m-%d")),
            None => write!(f, "day {}", self.0),
        }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a day is written YYYY-MM-DD"))
    }
}

/// An instant as some clock told it, in seconds since 1970-01-01 UTC. It orders nothing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode, Default, TS,
)]
#[cbor(transparent)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Moment(#[n(0)] pub i64);

impl Moment {
    /// The day it falls on in China.
    #[must_use]
    pub fn day(self) -> Day {
        let days = self.0.saturating_add(CHINA_SECONDS).div_euclid(86_400);
        Day(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

/// A stretch of days, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Period {
    /// Whether the day lies within.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_written_the_same() {
        for text in ["2026-11-21", "1900-01-01", "2000-02-29"] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Day::parse("1987-02-29"), None);
    }

    #[test]
    fn an_evening_in_china_belongs_to_its_own_day() {
        let eleven_at_night = Moment(Day::parse("2026-03-01").map_or(0, |day| i64::from(day.0)) * 86_400 + 15 * 3600);
        assert_eq!(eleven_at_night.day().to_string(), "2026-03-01");
        assert_eq!(eleven_at_night.plus_seconds(3600).day().to_string(), "2026-03-02");
    }
}
