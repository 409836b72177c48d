//! The household card: who lives here, what was promised, what is open, and every fact with who says it.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::joining::{JoinedCard, joined_cards};
use crate::lease::{cover, cover_fact};
use lianhu_core::day::Moment;
use lianhu_core::entry::{About, Source};
use lianhu_core::field::{self, Class, Merge};
use lianhu_core::ids::{EntryName, HouseholdId, PersonId};
use lianhu_core::mask::{mask_id, mask_phone};
use lianhu_core::problem::ProblemKind;
use lianhu_core::scalar::Scalar;
use lianhu_core::trace::REVEAL_REASONS;
use lianhu_ledger::{GrantRow, HouseholdPage, HouseholdRow, Ledger, NeedRow, PromiseRow, Said, VisitQuery, VisitRow};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// The most facts that are told at once which say two things.
const MOST_CONFLICTS: u32 = 50_000;

/// A fact with everything that is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Fact {
    /// The key under which it is updated.
    pub key: String,
    /// What the field calls it.
    pub label: String,
    /// What is said; the first counts until a person decides.
    pub said: Vec<Chip>,
    /// Whether a person is asked to choose among them.
    pub to_choose: bool,
    /// How many of them wait for a confirmation: 「+n 待确认」.
    pub waiting: u32,
    /// Whether the values are masked.
    pub masked: bool,
}

/// One statement, with who, when and how they know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Chip {
    /// What is said, masked where its class asks for it.
    pub value: Scalar,
    /// Who says it: several when they agree.
    pub by: Vec<ChipBy>,
    /// Whether it counts.
    pub counts: bool,
    /// Whether it counts only once a township or the county confirms it.
    pub waiting: bool,
}

/// One person's saying it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ChipBy {
    /// The entry in which they say it: by it a statement is chosen without being unmasked.
    pub entry: EntryName,
    /// Their name, where it is known here.
    pub name: Option<String>,
    /// What their clock said.
    pub at: Moment,
    /// How they know.
    pub source: Source,
    /// 已到县.
    pub at_county: bool,
    /// On which card of the household it is written.
    pub card: HouseholdId,
}

/// A person of the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PersonCard {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// 与户主关系.
    pub relation: Option<String>,
    /// Their age in years, from the day of birth.
    pub age: Option<i32>,
    /// Whether they count as living here.
    pub counts: bool,
    /// Every fact about them.
    pub facts: Vec<Fact>,
}

/// The card of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HouseholdCard {
    /// The line of the list.
    pub row: HouseholdRow,
    /// To whom it is entrusted.
    pub entrusted: Vec<GrantRow>,
    /// Promises, by the day they are due.
    pub promises: Vec<PromiseRow>,
    /// Needs that are open.
    pub needs: Vec<NeedRow>,
    /// The last visits, newest first.
    pub visits: Vec<VisitRow>,
    /// Who lives here, head first.
    pub persons: Vec<PersonCard>,
    /// Every fact about the household.
    pub facts: Vec<Fact>,
    /// What was joined to make it, and which of its people are on another household's list.
    pub joined: Vec<JoinedCard>,
}

/// A fact that says two things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Conflict {
    /// Of which household.
    pub household: HouseholdRow,
    /// Of which person of it, by name.
    pub person: Option<String>,
    /// The fact.
    pub fact: Fact,
}

impl App {
    /// Looks for households by name, pinyin, initials, the tail of a number, a room, within a place. Pages of 50 from 0.
    pub fn households(
        &self,
        query: Option<String>,
        place: Option<String>,
        page: Option<u32>,
        size: Option<u32>,
    ) -> Result<HouseholdPage> {
        let place = self.place_or_all(place.as_deref())?;
        let size = size.unwrap_or(50).clamp(1, 50_000);
        let from = page.unwrap_or(0).saturating_mul(size);
        Ok(self.ledger().households(&query.unwrap_or_default(), place, from, size)?)
    }

    /// The card of one household.
    pub fn household(&self, id: String) -> Result<HouseholdCard> {
        let household = self.household_of(&id)?;
        let today = self.today();
        let ledger = self.ledger();
        let missing = || AppError::missing(&id);
        let mut by_person: BTreeMap<Option<PersonId>, Vec<Fact>> = BTreeMap::new();
        for (key, said) in ledger.statements(household)? {
            if let Some(fact) = fact_of(&key, said) {
                by_person.entry(field::split_key(&key).0).or_default().push(fact);
            }
        }
        let mut persons = Vec::new();
        for person in ledger.persons(household)? {
            let birth = person.birth.as_deref().and_then(lianhu_core::day::Day::parse);
            let birth = birth.or_else(|| birth_by_id(person.id_no.as_deref(), today));
            persons.push(PersonCard {
                facts: by_person.remove(&Some(person.id)).unwrap_or_default(),
                id: person.id,
                name: person.name,
                relation: person.relation,
                age: birth.map(|birth| age(birth, today)),
                counts: person.counts,
            });
        }
        let query = VisitQuery { household: Some(household), most: 5, ..VisitQuery::default() };
        let mut card = HouseholdCard {
            row: ledger.household_row(household)?.ok_or_else(missing)?,
            entrusted: ledger.grants_of(household)?,
            promises: ledger.promises(Some(household))?,
            needs: ledger.needs(Some(household), true)?,
            visits: ledger.visits(&query)?,
            persons,
            facts: by_person.remove(&None).unwrap_or_default(),
            joined: joined_cards(&ledger, ledger.joins_of(household)?)?,
        };
        drop(ledger);
        if self.lease_over()?.is_some() {
            cover(&mut card);
        }
        Ok(card)
    }

    /// One masked fact, unmasked, for a reason that is kept in the audit chain.
    pub fn reveal(&self, household: String, key: String, reason: String) -> Result<Vec<Scalar>> {
        let household = self.household_of(&household)?;
        if !REVEAL_REASONS.contains(&reason.trim()) {
            let kind = if reason.trim().is_empty() { ProblemKind::Missing } else { ProblemKind::Unknown };
            return Err(AppError::field("reason", kind));
        }
        self.check_lease()?;
        let mut ledger = self.ledger();
        let said = ledger.statements(household)?.remove(&key).ok_or_else(|| AppError::missing(&key))?;
        ledger.note_audit(
            &format!("{} {key}", lianhu_core::trace::act::REVEAL),
            About::Household(household),
            reason.trim(),
        )?;
        Ok(said.into_iter().map(|said| said.value).collect())
    }

    /// Facts that say two things, of everything held here or of one place; or only those that wait for a confirmation, the
    /// longest waiting first. As many as are asked for, [`MOST_CONFLICTS`] at most.
    pub fn conflicts(
        &self,
        place: Option<String>,
        most: Option<u32>,
        to_confirm: Option<bool>,
    ) -> Result<Vec<Conflict>> {
        let place = self.place_or_all(place.as_deref())?;
        let most = most.unwrap_or(500).min(MOST_CONFLICTS);
        let ledger = self.ledger();
        let inside: Option<BTreeSet<HouseholdId>> = match place {
            Some(place) => {
                Some(ledger.households("", Some(place), 0, 1_000_000)?.rows.into_iter().map(|row| row.id).collect())
            }
            None => None,
        };
        let mut conflicts: Vec<Conflict> = Vec::new();
        // Of a place as many as of everything: those elsewhere are passed over before they are counted.
        let looked_at = if inside.is_some() { MOST_CONFLICTS } else { most };
        let found = match to_confirm {
            Some(true) => ledger.unconfirmed(looked_at)?,
            _ => ledger.conflicts(looked_at)?,
        };
        for (household, key) in found {
            if conflicts.len() == most as usize {
                break;
            }
            if inside.as_ref().is_some_and(|ids| !ids.contains(&household)) {
                continue;
            }
            let Some(row) = ledger.household_row(household)? else { continue };
            let person = field::split_key(&key).0;
            let persons = ledger.persons(household)?;
            let person = person.and_then(|id| persons.into_iter().find(|person| person.id == id));
            let said = ledger.statements(household)?.remove(&key).unwrap_or_default();
            if let Some(fact) = fact_of(&key, said) {
                conflicts.push(Conflict { household: row, person: person.map(|person| person.name), fact });
            }
        }
        drop(ledger);
        if self.lease_over()?.is_some() {
            conflicts.iter_mut().for_each(|conflict| cover_fact(&mut conflict.fact));
        }
        Ok(conflicts)
    }
}

/// What counts of a fact, as text; nothing where nothing is written down.
pub(crate) fn text_that_counts(ledger: &Ledger, household: HouseholdId, key: &str) -> Result<Option<String>> {
    let said = ledger.statements(household)?.remove(key).unwrap_or_default();
    let counts = said.into_iter().find(|said| said.counts);
    Ok(counts.and_then(|said| said.value.text().map(str::to_owned)).filter(|text| !text.is_empty()))
}

/// A fact as it is shown; keys that no field names are shown to nobody.
fn fact_of(key: &str, said: Vec<Said>) -> Option<Fact> {
    let field = field::field_of_key(key)?;
    let masked = field.class >= Class::P3 || field.key == "phone";
    let waiting = u32::try_from(said.iter().filter(|said| said.waiting).count()).unwrap_or(u32::MAX);
    let to_choose = waiting == 0 && said.len() > 1 && field.merge != Merge::Shown;
    let chips = said.into_iter().map(|said| Chip {
        value: mask(field, said.value),
        counts: said.counts,
        waiting: said.waiting,
        by: said
            .by
            .into_iter()
            .map(|by| ChipBy {
                entry: by.entry,
                name: by.name,
                at: by.at,
                source: by.source,
                at_county: by.at_county,
                card: by.card,
            })
            .collect(),
    });
    Some(Fact { key: key.to_owned(), label: field.label.to_owned(), said: chips.collect(), to_choose, waiting, masked })
}

/// A value as it may be shown: numbers in part, what is sensitive not at all.
pub(crate) fn mask(field: &field::Field, value: Scalar) -> Scalar {
    match (field.key, &value) {
        (_, Scalar::Null) => Scalar::Null,
        ("id_no", Scalar::Text(text)) => Scalar::Text(mask_id(text)),
        ("phone", Scalar::Text(text)) => Scalar::Text(mask_phone(text)),
        // The day of birth beside a masked number gives most of it back: the year is enough here (domain.md L05).
        ("birth", Scalar::Text(text)) => Scalar::Text(text.chars().take(4).collect()),
        _ if field.class >= Class::P3 => Scalar::Text("••".to_owned()),
        _ => value,
    }
}

pub(crate) fn birth_by_id(id_no: Option<&str>, today: lianhu_core::day::Day) -> Option<lianhu_core::day::Day> {
    lianhu_core::resident_id::ResidentId::parse(id_no?, today).ok().map(|id| id.birth())
}

fn age(birth: lianhu_core::day::Day, today: lianhu_core::day::Day) -> i32 {
    let had_birthday =
        (today.month(), today.0 - first_of_month(today)) >= (birth.month(), birth.0 - first_of_month(birth));
    today.year() - birth.year() - i32::from(!had_birthday)
}

fn first_of_month(day: lianhu_core::day::Day) -> i32 {
    lianhu_core::day::Day::from_ymd(day.year(), day.month(), 1).map_or(0, |day| day.0)
}
