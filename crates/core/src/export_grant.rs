//! 导出准许: one person of the county asks to export columns unmasked, a second one grants it for a while, either ends it.
//! All three are about the office that keeps the traces: nobody but the county hears of them.

use crate::day::Day;
use crate::ids::{EntryName, PlaceId};
use minicbor::{Decode, Encode};

/// For how many days it may be granted at most.
pub const MOST_DAYS: u16 = 31;
/// The most columns that one grant names.
const MOST_COLUMNS: usize = 16;

/// What somebody wants to export unmasked.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ExportWanted {
    /// Which kind of workbook: `ledger`.
    #[n(0)]
    pub template: String,
    /// Of which place; nothing means the whole county.
    #[n(1)]
    pub place: Option<PlaceId>,
    /// Which columns: `id_no`, `phone`; rising, none twice.
    #[n(2)]
    pub columns: Vec<String>,
    /// For how many days.
    #[n(3)]
    pub days: u16,
    /// What for: one of [`reason`]; any other word is kept and shown as it stands.
    #[n(4)]
    pub reason: String,
}

/// Grants what was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ExportGranted {
    /// The entry in which it was asked for.
    #[n(0)]
    pub wanted: EntryName,
    /// The last day on which it holds.
    #[n(1)]
    pub until: Day,
}

/// Refuses what was wanted, or ends what was granted.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ExportGrantEnd {
    /// The entry in which it was asked for.
    #[n(0)]
    pub wanted: EntryName,
    /// Why, in words; may be empty.
    #[n(1)]
    pub reason: String,
}

/// What unmasked numbers are wanted for: a department asks for the whole number in its own form.
pub mod reason {
    /// A department above asks for the list.
    pub const REPORTED: &str = "reported";
    /// Money is paid out to accounts held against the number.
    pub const PAYMENT: &str = "payment";
    /// Held against another department's list: insurance, schools, employment.
    pub const COMPARED: &str = "compared";
    /// An inspection or audit has asked for it in writing.
    pub const AUDITED: &str = "audited";
    /// Those a person may choose from.
    pub const ALL: [&str; 4] = [REPORTED, PAYMENT, COMPARED, AUDITED];
}

impl ExportWanted {
    /// Whether it can be meant: some columns, none twice, for one day at least and a month at most.
    #[must_use]
    pub fn makes_sense(&self) -> bool {
        let rising = self.columns.is_sorted_by(|before, after| before < after);
        (1..=MOST_DAYS).contains(&self.days) && rising && (1..=MOST_COLUMNS).contains(&self.columns.len())
    }

    /// The last day of a grant that begins on this one.
    #[must_use]
    pub fn last_day(&self, begins: Day) -> Day {
        begins.plus(i32::from(self.days) - 1)
    }

    /// Whether what is granted so holds on a day. A grant that was dated ahead holds no longer than any other.
    #[must_use]
    pub fn holds_on(&self, until: Day, today: Day) -> bool {
        today <= until && until <= self.last_day(today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(columns: &[&str], days: u16) -> ExportWanted {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        ExportWanted { template: "ledger".into(), place: None, columns, days, reason: reason::REPORTED.into() }
    }

    #[test]
    fn a_month_at_most_and_no_column_twice() {
        for (columns, days, makes_sense) in [
            (&["id_no"][..], 1, true),
            (&["id_no", "phone"], 31, true),
            (&["id_no"], 0, false),
            (&["id_no"], 32, false),
            (&[], 7, false),
            (&["id_no", "id_no"], 7, false),
            (&["phone", "id_no"], 7, false),
        ] {
            assert_eq!(wanted(columns, days).makes_sense(), makes_sense, "{columns:?} {days}");
        }
    }

    #[test]
    fn it_holds_for_its_days_and_no_longer_whatever_day_was_written_on_it() {
        let week = wanted(&["id_no"], 7);
        let until = week.last_day(Day(100));
        assert_eq!(until, Day(106));
        let holds: Vec<i32> = (90..120).filter(|day| week.holds_on(until, Day(*day))).collect();
        assert_eq!(holds, (100..=106).collect::<Vec<_>>());
        let ahead: Vec<i32> = (0..2_000).filter(|day| week.holds_on(Day(1_000), Day(*day))).collect();
        assert_eq!(ahead.len(), 7);
    }
}
