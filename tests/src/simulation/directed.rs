//! Who directs what: a directive of somebody who holds not all there is, is let in only where its author was entitled as far as
//! they had heard, and where they were it is never refused. Worked out from the log alone (`model.rs`).

use super::World;
use super::model::body;
use super::promises::{Kept, ensure};
use lianhu_core::directive::{Device, LetIn, Placement, Role, RoleEnd};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::exchange::Code;
use lianhu_core::ids::{EntryName, HouseholdId, PlaceId, UserId};
use lianhu_core::join::{Join, JoinEnd};
use lianhu_ledger::inspect::Refused;
use std::collections::BTreeSet;

impl World {
    /// A directive that was just numbered came from somebody who may direct it.
    pub(super) fn check_directed(&self, name: EntryName, entry: &Entry) -> Kept {
        let by_hand = self.village.county.with(|county| county.identity()).map_err(|error| error.to_string())?;
        // A person may have let in what stood aside; and numbers of a life that was lost say nothing in another.
        if !entry.is_directive()
            || entry.device == by_hand.device
            || self.model.holds_all(entry.user)
            || self.once_aside.contains(&name)
            || self.life() > 0
        {
            return Ok(());
        }
        let seen = self.wire.seen_by(name).unwrap_or(0);
        ensure(self.may_direct(entry, seen), || {
            format!(
                "kind {} about {:?} was let in from {}, who had heard up to {seen} and may not direct that",
                entry.kind,
                entry.about,
                self.village.name_of(entry.user)
            )
        })
    }

    fn may_direct(&self, entry: &Entry, seen: u64) -> bool {
        let (model, me) = (&self.model, entry.user);
        let areas = model.directs(me, seen);
        let below = |user: UserId| model.directs(user, u64::MAX).is_empty() && !model.holds_all(user);
        let gives = |user: UserId, role: &str, place: Option<PlaceId>| {
            below(user)
                && !["township", "county"].contains(&role)
                && place.is_none_or(|place| model.lies_in(place, &areas))
        };
        match (entry.kind, entry.about) {
            (kind::ESCROW, about) => about == About::Cadre(me),
            _ if areas.is_empty() => false,
            (kind::GRANT | kind::GRANT_END | kind::APPROVAL, About::Household(household)) => {
                model.held(me, household, seen) && self.is_theirs(me, household, &areas, seen)
            }
            (kind::PLACEMENT, About::Household(household)) => {
                let Placement { origin, present } = body(entry);
                let to = |place: PlaceId| model.lies_in(place, &areas) || model.is_placed_at(household, place);
                model.held(me, household, seen)
                    && self.is_theirs(me, household, &areas, seen)
                    && std::iter::once(origin).chain(present).all(to)
            }
            (kind::GRANT | kind::GRANT_END, About::Place(place)) => model.lies_in(place, &areas),
            (kind::JOIN, About::Household(of)) => self.may_join([of, body::<Join>(entry).into], &areas, seen),
            (kind::JOIN_END, About::Household(of)) => {
                let join = model.cards.join(body::<JoinEnd>(entry).join);
                join.is_some_and(|known| known.of == of && self.may_join([of, known.join.into], &areas, seen))
            }
            (kind::TEAM | kind::MEMBER, About::Organisation(team)) => {
                self.team_holds(UserId(team)).all(|about| match about {
                    About::Household(household) => model.held(me, household, seen),
                    About::Place(place) => model.lies_in(place, &areas),
                    _ => false,
                })
            }
            (kind::ROLE, About::Cadre(user)) => {
                let Role { role, place } = body(entry);
                gives(user, &role, place)
            }
            (kind::ROLE_END, About::Cadre(user)) => {
                let RoleEnd { role, place, .. } = body(entry);
                gives(user, &role, place)
            }
            (kind::DEVICE, About::Cadre(user)) => body::<Device>(entry).revoked && below(user),
            (kind::LET_IN, About::Cadre(user)) => {
                let LetIn { device, .. } = body(entry);
                below(user) && model.device(device).is_some_and(|(whose, _)| whose == user)
            }
            (kind::CADRE | kind::PLACE | kind::ENROLMENT, _) => true,
            _ => false,
        }
    }

    /// A township holds a household because it lies there, not because the person at its desk helps it.
    fn is_theirs(&self, me: UserId, household: HouseholdId, areas: &BTreeSet<PlaceId>, seen: u64) -> bool {
        !self.model.helped(household, me) || self.model.lay_in(household, areas, seen)
    }

    /// Both cards lie in a township's own areas, or did as far as it had heard; nobody looks after one that was erased.
    fn may_join(&self, cards: [HouseholdId; 2], areas: &BTreeSet<PlaceId>, seen: u64) -> bool {
        let erased = self.model.erased();
        cards.into_iter().all(|card| erased.contains(&card) || self.model.lay_in(card, areas, seen))
    }

    fn team_holds(&self, team: UserId) -> impl Iterator<Item = About> {
        self.model.granted().into_iter().filter(move |(_, user)| *user == team).map(|(about, _)| about)
    }

    /// Whether something stands aside that its author could not know to be in vain, or may not direct by what the log says now.
    pub(super) fn is_honestly_refused(&self, refused: &Refused, all: &[Refused]) -> bool {
        let Ok(entry) = Entry::read(&refused.bytes) else { return false };
        match (refused.code, entry.kind) {
            // It was joined meanwhile, by somebody else.
            (Some(Code::Circle), kind::JOIN) => true,
            // The end of a join that came to nothing.
            (Some(Code::NotEntitled), kind::JOIN_END) => {
                let join = body::<JoinEnd>(&entry).join;
                all.iter().any(|other| other.name == join)
            }
            // Somebody at a township's desk helps it, and it lies elsewhere: that the program refuses before it is written.
            (Some(Code::NotEntitled), kind::GRANT | kind::GRANT_END | kind::APPROVAL | kind::PLACEMENT) => {
                entry.about.household().is_some_and(|household| {
                    let seen = self.wire.seen_by(refused.name).unwrap_or(0);
                    !self.model.lay_in(household, &self.model.directs(entry.user, seen), seen)
                })
            }
            // What a team holds by now is not its township's to give; nor is who sits at a desk by now below it.
            (Some(Code::NotEntitled), kind::TEAM | kind::MEMBER | kind::ROLE | kind::ROLE_END) => {
                !self.may_direct(&entry, self.wire.seen_by(refused.name).unwrap_or(0))
            }
            // Only the county's own hand notes what an inspector did; only the county opens an inspection.
            (Some(Code::NotEntitled), kind::SAMPLE_DRAWN | kind::SAMPLE_OPENED) => true,
            (Some(Code::NotEntitled), kind::INSPECTION | kind::INSPECTION_END) => !self.model.holds_all(entry.user),
            (Some(Code::NotEntitled), kind::EXPORT_WANTED | kind::EXPORT_GRANTED | kind::EXPORT_GRANT_END) => {
                !self.may_decide_export(&entry)
            }
            _ => false,
        }
    }
}
