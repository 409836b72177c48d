//! Files carried by hand between phones, whoever answers for an area, and the county: in any order, twice, cut short,
//! altered. What they bring is heard like what a line brings, and every promise holds for it.

use super::World;
use super::member::told;
use super::promises::{Kept, ensure};
use lianhu_core::directive::Role;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::exchange::{Cursor, Reply, Signed};
use lianhu_core::ids::{DeviceId, EntryName, Hash};
use lianhu_core::parcel::{Parcel, Way};
use lianhu_core::sign::Key;
use lianhu_ledger::{Ledger, NoParcel, TakenIn, inspect};
use std::collections::{BTreeMap, BTreeSet};

/// So many files lie about.
const MOST: usize = 16;

/// The files of a simulation.
#[derive(Debug, Default)]
pub(super) struct Files {
    lying: Vec<Vec<u8>>,
    /// What was asked in each, by the name of its file.
    asked: BTreeMap<Hash, Vec<u8>>,
}

/// What a phone has heard of others: up to where, and what of it is there.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    cursor: Cursor,
    of_others: BTreeSet<EntryName>,
}

impl Heard {
    fn on(ledger: &Ledger, device: DeviceId) -> lianhu_ledger::Result<Self> {
        let held = ledger.all_held()?;
        let of_others = held.iter().filter(|held| held.device != Some(device)).map(|held| held.name).collect();
        Ok(Self { cursor: ledger.cursor_read()?, of_others })
    }
}

impl World {
    /// One thing that people do with files.
    pub(super) fn file_is_carried(&mut self, at: usize) -> Kept {
        match self.chance.below(if self.of_nine { 10 } else { 15 }) {
            0..=2 => self.hands_over(at).map(drop),
            3..=6 => self.takes_in(at),
            7 => self.takes_in_damaged(at),
            8 | 9 => self.carrier_acts(),
            10 | 11 => self.word_comes_back(at),
            _ => self.answer_comes_late(at),
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

    /// What a phone hands over; the file.
    fn hands_over(&mut self, at: usize) -> Result<Vec<u8>, String> {
        let over = self.members[at].phone.ledger_mut().hand_over_parcel();
        let over = over.map_err(|error| format!("nothing could be handed over: {error}"))?;
        self.tells(format!("{} hands over file {} with {} entries", self.members[at].name, over.number, over.entries));
        let parcel = Parcel::read(&over.bytes).map_err(|error| error.to_string())?;
        let frame = parcel.open(&self.county_opens()?).ok_or("the county cannot open a file that is for it")?;
        self.wire.sees(&frame, &self.copied, self.model.erased())?;
        self.files.asked.insert(parcel.name(), frame);
        self.lies_about(over.bytes.clone());
        Ok(over.bytes)
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
        self.hands_back(at, device);
        Ok(())
    }

    fn hands_back(&mut self, at: usize, device: DeviceId) -> Option<Vec<u8>> {
        let back = self.members[at].phone.ledger_mut().hand_back_parcel(device).ok()?;
        self.tells(format!("{} hands back file {}", self.members[at].name, back.number));
        self.lies_about(back.bytes.clone());
        Some(back.bytes)
    }

    /// Somebody else who may carry files: whoever answers for an area. Where there is nobody, the county makes somebody.
    fn carrier_for(&mut self, at: usize) -> Result<Option<usize>, String> {
        let roles = self.model.roles();
        let answers = |user| roles.iter().any(|(whose, role, _)| *whose == user && role != "helper");
        let own = self.members[at].phone.device;
        let others: Vec<usize> = (0..self.members.len())
            .filter(|other| self.members[*other].phone.device != own)
            .filter(|other| !self.is_shut_out(self.members[*other].phone.device))
            .collect();
        let carriers: Vec<usize> =
            others.iter().copied().filter(|other| answers(self.members[*other].phone.user)).collect();
        if let Some(carrier) = self.chance.pick(&carriers).copied() {
            return Ok(Some(carrier));
        }
        let Some(carrier) = self.chance.pick(&others).copied() else { return Ok(None) };
        let (user, place) = (self.members[carrier].phone.user, self.villages[0]);
        self.tells(format!("{} becomes first secretary", self.village.name_of(user)));
        let body = Role { role: "first_secretary".into(), place: Some(place) };
        self.village.county.directs(|w| w.record(About::Cadre(user), kind::ROLE, Source::Office, &body));
        self.all_may_hear();
        self.check_county()?;
        self.exchanges_on_a_bad_line(carrier)?;
        Ok(Some(carrier))
    }

    /// Something new is handed over, and somebody takes it along.
    fn is_taken_along(&mut self, at: usize) -> Result<Option<usize>, String> {
        let Some(carrier) = self.carrier_for(at)? else { return Ok(None) };
        self.visit(at);
        let up = self.hands_over(at)?;
        self.takes_in_file(carrier, &up)?;
        Ok(Some(carrier))
    }

    /// The carrier's word comes back before the county has heard of what was handed over.
    fn word_comes_back(&mut self, at: usize) -> Kept {
        let Some(carrier) = self.is_taken_along(at)? else { return Ok(()) };
        match self.hands_back(carrier, self.members[at].phone.device) {
            Some(word) => self.takes_in_file(at, &word),
            None => Ok(()),
        }
    }

    /// The county's answer comes back after the phone has heard from the county over a line, of other things too.
    fn answer_comes_late(&mut self, at: usize) -> Kept {
        let Some(carrier) = self.is_taken_along(at)? else { return Ok(()) };
        self.exchanges_on_a_bad_line(carrier)?;
        let Some(back) = self.hands_back(carrier, self.members[at].phone.device) else { return Ok(()) };
        let households = self.model.households();
        if let Some(household) = self.chance.pick(&households).copied() {
            let user = self.members[at].phone.user;
            self.tells(format!("the county entrusts {} to {}", self.canaries[&household], self.village.name_of(user)));
            self.village.entrusts(household, user);
            self.all_may_hear();
            self.check_county()?;
        }
        self.exchanges_on_a_bad_line(at)?;
        self.takes_in_file(at, &back)
    }

    /// Somebody tries until it is done, three times at most.
    fn exchanges_on_a_bad_line(&mut self, at: usize) -> Kept {
        for _ in 0..3 {
            self.whole_exchange(at)?;
            self.check_county()?;
            self.check_phone(at)?;
            if self.members[at].at_rest {
                break;
            }
        }
        Ok(())
    }

    fn takes_in(&mut self, at: usize) -> Kept {
        let Some(file) = self.chance.pick(&self.files.lying).cloned() else { return self.hands_over(at).map(drop) };
        let parcel = Parcel::read(&file).map_err(|error| error.to_string())?;
        // What comes back is mostly given to whom it is for.
        let of = |device: DeviceId| self.members.iter().position(|member| member.phone.device == device);
        let at = of(parcel.label.device)
            .filter(|_| parcel.label.way != Way::Up && !self.serial.is_multiple_of(4))
            .unwrap_or(at);
        self.takes_in_file(at, &file)
    }

    fn takes_in_file(&mut self, at: usize, file: &[u8]) -> Kept {
        let parcel = Parcel::read(file).map_err(|error| error.to_string())?;
        let device = self.members[at].phone.device;
        let before = Heard::on(self.members[at].phone.ledger(), device).map_err(|error| error.to_string())?;
        let taken = self.members[at].phone.ledger_mut().take_in_parcel(file);
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
                self.hears_by_file(at, &parcel, *old, &before)
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
    fn hears_by_file(&mut self, at: usize, parcel: &Parcel, old: bool, before: &Heard) -> Kept {
        let me = self.members[at].phone.ledger().identity().map_err(|error| error.to_string())?;
        let inside = parcel.open(&me.key).and_then(|inside| inspect::unpack(&inside).ok());
        let signed: Option<Signed> = inside.and_then(|bytes| minicbor::decode(&bytes).ok());
        let reply: Option<Reply> = signed.and_then(|signed| minicbor::decode(&signed.bytes).ok());
        let asked = parcel.label.answers.and_then(|name| self.files.asked.get(&name));
        let (Some(reply), Some(asked)) = (reply, asked) else { return Err("an answer to nothing was taken in".into()) };
        // Whoever has heard from the county since they asked takes nothing from it but what became of their own.
        let then = inspect::read_request(asked).map(|(_, request)| request.cursor);
        let since = then.as_ref() != Some(&before.cursor);
        let now = Heard::on(self.members[at].phone.ledger(), self.members[at].phone.device);
        let now = now.map_err(|error| error.to_string())?;
        ensure(old == since && (!old || now == *before), || {
            format!("an answer to what was asked long ago ({since}) was taken as one to what is asked now")
        })?;
        let first = before.cursor.epoch.is_none();
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
