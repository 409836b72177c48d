//! Enrolment by file, for a device that was never on a line: it knows the county by a letter of introduction 介绍信, asks in
//! a parcel that somebody carries, and is answered in one. Its households come with the answer.

use crate::county::Answered;
use crate::enrol::{Enrolled, Enrolling, NotEnrolled};
use crate::error::{LedgerError, Result};
use crate::frame;
use crate::parcels::{HandedOver, NoParcel, ROOM, TakenIn};
use crate::store::{Ledger, Tx};
use lianhu_core::day::Moment;
use lianhu_core::enrolment_code::EnrolmentCode;
use lianhu_core::exchange::{Request, Signed, VERSION};
use lianhu_core::introduction::{Ask, Introduced, Introduction, Welcome};
use lianhu_core::parcel::{Label, Parcel, Way};
use lianhu_core::sign::Key;
use minicbor::bytes::ByteVec;

/// Where the letter lies, at the county and with whoever may carry.
const LETTER: &str = "introduction";

impl Ledger {
    /// Keeps the county's letter of introduction, which its server has signed: it goes out with every pass.
    pub fn set_introduction(&mut self, letter: &Introduction) -> Result<()> {
        self.transact(|tx| tx.keep_introduction(&minicbor::to_vec(letter).unwrap_or_default()))
    }

    /// The letter, on a device that may carry others' parcels and has been given it.
    pub fn introduction(&self) -> Result<Option<Introduction>> {
        let tx = self.look();
        let letter = tx.introduction()?.filter(|_| tx.pass().is_ok_and(|pass| pass.is_some()));
        Ok(letter.and_then(|letter| minicbor::decode(&letter).ok()))
    }

    /// Writes a parcel in which this new ledger's device asks to be enrolled, under the id it proposes.
    pub fn ask_to_enrol(&mut self, county: &Introduced, asking: &Enrolling, key: &Key) -> Result<HandedOver> {
        self.transact(|tx| tx.ask_to_enrol(county, asking, key))
    }

    /// Makes this new ledger the device's that the county has enrolled, as its answer says. Taken in once more as a parcel,
    /// the same file brings the households.
    pub fn take_welcome(
        &mut self,
        file: &[u8],
        county: &Introduced,
        key: &Key,
    ) -> Result<std::result::Result<std::result::Result<Enrolled, NotEnrolled>, NoParcel>> {
        let parcel = match Parcel::read(file) {
            Ok(parcel) => parcel,
            Err(unread) => return Ok(Err(unread.into())),
        };
        let label = &parcel.label;
        if label.county != county.county {
            return Ok(Err(NoParcel::OtherCounty));
        }
        if label.way != Way::Welcome || label.to != key.public() {
            return Ok(Err(NoParcel::NotForThis));
        }
        let inside = parcel.open(key).filter(|_| label.from == county.county_key);
        let Some(welcome) = inside.and_then(|inside| minicbor::decode::<Welcome>(&inside).ok()) else {
            return Ok(Err(NoParcel::Altered));
        };
        if let Some(refused) = welcome.refused {
            let used = refused == NotEnrolled::UsedCode.code();
            return Ok(Ok(Err(if used { NotEnrolled::UsedCode } else { NotEnrolled::WrongCode })));
        }
        let told = welcome.enrolled.and_then(|told| serde_json::from_slice::<Enrolled>(&told).ok());
        let told = told.filter(|told| told.county_key == county.county_key && told.county == county.county);
        let Some(enrolled) = told else { return Ok(Err(NoParcel::Altered)) };
        self.adopt(&enrolled, key)?;
        Ok(Ok(Ok(enrolled)))
    }
}

impl Tx<'_> {
    pub(crate) fn introduction(&self) -> Result<Option<Vec<u8>>> {
        self.meta(LETTER)
    }

    pub(crate) fn keep_introduction(&self, letter: &[u8]) -> Result<()> {
        self.set_meta(LETTER, letter.to_vec())
    }

    fn ask_to_enrol(&self, county: &Introduced, asking: &Enrolling, key: &Key) -> Result<HandedOver> {
        let device = asking.device.ok_or(LedgerError::NotFound("device"))?;
        let cursor = self.cursor()?;
        let request = Request {
            version: VERSION,
            county: county.county.clone(),
            device,
            incarnation: 1,
            counter: 0,
            cursor: cursor.clone(),
            room: ROOM,
            digest: None,
            digests: Vec::new(),
            waiting: Vec::new(),
            envelopes: Vec::new(),
            older: Vec::new(),
            devices_since: None,
            carried: None,
            wants_pass: None,
        };
        let signed = Signed::request(&request, key);
        let ask = Ask {
            asking: serde_json::to_vec(asking).unwrap_or_default().into(),
            request: minicbor::to_vec(&signed).unwrap_or_default().into(),
        };
        let inside = frame::pack(&minicbor::to_vec(&ask).unwrap_or_default());
        let number = self.count_up("parcels")?;
        let label = Label {
            way: Way::Ask,
            county: county.county.clone(),
            device,
            number,
            to: county.county_key,
            from: key.public(),
            entries: 0,
            answers: None,
        };
        let closed = Parcel::write(&label, &inside, key, self.around);
        let bytes = closed.ok_or(LedgerError::NotThis("closed for a key"))?;
        self.remember_parcel(&bytes, number, signed.hash(), &cursor, &[])?;
        Ok(HandedOver { bytes, entries: 0, number })
    }

    /// The county's answer to the first request of a device, beside the word that it is enrolled.
    pub(crate) fn take_first_answer(
        &self,
        label: &Label,
        inside: &[u8],
    ) -> Result<std::result::Result<TakenIn, NoParcel>> {
        let Ok(welcome) = minicbor::decode::<Welcome>(inside) else { return Ok(Err(NoParcel::Altered)) };
        match welcome.reply {
            Some(reply) => self.take_answer(label, &reply),
            None => Ok(Err(NoParcel::Old)),
        }
    }

    /// Answers a device that asks to be enrolled. Nothing for what is no such question.
    pub(crate) fn answer_ask(&self, parcel: &Parcel, now: Moment, answered: &mut Answered) -> Result<Option<Vec<u8>>> {
        let (me, label) = (self.identity()?, &parcel.label);
        let inside = parcel.open(&me.key).and_then(|inside| frame::unpack(&inside).ok());
        let Some(ask) = inside.and_then(|inside| minicbor::decode::<Ask>(&inside).ok()) else { return Ok(None) };
        let Ok(asking) = serde_json::from_slice::<Enrolling>(&ask.asking) else { return Ok(None) };
        let Some(secret) = EnrolmentCode::secret_of(&asking.secret) else { return Ok(None) };
        if asking.key != label.from || asking.device != Some(label.device) {
            return Ok(None);
        }
        let mut welcome = Welcome { refused: None, enrolled: None, reply: None };
        match self.enrol(&asking, &secret)? {
            Err(refused) => welcome.refused = Some(refused.code().to_owned()),
            Ok(enrolled) => {
                answered.enrolled += 1;
                if enrolled.device == label.device {
                    let reply = self.answer_carried_request(&ask.request, label, now, answered)?;
                    welcome.reply = reply.map(|(_, reply)| reply.into());
                }
                welcome.enrolled = Some(serde_json::to_vec(&enrolled).unwrap_or_default().into());
            }
        }
        self.close_answer(parcel, Way::Welcome, label.from, 0, &minicbor::to_vec(&welcome).unwrap_or_default())
    }
}

/// What is carried and asks to be enrolled, and what is not.
pub(crate) fn asks(file: &ByteVec) -> bool {
    Parcel::read(file).is_ok_and(|parcel| parcel.label.way == Way::Ask)
}
