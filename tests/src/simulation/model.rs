//! Who may hold which household, worked out a second time and in another way: from the county's log alone, with no
//! table and no SQL, so that a mistake in the product's way is not repeated here.

use lianhu_core::directive::{Device, Grant, GrantEnd, Place, Placement, Role};
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::ids::{DeviceId, HouseholdId, PlaceId, UserId};
use lianhu_core::record::Registration;
use std::collections::{BTreeMap, BTreeSet};

/// What the directives numbered so far add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    parents: BTreeMap<PlaceId, PlaceId>,
    areas: BTreeSet<(UserId, PlaceId)>,
    all: BTreeSet<UserId>,
    grants: BTreeSet<(About, UserId)>,
    placed: BTreeMap<HouseholdId, Vec<PlaceId>>,
    users: BTreeSet<UserId>,
    now: BTreeMap<UserId, BTreeSet<HouseholdId>>,
    ever: BTreeMap<UserId, BTreeSet<HouseholdId>>,
    devices: BTreeMap<DeviceId, (UserId, Device)>,
}

fn body<T: for<'b> minicbor::Decode<'b, ()>>(entry: &Entry) -> T {
    minicbor::decode(&entry.body).expect("a numbered entry has the body of its kind")
}

impl Model {
    /// Takes in the next entry of the log.
    pub(super) fn take(&mut self, entry: &Entry) {
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
                let role: Role = body(entry);
                if role.role == "county" {
                    self.all.insert(user);
                }
                if let Some(place) = role.place.filter(|_| role.role != "helper") {
                    self.areas.insert((user, place));
                }
            }
            (kind::GRANT, about) => {
                self.grants.insert((about, body::<Grant>(entry).user));
            }
            (kind::GRANT_END, about) => {
                self.grants.remove(&(about, body::<GrantEnd>(entry).user));
            }
            (kind::PLACEMENT, About::Household(household)) => {
                let Placement { origin, present } = body(entry);
                self.placed.insert(household, std::iter::once(origin).chain(present).collect());
            }
            (kind::REGISTRATION, About::Household(household)) => {
                self.placed.insert(household, vec![body::<Registration>(entry).place]);
                self.grants.insert((entry.about, entry.user));
            }
            _ => return,
        }
        self.work_out();
    }

    fn work_out(&mut self) {
        for user in self.users.clone() {
            // The office may entrust anew what the county has not heard of since it was restored.
            let granted = self.grants.iter().filter_map(|(about, _)| about.household());
            let known = self.placed.keys().copied().chain(granted);
            let now: BTreeSet<_> = known.filter(|household| self.covers(user, *household)).collect();
            self.ever.entry(user).or_default().extend(now.iter().copied());
            self.now.insert(user, now);
        }
    }

    fn covers(&self, user: UserId, household: HouseholdId) -> bool {
        let places = self.placed.get(&household).into_iter().flatten();
        self.grants.contains(&(About::Household(household), user))
            || places.copied().any(|place| self.holds_place(user, place))
    }

    /// Whether a person holds a place or one it lies in.
    pub(super) fn holds_place(&self, user: UserId, place: PlaceId) -> bool {
        let mut place = Some(place);
        while let Some(at) = place {
            if self.areas.contains(&(user, at)) || self.grants.contains(&(About::Place(at), user)) {
                return true;
            }
            place = self.parents.get(&at).copied();
        }
        false
    }

    /// Whether a person holds all there is.
    pub(super) fn holds_all(&self, user: UserId) -> bool {
        self.all.contains(&user)
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

    /// Who holds a household by a directive about just it.
    pub(super) fn granted(&self) -> Vec<(About, UserId)> {
        self.grants.iter().copied().collect()
    }
}
