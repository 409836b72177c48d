//! Carrying: parcels of others lie here whole until the county has answered them, and go up with the next exchange. What
//! is in them the carrier's device cannot read.

use crate::error::{LedgerError, Result};
use crate::parcels::{HandedOver, NoParcel, TakenIn};
use crate::store::{Ledger, Tx};
use lianhu_core::carrier::{CarriedAnswer, Pass, Taken as Word};
use lianhu_core::exchange::Reply;
use lianhu_core::ids::{DeviceId, Hash, PublicKey};
use lianhu_core::parcel::{Label, Parcel, Way};
use lianhu_core::role_kind::{Reach, shipped};
use minicbor::bytes::ByteVec;
use rusqlite::params;
use serde::Serialize;
use ts_rs::TS;

/// So many answered parcels are remembered, so that one that comes again is known.
const REMEMBERED: i64 = 2_000;

/// How a carried parcel stands.
mod state {
    pub(super) const WAITING: i64 = 0;
    pub(super) const ANSWERED: i64 = 1;
    pub(super) const REFUSED: i64 = 2;
}

/// A parcel that lies here for somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CarriedRow {
    /// Whose device.
    pub device: DeviceId,
    /// Whose, where that is known here.
    pub name: Option<String>,
    /// Entries in it, as its label says.
    pub entries: u32,
    /// Whether it asks to be enrolled.
    pub asks: bool,
    /// Whether the county has answered: then the answer can be handed back.
    pub at_county: bool,
    /// Whether the county could make nothing of it.
    pub refused: bool,
}

const WHOSE: &str =
    "select cadre.name, device.key from device left join cadre on cadre.id = device.user where device.id = ?1";

impl Ledger {
    /// The newest parcel of each device for which this one carries, first come first.
    pub fn carried_parcels(&self) -> Result<Vec<CarriedRow>> {
        let tx = self.look();
        let sql = "select max(carried.id), carried.device, cadre.name, carried.entries, carried.state, carried.bytes from carried \
                   left join device on device.id = carried.device left join cadre on cadre.id = device.user \
                   group by carried.device order by 1";
        let rows = tx.all(sql, [], |row| {
            let device = DeviceId::from_slice(&row.get::<_, Vec<u8>>(1)?).ok_or(rusqlite::Error::InvalidQuery)?;
            let (state, file): (i64, Vec<u8>) = (row.get(4)?, row.get(5)?);
            let way = Parcel::read(&file).map(|parcel| parcel.label.way);
            Ok(CarriedRow {
                asks: matches!(way, Ok(Way::Ask | Way::Welcome)),
                device,
                name: row.get(2)?,
                entries: row.get(3)?,
                at_county: state == state::ANSWERED,
                refused: state == state::REFUSED,
            })
        })?;
        Ok(rows)
    }

    /// What goes back to a device: the county's answer, or before that the word that its parcel was taken along.
    pub fn hand_back_parcel(&mut self, device: DeviceId) -> Result<HandedOver> {
        self.transact(|tx| {
            let sql = "select number, entries, state, bytes from carried where device = ?1 order by id desc limit 1";
            let found = tx.one(sql, [device.bytes()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?, row.get::<_, i64>(2)?, row.get::<_, Vec<u8>>(3)?))
            })?;
            let (number, entries, state, bytes) = found.ok_or(LedgerError::NotFound("parcel"))?;
            let number = number.cast_unsigned();
            match state {
                state::WAITING => tx.word(&bytes).map(|bytes| HandedOver { bytes, entries, number }),
                state::ANSWERED => Ok(HandedOver { bytes, entries, number }),
                _ => Err(LedgerError::NotFound("parcel")),
            }
        })
    }
}

impl Tx<'_> {
    /// The pass by which the county vouches for this device, once it was given.
    pub(crate) fn pass(&self) -> Result<Option<Pass>> {
        let bytes: Option<Vec<u8>> = self.meta("pass")?;
        Ok(bytes.and_then(|bytes| minicbor::decode(&bytes).ok()))
    }

    /// Takes a parcel of another device along.
    pub(crate) fn carry(&self, parcel: &Parcel, file: &[u8]) -> Result<std::result::Result<TakenIn, NoParcel>> {
        let (me, label) = (self.identity()?, &parcel.label);
        if label.device == me.device || label.to != me.county_key {
            return Ok(Err(NoParcel::NotForThis));
        }
        if self.pass()?.is_none() {
            return Ok(Err(NoParcel::MayNotCarry));
        }
        let whose = self.one(WHOSE, [label.device.bytes()], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        if whose.as_ref().is_some_and(|(_, key)| PublicKey::from_slice(key) != Some(label.from)) {
            // It says to be from a device that signs with another key.
            return Ok(Err(NoParcel::Altered));
        }
        let known = self.one("select state from carried where name = ?1", [parcel.name().0], |row| row.get(0))?;
        if known.is_none() {
            self.run(
                "insert into carried (name, device, number, entries, bytes) values (?1, ?2, ?3, ?4, ?5)",
                params![parcel.name().0, label.device.bytes(), label.number.cast_signed(), label.entries, file],
            )?;
        }
        Ok(Ok(TakenIn::Carried {
            device: label.device.to_string(),
            name: whose.and_then(|(name, _)| name),
            entries: label.entries,
            asks: label.way == Way::Ask,
            again: known.is_some(),
            at_county: known == Some(state::ANSWERED),
        }))
    }

    /// The carrier's word for a parcel that lies here.
    fn word(&self, file: &[u8]) -> Result<Vec<u8>> {
        let me = self.identity()?;
        let parcel = Parcel::read(file).map_err(|_| LedgerError::NotFound("parcel"))?;
        let pass = self.pass()?.ok_or(LedgerError::NotFound("pass"))?;
        let word = Word::give(parcel.name(), self.around.now(), pass, &me.key);
        let label = Label {
            way: Way::Taken,
            to: parcel.label.from,
            from: me.key.public(),
            answers: Some(parcel.name()),
            ..parcel.label
        };
        self.parcel(&label, &minicbor::to_vec(&word).unwrap_or_default())
    }

    /// The parcels that go up with the next request, as many as fit, but one at least.
    pub(crate) fn to_carry(&self, room: usize) -> Result<Option<Vec<ByteVec>>> {
        let ids = self.all("select id, length(bytes) from carried where state = 0 order by id", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
        let (mut files, mut size) = (Vec::new(), 0);
        for (id, length) in ids {
            size += usize::try_from(length).unwrap_or(usize::MAX);
            if size > room && !files.is_empty() {
                break;
            }
            let bytes = self.one("select bytes from carried where id = ?1", [id], |row| row.get::<_, Vec<u8>>(0))?;
            files.extend(bytes.map(ByteVec::from));
        }
        Ok((!files.is_empty()).then_some(files))
    }

    /// Lets go of the pass once its person answers for no area any more; what lies here still goes up.
    fn give_up_pass(&self) -> Result<()> {
        let sql = "select 1 from role where user = ?1 limit 1";
        let user = self.identity()?.user;
        let knows = self.one(sql, [user.bytes()], |_| Ok(()))?.is_some();
        if knows && self.pass()?.is_some() && !self.carries(user)? {
            self.set_meta("pass", rusqlite::types::Null)?;
        }
        Ok(())
    }

    /// Whether this device asks for a pass, and the letter of introduction that comes with it: it lacks one of them, and its
    /// person is more than a helper.
    pub(crate) fn wants_pass(&self) -> Result<Option<bool>> {
        if self.pass()?.is_some() && self.introduction()?.is_some() {
            return Ok(None);
        }
        // Before any directive came, the enrolment has said what its person may do.
        let roles: String = self.meta("set/roles")?.unwrap_or_default();
        let said = roles.split(',').any(|role| shipped(role).is_some_and(|reach| reach != Reach::Entrusted));
        Ok((said || self.carries(self.identity()?.user)?).then_some(true))
    }

    /// Whether a person's devices may carry others' parcels: whoever answers for an area.
    pub(crate) fn carries(&self, user: lianhu_core::ids::UserId) -> Result<bool> {
        let sql = "select 1 from role where user = ?1 and reach > 0 and ended is null limit 1";
        Ok(self.one(sql, [user.bytes()], |_| Ok(()))?.is_some())
    }

    /// Takes the pass, and what became of the parcels carried. Says whether any was answered.
    pub(crate) fn take_carried(&self, reply: &Reply) -> Result<bool> {
        let (me, answers) = (self.identity()?, reply.carried.as_deref().unwrap_or_default());
        self.give_up_pass()?;
        if let Some(letter) = &reply.introduction {
            self.keep_introduction(letter)?;
        }
        if let Some(pass) =
            reply.pass.as_ref().filter(|pass| pass.is_given_by(me.county_key) && pass.bearer.key == me.key.public())
        {
            self.set_meta("pass", minicbor::to_vec(pass).unwrap_or_default())?;
        }
        for CarriedAnswer { parcel, answer } in answers {
            let state = if answer.is_some() { state::ANSWERED } else { state::REFUSED };
            let bytes = answer.as_deref().map(|bytes| bytes.to_vec()).unwrap_or_default();
            let sql = "update carried set state = ?2, bytes = ?3 where name = ?1 and state = 0";
            self.run(sql, params![parcel.0, state, bytes])?;
            self.let_go_before(*parcel)?;
        }
        Ok(!answers.is_empty())
    }

    /// A newer answer to the same device says all that an older one did.
    fn let_go_before(&self, parcel: Hash) -> Result<()> {
        self.run(
            "update carried set bytes = x'' where state > 0 and id < (select id from carried where name = ?1) \
             and device = (select device from carried where name = ?1)",
            [parcel.0],
        )?;
        let sql = "delete from carried where state > 0 and id <= (select max(id) from carried) - ?1";
        self.run(sql, [REMEMBERED]).map(drop)
    }
}
