//! Every envelope: signed by its device, naming entries that are here, following the one before it in its incarnation; and
//! every receipt: signed by the county, and what it says of numbers and time.

use super::{Fault, Unproven, Walk};
use crate::entries::{name_of, standing};
use crate::error::Result;
use crate::identity::Identity;
use crate::store::Tx;
use lianhu_core::envelope::{self, Header};
use lianhu_core::exchange::{Answer, Receipt};
use lianhu_core::ids::{DeviceId, EntryName, EnvelopeName, PublicKey, Signature};
use rusqlite::params;
use std::collections::BTreeMap;

/// A row of the table of envelopes.
struct Row {
    id: i64,
    name: EnvelopeName,
    device: Vec<u8>,
    incarnation: u32,
    number: u64,
    header: Vec<u8>,
    signature: Vec<u8>,
    sealed_at: i64,
    receipt: Option<Vec<u8>>,
}

/// The envelopes of each device and incarnation by their numbers: name, and the name of the one before.
pub(super) type Chains = BTreeMap<(DeviceId, u32), BTreeMap<u64, (EnvelopeName, Option<EnvelopeName>)>>;

impl Walk {
    pub(super) fn envelopes(&mut self, tx: &Tx<'_>) -> Result<()> {
        let me = tx.identity()?;
        self.whole = tx.kept_whole()?;
        let mut chains = Chains::new();
        let ids = tx.all("select id from envelope order by id", [], |row| row.get::<_, i64>(0))?;
        for id in ids {
            let sql = "select id, name, device, incarnation, number, header, signature, sealed_at, receipt from envelope where id = ?1";
            let row = tx.one(sql, [id], |row| {
                let name = row.get::<_, Vec<u8>>(1)?;
                Ok(Row {
                    id: row.get(0)?,
                    name: EnvelopeName::from_slice(&name).ok_or(rusqlite::Error::InvalidQuery)?,
                    device: row.get(2)?,
                    incarnation: row.get(3)?,
                    number: row.get::<_, i64>(4)?.cast_unsigned(),
                    header: row.get(5)?,
                    signature: row.get(6)?,
                    sealed_at: row.get(7)?,
                    receipt: row.get(8)?,
                })
            })?;
            if let Some(row) = row {
                self.one_envelope(tx, &me, &row, &mut chains)?;
            }
        }
        self.chains(tx, &me, &chains)?;
        self.loose(tx, &me)
    }

    fn one_envelope(&mut self, tx: &Tx<'_>, me: &Identity, row: &Row, chains: &mut Chains) -> Result<()> {
        if row.header.is_empty() && !me.is_county && row.device == row.name.0 {
            // Known by name only, as pages tell it.
            return Ok(());
        }
        self.envelopes += 1;
        let header = minicbor::decode::<Header>(&row.header).ok();
        let Some(header) = header.filter(|header| header.bytes() == row.header && header.name() == row.name) else {
            self.envelope(Fault::EnvelopeAltered, row.name);
            return Ok(());
        };
        let head = &header.head;
        let beside = head.device.bytes() == row.device
            && (head.incarnation, head.number) == (row.incarnation, row.number)
            && head.county == me.county;
        let key = self.key_of(tx, me, head.device)?;
        let signed = Signature::from_slice(&row.signature).zip(key);
        let signed = signed.is_some_and(|(signature, key)| envelope::is_sealed_by(&header, signature, key));
        if !beside || !signed {
            self.envelope(Fault::EnvelopeAltered, row.name);
            return Ok(());
        }
        let chain = chains.entry((head.device, head.incarnation)).or_default();
        chain.insert(head.number, (row.name, head.prev));
        let receipt = self.receipt(me, row)?;
        self.named(tx, me, row, &header, receipt.as_ref())
    }

    fn key_of(&self, tx: &Tx<'_>, me: &Identity, device: DeviceId) -> Result<Option<PublicKey>> {
        if device == me.device {
            return Ok(Some(me.key.public()));
        }
        Ok(tx.known(device)?.map(|known| known.key))
    }

    fn receipt(&mut self, me: &Identity, row: &Row) -> Result<Option<Receipt>> {
        let Some(bytes) = row.receipt.as_ref().filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
        self.receipts += 1;
        let receipt = minicbor::decode::<Receipt>(bytes).ok();
        let receipt = receipt.filter(|receipt| minicbor::to_vec(receipt).is_ok_and(|again| again == *bytes));
        let good = receipt.filter(|receipt| receipt.is_signed_by(me.county_key) && receipt.terms.envelope == row.name);
        match &good {
            None => self.envelope(Fault::ReceiptAltered, row.name),
            // At the county an envelope came at the very moment of its receipt.
            Some(receipt) if me.is_county && receipt.terms.time.0 != row.sealed_at => {
                self.envelope(Fault::BackDated, row.name);
            }
            Some(_) => {}
        }
        Ok(good)
    }

    /// Every entry that the envelope names is here, in it, with the number of its receipt.
    fn named(
        &mut self,
        tx: &Tx<'_>,
        me: &Identity,
        row: &Row,
        header: &Header,
        receipt: Option<&Receipt>,
    ) -> Result<()> {
        if row.receipt.as_ref().is_some_and(Vec::is_empty) {
            // Given up in favour of a new incarnation: what was in it was sealed anew.
            self.cannot(Unproven::LetGo, 1);
            return Ok(());
        }
        let mut answers =
            receipt.map(|receipt| receipt.answers(header.names.len()).collect::<Vec<_>>()).into_iter().flatten();
        let (mut unreceipted, mut here) = (false, 0);
        for name in &header.names {
            let answer = answers.next();
            let given = match answer {
                Some((Answer::Kept | Answer::Had, given, _)) => given,
                _ => None,
            };
            let sql = "select number, envelope, user, device from entry where name = ?1";
            let held = tx.one(sql, [name.0], |held| {
                Ok((
                    held.get::<_, Option<i64>>(0)?.map(i64::cast_unsigned),
                    held.get::<_, Option<i64>>(1)?,
                    held.get::<_, Vec<u8>>(2)?,
                    held.get::<_, Vec<u8>>(3)?,
                ))
            })?;
            let Some((number, envelope, user, device)) = held else {
                if !self.is_elsewhere(tx, me, *name, answer.map(|(answer, ..)| answer))? {
                    self.entry(Fault::EntryRemoved, *name, given);
                }
                continue;
            };
            let of_author = header.head.user.bytes() == user && header.head.device.bytes() == device;
            // Whoever names somebody else's entry in an envelope of their own says nothing about it.
            if envelope == Some(row.id) && !of_author {
                self.entry(Fault::EntryUnsigned, *name, number);
            }
            if given.is_some() && given != number {
                self.entry(Fault::NumberDiffers, *name, given);
            }
            here += u32::from(envelope == Some(row.id));
            unreceipted |= number.is_some() && envelope == Some(row.id) && row.receipt.is_none();
        }
        self.not_named(tx, row, header, here)?;
        if unreceipted {
            self.envelope(Fault::ReceiptMissing, row.name);
        }
        if row.receipt.is_none() {
            self.cannot(Unproven::NotReceipted, 1);
        }
        Ok(())
    }

    /// Whether an entry that is not among the others is where it may be: set aside at the county, or with its household
    /// forgotten by the device.
    fn is_elsewhere(&self, tx: &Tx<'_>, me: &Identity, name: EntryName, answer: Option<Answer>) -> Result<bool> {
        if tx.is_erased_entry(name)? || answer == Some(Answer::Erased) {
            return Ok(true);
        }
        if me.is_county {
            let aside = tx.one("select 1 from quarantine where name = ?1", [name.0], |_| Ok(()))?.is_some();
            return Ok(aside || answer == Some(Answer::Later));
        }
        // Where something else in its own envelope was erased, it was sealed anew in another.
        Ok(self.whole.contains(&name))
    }

    /// Each envelope follows the one before it.
    fn chains(&mut self, tx: &Tx<'_>, me: &Identity, chains: &Chains) -> Result<()> {
        let let_go = tx.all("select name from let_go", [], |row| row.get::<_, Vec<u8>>(0))?;
        let let_go: std::collections::BTreeSet<Vec<u8>> = let_go.into_iter().collect();
        for ((device, _), chain) in chains {
            for (number, (name, prev)) in chain {
                let before = number.checked_sub(1).and_then(|before| chain.get(&before));
                match (before, prev) {
                    (Some((before, _)), Some(prev)) if before == prev => {}
                    (None, None) if *number == 1 => {}
                    (None, Some(prev)) if let_go.contains(&prev.0[..]) => self.cannot(Unproven::LetGo, 1),
                    // What a phone has handed over may arrive in any order, and a device may seal what it likes: what it
                    // signed itself is no proof that anybody touched this ledger.
                    _ if *device != me.device => {}
                    (None, Some(prev)) => self.envelope(Fault::EnvelopeRemoved, *prev),
                    _ => self.envelope(Fault::EnvelopeReordered, *name),
                }
            }
        }
        let newest: Option<Vec<u8>> = tx.meta("envelope_prev")?;
        if let Some(newest) = newest.and_then(|name| EnvelopeName::from_slice(&name)) {
            let own = chains.get(&(me.device, me.incarnation)).and_then(|chain| chain.values().next_back());
            if own.is_none_or(|(name, _)| *name != newest) && !let_go.contains(&newest.0[..]) {
                self.envelope(Fault::EnvelopeRemoved, newest);
            }
        }
        Ok(())
    }

    /// Entries that are said to have come in an envelope which does not name them.
    fn not_named(&mut self, tx: &Tx<'_>, row: &Row, header: &Header, named: u32) -> Result<()> {
        let said = "select count(*) from entry where envelope = ?1";
        if tx.one(said, [row.id], |said| said.get::<_, u32>(0))?.unwrap_or(0) == named {
            return Ok(());
        }
        let sql = "select name, number from entry where envelope = ?1";
        let said = tx.all(sql, [row.id], |said| Ok((name_of(said, 0)?, said.get::<_, Option<i64>>(1)?)))?;
        for (name, number) in said.into_iter().filter(|(name, _)| !header.names.contains(name)) {
            self.entry(Fault::EntryUnsigned, name, number.map(i64::cast_unsigned));
        }
        Ok(())
    }

    /// Numbered entries that no envelope speaks for.
    fn loose(&mut self, tx: &Tx<'_>, me: &Identity) -> Result<()> {
        let sql = "select name, number, device from entry where number is not null \
                   and (envelope is null or envelope not in (select id from envelope))";
        let (mut others, mut let_go) = (0, 0);
        for (name, number, device) in tx.all(sql, [], |row| {
            Ok((name_of(row, 0)?, row.get::<_, i64>(1)?.cast_unsigned(), row.get::<_, Vec<u8>>(2)?))
        })? {
            match device == me.device.bytes() {
                _ if me.is_county => self.entry(Fault::EntryUnsigned, name, Some(number)),
                true => let_go += 1,
                false => others += 1,
            }
        }
        self.cannot(Unproven::LetGo, let_go);
        if !me.is_county {
            let sql = "select count(*) from entry join envelope on envelope.id = entry.envelope where length(envelope.header) = 0";
            self.cannot(Unproven::OthersSignatures, others + tx.count(sql)?);
            self.cannot(Unproven::OthersOrder, 1);
        }
        let sql =
            "select count(*) from entry where device = ?1 and envelope is null and number is null and standing = ?2";
        let unsealed = tx.one(sql, params![me.device.bytes(), standing::LIVING], |row| row.get::<_, u32>(0))?;
        self.cannot(Unproven::NotReceipted, unsealed.unwrap_or(0));
        self.cannot(Unproven::Clocks, 1);
        Ok(())
    }
}
