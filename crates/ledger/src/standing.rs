//! How this device stands with the county: what is waiting, what has arrived, what a person must look at.

use crate::entries::{name_of, standing};
use crate::error::Result;
use crate::gate::code_from;
use crate::households::SHOWN;
use crate::store::Ledger;
use lianhu_core::day::{Day, Moment};
use lianhu_core::entry::{About, kind};
use lianhu_core::exchange::Code;
use lianhu_core::ids::{DeviceId, EntryName, HouseholdId};
use rusqlite::params;
use serde::Serialize;
use ts_rs::TS;

/// After so many days without a confirmation, a statement stands on top of the township's list (domain.md §4.2: 15 days
/// from clue to decision).
const DAYS_TO_CONFIRM: i32 = 15;

/// Where this device stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Standing {
    /// Entries of this device that the county has numbered.
    pub at_county: u32,
    /// Entries that exist on this device only: what would be lost if it were lost now.
    pub waiting: u32,
    /// The same as a person counts it: a visit at which a number was given is one, a visit that was moved is one.
    pub acts: u32,
    /// Of what a carrier has taken along, the same.
    pub acts_carried: u32,
    /// Entries without the county's receipt that a carrier has taken along.
    pub carried: u32,
    /// When the last exchange came about, by this device's clock.
    pub last_exchange: Option<Moment>,
    /// What the county's clock said then, to show how far this one is off.
    pub county_time: Option<Moment>,
    /// Days left until reading is masked because the county was not met; none or fewer: it is.
    #[ts(type = "number | null")]
    pub lease_left: Option<i64>,
    /// Whether the county has shut this device out.
    pub shut_out: bool,
    /// Things that a person must look at.
    pub attention: u32,
    /// Households being handed over.
    pub handing_over: u32,
    /// Visits begun and not saved.
    pub drafts: u32,
    /// Households held.
    pub households: u32,
    /// The highest number of the county that is known here.
    #[ts(type = "number")]
    pub seen: u64,
}

/// Something that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "attention", rename_all = "snake_case")]
pub enum Attention {
    /// The county has set an entry aside. Its bytes are safe on both sides.
    SetAside {
        /// The entry.
        entry: EntryName,
        /// Of which household.
        household: Option<HouseholdId>,
        /// Its head.
        head: Option<String>,
        /// What kind of entry.
        kind: u16,
        /// Why.
        code: Option<Code>,
    },
    /// A household is no longer entrusted; what is still here keeps it from being let go.
    HandingOver {
        /// Which.
        household: HouseholdId,
        /// Its head.
        head: Option<String>,
        /// Entries that have not arrived.
        waiting: u32,
        /// Visits begun and not saved.
        drafts: u32,
    },
    /// A household was erased by law, from this device too.
    Erased {
        /// Which.
        household: HouseholdId,
        /// Nobody's name: it is gone.
        head: Option<String>,
        /// The number of the county's directive.
        #[ts(type = "number")]
        number: u64,
        /// The day it was decided.
        day: Day,
    },
    /// A device that was shut out, or whose person no longer holds what they write about, has handed in since: its entries
    /// stand aside at the county until an office lets them in.
    DeviceAside {
        /// Which device.
        device: DeviceId,
        /// Whose it is, where their name is known here.
        head: Option<String>,
        /// What the device calls itself.
        label: String,
        /// How many entries.
        entries: u32,
        /// Whether it is shut out.
        revoked: bool,
        /// Whether they were let in and the county has not numbered that yet.
        waiting: bool,
    },
    /// A visit has two live corrections.
    TwoVersions {
        /// The visit.
        visit: EntryName,
        /// Of which household.
        household: HouseholdId,
        /// Its head.
        head: Option<String>,
    },
    /// Facts of a household say two things, and a person has to choose. Where both may stand, the card shows it.
    TwoStatements {
        /// Which.
        household: HouseholdId,
        /// Its head.
        head: Option<String>,
        /// How many facts.
        facts: u32,
    },
    /// Facts that count only once they are confirmed, and are waiting for it.
    ToConfirm {
        /// Of which household.
        household: HouseholdId,
        /// Its head.
        head: Option<String>,
        /// How many statements wait.
        waiting: u32,
        /// Since which day the oldest does.
        since: Option<Day>,
        /// Whether that is more than fifteen days ago.
        pressing: bool,
    },
    /// A newer roster no longer names a household or a person.
    Question {
        /// The question.
        question: EntryName,
        /// Of which household.
        household: HouseholdId,
        /// Its head.
        head: Option<String>,
        /// The person, by name; nobody means the whole household.
        person: Option<String>,
        /// The file.
        file: String,
    },
}

impl Ledger {
    /// Where this device stands with the county.
    pub fn standing(&self) -> Result<Standing> {
        let tx = self.look();
        let me = tx.identity()?;
        let count = |sql: &str| -> Result<u32> { Ok(tx.one(sql, [], |row| row.get(0))?.unwrap_or(0)) };
        let own = |condition: &str| -> Result<u32> {
            let sql = format!("select count(*) from entry where device = ?1 and kind <> ?2 and {condition}");
            Ok(tx.one(&sql, params![me.device.bytes(), kind::TRACE], |row| row.get(0))?.unwrap_or(0))
        };
        // What opens a home beside its PIN is nothing a person has written.
        const ESCROW: u16 = kind::ESCROW;
        let carried = u32::try_from(tx.carried()?.len()).unwrap_or(u32::MAX);
        let [acts, acts_carried] = self.acts_waiting()?;
        Ok(Standing {
            at_county: own(&format!("number is not null and kind <> {ESCROW}"))?,
            waiting: own(&format!("number is null and standing = 0 and kind <> {ESCROW}"))?.saturating_sub(carried)
                + u32::try_from(tx.kept_back()?).unwrap_or(0),
            acts,
            acts_carried,
            carried,
            last_exchange: tx.meta::<i64>("last_exchange")?.map(Moment),
            county_time: tx.meta::<i64>("county_time")?.map(Moment),
            lease_left: self.lease_left()?,
            shut_out: self.is_shut_out()?,
            attention: u32::try_from(self.attention(10_000)?.len()).unwrap_or(u32::MAX),
            handing_over: count(
                "select count(*) from scope where until is not null and user = (select value from meta where key = 'user') and about in (select cast(x'68' || id as blob) from household)",
            )?,
            drafts: count("select count(*) from draft")?,
            households: count(&format!("select count(*) from household where {SHOWN}"))?,
            seen: tx.meta::<i64>("seen")?.unwrap_or(0).cast_unsigned(),
        })
    }

    /// What a person must look at, most pressing first.
    pub fn attention(&self, most: u32) -> Result<Vec<Attention>> {
        let tx = self.look();
        let gone = |row: crate::erasing::ErasedRow| {
            Some(Attention::Erased { household: row.household, head: None, number: row.number?, day: row.day })
        };
        let mut list: Vec<Attention> = self.erased_untold()?.into_iter().filter_map(gone).collect();
        let household = |bytes: Vec<u8>| HouseholdId::from_slice(&bytes).ok_or(rusqlite::Error::InvalidQuery);
        let sql = "select entry.name, entry.about, household.head, entry.kind, entry.code from entry left join household on cast(x'68' || household.id as blob) = entry.about where entry.standing = ?1 order by entry.id limit ?2";
        list.extend(tx.all(sql, params![standing::ASIDE, most], |row| {
            let about: Vec<u8> = row.get(1)?;
            Ok(Attention::SetAside {
                entry: name_of(row, 0)?,
                household: About::from_key(&about).and_then(|about| about.household()),
                head: row.get(2)?,
                kind: row.get(3)?,
                code: row.get::<_, Option<i64>>(4)?.and_then(code_from),
            })
        })?);
        let sql = "select household.id, household.head, \
                   (select count(*) from entry where entry.about = scope.about and number is null and standing = 0), \
                   (select count(*) from draft where draft.household = household.id) \
                   from scope join household on scope.about = cast(x'68' || household.id as blob) \
                   where scope.until is not null and scope.user = (select value from meta where key = 'user') limit ?1";
        list.extend(tx.all(sql, [most], |row| {
            let id = household(row.get(0)?)?;
            Ok(Attention::HandingOver { household: id, head: row.get(1)?, waiting: row.get(2)?, drafts: row.get(3)? })
        })?);
        let aside = tx.one("select 1 from device_seen where aside > 0 limit 1", [], |_| Ok(()))?.is_some();
        if aside && self.confirms()? {
            for row in self.devices()?.into_iter().filter(|row| row.aside > 0) {
                if row.aside > tx.left_aside(row.device)? {
                    list.push(Attention::DeviceAside {
                        device: row.device,
                        head: row.name,
                        label: row.label,
                        entries: row.aside,
                        revoked: row.revoked,
                        waiting: row.waiting,
                    });
                }
            }
        }
        let sql = "select visit.root, visit.household, household.head from visit left join household on household.id = visit.household where visit.versions > 1 and visit.struck = 0 limit ?1";
        list.extend(tx.all(sql, [most], |row| {
            Ok(Attention::TwoVersions {
                visit: name_of(row, 0)?,
                household: household(row.get(1)?)?,
                head: row.get(2)?,
            })
        })?);
        let sql = "select household.id, household.head, count(*) as facts from conflict join household on household.id = conflict.household where conflict.asks = 1 group by household.id order by facts desc, household.id limit ?1";
        list.extend(tx.all(sql, [most], |row| {
            Ok(Attention::TwoStatements { household: household(row.get(0)?)?, head: row.get(1)?, facts: row.get(2)? })
        })?);
        if self.confirms()? {
            // Those that have waited too long stand first of all.
            let to_confirm = self.to_confirm(most)?;
            let pressing = to_confirm.iter().filter(|item| matches!(item, Attention::ToConfirm { pressing: true, .. }));
            let pressing = pressing.count();
            list.splice(0..0, to_confirm.iter().take(pressing).cloned());
            list.extend(to_confirm.into_iter().skip(pressing));
        }
        let sql = "select question.entry, question.household, household.head, person.name, question.file from question left join household on household.id = question.household left join person on person.id = question.person and person.household = question.household where question.answer is null order by question.household limit ?1";
        list.extend(tx.all(sql, [most], |row| {
            Ok(Attention::Question {
                question: name_of(row, 0)?,
                household: household(row.get(1)?)?,
                head: row.get(2)?,
                person: row.get(3)?,
                file: row.get(4)?,
            })
        })?);
        Ok(list)
    }

    /// Whether this device's person may confirm what counts only then: somebody of a township or of the county.
    pub fn confirms(&self) -> Result<bool> {
        let me = self.identity()?;
        Ok(me.is_county || self.reach_of(me.user)?.directs())
    }

    /// The keys of the facts that count only once they are confirmed.
    pub fn confirmed_facts(&self) -> Result<Vec<String>> {
        Ok(self.look().confirmed_facts()?.into_iter().collect())
    }

    /// Households with statements that wait for a confirmation, the longest waiting first.
    fn to_confirm(&self, most: u32) -> Result<Vec<Attention>> {
        let today = self.now().day();
        let sql = "select household.id, household.head, sum(waiting), min(since) as oldest from conflict join household on household.id = conflict.household where conflict.asks = 2 group by household.id order by oldest, household.id limit ?1";
        self.look().all(sql, [most], |row| {
            let since = row.get::<_, Option<i32>>(3)?.map(Day);
            Ok(Attention::ToConfirm {
                household: HouseholdId::from_slice(&row.get::<_, Vec<u8>>(0)?).ok_or(rusqlite::Error::InvalidQuery)?,
                head: row.get(1)?,
                waiting: row.get(2)?,
                since,
                pressing: since.is_some_and(|since| since.plus(DAYS_TO_CONFIRM) < today),
            })
        })
    }

    /// The county's number of an entry: with one, its mark is 已到县.
    pub fn number_of(&self, entry: EntryName) -> Result<Option<u64>> {
        let number = self
            .look()
            .one("select number from entry where name = ?1", [entry.0], |row| row.get::<_, Option<i64>>(0))?;
        Ok(number.flatten().map(i64::cast_unsigned))
    }

    /// Whether a question about this household, or this person of it, is open.
    pub fn has_open_question(
        &self,
        household: HouseholdId,
        person: Option<lianhu_core::ids::PersonId>,
    ) -> Result<bool> {
        let sql = "select 1 from question where household = ?1 and person is ?2 and answer is null limit 1";
        let person = person.map(|id| id.bytes().to_vec());
        Ok(self.look().one(sql, params![household.bytes(), person], |_| Ok(()))?.is_some())
    }
}
