//! Names for what a county imports: the same household, person, place or cadre gets the same id every time it is read,
//! and nobody without the county's import key can tell which id belongs to whom.

use hmac::{Hmac, Mac};
use lianhu_core::ids::{HouseholdId, PersonId, PlaceId, UserId};
use sha2::Sha256;
use uuid::Uuid;

/// The profile of the national list of people; ids of another profile never meet these.
pub(crate) const NATIONAL: &str = "national";

/// Names by the county's import key.
pub(crate) struct Naming {
    key: [u8; 32],
}

impl Naming {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    fn uuid(&self, parts: &[&str]) -> Uuid {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return Uuid::nil() };
        for part in parts {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    pub(crate) fn household(&self, number: &str) -> HouseholdId {
        HouseholdId(self.uuid(&["household", NATIONAL, number]))
    }

    pub(crate) fn person(&self, household: HouseholdId, number: &str) -> PersonId {
        PersonId(self.uuid(&["person", NATIONAL, &household.to_string(), number]))
    }

    pub(crate) fn place(&self, parent: PlaceId, level: &str, name: &str) -> PlaceId {
        PlaceId(self.uuid(&["place", &parent.to_string(), level, name]))
    }

    pub(crate) fn cadre(&self, name: &str, unit: &str) -> UserId {
        UserId(self.uuid(&["cadre", name, unit]))
    }
}
