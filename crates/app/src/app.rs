//! The app of one person on one device: a home directory with a ledger in it.

use crate::error::{AppError, Result};
use lianhu_core::ids::HouseholdId;
use lianhu_core::role_kind::Reach;
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::{FileKey, Ledger};
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The file with the key of a home that has no PIN yet.
pub(crate) const KEY: &str = "key";
/// The file with the key of a home that has one, wrapped.
pub(crate) const LOCKED_KEY: &str = "key.locked";
/// The file of the ledger, in its home.
pub(crate) const LEDGER: &str = "ledger.sqlite";

/// How far a long act has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, ts_rs::TS)]
pub struct Step {
    /// Which act: `import_roster`, `exchange` …
    pub what: &'static str,
    /// Done so far: rows, households, bytes.
    #[ts(type = "number")]
    pub done: u64,
    /// Of so many, 0 where nobody knows.
    #[ts(type = "number")]
    pub total: u64,
}

/// Who hears how far long acts have come.
pub type Watch = Box<dyn Fn(Step) + Send + Sync>;

/// Everything a person can do.
pub struct App {
    pub(crate) home: PathBuf,
    pub(crate) around: Arc<dyn Surroundings>,
    ledger: Mutex<Ledger>,
    /// The key of its file, to be wrapped when a PIN is chosen.
    pub(crate) key: FileKey,
    watch: Watch,
    /// Whether this is practice itself.
    pub(crate) practising: bool,
    /// The practice, while it is on.
    pub(crate) practice: Mutex<Option<Arc<Self>>>,
    switched: AtomicBool,
    pub(crate) counted: crate::counted::Counted,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("home", &self.home).finish_non_exhaustive()
    }
}

impl App {
    /// Opens a home that has no PIN, making it if there is none. `watch` hears how far long acts have come.
    pub fn open(home: &Path, around: Arc<dyn Surroundings>, watch: Watch) -> Result<Self> {
        if home.join(LOCKED_KEY).exists() {
            return Err(AppError::Locked);
        }
        fs::create_dir_all(home)?;
        let key = file_key(home, &*around)?;
        Self::open_with(home, key, around, watch)
    }

    /// Opens a home with its key.
    pub(crate) fn open_with(home: &Path, key: FileKey, around: Arc<dyn Surroundings>, watch: Watch) -> Result<Self> {
        let app = Self::open_one(home, key, around, watch, false)?;
        // Only now is it certain that no other program practises in this home.
        crate::practice::forget_left(home)?;
        Ok(app)
    }

    pub(crate) fn open_practice(home: &Path, around: Arc<dyn Surroundings>) -> Result<Self> {
        fs::create_dir_all(home)?;
        let key = file_key(home, &*around)?;
        Self::open_one(home, key, around, Box::new(|_| ()), true)
    }

    fn open_one(
        home: &Path,
        key: FileKey,
        around: Arc<dyn Surroundings>,
        watch: Watch,
        practising: bool,
    ) -> Result<Self> {
        let ledger = Mutex::new(Ledger::open(&home.join(LEDGER), &key, around.clone())?);
        let (practice, switched) = (Mutex::default(), AtomicBool::new(false));
        let counted = crate::counted::Counted::default();
        Ok(Self { home: home.to_owned(), around, ledger, key, watch, practising, practice, switched, counted })
    }

    /// Notes that another ledger answers from now on: every screen has to ask anew.
    pub(crate) fn note_switched(&self) {
        self.switched.store(true, Ordering::Relaxed);
    }

    /// Whether another ledger answers since this was last asked.
    pub(crate) fn take_switched(&self) -> bool {
        self.switched.swap(false, Ordering::Relaxed)
    }

    /// The ledger, for one act. Never held while a network is waited for.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn step(&self, what: &'static str, done: u64, total: u64) {
        (self.watch)(Step { what, done, total });
    }

    pub(crate) fn today(&self) -> lianhu_core::day::Day {
        self.around.now().day()
    }

    /// The roles of this device's person: as the directives held here say, or as the enrolment said before any came.
    pub(crate) fn roles(&self) -> Result<Vec<String>> {
        let ledger = self.ledger();
        if let Ok(me) = ledger.identity() {
            let mut roles: Vec<String> = ledger.roles_of(me.user)?.into_iter().map(|role| role.role).collect();
            roles.dedup();
            if !roles.is_empty() || ledger.knows_roles_of(me.user)? {
                return Ok(roles);
            }
        }
        let roles = ledger.setting("roles")?.unwrap_or_default();
        Ok(roles.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect())
    }

    /// How far what this person may do reaches. Before any directive came, the enrolment has said which roles they have.
    pub(crate) fn reach(&self) -> Result<Reach> {
        self.furthest(&self.roles()?)
    }

    /// How far the furthest of these kinds of roles reaches.
    pub(crate) fn furthest(&self, roles: &[String]) -> Result<Reach> {
        let ledger = self.ledger();
        let reaches = roles.iter().map(|role| ledger.reach_of_kind(role)).collect::<lianhu_ledger::Result<Vec<_>>>()?;
        Ok(reaches.into_iter().max().unwrap_or(Reach::Entrusted))
    }

    /// Whether this person sits at the county's desk or a township's.
    pub(crate) fn directs(&self) -> Result<bool> {
        Ok(self.reach()?.directs())
    }

    /// Refuses whoever is neither the county's nor a township's.
    pub(crate) fn check_may_direct(&self) -> Result<()> {
        if self.directs()? { Ok(()) } else { Err(AppError::NotAllowed) }
    }

    /// Refuses a township's person about a household that they only help, outside the township's area.
    pub(crate) fn check_directs_about(&self, household: HouseholdId) -> Result<()> {
        if self.ledger().may_direct_about(household)? { Ok(()) } else { Err(AppError::NotAllowed) }
    }

    pub(crate) fn check_is_county(&self) -> Result<()> {
        if self.reach()? == Reach::County { Ok(()) } else { Err(AppError::NotAllowed) }
    }
}

/// The key of the ledger's file. Until there is a PIN it lies beside it, readable by its owner alone.
pub(crate) fn file_key(home: &Path, around: &dyn Surroundings) -> Result<FileKey> {
    let path = home.join(KEY);
    match fs::read(&path) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes.try_into().map_err(|_| AppError::LedgerLocked)?;
            Ok(FileKey(bytes))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if home.join(LEDGER).exists() {
                return Err(AppError::LedgerLocked);
            }
            let mut key = [0; 32];
            around.fill(&mut key);
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            file.write_all(&key)?;
            file.sync_all()?;
            Ok(FileKey(key))
        }
        Err(error) => Err(error.into()),
    }
}
