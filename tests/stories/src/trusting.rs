//! What a county has to be able to trust, as people see it: what is masked stays so, what is of weight is confirmed, what was
//! written down twice is joined, what has to go goes, and all of it leaves traces.

use crate::county::County;
use crate::stage::Stage;
use crate::window::{Size, Window};
use crate::{auditing, confirming, erasing, joining, looking, noting, people, preparing, reporting};
use anyhow::{Context, Result};

/// Plays all of it. The windows are the county's and the two helpers', both of whom look after `head`.
pub(crate) fn play(
    stage: &Stage,
    county: &County,
    [admin, first, second]: [&mut Window<'_>; 3],
    names: [&str; 2],
    head: &str,
) -> Result<()> {
    looking::masked(first, head)?;
    noting::typed_numbers(first, second, head)?;
    let code = preparing::add_township(admin, "莫雨生")?;
    let mut town = people::enrol(stage, county, "town", Size::Desktop, &code)?;
    confirming::confirmed_at_the_desk(first, &mut town, head)?;

    let place = village_of(first, head)?;
    let before = joining::households(&mut town)?;
    reporting::head_stays(&town)?;
    joining::registered_twice([&mut *first, &mut *second], &place)?;
    erasing::visited(second)?;
    preparing::hand_in(first)?;
    joining::alike_at_entry(first, &place)?;
    joining::joined_and_parted(&mut town, before)?;
    joining::told_apart(&mut town)?;
    town.close()?;

    erasing::by_law(admin, second)?;
    auditing::traces(admin, head, names)?;
    auditing::self_check(first)?;
    auditing::self_check(admin)?;
    for window in [admin, first, second] {
        window.search_no_more()?;
    }
    Ok(())
}

/// The village of a household, as its card says it.
fn village_of(helper: &mut Window<'_>, head: &str) -> Result<String> {
    helper.open_card(head)?;
    let found = helper.ask("return [...document.querySelectorAll('main section')].map((one) => plain(one.innerText)).find((one) => one.startsWith('在哪里'))?.match(/(\\S+村)/)?.[1] ?? null")?;
    Ok(found.as_str().context("the card names no village")?.to_owned())
}
