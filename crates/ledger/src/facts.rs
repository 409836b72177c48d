//! What a report counts, read from the tables: one fact a household, its visits in the period, its needs.

use crate::error::Result;
use crate::households::SHOWN;
use crate::store::{Ledger, Tx};
use crate::visit_counts::Counts;
use lianhu_core::day::{Moment, Period};
use lianhu_core::entry::About;
use lianhu_core::fact::{Fact, HouseholdFact, PlaceRef};
use lianhu_core::ids::{EntryName, Hash, HouseholdId, PlaceId};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An edition of a report that was given out.
#[derive(Debug, Clone)]
pub struct Edition {
    /// The how-manieth.
    pub edition: u32,
    /// When.
    pub made_at: Moment,
    /// The report as it was, as JSON.
    pub figures: String,
}

impl Ledger {
    /// The facts of a period, of all that is held or of one place.
    pub fn facts(&self, period: Period, place: Option<PlaceId>) -> Result<Vec<Fact>> {
        let tx = self.look();
        let place_sql = "select id, name, level, coalesce(code, '') from place";
        let places: BTreeMap<Vec<u8>, (PlaceRef, String)> = tx
            .all(place_sql, [], |row| {
                let id: Vec<u8> = row.get(0)?;
                let uuid = Uuid::from_slice(&id).unwrap_or_default();
                Ok((id, (PlaceRef { code: row.get(3)?, name: row.get(1)?, id: uuid }, row.get::<_, String>(2)?)))
            })?
            .into_iter()
            .collect();
        // One place is read by itself: a figure of a village opens without counting the county. All that is held is read
        // in the order in which it lies.
        let inside =
            "select id from household where origin in (select id from inside) or present in (select id from inside)";
        let with = "with recursive inside (id) as (select ?3 union select place.id from place join inside on place.parent = inside.id) ";
        let (with, which, visits, counts) = match place {
            Some(_) => (
                with,
                format!(" in ({inside})"),
                "(select count(*) from visit where visit.household in (select household.id union all select joined.household from joined where joined.root = household.id) and visit.day between ?1 and ?2 and visit.struck = 0)",
                Counts::new(),
            ),
            None => ("", " is not ?3".to_owned(), "0", tx.visit_counts(period)?),
        };
        let place = place.map(|place| place.bytes().to_vec());
        let sql = format!(
            "{with}select household.id, household.town, household.village, household.present, household.batch_year, household.persons, household.disagreeing, \
             {visits} from household where {SHOWN} and household.id{which} and ?1 is not null and ?2 is not null"
        );
        let mut facts = Vec::new();
        // Each says where it is counted, so what happened to it does not have to.
        let mut known = BTreeSet::new();
        let refer = |id: &Option<Vec<u8>>| id.as_ref().and_then(|id| places.get(id)).map(|(place, _)| place.clone());
        let rows = tx.all(&sql, params![period.from.0, period.to.0, place], |row| {
            Ok((
                row.get::<_, Vec<u8>>(0)?,
                [row.get::<_, Option<Vec<u8>>>(1)?, row.get(2)?, row.get(3)?],
                row.get::<_, Option<i32>>(4)?,
                row.get::<_, u32>(5)?,
                row.get::<_, u32>(6)? > 0,
                row.get::<_, u32>(7)?,
            ))
        })?;
        for (id, [town, village, present], batch_year, persons, two_statements, visits) in rows {
            let household = Uuid::from_slice(&id).unwrap_or_default();
            let is_site = |id: &Vec<u8>| places.get(id).is_some_and(|(_, level)| level == "site");
            let site = refer(&present.filter(is_site));
            known.insert(household);
            facts.push(Fact::Household(HouseholdFact {
                household,
                town: refer(&town),
                village: refer(&village),
                site,
                batch_year,
                persons,
                two_statements,
            }));
            let visits = counts.get(household.as_bytes()).copied().unwrap_or(visits);
            if visits > 0 {
                facts.push(Fact::Visits { household, village: None, count: visits });
            }
        }
        facts.extend(tx.lawful_facts(period, place.as_deref(), &places)?);
        // What happened to a household is counted for the card it is shown on.
        let shown = "coalesce((select root from joined where joined.household = need.household), need.household)";
        let sql = format!(
            "{with}select root, position, {shown}, step from need where raised_on between ?1 and ?2 and {shown}{which}"
        );
        let needs = tx.all(&sql, params![period.from.0, period.to.0, place], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?, row.get::<_, i64>(3)?))
        })?;
        for (root, position, household, step) in needs {
            let household = Uuid::from_slice(&household).unwrap_or_default();
            if known.contains(&household) {
                facts.push(Fact::NeedRaised {
                    need: need_id(&root, position),
                    household,
                    village: None,
                    open: step < 3,
                });
            }
        }
        Ok(facts)
    }

    /// Under what ids the counts that erased households left behind stand among the facts: there are no records of them.
    pub fn nobodies(&self) -> Result<BTreeSet<Uuid>> {
        let entries = self.look().all("select distinct entry from lawful_count", [], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(entries.iter().map(|entry| need_id(entry, -1)).collect())
    }

    /// The roots of the visits of one household in a period, by day.
    pub fn visit_roots(&self, household: HouseholdId, period: Period) -> Result<Vec<EntryName>> {
        let sql = "select root from visit where household in (select ?1 union all select joined.household from joined where joined.root = ?1) and day between ?2 and ?3 and struck = 0 order by day, root";
        self.look()
            .all(sql, params![household.bytes(), period.from.0, period.to.0], |row| crate::entries::name_of(row, 0))
    }

    /// The last edition of a report that was given out.
    pub fn last_edition(&self, period: &str, place: Option<PlaceId>) -> Result<Option<Edition>> {
        let sql = "select edition, made_at, figures from edition where period = ?1 and place = ?2 order by edition desc limit 1";
        let place = place.map(|id| id.bytes().to_vec()).unwrap_or_default();
        self.look().one(sql, params![period, place], |row| {
            Ok(Edition { edition: row.get(0)?, made_at: Moment(row.get(1)?), figures: row.get(2)? })
        })
    }

    /// One edition of a report that was given out.
    pub fn edition(&self, period: &str, place: Option<PlaceId>, edition: u32) -> Result<Option<Edition>> {
        let sql = "select edition, made_at, figures from edition where period = ?1 and place = ?2 and edition = ?3";
        let place = place.map(|id| id.bytes().to_vec()).unwrap_or_default();
        self.look().one(sql, params![period, place, edition], |row| {
            Ok(Edition { edition: row.get(0)?, made_at: Moment(row.get(1)?), figures: row.get(2)? })
        })
    }

    /// Keeps an edition of a report.
    pub fn keep_edition(&mut self, period: &str, place: Option<PlaceId>, edition: u32, figures: &str) -> Result<()> {
        let now = self.around.now();
        let place = place.map(|id| id.bytes().to_vec()).unwrap_or_default();
        self.transact(|tx| {
            tx.run(
                "insert or replace into edition (period, place, edition, made_at, figures) values (?1, ?2, ?3, ?4, ?5)",
                params![period, place, edition, now.0, figures],
            )
            .map(drop)
        })
    }
}

impl Tx<'_> {
    /// What erased households have added to the figures of a period: by their village, without saying whom. Who holds
    /// single households counts theirs alone.
    fn lawful_facts(
        &self,
        period: Period,
        place: Option<&[u8]>,
        places: &BTreeMap<Vec<u8>, (PlaceRef, String)>,
    ) -> Result<Vec<Fact>> {
        let sql = "with recursive inside (id) as (select ?3 union select place.id from place join inside on place.parent = inside.id) \
                   select entry, about, sum(visits), sum(needs) from lawful_count where day between ?1 and ?2 \
                   and (?3 is null or substr(about, 2) in (select id from inside)) group by entry, about";
        let counts = self.all(sql, params![period.from.0, period.to.0, place], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, u32>(2)?, row.get::<_, u32>(3)?))
        })?;
        let mut facts = Vec::new();
        for (entry, about, visits, needs) in counts {
            let Some(about) = About::from_key(&about) else { continue };
            if !self.answers_for(about)? {
                continue;
            }
            let village = match about {
                About::Place(place) => places.get(place.bytes()).map(|(place, _)| place.clone()),
                _ => None,
            };
            // Nobody's id: it follows from the count itself, so that it counts once.
            let nobody = need_id(&entry, -1);
            if visits > 0 {
                facts.push(Fact::Visits { household: nobody, village: village.clone(), count: visits });
            }
            for at in 0..i64::from(needs) {
                let (need, village) = (need_id(&entry, at), village.clone());
                facts.push(Fact::NeedRaised { need, household: nobody, village, open: false });
            }
        }
        Ok(facts)
    }

    /// Whether the person of this ledger answers for all of a place.
    fn answers_for(&self, about: About) -> Result<bool> {
        let me = self.identity()?;
        if me.is_county || self.holds_everything(me.user)? {
            return Ok(true);
        }
        let About::Place(place) = about else { return Ok(false) };
        Ok(self.area_users(&self.chain(place)?)?.contains(&me.user))
    }
}

/// A need's own id: it follows from the visit that raised it, so it is the same wherever it is counted.
fn need_id(root: &[u8], position: i64) -> Uuid {
    let hash = Hash::of(&[b"lianhu need 1", root, &position.to_be_bytes()]);
    hash.0.get(..16).and_then(|bytes| Uuid::from_slice(bytes).ok()).unwrap_or_default()
}
