//! Everything that was written about a household, in the order in which it was: who, when, how they know.

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Ledger;
use lianhu_core::day::{Day, Moment};
use lianhu_core::entry::{About, Source};
use lianhu_core::ids::{EntryName, HouseholdId, UserId};
use std::collections::BTreeSet;

/// One thing that was written.
#[derive(Debug, Clone)]
pub struct Happened {
    /// The entry.
    pub entry: EntryName,
    /// On which card of the household it is written.
    pub card: HouseholdId,
    /// Its kind.
    pub kind: u16,
    /// The day it speaks of.
    pub day: Day,
    /// What the author's clock said.
    pub at: Moment,
    /// Who.
    pub user: UserId,
    /// Their name, where it is known here.
    pub by: Option<String>,
    /// How they know.
    pub source: Source,
    /// The county's number.
    pub number: Option<u64>,
    /// Whether a carrier has taken it along and the county has not numbered it yet: 已到乡镇.
    pub carried: bool,
    /// 待核.
    pub late: bool,
    /// What was written, in the published form of its kind.
    pub body: Vec<u8>,
}

impl Ledger {
    /// Everything about a household that is held here, on all its cards or on one, newest first.
    pub fn timeline(&self, household: HouseholdId, one_card: bool) -> Result<Vec<Happened>> {
        let tx = self.look();
        let (mut all, carried) = (Vec::new(), tx.carried()?);
        let cards = if one_card { vec![household] } else { tx.cards_of(household)? };
        let mut written = Vec::new();
        for card in cards {
            let of_card = tx.entries("about = ?1", [About::Household(card).key()])?;
            written.extend(of_card.into_iter().map(|kept| (card, kept)));
        }
        for (card, kept) in written {
            all.push(self.happened(card, kept, &carried)?);
        }
        all.sort_by_key(|happened| std::cmp::Reverse((happened.day, happened.at)));
        Ok(all)
    }

    /// One entry as it is told.
    pub(crate) fn happened(&self, card: HouseholdId, kept: Kept, carried: &BTreeSet<EntryName>) -> Result<Happened> {
        let day = crate::entries::day_of(&kept.entry);
        Ok(Happened {
            entry: kept.name,
            card,
            kind: kept.entry.kind,
            day: if day == Day(0) { kept.entry.at.day() } else { day },
            at: kept.entry.at,
            user: kept.entry.user,
            by: self.cadre_name(kept.entry.user)?,
            source: kept.entry.source,
            number: kept.number,
            carried: carried.contains(&kept.name),
            late: kept.late,
            body: kept.entry.body.to_vec(),
        })
    }

    /// Asks for the records of a household that are older than those that came with its grant.
    pub fn want_older(&mut self, household: HouseholdId) -> Result<()> {
        self.transact(|tx| {
            let key = About::Household(household).key();
            tx.run("insert or ignore into older_wanted (about) values (?1)", [key]).map(drop)
        })
    }
}
