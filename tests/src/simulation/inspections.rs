//! Inspections: opened and ended by the county, samples drawn and opened by its own hand, while households are erased, joined,
//! moved and taken back and the county is restored; and people who make such things up.

use super::World;
use super::promises::Kept;
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Entry, Source, kind};
use lianhu_core::ids::{EntryName, Hash, HouseholdId, PlaceId};
use lianhu_core::inspection::{Inspection, InspectionEnd, MOST_A_DRAW, SampleDrawn, SampleOpened, purpose};
use lianhu_core::surroundings::Surroundings as _;
use lianhu_core::trace::OFFICE;
use minicbor::Encode;

/// So many inspections run at a time.
const MOST: usize = 3;
/// So many households an office visits in one go.
const IN_ONE_GO: usize = 14;

impl World {
    pub(super) fn inspects(&mut self, at: usize) -> Kept {
        let running = self.running();
        let act = if running.is_empty() && self.chance.one_in(2) { 0 } else { self.chance.below(18) };
        match act {
            0 | 1 if running.len() < MOST => self.inspection_is_opened()?,
            2 => self.inspection_is_ended()?,
            3..=5 => self.sample_is_drawn()?,
            6..=9 => self.sample_is_opened()?,
            10 | 11 => self.somebody_makes_it_up(at)?,
            12 => self.many_are_visited()?,
            13 if self.chance.one_in(2) => self.county_moves(),
            13 => self.county_joins(),
            14 | 15 => self.sample_is_erased()?,
            16 => self.what_is_over_stays_over()?,
            _ => {
                self.backs_up();
                self.sample_is_drawn()?;
                self.sample_is_opened()?;
                self.check_county()?;
                self.restores()?;
            }
        }
        self.check_county()?;
        self.check_samples()?;
        self.check_told()
    }

    /// The day by the county's own clock: by it inspections begin and end.
    pub(super) fn county_day(&self) -> Day {
        self.village.county.clock().now().day()
    }

    /// The inspections that run.
    pub(super) fn running(&self) -> Vec<EntryName> {
        let (all, today) = (&self.model.inspections, self.county_day());
        all.all().iter().map(|opened| opened.entry).filter(|entry| all.runs(*entry, today)).collect()
    }

    /// The phone of somebody of the county's office.
    pub(super) fn some_office(&mut self) -> Option<usize> {
        let offices: Vec<usize> = (0..self.members.len())
            .filter(|at| self.model.holds_all(self.members[*at].phone.user))
            .filter(|at| !self.is_shut_out(self.members[*at].phone.device))
            .collect();
        self.chance.pick(&offices).copied()
    }

    /// The county's hand directs it, or somebody of its office on their own device, where it waits for its number.
    fn directs_from(&mut self, kind: u16, body: &impl Encode<()>) -> Kept {
        match self.some_office().filter(|_| self.chance.one_in(2)) {
            Some(office) => {
                let saved =
                    self.members[office].phone.ledger_mut().write(|w| w.record(OFFICE, kind, Source::Office, body));
                self.members[office].saved([saved.map_err(|error| error.to_string())?]);
                self.tells(format!("it waits on {}", self.members[office].name));
                if self.chance.one_in(2) {
                    self.whole_exchange(office)?;
                }
                self.check_county()?;
                self.check_phone(office)
            }
            None => {
                self.village.county.directs(|w| w.record(OFFICE, kind, Source::Office, body));
                self.all_may_hear();
                self.check_county()
            }
        }
    }

    fn some_place(&mut self) -> Option<PlaceId> {
        match self.chance.below(4) {
            0 => Some(self.town),
            1 => self.chance.pick(&self.villages).copied(),
            _ => None,
        }
    }

    fn inspection_is_opened(&mut self) -> Kept {
        let (today, serial) = (self.county_day(), self.next());
        let from = today.plus([-2, 0, 0, 0, 1][self.chance.below(5)]);
        let lasts = i32::try_from(self.chance.below(25)).unwrap_or(0);
        let inspection = Inspection {
            team: format!("省第{serial}督查组"),
            place: self.some_place(),
            from,
            to: from.plus(lasts),
            since: today.plus([-1000, -90][self.chance.below(2)]),
            until: today,
            purpose: purpose::RECORDS.into(),
            secret: Hash::of(&[&serial.to_be_bytes()]),
        };
        self.tells(format!("an inspection of {:?} is opened, from {from} for {lasts} days", inspection.place));
        self.directs_from(kind::INSPECTION, &inspection)
    }

    fn inspection_is_ended(&mut self) -> Kept {
        let running = self.running();
        let Some(inspection) = self.chance.pick(&running).copied() else { return Ok(()) };
        self.tells("an inspection is ended".into());
        self.directs_from(kind::INSPECTION_END, &InspectionEnd { inspection, reason: "提前结束".into() })
    }

    /// An office has visited many: else there is hardly a figure about ten.
    fn many_are_visited(&mut self) -> Kept {
        let Some(office) = self.some_office() else { return Ok(()) };
        let mut rows = self.members[office].phone.ledger().household_rows().map_err(|error| error.to_string())?;
        while rows.len() > IN_ONE_GO {
            rows.swap_remove(self.chance.below(rows.len()));
        }
        self.tells(format!("{} visits {} households", self.members[office].name, rows.len()));
        for household in rows {
            let visit = self.some_visit(household, self.members[office].phone.clock().now().day());
            let name = self.members[office].phone.writes_visit(household, &visit).map_err(|error| error.to_string())?;
            self.members[office].saved([name]);
        }
        self.whole_exchange(office)?;
        self.check_county()?;
        self.check_phone(office)
    }

    /// Somebody was drawn, and is erased by law.
    fn sample_is_erased(&mut self) -> Kept {
        let drawn = self.model.inspections.drawn.iter().flat_map(|drawn| drawn.households.iter().copied());
        let drawn: Vec<HouseholdId> = drawn.collect();
        let Some(household) = self.chance.pick(&drawn).copied() else { return Ok(()) };
        self.county_erases_if_it_may(household)
    }

    /// What only the county's own hand may write, or only the county, on a phone that says it all the same.
    fn somebody_makes_it_up(&mut self, at: usize) -> Kept {
        if self.chance.one_in(3) {
            return self.made_up_is_let_in();
        }
        // Somebody of the county comes nearest to what only its own hand may write.
        let office = self.some_office();
        let at = office.filter(|_| self.chance.one_in(2)).unwrap_or(at);
        let known: Vec<EntryName> = self.model.inspections.all().iter().map(|opened| opened.entry).collect();
        let Some(inspection) = self.chance.pick(&known).copied() else { return Ok(()) };
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let (day, serial) = (self.county_day(), self.next());
        let of_county = self.model.holds_all(self.members[at].phone.user);
        let what = self.chance.below(if of_county { 2 } else { 4 });
        let saved = self.members[at].phone.ledger_mut().write(|w| match what {
            0 => {
                let told = SampleOpened { inspection, team: "编的督查组".into(), day };
                w.record(About::Household(household), kind::SAMPLE_OPENED, Source::Office, &told)
            }
            1 => w.record(OFFICE, kind::SAMPLE_DRAWN, Source::Office, &made_up_draw(inspection, vec![household])),
            2 => w.record(OFFICE, kind::INSPECTION, Source::Office, &made_up_inspection(day, serial)),
            _ => {
                let end = InspectionEnd { inspection, reason: String::new() };
                w.record(OFFICE, kind::INSPECTION_END, Source::Office, &end)
            }
        });
        self.tells(format!("{} makes up number {what} of an inspection", self.members[at].name));
        self.members[at].saved([saved.map_err(|error| error.to_string())?]);
        if self.chance.one_in(2) {
            self.whole_exchange(at)?;
        }
        self.check_county()?;
        self.check_phone(at)
    }

    /// A person at the server tries to let in what somebody made up: it stays where it is.
    fn made_up_is_let_in(&mut self) -> Kept {
        let refused = self.village.county.with(|county| county.all_refused()).map_err(|error| error.to_string())?;
        for refused in refused {
            let made_up = Entry::read(&refused.bytes).is_ok_and(|entry| {
                let only_hand = matches!(entry.kind, kind::SAMPLE_DRAWN | kind::SAMPLE_OPENED);
                let of_county = matches!(entry.kind, kind::INSPECTION | kind::INSPECTION_END);
                only_hand || of_county && !self.model.holds_all(entry.user)
            });
            if made_up {
                let released = self.village.county.with(|county| county.release(refused.name));
                let released = released.map_err(|error| error.to_string())?;
                self.tells(format!("{:?}, made up, is let in: {released:?}", refused.name));
                self.check_county()?;
            }
        }
        Ok(())
    }
}

/// A draw that never was.
pub(super) fn made_up_draw(inspection: EntryName, households: Vec<HouseholdId>) -> SampleDrawn {
    SampleDrawn {
        inspection,
        draw: 1,
        words: "编出来的几个字".into(),
        places: vec![],
        wanted: MOST_A_DRAW,
        number: 1,
        listed: 1,
        list: Hash::default(),
        households,
    }
}

/// An inspection that the county has not opened.
pub(super) fn made_up_inspection(today: Day, serial: u64) -> Inspection {
    Inspection {
        team: "编的督查组".into(),
        place: None,
        from: today,
        to: today.plus(20),
        since: today.plus(-90),
        until: today,
        purpose: purpose::RECORDS.into(),
        secret: Hash::of(&[b"made up", &serial.to_be_bytes()]),
    }
}
