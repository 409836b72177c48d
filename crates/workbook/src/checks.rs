//! What only all rows together can tell: heads and spouses, counts, places, phones two households share.
//! Rules: domain.md §2.2, §2.3 (R-FAM-1, R-TEL-1).

use crate::doubt::{DoubtKind, Shown};
use crate::doubts::{At, Doubts};
use crate::field::RosterField as F;
use crate::gather::{Draft, Gathering, Member};
use crate::household::{RosterHousehold, RosterPlace};
use std::collections::{BTreeMap, BTreeSet};

/// Judges all households and hands them out.
pub(crate) fn finish(mut gathering: Gathering, doubts: &mut Doubts) -> Vec<RosterHousehold> {
    numberless(&gathering, doubts);
    let mut drafts = std::mem::take(&mut gathering.drafts);
    let checks = Checks { gathering: &gathering, usual: usual_villages(&drafts), sparse: sparse_sheets(&drafts) };
    let mut phones = Phones::new();
    for (index, draft) in drafts.iter_mut().enumerate() {
        checks.place(draft, doubts);
        checks.family(draft, doubts);
        checks.count(draft, doubts);
        checks.phone(index, draft, &mut phones, doubts);
    }
    drafts.into_iter().map(|draft| draft.out).filter(|household| household.rows > 0).collect()
}

/// An older list writes 户编号 only in the head's row: then the others do not miss it.
fn numberless(gathering: &Gathering, doubts: &mut Doubts) {
    let missing = &gathering.numberless;
    if missing.len() >= 3 && missing.len() * 2 > gathering.followers {
        return;
    }
    for at in missing {
        doubts.raise(gathering.cell(*at, F::HouseholdNo), DoubtKind::MissingHouseholdNo, Shown::Plain, "");
    }
}

/// The village a 自然村 mostly lies in, so that of two villages in one household the wrong one can be named.
type Usual = BTreeMap<(String, String, String), String>;

fn usual_villages(drafts: &[Draft]) -> Usual {
    let mut votes: BTreeMap<(String, String, String), BTreeMap<&str, usize>> = BTreeMap::new();
    for draft in drafts {
        for (place, rows) in draft.places.iter().filter(|(place, _)| !place.natural_village.is_empty()) {
            let key = (place.county.clone(), place.town.clone(), place.natural_village.clone());
            *votes.entry(key).or_default().entry(&place.village).or_default() += rows.len();
        }
    }
    let most = |votes: BTreeMap<&str, usize>| {
        votes.into_iter().max_by_key(|(_, count)| *count).map(|(village, _)| village.to_owned()).unwrap_or_default()
    };
    votes.into_iter().map(|(key, votes)| (key, most(votes))).collect()
}

/// Sheets that write the village only now and then: there a blank means the village above.
fn sparse_sheets(drafts: &[Draft]) -> BTreeSet<usize> {
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for draft in drafts {
        for (sheet, _) in &draft.without_village {
            counts.entry(*sheet).or_default().0 += 1;
        }
        for (sheet, _) in draft.places.iter().flat_map(|(_, rows)| rows) {
            counts.entry(*sheet).or_default().1 += 1;
        }
    }
    let sparse = |(blank, told): (usize, usize)| told > 0 && blank * 4 > told;
    counts.into_iter().filter(|(_, count)| sparse(*count)).map(|(sheet, _)| sheet).collect()
}

struct Checks<'a> {
    gathering: &'a Gathering,
    usual: Usual,
    sparse: BTreeSet<usize>,
}

impl Checks<'_> {
    fn cell(&self, at: At, field: F) -> At {
        self.gathering.cell(at, field)
    }

    fn has(&self, sheet: usize, field: F) -> bool {
        self.gathering.layouts.get(sheet).is_some_and(|layout| layout.at(field).is_some())
    }

    fn place(&self, draft: &mut Draft, doubts: &mut Doubts) {
        let sheet = draft.out.sheet;
        let right = self.right_place(draft);
        for (place, rows) in &draft.places {
            let level = [
                (F::County, &place.county, &right.county),
                (F::Town, &place.town, &right.town),
                (F::Village, &place.village, &right.village),
            ];
            // The lowest level that differs is the one written wrong; a level left blank differs from nothing.
            let differs = level.iter().rev().find(|(_, told, right)| told != right && !told.is_empty());
            if let Some((field, told, _)) = differs {
                for (sheet, row) in rows {
                    let at = self.cell(At::row(*sheet, *row), *field);
                    let reason = format!(
                        "同一户的其他行写的是{}{}，这一行写的是{told}；请核对户编号或村名。",
                        right.town, right.village
                    );
                    doubts.raise_because(at, DoubtKind::WrongVillage, Shown::Plain, told, reason);
                }
            }
        }
        let told_nowhere = draft.places.is_empty();
        draft.out.place = if told_nowhere && self.sparse.contains(&sheet) { draft.above.clone() } else { right };
        let dense = !self.sparse.contains(&sheet);
        let missing: &[(usize, u32)] = match (told_nowhere, dense) {
            (true, true) => draft.without_village.get(..1).unwrap_or_default(),
            (true, false) if draft.above.village.is_empty() => draft.without_village.get(..1).unwrap_or_default(),
            (false, true) => &draft.without_village,
            _ => &[],
        };
        for (sheet, row) in missing.iter().filter(|(sheet, _)| self.has(*sheet, F::Village)) {
            let at = self.cell(At::row(*sheet, *row), F::Village);
            doubts.raise(at, DoubtKind::RegionMissing, Shown::Plain, "");
        }
    }

    /// The place of a household whose rows may tell several: what its 自然村 speaks for, then most rows, then the head's.
    fn right_place(&self, draft: &Draft) -> RosterPlace {
        let fits = |place: &RosterPlace| {
            let key = (place.county.clone(), place.town.clone(), place.natural_village.clone());
            self.usual.get(&key).is_none_or(|usual| *usual == place.village)
        };
        let head =
            draft.members.iter().find(|member| member.kinship.head).map(|member| (member.at.sheet, member.at.row));
        let mut villages: BTreeMap<(&str, &str, &str), (bool, usize, bool)> = BTreeMap::new();
        for (place, rows) in &draft.places {
            let vote = villages.entry((&place.county, &place.town, &place.village)).or_default();
            vote.0 |= fits(place);
            vote.1 += rows.len();
            vote.2 |= head.is_some_and(|head| rows.contains(&head));
        }
        let best = villages.into_iter().max_by_key(|(_, vote)| *vote).map(|(village, _)| village);
        let of_best = |place: &&(RosterPlace, Vec<(usize, u32)>)| {
            best == Some((place.0.county.as_str(), place.0.town.as_str(), place.0.village.as_str()))
        };
        draft.places.iter().find(of_best).map(|(place, _)| place.clone()).unwrap_or_default()
    }

    fn family(&self, draft: &Draft, doubts: &mut Doubts) {
        let told = |member: &&Member| self.has(member.at.sheet, F::Relation);
        let members: Vec<&Member> = draft.members.iter().filter(told).collect();
        let heads: Vec<&&Member> = members.iter().filter(|member| member.kinship.head).collect();
        let spouses: Vec<&&Member> = members.iter().filter(|member| member.kinship.spouse).collect();
        let label = |member: &Member| member.kinship.label.clone();
        if let (Some(first), true) = (members.first(), heads.is_empty()) {
            doubts.raise(self.cell(first.at, F::Relation), DoubtKind::NoHead, Shown::Plain, &label(first));
        }
        for extra in heads.iter().skip(1).filter(|member| !member.duplicate) {
            doubts.raise(self.cell(extra.at, F::Relation), DoubtKind::TwoHeads, Shown::Plain, &label(extra));
        }
        for extra in spouses.iter().skip(1).filter(|member| !member.duplicate) {
            doubts.raise(self.cell(extra.at, F::Relation), DoubtKind::TwoSpouses, Shown::Plain, &label(extra));
        }
        if let ([head], [spouse]) = (heads.as_slice(), spouses.as_slice()) {
            let doubted = spouse.kinship.implies.is_some_and(|implied| Some(implied) != spouse.sex);
            if head.sex.is_some() && head.sex == spouse.sex && !doubted {
                doubts.raise(self.cell(spouse.at, F::Relation), DoubtKind::SpouseSameSex, Shown::Plain, &label(spouse));
            }
        }
    }

    fn count(&self, draft: &Draft, doubts: &mut Doubts) {
        let stated = draft.out.cells.get(F::MemberCountStated.key()).and_then(|text| text.parse::<usize>().ok());
        let (Some(stated), Some(first)) = (stated, draft.members.first()) else { return };
        let found = draft.members.len();
        // Someone who also stands in another household is doubted there; the count may be right without them.
        let without = found - draft.members.iter().filter(|member| member.duplicate).count();
        if stated != found && stated != without {
            let head = draft.members.iter().find(|member| member.kinship.head).unwrap_or(first);
            let reason = format!("写的是{stated}人，这一户有{found}行；请核对是缺了人还是多了人。");
            let at = self.cell(head.at, F::MemberCountStated);
            doubts.raise_because(at, DoubtKind::MemberCountDiffers, Shown::Plain, &stated.to_string(), reason);
        }
    }

    fn phone(&self, index: usize, draft: &Draft, phones: &mut Phones, doubts: &mut Doubts) {
        let Some(phone) = draft.out.cells.get(F::HouseholdPhone.key()).filter(|phone| phone.len() >= 7) else { return };
        let at = self.cell(At::row(draft.out.sheet, draft.out.row), F::HouseholdPhone);
        let Some((first, there)) = phones.get(phone) else {
            let _before = phones.insert(phone.clone(), (index, at));
            return;
        };
        if *first != index {
            let reason = format!(
                "与“{}”第{}行那一户的联系电话相同；请核对是谁的，给另一户补上自己的。",
                doubts.sheet_name(there.sheet),
                there.row
            );
            doubts.raise_because(at, DoubtKind::SharedPhone, Shown::Phone, phone, reason);
        }
    }
}

/// Phones of households: whose first, and where.
type Phones = BTreeMap<String, (usize, At)>;
