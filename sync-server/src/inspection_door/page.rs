//! Pages: a small form of HTML with words and values put in, every value escaped, and the headers that keep a browser from
//! keeping, framing, running or sending anything.

use super::words::{Tongue, say};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use lianhu_core::ids::Hash;
use std::collections::BTreeMap;

/// What a browser shows whoever has shown a pass.
pub(super) const GUEST: &str = "__Host-inspection";
/// And which language they read.
pub(super) const LANGUAGE: &str = "__Host-language";

const GUARDS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-robots-tag", "noindex, nofollow"),
];

/// A piece of a page that is HTML already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part(String);

impl Part {
    pub(super) fn nothing() -> Self {
        Self(String::new())
    }

    /// Several, one after the other.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

/// A form of HTML: `{=key}` is a phrase of the words, `{name}` a value or a piece.
pub(super) struct Page {
    form: &'static str,
    tongue: Tongue,
    values: BTreeMap<&'static str, String>,
}

impl Page {
    pub(super) fn new(form: &'static str, tongue: Tongue) -> Self {
        Self { form, tongue, values: BTreeMap::new() }
    }

    /// Puts in a value: whatever stands in it is text.
    pub(super) fn text(mut self, name: &'static str, value: &str) -> Self {
        self.values.insert(name, escaped(value));
        self
    }

    /// Puts in a piece.
    pub(super) fn part(mut self, name: &'static str, part: Part) -> Self {
        self.values.insert(name, part.0);
        self
    }

    pub(super) fn done(self) -> Part {
        let mut made = String::new();
        let mut rest = self.form;
        while let Some((before, after)) = rest.split_once('{') {
            made.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match name.strip_prefix('=') {
                Some(key) => made.push_str(&escaped(say(self.tongue, key))),
                None => made.push_str(self.values.get(name).map_or("", String::as_str)),
            }
            rest = after;
        }
        made.push_str(rest);
        Part(made)
    }
}

/// A text that stands in a page, or in a value of it, as just that.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A whole page.
pub(super) fn show(tongue: Tongue, status: StatusCode, title: &str, main: Part) -> Response {
    let page = Page::new(include_str!("frame.html"), tongue).text("title", title).part("main", main).done();
    answer(status, "text/html; charset=utf-8", page.0)
}

/// Bare lines.
pub(super) fn plain(lines: String) -> Response {
    answer(StatusCode::OK, "text/plain; charset=utf-8", lines)
}

/// How the pages look. It tells nothing and may be kept.
pub(super) fn style(text: &'static str) -> Response {
    let mut response = answer(StatusCode::OK, "text/css; charset=utf-8", text.to_owned());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    response
}

fn answer(status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in GUARDS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// To another page, by `GET`.
pub(super) fn go(to: &'static str) -> Response {
    let mut response = answer(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", String::new());
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(to));
    response
}

/// The same, with something for the browser to keep.
pub(super) fn go_with(to: &'static str, cookie: &str) -> Response {
    let mut response = go(to);
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

pub(super) fn guest_cookie(token: &Hash) -> String {
    format!("{GUEST}={token}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

pub(super) fn no_guest() -> String {
    format!("{GUEST}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict")
}

pub(super) fn language_cookie(tongue: Tongue) -> String {
    format!("{LANGUAGE}={}; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict", tongue.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_in_a_value_is_text() {
        let page = |value: &str| Page::new("<p title=\"{a}\">{a}{b}</p>", Tongue::Chinese).text("a", value).done().0;
        assert_eq!(page("<b>\"&'"), "<p title=\"&lt;b&gt;&quot;&amp;&#39;\">&lt;b&gt;&quot;&amp;&#39;</p>");
        assert_eq!(page("{b}{=brand}"), "<p title=\"{b}{=brand}\">{b}{=brand}</p>", "a value is no form");
    }

    #[test]
    fn no_page_runs_anything_or_asks_another_machine() {
        let forms = [
            include_str!("frame.html"),
            include_str!("sign_in.html"),
            include_str!("trouble.html"),
            include_str!("figures.html"),
            include_str!("figures_table.html"),
            include_str!("figures_line.html"),
            include_str!("list.html"),
            include_str!("list_table.html"),
            include_str!("list_line.html"),
            include_str!("samples.html"),
            include_str!("draw_form.html"),
            include_str!("draw.html"),
            include_str!("drawn.html"),
            include_str!("opened.html"),
            include_str!("over.html"),
            include_str!("lot_key.html"),
        ];
        for form in forms {
            for word in ["<script", "javascript:", " on", "style=", "http:", "https:", "<img", "<iframe"] {
                let found = form.to_lowercase().split('{').any(|part| {
                    let outside = part.split_once('}').map_or(part, |(_, outside)| outside);
                    if word == " on" {
                        outside.split_whitespace().any(|one| one.starts_with("on") && one.contains('='))
                    } else {
                        outside.contains(word)
                    }
                });
                assert!(!found, "{word} stands in {form}");
            }
            for key in form.split("{=").skip(1).filter_map(|rest| rest.split('}').next()) {
                assert!(super::super::words::is_known(key), "there are no words for {key}");
            }
        }
        let style = super::super::STYLE;
        assert!(!style.contains("url(") && !style.contains("@import"), "a style asks for nothing");
    }
}
