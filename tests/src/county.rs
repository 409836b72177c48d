//! The county of a test: its ledger, which can be killed and opened again, and the door that phones reach it by.

use crate::{Clock, KEY};
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_core::sign::Key;
use lianhu_core::surroundings::Staged;
use lianhu_ledger::{Ledger, Result, Writing};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// The county; clones are the same county.
#[derive(Debug, Clone)]
pub struct County {
    ledger: Rc<RefCell<Option<Ledger>>>,
    path: PathBuf,
    clock: Arc<Clock>,
}

impl County {
    /// Founds one in this folder.
    #[must_use]
    pub fn found(folder: &Path, around: &Arc<Staged>) -> Self {
        let path = folder.join("county.sqlite");
        let clock = Clock::right(around);
        let mut ledger = Ledger::open(&path, &KEY, clock.clone()).expect("the county's ledger opens");
        ledger.found_county("411321", "南召县", &Key::mint(&**around)).expect("a county is founded once");
        Self { ledger: Rc::new(RefCell::new(Some(ledger))), path, clock }
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lets a test do something with its ledger.
    pub fn with<T>(&self, act: impl FnOnce(&mut Ledger) -> T) -> T {
        act(self.ledger.borrow_mut().as_mut().expect("the county's ledger is open"))
    }

    /// Directs something; it is numbered when this returns.
    pub fn directs<T>(&self, act: impl FnOnce(&Writing<'_>) -> Result<T>) -> T {
        self.with(|ledger| ledger.direct(act)).expect("the county may direct")
    }

    /// Its process is killed and started again: what was not on disk is gone.
    pub fn is_killed(&self) {
        let dead = self.ledger.borrow_mut().take();
        drop(dead);
        let again = Ledger::open(&self.path, &KEY, self.clock.clone()).expect("the county's ledger opens again");
        *self.ledger.borrow_mut() = Some(again);
    }

    /// Copies its ledger to a file, as a nightly back-up does.
    pub fn is_backed_up(&self, to: &Path) {
        Ledger::back_up(&self.path, &KEY, to).expect("a back-up of the county");
    }

    /// Its disk is lost; a back-up takes its place and begins a new life of the log.
    pub fn is_restored(&self, from: &Path) {
        let dead = self.ledger.borrow_mut().take();
        drop(dead);
        for end in ["-wal", "-shm"] {
            let mut beside = self.path.clone().into_os_string();
            beside.push(end);
            std::fs::remove_file(beside).ok();
        }
        std::fs::copy(from, &self.path).expect("the back-up is copied");
        let mut again = Ledger::open(&self.path, &KEY, self.clock.clone()).expect("the back-up opens");
        again.restored().expect("a new life of the log");
        *self.ledger.borrow_mut() = Some(again);
    }
}

impl Hub for County {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> std::result::Result<Vec<u8>, HubError> {
        let sent = frame.len() as u64;
        progress(Progress { sent, to_send: sent, received: 0 });
        let answered = self.with(|ledger| ledger.answer(frame))?;
        progress(Progress { sent, to_send: sent, received: answered.frame.len() as u64 });
        Ok(answered.frame)
    }
}
