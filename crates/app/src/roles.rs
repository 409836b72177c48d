//! What people may do: the kinds of roles, giving one and ending it.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::directive::{Role, RoleEnd, RoleKind};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::PlaceId;
use lianhu_core::problem::ProblemKind;
use lianhu_core::role_kind::Reach;
use lianhu_ledger::RoleKindRow;
use serde::Serialize;
use ts_rs::TS;

/// The longest name of a kind of role, in characters.
const LONGEST: usize = 20;

/// A role somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HeldRole {
    /// The code of its kind.
    pub role: String,
    /// How far it reaches.
    pub reach: Reach,
    /// Where.
    pub place: Option<PlaceId>,
    /// What that place is called, from the county down.
    pub place_path: Option<String>,
    /// Whether it was given and the county has not numbered that yet.
    pub waiting: bool,
    /// Whether its end waits for the county's number: until then it still holds.
    pub ending: bool,
}

impl App {
    /// The kinds of roles that can be given: those every county starts with, then this county's own.
    pub fn role_kinds(&self) -> Result<Vec<RoleKindRow>> {
        Ok(self.ledger().role_kinds()?)
    }

    /// Adds a kind of role, or calls a known one otherwise. How far a kind reaches is said once and stays.
    pub fn add_role_kind(&self, name: String, reach: Reach, code: Option<String>) -> Result<Vec<RoleKindRow>> {
        self.check_is_county()?;
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(AppError::field("name", ProblemKind::Missing));
        }
        if name.chars().count() > LONGEST {
            return Err(AppError::field("name", ProblemKind::TooLong { most: LONGEST }));
        }
        if reach == Reach::County {
            // The county's desk is one kind; a second would be a second way to everything.
            return Err(AppError::field("reach", ProblemKind::Unknown));
        }
        let mut ledger = self.ledger();
        let known = ledger.role_kinds()?;
        let renamed = code.filter(|code| known.iter().any(|row| row.code == *code));
        let taken = known.iter().any(|row| row.name.as_deref() == Some(&name) || row.code == name);
        if renamed.is_none() && taken {
            return Err(AppError::field("name", ProblemKind::Twice));
        }
        let body = RoleKind { code: renamed.unwrap_or_else(|| name.clone()), name, reach: reach.word().to_owned() };
        ledger.write(|writing| writing.record(About::County, kind::ROLE_KIND, Source::Office, &body))?;
        Ok(ledger.role_kinds()?)
    }

    /// The roles one person has.
    pub fn roles_of(&self, person: String) -> Result<Vec<HeldRole>> {
        let user = self.cadre_of(&person)?;
        let ledger = self.ledger();
        let (places, waiting) = (ledger.places()?, ledger.roles_waiting(user)?);
        ledger
            .roles_of(user)?
            .into_iter()
            .map(|Role { role, place }| {
                let path = place.and_then(|id| places.iter().find(|row| row.id == id)).map(|row| row.path.clone());
                let ends = waiting.get(&(role.clone(), place)).copied();
                Ok(HeldRole {
                    reach: ledger.reach_of_kind(&role)?,
                    role,
                    place,
                    place_path: path,
                    waiting: ends == Some(false),
                    ending: ends == Some(true),
                })
            })
            .collect()
    }

    /// Gives somebody one more role. It takes effect when the county numbers it.
    pub fn give_role(&self, person: String, role: String, place: Option<String>) -> Result<Vec<HeldRole>> {
        self.check_may_direct()?;
        let role = self.role(role, place.as_deref())?;
        let user = self.cadre_of(&person)?;
        let mut ledger = self.ledger();
        // One whose end is on its way is given anew: the county takes both in their order.
        let ending = ledger.roles_waiting(user)?.get(&(role.role.clone(), role.place)) == Some(&true);
        if ending || !ledger.roles_of(user)?.contains(&role) {
            ledger.write(|writing| writing.record(About::Cadre(user), kind::ROLE, Source::Office, &role))?;
        }
        drop(ledger);
        self.roles_of(user.to_string())
    }

    /// Ends one. What was written before its holder knew is kept; the device hands in, then forgets what only this role
    /// had brought.
    pub fn end_role(
        &self,
        person: String,
        role: String,
        place: Option<String>,
        reason: Option<String>,
    ) -> Result<Vec<HeldRole>> {
        self.check_may_direct()?;
        let user = self.cadre_of(&person)?;
        let place = self.place_or_all(place.as_deref())?;
        let ledger = self.ledger();
        let held = ledger.roles_of(user)?.contains(&Role { role: role.clone(), place });
        if ledger.roles_waiting(user)?.get(&(role.clone(), place)) == Some(&true) {
            drop(ledger);
            return self.roles_of(user.to_string());
        }
        if !held {
            return Err(AppError::missing(&role));
        }
        let me = ledger.identity()?.user;
        let reach = ledger.reach_of_kind(&role)?;
        drop(ledger);
        if reach == Reach::County || user == me || (reach.directs() && self.check_is_county().is_err()) {
            // Whoever holds everything is shut out by their devices; nobody ends what they stand on themselves.
            return Err(AppError::NotAllowed);
        }
        let body = RoleEnd { role, place, reason: reason.unwrap_or_default().trim().to_owned() };
        self.ledger().write(|writing| writing.record(About::Cadre(user), kind::ROLE_END, Source::Office, &body))?;
        self.roles_of(user.to_string())
    }

    /// A role that can be given: of a known kind, with a place where the kind asks for one.
    pub(crate) fn role(&self, role: String, place: Option<&str>) -> Result<Role> {
        if !self.ledger().role_kinds()?.iter().any(|row| row.code == role) {
            return Err(AppError::field("role", ProblemKind::Unknown));
        }
        let reach = self.ledger().reach_of_kind(&role)?;
        if reach.directs() {
            // A township gives no role of its own height; the county would refuse it.
            self.check_is_county()?;
        }
        let place = self.place_or_all(place)?;
        if place.is_none() && reach.needs_place() {
            return Err(AppError::field("place", ProblemKind::Missing));
        }
        Ok(Role { role, place })
    }
}
