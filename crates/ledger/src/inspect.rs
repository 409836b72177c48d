//! Looking inside a ledger, for the tests of the whole. Nothing of the product reads by this door, and nothing is
//! written by it but the damage that a test does on purpose.

use crate::entries::{name_of, standing};
use crate::error::Result;
use crate::frame;
use crate::phone::Outgoing;
use crate::store::{Ledger, Tx};
use lianhu_core::day::Day;
use lianhu_core::dossier::Dossier;
use lianhu_core::entry::About;
use lianhu_core::envelope::{Header, Sealed};
use lianhu_core::exchange::{Code, Receipt, Request, Signed};
use lianhu_core::hub::HubError;
use lianhu_core::ids::{DeviceId, EntryName, Epoch, Hash, HouseholdId, UserId};
use rusqlite::Row;

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Living,
    /// It waits for what it builds on.
    Parked,
    /// The county has set it aside.
    Aside,
    /// It was said again in another entry.
    Withdrawn,
    /// Somebody else's, and the county has lost it.
    Lapsed,
}

/// An entry as it lies in the ledger.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its name.
    pub name: EntryName,
    /// What it is about.
    pub about: Option<About>,
    /// The device that wrote it.
    pub device: Option<DeviceId>,
    /// The county's number.
    pub number: Option<u64>,
    /// How it stands.
    pub standing: Standing,
    /// Whether it was flagged 待核.
    pub late: bool,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An entry the county has set aside.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Its name.
    pub name: EntryName,
    /// Why.
    pub code: Option<Code>,
    /// Whose envelope it came in.
    pub user: Option<UserId>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is left of an entry that was erased by law.
#[derive(Debug, Clone, Copy)]
pub struct Erased {
    /// Its name.
    pub name: EntryName,
    /// The number it had.
    pub number: Option<u64>,
    /// What it was about.
    pub about: Option<About>,
}

/// What a person holds or held.
#[derive(Debug, Clone, Copy)]
pub struct ScopeRow {
    /// What.
    pub about: About,
    /// Since which number.
    pub since: u64,
    /// The number at which it ended.
    pub until: Option<u64>,
    /// Records of an earlier day do not come along with it; records of any age do where there is none.
    pub horizon: Option<Day>,
}

const COLUMNS: &str = "select name, about, device, number, standing, late, bytes from entry";

fn held(row: &Row<'_>) -> rusqlite::Result<Held> {
    Ok(Held {
        name: name_of(row, 0)?,
        about: About::from_key(&row.get::<_, Vec<u8>>(1)?),
        device: DeviceId::from_slice(&row.get::<_, Vec<u8>>(2)?),
        number: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
        standing: match row.get::<_, i64>(4)? {
            standing::PARKED => Standing::Parked,
            standing::ASIDE => Standing::Aside,
            standing::WITHDRAWN => Standing::Withdrawn,
            standing::LAPSED => Standing::Lapsed,
            _ => Standing::Living,
        },
        late: row.get(5)?,
        bytes: row.get(6)?,
    })
}

impl Ledger {
    /// Every entry in the ledger, in the order they came.
    pub fn all_held(&self) -> Result<Vec<Held>> {
        self.look().held(&format!("{COLUMNS} order by id"), [])
    }

    /// Every entry numbered above this, in the order of the numbers.
    pub fn held_above(&self, number: u64) -> Result<Vec<Held>> {
        self.look().held(&format!("{COLUMNS} where number > ?1 order by number"), [number.cast_signed()])
    }

    /// What stands in quarantine.
    pub fn all_refused(&self) -> Result<Vec<Refused>> {
        let tx = self.look();
        tx.all("select name, code, user, bytes from quarantine order by id", [], |row| {
            let (name, user) = (name_of(row, 0)?, UserId::from_slice(&row.get::<_, Vec<u8>>(2)?));
            let bytes = tx.opened(name, row.get(3)?).unwrap_or_default();
            Ok(Refused { name, code: crate::gate::code_from(row.get(1)?), user, bytes })
        })
    }

    /// What is left of the entries that were erased by law.
    pub fn all_erased(&self) -> Result<Vec<Erased>> {
        self.look().all("select name, number, about from erased_entry order by number, name", [], |row| {
            let number = row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned);
            Ok(Erased { name: name_of(row, 0)?, number, about: About::from_key(&row.get::<_, Vec<u8>>(2)?) })
        })
    }

    /// Whether there is a key here that opens what was written about a household.
    pub fn opens(&self, household: HouseholdId) -> Result<bool> {
        self.keys.as_ref().map_or(Ok(false), |keys| keys.has_key(household))
    }

    /// What a person holds or held, as this ledger knows it.
    pub fn scope_of(&self, user: UserId) -> Result<Vec<ScopeRow>> {
        let sql = "select about, since, until, horizon from scope where user = ?1 order by about";
        let rows = self.look().all(sql, [user.bytes()], |row| {
            let until = row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned);
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?.cast_unsigned(), until, row.get::<_, Option<i32>>(3)?))
        })?;
        let read = |(key, since, until, horizon): (Vec<u8>, u64, Option<u64>, Option<i32>)| {
            Some(ScopeRow { about: About::from_key(&key)?, since, until, horizon: horizon.map(Day) })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Every envelope sealed here, with the receipt it got.
    pub fn all_sealed(&self) -> Result<Vec<(Header, Option<Receipt>)>> {
        let sql = "select header, receipt from envelope where length(header) > 0 order by id";
        let rows =
            self.look().all(sql, [], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?)))?;
        let read = |(header, receipt): (Vec<u8>, Option<Vec<u8>>)| {
            Some((minicbor::decode(&header).ok()?, receipt.and_then(|receipt| minicbor::decode(&receipt).ok())))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The sealed envelopes that lie here whole, as they would travel.
    pub fn all_envelopes(&self) -> Result<Vec<Sealed>> {
        let tx = self.look();
        let sql = "select header, signature, sealed from envelope where length(header) > 0 order by id";
        let rows = tx.all(sql, [], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
        })?;
        let mut whole = Vec::new();
        for (header, signature, sealed) in rows {
            let sealed = sealed.and_then(|bytes| minicbor::decode(&bytes).ok());
            whole.extend(sealed.map_or_else(|| tx.unstore(&header, &signature), |sealed| Ok(Some(sealed)))?);
        }
        Ok(whole)
    }

    /// The devices of which the county believes that they exist twice.
    pub fn devices_seen_twice(&self) -> Result<Vec<DeviceId>> {
        let rows = self.look().all("select device from asking where twice = 1", [], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(rows.iter().filter_map(|id| DeviceId::from_slice(id)).collect())
    }

    /// Which life of the county's log this device has read.
    pub fn life_read(&self) -> Result<Option<Epoch>> {
        Ok(self.look().cursor()?.epoch)
    }

    /// Up to where this device has read the county's log.
    pub fn cursor_read(&self) -> Result<lianhu_core::exchange::Cursor> {
        self.look().cursor()
    }

    /// The highest number given, and the newest link of the chain.
    pub fn top_and_chain(&self) -> Result<(u64, Hash)> {
        let tx = self.look();
        let chain: Vec<u8> = tx.meta("chain")?.unwrap_or_default();
        Ok((tx.meta::<i64>("top")?.unwrap_or(0).cast_unsigned(), Hash::from_slice(&chain).unwrap_or_default()))
    }

    /// The households there is a row of.
    pub fn household_rows(&self) -> Result<Vec<HouseholdId>> {
        let rows = self.look().all("select id from household order by id", [], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(rows.iter().filter_map(|id| HouseholdId::from_slice(id)).collect())
    }

    /// The dossier of a household as it is stored; nothing when its bytes cannot be read.
    pub fn stored_dossier(&self, household: HouseholdId) -> Result<Option<Dossier>> {
        let sql = "select bytes from dossier where household = ?1";
        let bytes = self.look().one(sql, [household.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(bytes.map_or_else(|| Some(Dossier::default()), |bytes| Dossier::read(&bytes).ok()))
    }

    /// Lets the file grow to so many pages and no further, as a full disk would; nothing lifts the bound.
    pub fn is_bounded_to(&mut self, pages: Option<u32>) -> Result<()> {
        let bound = pages.unwrap_or(u32::MAX - 1);
        Ok(self.conn.query_row(&format!("pragma max_page_count = {bound}"), [], |_| Ok(()))?)
    }

    /// How many pages the file has.
    pub fn pages(&self) -> Result<u32> {
        Ok(self.conn.query_row("pragma page_count", [], |row| row.get(0))?)
    }

    /// Claims to have been written by another version.
    pub fn claims_version(&mut self, version: i64) -> Result<()> {
        Ok(self.conn.execute_batch(&format!("pragma user_version = {version}"))?)
    }

    /// Does to its tables what somebody with the file's key could do; says how many rows it touched.
    pub fn is_tampered_with(&mut self, sql: &str) -> Result<u64> {
        let before = self.conn.total_changes();
        self.conn.execute_batch(sql)?;
        Ok(self.conn.total_changes() - before)
    }

    /// Damages the ledger as a broken disk would: an entry is gone, and the tables are what the rest adds up to.
    pub fn lose(&mut self, name: EntryName) -> Result<()> {
        self.transact(|tx| tx.run("delete from entry where name = ?1", [name.0]).map(drop))?;
        self.rebuild()
    }
}

impl Tx<'_> {
    fn held(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Held>> {
        let rows = self.all(sql, params, held)?;
        let opened = |held: Held| Ok(Held { bytes: self.opened(held.name, held.bytes)?, ..held });
        rows.into_iter().map(opened).collect()
    }
}

impl Outgoing {
    /// The same request carrying others' envelopes as well: a relay. It is signed anew by the device that carries it.
    #[must_use]
    pub fn carrying(&self, ledger: &Ledger, envelopes: Vec<Sealed>) -> Option<Self> {
        let mut request = read_request(&self.frame)?.1;
        request.envelopes.extend(envelopes);
        let signed = Signed::request(&request, &ledger.identity().ok()?.key);
        Some(Self::of(&signed, self.entries))
    }

    /// A request that a test has composed by hand.
    #[must_use]
    pub fn of(signed: &Signed, entries: usize) -> Self {
        Self { frame: pack(&minicbor::to_vec(signed).unwrap_or_default()), entries, hash: signed.hash() }
    }
}

/// Every page of a file of a ledger or of keys as it is under its cipher, those too that hold nothing any more.
pub fn plain_pages(path: &std::path::Path, key: &crate::FileKey) -> Result<Vec<u8>> {
    let mut conn = crate::store::connect(path, key)?;
    Ok(conn.serialize("main")?.to_vec())
}

/// Packs bytes into a frame.
#[must_use]
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    frame::pack(bytes)
}

/// Unpacks a frame.
pub fn unpack(frame: &[u8]) -> std::result::Result<Vec<u8>, HubError> {
    frame::unpack(frame).map_err(|_| HubError::Broken)
}

/// Reads a request frame.
#[must_use]
pub fn read_request(frame: &[u8]) -> Option<(Signed, Request)> {
    let signed: Signed = minicbor::decode(&unpack(frame).ok()?).ok()?;
    let request = minicbor::decode(&signed.bytes).ok()?;
    Some((signed, request))
}
