//! What a whole county costs: three million entries, made once for all the figures that need them.

use super::{Measured, county_backup, county_list, county_pull, county_report, idle};
use crate::whole::Whole;

/// Makes the county and measures everything about it.
pub(crate) fn measure() -> Measured {
    let mut whole = Whole::make()?;
    eprintln!("      a county of 30,000 households and 3 million visits made in {:.0} s", whole.took);
    let mut lines = Vec::new();
    let asked: [fn(&mut Whole) -> Measured; 5] =
        [county_list::measure, county_report::measure, idle::office, county_pull::measure, county_backup::measure];
    for measure in asked {
        // A figure that cannot be had does not take the others with it.
        match measure(&mut whole) {
            Ok(found) => {
                // Said as they come: the whole takes many minutes, and who stops it has what was measured until then.
                found.iter().for_each(|line| eprintln!("      {}", line.print()));
                lines.extend(found);
            }
            Err(error) => eprintln!("FAIL  county: {error:#}"),
        }
    }
    Ok(lines)
}
