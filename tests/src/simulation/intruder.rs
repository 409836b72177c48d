//! A device with good keys and a bad will: enrolled, with a household of its own and perhaps one that others hold too. It
//! says whatever it likes about anything. What it may not say is never let in, what it may not read is never told, and
//! the others lose nothing by it: all their promises are checked as before.

use super::World;
use super::inspections::{made_up_draw, made_up_inspection};
use super::member::genuine;
use super::promises::{Kept, ensure};
use crate::hostile::an_entry;
use lianhu_core::change::{Change, Put, lane};
use lianhu_core::directive::{
    Approval, ConfirmedFacts, Device, Erasure, Grant, GrantEnd, LetIn, Member, Placement, Role, RoleEnd,
};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::{Head, Sealed};
use lianhu_core::exchange::{Again, Cursor, Request, Signed, VERSION};
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted};
use lianhu_core::hub::Hub as _;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::inspection::{InspectionEnd, SampleOpened};
use lianhu_core::join::{Join, JoinEnd};
use lianhu_core::record::{NeedStep, Registration, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Surroundings as _;
use lianhu_core::trace::OFFICE;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Identity, inspect};

/// The device, and what it remembers of its own doings.
#[derive(Debug)]
pub(super) struct Intruder {
    id: Identity,
    own: HouseholdId,
    number: u64,
    counter: u64,
    /// Frames it has sent, to be sent again.
    sent: Vec<Vec<u8>>,
}

fn body<T: minicbor::Encode<()>>(body: &T) -> Vec<u8> {
    minicbor::to_vec(body).expect("a body is written")
}

impl World {
    /// The household of its own, once it is there.
    pub(super) fn intruder_has(&self) -> Option<HouseholdId> {
        self.intruder.as_ref().map(|intruder| intruder.own)
    }

    /// It comes, and then does mischief again and again.
    pub(super) fn intrudes(&mut self) -> Kept {
        if self.intruder.is_none() {
            self.intruder_comes();
            return Ok(());
        }
        let Some(mut intruder) = self.intruder.take() else { return Ok(()) };
        let done = self.mischief(&mut intruder);
        self.intruder = Some(intruder);
        done
    }

    fn intruder_comes(&mut self) {
        let user = self.village.person("坏人");
        let place = self.villages[0];
        let name = format!("坏户{}{:08}{}", super::CANARY.0, self.canaries.len(), super::CANARY.1);
        let own = self.village.household(&name, place);
        self.canary(own);
        self.village.entrusts(own, user);
        // Others may hold its household too: what it may say reaches them.
        let other = *self.chance.pick(&self.users).expect("there is somebody");
        self.village.entrusts(own, other);
        let id = self.village.phone("坏人").ledger().identity().expect("it is enrolled");
        // Whatever it is told of its own existence is no broken promise.
        self.copied.insert(id.device);
        self.tells(format!("a device with a bad will comes, {} is its own", self.canaries[&own]));
        self.intruder = Some(Intruder { id, own, number: 0, counter: 0, sent: Vec::new() });
        self.members.iter_mut().for_each(|member| member.at_rest = false);
    }

    fn mischief(&mut self, intruder: &mut Intruder) -> Kept {
        if self.chance.one_in(6)
            && let Some(frame) = self.chance.pick(&intruder.sent).cloned()
        {
            self.tells("the device with a bad will sends an old request again".into());
            self.village.county.exchange(&frame, &mut |_| ()).ok();
            return Ok(());
        }
        let mut envelopes = Vec::new();
        for _ in 0..1 + self.chance.below(3) {
            let entries: Vec<_> = (0..1 + self.chance.below(4)).filter_map(|_| self.bad_entry(intruder)).collect();
            envelopes.push(self.bad_envelope(intruder, entries));
        }
        for bytes in envelopes.iter().flat_map(|sealed| &sealed.entries) {
            self.forged.insert(EntryName::of(bytes));
        }
        self.sends(intruder, envelopes)
    }

    /// Something about a household that is none of its business.
    fn foreign(&mut self, intruder: &Intruder) -> HouseholdId {
        let held = self.model.ever(intruder.id.user);
        let others: Vec<_> = self.model.households().into_iter().filter(|id| !held.contains(id)).collect();
        self.chance.pick(&others).copied().unwrap_or_else(|| HouseholdId::mint(&*self.village.around))
    }

    fn some_join_entry(&mut self) -> Option<EntryName> {
        let joins: Vec<_> = self.model.cards.open().map(|known| known.entry).collect();
        self.chance.pick(&joins).copied()
    }

    fn bad_entry(&mut self, intruder: &Intruder) -> Option<Vec<u8>> {
        let (foreign, own) = (self.foreign(intruder), intruder.own);
        let serial = self.next();
        let text = Scalar::Text(format!("{}坏{serial}", self.canaries[&own]));
        let put = |key: &str, value: Scalar| vec![Put { key: key.into(), value }];
        let known = self.chance.pick(&self.log).copied().unwrap_or_default();
        let change = |lane, seq, deps, puts| body(&Change { lane, turn: 1, seq, deps, puts });
        let visit = |amends, note: &str| {
            body(&Visit { amends, day: self.village.around.now().day(), note: Some(note.into()), ..Visit::default() })
        };
        let (mine, theirs) = (About::Household(own), About::Household(foreign));
        let me = intruder.id.user;
        let somebody = *self.chance.pick(&self.users)?;
        let lost = self.members.first()?.phone.device;
        let day = self.village.around.now().day();
        let inspection = self.model.inspections.all().last().map_or(known, |opened| opened.entry);
        let (about, kind, body) = match self.chance.below(if self.of_nine { 28 } else { 36 }) {
            0 => (theirs, kind::CHANGE, change(lane::PERSON, 1, vec![], put("phone", text))),
            1 => (theirs, kind::VISIT, visit(vec![], "坏")),
            2 => (
                mine,
                kind::CHANGE,
                change(lane::PERSON, 1, vec![EntryName::of(&serial.to_be_bytes())], put("phone", text)),
            ),
            3 => (mine, kind::CHANGE, change(lane::PERSON, 1, vec![known], put("address", text))),
            // The first of these may be said, every other claims its place.
            4 | 5 => (mine, kind::CHANGE, change(lane::PERSON, 1, vec![], put("phone", text))),
            6 => (mine, kind::CHANGE, change(lane::PERSON, 7, vec![], put("phone", text))),
            7 => (mine, kind::CHANGE, change(lane::IMPORT, 1, vec![], put("household_type", text))),
            8 => (theirs, kind::GRANT, body(&Grant { user: me, duty: "帮扶责任人".into() })),
            9 => (theirs, kind::GRANT_END, body(&GrantEnd { user: somebody, reason: String::new() })),
            10 => (About::Cadre(me), kind::ROLE, body(&Role { role: "county".into(), place: None })),
            11 => {
                let device = Device {
                    key: intruder.id.key.public(),
                    device: lost,
                    label: String::new(),
                    revoked: true,
                    reason: None,
                };
                (About::Cadre(somebody), kind::DEVICE, body(&device))
            }
            12 => (mine, kind::APPROVAL, body(&Approval { key: "household_type".into(), said: known })),
            13 => (About::County, kind::CONFIRMED_FACTS, body(&ConfirmedFacts { keys: vec![] })),
            14 => (mine, kind::STRIKE, body(&Strike { record: known, reason: "坏".into() })),
            15 => (mine, kind::VISIT, visit(vec![known], "坏")),
            16 => (mine, kind::VISIT, visit(vec![], &"长".repeat(19_000))),
            17 => (mine, kind::VISIT, visit(vec![], &"长".repeat(60_000))),
            18 => (mine, kind::PLACEMENT, body(&Placement { origin: *self.villages.last()?, present: None })),
            19 => (
                mine,
                kind::NEED_STEP,
                body(&NeedStep { visit: known, index: 0, step: 3, day: self.village.around.now().day(), result: None }),
            ),
            // A restored county may not know the household yet: then somebody has to be the first to name it.
            20 if self.life() == 0 => (theirs, kind::REGISTRATION, body(&Registration { place: self.villages[0] })),
            21 => {
                let join = Join { into: foreign, persons: vec![], whole: true, reason: "坏".into() };
                (mine, kind::JOIN, body(&join))
            }
            22 => (
                theirs,
                kind::JOIN_END,
                body(&JoinEnd { join: self.some_join_entry().unwrap_or(known), reason: "坏".into() }),
            ),
            23 => (About::County, kind::ERASURE, body(&Erasure { household: foreign, ground: "asked".into() })),
            24 => {
                let team =
                    self.model.teams().first().map_or(About::Organisation(me.0), |team| About::Organisation(team.0));
                (team, kind::MEMBER, body(&Member { user: me, left: false }))
            }
            25 => {
                let end = RoleEnd { role: "township".into(), place: Some(self.town), reason: "坏".into() };
                (About::Cadre(somebody), kind::ROLE_END, body(&end))
            }
            26 => (About::Cadre(me), kind::LET_IN, body(&LetIn { device: intruder.id.device, reason: "坏".into() })),
            28 => (OFFICE, kind::INSPECTION, body(&made_up_inspection(day, serial))),
            29 => (OFFICE, kind::INSPECTION_END, body(&InspectionEnd { inspection, reason: "坏".into() })),
            30 => (OFFICE, kind::SAMPLE_DRAWN, body(&made_up_draw(inspection, vec![own, foreign]))),
            31 | 32 => {
                let about = if self.chance.one_in(2) { mine } else { theirs };
                (about, kind::SAMPLE_OPENED, body(&SampleOpened { inspection, team: "坏".into(), day }))
            }
            33 => (OFFICE, kind::EXPORT_WANTED, body(&self.some_asking())),
            34 => (OFFICE, kind::EXPORT_GRANTED, body(&ExportGranted { wanted: self.some_asked(known), until: day })),
            35 => {
                let end = ExportGrantEnd { wanted: self.some_asked(known), reason: "坏".into() };
                (OFFICE, kind::EXPORT_GRANT_END, body(&end))
            }
            _ => return Some(self.chance.bytes(40)),
        };
        let mut entry = an_entry(&intruder.id, about, kind, body, &self.village);
        match self.chance.below(12) {
            0 => entry.user = somebody,
            1 => entry.device = lost,
            _ => {}
        }
        Some(entry.write())
    }

    /// An envelope with something wrong in its head, or with what others have written, or as it should be.
    fn bad_envelope(&mut self, intruder: &mut Intruder, mut entries: Vec<Vec<u8>>) -> Sealed {
        let mut head = Head {
            county: intruder.id.county.clone(),
            device: intruder.id.device,
            incarnation: intruder.id.incarnation,
            user: intruder.id.user,
            number: intruder.number + 1,
            prev: None,
            county_seen: [0, self.log.len() as u64, u64::MAX >> 1][self.chance.below(3)],
            audit: None,
        };
        let others = self.chance.pick(&self.wire.seen).cloned();
        match (self.chance.below(8), others) {
            (0, Some(mut others)) => {
                // Somebody else's envelope with one entry more: no longer what they signed.
                others.entries.extend(entries.pop().map(Into::into));
                return others;
            }
            (1, Some(others)) => entries.extend(others.entries.iter().map(|entry| entry.to_vec())),
            (2, Some(others)) => head = Head { number: others.head.number + 1, ..others.head },
            (3, _) => head.number = self.chance.below(4) as u64,
            (4, _) => head.user = *self.chance.pick(&self.users).unwrap_or(&intruder.id.user),
            (5, _) => head.incarnation = u32::MAX,
            _ => intruder.number += 1,
        }
        Sealed::seal(head, entries, &intruder.id.key)
    }

    /// Asks for what it may not have, and hands over what it has made.
    fn sends(&mut self, intruder: &mut Intruder, envelopes: Vec<Sealed>) -> Kept {
        intruder.counter += 1;
        let foreign = About::Household(self.foreign(intruder));
        let mut cursor = Cursor::default();
        cursor.again.push(Again { about: foreign, upto: 0 });
        cursor.number = self.chance.below(self.log.len() + 1) as u64;
        let request = Request {
            version: VERSION,
            county: intruder.id.county.clone(),
            device: intruder.id.device,
            incarnation: intruder.id.incarnation,
            counter: intruder.counter,
            cursor,
            room: 64 * 1024,
            digest: None,
            digests: Vec::new(),
            waiting: self.log.iter().rev().take(4).copied().collect(),
            envelopes,
            older: vec![foreign],
            devices_since: Some(lianhu_core::day::Moment(0)),
            carried: None,
            wants_pass: Some(true),
        };
        let signed = Signed::request(&request, &intruder.id.key);
        let frame = inspect::pack(&minicbor::to_vec(&signed).unwrap_or_default());
        let reply = self.village.county.exchange(&frame, &mut |_| ());
        self.tells(format!("the device with a bad will asks: {}", reply.is_ok()));
        let reply = reply.ok().and_then(|reply| genuine(&frame, &reply, self.county_key));
        intruder.sent.push(frame);
        // It may have been let in with something of its own.
        self.check_county()?;
        let Some(reply) = reply else { return Ok(()) };
        ensure(reply.pass.is_none(), || "a device with a bad will was given a pass".into())?;
        ensure(reply.devices.is_none_or(|devices| devices.is_empty()), || "it was told of others' devices".into())?;
        let may = self.model.ever(intruder.id.user);
        for paged in &reply.page {
            let entry = Entry::read(&paged.bytes).map_err(|error| error.to_string())?;
            let about = entry.about.household();
            ensure(about.is_none_or(|about| may.contains(&about)), || format!("it was told of {about:?}"))?;
            ensure(entry.about != OFFICE || entry.device == intruder.id.device, || {
                "it was told what the office does".into()
            })?;
        }
        Ok(())
    }

    /// What the device with a bad will was let in with: only what a helper may say of a household that is theirs.
    pub(super) fn check_intruder(&self, entry: &Entry, number: u64) -> Kept {
        let Some(intruder) = self.intruder.as_ref().filter(|intruder| intruder.id.device == entry.device) else {
            return Ok(());
        };
        let may = self.model.ever(intruder.id.user);
        let change = (entry.kind == kind::CHANGE).then(|| minicbor::decode::<Change>(&entry.body).ok()).flatten();
        let of_person = change.is_none_or(|change| change.lane == lane::PERSON);
        let about = entry.about.household();
        let own = about.is_some_and(|about| may.contains(&about)) && entry.user == intruder.id.user;
        ensure(own && of_person && !entry.is_directive(), || {
            format!("number {number} went to a device with a bad will: kind {} about {about:?}", entry.kind)
        })
    }
}
