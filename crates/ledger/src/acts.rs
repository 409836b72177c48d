//! Acts: what a person did in one go, however many entries it took. A visit at which a number was given is one, a visit moved to
//! another household is one, and so is what takes either back. No entry says so: it is read off what follows on what.

use crate::entries::{KEPT, Kept};
use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use crate::timeline::Happened;
use lianhu_core::change::Change;
use lianhu_core::day::Moment;
use lianhu_core::entry::kind;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::record::Remark;
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use rusqlite::params;
use std::collections::BTreeMap;

/// Entries of one act are written within so many seconds, by the device's own clock.
const AT_ONCE: i64 = 2;
/// Up to so many entries that wait are read to be counted; of more, what follows on what is told by kinds alone.
const READ: u32 = 400;
/// So many of the newest entries are looked through for one's own.
const LATELY: i64 = 20_000;

/// One act of the person here, on this device.
#[derive(Debug, Clone)]
pub struct Act {
    /// Its entries, in the order in which they were written. There is always one.
    pub entries: Vec<Happened>,
}

impl Act {
    /// The card from which a visit was moved, where that is what was done.
    #[must_use]
    pub fn moved_from(&self) -> Option<HouseholdId> {
        let struck = self.entries.iter().position(|one| one.kind == kind::STRIKE)?;
        let there = self.entries.iter().skip(struck).any(|one| one.kind == kind::VISIT);
        self.entries.get(struck).filter(|_| there).map(|one| one.card)
    }
}

/// A fact that a change has put, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutFact {
    /// The key on its own card.
    pub key: String,
    /// What was put.
    pub value: Scalar,
    /// What was said before, as its author knew it: nothing, one thing, or several.
    pub before: Vec<Scalar>,
    /// What is said now.
    pub now: Vec<Scalar>,
    /// Whether it stands alone, said by nobody but its author.
    pub alone: bool,
}

impl Ledger {
    /// How many acts are on this device only: what would be lost if it were lost now, as a person counts it; and how many a
    /// carrier has taken along whole.
    pub fn acts_waiting(&self) -> Result<[u32; 2]> {
        let tx = self.look();
        let me = tx.identity()?;
        let waits = format!(
            "device = ?1 and number is null and standing = 0 and kind not in ({}, {})",
            kind::TRACE,
            kind::ESCROW
        );
        let of = "select count(*) from entry where";
        let count: u32 = tx.one(&format!("{of} {waits}"), [me.device.bytes()], |row| row.get(0))?.unwrap_or(0);
        let kept_back = u32::try_from(tx.kept_back()?).unwrap_or(0);
        if count > READ {
            return Ok([tx.acts_by_kinds(&waits, me.device.bytes())? + kept_back, 0]);
        }
        let carried = tx.carried()?;
        let acts = tx.acts(tx.entries(&waits, [me.device.bytes()])?)?;
        let gone = acts.iter().filter(|act| act.iter().all(|kept| carried.contains(&kept.name))).count();
        let of = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok([of(acts.len() - gone) + kept_back, of(gone)])
    }

    /// What the person here did about households on this device: what waits, and what was done since a moment. The newest
    /// first, and so many at most.
    pub fn own_acts(&self, since: Moment, most: usize) -> Result<Vec<Act>> {
        let tx = self.look();
        let me = tx.identity()?;
        let own = "device = ?1 and standing = 0 and kind <> ?2 and about between x'68' and x'69'";
        // An act takes few entries; of the last one all are wanted.
        let limit = i64::try_from(most.saturating_mul(4).saturating_add(40)).unwrap_or(i64::MAX);
        let (device, trace) = (me.device.bytes(), kind::TRACE);
        let waits = format!("select {KEPT} from entry where {own} and number is null order by id desc limit ?3");
        let lately = format!(
            "select {KEPT} from entry where {own} and id > (select max(id) from entry) - {LATELY} order by id desc limit ?3"
        );
        let mut entries: BTreeMap<EntryName, Kept> = BTreeMap::new();
        for sql in [waits, lately] {
            let found = tx.kept(&sql, params![device, trace, limit])?;
            entries.extend(found.into_iter().map(|kept| (kept.name, kept)));
        }
        let mut acts = tx.acts(entries.into_values().collect())?;
        acts.retain(|act| act.iter().any(|kept| kept.number.is_none() || kept.entry.at >= since));
        acts.reverse();
        acts.truncate(most);
        let carried = tx.carried()?;
        let told = |kept: Kept| -> Result<Option<Happened>> {
            let Some(card) = kept.entry.about.household() else { return Ok(None) };
            Ok(Some(self.happened(card, kept, &carried)?))
        };
        let act = |act: Vec<Kept>| -> Result<Act> {
            Ok(Act { entries: act.into_iter().filter_map(|kept| told(kept).transpose()).collect::<Result<_>>()? })
        };
        acts.into_iter().map(act).collect()
    }

    /// What a change has put, key by key, with what was said before and what is said now.
    pub fn put_facts(&self, entry: EntryName) -> Result<Vec<PutFact>> {
        let tx = self.look();
        let missing = || LedgerError::NotFound("change");
        let kept = tx.living(entry)?.filter(|kept| kept.entry.kind == kind::CHANGE).ok_or_else(missing)?;
        let household = kept.entry.about.household().ok_or_else(missing)?;
        let (change, dossier) = (kept.body::<Change>()?, tx.dossier(household)?);
        let values = |said: &[lianhu_core::dossier::Statement]| said.iter().map(|one| one.value.clone()).collect();
        let mut facts = Vec::new();
        for put in change.puts {
            let (before, now) = (dossier.statements_at(&put.key, &change.deps), dossier.statements(&put.key));
            let mut alone = now.len() == 1 && now.iter().any(|said| said.entries.contains(&entry));
            for name in now.iter().flat_map(|said| &said.entries) {
                alone &= tx.entry(*name)?.is_some_and(|said| said.entry.user == kept.entry.user);
            }
            facts.push(PutFact { before: values(&before), now: values(&now), alone, key: put.key, value: put.value });
        }
        Ok(facts)
    }
}

impl Tx<'_> {
    /// Entries of one device as acts, in the order in which they were written.
    fn acts(&self, mut entries: Vec<Kept>) -> Result<Vec<Vec<Kept>>> {
        entries.sort_by_key(|kept| (kept.entry.mono, kept.name));
        let mut acts: Vec<Vec<Kept>> = Vec::new();
        for kept in entries {
            let Some(act) = acts.last_mut() else {
                acts.push(vec![kept]);
                continue;
            };
            let follows = match act.last() {
                Some(before) if at_once(before, &kept) => self.follows(before, &kept)?,
                _ => false,
            };
            if !follows {
                acts.push(vec![kept]);
                continue;
            }
            let remark = kept.entry.kind == kind::REMARK;
            act.push(kept);
            if remark {
                join_move(&mut acts);
            }
        }
        Ok(acts)
    }

    /// Whether an entry was written in the same act as the one before it.
    fn follows(&self, before: &Kept, kept: &Kept) -> Result<bool> {
        let alike = match (before.entry.kind, kept.entry.kind) {
            (kind::VISIT, kind::REMARK) => return Ok(kept.body::<Remark>()?.record == before.name),
            // Two versions that stood before a correction are put back beside one another.
            (kind::VISIT, kind::VISIT) => {
                let (one, other) = (before.body::<Visit>()?.amends, kept.body::<Visit>()?.amends);
                return Ok(!one.is_empty() && one == other);
            }
            // A visit taken back where it went is put back where it was.
            (kind::STRIKE, kind::STRIKE) => {
                let struck = kept.body::<lianhu_core::record::Strike>()?.record;
                return Ok(self.living(struck)?.is_some_and(|struck| struck.entry.kind == kind::STRIKE));
            }
            (before, after) => follows_by_kind(before, after),
        };
        let (one, other) = (before.entry.about.household(), kept.entry.about.household());
        let (Some(one), Some(other)) = (one, other) else { return Ok(false) };
        Ok(alike && (one == other || self.root_of(one)? == self.root_of(other)?))
    }

    /// Of very many, what follows on what is told by kinds and households alone: nothing is read.
    fn acts_by_kinds(&self, waits: &str, device: &[u8]) -> Result<u32> {
        let sql = format!("select kind, about from entry where {waits} order by id");
        let (mut acts, mut before): (u32, Option<(u16, Vec<u8>)>) = (0, None);
        for (kind, about) in self.all(&sql, [device], |row| Ok((row.get::<_, u16>(0)?, row.get::<_, Vec<u8>>(1)?)))? {
            let follows = before.as_ref().is_some_and(|(was, at)| {
                *at == about && (follows_by_kind(*was, kind) || (*was, kind) == (kind::VISIT, kind::REMARK))
            });
            acts += u32::from(!follows);
            before = Some((kind, about));
        }
        Ok(acts)
    }
}

/// What a person writes of one household in one go: facts before the visit at which they were heard, or before what takes it back.
fn follows_by_kind(before: u16, after: u16) -> bool {
    matches!(
        (before, after),
        (kind::REGISTRATION | kind::PLACEMENT, kind::CHANGE)
            | (
                kind::CHANGE,
                kind::CHANGE | kind::VISIT | kind::STRIKE | kind::APPROVAL | kind::PLACEMENT | kind::GRANT
            )
            | (kind::APPROVAL, kind::APPROVAL | kind::CHANGE | kind::VISIT | kind::STRIKE)
            | (kind::PLACEMENT, kind::GRANT)
    )
}

fn at_once(before: &Kept, kept: &Kept) -> bool {
    let passed = kept.entry.at.0 - before.entry.at.0;
    kept.entry.mono == before.entry.mono + 1 && (0..=AT_ONCE).contains(&passed)
}

/// A visit moved: struck under one household, written with a remark under the other; its number goes along.
fn join_move(acts: &mut Vec<Vec<Kept>>) {
    let Some((moved, before)) = acts.split_last() else { return };
    let (Some(strike), Some(first)) = (before.last().and_then(|act| act.last()), moved.first()) else { return };
    let is_move = strike.entry.kind == kind::STRIKE
        && at_once(strike, first)
        && strike.entry.about != first.entry.about
        && moved.iter().any(|kept| kept.entry.kind == kind::VISIT);
    if is_move
        && let Some(moved) = acts.pop()
        && let Some(act) = acts.last_mut()
    {
        act.extend(moved);
    }
}
