//! What this device has written lately, each with its honest mark: on this device only, or at the county.

use crate::app::App;
use crate::error::Result;
use crate::history::HistoryRow;
use lianhu_core::ids::HouseholdId;
use lianhu_ledger::VisitQuery;
use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

/// One thing written, with its household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Written {
    /// Of which household.
    pub household: HouseholdId,
    /// 户主.
    pub head: String,
    /// What, who, when, how far it has come.
    pub row: HistoryRow,
}

/// The days looked back on for what has arrived.
const BACK: i32 = 31;

impl App {
    /// What waits here, then what was handed in lately, newest first.
    pub fn written_lately(&self, most: Option<u32>) -> Result<Vec<Written>> {
        let most = most.unwrap_or(60).min(500) as usize;
        let (mut ids, me) = (BTreeSet::new(), {
            let ledger = self.ledger();
            ledger.identity()?.user
        });
        {
            let ledger = self.ledger();
            let rows = ledger.households("", None, 0, 5_000)?.rows;
            ids.extend(rows.into_iter().filter(|row| row.waiting).map(|row| row.id));
            let from = Some(self.today().plus(-BACK));
            let recent = ledger.visits(&VisitQuery { from, struck: true, most: 400, ..VisitQuery::default() })?;
            ids.extend(recent.into_iter().filter(|visit| visit.user == me).take(most).map(|visit| visit.household));
            ids.extend(ledger.households_written_about(most)?);
            ids = ids.into_iter().map(|id| ledger.card_of(id)).collect::<std::result::Result<_, _>>()?;
        }
        let cover = self.cover_of_rows()?;
        let mut written = Vec::new();
        for household in ids.into_iter().take(most) {
            let (head, name) = {
                let ledger = self.ledger();
                (ledger.household_row(household)?.map(|row| row.head).unwrap_or_default(), ledger.cadre_name(me)?)
            };
            let own = |row: &HistoryRow| row.by == name || row.number.is_none();
            // What waits is told after the lease too, without its words.
            let rows = self.rows_of(household, false, Some(cover))?.into_iter().filter(own).take(20);
            written.extend(rows.map(|row| Written { household, head: head.clone(), row }));
        }
        written.sort_by_key(|one| (one.row.number.is_some(), std::cmp::Reverse(one.row.at)));
        written.truncate(most);
        Ok(written)
    }
}
