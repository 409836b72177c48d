//! How what was said of a household is taken back.

use crate::error::Result;
use crate::undone::Plan;
use crate::updating::Facts;
use lianhu_core::entry::{Source, kind};
use lianhu_core::field;
use lianhu_core::ids::HouseholdId;
use lianhu_core::scalar::Scalar;
use lianhu_ledger::{Happened, Ledger, PutFact};
use std::collections::BTreeMap;

/// What somebody is who was written down by mistake: they count nowhere (domain.md §2.3).
const NOBODY: &str = "注销";

/// What one act has put, once each: where, from what source, and what was known before and is now.
type Put = BTreeMap<(HouseholdId, String), (Source, PutFact)>;

/// Facts are said again as they were, each where nobody but its author has spoken of it since and one thing was said before.
pub(super) fn said_before(ledger: &Ledger, entries: &[Happened], plan: &mut Plan) -> Result<()> {
    let mut put = Put::new();
    for entry in entries.iter().filter(|one| one.kind == kind::CHANGE) {
        for fact in ledger.put_facts(entry.entry)? {
            let known = put.entry((entry.card, fact.key.clone()));
            known
                .and_modify(|(_, first)| *first = PutFact { before: first.before.clone(), ..fact.clone() })
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
fn spoken_of(ledger: &Ledger, put: &Put) -> Result<Vec<String>> {
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
