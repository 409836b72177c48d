//! 忘记密码: a locked home shows a code, an office reads back twenty letters, and they open it. Nothing of it needs a line
//! to this device; the office asks the county.

use crate::app::{App, LOCKED_KEY};
use crate::door::{Door, Inside};
use crate::error::{AppError, Result};
use crate::http_hub::{HttpHub, RecoverError};
use crate::locking::LockState;
use lianhu_core::enrolment_code::Fingerprint;
use lianhu_core::entry::About;
use lianhu_core::ids::EntryName;
use lianhu_core::recovery_answer::{RecoveryAnswer, RecoveryCode};
use lianhu_core::trace::act;
use lianhu_ledger::{Effort, KeyFile, Recovery, WrappedKey, seal_escrow};
use serde::Serialize;
use ts_rs::TS;

/// Under which setting of the ledger the entry lies that took it to the county.
const ESCROW: &str = "escrow";

/// How a forgotten PIN can be got over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct WayBack {
    /// The code to read to an office over the telephone.
    pub code: String,
    /// Whether the county has what answers it.
    pub at_county: bool,
}

/// What an office reads back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReadBack {
    /// Twenty letters.
    pub answer: String,
    /// Whose home they open.
    pub name: String,
}

impl From<&Recovery> for WayBack {
    fn from(recovery: &Recovery) -> Self {
        let code = RecoveryCode::parse(&recovery.code).map_or_else(|| recovery.code.clone(), |code| code.to_string());
        Self { code, at_county: recovery.at_county }
    }
}

impl Door {
    /// Opens the home with what an office read back. A new PIN is asked for, and until it is chosen this still opens it.
    pub fn reopen(&self, answer: String) -> Result<LockState> {
        let answer = RecoveryAnswer::parse(&answer).ok_or(AppError::WrongAnswer)?;
        let mut inside = self.inside();
        let mut file = self.key_file()?.ok_or(AppError::WrongAnswer)?;
        let recovery = file.recovery.as_mut().ok_or(AppError::WrongAnswer)?;
        let key = recovery.wrapped.unwrap(&spelled(&answer), None).ok_or(AppError::WrongAnswer)?;
        self.open_with(key, &mut inside)?;
        recovery.used = true;
        file.write(&self.home().join(LOCKED_KEY))?;
        inside.forgotten = true;
        drop(inside);
        self.lock_state()
    }

    /// Makes what the county is to keep, where the home has a PIN and belongs to a county: a secret beside the PIN, sealed
    /// for the county before anything else knows it. One that was used is replaced, unless its user has yet to choose a PIN.
    pub(crate) fn provide(&self, inside: &Inside) -> Result<()> {
        let (Some(app), Some(mut file)) = (&inside.app, self.key_file()?) else { return Ok(()) };
        let Ok(me) = app.ledger().identity() else { return Ok(()) };
        let used = file.recovery.as_ref().is_none_or(|recovery| recovery.used);
        if used && !inside.forgotten {
            let (code, answer) = (RecoveryCode::mint(&*self.around), RecoveryAnswer::mint(&*self.around));
            let code = code.letters().to_owned();
            let sealed = seal_escrow(me.county_key, &code, &answer.to_string(), &*self.around);
            let wrapped = WrappedKey::wrap(&app.key, &spelled(&answer), None, Effort::USUAL, &*self.around);
            let (Some(sealed), Some(wrapped)) = (sealed, wrapped) else {
                return Err(AppError::Bug { detail: "the way back could not be made".to_owned() });
            };
            file.recovery = Some(Recovery { code, wrapped, sealed: sealed.into(), at_county: false, used: false });
            file.write(&self.home().join(LOCKED_KEY))?;
        }
        self.hand_to_county(app, &mut file)
    }

    /// Writes it down for the next exchange, once; and notes when the county has it, for then the lock can say so.
    fn hand_to_county(&self, app: &App, file: &mut KeyFile) -> Result<()> {
        let Some(recovery) = file.recovery.as_mut() else { return Ok(()) };
        let mut ledger = app.ledger();
        let written = ledger.setting(ESCROW)?.unwrap_or_default();
        let entry = match written.split_once(' ').filter(|(code, _)| *code == recovery.code) {
            Some((_, entry)) => EntryName::parse(entry),
            None => {
                let entry = ledger.escrow(&recovery.code, recovery.sealed.to_vec())?;
                ledger.set_setting(ESCROW, &format!("{} {entry}", recovery.code))?;
                Some(entry)
            }
        };
        let at_county = entry.map_or(Ok(None), |entry| ledger.number_of(entry))?.is_some();
        drop(ledger);
        if at_county != recovery.at_county {
            recovery.at_county = at_county;
            file.write(&self.home().join(LOCKED_KEY))?;
        }
        Ok(())
    }
}

impl App {
    /// Asks the county what answers the code that a locked home shows. The county gives it once, to an office that may
    /// speak for the person; it leaves a trace there and here.
    pub fn recover_pin(&self, code: String) -> Result<ReadBack> {
        self.check_may_direct()?;
        let code = RecoveryCode::parse(&code).ok_or(AppError::NoSuchRecovery)?;
        let (server, pin) = {
            let ledger = self.ledger();
            (ledger.setting("server")?.unwrap_or_default(), ledger.setting("pin")?.unwrap_or_default())
        };
        let mut hub = HttpHub::new(&server, Fingerprint::parse(&pin).ok_or(AppError::NotEnrolled)?)?;
        let query = format!("recover={}", code.letters());
        let (device, signature) = self.ledger().sign_query(&query)?;
        let found = hub.recover(&query, device, signature).map_err(|error| match error {
            RecoverError::Hub(error) => error.into(),
            RecoverError::Unknown => AppError::NoSuchRecovery,
            RecoverError::Used => AppError::UsedRecovery,
            RecoverError::NotEntitled => AppError::NotAllowed,
        })?;
        self.ledger().note_audit(act::RECOVER, About::Cadre(found.user), code.letters())?;
        Ok(ReadBack { answer: found.answer, name: found.name })
    }
}

fn spelled(answer: &RecoveryAnswer) -> String {
    answer.to_string().replace(' ', "")
}
