//! A screen without a monitor, one for each window, so that none covers another. Its pictures are what a person sees.

use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, ImageFormat, MapState};

/// How wide the screen is.
pub(crate) const WIDE: u32 = 1280;
/// How high: a little more than the largest window.
pub(crate) const HIGH: u32 = 860;

/// A running Xvfb.
pub(crate) struct Monitor {
    child: Child,
    display: String,
}

impl Monitor {
    /// Switches one on, as large as the largest window.
    pub(crate) fn switch_on(log: &Path) -> Result<Self> {
        let log = File::options().create(true).append(true).open(log)?;
        let mut command = Command::new("Xvfb");
        // It stays as it is when nobody looks: it would begin anew, and whoever comes just then would find it gone.
        command.args(["-displayfd", "1", "-screen", "0", &format!("{WIDE}x{HIGH}x24"), "-nolisten", "tcp", "-noreset"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().context("Xvfb")?;
        let mut monitor = Self { child, display: String::new() };
        let mut line = String::new();
        BufReader::new(monitor.child.stdout.take().context("Xvfb says nothing")?).read_line(&mut line)?;
        ensure!(!line.trim().is_empty(), "Xvfb did not start");
        monitor.display = format!(":{}", line.trim());
        Ok(monitor)
    }

    /// The display, as `DISPLAY` names it.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// What the windows that can be seen are called.
    pub(crate) fn titles(&self) -> Result<Vec<String>> {
        let (connection, screen) = x11rb::connect(Some(&self.display))?;
        let root = connection.setup().roots.get(screen).context("no screen")?.root;
        let utf8 = connection.intern_atom(false, b"_NET_WM_NAME")?.reply()?.atom;
        let (mut found, mut left) = (Vec::new(), vec![root]);
        while let Some(window) = left.pop() {
            // A window may be gone before it is asked.
            let Ok(tree) = connection.query_tree(window)?.reply() else { continue };
            left.extend(tree.children);
            let seen = connection.get_window_attributes(window)?.reply();
            if !seen.is_ok_and(|seen| seen.map_state == MapState::VIEWABLE) {
                continue;
            }
            // The older name is the same in an older spelling; it counts where there is no newer one.
            for atom in [utf8, AtomEnum::WM_NAME.into()] {
                let told = connection.get_property(false, window, atom, AtomEnum::ANY, 0, 1024)?.reply();
                let title = told.map(|told| String::from_utf8_lossy(&told.value).into_owned()).unwrap_or_default();
                if !title.is_empty() {
                    found.push(title);
                    break;
                }
            }
        }
        Ok(found)
    }

    /// What is seen in the upper left corner, this wide and high: three bytes a pixel.
    pub(crate) fn pixels(&self, wide: u32, high: u32) -> Result<Vec<u8>> {
        let (connection, screen) = x11rb::connect(Some(&self.display))?;
        let root = connection.setup().roots.get(screen).context("no screen")?.root;
        let (w, h) = (u16::try_from(wide)?, u16::try_from(high)?);
        let image = connection.get_image(ImageFormat::Z_PIXMAP, root, 0, 0, w, h, u32::MAX)?.reply()?;
        // Four bytes a pixel: blue, green, red, nothing.
        Ok(image.data.chunks_exact(4).flat_map(|one| one.iter().take(3).rev().copied()).collect())
    }

    /// Writes the same as a PNG.
    pub(crate) fn picture(&self, wide: u32, high: u32, path: &Path) -> Result<()> {
        let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), wide, high);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(&self.pixels(wide, high)?)?;
        Ok(())
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
