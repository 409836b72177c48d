//! A hostile device: enrolled, with a good key and a household of its own, it sends whatever it likes. Nothing it sends
//! may make the county panic, spoil a dossier, or touch what is not entrusted to it. A hostile county does the same
//! to a phone.

mod tree;

use crate::{Chance, County, Phone, Village};
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::envelope::{Head, Sealed};
use lianhu_core::exchange::{Reply, Request, Signed};
use lianhu_core::ids::{EntryId, HouseholdId};
use lianhu_core::sign::Key;
use lianhu_core::surroundings::Surroundings as _;
use lianhu_ledger::{Identity, Ledger, inspect};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tree::{Spelling, Tree};

/// Harm that was done.
#[derive(Debug, Clone)]
pub struct Harm {
    /// The seed of the batch.
    pub seed: u64,
    /// The how-manieth mutant of it.
    pub mutant: usize,
    /// What happened.
    pub what: String,
}

impl std::fmt::Display for Harm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "batch {} mutant {}: {}", self.seed, self.mutant, self.what)
    }
}

/// A county with a victim and a hostile device.
struct Attack {
    chance: Chance,
    village: Village,
    victim: HouseholdId,
    own: HouseholdId,
    hostile: Identity,
    /// A device that is lost for good once it has claimed to live its last life.
    spare: Identity,
    phone: Phone,
    counter: u64,
    number: u64,
    /// Entries worth changing.
    seeds: Vec<Vec<u8>>,
    /// Ids and names that mean something.
    known: Vec<Vec<u8>>,
    before: BTreeMap<String, Vec<String>>,
    thrown: usize,
    kept: usize,
    /// What became of the last one.
    last: String,
}

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Thrown {
    /// Mutants thrown.
    pub mutants: usize,
    /// Of these, entries that were in the form and within the author's right after all, and were kept.
    pub kept: usize,
}

/// Throws at least so many mutants.
pub fn throw(seed: u64, mutants: usize) -> Result<Thrown, Harm> {
    let mut attack = Attack::new(seed);
    let done = attack.run(mutants);
    done.map(|()| Thrown { mutants: attack.thrown, kept: attack.kept }).map_err(|what| Harm {
        seed,
        mutant: attack.thrown,
        what,
    })
}

impl Attack {
    fn new(seed: u64) -> Self {
        let mut village = Village::new(seed);
        let town = village.place("皇后乡", "town", None);
        let near = village.place("北召店村", "village", Some(town));
        let far = village.place("天桥村", "village", Some(town));
        let (good, bad) = (village.person("卫春建"), village.person("坏人"));
        let (victim, own) = (village.household("段志荣", far), village.household("坏人家", near));
        village.entrusts(victim, good);
        village.entrusts(own, bad);
        let mut line = village.line();
        let mut honest = village.phone("卫春建");
        honest.exchanges(&mut line).expect("a clear line");
        honest.visits(victim, "2026-09-01");
        honest.sets_phone(victim, "13811112222");
        honest.exchanges(&mut line).expect("a clear line");
        let mut phone = village.phone("坏人");
        phone.exchanges(&mut line).expect("a clear line");
        let visit = phone.visits(own, "2026-09-02");
        phone.strikes(own, visit).expect("a strike is saved");
        phone.sets_phone(own, "13833334444");
        let (_, registered) = phone.registers(near, "新户");
        phone.exchanges(&mut line).expect("a clear line");
        assert_eq!(registered.len(), 2);
        let hostile = phone.ledger().identity().expect("the hostile phone is enrolled");
        let everything = village.county.with(|ledger| ledger.all_held()).expect("entries are read");
        // What a helper writes comes up often, what only an authority may write now and then.
        let mut seeds: Vec<_> = everything.iter().map(|held| held.bytes.clone()).collect();
        let of_helpers = |bytes: &&Vec<u8>| Entry::read(bytes).is_ok_and(|entry| !entry.is_directive());
        let often: Vec<_> = seeds.iter().filter(of_helpers).cloned().collect();
        (0..4).for_each(|_| seeds.extend(often.iter().cloned()));
        let mut known: Vec<Vec<u8>> = everything.iter().map(|held| held.name.0.to_vec()).collect();
        known.extend([victim.bytes().to_vec(), own.bytes().to_vec(), good.bytes().to_vec(), bad.bytes().to_vec()]);
        known.extend(
            [About::Household(victim), About::Household(own), About::Everything, About::County]
                .map(|about| about.key()),
        );
        known.extend([
            vec![],
            vec![0; 16],
            vec![0xff; 32],
            hostile.device.bytes().to_vec(),
            honest.device.bytes().to_vec(),
        ]);
        known.extend(seeds.iter().take(6).cloned());
        let before = rows_of(&village.county, victim);
        // Another phone of the same person hears what a hostile county says.
        let mut phone = village.phone("坏人");
        phone.exchanges(&mut line).expect("a clear line");
        phone.visits(own, "2026-09-03");
        let spare = village.phone("坏人").ledger().identity().expect("the spare phone is enrolled");
        let chance = Chance::new(seed ^ 0x0BAD);
        Self {
            chance,
            village,
            victim,
            own,
            hostile,
            spare,
            phone,
            counter: 1 << 20,
            number: 1 << 20,
            seeds,
            known,
            before,
            thrown: 0,
            kept: 0,
            last: String::new(),
        }
    }

    fn run(&mut self, mutants: usize) -> Result<(), String> {
        while self.thrown < mutants {
            match self.chance.below(8) {
                0..=3 => self.entries()?,
                4 => self.envelope()?,
                5 => self.request()?,
                6 => self.frame()?,
                _ => self.reply()?,
            }
        }
        self.check()
    }

    /// Entries with something wrong in them, rightly sealed.
    fn entries(&mut self) -> Result<(), String> {
        let count = 8 + self.chance.below(25);
        let entries = (0..count).map(|_| self.entry()).collect();
        self.thrown += count;
        let sealed = self.seal(entries);
        self.send(vec![sealed])
    }

    fn entry(&mut self) -> Vec<u8> {
        let seed = self.chance.pick(&self.seeds).cloned().unwrap_or_default();
        let Ok(mut entry) = Entry::read(&seed) else { return seed };
        // Mostly by the hostile device itself and about its own household: that is as far as anyone gets.
        if !self.chance.one_in(6) {
            (entry.user, entry.device) = (self.hostile.user, self.hostile.device);
            if entry.about.household().is_some() && !self.chance.one_in(8) {
                entry.about = About::Household(self.own);
            }
        }
        entry.id = EntryId::mint(&*self.village.around);
        if self.chance.one_in(12) {
            entry.kind =
                [kind::CHANGE, kind::VISIT, kind::STRIKE, kind::GRANT, kind::ROLE, kind::REGISTRATION, 40, 999]
                    [self.chance.below(8)];
        }
        if self.chance.one_in(20) {
            let victim = self.victim;
            entry.about = About::Household(victim);
        }
        let inside = !self.chance.one_in(4);
        if inside && let Some(mut body) = Tree::read(&entry.body) {
            for _ in 0..=self.chance.below(3) {
                body.mutate(&mut self.chance, &self.known);
            }
            if let (kind::CHANGE, Tree::Map(fields)) = (entry.kind, &mut body)
                && let Some((1, turn)) = fields.get_mut(1)
                && self.chance.one_in(2)
            {
                // A turn of its own, or it would stand where another change stands.
                *turn = Tree::Int(i128::from(self.chance.any() >> 20));
            }
            entry.body = body.write(self.spelling()).into();
            return entry.write();
        }
        let Some(mut tree) = Tree::read(&entry.write()) else { return seed };
        tree.mutate(&mut self.chance, &self.known);
        let bytes = tree.write(self.spelling());
        if self.chance.one_in(4) { self.spoil(bytes) } else { bytes }
    }

    fn spelling(&mut self) -> Spelling {
        match self.chance.below(12) {
            0 => Spelling::Long,
            1 => Spelling::Indefinite,
            _ => Spelling::Published,
        }
    }

    /// Spoils bytes without knowing what they are.
    fn spoil(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self.chance.below(6) {
            0 => {
                let at = self.chance.below(bytes.len());
                bytes.truncate(at);
            }
            1 => {
                let more = 1 + self.chance.below(40);
                bytes.extend(self.chance.bytes(more));
            }
            2 if !bytes.is_empty() => {
                // A length that lies.
                let at = self.chance.below(bytes.len());
                bytes.splice(at..=at, [0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
            }
            3 => {
                let at = self.chance.below(bytes.len() + 1);
                let deep = 1 + self.chance.below(5000);
                bytes.splice(at..at, vec![[0x81, 0xa1, 0x9f, 0xc1][deep % 4]; deep]);
            }
            _ if !bytes.is_empty() => {
                for _ in 0..=self.chance.below(6) {
                    let at = self.chance.below(bytes.len());
                    bytes[at] ^= 1 << self.chance.below(8);
                }
            }
            _ => {}
        }
        bytes
    }

    fn head(&mut self) -> Head {
        self.number += 1;
        Head {
            county: self.hostile.county.clone(),
            device: self.hostile.device,
            incarnation: self.hostile.incarnation,
            user: self.hostile.user,
            number: self.number,
            prev: None,
            county_seen: self.chance.any() % 40,
            audit: None,
        }
    }

    fn seal(&mut self, entries: Vec<Vec<u8>>) -> Sealed {
        let head = self.head();
        Sealed::seal(head, entries, &self.hostile.key)
    }

    /// Envelopes with something wrong in them, some signed all the same.
    fn envelope(&mut self) -> Result<(), String> {
        let mut bytes = Vec::new();
        for _ in 0..8 {
            let entry = self.entry();
            let mut sealed = self.seal(vec![entry]);
            match self.chance.below(4) {
                0 => sealed.head.user = lianhu_core::ids::UserId::mint(&*self.village.around),
                1 => sealed.head.number = self.chance.any(),
                2 => sealed.entries.push(self.chance.bytes(20).into()),
                _ => {}
            }
            if self.chance.one_in(2) {
                let entries = sealed.entries.iter().map(|entry| entry.to_vec()).collect();
                sealed = Sealed::seal(sealed.head, entries, &self.hostile.key);
            }
            let mut tree = Tree::read(&minicbor::to_vec(&sealed).unwrap_or_default()).unwrap_or(Tree::Null);
            if self.chance.one_in(2) {
                tree.mutate(&mut self.chance, &self.known);
            }
            bytes.push(tree);
        }
        self.thrown += bytes.len();
        let request = self.compose(Vec::new());
        let mut tree = Tree::read(&minicbor::to_vec(&request).unwrap_or_default()).unwrap_or(Tree::Null);
        if let Tree::Map(items) = &mut tree {
            for (key, value) in items {
                if *key == 10 {
                    *value = Tree::Array(bytes.clone());
                }
            }
        }
        // One envelope that cannot be read costs the whole request; then the rest comes alone.
        let whole = tree.write(Spelling::Published);
        self.send_bytes(whole)
    }

    fn compose(&mut self, envelopes: Vec<Sealed>) -> Request {
        self.counter += 1;
        Request {
            version: lianhu_core::exchange::VERSION,
            county: self.hostile.county.clone(),
            device: self.hostile.device,
            incarnation: self.hostile.incarnation,
            counter: self.counter,
            cursor: lianhu_core::exchange::Cursor { number: 1 << 30, ..Default::default() },
            room: 1,
            digest: None,
            digests: vec![],
            waiting: vec![],
            envelopes,
            older: vec![],
            devices_since: None,
            carried: None,
            wants_pass: None,
        }
    }

    /// Requests with something wrong in them, rightly signed.
    fn request(&mut self) -> Result<(), String> {
        let entry = self.entry();
        let sealed = self.seal(vec![entry]);
        let request = Request { device: self.spare.device, ..self.compose(vec![sealed]) };
        let mut tree = Tree::read(&minicbor::to_vec(&request).unwrap_or_default()).unwrap_or(Tree::Null);
        for _ in 0..=self.chance.below(2) {
            tree.mutate(&mut self.chance, &self.known);
        }
        self.thrown += 1;
        let spelling = self.spelling();
        let by = self.spare.key.clone();
        self.send_signed(tree.write(spelling), &by)
    }

    /// Frames with something wrong in them.
    fn frame(&mut self) -> Result<(), String> {
        let entry = self.entry();
        let sealed = self.seal(vec![entry]);
        let request = self.compose(vec![sealed]);
        let signed = minicbor::to_vec(Signed::request(&request, &self.hostile.key)).unwrap_or_default();
        for _ in 0..16 {
            let bytes = self.spoil(signed.clone());
            let frame = inspect::pack(&bytes);
            let frame = if self.chance.one_in(2) { self.spoil(frame) } else { frame };
            self.thrown += 1;
            self.deliver(&frame)?;
        }
        Ok(())
    }

    /// A hostile county: replies with something wrong in them, signed with the county's own key.
    fn reply(&mut self) -> Result<(), String> {
        let outgoing = self.phone.ledger_mut().request(0).map_err(|error| error.to_string())?;
        let answered = self.village.county.with(|ledger| ledger.answer(&outgoing.frame));
        let Ok(answered) = answered else { return Ok(()) };
        let bytes = inspect::unpack(&answered.frame).map_err(|error| error.to_string())?;
        let signed: Signed = minicbor::decode(&bytes).map_err(|error| error.to_string())?;
        let (asked, _) = inspect::read_request(&outgoing.frame).ok_or("the phone's own request")?;
        let key = self.village.county.with(|ledger| ledger.identity()).map_err(|error| error.to_string())?.key;
        for _ in 0..8 {
            let mut tree = Tree::read(&signed.bytes).unwrap_or(Tree::Null);
            for _ in 0..=self.chance.below(2) {
                tree.mutate(&mut self.chance, &self.known);
            }
            self.thrown += 1;
            let Ok(reply) = minicbor::decode::<Reply>(&tree.write(Spelling::Published)) else { continue };
            let signed = Signed::reply(&reply, asked.hash(), &key);
            let frame = inspect::pack(&minicbor::to_vec(&signed).unwrap_or_default());
            let phone = self.phone.ledger_mut();
            let taken = catch_unwind(AssertUnwindSafe(|| phone.take(&outgoing, &frame).map(drop)));
            // What it cannot take it refuses, and has taken nothing of it.
            if taken.is_err() {
                return Err(format!("the phone panicked at {reply:?}"));
            }
        }
        Ok(())
    }

    fn send(&mut self, envelopes: Vec<Sealed>) -> Result<(), String> {
        let request = self.compose(envelopes);
        self.send_bytes(minicbor::to_vec(&request).unwrap_or_default())
    }

    fn send_bytes(&mut self, request: Vec<u8>) -> Result<(), String> {
        let by = self.hostile.key.clone();
        self.send_signed(request, &by)
    }

    fn send_signed(&mut self, request: Vec<u8>, by: &Key) -> Result<(), String> {
        let signature = by.sign("lianhu request 1", &[&request]);
        let signed = Signed { bytes: request.into(), signature };
        let frame = inspect::pack(&minicbor::to_vec(&signed).unwrap_or_default());
        self.deliver(&frame)
    }

    fn deliver(&mut self, frame: &[u8]) -> Result<(), String> {
        let county = self.village.county.clone();
        let answered = catch_unwind(AssertUnwindSafe(|| county.with(|ledger| ledger.answer(frame))));
        match answered {
            Ok(Ok(answered)) => {
                self.kept += answered.kept;
                self.last = format!("{answered:?}").chars().take(300).collect();
            }
            // An honest "busy" is for a disk that fails; no bytes may bring it about.
            Ok(Err(lianhu_core::hub::HubError::Busy)) => {
                return Err(format!("the county could not answer {}", hex(frame)));
            }
            Ok(Err(error)) => self.last = error.to_string(),
            Err(_) => return Err(format!("the county panicked at {}", hex(frame))),
        }
        Ok(())
    }

    /// No dossier is unreadable, nothing of the victim has changed, and rebuilding changes nothing.
    fn check(&mut self) -> Result<(), String> {
        let now = rows_of(&self.village.county, self.victim);
        for (table, rows) in &now {
            let was = &self.before[table];
            if was != rows {
                let gone: Vec<_> = was.iter().filter(|row| !rows.contains(row)).collect();
                let new: Vec<_> = rows.iter().filter(|row| !was.contains(row)).collect();
                return Err(format!(
                    "the hostile device has touched another's household: {table}: {gone:?} becomes {new:?}"
                ));
            }
        }
        if self.kept == 0 && self.thrown > 500 {
            return Err(format!("nothing gets as far as the dossiers: {:?}", self.last));
        }
        self.village.county.with(|ledger| sound(ledger).map_err(|what| format!("county: {what}")))?;
        sound(self.phone.ledger_mut()).map_err(|what| format!("phone: {what}"))?;
        let mut fresh = self.village.phone("卫春建");
        let mut line = self.village.line();
        fresh.exchanges(&mut line).map_err(|error| format!("an honest phone cannot exchange any more: {error}"))?;
        if rows_in(fresh.ledger(), self.victim)["visit"] != self.before["visit"] {
            return Err("an honest phone does not see its household as it was".into());
        }
        Ok(())
    }
}

/// Whether every dossier reads back, and the tables are what the entries add up to.
fn sound(ledger: &mut Ledger) -> Result<(), String> {
    for household in ledger.household_rows().map_err(|error| error.to_string())? {
        let dossier = ledger.stored_dossier(household).map_err(|error| error.to_string())?;
        if !dossier.is_some_and(|dossier| dossier.is_sound()) {
            return Err(format!("the dossier of {household} cannot be read"));
        }
    }
    let before = ledger.dump_rebuilt().map_err(|error| error.to_string())?;
    ledger.rebuild().map_err(|error| format!("rebuilding failed: {error}"))?;
    let after = ledger.dump_rebuilt().map_err(|error| error.to_string())?;
    match before.iter().find(|(table, rows)| after.get(*table) != Some(rows)) {
        None => Ok(()),
        Some((table, rows)) => {
            let built = &after[table];
            let gone = rows.iter().find(|row| !built.contains(row));
            let new = built.iter().find(|row| !rows.contains(row));
            Err(format!("rebuilding changes {table}: {gone:?} becomes {new:?}"))
        }
    }
}

fn rows_of(county: &County, household: HouseholdId) -> BTreeMap<String, Vec<String>> {
    county.with(|ledger| rows_in(ledger, household))
}

/// Every row that names a household.
fn rows_in(ledger: &Ledger, household: HouseholdId) -> BTreeMap<String, Vec<String>> {
    let id: Vec<String> = household.bytes().iter().map(|byte| format!("{byte}")).collect();
    let (id, name) = (id.join(", "), household.to_string());
    let mut dump = ledger.dump_rebuilt().expect("the tables are read");
    dump.values_mut().for_each(|rows| rows.retain(|row| row.contains(&id) || row.contains(&name)));
    dump
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(400).map(|byte| format!("{byte:02x}")).collect()
}

/// An entry composed by hand.
#[must_use]
pub fn an_entry(by: &Identity, about: About, kind: u16, body: Vec<u8>, village: &Village) -> Entry {
    Entry {
        v: 1,
        kind,
        about,
        id: EntryId::mint(&*village.around),
        user: by.user,
        device: by.device,
        at: village.around.now(),
        mono: 1,
        source: Source::Household,
        audience: None,
        body: body.into(),
    }
}
