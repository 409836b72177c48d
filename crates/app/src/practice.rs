//! 练习户: three invented households to try everything with, before and after enrolment. They lie in a ledger of their own
//! below the home, belong to no county, and are never exchanged, counted or printed; nothing of them outlives the practice.

mod households;

use crate::app::App;
use crate::commands::Command;
use crate::enrolment::Status;
use crate::error::{AppError, Result};
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// The directory below the home that holds the practice.
const BELOW: &str = "practice";

impl App {
    /// Begins to practise, from the beginning each time, or ends it and forgets what was practised.
    pub fn practice(&self, on: bool) -> Result<Status> {
        if self.practising {
            // The practice itself has no practice below it.
            return self.status();
        }
        let home = self.home.join(BELOW);
        let mut open = self.practice.lock().unwrap_or_else(PoisonError::into_inner);
        if on && open.is_none() {
            forget(&home)?;
            households::make(&home, &self.around)?;
            *open = Some(Arc::new(Self::open_practice(&home, self.around.clone())?));
        }
        if !on && open.take().is_some() {
            forget(&home)?;
        }
        let practice = open.clone();
        drop(open);
        self.note_switched();
        practice.map_or_else(|| self.status(), |practice| practice.status())
    }

    /// The practice that answers while it is on. It knows nothing of this app's own ledger, which goes on untouched.
    pub(crate) fn in_practice(&self) -> Option<Arc<Self>> {
        self.practice.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Refuses whatever would carry practice out of this device, or would count it.
    pub(crate) fn check_is_no_practice(&self) -> Result<()> {
        if self.practising { Err(AppError::OnlyPractice) } else { Ok(()) }
    }
}

/// Forgets a practice that was left, also by a program that came to a sudden end.
pub(crate) fn forget_left(home: &Path) -> Result<()> {
    forget(&home.join(BELOW))
}

fn forget(practice: &Path) -> Result<()> {
    match fs::remove_dir_all(practice) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

impl Command {
    /// Whether this is about the device and its person, and answered alike whether or not there is practice.
    pub(crate) fn is_of_the_device(&self) -> bool {
        matches!(self, Self::practice { .. } | Self::preferences { .. } | Self::prefer { .. })
    }

    /// Whether it can be practised. A command that is not named here is refused: nothing leaves practice by oversight.
    pub(crate) fn can_be_practised(&self) -> bool {
        let looking = matches!(
            self,
            Self::status { .. }
                | Self::needs_attention { .. }
                | Self::today_list { .. }
                | Self::written_lately { .. }
                | Self::last_act { .. }
                | Self::places { .. }
                | Self::households { .. }
                | Self::household { .. }
                | Self::timeline { .. }
                | Self::reveal { .. }
                | Self::visits { .. }
                | Self::needs { .. }
                | Self::drafts { .. }
                | Self::kept_form { .. }
                | Self::conflicts { .. }
                | Self::alike_households { .. }
        );
        let writing = matches!(
            self,
            Self::record_visit { .. }
                | Self::amend_visit { .. }
                | Self::strike_visit { .. }
                | Self::move_visit { .. }
                | Self::keep_promise { .. }
                | Self::undo_act { .. }
                | Self::settle_need { .. }
                | Self::save_draft { .. }
                | Self::keep_form { .. }
                | Self::discard_draft { .. }
                | Self::update_household { .. }
                | Self::update_person { .. }
                | Self::register_household { .. }
                | Self::choose_statement { .. }
        );
        looking || writing
    }
}
