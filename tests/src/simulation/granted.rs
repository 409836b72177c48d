//! What askings, grants and ends of unmasked exports add up to, worked out a second time: from the county's log alone.

use super::model::body;
use lianhu_core::day::Day;
use lianhu_core::entry::{Entry, kind};
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted, ExportWanted};
use lianhu_core::ids::{EntryName, UserId};

/// Something that was asked for, and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) entry: EntryName,
    pub(super) by: UserId,
    pub(super) what: ExportWanted,
    pub(super) granted: Option<(UserId, Day)>,
    pub(super) ended: bool,
}

impl Asked {
    /// Whether exports run within it: a grant lasts for the days that were asked for, whatever day is written on it.
    pub(super) fn runs(&self, today: Day) -> bool {
        let holds = |until: Day| today <= until && until.0 - today.0 < i32::from(self.what.days);
        !self.ended && self.granted.is_some_and(|(_, until)| holds(until))
    }
}

/// What askings, grants and ends numbered so far add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct Exports {
    pub(super) asked: Vec<Asked>,
}

impl Exports {
    /// Takes in the next entry of the log.
    pub(super) fn take(&mut self, name: EntryName, entry: &Entry, of_county: bool) {
        let by = entry.user;
        match entry.kind {
            kind::EXPORT_WANTED => {
                self.asked.push(Asked { entry: name, by, what: body(entry), granted: None, ended: false });
            }
            kind::EXPORT_GRANTED if of_county => {
                let ExportGranted { wanted, until } = body(entry);
                let known = self.asked.iter_mut().find(|asked| asked.entry == wanted);
                if let Some(asked) = known.filter(|asked| asked.may_be_granted(by, entry.at.day(), until)) {
                    let free = asked.granted.is_none() && !asked.ended;
                    asked.granted = if free { Some((by, until)) } else { asked.granted };
                }
            }
            kind::EXPORT_GRANT_END if of_county => {
                let wanted = body::<ExportGrantEnd>(entry).wanted;
                self.asked.iter_mut().filter(|asked| asked.entry == wanted).for_each(|asked| asked.ended = true);
            }
            _ => {}
        }
    }

    pub(super) fn of(&self, wanted: EntryName) -> Option<&Asked> {
        self.asked.iter().find(|asked| asked.entry == wanted)
    }

    /// Whether a second person has granted it.
    pub(super) fn is_granted(&self, wanted: EntryName) -> bool {
        self.of(wanted).is_some_and(|asked| asked.granted.is_some())
    }
}

impl Asked {
    /// By somebody else, and for no longer than was asked.
    pub(super) fn may_be_granted(&self, by: UserId, from: Day, until: Day) -> bool {
        by != self.by && until.0 - from.0 < i32::from(self.what.days)
    }
}
