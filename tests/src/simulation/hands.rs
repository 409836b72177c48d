//! Changing hands: roles that are given and end, a township's own among them; teams and who is in them; townships that entrust,
//! take back and move on their own devices, having heard or not; what stands aside and is let in by a directive.

use super::World;
use super::promises::Kept;
use lianhu_core::directive::{Grant, GrantEnd, LetIn, Member, Placement, Role, RoleEnd, Team};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::handover::HandoverNote;
use lianhu_core::ids::{PlaceId, UserId};
use lianhu_core::role_kind::Reach;
use minicbor::Encode;

/// What people are called who sit at the township's desk.
pub(super) const TOWNSHIP: &str = "乡里";
/// Roles that hold all that lies in their place.
const OF_AN_AREA: [&str; 3] = ["first_secretary", "grid_worker", "team_member"];
/// So many teams are formed in one seed.
const MOST_TEAMS: usize = 3;

impl World {
    pub(super) fn changes_hands(&mut self, at: usize) -> Kept {
        match self.chance.below(18) {
            0 | 1 => self.county_gives_role(),
            2 | 3 => self.county_ends_role(),
            4..=6 => self.county_has_a_team(),
            7..=9 => self.township_entrusts(at),
            10 => self.township_moves(at),
            11 | 12 => self.township_gives_role(at),
            13 | 14 => self.township_has_a_team(at),
            15 => {
                self.county_moves();
                self.all_may_hear();
                Ok(())
            }
            16 => self.somebody_is_let_in(at),
            _ => self.advises(at),
        }
    }

    /// The phone of the township's desk, if it knows that it is one; else this one.
    pub(super) fn township_or(&self, at: usize) -> usize {
        self.members.iter().position(|member| self.village.name_of(member.phone.user) == TOWNSHIP).unwrap_or(at)
    }

    /// The phone of somebody who directs, as far as they know.
    fn directing(&self, at: usize) -> Option<usize> {
        let at = self.township_or(at);
        let phone = &self.members[at].phone;
        (phone.ledger().reach_of(phone.user).ok()? == Reach::Directs).then_some(at)
    }

    /// The county has spoken: nobody has heard of it yet.
    pub(super) fn all_may_hear(&mut self) {
        self.members.iter_mut().for_each(|member| member.at_rest = false);
    }

    fn county_directs(&mut self, about: About, kind: u16, body: &impl Encode<()>) -> Kept {
        self.village.county.directs(|w| w.record(about, kind, Source::Office, body));
        self.all_may_hear();
        Ok(())
    }

    fn phone_directs(&mut self, at: usize, about: About, kind: u16, body: &impl Encode<()>) -> Kept {
        let saved = self.members[at].phone.ledger_mut().write(|w| w.record(about, kind, Source::Office, body));
        self.members[at].saved([saved.map_err(|error| format!("a directive was not saved: {error}"))?]);
        Ok(())
    }

    /// Somebody who sits at no desk.
    fn somebody(&mut self) -> Option<UserId> {
        let users = self.users.clone();
        let below: Vec<_> =
            users.into_iter().filter(|user| !["乡里", "县里"].contains(&&*self.village.name_of(*user))).collect();
        self.chance.pick(&below).copied()
    }

    fn some_village(&mut self) -> PlaceId {
        self.villages[self.chance.below(self.villages.len())]
    }

    fn county_gives_role(&mut self) -> Kept {
        let desk = self.users.iter().copied().find(|user| self.village.name_of(*user) == TOWNSHIP);
        if let Some(desk) = desk.filter(|desk| self.model.directs(*desk, u64::MAX).is_empty()) {
            self.tells("the township's desk is staffed again".into());
            let body = Role { role: "township".into(), place: Some(self.town) };
            return self.county_directs(About::Cadre(desk), kind::ROLE, &body);
        }
        let (Some(user), place) = (self.somebody(), self.some_village()) else { return Ok(()) };
        let role = OF_AN_AREA[self.chance.below(OF_AN_AREA.len())];
        self.tells(format!("the county makes {} a {role}", self.village.name_of(user)));
        self.county_directs(About::Cadre(user), kind::ROLE, &Role { role: role.into(), place: Some(place) })
    }

    fn county_ends_role(&mut self) -> Kept {
        let roles: Vec<_> = self.model.roles().into_iter().filter(|(.., place)| place.is_some()).collect();
        let Some((user, role, place)) = self.chance.pick(&roles).cloned() else { return Ok(()) };
        self.tells(format!("{} is a {role} no longer", self.village.name_of(user)));
        let body = RoleEnd { role, place, reason: "轮换".into() };
        self.county_directs(About::Cadre(user), kind::ROLE_END, &body)
    }

    fn new_team(&self) -> About {
        About::Organisation(PlaceId::mint(&*self.village.around).0)
    }

    /// The county forms a team, entrusts something to one, or somebody comes or leaves.
    fn county_has_a_team(&mut self) -> Kept {
        let teams = self.model.teams();
        let Some(user) = self.somebody() else { return Ok(()) };
        let team = self.chance.pick(&teams).copied();
        match (team, self.chance.below(6)) {
            (None, _) | (_, 0) if teams.len() < MOST_TEAMS => {
                let team = self.new_team();
                self.tells(format!("the county forms a team with {}", self.village.name_of(user)));
                self.county_directs(team, kind::TEAM, &Team { name: "攻坚小组".into() })?;
                self.county_directs(team, kind::MEMBER, &Member { user, left: false })
            }
            (Some(team), 1 | 2) => {
                let about = self.something();
                let Some(about) = about else { return Ok(()) };
                self.tells(format!("the county entrusts {about:?} to a team"));
                self.county_directs(about, kind::GRANT, &Grant { user: team, duty: "帮扶工作队".into() })
            }
            (Some(team), 3 | 4) => {
                self.tells(format!("{} comes into a team", self.village.name_of(user)));
                self.county_directs(About::Organisation(team.0), kind::MEMBER, &Member { user, left: false })
            }
            _ => {
                let members = self.model.members();
                let Some((team, user)) = self.chance.pick(&members).copied() else { return Ok(()) };
                self.tells(format!("{} leaves a team", self.village.name_of(user)));
                self.county_directs(About::Organisation(team.0), kind::MEMBER, &Member { user, left: true })
            }
        }
    }

    /// A household or a village.
    fn something(&mut self) -> Option<About> {
        if self.chance.one_in(4) {
            return Some(About::Place(self.some_village()));
        }
        let households = self.model.households();
        self.chance.pick(&households).copied().map(About::Household)
    }

    /// A township entrusts or takes back on its own device, as far as it knows.
    fn township_entrusts(&mut self, at: usize) -> Kept {
        let Some(at) = self.directing(at) else { return Ok(()) };
        let about = if self.chance.one_in(5) { Some(About::Place(self.own_village())) } else { None };
        let about = match about {
            Some(place) => place,
            None => match self.household_on(at) {
                Some(household) => About::Household(household),
                None => return Ok(()),
            },
        };
        let teams = self.members[at].phone.ledger().teams().map_err(|error| error.to_string())?;
        let teams: Vec<_> = teams.iter().map(|team| team.id).collect();
        let team = self.chance.pick(&teams).copied().filter(|_| self.chance.one_in(3));
        let Some(user) = team.or_else(|| self.somebody()) else { return Ok(()) };
        if self.chance.one_in(3) {
            self.tells(format!("{} takes {about:?} back", self.members[at].name));
            return self.phone_directs(at, about, kind::GRANT_END, &GrantEnd { user, reason: "调整".into() });
        }
        self.tells(format!("{} entrusts {about:?} (to a team: {})", self.members[at].name, team.is_some()));
        self.phone_directs(at, about, kind::GRANT, &Grant { user, duty: "帮扶责任人".into() })
    }

    /// A village of the township.
    fn own_village(&mut self) -> PlaceId {
        let own: Vec<_> = self.villages.iter().copied().filter(|place| Some(*place) != self.beyond).collect();
        self.chance.pick(&own).copied().unwrap_or(self.villages[0])
    }

    /// A household goes to another village of the township.
    fn township_moves(&mut self, at: usize) -> Kept {
        let Some(at) = self.directing(at) else { return Ok(()) };
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let origin = self.own_village();
        let present = Some(self.own_village()).filter(|_| self.chance.one_in(3));
        self.tells(format!("{} moves {}", self.members[at].name, self.canaries[&household]));
        self.phone_directs(at, About::Household(household), kind::PLACEMENT, &Placement { origin, present })
    }

    fn township_gives_role(&mut self, at: usize) -> Kept {
        let Some(at) = self.directing(at) else { return Ok(()) };
        let (Some(user), place) = (self.somebody(), self.own_village()) else { return Ok(()) };
        let own = self.members[at].phone.ledger().roles_of(user).map_err(|error| error.to_string())?;
        let own: Vec<_> = own.into_iter().filter(|role| role.place.is_some() && role.place != self.beyond).collect();
        if let Some(Role { role, place }) = self.chance.pick(&own).cloned().filter(|_| self.chance.one_in(2)) {
            self.tells(format!("{} ends a role of {}", self.members[at].name, self.village.name_of(user)));
            let body = RoleEnd { role, place, reason: "轮换".into() };
            return self.phone_directs(at, About::Cadre(user), kind::ROLE_END, &body);
        }
        self.tells(format!("{} gives a role to {}", self.members[at].name, self.village.name_of(user)));
        let role = OF_AN_AREA[self.chance.below(OF_AN_AREA.len())];
        self.phone_directs(at, About::Cadre(user), kind::ROLE, &Role { role: role.into(), place: Some(place) })
    }

    fn township_has_a_team(&mut self, at: usize) -> Kept {
        let Some(at) = self.directing(at) else { return Ok(()) };
        let Some(user) = self.somebody() else { return Ok(()) };
        let teams = self.members[at].phone.ledger().teams().map_err(|error| error.to_string())?;
        let Some(team) = self.chance.pick(&teams).filter(|_| self.chance.below(4) > 0) else {
            if self.model.teams().len() >= MOST_TEAMS {
                return Ok(());
            }
            let team = self.new_team();
            self.tells(format!("{} forms a team with {}", self.members[at].name, self.village.name_of(user)));
            self.phone_directs(at, team, kind::TEAM, &Team { name: "驻村工作队".into() })?;
            return self.phone_directs(at, team, kind::MEMBER, &Member { user, left: false });
        };
        let left = self.chance.pick(&team.members).map(|member| member.id).filter(|_| self.chance.one_in(2));
        let body = Member { user: left.unwrap_or(user), left: left.is_some() };
        self.tells(format!("{} has somebody in a team (left: {})", self.members[at].name, body.left));
        self.phone_directs(at, About::Organisation(team.id.0), kind::MEMBER, &body)
    }

    /// A directive lets in what a device that was shut out has handed in.
    fn somebody_is_let_in(&mut self, at: usize) -> Kept {
        let shut_out: Vec<_> = self.revoked.iter().filter_map(|id| Some((*id, self.model.device(*id)?.0))).collect();
        let Some((device, user)) = self.chance.pick(&shut_out).copied() else { return Ok(()) };
        let body = LetIn { device, reason: "手机找到了".into() };
        match self.directing(at).filter(|_| self.chance.one_in(2)) {
            Some(at)
                if self.members[at]
                    .phone
                    .ledger()
                    .devices()
                    .is_ok_and(|rows| rows.iter().any(|row| row.device == device && row.revoked)) =>
            {
                self.tells(format!(
                    "{} lets in what a phone of {} has",
                    self.members[at].name,
                    self.village.name_of(user)
                ));
                self.phone_directs(at, About::Cadre(user), kind::LET_IN, &body)
            }
            _ => {
                self.tells(format!("the county lets in what a phone of {} has", self.village.name_of(user)));
                self.county_directs(About::Cadre(user), kind::LET_IN, &body)
            }
        }
    }

    /// Advice for whoever comes after.
    fn advises(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let (canary, serial) = (self.canary(household), self.next());
        let to = self.somebody().filter(|_| self.chance.one_in(2));
        let body = HandoverNote { to, advice: format!("{canary} 老人耳背，说话慢些 {serial}") };
        self.tells(format!("{} leaves advice about {canary}", self.members[at].name));
        let about = About::Household(household);
        let saved =
            self.members[at].phone.ledger_mut().write(|w| w.record(about, kind::HANDOVER_NOTE, Source::Office, &body));
        self.members[at].saved([saved.map_err(|error| error.to_string())?]);
        Ok(())
    }
}
