//! Teams: forming one, who comes and who leaves. What is entrusted to a team is entrusted to whoever is in it.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::directive::{Member, Team};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::UserId;
use lianhu_core::problem::ProblemKind;
use lianhu_ledger::TeamRow;

impl App {
    /// The teams known here.
    pub fn teams(&self) -> Result<Vec<TeamRow>> {
        Ok(self.ledger().teams()?)
    }

    /// Forms a team of people. Entrust to it as to a person.
    pub fn form_team(&self, name: String, members: Vec<String>) -> Result<TeamRow> {
        self.check_may_direct()?;
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(AppError::field("name", ProblemKind::Missing));
        }
        if self.ledger().teams()?.iter().any(|team| team.name == name) {
            return Err(AppError::field("name", ProblemKind::Twice));
        }
        let users = members.iter().map(|person| self.person_of(person)).collect::<Result<Vec<_>>>()?;
        let team = UserId::mint(&*self.around);
        let about = About::Organisation(team.0);
        self.ledger().write(|writing| {
            writing.record(about, kind::TEAM, Source::Office, &Team { name })?;
            for user in users {
                writing.record(about, kind::MEMBER, Source::Office, &Member { user, left: false })?;
            }
            Ok(())
        })?;
        self.team(team)
    }

    /// Somebody comes into a team, or leaves it.
    pub fn set_member(&self, team: String, person: String, left: bool) -> Result<TeamRow> {
        self.check_may_direct()?;
        let id = self.cadre_of(&team)?;
        let known = self.team(id)?;
        let user = self.person_of(&person)?;
        if known.members.iter().any(|member| member.id == user && !member.left) == left {
            let body = Member { user, left };
            self.ledger()
                .write(|writing| writing.record(About::Organisation(id.0), kind::MEMBER, Source::Office, &body))?;
        }
        self.team(id)
    }

    fn team(&self, id: UserId) -> Result<TeamRow> {
        let teams = self.ledger().teams()?;
        teams.into_iter().find(|team| team.id == id).ok_or_else(|| AppError::missing("工作队"))
    }

    /// A person, and no team: a team is in no team.
    fn person_of(&self, text: &str) -> Result<UserId> {
        let user = self.cadre_of(text)?;
        let team = self.ledger().teams()?.iter().any(|team| team.id == user);
        if team { Err(AppError::missing(text)) } else { Ok(user) }
    }
}
