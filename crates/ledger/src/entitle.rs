//! Whether an author may write about a subject: decided by directives alone, never by what was written.

use crate::error::Result;
use crate::gate::is_of_import;
use crate::store::{Ledger, Tx};
use lianhu_core::directive::{Device, LetIn, Place, Placement, Role, RoleEnd};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::Head;
use lianhu_core::exchange::Answer;
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted};
use lianhu_core::handover::HandoverTaken;
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::join::{Apart, Join, JoinEnd};
use lianhu_core::record::Registration;
use rusqlite::params;

/// Higher than any number: what ended has ended.
const NOW: u64 = i64::MAX.cast_unsigned();

/// What the directives say of an author and an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entitled {
    /// May write it.
    Yes,
    /// May, but already knew when writing that the grant had ended: kept and flagged 待核.
    Late,
    /// Nobody has heard of the household yet: its registration may still be on the way.
    NotYet,
    /// Was never entrusted with it.
    No,
}

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
    pub(crate) fn entitled(&self, head: &Head, entry: &Entry) -> Result<Entitled> {
        if matches!(entry.kind, kind::EXPORT_WANTED | kind::EXPORT_GRANTED | kind::EXPORT_GRANT_END) {
            // The county's people decide it between themselves: not even its own hand does it for them.
            return self.may_decide_export(entry);
        }
        if self.is_root(head)? {
            return Ok(Entitled::Yes);
        }
        if matches!(entry.kind, kind::SAMPLE_DRAWN | kind::SAMPLE_OPENED) {
            // What an inspector did is noted by the county's own hand, or it could be made up by anybody.
            return Ok(Entitled::No);
        }
        if self.holds_everything(entry.user)? {
            return Ok(Entitled::Yes);
        }
        if entry.is_directive() {
            let may = self.may_direct(entry, head.county_seen)?;
            return match may {
                true => Ok(Entitled::Yes),
                false if self.waits_for_its_subject(entry)? => Ok(Entitled::NotYet),
                false => Ok(Entitled::No),
            };
        }
        if entry.kind == kind::TRACE {
            // Whoever is enrolled leaves traces, whatever they hold.
            return Ok(Entitled::Yes);
        }
        if entry.kind == kind::HANDOVER_TAKEN {
            return Ok(if self.may_take_over(entry)? { Entitled::Yes } else { Entitled::No });
        }
        let About::Household(household) = entry.about else { return Ok(Entitled::No) };
        // What the roster import says counts as confirmed; only the county, let through above, imports rosters.
        if is_of_import(entry) {
            return Ok(Entitled::No);
        }
        if entry.kind == kind::REGISTRATION {
            let Ok(registration) = minicbor::decode::<Registration>(&entry.body) else { return Ok(Entitled::No) };
            // Whoever holds a household already may not place it anywhere else by registering it once more.
            return if self.is_known(household)? && !self.holds(entry.user, entry.about)? {
                Ok(Entitled::No)
            } else {
                self.in_own_area(entry.user, registration.place, head.county_seen)
            };
        }
        // Nobody tells households apart of which they hold only one.
        if entry.kind == kind::APART
            && let Ok(apart) = minicbor::decode::<Apart>(&entry.body)
            && !self.holds(entry.user, About::Household(apart.from))?
        {
            return Ok(Entitled::No);
        }
        let sql = "select until from scope where user = ?1 and about = ?2";
        let hold = self.one(sql, params![entry.user.bytes(), entry.about.key()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(match hold {
            Some(None) => Entitled::Yes,
            // What was written before the author could know of the end is kept like any other.
            Some(Some(until)) if head.county_seen < until.cast_unsigned() => Entitled::Yes,
            Some(Some(_)) => Entitled::Late,
            None if !self.is_known(household)? => Entitled::NotYet,
            None => Entitled::No,
        })
    }

    /// Whoever holds or held a household may say that they have taken it over from whoever left a note about it.
    fn may_take_over(&self, entry: &Entry) -> Result<bool> {
        let (About::Cadre(giver), Ok(taken)) = (entry.about, minicbor::decode::<HandoverTaken>(&entry.body)) else {
            return Ok(false);
        };
        let sql = "select 1 from entry join scope on scope.about = entry.about and scope.user = ?3 \
                   where entry.name = ?1 and entry.kind = ?4 and entry.user = ?2";
        for note in &taken.notes {
            let params = params![note.0, giver.bytes(), entry.user.bytes(), kind::HANDOVER_NOTE];
            if self.one(sql, params, |_| Ok(()))?.is_none() {
                return Ok(false);
            }
        }
        Ok(!taken.notes.is_empty())
    }

    /// Whether a person of the county may ask for, grant, refuse or end an unmasked export. Nobody grants their own.
    fn may_decide_export(&self, entry: &Entry) -> Result<Entitled> {
        let may = |may: bool| if may { Entitled::Yes } else { Entitled::No };
        if !self.holds_everything(entry.user)? || entry.kind == kind::EXPORT_WANTED {
            return Ok(may(self.holds_everything(entry.user)?));
        }
        let granted = minicbor::decode::<ExportGranted>(&entry.body).ok();
        let ended = || minicbor::decode::<ExportGrantEnd>(&entry.body).ok().map(|end| end.wanted);
        let is_grant = entry.kind == kind::EXPORT_GRANTED;
        let named = if is_grant { granted.map(|granted| granted.wanted) } else { ended() };
        let Some(named) = named else { return Ok(Entitled::No) };
        // After a restore the asking may come again behind its grant.
        let Some((asker, wanted)) = self.export_wanted(named)? else { return Ok(Entitled::NotYet) };
        let in_time = granted.is_some_and(|granted| granted.until <= wanted.last_day(entry.at.day()));
        Ok(may(!is_grant || (asker != entry.user && in_time)))
    }

    /// The county's own hand: the ledger that gives the numbers.
    fn is_root(&self, head: &Head) -> Result<bool> {
        let me = self.identity()?;
        Ok(me.is_county && me.device == head.device && me.user == head.user)
    }

    /// Whether the county has heard of a household.
    fn is_known(&self, household: HouseholdId) -> Result<bool> {
        let sql = "select 1 from entry where about = ?1 and number is not null limit 1";
        Ok(self.one(sql, [About::Household(household).key()], |_| Ok(()))?.is_some())
    }

    /// Whether a place lies in a person's own area, as they could know it at a number: the places they hold, and the
    /// villages of their households. What was theirs once and no longer is late, not refused.
    fn in_own_area(&self, user: UserId, place: PlaceId, seen: u64) -> Result<Entitled> {
        let chain = self.chain(place)?;
        if self.area_users(&chain)?.contains(&user) {
            return Ok(Entitled::Yes);
        }
        let mut found = Entitled::No;
        for outer in &chain {
            let sql = "select max(ended) from ( \
                select ended from granted where about = ?1 and user = ?2 and number is not null \
                union all select ended from role where place = ?3 and user = ?2 and reach in (1, 2) \
                union all select coalesce(granted.ended, member.number) from granted join member on member.team = granted.user \
                where granted.about = ?1 and member.user = ?2 and left = 1)";
            let params = params![About::Place(*outer).key(), user.bytes(), outer.bytes()];
            match self.one(sql, params, |row| row.get::<_, Option<i64>>(0))?.flatten() {
                Some(ended) if seen < ended.cast_unsigned() => return Ok(Entitled::Yes),
                Some(_) => found = Entitled::Late,
                None => {}
            }
        }
        let Some(village) = self.village_around(place)? else { return Ok(found) };
        let sql = "select substr(about, 2), until from scope where user = ?1 and about between x'68' and x'69'";
        let held =
            self.all(sql, [user.bytes()], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Option<i64>>(1)?)))?;
        for (household, until) in held {
            let Some(household) = HouseholdId::from_slice(&household) else { continue };
            let known = until.is_none_or(|until| seen < until.cast_unsigned());
            // Where an erased household lay is written nowhere any more; that its holder was told of the village is.
            if known && self.erased_by(household)?.is_some() && self.was_told_of(user, village)? {
                found = Entitled::Late;
            }
            for (places, replaced) in self.placements(household)? {
                let Some(origin) = places.first() else { continue };
                if self.village_around(*origin)? == Some(village) {
                    if known && replaced.is_none_or(|number| seen < number) {
                        return Ok(Entitled::Yes);
                    }
                    found = Entitled::Late;
                }
            }
        }
        Ok(found)
    }

    /// Whether a person was ever told of a place.
    fn was_told_of(&self, user: UserId, place: PlaceId) -> Result<bool> {
        let sql = "select 1 from scope where user = ?1 and about = ?2";
        Ok(self.one(sql, params![user.bytes(), About::Place(place).key()], |_| Ok(()))?.is_some())
    }

    fn village_around(&self, place: PlaceId) -> Result<Option<PlaceId>> {
        let sql = "select village from place where id = ?1";
        let village = self.one(sql, [place.bytes()], |row| row.get::<_, Option<Vec<u8>>>(0))?;
        Ok(village.flatten().and_then(|id| PlaceId::from_slice(&id)))
    }

    /// Where a household was ever placed, its origin first, with the number at which the next placement took over.
    fn placements(&self, household: HouseholdId) -> Result<Vec<(Vec<PlaceId>, Option<u64>)>> {
        let about = About::Household(household).key();
        let sql = "about = ?1 and kind in (?2, ?3) and number is not null";
        let all = self.entries(sql, params![about, kind::PLACEMENT, kind::REGISTRATION])?;
        let mut placements: Vec<(Vec<PlaceId>, Option<u64>)> = Vec::new();
        for kept in all {
            if let Some(last) = placements.last_mut() {
                last.1 = kept.number;
            }
            let places = if kept.entry.kind == kind::PLACEMENT {
                let Placement { origin, present } = kept.body()?;
                std::iter::once(origin).chain(present).collect()
            } else {
                vec![kept.body::<Registration>()?.place]
            };
            placements.push((places, None));
        }
        Ok(placements)
    }

    /// Townships direct inside their own area, as far as they could know of its end; all else is the county's.
    fn may_direct(&self, entry: &Entry, seen: u64) -> Result<bool> {
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
    fn may_enrol(&self, township: UserId, user: UserId) -> Result<bool> {
        let sql = "select max(user = ?3) from entry where about = ?1 and kind = ?2 and number is not null";
        let params = params![About::Cadre(user).key(), kind::CADRE, township.bytes()];
        let own = self.one(sql, params, |row| row.get::<_, Option<bool>>(0))?.flatten();
        let theirs = own.unwrap_or(true) || self.is_below(user, township)?;
        Ok(theirs && !self.directs(user)? && !self.is_team(user)?)
    }

    /// Whether all that a person held at a number, and holds still, lies in these areas.
    fn works_within(&self, user: UserId, areas: &[PlaceId], seen: u64) -> Result<bool> {
        let inside = |place: PlaceId| -> Result<bool> { Ok(self.chain(place)?.iter().any(|at| areas.contains(at))) };
        let sql = "select place from role where user = ?1 and reach > 0 and number is not null and ended is null";
        for place in self.all(sql, [user.bytes()], |row| row.get::<_, Option<Vec<u8>>>(0))? {
            let Some(place) = place.and_then(|id| PlaceId::from_slice(&id)) else { return Ok(false) };
            if !inside(place)? {
                return Ok(false);
            }
        }
        for held in self.granted_to(user)? {
            if let About::Place(place) = held
                && !inside(place)?
            {
                return Ok(false);
            }
        }
        let sql = "select about from scope where user = ?1 and until is null and since <= ?2 and about between x'68' and x'69'";
        let held = self.all(sql, params![user.bytes(), seen.cast_signed()], |row| row.get::<_, Vec<u8>>(0))?;
        for household in held.iter().filter_map(|key| About::from_key(key)?.household()) {
            if !self.lay_within([household, household], areas, seen)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a township directs about a household it holds because it lies in its area, not because the person at its desk
    /// happens to help that household.
    fn is_theirs(&self, township: UserId, household: HouseholdId, areas: &[PlaceId], seen: u64) -> Result<bool> {
        let sql = "select 1 from granted where about = ?1 and number is not null and (user = ?2 \
                   or user in (select team from member where member.user = ?2)) limit 1";
        let params = params![About::Household(household).key(), township.bytes()];
        let helps = self.one(sql, params, |_| Ok(()))?.is_some();
        Ok(!helps || self.lay_within([household, household], areas, seen)?)
    }

    /// Whether a township may give a role, or end it: none that directs, to nobody above it, nowhere but inside its area.
    fn may_give(&self, user: UserId, role: &str, inside: bool) -> Result<bool> {
        Ok(inside && !self.reach_of_kind(role)?.directs() && !self.directs(user)?)
    }

    /// Whether something is directed of which nobody has heard yet: its author's envelopes may come out of order.
    fn waits_for_its_subject(&self, entry: &Entry) -> Result<bool> {
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

    /// Whether both of these lie in one of these areas, or did as far as somebody knew who had seen the log up to a number.
    /// Nobody looks after what was erased: it keeps nobody from joining or parting what is left.
    fn lay_within(&self, households: [HouseholdId; 2], areas: &[PlaceId], seen: u64) -> Result<bool> {
        for household in households {
            if self.erased_by(household)?.is_some() || self.lies_within(household, areas)? {
                continue;
            }
            let mut lay = false;
            for (places, replaced) in self.placements(household)? {
                if replaced.is_none_or(|number| seen < number) {
                    for place in places {
                        lay = lay || self.chain(place)?.iter().any(|outer| areas.contains(outer));
                    }
                }
            }
            if !lay {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a household itself lies in one of these areas, whatever it is joined with.
    fn lies_within(&self, household: HouseholdId, areas: &[PlaceId]) -> Result<bool> {
        Ok(self.places_of(household)?.iter().any(|place| areas.contains(place)))
    }

    /// Whether a person may join these two households, or part them: the county, or a township that both lie in.
    pub(crate) fn may_join(&self, user: UserId, households: [HouseholdId; 2]) -> Result<bool> {
        if self.holds_everything(user)? || self.identity()?.is_county {
            return Ok(true);
        }
        let areas = self.areas_directed(user, NOW)?;
        Ok(self.lies_within(households[0], &areas)? && self.lies_within(households[1], &areas)?)
    }

    /// The areas of a person as a township, also those they had until after the number they have seen.
    fn areas_directed(&self, user: UserId, seen: u64) -> Result<Vec<PlaceId>> {
        let sql = "select place from role where user = ?1 and reach = 2 and place is not null \
                   and (ended is null or ended > ?2)";
        let areas = self.all(sql, params![user.bytes(), seen.cast_signed()], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(areas.iter().filter_map(|id| PlaceId::from_slice(id)).collect())
    }

    /// Whether a person held something when they had seen the log up to a number.
    fn held_at(&self, user: UserId, about: About, seen: u64) -> Result<bool> {
        let sql = "select 1 from scope where user = ?1 and about = ?2 and (until is null or until > ?3)";
        Ok(self.one(sql, params![user.bytes(), about.key(), seen.cast_signed()], |_| Ok(()))?.is_some())
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
