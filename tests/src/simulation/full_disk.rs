//! A disk that is full for a while: what cannot be written is not written at all and says so in one way; when there is room
//! again everything goes on, and nothing entered before is lost.

use super::World;
use super::promises::{Kept, ensure};
use lianhu_core::ids::EntryName;
use lianhu_core::scalar::Scalar;
use lianhu_core::surroundings::Surroundings as _;
use lianhu_ledger::{LedgerError, exchange};
use std::collections::BTreeMap;

/// What was done, unless the disk was full; any other failure is none that a full disk may show.
fn unless_full<T>(done: Result<T, LedgerError>) -> Result<Option<T>, String> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(LedgerError::Full) => Ok(None),
        Err(error) => Err(format!("a full disk shows itself as: {error}")),
    }
}

impl World {
    /// There is next to no room on a phone's disk, or on the county's.
    pub(super) fn disk_is_full(&mut self, at: usize) -> Kept {
        if self.chance.one_in(4) {
            return self.county_disk_is_full();
        }
        let ledger = self.members[at].phone.ledger_mut();
        let pages = ledger.pages().map_err(|error| error.to_string())?;
        let room = u32::try_from(self.chance.below(6)).unwrap_or(0);
        let ledger = self.members[at].phone.ledger_mut();
        ledger.is_bounded_to(Some(pages + room)).map_err(|error| error.to_string())?;
        let mut refused = 0;
        for _ in 0..1 + self.chance.below(5) {
            let before = self.stands(at)?;
            if !self.tries(at)? {
                refused += 1;
                let after = self.stands(at)?;
                ensure(before == after, || {
                    format!("{}: half of an act was kept on a full disk", self.members[at].name)
                })?;
            }
            self.check_county()?;
            self.check_phone(at)?;
        }
        self.members[at].phone.ledger_mut().is_bounded_to(None).map_err(|error| error.to_string())?;
        self.tells(format!("the disk of {} was full: {refused} acts came to nothing", self.members[at].name));
        let went_on = self.tries(at)?;
        ensure(went_on, || format!("{}: there is room and nothing goes on", self.members[at].name))
    }

    /// What lies on a phone, by name, with number and standing.
    fn stands(&self, at: usize) -> Result<BTreeMap<EntryName, String>, String> {
        let held = self.members[at].phone.ledger().all_held().map_err(|error| error.to_string())?;
        Ok(held.into_iter().map(|held| (held.name, format!("{:?} {:?}", held.number, held.standing))).collect())
    }

    /// Somebody writes or exchanges; says whether there was room for it.
    fn tries(&mut self, at: usize) -> Result<bool, String> {
        let Some(household) = self.household_on(at) else { return Ok(true) };
        let mut visit = self.some_visit(household, self.members[at].phone.clock().now().day());
        // Long enough to need a page of its own.
        visit.note = visit.note.map(|note| note + &"山路滑".repeat(400));
        let phone = &mut self.members[at].phone;
        let saved = match self.chance.below(5) {
            0 | 1 => unless_full(phone.writes_visit(household, &visit))?.map(|name| vec![name]),
            2 => {
                let value = Scalar::Text(format!("{}{}", self.canaries[&household], self.serial));
                unless_full(phone.sets(household, "address", value))?.map(|name| name.into_iter().collect())
            }
            3 => {
                let body = format!("{} {}", self.canaries[&household], "写到一半".repeat(300));
                let begun = self.members[at].drafts.iter().find(|(_, (of, _))| *of == household).map(|(id, _)| *id);
                let draft = self.members[at].phone.ledger_mut().save_draft(begun, household, &body);
                let draft = unless_full(draft)?;
                self.members[at].drafts.extend(draft.map(|id| (id, (household, body))));
                return Ok(draft.is_some());
            }
            _ => return self.exchanges_if_there_is_room(at),
        };
        let there_was_room = saved.is_some();
        self.members[at].saved(saved.unwrap_or_default());
        Ok(there_was_room)
    }

    /// An exchange takes several acts: those before the one that finds no room are done.
    fn exchanges_if_there_is_room(&mut self, at: usize) -> Result<bool, String> {
        let member = &mut self.members[at];
        let done = exchange(member.phone.ledger_mut(), &mut member.ear, 0, &mut |_| ());
        unless_full(done)?;
        self.overhear(at)?;
        self.members[at].at_rest = false;
        Ok(true)
    }

    /// The county's disk is full: whoever asks is told to come again, and nothing is acknowledged that is not kept.
    fn county_disk_is_full(&mut self) -> Kept {
        let room = u32::try_from(self.chance.below(8)).unwrap_or(0);
        let bound = |pages: Option<u32>| {
            self.village.county.with(|county| {
                let now = county.pages()?;
                county.is_bounded_to(pages.map(|room| now + room))
            })
        };
        bound(Some(room)).map_err(|error| error.to_string())?;
        self.tells(format!("the county's disk is full but for {room} pages"));
        for _ in 0..1 + self.chance.below(4) {
            let at = self.chance.below(self.members.len());
            self.whole_exchange(at)?;
            self.check_county()?;
            self.check_phone(at)?;
        }
        self.village.county.with(|county| county.is_bounded_to(None)).map_err(|error| error.to_string())?;
        self.tells("the county has room again".into());
        Ok(())
    }
}
