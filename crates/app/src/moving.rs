//! 记错户了: a visit written down under the wrong household moves to the right one. The history of both says so.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::masking::mask_words;
use lianhu_core::circumstance::cover;
use lianhu_core::day::Day;
use lianhu_core::entry::{About, kind};
use lianhu_core::problem::ProblemKind;
use lianhu_core::record::{Remark, Strike};
use lianhu_core::visit::Visit;
use lianhu_ledger::VisitRow;

/// How the history of the wrong household says where a visit went.
const MOVED_TO: &str = "记错户了，移到 ";
const MOVED_END: &str = " 家";

/// How the history of the right household says where it came from: the day of the visit, then the head.
const MOVED_FROM: &str = "记错户了，";
const FROM_HEAD: &str = " 的走访是从 ";
const FROM_END: &str = " 家移来的";

/// Whose household a visit was moved to, by the reason for which it was struck.
pub(crate) fn moved_to(reason: &str) -> Option<&str> {
    reason.strip_prefix(MOVED_TO)?.strip_suffix(MOVED_END)
}

/// The day of a visit and from whose household it was moved, by the remark that says so.
pub(crate) fn moved_from(text: &str) -> Option<(Day, &str)> {
    let (day, head) = text.strip_prefix(MOVED_FROM)?.strip_suffix(FROM_END)?.split_once(FROM_HEAD)?;
    Some((Day::parse(day)?, head))
}

impl App {
    /// Moves a visit: written anew under the right household and struck under the wrong one, both or neither. A remark under the
    /// right one says where it came from.
    pub fn move_visit(&self, visit: String, household: String) -> Result<VisitRow> {
        let root = self.visit_of(&visit)?;
        let to = self.household_of(&household)?;
        let was = self.ledger().visit(root)?;
        let source = self.known_by(None, was.source)?;
        let mut ledger = self.ledger();
        if ledger.card_of(was.household)? == to {
            return Err(AppError::field("household", ProblemKind::WrongForm));
        }
        let head = ledger.household_row(to)?.map(|row| row.head).unwrap_or_default();
        let strike = Strike { record: root, reason: format!("{MOVED_TO}{head}{MOVED_END}") };
        let from = format!("{MOVED_FROM}{}{FROM_HEAD}{}{FROM_END}", was.visit.day, was.head);
        let body = Visit { amends: Vec::new(), ..was.visit };
        let moved = ledger.write(|writing| {
            writing.record(About::Household(was.household), kind::STRIKE, source, &strike)?;
            let moved = writing.record(About::Household(to), kind::VISIT, was.source, &body)?;
            let remark = Remark { record: moved, text: from };
            writing.record(About::Household(to), kind::REMARK, source, &remark)?;
            Ok(moved)
        })?;
        Ok(ledger.visit(moved)?)
    }

    /// Ticks a promise off: the visit is amended so that it stands no longer open, and says when it was kept.
    pub fn keep_promise(&self, visit: String, text: String) -> Result<VisitRow> {
        let root = self.visit_of(&visit)?;
        let today = self.today();
        let mut ledger = self.ledger();
        let was = ledger.visit(root)?;
        let mut kept = was.visit;
        let same = |promise: &lianhu_core::visit::Promise| {
            // As it is shown on the card, or covered in today's list.
            [promise.text.clone(), mask_words(&promise.text), mask_words(&cover(&promise.text))].contains(&text)
        };
        let at = kept.promises.iter().position(same).ok_or_else(|| AppError::missing(&text))?;
        let promise = kept.promises.remove(at);
        let done = format!("已办到：{}（{today}）", promise.text);
        kept.note = Some(kept.note.map_or_else(|| done.clone(), |note| format!("{note}\n{done}")));
        kept.amends = ledger.live_versions(root)?;
        ledger.write(|writing| writing.record(About::Household(was.household), kind::VISIT, was.source, &kept))?;
        Ok(ledger.visit(root)?)
    }
}
