//! The cells of one roster row that are about its person, judged one by one and against each other.

use crate::doubt::{DoubtKind, Shown};
use crate::doubts::{At, Doubts};
use crate::field::RosterField as F;
use crate::grid::Row;
use crate::header::Layout;
use crate::household::Cells;
use crate::name;
use crate::value::{self, Code, When};
use lianhu_core::day::Day;
use lianhu_core::nation::Nation;
use lianhu_core::relation::Relation;
use lianhu_core::resident_id::{IdProblem, ResidentId};
use lianhu_core::sex::Sex;
use std::collections::BTreeMap;

/// A person as one row tells it, with what the household's checks need.
#[derive(Debug, Default)]
pub(crate) struct PersonRow {
    /// By dossier key.
    pub(crate) cells: Cells,
    /// The valid number of the person, 18 characters.
    pub(crate) number: Option<String>,
    /// What the valid number or the cell 性别 tells; nothing when they differ.
    pub(crate) sex: Option<Sex>,
    /// What the relation is.
    pub(crate) kinship: Kinship,
}

/// What a relation means for the household's checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kinship {
    /// In the national wording where listed.
    pub(crate) label: String,
    /// Whether it is listed.
    pub(crate) listed: bool,
    /// Whether it is the head.
    pub(crate) head: bool,
    /// Whether it is the spouse.
    pub(crate) spouse: bool,
    /// The sex the word implies.
    pub(crate) implies: Option<Sex>,
}

/// Words already looked up: a county list has a dozen relations and nations, a hundred thousand times.
#[derive(Debug)]
pub(crate) struct PersonReader {
    today: Day,
    kinships: BTreeMap<String, Kinship>,
    nations: BTreeMap<String, (String, bool)>,
}

impl PersonReader {
    /// `today` bounds days of birth.
    pub(crate) fn new(today: Day) -> Self {
        Self { today, kinships: BTreeMap::new(), nations: BTreeMap::new() }
    }

    /// Reads the person of a row and raises what is doubtful about it.
    pub(crate) fn read(&mut self, row: &Row, layout: &Layout<F>, at: At, doubts: &mut Doubts) -> PersonRow {
        let mut reading = Reading { row, layout, at, doubts, person: PersonRow::default() };
        reading.name();
        reading.code(F::PersonNo);
        let id = reading.certificate(self.today);
        reading.person.number = id.as_ref().map(|id| id.person_number().to_owned());
        self.relation(&mut reading);
        self.nation(&mut reading);
        reading.sex(id.as_ref());
        reading.birth(id.as_ref(), self.today);
        reading.schooling();
        for field in [F::IdType, F::Health, F::Labour, F::InsuranceMajor, F::Status, F::Disability] {
            let _text = reading.keep_text(field);
        }
        reading.work_months();
        reading.phone();
        reading.identified_on();
        reading.person
    }

    /// What a relation means, looked up once for each spelling.
    pub(crate) fn kinship(&mut self, text: &str) -> Kinship {
        if let Some(known) = self.kinships.get(text) {
            return known.clone();
        }
        let relation = Relation::read(text);
        let listed = relation.listed();
        let kinship = Kinship {
            label: listed.map_or_else(|| relation.as_str().to_owned(), |listed| listed.label.to_owned()),
            listed: listed.is_some(),
            head: relation.is_head(),
            spouse: relation.is_spouse(),
            implies: relation.implied_sex(),
        };
        if self.kinships.len() < 1000 {
            let _before = self.kinships.insert(text.to_owned(), kinship.clone());
        }
        kinship
    }

    fn relation(&mut self, reading: &mut Reading<'_>) {
        let Some(column) = reading.layout.at(F::Relation) else { return };
        let text = value::text(reading.row.own_cell(column));
        let kinship = self.kinship(&text);
        if text.is_empty() || !kinship.listed {
            reading.raise(F::Relation, DoubtKind::UnknownRelation, Shown::Plain, &text);
        }
        reading.keep(F::Relation, kinship.label.clone());
        reading.person.kinship = kinship;
    }

    fn nation(&mut self, reading: &mut Reading<'_>) {
        let Some(text) = reading.text(F::Nation).filter(|text| !text.is_empty()) else { return };
        let (label, known) = match self.nations.get(&text) {
            Some(known) => known.clone(),
            None => {
                let nation = Nation::read(&text);
                let known = nation.code().is_some() || is_people_not_listed(nation.as_str());
                let bare = nation.as_str();
                let short = nation.code().is_some() && !bare.ends_with('族') && !matches!(bare, "其他" | "其它");
                let label = if short && !bare.contains("血统") { format!("{bare}族") } else { bare.to_owned() };
                if self.nations.len() < 1000 {
                    let _before = self.nations.insert(text.clone(), (label.clone(), known));
                }
                (label, known)
            }
        };
        if !known {
            reading.raise(F::Nation, DoubtKind::UnknownNation, Shown::Plain, &text);
        }
        reading.keep(F::Nation, label);
    }
}

/// Peoples the census knows beside the 56: 穿青人, 革家人, 夏尔巴人, 未识别民族.
fn is_people_not_listed(name: &str) -> bool {
    (name.ends_with('人') && (3..=5).contains(&name.chars().count()))
        || name.starts_with("未识别")
        || name.starts_with("未定族称")
}

struct Reading<'a> {
    row: &'a Row,
    layout: &'a Layout<F>,
    at: At,
    doubts: &'a mut Doubts,
    person: PersonRow,
}

impl Reading<'_> {
    fn text(&self, field: F) -> Option<String> {
        Some(value::text(self.row.own_cell(self.layout.at(field)?)))
    }

    fn keep(&mut self, field: F, text: String) {
        if !text.is_empty() {
            let _before = self.person.cells.insert(field.key(), text);
        }
    }

    fn keep_text(&mut self, field: F) -> String {
        let text = self.text(field).unwrap_or_default();
        self.keep(field, text.clone());
        text
    }

    fn raise(&mut self, field: F, kind: DoubtKind, shown: Shown, value: &str) {
        self.doubts.raise(self.at.column(self.layout.at(field)), kind, shown, value);
    }

    fn name(&mut self) {
        let Some(text) = self.text(F::Name) else { return };
        if let Some(kind) = name::doubt(&text) {
            self.raise(F::Name, kind, Shown::Plain, &text);
        }
        self.keep(F::Name, text);
    }

    fn code(&mut self, field: F) {
        let Some(column) = self.layout.at(field) else { return };
        match value::code(self.row.own_cell(column)) {
            Code::Empty => {}
            Code::Whole(text) => self.keep(field, text),
            Code::Destroyed => self.raise(field, DoubtKind::IdDestroyedByFloat, Shown::Plain, ""),
        }
    }

    fn certificate(&mut self, today: Day) -> Option<ResidentId> {
        let column = self.layout.at(F::IdNo)?;
        let written = match value::certificate(self.row.own_cell(column)) {
            Code::Empty => {
                self.raise(F::IdNo, DoubtKind::IdMissing, Shown::Plain, "");
                return None;
            }
            Code::Destroyed => {
                self.raise(F::IdNo, DoubtKind::IdDestroyedByFloat, Shown::Plain, "");
                return None;
            }
            Code::Whole(text) => text,
        };
        let other_kind = self.text(F::IdType).is_some_and(|kind| !is_resident_certificate(&kind));
        let judged = ResidentId::parse(&written, today);
        let kept = judged.as_ref().map_or_else(|_| written.clone(), |id| id.as_str().to_owned());
        self.keep(F::IdNo, kept);
        match judged {
            Ok(id) => Some(id),
            Err(_) if other_kind => None,
            Err(problem) => {
                let at = self.at.column(Some(column));
                let reason = format!("{}。", problem.sentence().trim_end_matches('。'));
                self.doubts.raise_because(at, kind_of(problem), Shown::Certificate, &written, reason);
                None
            }
        }
    }

    fn sex(&mut self, id: Option<&ResidentId>) {
        let cell = self.text(F::Sex).unwrap_or_default();
        let told = Sex::read(&cell);
        let proven = id.map(ResidentId::sex);
        self.person.sex = match (told, proven) {
            (Some(told), Some(proven)) if told != proven => {
                self.raise(F::Sex, DoubtKind::SexVsId, Shown::Plain, &cell);
                None
            }
            (told, proven) => proven.or(told),
        };
        self.keep(F::Sex, told.map_or(cell, |sex| sex.label().to_owned()));
        let implied = self.person.kinship.implies;
        if let (Some(implied), Some(sex)) = (implied, self.person.sex)
            && implied != sex
        {
            let label = self.person.kinship.label.clone();
            self.raise(F::Relation, DoubtKind::RelationSex, Shown::Plain, &label);
        }
    }

    fn birth(&mut self, id: Option<&ResidentId>, today: Day) {
        let Some(cell) = self.text(F::Birth).filter(|text| !text.is_empty()) else { return };
        let Some(when) = When::read(&cell) else {
            self.raise(F::Birth, DoubtKind::YearFormat, Shown::Plain, &cell);
            return self.keep(F::Birth, cell);
        };
        let same = |birth: Day| {
            let whole = birth.to_string();
            whole.starts_with(&when.dashed())
        };
        let first = Day::from_ymd(when.year, when.month.unwrap_or(1), when.day.unwrap_or(1));
        if id.is_some_and(|id| !same(id.birth())) {
            self.raise(F::Birth, DoubtKind::BirthVsId, Shown::Plain, &when.year.to_string());
        } else if first.is_some_and(|first| first > today) {
            self.raise(F::Birth, DoubtKind::FutureBirth, Shown::Plain, &cell);
        }
        self.keep(F::Birth, when.dashed());
    }

    fn schooling(&mut self) {
        let none = |text: &str| matches!(text, "" | "无" | "否" | "非在校生" | "不在校" | "非在校" | "未在校");
        let edu = self.keep_text(F::Edu);
        let school = self.keep_text(F::School);
        if !none(&edu) && !none(&school) {
            self.raise(F::School, DoubtKind::EduAndSchool, Shown::Plain, &format!("{edu}／{school}"));
        }
    }

    fn work_months(&mut self) {
        let Some(text) = self.text(F::WorkMonths).filter(|text| !matches!(text.as_str(), "" | "无" | "否")) else {
            return;
        };
        match value::hundredths(&text) {
            Some(months) if (0..=1200).contains(&months) => self.keep(F::WorkMonths, value::decimal_text(months)),
            _ => {
                let reason = "务工时间应是0到12之间的月数；请只填数字。".to_owned();
                let at = self.at.column(self.layout.at(F::WorkMonths));
                self.doubts.raise_because(at, DoubtKind::NumberFormat, Shown::Plain, &text, reason);
                self.keep(F::WorkMonths, text);
            }
        }
    }

    fn phone(&mut self) {
        let Some(text) = self.text(F::PersonPhone).filter(|text| !is_no_phone(text)) else { return };
        let (phone, good) = value::phone(&text);
        if !good {
            self.raise(F::PersonPhone, DoubtKind::PhoneFormat, Shown::Phone, &text);
        }
        self.keep(F::PersonPhone, phone);
    }

    fn identified_on(&mut self) {
        let Some(text) = self.text(F::IdentifiedOn).filter(|text| !text.is_empty()) else { return };
        let date_cell = text.len() == 10 && text.contains('-');
        match When::read(&text) {
            Some(when) => self.keep(F::IdentifiedOn, when.compact(date_cell)),
            None => {
                self.raise(F::IdentifiedOn, DoubtKind::YearFormat, Shown::Plain, &text);
                self.keep(F::IdentifiedOn, text);
            }
        }
    }
}

/// Whether a phone cell says in words that there is none.
pub(crate) fn is_no_phone(text: &str) -> bool {
    matches!(text, "" | "无" | "没有" | "暂无" | "0" | "无电话")
}

fn is_resident_certificate(kind: &str) -> bool {
    kind.is_empty() || ["身份证", "残疾", "户口", "1", "01"].iter().any(|word| kind.contains(word))
}

fn kind_of(problem: IdProblem) -> DoubtKind {
    match problem {
        IdProblem::Empty => DoubtKind::IdMissing,
        IdProblem::Destroyed => DoubtKind::IdDestroyedByFloat,
        IdProblem::Length { .. } => DoubtKind::IdLength,
        IdProblem::Characters => DoubtKind::IdCharacters,
        IdProblem::Placeholder => DoubtKind::Placeholder,
        IdProblem::Date => DoubtKind::ImpossibleDate,
        IdProblem::Future => DoubtKind::FutureBirth,
        IdProblem::Checksum => DoubtKind::Checksum,
        IdProblem::DisabilityType => DoubtKind::DisabilityType,
        IdProblem::DisabilityGrade => DoubtKind::DisabilityGrade,
        IdProblem::Reissue => DoubtKind::CertificateReissue,
    }
}
