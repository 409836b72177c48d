//! Writing again: a device whose waiting changes the county cannot merge rebuilds the dossier from what is numbered
//! and says the rest once more under a new actor. The first writing stays in the ledger, withdrawn.

use crate::dossiers;
use crate::entries::{Kept, standing};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::change::Change;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::exchange::Code;
use lianhu_core::ids::{EntryId, EntryName, HouseholdId};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a change that was to be said again.
enum Again {
    /// It was, in this entry.
    Said(EntryName),
    /// All it says stands there alone already.
    Stands,
    /// It cannot be merged, even so.
    Cannot,
}

impl Tx<'_> {
    /// Begins a new life of this device: it was copied, or restored from a copy. What is not numbered is sealed again.
    pub(crate) fn begin_incarnation(&self) -> Result<()> {
        let mut chance = [0; 2];
        self.around.fill(&mut chance);
        let me = self.identity()?;
        // A step at random, so that two copies that find out at the same time do not meet again.
        let incarnation = i64::from(me.incarnation) + 1 + i64::from(u16::from_le_bytes(chance));
        self.set_meta("incarnation", incarnation)?;
        self.set_meta("turn", incarnation << 16)?;
        self.set_meta("counter", 0)?;
        self.set_meta("envelope_number", 0)?;
        self.set_meta("envelope_prev", rusqlite::types::Null)?;
        *self.me.borrow_mut() = None;
        self.reseal_kept_back()?;
        // Of this device only: at the county others' envelopes lie here too, with what is parked in them.
        let unsent = "select id from envelope where receipt is null and sealed is null and device = (select value from meta where key = 'device')";
        self.run(&format!("update entry set envelope = null where number is null and envelope in ({unsent})"), [])?;
        // An envelope of the old life that was handed over and not answered is let go; its entries are sealed anew.
        self.run(&format!("insert or ignore into let_go (name) select name from envelope where id in ({unsent}) and id not in (select envelope from entry where envelope is not null)"), [])?;
        self.run(&format!("delete from envelope where id in ({unsent}) and id not in (select envelope from entry where envelope is not null)"), [])?;
        self.run(&format!("update envelope set receipt = x'' where id in ({unsent})"), [])?;
        Ok(())
    }

    /// Rebuilds a household's dossier from numbered changes and writes the waiting ones again on top.
    pub(crate) fn replay(&self, household: HouseholdId) -> Result<()> {
        let about = About::Household(household);
        let me = self.identity()?;
        // The first turn is 1 and nobody has stored it: the next has to be another, or it would be the same actor.
        let turn = self.meta::<i64>("turn")?.unwrap_or(1) + 1;
        self.set_meta("turn", turn)?;
        let turn = turn.cast_unsigned();
        let mut dossier = self.merge_afresh(household, "number is not null")?;
        let sql = "about = ?1 and kind = ?2 and number is null and device = ?3";
        let mut waiting = self.entries(sql, params![about.key(), kind::CHANGE, me.device.bytes()])?;
        waiting.extend(self.refused_for_order(household)?);
        waiting.sort_by_key(|kept| kept.entry.mono);
        let mut renamed: BTreeMap<EntryName, EntryName> = BTreeMap::new();
        for kept in waiting {
            match self.say_again(household, &mut dossier, &kept, turn, &renamed)? {
                Again::Said(name) => {
                    renamed.insert(kept.name, name);
                }
                Again::Stands => {}
                // It stays as it is, where a person can see it; nothing is withdrawn that was not said again.
                Again::Cannot => continue,
            }
            self.set_standing(kept.name, standing::WITHDRAWN, None)?;
        }
        let dossier = self.put_dossier(household, dossier)?;
        self.project_household(household, &dossier)
    }

    /// Own changes that stand aside only because of their place among others.
    fn refused_for_order(&self, household: HouseholdId) -> Result<Vec<Kept>> {
        let sql = "select name from entry where about = ?1 and kind = ?2 and standing = ?3 and number is null and code in (?4, ?5)";
        let params = params![
            About::Household(household).key(),
            kind::CHANGE,
            standing::ASIDE,
            Code::SeqTaken as i64,
            Code::SeqGap as i64
        ];
        let mut refused = Vec::new();
        for name in self.all(sql, params, |row| crate::entries::name_of(row, 0))? {
            refused.extend(self.entry(name)?);
        }
        Ok(refused)
    }

    /// What of it the dossier knows; of what it does not know, what that was built on.
    fn known_of(
        &self,
        dossier: &lianhu_core::dossier::Dossier,
        deps: &[EntryName],
        renamed: &BTreeMap<EntryName, EntryName>,
    ) -> Result<Vec<EntryName>> {
        let (mut open, mut seen, mut known) = (deps.to_vec(), BTreeSet::new(), Vec::new());
        while let Some(dep) = open.pop() {
            if !seen.insert(dep) {
                continue;
            }
            let dep = *renamed.get(&dep).unwrap_or(&dep);
            if dossier.knows(dep) {
                known.push(dep);
            } else if let Some(kept) = self.entry(dep)?.filter(|kept| kept.entry.kind == kind::CHANGE) {
                open.extend(kept.body::<Change>()?.deps);
            }
        }
        Ok(known)
    }

    /// Whether any of these stands aside because this device was shut out.
    fn any_shut_out(&self, names: &[EntryName]) -> Result<bool> {
        let sql = "select 1 from entry where name = ?1 and standing = ?2 and code = ?3";
        for name in names {
            if self.one(sql, params![name.0, standing::ASIDE, Code::Revoked as i64], |_| Ok(()))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Says one change again, knowing what its author knew and no more, so that what others wrote meanwhile is neither
    /// overwritten nor lost.
    fn say_again(
        &self,
        household: HouseholdId,
        dossier: &mut lianhu_core::dossier::Dossier,
        kept: &Kept,
        turn: u64,
        renamed: &BTreeMap<EntryName, EntryName>,
    ) -> Result<Again> {
        let change: Change = kept.body()?;
        let clears = change.puts.iter().any(|put| put.value == lianhu_core::scalar::Scalar::Null);
        let puts = change.puts.into_iter().map(|put| (put.key, put.value)).collect();
        let mut knowing = self.known_of(dossier, &change.deps, renamed)?;
        // An actor builds on its own last change.
        knowing.extend(renamed.values().copied());
        let by = |change: &Change| change.actor(household, kept.entry.user, kept.entry.device);
        let Some(again) = dossier.compose(puts, &knowing, change.lane, turn, by) else {
            // What it clears may stand aside and be let in later: then this has to come in after it, as it is.
            let kept = clears && self.any_shut_out(&change.deps)?;
            return Ok(if kept { Again::Cannot } else { Again::Stands });
        };
        let entry = Entry {
            id: EntryId::mint(self.around),
            mono: self.count_up("mono")?,
            body: minicbor::to_vec(&again).unwrap_or_default().into(),
            ..kept.entry.clone()
        };
        let bytes = entry.write();
        let kept = Kept { name: EntryName::of(&bytes), number: None, late: false, entry };
        if dossiers::take_in(dossier, &kept)?.is_err() {
            return Ok(Again::Cannot);
        }
        self.insert_entry(&kept.entry, kept.name, &bytes, standing::LIVING)?;
        Ok(Again::Said(kept.name))
    }
}
