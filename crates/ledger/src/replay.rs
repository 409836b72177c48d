//! Writing again: a device whose waiting changes the county cannot merge rebuilds the dossier from what is numbered
//! and says the rest once more under a new actor. The first writing stays in the ledger, withdrawn.

use crate::built_on::Lack;
use crate::dossiers;
use crate::entries::{Kept, standing};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::change::Change;
use lianhu_core::dossier::Dossier;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::exchange::Code;
use lianhu_core::ids::{EntryId, EntryName, HouseholdId};
use lianhu_core::scalar::Scalar;
use rusqlite::params;
use std::collections::BTreeSet;

/// What became of a change that was to be said again.
enum Again {
    /// It was, in this entry.
    Said(EntryName),
    /// All it says stands there alone already.
    Stands,
    /// It cannot be merged, even so.
    Cannot,
}

/// What is known while changes are said again.
struct Known {
    /// What counts: numbered, or said again and waiting.
    counting: Dossier,
    /// That, and beside it what stands aside and may be let in.
    beside: Dossier,
    /// What stays as it is, for it cannot be merged beside the rest.
    left: BTreeSet<EntryName>,
    /// What the county does not merge as it is, ever.
    refused: BTreeSet<EntryName>,
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

    /// Rebuilds a household's dossier from numbered changes and writes the waiting ones again on top; and of those that stand
    /// aside for who wrote them what is built on something that never comes.
    pub(crate) fn replay(&self, household: HouseholdId) -> Result<()> {
        let about = About::Household(household);
        let me = self.identity()?;
        let mut turn = self.next_turn()?;
        let counting = self.merge_afresh(household, "number is not null")?;
        let sql = "about = ?1 and kind = ?2 and number is null and device = ?3";
        let mut waiting = self.entries(sql, params![about.key(), kind::CHANGE, me.device.bytes()])?;
        let refused = self.refused_for_order(household)?;
        let names = refused.iter().map(|kept| kept.name).collect();
        waiting.extend(refused);
        let mut known = Known { beside: counting.clone(), counting, left: BTreeSet::new(), refused: names };
        let mut aside = self.own_aside(about)?;
        aside.sort_by_key(|kept| kept.entry.mono);
        for kept in aside {
            let lacks = self.lacks(&kept)?;
            if lacks.contains(&Lack::Lapsed) || lacks.contains(&Lack::SaidAgain) {
                waiting.push(kept);
            } else if dossiers::take_in(&mut known.beside, &kept)?.is_err() {
                known.left.insert(kept.name);
            }
        }
        if waiting.is_empty() && known.counting.is_empty() && !self.has_dossier(household)? {
            // It was forgotten, and what was taken back of it stands aside: nothing of it is shown.
            return Ok(());
        }
        waiting.sort_by_key(|kept| kept.entry.mono);
        let mut renamed = BTreeSet::new();
        for kept in waiting {
            match self.say_again(household, &mut known, &kept, turn, &renamed)? {
                Again::Said(name) => {
                    self.note_said_again(kept.name, name)?;
                    renamed.insert(name);
                    if !known.counting.knows(name) {
                        // An actor's changes follow each other in every dossier: what counts from here on has another.
                        turn = self.next_turn()?;
                    }
                }
                Again::Stands => {}
                // It stays as it is, where a person can see it; nothing is withdrawn that was not said again.
                Again::Cannot => {
                    known.left.insert(kept.name);
                    continue;
                }
            }
            self.set_standing(kept.name, standing::WITHDRAWN, None)?;
        }
        let dossier = self.put_dossier(household, known.counting)?;
        self.project_household(household, &dossier)
    }

    /// Another turn of this device, and with it another actor.
    fn next_turn(&self) -> Result<u64> {
        // The first turn is 1 and nobody has stored it: the next has to be another, or it would be the same actor.
        let turn = self.meta::<i64>("turn")?.unwrap_or(1) + 1;
        self.set_meta("turn", turn)?;
        Ok(turn.cast_unsigned())
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

    /// What of it the dossier knows, as it was said first or again; of what it does not know, what that was built on. Nothing
    /// if some of it stays as it is: what is built on that does too, until more is heard.
    fn known_of(
        &self,
        dossier: &Dossier,
        deps: &[EntryName],
        left: &BTreeSet<EntryName>,
    ) -> Result<Option<Vec<EntryName>>> {
        let (mut open, mut seen, mut known) = (deps.to_vec(), BTreeSet::new(), Vec::new());
        while let Some(dep) = open.pop() {
            if !seen.insert(dep) {
                continue;
            }
            if left.contains(&dep) {
                return Ok(None);
            }
            let again = self.said_again(dep)?;
            open.extend(again);
            if dossier.knows(dep) {
                known.push(dep);
            } else if !again.is_some_and(|again| dossier.knows(again))
                && let Some(kept) = self.entry(dep)?.filter(|kept| kept.entry.kind == kind::CHANGE)
            {
                open.extend(kept.body::<Change>()?.deps);
            }
        }
        Ok(Some(known))
    }

    /// Says one change again, knowing what its author knew and no more, so that what others wrote meanwhile is neither
    /// overwritten nor lost.
    fn say_again(
        &self,
        household: HouseholdId,
        known: &mut Known,
        kept: &Kept,
        turn: u64,
        renamed: &BTreeSet<EntryName>,
    ) -> Result<Again> {
        let change: Change = kept.body()?;
        // What it clears may stand aside and be let in later: then this has to come in after it.
        let clears = change.puts.iter().any(|put| put.value == Scalar::Null);
        let knows_all = |dossier: &Dossier| change.deps.iter().all(|dep| dossier.knows(*dep));
        let is_refused = known.refused.contains(&kept.name);
        if clears && !is_refused && knows_all(&known.beside) && !knows_all(&known.counting) {
            return Ok(Again::Cannot);
        }
        let dossier = if clears { &known.beside } else { &known.counting };
        let puts = change.puts.iter().map(|put| (put.key.clone(), put.value.clone())).collect();
        let left = if is_refused { &BTreeSet::new() } else { &known.left };
        let knowing = self.known_of(dossier, &change.deps, left)?;
        let Some(mut knowing) = knowing else { return Ok(Again::Cannot) };
        // An actor builds on its own last change.
        knowing.extend(renamed.iter().filter(|name| dossier.knows(**name)));
        let by = |change: &Change| change.actor(household, kept.entry.user, kept.entry.device);
        let Some(again) = dossier.compose(puts, &knowing, change.lane, turn, by) else { return Ok(Again::Stands) };
        let entry = Entry {
            id: EntryId::mint(self.around),
            mono: self.count_up("mono")?,
            body: minicbor::to_vec(&again).unwrap_or_default().into(),
            ..kept.entry.clone()
        };
        let bytes = entry.write();
        let kept = Kept { name: EntryName::of(&bytes), number: None, late: false, entry };
        if dossiers::take_in(&mut known.beside, &kept)?.is_err() {
            return Ok(Again::Cannot);
        }
        // What is built on something that stands aside counts once that was let in.
        dossiers::take_in(&mut known.counting, &kept)?.ok();
        self.insert_entry(&kept.entry, kept.name, &bytes, standing::LIVING)?;
        Ok(Again::Said(kept.name))
    }
}
