//! The name of a figure, stable as text: `households?village=…&year=2018&site=…`. By it the app finds the records behind.

use crate::day::{Day, Period};
use crate::tally::Line;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 户数.
    Households,
    /// 人数.
    Persons,
    /// 走访次数 in the period.
    Visits,
    /// 走访户数: households with at least one.
    HouseholdsVisited,
    /// 未走访户数.
    HouseholdsNotVisited,
    /// 诉求 raised in the period.
    NeedsRaised,
    /// Of those, not settled.
    NeedsOpen,
    /// Households about which two statements stand.
    TwoStatements,
}

/// Which value of one dimension a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Pick<T> {
    /// Whatever it is.
    #[default]
    Any,
    /// Where nothing is stated; written `none`.
    Unset,
    /// This one.
    Is(T),
}

/// The name of one figure. As text: the measure, then `?` and what is picked, in this order; `Any` is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FigureKey {
    /// What is counted.
    pub measure: Measure,
    /// In which town.
    pub town: Pick<Uuid>,
    /// In which village.
    pub village: Pick<Uuid>,
    /// Of which year of relocation.
    pub year: Pick<i32>,
    /// At which site.
    pub site: Pick<Uuid>,
    /// Only relocated households (`relocated=yes`).
    pub relocated: bool,
    /// The period's first day, for what happens.
    pub from: Option<Day>,
    /// The period's last day.
    pub to: Option<Day>,
}

/// A text that names no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("没有名为“{0}”的数；请从报表里点开这个数")]
pub struct NoSuchFigure(pub String);

impl Measure {
    /// All of them, in the order of a report's columns.
    pub const ALL: [Self; 8] = [
        Self::Households,
        Self::Persons,
        Self::Visits,
        Self::HouseholdsVisited,
        Self::HouseholdsNotVisited,
        Self::NeedsRaised,
        Self::NeedsOpen,
        Self::TwoStatements,
    ];

    /// Its name in a key.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Households => "households",
            Self::Persons => "persons",
            Self::Visits => "visits",
            Self::HouseholdsVisited => "households_visited",
            Self::HouseholdsNotVisited => "households_not_visited",
            Self::NeedsRaised => "needs_raised",
            Self::NeedsOpen => "needs_open",
            Self::TwoStatements => "two_statements",
        }
    }

    /// Its column header.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Households => "户数",
            Self::Persons => "人数",
            Self::Visits => "走访次数",
            Self::HouseholdsVisited => "走访户数",
            Self::HouseholdsNotVisited => "未走访户数",
            Self::NeedsRaised => "新增诉求",
            Self::NeedsOpen => "未办结诉求",
            Self::TwoStatements => "两种说法户数",
        }
    }

    /// Its unit.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Persons => "人",
            Self::Visits => "次",
            Self::NeedsRaised | Self::NeedsOpen => "件",
            _ => "户",
        }
    }
}

impl FigureKey {
    /// The figure over everything.
    #[must_use]
    pub fn new(measure: Measure) -> Self {
        Self {
            measure,
            town: Pick::Any,
            village: Pick::Any,
            year: Pick::Any,
            site: Pick::Any,
            relocated: false,
            from: None,
            to: None,
        }
    }

    /// The period it speaks of, when both days are named.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        Some(Period { from: self.from?, to: self.to? })
    }

    /// Whether a household is counted in it.
    pub(crate) fn holds(&self, line: &Line) -> bool {
        self.town.takes(line.town)
            && self.village.takes(line.village)
            && self.year.takes(line.year)
            && self.site.takes(line.site)
            && (line.relocated || !self.relocated)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "town" => self.town = pick(value)?,
            "village" => self.village = pick(value)?,
            "year" => self.year = pick(value)?,
            "site" => self.site = pick(value)?,
            "relocated" if value == "yes" => self.relocated = true,
            "from" => self.from = Some(Day::parse(value)?),
            "to" => self.to = Some(Day::parse(value)?),
            _ => return None,
        }
        Some(())
    }
}

impl<T> Pick<T> {
    /// This one, or where nothing is stated.
    #[must_use]
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Unset, Self::Is)
    }
}

impl<T: PartialEq> Pick<T> {
    /// Whether a household with this value is counted.
    #[must_use]
    pub fn takes(&self, value: Option<T>) -> bool {
        match self {
            Self::Any => true,
            Self::Unset => value.is_none(),
            Self::Is(this) => value.as_ref() == Some(this),
        }
    }
}

fn pick<T: FromStr>(value: &str) -> Option<Pick<T>> {
    if value == "none" { Some(Pick::Unset) } else { value.parse().ok().map(Pick::Is) }
}

fn written<T: fmt::Display>(name: &str, pick: &Pick<T>) -> Option<String> {
    match pick {
        Pick::Any => None,
        Pick::Unset => Some(format!("{name}=none")),
        Pick::Is(value) => Some(format!("{name}={value}")),
    }
}

impl fmt::Display for FigureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picked = [
            written("town", &self.town),
            written("village", &self.village),
            written("year", &self.year),
            written("site", &self.site),
            self.relocated.then(|| "relocated=yes".to_owned()),
            self.from.map(|day| format!("from={day}")),
            self.to.map(|day| format!("to={day}")),
        ];
        f.write_str(self.measure.code())?;
        for (place, part) in picked.iter().flatten().enumerate() {
            write!(f, "{}{part}", if place == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl FromStr for FigureKey {
    type Err = NoSuchFigure;

    fn from_str(text: &str) -> Result<Self, NoSuchFigure> {
        let no_such = || NoSuchFigure(text.to_owned());
        let (measure, picked) = text.split_once('?').unwrap_or((text, ""));
        let measure = Measure::ALL.into_iter().find(|known| known.code() == measure).ok_or_else(no_such)?;
        let mut key = Self::new(measure);
        let mut seen = Vec::new();
        for part in picked.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(no_such)?;
            if seen.contains(&name) {
                return Err(no_such());
            }
            seen.push(name);
            key.set(name, value).ok_or_else(no_such)?;
        }
        Ok(key)
    }
}

impl TryFrom<String> for FigureKey {
    type Error = NoSuchFigure;

    fn try_from(text: String) -> Result<Self, NoSuchFigure> {
        text.parse()
    }
}

impl From<FigureKey> for String {
    fn from(key: FigureKey) -> Self {
        key.to_string()
    }
}
