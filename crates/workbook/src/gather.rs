//! Rows gathered into households: by 户编号 where there is one; in an older list by the head above, or by the head
//! named in each row. A row whose number is missing goes where its neighbours and its own 人编号 say.

use crate::doubt::{DoubtKind, Shown};
use crate::doubts::{At, Doubts};
use crate::facts::{Fact, HouseholdRow};
use crate::field::RosterField as F;
use crate::header::Layout;
use crate::household::{RosterHousehold, RosterPerson, RosterPlace};
use crate::person::{Kinship, PersonRow};
use crate::value::Code;
use lianhu_core::sex::Sex;
use std::collections::{BTreeMap, BTreeSet};

/// What the checks need of a person beside its cells.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) kinship: Kinship,
    pub(crate) sex: Option<Sex>,
    pub(crate) at: At,
    /// The same number stands in another household, further up.
    pub(crate) duplicate: bool,
}

/// A household while its rows come in.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) out: RosterHousehold,
    pub(crate) members: Vec<Member>,
    /// County, town and village as rows told them, with those rows.
    pub(crate) places: Vec<(RosterPlace, Vec<(usize, u32)>)>,
    /// Rows that told no village.
    pub(crate) without_village: Vec<(usize, u32)>,
    /// The place of the row above its first, for sheets that write a village only once.
    pub(crate) above: RosterPlace,
    reported: BTreeSet<(F, DoubtKind, String)>,
    from_head: BTreeSet<F>,
    split: bool,
}

/// A row read, waiting to be given to its household.
#[derive(Debug)]
pub(crate) struct RosterRow {
    pub(crate) at: At,
    pub(crate) household: HouseholdRow,
    pub(crate) person: PersonRow,
}

/// Households gathered so far.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) layouts: Vec<Layout<F>>,
    by_number: BTreeMap<String, usize>,
    by_head: BTreeMap<String, usize>,
    by_person: BTreeMap<String, (usize, At)>,
    by_person_no: BTreeMap<String, (usize, At)>,
    /// Rows without a number, until a row with one comes.
    waiting: Vec<RosterRow>,
    last: Option<usize>,
    last_place: RosterPlace,
    /// Rows without a number that are not heads, and all rows that are not heads.
    pub(crate) numberless: Vec<At>,
    pub(crate) followers: usize,
}

impl Gathering {
    /// Begins a sheet; one that is not read begins with an empty layout, so that sheets keep their places.
    pub(crate) fn sheet(&mut self, layout: Layout<F>) {
        self.layouts.push(layout);
        self.last = None;
        self.last_place = RosterPlace::default();
    }

    /// Takes the next row.
    pub(crate) fn take(&mut self, row: RosterRow, doubts: &mut Doubts) {
        self.followers += usize::from(!row.person.kinship.head);
        match &row.household.number {
            None => {
                let draft = self.by_order(&row);
                self.attach(draft, row, doubts);
            }
            Some(Code::Whole(number)) => {
                let number = number.clone();
                self.settle(Some((&number, row.person.kinship.head)), doubts);
                let draft = self.numbered(&number);
                self.attach(draft, row, doubts);
            }
            Some(Code::Empty) => {
                if row.person.kinship.head {
                    let at = self.cell(row.at, F::HouseholdNo);
                    doubts.raise(at, DoubtKind::MissingHouseholdNo, Shown::Plain, "");
                } else {
                    self.numberless.push(row.at);
                }
                self.waiting.push(row);
            }
            Some(Code::Destroyed) => {
                doubts.raise(self.cell(row.at, F::HouseholdNo), DoubtKind::IdDestroyedByFloat, Shown::Plain, "");
                self.waiting.push(row);
            }
        }
    }

    /// Ends a sheet: rows still waiting go to the household above.
    pub(crate) fn end_sheet(&mut self, doubts: &mut Doubts) {
        self.settle(None, doubts);
    }

    /// The cell of a field in a row.
    pub(crate) fn cell(&self, at: At, field: F) -> At {
        at.column(self.layouts.get(at.sheet).and_then(|layout| layout.at(field)))
    }

    fn numbered(&mut self, number: &str) -> usize {
        if let Some(draft) = self.by_number.get(number) {
            return *draft;
        }
        let draft = self.new_draft();
        let _before = self.by_number.insert(number.to_owned(), draft);
        if let Some(draft) = self.drafts.get_mut(draft) {
            let _before = draft.out.cells.insert(F::HouseholdNo.key(), number.to_owned());
        }
        draft
    }

    fn new_draft(&mut self) -> usize {
        let above = self.last_place.clone();
        self.drafts.push(Draft { above, ..Draft::default() });
        self.drafts.len() - 1
    }

    /// In a list without 户编号: the head named in the row, else the head above.
    fn by_order(&mut self, row: &RosterRow) -> usize {
        let place = &row.household.place;
        if !row.household.head.is_empty() {
            let key = format!("{}/{}/{}/{}", place.county, place.town, place.village, row.household.head);
            if let Some(draft) = self.by_head.get(&key) {
                return *draft;
            }
            let draft = self.new_draft();
            let _before = self.by_head.insert(key, draft);
            return draft;
        }
        match self.last {
            Some(last) if !row.person.kinship.head => last,
            _ => self.new_draft(),
        }
    }

    /// Gives the rows that waited to the household above, to the numbered one below, or to one of their own.
    fn settle(&mut self, below: Option<(&str, bool)>, doubts: &mut Doubts) {
        let waiting = std::mem::take(&mut self.waiting);
        let mut own = None;
        for row in waiting {
            let person_no = row.person.cells.get(F::PersonNo.key()).map_or("", String::as_str);
            let belongs = |number: &str| number.len() >= 8 && person_no.starts_with(number);
            let above =
                self.last.and_then(|last| self.drafts.get(last)).map(|draft| draft.out.national_no().to_owned());
            let draft = match (below, above) {
                (_, Some(above)) if belongs(&above) => self.last.unwrap_or_default(),
                (Some((below, _)), _) if belongs(below) => self.numbered(below),
                (Some((below, false)), above)
                    if row.person.kinship.head
                        && above.as_deref() != Some(below)
                        && !self.by_number.contains_key(below) =>
                {
                    self.numbered(below)
                }
                _ if row.person.kinship.head => self.new_draft(),
                _ => match own.or(self.last) {
                    Some(draft) => draft,
                    None => self.new_draft(),
                },
            };
            own = Some(draft);
            self.attach(draft, row, doubts);
        }
    }

    fn attach(&mut self, index: usize, row: RosterRow, doubts: &mut Doubts) {
        let RosterRow { at, household, person } = row;
        let split = self.last.is_some_and(|last| last != index);
        self.last = Some(index);
        if !household.place.village.is_empty() {
            self.last_place = household.place.clone();
        }
        let number_at = self.cell(at, F::HouseholdNo);
        let duplicate = match self.known(index, at, &person, doubts) {
            Known::SameRow => {
                if let Some(draft) = self.drafts.get_mut(index) {
                    draft.out.rows += 1;
                }
                return;
            }
            Known::Elsewhere => true,
            Known::New => false,
        };
        let layout = self.layouts.last();
        let Some(draft) = self.drafts.get_mut(index) else { return };
        if draft.out.rows == 0 {
            draft.out.sheet = at.sheet;
            draft.out.row = at.row;
        } else if split && !draft.split {
            draft.split = true;
            doubts.raise(number_at, DoubtKind::HouseholdSplit, Shown::Plain, draft.out.national_no());
        }
        draft.out.rows += 1;
        draft.place(at, household.place);
        for fact in household.facts {
            let column = layout.and_then(|layout| layout.at(fact.field));
            draft.fact(at.column(column), fact, person.kinship.head, doubts);
        }
        draft.members.push(Member { kinship: person.kinship, sex: person.sex, at, duplicate });
        draft.out.persons.push(RosterPerson { cells: person.cells, sheet: at.sheet, row: at.row });
    }

    /// Whether the person of a row was met before: in the same household with the same name it is the same row again.
    fn known(&mut self, index: usize, at: At, person: &PersonRow, doubts: &mut Doubts) -> Known {
        let name = person.cells.get(F::Name.key()).map_or("", String::as_str);
        let same_name = |drafts: &[Draft], met: &(usize, At)| {
            let people = drafts.get(met.0).map_or(&[][..], |draft| &draft.out.persons);
            people.iter().any(|one| (one.sheet, one.row) == (met.1.sheet, met.1.row) && one.name() == name)
        };
        let mut known = Known::New;
        let mut id_told = false;
        if let Some(number) = comparable(person) {
            id_told = true;
            if let Some(met) = self.by_person.get(&number) {
                let first = format!("“{}”第{}行", doubts.sheet_name(met.1.sheet), met.1.row);
                if met.0 == index && same_name(&self.drafts, met) {
                    let reason = format!("这一行与{first}是同一户的同一个人，只算了一次；请删掉多余的一行。");
                    doubts.raise_because(
                        At::row(at.sheet, at.row),
                        DoubtKind::DuplicateRow,
                        Shown::Plain,
                        name,
                        reason,
                    );
                    return Known::SameRow;
                }
                let reason = format!("同一个证件号码在{first}已经出现过；请核对这个人现在属于哪一户，从另一户里去掉。");
                let at = self.cell(at, F::IdNo);
                doubts.raise_because(at, DoubtKind::DuplicatePerson, Shown::Certificate, &number, reason);
                known = Known::Elsewhere;
            } else {
                let _before = self.by_person.insert(number, (index, at));
            }
        }
        if let Some(number) = person.cells.get(F::PersonNo.key()) {
            match self.by_person_no.get(number) {
                None => {
                    let _before = self.by_person_no.insert(number.clone(), (index, at));
                }
                Some(met) if !id_told && met.0 == index && same_name(&self.drafts, met) => {
                    doubts.raise(At::row(at.sheet, at.row), DoubtKind::DuplicateRow, Shown::Plain, name);
                    return Known::SameRow;
                }
                Some(_) if known == Known::Elsewhere => {}
                Some(_) => {
                    let at = self.cell(at, F::PersonNo);
                    doubts.raise(at, DoubtKind::DuplicatePersonNo, Shown::Certificate, number);
                }
            }
        }
        known
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    New,
    SameRow,
    Elsewhere,
}

/// The number by which one person is found twice: the valid one, else what is written if it is long enough to be one.
fn comparable(person: &PersonRow) -> Option<String> {
    if let Some(number) = &person.number {
        return Some(number.clone());
    }
    let written = person.cells.get(F::IdNo.key())?;
    (written.len() >= 15 && !written.starts_with("999999")).then(|| written.clone())
}

impl Draft {
    fn place(&mut self, at: At, told: RosterPlace) {
        if told.village.is_empty() {
            self.without_village.push((at.sheet, at.row));
            return;
        }
        match self.places.iter_mut().find(|(place, _)| *place == told) {
            Some((_, rows)) => rows.push((at.sheet, at.row)),
            None => self.places.push((told, vec![(at.sheet, at.row)])),
        }
    }

    /// Keeps a household cell: the head's row decides, else the first that is in order.
    fn fact(&mut self, at: At, fact: Fact, of_head: bool, doubts: &mut Doubts) {
        let Fact { field, text, doubt } = fact;
        if let Some((kind, shown)) = doubt {
            if self.reported.insert((field, kind, text.clone())) {
                doubts.raise(at, kind, shown, &text);
            }
            if field.of() == crate::field::FieldOf::Household {
                let _kept = self.out.cells.entry(field.key()).or_insert(text);
            }
            return;
        }
        let heads = of_head && self.from_head.insert(field);
        let kept = self.out.cells.get(field.key());
        let bad = kept.is_some_and(|kept| self.reported.iter().any(|(of, _, text)| *of == field && text == kept));
        let differs = kept.is_some_and(|kept| *kept != text) && !bad;
        let may_differ = matches!(field, F::HouseholdPhone | F::Address);
        if differs && !may_differ && self.reported.insert((field, DoubtKind::HouseholdCellDiffers, String::new())) {
            doubts.raise(at, DoubtKind::HouseholdCellDiffers, Shown::Plain, &text);
        }
        if kept.is_none() || bad || heads {
            let _before = self.out.cells.insert(field.key(), text);
        }
    }
}
