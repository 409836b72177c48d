//! A hand on the screen itself, for what belongs to the system and not to the page: it reads the names of windows and presses keys.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// A window by its number.
pub(crate) type Xid = u32;

/// A hand on one screen.
pub(crate) struct Hand(RustConnection, Xid);

impl Hand {
    pub(crate) fn on(display: &str) -> Result<Self> {
        let (connection, screen) = x11rb::connect(Some(display))?;
        let root = connection.setup().roots.get(screen).context("no screen")?.root;
        Ok(Self(connection, root))
    }

    /// The names of all windows that can be seen.
    pub(crate) fn titles(&self) -> Result<Vec<(Xid, String)>> {
        let utf8 = self.0.intern_atom(false, b"_NET_WM_NAME")?.reply()?.atom;
        let (mut found, mut left) = (Vec::new(), vec![self.1]);
        while let Some(window) = left.pop() {
            // A window may be gone before it is asked.
            let Ok(tree) = self.0.query_tree(window)?.reply() else { continue };
            left.extend(tree.children);
            let seen = self.0.get_window_attributes(window)?.reply();
            if !seen.is_ok_and(|seen| seen.map_state == MapState::VIEWABLE) {
                continue;
            }
            // The older name is the same in an older spelling; it counts where there is no newer one.
            for atom in [utf8, AtomEnum::WM_NAME.into()] {
                let told = self.0.get_property(false, window, atom, AtomEnum::ANY, 0, 1024)?.reply();
                let title = told.map(|told| String::from_utf8_lossy(&told.value).into_owned()).unwrap_or_default();
                if !title.is_empty() {
                    found.push((window, title));
                    break;
                }
            }
        }
        Ok(found)
    }

    /// Presses these keys together, in a window.
    pub(crate) fn press(&self, window: Xid, keys: &[u32]) -> Result<()> {
        self.0.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?;
        let codes = keys.iter().map(|key| self.code(*key)).collect::<Result<Vec<_>>>()?;
        for code in &codes {
            self.0.xtest_fake_input(KEY_PRESS_EVENT, *code, x11rb::CURRENT_TIME, self.1, 0, 0, 0)?;
        }
        for code in codes.iter().rev() {
            self.0.xtest_fake_input(KEY_RELEASE_EVENT, *code, x11rb::CURRENT_TIME, self.1, 0, 0, 0)?;
        }
        self.0.sync()?;
        Ok(())
    }

    /// Where on the keyboard this sign is.
    fn code(&self, key: u32) -> Result<u8> {
        let setup = self.0.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let keys = self.0.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let wide = usize::from(keys.keysyms_per_keycode);
        let at = keys.keysyms.chunks(wide).position(|signs| signs.contains(&key)).context("no such key")?;
        Ok(first + u8::try_from(at)?)
    }
}
