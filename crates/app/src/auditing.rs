//! 留痕: what was looked at although it is masked, taken out, printed, joined, erased, recovered, and who may do and hold what
//! since when. Listed by act and by household; who did it is told where one household is asked about, never in a list.

use crate::app::App;
use crate::error::Result;
use lianhu_core::day::Day;
use lianhu_core::entry::About;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::trace::act;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// How often an act was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ActCount {
    /// `reveal`, `call`, `export`, `print`, `role`, `grant` …
    pub act: String,
    /// So often.
    pub count: u32,
}

/// One trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AuditRow {
    /// Its entry.
    pub entry: EntryName,
    /// Which act.
    pub act: String,
    /// What exactly: the key of a fact, the kind of a workbook, a role.
    pub detail: Option<String>,
    /// Of which household.
    pub household: Option<HouseholdId>,
    /// Its head.
    pub head: Option<String>,
    /// Of which place.
    pub place: Option<String>,
    /// Why.
    pub reason: String,
    /// On which day.
    pub day: Day,
    /// The columns that an export held unmasked, or is to hold.
    pub columns: Vec<String>,
    /// Who; told only where one household is asked about.
    pub by: Option<String>,
}

/// What has left a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Audit {
    /// The acts, each with how often.
    pub acts: Vec<ActCount>,
    /// The traces, newest first.
    pub rows: Vec<AuditRow>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// How the trace of an export says that columns were unmasked.
const UNMASKED: &str = " unmasked";
/// The act of asking for that.
const EXPORT_WANTED: &str = "export_wanted";

/// The columns of an unmasked export, or of what was asked for.
fn unmasked_columns(trace: &lianhu_ledger::TraceRow) -> Vec<String> {
    let detail = trace.detail.as_deref().unwrap_or_default();
    let columns = match trace.act.as_str() {
        act::EXPORT if detail.ends_with(UNMASKED) => trace.reason.split(' ').nth(1),
        EXPORT_WANTED => Some(detail),
        _ => None,
    };
    columns.into_iter().flat_map(|columns| columns.split(',')).map(str::to_owned).collect()
}

/// Traces told at once unless more are asked for.
const MOST: u32 = 200;

impl App {
    /// What has left a trace in this county: by act, by household, of days.
    pub fn audit(
        &self,
        act: Option<String>,
        household: Option<String>,
        from: Option<Day>,
        to: Option<Day>,
        most: Option<u32>,
    ) -> Result<Audit> {
        self.check_is_county()?;
        // One that was erased is nowhere else; its traces are.
        let known = |id: String| HouseholdId::parse(&id).map_or_else(|| self.household_of(&id), Ok);
        let household = household.map(known).transpose()?;
        let most = most.unwrap_or(MOST).min(5_000) as usize;
        let ledger = self.ledger();
        let cards = household.map(|household| ledger.cards_of(household)).transpose()?;
        let places: BTreeMap<_, _> = ledger.places()?.into_iter().map(|place| (place.id, place.path)).collect();
        let (mut counts, mut rows, mut more) = (BTreeMap::new(), Vec::new(), false);
        for trace in ledger.traces()? {
            let within = from.is_none_or(|from| trace.day >= from) && to.is_none_or(|to| trace.day <= to);
            let of = trace.about.household();
            if !within || cards.as_ref().is_some_and(|cards| !of.is_some_and(|of| cards.contains(&of))) {
                continue;
            }
            *counts.entry(trace.act.clone()).or_insert(0) += 1;
            if act.as_ref().is_some_and(|act| *act != trace.act) {
                continue;
            }
            if rows.len() == most {
                more = true;
                continue;
            }
            let columns = unmasked_columns(&trace);
            let unmasked = !columns.is_empty();
            rows.push(AuditRow {
                columns,
                entry: trace.entry,
                head: match of {
                    Some(household) => ledger.household_row(household)?.map(|row| row.head),
                    None => None,
                },
                place: match trace.about {
                    About::Place(place) => places.get(&place).cloned(),
                    _ => None,
                },
                by: if household.is_some() { ledger.cadre_name(trace.user)? } else { None },
                act: trace.act.clone(),
                detail: trace.detail.map(|detail| detail.replace(UNMASKED, "")).filter(|_| trace.act != EXPORT_WANTED),
                household: of,
                // Within a grant the reason is the grant, which is listed itself.
                reason: if unmasked && trace.act == act::EXPORT { String::new() } else { trace.reason },
                day: trace.day,
            });
        }
        let acts = counts.into_iter().map(|(act, count)| ActCount { act, count }).collect();
        Ok(Audit { acts, rows, more })
    }

    /// Notes that a sheet goes to the printer: `slips`, `report` …
    pub fn note_print(&self, what: String) -> Result<()> {
        let what: String =
            what.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(40).collect();
        self.ledger().note_audit(&format!("{} {what}", act::PRINT), About::County, "打印")?;
        Ok(())
    }
}
