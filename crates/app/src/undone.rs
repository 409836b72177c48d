//! 撤回: taking back what one has just done oneself, for a day, as long as nobody has built on it. Nothing is deleted: a visit is
//! struck, a strike is struck, a version is written again, and a fact is said again as it was before, by the same person.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::moving;
use crate::told::{RESTORED, TAKEN_BACK};
use crate::updating::Facts;
use lianhu_core::day::Moment;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::record::{NeedStep, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Act, Happened, Ledger, Undo, VisitRow};
use minicbor::Decode;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// For how long one's own act can be taken back, in seconds.
const DAY: i64 = 86_400;
/// How many of one's own acts are looked through.
const MOST: usize = 500;
/// What somebody is who was written down by mistake: they count nowhere (domain.md §2.3).
const NOBODY: &str = "注销";

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
            moved_back(ledger, strike, visit)?
        }
        [strike] if strike.kind == kind::STRIKE => restored(ledger, strike)?,
        [visit] if visit.kind == kind::VISIT => unwritten(ledger, visit)?,
        [] => Some(Ok(Plan::default())),
        _ => None,
    };
    let Some(Ok(mut plan)) = planned else { return Ok(planned) };
    facts_back(ledger, &act.entries, &mut plan)?;
    let nothing = plan.facts.is_empty() && plan.strikes.is_empty() && plan.versions.is_empty();
    Ok(match () {
        () if !nothing => Some(Ok(plan)),
        () if plan.done && plan.left.is_empty() => Some(Err(Undo::Done)),
        () => (!plan.left.is_empty()).then_some(Err(Undo::BuiltOn)),
    })
}

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
fn unwritten(ledger: &Ledger, entry: &Happened) -> Result<Planned> {
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
fn restored(ledger: &Ledger, entry: &Happened) -> Result<Planned> {
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
fn moved_back(ledger: &Ledger, strike: &Happened, moved: &Happened) -> Result<Planned> {
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

/// Facts are said again as they were, each where nobody but its author has spoken of it since and one thing was said before.
fn facts_back(ledger: &Ledger, entries: &[Happened], plan: &mut Plan) -> Result<()> {
    let mut put: BTreeMap<(HouseholdId, String), (Source, lianhu_ledger::PutFact)> = BTreeMap::new();
    for entry in entries.iter().filter(|one| one.kind == kind::CHANGE) {
        for fact in ledger.put_facts(entry.entry)? {
            let known = put.entry((entry.card, fact.key.clone()));
            known
                .and_modify(|(_, first)| {
                    *first = lianhu_ledger::PutFact { before: first.before.clone(), ..fact.clone() }
                })
                .or_insert((entry.source, fact));
        }
    }
    let built_on = spoken_of(ledger, &put)?;
    for ((card, key), (source, fact)) in put {
        let was = match fact.before.as_slice() {
            [] => Scalar::Null,
            [was] => was.clone(),
            _ => {
                plan.left.push(key);
                continue;
            }
        };
        if was == fact.value {
            continue;
        }
        if !fact.alone || built_on.iter().any(|person| key.starts_with(person)) {
            if fact.now == [was] {
                plan.done = true
            } else {
                plan.left.push(key)
            }
            continue;
        }
        let (_, puts) = plan.facts.entry(card).or_insert((source, Facts::new()));
        if let (Some(person), "name") = field::split_key(&key)
            && was == Scalar::Null
        {
            puts.insert(field::person_key(person, "status"), Scalar::from(NOBODY));
        }
        puts.entry(key).or_insert(was);
    }
    Ok(())
}

/// The people whom an act has written down for the first time, and of whom something else is known by now.
fn spoken_of(
    ledger: &Ledger,
    put: &BTreeMap<(HouseholdId, String), (Source, lianhu_ledger::PutFact)>,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for ((card, key), (_, fact)) in put {
        let (Some(person), "name") = field::split_key(key) else { continue };
        if !fact.before.is_empty() {
            continue;
        }
        let prefix = field::person_key(person, "");
        let known = ledger.own_statements(*card)?;
        let others = |key: &String| key.starts_with(&prefix) && !put.contains_key(&(*card, key.clone()));
        let by_others = put.iter().any(|((_, key), (_, fact))| key.starts_with(&prefix) && !fact.alone);
        if by_others || known.keys().any(others) {
            found.push(prefix);
        }
    }
    Ok(found)
}
