//! Who may hold what, at the county: kept in the order of the numbers, so that every device can be told exactly what
//! it was granted and what has ended. Nothing leaves the county but through this table.

use crate::entries::{self, Kept};
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Grant, GrantEnd, LetIn, Member, Role, RoleEnd};
use lianhu_core::entry::{About, kind};
use lianhu_core::exchange::Digest;
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::join::{Join, JoinEnd};
use lianhu_core::role_kind::Reach;
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
            kind::GRANT
            | kind::ROLE
            | kind::TEAM
            | kind::MEMBER
            | kind::PLACEMENT
            | kind::REGISTRATION
            | kind::JOIN
            | kind::JOIN_END => self.rejudge(point.at),
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
            (kind::JOIN, About::Household(household)) => {
                self.rescope_joined([household, kept.body::<Join>()?.into], point)
            }
            (kind::JOIN_END, About::Household(household)) => {
                match self.joining_target(kept.body::<JoinEnd>()?.join)? {
                    Some((of, into)) if of == household => self.rescope_joined([household, into], point),
                    _ => Ok(()),
                }
            }
            (kind::PLACE, About::Place(place)) => {
                for user in self.area_users(&self.chain(place)?)? {
                    self.begin(user, About::Place(place), point)?;
                }
                Ok(())
            }
            (kind::ROLE, About::Cadre(user)) => self.rescope_role(user, &kept.body()?, point),
            (kind::ROLE_END, About::Cadre(user)) => match kept.body::<RoleEnd>()?.place {
                Some(place) => self.rescope_area(user, place, point),
                None => Ok(()),
            },
            (kind::LET_IN, About::Cadre(_)) => self.let_in(kept.body::<LetIn>()?.device, kept.entry.user),
            (kind::TEAM, About::Organisation(_)) => self.begin(kept.entry.user, kept.entry.about, point),
            (kind::MEMBER, About::Organisation(team)) => {
                let member: Member = kept.body()?;
                if !member.left {
                    self.begin(member.user, kept.entry.about, point)?;
                }
                for about in self.granted_to(UserId(team))? {
                    self.rescope_one_grant(member.user, about, point)?;
                }
                Ok(())
            }
            (kind::CADRE, About::Cadre(user)) => {
                self.begin(user, About::Cadre(user), point)?;
                self.begin(user, About::County, point)
            }
            _ => Ok(()),
        }
    }

    /// Something was granted to a person or a team, or taken back.
    fn rescope_grant(&self, user: UserId, about: About, point: Point) -> Result<()> {
        self.tell_of_team(user, about, point)?;
        for member in self.members_of(user)? {
            self.rescope_one_grant(member, about, point)?;
        }
        if self.is_team(user)? { Ok(()) } else { self.rescope_one_grant(user, about, point) }
    }

    /// Whoever holds a household that a team comes to hold too may know what that team is called.
    fn tell_of_team(&self, team: UserId, about: About, point: Point) -> Result<()> {
        if !self.is_team(team)? {
            return Ok(());
        }
        let holders = match about {
            About::Household(household) => self.holders(household)?,
            About::Place(place) => {
                let mut holders = BTreeSet::new();
                for inner in self.within(place)? {
                    let sql = "select distinct scope.user from household join scope on scope.about = cast(x'68' || household.id as blob) \
                               where until is null and (origin = ?1 or present = ?1)";
                    let found = self.all(sql, [inner.bytes()], |row| row.get::<_, Vec<u8>>(0))?;
                    holders.extend(found.iter().filter_map(|id| UserId::from_slice(id)));
                }
                holders.into_iter().collect()
            }
            _ => Vec::new(),
        };
        holders.into_iter().try_for_each(|holder| self.begin(holder, About::Organisation(team.0), point))
    }

    fn rescope_one_grant(&self, user: UserId, about: About, point: Point) -> Result<()> {
        match about {
            About::Household(household) => self.recover(user, household, point),
            About::Place(place) => self.rescope_area(user, place, point),
            _ => Ok(()),
        }
    }

    fn rescope_role(&self, user: UserId, role: &Role, point: Point) -> Result<()> {
        let reach = self.reach_of_kind(&role.role)?;
        if reach == Reach::County {
            self.begin(user, About::Everything, point)?;
        }
        match role.place {
            Some(place) if reach.needs_place() => self.rescope_area(user, place, point),
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
        users.insert(author);
        for card in self.cards_of(household)? {
            users.extend(self.holders(card)?);
        }
        users.into_iter().try_for_each(|user| self.recover(user, household, point))
    }

    /// A card is gone: what was one household through it alone is one no longer.
    pub(crate) fn rescope_without(&self, cards: &[HouseholdId], point: Point) -> Result<()> {
        for card in cards {
            for user in self.holders(*card)? {
                self.recover_card(user, *card, point)?;
            }
        }
        Ok(())
    }

    /// Two households were joined or parted: whoever holds any card of either holds all that are now one with it, and no
    /// longer what is not.
    fn rescope_joined(&self, households: [HouseholdId; 2], point: Point) -> Result<()> {
        let (mut cards, mut users) = (BTreeSet::new(), BTreeSet::new());
        for household in households {
            cards.extend(self.cards_of(household)?);
        }
        for card in &cards {
            users.extend(self.holders(*card)?);
        }
        users.into_iter().try_for_each(|user| cards.iter().try_for_each(|card| self.recover_card(user, *card, point)))
    }

    /// Begins or ends a person's hold on a household, with all cards that are joined into one with it.
    fn recover(&self, user: UserId, household: HouseholdId, point: Point) -> Result<()> {
        self.cards_of(household)?.into_iter().try_for_each(|card| self.recover_card(user, card, point))
    }

    /// Begins or ends a person's hold on one card, as the directives now say.
    fn recover_card(&self, user: UserId, household: HouseholdId, point: Point) -> Result<()> {
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
        for team in self.teams_holding(household)? {
            self.begin(user, About::Organisation(team.0), point)?;
        }
        // Whoever looks after the same household may know each other by name.
        for other in self.holders(household)? {
            self.begin(user, About::Cadre(other), point)?;
            self.begin(other, About::Cadre(user), point)?;
        }
        Ok(())
    }

    /// Whether directives in force entrust a household to a person, directly or by its place; any card of it will do.
    pub(crate) fn covers(&self, user: UserId, household: HouseholdId) -> Result<bool> {
        let sql = "select 1 from granted where about = ?1 and number is not null and ended is null \
                   and (user = ?2 or user in (select team from member where member.user = ?2 and left = 0))";
        for card in self.cards_of(household)? {
            if self.one(sql, params![About::Household(card).key(), user.bytes()], |_| Ok(()))?.is_some()
                || self.area_users(&self.places_of(card)?)?.contains(&user)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every place a household lies in, of both trees, from the inside out.
    pub(crate) fn places_of(&self, household: HouseholdId) -> Result<Vec<PlaceId>> {
        let mut places = Vec::new();
        for place in self.placed(household)? {
            places.extend(self.chain(place)?);
        }
        Ok(places)
    }

    /// Where a household is placed: its home, and where it lives now if that is elsewhere.
    pub(crate) fn placed(&self, household: HouseholdId) -> Result<Vec<PlaceId>> {
        let placed = self.one("select origin, present from household where id = ?1", [household.bytes()], |row| {
            Ok([row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?])
        })?;
        Ok(placed.into_iter().flatten().flatten().filter_map(|id| PlaceId::from_slice(&id)).collect())
    }

    /// Who holds any of these places, by grant or by role.
    pub(crate) fn area_users(&self, places: &[PlaceId]) -> Result<BTreeSet<UserId>> {
        let mut users = BTreeSet::new();
        for place in places {
            let sql = "select user from granted where about = ?1 and number is not null and ended is null \
                       and user not in (select id from team) \
                       union select member.user from granted join member on member.team = granted.user and left = 0 \
                       where granted.about = ?1 and granted.number is not null and ended is null \
                       union select user from role where place = ?2 and reach in (1, 2) and ended is null";
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
