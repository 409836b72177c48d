//! 记错户了: a visit written down under the wrong household moves to the right one, or is struck. The histories say so.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::masking::mask_words;
use crate::updating::Facts;
use lianhu_core::circumstance::cover;
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::HouseholdId;
use lianhu_core::problem::ProblemKind;
use lianhu_core::record::{Remark, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Ledger, PutFact, VisitRow};

/// The number of a household.
const PHONE: &str = "phone";
/// What is put within so many seconds of a visit was said at it.
const AT_A_VISIT: i64 = 120;

/// How the history of the wrong household says where a visit went.
const MOVED_TO: &str = "记错户了，移到 ";
const MOVED_END: &str = " 家";

/// How the history says of a visit that was moved by mistake whose it is again.
const MOVED_BACK: &str = "移错了，移回 ";

/// How the history of the right household says where it came from: the day of the visit, then the head.
const MOVED_FROM: &str = "记错户了，";
const FROM_HEAD: &str = " 的走访是从 ";
const FROM_END: &str = " 家移来的";

/// Whose household a visit was moved to, by the reason for which it was struck.
pub(crate) fn moved_to(reason: &str) -> Option<&str> {
    reason.strip_prefix(MOVED_TO)?.strip_suffix(MOVED_END)
}

/// Whose household a visit was moved back to, by the reason for which it was struck.
pub(crate) fn moved_back(reason: &str) -> Option<&str> {
    reason.strip_prefix(MOVED_BACK)?.strip_suffix(MOVED_END)
}

/// Why a visit is struck that is moved back.
pub(crate) fn back_to(head: &str) -> String {
    format!("{MOVED_BACK}{head}{MOVED_END}")
}

/// The day of a visit and from whose household it was moved, by the remark that says so.
pub(crate) fn moved_from(text: &str) -> Option<(Day, &str)> {
    let (day, head) = text.strip_prefix(MOVED_FROM)?.strip_suffix(FROM_END)?.split_once(FROM_HEAD)?;
    Some((Day::parse(day)?, head))
}

impl App {
    /// Moves a visit: written anew under the right household and struck under the wrong one, both or neither. A remark under the
    /// right one says where it came from. With `phone` the number that was said at it goes along.
    pub fn move_visit(&self, visit: String, household: String, phone: Option<bool>) -> Result<VisitRow> {
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
        let said = if phone == Some(true) { said_at(&ledger, &was)? } else { None };
        let to_confirm = Self::confirmed_by_putting(&ledger)?;
        let body = Visit { amends: Vec::new(), ..was.visit };
        let moved = ledger.write(|writing| {
            if let Some((card, before)) = said.as_ref().and_then(Given::taken_back) {
                Self::put_on(writing, card, before, source, &to_confirm)?;
            }
            writing.record(About::Household(was.household), kind::STRIKE, source, &strike)?;
            if let Some(said) = &said {
                Self::put_on(writing, to, phone_is(said.fact.value.clone()), was.source, &to_confirm)?;
            }
            let moved = writing.record(About::Household(to), kind::VISIT, was.source, &body)?;
            let remark = Remark { record: moved, text: from };
            writing.record(About::Household(to), kind::REMARK, source, &remark)?;
            Ok(moved)
        })?;
        Ok(ledger.visit(moved)?)
    }

    /// Strikes a visit that should not have been. It stays in the history, and counts nowhere. With `phone` the number that was
    /// said at it is taken back too.
    pub fn strike_visit(
        &self,
        visit: String,
        reason: String,
        source: Option<Source>,
        phone: Option<bool>,
    ) -> Result<VisitRow> {
        let root = self.visit_of(&visit)?;
        let was = self.ledger().visit(root)?;
        let source = self.known_by(source, was.source)?;
        let mut ledger = self.ledger();
        let said = if phone == Some(true) { said_at(&ledger, &was)? } else { None };
        let to_confirm = Self::confirmed_by_putting(&ledger)?;
        let strike = Strike { record: root, reason };
        ledger.write(|writing| {
            if let Some((card, before)) = said.as_ref().and_then(Given::taken_back) {
                Self::put_on(writing, card, before, source, &to_confirm)?;
            }
            writing.record(About::Household(was.household), kind::STRIKE, source, &strike)
        })?;
        Ok(ledger.visit(root)?)
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

/// A number of a household that was said at a visit to it.
struct Given {
    card: HouseholdId,
    fact: PutFact,
}

impl Given {
    /// What was known before, to be said again; nothing where somebody else has spoken of it since, or several things were said.
    fn taken_back(&self) -> Option<(HouseholdId, Facts)> {
        let before = match self.fact.before.as_slice() {
            [] => Scalar::Null,
            [before] => before.clone(),
            _ => return None,
        };
        (self.fact.alone && before != self.fact.value).then(|| (self.card, phone_is(before)))
    }
}

fn phone_is(value: Scalar) -> Facts {
    Facts::from([(PHONE.to_owned(), value)])
}

/// The number that whoever wrote a visit has put of its household at the same time, if they have.
fn said_at(ledger: &Ledger, visit: &VisitRow) -> Result<Option<Given>> {
    let near = |at: i64| (at - visit.written_at.0).abs() < AT_A_VISIT;
    for one in ledger.timeline(visit.household, true)? {
        if one.kind == kind::CHANGE && one.user == visit.user && near(one.at.0) {
            let put = ledger.put_facts(one.entry)?.into_iter();
            if let Some(fact) = put.into_iter().find(|fact| fact.key == PHONE && fact.value != Scalar::Null) {
                return Ok(Some(Given { card: one.card, fact }));
            }
        }
    }
    Ok(None)
}
