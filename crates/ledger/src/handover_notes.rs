//! Notes for successors as they are asked for.

use crate::entries::name_of;
use crate::error::Result;
use crate::store::Ledger;
use lianhu_core::day::Day;
use lianhu_core::ids::{EntryName, HouseholdId, UserId};
use rusqlite::Row;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// The note that holds for one household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HandoverRow {
    /// The note.
    pub note: EntryName,
    /// The household.
    pub household: HouseholdId,
    /// Who wrote it.
    pub giver: UserId,
    /// Their name, where it is known here.
    pub giver_name: Option<String>,
    /// For whom, where that was said.
    pub receiver: Option<UserId>,
    /// Their name.
    pub receiver_name: Option<String>,
    /// In words.
    pub advice: String,
    /// On which day.
    pub day: Day,
    /// Whether it is at the county.
    pub at_county: bool,
    /// Who has taken it over.
    pub taken_by: Option<String>,
    /// On which day.
    pub taken_on: Option<Day>,
    /// Whether the person here is asked to take it over: they are named, or nobody is and the household was entrusted to them
    /// by name, or they came to hold it after the note. Who held it by its place all along is not asked.
    pub asks: bool,
    /// Whether the person here wrote it.
    pub own: bool,
}

/// Households that somebody has taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TakenOver {
    /// On which day.
    pub day: Day,
    /// Who, where their name is known here.
    pub by: Option<String>,
    /// How many.
    pub households: u32,
}

const NOTES: &str = "select handover_note.entry, handover_note.household, handover_note.giver, gave.name, handover_note.receiver, gets.name, handover_note.advice, handover_note.day, handover_note.number is not null, \
    coalesce(took.name, ''), handover_taken.day, \
    handover_note.giver <> ?1 and handover_taken.day is null and (handover_note.receiver is ?1 or handover_note.receiver is null and ( \
      exists (select 1 from granted where about = cast(x'68' || handover_note.household as blob) and granted.user = ?1 and ended is null) or \
      exists (select 1 from scope where scope.user = ?1 and about = cast(x'68' || handover_note.household as blob) and until is null and since > handover_note.number))), \
    handover_note.giver = ?1 \
    from handover_note left join cadre as gave on gave.id = handover_note.giver left join cadre as gets on gets.id = handover_note.receiver \
    left join handover_taken on handover_taken.note = handover_note.entry and handover_taken.giver = handover_note.giver \
    left join cadre as took on took.id = handover_taken.taker \
    order by handover_note.number is null, handover_note.number, handover_note.day, handover_note.entry";

fn note(row: &Row<'_>) -> rusqlite::Result<HandoverRow> {
    let broken = || rusqlite::Error::InvalidQuery;
    let id = |at: usize| -> rusqlite::Result<Option<UserId>> {
        Ok(row.get::<_, Option<Vec<u8>>>(at)?.and_then(|id| UserId::from_slice(&id)))
    };
    let taken_on = row.get::<_, Option<i32>>(10)?.map(Day);
    Ok(HandoverRow {
        note: name_of(row, 0)?,
        household: HouseholdId::from_slice(&row.get::<_, Vec<u8>>(1)?).ok_or_else(broken)?,
        giver: id(2)?.ok_or_else(broken)?,
        giver_name: row.get(3)?,
        receiver: id(4)?,
        receiver_name: row.get(5)?,
        advice: row.get(6)?,
        day: Day(row.get(7)?),
        at_county: row.get(8)?,
        taken_by: taken_on.map(|_| row.get(9)).transpose()?,
        taken_on,
        asks: row.get(11)?,
        own: row.get(12)?,
    })
}

impl Ledger {
    /// The note that holds for each household here: the newest.
    pub fn handover_notes(&self) -> Result<BTreeMap<HouseholdId, HandoverRow>> {
        let tx = self.look();
        let all = tx.all(NOTES, [tx.identity()?.user.bytes()], note)?;
        Ok(all.into_iter().map(|row| (row.household, row)).collect())
    }

    /// What others have taken over from this device's person, newest first.
    pub fn taken_over(&self) -> Result<Vec<TakenOver>> {
        let tx = self.look();
        let me = tx.identity()?.user;
        let sql = "select handover_taken.day, cadre.name, count(*) from handover_taken left join cadre on cadre.id = taker \
                   where giver = ?1 group by 1, taker order by 1 desc, 2";
        tx.all(sql, [me.bytes()], |row| {
            Ok(TakenOver { day: Day(row.get(0)?), by: row.get(1)?, households: row.get(2)? })
        })
    }
}
