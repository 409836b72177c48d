//! From entries to tables. Every projection is computed from all the entries about its subject, so it does not matter
//! in what order they came, how often, or whether the tables were dropped in between.

mod alike;
mod approval;
mod cadre;
mod county_row;
mod erasure;
mod handover;
mod household;
mod inspection;
mod join;
mod need;
mod place;
mod placement;
mod question;
pub(crate) mod role;
mod search;
mod visit;

pub(crate) use alike::IS_COMPARED;
pub(crate) use approval::{Confirmed, is_waiting};
pub(crate) use search::tail_key;

use crate::entries::Kept;
use crate::error::Result;
use crate::store::Tx;
use lianhu_core::entry::kind;

impl Tx<'_> {
    /// Brings the tables up to an entry that has come in, been numbered, or changed its standing. Kinds that this
    /// version does not know are kept and passed on, and shown nowhere.
    pub(crate) fn project(&self, kept: &Kept) -> Result<()> {
        match kept.entry.kind {
            kind::CHANGE => self.project_change(kept),
            kind::VISIT => self.project_visit(kept),
            kind::STRIKE => self.project_strike(kept),
            kind::NEED_STEP => self.project_need_step(kept),
            kind::PLACEMENT => self.project_placement(kept),
            kind::REGISTRATION => self.project_placement(kept).and_then(|()| self.project_grants(kept.entry.about)),
            kind::ABSENT => self.project_absent(kept),
            kind::ABSENT_ANSWER => self.project_answer(kept),
            kind::HANDOVER_NOTE => self.project_handover_note(kept),
            kind::HANDOVER_TAKEN => self.project_handover_taken(kept),
            kind::PLACE => self.project_place(kept),
            kind::CADRE => self.project_cadre(kept),
            kind::ROLE | kind::ROLE_END => self.project_roles(kept.entry.about),
            kind::COUNTY_ROW => self.project_county_rows(),
            kind::ROLE_KIND => self.project_role_kind(),
            kind::TEAM => self.project_team(kept.entry.about),
            kind::MEMBER => self.project_members(kept.entry.about),
            kind::DEVICE => self.project_device(kept),
            kind::ESCROW => self.project_escrow(kept),
            kind::ENROLMENT => self.project_enrolment(kept),
            kind::APPROVAL => self.project_approval(kept),
            kind::CONFIRMED_FACTS => self.project_confirmed_facts(),
            kind::ERASURE => self.project_erasure(kept),
            kind::LAWFUL_COUNT => self.project_lawful_count(kept),
            kind::JOIN | kind::JOIN_END => self.project_join(kept),
            kind::APART => self.project_apart(kept),
            kind::GRANT | kind::GRANT_END => self.project_grants(kept.entry.about),
            kind::INSPECTION => self.project_inspection(kept),
            kind::INSPECTION_END => self.project_inspection_end(kept),
            kind::SAMPLE_DRAWN => self.project_sample_drawn(kept),
            kind::SAMPLE_OPENED => self.project_sample_opened(kept),
            _ => Ok(()),
        }
    }
    /// Brings the tables up to the number of an entry that was shown without one. Where nobody disagrees, what a change
    /// says is the same with a number.
    pub(crate) fn project_numbered(&self, kept: &Kept) -> Result<()> {
        let disagreeing = "select 1 from conflict where household = ?1 limit 1";
        let Some(household) = kept.entry.about.household().filter(|_| kept.entry.kind == kind::CHANGE) else {
            return self.project(kept);
        };
        // Between two cards of one household it counts which statement came first.
        if self.is_joined(household)? {
            return self.project(kept);
        }
        match self.one(disagreeing, [household.bytes()], |_| Ok(()))? {
            Some(()) => self.project(kept),
            None => Ok(()),
        }
    }
}
