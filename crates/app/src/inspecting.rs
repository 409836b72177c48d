//! 督查: the county opens an inspection for a team that has no ledger, prints its pass, sees what was drawn and opened, and ends
//! it; by household, never by person.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::day::{Day, Period};
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::entry::{Source, kind};
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::inspection::{Inspection, InspectionEnd, LONGEST_PERIOD, LONGEST_TEAM, MOST_DAYS, purpose};
use lianhu_core::pass_code::PassCode;
use lianhu_core::problem::ProblemKind;
use lianhu_core::trace::OFFICE;
use lianhu_ledger::{InspectionRow, Stage};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// Under which setting the fingerprint of the certificate lies that the county showed last.
pub(crate) const CERTIFICATE: &str = "certificate";

/// How an inspection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InspectionStage {
    /// It waits for the county's number: exchange once.
    Waiting,
    /// Its first day is still to come.
    Coming,
    /// Its pass opens the pages.
    Running,
    /// It is over.
    Ended,
}

/// A pass 督查通行证, as it is printed. The code is shown this once and stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Pass {
    /// Which inspection it opens.
    pub inspection: EntryName,
    /// The address of the pages.
    pub address: String,
    /// SHA-256 of the certificate, as a browser shows it; none before the first exchange.
    pub certificate: Option<String>,
    /// The fingerprint of the county's key, as on enrolment slips.
    pub fingerprint: String,
    /// The code, in groups of five.
    pub code: String,
    /// The team.
    pub team: String,
    /// The place, from the county down; none means the whole county.
    pub place: Option<String>,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The records it looks at.
    pub period: Period,
    /// What for.
    pub purpose: String,
}

/// A household that was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DrawnSample {
    /// Which.
    pub household: HouseholdId,
    /// Its head.
    pub head: String,
    /// Its village.
    pub place: Option<String>,
    /// How often it was opened.
    pub opened: u32,
}

/// One draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DrawTold {
    /// The how-manieth of its inspection.
    pub draw: u32,
    /// The inspector's own words.
    pub words: String,
    /// How many stood on the list.
    pub listed: u32,
    /// As of which number of the county.
    #[ts(type = "number")]
    pub number: u64,
    /// Who was drawn and is still kept.
    pub samples: Vec<DrawnSample>,
}

/// An inspection, as the county sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct InspectionTold {
    /// The entry that opened it.
    pub inspection: EntryName,
    /// The team.
    pub team: String,
    /// The place, from the county down; none means the whole county.
    pub place: Option<String>,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The records it looks at.
    pub period: Period,
    /// What for.
    pub purpose: String,
    /// How it stands.
    pub stage: InspectionStage,
    /// The day on which it was ended early.
    pub ended: Option<Day>,
    /// Whether its end waits for the county's number.
    pub ending: bool,
    /// How many households were drawn.
    pub drawn: u32,
    /// How many of them were opened.
    pub opened: u32,
    /// The draws, in their order.
    pub draws: Vec<DrawTold>,
}

impl App {
    /// Opens an inspection and makes its pass. It works once this device has exchanged.
    pub fn open_inspection(
        &self,
        team: String,
        place: Option<String>,
        from: Day,
        to: Day,
        period: Period,
        purpose: String,
    ) -> Result<Pass> {
        self.check_is_county()?;
        self.check_is_no_practice()?;
        let team = team.trim().to_owned();
        if team.is_empty() {
            return Err(AppError::field("team", ProblemKind::Missing));
        }
        if team.chars().count() > LONGEST_TEAM {
            return Err(AppError::field("team", ProblemKind::TooLong { most: LONGEST_TEAM }));
        }
        if !purpose::ALL.contains(&purpose.as_str()) {
            return Err(AppError::field("purpose", ProblemKind::Missing));
        }
        let lasts = i64::from(to.0) - i64::from(from.0);
        if !(0..i64::from(MOST_DAYS)).contains(&lasts) || to < self.today() {
            return Err(AppError::field("inspection_to", ProblemKind::WrongForm));
        }
        let looks = i64::from(period.to.0) - i64::from(period.from.0);
        if !(0..=i64::from(LONGEST_PERIOD)).contains(&looks) {
            return Err(AppError::field("inspection_period", ProblemKind::WrongForm));
        }
        let place = self.place_or_all(place.as_deref())?;
        let known = place.map(|id| self.ledger().place(id)).transpose()?.flatten();
        if known.as_ref().is_some_and(|place| !["county", "town", "village"].contains(&place.level.as_str())) {
            return Err(AppError::field("inspection_place", ProblemKind::Unknown));
        }
        // The county itself is all there is.
        let known = known.filter(|place| place.level != "county");
        let code = PassCode::mint(&*self.around);
        let body = Inspection {
            team,
            place: known.as_ref().map(|place| place.id),
            from,
            to,
            since: period.from,
            until: period.to,
            purpose,
            secret: code.hash(),
        };
        let mut ledger = self.ledger();
        let server = ledger.setting("server")?.unwrap_or_default();
        let pin = ledger.setting("pin")?.as_deref().and_then(Fingerprint::parse).ok_or(AppError::NotEnrolled)?;
        let inspection = ledger.write(|writing| writing.record(OFFICE, kind::INSPECTION, Source::Office, &body))?;
        Ok(Pass {
            inspection,
            address: format!("{}/inspection", server.trim_end_matches('/')),
            certificate: ledger.setting(CERTIFICATE)?.filter(|shown| !shown.is_empty()),
            fingerprint: pin.to_string(),
            code: code.to_string(),
            team: body.team,
            place: known.map(|place| place.path),
            from,
            to,
            period,
            purpose: body.purpose,
        })
    }

    /// Ends an inspection before its last day: from the county's number on its pass opens nothing.
    pub fn end_inspection(&self, inspection: EntryName, reason: Option<String>) -> Result<Vec<InspectionTold>> {
        self.check_is_county()?;
        let row = self.ledger().inspection(inspection)?.ok_or_else(|| AppError::missing("督查"))?;
        if row.stage(self.today()) != Stage::Ended && !row.ending {
            let body = InspectionEnd { inspection, reason: reason.unwrap_or_default().trim().to_owned() };
            self.ledger().write(|writing| writing.record(OFFICE, kind::INSPECTION_END, Source::Office, &body))?;
        }
        self.inspections()
    }

    /// The inspections, the newest first, and what was drawn and opened in each.
    pub fn inspections(&self) -> Result<Vec<InspectionTold>> {
        self.check_is_county()?;
        let ledger = self.ledger();
        let places: BTreeMap<_, _> = ledger.places()?.into_iter().map(|place| (place.id, place.path)).collect();
        let tell = |row: InspectionRow| {
            let samples = ledger.samples(row.entry)?;
            let mut draws = Vec::new();
            for (entry, drawn) in ledger.draws(row.entry)? {
                let mut told = Vec::new();
                for sample in samples.iter().filter(|sample| sample.draw == entry) {
                    let shown = ledger.household_row(sample.household)?;
                    told.push(DrawnSample {
                        household: sample.household,
                        head: shown.as_ref().map(|row| row.head.clone()).unwrap_or_default(),
                        place: shown.and_then(|row| row.village),
                        opened: sample.opened,
                    });
                }
                let (draw, words) = (drawn.draw, drawn.words);
                draws.push(DrawTold { draw, words, listed: drawn.listed, number: drawn.number, samples: told });
            }
            let stage = match row.stage(self.today()) {
                Stage::Waiting => InspectionStage::Waiting,
                Stage::Coming => InspectionStage::Coming,
                Stage::Running => InspectionStage::Running,
                Stage::Ended => InspectionStage::Ended,
            };
            let period = row.inspection.period();
            Ok(InspectionTold {
                inspection: row.entry,
                place: row.inspection.place.and_then(|id| places.get(&id).cloned()),
                team: row.inspection.team,
                from: row.inspection.from,
                to: row.inspection.to,
                period,
                purpose: row.inspection.purpose,
                stage,
                ended: row.ended,
                ending: row.ending,
                drawn: crate::roster::count(samples.len()),
                opened: crate::roster::count(samples.iter().filter(|sample| sample.opened > 0).count()),
                draws,
            })
        };
        ledger.inspections()?.into_iter().map(tell).collect()
    }
}
