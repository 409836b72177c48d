//! Writing: every act of a person becomes entries, on disk when the call returns, waiting until the county numbers them.

use crate::dossiers;
use crate::entries::{Kept, standing};
use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use lianhu_core::change::{Change, lane};
use lianhu_core::directive::Approval;
use lianhu_core::dossier::Dossier;
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::ids::{Actor, EntryId, EntryName, HouseholdId};
use lianhu_core::scalar::Scalar;
use minicbor::Encode;
use std::collections::BTreeMap;

/// Several writings that stand or fall together.
pub struct Writing<'a>(pub(crate) &'a Tx<'a>);

impl std::fmt::Debug for Writing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writing")
    }
}

impl Ledger {
    /// Writes: all the entries of one act of a person are on disk when this returns, or none.
    pub fn write<T>(&mut self, act: impl FnOnce(&Writing<'_>) -> Result<T>) -> Result<T> {
        self.transact(|tx| act(&Writing(tx)))
    }
}

impl Writing<'_> {
    /// Writes a record or a directive.
    pub fn record(&self, about: About, kind: u16, source: Source, body: &impl Encode<()>) -> Result<EntryName> {
        self.0.write_entry(about, kind, source, minicbor::to_vec(body).unwrap_or_default())
    }

    /// Puts facts of a household: one change, carrying only the keys that say something new. Nothing new, no entry.
    pub fn put(
        &self,
        household: HouseholdId,
        puts: BTreeMap<String, Scalar>,
        source: Source,
    ) -> Result<Option<EntryName>> {
        let knowing = self.0.dossier(household)?.heads();
        self.0.write_change(household, puts, &knowing, source, lane::PERSON)
    }

    /// Puts what a person means, also where it is written already: that they have looked at it is worth an entry.
    pub fn affirm(&self, household: HouseholdId, key: &str, value: &Scalar, source: Source) -> Result<()> {
        let knowing = self.0.dossier(household)?.heads();
        let puts = BTreeMap::from([(key.to_owned(), value.clone())]);
        self.0
            .write_composed(household, source, |dossier, turn, by| dossier.compose_again(puts, &knowing, turn, by))?;
        Ok(())
    }

    /// Puts what a roster says of a household, knowing only what rosters said before: what a person wrote since is
    /// neither overwritten nor repeated.
    pub fn import(&self, household: HouseholdId, puts: BTreeMap<String, Scalar>) -> Result<Option<EntryName>> {
        let knowing: Vec<_> = self.0.dossier(household)?.last_import().into_iter().collect();
        self.0.write_change(household, puts, &knowing, Source::Table, lane::IMPORT)
    }

    /// Confirms what stands in the dossier of a fact that counts only once it is confirmed. What counts already, or is said
    /// by nobody, needs no confirmation.
    pub fn confirm(&self, household: HouseholdId, key: &str, value: &Scalar) -> Result<()> {
        let dossier = self.0.dossier(household)?;
        let statements = dossier.statements(key);
        let confirmed = self.0.confirmed(household, &dossier, key, &statements)?;
        let stands = statements.iter().find(|statement| statement.value == *value);
        let Some(said) = stands.and_then(|statement| statement.entries.last()).copied() else { return Ok(()) };
        if confirmed.is_none_or(|confirmed| confirmed.value != *value) {
            let body = Approval { key: key.to_owned(), said };
            self.record(About::Household(household), kind::APPROVAL, Source::Office, &body)?;
        }
        Ok(())
    }

    /// What rosters have said of a household so far.
    pub fn imported(&self, household: HouseholdId) -> Result<BTreeMap<String, Scalar>> {
        let dossier = self.0.dossier(household)?;
        let last: Vec<_> = dossier.last_import().into_iter().collect();
        Ok(dossier.values_at(&last))
    }
}

impl Tx<'_> {
    pub(crate) fn new_entry(&self, about: About, kind: u16, source: Source, body: Vec<u8>) -> Result<Entry> {
        let me = self.identity()?;
        Ok(Entry {
            v: 1,
            kind,
            about,
            id: EntryId::mint(self.around),
            user: me.user,
            device: me.device,
            at: self.around.now(),
            mono: self.count_up("mono")?,
            source,
            audience: None,
            body: body.into(),
        })
    }

    pub(crate) fn write_entry(&self, about: About, kind: u16, source: Source, body: Vec<u8>) -> Result<EntryName> {
        self.check_may_write(about)?;
        let entry = self.new_entry(about, kind, source, body)?;
        self.keep_own(entry)
    }

    /// Stores an own entry and projects it.
    pub(crate) fn keep_own(&self, entry: Entry) -> Result<EntryName> {
        let bytes = entry.write();
        let name = EntryName::of(&bytes);
        self.insert_entry(&entry, name, &bytes, standing::LIVING)?;
        self.project(&Kept { name, number: None, late: false, entry })?;
        Ok(name)
    }

    pub(crate) fn write_change(
        &self,
        household: HouseholdId,
        puts: BTreeMap<String, Scalar>,
        knowing: &[EntryName],
        source: Source,
        lane: u8,
    ) -> Result<Option<EntryName>> {
        self.write_composed(household, source, |dossier, turn, by| dossier.compose(puts, knowing, lane, turn, by))
    }

    fn write_composed(
        &self,
        household: HouseholdId,
        source: Source,
        compose: impl FnOnce(&Dossier, u64, &dyn Fn(&Change) -> Actor) -> Option<Change>,
    ) -> Result<Option<EntryName>> {
        let about = About::Household(household);
        self.check_may_write(about)?;
        let me = self.identity()?;
        let turn = self.meta::<i64>("turn")?.unwrap_or(1).cast_unsigned();
        let mut dossier = self.dossier_to_write(household)?;
        let by = |change: &Change| change.actor(household, me.user, me.device);
        let Some(change) = compose(&dossier, turn, &by) else {
            self.take_in_hand(household, dossier);
            return Ok(None);
        };
        let body = minicbor::to_vec(&change).unwrap_or_default();
        let entry = self.new_entry(about, kind::CHANGE, source, body)?;
        let bytes = entry.write();
        let name = EntryName::of(&bytes);
        let kept = Kept { name, number: None, late: false, entry };
        if dossiers::take_in(&mut dossier, &kept)?.is_err() {
            return Err(LedgerError::Unreadable(name));
        }
        self.insert_entry(&kept.entry, name, &bytes, standing::LIVING)?;
        let dossier = self.put_dossier(household, dossier)?;
        self.project_puts(household, &dossier, &change)?;
        Ok(Some(name))
    }

    /// A household that is being handed over can be read, not written; but what was begun before is finished.
    pub(crate) fn check_may_write(&self, about: About) -> Result<()> {
        let me = self.identity()?;
        let Some(household) = about.household() else { return Ok(()) };
        if self.erased_by(household)?.is_some() {
            return Err(LedgerError::Erased);
        }
        if me.is_county || self.begun.get() == Some(household) {
            return Ok(());
        }
        let ended = "select 1 from scope where user = ?1 and about = ?2 and until is not null";
        match self.one(ended, (me.user.bytes(), about.key()), |_| Ok(()))? {
            Some(()) => Err(LedgerError::HandedOver),
            None => Ok(()),
        }
    }
}
