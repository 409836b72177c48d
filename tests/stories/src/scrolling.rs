//! A long list, scrolled from its first row to its last: what a person would see in every frame.

use crate::window::Window;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// What was looked at, and what stood there without words.
#[derive(Debug, Default)]
pub(crate) struct Scrolled {
    /// Frames looked at; every step is one, and so is the frame after it.
    pub(crate) frames: u64,
    /// Frames in which a row, or the place of one, was blank.
    pub(crate) blank: u64,
    /// How many rows were seen at least once.
    pub(crate) rows: u64,
    /// How many there are.
    pub(crate) total: u64,
}

/// Eight seconds of steps, each a box less one row, one a frame; `false` once the end is reached. A step is looked at before
/// it is drawn, as it will be drawn, and once more in the next frame. A row that was never drawn is taken for a little higher
/// or lower than it is: a sliver of a few pixels, gone in the next frame, is no blank row.
const STEPS: &str = r#"
const box = document.querySelector(".households .box");
const list = box.querySelector(".rows");
const rows = (globalThis.__rows ??= new Set());
const sliver = 12;
const told = { frames: 0, blank: 0, on: true };
const look = () => {
  const frame = box.getBoundingClientRect();
  const seen = [...list.children]
    .map((row) => [row.getBoundingClientRect(), row])
    .filter(([place]) => place.bottom > frame.top + 1 && place.top < frame.bottom - 1)
    .sort(([a], [b]) => a.top - b.top);
  let [upto, blank] = [frame.top, false];
  for (const [place, row] of seen) {
    if (place.top > upto + sliver || !plain(row.querySelector("a")?.textContent)) blank = true;
    else rows.add(row.dataset.index);
    upto = place.bottom;
  }
  if (upto < Math.min(frame.bottom, list.getBoundingClientRect().bottom) - sliver) blank = true;
  told.frames += 1;
  told.blank += blank ? 1 : 0;
};
const until = performance.now() + 8000;
const step = () => {
  look();
  told.on = box.scrollTop + box.clientHeight < box.scrollHeight - 1;
  if (!told.on || performance.now() > until) return done({ ...told, rows: rows.size });
  box.scrollTop += box.clientHeight - 84;
  look();
  requestAnimationFrame(step);
};
requestAnimationFrame(step);
"#;

/// Scrolls the list of households that stands in the window.
pub(crate) fn to_the_end(window: &Window<'_>, total: u64) -> Result<Scrolled> {
    let mut scrolled = Scrolled { total, ..Scrolled::default() };
    loop {
        let told = window.ask_later(STEPS)?;
        let number = |name: &str| told.get(name).and_then(Value::as_u64).with_context(|| format!("no {name}: {told}"));
        scrolled.frames += number("frames")?;
        scrolled.blank += number("blank")?;
        scrolled.rows = number("rows")?;
        println!(
            "    scrolled past {} rows in {} frames, {} with a blank",
            scrolled.rows, scrolled.frames, scrolled.blank
        );
        if told.get("on") == Some(&json!(false)) {
            break;
        }
        ensure!(scrolled.frames < 4 * total, "the list has no end");
    }
    Ok(scrolled)
}
