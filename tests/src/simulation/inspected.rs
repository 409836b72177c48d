//! What inspections, draws and openings add up to, worked out a second time: from the county's log alone, with no table.

use super::model::body;
use lianhu_core::day::Day;
use lianhu_core::directive::Erasure;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::inspection::{Inspection, InspectionEnd, SampleDrawn, SampleOpened};
use std::collections::BTreeSet;

/// An inspection that was numbered.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) entry: EntryName,
    pub(super) inspection: Inspection,
}

/// A draw, in the order of the lot.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) inspection: EntryName,
    pub(super) entry: EntryName,
    pub(super) households: Vec<HouseholdId>,
}

/// A sample was shown to an inspector.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) entry: EntryName,
    pub(super) household: HouseholdId,
    pub(super) told: SampleOpened,
}

/// What inspections, draws and openings numbered so far add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct Inspections {
    opened: Vec<Opened>,
    ended: BTreeSet<EntryName>,
    pub(super) drawn: Vec<Drawn>,
    pub(super) shown: Vec<Shown>,
}

impl Inspections {
    /// Takes in the next entry of the log.
    pub(super) fn take(&mut self, name: EntryName, entry: &Entry) {
        match (entry.kind, entry.about) {
            (kind::INSPECTION, _) => self.opened.push(Opened { entry: name, inspection: body(entry) }),
            (kind::INSPECTION_END, _) => drop(self.ended.insert(body::<InspectionEnd>(entry).inspection)),
            (kind::SAMPLE_DRAWN, _) => {
                let SampleDrawn { inspection, households, .. } = body(entry);
                self.drawn.push(Drawn { inspection, entry: name, households });
            }
            (kind::SAMPLE_OPENED, About::Household(household)) => {
                self.shown.push(Shown { entry: name, household, told: body(entry) });
            }
            (kind::ERASURE, _) => {
                let gone = body::<Erasure>(entry).household;
                self.shown.retain(|shown| shown.household != gone);
            }
            _ => {}
        }
    }

    /// All of them, in the order of their numbers.
    pub(super) fn all(&self) -> &[Opened] {
        &self.opened
    }

    /// The inspection that this entry opened.
    pub(super) fn of(&self, entry: EntryName) -> Option<&Inspection> {
        self.opened.iter().find(|opened| opened.entry == entry).map(|opened| &opened.inspection)
    }

    /// Whether one was ended early.
    pub(super) fn is_ended(&self, entry: EntryName) -> bool {
        self.ended.contains(&entry)
    }

    /// Whether the pass of one works on a day.
    pub(super) fn runs(&self, entry: EntryName, day: Day) -> bool {
        self.of(entry).is_some_and(|of| (of.from..=of.to).contains(&day)) && !self.is_ended(entry)
    }

    /// Whom the draws of one have given so far.
    pub(super) fn drawn_in(&self, inspection: EntryName) -> impl Iterator<Item = HouseholdId> {
        let drawn = self.drawn.iter().filter(move |drawn| drawn.inspection == inspection);
        drawn.flat_map(|drawn| drawn.households.iter().copied())
    }
}
