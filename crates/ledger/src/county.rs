//! The county's half of an exchange: takes in what is handed over, answers with receipts and the next page.

use crate::entries::standing;
use crate::error::{LedgerError, Result};
use crate::frame;
use crate::gate::{Arrival, Outcome};
use crate::page::Page;
use crate::store::{Ledger, Tx};
use crate::trial::Trials;
use lianhu_core::day::Moment;
use lianhu_core::envelope::{self, Head, MOST_ENTRIES, Sealed};
use lianhu_core::exchange::{Answer, Code, Fate, Receipt, Reply, Request, Signed, Terms, VERSION, Verdict, runs};
use lianhu_core::hub::HubError;
use lianhu_core::ids::{DeviceId, EntryName, Epoch, Hash, PublicKey, UserId};
use rusqlite::params;
use std::cell::Cell;

/// How many request hashes of a device are remembered, to tell a late double from a copied device.
const REMEMBERED: usize = 16;

/// What happened in one exchange, for the log: ids and counts, never names or numbers of people.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// The reply frame.
    pub frame: Vec<u8>,
    /// The device.
    pub device: Option<DeviceId>,
    /// Entries taken in.
    pub kept: usize,
    /// Entries that were there.
    pub had: usize,
    /// Entries parked or set aside.
    pub aside: usize,
    /// Entries sent down.
    pub sent: usize,
    /// Devices enrolled by the files it carries.
    pub enrolled: usize,
    /// Whether the device was told that it exists twice.
    pub forked: bool,
}

/// A device as the county knows it.
pub(crate) struct Known {
    pub(crate) user: UserId,
    pub(crate) key: PublicKey,
    pub(crate) revoked: bool,
}

impl Ledger {
    /// Answers one request frame. Everything it takes in is on disk before the answer exists.
    pub fn answer(&mut self, frame: &[u8]) -> std::result::Result<Answered, HubError> {
        let bytes = frame::unpack(frame).map_err(|_| HubError::Broken)?;
        let signed: Signed = minicbor::decode(&bytes).map_err(|_| HubError::Broken)?;
        let request: Request = minicbor::decode(&signed.bytes).map_err(|_| HubError::Broken)?;
        if request.version != VERSION {
            return Err(HubError::TooOld);
        }
        let known = self.look().known(request.device).map_err(|_| HubError::Busy)?.ok_or(HubError::NotEnrolled)?;
        if !signed.is_request_of(known.key) {
            return Err(HubError::NotEnrolled);
        }
        let hash = signed.hash();
        self.transact(|tx| tx.answer(&request, &known, hash)).map_err(|_| HubError::Busy)
    }
}

impl Tx<'_> {
    pub(crate) fn known(&self, device: DeviceId) -> Result<Option<Known>> {
        let sql = "select user, key, revoked from device where id = ?1";
        let found = self.one(sql, [device.bytes()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, bool>(2)?))
        })?;
        Ok(found.and_then(|(user, key, revoked)| {
            Some(Known { user: UserId::from_slice(&user)?, key: PublicKey::from_slice(&key)?, revoked })
        }))
    }

    fn answer(&self, request: &Request, known: &Known, hash: Hash) -> Result<Answered> {
        let me = self.identity()?;
        if !me.is_county {
            return Err(LedgerError::NotThis("the county's"));
        }
        let now = self.around.now();
        let verdict = if known.revoked { Verdict::Revoked } else { self.asking(request, hash, now)? };
        let mut answered =
            Answered { device: Some(request.device), forked: verdict == Verdict::Forked, ..Answered::default() };
        // What is carried comes first: the carrier may hold some of it, and finds it in this very page.
        let carried = match &request.carried {
            Some(files) if verdict == Verdict::Welcome => {
                Some(self.answer_carried(files, false, now, &mut answered)?)
            }
            _ => None,
        };
        let files = request.carried.as_deref().unwrap_or_default();
        let mut reply = self.reply_to(request, known, verdict, now, &mut answered)?;
        if verdict == Verdict::Welcome {
            reply.carried = carried;
            // Who asks to be enrolled comes last: the code may have come with this very request.
            let asked = self.answer_carried(files, true, now, &mut answered)?;
            reply.carried.iter_mut().for_each(|carried| carried.extend(asked.clone()));
            reply.pass = self.pass_for(request, known, now)?;
            reply.introduction = match &reply.pass {
                Some(_) => self.introduction()?.map(Into::into),
                None => None,
            };
        }
        answered.sent = reply.page.len();
        let signed = Signed::reply(&reply, hash, &me.key);
        answered.frame = frame::pack(&minicbor::to_vec(&signed).unwrap_or_default());
        Ok(answered)
    }

    /// What the county answers a request, on whatever road it came.
    pub(crate) fn reply_to(
        &self,
        request: &Request,
        known: &Known,
        verdict: Verdict,
        now: Moment,
        answered: &mut Answered,
    ) -> Result<Reply> {
        let mut reply = Reply {
            verdict,
            epoch: self.epoch()?,
            base: self.agreed(request.cursor.epoch)?,
            top: 0,
            time: now,
            receipts: Vec::new(),
            envelopes: Vec::new(),
            page: Vec::new(),
            cursor: request.cursor.clone(),
            more: false,
            grants: Vec::new(),
            fates: Vec::new(),
            agrees: None,
            devices: None,
            carried: None,
            pass: None,
            introduction: None,
        };
        let before = answered.kept + answered.had;
        if matches!(verdict, Verdict::Welcome | Verdict::Revoked) {
            // Whoever comes from a life of the log that was lost counts by that one: of this one they have heard what both share.
            let same = request.cursor.epoch == Some(self.epoch()?);
            let shared = if same { u64::MAX } else { self.agreed(request.cursor.epoch)? };
            for sealed in &request.envelopes {
                let outcomes = self.take_envelope(sealed, now, shared)?;
                for (answer, ..) in &outcomes {
                    match answer {
                        Answer::Kept => answered.kept += 1,
                        Answer::Had => answered.had += 1,
                        _ => answered.aside += 1,
                    }
                }
                let receipt = self.receipt(sealed, &outcomes, now)?;
                self.keep_receipt(&receipt)?;
                reply.receipts.push(receipt);
            }
            for name in request.waiting.iter().take(MOST_ENTRIES) {
                reply.fates.push(self.tell_fate(*name)?);
            }
        }
        if verdict == Verdict::Welcome {
            // A device that learns a number only now could not count it into its digest.
            let told =
                answered.kept + answered.had - before + reply.fates.iter().filter(|fate| fate.number.is_some()).count();
            Page::new(self, known.user, request).fill(&mut reply, told)?;
            reply.devices = self.devices_seen(known.user, request)?;
        }
        reply.top = self.top()?;
        Ok(reply)
    }

    /// The highest number given.
    pub(crate) fn top(&self) -> Result<u64> {
        Ok(self.meta::<i64>("top")?.unwrap_or(0).cast_unsigned())
    }

    pub(crate) fn epoch(&self) -> Result<Epoch> {
        let epoch: Vec<u8> = self.meta("epoch")?.unwrap_or_default();
        Ok(Epoch::from_slice(&epoch).unwrap_or_default())
    }

    /// Compares the request with how the device has been asking, and remembers it.
    fn asking(&self, request: &Request, hash: Hash, now: Moment) -> Result<Verdict> {
        let sql = "select incarnation, counter, recent from asking where device = ?1";
        let was = self.one(sql, [request.device.bytes()], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?.cast_unsigned(), row.get::<_, Vec<u8>>(2)?))
        })?;
        let mut recent = hash.0.to_vec();
        let mut twice = false;
        if let Some((incarnation, counter, hashes)) = was {
            let place = hashes.chunks(32).position(|known| known == hash.0);
            if place == Some(0) {
                return Ok(Verdict::Welcome);
            }
            if place.is_some() {
                return Ok(Verdict::Stale);
            }
            let ahead = (request.incarnation, request.counter) > (incarnation, counter);
            if !ahead {
                // A copied device, or a request that was held up on its way. Only the former takes the answer to heart
                // and comes back with a new incarnation: that is what shows that it exists twice.
                return Ok(Verdict::Forked);
            }
            twice = request.incarnation > incarnation;
            recent.extend(hashes.iter().take(32 * (REMEMBERED - 1)));
        }
        self.run(
            "insert into asking (device, incarnation, counter, recent, twice, last_at) values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (device) do update set incarnation = excluded.incarnation, counter = excluded.counter, recent = excluded.recent, twice = max(twice, excluded.twice), last_at = excluded.last_at",
            params![request.device.bytes(), request.incarnation, request.counter.cast_signed(), recent, twice, now.0],
        )?;
        Ok(Verdict::Welcome)
    }

    /// Takes in one envelope, whoever carried it here. A repeat changes nothing and is answered alike. What its author had heard
    /// of this log goes up to `shared` at most.
    pub(crate) fn take_envelope(&self, sealed: &Sealed, now: Moment, shared: u64) -> Result<Vec<Outcome>> {
        let header = sealed.header();
        let name = header.name();
        let row = self.one("select id from envelope where name = ?1", [name.0], |row| row.get::<_, i64>(0))?;
        let refused = match row {
            // An envelope that was refused for its device lies here too, so that a person can let its entries in.
            Some(_) => self.known(header.head.device)?.filter(|known| known.revoked).map(|_| Code::Revoked),
            None => self.refuse(sealed, &header)?,
        };
        let mut arrival = Arrival {
            head: &sealed.head,
            heard: sealed.head.county_seen.min(shared),
            name,
            row: 0,
            point_at: now,
            trials: Trials::default(),
            released: false,
            aside: Cell::default(),
        };
        if let Some(code) = refused {
            if code == Code::Revoked && row.is_none() {
                self.insert_envelope(&header, sealed.signature, now)?;
            }
            let names = sealed.entries.iter().take(MOST_ENTRIES).zip(&header.names);
            return names
                .map(|(bytes, name)| match self.fate(*name)? {
                    // It came before in an envelope that was refused for what it is, a stranger's even: it is refused for
                    // this one now, not for that one.
                    Some((
                        ..,
                        Some(
                            Code::NumberTaken
                            | Code::NotSigned
                            | Code::NotTheAuthor
                            | Code::UnknownDevice
                            | Code::TooMany,
                        ),
                    )) if code == Code::Revoked => {
                        self.run("delete from quarantine where name = ?1", [name.0])?;
                        self.set_aside(&arrival, *name, bytes, code)
                    }
                    Some(known) => Ok(known),
                    None => self.set_aside(&arrival, *name, bytes, code),
                })
                .collect();
        }
        arrival.row = match row {
            Some(row) => row,
            None => self.insert_envelope(&header, sealed.signature, now)?,
        };
        arrival.trials = self.trials(sealed)?;
        let mut outcomes = Vec::new();
        let mut abouts = std::collections::BTreeSet::new();
        for bytes in &sealed.entries {
            let outcome = self.admit(&arrival, bytes)?;
            if outcome.0 == Answer::Kept
                && let Some(kept) = self.entry(EntryName::of(bytes))?
            {
                abouts.insert(kept.entry.about);
                abouts.extend(self.joins_that_waited_for(&kept.entry)?);
            }
            outcomes.push(outcome);
        }
        for about in abouts {
            self.unpark(about, now)?;
        }
        // What was parked a moment ago may have been let in by what followed it.
        for (outcome, bytes) in outcomes.iter_mut().zip(&sealed.entries) {
            if outcome.0 == Answer::Parked {
                *outcome = self.fate(EntryName::of(bytes))?.unwrap_or(*outcome);
            }
        }
        Ok(outcomes)
    }

    fn refuse(&self, sealed: &Sealed, header: &envelope::Header) -> Result<Option<Code>> {
        let Head { county, device, user, incarnation, number, .. } = &sealed.head;
        if *county != self.identity()?.county {
            return Ok(Some(Code::OtherCounty));
        }
        if sealed.entries.len() > MOST_ENTRIES {
            return Ok(Some(Code::TooMany));
        }
        let Some(known) = self.known(*device)? else { return Ok(Some(Code::UnknownDevice)) };
        if !envelope::is_sealed_by(header, sealed.signature, known.key) {
            return Ok(Some(Code::NotSigned));
        }
        if known.user != *user {
            return Ok(Some(Code::NotTheAuthor));
        }
        let sql = "select 1 from envelope where device = ?1 and incarnation = ?2 and number = ?3";
        let taken = self.one(sql, params![device.bytes(), incarnation, number.cast_signed()], |_| Ok(()))?;
        if taken.is_some() {
            self.run("update asking set twice = 1 where device = ?1", [device.bytes()])?;
            return Ok(Some(Code::NumberTaken));
        }
        // Last of all: what a device hands in that was shut out is kept with its envelope, for a person to let in.
        Ok(known.revoked.then_some(Code::Revoked))
    }

    pub(crate) fn insert_envelope(
        &self,
        header: &envelope::Header,
        signature: lianhu_core::ids::Signature,
        now: Moment,
    ) -> Result<i64> {
        self.run(
            "insert into envelope (name, device, incarnation, number, header, signature, sealed_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                header.name().0,
                header.head.device.bytes(),
                header.head.incarnation,
                header.head.number.cast_signed(),
                header.bytes(),
                signature.0,
                now.0
            ],
        )?;
        Ok(self.conn.last_insert_rowid())
    }

    fn receipt(&self, sealed: &Sealed, outcomes: &[Outcome], now: Moment) -> Result<Receipt> {
        let chain: Vec<u8> = self.meta("chain")?.unwrap_or_default();
        let terms = Terms {
            epoch: self.epoch()?,
            envelope: sealed.header().name(),
            runs: runs(outcomes),
            chain: Hash::from_slice(&chain).unwrap_or_default(),
            time: now,
        };
        Ok(Receipt::sign(terms, &self.identity()?.key))
    }

    /// Keeps the first receipt of an envelope: it tells later when it came, and in which order.
    fn keep_receipt(&self, receipt: &Receipt) -> Result<()> {
        let bytes = minicbor::to_vec(receipt).unwrap_or_default();
        let sql = "update envelope set receipt = ?2 where name = ?1 and receipt is null";
        self.run(sql, params![receipt.terms.envelope.0, bytes]).map(drop)
    }

    fn tell_fate(&self, entry: EntryName) -> Result<Fate> {
        let known = self.fate(entry)?;
        Ok(Fate {
            entry,
            answer: known.map(|(answer, ..)| answer),
            number: known.and_then(|(_, number, _)| number),
            code: known.and_then(|(.., code)| code),
        })
    }

    /// Seals and numbers what the county's own hand has written.
    pub(crate) fn settle_own(&self) -> Result<()> {
        let now = self.around.now();
        while let Some((sealed, names)) = self.seal(usize::MAX)? {
            let row =
                self.one("select id, sealed_at from envelope where name = ?1", [sealed.header().name().0], |row| {
                    Ok((row.get::<_, i64>(0)?, Moment(row.get(1)?)))
                })?;
            let Some((row, sealed_at)) = row else { break };
            let mut outcomes = Vec::new();
            for name in names {
                self.run(
                    "update entry set envelope = ?2, standing = ?3 where name = ?1",
                    params![name.0, row, standing::LIVING],
                )?;
                if let Some(kept) = self.entry(name)?.filter(|kept| kept.number.is_none()) {
                    let about = kept.entry.about;
                    let joins = self.joins_that_waited_for(&kept.entry)?;
                    let (kept, point) = self.number(kept, now)?;
                    outcomes.push((Answer::Kept, kept.number, None));
                    self.project_numbered(&kept)?;
                    self.rescope(&kept, point)?;
                    std::iter::once(about).chain(joins).try_for_each(|about| self.unpark(about, now))?;
                }
            }
            self.keep_receipt(&self.receipt(&sealed, &outcomes, sealed_at)?)?;
        }
        Ok(())
    }
}
