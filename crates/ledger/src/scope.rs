//! Who may hold what, at the county: kept in the order of the numbers, so that every device can be told exactly what
//! it was granted and what has ended. Nothing leaves the county but through this table.

use crate::entries::{self, Kept};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Grant, GrantEnd, Role};
use lianhu_core::entry::{About, kind};
use lianhu_core::exchange::Digest;
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use rusqlite::params;
use std::collections::BTreeSet;

/// Records of this many days before a grant come with it; older ones on request.
const BACK: i32 = 365;

/// A point in the county's log: the number, and when it was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) number: u64,
    pub(crate) at: Moment,
}

impl Tx<'_> {
    /// Brings the scopes up to an entry that was just numbered.
    pub(crate) fn rescope(&self, kept: &Kept, point: Point) -> Result<()> {
        self.rescope_one(kept, point)?;
        match kept.entry.kind {
            kind::GRANT | kind::ROLE | kind::PLACEMENT | kind::REGISTRATION => self.rejudge(point.at),
            _ => Ok(()),
        }
    }

    fn rescope_one(&self, kept: &Kept, point: Point) -> Result<()> {
        match (kept.entry.kind, kept.entry.about) {
            (kind::GRANT, about) => self.rescope_grant(kept.body::<Grant>()?.user, about, point),
            (kind::GRANT_END, about) => self.rescope_grant(kept.body::<GrantEnd>()?.user, about, point),
            (kind::PLACEMENT | kind::REGISTRATION, About::Household(household)) => {
                self.rescope_household(household, kept.entry.user, point)
            }
            (kind::PLACE, About::Place(place)) => {
                for user in self.area_users(&self.chain(place)?)? {
                    self.begin(user, About::Place(place), point)?;
                }
                Ok(())
            }
            (kind::ROLE, About::Cadre(user)) => self.rescope_role(user, &kept.body()?, point),
            (kind::CADRE, About::Cadre(user)) => {
                self.begin(user, About::Cadre(user), point)?;
                self.begin(user, About::County, point)
            }
            _ => Ok(()),
        }
    }

    fn rescope_grant(&self, user: UserId, about: About, point: Point) -> Result<()> {
        match about {
            About::Household(household) => self.recover(user, household, point),
            About::Place(place) => self.rescope_area(user, place, point),
            _ => Ok(()),
        }
    }

    fn rescope_role(&self, user: UserId, role: &Role, point: Point) -> Result<()> {
        if role.role == "county" {
            self.begin(user, About::Everything, point)?;
        }
        match role.place {
            Some(place) if role.role != "helper" => self.rescope_area(user, place, point),
            _ => Ok(()),
        }
    }

    /// A person's hold on all that lies in a place has changed.
    fn rescope_area(&self, user: UserId, place: PlaceId, point: Point) -> Result<()> {
        let within = self.within(place)?;
        if self.area_users(&[place])?.contains(&user) {
            for place in within.iter().chain(&self.chain(place)?) {
                self.begin(user, About::Place(*place), point)?;
            }
        }
        for inner in within {
            let sql = "select id from household where origin = ?1 or present = ?1";
            for id in self.all(sql, [inner.bytes()], |row| row.get::<_, Vec<u8>>(0))? {
                if let Some(household) = HouseholdId::from_slice(&id) {
                    self.recover(user, household, point)?;
                }
            }
        }
        Ok(())
    }

    /// A household has come to another place: who holds it by place may gain or lose it.
    fn rescope_household(&self, household: HouseholdId, author: UserId, point: Point) -> Result<()> {
        let mut users = self.area_users(&self.places_of(household)?)?;
        users.extend(self.holders(household)?);
        users.insert(author);
        users.into_iter().try_for_each(|user| self.recover(user, household, point))
    }

    /// Begins or ends a person's hold on a household, as the directives now say.
    fn recover(&self, user: UserId, household: HouseholdId, point: Point) -> Result<()> {
        if self.holds_everything(user)? {
            // The end of a single grant takes nothing from those who hold all there is.
            return Ok(());
        }
        let about = About::Household(household);
        if !self.covers(user, household)? {
            return self.end(user, about, point);
        }
        let held = self.holds(user, about)?;
        self.begin(user, about, point)?;
        // Also when it was held before: the household may have come to a place that its helper has never heard of.
        for place in self.places_of(household)? {
            self.begin(user, About::Place(place), point)?;
        }
        if held {
            return Ok(());
        }
        // Whoever looks after the same household may know each other by name.
        for other in self.holders(household)? {
            self.begin(user, About::Cadre(other), point)?;
            self.begin(other, About::Cadre(user), point)?;
        }
        Ok(())
    }

    /// Whether directives in force entrust a household to a person, directly or by its place.
    pub(crate) fn covers(&self, user: UserId, household: HouseholdId) -> Result<bool> {
        let sql = "select 1 from granted where about = ?1 and user = ?2 and number is not null and ended is null";
        if self.one(sql, params![About::Household(household).key(), user.bytes()], |_| Ok(()))?.is_some() {
            return Ok(true);
        }
        Ok(self.area_users(&self.places_of(household)?)?.contains(&user))
    }

    /// Every place a household lies in, of both trees, from the inside out.
    pub(crate) fn places_of(&self, household: HouseholdId) -> Result<Vec<PlaceId>> {
        let placed = self.one("select origin, present from household where id = ?1", [household.bytes()], |row| {
            Ok([row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?])
        })?;
        let mut places = Vec::new();
        for id in placed.into_iter().flatten().flatten() {
            if let Some(place) = PlaceId::from_slice(&id) {
                places.extend(self.chain(place)?);
            }
        }
        Ok(places)
    }

    /// Who holds any of these places, by grant or by role.
    pub(crate) fn area_users(&self, places: &[PlaceId]) -> Result<BTreeSet<UserId>> {
        let mut users = BTreeSet::new();
        for place in places {
            let sql = "select user from granted where about = ?1 and number is not null and ended is null \
                       union select user from role where place = ?2 and role <> 'helper'";
            let found =
                self.all(sql, params![About::Place(*place).key(), place.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
            users.extend(found.iter().filter_map(|id| UserId::from_slice(id)));
        }
        Ok(users)
    }

    /// Who holds a household now.
    fn holders(&self, household: HouseholdId) -> Result<Vec<UserId>> {
        let sql = "select user from scope where about = ?1 and until is null";
        let found = self.all(sql, [About::Household(household).key()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(found.iter().filter_map(|id| UserId::from_slice(id)).collect())
    }

    pub(crate) fn holds(&self, user: UserId, about: About) -> Result<bool> {
        let sql = "select 1 from scope where user = ?1 and about = ?2 and until is null";
        Ok(self.one(sql, params![user.bytes(), about.key()], |_| Ok(()))?.is_some())
    }

    /// Whether a person holds everything.
    pub(crate) fn holds_everything(&self, user: UserId) -> Result<bool> {
        self.holds(user, About::Everything)
    }

    /// From this point on the person may hold it; what was numbered before comes as back-fill.
    fn begin(&self, user: UserId, about: About, point: Point) -> Result<()> {
        if self.holds(user, about)? || self.holds_everything(user)? {
            return Ok(());
        }
        let horizon = about.household().map(|_| point.at.day().plus(-BACK));
        let excluded = self.excluded(about, point.number, horizon)?;
        self.run(
            "insert or replace into scope (user, about, since, until, moved, horizon, excluded_count, excluded_sum) values (?1, ?2, ?3, null, ?3, ?4, ?5, ?6)",
            params![
                user.bytes(),
                about.key(),
                point.number.cast_signed(),
                horizon.map(|day| day.0),
                excluded.count.cast_signed(),
                excluded.sum.0
            ],
        )?;
        Ok(())
    }

    fn end(&self, user: UserId, about: About, point: Point) -> Result<()> {
        self.run(
            "update scope set until = ?3, moved = ?3 where user = ?1 and about = ?2 and until is null",
            params![user.bytes(), about.key(), point.number.cast_signed()],
        )?;
        Ok(())
    }

    /// The digest of what a back-fill leaves out: older than the horizon, numbered before the grant.
    pub(crate) fn excluded(&self, about: About, since: u64, horizon: Option<Day>) -> Result<Digest> {
        let Some(horizon) = horizon else { return Ok(Digest::default()) };
        let sql = "select name from entry where about = ?1 and number <= ?2 and kind in (?3, ?4) and day < ?5";
        let [visit, remark] = entries::OF_A_DAY;
        let params = params![about.key(), since.cast_signed(), visit, remark, horizon.0];
        let names = self.all(sql, params, |row| entries::name_of(row, 0))?;
        Ok(names.iter().fold(Digest::default(), |sum, name| sum.plus(Digest::of(name))))
    }
}
