//! Who may hold which household, and who may direct where, worked out a second time and in another way: from the county's
//! log alone, with no table and no SQL, so that a mistake in the product's way is not repeated here.

use super::cards::Cards;
use super::granted::Exports;
use super::inspected::Inspections;
use lianhu_core::directive::{Device, Erasure, Grant, GrantEnd, Member, Place, Placement, Role, RoleEnd};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::ids::{DeviceId, EntryName, HouseholdId, PlaceId, UserId};
use lianhu_core::record::Registration;
use std::collections::{BTreeMap, BTreeSet};

/// Where a household was placed from a number on.
type Placed = Vec<(u64, Vec<PlaceId>)>;

/// What the directives numbered so far add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    parents: BTreeMap<PlaceId, PlaceId>,
    /// Roles that have not ended.
    roles: BTreeSet<(UserId, String, Option<PlaceId>)>,
    /// When somebody was last a township's, of which place.
    directed_until: BTreeMap<(UserId, PlaceId), u64>,
    /// Who is in which team.
    members: BTreeSet<(UserId, UserId)>,
    teams: BTreeSet<UserId>,
    grants: BTreeSet<(About, UserId)>,
    /// Everybody to whom a household was ever entrusted by name.
    helped: BTreeSet<(HouseholdId, UserId)>,
    placed: BTreeMap<HouseholdId, Placed>,
    erased: BTreeSet<HouseholdId>,
    /// What is joined into what.
    pub(super) cards: Cards,
    /// What is inspected.
    pub(super) inspections: Inspections,
    /// What may be exported.
    pub(super) exports: Exports,
    users: BTreeSet<UserId>,
    now: BTreeMap<UserId, BTreeSet<HouseholdId>>,
    ever: BTreeMap<UserId, BTreeSet<HouseholdId>>,
    /// The number at which somebody last ceased to hold a household.
    held_until: BTreeMap<(UserId, HouseholdId), u64>,
    devices: BTreeMap<DeviceId, (UserId, Device)>,
}

/// Reads the body that an entry of its kind has.
pub(super) fn body<T: for<'b> minicbor::Decode<'b, ()>>(entry: &Entry) -> T {
    minicbor::decode(&entry.body).expect("a numbered entry has the body of its kind")
}

impl Model {
    /// Takes in the next entry of the log.
    pub(super) fn take(&mut self, name: EntryName, number: u64, entry: &Entry) {
        self.cards.take(name, entry);
        self.inspections.take(name, entry);
        let of_county = self.holds_all(entry.user);
        self.exports.take(name, entry, of_county);
        match (entry.kind, entry.about) {
            (kind::PLACE, About::Place(place)) => {
                if let Some(parent) = body::<Place>(entry).parent {
                    self.parents.insert(place, parent);
                }
            }
            (kind::CADRE, About::Cadre(user)) => {
                self.users.insert(user);
            }
            (kind::DEVICE, About::Cadre(user)) => {
                let device: Device = body(entry);
                let known = self.devices.entry(device.device).or_insert_with(|| (user, device.clone()));
                known.1.revoked |= device.revoked;
            }
            (kind::ROLE, About::Cadre(user)) => {
                let Role { role, place } = body(entry);
                self.roles.insert((user, role, place));
            }
            (kind::ROLE_END, About::Cadre(user)) => {
                let RoleEnd { role, place, .. } = body(entry);
                // Whoever holds everything is shut out by their devices.
                let ended = role != "county" && self.roles.remove(&(user, role.clone(), place));
                if let Some(place) = place.filter(|_| ended && role == "township") {
                    self.directed_until.insert((user, place), number);
                }
            }
            (kind::TEAM, About::Organisation(team)) => {
                self.teams.insert(UserId(team));
            }
            (kind::MEMBER, About::Organisation(team)) => {
                let Member { user, left } = body(entry);
                if left {
                    self.members.remove(&(UserId(team), user));
                } else {
                    self.members.insert((UserId(team), user));
                }
            }
            (kind::GRANT, about) => {
                let user = body::<Grant>(entry).user;
                self.grants.insert((about, user));
                self.helped.extend(about.household().map(|household| (household, user)));
            }
            (kind::GRANT_END, about) => {
                self.grants.remove(&(about, body::<GrantEnd>(entry).user));
            }
            (kind::PLACEMENT, About::Household(household)) => {
                let Placement { origin, present } = body(entry);
                self.is_placed(household, number, std::iter::once(origin).chain(present).collect());
            }
            (kind::REGISTRATION, About::Household(household)) => {
                self.is_placed(household, number, vec![body::<Registration>(entry).place]);
                self.grants.insert((entry.about, entry.user));
            }
            (kind::ERASURE, _) => {
                let Erasure { household, .. } = body(entry);
                self.erased.insert(household);
                self.placed.remove(&household);
                self.grants.retain(|(about, _)| *about != About::Household(household));
            }
            (kind::JOIN | kind::JOIN_END | kind::CHANGE, _) => {}
            _ => return,
        }
        self.work_out(number);
    }

    fn is_placed(&mut self, household: HouseholdId, number: u64, places: Vec<PlaceId>) {
        self.placed.entry(household).or_default().push((number, places));
    }

    fn work_out(&mut self, number: u64) {
        let together = self.cards.together();
        for user in self.users.clone() {
            // The office may entrust anew what the county has not heard of since it was restored.
            let granted = self.grants.iter().filter_map(|(about, _)| about.household());
            let mut now = BTreeSet::new();
            for household in self.placed.keys().copied().chain(granted).filter(|id| self.covers(user, *id)) {
                match together.get(&household) {
                    Some(cards) => now.extend(cards.iter().copied()),
                    None => drop(now.insert(household)),
                }
            }
            self.ever.entry(user).or_default().extend(now.iter().copied());
            let before = self.now.insert(user, now.clone()).unwrap_or_default();
            self.held_until.extend(before.difference(&now).map(|household| ((user, *household), number)));
        }
    }

    /// Who somebody is to a directive: themselves, and the teams they are in.
    fn as_whom(&self, user: UserId) -> impl Iterator<Item = UserId> {
        let teams = self.members.iter().filter(move |(_, member)| *member == user).map(|(team, _)| *team);
        std::iter::once(user).chain(teams)
    }

    /// Whether somebody holds this one card, by a directive about it or about where it lies.
    fn covers(&self, user: UserId, household: HouseholdId) -> bool {
        let places = self.placed.get(&household).and_then(|placed| placed.last()).map(|(_, places)| places);
        self.as_whom(user).any(|user| self.grants.contains(&(About::Household(household), user)))
            || places.into_iter().flatten().any(|place| self.holds_place(user, *place))
    }

    /// A place and all that it lies in.
    fn chain(&self, place: PlaceId) -> impl Iterator<Item = PlaceId> {
        std::iter::successors(Some(place), |at| self.parents.get(at).copied())
    }

    /// Whether a person holds a place or one it lies in.
    pub(super) fn holds_place(&self, user: UserId, place: PlaceId) -> bool {
        let has_area = |at: PlaceId| {
            self.roles.iter().any(|(whose, role, of)| *whose == user && *of == Some(at) && role != "helper")
        };
        let granted = |at: PlaceId| self.as_whom(user).any(|user| self.grants.contains(&(About::Place(at), user)));
        self.chain(place).any(|at| has_area(at) || granted(at))
    }

    /// Whether a person holds all there is.
    pub(super) fn holds_all(&self, user: UserId) -> bool {
        self.roles.contains(&(user, "county".to_owned(), None))
    }

    /// The areas somebody directs, or did as far as they had heard when they had seen the log up to a number.
    pub(super) fn directs(&self, user: UserId, seen: u64) -> BTreeSet<PlaceId> {
        let open = self.roles.iter().filter(|(whose, role, _)| *whose == user && role == "township");
        let ended = self.directed_until.iter().filter(|((whose, _), until)| *whose == user && **until > seen);
        open.filter_map(|(.., place)| *place).chain(ended.map(|((_, place), _)| *place)).collect()
    }

    /// Whether a place lies in one of these.
    pub(super) fn lies_in(&self, place: PlaceId, areas: &BTreeSet<PlaceId>) -> bool {
        self.chain(place).any(|at| areas.contains(&at))
    }

    /// Whether a household lies in one of these, or did as far as could be heard up to a number.
    pub(super) fn lay_in(&self, household: HouseholdId, areas: &BTreeSet<PlaceId>, seen: u64) -> bool {
        let placed = self.placed.get(&household).map(Vec::as_slice).unwrap_or_default();
        let until = placed.iter().skip(1).map(|(number, _)| *number).chain([u64::MAX]);
        let known = placed.iter().zip(until).filter(|(_, until)| *until > seen);
        known.flat_map(|((_, places), _)| places).any(|place| self.lies_in(*place, areas))
    }

    /// Whether a household lies at just this place.
    pub(super) fn is_placed_at(&self, household: HouseholdId, place: PlaceId) -> bool {
        let placed = self.placed.get(&household).and_then(|placed| placed.last());
        placed.is_some_and(|(_, places)| places.contains(&place))
    }

    /// The town and the village that a household counts under: those it belongs to, wherever it lives now.
    pub(super) fn counts_under(&self, household: HouseholdId) -> (Option<PlaceId>, Option<PlaceId>) {
        let placed = self.placed.get(&household).and_then(|placed| placed.last());
        let village = placed.and_then(|(_, places)| places.first()).copied();
        (village.and_then(|village| self.parents.get(&village).copied()), village)
    }

    /// Whether somebody holds a household, or did as far as they had heard up to a number.
    pub(super) fn held(&self, user: UserId, household: HouseholdId, seen: u64) -> bool {
        self.now.get(&user).is_some_and(|now| now.contains(&household))
            || self.held_until.get(&(user, household)).is_some_and(|until| *until > seen)
    }

    /// The households a person may hold now, but for those who hold all.
    pub(super) fn now(&self, user: UserId) -> BTreeSet<HouseholdId> {
        self.now.get(&user).cloned().unwrap_or_default()
    }

    /// The households a person may hold now or could at any time before.
    pub(super) fn ever(&self, user: UserId) -> BTreeSet<HouseholdId> {
        self.ever.get(&user).cloned().unwrap_or_default()
    }

    /// A county that was restored has forgotten what people may have held; this has not.
    pub(super) fn remembers(&mut self, before: &Self) {
        for (user, held) in &before.ever {
            self.ever.entry(*user).or_default().extend(held.iter().copied());
        }
    }

    /// Whether the county knows a device.
    pub(super) fn knows_device(&self, device: DeviceId) -> bool {
        self.devices.contains_key(&device)
    }

    /// A device and whose it is.
    pub(super) fn device(&self, device: DeviceId) -> Option<(UserId, Device)> {
        self.devices.get(&device).cloned()
    }

    /// All households placed.
    pub(super) fn households(&self) -> Vec<HouseholdId> {
        self.placed.keys().copied().collect()
    }

    /// The households that were erased by law.
    pub(super) fn erased(&self) -> &BTreeSet<HouseholdId> {
        &self.erased
    }

    /// Whether a household was ever entrusted to somebody by name.
    pub(super) fn helped(&self, household: HouseholdId, user: UserId) -> bool {
        self.helped.contains(&(household, user))
    }

    /// What is entrusted to whom by a directive about just it.
    pub(super) fn granted(&self) -> Vec<(About, UserId)> {
        self.grants.iter().copied().collect()
    }

    /// The roles that have not ended.
    pub(super) fn roles(&self) -> Vec<(UserId, String, Option<PlaceId>)> {
        self.roles.iter().cloned().collect()
    }

    /// The teams there are.
    pub(super) fn teams(&self) -> Vec<UserId> {
        self.teams.iter().copied().collect()
    }

    /// Who is in which team.
    pub(super) fn members(&self) -> Vec<(UserId, UserId)> {
        self.members.iter().copied().collect()
    }
}
