//! What people begin and leave: drafts of visits, and the wish for older records. And what they do now and then beside
//! the steps of every seed.

use super::World;
use super::promises::{Kept, ensure};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Surroundings as _;
use std::collections::BTreeMap;

impl World {
    /// Something that happens now and then: drafts, older records, and what befalls the county.
    pub(super) fn more(&mut self) -> Result<Vec<usize>, String> {
        let at = self.chance.below(self.members.len());
        match self.chance.below(24) {
            0..=4 => self.begins_draft(at)?,
            5..=7 => self.finishes_draft(at)?,
            8 => {
                self.tells(format!("{} dies with what was begun", self.members[at].name));
                self.members[at].phone.dies_and_is_switched_on();
            }
            9..=11 => self.wants_older(at)?,
            12..=15 => self.backs_up(),
            16..=18 => {
                self.restores()?;
                if self.chance.one_in(3) {
                    self.check_county()?;
                    self.directs_anew()?;
                }
            }
            19 => self.directs_anew()?,
            20..=21 => self.enrols_again()?,
            22 if self.chance.one_in(2) => self.revokes(at)?,
            _ => self.backs_up(),
        }
        Ok(vec![at])
    }

    fn begins_draft(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let body = format!("{} 写到一半 {}", self.canary(household), self.next());
        let open = self.members[at].drafts.iter().find(|(_, (of, _))| *of == household).map(|(id, _)| *id);
        let ledger = self.members[at].phone.ledger_mut();
        let id = ledger.save_draft(open, household, &body).map_err(|error| format!("a draft was not kept: {error}"))?;
        self.members[at].drafts.insert(id, (household, body));
        self.tells(format!("{} begins a visit of {}", self.members[at].name, self.canaries[&household]));
        Ok(())
    }

    /// Finishes a visit begun, be its household taken back meanwhile or not; with every second one something was learned that
    /// is kept in the same act.
    pub(super) fn finishes_draft(&mut self, at: usize) -> Kept {
        let drafts: Vec<_> = self.members[at].drafts.iter().map(|(id, (household, _))| (*id, *household)).collect();
        let Some((id, household)) = self.chance.pick(&drafts).copied() else { return Ok(()) };
        let visit = self.some_visit(household, self.members[at].phone.clock().now().day());
        let learns = !self.of_nine && id.0.last().is_some_and(|last| last % 2 == 0);
        let learned = learns.then(|| format!("{} 走访时说的 {}", self.canary(household), self.next()));
        let learned = learned.map(|address| BTreeMap::from([("address".to_owned(), Scalar::from(address.as_str()))]));
        let ledger = self.members[at].phone.ledger_mut();
        let saved = ledger.write(|w| {
            w.finish(id)?;
            let learned = learned.map(|puts| w.put(household, puts, Source::Household)).transpose()?.flatten();
            Ok([learned, Some(w.record(About::Household(household), kind::VISIT, Source::Household, &visit)?)])
        });
        let saved = saved.map_err(|error| format!("a visit begun could not be finished: {error}"))?;
        self.members[at].drafts.remove(&id);
        self.members[at].saved(saved.into_iter().flatten());
        self.tells(format!("{} finishes a visit of {}", self.members[at].name, self.canaries[&household]));
        Ok(())
    }

    fn wants_older(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        self.members[at].phone.ledger_mut().want_older(household).map_err(|error| error.to_string())?;
        self.members[at].at_rest = false;
        self.tells(format!("{} wants older records of {}", self.members[at].name, self.canaries[&household]));
        Ok(())
    }

    /// Every draft is there, as it was left.
    pub(super) fn check_drafts(&self, at: usize) -> Kept {
        let member = &self.members[at];
        let kept = member.phone.ledger().drafts().map_err(|error| error.to_string())?;
        for (id, (household, body)) in &member.drafts {
            let there =
                kept.iter().any(|draft| draft.id == *id && draft.household == *household && draft.body == *body);
            ensure(there, || format!("{}: a draft about {household} is lost", member.name))?;
        }
        ensure(kept.len() == member.drafts.len(), || format!("{} keeps a draft that is done", member.name))
    }
}
