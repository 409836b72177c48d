//! What was done lately on this device, act by act, each with its honest mark: on this device only, or at the county; and whether
//! it can still be taken back.

use crate::app::App;
use crate::covering::Cover;
use crate::error::Result;
use crate::history::{HistoryRow, row};
use crate::told::Told;
use crate::undone::undo_of;
use lianhu_core::day::Moment;
use lianhu_core::entry::kind;
use lianhu_core::ids::HouseholdId;
use lianhu_ledger::{Act, Happened, Ledger, Undo};
use serde::Serialize;
use ts_rs::TS;

/// One thing done, with its household. It may have taken several entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Written {
    /// Of which household.
    pub household: HouseholdId,
    /// 户主.
    pub head: String,
    /// What was done: `move`, `undo`, or what its entry is: `visit`, `change`, `registration` …
    pub what: String,
    /// Whose household a visit was moved from.
    pub from: Option<String>,
    /// The entry that says most of it: what, who, when. Its mark is that of the whole act.
    pub row: HistoryRow,
    /// The other entries of the same act.
    pub more: Vec<HistoryRow>,
    /// Whether it can be taken back; nothing where there is no way.
    pub undo: Option<Undo>,
}

/// The seconds looked back on for what has arrived.
const BACK: i64 = 31 * 86_400;

impl App {
    /// What waits here, then what was handed in lately, newest first.
    pub fn written_lately(&self, most: Option<u32>) -> Result<Vec<Written>> {
        let most = most.unwrap_or(60).min(500) as usize;
        let mut written = self.acts(most)?;
        written.sort_by_key(|one| one.row.number.is_some());
        Ok(written)
    }

    /// What the person here did last on this device.
    pub fn last_act(&self) -> Result<Option<Written>> {
        Ok(self.acts(1)?.into_iter().next())
    }

    fn acts(&self, most: usize) -> Result<Vec<Written>> {
        // What waits is told after the lease too, without its words.
        let cover = self.cover_of_rows()?;
        let ledger = self.ledger();
        let acts = ledger.own_acts(Moment(self.around.now().0 - BACK), most)?;
        acts.iter().filter_map(|act| told(&ledger, act, cover).transpose()).collect()
    }
}

/// The entry of an act that says most of it.
fn foremost(entries: &[Happened]) -> usize {
    const FIRST: [u16; 4] = [kind::VISIT, kind::REGISTRATION, kind::STRIKE, kind::CHANGE];
    let rank = |one: &Happened| FIRST.iter().position(|kind| *kind == one.kind).unwrap_or(FIRST.len());
    (0..entries.len()).min_by_key(|at| entries.get(*at).map_or(FIRST.len(), rank)).unwrap_or(0)
}

fn told(ledger: &Ledger, act: &Act, cover: Cover) -> Result<Option<Written>> {
    let at = foremost(&act.entries);
    let Some(main) = act.entries.get(at) else { return Ok(None) };
    let head = |card: HouseholdId| -> Result<(HouseholdId, String)> {
        let card = ledger.card_of(card)?;
        Ok((card, ledger.household_row(card)?.map(|row| row.head).unwrap_or_default()))
    };
    let (household, name) = head(main.card)?;
    let mut rows: Vec<HistoryRow> = act.entries.iter().map(|one| row(one, Some(cover))).collect();
    let mut first = rows.remove(at);
    // Of an act that is on its way only in part, the rest would be lost with the device.
    let here = |one: &&Happened| one.number.is_none();
    if act.entries.iter().any(|one| one.number.is_none()) {
        first.number = None;
        first.carried = act.entries.iter().filter(here).all(|one| one.carried);
    }
    let from = act.moved_from().map(head).transpose()?;
    let undoes = std::iter::once(&first)
        .chain(&rows)
        .any(|row| matches!(row.told, Told::Restored { .. } | Told::Strike { back: true, .. }));
    let what = match () {
        () if from.is_some() => "move".to_owned(),
        () if undoes => "undo".to_owned(),
        () => first.what.clone(),
    };
    let undo = undo_of(ledger, act)?;
    Ok(Some(Written { household, head: name, what, from: from.map(|(_, head)| head), row: first, more: rows, undo }))
}
