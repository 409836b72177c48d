//! What a row of a list tells of a visit, a need or a fact: whoever looks over a shoulder reads no health, income, allowance or
//! monitoring there; the card tells it. Once the lease is over nothing of it is told anywhere.

use crate::lease::COVERED;
use crate::told::Told;
use crate::uncovering::covered_item;
use lianhu_core::circumstance;
use lianhu_core::field::{self, Class};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;

/// What stands for the name of a fact that is told on the card only.
const SENSITIVE: &str = "sensitive";

/// How much of the words is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Words that tell of circumstances: in rows of lists.
    Circumstances,
    /// All of them: the lease is over.
    Everything,
}

impl Cover {
    pub(crate) fn over(self, text: &mut String) {
        *text = match self {
            Self::Circumstances => circumstance::cover(text),
            Self::Everything if text.is_empty() => return,
            Self::Everything => COVERED.to_owned(),
        };
    }

    pub(crate) fn over_visit(self, visit: &mut Visit) {
        let words = visit.note.iter_mut().chain(visit.purpose.iter_mut());
        let words = words.chain(visit.needs.iter_mut().map(|need| &mut need.text));
        words.for_each(|text| self.over(text));
        for (place, aid) in visit.aid.iter_mut().enumerate() {
            match self {
                Self::Circumstances => self.over(&mut aid.item),
                Self::Everything => aid.item = covered_item(place),
            }
        }
        // What was promised can be read after the lease too: it is to be kept.
        visit.promises.iter_mut().for_each(|promise| Self::Circumstances.over(&mut promise.text));
    }

    pub(crate) fn over_told(self, told: &mut Told) {
        match told {
            Told::Visit { visit } => self.over_visit(visit),
            Told::Change { facts } => {
                for fact in facts {
                    let class = field::field_of_key(&fact.key).map_or(Class::P3, |field| field.class);
                    // In a list the type of a household tells of it as well; other personal facts are what one wrote.
                    let telling = match self {
                        Self::Circumstances => class >= Class::P3 || fact.key == "household_type",
                        Self::Everything => class >= Class::P2,
                    };
                    if class >= Class::P3 && !is_number(&fact.key) {
                        // That somebody has such a fact at all tells something of them.
                        (fact.key, fact.label) = (SENSITIVE.to_owned(), "一项敏感资料".to_owned());
                    }
                    match &mut fact.value {
                        // A masked number is masked already.
                        Scalar::Text(text) if !telling || (is_number(&fact.key) && text.contains('*')) => {
                            self.over(text)
                        }
                        Scalar::Null => {}
                        value if telling && fact.key != "name" => *value = Scalar::Text(COVERED.to_owned()),
                        _ => {}
                    }
                }
            }
            Told::Strike { reason: text, .. }
            | Told::Remark { text, .. }
            | Told::NeedStep { result: Some(text), .. }
            | Told::AbsentAnswer { answer: text }
            | Told::Handover { advice: text }
            | Told::PlacementWanted { reason: text }
            | Told::GrantEnd { reason: text }
            | Told::Join { reason: text, .. }
            | Told::JoinEnd { reason: text }
            | Told::Apart { reason: text } => self.over(text),
            Told::Registration
            | Told::Restored { .. }
            | Told::NeedStep { .. }
            | Told::Absent { .. }
            | Told::Placement
            | Told::Grant { .. }
            | Told::Approval { .. }
            | Told::SampleOpened { .. }
            | Told::Other => {}
        }
    }
}

/// Whether a fact is a number that everybody has.
fn is_number(key: &str) -> bool {
    matches!(key.rsplit('/').next(), Some("id_no" | "phone"))
}
