//! Facts: changed by the key, chosen among, written down for a household met for the first time.

use crate::app::App;
use crate::card::HouseholdCard;
use crate::error::{AppError, Result};
use crate::masking::{mask_words, restored};
use lianhu_core::day::Day;
use lianhu_core::directive::ConfirmedFacts;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field::{self, Of};
use lianhu_core::ids::{EntryId, EntryName, HouseholdId, PersonId};
use lianhu_core::problem::{Problem, ProblemKind};
use lianhu_core::record::{AbsentAnswer, Registration};
use lianhu_core::resident_id::ResidentId;
use lianhu_core::scalar::Scalar;
use lianhu_core::text::tidy_cell;
use lianhu_ledger::{Ledger, Writing};
use std::collections::BTreeMap;

/// Facts by their keys, as a form sends them; `null` clears.
pub type Facts = BTreeMap<String, Scalar>;

impl App {
    /// Changes facts of a household: only the keys given. A draft they came from is let go.
    pub fn update_household(
        &self,
        household: String,
        mut facts: Facts,
        source: Option<Source>,
        draft: Option<EntryId>,
    ) -> Result<HouseholdCard> {
        let id = self.household_of(&household)?;
        self.check_facts(Of::Household, &mut facts)?;
        self.put(&mut self.ledger(), id, facts, source.unwrap_or_default(), draft)?;
        self.household(household)
    }

    /// Changes facts of a person, or writes down a new one: then a name is needed.
    pub fn update_person(
        &self,
        household: String,
        person: Option<PersonId>,
        mut facts: Facts,
        source: Option<Source>,
        draft: Option<EntryId>,
    ) -> Result<HouseholdCard> {
        let id = self.household_of(&household)?;
        self.check_facts(Of::Person, &mut facts)?;
        let mut ledger = self.ledger();
        match person {
            Some(person) => check_person(&ledger, id, person)?,
            None if facts.get("name").and_then(Scalar::text).is_none_or(str::is_empty) => {
                return Err(AppError::field("name", ProblemKind::Missing));
            }
            None => {}
        }
        let person = person.unwrap_or_else(|| PersonId::mint(&*self.around));
        let puts = under_person(person, facts);
        self.put(&mut ledger, id, puts, source.unwrap_or_default(), draft)?;
        drop(ledger);
        self.household(household)
    }

    /// Writes down a household met for the first time, in a place of one's own area.
    pub fn register_household(
        &self,
        place: String,
        mut facts: Facts,
        mut persons: Vec<Facts>,
    ) -> Result<HouseholdCard> {
        let place = self.place_of(&place)?;
        self.check_facts(Of::Household, &mut facts)?;
        let named = |person: &Facts| person.get("name").and_then(Scalar::text).is_some_and(|name| !name.is_empty());
        if persons.is_empty() || !persons.iter().all(named) {
            return Err(AppError::field("name", ProblemKind::Missing));
        }
        persons.iter_mut().try_for_each(|person| self.check_facts(Of::Person, person))?;
        let household = HouseholdId::mint(&*self.around);
        let mut puts = facts;
        for (at, mut person) in persons.into_iter().enumerate() {
            if at == 0 {
                person.entry("relation".to_owned()).or_insert_with(|| Scalar::from("户主"));
            }
            puts.extend(under_person(PersonId::mint(&*self.around), person));
        }
        self.ledger().write(|writing| {
            let about = About::Household(household);
            writing.record(about, kind::REGISTRATION, Source::Seen, &Registration { place })?;
            writing.put(household, puts, Source::Household)
        })?;
        self.household(household.to_string())
    }

    /// Decides between several statements: what is chosen counts from now on, until someone says otherwise again. `said` names
    /// an entry that says it, so that a masked one need not be shown to be chosen.
    pub fn choose_statement(
        &self,
        household: String,
        key: String,
        said: Option<EntryName>,
        value: Option<Scalar>,
        source: Option<Source>,
    ) -> Result<HouseholdCard> {
        let id = self.household_of(&household)?;
        let source = self.known_by(source, Source::Household)?;
        let mut ledger = self.ledger();
        let known = ledger.statements(id)?.remove(&key).ok_or_else(|| AppError::missing(&key))?;
        let value = match (said, value) {
            (Some(entry), _) => {
                let says = |said: &lianhu_ledger::Said| said.by.iter().any(|by| by.entry == entry);
                known.into_iter().find(says).map(|said| said.value).ok_or_else(|| AppError::missing(&key))?
            }
            (None, Some(value)) => meant(known.into_iter().map(|said| said.value), value)?,
            (None, None) => return Err(AppError::field("value", ProblemKind::Missing)),
        };
        if ledger.cards_of(id)?.len() > 1 {
            // Between two cards, that somebody has decided is worth an entry, even where it stands so on its own card.
            let (card, key) = ledger.kept_at(id, &key)?;
            let of_weight = ledger.confirmed_facts()?.iter().any(|known| known == field::split_key(&key).1);
            let confirms = of_weight && ledger.confirms()?;
            ledger.write(|writing| {
                writing.affirm(card, &key, &value, source)?;
                if confirms { writing.confirm(card, &key, &value) } else { Ok(()) }
            })?;
        } else {
            self.put(&mut ledger, id, BTreeMap::from([(key, value)]), source, None)?;
        }
        drop(ledger);
        self.household(household)
    }

    /// Says which facts count only once a township or the county confirms them; none given, none need it.
    pub fn require_confirmation(&self, keys: Vec<String>) -> Result<Vec<String>> {
        self.check_is_county()?;
        let unknown = |key: &&String| !field::OF_WEIGHT.contains(&key.as_str());
        if let Some(key) = keys.iter().find(unknown) {
            return Err(AppError::field(key, ProblemKind::Unknown));
        }
        let body = ConfirmedFacts { keys };
        let about = About::County;
        self.ledger().write(|writing| writing.record(about, kind::CONFIRMED_FACTS, Source::Office, &body))?;
        self.confirmed_facts()
    }

    /// The facts that count only once they are confirmed.
    pub fn confirmed_facts(&self) -> Result<Vec<String>> {
        Ok(self.ledger().confirmed_facts()?)
    }

    /// Puts facts. Where whoever puts them may confirm, what they put of a fact of weight is confirmed in the same act.
    fn put(
        &self,
        ledger: &mut Ledger,
        id: HouseholdId,
        puts: Facts,
        source: Source,
        draft: Option<EntryId>,
    ) -> Result<()> {
        let by_card = kept_where(ledger, id, puts)?;
        Self::write_form(ledger, draft, by_card, source, |_| Ok(()))
    }

    /// What a form becomes, in one act: its draft ends, facts are put, and whatever else it says is written after them.
    pub(crate) fn write_form<T>(
        ledger: &mut Ledger,
        draft: Option<EntryId>,
        by_card: BTreeMap<HouseholdId, Facts>,
        source: Source,
        also: impl FnOnce(&Writing<'_>) -> lianhu_ledger::Result<T>,
    ) -> Result<T> {
        let to_confirm = Self::confirmed_by_putting(ledger)?;
        let written = ledger.write(|writing| {
            draft.map_or(Ok(()), |draft| writing.finish(draft))?;
            by_card.into_iter().try_for_each(|(card, puts)| Self::put_on(writing, card, puts, source, &to_confirm))?;
            also(writing)
        })?;
        Ok(written)
    }

    /// The facts of weight that count as soon as whoever sits here puts them: none, where they may not confirm.
    pub(crate) fn confirmed_by_putting(ledger: &Ledger) -> Result<Vec<String>> {
        Ok(if ledger.confirms()? { ledger.confirmed_facts()? } else { Vec::new() })
    }

    /// Puts facts on one card, within an act; those of weight are confirmed with it.
    pub(crate) fn put_on(
        writing: &Writing<'_>,
        card: HouseholdId,
        puts: Facts,
        source: Source,
        to_confirm: &[String],
    ) -> lianhu_ledger::Result<()> {
        let of_weight = |(key, _): &(&String, &Scalar)| to_confirm.iter().any(|known| known == field::split_key(key).1);
        let confirmed: Facts = puts.iter().filter(of_weight).map(|(key, value)| (key.clone(), value.clone())).collect();
        writing.put(card, puts, source)?;
        confirmed.iter().try_for_each(|(key, value)| writing.confirm(card, key, value))
    }

    /// Answers a question that a newer roster left open.
    pub fn answer_question(&self, question: EntryName, answer: String) -> Result<()> {
        let source = self.known_by(None, Source::Seen)?;
        let mut ledger = self.ledger();
        let open = ledger.attention(50_000)?.into_iter().find_map(|item| match item {
            lianhu_ledger::Attention::Question { question: name, household, .. } if name == question => Some(household),
            _ => None,
        });
        let household = open.ok_or_else(|| AppError::missing("待核问题"))?;
        let body = AbsentAnswer { question, answer };
        ledger.write(|writing| writing.record(About::Household(household), kind::ABSENT_ANSWER, source, &body))?;
        Ok(())
    }

    /// Asks for the records of a household that are older than twelve months: they come with the next exchange.
    pub fn want_older(&self, household: String) -> Result<()> {
        let household = self.household_of(&household)?;
        Ok(self.ledger().want_older(household)?)
    }

    /// Refuses what no fact can be; a telephone number is written as it is dialled, however it was typed.
    pub(crate) fn check_facts(&self, of: Of, facts: &mut Facts) -> Result<()> {
        if let Some(Scalar::Text(phone)) = facts.get_mut("phone") {
            *phone = dialled(phone);
        }
        let today = self.today();
        let problem = |(key, value): (&String, &Scalar)| {
            let kind =
                if field::field(of, key).is_none() { Some(ProblemKind::Unknown) } else { wrong(key, value, today) };
            kind.map(|kind| Problem::new(key, kind))
        };
        let problems: Vec<_> = facts.iter().filter_map(problem).collect();
        if problems.is_empty() { Ok(()) } else { Err(AppError::Invalid { problems }) }
    }
}

/// What is wrong with a value; a clear is never wrong.
fn wrong(key: &str, value: &Scalar, today: Day) -> Option<ProblemKind> {
    let text = match value {
        Scalar::Null => return None,
        Scalar::Text(text) => text,
        _ => return None,
    };
    if text.len() > lianhu_core::scalar::LONGEST_TEXT {
        return Some(ProblemKind::TooLong { most: lianhu_core::scalar::LONGEST_TEXT / 4 });
    }
    // A short one is a doubt, which the form points out; it may be the extension of a farm.
    let is_phone = |text: &str| text.chars().count() >= 3 && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let fits = match key {
        "phone" => is_phone(text),
        "id_no" => ResidentId::parse(text, today).is_ok(),
        "birth" => Day::parse(text).is_some_and(|day| day <= today),
        _ => true,
    };
    (!fits).then_some(ProblemKind::WrongForm)
}

/// A telephone number without blanks, brackets and the country's own code, in plain figures.
fn dialled(typed: &str) -> String {
    let left_out = |c: &char| c.is_whitespace() || matches!(c, '(' | ')');
    let plain: String = tidy_cell(typed).chars().filter(|c| !left_out(c)).collect();
    let plain = plain.replace(['－', '–', '—'], "-");
    let abroad = ["+86", "0086", "86"].into_iter().find_map(|code| plain.strip_prefix(code));
    let mobile = |rest: &&str| rest.replace('-', "").len() == 11 && rest.starts_with('1');
    abroad.map(|rest| rest.trim_start_matches('-')).filter(mobile).map_or(plain.clone(), str::to_owned)
}

/// Facts by the card on which each is kept.
pub(crate) fn kept_where(ledger: &Ledger, id: HouseholdId, puts: Facts) -> Result<BTreeMap<HouseholdId, Facts>> {
    let mut by_card: BTreeMap<HouseholdId, Facts> = BTreeMap::new();
    for (key, value) in puts {
        let value = as_written(ledger, id, &key, value)?;
        let (card, key) = ledger.kept_at(id, &key)?;
        by_card.entry(card).or_default().insert(key, value);
    }
    Ok(by_card)
}

/// Refuses whoever is nobody in the household.
pub(crate) fn check_person(ledger: &Ledger, household: HouseholdId, person: PersonId) -> Result<()> {
    let known = ledger.persons(household)?.iter().any(|known| known.id == person);
    known.then_some(()).ok_or_else(|| AppError::missing("家庭成员"))
}

pub(crate) fn under_person(person: PersonId, facts: Facts) -> Facts {
    facts.into_iter().map(|(key, value)| (field::person_key(person, &key), value)).collect()
}

/// Words that came back from a form as they were shown, masked: the numbers in them are those that were written.
fn as_written(ledger: &Ledger, id: HouseholdId, key: &str, value: Scalar) -> Result<Scalar> {
    if !value.text().is_some_and(|text| text.contains('*')) {
        return Ok(value);
    }
    let known = ledger.statements(id)?.remove(key).unwrap_or_default();
    Ok(known.into_iter().find(|said| said.counts).map_or(value.clone(), |said| restored(value, &said.value)))
}

/// A masked value stands for the statement it masks, where only one fits; any other is taken as it is.
fn meant(known: impl Iterator<Item = Scalar>, sent: Scalar) -> Result<Scalar> {
    let fits: Vec<_> = known.filter(|said| masks(said, &sent)).collect();
    match fits.as_slice() {
        [one] => Ok(one.clone()),
        [] => Ok(sent),
        _ => Err(AppError::NotUnique { what: sent.to_string() }),
    }
}

/// Whether what was sent is this value, or the mask of it.
fn masks(known: &Scalar, sent: &Scalar) -> bool {
    let masked = |text: &str| {
        [lianhu_core::mask::mask_id(text), lianhu_core::mask::mask_phone(text), mask_words(text)]
            .iter()
            .any(|mask| Some(mask.as_str()) == sent.text())
    };
    known == sent || known.text().is_some_and(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_written_as_it_is_dialled() {
        for (typed, written) in [
            ("139 1234 5678", "13912345678"),
            ("+86 139 1234 5678", "13912345678"),
            ("0086-13912345678", "13912345678"),
            ("１３９１２３４５６７８", "13912345678"),
            ("(0377) 66812345", "037766812345"),
            ("0377-66812345", "0377-66812345"),
            ("8612345", "8612345"),
        ] {
            assert_eq!(dialled(typed), written);
        }
        let today = Day::parse("2026-11-29").unwrap();
        for (text, fits) in [("6681", true), ("13912345678", true), ("无", false), ("12", false), ("139x", false)] {
            assert_eq!(wrong("phone", &Scalar::from(text), today).is_none(), fits, "{text}");
        }
    }
}
