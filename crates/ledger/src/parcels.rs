//! Parcels 捎带文件 on the device that hands over: what it would say to the county over a line, closed for the county in a
//! file; and what comes back the same way. Nothing of it is counted twice, in whatever order files and lines are used.

use crate::error::{LedgerError, Result};
use crate::frame;
use crate::store::{Ledger, Tx};
use lianhu_core::carrier::Taken as Word;
use lianhu_core::entry::kind;
use lianhu_core::exchange::{Cursor, Reply, Request, Signed, VERSION, Verdict};
use lianhu_core::ids::{EnvelopeName, Hash};
use lianhu_core::parcel::{Label, Parcel, Unread, Way};
use rusqlite::params;
use serde::Serialize;
use std::collections::BTreeSet;
use ts_rs::TS;

/// Bytes of entries that one parcel takes along, and as many that come back.
pub(crate) const ROOM: u32 = 1024 * 1024;
/// So many parcels of this device are remembered, so that what comes back is known by them.
const REMEMBERED: i64 = 200;

/// A parcel that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// The file.
    pub bytes: Vec<u8>,
    /// Entries in it.
    pub entries: u32,
    /// The how-manieth of its device.
    pub number: u64,
}

/// What a parcel brought about that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "parcel", rename_all = "snake_case")]
pub enum TakenIn {
    /// Another device's: this one carries it to the county.
    Carried {
        /// Which device.
        device: String,
        /// Whose, where that is known here.
        name: Option<String>,
        /// Entries in it, as its label says.
        entries: u32,
        /// Whether it asks to be enrolled.
        asks: bool,
        /// Whether it was here already.
        again: bool,
        /// Whether the county has answered it already.
        at_county: bool,
    },
    /// Somebody has taken along what was handed over here.
    TakenAlong {
        /// Who.
        by: String,
        /// Entries that now lie with them as well.
        entries: u32,
    },
    /// The county has answered.
    Answered {
        /// Own entries that got the county's number.
        numbered: u32,
        /// Entries that came down.
        fetched: u32,
        /// Whether there is more to hand over or to fetch: another parcel brings it.
        more: bool,
        /// Whether this device had heard from the county since: only the receipts were taken from it.
        old: bool,
    },
}

/// Why a file is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoParcel {
    /// Something else altogether.
    #[error("not a parcel")]
    Other,
    /// It ends too early.
    #[error("cut short")]
    CutShort,
    /// It is not as it was signed.
    #[error("altered")]
    Altered,
    /// Another county's.
    #[error("another county's")]
    OtherCounty,
    /// Meant for another device.
    #[error("meant for another device")]
    NotForThis,
    /// Everything in it is here already, or it answers what this device no longer asks.
    #[error("old")]
    Old,
    /// The county has not given this device a pass.
    #[error("this device may not carry")]
    MayNotCarry,
}

impl From<Unread> for NoParcel {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Other => Self::Other,
            Unread::CutShort => Self::CutShort,
            Unread::Altered => Self::Altered,
        }
    }
}

impl Ledger {
    /// Writes a parcel with everything that has no receipt yet, closed for the county.
    pub fn hand_over_parcel(&mut self) -> Result<HandedOver> {
        self.transact(|tx| tx.hand_over())
    }

    /// Takes in a parcel: to carry it, or what came back to this device.
    pub fn take_in_parcel(&mut self, file: &[u8]) -> Result<std::result::Result<TakenIn, NoParcel>> {
        let parcel = match Parcel::read(file) {
            Ok(parcel) => parcel,
            Err(unread) => return Ok(Err(unread.into())),
        };
        let me = self.identity()?;
        if parcel.label.county != me.county {
            return Ok(Err(NoParcel::OtherCounty));
        }
        if matches!(parcel.label.way, Way::Up | Way::Ask) {
            return self.transact(|tx| tx.carry(&parcel, file));
        }
        if parcel.label.device != me.device || parcel.label.to != me.key.public() {
            return Ok(Err(NoParcel::NotForThis));
        }
        let Some(inside) = parcel.open(&me.key) else { return Ok(Err(NoParcel::Altered)) };
        let taken = match parcel.label.way {
            Way::Taken => self.transact(|tx| tx.take_word(&inside))?,
            Way::Welcome => self.transact(|tx| tx.take_first_answer(&parcel.label, &inside))?,
            _ => self.transact(|tx| tx.take_answer(&parcel.label, &inside))?,
        };
        self.vacuum_if_forgotten()?;
        Ok(taken)
    }
}

impl Tx<'_> {
    fn hand_over(&self) -> Result<HandedOver> {
        let me = self.identity()?;
        if me.is_county {
            return Err(LedgerError::NotThis("a device's"));
        }
        let cursor = self.cursor()?;
        let envelopes = self.open_envelopes(ROOM as usize)?;
        let names: Vec<EnvelopeName> = envelopes.iter().map(|sealed| sealed.header().name()).collect();
        let written =
            "select count(*) from entry where envelope = (select id from envelope where name = ?1) and kind <> ?2";
        let mut entries = 0;
        for name in &names {
            entries += self.one(written, params![name.0, kind::TRACE], |row| row.get::<_, u32>(0))?.unwrap_or(0);
        }
        let request = Request {
            version: VERSION,
            county: me.county.clone(),
            device: me.device,
            incarnation: me.incarnation,
            // Files come late and in any order: they do not count among the requests of a line.
            counter: 0,
            cursor: cursor.clone(),
            room: ROOM,
            digest: None,
            digests: Vec::new(),
            waiting: self.unsettled()?,
            envelopes,
            older: self.older()?,
            devices_since: None,
            carried: None,
            wants_pass: None,
        };
        let signed = Signed::request(&request, &me.key);
        let inside = frame::pack(&minicbor::to_vec(&signed).unwrap_or_default());
        let number = self.count_up("parcels")?;
        let label = Label {
            way: Way::Up,
            county: me.county,
            device: me.device,
            number,
            to: me.county_key,
            from: me.key.public(),
            entries,
            answers: None,
        };
        let bytes = self.parcel(&label, &inside)?;
        self.remember_parcel(&bytes, number, signed.hash(), &cursor, &names)?;
        Ok(HandedOver { bytes, entries, number })
    }

    /// Remembers what was asked in a parcel, so that the answer is known by it.
    pub(crate) fn remember_parcel(
        &self,
        file: &[u8],
        number: u64,
        question: Hash,
        cursor: &Cursor,
        names: &[EnvelopeName],
    ) -> Result<()> {
        self.run(
            "insert into parcel (name, number, question, cursor, envelopes) values (?1, ?2, ?3, ?4, ?5)",
            params![
                Hash::of(&[file]).0,
                number.cast_signed(),
                question.0,
                minicbor::to_vec(cursor).unwrap_or_default(),
                minicbor::to_vec(names).unwrap_or_default()
            ],
        )?;
        self.run("delete from parcel where number <= ?1", [number.cast_signed() - REMEMBERED]).map(drop)
    }

    /// The bytes of a parcel from this device.
    pub(crate) fn parcel(&self, label: &Label, inside: &[u8]) -> Result<Vec<u8>> {
        let key = self.identity()?.key;
        Parcel::write(label, inside, &key, self.around).ok_or(LedgerError::NotThis("closed for a key"))
    }

    /// A carrier's word: what was handed over lies with them too.
    fn take_word(&self, inside: &[u8]) -> Result<std::result::Result<TakenIn, NoParcel>> {
        let me = self.identity()?;
        let word: Option<Word> = minicbor::decode(inside).ok();
        let Some(word) = word.filter(|word| word.holds(me.county_key) && word.pass.bearer.county == me.county) else {
            return Ok(Err(NoParcel::Altered));
        };
        let sql = "select envelopes from parcel where name = ?1 and carrier is null";
        let Some(names) = self.one(sql, [word.parcel.0], |row| row.get::<_, Vec<u8>>(0))? else {
            // It was heard already, or speaks of a file that is forgotten.
            return Ok(Err(NoParcel::Old));
        };
        let names: Vec<EnvelopeName> = minicbor::decode(&names).unwrap_or_default();
        let by = word.pass.bearer.name;
        self.run("update parcel set carrier = ?2 where name = ?1", params![word.parcel.0, by])?;
        for name in names {
            self.run(
                "update envelope set carried = ?2 where name = ?1 and receipt is null",
                params![name.0, word.at.0],
            )?;
        }
        let carried = self.carried()?;
        for name in &carried {
            if let Some(kept) = self.entry(*name)? {
                self.touch(kept.entry.about);
            }
        }
        Ok(Ok(TakenIn::TakenAlong { by, entries: u32::try_from(carried.len()).unwrap_or(u32::MAX) }))
    }

    /// The county's answer. Has this device heard from the county since it asked, only the receipts are taken: what was
    /// granted then may have ended since.
    pub(crate) fn take_answer(&self, label: &Label, inside: &[u8]) -> Result<std::result::Result<TakenIn, NoParcel>> {
        let Some(asked) = label.answers else { return Ok(Err(NoParcel::Altered)) };
        let sql = "select question, cursor from parcel where name = ?1";
        let found = self.one(sql, [asked.0], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let Some((question, cursor)) = found else { return Ok(Err(NoParcel::Old)) };
        let question = Hash::from_slice(&question).unwrap_or_default();
        let signed = frame::unpack(inside).ok().and_then(|bytes| minicbor::decode::<Signed>(&bytes).ok());
        let signed = signed
            .filter(|_| label.from == self.county_key())
            .filter(|signed| signed.is_reply_to(question, self.county_key()));
        let reply = signed.and_then(|signed| minicbor::decode::<Reply>(&signed.bytes).ok());
        let Some(reply) = reply.filter(|reply| matches!(reply.verdict, Verdict::Welcome | Verdict::Revoked)) else {
            return Ok(Err(NoParcel::Altered));
        };
        let now = self.cursor()?;
        if minicbor::to_vec(&now).unwrap_or_default() == cursor {
            let taken = self.take(&reply)?;
            let [numbered, fetched] = [taken.numbered, taken.new].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
            return Ok(Ok(TakenIn::Answered { numbered, fetched, more: taken.more, old: false }));
        }
        // Numbers of another life of the log are no numbers of this one.
        if now.epoch != Some(reply.epoch) {
            return Ok(Err(NoParcel::Old));
        }
        let (mut again, mut numbered) = (BTreeSet::new(), 0);
        let open = "select 1 from envelope where name = ?1 and receipt is null";
        for receipt in &reply.receipts {
            if self.one(open, [receipt.terms.envelope.0], |_| Ok(()))?.is_some() {
                numbered += self.take_receipt(receipt, &mut again)?;
            }
        }
        self.settle_refused(again)?;
        if numbered == 0 {
            return Ok(Err(NoParcel::Old));
        }
        let numbered = u32::try_from(numbered).unwrap_or(u32::MAX);
        Ok(Ok(TakenIn::Answered { numbered, fetched: 0, more: reply.more, old: true }))
    }

    fn county_key(&self) -> lianhu_core::ids::PublicKey {
        self.identity().map(|me| me.county_key).unwrap_or_default()
    }

    /// Own entries that lie with a carrier too and have no number yet: 已到乡镇.
    pub(crate) fn carried(&self) -> Result<BTreeSet<lianhu_core::ids::EntryName>> {
        let sql = "select entry.name from envelope indexed by envelope_carried cross join entry on entry.envelope = envelope.id \
                   where envelope.carried is not null and entry.number is null and entry.standing = 0 and entry.kind not in (?1, ?2)";
        Ok(self.all(sql, [kind::TRACE, kind::ESCROW], |row| crate::entries::name_of(row, 0))?.into_iter().collect())
    }
}
