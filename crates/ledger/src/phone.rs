//! The device's half of an exchange, going out: composes a request. The reply is taken in by `reply`; no lock is held in
//! between.

use crate::error::{LedgerError, Result};
use crate::frame;
use crate::store::{Ledger, Tx};
use lianhu_core::entry::About;
use lianhu_core::envelope::{Head, MOST_ENTRIES, Sealed};
use lianhu_core::exchange::{AboutDigest, Cursor, Digest, PAGE, Request, Signed, VERSION};
use lianhu_core::ids::{EntryName, EnvelopeName, Hash, Signature};
use rusqlite::params;

/// The most digests in one request.
pub(crate) const MOST_DIGESTS: usize = 4096;
/// The most entries whose fate is asked for in one request.
const MOST_WAITING: usize = 256;

/// A request on its way, and what it takes to recognise its reply.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The frame to send.
    pub frame: Vec<u8>,
    /// How many entries it hands over.
    pub entries: usize,
    pub(crate) hash: Hash,
}

impl Ledger {
    /// Composes the next request: hands over what is waiting, asks for a page of about this many bytes. The counter
    /// and the sealed envelopes are on disk before the frame exists.
    pub fn request(&mut self, room: u32) -> Result<Outgoing> {
        self.transact(|tx| tx.request(room))
    }
}

impl Tx<'_> {
    pub(crate) fn cursor(&self) -> Result<Cursor> {
        let bytes: Option<Vec<u8>> = self.meta("cursor")?;
        Ok(bytes.and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default())
    }

    pub(crate) fn set_cursor(&self, cursor: &Cursor) -> Result<()> {
        self.set_meta("cursor", minicbor::to_vec(cursor).unwrap_or_default())
    }

    fn request(&self, room: u32) -> Result<Outgoing> {
        let me = self.identity()?;
        if me.is_county {
            return Err(LedgerError::NotThis("a device's"));
        }
        let room_up = if room == 0 { PAGE } else { room } as usize;
        let envelopes = self.open_envelopes(room_up)?;
        let differs = self.meta::<i64>("differs")?.unwrap_or(0) == 1;
        let request = Request {
            version: VERSION,
            county: me.county,
            device: me.device,
            incarnation: me.incarnation,
            counter: self.count_up("counter")?,
            cursor: self.cursor()?,
            room,
            digest: Some(self.held_digest()?),
            digests: if differs { self.digests_to_send()? } else { Vec::new() },
            waiting: self.unsettled()?,
            older: self.older()?,
            devices_since: self.devices_since()?,
            carried: self.to_carry(room_up)?,
            wants_pass: self.wants_pass()?,
            envelopes,
        };
        let entries = request.envelopes.iter().map(|sealed| sealed.entries.len()).sum();
        let signed = Signed::request(&request, &me.key);
        let frame = frame::pack(&minicbor::to_vec(&signed).unwrap_or_default());
        Ok(Outgoing { frame, entries, hash: signed.hash() })
    }

    /// The envelopes without a receipt, oldest first, and new ones for what is not sealed yet, as many as fit.
    pub(crate) fn open_envelopes(&self, room: usize) -> Result<Vec<Sealed>> {
        // Many may be open, and few fit: each is read when its turn comes.
        let ids =
            self.all("select id from envelope where receipt is null order by id", [], |row| row.get::<_, i64>(0))?;
        let sql = "select header, signature, sealed from envelope where id = ?1 and length(header) > 0";
        let mut open = Vec::new();
        let mut size = 0;
        for id in ids {
            if size >= room {
                return Ok(open);
            }
            let stored = self.one(sql, [id], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
            })?;
            let Some((header, signature, whole)) = stored else { continue };
            let whole = whole.and_then(|bytes| minicbor::decode(&bytes).ok());
            if let Some(sealed) = whole.map_or_else(|| self.unstore(&header, &signature), |whole| Ok(Some(whole)))? {
                size += sealed.entries.iter().map(|entry| entry.len()).sum::<usize>();
                open.push(sealed);
            }
        }
        while size < room {
            let Some((sealed, _)) = self.seal(room - size)? else { break };
            size += sealed.entries.iter().map(|entry| entry.len()).sum::<usize>();
            open.push(sealed);
        }
        Ok(open)
    }

    /// A stored envelope, whole. One whose entries are no longer all here cannot be sent again.
    pub(crate) fn unstore(&self, header: &[u8], signature: &[u8]) -> Result<Option<Sealed>> {
        let Ok(header) = minicbor::decode::<lianhu_core::envelope::Header>(header) else { return Ok(None) };
        let Some(signature) = Signature::from_slice(signature) else { return Ok(None) };
        let mut entries = Vec::new();
        for name in &header.names {
            match self.bytes_of(*name)? {
                Some(bytes) => entries.push(bytes.into()),
                None => return Ok(None),
            }
        }
        Ok(Some(Sealed { head: header.head, signature, entries }))
    }

    /// Seals the next own entries that are in no envelope yet, up to about so many bytes.
    pub(crate) fn seal(&self, room: usize) -> Result<Option<(Sealed, Vec<EntryName>)>> {
        let me = self.identity()?;
        let sql = "select name, bytes from entry indexed by entry_waiting where number is null and standing = 0 and envelope is null and device = ?1 order by id limit ?2";
        let waiting = self.all(sql, params![me.device.bytes(), MOST_ENTRIES as i64], |row| {
            Ok((crate::entries::name_of(row, 0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let (mut entries, mut names, mut size) = (Vec::new(), Vec::new(), 0);
        for (name, stored) in waiting {
            let bytes = self.opened(name, stored)?;
            size += bytes.len();
            if size > room && !entries.is_empty() {
                break;
            }
            entries.push(bytes);
            names.push(name);
        }
        if entries.is_empty() {
            return Ok(None);
        }
        let (sealed, row) = self.seal_entries(entries)?;
        for name in &names {
            self.run("update entry set envelope = ?2 where name = ?1", params![name.0, row])?;
        }
        Ok(Some((sealed, names)))
    }

    /// Seals just these entries and stores the envelope.
    pub(crate) fn seal_entries(&self, entries: Vec<Vec<u8>>) -> Result<(Sealed, i64)> {
        let me = self.identity()?;
        let prev: Option<Vec<u8>> = self.meta("envelope_prev")?;
        let seen = if me.is_county { self.meta::<i64>("top")? } else { self.meta::<i64>("seen")? };
        let head = Head {
            county: me.county,
            device: me.device,
            incarnation: me.incarnation,
            user: me.user,
            number: self.count_up("envelope_number")?,
            prev: prev.and_then(|name| EnvelopeName::from_slice(&name)),
            county_seen: seen.unwrap_or(0).cast_unsigned(),
            audit: self.audit_head()?,
        };
        let sealed = Sealed::seal(head, entries, &me.key);
        let header = sealed.header();
        let row = self.insert_envelope(&header, sealed.signature, self.around.now())?;
        self.set_meta("envelope_prev", header.name().0.to_vec())?;
        Ok((sealed, row))
    }

    /// Own entries that were handed over, got a receipt, and still have no number: parked, or set aside until a person
    /// at the county lets them in.
    pub(crate) fn unsettled(&self) -> Result<Vec<EntryName>> {
        let me = self.identity()?;
        // From envelope to envelope, not from entry to entry: what is sealed and not handed over yet may be a whole roster.
        let sql = "with recursive open (id) as (\
                     select min(envelope) from entry indexed by entry_waiting where number is null and envelope > 0 \
                     union all select (select min(envelope) from entry indexed by entry_waiting where number is null and envelope > open.id) from open where open.id is not null) \
                   select entry.name from open cross join envelope on envelope.id = open.id and envelope.receipt is not null \
                   cross join entry indexed by entry_waiting on entry.envelope = open.id and entry.number is null \
                   where entry.standing in (0, 2) and entry.device = ?1 order by entry.id limit ?2";
        self.all(sql, params![me.device.bytes(), MOST_WAITING as i64], |row| crate::entries::name_of(row, 0))
    }

    /// What is held in all: of everything granted and not ended, and of the county as a whole.
    fn held_digest(&self) -> Result<Digest> {
        let me = self.identity()?;
        if self.holds_everything(me.user)? {
            return self.digest(&About::Everything.key());
        }
        let held = self.held_digests(&[])?;
        Ok(held.into_iter().fold(Digest::default(), |sum, held| sum.plus(held.digest)))
    }

    fn held_digests(&self, from: &[u8]) -> Result<Vec<AboutDigest>> {
        let me = self.identity()?;
        let everything = self.holds_everything(me.user)?;
        let sql = if everything {
            "select about, count, sum, 0, zeroblob(16) from digest where about >= ?1 and length(?2) > 0 and substr(about, 1, 1) <> x'2a' order by about"
        } else {
            "select scope.about, coalesce(digest.count, 0), coalesce(digest.sum, zeroblob(16)), scope.excluded_count, scope.excluded_sum from scope left join digest on digest.about = scope.about where scope.about >= ?1 and scope.user = ?2 and scope.until is null order by scope.about"
        };
        let found = self.all(sql, params![from, me.user.bytes()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, crate::entries::digest_at(row, 1)?, crate::entries::digest_at(row, 3)?))
        })?;
        let one = |(key, all, left_out): (Vec<u8>, Digest, Digest)| {
            Some(AboutDigest { about: About::from_key(&key)?, digest: all.minus(left_out) })
        };
        Ok(found.into_iter().filter_map(one).collect())
    }

    /// The next stretch of digests; many take several requests.
    fn digests_to_send(&self) -> Result<Vec<AboutDigest>> {
        let from: Vec<u8> = self.meta("digests_from")?.unwrap_or_default();
        let mut digests = self.held_digests(&from)?;
        digests.truncate(MOST_DIGESTS);
        let next = digests.last().filter(|_| digests.len() == MOST_DIGESTS).map(|last| last.about.key());
        self.set_meta("digests_from", next.unwrap_or_default())?;
        if digests.is_empty() {
            // Nothing is held at all: say so, from the lowest key on.
            digests.push(AboutDigest { about: About::County, digest: Digest::default() });
        }
        Ok(digests)
    }

    pub(crate) fn older(&self) -> Result<Vec<About>> {
        let keys =
            self.all("select about from older_wanted order by about limit 64", [], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(keys.iter().filter_map(|key| About::from_key(key)).collect())
    }
}
