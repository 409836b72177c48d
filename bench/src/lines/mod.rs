//! The lines of the table, one figure or one family of figures a file. What is not built yet is not listed.

mod county;
mod county_backup;
mod county_list;
mod county_pull;
mod county_report;
mod first_screen;
mod gate;
mod idle;
mod import;
mod link_time;
mod pin;
mod save;
mod size;
mod window;
mod wire_bytes;

use crate::line::Line;

/// What a measurement yields.
pub(crate) type Measured = anyhow::Result<Vec<Line>>;

/// A measurement with the name by which `--only` asks for it.
pub(crate) type Named = (&'static str, fn() -> Measured);

/// Every measurement.
pub(crate) const ALL: &[Named] = &[
    ("wire_bytes", wire_bytes::measure),
    ("idle", idle::measure),
    ("link_time", link_time::measure),
    ("first_screen", first_screen::measure),
    ("save", save::measure),
    ("gate", gate::measure),
    ("import", import::measure),
    ("pin", pin::measure),
    ("county", county::measure),
    ("size", size::measure),
    ("window", window::measure),
];
