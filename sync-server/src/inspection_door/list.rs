//! The list: numbers in place of households, with what was written down about each, and not whose they are.

use super::Guest;
use super::form::Form;
use super::page::{Page, Part};
use super::words::{Tongue, need, place_name, say};
use lianhu_core::lot::HouseholdCode;
use lianhu_core::outside::Group;
use lianhu_ledger::{ListedRow, Listing};

/// Lines on one page.
const A_PAGE: usize = 50;

/// What of the list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// One group of villages, or all.
    pub(super) group: Option<usize>,
    page: usize,
}

impl Asked {
    /// Reads it from the address. What makes no sense is the beginning.
    pub(super) fn of(query: Option<&str>, listing: &Listing) -> Self {
        let form = query.and_then(|query| Form::read(query.as_bytes()));
        let said = |name| form.as_ref().and_then(|form| form.get(name));
        let page = said("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(0).min(1_000_000);
        Self { group: said("group").and_then(|name| listing.group_named(name)), page }
    }

    /// The numbers on this page.
    pub(super) fn codes(self, listing: &Listing) -> impl Iterator<Item = &HouseholdCode> {
        listing.codes(self.group).skip(self.page * A_PAGE).take(A_PAGE)
    }
}

/// What a group is called: one village, or several told as one.
pub(super) fn group_name(group: &Group, tongue: Tongue) -> String {
    let names: Vec<_> = group.places.iter().map(|(_, village)| place_name(tongue, village.as_ref())).collect();
    if names.len() > 1 {
        format!("{}{}", names.join(say(tongue, "and")), say(tongue, "together"))
    } else {
        names.concat()
    }
}

/// The groups as the choices of a form, the one that is asked for first among them.
pub(super) fn choices(listing: &Listing, chosen: Option<usize>, tongue: Tongue) -> Part {
    let choice = |(at, group): (usize, &Group)| {
        let selected = if chosen == Some(at) {
            "<option value=\"{at}\" selected>{name} ({n})</option>"
        } else {
            "<option value=\"{at}\">{name} ({n})</option>"
        };
        Page::new(selected, tongue)
            .text("at", &group.name())
            .text("name", &group_name(group, tongue))
            .text("n", &group.households.to_string())
            .done()
    };
    Part::all(listing.groups().enumerate().map(choice))
}

pub(super) fn page(guest: &Guest, listing: &Listing, asked: Asked, rows: &[ListedRow], tongue: Tongue) -> Part {
    let total = listing.codes(asked.group).count();
    let line = |row: &ListedRow| {
        let needs: Vec<_> = row.needs.iter().map(|(category, n)| format!("{} {n}", need(tongue, category))).collect();
        let month = row.last_visit.map(|day| format!("{}-{:02}", day.year(), day.month()));
        let name = listing.groups().nth(row.group).map(|group| group_name(group, tongue)).unwrap_or_default();
        Page::new(include_str!("list_line.html"), tongue)
            .text("code", &row.code.to_string())
            .text("place", &name)
            .text("last", month.as_deref().unwrap_or_else(|| say(tongue, "never")))
            .text("visits", &row.visits.to_string())
            .text("needs", if needs.is_empty() { "0" } else { "" })
            .part(
                "each",
                Part::all(
                    needs
                        .iter()
                        .map(|one| Page::new("<span class=\"tag\">{one}</span> ", tongue).text("one", one).done()),
                ),
            )
            .done()
    };
    let group = asked.group.and_then(|at| listing.groups().nth(at)).map(Group::name).unwrap_or_default();
    let turn = |key: &'static str, page: usize, there: bool| {
        if !there {
            return Part::nothing();
        }
        Page::new(
            "<a class=\"act quiet\" href=\"/inspection/households?group={group}&amp;page={page}\">{words}</a>",
            tongue,
        )
        .text("group", &group)
        .text("page", &page.to_string())
        .text("words", say(tongue, key))
        .done()
    };
    let first = asked.page * A_PAGE;
    let table = if rows.is_empty() {
        Page::new("<p class=\"card look\">{=too_small}</p>", tongue).done()
    } else {
        Page::new(include_str!("list_table.html"), tongue).part("lines", Part::all(rows.iter().map(line))).done()
    };
    let shown = say(tongue, "shown").replace("{n}", &total.to_string());
    let shown = shown.replace("{from}", &(first + 1).min(total).to_string());
    Page::new(include_str!("list.html"), tongue)
        .text("since", &guest.row.inspection.since.to_string())
        .text("until", &guest.row.inspection.until.to_string())
        .text("shown", &shown.replace("{to}", &(first + rows.len()).to_string()))
        .text("group", &group)
        .part("choices", choices(listing, asked.group, tongue))
        .part("table", table)
        .part("before", turn("before", asked.page.saturating_sub(1), asked.page > 0))
        .part("after", turn("after", asked.page + 1, first + A_PAGE < total))
        .done()
}
