//! Facts of weight, which count only once they are confirmed, and people who say the same of one fact at the same time.

use super::World;
use super::promises::Kept;
use lianhu_core::directive::{Approval, ConfirmedFacts};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::HouseholdId;
use lianhu_core::scalar::Scalar;

const TYPES: [&str; 4] = ["一般户", "脱贫户", "监测对象", "低保户"];

impl World {
    pub(super) fn weighs(&mut self, at: usize) -> Kept {
        match self.chance.below(if self.of_nine { 10 } else { 13 }) {
            0..=2 => self.says_type(at),
            3 | 4 => self.say_the_same(at),
            5..=7 => self.county_confirms(),
            8 => self.township_confirms(at),
            9 => {
                self.county_decides_what_weighs();
                Ok(())
            }
            _ => self.county_confirms_again(at),
        }
    }

    fn says_type(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let value = Scalar::from(TYPES[self.chance.below(TYPES.len())]);
        self.says(at, household, "household_type", value)
    }

    fn says(&mut self, at: usize, household: HouseholdId, key: &str, value: Scalar) -> Kept {
        self.tells(format!("{} says {value:?} for {key} of {}", self.members[at].name, self.canaries[&household]));
        let saved = self.members[at].phone.sets(household, key, value).map_err(|error| error.to_string())?;
        self.members[at].saved(saved);
        Ok(())
    }

    /// Two people say the same, and neither has heard of the other: that is one statement and nothing to decide.
    fn say_the_same(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let key = ["phone", "address", "household_type"][self.chance.below(3)];
        let serial = self.next();
        let value = Scalar::Text(format!("{}同{serial}", self.canary(household)));
        for other in 0..self.members.len() {
            if self.open_on(other).contains(&household) {
                self.says(other, household, key, value.clone())?;
                self.check_phone(other)?;
            }
        }
        Ok(())
    }

    /// Something that was said of a fact of weight, by the county's own ledger.
    fn something_said(&mut self) -> Option<(HouseholdId, Approval)> {
        let households = self.model.households();
        let household = *self.chance.pick(&households)?;
        let said = self.village.county.with(|county| county.statements(household)).ok()?;
        let said: Vec<_> = said.get("household_type")?.iter().flat_map(|said| &said.by).map(|by| by.entry).collect();
        Some((household, Approval { key: "household_type".into(), said: *self.chance.pick(&said)? }))
    }

    fn county_confirms(&mut self) -> Kept {
        let Some((household, body)) = self.something_said() else { return Ok(()) };
        self.tells(format!("the county confirms {:?} of {}", body.said, self.canaries[&household]));
        self.village.county.directs(|w| w.record(About::Household(household), kind::APPROVAL, Source::Office, &body));
        Ok(())
    }

    /// A fact is confirmed, and later something else: what was confirmed last counts.
    fn county_confirms_again(&mut self, at: usize) -> Kept {
        let Some(household) = self.household_on(at) else { return Ok(()) };
        let mut types = TYPES.to_vec();
        for _ in 0..2 {
            // It may have been taken back, or erased, while the first was handed in.
            if !self.open_on(at).contains(&household) {
                return Ok(());
            }
            let value = types.swap_remove(self.chance.below(types.len()));
            self.says(at, household, "household_type", value.into())?;
            self.whole_exchange(at)?;
            self.check_county()?;
            let said = self.village.county.with(|county| county.statements(household));
            let said = said.map_err(|error| error.to_string())?.remove("household_type").unwrap_or_default();
            let said = said.into_iter().find(|said| said.value == Scalar::from(value));
            // What is said on a card that is joined with it is confirmed for that card.
            let own = said.into_iter().flat_map(|said| said.by).find(|by| by.card == household);
            let Some(said) = own.map(|by| by.entry) else { return Ok(()) };
            self.tells(format!("the county confirms that {} is {value}", self.canaries[&household]));
            let body = Approval { key: "household_type".into(), said };
            let about = About::Household(household);
            self.village.county.directs(|w| w.record(about, kind::APPROVAL, Source::Office, &body));
            self.all_may_hear();
        }
        Ok(())
    }

    /// A township confirms on its own device what it has heard of.
    fn township_confirms(&mut self, at: usize) -> Kept {
        let township = self.members.iter().position(|member| self.village.name_of(member.phone.user) == "乡里");
        let at = township.unwrap_or(at);
        let confirms = self.members[at].phone.ledger().confirms().map_err(|error| error.to_string())?;
        let Some((household, body)) = self.something_said().filter(|_| confirms) else { return Ok(()) };
        let here = self.members[at].phone.ledger().household_rows().map_err(|error| error.to_string())?;
        if !here.contains(&household) {
            return Ok(());
        }
        self.tells(format!("{} confirms {:?} of {}", self.members[at].name, body.said, self.canaries[&household]));
        let about = About::Household(household);
        let ledger = self.members[at].phone.ledger_mut();
        let saved = ledger.write(|w| w.record(about, kind::APPROVAL, Source::Office, &body));
        self.members[at].saved([saved.map_err(|error| error.to_string())?]);
        Ok(())
    }

    fn county_decides_what_weighs(&mut self) {
        let keys = [&["household_type"][..], &["household_type", "monitor_type"], &[]][self.chance.below(3)];
        self.tells(format!("the county lets {keys:?} wait for a confirmation"));
        let body = ConfirmedFacts { keys: keys.iter().map(|key| (*key).to_owned()).collect() };
        self.village.county.directs(|w| w.record(About::County, kind::CONFIRMED_FACTS, Source::Office, &body));
    }
}
