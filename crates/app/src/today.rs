//! 今日该办: whom to see, what was promised, what was begun and not saved (domain.md §3.1, §3.2). It is made of what was
//! written down; nobody is ranked and no clock ticks anything off.

use crate::app::App;
use crate::error::Result;
use crate::visiting::DraftRow;
use lianhu_core::circumstance::cover;
use lianhu_core::day::Day;
use lianhu_core::ids::HouseholdId;
use lianhu_ledger::{HouseholdRow, PromiseRow, VisitQuery};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// How many days ahead a visit is shown as coming.
const AHEAD: i32 = 7;
/// After so many days without a visit a household is named even if no day was set (monthly contact, domain.md §3.1).
const LONG: i32 = 30;
/// How far back the last visits are read.
const BACK: i32 = 400;
/// The most rows of one kind: nobody does more in a day.
const MOST: usize = 200;

/// What is to be done today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Today {
    /// Today, by this device's clock.
    pub day: Day,
    /// Households to see, the day that was set first.
    pub visits: Vec<DueVisit>,
    /// Promises, by the day they are due.
    pub promises: Vec<DuePromise>,
    /// Visits begun and not saved.
    pub drafts: Vec<OpenDraft>,
    /// Households not written about for long, counted whole.
    pub long_unseen: u32,
}

/// A household to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DueVisit {
    /// Which.
    pub household: HouseholdRow,
    /// The day set at the last visit; none where no day was set and the last visit is long ago.
    pub on: Option<Day>,
}

/// A promise with the household it was given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DuePromise {
    /// To whom.
    pub household: HouseholdRow,
    /// The promise.
    pub promise: PromiseRow,
}

/// A visit begun, with its household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OpenDraft {
    /// Of which household.
    pub household: HouseholdRow,
    /// The draft.
    pub draft: DraftRow,
}

impl App {
    /// What is to be done today, of everything held here or of one place.
    pub fn today_list(&self, place: Option<String>) -> Result<Today> {
        let place = self.place_or_all(place.as_deref())?;
        let today = self.today();
        let begun = self.drafts()?;
        let ledger = self.ledger();
        let rows = ledger.households("", place, 0, 5_000)?.rows;
        let mut held: BTreeMap<HouseholdId, HouseholdRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        held.retain(|_, row| !row.handing_over);
        let recent = VisitQuery { place, from: Some(today.plus(-BACK)), most: 2_000, ..VisitQuery::default() };
        let mut set = BTreeMap::new();
        for visit in ledger.visits(&recent)? {
            set.entry(ledger.card_of(visit.household)?).or_insert(visit.visit.next_visit_on);
        }
        let mut visits = Vec::new();
        for (id, row) in &held {
            let on = set.get(id).copied().flatten();
            let long = row.last_visit.is_none_or(|day| day.plus(LONG) <= today);
            let due = on.map_or(long, |day| day <= today.plus(AHEAD));
            if due {
                visits.push(DueVisit { household: row.clone(), on });
            }
        }
        visits.sort_by_key(|due| (due.on.is_none(), due.on, due.household.last_visit));
        let long_unseen = visits.iter().filter(|due| due.on.is_none()).count();
        visits.truncate(MOST);
        let mut promises = Vec::new();
        for promise in ledger.promises(None)? {
            let Some(household) = held.get(&promise.household) else { continue };
            if promise.due.is_some_and(|due| due > today.plus(AHEAD)) || promises.len() >= MOST {
                continue;
            }
            let text = cover(&promise.text);
            promises.push(DuePromise { household: household.clone(), promise: PromiseRow { text, ..promise } });
        }
        let mut drafts = Vec::new();
        for draft in begun {
            let Some(id) = HouseholdId::parse(&draft.household) else { continue };
            // What stands in it is for its own form.
            let draft = DraftRow { body: String::new(), ..draft };
            drafts.extend(ledger.household_row(id)?.map(|household| OpenDraft { household, draft }));
        }
        Ok(Today { day: today, visits, promises, drafts, long_unseen: crate::roster::count(long_unseen) })
    }
}
