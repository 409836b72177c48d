//! The gate: everything that is checked before an entry from outside touches a living dossier (design §6).

use crate::bodies::subject;
use crate::dossiers;
use crate::entitle::Entitled;
use crate::entries::{Kept, standing};
use crate::error::Result;
use crate::scope::Point;
use crate::store::Tx;
use crate::trial::Trials;
use lianhu_core::change::{Change, lane};
use lianhu_core::directive::{
    Approval, Cadre, ConfirmedFacts, CountyRow, Device, Enrolment, Erasure, Escrow, Grant, GrantEnd, LawfulCount,
    LetIn, Member, Place, Placement, Role, RoleEnd, RoleKind, Team,
};
use lianhu_core::dossier::DossierError;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::Head;
use lianhu_core::exchange::{Answer, Code};
use lianhu_core::export_grant::{ExportGrantEnd, ExportGranted, ExportWanted};
use lianhu_core::handover::{HandoverNote, HandoverTaken, LONGEST_ADVICE, MOST_TAKEN};
use lianhu_core::ids::{EntryName, EnvelopeName, Hash};
use lianhu_core::inspection::{Inspection, InspectionEnd, MOST_A_DRAW, SampleDrawn, SampleOpened};
use lianhu_core::join::{Apart, Join, JoinEnd};
use lianhu_core::record::{Absent, AbsentAnswer, NeedStep, PlacementWanted, Registration, Remark, Strike};
use lianhu_core::trace::{OFFICE, Trace};
use lianhu_core::visit::Visit;
use rusqlite::params;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most entries of one device that may stand parked, and as many in quarantine.
const MOST_ASIDE: i64 = 10_000;

/// What was done with an entry.
pub(crate) type Outcome = (Answer, Option<u64>, Option<Code>);

/// The envelope an entry came in, as the gate sees it.
pub(crate) struct Arrival<'a> {
    pub(crate) head: &'a Head,
    /// Up to which number of this log its author had heard.
    pub(crate) heard: u64,
    pub(crate) name: EnvelopeName,
    pub(crate) row: i64,
    pub(crate) point_at: lianhu_core::day::Moment,
    /// Its changes, tried before they touch a dossier.
    pub(crate) trials: Trials,
    /// A person has looked at it and lets it in, whoever wrote it.
    pub(crate) released: bool,
    /// How much of the device's stands parked and aside, once it was counted.
    pub(crate) aside: Cell<[Option<i64>; 2]>,
}

impl<'a> Arrival<'a> {
    /// An entry that came before and is judged once more.
    pub(crate) fn again(
        head: &'a Head,
        name: EnvelopeName,
        row: i64,
        point_at: lianhu_core::day::Moment,
        released: bool,
    ) -> Self {
        Self {
            head,
            heard: head.county_seen,
            name,
            row,
            point_at,
            trials: Trials::default(),
            released,
            aside: Cell::default(),
        }
    }
}

/// Reads an entry's bytes and the body of its kind.
pub(crate) fn read(bytes: &[u8]) -> std::result::Result<Entry, Code> {
    let entry = Entry::read(bytes).map_err(|_| Code::NotAnEntry)?;
    if entry.about == About::Everything {
        return Err(Code::NotAnEntry);
    }
    let body = &*entry.body;
    let fits = match entry.kind {
        kind::CHANGE => minicbor::decode::<Change>(body).is_ok_and(|change| change.check().is_ok()),
        kind::VISIT => fits::<Visit>(body),
        kind::STRIKE => fits::<Strike>(body),
        kind::REMARK => fits::<Remark>(body),
        kind::REGISTRATION => fits::<Registration>(body),
        kind::NEED_STEP => fits::<NeedStep>(body),
        kind::ABSENT => fits::<Absent>(body),
        kind::ABSENT_ANSWER => fits::<AbsentAnswer>(body),
        kind::PLACEMENT_WANTED => fits::<PlacementWanted>(body),
        kind::HANDOVER_NOTE => {
            minicbor::decode::<HandoverNote>(body).is_ok_and(|note| note.advice.chars().count() <= LONGEST_ADVICE)
        }
        kind::HANDOVER_TAKEN => {
            minicbor::decode::<HandoverTaken>(body).is_ok_and(|taken| taken.notes.len() <= MOST_TAKEN)
        }
        kind::TRACE => fits::<Trace>(body) && entry.about == OFFICE,
        kind::PLACE => fits::<Place>(body),
        kind::PLACEMENT => fits::<Placement>(body),
        kind::CADRE => fits::<Cadre>(body),
        kind::ROLE => fits::<Role>(body),
        kind::COUNTY_ROW => fits::<CountyRow>(body),
        kind::LET_IN => fits::<LetIn>(body),
        kind::ROLE_KIND => fits::<RoleKind>(body),
        kind::ROLE_END => fits::<RoleEnd>(body),
        kind::TEAM => fits::<Team>(body),
        kind::MEMBER => fits::<Member>(body),
        kind::DEVICE => fits::<Device>(body),
        kind::GRANT => fits::<Grant>(body),
        kind::GRANT_END => fits::<GrantEnd>(body),
        kind::ENROLMENT => fits::<Enrolment>(body),
        kind::ESCROW => fits::<Escrow>(body),
        kind::APPROVAL => fits::<Approval>(body),
        kind::CONFIRMED_FACTS => fits::<ConfirmedFacts>(body),
        kind::ERASURE => fits::<Erasure>(body) && entry.about == About::County,
        kind::LAWFUL_COUNT => fits::<LawfulCount>(body),
        kind::JOIN => {
            let about = entry.about.household();
            minicbor::decode::<Join>(body).is_ok_and(|join| about.is_some_and(|about| join.makes_sense(about)))
        }
        kind::JOIN_END => fits::<JoinEnd>(body),
        kind::APART => fits::<Apart>(body),
        kind::INSPECTION => {
            let sensible = minicbor::decode::<Inspection>(body).is_ok_and(|inspection| inspection.makes_sense());
            sensible && entry.about == OFFICE
        }
        kind::INSPECTION_END => fits::<InspectionEnd>(body) && entry.about == OFFICE,
        kind::SAMPLE_DRAWN => {
            let few = |drawn: SampleDrawn| drawn.households.len() <= MOST_A_DRAW as usize;
            minicbor::decode::<SampleDrawn>(body).is_ok_and(few) && entry.about == OFFICE
        }
        kind::SAMPLE_OPENED => fits::<SampleOpened>(body),
        kind::EXPORT_WANTED => {
            minicbor::decode::<ExportWanted>(body).is_ok_and(|wanted| wanted.makes_sense()) && entry.about == OFFICE
        }
        kind::EXPORT_GRANTED => fits::<ExportGranted>(body) && entry.about == OFFICE,
        kind::EXPORT_GRANT_END => fits::<ExportGrantEnd>(body) && entry.about == OFFICE,
        _ => true,
    };
    let of_household = matches!(
        entry.kind,
        kind::CHANGE
            | kind::VISIT
            | kind::STRIKE
            | kind::REGISTRATION
            | kind::NEED_STEP
            | kind::HANDOVER_NOTE
            | kind::ABSENT
            | kind::PLACEMENT
            | kind::APPROVAL
            | kind::JOIN
            | kind::JOIN_END
            | kind::APART
            | kind::SAMPLE_OPENED
    );
    if fits && (!of_household || entry.about.household().is_some()) { Ok(entry) } else { Err(Code::NotTheBody) }
}

fn fits<T: for<'b> minicbor::Decode<'b, ()>>(body: &[u8]) -> bool {
    minicbor::decode::<T>(body).is_ok()
}

/// Whether it says what a roster import says, which counts as confirmed.
pub(crate) fn is_of_import(entry: &Entry) -> bool {
    entry.kind == kind::CHANGE
        && minicbor::decode::<Change>(&entry.body).is_ok_and(|change| change.lane != lane::PERSON)
}

impl Tx<'_> {
    /// Lets an entry in, or says where else it went. The same entry again changes nothing.
    pub(crate) fn admit(&self, arrival: &Arrival<'_>, bytes: &[u8]) -> Result<Outcome> {
        let name = EntryName::of(bytes);
        if let Some(known) = self.fate(name)?.filter(|(answer, ..)| *answer != Answer::Quarantined) {
            return Ok(known);
        }
        let entry = match read(bytes) {
            Ok(entry) => entry,
            Err(code) => return self.set_aside(arrival, name, bytes, code),
        };
        if self.came_after(entry.about.household(), arrival.head.device, arrival.head.user)? {
            return Ok((Answer::Erased, None, None));
        }
        if entry.user != arrival.head.user || entry.device != arrival.head.device {
            return self.set_aside(arrival, name, bytes, Code::NotTheAuthor);
        }
        if let Some(known) = self.refused_before(name, arrival)? {
            return Ok(known);
        }
        let late = match self.entitled(arrival.head, &entry, arrival.heard)? {
            // Let in is what somebody wrote down, never what they directed without being entitled to, nor a roster of theirs.
            Entitled::No if entry.is_directive() || is_of_import(&entry) => {
                return self.set_aside(arrival, name, bytes, Code::NotEntitled);
            }
            Entitled::NotYet if entry.is_directive() => return self.park(arrival, name, &entry, bytes),
            _ if arrival.released => true,
            Entitled::Yes => false,
            Entitled::Late => true,
            Entitled::NotYet => return self.park(arrival, name, &entry, bytes),
            Entitled::No => return self.set_aside(arrival, name, bytes, Code::NotEntitled),
        };
        if self.goes_in_a_circle(&entry)? {
            return self.set_aside(arrival, name, bytes, Code::Circle);
        }
        if let Some(code) = self.fails_trial(&arrival.trials, &entry, name)? {
            return self.set_aside(arrival, name, bytes, code);
        }
        let kept = Kept { name, number: None, late, entry };
        match self.join(arrival, &kept)? {
            Ok(()) => {}
            Err(DossierError::MissingDeps(_)) => return self.park(arrival, name, &kept.entry, bytes),
            Err(error) => return self.set_aside(arrival, name, bytes, code_of(&error)),
        }
        self.insert_entry(&kept.entry, name, bytes, standing::LIVING)?;
        self.run("update entry set envelope = ?2, late = ?3 where name = ?1", params![name.0, arrival.row, late])?;
        let (kept, point) = self.number(kept, arrival.point_at)?;
        self.project(&kept)?;
        self.rescope(&kept, point)?;
        let number = point.number;
        Ok((Answer::Kept, Some(number), None))
    }

    /// Merges a change into its household's dossier; other kinds have nothing to merge.
    fn join(&self, arrival: &Arrival<'_>, kept: &Kept) -> Result<std::result::Result<(), DossierError>> {
        let (kind::CHANGE, Some(household)) = (kept.entry.kind, kept.entry.about.household()) else {
            return Ok(Ok(()));
        };
        if let Some(tried) = arrival.trials.take_merged(kept.name) {
            self.put_written_dossier(household, tried.dossier, &tried.bytes)?;
            return Ok(Ok(()));
        }
        let mut dossier = self.dossier_to_write(household)?;
        let joined = catch_unwind(AssertUnwindSafe(|| dossiers::take_in(&mut dossier, kept)));
        let joined = joined.unwrap_or(Ok(Err(DossierError::Poisoned)))?;
        if joined.is_ok() {
            self.put_dossier(household, dossier)?;
        }
        Ok(joined)
    }

    /// Gives a living entry the next number, in the same transaction as everything else about it.
    pub(crate) fn number(&self, kept: Kept, at: lianhu_core::day::Moment) -> Result<(Kept, Point)> {
        let number = self.count_up("top")?;
        let chain: Vec<u8> = self.meta("chain")?.unwrap_or_default();
        let chain = Hash::of(&[&chain, &number.to_be_bytes(), &kept.name.0]);
        self.set_meta("chain", chain.0.to_vec())?;
        self.set_number(kept.name, kept.entry.about, number)?;
        Ok((Kept { number: Some(number), ..kept }, Point { number, at }))
    }

    /// What was done with an entry before, if it is known at all.
    pub(crate) fn fate(&self, name: EntryName) -> Result<Option<Outcome>> {
        let known = self.one("select number, standing from entry where name = ?1", [name.0], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?))
        })?;
        match known {
            Some((Some(number), _)) => return Ok(Some((Answer::Had, Some(number.cast_unsigned()), None))),
            Some((None, standing::PARKED)) => return Ok(Some((Answer::Parked, None, None))),
            Some(_) | None => {}
        }
        if self.is_erased_entry(name)? {
            return Ok(Some((Answer::Erased, None, None)));
        }
        let sql = "select code from quarantine where name = ?1";
        let code = self.one(sql, [name.0], |row| row.get::<_, i64>(0))?;
        Ok(code.map(|code| (Answer::Quarantined, None, code_from(code))))
    }

    /// Whether this very entry was refused before for what it is. What was refused for the envelope it came in, whoever
    /// had sealed that, is no fault of the entry: it is judged anew.
    fn refused_before(&self, name: EntryName, arrival: &Arrival<'_>) -> Result<Option<Outcome>> {
        let sql = "select code, device = ?2 from quarantine where name = ?1";
        let row = self.one(sql, params![name.0, arrival.head.device.bytes()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })?;
        let Some((code, same_device)) = row else { return Ok(None) };
        let code = code_from(code);
        let of_entry = matches!(
            code,
            Some(
                Code::NotAnEntry
                    | Code::NotTheBody
                    | Code::NotEntitled
                    | Code::SeqTaken
                    | Code::SeqGap
                    | Code::Poisoned
            )
        );
        if same_device && of_entry {
            return Ok(Some((Answer::Quarantined, None, code)));
        }
        self.run("delete from quarantine where name = ?1", [name.0])?;
        Ok(None)
    }

    fn park(&self, arrival: &Arrival<'_>, name: EntryName, entry: &Entry, bytes: &[u8]) -> Result<Outcome> {
        let sql = "select count(*) from entry where device = ?1 and number is null and standing = 1";
        if !self.has_room_aside(arrival, 0, sql)? {
            return Ok((Answer::Later, None, None));
        }
        self.insert_entry(entry, name, bytes, standing::PARKED)?;
        self.run("update entry set envelope = ?2 where name = ?1", params![name.0, arrival.row])?;
        Ok((Answer::Parked, None, None))
    }

    /// Whether the device may put one more aside. It is counted once an envelope, or a flood would cost its square.
    fn has_room_aside(&self, arrival: &Arrival<'_>, which: usize, sql: &str) -> Result<bool> {
        let mut counts = arrival.aside.get();
        let Some(count) = counts.get_mut(which) else { return Ok(false) };
        let known = match *count {
            Some(known) => known,
            None => self.one(sql, [arrival.head.device.bytes()], |row| row.get::<_, i64>(0))?.unwrap_or(0),
        };
        *count = Some(known + 1);
        arrival.aside.set(counts);
        Ok(known < MOST_ASIDE)
    }

    pub(crate) fn set_aside(
        &self,
        arrival: &Arrival<'_>,
        name: EntryName,
        bytes: &[u8],
        code: Code,
    ) -> Result<Outcome> {
        let device = arrival.head.device;
        if self.came_after(subject(bytes), device, arrival.head.user)? {
            return Ok((Answer::Erased, None, None));
        }
        if !self.has_room_aside(arrival, 1, "select count(*) from quarantine where device = ?1")? {
            return Ok((Answer::Later, None, None));
        }
        self.run(
            "insert or ignore into quarantine (name, envelope, device, user, code, at, header, bytes) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                name.0,
                arrival.name.0,
                device.bytes(),
                arrival.head.user.bytes(),
                code as i64,
                arrival.point_at.0,
                minicbor::to_vec(arrival.head).unwrap_or_default(),
                self.sealed(name, bytes, subject(bytes))?
            ],
        )?;
        Ok((Answer::Quarantined, None, Some(code)))
    }

    /// Tries parked entries about something once more, now that more is here.
    pub(crate) fn unpark(&self, about: About, at: lianhu_core::day::Moment) -> Result<()> {
        let sql = "select entry.bytes, envelope.header, envelope.name, envelope.id, entry.name from entry join envelope on envelope.id = entry.envelope where entry.about = ?1 and entry.standing = 1 order by entry.id";
        loop {
            let parked = self.all(sql, [about.key()], |row| {
                Ok((
                    row.get::<_, Vec<u8>>(0)?,
                    row.get::<_, Vec<u8>>(1)?,
                    row.get::<_, Vec<u8>>(2)?,
                    row.get::<_, i64>(3)?,
                    crate::entries::name_of(row, 4)?,
                ))
            })?;
            let mut moved = false;
            for (stored, header, envelope, row, entry) in parked {
                let bytes = self.opened(entry, stored)?;
                let Ok(header) = minicbor::decode::<lianhu_core::envelope::Header>(&header) else { continue };
                let name = EnvelopeName::from_slice(&envelope).unwrap_or_default();
                let arrival = Arrival::again(&header.head, name, row, at, false);
                self.run("delete from entry where name = ?1 and standing = 1", [entry.0])?;
                moved |= self.admit(&arrival, &bytes)?.0 != Answer::Parked;
            }
            if !moved {
                return Ok(());
            }
        }
    }
}

pub(crate) fn code_of(error: &DossierError) -> Code {
    match error {
        DossierError::SeqTaken => Code::SeqTaken,
        DossierError::SeqGap | DossierError::MissingDeps(_) => Code::SeqGap,
        DossierError::Unreadable | DossierError::Poisoned => Code::Poisoned,
    }
}

/// The code that a stored number stands for.
pub(crate) fn code_from(code: i64) -> Option<Code> {
    let bytes = minicbor::to_vec(code).ok()?;
    minicbor::decode(&bytes).ok()
}
