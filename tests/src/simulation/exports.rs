//! Unmasked exports: people of the county ask, others grant and end, some for themselves or for too long; whoever is not of the
//! county says so too. A grant counts when another person of the county than the asker has given it, numbered, for its days and
//! not after its end: worked out from the numbered entries alone.

use super::World;
use super::granted::Asked;
use super::model::body;
use super::promises::{Kept, ensure};
use lianhu_core::entry::{Entry, Source, kind};
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted, ExportWanted, MOST_DAYS, reason};
use lianhu_core::ids::EntryName;
use lianhu_core::surroundings::Surroundings as _;
use lianhu_core::trace::OFFICE;
use lianhu_ledger::inspect::Standing;
use lianhu_ledger::{ExportGrantRow, Ledger};
use minicbor::Encode;
use std::collections::BTreeSet;

/// More people of the county's office.
pub(super) const OTHERS: [&str; 2] = ["县里二", "县里三"];

impl World {
    pub(super) fn exports(&mut self, at: usize) -> Kept {
        match self.chance.below(14) {
            0..=2 => self.office_asks()?,
            3..=7 => self.office_grants()?,
            8 | 9 => self.office_ends()?,
            10 => self.somebody_grants(at)?,
            11 => self.county_hand_grants()?,
            _ => {
                if let Some(office) = self.some_office() {
                    self.whole_exchange(office)?;
                    self.check_county()?;
                    self.check_phone(office)?;
                }
            }
        }
        self.check_county()?;
        self.check_exports()
    }

    fn office_writes(&mut self, office: usize, kind: u16, body: &impl Encode<()>) -> Kept {
        let saved = self.members[office].phone.ledger_mut().write(|w| w.record(OFFICE, kind, Source::Office, body));
        self.members[office].saved([saved.map_err(|error| error.to_string())?]);
        if self.chance.one_in(2) {
            self.whole_exchange(office)?;
        }
        self.check_county()?;
        self.check_phone(office)
    }

    pub(super) fn some_asking(&mut self) -> ExportWanted {
        let columns: &[&str] = [&["id_no"][..], &["id_no", "phone"], &["phone"]][self.chance.below(3)];
        ExportWanted {
            template: "ledger".into(),
            place: self.chance.pick(&self.villages).copied().filter(|_| self.chance.one_in(2)),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            days: 1 + u16::try_from(self.chance.below(usize::from(MOST_DAYS))).unwrap_or(0),
            reason: reason::REPORTED.into(),
        }
    }

    /// Something that somebody has asked for.
    pub(super) fn some_asked(&mut self, else_this: EntryName) -> EntryName {
        let known: Vec<EntryName> = self.model.exports.asked.iter().map(|asked| asked.entry).collect();
        self.chance.pick(&known).copied().unwrap_or(else_this)
    }

    fn office_asks(&mut self) -> Kept {
        let Some(office) = self.some_office() else { return Ok(()) };
        let asking = self.some_asking();
        self.tells(format!("{} asks for an export for {} days", self.members[office].name, asking.days));
        self.office_writes(office, kind::EXPORT_WANTED, &asking)
    }

    /// One of the askings that a phone knows, mostly of those that nobody has decided about.
    fn asking_on(&mut self, at: usize) -> Result<Option<ExportGrantRow>, String> {
        let mut rows = self.members[at].phone.ledger().export_grants().map_err(|error| error.to_string())?;
        if !self.chance.one_in(4) {
            rows.retain(|row| row.granted.is_none() && row.ended.is_none());
        }
        Ok(self.chance.pick(&rows).cloned())
    }

    /// Somebody of the office grants, now and then what they have asked for themselves, or for longer than was asked.
    fn office_grants(&mut self) -> Kept {
        let Some(office) = self.some_office() else { return Ok(()) };
        let Some(row) = self.asking_on(office)? else { return Ok(()) };
        let phone = &self.members[office].phone;
        let (own, today) = (row.asked_by == phone.user, phone.clock().now().day());
        if own && !self.chance.one_in(4) {
            return Ok(());
        }
        let until = row.what.last_day(today).plus(if self.chance.one_in(6) { 3 } else { 0 });
        self.tells(format!("{} grants an export until {until}, their own: {own}", self.members[office].name));
        self.office_writes(office, kind::EXPORT_GRANTED, &ExportGranted { wanted: row.wanted, until })
    }

    fn office_ends(&mut self) -> Kept {
        let Some(office) = self.some_office() else { return Ok(()) };
        let rows = self.members[office].phone.ledger().export_grants().map_err(|error| error.to_string())?;
        let Some(wanted) = self.chance.pick(&rows).map(|row| row.wanted) else { return Ok(()) };
        self.tells(format!("{} refuses or ends an export", self.members[office].name));
        self.office_writes(office, kind::EXPORT_GRANT_END, &ExportGrantEnd { wanted, reason: "用完了".into() })
    }

    /// Somebody who is not of the county asks, grants and ends.
    fn somebody_grants(&mut self, at: usize) -> Kept {
        if self.model.holds_all(self.members[at].phone.user) {
            return Ok(());
        }
        let known: Vec<EntryName> = self.model.exports.asked.iter().map(|asked| asked.entry).collect();
        let Some(wanted) = self.chance.pick(&known).copied() else { return Ok(()) };
        self.tells(format!("{} decides about an export", self.members[at].name));
        match self.chance.below(3) {
            0 => {
                let asking = self.some_asking();
                self.office_writes(at, kind::EXPORT_WANTED, &asking)
            }
            1 => {
                let until = self.members[at].phone.clock().now().day();
                self.office_writes(at, kind::EXPORT_GRANTED, &ExportGranted { wanted, until })
            }
            _ => self.office_writes(at, kind::EXPORT_GRANT_END, &ExportGrantEnd { wanted, reason: String::new() }),
        }
    }

    /// Nor does the county's own hand grant anything: a program at the server might write it, and it counts nowhere.
    fn county_hand_grants(&mut self) -> Kept {
        let known: Vec<EntryName> = self.model.exports.asked.iter().map(|asked| asked.entry).collect();
        let Some(wanted) = self.chance.pick(&known).copied() else { return Ok(()) };
        self.tells("the county's own hand grants an export".into());
        let granted = ExportGranted { wanted, until: self.county_day() };
        self.village.county.directs(|w| w.record(OFFICE, kind::EXPORT_GRANTED, Source::Office, &granted));
        self.all_may_hear();
        Ok(())
    }

    /// Whether a person may decide so about an export, by what the log says.
    pub(super) fn may_decide_export(&self, entry: &Entry) -> bool {
        let granted = || {
            let ExportGranted { wanted, until } = body(entry);
            self.model.exports.of(wanted).is_some_and(|asked| asked.may_be_granted(entry.user, entry.at.day(), until))
        };
        self.model.holds_all(entry.user) && (entry.kind != kind::EXPORT_GRANTED || granted())
    }

    /// What was just numbered of an export came from whom it may come from.
    pub(super) fn check_export(&self, entry: &Entry) -> Kept {
        if !(kind::EXPORT_WANTED..=kind::EXPORT_GRANT_END).contains(&entry.kind) {
            return Ok(());
        }
        let hand = self.village.county.with(|county| county.identity()).map_err(|error| error.to_string())?;
        ensure(entry.device == hand.device || self.may_decide_export(entry), || {
            format!("kind {} was let in from {}", entry.kind, self.village.name_of(entry.user))
        })
    }

    /// The county, and every device of its office that has heard all, says of every asking just what the log says; nobody
    /// ever exports who was granted nothing.
    pub(super) fn check_exports(&self) -> Kept {
        self.village.county.with(|county| self.check_exports_on(county, &BTreeSet::new(), "county"))?;
        for member in &self.members {
            let ledger = member.phone.ledger();
            let rests = member.at_rest && !member.damaged && !self.is_shut_out(member.phone.device);
            if rests && self.model.holds_all(member.phone.user) {
                // An end counts at once where it was written.
                let held = ledger.all_held().map_err(|error| error.to_string())?;
                let waits = held.iter().filter(|held| held.number.is_none() && held.standing == Standing::Living);
                let ends = waits.filter_map(|held| Entry::read(&held.bytes).ok());
                let ends = ends.filter(|entry| entry.kind == kind::EXPORT_GRANT_END);
                let ends = ends.map(|entry| body::<ExportGrantEnd>(&entry).wanted).collect();
                self.check_exports_on(ledger, &ends, &member.name)?;
            }
            let today = ledger.latest_moment().map_err(|error| error.to_string())?.day();
            let rows = ledger.export_grants().map_err(|error| error.to_string())?;
            let wrong = rows.iter().find(|row| row.runs_on(today) && !self.granted_ever.contains(&row.wanted));
            ensure(wrong.is_none(), || {
                format!("{} exports within {:?}, granted by nobody", member.name, wrong.map(|row| row.wanted))
            })?;
        }
        Ok(())
    }

    fn check_exports_on(&self, ledger: &Ledger, ends: &BTreeSet<EntryName>, whose: &str) -> Kept {
        let rows = ledger.export_grants().map_err(|error| error.to_string())?;
        let rows: Vec<_> = rows.into_iter().filter(|row| row.numbered).collect();
        let all = &self.model.exports.asked;
        ensure(rows.len() == all.len(), || {
            format!("{whose}: {} were asked for, the log has {}", rows.len(), all.len())
        })?;
        let now = ledger.latest_moment().map_err(|error| error.to_string())?.day();
        for row in rows {
            let known = all.iter().find(|asked| asked.entry == row.wanted);
            let asked = known.ok_or_else(|| format!("{whose}: {:?} was asked by nobody", row.wanted))?;
            let asked = Asked { ended: asked.ended || ends.contains(&row.wanted), ..asked.clone() };
            let granted =
                row.granted.as_ref().filter(|granted| granted.numbered).map(|granted| (granted.by, granted.until));
            let ended = row.ended.is_some();
            ensure((row.asked_by, granted, ended) == (asked.by, asked.granted, asked.ended), || {
                format!("{whose}: {:?} is granted {granted:?}, ended {ended}; the log has {asked:?}", row.wanted)
            })?;
            let last = asked.granted.map_or(now, |(_, until)| until);
            let days = [
                now,
                last,
                last.plus(1),
                last.plus(1 - i32::from(asked.what.days)),
                last.plus(-i32::from(asked.what.days)),
            ];
            let wrong = days.into_iter().find(|day| row.runs_on(*day) != asked.runs(*day));
            ensure(wrong.is_none(), || {
                format!("{whose}: whether {:?} runs on {wrong:?} is not what the log says", row.wanted)
            })?;
        }
        Ok(())
    }
}
