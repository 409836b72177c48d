//! What befalls the county as a whole: its disk is lost and an older back-up takes its place; devices are shut out. The
//! office then directs anew what its own hand had directed since; devices that it has not heard of are enrolled again.

use super::World;
use super::promises::Kept;
use lianhu_core::change::Change;
use lianhu_core::directive::{
    Approval, ConfirmedFacts, Device, Grant, GrantEnd, LetIn, Member, Placement, Role, RoleEnd, Team,
};
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::ids::{DeviceId, EntryName, Epoch, Hash, HouseholdId};
use lianhu_core::join::{Join, JoinEnd};
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Surroundings as _;
use lianhu_ledger::Enrolling;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// For how long phones keep what they handed over, in seconds; an older back-up is of no use to anybody.
const KEPT: i64 = 180 * 86_400;

/// A life of the county's log: the one it grew out of, up to which number, and which number it gave to what.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) epoch: Epoch,
    pub(super) parent: Option<usize>,
    pub(super) base: u64,
    pub(super) numbers: BTreeMap<EntryName, u64>,
}

/// A back-up of the county, with all that the simulation knew of it.
#[derive(Debug)]
pub(super) struct BackUp {
    path: PathBuf,
    at: i64,
    /// The earliest that the county's clock has said since.
    earliest: i64,
    life: usize,
    log: Vec<EntryName>,
    numbers: BTreeMap<EntryName, u64>,
    chain: Hash,
    said: BTreeMap<HouseholdId, BTreeSet<(String, Scalar)>>,
    promised: BTreeMap<EntryName, (lianhu_core::exchange::Answer, Option<u64>)>,
    model: super::Model,
}

impl World {
    /// The life that is now.
    pub(super) fn life(&self) -> usize {
        self.lives.len() - 1
    }

    pub(super) fn life_of(&self, epoch: Epoch) -> Option<usize> {
        self.lives.iter().position(|life| life.epoch == epoch)
    }

    /// Up to which number an earlier life and one that grew out of it have the same; nothing if it did not.
    pub(super) fn agree_to(&self, earlier: usize, life: usize) -> u64 {
        let (mut at, mut lowest) = (life, u64::MAX);
        while at != earlier {
            lowest = lowest.min(self.lives[at].base);
            match self.lives[at].parent {
                Some(parent) => at = parent,
                None => return 0,
            }
        }
        lowest
    }

    /// The numbers of a life: those of the present one are still being given.
    pub(super) fn numbers_of(&self, life: usize) -> &BTreeMap<EntryName, u64> {
        if life == self.life() { &self.numbers } else { &self.lives[life].numbers }
    }

    pub(super) fn backs_up(&mut self) {
        let serial = self.next();
        let path = self.village.folder().join(format!("county-{serial}.sqlite"));
        self.village.county.is_backed_up(&path);
        self.tells(format!("the county is backed up at {}", self.log.len()));
        self.back_ups.push(BackUp {
            path,
            at: self.village.county.clock().now().0,
            earliest: self.village.county.clock().now().0,
            life: self.life(),
            log: self.log.clone(),
            numbers: self.numbers.clone(),
            chain: self.chain,
            said: self.said.clone(),
            promised: self.promised.clone(),
            model: self.model.clone(),
        });
    }

    /// Lets go of back-ups that are of no use to anybody: phones may have let go of what was handed over since.
    pub(super) fn back_ups_age(&mut self) {
        let now = self.village.county.clock().now().0;
        self.back_ups.iter_mut().for_each(|back_up| back_up.earliest = back_up.earliest.min(now));
        self.back_ups.retain(|back_up| back_up.earliest + KEPT > now);
    }

    /// The county's disk is lost; a back-up takes its place.
    pub(super) fn restores(&mut self) -> Kept {
        self.back_ups_age();
        let which = self.chance.below(self.back_ups.len());
        let Some(back_up) = self.back_ups.get(which) else { return Ok(()) };
        let held = self.village.county.with(|ledger| ledger.held_above(0)).map_err(|error| error.to_string())?;
        let of_office = self.village.county.with(|ledger| ledger.identity()).map_err(|error| error.to_string())?.device;
        for held in held.iter().filter(|held| !back_up.numbers.contains_key(&held.name)) {
            let entry = Entry::read(&held.bytes).map_err(|error| error.to_string())?;
            if entry.device == of_office {
                self.to_direct.push(entry);
            }
        }
        let told =
            format!("the county is restored from {}, having {} of {}", back_up.at, back_up.log.len(), self.log.len());
        self.village.county.is_restored(&back_up.path);
        let (epoch, top) = self.village.county.with(|ledger| ledger.log_state()).map_err(|error| error.to_string())?;
        let last = self.life();
        self.lives[last].numbers = std::mem::take(&mut self.numbers);
        self.lives.push(Life { epoch, parent: Some(back_up.life), base: top, numbers: BTreeMap::new() });
        self.log = back_up.log.clone();
        self.numbers = back_up.numbers.clone();
        self.chain = back_up.chain;
        self.said = back_up.said.clone();
        self.promised = back_up.promised.clone();
        let ever = std::mem::take(&mut self.model);
        self.model = back_up.model.clone();
        self.model.remembers(&ever);
        for member in &mut self.members {
            member.at_rest = false;
            let settled = std::mem::take(&mut member.settled);
            member.owes.extend(settled);
        }
        self.tells(told);
        Ok(())
    }

    /// The office directs once more what its own hand had directed and the county has lost.
    pub(super) fn directs_anew(&mut self) -> Kept {
        let lost = std::mem::take(&mut self.to_direct);
        if !lost.is_empty() {
            self.all_may_hear();
            self.tells(format!("the office directs {} things anew", lost.len()));
        }
        for entry in lost {
            if entry.about.household().is_some_and(|household| self.model.erased().contains(&household)) {
                continue;
            }
            if matches!(entry.kind, kind::JOIN | kind::JOIN_END) {
                self.joins_anew(&entry).map_err(|error| error.to_string())?;
            } else {
                self.direct_anew(&entry).map_err(|error| error.to_string())?;
            }
            self.check_county()?;
        }
        Ok(())
    }

    /// A join gets another name by being directed anew; its end names that.
    fn joins_anew(&mut self, entry: &Entry) -> Result<(), minicbor::decode::Error> {
        let about = entry.about;
        if entry.kind == kind::JOIN {
            let body: Join = minicbor::decode(&entry.body)?;
            let of = about.household().unwrap_or(body.into);
            if self.model.cards.in_effect().has_room_for(of, &body) {
                let anew = self.village.county.directs(|w| w.record(about, kind::JOIN, Source::Office, &body));
                self.joined_anew.insert(entry.name(), anew);
            }
        } else {
            let mut body: JoinEnd = minicbor::decode(&entry.body)?;
            body.join = self.joined_anew.get(&body.join).copied().unwrap_or(body.join);
            self.village.county.directs(|w| w.record(about, kind::JOIN_END, Source::Office, &body));
        }
        Ok(())
    }

    fn direct_anew(&self, entry: &Entry) -> Result<(), minicbor::decode::Error> {
        let (county, about) = (&self.village.county, entry.about);
        match entry.kind {
            kind::ROLE_END => {
                let body: RoleEnd = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::ROLE_END, Source::Office, &body));
            }
            kind::TEAM => {
                let body: Team = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::TEAM, Source::Office, &body));
            }
            kind::MEMBER => {
                let body: Member = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::MEMBER, Source::Office, &body));
            }
            kind::LET_IN => {
                let body: LetIn = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::LET_IN, Source::Office, &body));
            }
            kind::ROLE => {
                let body: Role = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::ROLE, Source::Office, &body));
            }
            kind::PLACEMENT => {
                let body: Placement = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::PLACEMENT, Source::Office, &body));
            }
            kind::GRANT => {
                let body: Grant = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::GRANT, Source::Office, &body));
            }
            kind::GRANT_END => {
                let body: GrantEnd = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::GRANT_END, Source::Office, &body));
            }
            kind::APPROVAL => {
                let body: Approval = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::APPROVAL, Source::Office, &body));
            }
            kind::CONFIRMED_FACTS => {
                let body: ConfirmedFacts = minicbor::decode(&entry.body)?;
                county.directs(|w| w.record(about, kind::CONFIRMED_FACTS, Source::Office, &body));
            }
            kind::CHANGE => {
                let change: Change = minicbor::decode(&entry.body)?;
                let puts: BTreeMap<_, _> = change.puts.into_iter().map(|put| (put.key, put.value)).collect();
                if let About::Household(household) = about {
                    county.directs(|w| w.put(household, puts, Source::Office));
                }
            }
            kind::DEVICE => {
                let body: Device = minicbor::decode(&entry.body)?;
                if body.revoked {
                    county.directs(|w| w.record(about, kind::DEVICE, Source::Office, &body));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Devices that the county has never heard of are enrolled once more, as what they are.
    pub(super) fn enrols_again(&mut self) -> Kept {
        for at in 0..self.members.len() {
            let phone = &mut self.members[at].phone;
            if self.model.knows_device(phone.device) {
                continue;
            }
            let me = phone.ledger().identity().map_err(|error| error.to_string())?;
            let secret =
                self.village.county.with(|county| county.mint_secret(me.user)).map_err(|error| error.to_string())?;
            let asking = Enrolling {
                secret: String::new(),
                key: me.key.public(),
                label: "again".into(),
                device: Some(me.device),
            };
            let enrolled = self.village.county.with(|county| county.enrol(&asking, &secret));
            let enrolled = enrolled.map_err(|error| error.to_string())?.map_err(|why| format!("{why:?}"))?;
            phone.ledger_mut().adopt_again(&enrolled).map_err(|error| error.to_string())?;
            self.tells(format!("{} is enrolled again", self.members[at].name));
            self.check_county()?;
        }
        Ok(())
    }

    /// A phone is reported lost and shut out.
    pub(super) fn revokes(&mut self, at: usize) -> Kept {
        let device = self.members[at].phone.device;
        let Some((user, body)) = self.model.device(device).filter(|(_, body)| !body.revoked) else { return Ok(()) };
        self.tells(format!("{} is shut out", self.members[at].name));
        self.revoked.insert(device);
        let body = Device { revoked: true, ..body };
        self.village.county.directs(|w| w.record(About::Cadre(user), kind::DEVICE, Source::Office, &body));
        for member in self.members.iter_mut().filter(|member| member.phone.device == device) {
            member.at_rest = false;
        }
        Ok(())
    }

    /// Whether the county has shut a device out, in this life of its log.
    pub(super) fn is_shut_out(&self, device: DeviceId) -> bool {
        self.model.device(device).is_some_and(|(_, body)| body.revoked)
    }
}
