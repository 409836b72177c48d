//! 依法删除: the county takes a household out of every ledger, for a reason; it sees before what goes and what stays, and
//! names the household to confirm it.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::day::{Day, Period};
use lianhu_core::directive::ground;
use lianhu_core::ids::HouseholdId;
use lianhu_core::problem::ProblemKind;
use serde::Serialize;
use std::fs;
use ts_rs::TS;

/// What an erasure would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ErasurePreview {
    /// Which household.
    pub household: HouseholdId,
    /// Its head: what has to be typed to confirm.
    pub head: String,
    /// Where it is placed.
    pub place: Option<String>,
    /// What goes: people of the household.
    pub persons: u32,
    /// Facts about it and them.
    pub facts: u32,
    /// Visits, with what was said at them.
    pub visits: u32,
    /// Needs.
    pub needs: u32,
    /// People who hold it now: their devices erase it at their next exchange.
    pub holders: u32,
    /// Whether it is erased already, or waits for the county's number.
    pub waiting: bool,
}

/// A household that was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ErasedHousehold {
    /// Its id: all that is left of it.
    pub household: HouseholdId,
    /// Its head, while the directive waits for its number.
    pub head: Option<String>,
    /// On what ground: `asked`, `wrong`, `ended`, `ordered`; `restored` where the county said it again after a restore.
    pub ground: String,
    /// The number of the directive; none while it waits.
    #[ts(type = "number | null")]
    pub number: Option<u64>,
    /// The day it was decided.
    pub day: Day,
    /// Whether something came for it later, and was not taken in.
    pub came_after: bool,
}

impl App {
    /// What an erasure of this household would take away.
    pub fn erasure_preview(&self, household: String) -> Result<ErasurePreview> {
        self.check_is_county()?;
        let id = self.household_of(&household)?;
        let ledger = self.ledger();
        let row = ledger.household_row(id)?.ok_or_else(|| AppError::missing(&household))?;
        let ever = Period { from: Day(i32::MIN / 2), to: Day(i32::MAX / 2) };
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let waiting = ledger.erased()?.iter().any(|erased| erased.household == id);
        let needs = ledger.needs(Some(id), false)?;
        Ok(ErasurePreview {
            household: id,
            head: row.head.clone(),
            place: row.village.clone(),
            persons: row.persons,
            facts: count(ledger.statements(id)?.len()),
            visits: count(ledger.visit_roots(id, ever)?.len()),
            needs: count(needs.len()),
            holders: count(ledger.grants_about(lianhu_core::entry::About::Household(id))?.len()),
            waiting,
        })
    }

    /// Erases a household by law: `named` is its head, typed once more. It takes effect with the county's number.
    pub fn erase_household(
        &self,
        household: String,
        ground: String,
        reason: String,
        named: String,
    ) -> Result<Vec<ErasedHousehold>> {
        self.check_is_county()?;
        let id = self.household_of(&household)?;
        let row = self.ledger().household_row(id)?.ok_or_else(|| AppError::missing(&household))?;
        if named.trim() != row.head {
            return Err(AppError::field("named", ProblemKind::WrongForm));
        }
        if !ground::ALL.contains(&ground.as_str()) {
            return Err(AppError::field("ground", ProblemKind::Unknown));
        }
        if reason.trim().is_empty() {
            return Err(AppError::field("reason", ProblemKind::Missing));
        }
        self.ledger().write(|writing| writing.erase(id, &ground, reason.trim()))?;
        self.erased_households()
    }

    /// The households that were erased, newest first.
    pub fn erased_households(&self) -> Result<Vec<ErasedHousehold>> {
        self.check_is_county()?;
        let ledger = self.ledger();
        let after = ledger.traced(lianhu_core::trace::act::AFTER_ERASURE)?;
        let tell = |row: lianhu_ledger::ErasedRow| {
            let head = ledger.household_row(row.household)?.map(|row| row.head);
            let came_after = after.contains(&lianhu_core::entry::About::Household(row.household));
            let lianhu_ledger::ErasedRow { household, ground, number, day, .. } = row;
            Ok(ErasedHousehold { household, head, ground, number, day, came_after })
        };
        ledger.erased()?.into_iter().map(tell).collect()
    }

    /// The person has seen which households were erased from this device.
    pub fn note_erased(&self) -> Result<()> {
        Ok(self.ledger().note_erased()?)
    }

    /// After an erasure nothing stays that was handed in or given out beside the ledger: rosters and workbooks hold
    /// whole villages in clear.
    pub(crate) fn clear_files(&self) -> Result<()> {
        const CLEARED: &str = "erased_files";
        let mut ledger = self.ledger();
        let newest = ledger.erased()?.iter().filter_map(|erased| erased.number).max().unwrap_or(0);
        let cleared = ledger.setting(CLEARED)?.and_then(|number| number.parse().ok()).unwrap_or(0);
        if newest <= cleared {
            return Ok(());
        }
        for file in fs::read_dir(self.home.join("files")).into_iter().flatten().flatten() {
            fs::remove_file(file.path())?;
        }
        Ok(ledger.set_setting(CLEARED, &newest.to_string())?)
    }
}
