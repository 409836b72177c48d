//! Files carried by hand between phones, whoever answers for an area, and the county: in any order, twice, cut short,
//! altered. What they bring is heard like what a line brings, and every promise holds for it.

use super::World;
use super::member::told;
use super::promises::{Kept, ensure};
use lianhu_core::exchange::{Reply, Signed};
use lianhu_core::ids::{DeviceId, Hash};
use lianhu_core::parcel::{Parcel, Way};
use lianhu_core::sign::Key;
use lianhu_ledger::{NoParcel, TakenIn, inspect};
use std::collections::BTreeMap;

/// So many files lie about.
const MOST: usize = 16;

/// The files of a simulation.
#[derive(Debug, Default)]
pub(super) struct Files {
    lying: Vec<Vec<u8>>,
    /// What was asked in each, by the name of its file.
    asked: BTreeMap<Hash, Vec<u8>>,
}

impl World {
    /// One thing that people do with files.
    pub(super) fn file_is_carried(&mut self, at: usize) -> Kept {
        match self.chance.below(10) {
            0..=2 => self.hands_over(at),
            3..=6 => self.takes_in(at),
            7 => self.takes_in_damaged(at),
            _ => self.carrier_acts(),
        }
    }

    fn county_opens(&self) -> Result<Key, String> {
        let me = self.village.county.with(|county| county.identity()).map_err(|error| error.to_string())?;
        Ok(me.key)
    }

    fn lies_about(&mut self, file: Vec<u8>) {
        if self.files.lying.len() >= MOST {
            let gone = self.chance.below(MOST);
            self.files.lying.swap_remove(gone);
        }
        self.files.lying.push(file);
    }

    fn hands_over(&mut self, at: usize) -> Kept {
        let over = self.members[at].phone.ledger_mut().hand_over_parcel();
        let over = over.map_err(|error| format!("nothing could be handed over: {error}"))?;
        self.tells(format!("{} hands over file {} with {} entries", self.members[at].name, over.number, over.entries));
        let parcel = Parcel::read(&over.bytes).map_err(|error| error.to_string())?;
        let frame = parcel.open(&self.county_opens()?).ok_or("the county cannot open a file that is for it")?;
        self.wire.sees(&frame, &self.copied, self.model.erased())?;
        self.files.asked.insert(parcel.name(), frame);
        self.lies_about(over.bytes);
        Ok(())
    }

    /// Somebody who may carry exchanges, or hands something back.
    fn carrier_acts(&mut self) -> Kept {
        let carriers: Vec<usize> = (0..self.members.len())
            .filter(|at| self.members[*at].phone.ledger().carried_parcels().is_ok_and(|rows| !rows.is_empty()))
            .collect();
        let at = self.chance.pick(&carriers).copied().unwrap_or_else(|| self.chance.below(self.members.len()));
        if self.chance.one_in(2) {
            return self.whole_exchange(at);
        }
        let rows = self.members[at].phone.ledger().carried_parcels().map_err(|error| error.to_string())?;
        let Some(device) = self.chance.pick(&rows).map(|row| row.device) else { return Ok(()) };
        // What the county could make nothing of has no way back.
        let Ok(back) = self.members[at].phone.ledger_mut().hand_back_parcel(device) else { return Ok(()) };
        self.tells(format!("{} hands back file {}", self.members[at].name, back.number));
        self.lies_about(back.bytes);
        Ok(())
    }

    fn takes_in(&mut self, at: usize) -> Kept {
        let Some(file) = self.chance.pick(&self.files.lying).cloned() else { return self.hands_over(at) };
        let parcel = Parcel::read(&file).map_err(|error| error.to_string())?;
        // What comes back is mostly given to whom it is for.
        let of = |device: DeviceId| self.members.iter().position(|member| member.phone.device == device);
        let at = of(parcel.label.device)
            .filter(|_| parcel.label.way != Way::Up && !self.serial.is_multiple_of(4))
            .unwrap_or(at);
        let (device, before) = (self.members[at].phone.device, self.members[at].phone.ledger().life_read());
        let taken = self.members[at].phone.ledger_mut().take_in_parcel(&file);
        let taken = taken.map_err(|error| format!("a file could not be looked at: {error}"))?;
        self.next();
        self.tells(format!(
            "{} takes in file {} ({:?}): {taken:?}",
            self.members[at].name, parcel.label.number, parcel.label.way
        ));
        let own = parcel.label.device == device;
        match (parcel.label.way, &taken) {
            (Way::Up, Ok(TakenIn::Carried { .. })) => ensure(!own, || "a phone carries for itself".into()),
            (Way::Up, Err(NoParcel::NotForThis)) => ensure(own, || "a file for the county is not carried".into()),
            (Way::Up, Err(NoParcel::MayNotCarry)) => Ok(()),
            (Way::Taken, Ok(TakenIn::TakenAlong { .. })) => {
                self.members[at].taken_along = true;
                ensure(own, || "somebody else's word was taken in".into())
            }
            (Way::Down, Ok(TakenIn::Answered { old, .. })) => {
                ensure(own, || "somebody else's answer was taken in".into())?;
                let before = before.map_err(|error| error.to_string())?;
                self.hears_by_file(at, &parcel, *old, before.is_none())
            }
            (Way::Taken | Way::Down, Err(NoParcel::Old)) => ensure(own, || "somebody else's file is called old".into()),
            (Way::Taken | Way::Down, Err(NoParcel::NotForThis)) => ensure(!own, || "its own answer is refused".into()),
            (way, taken) => Err(format!("a whole file ({way:?}) came to {taken:?}")),
        }
    }

    /// A file that is cut short or altered changes nothing.
    fn takes_in_damaged(&mut self, at: usize) -> Kept {
        let Some(mut file) = self.chance.pick(&self.files.lying).cloned() else { return Ok(()) };
        let place = self.chance.below(file.len());
        if self.chance.one_in(2) {
            file.truncate(place)
        } else {
            file[place] ^= 1 << self.chance.below(8)
        }
        let written = self.members[at].phone.ledger().written();
        let taken = self.members[at].phone.ledger_mut().take_in_parcel(&file).map_err(|error| error.to_string())?;
        self.tells(format!("{} takes in a damaged file: {taken:?}", self.members[at].name));
        ensure(taken.is_err(), || format!("a damaged file came to {taken:?}"))?;
        let now = self.members[at].phone.ledger().written();
        ensure(written == now, || "a damaged file changed something".into())
    }

    /// What the county says in a file is heard like what it says on a line.
    fn hears_by_file(&mut self, at: usize, parcel: &Parcel, old: bool, first: bool) -> Kept {
        let me = self.members[at].phone.ledger().identity().map_err(|error| error.to_string())?;
        let inside = parcel.open(&me.key).and_then(|inside| inspect::unpack(&inside).ok());
        let signed: Option<Signed> = inside.and_then(|bytes| minicbor::decode(&bytes).ok());
        let reply: Option<Reply> = signed.and_then(|signed| minicbor::decode(&signed.bytes).ok());
        let asked = parcel.label.answers.and_then(|name| self.files.asked.get(&name));
        let (Some(reply), Some(asked)) = (reply, asked) else { return Err("an answer to nothing was taken in".into()) };
        let life = self.life_of(reply.epoch).ok_or("an answer comes from a life that never was")?;
        for (name, answer, number) in told(asked, &reply) {
            if life == self.life() {
                self.promised.insert(name, (answer, number));
            }
            if let Some(number) = number {
                self.members[at].heard.entry(name).or_default().insert((life, number));
            }
        }
        let member = &mut self.members[at];
        member.at_rest = false;
        if !old {
            member.damaged |= member.life.replace(life) != Some(life) || first;
        }
        Ok(())
    }

    /// Nothing is marked as taken along unless somebody was heard to have done so.
    pub(super) fn check_carried(&self, at: usize) -> Kept {
        let member = &self.members[at];
        if member.taken_along {
            return Ok(());
        }
        let standing = member.phone.ledger().standing().map_err(|error| error.to_string())?;
        ensure(standing.carried == 0, || format!("{}: marked as taken along by nobody", member.name))
    }
}
