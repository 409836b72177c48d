//! Joining 合并 households and persons that were written down twice, and parting 拆开 them again. Both cards stay what they
//! are; what changes is which one is shown and counted.

use crate::app::App;
use crate::card::HouseholdCard;
use crate::error::{AppError, Result};
use lianhu_core::entry::{About, kind};
use lianhu_core::ids::EntryName;
use lianhu_core::join::{Apart, Join, Pair};
use lianhu_core::problem::ProblemKind;
use lianhu_ledger::{Duplicates, HouseholdRow, JoinRow, Ledger, NotJoined};
use serde::Serialize;
use ts_rs::TS;

/// Rows on one page of what may be written down twice.
const PAGE: u32 = 20;

/// A join in force, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JoinedCard {
    /// The join: by it they are parted.
    pub entry: EntryName,
    /// The card that was joined.
    pub joins: HouseholdRow,
    /// The card it was joined into.
    pub stays: HouseholdRow,
    /// Who is who, in names.
    pub names: Vec<PairNames>,
    /// Who is who, to join them once more.
    pub persons: Vec<Pair>,
    /// Whether it is the same household, or only these persons are on both lists.
    pub whole: bool,
    /// Why.
    pub reason: String,
    /// Whether it still waits for the county's number.
    pub waiting: bool,
    /// Whether whoever asks may part them.
    pub may_part: bool,
}

/// What one person is called on two cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PairNames {
    /// On the card that was joined.
    pub joins: String,
    /// On the one that stays.
    pub stays: String,
}

/// One page of joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JoinedHouseholds {
    /// How many there are in all.
    pub total: u32,
    /// These of them.
    pub rows: Vec<JoinedCard>,
}

impl App {
    /// Households that look as if they were written down twice, the likeliest first; pages from 0.
    pub fn duplicate_candidates(&self, place: Option<String>, page: Option<u32>) -> Result<Duplicates> {
        let place = self.place_or_all(place.as_deref())?;
        Ok(self.ledger().duplicate_candidates(place, page.unwrap_or(0).saturating_mul(PAGE), PAGE)?)
    }

    /// Joins a household into another that is the same; or only persons of it who are on both lists.
    pub fn join_households(
        &self,
        joins: String,
        stays: String,
        persons: Vec<Pair>,
        whole: Option<bool>,
        reason: String,
    ) -> Result<HouseholdCard> {
        self.check_may_direct()?;
        let (household, into) = (self.card_itself(&joins)?, self.card_itself(&stays)?);
        let whole = whole.unwrap_or(true);
        let reason = said(reason)?;
        let mut ledger = self.ledger();
        let mut kept = Vec::new();
        for pair in persons {
            // Somebody of a card that is joined itself is meant as who they are counted as.
            let (card, person) = ledger.person_home(into, pair.into)?;
            if card == into {
                kept.push(Pair { person: pair.person, into: person });
            }
        }
        let join = Join { into, persons: kept, whole, reason };
        ledger.join(household, &join)?.map_err(not_joined)?;
        drop(ledger);
        self.household(stays)
    }

    /// Parts what was joined: everything is as it was before. The card that was joined is shown again.
    pub fn part_households(&self, join: EntryName, reason: String) -> Result<HouseholdCard> {
        self.check_may_direct()?;
        let reason = said(reason)?;
        let mut ledger = self.ledger();
        let household = ledger.joining(join)?.ok_or_else(|| AppError::missing("合并"))?;
        ledger.part(join, &reason)?.map_err(not_joined)?;
        drop(ledger);
        self.household(household.to_string())
    }

    /// Says that two households that look alike are not the same: they are shown again once facts change.
    pub fn tell_apart(&self, household: String, other: String, reason: String) -> Result<()> {
        let (household, other) = (self.household_of(&household)?, self.household_of(&other)?);
        if household == other {
            return Err(AppError::field("other", ProblemKind::WrongForm));
        }
        let source = self.known_by(None, lianhu_core::entry::Source::Seen)?;
        let body = Apart { from: other, reason: reason.trim().to_owned() };
        self.ledger().write(|writing| writing.record(About::Household(household), kind::APART, source, &body))?;
        Ok(())
    }

    /// The joins in force, the newest first; pages from 0.
    pub fn joined_households(&self, page: Option<u32>) -> Result<JoinedHouseholds> {
        let ledger = self.ledger();
        let (total, rows) = ledger.joins(page.unwrap_or(0).saturating_mul(PAGE), PAGE)?;
        Ok(JoinedHouseholds { total, rows: joined_cards(&ledger, rows)? })
    }
}

/// Joins as they are shown; one of which a card is not held here is left out.
pub(crate) fn joined_cards(ledger: &Ledger, joins: Vec<JoinRow>) -> Result<Vec<JoinedCard>> {
    let mut cards = Vec::new();
    for join in joins {
        let (joins, stays) = (ledger.household_row(join.household)?, ledger.household_row(join.into)?);
        let (Some(joins), Some(stays)) = (joins, stays) else { continue };
        let (one, other) = (ledger.own_persons(join.household)?, ledger.own_persons(join.into)?);
        let name = |persons: &[lianhu_ledger::PersonRow], id| {
            persons.iter().find(|person| person.id == id).map(|person| person.name.clone()).unwrap_or_default()
        };
        let names = join
            .persons
            .iter()
            .map(|pair| PairNames { joins: name(&one, pair.person), stays: name(&other, pair.into) });
        cards.push(JoinedCard {
            entry: join.entry,
            joins,
            stays,
            names: names.collect(),
            may_part: ledger.may_join([join.household, join.into])?,
            persons: join.persons,
            whole: join.whole,
            reason: join.reason,
            waiting: join.number.is_none(),
        });
    }
    Ok(cards)
}

fn said(reason: String) -> Result<String> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() { Err(AppError::field("reason", ProblemKind::Missing)) } else { Ok(reason) }
}

fn not_joined(why: NotJoined) -> AppError {
    match why {
        NotJoined::NotAllowed => AppError::NotAllowed,
        NotJoined::Circle => AppError::JoinedAlready,
        NotJoined::Senseless => AppError::field("persons", ProblemKind::WrongForm),
    }
}
