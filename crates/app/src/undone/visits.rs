//! How what was done with a visit is taken back: written, corrected, struck, moved.

use crate::error::Result;
use crate::moving;
use crate::told::{RESTORED, TAKEN_BACK};
use crate::undone::{Plan, Planned, body};
use lianhu_core::entry::kind;
use lianhu_core::ids::EntryName;
use lianhu_core::record::{NeedStep, Strike};
use lianhu_core::visit::Visit;
use lianhu_ledger::{Happened, Ledger, Undo, VisitRow};

/// Whether a visit has gone on without whoever wrote it: somebody else has corrected it, struck it, or taken a step with a need of
/// it since.
fn is_built_on(ledger: &Ledger, visit: &VisitRow, history: &[Happened], since: Option<u64>) -> Result<bool> {
    let me = ledger.identity()?.user;
    let versions: Vec<EntryName> = ledger.versions(visit.root)?.into_iter().map(|(name, _)| name).collect();
    let by_others = |one: &&Happened| one.user != me;
    Ok(history.iter().filter(by_others).any(|one| match one.kind {
        kind::VISIT => versions.contains(&one.entry) && one.entry != visit.root,
        kind::STRIKE => body::<Strike>(one).is_some_and(|strike| versions.contains(&strike.record)),
        kind::NEED_STEP => {
            let later = since.is_none_or(|since| one.number.is_none_or(|number| number > since));
            later && body::<NeedStep>(one).is_some_and(|step| step.visit == visit.root)
        }
        _ => false,
    }))
}

/// A visit that was written is struck; a correction is written over by what stood before.
pub(super) fn unwritten(ledger: &Ledger, entry: &Happened) -> Result<Planned> {
    let (Some(root), Some(written)) = (ledger.visit_root(entry.entry)?, body::<Visit>(entry)) else { return Ok(None) };
    let (row, history) = (ledger.visit(root)?, ledger.timeline(entry.card, false)?);
    let mut plan = Plan::default();
    if written.amends.is_empty() {
        if row.struck {
            return Ok(Some(Err(Undo::Done)));
        }
        if is_built_on(ledger, &row, &history, None)? {
            return Ok(Some(Err(Undo::BuiltOn)));
        }
        let strike = Strike { record: root, reason: TAKEN_BACK.to_owned() };
        plan.strikes.push((row.household, entry.source, strike));
        return Ok(Some(Ok(plan)));
    }
    let before: Vec<(EntryName, Visit)> =
        ledger.versions(root)?.into_iter().filter(|(name, _)| written.amends.contains(name)).collect();
    let live = ledger.live_versions(root)?;
    if live.as_slice() != [entry.entry] {
        let now: Vec<Visit> = ledger
            .versions(root)?
            .into_iter()
            .filter(|(name, _)| live.contains(name))
            .map(|(_, visit)| visit)
            .collect();
        let same = |one: &Visit| {
            before.iter().any(|(_, was)| {
                Visit { amends: Vec::new(), ..was.clone() } == Visit { amends: Vec::new(), ..one.clone() }
            })
        };
        return Ok(Some(Err(if !now.is_empty() && now.iter().all(same) { Undo::Done } else { Undo::BuiltOn })));
    }
    // A step names its need by its place: where the places change, a step taken since would come to stand at another need.
    let places =
        |visit: &Visit| visit.needs_raised().into_iter().map(|need| (need.category, need.text)).collect::<Vec<_>>();
    let moved = before.iter().any(|(_, was)| places(was) != places(&written));
    let stepped = moved && entry.number.is_some() && is_built_on(ledger, &row, &steps(history), entry.number)?;
    if row.struck || stepped || before.is_empty() {
        return Ok(Some(Err(Undo::BuiltOn)));
    }
    for (_, was) in before {
        plan.versions.push((row.household, entry.source, Visit { amends: vec![entry.entry], ..was }));
    }
    Ok(Some(Ok(plan)))
}

fn steps(history: Vec<Happened>) -> Vec<Happened> {
    history.into_iter().filter(|one| one.kind == kind::NEED_STEP).collect()
}

/// A strike is struck: what it had struck counts again as it was, with all that others had made of it.
pub(super) fn restored(ledger: &Ledger, entry: &Happened) -> Result<Planned> {
    let Some(strike) = body::<Strike>(entry) else { return Ok(None) };
    // What takes something back is not taken back in its turn.
    if strike.reason == TAKEN_BACK || strike.reason == RESTORED || moving::moved_back(&strike.reason).is_some() {
        return Ok(None);
    }
    let Some(root) = ledger.visit_root(strike.record)? else { return Ok(None) };
    if !ledger.visit(root)?.struck {
        return Ok(Some(Err(Undo::Done)));
    }
    let mut plan = Plan { at: Some(entry.card), ..Plan::default() };
    let others = ledger.timeline(entry.card, false)?.into_iter().any(|one| {
        one.kind == kind::STRIKE
            && one.user != entry.user
            && body::<Strike>(&one).is_some_and(|other| other.record == strike.record)
    });
    if others {
        return Ok(Some(Err(Undo::BuiltOn)));
    }
    let back = Strike { record: entry.entry, reason: RESTORED.to_owned() };
    plan.strikes.push((entry.card, entry.source, back));
    Ok(Some(Ok(plan)))
}

/// A visit that was moved counts again where it was, as it was; what was written under the other household is struck.
pub(super) fn moved_back(ledger: &Ledger, strike: &Happened, moved: &Happened) -> Result<Planned> {
    let there = ledger.visit_root(moved.entry)?.map(|root| ledger.visit(root)).transpose()?;
    let (Some(there), Some(Ok(mut plan))) = (there, restored(ledger, strike)?) else {
        return Ok(Some(Err(Undo::Done)));
    };
    let history = ledger.timeline(moved.card, false)?;
    let corrected = ledger.live_versions(there.root)?.as_slice() != [moved.entry];
    if there.struck || corrected || is_built_on(ledger, &there, &history, None)? {
        return Ok(Some(Err(Undo::BuiltOn)));
    }
    let head = ledger.household_row(ledger.card_of(strike.card)?)?.map(|row| row.head).unwrap_or_default();
    let gone = Strike { record: there.root, reason: moving::back_to(&head) };
    plan.strikes.insert(0, (there.household, moved.source, gone));
    Ok(Some(Ok(plan)))
}
