//! What a whole county costs: three million entries, made once for all the figures that need them.

use super::{Measured, county_list, county_pull, county_report, idle};
use crate::whole::Whole;

/// Makes the county and measures everything about it.
pub(crate) fn measure() -> Measured {
    let mut whole = Whole::make()?;
    eprintln!("      a county of 30,000 households and 3 million visits made in {:.0} s", whole.took);
    let mut lines = county_list::measure(&whole)?;
    lines.extend(county_report::measure(&whole)?);
    lines.extend(idle::office(&mut whole)?);
    lines.extend(county_pull::measure(&mut whole)?);
    Ok(lines)
}
