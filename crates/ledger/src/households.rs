//! Households as people look for them: by name, pinyin, initials, the tail of a number, a room, a place.

use crate::error::Result;
use crate::project::tail_key;
use crate::store::Ledger;
use lianhu_core::day::Day;
use lianhu_core::entry::About;
use lianhu_core::ids::{HouseholdId, PersonId, PlaceId, UserId};
use lianhu_core::search_key::Query;
use rusqlite::{Row, params_from_iter, types::Value};
use serde::Serialize;
use ts_rs::TS;

/// One line of the household list. No health, income or allowance word stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HouseholdRow {
    /// Which.
    pub id: HouseholdId,
    /// 户编号.
    pub national_no: Option<String>,
    /// 户主.
    pub head: String,
    /// How many people count.
    pub persons: u32,
    /// The home village, as a path.
    pub village: Option<String>,
    /// 安置点.
    pub site: Option<String>,
    /// Building-unit-room.
    pub door: Option<String>,
    /// 搬迁年度.
    pub batch_year: Option<i32>,
    /// The day of the last visit.
    pub last_visit: Option<Day>,
    /// Needs that are open.
    pub open_needs: u32,
    /// How many of its facts say two things.
    pub disagreeing: u32,
    /// Whether it is being handed over: to be read, no longer to be written.
    pub handing_over: bool,
    /// Whether something about it is waiting to be handed in.
    pub waiting: bool,
    /// How many other cards of the same household are joined into it.
    pub joined: u32,
}

/// What joins away: a card that is joined into another is shown there.
pub(crate) const SHOWN: &str = "household.id not in (select joined.household from joined)";

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HouseholdPage {
    /// How many there are in all.
    pub total: u32,
    /// These of them.
    pub rows: Vec<HouseholdRow>,
}

/// A person of a household, unmasked; whoever shows it masks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// 与户主关系.
    pub relation: Option<String>,
    /// 性别.
    pub sex: Option<String>,
    /// 出生日期.
    pub birth: Option<String>,
    /// 证件号码.
    pub id_no: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
    /// Whether they count as living here.
    pub counts: bool,
}

const COLUMNS: &str = "household.id, household.national_no, household.head, household.persons, \
    (select path from place where place.id = household.village), household.site, household.building, household.unit, \
    household.room, household.batch_year, \
    (select max(day) from visit where visit.household in (select household.id union all select joined.household from joined where joined.root = household.id) and struck = 0), \
    (select count(*) from need where need.household in (select household.id union all select joined.household from joined where joined.root = household.id) and step < 3), household.disagreeing, \
    exists (select 1 from scope where scope.about = cast(x'68' || household.id as blob) and until is not null \
            and scope.user = (select value from meta where key = 'user')), \
    exists (select 1 from entry where entry.about = cast(x'68' || household.id as blob) and number is null and standing = 0) \
    or exists (select 1 from joined join entry on entry.about = cast(x'68' || joined.household as blob) where joined.root = household.id and number is null and standing = 0), \
    (select count(*) from joined where joined.root = household.id)";

fn row(row: &Row<'_>) -> rusqlite::Result<HouseholdRow> {
    let id: Vec<u8> = row.get(0)?;
    let door: Vec<String> =
        [row.get(6)?, row.get(7)?, row.get::<_, Option<String>>(8)?].into_iter().flatten().collect();
    Ok(HouseholdRow {
        id: HouseholdId::from_slice(&id).ok_or(rusqlite::Error::InvalidQuery)?,
        national_no: row.get(1)?,
        head: row.get(2)?,
        persons: row.get(3)?,
        village: row.get(4)?,
        site: row.get(5)?,
        door: (!door.is_empty()).then(|| door.join("-")),
        batch_year: row.get(9)?,
        last_visit: row.get::<_, Option<i32>>(10)?.map(Day),
        open_needs: row.get(11)?,
        disagreeing: row.get(12)?,
        handing_over: row.get(13)?,
        waiting: row.get(14)?,
        joined: row.get(15)?,
    })
}

/// The condition that a typed query stands for, with its parameters.
fn condition(query: &str) -> (String, Vec<Value>) {
    let by_prefix = |key: &str| {
        let upto = format!("{key}\u{10ffff}");
        let found = "household.id in (select household from search_key where key >= ? and key < ?)".to_owned();
        (found, vec![Value::Text(key.to_owned()), Value::Text(upto)])
    };
    match Query::parse(query) {
        Query::Empty => ("1".to_owned(), Vec::new()),
        Query::Text(text) => {
            // Each way by its own index: joined by `or`, every household would be read.
            let upto = Value::Text(format!("{text}\u{10ffff}"));
            let like = Value::Text(format!("%{}%", text.replace(['%', '_'], "")));
            let found = "household.id in (select household from search_key where key >= ? and key < ? \
                         union select id from household where village in (select id from place where path like ?) \
                         union select id from household where site in (select distinct site from household where site like ?))";
            (found.to_owned(), vec![Value::Text(text), upto, like.clone(), like])
        }
        Query::Letters(letters) => by_prefix(&letters.to_lowercase()),
        Query::Door(door) => by_prefix(&door.key()),
        Query::Tail(tail) => {
            let (by_tail, mut values) = by_prefix(&tail_key(&tail));
            let (by_room, more) = by_prefix(&tail);
            values.extend(more);
            values.push(Value::Text(tail));
            (format!("({by_tail} or {by_room} or household.room = ?)"), values)
        }
        Query::Phone(number) | Query::IdNumber(number) => by_prefix(&tail_key(&number)),
        Query::Number(number) => {
            let (by_number, mut values) = by_prefix(&number);
            let (by_tail, more) = by_prefix(&tail_key(&number));
            values.extend(more);
            (format!("({by_number} or {by_tail})"), values)
        }
    }
}

impl Ledger {
    /// Looks for households. Nothing typed and no place: all that are held, by village and head.
    pub fn households(&self, query: &str, place: Option<PlaceId>, from: u32, most: u32) -> Result<HouseholdPage> {
        let tx = self.look();
        let (mut found, mut values) = condition(query);
        // Whatever finds one card of a household finds the one it is shown on.
        if found != "1" {
            found = format!(
                "household.id in (select coalesce((select root from joined where joined.household = household.id), household.id) from household where {found})"
            );
        }
        found = format!("{SHOWN} and {found}");
        if let Some(place) = place {
            let within = "with recursive inside (id) as (select ? union select place.id from place join inside on place.parent = inside.id) select id from inside";
            found = format!("{found} and (household.origin in ({within}) or household.present in ({within}))");
            values.extend([Value::Blob(place.bytes().to_vec()), Value::Blob(place.bytes().to_vec())]);
        }
        let total =
            tx.one(&format!("select count(*) from household where {found}"), params_from_iter(&values), |row| {
                row.get(0)
            })?;
        let sql = format!(
            "select {COLUMNS} from household where id in (select household.id from household where {found} \
             order by village, head, id limit {most} offset {from}) order by village, head, id"
        );
        let rows = tx.all(&sql, params_from_iter(&values), row)?;
        Ok(HouseholdPage { total: total.unwrap_or(0), rows })
    }

    /// The households entrusted to one person or team, one by one and not by a place. What was taken back already and waits
    /// for its number is left out.
    pub fn households_of(&self, user: UserId) -> Result<Vec<HouseholdRow>> {
        let theirs = "select about from granted where user = ?1 and ended is null";
        let sql = format!(
            "select {COLUMNS} from household where cast(x'68' || household.id as blob) in ({theirs}) order by village, head, id"
        );
        let mut rows = self.look().all(&sql, [user.bytes()], row)?;
        let held = self.entrusted_to(user)?;
        rows.retain(|row| held.contains(&About::Household(row.id)));
        Ok(rows)
    }

    /// One line of the list.
    pub fn household_row(&self, household: HouseholdId) -> Result<Option<HouseholdRow>> {
        self.look().one(&format!("select {COLUMNS} from household where id = ?1"), [household.bytes()], row)
    }

    /// The household with this 户编号, where exactly one has it.
    pub fn household_by_national_no(&self, number: &str) -> Result<Option<HouseholdId>> {
        let sql = "select household.id from search_key join household on household.id = search_key.household where search_key.key = ?1 and household.national_no = ?1 limit 2";
        let found = self.look().all(sql, [number], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(if let [one] = found.as_slice() { HouseholdId::from_slice(one) } else { None })
    }

    /// Households whose head has this name, within a place of this name.
    pub fn households_by_head(&self, head: &str, village: &str) -> Result<Vec<HouseholdId>> {
        let sql = format!(
            "select household.id from household join place on place.id = household.village where household.head = ?1 and place.name = ?2 and {SHOWN}"
        );
        let found = self.look().all(&sql, [head, village], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(found.iter().filter_map(|id| HouseholdId::from_slice(id)).collect())
    }

    /// The people of a household, head first: those of all its cards, each once.
    pub fn persons(&self, household: HouseholdId) -> Result<Vec<PersonRow>> {
        let tx = self.look();
        if !tx.is_joined(household)? {
            return self.own_persons(household);
        }
        let mut persons = Vec::new();
        for card in tx.cards_of(household)? {
            for person in self.own_persons(card)? {
                if tx.counted_as(card, person.id)?.is_none() {
                    persons.push(person);
                }
            }
        }
        Ok(persons)
    }

    /// The people written down on one card, head first. Whoever was written down by mistake has no name any more.
    pub fn own_persons(&self, household: HouseholdId) -> Result<Vec<PersonRow>> {
        let sql = "select id, name, relation, sex, birth, id_no, phone, counts from person where household = ?1 and name <> '' order by relation is not '户主', birth, name";
        self.look().all(sql, [household.bytes()], |row| {
            let id: Vec<u8> = row.get(0)?;
            Ok(PersonRow {
                id: PersonId::from_slice(&id).ok_or(rusqlite::Error::InvalidQuery)?,
                name: row.get(1)?,
                relation: row.get(2)?,
                sex: row.get(3)?,
                birth: row.get(4)?,
                id_no: row.get(5)?,
                phone: row.get(6)?,
                counts: row.get(7)?,
            })
        })
    }
}
