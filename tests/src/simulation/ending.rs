//! The end of a simulation: the line is good at last. Everything comes to rest, and all in scope agree.

use super::World;
use super::member::{cleared_by, values_of};
use super::promises::{Kept, ensure};
use super::troubles::Trouble;
use crate::Weather;
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::Ledger;
use lianhu_ledger::inspect::{Held, ScopeRow, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// How often everybody exchanges before it has to be quiet.
const ROUNDS: usize = 8;

/// Tables with a column that names the household a row is about.
const TABLES: [&str; 9] =
    ["household", "person", "conflict", "search_key", "visit", "need", "promise", "question", "dossier"];

/// Those of them that are made of visits.
const OF_VISITS: [&str; 4] = ["visit", "need", "promise", "question"];

impl World {
    /// Brings everything to rest and compares.
    pub(super) fn end(&mut self) -> Kept {
        self.tells("the line is good from here on".into());
        for member in &mut self.members {
            member.ear.line.is_in(Weather::Clear);
        }
        self.enrols_again()?;
        self.directs_anew()?;
        for at in 0..self.members.len() {
            while !self.members[at].drafts.is_empty() {
                self.finishes_draft(at)?;
            }
        }
        let mut quiet = false;
        for _ in 0..ROUNDS {
            let before = (self.log.len(), self.held_in_all()?);
            for at in 0..self.members.len() {
                self.whole_exchange(at)?;
                self.check_county()?;
                self.check_phone(at)?;
            }
            let waits_for_a_person = [Trouble::LostPhones, Trouble::Hands, Trouble::Exports];
            if waits_for_a_person.into_iter().any(|trouble| self.has(trouble)) {
                self.lets_in(true)?;
            }
            quiet = before == (self.log.len(), self.held_in_all()?)
                // Whoever was damaged is not at rest before the digests were compared, which is not done beside news.
                && self.members.iter().all(|member| member.at_rest && !member.damaged || self.is_shut_out(member.phone.device));
            if quiet {
                break;
            }
        }
        ensure(quiet, || format!("after {ROUNDS} rounds on a good line there is still something to say"))?;
        for at in 0..self.members.len() {
            self.check_outbox(at)?;
            if !self.is_shut_out(self.members[at].phone.device) {
                self.check_agreement(at)?;
                self.check_listed(at)?;
                self.check_told_of_openings(at)?;
                if self.model.holds_all(self.members[at].phone.user) {
                    let ledger = self.members[at].phone.ledger();
                    self.check_samples_on(ledger, ledger.now().day())?;
                }
            }
            self.check_nothing_erased(at)?;
            rebuilds(self.members[at].phone.ledger_mut())
                .map_err(|what| format!("{}: {what}", self.members[at].name))?;
        }
        self.village.county.with(rebuilds).map_err(|what| format!("county: {what}"))?;
        for member in &mut self.members {
            verifies(member.phone.ledger_mut()).map_err(|what| format!("{}: {what}", member.name))?;
        }
        self.village.county.with(verifies).map_err(|what| format!("county: {what}"))?;
        self.village.county.with(|county| self.nothing_is_left(county, self.model.erased()))?;
        self.check_counted()?;
        self.check_samples()?;
        self.check_told()?;
        self.check_passes()?;
        self.check_exports()?;
        if self.has(Trouble::LostPhones) {
            self.check_let_in()?;
        }
        self.check_said()?;
        self.check_county()
    }

    fn held_in_all(&self) -> Result<usize, String> {
        let counts = self.members.iter().map(|member| member.phone.ledger().all_held().map(|held| held.len()));
        counts.sum::<Result<usize, _>>().map_err(|error| error.to_string())
    }

    /// Nothing is waiting any more.
    fn check_outbox(&self, at: usize) -> Kept {
        let member = &self.members[at];
        let lost_now = member.phone.ledger().standing().map_err(|error| error.to_string())?.waiting;
        let held = member.phone.ledger().all_held().map_err(|error| error.to_string())?;
        let device = Some(member.phone.device);
        let waiting = held
            .iter()
            .filter(|held| held.device == device)
            .find(|held| held.number.is_none() && matches!(held.standing, Standing::Living | Standing::Parked));
        ensure(waiting.is_none(), || {
            let kind = waiting.and_then(|held| Entry::read(&held.bytes).ok()).map(|entry| entry.kind);
            let name = waiting.map(|held| held.name).unwrap_or_default();
            let sealed = member.phone.ledger().all_sealed().unwrap_or_default();
            let sealed = sealed.into_iter().find(|(header, _)| header.names.contains(&name));
            let told = sealed.map(|(header, receipt)| (header.head.number, receipt.map(|receipt| receipt.terms.runs)));
            format!("{}: {name:?} of kind {kind:?} is still waiting, sealed in {told:?}", member.name)
        })?;
        ensure(lost_now == 0, || {
            let open = member.phone.ledger().all_sealed().unwrap_or_default();
            let open = open.into_iter().filter(|(_, receipt)| receipt.is_none()).flat_map(|(header, _)| header.names);
            let here: BTreeSet<EntryName> = held.iter().map(|held| held.name).collect();
            let fates: Vec<_> = open.map(|name| (name, here.contains(&name), self.numbers.get(&name))).collect();
            format!("{}: {lost_now} entries exist there only, sealed and open are {fates:?}", member.name)
        })?;
        self.check_all_arrived(at)
    }

    /// All that was ever saved on this phone is at the county: numbered, said again with every value, or aside with a code.
    fn check_all_arrived(&self, at: usize) -> Kept {
        let member = &self.members[at];
        let mut refused = self.village.county.with(|ledger| ledger.all_refused()).map_err(|error| error.to_string())?;
        refused.retain(|refused| !self.is_for_the_envelope(refused));
        for (name, owed) in member.owes.iter().chain(&member.settled) {
            let said = owed.household.and_then(|household| self.said.get(&household));
            let cleared = owed.clears.iter().map(|key| (key.clone(), Scalar::Null));
            let all: Vec<_> = owed.values.iter().cloned().chain(cleared).collect();
            let again = !all.is_empty() && all.iter().all(|value| said.is_some_and(|said| said.contains(value)));
            // Said again, it stands aside under another name, with every value and every clearing.
            let own = refused.iter().filter_map(|refused| Entry::read(&refused.bytes).ok());
            let own: Vec<Entry> = own
                .filter(|entry| entry.device == member.phone.device)
                .filter(|entry| owed.household.is_some() && entry.about.household() == owed.household)
                .collect();
            let said_aside = !all.is_empty()
                && owed.values.iter().all(|value| own.iter().any(|entry| values_of(entry).contains(value)))
                && owed.clears.iter().all(|key| own.iter().any(|entry| cleared_by(entry).contains(key)));
            let aside = said_aside || refused.iter().any(|refused| refused.name == *name);
            ensure(self.numbers.contains_key(name) || again || aside, || {
                let at_county = self.village.county.with(|ledger| ledger.all_held()).unwrap_or_default();
                let parked = at_county.iter().find(|held| held.name == *name).map(|held| held.standing);
                format!(
                    "{}: {name:?} about {:?} never arrived ({:?}, at the county {parked:?})",
                    member.name, owed.household, owed.values
                )
            })?;
        }
        Ok(())
    }

    /// Whatever a phone may hold is there just as the county has it.
    fn check_agreement(&self, at: usize) -> Kept {
        let member = &self.members[at];
        let county = self.village.county.with(|ledger| ledger.dump_rebuilt()).map_err(|error| error.to_string())?;
        let phone = member.phone.ledger().dump_rebuilt().map_err(|error| error.to_string())?;
        let everything = self.model.holds_all(member.phone.user);
        let scope =
            if everything { self.model.households().into_iter().collect() } else { self.model.now(member.phone.user) };
        let theirs = self.village.county.with(|ledger| ledger.all_held()).map_err(|error| error.to_string())?;
        let ours = member.phone.ledger().all_held().map_err(|error| error.to_string())?;
        let (theirs, ours) = (by_household(&theirs), by_household(&ours));
        let rows = member.phone.ledger().scope_of(member.phone.user).map_err(|error| error.to_string())?;
        for household in &scope {
            let grant = rows.iter().find(|row| row.about.household() == Some(*household));
            let (theirs, ours) =
                (theirs.get(household).cloned().unwrap_or_default(), ours.get(household).cloned().unwrap_or_default());
            // Records from before a grant reaches back stay at the county until asked for.
            let stays = |(name, entry): (&EntryName, &Numbered)| entry.stays_behind(grant).then_some(*name);
            let old: BTreeSet<EntryName> = theirs.iter().filter_map(stays).collect();
            let missing = theirs.keys().find(|name| !ours.contains_key(name) && !old.contains(name));
            ensure(missing.is_none(), || format!("{} lacks {missing:?} of {household}", member.name))?;
            let alien = ours.keys().find(|name| !theirs.contains_key(name));
            ensure(alien.is_none(), || format!("{} has {alien:?} of {household}, the county has not", member.name))?;
            let absent: BTreeSet<String> = old
                .iter()
                .filter(|name| !ours.contains_key(name))
                .map(|name| format!("{:?}", name.0.to_vec()))
                .collect();
            // A clock that was years ahead when a household was entrusted leaves behind what was corrected since.
            let bridges = ours
                .values()
                .any(|entry| entry.amends.iter().any(|amended| old.contains(amended) && !ours.contains_key(amended)));
            for table in TABLES.into_iter().filter(|table| !bridges || !OF_VISITS.contains(table)) {
                let at_county = rows_of(&county, table, *household, &absent);
                let on_phone = rows_of(&phone, table, *household, &absent);
                ensure(at_county == on_phone, || {
                    let more: Vec<_> = at_county.iter().filter(|row| !on_phone.contains(row)).collect();
                    let less: Vec<_> = on_phone.iter().filter(|row| !at_county.contains(row)).collect();
                    let held = member.phone.ledger().all_held().unwrap_or_default();
                    let about = held.iter().filter(|held| held.about == Some(About::Household(*household)));
                    let stand: Vec<_> = about.map(|held| (held.name, held.number, held.standing)).collect();
                    format!(
                        "{}: {table} of {household} differs: county {more:?}, phone {less:?}, which holds {stand:?}",
                        member.name
                    )
                })?;
            }
        }
        // Which card, and who on it, is counted elsewhere; on which card in the end only who holds all of a chain can say.
        for (table, columns) in [("joined", 2), ("joined_person", 2)] {
            let about = |dump: &BTreeMap<String, Vec<String>>| -> BTreeSet<String> {
                let own = |household: &HouseholdId| {
                    let begins = format!("Blob({:?})|", household.bytes());
                    dump.get(table).into_iter().flatten().filter(move |row| row.starts_with(&begins))
                };
                let rows = scope.iter().flat_map(own);
                rows.map(|row| row.split('|').take(columns).collect::<Vec<_>>().join("|")).collect()
            };
            let (at_county, on_phone) = (about(&county), about(&phone));
            ensure(at_county == on_phone, || {
                format!("{}: {table} differs: county {at_county:?}, phone {on_phone:?}", member.name)
            })?;
        }
        let held: BTreeSet<HouseholdId> = ours.keys().copied().collect();
        let beyond = held.iter().find(|household| !scope.contains(household) && !self.is_refused(**household));
        ensure(beyond.is_none(), || format!("{} still holds {beyond:?}", member.name))
    }

    /// Nothing of what was erased lies on a phone that has heard of it, in no table and no byte.
    fn check_nothing_erased(&self, at: usize) -> Kept {
        let member = &self.members[at];
        if self.is_shut_out(member.phone.device) {
            return Ok(());
        }
        self.nothing_is_left(member.phone.ledger(), self.model.erased())
            .map_err(|what| format!("{}: {what}", member.name))
    }

    /// Whether the county has not numbered anything about a household: its registration was refused.
    fn is_refused(&self, household: HouseholdId) -> bool {
        !self.model.households().contains(&household)
    }
}

/// What is asked of a numbered entry here.
#[derive(Debug, Clone)]
struct Numbered {
    number: u64,
    /// The day a visit or a remark speaks of.
    day: Option<Day>,
    amends: Vec<EntryName>,
}

impl Numbered {
    fn read(entry: &Entry, number: u64) -> Self {
        let visit = (entry.kind == kind::VISIT).then(|| minicbor::decode::<Visit>(&entry.body).ok()).flatten();
        let day = visit.as_ref().map(|visit| visit.day).or((entry.kind == kind::REMARK).then(|| entry.at.day()));
        Self { number, day, amends: visit.map(|visit| visit.amends).unwrap_or_default() }
    }

    /// Whether it is of a day before a grant reaches back: it stays at the county until asked for.
    fn stays_behind(&self, grant: Option<&ScopeRow>) -> bool {
        let horizon = grant.and_then(|row| Some((row.since, row.horizon?)));
        horizon.is_some_and(|(since, horizon)| self.number <= since && self.day.is_some_and(|day| day < horizon))
    }
}

/// The numbered entries by household.
fn by_household(held: &[Held]) -> BTreeMap<HouseholdId, BTreeMap<EntryName, Numbered>> {
    let mut by: BTreeMap<HouseholdId, BTreeMap<EntryName, Numbered>> = BTreeMap::new();
    for held in held {
        let (Some(number), Some(About::Household(household))) = (held.number, held.about) else { continue };
        if let Ok(entry) = Entry::read(&held.bytes) {
            by.entry(household).or_default().insert(held.name, Numbered::read(&entry, number));
        }
    }
    by
}

/// The rows of a table about a household, but for those that name an entry which is rightly absent.
fn rows_of(
    dump: &BTreeMap<String, Vec<String>>,
    table: &str,
    household: HouseholdId,
    absent: &BTreeSet<String>,
) -> Vec<String> {
    let key = if table == "dossier" { format!("{household} ") } else { format!("{:?}", household.bytes()) };
    let rows = dump.get(table).into_iter().flatten();
    rows.filter(|row| row.contains(&key) && !absent.iter().any(|name| row.contains(name))).cloned().collect()
}

/// Nothing was done to a ledger: the walk over it has to say so.
fn verifies(ledger: &mut Ledger) -> Kept {
    let verified = ledger.verify().map_err(|error| error.to_string())?;
    ensure(verified.clean, || format!("nobody touched it, and yet: {:?}", verified.findings))
}

/// Rebuilding the tables changes nothing.
fn rebuilds(ledger: &mut Ledger) -> Kept {
    let before = ledger.dump_rebuilt().map_err(|error| error.to_string())?;
    ledger.rebuild().map_err(|error| format!("rebuilding failed: {error}"))?;
    let after = ledger.dump_rebuilt().map_err(|error| error.to_string())?;
    for (table, rows) in &before {
        let built = after.get(table).cloned().unwrap_or_default();
        ensure(*rows == built, || {
            let gone: Vec<_> = rows.iter().filter(|row| !built.contains(row)).collect();
            let new: Vec<_> = built.iter().filter(|row| !rows.contains(row)).collect();
            format!("rebuilding changes {table}: {gone:?} becomes {new:?}")
        })?;
    }
    Ok(())
}
