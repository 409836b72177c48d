//! Households that look as if they were written down twice: found by the keys they have in common, within what is held here.
//! They are reasons to look; a person decides.

use crate::error::Result;
use crate::households::HouseholdRow;
use crate::project::IS_COMPARED;
use crate::store::{Ledger, Tx};
use lianhu_core::alike::{Compared, Likeness};
use lianhu_core::change::Change;
use lianhu_core::entry::{About, kind};
use lianhu_core::field;
use lianhu_core::ids::{EntryName, HouseholdId, PersonId, PlaceId};
use rusqlite::params;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// A key that more households than this have in common says nothing of any of them: the number of the village office.
const TOO_COMMON: usize = 20;

/// In what two households agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Like {
    /// What agrees.
    pub likeness: Likeness,
    /// Whose it is on the one card, where it is a person's.
    pub person: Option<PersonId>,
    /// What that one is called.
    pub name: Option<String>,
    /// Whose it is on the other.
    pub other: Option<PersonId>,
    /// What that one is called.
    pub other_name: Option<String>,
}

/// Two households that look alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Duplicate {
    /// The one that would rather stay: it has a 户编号, or is the older in the list.
    pub stays: HouseholdRow,
    /// The one that would be joined into it.
    pub joins: HouseholdRow,
    /// Why they look alike, the strongest reason first; persons of `joins` first.
    pub reasons: Vec<Like>,
    /// Whether somebody has said that they are not the same, and facts have changed since.
    pub again: bool,
    /// Whether whoever asks may join them.
    pub may_join: bool,
}

/// One page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Duplicates {
    /// How many there are in all.
    pub total: u32,
    /// These of them, the likeliest first.
    pub rows: Vec<Duplicate>,
    /// Keys left aside because too many households share them.
    pub too_common: u32,
}

/// Two households, the smaller id first.
type Two = (HouseholdId, HouseholdId);

fn two(one: HouseholdId, other: HouseholdId) -> Two {
    if one < other { (one, other) } else { (other, one) }
}

/// A household that looks like another, and wherein.
pub type Alike = (HouseholdRow, Vec<Like>);

impl Ledger {
    /// Households that look alike, of all that is held here or with one of them in a place; the likeliest first.
    pub fn duplicate_candidates(&self, place: Option<PlaceId>, from: u32, most: u32) -> Result<Duplicates> {
        let tx = self.look();
        let (found, too_common) = tx.alike_pairs()?;
        let inside = place.map(|place| tx.households_within(place)).transpose()?;
        let said = tx.told_apart()?;
        let by_person = tx.persons_elsewhere()?;
        let mut order = Vec::new();
        for (pair, kinds) in found {
            if inside.as_ref().is_some_and(|inside| !inside.contains(&pair.0) && !inside.contains(&pair.1)) {
                continue;
            }
            let again = match said.get(&pair) {
                Some(entry) if !tx.has_changed_since(pair, *entry)? => continue,
                said => said.is_some(),
            };
            // Whoever is on both lists, and known to be, is no reason to ask again.
            if by_person.contains(&pair) && tx.likes(pair)?.is_empty() {
                continue;
            }
            order.push((kinds.first().copied(), std::cmp::Reverse(kinds.len()), pair, again));
        }
        order.sort_unstable();
        let total = u32::try_from(order.len()).unwrap_or(u32::MAX);
        let mut rows = Vec::new();
        for (_, _, pair, again) in order.into_iter().skip(from as usize).take(most as usize) {
            rows.extend(self.duplicate(pair, again)?);
        }
        Ok(Duplicates { total, rows, too_common })
    }

    /// Households that look like one that is not written down yet, the likeliest first, but for this one; and how many
    /// more there are.
    pub fn alike(&self, compared: &Compared, but: Option<HouseholdId>, most: usize) -> Result<(Vec<Alike>, u32)> {
        let tx = self.look();
        let but = but.map(|but| tx.root_of(but)).transpose()?;
        let mut found: BTreeMap<HouseholdId, BTreeSet<Likeness>> = BTreeMap::new();
        for key in compared.keys() {
            let households = tx.with_key(key)?;
            if households.len() > TOO_COMMON {
                continue;
            }
            for household in households {
                let root = tx.root_of(household)?;
                if but != Some(root) {
                    found.entry(root).or_default().extend(Likeness::of_key(key));
                }
            }
        }
        let mut order: Vec<_> = found.into_iter().map(|(id, kinds)| (kinds.first().copied(), id)).collect();
        order.sort_unstable();
        let more = u32::try_from(order.len().saturating_sub(most)).unwrap_or(u32::MAX);
        let mut rows = Vec::new();
        for (_, household) in order.into_iter().take(most) {
            let mut likes = Vec::new();
            for card in tx.cards_of(household)? {
                let Some((theirs, ids)) = tx.compared(card)? else { continue };
                for reason in compared.reasons(&theirs) {
                    let (mine, his) = reason.persons.unzip();
                    likes.push(Like {
                        likeness: reason.likeness,
                        person: None,
                        name: mine.and_then(|at| compared.persons.get(at)).map(|person| person.name.clone()),
                        other: his.and_then(|at| ids.get(at)).copied(),
                        other_name: his.and_then(|at| theirs.persons.get(at)).map(|person| person.name.clone()),
                    });
                }
            }
            if let Some(row) = self.household_row(household)? {
                rows.push((row, likes));
            }
        }
        Ok((rows, more))
    }

    /// In what two households agree, on whichever of their cards; persons of the first one first.
    pub fn likes(&self, one: HouseholdId, other: HouseholdId) -> Result<Vec<Like>> {
        self.look().likes((one, other))
    }

    fn duplicate(&self, (one, other): Two, again: bool) -> Result<Option<Duplicate>> {
        let (Some(one), Some(other)) = (self.household_row(one)?, self.household_row(other)?) else {
            return Ok(None);
        };
        let rank = |row: &HouseholdRow| (row.national_no.is_none(), row.joined == 0, row.last_visit.is_none(), row.id);
        let (stays, joins) = if rank(&one) < rank(&other) { (one, other) } else { (other, one) };
        let reasons = self.likes(joins.id, stays.id)?;
        let may_join = self.may_join([joins.id, stays.id])?;
        Ok(Some(Duplicate { stays, joins, reasons, again, may_join }))
    }
}

impl Tx<'_> {
    fn with_key(&self, key: i64) -> Result<Vec<HouseholdId>> {
        let sql = "select household from alike_key where key = ?1 limit 100";
        let found = self.all(sql, [key], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(found.iter().filter_map(|id| HouseholdId::from_slice(id)).collect())
    }

    /// Households with a key in common, as they are shown; and how many keys too many share.
    fn alike_pairs(&self) -> Result<(BTreeMap<Two, BTreeSet<Likeness>>, u32)> {
        let roots = self.all("select household, root from joined", [], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let id = |bytes: &[u8]| HouseholdId::from_slice(bytes);
        let roots: BTreeMap<_, _> = roots.iter().filter_map(|(one, root)| Some((id(one)?, id(root)?))).collect();
        let shared = self.all("select key from alike_key group by key having count(*) > 1", [], |row| row.get(0))?;
        let (mut pairs, mut too_common): (BTreeMap<Two, BTreeSet<Likeness>>, u32) = (BTreeMap::new(), 0);
        for key in shared {
            let households = self.with_key(key)?;
            if households.len() > TOO_COMMON {
                too_common += 1;
                continue;
            }
            let shown: BTreeSet<_> = households.iter().map(|one| *roots.get(one).unwrap_or(one)).collect();
            for one in &shown {
                for other in shown.range(*one..).skip(1) {
                    pairs.entry((*one, *other)).or_default().extend(Likeness::of_key(key));
                }
            }
        }
        Ok((pairs, too_common))
    }

    fn households_within(&self, place: PlaceId) -> Result<BTreeSet<HouseholdId>> {
        let mut inside = BTreeSet::new();
        for place in self.within(place)? {
            let sql = "select id from household where origin = ?1 or present = ?1";
            let found = self.all(sql, [place.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
            inside.extend(found.iter().filter_map(|id| HouseholdId::from_slice(id)));
        }
        Ok(inside)
    }

    /// The pairs that somebody has told apart, with the newest word.
    fn told_apart(&self) -> Result<BTreeMap<Two, EntryName>> {
        let rows = self.all(
            "select apart.household, apart.other, apart.entry from apart join entry on entry.name = apart.entry order by entry.id",
            [],
            |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, crate::entries::name_of(row, 2)?)),
        )?;
        let mut said = BTreeMap::new();
        for (one, other, entry) in rows {
            if let (Some(one), Some(other)) = (HouseholdId::from_slice(&one), HouseholdId::from_slice(&other)) {
                said.insert(two(self.root_of(one)?, self.root_of(other)?), entry);
            }
        }
        Ok(said)
    }

    /// The pairs of households of which somebody is joined as a person.
    fn persons_elsewhere(&self) -> Result<BTreeSet<Two>> {
        let rows = self.all("select distinct household, root_household from joined_person", [], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let mut pairs = BTreeSet::new();
        for (one, other) in rows {
            if let (Some(one), Some(other)) = (HouseholdId::from_slice(&one), HouseholdId::from_slice(&other)) {
                pairs.insert(two(self.root_of(one)?, self.root_of(other)?));
            }
        }
        Ok(pairs)
    }

    /// Whether something by which they are compared was written of either since.
    fn has_changed_since(&self, (one, other): Two, said: EntryName) -> Result<bool> {
        for card in self.cards_of(one)?.into_iter().chain(self.cards_of(other)?) {
            let sql = "select name from entry where about = ?1 and kind in (?2, ?3) and standing = 0 and id > (select id from entry where name = ?4)";
            let params = params![About::Household(card).key(), kind::CHANGE, kind::PLACEMENT, said.0];
            for name in self.all(sql, params, |row| crate::entries::name_of(row, 0))? {
                let Some(kept) = self.living(name)? else { continue };
                let compared = |key: &str| IS_COMPARED.contains(&field::split_key(key).1);
                if kept.entry.kind == kind::PLACEMENT
                    || kept.body::<Change>()?.puts.iter().any(|put| compared(&put.key))
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// In what two households agree; persons of the first one first, and none of whom it is known.
    fn likes(&self, (one, other): Two) -> Result<Vec<Like>> {
        let mut likes: Vec<Like> = Vec::new();
        let others = self.cards_of(other)?;
        for card in self.cards_of(one)? {
            let Some((mine, my_ids)) = self.compared(card)? else { continue };
            for other in &others {
                let Some((theirs, their_ids)) = self.compared(*other)? else { continue };
                for reason in mine.reasons(&theirs) {
                    let (at, their_at) = reason.persons.unzip();
                    let person = at.and_then(|at| my_ids.get(at)).copied();
                    let their = their_at.and_then(|at| their_ids.get(at)).copied();
                    if let (Some(person), Some(their)) = (person, their)
                        && self.is_same_person((card, person), (*other, their))?
                    {
                        continue;
                    }
                    let like = Like {
                        likeness: reason.likeness,
                        person,
                        name: at.and_then(|at| mine.persons.get(at)).map(|person| person.name.clone()),
                        other: their,
                        other_name: their_at.and_then(|at| theirs.persons.get(at)).map(|person| person.name.clone()),
                    };
                    if !likes.contains(&like) {
                        likes.push(like);
                    }
                }
            }
        }
        likes.sort_by_key(|like| like.likeness);
        Ok(likes)
    }

    fn is_same_person(&self, one: (HouseholdId, PersonId), other: (HouseholdId, PersonId)) -> Result<bool> {
        let counted =
            |(card, person)| Ok::<_, crate::LedgerError>(self.counted_as(card, person)?.unwrap_or((card, person)));
        Ok(counted(one)? == counted(other)?)
    }
}
