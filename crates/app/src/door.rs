//! The door of a home: locked, or open with the app behind it. While it is locked there is no ledger, no key and no app
//! in this program.

use crate::app::{App, LOCKED_KEY, Step, Watch};
use crate::commands::Command;
use crate::error::{AppError, Result};
use crate::keystore::Keystore;
use crate::people::People;
use crate::touched::Touched;
use crate::workbook_file;
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::{FileKey, write_whole};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The file with what the screens are told before the home is open: language, size of type, minutes.
const LIKED: &str = "screens.json";

/// A home and its door.
pub struct Door {
    /// Where the homes of everybody on this machine lie.
    pub(crate) root: PathBuf,
    pub(crate) around: Arc<dyn Surroundings>,
    pub(crate) keystore: Box<dyn Keystore>,
    watch: Arc<dyn Fn(Step) + Send + Sync>,
    /// Whose home it is. It changes only while what is inside is held.
    home: Mutex<PathBuf>,
    inside: Mutex<Inside>,
    /// Whether it was opened or locked since the screens last asked.
    moved: AtomicBool,
}

/// What is behind the door.
#[derive(Default)]
pub(crate) struct Inside {
    /// The app, while the door is open.
    pub(crate) app: Option<Arc<App>>,
    /// The one that was there last: a long act may still be at work in it.
    last: Weak<App>,
    /// Whether it was opened without its PIN: a new one is asked for.
    pub(crate) forgotten: bool,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Door {
    /// The door of a home, made if there is none; where several people share a machine, of whoever was here last. A home
    /// without a PIN stands open.
    pub fn of(root: &Path, around: Arc<dyn Surroundings>, keystore: Box<dyn Keystore>, watch: Watch) -> Result<Self> {
        let (home, inside, moved) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        let door = Self { root: root.to_owned(), around, keystore, watch: watch.into(), home, inside, moved };
        door.move_to(&People::read(root).home(root))?;
        Ok(door)
    }

    /// Goes to the door of a home. It opens by itself only where there is no PIN.
    pub(crate) fn move_to(&self, home: &Path) -> Result<()> {
        let mut inside = self.inside();
        self.shut(&mut inside);
        inside.last = Weak::new();
        home.clone_into(&mut self.home.lock().unwrap_or_else(PoisonError::into_inner));
        if !home.join(LOCKED_KEY).exists() {
            let app = App::open(home, self.around.clone(), self.watch())?;
            inside.app = Some(Arc::new(app));
            workbook_file::let_go(home);
        }
        self.moved.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// The home whose door it is now.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.home.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn watch(&self) -> Watch {
        let watch = self.watch.clone();
        Box::new(move |step| watch(step))
    }

    /// The app behind the door, while it is open.
    pub fn app(&self) -> Result<Arc<App>> {
        self.inside().app.clone().ok_or(AppError::Locked)
    }

    /// Carries out a command of the app behind the door.
    pub(crate) fn call_inside(&self, command: Command) -> Result<serde_json::Value> {
        let app = self.app()?;
        let reaches =
            matches!(command, Command::enrol { .. } | Command::exchange { .. } | Command::take_in_file { .. });
        let prefers = matches!(command, Command::prefer { .. });
        let taken = taken_in(&command);
        let answer = app.call(command);
        if let (Some(table), Ok(_)) = (taken, &answer) {
            workbook_file::let_go_of(&self.home(), &table);
        }
        if reaches && !app.practising {
            self.provide(&self.inside())?;
        }
        let answer = answer?;
        if prefers {
            // The screens ask for it before the home is open, and it tells nothing of anybody.
            write_whole(&self.home().join(LIKED), &serde_json::to_vec(&app.preferences()?).unwrap_or_default())?;
        }
        Ok(answer)
    }

    /// How the screens of this home are liked, known while it is locked too.
    pub(crate) fn liked(&self) -> Result<BTreeMap<String, String>> {
        if let Ok(app) = self.app() {
            return app.preferences();
        }
        let kept = std::fs::read(self.home().join(LIKED)).ok();
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept).ok()).unwrap_or_default())
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens it with the key of the home.
    pub(crate) fn open_with(&self, key: FileKey, inside: &mut Inside) -> Result<Arc<App>> {
        let app = match inside.last.upgrade() {
            // An act that was begun before goes on in it and holds the file.
            Some(last) => last,
            None => {
                let app = App::open_with(&self.home(), key, self.around.clone(), self.watch())?;
                workbook_file::let_go(&self.home());
                Arc::new(app)
            }
        };
        inside.app = Some(app.clone());
        self.moved.store(true, Ordering::Relaxed);
        Ok(app)
    }

    /// Lets go of everything that is behind it.
    pub(crate) fn shut(&self, inside: &mut Inside) {
        if let Some(app) = inside.app.take() {
            inside.last = Arc::downgrade(&app);
            inside.forgotten = false;
            workbook_file::let_go(&self.home());
            self.moved.store(true, Ordering::Relaxed);
        }
    }

    /// Takes what has changed since this was last asked.
    #[must_use]
    pub fn take_touched(&self) -> Vec<Touched> {
        let mut touched = self.app().map(|app| app.take_touched()).unwrap_or_default();
        if self.moved.swap(false, Ordering::Relaxed) {
            touched.push(Touched { what: "other".to_owned(), id: None });
        }
        touched
    }
}

/// The table that this command takes in for good: it has been read then.
fn taken_in(command: &Command) -> Option<String> {
    match command {
        Command::import_roster { path, dry_run } | Command::import_pairing { path, dry_run } => {
            (!dry_run.unwrap_or(false)).then(|| path.to_string_lossy().into_owned())
        }
        _ => None,
    }
}
