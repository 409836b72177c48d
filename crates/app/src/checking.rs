//! 核对证件: the last six characters of a certificate, held in the hand, against what is written down. The answer is yes or
//! no; the number itself is not shown, and that it was checked leaves a trace.

use crate::app::App;
use crate::card::text_that_counts;
use crate::error::{AppError, Result};
use lianhu_core::entry::About;
use lianhu_core::field;
use lianhu_core::ids::PersonId;
use lianhu_core::problem::ProblemKind;
use lianhu_core::text::tidy_cell;
use lianhu_core::trace::act;
use serde::Serialize;
use ts_rs::TS;

/// How many characters of the end are compared.
const TAIL: usize = 6;
/// Characters of a resident's number.
const OF_A_PERSON: usize = 18;

/// What a certificate in the hand says of the one written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// 一致.
    Same,
    /// 不一致.
    Different,
    /// Nothing is written down to compare with.
    NothingWritten,
}

/// Whether a number, or the one inside it, ends so: a disability certificate's begins with that of its owner.
fn ends_with(number: &str, tail: &str) -> bool {
    let own = number.get(..OF_A_PERSON).filter(|_| number.len() > OF_A_PERSON);
    number.ends_with(tail) || own.is_some_and(|own| own.ends_with(tail))
}

impl App {
    /// Compares the last six characters of a certificate with the one that counts for this person.
    pub fn check_certificate(&self, household: String, person: PersonId, tail: String) -> Result<Checked> {
        self.check_lease()?;
        let household = self.household_of(&household)?;
        let tail: String = tidy_cell(&tail).to_ascii_uppercase();
        if tail.chars().count() != TAIL || !tail.chars().all(|c| c.is_ascii_digit() || c == 'X') {
            return Err(AppError::field("tail", ProblemKind::WrongForm));
        }
        let mut ledger = self.ledger();
        if !ledger.persons(household)?.iter().any(|known| known.id == person) {
            return Err(AppError::missing("家庭成员"));
        }
        let key = field::person_key(person, "id_no");
        let checked = match text_that_counts(&ledger, household, &key)? {
            None => Checked::NothingWritten,
            Some(number) if ends_with(&number.to_ascii_uppercase(), &tail) => Checked::Same,
            Some(_) => Checked::Different,
        };
        let answer = if checked == Checked::Same { "一致" } else { "不一致" };
        ledger.note_audit(&format!("{} {key}", act::CHECK), About::Household(household), answer)?;
        Ok(checked)
    }
}
