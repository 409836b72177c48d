//! 记错户了: a visit written down under the wrong household moves to the right one. The history of both says so.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::visiting::shown;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::problem::ProblemKind;
use lianhu_core::record::Strike;
use lianhu_core::visit::Visit;
use lianhu_ledger::VisitRow;

impl App {
    /// Moves a visit: written anew under the right household and struck under the wrong one, both or neither.
    pub fn move_visit(&self, visit: String, household: String) -> Result<VisitRow> {
        let root = self.visit_of(&visit)?;
        let to = self.household_of(&household)?;
        let mut ledger = self.ledger();
        let was = ledger.visit(root)?;
        if was.household == to {
            return Err(AppError::field("household", ProblemKind::WrongForm));
        }
        let head = ledger.household_row(to)?.map(|row| row.head).unwrap_or_default();
        let strike = Strike { record: root, reason: format!("记错户了，移到 {head} 家") };
        let body = Visit { amends: Vec::new(), ..was.visit };
        let moved = ledger.write(|writing| {
            writing.record(About::Household(was.household), kind::STRIKE, Source::Office, &strike)?;
            writing.record(About::Household(to), kind::VISIT, was.source, &body)
        })?;
        Ok(shown(ledger.visit(moved)?))
    }

    /// Ticks a promise off: the visit is amended so that it stands no longer open, and says when it was kept.
    pub fn keep_promise(&self, visit: String, text: String) -> Result<VisitRow> {
        let root = self.visit_of(&visit)?;
        let today = self.today();
        let mut ledger = self.ledger();
        let was = ledger.visit(root)?;
        let mut kept = was.visit;
        let same = |promise: &lianhu_core::visit::Promise| {
            promise.text == text || lianhu_core::mask::mask_certificates_in_text(&promise.text) == text
        };
        let at = kept.promises.iter().position(same).ok_or_else(|| AppError::missing(&text))?;
        let promise = kept.promises.remove(at);
        let done = format!("已办到：{}（{today}）", promise.text);
        kept.note = Some(kept.note.map_or_else(|| done.clone(), |note| format!("{note}\n{done}")));
        kept.amends = ledger.live_versions(root)?;
        ledger.write(|writing| writing.record(About::Household(was.household), kind::VISIT, was.source, &kept))?;
        Ok(shown(ledger.visit(root)?))
    }
}
