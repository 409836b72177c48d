//! What happens in a simulation, step by step: what people write on their phones, what the county directs, what the
//! line, the battery and the disk do.

use super::World;
use super::member::Copied;
use super::promises::Kept;
use crate::phone::some_day;
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Grant, GrantEnd, Placement, Role};
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::hub::Hub as _;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId, PlaceId};
use lianhu_core::record::{NeedStep, Remark};
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Surroundings as _;
use lianhu_core::visit::{Guarantee, Need, Promise, Visit};
use lianhu_ledger::exchange;
use lianhu_ledger::inspect::Standing;
use std::collections::BTreeMap;

/// Page sizes that phones ask for: the usual one, and some that cut everything into many pages.
const ROOMS: [u32; 5] = [0, 1, 400, 1500, 6000];

impl World {
    /// Takes one step; says which phones it touched.
    pub(super) fn act(&mut self) -> Result<Vec<usize>, String> {
        let at = self.chance.below(self.members.len());
        self.village.around.pass(1 + i64::try_from(self.chance.below(86_400)).unwrap_or(0));
        self.back_ups_age();
        let act = self.chance.below(44);
        if act >= 38 {
            self.members.iter_mut().for_each(|member| member.at_rest = false);
        }
        match act {
            0..=7 => self.visit(at),
            8..=9 => self.amend(at)?,
            10 => self.strike(at),
            11 => self.step_of_need(at),
            12..=16 => self.edit(at)?,
            17 => self.choose(at)?,
            18..=19 => self.register(at),
            20..=25 => return self.round(at, None),
            26..=30 => self.whole_exchange(at)?,
            31 => return self.relay(at),
            32 => return self.out_of_order(at),
            33 => {
                self.tells(format!("{} dies and is switched on", self.members[at].name));
                self.members[at].phone.dies_and_is_switched_on();
            }
            34 => self.dies_in_mid_exchange(at)?,
            35 => {
                self.tells("the county's process is killed".into());
                self.village.county.is_killed();
            }
            36 => self.copy(at)?,
            37 => self.damage(at),
            // From here on it is the county that acts: nobody has heard of it yet.
            38..=39 => self.entrust(),
            40 => self.take_back(),
            41 => self.county_edits(),
            42 => self.county_moves(),
            _ => self.county_grows(),
        }
        Ok(vec![at])
    }

    /// A household on this phone that may be written about.
    pub(super) fn household_on(&mut self, at: usize) -> Option<HouseholdId> {
        let open = self.open_on(at);
        self.chance.pick(&open).copied()
    }

    /// The households on this phone that may be written about.
    pub(super) fn open_on(&self, at: usize) -> Vec<HouseholdId> {
        let phone = &self.members[at].phone;
        let rows = phone.ledger().household_rows().expect("rows are read");
        let scope = phone.ledger().scope_of(phone.user).expect("scopes are read");
        let ended =
            |id: &HouseholdId| scope.iter().any(|row| row.about.household() == Some(*id) && row.until.is_some());
        rows.into_iter().filter(|id| !ended(id)).collect()
    }

    fn today(&self) -> Day {
        self.village.around.now().day()
    }

    /// A record of a kind on this phone, with what it is about.
    fn record_on(&mut self, at: usize, household: HouseholdId, kind: u16) -> Option<(EntryName, Entry)> {
        let held = self.members[at].phone.ledger().all_held().expect("entries are read");
        let fits: Vec<_> = held
            .iter()
            .filter(|held| {
                held.standing == Standing::Living && held.about.and_then(|about| about.household()) == Some(household)
            })
            .filter_map(|held| Some((held.name, Entry::read(&held.bytes).ok()?)))
            .filter(|(_, entry)| entry.kind == kind)
            .collect();
        self.chance.pick(&fits).cloned()
    }

    /// A visit of the last months, by a clock that may be off.
    pub(super) fn some_visit(&mut self, household: HouseholdId, today: Day) -> Visit {
        let (canary, serial) = (self.canary(household), self.next());
        let mut visit = Visit {
            day: some_day(&mut self.chance, today),
            note: Some(format!("{canary} 家里都好 {serial}")),
            ..Visit::default()
        };
        if self.chance.one_in(3) {
            visit.needs.push(Need { category: "饮水".into(), text: format!("{canary} 水管裂了") });
        }
        if self.chance.one_in(4) {
            visit.guarantees.push(Guarantee { what: "housing".into(), met: self.chance.one_in(2) });
        }
        if self.chance.one_in(4) {
            visit.promises.push(Promise { text: format!("{canary} 带化肥"), due: Some(visit.day.plus(20)) });
        }
        visit
    }

    pub(super) fn visit(&mut self, at: usize) {
        let Some(household) = self.household_on(at) else { return };
        let visit = self.some_visit(household, self.members[at].phone.clock().now().day());
        self.tells(format!("{} visits {}", self.members[at].name, self.canaries[&household]));
        let name = self.members[at].phone.writes_visit(household, &visit).expect("a visit is saved");
        self.members[at].saved([name]);
        if self.chance.one_in(6) {
            let remark = Remark { record: name, text: format!("{} 已电话核实", self.canaries[&household]) };
            let about = About::Household(household);
            let saved =
                self.members[at].phone.ledger_mut().write(|w| w.record(about, kind::REMARK, Source::Phone, &remark));
            self.members[at].saved([saved.expect("a remark is saved")]);
        }
    }

    fn amend(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let Some((target, entry)) = self.record_on(at, household, kind::VISIT) else { return Ok(()) };
        let was: Visit = minicbor::decode(&entry.body).map_err(|error| error.to_string())?;
        // A correction of something older than a grant reaches back would be there without what it corrects.
        if was.day < self.today().plus(-200) {
            return Ok(());
        }
        let mut amends = vec![target];
        if self.chance.one_in(3)
            && let Some((other, _)) = self.record_on(at, household, kind::VISIT).filter(|(other, entry)| {
                let same: Visit = minicbor::decode(&entry.body).unwrap_or_default();
                *other != target && same.amends == was.amends && !was.amends.is_empty()
            })
        {
            amends.push(other);
        }
        let visit = Visit { amends, day: was.day, ..self.some_visit(household, self.today()) };
        self.tells(format!("{} amends a visit of {}", self.members[at].name, self.canaries[&household]));
        let name = self.members[at].phone.writes_visit(household, &visit).map_err(|error| error.to_string())?;
        self.members[at].saved([name]);
        Ok(())
    }

    fn strike(&mut self, at: usize) {
        let Some(household) = self.household_on(at) else { return };
        let Some((record, _)) = self.record_on(at, household, kind::VISIT) else { return };
        self.tells(format!("{} strikes a visit of {}", self.members[at].name, self.canaries[&household]));
        let name = self.members[at].phone.strikes(household, record).expect("a strike is saved");
        self.members[at].saved([name]);
    }

    fn step_of_need(&mut self, at: usize) {
        let Some(household) = self.household_on(at) else { return };
        let Some((visit, _)) = self.record_on(at, household, kind::VISIT) else { return };
        let step = u8::try_from(1 + self.chance.below(4)).unwrap_or(1);
        let body = NeedStep { visit, index: 0, step, day: self.today(), result: None };
        self.tells(format!("{} takes a need of {} to step {step}", self.members[at].name, self.canaries[&household]));
        let about = About::Household(household);
        let saved =
            self.members[at].phone.ledger_mut().write(|w| w.record(about, kind::NEED_STEP, Source::Office, &body));
        self.members[at].saved([saved.expect("a step is saved")]);
    }

    fn some_value(&mut self, household: HouseholdId) -> Scalar {
        let (canary, serial) = (self.canary(household), self.next());
        match self.chance.below(8) {
            0 => Scalar::Null,
            1 => Scalar::Int(i64::try_from(serial).unwrap_or(0)),
            2 => Scalar::Bool(self.chance.one_in(2)),
            _ => Scalar::Text(format!("{canary}{serial}")),
        }
    }

    fn some_key(&mut self, at: usize, household: HouseholdId) -> String {
        let dossier =
            self.members[at].phone.ledger().stored_dossier(household).expect("a dossier is read").unwrap_or_default();
        let keys: Vec<String> = dossier.all().into_keys().collect();
        let people: Vec<&str> = keys.iter().filter_map(|key| key.strip_prefix("person/")?.split('/').next()).collect();
        let fact = ["health", "phone", "labour", "name"][self.chance.below(4)];
        match (self.chance.below(6), self.chance.pick(&people)) {
            (0 | 1, Some(person)) => format!("person/{person}/{fact}"),
            (2, _) => format!("person/{}/name", PersonId::mint(&*self.village.around)),
            _ => ["phone", "address", "water_safe", "poverty_cause"][self.chance.below(4)].to_owned(),
        }
    }

    fn edit(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let (key, value) = (self.some_key(at, household), self.some_value(household));
        self.tells(format!("{} puts {key} of {} to {value:?}", self.members[at].name, self.canaries[&household]));
        let saved =
            self.members[at].phone.sets(household, &key, value).map_err(|error| format!("an edit failed: {error}"))?;
        self.members[at].saved(saved);
        Ok(())
    }

    fn choose(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let dossier = self.members[at].phone.ledger().stored_dossier(household).map_err(|error| error.to_string())?;
        let two: Vec<_> = dossier.unwrap_or_default().all().into_iter().filter(|(_, said)| said.len() > 1).collect();
        let Some((key, said)) = self.chance.pick(&two).cloned() else { return Ok(()) };
        let Some(choice) = self.chance.pick(&said).cloned() else { return Ok(()) };
        self.tells(format!(
            "{} chooses {:?} for {key} of {}",
            self.members[at].name, choice.value, self.canaries[&household]
        ));
        let saved = self.members[at].phone.sets(household, &key, choice.value).map_err(|error| error.to_string())?;
        if saved.is_none() {
            return Err("a choice between two statements was not saved".into());
        }
        self.members[at].saved(saved);
        Ok(())
    }

    /// A household met on the hillside, inside one's own area as far as the phone knows.
    pub(super) fn register(&mut self, at: usize) {
        let Some(near) = self.household_on(at) else { return };
        let Some(place) = self.origin_of(at, near) else { return };
        let name = format!("新户{}{:08}{}", super::CANARY.0, self.canaries.len(), super::CANARY.1);
        let (household, saved) = self.members[at].phone.registers(place, &name);
        let canary = self.canary(household);
        self.tells(format!("{} registers {canary}", self.members[at].name));
        self.members[at].saved(saved);
    }

    fn origin_of(&self, at: usize, household: HouseholdId) -> Option<PlaceId> {
        let held = self.members[at].phone.ledger().all_held().expect("entries are read");
        let placed = held.iter().rev().filter(|held| held.about == Some(About::Household(household)));
        placed.filter_map(|held| Entry::read(&held.bytes).ok()).find_map(|entry| {
            (entry.kind == kind::PLACEMENT)
                .then(|| minicbor::decode::<Placement>(&entry.body).ok().map(|placed| placed.origin))
                .flatten()
        })
    }

    /// One request and one reply, or what the line makes of them; possibly with somebody else's envelope.
    pub(super) fn round(
        &mut self,
        at: usize,
        carried: Option<lianhu_core::envelope::Sealed>,
    ) -> Result<Vec<usize>, String> {
        let room = ROOMS[self.chance.below(ROOMS.len())];
        let member = &mut self.members[at];
        let mut outgoing = member.phone.ledger_mut().request(room).map_err(|error| format!("no request: {error}"))?;
        if let Some(sealed) = carried {
            outgoing = outgoing.carrying(member.phone.ledger(), vec![sealed]).ok_or("a relay could not be composed")?;
        }
        let reply = member.ear.exchange(&outgoing.frame, &mut |_| ());
        let fault = member.ear.line.last_fault();
        let told = format!("{} asks once, room {room}, line {fault:?}", member.name);
        if let Ok(frame) = reply {
            member
                .phone
                .ledger_mut()
                .take(&outgoing, &frame)
                .map_err(|error| format!("a reply could not be taken: {error}"))?
                .ok();
        }
        self.tells(told);
        self.overhear(at)?;
        Ok(vec![at])
    }

    pub(super) fn whole_exchange(&mut self, at: usize) -> Kept {
        let room = ROOMS[self.chance.below(ROOMS.len())];
        let member = &mut self.members[at];
        let done = exchange(member.phone.ledger_mut(), &mut member.ear, room, &mut |_| ());
        let told = format!("{} exchanges, room {room}: {done:?}", member.name);
        self.tells(told);
        let done = done.map_err(|error| format!("an exchange failed on the phone: {error}"))?;
        self.overhear(at)?;
        if let Ok(done) = done {
            if done.rounds > 400 {
                let last = self.last_heard.clone();
                return Err(format!("an exchange took {} rounds, the last {last:?}", done.rounds));
            }
            self.check_tables(at)?;
        } else {
            self.members[at].at_rest = false;
        }
        Ok(())
    }

    /// Somebody else's envelope is carried up, later than its own phone handed it over, or before.
    fn relay(&mut self, at: usize) -> Result<Vec<usize>, String> {
        let other = self.chance.below(self.members.len());
        let mut sealed = self.members[other].phone.ledger().all_envelopes().map_err(|error| error.to_string())?;
        if self.chance.one_in(3) {
            sealed.clone_from(&self.wire.seen);
        }
        let Some(sealed) = self.chance.pick(&sealed).cloned() else { return Ok(vec![at]) };
        self.tells(format!(
            "{} carries envelope {} of {}",
            self.members[at].name, sealed.head.number, self.members[other].name
        ));
        self.round(at, Some(sealed))
    }

    /// Two envelopes are sealed and their requests lost; somebody else carries the later one up before the earlier.
    fn out_of_order(&mut self, at: usize) -> Result<Vec<usize>, String> {
        let Some(household) = self.household_on(at) else { return Ok(vec![at]) };
        let registered = self.chance.one_in(2);
        if registered {
            self.register(at);
        }
        for _ in 0..2 {
            let value = Scalar::Text(format!("{}{}", self.canary(household), self.next()));
            let saved = self.members[at].phone.sets(household, "phone", value).map_err(|error| error.to_string())?;
            self.members[at].saved(saved);
            self.members[at].phone.ledger_mut().request(0).map_err(|error| error.to_string())?;
        }
        let sealed = self.members[at].phone.ledger().all_envelopes().map_err(|error| error.to_string())?.pop();
        let carrier = self.chance.below(self.members.len());
        self.tells(format!(
            "{} seals twice and {} carries the later",
            self.members[at].name, self.members[carrier].name
        ));
        self.round(carrier, sealed)?;
        self.check_county()?;
        if self.chance.one_in(2) {
            self.tells("the county's process is killed".into());
            self.village.county.is_killed();
        }
        Ok(vec![at, carrier])
    }

    fn dies_in_mid_exchange(&mut self, at: usize) -> Kept {
        self.tells(format!("{} dies in mid exchange", self.members[at].name));
        let member = &mut self.members[at];
        let outgoing = member.phone.ledger_mut().request(0).map_err(|error| error.to_string())?;
        member.ear.exchange(&outgoing.frame, &mut |_| ()).ok();
        // The reply is on its way when the battery goes.
        for (_, reply) in &mut member.ear.overheard {
            *reply = None;
        }
        member.phone.dies_and_is_switched_on();
        self.overhear(at)
    }

    /// The phone is copied; or an older copy of it is put back; or the copy becomes a phone of its own.
    fn copy(&mut self, at: usize) -> Kept {
        let Some(Copied { path, owes, settled, drafts }) = self.members[at].copy.take() else {
            let serial = self.next();
            let path = self.village.folder().join(format!("copy-{serial}.sqlite"));
            self.members[at].phone.is_copied_to(&path);
            self.tells(format!("{} is copied", self.members[at].name));
            let member = &mut self.members[at];
            let (owes, settled) = (member.owes.clone(), member.settled.clone());
            member.copy = Some(Copied { path, owes, settled, drafts: member.drafts.clone() });
            return Ok(());
        };
        self.copied.insert(self.members[at].phone.device);
        if self.chance.one_in(2) {
            self.tells(format!("{} is restored from its copy", self.members[at].name));
            let member = &mut self.members[at];
            member.phone.is_restored_from(&path);
            // What had arrived when it was copied is owed again only if the county has lost it since.
            (member.owes, member.settled, member.drafts) = (owes, BTreeMap::new(), drafts);
            member.owes.extend(settled);
            member.life = None;
            member.at_rest = false;
            return Ok(());
        }
        let user = self.members[at].phone.user;
        let (heard, damaged) = (self.members[at].heard.clone(), self.members[at].damaged);
        self.tells(format!("the copy of {} is switched on beside it", self.members[at].name));
        self.add_copy(user, &path);
        let twin = self.members.last_mut().ok_or("a copy was added")?;
        (twin.owes, twin.heard, twin.damaged, twin.drafts) = (owes, heard, damaged, drafts);
        twin.taken_along = true;
        twin.owes.extend(settled);
        let twin = self.members.len() - 1;
        self.check_phone(twin)
    }

    /// The disk loses something that had arrived.
    fn damage(&mut self, at: usize) {
        let device = self.members[at].phone.device;
        let held = self.members[at].phone.ledger().all_held().expect("entries are read");
        let others: Vec<_> = held
            .iter()
            .filter(|held| held.number.is_some() && held.device != Some(device))
            .filter(|held| held.about.is_some_and(|about| about.household().is_some()))
            .collect();
        let Some(name) = self.chance.pick(&others).map(|held| held.name) else { return };
        self.tells(format!("{} loses {name:?} by damage", self.members[at].name));
        self.members[at].phone.ledger_mut().lose(name).expect("a ledger can be damaged");
        self.members[at].damaged = true;
        self.hurt.insert(device);
    }

    fn entrust(&mut self) {
        let households = self.model.households();
        let (Some(household), Some(user)) =
            (self.chance.pick(&households).copied(), self.chance.pick(&self.users).copied())
        else {
            return;
        };
        self.tells(format!("the county entrusts {} to {}", self.canaries[&household], self.village.name_of(user)));
        self.village.entrusts(household, user);
    }

    fn take_back(&mut self) {
        let granted = self.model.granted();
        let Some((about, user)) = self.chance.pick(&granted).copied() else { return };
        self.tells(format!("the county takes {about:?} back from {}", self.village.name_of(user)));
        let body = GrantEnd { user, reason: "调整".into() };
        self.village.county.directs(|w| w.record(about, kind::GRANT_END, Source::Office, &body));
    }

    fn county_edits(&mut self) {
        let households = self.model.households();
        let Some(household) = self.chance.pick(&households).copied() else { return };
        let (value, by_roster) = (self.some_value(household), self.chance.one_in(2));
        let key = ["phone", "address"][self.chance.below(2)];
        self.tells(format!("the county puts {key} of {} (roster: {by_roster})", self.canaries[&household]));
        let puts = BTreeMap::from([(key.to_owned(), value)]);
        self.village
            .county
            .directs(|w| if by_roster { w.import(household, puts) } else { w.put(household, puts, Source::Office) });
    }

    pub(super) fn county_moves(&mut self) {
        let households = self.model.households();
        let Some(household) = self.chance.pick(&households).copied() else { return };
        let (origin, present) = (self.chance.pick(&self.villages).copied(), self.chance.pick(&self.villages).copied());
        let Some(origin) = origin else { return };
        let present = present.filter(|_| self.chance.one_in(2));
        self.tells(format!("the county moves {}", self.canaries[&household]));
        let body = Placement { origin, present };
        self.village.county.directs(|w| w.record(About::Household(household), kind::PLACEMENT, Source::Office, &body));
    }

    fn county_grows(&mut self) {
        let place = self.villages[self.chance.below(self.villages.len())];
        let user = self.users[self.chance.below(self.users.len())];
        match self.chance.below(4) {
            0 => self.new_household(),
            1 => {
                self.tells(format!("{} becomes first secretary", self.village.name_of(user)));
                let body = Role { role: "first_secretary".into(), place: Some(place) };
                self.village.county.directs(|w| w.record(About::Cadre(user), kind::ROLE, Source::Office, &body));
            }
            2 => {
                self.tells(format!("a village is entrusted to {}", self.village.name_of(user)));
                let body = Grant { user, duty: "包村干部".into() };
                self.village.county.directs(|w| w.record(About::Place(place), kind::GRANT, Source::Office, &body));
            }
            _ if self.members.len() < 7 => self.new_phone(user),
            _ => self.village.around.set(Moment(self.village.around.now().0 + 40 * 86_400)),
        }
    }
}
