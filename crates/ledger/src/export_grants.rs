//! 导出准许 as they stand: what was asked for, by whom it was granted, whether it has ended, how often it was used. Worked out
//! of the directives in the order of their numbers; one that waits for its number grants nothing yet.

use crate::audit::TraceRow;
use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::day::{Day, Moment};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted, ExportWanted};
use lianhu_core::ids::{EntryName, UserId};
use lianhu_core::role_kind::Reach;
use lianhu_core::trace::{OFFICE, act};
use rusqlite::params;

/// By whom, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportGrantedBy {
    /// The entry: the grant's own name.
    pub grant: EntryName,
    /// Who.
    pub by: UserId,
    /// The last day on which it holds.
    pub until: Day,
    /// Whether the county has numbered it: only then it counts.
    pub numbered: bool,
}

/// By whom it was refused or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportEnded {
    /// Who.
    pub by: UserId,
    /// On which day, by their clock.
    pub on: Day,
    /// Why, in words.
    pub reason: String,
}

/// One asking, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportGrantRow {
    /// The entry in which it was asked for: by it everything about it is named.
    pub wanted: EntryName,
    /// What.
    pub what: ExportWanted,
    /// Who.
    pub asked_by: UserId,
    /// On which day, by their clock.
    pub asked_on: Day,
    /// Whether the county has numbered the asking.
    pub numbered: bool,
    /// Who granted it.
    pub granted: Option<ExportGrantedBy>,
    /// Who refused or ended it.
    pub ended: Option<ExportEnded>,
    /// How many workbooks were written within it, as far as it is known here.
    pub used: u32,
}

impl ExportGrantRow {
    /// Whether exports run within it on a day.
    #[must_use]
    pub fn runs_on(&self, today: Day) -> bool {
        let granted = self.granted.as_ref().filter(|granted| granted.numbered && self.numbered);
        self.ended.is_none() && granted.is_some_and(|granted| self.what.holds_on(granted.until, today))
    }
}

impl Ledger {
    /// Everything that was asked for, oldest first.
    pub fn export_grants(&self) -> Result<Vec<ExportGrantRow>> {
        let tx = self.look();
        let params = params![OFFICE.key(), kind::EXPORT_WANTED, kind::EXPORT_GRANTED, kind::EXPORT_GRANT_END];
        let mut rows: Vec<ExportGrantRow> = Vec::new();
        for kept in tx.entries("about = ?1 and kind in (?2, ?3, ?4)", params)? {
            let (entry, numbered) = (&kept.entry, kept.number.is_some());
            match entry.kind {
                kind::EXPORT_WANTED => rows.push(ExportGrantRow {
                    wanted: kept.name,
                    // A version that did not know the kind let in whatever its body was.
                    what: match kept.body() {
                        Ok(what) => what,
                        Err(_) => continue,
                    },
                    asked_by: entry.user,
                    asked_on: entry.at.day(),
                    numbered,
                    granted: None,
                    ended: None,
                    used: 0,
                }),
                kind::EXPORT_GRANTED => {
                    let Ok(ExportGranted { wanted, until }) = kept.body() else { continue };
                    // Also what a person at the server has let in is held against what the gate asks.
                    let of_county = self.reach_of(entry.user)? == Reach::County;
                    let may = |row: &&mut ExportGrantRow| {
                        let in_time = until <= row.what.last_day(entry.at.day());
                        row.wanted == wanted && row.asked_by != entry.user && of_county && in_time
                    };
                    if let Some(row) = rows.iter_mut().find(may)
                        && row.granted.is_none()
                        && row.ended.is_none()
                    {
                        row.granted = Some(ExportGrantedBy { grant: kept.name, by: entry.user, until, numbered });
                    }
                }
                _ => {
                    let Ok(ExportGrantEnd { wanted, reason }) = kept.body() else { continue };
                    if self.reach_of(entry.user)? != Reach::County {
                        continue;
                    }
                    let row = rows.iter_mut().find(|row| row.wanted == wanted && row.ended.is_none());
                    if let Some(row) = row {
                        row.ended = Some(ExportEnded { by: entry.user, on: entry.at.day(), reason });
                    }
                }
            }
        }
        if rows.iter().any(|row| row.granted.is_some()) {
            for trace in self.traces()?.iter().filter(|trace| trace.act == act::EXPORT) {
                let within = |row: &&mut ExportGrantRow| {
                    row.granted.as_ref().is_some_and(|granted| exported_within(trace) == Some(granted.grant))
                };
                if let Some(row) = rows.iter_mut().find(within) {
                    row.used += 1;
                }
            }
        }
        Ok(rows)
    }

    /// Asks for it; the entry by which it is named.
    pub fn ask_export(&mut self, what: &ExportWanted) -> Result<EntryName> {
        self.write(|writing| writing.record(OFFICE, kind::EXPORT_WANTED, Source::Office, what))
    }

    /// Grants what was asked for.
    pub fn grant_export(&mut self, wanted: EntryName, until: Day) -> Result<EntryName> {
        let body = ExportGranted { wanted, until };
        self.write(|writing| writing.record(OFFICE, kind::EXPORT_GRANTED, Source::Office, &body))
    }

    /// Refuses it, or ends it.
    pub fn end_export(&mut self, wanted: EntryName, reason: &str) -> Result<EntryName> {
        let body = ExportGrantEnd { wanted, reason: reason.to_owned() };
        self.write(|writing| writing.record(OFFICE, kind::EXPORT_GRANT_END, Source::Office, &body))
    }

    /// Leaves the trace of an export within a grant: the grant's name and the columns stand for the reason.
    pub fn note_export(&mut self, template: &str, about: About, grant: EntryName, columns: &[String]) -> Result<()> {
        let reason = format!("{grant} {}", columns.join(","));
        self.note_audit(&format!("{} {template} unmasked", act::EXPORT), about, &reason)
    }

    /// The latest moment this device knows of: its clock, or what it has written or heard since. Setting the clock back makes
    /// nothing last longer.
    pub fn latest_moment(&self) -> Result<Moment> {
        let tx = self.look();
        let last = tx.meta::<i64>("last_exchange")?.map_or(Moment(i64::MIN), Moment);
        Ok(self.now().max(last).max(tx.last_written()?.unwrap_or(Moment(i64::MIN))))
    }
}

impl Tx<'_> {
    /// Who asked for what in an entry that the county has numbered.
    pub(crate) fn export_wanted(&self, name: EntryName) -> Result<Option<(UserId, ExportWanted)>> {
        let kept = self.living(name)?.filter(|kept| kept.number.is_some() && kept.entry.kind == kind::EXPORT_WANTED);
        kept.map(|kept| Ok((kept.entry.user, kept.body()?))).transpose()
    }
}

/// The grant within which a workbook was written.
fn exported_within(trace: &TraceRow) -> Option<EntryName> {
    EntryName::parse(trace.reason.split(' ').next()?)
}
