//! Facts of weight: what was confirmed counts, whatever was said since, until that is confirmed too (domain.md §5.1).

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::change::Change;
use lianhu_core::directive::{Approval, ConfirmedFacts};
use lianhu_core::dossier::{Dossier, Statement};
use lianhu_core::entry::kind;
use lianhu_core::field::{FIELDS, Merge};
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::scalar::Scalar;
use rusqlite::params;
use std::collections::BTreeSet;

/// What counts of a fact that has to be confirmed, and the change that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmed {
    pub(crate) value: Scalar,
    pub(crate) said: EntryName,
}

/// The order in which confirmations take effect: by the county's number, what waits for one last.
type Rank = (bool, i64);

impl Tx<'_> {
    pub(super) fn project_approval(&self, kept: &Kept) -> Result<()> {
        let approval: Approval = kept.body()?;
        let Some(household) = kept.entry.about.household() else { return Ok(()) };
        let sql = "insert or ignore into approval (household, key, entry, said) values (?1, ?2, ?3, ?4)";
        self.run(sql, params![household.bytes(), approval.key, kept.name.0, approval.said.0])?;
        self.describe_anew(household)
    }

    pub(super) fn project_confirmed_facts(&self) -> Result<()> {
        let all = self.entries("kind = ?1", [kind::CONFIRMED_FACTS])?;
        let Some(newest) = all.last() else { return Ok(()) };
        let keys: BTreeSet<String> = newest.body::<ConfirmedFacts>()?.keys.into_iter().collect();
        let known = self.confirmed_facts()?;
        self.run("delete from confirmed_fact", [])?;
        // The row without a key says that somebody has decided: without any row it is the usual ones.
        for key in keys.iter().map(String::as_str).chain([""]) {
            self.run("insert or ignore into confirmed_fact (key) values (?1)", [key])?;
        }
        if keys == known {
            return Ok(());
        }
        for id in self.all("select id from household", [], |row| row.get::<_, Vec<u8>>(0))? {
            if let Some(household) = HouseholdId::from_slice(&id) {
                self.describe_anew(household)?;
            }
        }
        Ok(())
    }

    /// The keys of the facts that count only once they are confirmed.
    pub(crate) fn confirmed_facts(&self) -> Result<BTreeSet<String>> {
        let mut keys: BTreeSet<String> =
            self.all("select key from confirmed_fact", [], |row| row.get(0))?.into_iter().collect();
        if keys.is_empty() {
            let usual = FIELDS.iter().filter(|field| field.merge == Merge::Approved);
            return Ok(usual.map(|field| field.key.to_owned()).collect());
        }
        keys.remove("");
        Ok(keys)
    }

    /// What counts of a fact of weight: what was confirmed last, by an authority or by the county's own roster.
    pub(crate) fn confirmed(
        &self,
        household: HouseholdId,
        dossier: &Dossier,
        key: &str,
        statements: &[Statement],
    ) -> Result<Option<Confirmed>> {
        let sql = "select entry, said from approval where household = ?1 and key = ?2";
        let approvals = self.all(sql, params![household.bytes(), key], |row| {
            Ok((crate::entries::name_of(row, 0)?, crate::entries::name_of(row, 1)?))
        })?;
        if let ([], [only]) = (approvals.as_slice(), statements)
            && let Some(said) = only.entries.iter().find(|name| dossier.is_import(**name))
        {
            return Ok(Some(Confirmed { value: only.value.clone(), said: *said }));
        }
        let mut best: Option<(Rank, Confirmed)> = None;
        let mut offer = |rank: Rank, confirmed: Confirmed| {
            if best.as_ref().is_none_or(|(highest, _)| *highest <= rank) {
                best = Some((rank, confirmed));
            }
        };
        if let Some(roster) = dossier.imported(key)
            && let Some(said) = roster.entries.first()
        {
            offer(self.rank(*said)?, Confirmed { value: roster.value, said: *said });
        }
        for (approval, said) in approvals {
            // Only what was said of this household can be confirmed for it, and only as far as it is here.
            let Some(kept) = self.living(said)? else { continue };
            if kept.entry.kind != kind::CHANGE || kept.entry.about.household() != Some(household) {
                continue;
            }
            if let Some(put) = kept.body::<Change>()?.puts.into_iter().find(|put| put.key == key) {
                offer(self.rank(approval)?, Confirmed { value: put.value, said });
            }
        }
        Ok(best.map(|(_, confirmed)| confirmed))
    }

    fn rank(&self, name: EntryName) -> Result<Rank> {
        let sql = "select number is null, coalesce(number, id) from entry where name = ?1";
        Ok(self.one(sql, [name.0], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or((false, 0)))
    }

    /// How many statements of a fact wait for a confirmation, and since which day the oldest does.
    pub(crate) fn waiting(
        &self,
        statements: &[Statement],
        confirmed: Option<&Confirmed>,
    ) -> Result<(u32, Option<i32>)> {
        let (mut waiting, mut since) = (0, None);
        for statement in statements.iter().filter(|said| is_waiting(&said.value, confirmed)) {
            waiting += 1;
            for name in &statement.entries {
                let day = self.living(*name)?.map(|kept| kept.entry.at.day().0);
                since = [since, day].into_iter().flatten().min();
            }
        }
        Ok((waiting, since))
    }
}

/// Whether a statement waits for a confirmation; that nothing is said, where nothing counts, needs none.
pub(crate) fn is_waiting(value: &Scalar, confirmed: Option<&Confirmed>) -> bool {
    confirmed.map_or(*value != Scalar::Null, |confirmed| confirmed.value != *value)
}
