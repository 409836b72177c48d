//! A morning on which everybody has a line again: so many devices hand in and fetch at once, over HTTPS, as the app does
//! it. Some are killed in the middle of a request and begin again from what is on their disk. At the end every entry
//! written is looked for in the server's own ledger, under the number that its device's receipt gives it.

use crate::line::Line;
use crate::link::{Link, Terms};
use crate::server::Server;
use crate::texts::Split;
use crate::village::{Village, open};
use anyhow::{Context, Result, ensure};
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_core::ids::{EntryName, HouseholdId, UserId};
use lianhu_core::surroundings::Staged;
use lianhu_ledger::exchange;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Visits and corrections that each device hands in.
const VISITS: usize = 10;
const EDITS: usize = 5;
/// Of a hundred devices, so many are killed in mid-request.
const KILLED: usize = 5;
/// Devices on the line at the same moment.
const AT_ONCE: usize = 64;
/// How often a device that was told to wait asks again.
const TRIES: usize = 40;
/// A line that breaks after so many bytes to the county: the handshake has passed, the request has not.
const IN_MID_REQUEST: Terms = Terms { breaks_after: Some(1500), ..Terms::FAST };
/// A line that breaks soon: the request has mostly passed, the reply has not.
const BEFORE_THE_REPLY: Terms = Terms { cut: Some(Duration::from_millis(25)), ..Terms::FAST };

/// What all devices together saw.
#[derive(Default)]
struct Seen {
    times: Mutex<Vec<f64>>,
    killed: AtomicUsize,
    waits: AtomicUsize,
}

/// A phone, switched off: its file, and what its person has written.
struct Off {
    file: PathBuf,
    written: Vec<EntryName>,
}

/// A road that notes how long each request took.
struct Timed<'a>(&'a mut dyn Hub, &'a Seen);

impl Hub for Timed<'_> {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        let begun = Instant::now();
        let answer = self.0.exchange(frame, progress);
        if answer.is_ok() {
            let mut times = self.1.times.lock().unwrap_or_else(PoisonError::into_inner);
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        answer
    }
}

/// Makes the county and its devices, lets them all exchange, and says what came of it.
pub(crate) fn load(devices: usize) -> Result<Vec<Line>> {
    ensure!(devices > 0, "no devices");
    let begun = Instant::now();
    let mut village = Village::new(Split::Unseen, 97)?;
    let phones = phones(&mut village, devices)?;
    let made = begun.elapsed().as_secs_f64();
    eprintln!("      {devices} devices enrolled, each with {VISITS} visits and {EDITS} corrections; {made:.0} s");
    let server = Server::encrypted_over(&village)?;
    let lines = [IN_MID_REQUEST, BEFORE_THE_REPLY].map(|terms| Link::lay(server.at, terms));
    let [mid_request, before_reply] = lines;
    let (mid_request, before_reply) = (mid_request?, before_reply?);
    let seen = Seen::default();
    let begun = Instant::now();
    each(&phones, |at, phone| {
        if at % 100 < KILLED {
            let line = if at % 2 == 0 { &mid_request } else { &before_reply };
            killed(&server, line, &phone.file, &village.around, &seen)?;
        }
        whole(&server, &phone.file, &village.around, &seen)
    })?;
    let (took, core) = (begun.elapsed().as_secs_f64(), server.on_cores()?);
    let requests = seen.times.lock().unwrap_or_else(PoisonError::into_inner).len();
    // What others handed in later comes with the next one.
    each(&phones, |_, phone| whole(&server, &phone.file, &village.around, &seen))?;
    let memory = server.memory()?;
    let at_county = server.numbered_at_the_end(&village.around)?;
    let lost = lost(&phones, &at_county, &village.around)?;
    let mut times = seen.times.into_inner().unwrap_or_else(PoisonError::into_inner);
    times.truncate(requests);
    times.sort_unstable_by(f64::total_cmp);
    let at = |hundredths: usize| times.get(times.len() * hundredths / 100).copied().unwrap_or_default();
    let (p50, p99) = (at(50), at(99));
    let (killed, waits) = (seen.killed.load(Ordering::SeqCst), seen.waits.load(Ordering::SeqCst));
    let written: usize = phones.iter().map(|phone| phone.written.len()).sum();
    let rate = format!(
        "{:.0} exchanges/s to the end, {AT_ONCE} at once; a request p50 {p50:.0} ms, p99 {p99:.0} ms of {requests}; \
         {waits} waits; {:.1} ms of core at the server for each device",
        devices as f64 / took,
        core * 1e3 / devices as f64
    );
    Ok(vec![
        Line::at_most(format!("{devices} devices: entries lost"), lost as f64, 0.0, "entries").noting(format!(
            "{written} written, each looked for at the county by its receipt; {killed} killed in mid-request"
        )),
        Line::at_most(format!("{devices} devices: memory of the server, most ever held"), memory, 100.0, "MB")
            .noting(rate),
    ])
}

/// Enrols so many phones, each with a household of its own and its neighbour's, and writes what they have to hand in. None
/// of it is measured, so nothing waits for the disk: fifty thousand small acts would wait for most of an hour.
fn phones(village: &mut Village, devices: usize) -> Result<Vec<Off>> {
    village.ledger().wait_for_the_disk(false)?;
    let houses: Vec<HouseholdId> = village.households(devices, None)?;
    let users: Vec<UserId> = (0..devices).map(|_| village.person("helper")).collect::<Result<_>>()?;
    for (at, user) in users.iter().enumerate() {
        let next = houses.get((at + 1) % devices).filter(|_| devices > 1).copied();
        let held: Vec<_> = houses.get(at).copied().into_iter().chain(next).collect();
        village.entrust(&held, *user)?;
    }
    let mut phones = Vec::new();
    for (at, user) in users.into_iter().enumerate() {
        let label = format!("phone-{at}");
        let mut phone = village.phone(user, &label)?;
        phone.wait_for_the_disk(false)?;
        village.exchange(&mut phone)?;
        let own: Vec<_> = houses.get(at).copied().into_iter().collect();
        let mut written = village.visit(&mut phone, &own, VISITS)?;
        // A correction that says what is there already writes nothing down: another is made until there are enough.
        while written.len() < VISITS + EDITS {
            written.extend(village.correct(&mut phone, &own, 1)?);
        }
        phones.push(Off { file: village.dir.path().join(format!("{label}.sqlite")), written });
    }
    village.ledger().wait_for_the_disk(true)?;
    Ok(phones)
}

/// A phone whose line breaks in mid-request and that is then switched off: only what is on its disk is left.
fn killed(server: &Server, line: &Link, phone: &Path, around: &Arc<Staged>, seen: &Seen) -> Result<()> {
    let mut ledger = open(phone, around)?;
    let mut hub = server.road_by(line.at)?;
    if exchange(&mut ledger, &mut hub, 0, &mut |_| ())?.is_err() {
        seen.killed.fetch_add(1, Ordering::SeqCst);
    }
    Ok(())
}

/// A whole exchange to its end; a device that is told to wait does.
#[expect(clippy::disallowed_methods, reason = "a device that is told to wait does")]
fn whole(server: &Server, phone: &Path, around: &Arc<Staged>, seen: &Seen) -> Result<()> {
    let mut ledger = open(phone, around)?;
    let mut hub = server.road_by(server.at)?;
    for _ in 0..TRIES {
        match exchange(&mut ledger, &mut Timed(&mut hub, seen), 0, &mut |_| ())? {
            Ok(_) => return Ok(()),
            Err(HubError::Busy | HubError::Offline) => {
                seen.waits.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(250));
            }
            Err(error) => anyhow::bail!("an exchange ended with {error:?}"),
        }
    }
    anyhow::bail!("the server was busy {TRIES} times")
}

/// How many entries that were written the county does not have under the number on their device.
fn lost(phones: &[Off], at_county: &BTreeMap<EntryName, u64>, around: &Arc<Staged>) -> Result<usize> {
    let mut lost = 0;
    for phone in phones {
        let held = open(&phone.file, around)?.all_held()?;
        let marks: BTreeMap<EntryName, u64> =
            held.into_iter().filter_map(|held| Some((held.name, held.number?))).collect();
        let arrived = |name: &&EntryName| marks.get(name).is_some_and(|number| at_county.get(name) == Some(number));
        lost += phone.written.len() - phone.written.iter().filter(arrived).count();
    }
    Ok(lost)
}

/// Does this for each of them, so many at once.
fn each(phones: &[Off], act: impl Fn(usize, &Off) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let Some(phone) = phones.get(at) else { break };
                    if let Err(error) = act(at, phone).with_context(|| format!("device {at}")) {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        break;
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}
