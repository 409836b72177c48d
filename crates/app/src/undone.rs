//! 撤回: taking back what one has just done oneself, for a day, as long as nobody has built on it. Nothing is deleted: a visit is
//! struck, a strike is struck, a version is written again, and a fact is said again as it was before, by the same person.

mod facts;
mod visits;

use crate::app::App;
use crate::error::{AppError, Result};
use crate::updating::Facts;
use lianhu_core::day::Moment;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::record::Strike;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Act, Happened, Ledger, Undo};
use minicbor::Decode;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// For how long one's own act can be taken back, in seconds.
const DAY: i64 = 86_400;
/// How many of one's own acts are looked through.
const MOST: usize = 500;

/// What became of an act that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Undone {
    /// Of which household; of two, the one where it stands now.
    pub household: HouseholdId,
    /// 户主.
    pub head: String,
    /// Facts that stay as they are: somebody else has spoken of them, or several things were said before.
    pub left: Vec<LeftFact>,
}

/// A fact that was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LeftFact {
    /// The key under which it is kept.
    pub key: String,
    /// What the field calls it.
    pub label: String,
}

/// What is to be written to take an act back.
#[derive(Default)]
struct Plan {
    strikes: Vec<(HouseholdId, Source, Strike)>,
    versions: Vec<(HouseholdId, Source, Visit)>,
    facts: BTreeMap<HouseholdId, (Source, Facts)>,
    left: Vec<String>,
    done: bool,
    /// Where the person goes and looks.
    at: Option<HouseholdId>,
}

/// Whether it can be taken back, and how; nothing where there is no way.
type Planned = Option<std::result::Result<Plan, Undo>>;

impl App {
    /// Takes back one of one's own acts of the last 24 hours, named by any entry of it.
    pub fn undo_act(&self, entry: EntryName) -> Result<Undone> {
        let mut ledger = self.ledger();
        let missing = || AppError::missing("撤回");
        let act = ledger.own_acts(Moment(i64::MIN), MOST)?;
        let act = act.into_iter().find(|act| act.entries.iter().any(|one| one.entry == entry)).ok_or_else(missing)?;
        if !recent(&ledger, &act) {
            return Err(AppError::ActTooOld);
        }
        let plan = match plan(&ledger, &act)?.ok_or_else(missing)? {
            Ok(plan) => plan,
            Err(Undo::Done) => return Err(AppError::ActUndone),
            Err(_) => return Err(AppError::ActBuiltOn),
        };
        let to_confirm = Self::confirmed_by_putting(&ledger)?;
        ledger.write(|writing| {
            // Facts first: what is read in the order of writing is one act again.
            for (card, (source, puts)) in plan.facts {
                Self::put_on(writing, card, puts, source, &to_confirm)?;
            }
            for (household, source, strike) in plan.strikes {
                writing.record(About::Household(household), kind::STRIKE, source, &strike)?;
            }
            for (household, source, visit) in plan.versions {
                writing.record(About::Household(household), kind::VISIT, source, &visit)?;
            }
            Ok(())
        })?;
        let at = plan.at.or_else(|| act.entries.first().map(|one| one.card)).ok_or_else(missing)?;
        let household = ledger.card_of(at)?;
        let head = ledger.household_row(household)?.map(|row| row.head).unwrap_or_default();
        let label = |key: String| {
            let label = field::field_of_key(&key).map_or_else(|| key.clone(), |field| field.label.to_owned());
            LeftFact { key, label }
        };
        Ok(Undone { household, head, left: plan.left.into_iter().map(label).collect() })
    }
}

/// Whether an act can be taken back; nothing where there is no way, or none any more.
pub(crate) fn undo_of(ledger: &Ledger, act: &Act) -> Result<Option<Undo>> {
    if !recent(ledger, act) {
        return Ok(None);
    }
    Ok(plan(ledger, act)?.map(|planned| planned.err().unwrap_or(Undo::Open)))
}

fn recent(ledger: &Ledger, act: &Act) -> bool {
    act.entries.last().is_some_and(|one| ledger.now().0 - one.at.0 <= DAY)
}

fn body<T: for<'b> Decode<'b, ()>>(happened: &Happened) -> Option<T> {
    minicbor::decode(&happened.body).ok()
}

/// How an act is taken back, told by what it is made of.
fn plan(ledger: &Ledger, act: &Act) -> Result<Planned> {
    let is_change = |one: &&Happened| matches!(one.kind, kind::CHANGE | kind::APPROVAL);
    let records: Vec<&Happened> = act.entries.iter().filter(|one| !is_change(one)).collect();
    let planned = match records.as_slice() {
        [strike, visit, remark]
            if [strike.kind, visit.kind, remark.kind] == [kind::STRIKE, kind::VISIT, kind::REMARK] =>
        {
            visits::moved_back(ledger, strike, visit)?
        }
        [strike] if strike.kind == kind::STRIKE => visits::restored(ledger, strike)?,
        [visit] if visit.kind == kind::VISIT => visits::unwritten(ledger, visit)?,
        [] => Some(Ok(Plan::default())),
        _ => None,
    };
    let Some(Ok(mut plan)) = planned else { return Ok(planned) };
    facts::said_before(ledger, &act.entries, &mut plan)?;
    let nothing = plan.facts.is_empty() && plan.strikes.is_empty() && plan.versions.is_empty();
    Ok(match () {
        () if !nothing => Some(Ok(plan)),
        () if plan.done && plan.left.is_empty() => Some(Err(Undo::Done)),
        () => (!plan.left.is_empty()).then_some(Err(Undo::BuiltOn)),
    })
}
