//! The device's half of an exchange, coming back: takes in the reply, and nothing but the reply to its own request.

use crate::entries::{Kept, standing};
use crate::error::Result;
use crate::frame;
use crate::gate;
use crate::lease::SHUT_OUT;
use crate::phone::Outgoing;
use crate::store::{Ledger, Tx};
use lianhu_core::dossier::DossierError;
use lianhu_core::entry::kind;
use lianhu_core::exchange::{Answer, Code, Fate, GrantNews, PAGE, Paged, Receipt, Reply, Signed, Verdict};
use lianhu_core::hub::HubError;
use lianhu_core::ids::{EntryName, EnvelopeName, HouseholdId};
use rusqlite::params;
use std::collections::BTreeSet;

/// What a reply brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Whether there is more to fetch or hand over.
    pub more: bool,
    /// Entries that have come down and were not here.
    pub new: usize,
    /// Own entries that the county has numbered.
    pub numbered: usize,
    /// How the county sees this device.
    pub verdict: Verdict,
}

impl Ledger {
    /// Takes in the reply to a request. A reply to another request, or not by the county, is refused.
    pub fn take(&mut self, outgoing: &Outgoing, frame: &[u8]) -> Result<std::result::Result<Taken, HubError>> {
        let Ok(bytes) = frame::unpack(frame) else { return Ok(Err(HubError::Broken)) };
        let Ok(signed) = minicbor::decode::<Signed>(&bytes) else { return Ok(Err(HubError::Broken)) };
        if !signed.is_reply_to(outgoing.hash, self.identity()?.county_key) {
            return Ok(Err(HubError::WrongKey));
        }
        let Ok(reply) = minicbor::decode::<Reply>(&signed.bytes) else { return Ok(Err(HubError::TooOld)) };
        self.transact(|tx| tx.take(&reply)).map(Ok)
    }
}

impl Tx<'_> {
    pub(crate) fn take(&self, reply: &Reply) -> Result<Taken> {
        let mut taken = Taken { more: false, new: 0, numbered: 0, verdict: reply.verdict };
        match reply.verdict {
            Verdict::Stale => return Ok(taken),
            Verdict::Forked => {
                self.begin_incarnation()?;
                taken.more = true;
                return Ok(taken);
            }
            // Whoever is shut out vouches for nobody's files any more, and has no lease.
            Verdict::Revoked => {
                self.set_meta("pass", rusqlite::types::Null)?;
                self.set_meta(SHUT_OUT, 1)?;
            }
            Verdict::Welcome => self.set_meta(SHUT_OUT, 0)?,
        }
        let went_back = self.follow_epoch(reply)?;
        let mut again = BTreeSet::new();
        for receipt in &reply.receipts {
            taken.numbered += self.take_receipt(receipt, &mut again)?;
        }
        for fate in &reply.fates {
            taken.numbered += self.take_fate(fate, &mut again)?;
        }
        for news in &reply.grants {
            self.take_news(news)?;
        }
        for paged in &reply.page {
            taken.new += usize::from(self.take_paged(paged, reply, &mut again)?);
        }
        self.settle_refused(again)?;
        let seen = self.meta::<i64>("seen")?.unwrap_or(0).cast_unsigned();
        // Whoever has not been told all of it yet has not seen it.
        if reply.top > seen && !reply.more && reply.verdict == Verdict::Welcome {
            // What was written before this was known is sealed as such, even if it did not fit into this request.
            while self.seal(PAGE as usize)?.is_some() {}
            self.set_meta("seen", reply.top.cast_signed())?;
        }
        self.note_devices(reply.devices.as_deref().unwrap_or_default())?;
        self.set_meta("last_exchange", self.around.now().0)?;
        self.set_meta("county_time", reply.time.0)?;
        if reply.verdict == Verdict::Welcome {
            self.set_cursor(&reply.cursor)?;
        }
        match reply.agrees {
            Some(agrees) => self.set_meta("differs", i64::from(!agrees))?,
            None if reply.page.is_empty() => {}
            None => self.set_meta("differs", 0)?,
        }
        if !reply.more {
            // Not before all was told: what was entrusted may be named on the next page only.
            self.lapse(reply.verdict == Verdict::Welcome)?;
            if reply.agrees == Some(true) {
                self.say_again_without_lost()?;
            }
            self.forget_ended()?;
            self.prune_sealed(reply.time)?;
        }
        let carried = self.take_carried(reply)?;
        let to_carry = carried && self.one("select 1 from carried where state = 0", [], |_| Ok(()))?.is_some();
        taken.more =
            to_carry || reply.more || reply.agrees == Some(false) || self.has_more_to_hand_over(reply, went_back)?;
        Ok(taken)
    }

    /// Says again what gave way, and counts no longer what was set aside.
    pub(crate) fn settle_refused(&self, again: BTreeSet<HouseholdId>) -> Result<()> {
        for household in again {
            self.replay(household)?;
        }
        if self.meta::<i64>("refused_record")?.unwrap_or(0) == 1 {
            self.rebuild()?;
            self.set_meta("refused_record", 0)?;
        }
        Ok(())
    }

    fn has_more_to_hand_over(&self, reply: &Reply, went_back: bool) -> Result<bool> {
        let me = self.identity()?;
        let unsealed = "select 1 from entry indexed by entry_waiting where number is null and standing = 0 and envelope is null and device = ?1 limit 1";
        let unsealed = self.one(unsealed, [me.device.bytes()], |_| Ok(()))?.is_some();
        let unsent = self.one("select 1 from envelope where receipt is null limit 1", [], |_| Ok(()))?.is_some();
        Ok(unsealed || (unsent && (went_back || !reply.receipts.is_empty())))
    }

    /// Takes a receipt: the only thing that gives an own entry the mark 已到县.
    pub(crate) fn take_receipt(&self, receipt: &Receipt, again: &mut BTreeSet<HouseholdId>) -> Result<usize> {
        if !receipt.is_signed_by(self.identity()?.county_key) {
            return Ok(0);
        }
        let sql = "select id, header from envelope where name = ?1";
        let found =
            self.one(sql, [receipt.terms.envelope.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let Some((row, header)) = found else { return Ok(0) };
        let Ok(header) = minicbor::decode::<lianhu_core::envelope::Header>(&header) else { return Ok(0) };
        let answers: Vec<_> = receipt.answers(header.names.len()).collect();
        if answers.iter().any(|(answer, ..)| *answer == Answer::Later) {
            // The bytes stay here and the whole envelope is handed in again.
            return Ok(0);
        }
        if answers.iter().any(|(.., code)| *code == Some(Code::NumberTaken)) {
            self.begin_incarnation()?;
            return Ok(0);
        }
        self.run(
            "update envelope set receipt = ?2, carried = null where id = ?1",
            params![row, minicbor::to_vec(receipt).unwrap_or_default()],
        )?;
        let mut numbered = 0;
        for (name, (answer, number, code)) in header.names.iter().zip(answers) {
            if answer == Answer::Parked || matches!(code, Some(Code::Revoked | Code::NotEntitled)) {
                self.take_back(row, *name)?;
            }
            let fate = Fate { entry: *name, answer: Some(answer), number, code };
            numbered += self.take_fate(&fate, again)?;
        }
        Ok(numbered)
    }

    fn take_fate(&self, fate: &Fate, again: &mut BTreeSet<HouseholdId>) -> Result<usize> {
        let Some(kept) = self.entry(fate.entry)? else { return Ok(0) };
        match (fate.answer, fate.number) {
            (Some(Answer::Kept | Answer::Had), Some(number)) => {
                // A trace is nothing that its person has written.
                let is_trace = kept.entry.kind == kind::TRACE;
                Ok(usize::from(self.take_number(kept, number)? && !is_trace))
            }
            // It was let in since: this is an older word that came late. Or it was said again, and waits no more.
            (Some(Answer::Quarantined), _) if kept.number.is_some() || self.was_said_again(kept.name)? => Ok(0),
            (Some(Answer::Quarantined), _) => {
                let replayed = matches!(fate.code, Some(Code::SeqTaken | Code::SeqGap));
                self.set_standing(kept.name, standing::ASIDE, fate.code)?;
                if kept.entry.kind == kind::CHANGE {
                    again.extend(kept.entry.about.household());
                } else {
                    // What is set aside counts in no table any more.
                    self.set_meta("refused_record", 1)?;
                }
                if !replayed {
                    self.touch(kept.entry.about);
                }
                Ok(0)
            }
            // It was erased by law: nothing of it stays, whatever else was written since.
            (Some(Answer::Erased), _) => {
                if let Some(household) = kept.entry.about.household() {
                    self.erase(household, self.erased_by(household)?.unwrap_or(0))?;
                }
                Ok(0)
            }
            // A person has let it in since, and the county lacks what it is built on.
            (Some(Answer::Parked), _) => {
                again.extend(self.wait_after_all(&kept)?);
                Ok(0)
            }
            // The county has never seen it although there is a receipt: hand it in once more.
            (None, _) => {
                let sql = "update entry set envelope = null where name = ?1 and number is null and envelope in (select id from envelope where receipt is not null)";
                self.run(sql, [kept.name.0])?;
                Ok(0)
            }
            _ => Ok(0),
        }
    }

    /// Gives an entry the county's number, once.
    fn take_number(&self, kept: Kept, number: u64) -> Result<bool> {
        if kept.number.is_some() {
            return Ok(false);
        }
        self.set_number(kept.name, kept.entry.about, number)?;
        let stands =
            self.one("select standing from entry where name = ?1", [kept.name.0], |row| row.get::<_, i64>(0))?;
        if stands.is_some_and(|stands| stands != standing::LIVING) {
            self.revive(&Kept { number: Some(number), ..kept })?;
            return Ok(true);
        }
        self.project_numbered(&Kept { number: Some(number), ..kept })?;
        Ok(true)
    }

    /// Takes one entry of a page; says whether it was new here.
    fn take_paged(&self, paged: &Paged, reply: &Reply, again: &mut BTreeSet<HouseholdId>) -> Result<bool> {
        let name = EntryName::of(&paged.bytes);
        if let Some(kept) = self.entry(name)? {
            self.take_number(kept, paged.number)?;
            return Ok(false);
        }
        let Ok(entry) = gate::read(&paged.bytes) else { return Ok(false) };
        if let Some(household) = entry.about.household()
            && self.erased_by(household)?.is_some()
        {
            return Ok(false);
        }
        let ended = "select 1 from scope where user = ?1 and about = ?2 and until is not null";
        if self.one(ended, params![self.identity()?.user.bytes(), entry.about.key()], |_| Ok(()))?.is_some() {
            return Ok(false);
        }
        let envelope = reply.envelopes.get(paged.envelope as usize).copied().unwrap_or_default();
        let envelope = self.note_envelope(envelope)?;
        let kept = Kept { name, number: None, late: false, entry };
        let mut stand = standing::LIVING;
        if let (kind::CHANGE, Some(household)) = (kept.entry.kind, kept.entry.about.household()) {
            let mut dossier = self.dossier_to_write(household)?;
            match crate::dossiers::take_in(&mut dossier, &kept)? {
                Ok(()) => {
                    self.put_dossier(household, dossier)?;
                }
                Err(DossierError::MissingDeps(_)) => stand = standing::PARKED,
                // The county has taken in what this device cannot merge with its own waiting changes: those give way.
                Err(_) => {
                    again.insert(household);
                }
            }
        }
        self.insert_entry(&kept.entry, name, &paged.bytes, stand)?;
        self.run("update entry set envelope = ?2 where name = ?1", params![name.0, envelope])?;
        self.set_number(name, kept.entry.about, paged.number)?;
        if stand == standing::LIVING {
            self.project(&Kept { number: Some(paged.number), ..kept })?;
            if kept_is_change(paged) {
                self.unpark_changes(paged)?;
            }
        }
        Ok(true)
    }

    /// An envelope known by name only, as downward pages tell it.
    fn note_envelope(&self, name: EnvelopeName) -> Result<i64> {
        if let Some(row) = self.one("select id from envelope where name = ?1", [name.0], |row| row.get::<_, i64>(0))? {
            return Ok(row);
        }
        // Without a device of its own a row is only a name; its own name sets it apart from others.
        self.run(
            "insert into envelope (name, device, incarnation, number, header, signature, sealed_at, receipt) values (?1, ?1, 0, 0, x'', x'', 0, x'')",
            [name.0],
        )?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Merges changes that came before what they build on. After damage it is not only parked ones that wait: the
    /// dossier lacks whatever was built on what had been lost.
    fn unpark_changes(&self, paged: &Paged) -> Result<()> {
        let Ok(entry) = gate::read(&paged.bytes) else { return Ok(()) };
        let Some(household) = entry.about.household() else { return Ok(()) };
        let sql = "select count(*), count(*) filter (where standing = 1) from entry where about = ?1 and kind = ?2 and standing < 2";
        let counts = self.one(sql, params![entry.about.key(), kind::CHANGE], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
        let (all, parked) = counts.unwrap_or_default();
        let merged = i64::try_from(self.dossier(household)?.len()).unwrap_or(i64::MAX);
        if parked == 0 && merged >= all {
            return Ok(());
        }
        let dossier = self.put_dossier(household, self.merge_afresh(household, "1")?)?;
        self.project_household(household, &dossier)
    }

    /// What this device may hold from now on, or no longer.
    fn take_news(&self, news: &GrantNews) -> Result<()> {
        let me = self.identity()?;
        let first = self.meta::<i64>("last_exchange")?.is_none();
        if let Some(household) = news.about.household().filter(|_| news.ended.is_none() && !first)
            && !self.holds(me.user, news.about)?
        {
            self.note_came(household)?;
        }
        let excluded = self.excluded(news.about, news.since, news.horizon)?;
        self.run(
            "insert or replace into scope (user, about, since, until, moved, horizon, excluded_count, excluded_sum) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                me.user.bytes(),
                news.about.key(),
                news.since.cast_signed(),
                news.ended.map(u64::cast_signed),
                news.ended.unwrap_or(news.since).cast_signed(),
                news.horizon.map(|day| day.0),
                excluded.count.cast_signed(),
                excluded.sum.0
            ],
        )?;
        if news.horizon.is_none() {
            self.run("delete from older_wanted where about = ?1", [news.about.key()])?;
        }
        self.touch(news.about);
        Ok(())
    }
}

fn kept_is_change(paged: &Paged) -> bool {
    gate::read(&paged.bytes).is_ok_and(|entry| entry.kind == kind::CHANGE)
}
