//! The county's half of a carried parcel: opened, its envelopes taken in like any other, and answered with a parcel that
//! the device which handed it over alone can open. It does not matter who carried it, how often, or how late.

use crate::county::{Answered, Known};
use crate::error::Result;
use crate::frame;
use crate::introduced::asks;
use crate::store::Tx;
use lianhu_core::carrier::{Bearer, CarriedAnswer, Pass};
use lianhu_core::day::Moment;
use lianhu_core::exchange::{Reply, Request, Signed, VERSION, Verdict};
use lianhu_core::ids::{Hash, PublicKey};
use lianhu_core::parcel::{Label, Parcel, Way};
use minicbor::bytes::ByteVec;

/// Bytes of answers in one reply; what does not fit is carried again.
const MOST: usize = 4 * 1024 * 1024;

impl Tx<'_> {
    /// Answers the parcels that a request carries, first come first: those that ask to be enrolled, or the others.
    pub(crate) fn answer_carried(
        &self,
        files: &[ByteVec],
        asking: bool,
        now: Moment,
        answered: &mut Answered,
    ) -> Result<Vec<CarriedAnswer>> {
        let (mut answers, mut size) = (Vec::new(), 0);
        for file in files.iter().filter(|file| asks(file) == asking) {
            if size > MOST {
                break;
            }
            let answer = self.answer_parcel(file, now, answered)?;
            size += answer.as_ref().map_or(0, Vec::len);
            answers.push(CarriedAnswer { parcel: Hash::of(&[file]), answer: answer.map(ByteVec::from) });
        }
        Ok(answers)
    }

    /// Nothing for what is no parcel of a device enrolled here, or one that asks to be.
    fn answer_parcel(&self, file: &[u8], now: Moment, answered: &mut Answered) -> Result<Option<Vec<u8>>> {
        let me = self.identity()?;
        let Ok(parcel) = Parcel::read(file) else { return Ok(None) };
        let label = &parcel.label;
        if label.county != me.county || label.to != me.key.public() {
            return Ok(None);
        }
        match label.way {
            Way::Up => {
                let inside = parcel.open(&me.key).and_then(|inside| frame::unpack(&inside).ok());
                let Some(inside) = inside else { return Ok(None) };
                let Some((reply, frame)) = self.answer_carried_request(&inside, label, now, answered)? else {
                    return Ok(None);
                };
                self.close_answer(&parcel, Way::Down, label.from, reply.page.len(), &frame)
            }
            Way::Ask => self.answer_ask(&parcel, now, answered),
            _ => Ok(None),
        }
    }

    /// Answers a signed request that came in a parcel: the reply, and its frame.
    pub(crate) fn answer_carried_request(
        &self,
        signed: &[u8],
        label: &Label,
        now: Moment,
        answered: &mut Answered,
    ) -> Result<Option<(Reply, Vec<u8>)>> {
        let Ok(signed) = minicbor::decode::<Signed>(signed) else { return Ok(None) };
        let Ok(request) = minicbor::decode::<Request>(&signed.bytes) else { return Ok(None) };
        if request.version != VERSION || request.counter != 0 || request.device != label.device {
            return Ok(None);
        }
        let known = self.known(request.device)?.filter(|known| known.key == label.from);
        let Some(known) = known.filter(|known| signed.is_request_of(known.key)) else { return Ok(None) };
        let verdict = if known.revoked { Verdict::Revoked } else { Verdict::Welcome };
        let reply = self.reply_to(&request, &known, verdict, now, answered)?;
        let answer = Signed::reply(&reply, signed.hash(), &self.identity()?.key);
        Ok(Some((reply, frame::pack(&minicbor::to_vec(&answer).unwrap_or_default()))))
    }

    /// Closes an answer for the device that handed the parcel over.
    pub(crate) fn close_answer(
        &self,
        parcel: &Parcel,
        way: Way,
        to: PublicKey,
        entries: usize,
        inside: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        let me = self.identity()?;
        let label = Label {
            way,
            to,
            from: me.key.public(),
            entries: u32::try_from(entries).unwrap_or(u32::MAX),
            answers: Some(parcel.name()),
            ..parcel.label.clone()
        };
        Ok(Parcel::write(&label, inside, &me.key, self.around))
    }

    /// A pass for a device whose person answers for an area, when it asks for one.
    pub(crate) fn pass_for(&self, request: &Request, known: &Known, now: Moment) -> Result<Option<Pass>> {
        if request.wants_pass != Some(true) || !self.carries(known.user)? {
            return Ok(None);
        }
        let me = self.identity()?;
        let sql = "select name from cadre where id = ?1";
        let name = self.one(sql, [known.user.bytes()], |row| row.get::<_, String>(0))?.unwrap_or_default();
        let (device, user, key) = (request.device, known.user, known.key);
        Ok(Some(Pass::give(Bearer { county: me.county, device, user, name, key, at: now }, &me.key)))
    }
}
