//! The door for inspectors 督查组: pages of the county's server for whoever holds the pass of an inspection that is running. They
//! keep no ledger and no device; the pages run nothing in the browser and are kept by nobody. Every draw and every opening is on
//! disk before it is shown (docs/decisions/0021-inspection.md).

mod figures;
mod form;
mod guests;
mod list;
mod page;
mod samples;
mod words;

use crate::county::{County, Unheard};
use crate::exchange_door::{empty, log, status};
use axum::Router;
use axum::extract::{ConnectInfo, RawQuery, Request, State};
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use form::Form;
use guests::Guests;
use lianhu_core::ids::EntryName;
use lianhu_core::inspection::Inspection;
use lianhu_core::lot::HouseholdCode;
use lianhu_core::outside::Told;
use lianhu_core::pass_code::PassCode;
use lianhu_ledger::{InspectionRow, Ledger, LedgerError, Listing, NotDrawn, NotOpened, Stage};
use page::{Page, Part};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use words::{Tongue, say};

/// The longest form, in bytes.
const LONGEST: usize = 4 * 1024;
/// How long figures are told without counting anew, while the county goes on.
const FRESH: Duration = Duration::from_secs(60);
const STYLE: &str = include_str!("inspection_door/style.css");

/// What was counted last for each inspection, and when.
type Counted = BTreeMap<EntryName, (Instant, Arc<Seen>)>;

/// Everything behind this door.
#[derive(Clone)]
struct Door {
    county: County,
    guests: Arc<Guests>,
    counted: Arc<Mutex<Counted>>,
}

/// What was counted for an inspection, as of one number of the county.
struct Seen {
    listing: Listing,
    told: Told,
}

/// An inspector with a pass, and what they are told.
struct Guest {
    row: InspectionRow,
    /// The place of the inspection, from the county down.
    place: String,
    stage: Stage,
}

/// The routes for inspectors.
pub(crate) fn routes(county: County) -> Router {
    let door = Door { county, guests: Arc::default(), counted: Arc::default() };
    Router::new()
        .route("/inspection", get(overview).post(come_in))
        .route("/inspection/households", get(households))
        .route("/inspection/numbers", get(numbers))
        .route("/inspection/samples", get(show_samples))
        .route("/inspection/draw", post(draw))
        .route("/inspection/open", post(open))
        .route("/inspection/leave", post(leave))
        .route("/inspection/zh", get(|| async { speak(Tongue::Chinese) }))
        .route("/inspection/en", get(|| async { speak(Tongue::English) }))
        .route("/inspection/style.css", get(|| async { page::style(STYLE) }))
        .with_state(door)
}

fn speak(tongue: Tongue) -> Response {
    page::go_with("/inspection", &page::language_cookie(tongue))
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|one| one.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether a form was sent from a page of this very door: a browser says where it comes from.
fn is_own_form(headers: &HeaderMap) -> bool {
    let said = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    match (said(ORIGIN), said(HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
}

impl Door {
    async fn work<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Unheard> {
        self.county.work(act).await?.map_err(|_| Unheard::Busy)
    }

    /// Who asks, by the cookie of an earlier sign-in.
    async fn guest(&self, headers: &HeaderMap) -> Result<Option<Guest>, Unheard> {
        let shown = cookie(headers, page::GUEST);
        let Some(inspection) = shown.and_then(|token| self.guests.inspection_of(token, Instant::now())) else {
            return Ok(None);
        };
        self.work(move |ledger| {
            let Some(row) = ledger.inspection(inspection)? else { return Ok(None) };
            let place = match row.inspection.place {
                Some(place) => ledger.place(place)?.map(|place| place.path).unwrap_or_default(),
                None => ledger.identity()?.county_name,
            };
            let stage = row.stage(ledger.now().day());
            Ok(Some(Guest { row, place, stage }))
        })
        .await
    }

    /// What is counted for an inspection: a moment old at most, so that whoever turns pages does not hold up the phones.
    async fn seen(&self, row: &InspectionRow) -> Result<Arc<Seen>, Unheard> {
        let held = self.counted.clone();
        let row = row.clone();
        self.work(move |ledger| {
            let number = ledger.log_state()?.1;
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            held.retain(|_, (at, _)| at.elapsed() < FRESH * 10);
            if let Some((at, seen)) = held.get(&row.entry)
                && (seen.listing.number == number || at.elapsed() < FRESH)
            {
                return Ok(seen.clone());
            }
            let listing = ledger.listing(&row)?;
            let told = ledger.told_figures(&row.inspection, &listing)?;
            let seen = Arc::new(Seen { listing, told });
            held.insert(row.entry, (Instant::now(), seen.clone()));
            Ok(seen)
        })
        .await
    }
}

/// The guest of a page of an inspection that is running, or the page they get instead.
async fn running(door: &Door, headers: &HeaderMap, tongue: Tongue) -> Result<Guest, Response> {
    match door.guest(headers).await {
        Err(unheard) => Err(empty(status(unheard.into()))),
        Ok(None) => Err(page::go("/inspection")),
        Ok(Some(guest)) if guest.stage == Stage::Running => Ok(guest),
        Ok(Some(guest)) => match over(door, &guest, tongue).await {
            Ok(page) => Err(page),
            Err(unheard) => Err(empty(status(unheard.into()))),
        },
    }
}

async fn overview(State(door): State<Door>, headers: HeaderMap) -> Response {
    let tongue = Tongue::of(&headers);
    if cookie(&headers, page::GUEST).is_none_or(|token| door.guests.inspection_of(token, Instant::now()).is_none()) {
        return sign_in(tongue, StatusCode::OK, None);
    }
    let guest = match running(&door, &headers, tongue).await {
        Ok(guest) => guest,
        Err(instead) => return instead,
    };
    match door.seen(&guest.row).await {
        Ok(seen) => {
            let main = figures::page(&guest, &seen.listing, &seen.told, tongue);
            page::show(tongue, StatusCode::OK, say(tongue, "figures"), main)
        }
        Err(unheard) => empty(status(unheard.into())),
    }
}

fn sign_in(tongue: Tongue, code: StatusCode, trouble: Option<&str>) -> Response {
    let trouble = trouble.map_or_else(Part::nothing, |trouble| {
        Page::new(include_str!("inspection_door/trouble.html"), tongue).text("trouble", trouble).done()
    });
    let main = Page::new(include_str!("inspection_door/sign_in.html"), tongue).part("trouble", trouble).done();
    page::show(tongue, code, say(tongue, "sign_in"), main)
}

async fn come_in(
    State(door): State<Door>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let (tongue, address) = (Tongue::of(&headers), from.ip().to_canonical());
    if !door.county.limits.may_enrol(address, Instant::now()) {
        return sign_in(tongue, StatusCode::TOO_MANY_REQUESTS, Some(say(tongue, "too_often")));
    }
    let form = match form_of(&door, &headers, request).await {
        Ok(form) => form,
        Err(instead) => return instead,
    };
    let hash = form.get("code").and_then(PassCode::parse).map(|code| code.hash());
    let found = match hash {
        Some(hash) => door.work(move |ledger| ledger.inspection_of_pass(hash)).await,
        None => Ok(None),
    };
    let (row, today) = match (found, door.work(|ledger| Ok(ledger.now().day())).await) {
        (Ok(row), Ok(today)) => (row, today),
        (Err(unheard), _) | (_, Err(unheard)) => return empty(status(unheard.into())),
    };
    let Some(row) = row else {
        door.county.limits.was_wrong(address, Instant::now());
        log("inspection refused=403");
        return sign_in(tongue, StatusCode::FORBIDDEN, Some(say(tongue, "wrong_pass")));
    };
    match row.stage(today) {
        Stage::Waiting | Stage::Coming => {
            let from = row.inspection.from.to_string();
            let sentence = say(tongue, "not_begun").replace("{from}", &from);
            sign_in(tongue, StatusCode::FORBIDDEN, Some(&sentence))
        }
        Stage::Running | Stage::Ended => {
            let token = door.guests.welcome(row.entry, Instant::now());
            door.county.metrics.inspector_came();
            log(&format!("inspection came={}", row.entry));
            page::go_with("/inspection", &page::guest_cookie(&token))
        }
    }
}

async fn leave(State(door): State<Door>, headers: HeaderMap) -> Response {
    if !is_own_form(&headers) {
        return empty(StatusCode::FORBIDDEN);
    }
    if let Some(token) = cookie(&headers, page::GUEST) {
        door.guests.forget(token);
    }
    page::go_with("/inspection", &page::no_guest())
}

async fn form_of(door: &Door, headers: &HeaderMap, request: Request) -> Result<Form, Response> {
    if !is_own_form(headers) {
        return Err(empty(StatusCode::FORBIDDEN));
    }
    match door.county.hear(request.into_body(), LONGEST).await {
        Ok(heard) => Form::read(&heard.bytes).ok_or_else(|| empty(StatusCode::BAD_REQUEST)),
        Err(unheard) => Err(empty(status(unheard.into()))),
    }
}

async fn households(State(door): State<Door>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let tongue = Tongue::of(&headers);
    let guest = match running(&door, &headers, tongue).await {
        Ok(guest) => guest,
        Err(instead) => return instead,
    };
    let seen = match door.seen(&guest.row).await {
        Ok(seen) => seen,
        Err(unheard) => return empty(status(unheard.into())),
    };
    let asked = list::Asked::of(query.as_deref(), &seen.listing);
    let (told, inspection): (_, Inspection) = (seen.clone(), guest.row.inspection.clone());
    let codes: Vec<HouseholdCode> = asked.codes(&seen.listing).cloned().collect();
    let rows = door.work(move |ledger| {
        let codes: Vec<&HouseholdCode> = codes.iter().collect();
        ledger.listed_rows(&inspection, &told.listing, &codes)
    });
    match rows.await {
        Ok(rows) => {
            let main = list::page(&guest, &seen.listing, asked, &rows, tongue);
            page::show(tongue, StatusCode::OK, say(tongue, "list"), main)
        }
        Err(unheard) => empty(status(unheard.into())),
    }
}

/// The list as bare numbers, for whoever draws again.
async fn numbers(State(door): State<Door>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let tongue = Tongue::of(&headers);
    let guest = match running(&door, &headers, tongue).await {
        Ok(guest) => guest,
        Err(instead) => return instead,
    };
    match door.seen(&guest.row).await {
        Ok(seen) => {
            let asked = list::Asked::of(query.as_deref(), &seen.listing);
            let lines: String = seen.listing.codes(asked.group).map(|code| format!("{}\n", code.letters())).collect();
            page::plain(lines)
        }
        Err(unheard) => empty(status(unheard.into())),
    }
}

async fn show_samples(State(door): State<Door>, headers: HeaderMap) -> Response {
    let tongue = Tongue::of(&headers);
    let guest = match running(&door, &headers, tongue).await {
        Ok(guest) => guest,
        Err(instead) => return instead,
    };
    samples_page(&door, guest, tongue, StatusCode::OK, None).await
}

async fn samples_page(door: &Door, guest: Guest, tongue: Tongue, code: StatusCode, trouble: Option<&str>) -> Response {
    let seen = match door.seen(&guest.row).await {
        Ok(seen) => seen,
        Err(unheard) => return empty(status(unheard.into())),
    };
    let row = guest.row.clone();
    match door.work(move |ledger| samples::Drawn::of(ledger, &row)).await {
        Ok(drawn) => {
            let main = samples::page(&guest, &seen.listing, &drawn, trouble, tongue);
            page::show(tongue, code, say(tongue, "samples"), main)
        }
        Err(unheard) => empty(status(unheard.into())),
    }
}

/// A form of a page of an inspection that is running, and whose it is.
async fn filled_in(
    door: &Door,
    headers: &HeaderMap,
    request: Request,
    tongue: Tongue,
) -> Result<(Guest, Form), Response> {
    Ok((running(door, headers, tongue).await?, form_of(door, headers, request).await?))
}

async fn draw(State(door): State<Door>, headers: HeaderMap, request: Request) -> Response {
    let tongue = Tongue::of(&headers);
    let (guest, form) = match filled_in(&door, &headers, request, tongue).await {
        Ok(both) => both,
        Err(instead) => return instead,
    };
    let group = form.get("group").filter(|group| !group.is_empty()).map(str::to_owned);
    let wanted = form.get("wanted").and_then(|wanted| wanted.trim().parse::<u32>().ok()).unwrap_or(0);
    let (words, row) = (form.get("words").unwrap_or_default().to_owned(), guest.row.clone());
    match door.work(move |ledger| ledger.draw_samples(&row, group.as_deref(), wanted, &words)).await {
        Ok(Ok(_)) => {
            door.county.metrics.samples_drawn();
            log(&format!("inspection drawn={} wanted={wanted}", guest.row.entry));
            page::go("/inspection/samples")
        }
        Ok(Err(NotDrawn::NotRunning)) => page::go("/inspection"),
        Ok(Err(why)) => {
            let sentence = say(tongue, samples::why_not(why));
            samples_page(&door, guest, tongue, StatusCode::BAD_REQUEST, Some(sentence)).await
        }
        Err(unheard) => empty(status(unheard.into())),
    }
}

async fn open(State(door): State<Door>, headers: HeaderMap, request: Request) -> Response {
    let tongue = Tongue::of(&headers);
    let (guest, form) = match filled_in(&door, &headers, request, tongue).await {
        Ok(both) => both,
        Err(instead) => return instead,
    };
    let Some(code) = form.get("code").and_then(HouseholdCode::parse) else {
        return samples_page(&door, guest, tongue, StatusCode::BAD_REQUEST, Some(say(tongue, "not_drawn"))).await;
    };
    if !door.county.limits.may_open(guest.row.entry, Instant::now()) {
        let sentence = say(tongue, "opened_too_fast");
        return samples_page(&door, guest, tongue, StatusCode::TOO_MANY_REQUESTS, Some(sentence)).await;
    }
    let row = guest.row.clone();
    match door.work(move |ledger| ledger.open_sample(&row, &code)).await {
        Ok(Ok(sample)) => {
            door.county.metrics.sample_opened();
            log(&format!("inspection opened={}", guest.row.entry));
            page::show(tongue, StatusCode::OK, say(tongue, "opened"), samples::opened(&sample, tongue))
        }
        Ok(Err(NotOpened::NotRunning)) => page::go("/inspection"),
        Ok(Err(_)) => samples_page(&door, guest, tongue, StatusCode::NOT_FOUND, Some(say(tongue, "not_drawn"))).await,
        Err(unheard) => empty(status(unheard.into())),
    }
}

/// What is left to whoever had a pass: that it is over, and by which key the lots were drawn.
async fn over(door: &Door, guest: &Guest, tongue: Tongue) -> Result<Response, Unheard> {
    let row = guest.row.clone();
    let drawn = door.work(move |ledger| samples::Drawn::of(ledger, &row)).await?;
    let key = if guest.stage == Stage::Ended && !drawn.draws.is_empty() {
        Page::new(include_str!("inspection_door/lot_key.html"), tongue)
            .text("key", &drawn.key.to_string())
            .text("promise", &drawn.promise.to_string())
            .part("draws", samples::draws_told(&drawn, tongue))
            .done()
    } else {
        Part::nothing()
    };
    let main = Page::new(include_str!("inspection_door/over.html"), tongue)
        .text("team", &guest.row.inspection.team)
        .part("key", key)
        .done();
    Ok(page::show(tongue, StatusCode::FORBIDDEN, say(tongue, "over"), main))
}
