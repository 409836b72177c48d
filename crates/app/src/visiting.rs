//! Visits: recorded in one act, corrected and struck by further records, never edited.

use crate::app::App;
use crate::covering::Cover;
use crate::error::{AppError, Result};
use crate::learned::Learned;
use crate::uncovering::uncovered;
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::EntryId;
use lianhu_core::problem::ProblemKind;
use lianhu_core::record::NeedStep;
use lianhu_core::visit::Visit;
use lianhu_ledger::{NeedRow, VisitQuery, VisitRow};
use serde::Serialize;
use ts_rs::TS;

/// A visit begun and not yet saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DraftRow {
    /// Its id.
    pub id: EntryId,
    /// Of which household.
    pub household: String,
    /// What was filled in so far, as the form keeps it.
    pub body: String,
    /// When it was last touched, in seconds since 1970.
    #[ts(type = "number")]
    pub saved_at: i64,
}

impl App {
    /// Records a visit, and what was learned at it, in one act: all of it is on disk when this returns, or none. A draft it
    /// came from is let go.
    pub fn record_visit(
        &self,
        household: String,
        visit: Visit,
        source: Option<Source>,
        draft: Option<EntryId>,
        learned: Option<Learned>,
    ) -> Result<VisitRow> {
        let household = self.household_of(&household)?;
        self.check_visit(&visit)?;
        let visit = Visit { amends: Vec::new(), ..visit };
        let mut ledger = self.ledger();
        let learned = self.learned(&ledger, household, learned)?;
        let (about, source) = (About::Household(household), source.unwrap_or_default());
        let root = Self::write_form(&mut ledger, draft, learned, source, |writing| {
            writing.record(about, kind::VISIT, source, &visit)
        })?;
        Ok(ledger.visit(root)?)
    }

    /// Corrects a visit: the whole of it, as it should have been. Both versions stay in the ledger, and a number that a screen
    /// was shown masked and sent back so stays what it was. What was learned comes with it, and a draft it came from is let go.
    pub fn amend_visit(
        &self,
        visit: String,
        correct: Visit,
        source: Option<Source>,
        draft: Option<EntryId>,
        learned: Option<Learned>,
    ) -> Result<VisitRow> {
        let root = self.visit_of(&visit)?;
        self.check_visit(&correct)?;
        let mut ledger = self.ledger();
        let was = ledger.visit(root)?;
        let household = was.household;
        let correct = Visit { amends: ledger.live_versions(root)?, ..uncovered(correct, &was.visit) };
        let learned = self.learned(&ledger, household, learned)?;
        let (about, source) = (About::Household(household), source.unwrap_or_default());
        Self::write_form(&mut ledger, draft, learned, source, |writing| {
            writing.record(about, kind::VISIT, source, &correct)
        })?;
        Ok(ledger.visit(root)?)
    }

    /// Visits of a household or a place, newest first. In the list of a place, words that tell of health or income are
    /// covered.
    pub fn visits(
        &self,
        household: Option<String>,
        place: Option<String>,
        from: Option<Day>,
        to: Option<Day>,
        most: Option<u32>,
    ) -> Result<Vec<VisitRow>> {
        let household = household.map(|household| self.household_of(&household)).transpose()?;
        let cover = self.cover_of_rows()?;
        let place = self.place_or_all(place.as_deref())?;
        let query = VisitQuery { household, place, from, to, struck: false, most: most.unwrap_or(200).min(5000) };
        let mut rows = self.ledger().visits(&query)?;
        if household.is_none() || cover == Cover::Everything {
            rows.iter_mut().for_each(|row| cover.over_visit(&mut row.visit));
        }
        Ok(rows)
    }

    /// Needs, of a household or of all; only open ones unless asked for all. In the list of all, words that tell of health or
    /// income are covered.
    pub fn needs(&self, household: Option<String>, all: Option<bool>) -> Result<Vec<NeedRow>> {
        let household = household.map(|household| self.household_of(&household)).transpose()?;
        let mut needs = self.ledger().needs(household, !all.unwrap_or(false))?;
        let cover = self.cover_of_rows()?;
        if household.is_none() || cover == Cover::Everything {
            needs.iter_mut().for_each(|need| cover.over(&mut need.text));
        }
        Ok(needs)
    }

    /// Records how far a need has come: 受理 1, 办理 2, 办结 3, 评价 4.
    pub fn settle_need(&self, visit: String, position: u16, step: u8, result: Option<String>) -> Result<Vec<NeedRow>> {
        let root = self.visit_of(&visit)?;
        if !(1..=4).contains(&step) {
            return Err(AppError::field("step", ProblemKind::WrongForm));
        }
        let (day, source) = (self.today(), self.known_by(None, Source::Household)?);
        let mut ledger = self.ledger();
        let household = ledger.visit(root)?.household;
        if !ledger.needs(Some(household), false)?.iter().any(|need| need.visit == root && need.position == position) {
            return Err(AppError::missing("诉求"));
        }
        let body = NeedStep { visit: root, index: position, step, day, result };
        ledger.write(|writing| writing.record(About::Household(household), kind::NEED_STEP, source, &body))?;
        Ok(ledger.needs(Some(household), false)?)
    }

    /// Keeps a visit that was begun: on disk with every tap.
    pub fn save_draft(&self, id: Option<EntryId>, household: String, body: String) -> Result<EntryId> {
        let household = self.household_of(&household)?;
        Ok(self.ledger().save_draft(id, household, &body)?)
    }

    /// Visits begun and not yet saved, newest first.
    pub fn drafts(&self) -> Result<Vec<DraftRow>> {
        let ledger = self.ledger();
        let row = |draft: lianhu_ledger::Draft| {
            Ok(DraftRow {
                id: draft.id,
                household: ledger.card_of(draft.household)?.to_string(),
                body: draft.body,
                saved_at: draft.saved_at.0,
            })
        };
        ledger.drafts()?.into_iter().map(row).collect()
    }

    /// Lets a draft go.
    pub fn discard_draft(&self, id: EntryId) -> Result<bool> {
        Ok(self.ledger().discard_draft(id)?)
    }

    fn check_visit(&self, visit: &Visit) -> Result<()> {
        let problems = visit.problems(self.today());
        if problems.is_empty() { Ok(()) } else { Err(AppError::Invalid { problems }) }
    }
}
