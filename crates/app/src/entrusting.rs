//! Entrusting households and places to people, taking them back, and the slips with which people enrol.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::pairing::HELPER_DUTY;
use lianhu_core::directive::{Cadre, Grant, GrantEnd};
use lianhu_core::enrolment_code::{EnrolmentCode, Fingerprint};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::UserId;
use lianhu_core::pinyin::{Reading, readings};
use lianhu_core::problem::ProblemKind;
use lianhu_ledger::{CadreRow, GrantRow, HouseholdRow, PlaceRow};
use serde::Serialize;
use ts_rs::TS;

/// What a team that holds something is to do there.
const TEAM_DUTY: &str = "工作队";

/// A slip for one person: with it they enrol one device, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Slip {
    /// Who.
    pub person: String,
    /// 单位.
    pub unit: Option<String>,
    /// Households entrusted to them.
    pub households: u32,
    /// Where to hand in.
    pub server: String,
    /// The code, in groups of five. It is shown this once and stored nowhere.
    pub code: String,
}

/// What is to be entrusted: a household or a place.
struct What {
    about: About,
    household: bool,
}

impl App {
    /// Entrusts a household or a place with all its households. It takes effect when the county numbers it.
    pub fn entrust(
        &self,
        household: Option<String>,
        place: Option<String>,
        person: String,
        duty: Option<String>,
    ) -> Result<Vec<GrantRow>> {
        self.check_may_direct()?;
        let what = self.what(household, place)?;
        let user = self.cadre_of(&person)?;
        let mut ledger = self.ledger();
        let usual = match (ledger.is_team(user)?, what.household) {
            (true, _) => TEAM_DUTY,
            (false, true) => HELPER_DUTY,
            (false, false) => "第一书记",
        };
        let duty = duty.unwrap_or_else(|| usual.to_owned());
        // What is being taken back is given anew: the county takes both in their order.
        let same = |grant: &GrantRow| grant.user == user && grant.duty == duty && !grant.ending;
        if !ledger.grants_about(what.about)?.iter().any(same) {
            ledger.write(|writing| writing.record(what.about, kind::GRANT, Source::Office, &Grant { user, duty }))?;
        }
        Ok(ledger.grants_about(what.about)?)
    }

    /// Takes back what was entrusted. The person's device hands in what it has, then forgets.
    pub fn take_back(
        &self,
        household: Option<String>,
        place: Option<String>,
        person: String,
        reason: Option<String>,
    ) -> Result<Vec<GrantRow>> {
        self.check_may_direct()?;
        let what = self.what(household, place)?;
        let user = self.cadre_of(&person)?;
        let mut ledger = self.ledger();
        // Of a household that is written down on several cards: on whichever of them it was entrusted.
        let cards = match what.about.household() {
            Some(household) => ledger.cards_of(household)?.into_iter().map(About::Household).collect(),
            None => vec![what.about],
        };
        let mut held = Vec::new();
        for about in cards {
            if ledger.grants_about(about)?.iter().any(|grant| grant.user == user) {
                held.push(about);
            }
        }
        if held.is_empty() {
            let name = ledger.cadre_name(user)?.unwrap_or(person);
            let head = what.about.household().map(|id| ledger.household_row(id)).transpose()?.flatten();
            let head = head.map(|row| row.head).unwrap_or_default();
            return Err(AppError::missing(&format!("{name}帮的{head}")));
        }
        let body = GrantEnd { user, reason: reason.unwrap_or_default() };
        ledger.write(|writing| {
            held.iter().try_for_each(|about| writing.record(*about, kind::GRANT_END, Source::Office, &body).map(drop))
        })?;
        Ok(ledger.grants_about(what.about)?)
    }

    /// The households entrusted to one person, one by one: what can be taken back.
    pub fn entrusted_households(&self, person: String) -> Result<Vec<HouseholdRow>> {
        let user = self.cadre_of(&person)?;
        Ok(self.ledger().households_of(user)?)
    }

    /// The places entrusted to one person or team with all their households: what can be taken back.
    pub fn entrusted_places(&self, person: String) -> Result<Vec<PlaceRow>> {
        let user = self.cadre_of(&person)?;
        Ok(self.ledger().places_entrusted_to(user)?)
    }

    fn what(&self, household: Option<String>, place: Option<String>) -> Result<What> {
        match (household, place) {
            (Some(household), None) => {
                let household = self.household_of(&household)?;
                self.check_directs_about(household)?;
                Ok(What { about: About::Household(household), household: true })
            }
            (None, Some(place)) => Ok(What { about: About::Place(self.place_of(&place)?), household: false }),
            _ => Err(AppError::field("household", ProblemKind::Missing)),
        }
    }

    /// Writes down a person who is to work with lianhu.
    pub fn register_cadre(
        &self,
        name: String,
        unit: Option<String>,
        role: String,
        place: Option<String>,
    ) -> Result<CadreRow> {
        self.check_may_direct()?;
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(AppError::field("name", ProblemKind::Missing));
        }
        let role = self.role(role, place.as_deref())?;
        let user = UserId::mint(&*self.around);
        let mut ledger = self.ledger();
        ledger.write(|writing| {
            let about = About::Cadre(user);
            writing.record(about, kind::CADRE, Source::Office, &Cadre { name, unit, ..Cadre::default() })?;
            writing.record(about, kind::ROLE, Source::Office, &role)
        })?;
        let cadres = ledger.cadres()?;
        cadres.into_iter().find(|cadre| cadre.id == user).ok_or_else(|| AppError::missing("人员"))
    }

    /// The people known here, of one place or all, in the order of pinyin.
    pub fn cadres(&self, place: Option<String>) -> Result<Vec<CadreRow>> {
        let place = self.place_or_all(place.as_deref())?;
        let ledger = self.ledger();
        let mut known = match place {
            Some(place) => ledger.cadres_within(place)?,
            None => ledger.cadres()?,
        };
        drop(ledger);
        // As a staff list is kept: by the sound of the name, whatever its strokes.
        let sound = |name: &str| readings(name).first().map(Reading::full).unwrap_or_default();
        known.sort_by_cached_key(|cadre| (sound(&cadre.name), cadre.name.clone(), cadre.unit.clone()));
        Ok(known)
    }

    /// Makes a slip for everybody of a place, or for one person. The codes work once this device has exchanged.
    pub fn enrolment_slips(&self, place: Option<String>, person: Option<String>) -> Result<Vec<Slip>> {
        self.check_may_direct()?;
        let one = person.map(|person| self.cadre_of(&person)).transpose()?;
        let cadres = self.cadres(place)?;
        let mut ledger = self.ledger();
        let server = ledger.setting("server")?.unwrap_or_default();
        let pin = ledger.setting("pin")?.as_deref().and_then(Fingerprint::parse).ok_or(AppError::NotEnrolled)?;
        let me = ledger.identity()?.user;
        let wanted = |cadre: &CadreRow| one.map_or(cadre.id != me && !cadre.roles.is_empty(), |one| cadre.id == one);
        let mut slips = Vec::new();
        for cadre in cadres.into_iter().filter(wanted) {
            let secret = ledger.mint_secret(cadre.id)?;
            slips.push(Slip {
                person: cadre.name,
                unit: cadre.unit,
                households: cadre.households,
                server: server.clone(),
                code: EnrolmentCode::new(pin, secret).to_string(),
            });
        }
        Ok(slips)
    }
}
