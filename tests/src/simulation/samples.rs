//! Samples, worked out a second time from the numbered entries: who may be drawn, by the county's own hand alone and by the lot
//! that was promised; who is drawn still; and whom an opening reaches, which is whoever holds the household, and the office.

use super::World;
use super::inspected::Shown;
use super::model::body;
use super::promises::{Kept, canaries_in, ensure};
use lianhu_core::entry::{Entry, kind};
use lianhu_core::ids::{EntryName, HouseholdId, PlaceId};
use lianhu_core::inspection::{MOST_A_DRAW, MOST_SAMPLES, SampleDrawn, SampleOpened};
use lianhu_core::lot::{HouseholdCode, InspectionKey, list_hash};
use lianhu_core::surroundings::Surroundings as _;
use lianhu_core::trace::OFFICE;
use lianhu_ledger::inspect::Held;
use lianhu_ledger::{Ledger, NotDrawn, NotOpened, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// For so many days whoever looks after a household is told of an opening, who has not heard of it yet.
const TOLD: i32 = 60;

impl World {
    /// What was just numbered of an inspection came from whom it may come from, and says what it may say.
    pub(super) fn check_inspected(&self, entry: &Entry) -> Kept {
        if !(kind::INSPECTION..=kind::SAMPLE_OPENED).contains(&entry.kind) {
            return Ok(());
        }
        let hand = self.village.county.with(|county| county.identity()).map_err(|error| error.to_string())?;
        let by_hand = entry.device == hand.device;
        let of_county = !matches!(entry.kind, kind::SAMPLE_DRAWN | kind::SAMPLE_OPENED);
        ensure(by_hand || of_county && self.model.holds_all(entry.user), || {
            format!("kind {} was let in from {}", entry.kind, self.village.name_of(entry.user))
        })?;
        match entry.kind {
            kind::SAMPLE_DRAWN => self.check_drawn(entry, &hand.key.seed()),
            kind::SAMPLE_OPENED => self.check_shown(entry),
            _ => Ok(()),
        }
    }

    /// The card that each household is shown on.
    fn roots(&self) -> impl Fn(HouseholdId) -> HouseholdId {
        let (cards, in_effect) = (&self.model.cards, self.model.cards.in_effect());
        move |card| cards.shown_as(&in_effect, card)
    }

    /// Nobody who is erased, nobody twice, nobody from elsewhere, and nobody but by the lot.
    fn check_drawn(&self, entry: &Entry, seed: &[u8; 32]) -> Kept {
        let drawn: SampleDrawn = body(entry);
        let all = &self.model.inspections;
        let Some(inspection) = all.of(drawn.inspection).filter(|_| all.runs(drawn.inspection, entry.at.day())) else {
            return Err("a sample was drawn in an inspection that does not run".into());
        };
        let erased = drawn.households.iter().find(|household| self.model.erased().contains(household));
        ensure(erased.is_none(), || format!("{erased:?} was drawn and is erased"))?;
        let root = self.roots();
        let before: BTreeSet<HouseholdId> = all.drawn_in(drawn.inspection).map(&root).collect();
        let now: BTreeSet<HouseholdId> = drawn.households.iter().copied().map(&root).collect();
        ensure(now.len() == drawn.households.len() && before.is_disjoint(&now), || {
            format!("{:?} are drawn, {before:?} were before", drawn.households)
        })?;
        let many = all.drawn_in(drawn.inspection).count() + now.len();
        let few = now.len() <= drawn.wanted as usize && drawn.wanted <= MOST_A_DRAW && many <= MOST_SAMPLES as usize;
        ensure(few, || format!("{} of {} wanted were drawn, {many} in all", now.len(), drawn.wanted))?;
        // Whoever has the key, the words and the list draws the same.
        let key = InspectionKey::of(seed, drawn.inspection);
        // Sixteen zeros stand for those whom nobody has placed.
        let village = |place: Option<PlaceId>| place.or_else(|| PlaceId::from_slice(&[0; 16]));
        let list: BTreeMap<HouseholdCode, HouseholdId> = self
            .seen_from_outside(inspection.place)
            .into_iter()
            .filter(|(_, (_, at))| drawn.places.is_empty() || village(*at).is_some_and(|at| drawn.places.contains(&at)))
            .filter(|(household, _)| !before.contains(household))
            .map(|(household, _)| (key.code(household), household))
            .collect();
        let same = list_hash(list.keys()) == drawn.list && drawn.listed as usize == list.len();
        ensure(same && drawn.number == self.log.len() as u64, || {
            format!("a list of {} as of {} was drawn from, it is {}", drawn.listed, drawn.number, list.len())
        })?;
        let again = key.lot().draw(drawn.draw, &drawn.words, list.keys(), drawn.wanted as usize);
        let again: Vec<HouseholdId> = again.into_iter().filter_map(|code| list.get(code).copied()).collect();
        ensure(again == drawn.households, || format!("the lot gives {again:?}, drawn were {:?}", drawn.households))
    }

    /// Shown is who was drawn and is kept, while the inspection runs.
    fn check_shown(&self, entry: &Entry) -> Kept {
        let (told, household): (SampleOpened, _) = (body(entry), entry.about.household());
        let all = &self.model.inspections;
        ensure(all.runs(told.inspection, entry.at.day()), || "a sample was opened when it was over".into())?;
        let is_sample = self.samples_in(told.inspection).iter().any(|(sample, ..)| Some(*sample) == household);
        ensure(is_sample, || format!("{household:?} was opened and is no sample"))?;
        let team = all.of(told.inspection).map(|of| of.team.as_str());
        ensure(team == Some(told.team.as_str()), || format!("an opening names {}, the team is {team:?}", told.team))
    }

    /// The samples of an inspection that are still kept, each once, by which draw, and how often each was opened.
    fn samples_in(&self, inspection: EntryName) -> Vec<(HouseholdId, EntryName, u32)> {
        let (all, cards, root) = (&self.model.inspections, &self.model.cards, self.roots());
        let mut samples: Vec<(HouseholdId, EntryName, u32)> = Vec::new();
        for drawn in all.drawn.iter().filter(|drawn| drawn.inspection == inspection) {
            for household in drawn.households.iter().copied().map(&root) {
                let gone = self.model.erased().contains(&household) || !cards.is_written(household);
                if gone || samples.iter().any(|(known, ..)| *known == household) {
                    continue;
                }
                let of_it = |shown: &&Shown| shown.told.inspection == inspection && root(shown.household) == household;
                let opened = all.shown.iter().filter(of_it).count();
                samples.push((household, drawn.entry, u32::try_from(opened).unwrap_or(u32::MAX)));
            }
        }
        samples
    }

    /// The county has every inspection as the log says, and its samples.
    pub(super) fn check_samples(&self) -> Kept {
        self.village.county.with(|county| self.check_samples_on(county, self.county_day()))
    }

    pub(super) fn check_samples_on(&self, ledger: &Ledger, today: lianhu_core::day::Day) -> Kept {
        let all = &self.model.inspections;
        let rows = ledger.inspections().map_err(|error| error.to_string())?;
        let numbered: BTreeSet<EntryName> =
            rows.iter().filter(|row| row.number.is_some()).map(|row| row.entry).collect();
        let known: BTreeSet<EntryName> = all.all().iter().map(|opened| opened.entry).collect();
        ensure(numbered == known, || format!("there are inspections {numbered:?}, the log has {known:?}"))?;
        for row in rows.iter().filter(|row| row.number.is_some()) {
            let runs = row.stage(today) == Stage::Running;
            ensure(runs == all.runs(row.entry, today), || format!("{:?} runs on {today}: {runs}", row.entry))?;
            let samples = ledger.samples(row.entry).map_err(|error| error.to_string())?;
            let samples: Vec<_> = samples.iter().map(|one| (one.household, one.draw, one.opened)).collect();
            let expected = self.samples_in(row.entry);
            ensure(samples == expected, || format!("the samples are {samples:?}, the log has {expected:?}"))?;
        }
        Ok(())
    }

    pub(super) fn sample_is_drawn(&mut self) -> Kept {
        let running = self.running();
        let Some(inspection) = self.chance.pick(&running).copied() else { return Ok(()) };
        let Some(row) = self.village.county.with(|county| county.inspection(inspection)).map_err(|e| e.to_string())?
        else {
            return Err("an inspection that runs is not there".into());
        };
        let listing = self.village.county.with(|county| county.listing(&row)).map_err(|error| error.to_string())?;
        let groups: Vec<String> = listing.groups().map(lianhu_core::outside::Group::name).collect();
        let group = self.chance.pick(&groups).cloned().filter(|_| self.chance.one_in(2));
        let wanted = u32::try_from(1 + self.chance.below(7)).unwrap_or(1);
        let words = format!("风吹稻花香两岸{}", self.next());
        let drawn = self.village.county.with(|county| county.draw_samples(&row, group.as_deref(), wanted, &words));
        let drawn = drawn.map_err(|error| format!("nothing could be drawn: {error}"))?;
        self.tells(format!("{wanted} are drawn of {group:?}: {drawn:?}"));
        self.check_county()?;
        let root = self.roots();
        let before: BTreeSet<_> = self.model.inspections.drawn_in(inspection).map(&root).collect();
        let left = self.seen_from_outside(row.inspection.place).keys().any(|household| !before.contains(household));
        match drawn {
            Ok(_) | Err(NotDrawn::TooMany) => Ok(()),
            Err(NotDrawn::NobodyLeft) => ensure(group.is_some() || !left || listing.listed.is_empty(), || {
                "somebody is left and nobody is drawn".into()
            }),
            Err(why) => Err(format!("an inspection runs, and nobody is drawn: {why:?}")),
        }
    }

    /// A sample is opened, or something is tried that is none; whoever holds it hears of it, and nobody else.
    pub(super) fn sample_is_opened(&mut self) -> Kept {
        let running = self.running();
        let Some(inspection) = self.chance.pick(&running).copied() else { return Ok(()) };
        let row =
            self.village.county.with(|county| county.inspection(inspection)).map_err(|error| error.to_string())?;
        let row = row.ok_or("an inspection that runs is not there")?;
        let samples: Vec<HouseholdId> = self.samples_in(inspection).iter().map(|(household, ..)| *household).collect();
        // What was drawn and is joined or erased by now, or was never drawn.
        let mut others: Vec<HouseholdId> = self.model.inspections.drawn_in(inspection).collect();
        others.extend(self.model.households());
        let any = if self.chance.one_in(4) { &others } else { &samples };
        let Some(household) = self.chance.pick(any).copied() else { return Ok(()) };
        let key = self.village.county.with(|county| county.inspection_key(&row)).map_err(|error| error.to_string())?;
        let opened = self.village.county.with(|county| county.open_sample(&row, &key.code(household)));
        let opened = opened.map_err(|error| format!("a sample could not be opened: {error}"))?;
        self.tells(format!("{} is opened in an inspection: {}", self.canaries[&household], opened.is_ok()));
        let is_sample = samples.contains(&household);
        ensure(opened.is_ok() == is_sample && !matches!(opened, Err(NotOpened::NotRunning)), || {
            format!("{household} is a sample: {is_sample}, it was opened: {opened:?}")
        })?;
        if let Ok(shown) = opened {
            let cards = self.model.cards.together().remove(&household).unwrap_or_else(|| BTreeSet::from([household]));
            let text = format!("{} {} {:?}", shown.head, shown.address, shown.phone);
            let of_it = |canary: &[u8]| {
                cards.iter().any(|card| self.canaries.get(card).is_some_and(|of| of.as_bytes() == canary))
            };
            ensure(canaries_in(text.as_bytes()).into_iter().all(of_it), || format!("{household} is shown as {text}"))?;
        }
        self.check_county()?;
        let holders: Vec<usize> = (0..self.members.len())
            .filter(|at| self.model.now(self.members[*at].phone.user).contains(&household))
            .collect();
        if let Some(holder) = self.chance.pick(&holders).copied().filter(|_| self.chance.one_in(2)) {
            self.whole_exchange(holder)?;
            self.check_county()?;
            self.check_phone(holder)?;
        }
        Ok(())
    }

    /// After the end nothing is drawn and nothing is opened.
    pub(super) fn what_is_over_stays_over(&mut self) -> Kept {
        let today = self.county_day();
        let rows = self.village.county.with(|county| county.inspections()).map_err(|error| error.to_string())?;
        for row in rows.iter().filter(|row| !self.model.inspections.runs(row.entry, today)) {
            let drawn = self.village.county.with(|county| county.draw_samples(row, None, 1, "已经结束了呀"));
            let drawn = drawn.map_err(|error| error.to_string())?;
            ensure(drawn == Err(NotDrawn::NotRunning), || format!("an inspection is over and draws: {drawn:?}"))?;
            let samples = self.samples_in(row.entry);
            let Some((household, ..)) = samples.first() else { continue };
            let key =
                self.village.county.with(|county| county.inspection_key(row)).map_err(|error| error.to_string())?;
            let opened = self.village.county.with(|county| county.open_sample(row, &key.code(*household)));
            let opened = opened.map_err(|error| error.to_string())?;
            ensure(opened == Err(NotOpened::NotRunning), || format!("an inspection is over and opens: {opened:?}"))?;
        }
        Ok(())
    }

    /// What the office does stays with it; an opening is on every phone at rest whose person holds the household, on no other.
    pub(super) fn check_openings(&self, at: usize, held: &[Held]) -> Kept {
        let member = &self.members[at];
        let user = member.phone.user;
        let of_county = self.model.holds_all(user);
        let told = held.iter().find(|held| held.about == Some(OFFICE) && held.device != Some(member.phone.device));
        ensure(of_county || told.is_none(), || {
            format!("{} holds {:?}, which is the office's", member.name, told.map(|told| told.name))
        })?;
        if !member.at_rest || member.damaged || self.is_shut_out(member.phone.device) {
            return Ok(());
        }
        let now = self.model.now(user);
        for shown in &self.model.inspections.shown {
            let there = held.iter().any(|held| held.name == shown.entry && held.number.is_some());
            let should = of_county || now.contains(&shown.household);
            ensure(there == should, || {
                format!("{} holds the opening of {}: {there}, should: {should}", member.name, shown.household)
            })?;
        }
        Ok(())
    }

    /// Whoever looks after a household is told which team has seen it.
    pub(super) fn check_told_of_openings(&self, at: usize) -> Kept {
        let member = &self.members[at];
        let now = self.model.now(member.phone.user);
        if self.model.holds_all(member.phone.user) || now.is_empty() {
            return Ok(());
        }
        let tidings = member.phone.ledger().tidings().map_err(|error| error.to_string())?;
        let since = member.phone.clock().now().day().plus(-TOLD);
        let written = |household: &HouseholdId| self.model.cards.is_written(*household);
        let shown = self.model.inspections.shown.iter().filter(|shown| now.contains(&shown.household));
        let expected: BTreeSet<_> = shown
            .filter(|shown| shown.told.day >= since && written(&shown.household))
            .map(|shown| (shown.told.team.clone(), shown.told.day))
            .collect();
        let told = tidings.into_iter().filter(|tiding| tiding.what == "sample_opened");
        let told: BTreeSet<_> = told.filter_map(|tiding| Some((tiding.team?, tiding.day))).collect();
        ensure(told == expected, || format!("{} is told of {told:?}, opened were {expected:?}", member.name))
    }
}
