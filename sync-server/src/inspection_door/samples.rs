//! Samples 抽样: the draws so far and a form for the next, how the lot is drawn, and one that was opened.

use super::Guest;
use super::page::{Page, Part};
use super::words::{Tongue, say};
use lianhu_core::ids::{Hash, PlaceId};
use lianhu_core::inspection::{MOST_A_DRAW, MOST_SAMPLES, SampleDrawn, WORDS};
use lianhu_core::lot::HouseholdCode;
use lianhu_ledger::{InspectionRow, Ledger, LedgerError, Listing, NotDrawn, OpenedSample};
use std::collections::BTreeMap;

/// What was drawn so far.
pub(super) struct Drawn {
    /// Draw by draw, each with its numbers and how often each was opened.
    pub(super) draws: Vec<(SampleDrawn, Vec<(HouseholdCode, u32)>)>,
    /// What the villages of the draws are called.
    names: BTreeMap<PlaceId, String>,
    /// How many more there may be.
    left: u32,
    /// What the key of the lot was promised by.
    pub(super) promise: Hash,
    /// The key itself: shown only when the inspection has ended.
    pub(super) key: Hash,
}

impl Drawn {
    pub(super) fn of(ledger: &mut Ledger, row: &InspectionRow) -> Result<Self, LedgerError> {
        let key = ledger.inspection_key(row)?;
        let (samples, lot) = (ledger.samples(row.entry)?, key.lot());
        let (mut draws, mut given) = (Vec::new(), 0);
        for (entry, drawn) in ledger.draws(row.entry)? {
            given += u32::try_from(drawn.households.len()).unwrap_or(u32::MAX);
            let of_it = samples.iter().filter(|sample| sample.draw == entry);
            draws.push((drawn, of_it.map(|sample| (key.code(sample.household), sample.opened)).collect()));
        }
        let mut names = BTreeMap::new();
        for id in draws.iter().flat_map(|(drawn, _): &(SampleDrawn, _)| &drawn.places) {
            if let Some(place) = ledger.place(*id)? {
                names.insert(*id, place.name);
            }
        }
        Ok(Self { draws, names, left: MOST_SAMPLES.saturating_sub(given), promise: lot.promise(), key: lot.told() })
    }
}

/// Why nothing was drawn, as the key of a sentence.
pub(super) fn why_not(why: NotDrawn) -> &'static str {
    match why {
        NotDrawn::NotRunning => "over_sentence",
        NotDrawn::Words => "own_words_wrong",
        NotDrawn::TooMany => "too_many",
        NotDrawn::NoSuchPlace => "no_such_place",
        NotDrawn::NobodyLeft => "nobody_left",
    }
}

/// One draw, without anybody's number: the words, and what the list was.
fn draw_told(all: &Drawn, drawn: &SampleDrawn, numbers: Part, tongue: Tongue) -> Part {
    let name = |id: &PlaceId| all.names.get(id).map_or_else(|| say(tongue, "unplaced"), String::as_str);
    let places: Vec<_> = drawn.places.iter().map(name).collect();
    let places = if places.is_empty() { say(tongue, "everywhere").to_owned() } else { places.join(say(tongue, "and")) };
    Page::new(include_str!("draw.html"), tongue)
        .text("draw", &drawn.draw.to_string())
        .text("words", &drawn.words)
        .text("places", &places)
        .text("wanted", &drawn.wanted.to_string())
        .text("listed", &drawn.listed.to_string())
        .text("number", &drawn.number.to_string())
        .text("list", &drawn.list.to_string())
        .part("numbers", numbers)
        .done()
}

/// The draws as they are told once the inspection is over: with their numbers and nothing to open.
pub(super) fn draws_told(drawn: &Drawn, tongue: Tongue) -> Part {
    Part::all(drawn.draws.iter().map(|(told, codes)| {
        let numbers: Vec<_> = codes.iter().map(|(code, _)| code.to_string()).collect();
        let numbers = Page::new("<p class=\"codes\">{n}</p>", tongue).text("n", &numbers.join("　")).done();
        draw_told(drawn, told, numbers, tongue)
    }))
}

pub(super) fn page(guest: &Guest, listing: &Listing, drawn: &Drawn, trouble: Option<&str>, tongue: Tongue) -> Part {
    let most = drawn.left.min(MOST_A_DRAW);
    let trouble = trouble.map_or_else(Part::nothing, |trouble| {
        Page::new(include_str!("trouble.html"), tongue).text("trouble", trouble).done()
    });
    let form = if most == 0 || listing.listed.is_empty() {
        let key = if most == 0 { "none_left" } else { "too_small" };
        Page::new("<p class=\"card look\">{words}</p>", tongue).text("words", say(tongue, key)).done()
    } else {
        Page::new(include_str!("draw_form.html"), tongue)
            .text("most", &most.to_string())
            .text("usual", &most.min(5).to_string())
            .text("fewest_words", &WORDS.start().to_string())
            .text("most_words", &WORDS.end().to_string())
            .text("left", &say(tongue, "left").replace("{n}", &drawn.left.to_string()))
            .part("choices", super::list::choices(listing, None, tongue))
            .done()
    };
    let one = |(code, opened): &(HouseholdCode, u32)| {
        let times = if *opened == 0 { String::new() } else { say(tongue, "times").replace("{n}", &opened.to_string()) };
        Page::new(include_str!("drawn.html"), tongue).text("code", &code.to_string()).text("times", &times).done()
    };
    let newest_first = drawn.draws.iter().rev();
    let draws = newest_first.map(|(told, codes)| draw_told(drawn, told, Part::all(codes.iter().map(one)), tongue));
    Page::new(include_str!("samples.html"), tongue)
        .text("to", &guest.row.inspection.to.to_string())
        .text("promise", &drawn.promise.to_string())
        .part("trouble", trouble)
        .part("form", form)
        .part("draws", Part::all(draws))
        .done()
}

/// A sample that was opened: name, address and telephone, for the visit on foot.
pub(super) fn opened(sample: &OpenedSample, tongue: Tongue) -> Part {
    let phone = match sample.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty()) {
        None => say(tongue, "no_phone").to_owned(),
        Some(phone) if phone.contains('*') => format!("{phone} {}", say(tongue, "masked_phone")),
        Some(phone) => phone.to_owned(),
    };
    let address = if sample.address.is_empty() { say(tongue, "no_address") } else { &sample.address };
    Page::new(include_str!("opened.html"), tongue)
        .text("code", &sample.code.to_string())
        .text("head", if sample.head.is_empty() { say(tongue, "no_name") } else { &sample.head })
        .text("address", address)
        .text("phone", &phone)
        .done()
}
