//! Importing a pairing table 结对花名册: who helps which household. It adds; taking back is an act of its own.

use crate::app::App;
use crate::error::{AppError, Result};
use crate::naming::Naming;
use crate::other_table;
use crate::roster::{DoubtRead, SheetRead, count, doubt_read, sheet_read};
use lianhu_core::directive::{Cadre, Grant, Role};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{HouseholdId, UserId};
use lianhu_ledger::Ledger;
use lianhu_workbook::{HouseholdRef, PairedCadre};
use serde::Serialize;
use std::path::PathBuf;
use ts_rs::TS;

/// The duty that a pairing table entrusts.
pub(crate) const HELPER_DUTY: &str = "帮扶责任人";

/// What a pairing table understood, and what it changed, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct PairingOutcome {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The sheets and their columns.
    pub sheets: Vec<SheetRead>,
    /// Helpers in the table.
    pub helpers: u32,
    /// Pairs in the table.
    pub pairs: u32,
    /// Helpers that were not here before.
    pub new_helpers: u32,
    /// Households entrusted by it that were not before.
    pub entrusted: u32,
    /// Everything doubtful.
    pub doubts: Vec<DoubtRead>,
    /// Rows whose household is not on this device: import the roster first.
    pub unknown_households: Vec<UnknownHousehold>,
}

/// A row whose household was not found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UnknownHousehold {
    /// The row, as Excel counts.
    pub row: u32,
    /// 户编号 as written.
    pub national_no: String,
    /// 户主 as written.
    pub head: String,
    /// 村 as written.
    pub village: String,
}

impl App {
    /// Reads a pairing table; unless it is a dry run, makes the helpers and entrusts the households.
    pub fn import_pairing(&self, path: PathBuf, dry_run: Option<bool>) -> Result<PairingOutcome> {
        self.check_is_county()?;
        let reading = other_table::pairing(&path, self.today(), &mut |progress| {
            self.step("read_pairing", progress.done, progress.total);
        })?;
        let naming = Naming::new(self.ledger().import_key()?.ok_or(AppError::NotAllowed)?);
        let dry_run = dry_run.unwrap_or(false);
        let mut outcome = PairingOutcome {
            dry_run,
            sheets: reading.sheets.iter().map(sheet_read).collect(),
            helpers: count(reading.cadres.len()),
            doubts: reading.doubts.iter().map(doubt_read).collect(),
            ..PairingOutcome::default()
        };
        let mut ledger = self.ledger();
        let total = reading.cadres.len() as u64;
        for (at, cadre) in (0_u64..).zip(&reading.cadres) {
            self.step("import_pairing", at, total);
            let user = naming.cadre(&cadre.name, &cadre.unit);
            let mut households = Vec::new();
            for wanted in &cadre.households {
                outcome.pairs += 1;
                match find(&ledger, wanted)? {
                    Some(household) => households.push(household),
                    None => outcome.unknown_households.push(unknown(wanted)),
                }
            }
            pair(&mut ledger, user, cadre, &households, dry_run, &mut outcome)?;
        }
        self.step("import_pairing", total, total);
        Ok(outcome)
    }
}

fn pair(
    ledger: &mut Ledger,
    user: UserId,
    cadre: &PairedCadre,
    households: &[HouseholdId],
    dry_run: bool,
    outcome: &mut PairingOutcome,
) -> Result<()> {
    let mut new = Vec::new();
    for household in households {
        let held = ledger.grants_of(*household)?.iter().any(|grant| grant.user == user);
        if !held && !new.contains(household) {
            new.push(*household);
        }
    }
    let is_new = ledger.find_cadre(&user.to_string(), None)?.is_empty();
    outcome.new_helpers += u32::from(is_new);
    outcome.entrusted += count(new.len());
    if dry_run || (!is_new && new.is_empty()) {
        return Ok(());
    }
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ledger.write(|writing| {
        if is_new {
            let about = About::Cadre(user);
            let body = Cadre {
                name: cadre.name.clone(),
                unit: text(&cadre.unit),
                belongs: text(&cadre.belongs),
                rank: text(&cadre.rank),
                phone: text(&cadre.phone),
            };
            writing.record(about, kind::CADRE, Source::Table, &body)?;
            writing.record(about, kind::ROLE, Source::Table, &Role { role: "helper".to_owned(), place: None })?;
        }
        for household in new {
            let body = Grant { user, duty: HELPER_DUTY.to_owned() };
            writing.record(About::Household(household), kind::GRANT, Source::Table, &body)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The household a row means: by its number, or by head and village where only one fits.
fn find(ledger: &Ledger, wanted: &HouseholdRef) -> Result<Option<HouseholdId>> {
    if !wanted.national_no.is_empty() {
        return Ok(ledger.household_by_national_no(&wanted.national_no)?);
    }
    let found = ledger.households_by_head(&wanted.head, &wanted.village)?;
    Ok(if let [one] = found.as_slice() { Some(*one) } else { None })
}

fn unknown(wanted: &HouseholdRef) -> UnknownHousehold {
    UnknownHousehold {
        row: wanted.row,
        national_no: wanted.national_no.clone(),
        head: wanted.head.clone(),
        village: wanted.village.clone(),
    }
}
