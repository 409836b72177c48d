//! The keys of the households 户钥匙: at the county every entry about a household lies sealed under a key of that
//! household's own, kept in a file beside the ledger. Whoever destroys that key has erased the household, in every
//! backup of the ledger too (docs/decisions/0017-erasure.md).

use crate::error::{LedgerError, Result};
use crate::store::{FileKey, connect};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::surroundings::Surroundings;
use rusqlite::{Connection, OptionalExtension, params};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What everything sealed begins with; nothing that is written begins so.
const MARK: u8 = 0xff;
/// Mark and household: what stands before the sealed bytes.
const HEAD: usize = 17;
/// What sealing adds.
pub(crate) const ADDED: usize = HEAD + 16;
/// How many keys are kept in memory.
const MOST_AT_HAND: usize = 65_536;

const TABLES: &str = "create table if not exists key (household blob primary key, secret blob not null) strict, without rowid; \
                      create table if not exists erased (household blob primary key, number integer not null) strict, without rowid;";

/// The open file of keys. A key is on disk before anything sealed with it is.
pub(crate) struct HouseholdKeys {
    conn: Connection,
    at_hand: RefCell<BTreeMap<HouseholdId, Zeroizing<[u8; 32]>>>,
    erased: RefCell<BTreeMap<HouseholdId, u64>>,
}

/// Where the keys of the ledger at this path lie.
#[must_use]
pub fn keys_beside(ledger: &Path) -> PathBuf {
    ledger.with_extension("keys.db")
}

impl HouseholdKeys {
    /// Opens the file of keys beside a ledger, making it if there is none.
    pub(crate) fn open(ledger: &Path, key: &FileKey) -> Result<Self> {
        let conn = connect(&keys_beside(ledger), key)?;
        conn.execute_batch(TABLES)?;
        let erased = {
            let mut query = conn.prepare("select household, number from erased")?;
            let rows = query.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))?;
            let read = |(id, number): (Vec<u8>, i64)| Some((HouseholdId::from_slice(&id)?, number.cast_unsigned()));
            rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().filter_map(read).collect()
        };
        Ok(Self { conn, at_hand: RefCell::default(), erased: RefCell::new(erased) })
    }

    /// Seals what was written about a household, minting its key on first mention. The name is used once in the world, so
    /// it serves as the nonce.
    pub(crate) fn seal(
        &self,
        household: HouseholdId,
        name: EntryName,
        bytes: &[u8],
        around: &dyn Surroundings,
    ) -> Result<Vec<u8>> {
        if self.erased(household).is_some() {
            return Err(LedgerError::NoKey(household));
        }
        let secret = match self.key(household)? {
            Some(secret) => secret,
            None => self.mint(household, around)?,
        };
        let payload = Payload { msg: bytes, aad: household.bytes() };
        let sealed = cipher(&secret).encrypt(nonce(&name), payload).map_err(|_| LedgerError::NoKey(household))?;
        let mut out = Vec::with_capacity(HEAD + sealed.len());
        out.push(MARK);
        out.extend_from_slice(household.bytes());
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed.
    pub(crate) fn unseal(&self, name: EntryName, stored: &[u8]) -> Result<Vec<u8>> {
        let (Some(household), Some(sealed)) = (sealed_for(stored), stored.get(HEAD..)) else {
            return Err(LedgerError::Unreadable(name));
        };
        let secret = self.key(household)?.ok_or(LedgerError::NoKey(household))?;
        let payload = Payload { msg: sealed, aad: household.bytes() };
        cipher(&secret).decrypt(nonce(&name), payload).map_err(|_| LedgerError::Unreadable(name))
    }

    /// Whether a household has a key here, in this file or at hand.
    pub(crate) fn has_key(&self, household: HouseholdId) -> Result<bool> {
        Ok(self.key(household)?.is_some())
    }

    fn key(&self, household: HouseholdId) -> Result<Option<Zeroizing<[u8; 32]>>> {
        if let Some(known) = self.at_hand.borrow().get(&household) {
            return Ok(Some(known.clone()));
        }
        let mut query = self.conn.prepare_cached("select secret from key where household = ?1")?;
        let secret = query.query_row([household.bytes()], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        let secret = secret.and_then(|secret| <[u8; 32]>::try_from(secret).ok()).map(Zeroizing::new);
        if let Some(secret) = &secret {
            self.take_in_hand(household, secret.clone());
        }
        Ok(secret)
    }

    fn mint(&self, household: HouseholdId, around: &dyn Surroundings) -> Result<Zeroizing<[u8; 32]>> {
        let mut secret = Zeroizing::new([0; 32]);
        around.fill(secret.as_mut_slice());
        if self.conn.is_autocommit() {
            self.conn.execute_batch("begin immediate")?;
        }
        let mut put = self.conn.prepare_cached("insert into key (household, secret) values (?1, ?2)")?;
        put.execute(params![household.bytes(), secret.as_slice()])?;
        self.take_in_hand(household, secret.clone());
        Ok(secret)
    }

    fn take_in_hand(&self, household: HouseholdId, secret: Zeroizing<[u8; 32]>) {
        let mut at_hand = self.at_hand.borrow_mut();
        if at_hand.len() >= MOST_AT_HAND {
            at_hand.clear();
        }
        at_hand.insert(household, secret);
    }

    /// Puts the keys minted since on disk: before the act that sealed with them is.
    pub(crate) fn settle(&self) -> Result<()> {
        if self.conn.is_autocommit() { Ok(()) } else { Ok(self.conn.execute_batch("commit")?) }
    }

    /// Takes back the keys minted in an act that failed: nothing is sealed with them.
    pub(crate) fn take_back(&self) {
        self.at_hand.borrow_mut().clear();
        if !self.conn.is_autocommit() {
            self.conn.execute_batch("rollback").ok();
        }
    }

    /// The number of the directive by which a household was erased here.
    pub(crate) fn erased(&self, household: HouseholdId) -> Option<u64> {
        self.erased.borrow().get(&household).copied()
    }

    /// Every household erased here, with the number of the directive.
    pub(crate) fn all_erased(&self) -> Vec<(HouseholdId, u64)> {
        self.erased.borrow().iter().map(|(household, number)| (*household, *number)).collect()
    }

    /// Destroys the keys of households, and the last of their bytes in this file.
    pub(crate) fn destroy(&self, households: &[(HouseholdId, u64)]) -> Result<()> {
        if households.is_empty() {
            return Ok(());
        }
        self.settle()?;
        self.conn.execute_batch("begin immediate")?;
        let gone = households.iter().try_for_each(|(household, number)| {
            self.conn.execute("delete from key where household = ?1", [household.bytes()])?;
            let sql = "insert or ignore into erased (household, number) values (?1, ?2)";
            self.conn.execute(sql, params![household.bytes(), number.cast_signed()]).map(drop)
        });
        if let Err(error) = gone.and_then(|()| self.conn.execute_batch("commit")) {
            self.take_back();
            return Err(error.into());
        }
        for (household, number) in households {
            self.at_hand.borrow_mut().remove(household);
            self.erased.borrow_mut().entry(*household).or_insert(*number);
        }
        Ok(self.conn.execute_batch("vacuum; pragma wal_checkpoint(truncate);")?)
    }

    /// Copies the keys, as they are at one moment, into a new file under the same key.
    pub(crate) fn back_up(ledger: &Path, key: &FileKey, to: &Path) -> Result<()> {
        let from = connect(&keys_beside(ledger), key)?;
        let mut copy = connect(to, key)?;
        rusqlite::backup::Backup::new(&from, &mut copy)?.step(-1)?;
        Ok(copy.execute_batch("pragma journal_mode = delete;")?)
    }
}

fn cipher(secret: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(secret.into())
}

fn nonce(name: &EntryName) -> &XNonce {
    let (nonce, _) = name.0.split_at(24);
    XNonce::from_slice(nonce)
}

/// The household for which stored bytes are sealed; nothing for what lies open.
pub(crate) fn sealed_for(stored: &[u8]) -> Option<HouseholdId> {
    let (mark, rest) = stored.split_first()?;
    let id = rest.get(..HEAD - 1).filter(|_| *mark == MARK && stored.len() >= ADDED)?;
    HouseholdId::from_slice(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianhu_core::day::Moment;
    use lianhu_core::surroundings::Staged;

    #[test]
    fn what_is_sealed_opens_until_its_key_is_destroyed_and_no_longer() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, key) = (dir.path().join("ledger.sqlite"), FileKey([7; 32]));
        let around = Staged::new(1, Moment(0));
        let keys = HouseholdKeys::open(&ledger, &key).unwrap();
        let [one, other] = [HouseholdId::mint(&around), HouseholdId::mint(&around)];
        let (bytes, name) = (b"said in the yard".as_slice(), EntryName::of(b"said in the yard"));
        let [mine, theirs] = [one, other].map(|household| keys.seal(household, name, bytes, &around).unwrap());
        assert!(mine.len() == bytes.len() + ADDED && sealed_for(&mine) == Some(one) && sealed_for(bytes).is_none());
        assert!(!mine.windows(4).any(|window| window == b"said"));
        keys.settle().unwrap();
        drop(keys);
        let keys = HouseholdKeys::open(&ledger, &key).unwrap();
        assert_eq!(keys.unseal(name, &mine).unwrap(), bytes);
        let mut swapped = mine.clone();
        swapped[1..HEAD].copy_from_slice(other.bytes());
        assert!(keys.unseal(name, &swapped).is_err(), "it cannot be given to another household");
        keys.destroy(&[(one, 5)]).unwrap();
        for keys in [&keys, &HouseholdKeys::open(&ledger, &key).unwrap()] {
            assert!(matches!(keys.unseal(name, &mine), Err(LedgerError::NoKey(gone)) if gone == one));
            assert!(keys.seal(one, name, bytes, &around).is_err(), "an erased household gets no other key");
            assert_eq!((keys.erased(one), keys.unseal(name, &theirs).unwrap().as_slice()), (Some(5), bytes));
        }
    }

    #[test]
    fn a_key_minted_in_an_act_that_failed_is_not_used_again() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, key) = (dir.path().join("ledger.sqlite"), FileKey([7; 32]));
        let around = Staged::new(1, Moment(0));
        let keys = HouseholdKeys::open(&ledger, &key).unwrap();
        let household = HouseholdId::mint(&around);
        let name = EntryName::of(b"x");
        let lost = keys.seal(household, name, b"x", &around).unwrap();
        keys.take_back();
        assert!(keys.unseal(name, &lost).is_err());
        let kept = keys.seal(household, name, b"x", &around).unwrap();
        keys.settle().unwrap();
        drop(keys);
        assert_eq!(HouseholdKeys::open(&ledger, &key).unwrap().unseal(name, &kept).unwrap(), b"x");
    }
}
