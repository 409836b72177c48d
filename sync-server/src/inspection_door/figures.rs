//! The first page: what the inspection is, and its figures by village.

use super::Guest;
use super::page::{Page, Part};
use super::words::{Tongue, measure, place_name, purpose, say};
use lianhu_core::outside::{Cells, Told};
use lianhu_core::report::Measure;
use lianhu_ledger::Listing;

pub(super) fn page(guest: &Guest, listing: &Listing, told: &Told, tongue: Tongue) -> Part {
    let inspection = &guest.row.inspection;
    let heads = Part::all(
        Measure::ALL
            .map(|one| Page::new("<th scope=\"col\">{of}</th>", tongue).text("of", measure(tongue, one)).done()),
    );
    let mut lines = Vec::new();
    for block in &told.blocks {
        let towns: Vec<_> = block.block.towns.iter().map(|town| place_name(tongue, town.as_ref())).collect();
        if told.blocks.len() > 1 || block.lines.len() > 1 {
            lines.push(line(&towns.join(say(tongue, "and")), "town", &block.cells, tongue));
        }
        for (group, cells) in block.block.groups.iter().zip(&block.lines) {
            lines.push(line(&super::list::group_name(group, tongue), "village", cells, tongue));
        }
    }
    if told.blocks.len() > 1 {
        lines.push(line(say(tongue, "all"), "total", &told.total, tongue));
    }
    let table = if lines.is_empty() {
        Page::new("<p class=\"card look\">{=too_small}</p>", tongue).done()
    } else {
        Page::new(include_str!("figures_table.html"), tongue)
            .part("heads", heads)
            .part("lines", Part::all(lines))
            .done()
    };
    Page::new(include_str!("figures.html"), tongue)
        .text("team", &inspection.team)
        .text("purpose", purpose(tongue, &inspection.purpose))
        .text("place", &guest.place.replace('/', " "))
        .text("since", &inspection.since.to_string())
        .text("until", &inspection.until.to_string())
        .text("to", &inspection.to.to_string())
        .text("number", &listing.number.to_string())
        .part("table", table)
        .done()
}

fn line(name: &str, kind: &'static str, cells: &Cells, tongue: Tongue) -> Part {
    let cell = |(one, cell): (Measure, &Option<i64>)| {
        let value = cell.map_or_else(|| "—".to_owned(), |value| value.to_string());
        Page::new("<td data-of=\"{of}\">{value}</td>", tongue)
            .text("of", measure(tongue, one))
            .text("value", &value)
            .done()
    };
    Page::new(include_str!("figures_line.html"), tongue)
        .text("kind", kind)
        .text("name", name)
        .part("cells", Part::all(Measure::ALL.into_iter().zip(cells).map(cell)))
        .done()
}
