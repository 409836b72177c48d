//! One act by itself: everybody is prepared as the whole play prepares them, then only this act is played.
//! `lianhu-stories --only hands`.

use crate::county::County;
use crate::people;
use crate::preparing;
use crate::stage::Stage;
use crate::visiting;
use crate::window::{Size, Window};
use crate::{hands, inspecting, looking, mending, play, printing, tour, trusting};
use anyhow::{Context, Result, bail};
use std::path::Path;

/// The acts that can be played by themselves, by the word that names them.
const ACTS: [&str; 6] = ["hands", "mending", "trust", "inspecting", "printing", "tour"];

/// Who stands on the stage before an act begins: the same people as in the whole play.
pub(crate) struct Cast<'s> {
    pub(crate) county: County,
    pub(crate) admin: Window<'s>,
    pub(crate) first: Window<'s>,
    pub(crate) second: Window<'s>,
    pub(crate) village: Window<'s>,
    /// The helpers' names, the first one's and the second one's.
    pub(crate) names: [String; 2],
    /// The head of a household of the first helper's that was entrusted to the second one too.
    pub(crate) shared: String,
}

/// Prepares, then plays the act of this name.
pub(crate) fn rehearse(stage: &Stage, root: &Path, act: &str) -> Result<()> {
    if !ACTS.contains(&act) {
        bail!("no act {act}; there are: {}", ACTS.join(", "));
    }
    let Cast { county, mut admin, mut first, mut second, mut village, names, shared } = prepare(stage, root)?;
    println!("{act}");
    let begun = std::time::Instant::now();
    match act {
        "hands" => {
            let windows = [&mut admin, &mut first, &mut second, &mut village];
            hands::play(stage, &county, windows, [&names[0], &names[1]])?;
        }
        "mending" => {
            let other = visiting::heads_due(&mut first)?.into_iter().find(|head| *head != shared);
            let heads = [other.as_deref().context("one household only")?, shared.as_str()];
            let mut first = mending::mends(stage, "first", first, heads)?;
            looking::masked(&mut first, &shared)?;
            preparing::hand_in(&mut first)?;
            first.picture("exchange-acts")?;
        }
        "trust" => {
            let windows = [&mut admin, &mut first, &mut second];
            trusting::play(stage, &county, windows, [&names[0], &names[1]], &shared)?;
        }
        "printing" => {
            printing::handover(stage, &mut first)?;
            first.search_no_more()?;
            inspecting::inspects(stage, &mut admin, &mut first, &shared)?;
        }
        "inspecting" => inspecting::inspects(stage, &mut admin, &mut first, &shared)?,
        "tour" => {
            let looked = tour::walk(&mut admin, "county", &play::county_stops(), root)?;
            println!("{looked} looks");
        }
        other => bail!("{other} is listed and not played"),
    }
    println!("{act}: {} s", begun.elapsed().as_secs());
    Ok(())
}

/// Founds the county, takes in the tables and opens everybody's window.
fn prepare<'s>(stage: &'s Stage, root: &Path) -> Result<Cast<'s>> {
    let (county, code) = County::found(stage)?;
    let mut admin = preparing::first_run(stage, &county, &code)?;
    preparing::import(&mut admin, root)?;
    preparing::add_first_secretary(&mut admin, "韦青山", "北召店村")?;
    let slips = preparing::slips(&mut admin)?;
    printing::slips(stage, &mut admin, &slips)?;
    let [one, two] = play::helpers(&slips)?;
    let first = visiting::first_run(stage, &county, "first", &one.code)?;
    let shared = visiting::heads(&first)?.into_iter().nth(1).context("too few households")?;
    preparing::entrust(&mut admin, &two.person, &shared)?;
    let second = visiting::first_run(stage, &county, "second", &two.code)?;
    let secretary = slips.iter().find(|slip| slip.person == "韦青山").context("no slip for the first secretary")?;
    let mut village = people::enrol(stage, &county, "village", Size::Phone, &secretary.code)?;
    village.see("跳过")?;
    village.tap("跳过")?;
    Ok(Cast { county, admin, first, second, village, names: [one.person.clone(), two.person.clone()], shared })
}
