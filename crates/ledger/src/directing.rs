//! Who directs what: the county everything, a township inside its own area, as far as it could know of its end.

use crate::areas::NOW;
use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::directive::{Device, LetIn, Place, Placement, Role, RoleEnd};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::exchange::Answer;
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::join::{Join, JoinEnd};
use rusqlite::params;

impl Ledger {
    /// Whether the person here directs about a household: the county's, or a township's in whose area it lies.
    pub fn may_direct_about(&self, household: HouseholdId) -> Result<bool> {
        let tx = self.look();
        let me = tx.identity()?;
        if me.is_county || tx.holds_everything(me.user)? {
            return Ok(true);
        }
        let areas = tx.areas_directed(me.user, NOW)?;
        Ok(!areas.is_empty() && tx.is_theirs(me.user, household, &areas, NOW)?)
    }
}

impl Tx<'_> {
    /// Townships direct inside their own area, as far as they could know of its end; all else is the county's.
    pub(crate) fn may_direct(&self, entry: &Entry, seen: u64) -> Result<bool> {
        let areas = self.areas_directed(entry.user, seen)?;
        let inside =
            |place: PlaceId| -> Result<bool> { Ok(self.chain(place)?.iter().any(|outer| areas.contains(outer))) };
        match (entry.kind, entry.about) {
            // Everybody provides for their own home.
            (kind::ESCROW, About::Cadre(user)) => Ok(user == entry.user),
            _ if areas.is_empty() => Ok(false),
            (kind::GRANT | kind::GRANT_END | kind::APPROVAL, About::Household(household)) => {
                Ok(self.held_at(entry.user, entry.about, seen)?
                    && self.is_theirs(entry.user, household, &areas, seen)?)
            }
            (kind::PLACEMENT, About::Household(household)) => match minicbor::decode::<Placement>(&entry.body) {
                // Nobody places a household where somebody else directs; where it lies already it may stay.
                Ok(Placement { origin, present }) => {
                    let before = self.placed(household)?;
                    let may = |place: PlaceId| -> Result<bool> { Ok(before.contains(&place) || inside(place)?) };
                    Ok(self.held_at(entry.user, entry.about, seen)?
                        && self.is_theirs(entry.user, household, &areas, seen)?
                        && may(origin)?
                        && present.is_none_or(|place| may(place).unwrap_or(false)))
                }
                Err(_) => Ok(false),
            },
            (kind::JOIN, About::Household(household)) => match minicbor::decode::<Join>(&entry.body) {
                Ok(join) => self.lay_within([household, join.into], &areas, seen),
                Err(_) => Ok(false),
            },
            (kind::JOIN_END, About::Household(household)) => match minicbor::decode::<JoinEnd>(&entry.body) {
                Ok(end) => match self.joining_target(end.join)? {
                    Some((of, into)) if of == household => self.lay_within([of, into], &areas, seen),
                    _ => Ok(false),
                },
                Err(_) => Ok(false),
            },
            (kind::GRANT | kind::GRANT_END, About::Place(place)) => inside(place),
            (kind::TEAM | kind::MEMBER, About::Organisation(team)) => {
                // What is granted to a person is no team's: nobody forms one under a person's id.
                let person = "select 1 from cadre where id = ?1";
                let person = self.one(person, [UserId(team).bytes()], |_| Ok(()))?.is_some();
                let new = entry.kind == kind::TEAM && !person && !self.is_team(UserId(team))?;
                let theirs = |held: About| match held {
                    About::Household(_) => self.held_at(entry.user, held, seen),
                    About::Place(place) => inside(place),
                    _ => Ok(false),
                };
                // Who comes into a team holds all it holds: that is the township's to give only where it lies in its area.
                let known = new || self.held_at(entry.user, entry.about, seen)?;
                let mut within = !team.is_nil() && known;
                for held in self.granted_to(UserId(team))? {
                    within = within && theirs(held)?;
                }
                Ok(within)
            }
            (kind::PLACE, About::Place(place)) => {
                match minicbor::decode::<Place>(&entry.body).ok().and_then(|place| place.parent) {
                    // A new place, or one that is its own already; nothing lies within itself.
                    Some(parent) => {
                        let sql = "select 1 from place where id = ?1";
                        let new = self.one(sql, [place.bytes()], |_| Ok(()))?.is_none();
                        Ok((new || inside(place)?) && inside(parent)? && !self.chain(parent)?.contains(&place))
                    }
                    None => Ok(false),
                }
            }
            (kind::CADRE, About::Cadre(user)) => self.may_enrol(entry.user, user),
            // Whoever enrols a device as somebody reads all that they hold.
            (kind::ENROLMENT, About::Cadre(user)) => {
                Ok(self.may_enrol(entry.user, user)? && self.works_within(user, &areas, seen)?)
            }
            (kind::DEVICE, About::Cadre(user)) => match minicbor::decode::<Device>(&entry.body) {
                Ok(device) => Ok(device.revoked
                    && self.is_below(user, entry.user)?
                    && self.known(device.device)?.is_some_and(|known| known.user == user && known.key == device.key)),
                Err(_) => Ok(false),
            },
            (kind::LET_IN, About::Cadre(user)) => match minicbor::decode::<LetIn>(&entry.body) {
                Ok(LetIn { device, .. }) => {
                    Ok(self.is_below(user, entry.user)? && self.known(device)?.is_some_and(|known| known.user == user))
                }
                Err(_) => Ok(false),
            },
            (kind::ROLE, About::Cadre(user)) => match minicbor::decode::<Role>(&entry.body) {
                Ok(Role { role, place }) => {
                    self.may_give(user, &role, place.is_none_or(|at| inside(at).unwrap_or(false)))
                }
                Err(_) => Ok(false),
            },
            (kind::ROLE_END, About::Cadre(user)) => match minicbor::decode::<RoleEnd>(&entry.body) {
                Ok(RoleEnd { role, place, .. }) => {
                    self.may_give(user, &role, place.is_none_or(|at| inside(at).unwrap_or(false)))
                }
                Err(_) => Ok(false),
            },
            _ => Ok(false),
        }
    }

    /// Whether a township may write somebody down, or give them a device: somebody new, whom it wrote down itself, or who
    /// works in its area. Whoever could enrol anybody could read what anybody holds.
    pub(crate) fn may_enrol(&self, township: UserId, user: UserId) -> Result<bool> {
        let sql = "select max(user = ?3) from entry where about = ?1 and kind = ?2 and number is not null";
        let params = params![About::Cadre(user).key(), kind::CADRE, township.bytes()];
        let own = self.one(sql, params, |row| row.get::<_, Option<bool>>(0))?.flatten();
        let theirs = own.unwrap_or(true) || self.is_below(user, township)?;
        Ok(theirs && !self.directs(user)? && !self.is_team(user)?)
    }

    /// Whether a township may give a role, or end it: none that directs, to nobody above it, nowhere but inside its area.
    pub(crate) fn may_give(&self, user: UserId, role: &str, inside: bool) -> Result<bool> {
        Ok(inside && !self.reach_of_kind(role)?.directs() && !self.directs(user)?)
    }

    /// Whether something is directed of which nobody has heard yet: its author's envelopes may come out of order.
    pub(crate) fn waits_for_its_subject(&self, entry: &Entry) -> Result<bool> {
        if self.areas_directed(entry.user, 0)?.is_empty() {
            return Ok(false);
        }
        let unknown = |about: About| -> Result<bool> {
            let sql = "select 1 from entry where about = ?1 and number is not null limit 1";
            Ok(self.one(sql, [about.key()], |_| Ok(()))?.is_none())
        };
        match (entry.kind, entry.about) {
            (kind::GRANT | kind::GRANT_END | kind::PLACEMENT | kind::APPROVAL, about @ About::Household(_)) => {
                unknown(about)
            }
            (kind::MEMBER, about) => unknown(about),
            (kind::JOIN, about) => match minicbor::decode::<Join>(&entry.body) {
                Ok(join) => Ok(unknown(about)? || unknown(About::Household(join.into))?),
                Err(_) => Ok(false),
            },
            (kind::JOIN_END, _) => match minicbor::decode::<JoinEnd>(&entry.body) {
                Ok(end) => Ok(matches!(self.fate(end.join)?, None | Some((Answer::Parked, ..)))),
                Err(_) => Ok(false),
            },
            _ => Ok(false),
        }
    }

    /// Whether a person may join these two households, or part them: the county, or a township that both lie in.
    pub(crate) fn may_join(&self, user: UserId, households: [HouseholdId; 2]) -> Result<bool> {
        if self.holds_everything(user)? || self.identity()?.is_county {
            return Ok(true);
        }
        let areas = self.areas_directed(user, NOW)?;
        Ok(self.lies_within(households[0], &areas)? && self.lies_within(households[1], &areas)?)
    }

    /// Whether a township may have the home of somebody opened: they stand below it, and all their work lies in its area.
    pub(crate) fn may_open_home_of(&self, user: UserId, township: UserId) -> Result<bool> {
        let areas = self.areas_directed(township, NOW)?;
        Ok(self.is_below(user, township)? && self.works_within(user, &areas, NOW)?)
    }

    /// Whether a person stands below another who is a township's, and works in their area: then that one speaks for them.
    pub(crate) fn is_below(&self, user: UserId, township: UserId) -> Result<bool> {
        let areas = self.areas_directed(township, NOW)?;
        Ok(!areas.is_empty() && !self.directs(user)? && self.holds(township, About::Cadre(user))?)
    }
}
