//! The promises, checked after every step: what was acknowledged stays, what was saved is never lost, nobody holds
//! what is not theirs, and no mark says more than the county did.

use super::World;
use super::member::{Owed, cleared_by, genuine, told, values_of};
use lianhu_core::directive::Erasure;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::exchange::{Answer, Code, Receipt, Verdict};
use lianhu_core::export_grant::ExportGranted;
use lianhu_core::ids::{EntryName, Hash, HouseholdId};
use lianhu_core::scalar::Scalar;
use lianhu_ledger::inspect::{self, Held, Refused, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// A promise that was broken, in words.
pub(super) type Kept = Result<(), String>;

pub(super) fn ensure(holds: bool, broken: impl FnOnce() -> String) -> Kept {
    if holds { Ok(()) } else { Err(broken()) }
}

impl World {
    /// Follows the county's log and checks all that the county has promised.
    pub(super) fn check_county(&mut self) -> Kept {
        let held = self.village.county.with(|ledger| ledger.all_held()).map_err(|error| error.to_string())?;
        let gone = self.village.county.with(|ledger| ledger.all_erased()).map_err(|error| error.to_string())?;
        // What lies there, and what is left of what was erased.
        let here = held.iter().filter_map(|held| Some((held.number?, (held.name, Some(held), held.about))));
        let gone = gone.iter().filter_map(|gone| Some((gone.number?, (gone.name, None, gone.about))));
        let mut numbered: BTreeMap<u64, (EntryName, Option<&Held>, Option<About>)> = gone.collect();
        numbered.extend(here);
        for (at, (number, (name, held, about))) in numbered.iter().enumerate() {
            ensure(*number == at as u64 + 1, || format!("numbers are not in a row: {number} stands at {}", at + 1))?;
            match (self.log.get(at), held) {
                (Some(known), _) => {
                    ensure(known == name, || format!("number {number} went from {known:?} to {name:?}"))?;
                }
                (None, Some(held)) => self.follow(held, *number)?,
                (None, None) => self.is_in_the_log(*name, *number, *about),
            }
        }
        ensure(numbered.len() == self.log.len(), || {
            format!("the county had {} entries and has {}", self.log.len(), numbered.len())
        })?;
        for (number, (name, held, _)) in &numbered {
            let about = self.abouts.get(name).and_then(|about| about.household());
            let erased = about.is_some_and(|household| self.model.erased().contains(&household));
            ensure(held.is_some() != erased, || {
                format!("number {number} about {about:?} is there: {}, erased: {erased}", held.is_some())
            })?;
        }
        self.check_erased_at_county(&held)?;
        // The directive may have come with the very request that was answered so.
        let said_erased = std::mem::take(&mut self.said_erased);
        let wrong = said_erased.into_iter().find(|name| !self.speaks_of_erased(*name));
        ensure(wrong.is_none(), || format!("{wrong:?} was answered as erased, and is not"))?;
        let (top, chain) =
            self.village.county.with(|ledger| ledger.top_and_chain()).map_err(|error| error.to_string())?;
        ensure(top == self.log.len() as u64, || format!("the counter says {top}, the log {}", self.log.len()))?;
        ensure(chain == self.chain, || "the chain of numbers is not the log's".into())?;
        self.check_answers(&held)?;
        self.check_scopes()
    }

    fn follow(&mut self, held: &Held, number: u64) -> Kept {
        let entry = Entry::read(&held.bytes).map_err(|error| format!("entry {number} cannot be read: {error}"))?;
        ensure(entry.name() == held.name, || format!("entry {number} is not what its name says"))?;
        self.check_intruder(&entry, number)?;
        self.check_directed(held.name, &entry)?;
        self.check_inspected(&entry)?;
        self.check_export(&entry)?;
        self.is_in_the_log(held.name, number, Some(entry.about));
        if let Some(household) = entry.about.household() {
            let cleared = cleared_by(&entry).into_iter().map(|key| (key, Scalar::Null));
            self.said.entry(household).or_default().extend(values_of(&entry).into_iter().chain(cleared));
        }
        self.model.take(held.name, number, &entry);
        if entry.kind == kind::EXPORT_GRANTED {
            let wanted = super::model::body::<ExportGranted>(&entry).wanted;
            self.granted_ever.extend(self.model.exports.is_granted(wanted).then_some(wanted));
        }
        if entry.is_directive() {
            // Whoever wrote it, nobody else has heard of it yet.
            self.all_may_hear();
        }
        Ok(())
    }

    fn is_in_the_log(&mut self, name: EntryName, number: u64, about: Option<About>) {
        self.log.push(name);
        self.numbers.insert(name, number);
        self.abouts.extend(about.map(|about| (name, about)));
        let before = if number == 1 { &[][..] } else { &self.chain.0[..] };
        self.chain = Hash::of(&[before, &number.to_be_bytes(), &name.0]);
    }

    /// Whether an entry speaks of a household that was erased.
    pub(super) fn speaks_of_erased(&self, name: EntryName) -> bool {
        let about = self.abouts.get(&name).copied().or_else(|| self.wire.about(name));
        about.and_then(|about| about.household()).is_some_and(|about| self.model.erased().contains(&about))
    }

    /// Whatever the county has answered for is there.
    fn check_answers(&mut self, held: &[Held]) -> Kept {
        let refused = self.village.county.with(|ledger| ledger.all_refused()).map_err(|error| error.to_string())?;
        for entry in refused.iter().filter(|refused| !self.forged.contains(&refused.name)) {
            // The phones of this simulation write nothing but what they may; only copies may get in each other's way,
            // and a phone that has lost a part of what it knew.
            let of_order = matches!(entry.code, Some(Code::SeqTaken | Code::SeqGap | Code::NumberTaken));
            let device = Entry::read(&entry.bytes).map(|read| read.device).map_err(|error| error.to_string())?;
            let of_order = of_order && (self.copied.contains(&device) || self.hurt.contains(&device));
            // A county that was restored knows neither all devices nor all that it had entrusted.
            let of_restore = self.life() > 0 && matches!(entry.code, Some(Code::NotEntitled | Code::UnknownDevice));
            let of_device = entry.code == Some(Code::Revoked) && self.revoked.contains(&device);
            let of_hands = self.is_honestly_refused(entry, &refused);
            ensure(of_order || of_restore || of_device || of_hands, || {
                let read = Entry::read(&entry.bytes).map(|read| (read.kind, read.about, read.user, read.device));
                let seen = self.wire.seen_by(entry.name);
                format!(
                    "{:?} was refused: {:?}, in an envelope of {:?} that had seen {seen:?}: {read:?}",
                    entry.name, entry.code, entry.user
                )
            })?;
        }
        let aside: BTreeSet<EntryName> = refused.iter().map(|refused| refused.name).collect();
        self.once_aside.extend(aside.iter().copied());
        let here: BTreeMap<EntryName, Option<u64>> = held.iter().map(|held| (held.name, held.number)).collect();
        for (name, (answer, number)) in &self.promised {
            let there = here.get(name).copied();
            let kept = match answer {
                Answer::Kept | Answer::Had => there.is_some_and(|given| given == *number && given.is_some()),
                Answer::Parked => there.is_some() || aside.contains(name),
                Answer::Quarantined => there.is_some() || aside.contains(name),
                Answer::Erased | Answer::Later => true,
            };
            let kept = kept || self.speaks_of_erased(*name);
            ensure(kept, || format!("{name:?} was answered {answer:?} {number:?} and stands as {there:?}"))?;
        }
        let twice =
            self.village.county.with(|ledger| ledger.devices_seen_twice()).map_err(|error| error.to_string())?;
        let wrong = twice.iter().find(|device| !self.copied.contains(device));
        ensure(wrong.is_none(), || format!("{wrong:?} is said to exist twice and does not"))
    }

    /// Whether it stands aside for an envelope that the intruder had put it into: that is no fault of its author's, and
    /// accounts for nothing.
    pub(super) fn is_for_the_envelope(&self, refused: &Refused) -> bool {
        self.forged.contains(&refused.name) && matches!(refused.code, Some(Code::NotSigned | Code::NotTheAuthor))
    }

    /// The county's scopes are what the directives say, worked out in another way.
    fn check_scopes(&self) -> Kept {
        for user in &self.users {
            if self.model.holds_all(*user) {
                continue;
            }
            let rows = self.village.county.with(|ledger| ledger.scope_of(*user)).map_err(|error| error.to_string())?;
            let open = rows.iter().filter(|row| row.until.is_none()).filter_map(|row| row.about.household());
            let open: BTreeSet<HouseholdId> = open.collect();
            let now = self.model.now(*user);
            ensure(open == now, || format!("the county lets {user} hold {open:?}, the directives say {now:?}"))?;
        }
        Ok(())
    }

    /// Takes in what was said on a phone's line.
    pub(super) fn overhear(&mut self, at: usize) -> Kept {
        let overheard = std::mem::take(&mut self.members[at].ear.overheard);
        let device = self.members[at].phone.device;
        self.members[at].at_rest = false;
        for (request, reply) in overheard {
            self.wire.sees(&request, &self.copied, self.model.erased())?;
            let Some(reply) = reply.and_then(|reply| genuine(&request, &reply, self.county_key)) else { continue };
            if reply.verdict == Verdict::Forked {
                ensure(self.copied.contains(&device), || {
                    "a phone that exists once was told that it exists twice".into()
                })?;
            }
            self.last_heard = format!(
                "{:?}, top {}, {} receipts, {} in the page, cursor {:?}, more {}, {} news, {} fates, agrees {:?}",
                reply.verdict,
                reply.top,
                reply.receipts.len(),
                reply.page.len(),
                reply.cursor,
                reply.more,
                reply.grants.len(),
                reply.fates.len(),
                reply.agrees
            );
            let life = self.life_of(reply.epoch).ok_or("a reply comes from a life that never was")?;
            let read = self.members[at].phone.ledger().life_read().map_err(|error| error.to_string())?;
            let before = self.members[at].life.replace(life);
            for (name, answer, number) in told(&request, &reply) {
                if answer == Answer::Erased {
                    self.said_erased.insert(name);
                }
                if life == self.life() {
                    self.promised.insert(name, (answer, number));
                }
                if let Some(number) = number {
                    self.members[at].heard.entry(name).or_default().insert((life, number));
                }
            }
            let member = &mut self.members[at];
            // What was taken back and forgotten, in a life that was lost, has to be fetched again.
            member.damaged |= before != Some(life) || read.is_none();
            match reply.agrees {
                Some(false) if !member.damaged => return Err("the digests differ although nothing was damaged".into()),
                Some(true) => member.damaged = false,
                _ => {}
            }
            member.at_rest = reply.verdict == Verdict::Welcome && !reply.more && reply.agrees != Some(false);
        }
        Ok(())
    }

    /// Checks all that a phone has promised its person.
    pub(super) fn check_phone(&mut self, at: usize) -> Kept {
        let held = self.members[at].phone.ledger().all_held().map_err(|error| error.to_string())?;
        self.check_erased_on(at, &held)?;
        self.check_marks(at, &held)?;
        self.check_owed(at, &held)?;
        self.check_drafts(at)?;
        self.check_carried(at)?;
        self.check_openings(at, &held)?;
        self.check_canaries(at, &held)
    }

    fn check_marks(&self, at: usize, held: &[Held]) -> Kept {
        let member = &self.members[at];
        let life = member.phone.ledger().life_read().map_err(|error| error.to_string())?;
        let life = life.and_then(|epoch| self.life_of(epoch)).unwrap_or(0);
        for held in held {
            let Some(number) = held.number else { continue };
            let heard = member.heard.get(&held.name);
            let said = |(of, said): &(usize, u64)| *said == number && number <= self.agree_to(*of, life);
            ensure(heard.is_some_and(|heard| heard.iter().any(said)), || {
                format!("{:?} bears the mark {number} in life {life}, the county was heard to say {heard:?}", held.name)
            })?;
            let there = self.numbers_of(life).get(&held.name);
            ensure(there == Some(&number), || {
                format!("{:?} bears the mark {number}, the county has {there:?}", held.name)
            })?;
        }
        let numbers: BTreeMap<EntryName, Option<u64>> = held.iter().map(|held| (held.name, held.number)).collect();
        for (header, receipt) in member.phone.ledger().all_sealed().map_err(|error| error.to_string())? {
            let Some(receipt): Option<Receipt> = receipt else { continue };
            ensure(receipt.is_signed_by(self.county_key), || "a receipt on the phone is not the county's".into())?;
            for (name, (answer, number, _)) in header.names.iter().zip(receipt.answers(header.names.len())) {
                let marked = numbers.get(name).copied();
                let agree =
                    !matches!(answer, Answer::Kept | Answer::Had) || marked.is_none_or(|marked| marked == number);
                ensure(agree, || format!("the receipt gives {name:?} {number:?}, the phone {marked:?}"))?;
            }
        }
        Ok(())
    }

    /// Everything saved is on the phone, or at the county, or was said again with every value it had.
    fn check_owed(&mut self, at: usize, held: &[Held]) -> Kept {
        let refused = self.village.county.with(|ledger| ledger.all_refused()).map_err(|error| error.to_string())?;
        let aside: BTreeMap<EntryName, Option<Code>> = refused
            .iter()
            .filter(|refused| !self.is_for_the_envelope(refused))
            .map(|refused| (refused.name, refused.code))
            .collect();
        let here: BTreeMap<EntryName, &Held> = held.iter().map(|held| (held.name, held)).collect();
        let mut living: BTreeSet<_> = BTreeSet::new();
        for held in held {
            let waits = match held.standing {
                Standing::Living | Standing::Parked => true,
                Standing::Aside => self.waits_aside(at, held.name)?,
                Standing::Withdrawn | Standing::Lapsed => false,
            };
            if !waits {
                continue;
            }
            let entry = Entry::read(&held.bytes).map_err(|error| error.to_string())?;
            let values = values_of(&entry);
            living.extend(
                entry.about.household().into_iter().flat_map(|id| values.iter().map(move |value| (id, value.clone()))),
            );
        }
        // What was said again by a device that was shut out, or about what the county has lost, is aside with its values.
        for refused in refused.iter().filter(|refused| !matches!(refused.code, Some(Code::SeqTaken | Code::SeqGap))) {
            // What is no entry at all says nothing.
            let Ok(entry) = Entry::read(&refused.bytes) else { continue };
            let household = entry.about.household().filter(|_| entry.device == self.members[at].phone.device);
            living.extend(
                household.into_iter().flat_map(|id| values_of(&entry).into_iter().map(move |value| (id, value))),
            );
        }
        let again_aside = |household: Option<HouseholdId>, values: &[(String, Scalar)], clears: &[String]| {
            let own = refused.iter().filter_map(|refused| Entry::read(&refused.bytes).ok());
            let own = own.filter(|entry| entry.device == self.members[at].phone.device);
            own.filter(|entry| household.is_some() && entry.about.household() == household).any(|entry| {
                let (said, cleared) = (values_of(&entry), cleared_by(&entry));
                values.len() + clears.len() > 0
                    && values.iter().all(|value| said.contains(value))
                    && clears.iter().all(|key| cleared.contains(key))
            })
        };
        let mut settled = Vec::new();
        let member = &self.members[at];
        let sealed = member.phone.ledger().all_envelopes().map_err(|error| error.to_string())?;
        let sealed: BTreeSet<EntryName> = sealed.iter().flat_map(|sealed| sealed.header().names).collect();
        for (name, Owed { household, values, clears }) in &member.owes {
            if self.numbers.contains_key(name) {
                settled.push(*name);
                continue;
            }
            let standing = here.get(name).map(|held| held.standing);
            if matches!(standing, Some(Standing::Living | Standing::Parked)) {
                continue;
            }
            if standing == Some(Standing::Aside) && self.waits_aside(at, *name)? {
                continue;
            }
            // A household that was forgotten, in a life of the county's log that was lost since.
            if standing.is_none() && sealed.contains(name) && self.life() > 0 {
                continue;
            }
            let code = aside.get(name).copied().flatten();
            let said = household.and_then(|household| self.said.get(&household));
            let there = values.iter().all(|value| said.is_some_and(|said| said.contains(value)));
            let everywhere = values.iter().all(|value| {
                household.is_some_and(|id| living.contains(&(id, value.clone())))
                    || said.is_some_and(|said| said.contains(value))
            });
            let of_order = matches!(code, Some(Code::SeqTaken | Code::SeqGap | Code::NumberTaken));
            let accounted = match standing {
                Some(Standing::Withdrawn) => everywhere,
                _ if of_order => everywhere,
                // Said again, and forgotten since with its household.
                None => aside.contains_key(name) || again_aside(*household, values, clears),
                _ => aside.contains_key(name),
            };
            ensure(accounted, || {
                format!(
                    "{}: {name:?} is lost ({standing:?}, {code:?}, {values:?}, {clears:?}, travelled {})",
                    member.name,
                    self.wire.about(*name).is_some()
                )
            })?;
            if there {
                settled.push(*name);
            }
        }
        for name in settled {
            if let Some(owed) = self.members[at].owes.remove(&name) {
                self.members[at].settled.insert(name, owed);
            }
        }
        Ok(())
    }

    /// Whether something that stands aside on a phone waits all the same: it was set aside in a life of the log that was
    /// lost, of which the phone has not heard; or a person has let it in since and it is parked at the county, of which a
    /// phone that is shut out hears nothing.
    fn waits_aside(&self, at: usize, name: EntryName) -> Result<bool, String> {
        let phone = &self.members[at].phone;
        let read = phone.ledger().life_read().map_err(|error| error.to_string())?;
        if read.and_then(|epoch| self.life_of(epoch)) != Some(self.life()) {
            return Ok(true);
        }
        if !self.is_shut_out(phone.device) {
            return Ok(false);
        }
        let held = self.village.county.with(|county| county.all_held()).map_err(|error| error.to_string())?;
        Ok(held.iter().any(|held| held.name == name && held.standing == Standing::Parked))
    }

    /// No byte on the phone speaks of a household that is none of its person's business.
    fn check_canaries(&self, at: usize, held: &[Held]) -> Kept {
        let member = &self.members[at];
        let user = member.phone.user;
        if self.model.holds_all(user) {
            return Ok(());
        }
        let own = |held: &Held| held.device == Some(member.phone.device);
        let about = |held: &Held| held.about.and_then(|about| about.household());
        // A household is still being handed over as long as something of one's own is waiting.
        let mut waiting: BTreeSet<_> =
            held.iter().filter(|held| own(held) && held.number.is_none()).filter_map(about).collect();
        waiting.extend(member.drafts.values().map(|(household, _)| *household));
        let mut may = if member.at_rest { self.model.now(user) } else { self.model.ever(user) };
        may.extend(waiting);
        for held in held {
            let household = about(held);
            ensure(household.is_none_or(|household| may.contains(&household)), || {
                format!("{} holds {:?} about {household:?}, at rest {}", member.name, held.name, member.at_rest)
            })?;
            for canary in canaries_in(&held.bytes) {
                let of =
                    self.canaries.iter().find(|(_, known)| known.as_bytes() == canary).map(|(household, _)| *household);
                ensure(of.is_some_and(|of| may.contains(&of)), || {
                    format!("{} holds the canary of {of:?}", member.name)
                })?;
            }
        }
        Ok(())
    }

    /// Checks one phone's tables for canaries too; slower, so only now and then.
    pub(super) fn check_tables(&self, at: usize) -> Kept {
        let member = &self.members[at];
        if self.model.holds_all(member.phone.user) || !member.at_rest {
            return Ok(());
        }
        let held = member.phone.ledger().all_held().map_err(|error| error.to_string())?;
        let here: BTreeSet<_> =
            held.iter().filter_map(|held| held.about.and_then(|about: About| about.household())).collect();
        let dump = member.phone.ledger().dump_rebuilt().map_err(|error| error.to_string())?;
        for (table, rows) in dump {
            for row in rows {
                for canary in canaries_in(row.as_bytes()) {
                    let of = self
                        .canaries
                        .iter()
                        .find(|(_, known)| known.as_bytes() == canary)
                        .map(|(household, _)| *household);
                    ensure(of.is_some_and(|of| here.contains(&of)), || {
                        format!("{}: a row of {table} speaks of {of:?}, of which no entry is here", member.name)
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// What a canary begins and ends with; between them stand eight letters.
pub(super) const CANARY: (&str, &str) = ("⟦", "⟧");

pub(super) fn canaries_in(bytes: &[u8]) -> Vec<&[u8]> {
    let (open, close) = (CANARY.0.as_bytes(), CANARY.1.as_bytes());
    let len = open.len() + 8 + close.len();
    bytes.windows(len).filter(|window| window.starts_with(open) && window.ends_with(close)).collect()
}

/// What travels upward: an envelope, once sealed, never changes, and an entry never travels in two.
#[derive(Debug, Default)]
pub(super) struct Wire {
    envelopes: BTreeMap<(lianhu_core::ids::DeviceId, u32, u64), Hash>,
    entries: BTreeMap<EntryName, (u32, u64)>,
    /// What each entry is about, and up to which number its author had heard.
    written: BTreeMap<EntryName, (About, u64)>,
    /// The county's clock ran ahead of the days for which envelopes are kept: phones have let go of theirs.
    pub(super) let_go: bool,
    /// Every envelope seen, for late relays.
    pub(super) seen: Vec<lianhu_core::envelope::Sealed>,
}

impl Wire {
    /// What an entry is about.
    pub(super) fn about(&self, name: EntryName) -> Option<About> {
        self.written.get(&name).map(|(about, _)| *about)
    }

    /// Up to which number the author of an entry had heard when they wrote it.
    pub(super) fn seen_by(&self, name: EntryName) -> Option<u64> {
        self.written.get(&name).map(|(_, seen)| *seen)
    }

    pub(super) fn sees(
        &mut self,
        request: &[u8],
        copied: &BTreeSet<lianhu_core::ids::DeviceId>,
        erased: &BTreeSet<HouseholdId>,
    ) -> Kept {
        let Some((_, request)) = inspect::read_request(request) else { return Ok(()) };
        for sealed in request.envelopes {
            let head = &sealed.head;
            for entry in sealed.entries.iter().filter_map(|bytes| Entry::read(bytes).ok()) {
                self.written.entry(entry.name()).or_insert((entry.about, head.county_seen));
            }
            if !copied.contains(&head.device) {
                let bytes = minicbor::to_vec(&sealed).map_err(|error| error.to_string())?;
                let place = (head.incarnation, head.number);
                let hash = Hash::of(&[&bytes]);
                let known = *self.envelopes.entry((head.device, place.0, place.1)).or_insert(hash);
                ensure(known == hash, || format!("envelope {place:?} of {} was sealed twice", head.device))?;
                for name in sealed.header().names {
                    let first = self.entries.insert(name, place).unwrap_or(place);
                    ensure(first == place || self.let_go || self.had_to_part(&sealed, first, erased), || {
                        format!("{name:?} travelled in envelope {first:?} and in {place:?}")
                    })?;
                }
            }
            if !self.seen.contains(&sealed) {
                self.seen.push(sealed);
            }
        }
        Ok(())
    }

    /// Whether an envelope of the same device spoke of something that was erased since: what else lay in it is sealed anew.
    fn had_to_part(
        &self,
        now: &lianhu_core::envelope::Sealed,
        first: (u32, u64),
        erased: &BTreeSet<HouseholdId>,
    ) -> bool {
        let before = self.seen.iter().filter(|sealed| {
            sealed.head.device == now.head.device && (sealed.head.incarnation, sealed.head.number) == first
        });
        // The older of the two may also come second, carried late.
        let either = before.chain([now]);
        let entries = either.flat_map(|sealed| &sealed.entries).filter_map(|bytes| Entry::read(bytes).ok());
        // A device may hear of its own erasure in the same exchange, before the log was looked at again.
        let on_the_line =
            self.seen.iter().flat_map(|sealed| &sealed.entries).filter_map(|bytes| Entry::read(bytes).ok());
        let directed: BTreeSet<HouseholdId> = on_the_line
            .filter(|entry| entry.kind == kind::ERASURE)
            .map(|entry| super::model::body::<Erasure>(&entry).household)
            .collect();
        entries
            .filter_map(|entry| entry.about.household())
            .any(|household| erased.contains(&household) || directed.contains(&household))
    }
}
