//! One line of the table: what was measured, what was aimed at, whether it holds.

use serde::Serialize;

/// One figure of the design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) name: String,
    /// What came out.
    pub(crate) value: f64,
    /// What was aimed at, at most or at least.
    pub(crate) target: f64,
    /// Whether it holds.
    pub(crate) ok: bool,
    /// In what it is measured.
    pub(crate) unit: &'static str,
    /// How it came about: the parts of a ratio, in words.
    pub(crate) note: String,
    /// Whether more is better.
    #[serde(skip)]
    at_least: bool,
}

impl Line {
    /// A figure that should be no more than its target.
    pub(crate) fn at_most(name: impl Into<String>, value: f64, target: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, target, ok: value <= target, unit, note: String::new(), at_least: false }
    }

    /// A figure that should be no less than its target.
    pub(crate) fn at_least(name: impl Into<String>, value: f64, target: f64, unit: &'static str) -> Self {
        Self { ok: value >= target, at_least: true, ..Self::at_most(name, value, target, unit) }
    }

    /// Says how it came about.
    pub(crate) fn noting(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// As it is printed.
    pub(crate) fn print(&self) -> String {
        let (sign, verdict) = (if self.at_least { "≥" } else { "≤" }, if self.ok { "ok  " } else { "MISS" });
        let Self { name, value, target, unit, note, .. } = self;
        format!("{verdict}  {value:>9.2} {sign} {target:<8} {unit:<10}  {name}  [{note}]")
    }
}
