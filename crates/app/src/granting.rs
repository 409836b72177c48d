//! 导出准许: exporting numbers unmasked takes two people of the county. One asks, for a workbook, a place, columns and a month
//! at most; another grants it once; within it exports run without asking, each leaving a trace.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::exporting::{UNMASKABLE, check_unmaskable};
use lianhu_core::day::Day;
use lianhu_core::export_grant::{ExportWanted, MOST_DAYS, reason};
use lianhu_core::ids::{EntryName, PlaceId, UserId};
use lianhu_core::problem::ProblemKind;
use lianhu_ledger::{ExportGrantRow, Ledger, PlaceRow};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// What is looked for where somebody else was quicker.
const OPEN: &str = "还没办的导出申请";
/// The longest word of an end, in characters.
const LONGEST: usize = 100;

/// How an asking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportGrantState {
    /// Waits for a second person.
    Asked,
    /// Granted here, and not numbered by the county yet: it does not count.
    WaitsForNumber,
    /// Exports run within it.
    Running,
    /// Its days are over.
    Over,
    /// Refused.
    Refused,
    /// Taken back by who asked, before anybody granted it.
    Withdrawn,
    /// Ended before its days were over.
    Ended,
}

/// One asking, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ExportGrant {
    /// By this it is granted, refused and ended.
    pub wanted: EntryName,
    /// How it stands.
    pub state: ExportGrantState,
    /// Which kind of workbook.
    pub template: String,
    /// Of which place; none means the whole county.
    pub place: Option<PlaceId>,
    /// What that is called, from the county down.
    pub place_path: Option<String>,
    /// Which columns: `id_no`, `phone`.
    pub columns: Vec<String>,
    /// For how many days.
    pub days: u16,
    /// What for: `reported`, `payment`, `compared`, `audited`.
    pub reason: String,
    /// Who asked.
    pub asked_by: Option<String>,
    /// When.
    pub asked_on: Day,
    /// Whether it was the person here: somebody else has to grant it.
    pub mine: bool,
    /// Whether the county has numbered the asking.
    pub numbered: bool,
    /// Who granted it.
    pub granted_by: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Day>,
    /// So many days are left, today counted.
    pub days_left: Option<i32>,
    /// How many workbooks were written within it, as far as it is known here.
    pub used: u32,
    /// Who refused or ended it.
    pub ended_by: Option<String>,
    /// Why, in words.
    pub end_reason: Option<String>,
    /// Households whose numbers it shows, as far as it is open or runs.
    pub households: Option<u32>,
    /// People of them.
    pub persons: Option<u32>,
}

/// Ended ones are told this far back, in days.
const TOLD: i32 = 366;

impl App {
    /// What was asked for, runs, and has ended in the last year: what waits first, then the newest.
    pub fn export_grants(&self) -> Result<Vec<ExportGrant>> {
        self.check_is_county()?;
        let ledger = self.ledger();
        let (me, today) = (ledger.identity()?.user, ledger.latest_moment()?.day());
        let places: BTreeMap<_, _> = ledger.places()?.into_iter().map(|place| (place.id, place)).collect();
        let told = |row: &ExportGrantRow| row.ended.is_none() || row.asked_on.plus(TOLD) >= today;
        let rows = ledger.export_grants()?;
        let mut grants = rows
            .into_iter()
            .filter(told)
            .map(|row| shown(&ledger, &places, me, today, row))
            .collect::<Result<Vec<_>>>()?;
        grants.sort_by_key(|grant| (place_in_list(grant.state), std::cmp::Reverse(grant.asked_on)));
        Ok(grants)
    }

    /// Asks for it. Another person of the county grants it, once the county has numbered the asking.
    pub fn ask_export_grant(
        &self,
        template: String,
        place: Option<String>,
        columns: Vec<String>,
        days: i32,
        reason: String,
    ) -> Result<Vec<ExportGrant>> {
        self.check_is_county()?;
        let columns = check_unmaskable(&template, columns)?;
        let place = self.place_or_all(place.as_deref())?;
        let days = u16::try_from(days).ok().filter(|days| (1..=MOST_DAYS).contains(days));
        let days = days.ok_or_else(|| AppError::field("days", ProblemKind::WrongForm))?;
        if !reason::ALL.contains(&reason.as_str()) {
            let kind = if reason.trim().is_empty() { ProblemKind::Missing } else { ProblemKind::Unknown };
            return Err(AppError::field("reason", kind));
        }
        let what = ExportWanted { template, place, columns, days, reason };
        self.ledger().ask_export(&what)?;
        self.export_grants()
    }

    /// Grants what another person has asked for, from today on.
    pub fn grant_export(&self, wanted: EntryName) -> Result<Vec<ExportGrant>> {
        let row = self.open_asking(wanted)?;
        let mut ledger = self.ledger();
        if row.asked_by == ledger.identity()?.user {
            return Err(AppError::NeedsSecond);
        }
        if row.granted.is_some() {
            return Err(AppError::missing(OPEN));
        }
        let until = row.what.last_day(ledger.now().day());
        ledger.grant_export(wanted, until)?;
        drop(ledger);
        self.export_grants()
    }

    /// Refuses what another person has asked for.
    pub fn refuse_export(&self, wanted: EntryName, reason: Option<String>) -> Result<Vec<ExportGrant>> {
        let row = self.open_asking(wanted)?;
        if row.granted.is_some() {
            return Err(AppError::missing(OPEN));
        }
        if row.asked_by == self.ledger().identity()?.user {
            return Err(AppError::NeedsSecond);
        }
        self.end(wanted, reason)
    }

    /// Ends early what was granted, or takes back what one has asked for: whoever of the county.
    pub fn end_export_grant(&self, wanted: EntryName, reason: Option<String>) -> Result<Vec<ExportGrant>> {
        let row = self.open_asking(wanted)?;
        if row.granted.is_none() && row.asked_by != self.ledger().identity()?.user {
            return self.refuse_export(wanted, reason);
        }
        self.end(wanted, reason)
    }

    fn end(&self, wanted: EntryName, reason: Option<String>) -> Result<Vec<ExportGrant>> {
        let reason = reason.unwrap_or_default().trim().to_owned();
        if reason.chars().count() > LONGEST {
            return Err(AppError::field("reason", ProblemKind::TooLong { most: LONGEST }));
        }
        self.ledger().end_export(wanted, &reason)?;
        self.export_grants()
    }

    /// An asking that was not refused and has not ended.
    fn open_asking(&self, wanted: EntryName) -> Result<ExportGrantRow> {
        self.check_is_county()?;
        let row = self.ledger().export_grants()?.into_iter().find(|row| row.wanted == wanted);
        let row = row.ok_or_else(|| AppError::missing(OPEN))?;
        if row.ended.is_some() { Err(AppError::missing(OPEN)) } else { Ok(row) }
    }

    /// The grant under which the person here may export these columns of this place now.
    pub(crate) fn running_grant(
        &self,
        template: &str,
        place: Option<PlaceId>,
        columns: &[String],
    ) -> Result<ExportGrantRow> {
        self.check_is_county()?;
        let ledger = self.ledger();
        let (me, today) = (ledger.identity()?.user, ledger.latest_moment()?.day());
        let parents: BTreeMap<_, _> = ledger.places()?.into_iter().map(|place| (place.id, place.parent)).collect();
        let within = |outer: PlaceId| {
            let mut at = place;
            // A place that is its own ancestor would go round for ever.
            for _ in 0..=parents.len() {
                match at {
                    Some(id) if id == outer => return true,
                    Some(id) => at = parents.get(&id).copied().flatten(),
                    None => return false,
                }
            }
            false
        };
        let covers = |row: &ExportGrantRow| {
            row.asked_by == me
                && row.runs_on(today)
                && row.what.template == template
                && row.what.place.is_none_or(within)
                && columns.iter().all(|column| row.what.columns.contains(column))
        };
        // Several may fit: the one that lasts longest.
        let running = ledger.export_grants()?.into_iter().filter(covers);
        running.max_by_key(|row| row.granted.as_ref().map(|granted| granted.until)).ok_or(AppError::NoGrant)
    }
}

fn shown(
    ledger: &Ledger,
    places: &BTreeMap<PlaceId, PlaceRow>,
    me: UserId,
    today: Day,
    row: ExportGrantRow,
) -> Result<ExportGrant> {
    let state = state_of(&row, today);
    let name = |user: UserId| ledger.cadre_name(user);
    let until = row.granted.as_ref().map(|granted| granted.until);
    let open = matches!(state, ExportGrantState::Asked | ExportGrantState::WaitsForNumber | ExportGrantState::Running);
    let counted = if open { Some(ledger.households("", row.what.place, 0, 1_000_000)?) } else { None };
    Ok(ExportGrant {
        wanted: row.wanted,
        state,
        template: row.what.template,
        place: row.what.place,
        place_path: row.what.place.and_then(|place| places.get(&place)).map(|place| place.path.clone()),
        columns: row.what.columns,
        days: row.what.days,
        reason: row.what.reason,
        asked_by: name(row.asked_by)?,
        asked_on: row.asked_on,
        mine: row.asked_by == me,
        numbered: row.numbered,
        granted_by: row.granted.as_ref().map(|granted| name(granted.by)).transpose()?.flatten(),
        until,
        days_left: until.filter(|_| state == ExportGrantState::Running).map(|until| until.0 - today.0 + 1),
        used: row.used,
        ended_by: row.ended.as_ref().map(|ended| name(ended.by)).transpose()?.flatten(),
        end_reason: row.ended.map(|ended| ended.reason).filter(|reason| !reason.is_empty()),
        households: counted.as_ref().map(|page| page.total),
        persons: counted.map(|page| page.rows.iter().map(|row| row.persons).sum()),
    })
}

fn state_of(row: &ExportGrantRow, today: Day) -> ExportGrantState {
    match (&row.granted, &row.ended) {
        (None, Some(ended)) if ended.by == row.asked_by => ExportGrantState::Withdrawn,
        (None, Some(_)) => ExportGrantState::Refused,
        (Some(_), Some(_)) => ExportGrantState::Ended,
        (None, None) => ExportGrantState::Asked,
        (Some(granted), None) if !granted.numbered || !row.numbered => ExportGrantState::WaitsForNumber,
        (Some(_), None) if row.runs_on(today) => ExportGrantState::Running,
        (Some(_), None) => ExportGrantState::Over,
    }
}

fn place_in_list(state: ExportGrantState) -> u8 {
    match state {
        ExportGrantState::Asked => 0,
        ExportGrantState::WaitsForNumber => 1,
        ExportGrantState::Running => 2,
        ExportGrantState::Over | ExportGrantState::Refused | ExportGrantState::Withdrawn | ExportGrantState::Ended => 3,
    }
}

/// What a column is called in the workbook.
pub(crate) fn label(column: &str) -> &str {
    UNMASKABLE.iter().find(|(_, known, _)| *known == column).map_or(column, |(_, _, label)| label)
}

/// What it is for, in the words of the workbook's mark.
pub(crate) fn purpose(code: &str) -> &str {
    match code {
        reason::REPORTED => "上级部门要名单",
        reason::PAYMENT => "发放补助核对账户",
        reason::COMPARED => "与部门名单比对",
        reason::AUDITED => "审计、检查来函调取",
        other => other,
    }
}
