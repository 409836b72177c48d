//! A short moving picture of what somebody does: one still for every tap, as long as a glance takes.

use anyhow::Result;
use gif::{Encoder, Frame, Repeat};
use std::fs::File;
use std::path::Path;

/// Hundredths of a second for a still, and for the last one.
const GLANCE: u16 = 110;
const LAST: u16 = 300;

/// Stills of one size, in their order.
#[derive(Debug)]
pub(crate) struct Film {
    wide: u16,
    high: u16,
    stills: Vec<Vec<u8>>,
}

impl Film {
    pub(crate) fn begin(wide: u16, high: u16) -> Self {
        Self { wide, high, stills: Vec::new() }
    }

    /// Adds a still: three bytes a pixel. One like the last is not added again.
    pub(crate) fn still(&mut self, pixels: Vec<u8>) {
        if self.stills.last() != Some(&pixels) {
            self.stills.push(pixels);
        }
    }

    /// Writes it as a GIF that begins again at its end.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let mut encoder = Encoder::new(File::create(path)?, self.wide, self.high, &[])?;
        encoder.set_repeat(Repeat::Infinite)?;
        for (number, pixels) in self.stills.iter().enumerate() {
            let mut frame = Frame::from_rgb_speed(self.wide, self.high, pixels, 10);
            frame.delay = if number + 1 == self.stills.len() { LAST } else { GLANCE };
            encoder.write_frame(&frame)?;
        }
        Ok(())
    }
}
