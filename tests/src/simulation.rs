//! The simulation: seeded phones, households, a county and a bad line. After every step the promises are checked
//! (`promises`); at the end everything has to come to rest with all in scope agreeing (`ending`).

mod acts;
mod cards;
mod clocks;
mod counted;
mod directed;
mod disaster;
mod ending;
mod erasures;
mod exports;
mod figures;
mod files;
mod full_disk;
mod granted;
mod hands;
mod inspected;
mod inspections;
mod intruder;
mod joins;
mod lost_phone;
mod member;
mod model;
mod promises;
mod said;
mod samples;
mod troubles;
mod unfinished;
mod weight;

use crate::{BadLine, Chance, Phone, Village, Weather};
use disaster::{BackUp, Life};
use files::Files;
use intruder::Intruder;
use lianhu_core::entry::{About, Entry};
use lianhu_core::exchange::Answer;
use lianhu_core::ids::{DeviceId, EntryName, Hash, HouseholdId, PlaceId, PublicKey, UserId};
use lianhu_core::scalar::Scalar;
use member::{Ear, Member};
use model::Model;
use promises::{CANARY, Kept, Wire};
use std::collections::{BTreeMap, BTreeSet};
use troubles::Trouble;

/// One step in so many is followed by an act of a trouble.
const TROUBLED: usize = 3;

/// A seed that was played to its end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Played {
    /// Steps taken.
    pub steps: usize,
    /// Entries the county has numbered.
    pub entries: usize,
    /// Phones that took part.
    pub phones: usize,
}

/// A seed for which a promise was broken.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The seed.
    pub seed: u64,
    /// What was done, up to the step that broke it.
    pub steps: Vec<String>,
    /// Which promise, in words.
    pub what: String,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.what)?;
        for (at, step) in self.steps.iter().enumerate() {
            writeln!(f, "  {:3} {step}", at + 1)?;
        }
        Ok(())
    }
}

/// Everything there is in one simulation.
struct World {
    seed: u64,
    chance: Chance,
    village: Village,
    county_key: PublicKey,
    town: PlaceId,
    villages: Vec<PlaceId>,
    /// A village of another township.
    beyond: Option<PlaceId>,
    users: Vec<UserId>,
    members: Vec<Member>,
    model: Model,
    canaries: BTreeMap<HouseholdId, String>,
    log: Vec<EntryName>,
    /// What each numbered entry is about, should it be erased.
    abouts: BTreeMap<EntryName, About>,
    numbers: BTreeMap<EntryName, u64>,
    chain: Hash,
    /// Every value that numbered changes put, by household.
    said: BTreeMap<HouseholdId, BTreeSet<(String, Scalar)>>,
    /// What the county was heard to answer.
    promised: BTreeMap<EntryName, (Answer, Option<u64>)>,
    /// Devices that were copied or restored: only these may be told that they exist twice.
    copied: BTreeSet<DeviceId>,
    /// Devices that a test has damaged.
    hurt: BTreeSet<DeviceId>,
    /// Devices that were shut out at some time.
    revoked: BTreeSet<DeviceId>,
    /// The lives of the county's log, the present one last.
    lives: Vec<Life>,
    back_ups: Vec<BackUp>,
    /// What the county's own hand had directed and the county has lost.
    to_direct: Vec<Entry>,
    /// What a join is called that the office has directed anew.
    joined_anew: BTreeMap<EntryName, EntryName>,
    /// What has stood in quarantine at some time: a person may have let it in.
    once_aside: BTreeSet<EntryName>,
    /// What the county was heard to call erased since its log was last followed.
    said_erased: BTreeSet<EntryName>,
    /// Whether the county's disk may be lost, devices shut out, visits left half written.
    calm: bool,
    /// What else befalls this seed.
    troubles: Vec<Trouble>,
    /// Whether it is played as seeds were while there were nine troubles.
    of_nine: bool,
    /// What was ever granted by a second person, in whatever life of the log.
    granted_ever: BTreeSet<EntryName>,
    intruder: Option<Intruder>,
    /// What the intruder has put into its envelopes: it may stand aside for that.
    forged: BTreeSet<EntryName>,
    files: Files,
    /// The last reply, for the account of a failure.
    last_heard: String,
    wire: Wire,
    steps: Vec<String>,
    serial: u64,
}

/// Plays one seed, with all that may befall it.
pub fn play(seed: u64) -> Result<Played, Broken> {
    play_in(World::new(seed, false, troubles::drawn(seed), false))
}

/// Plays one seed with the nine troubles there were before inspections and exports, in the ways there were then: to these
/// seeds numbers in the tests refer.
pub fn play_of_nine(seed: u64) -> Result<Played, Broken> {
    play_in(World::new(seed, false, troubles::drawn_of_nine(seed), true))
}

/// Plays one seed at a county that loses its disk, and nothing worse: what seeds were before they had troubles, to which
/// numbers in the tests refer.
pub fn play_losing_the_disk(seed: u64) -> Result<Played, Broken> {
    play_in(World::new(seed, false, Vec::new(), true))
}

/// Plays one seed at a county that keeps its disk: what the first seeds were, to which numbers in the tests refer.
pub fn play_calm(seed: u64) -> Result<Played, Broken> {
    play_in(World::new(seed, true, Vec::new(), true))
}

fn play_in(mut world: World) -> Result<Played, Broken> {
    let seed = world.seed;
    let done = world.run();
    let World { steps, log, members, .. } = world;
    match done {
        Ok(()) => Ok(Played { steps: steps.len(), entries: log.len(), phones: members.len() }),
        Err(what) => Err(Broken { seed, steps, what }),
    }
}

impl World {
    fn new(seed: u64, calm: bool, troubles: Vec<Trouble>, of_nine: bool) -> Self {
        let has = |trouble| troubles.contains(&trouble);
        let in_hands = has(Trouble::Joins) || has(Trouble::Hands);
        let mut chance = Chance::new(seed);
        let mut village = Village::new(seed);
        let town = village.place("皇后乡", "town", None);
        let names = ["北召店村", "天桥村", "红阳村"];
        let count = 1 + chance.below(3);
        let mut villages: Vec<PlaceId> =
            names.iter().take(count).map(|name| village.place(name, "village", Some(town))).collect();
        let beyond = in_hands.then(|| {
            let other = village.place("天桥乡", "town", None);
            village.place("远山村", "village", Some(other))
        });
        villages.extend(beyond);
        let county_key = village.county.with(|ledger| ledger.identity().expect("the county knows itself").county_key);
        let (epoch, _) = village.county.with(|ledger| ledger.log_state().expect("the county knows its log"));
        let people = 2 + chance.below(3);
        let mut users: Vec<UserId> =
            ["卫春建", "赵永燕", "阿依", "木呷"].iter().take(people).map(|name| village.person(name)).collect();
        if chance.one_in(3) || in_hands {
            users.push(village.person_with(hands::TOWNSHIP, "township", Some(town)));
        }
        let of_office = has(Trouble::Inspections) || has(Trouble::Exports);
        if chance.one_in(6) || has(Trouble::Erasures) || of_office {
            users.push(village.person_with("县里", "county", None));
        }
        if has(Trouble::Exports) {
            let others = 1 + chance.below(2);
            users.extend(exports::OTHERS.iter().take(others).map(|name| village.person_with(name, "county", None)));
        }
        Self {
            seed,
            chance,
            village,
            county_key,
            town,
            villages,
            beyond,
            users,
            members: Vec::new(),
            model: Model::default(),
            canaries: BTreeMap::new(),
            log: Vec::new(),
            abouts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            chain: Hash::default(),
            said: BTreeMap::new(),
            promised: BTreeMap::new(),
            copied: BTreeSet::new(),
            hurt: BTreeSet::new(),
            revoked: BTreeSet::new(),
            lives: vec![Life { epoch, parent: None, base: 0, numbers: BTreeMap::new() }],
            back_ups: Vec::new(),
            to_direct: Vec::new(),
            joined_anew: BTreeMap::new(),
            once_aside: BTreeSet::new(),
            said_erased: BTreeSet::new(),
            calm,
            troubles,
            of_nine,
            granted_ever: BTreeSet::new(),
            intruder: None,
            forged: BTreeSet::new(),
            files: Files::default(),
            last_heard: String::new(),
            wire: Wire::default(),
            steps: Vec::new(),
            serial: 0,
        }
    }

    fn run(&mut self) -> Kept {
        self.check_county()?;
        for _ in 0..3 + self.chance.below(8) {
            self.new_household();
        }
        if self.has(Trouble::Inspections) {
            // Nothing is told of fewer than ten: there have to be some more, whom nobody needs to look after.
            for _ in 0..8 + self.chance.below(16) {
                self.new_household_of(false);
            }
        }
        let mut phones = 2 + self.chance.below(4);
        if troubles::OF_MANY_HANDS.into_iter().any(|trouble| self.has(trouble)) {
            phones = phones.max(self.users.len());
        }
        for at in 0..phones {
            // Everybody has a phone before anybody has two.
            let user = self.users[at % self.users.len()];
            self.new_phone(user);
        }
        self.check_county()?;
        // Acts of troubles take the place of as many steps: a seed takes as long with them as without.
        let steps = (30 + self.chance.below(40)) * if self.troubles.is_empty() { 4 } else { 3 } / 4;
        for _ in 0..steps {
            let touched = self.act()?;
            self.check_after(touched)?;
            if !self.calm && self.chance.one_in(4) {
                let touched = self.more()?;
                self.check_after(touched)?;
            }
            if !self.troubles.is_empty() && self.chance.one_in(TROUBLED) {
                let touched = self.trouble()?;
                self.check_after(touched)?;
            }
        }
        self.end()
    }

    fn check_after(&mut self, touched: Vec<usize>) -> Kept {
        self.check_county()?;
        touched.into_iter().try_for_each(|at| self.check_phone(at))
    }

    fn tells(&mut self, step: String) {
        self.steps.push(step);
    }

    fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// The canary of a household: a string that stands in everything written about it, and nowhere else.
    fn canary(&mut self, household: HouseholdId) -> String {
        let serial = self.canaries.len();
        self.canaries.entry(household).or_insert_with(|| format!("{}{serial:08}{}", CANARY.0, CANARY.1)).clone()
    }

    fn new_household(&mut self) {
        self.new_household_of(true);
    }

    fn new_household_of(&mut self, anybody: bool) {
        let place = *self.chance.pick(&self.villages).expect("there is a village");
        // The head's name bears the canary, so it has to be known before the household has an id.
        let name = format!("户主{}{:08}{}", CANARY.0, self.canaries.len(), CANARY.1);
        let household = self.village.household(&name, place);
        let canary = self.canary(household);
        self.tells(format!("the county has household {canary}"));
        if !anybody {
            return;
        }
        for _ in 0..1 + self.chance.below(2) {
            let user = *self.chance.pick(&self.users).expect("there is somebody");
            self.village.entrusts(household, user);
        }
    }

    fn new_phone(&mut self, user: UserId) {
        let at = self.members.len();
        let who = self.users.iter().position(|known| *known == user).unwrap_or(0);
        let name = self.village_name(who);
        let phone = self.village.phone(&name);
        let mut line = BadLine::new(self.village.county.clone(), self.seed.wrapping_mul(31).wrapping_add(at as u64));
        line.is_in(Weather::Bad([0, 20, 40, 60][self.chance.below(4)]));
        self.tells(format!("phone {at} of {name} is enrolled"));
        self.members.push(Member {
            name: format!("phone {at} of {name}"),
            phone,
            ear: Ear { line, overheard: Vec::new() },
            owes: BTreeMap::new(),
            settled: BTreeMap::new(),
            drafts: BTreeMap::new(),
            heard: BTreeMap::new(),
            damaged: false,
            life: None,
            copy: None,
            taken_along: false,
            at_rest: false,
        });
    }

    /// A copy of a phone becomes a phone of its own, with a line of its own.
    fn add_copy(&mut self, user: UserId, path: &std::path::Path) {
        let at = self.members.len();
        let line = BadLine::new(self.village.county.clone(), self.seed.wrapping_mul(37).wrapping_add(at as u64));
        let name = self.village.name_of(user);
        self.members.push(Member {
            name: format!("phone {at} (a copy) of {name}"),
            phone: Phone::open(path, &self.village.around),
            ear: Ear { line, overheard: Vec::new() },
            owes: BTreeMap::new(),
            settled: BTreeMap::new(),
            drafts: BTreeMap::new(),
            heard: BTreeMap::new(),
            damaged: false,
            life: None,
            copy: None,
            taken_along: false,
            at_rest: false,
        });
    }

    fn village_name(&self, who: usize) -> String {
        let user = self.users[who];
        self.village.name_of(user)
    }
}
