//! 交接包: one page a household for whoever comes after: what was promised, what is open, what disagrees, the last two visits,
//! who is away, which languages, and a word of advice. Only the advice is typed; the rest is what the ledger holds.

use crate::app::App;
use crate::card::HouseholdCard;
use crate::covering::Cover;
use crate::error::{AppError, Result};
use crate::masking::restored;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field;
use lianhu_core::handover::{HandoverNote, HandoverTaken, LONGEST_ADVICE, MOST_TAKEN};
use lianhu_core::ids::{EntryName, UserId};
use lianhu_core::problem::ProblemKind;
use lianhu_core::scalar::Scalar;

use lianhu_ledger::{HandoverRow, HouseholdRow, NeedRow, PromiseRow, TakenOver, VisitRow};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// So many pages are made at once.
const PAGE: u32 = 40;
/// So many visits stand on one.
const VISITS: usize = 2;

/// The page of one household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HandoverPage {
    /// Whose page it is.
    pub row: HouseholdRow,
    /// What was promised and not kept yet.
    pub promises: Vec<PromiseRow>,
    /// Needs that are open.
    pub needs: Vec<NeedRow>,
    /// What the facts are called that say two things.
    pub disagreeing: Vec<String>,
    /// The last visits.
    pub visits: Vec<VisitRow>,
    /// Which languages are spoken there.
    pub languages: Option<String>,
    /// Who works away from home, and for how many months of the year.
    pub away: Vec<Away>,
    /// The note for the successor.
    pub note: Option<HandoverRow>,
    /// Whether it is for the person here to take it over.
    pub to_take: bool,
}

/// Somebody who works away from home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Away {
    /// Their name.
    pub name: String,
    /// Months of the year, as they were written down.
    pub months: String,
}

/// The pages, some at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HandoverPages {
    /// These.
    pub pages: Vec<HandoverPage>,
    /// Of so many.
    pub total: u32,
    /// How many of all have a note by the person here.
    pub written: u32,
}

impl App {
    /// The pages of the households held here, or of those that are to be taken over; pages of 40 from 0.
    pub fn handover_pages(&self, to_take: Option<bool>, page: Option<u32>) -> Result<HandoverPages> {
        let (me, notes) = {
            let ledger = self.ledger();
            (ledger.identity()?.user, ledger.handover_notes()?)
        };
        let written = notes.values().filter(|note| note.giver == me).count();
        let from = page.unwrap_or(0).saturating_mul(PAGE);
        let (ids, total) = if to_take.unwrap_or(false) {
            let waiting: Vec<_> = notes.values().filter(|note| note.asks).map(|note| note.household).collect();
            let total = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
            (waiting.into_iter().skip(from as usize).take(PAGE as usize).collect(), total)
        } else {
            let found = self.ledger().households("", None, from, PAGE)?;
            (found.rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), found.total)
        };
        let over = self.lease_over()?.is_some();
        let pages = ids.into_iter().map(|id| {
            let card = self.household(id.to_string())?;
            let mut note = notes.get(&id).cloned();
            // One's own advice is there to be written on.
            if let Some(note) = note.as_mut().filter(|note| over && note.giver != me) {
                Cover::Everything.over(&mut note.advice);
            }
            Ok(page_of(card, note))
        });
        Ok(HandoverPages { pages: pages.collect::<Result<_>>()?, total, written: u32::try_from(written).unwrap_or(0) })
    }

    /// Leaves a word of advice for whoever takes a household over.
    pub fn write_handover(&self, household: String, advice: String, to: Option<String>) -> Result<HandoverPage> {
        let id = self.household_of(&household)?;
        let advice = advice.trim().to_owned();
        if advice.chars().count() > LONGEST_ADVICE {
            return Err(AppError::field("advice", ProblemKind::TooLong { most: LONGEST_ADVICE }));
        }
        let to = to.map(|person| self.cadre_of(&person)).transpose()?;
        let was = self.ledger().handover_notes()?.remove(&id).map(|note| note.advice);
        let advice = was.map_or(advice.clone(), |was| restored(advice, &was));
        let body = HandoverNote { advice, to };
        self.ledger()
            .write(|writing| writing.record(About::Household(id), kind::HANDOVER_NOTE, Source::Household, &body))?;
        let card = self.household(id.to_string())?;
        let ledger = self.ledger();
        Ok(page_of(card, ledger.handover_notes()?.remove(&id)))
    }

    /// Takes households over: signs that their pages were looked at. Whoever gave them sees it.
    pub fn take_over(&self, households: Vec<String>) -> Result<u32> {
        let ids = households.iter().map(|household| self.household_of(household)).collect::<Result<Vec<_>>>()?;
        let mut ledger = self.ledger();
        let notes = ledger.handover_notes()?;
        let mut by_giver: BTreeMap<UserId, Vec<EntryName>> = BTreeMap::new();
        for note in ids.iter().filter_map(|id| notes.get(id)).filter(|note| note.asks) {
            by_giver.entry(note.giver).or_default().push(note.note);
        }
        let taken = by_giver.values().map(Vec::len).sum::<usize>();
        ledger.write(|writing| {
            for (giver, notes) in &by_giver {
                for some in notes.chunks(MOST_TAKEN) {
                    let body = HandoverTaken { notes: some.to_vec() };
                    writing.record(About::Cadre(*giver), kind::HANDOVER_TAKEN, Source::Seen, &body)?;
                }
            }
            Ok(())
        })?;
        Ok(u32::try_from(taken).unwrap_or(u32::MAX))
    }

    /// What others have taken over from the person here.
    pub fn taken_over(&self) -> Result<Vec<TakenOver>> {
        Ok(self.ledger().taken_over()?)
    }
}

fn page_of(card: HouseholdCard, note: Option<HandoverRow>) -> HandoverPage {
    let counts = |fact: &crate::card::Fact| fact.said.iter().find(|chip| chip.counts).map(|chip| chip.value.clone());
    let facts = card.facts.iter().chain(card.persons.iter().flat_map(|person| &person.facts));
    let disagreeing = facts.filter(|fact| fact.to_choose).map(|fact| fact.label.clone()).collect();
    let languages = card.facts.iter().find(|fact| fact.key == "languages").and_then(counts);
    let away = card.persons.iter().filter_map(|person| {
        let worked = person.facts.iter().find(|fact| field::split_key(&fact.key).1 == "work_months")?;
        let months = counts(worked).filter(|value| !matches!(value, Scalar::Null | Scalar::Int(0)))?.to_string();
        (!months.is_empty() && months != "0").then(|| Away { name: person.name.clone(), months })
    });
    HandoverPage {
        away: away.collect(),
        disagreeing,
        languages: languages.filter(|value| *value != Scalar::Null).map(|value| value.to_string()),
        to_take: note.as_ref().is_some_and(|note| note.asks),
        note,
        promises: card.promises,
        needs: card.needs,
        visits: card.visits.into_iter().take(VISITS).collect(),
        row: card.row,
    }
}
