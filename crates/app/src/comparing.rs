//! Two cards side by side, and what looks like something that is about to be written down.

use crate::app::App;
use crate::card::mask;
use crate::error::{AppError, Result};
use crate::updating::Facts;
use lianhu_core::alike::{Compared, ComparedPerson, Likeness};
use lianhu_core::day::Day;
use lianhu_core::field::{self, Field, Of};
use lianhu_core::ids::{HouseholdId, PersonId};
use lianhu_core::scalar::Scalar;
use lianhu_ledger::{HouseholdRow, Ledger, Like, PersonRow, VisitQuery};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// How many households are shown that look like one about to be written down.
const MOST: usize = 5;

/// Two cards side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Comparison {
    /// The card that would stay.
    pub stays: CardSide,
    /// The card that would be joined into it.
    pub joins: CardSide,
    /// Why they look alike, the strongest reason first; persons of `joins` first.
    pub reasons: Vec<Like>,
    /// The facts of the household that either card holds.
    pub facts: Vec<TwoSaid>,
    /// The people: who may be who, then those on one card only.
    pub persons: Vec<TwoPersons>,
    /// Whether whoever asks may join them.
    pub may_join: bool,
}

/// One of two cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CardSide {
    /// The line of the list.
    pub row: HouseholdRow,
    /// How many visits were written down on it.
    pub visits: u32,
    /// The day of the first of them.
    pub first_visit: Option<Day>,
}

/// What two cards say of one fact, masked where its class asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TwoSaid {
    /// Its key as a field.
    pub key: String,
    /// What the field calls it.
    pub label: String,
    /// What the card says that would stay.
    pub stays: Option<Scalar>,
    /// What the other says.
    pub joins: Option<Scalar>,
    /// Whether both say the same; it is compared before it is masked.
    pub same: bool,
}

/// A person on one card or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TwoPersons {
    /// On the card that would stay.
    pub stays: Option<OnePerson>,
    /// On the other.
    pub joins: Option<OnePerson>,
    /// Whether a number or name and birth say that it is one person; else only the name does.
    pub sure: bool,
    /// What the cards say of them, where they are on both.
    pub facts: Vec<TwoSaid>,
}

/// A person of one card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OnePerson {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// 与户主关系.
    pub relation: Option<String>,
    /// Whether they count as living here.
    pub counts: bool,
}

/// Households that look like what is about to be written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AlikeHouseholds {
    /// The likeliest first.
    pub rows: Vec<AlikeHousehold>,
    /// How many more there are.
    pub more: u32,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AlikeHousehold {
    /// The line of the list.
    pub row: HouseholdRow,
    /// Why it looks alike.
    pub reasons: Vec<Like>,
}

impl App {
    /// Households held here that look like one about to be written down, or like somebody about to be added to one.
    pub fn alike_households(
        &self,
        place: Option<String>,
        facts: Facts,
        persons: Vec<Facts>,
        household: Option<String>,
    ) -> Result<AlikeHouseholds> {
        let place = self.place_or_all(place.as_deref())?;
        let but = household.map(|household| self.household_of(&household)).transpose()?;
        let ledger = self.ledger();
        let text = |facts: &Facts, key: &str| facts.get(key).and_then(Scalar::text).map(str::to_owned);
        let heads = but.is_none();
        let compared = Compared {
            national_no: text(&facts, "national_no"),
            phone: text(&facts, "phone"),
            village: place.filter(|_| heads).map(|place| ledger.village_of(place)).transpose()?.flatten(),
            lives_in: text(&facts, "site"),
            door: [text(&facts, "building"), text(&facts, "unit"), text(&facts, "room")],
            persons: persons
                .iter()
                .enumerate()
                .map(|(at, person)| ComparedPerson {
                    name: text(person, "name").unwrap_or_default(),
                    is_head: heads && at == 0,
                    sex: text(person, "sex"),
                    birth: text(person, "birth"),
                    id_no: text(person, "id_no"),
                    phone: text(person, "phone"),
                })
                .collect(),
        };
        let (rows, more) = ledger.alike(&compared, but, MOST)?;
        let rows = rows.into_iter().map(|(row, reasons)| AlikeHousehold { row, reasons });
        Ok(AlikeHouseholds { rows: rows.collect(), more })
    }

    /// Two cards side by side: what agrees, what differs, who may be who.
    pub fn compare_households(&self, joins: String, stays: String) -> Result<Comparison> {
        self.check_lease()?;
        let (one, other) = (self.card_itself(&joins)?, self.card_itself(&stays)?);
        let ledger = self.ledger();
        let reasons = ledger.likes(one, other)?;
        let (joining, staying) = (values(&ledger, one)?, values(&ledger, other)?);
        Ok(Comparison {
            joins: side(&ledger, one, &joins)?,
            stays: side(&ledger, other, &stays)?,
            facts: two_said(Of::Household, &part(&joining, None), &part(&staying, None)),
            persons: persons(&ledger, (one, &joining), (other, &staying), &reasons)?,
            may_join: ledger.may_join([one, other])?,
            reasons,
        })
    }
}

/// What counts of every fact of one card, by its key.
type Values = BTreeMap<String, Scalar>;

fn values(ledger: &Ledger, card: HouseholdId) -> Result<Values> {
    let said = ledger.own_statements(card)?.into_iter();
    let counting = said.filter_map(|(key, said)| Some((key, said.into_iter().find(|said| said.counts)?.value)));
    Ok(counting.filter(|(_, value)| *value != Scalar::Null).collect())
}

/// The facts of the household, or of one person, by their keys as fields.
fn part(values: &Values, person: Option<PersonId>) -> BTreeMap<&str, &Scalar> {
    let of = values.iter().map(|(key, value)| (field::split_key(key), value));
    of.filter(|((whose, _), _)| *whose == person).map(|((_, key), value)| (key, value)).collect()
}

/// What two say, in the order of the fields: what differs first.
fn two_said(of: Of, joins: &BTreeMap<&str, &Scalar>, stays: &BTreeMap<&str, &Scalar>) -> Vec<TwoSaid> {
    let keys: BTreeSet<&str> = joins.keys().chain(stays.keys()).copied().collect();
    let shown = |field: &Field, value: Option<&&Scalar>| value.map(|value| mask(field, (*value).clone()));
    let rows = field::FIELDS.iter().filter(|field| field.of == of && keys.contains(field.key)).map(|field| {
        let (one, other) = (joins.get(field.key), stays.get(field.key));
        TwoSaid {
            key: field.key.to_owned(),
            label: field.label.to_owned(),
            stays: shown(field, other),
            joins: shown(field, one),
            same: one == other,
        }
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| (row.same, row.stays.is_none() || row.joins.is_none()));
    rows
}

fn side(ledger: &Ledger, card: HouseholdId, asked: &str) -> Result<CardSide> {
    let row = ledger.household_row(card)?.ok_or_else(|| AppError::missing(asked))?;
    let visits = ledger.visits(&VisitQuery { household: Some(card), most: 5_000, ..VisitQuery::default() })?;
    let own = visits.iter().filter(|visit| visit.household == card);
    let first_visit = own.clone().map(|visit| visit.visit.day).min();
    Ok(CardSide { row, visits: u32::try_from(own.count()).unwrap_or(u32::MAX), first_visit })
}

/// Who may be who: first by what is sure, then by the name; then those on one card only.
fn persons(
    ledger: &Ledger,
    (one, joining): (HouseholdId, &Values),
    (other, staying): (HouseholdId, &Values),
    reasons: &[Like],
) -> Result<Vec<TwoPersons>> {
    let (mut ours, mut theirs) = (ledger.own_persons(one)?, ledger.own_persons(other)?);
    let told = |person: PersonRow| OnePerson {
        id: person.id,
        name: person.name,
        relation: person.relation,
        counts: person.counts,
    };
    let mut found = Vec::new();
    let mut pair = |ours: &mut Vec<PersonRow>, theirs: &mut Vec<PersonRow>, at: usize, their_at: usize, sure: bool| {
        let (mine, his) = (ours.remove(at), theirs.remove(their_at));
        let facts = two_said(Of::Person, &part(joining, Some(mine.id)), &part(staying, Some(his.id)));
        found.push(TwoPersons { joins: Some(told(mine)), stays: Some(told(his)), sure, facts });
    };
    for like in reasons.iter().filter(|like| matches!(like.likeness, Likeness::IdNo | Likeness::Born)) {
        let at = ours.iter().position(|person| Some(person.id) == like.person);
        let their_at = theirs.iter().position(|person| Some(person.id) == like.other);
        if let (Some(at), Some(their_at)) = (at, their_at) {
            pair(&mut ours, &mut theirs, at, their_at, true);
        }
    }
    let mut at = 0;
    while let Some(person) = ours.get(at) {
        let bare = |name: &str| lianhu_core::text::to_simplified(&lianhu_core::text::tidy_cell(name));
        match theirs.iter().position(|other| bare(&other.name) == bare(&person.name)) {
            Some(their_at) => pair(&mut ours, &mut theirs, at, their_at, false),
            None => at += 1,
        }
    }
    let alone = |joins, stays| TwoPersons { joins, stays, sure: false, facts: Vec::new() };
    found.extend(theirs.into_iter().map(|person| alone(None, Some(told(person)))));
    found.extend(ours.into_iter().map(|person| alone(Some(told(person)), None)));
    Ok(found)
}
