//! The screens themselves, as they were built into this program. They hold no data, so they need no token.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// Each file of `ui/dist` by its name.
const SCREENS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/screens.in"));

/// What a page may do: nothing but its own files and this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Shown when the program was built without screens.
const NOT_BUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>联户</title>\
    <p>界面还没有建。请先运行 <code>npm ci && npm run build</code>（在 ui 目录），再重新编译 lianhu。</p>\
    <p lang=\"en\">The screens are not built yet: run <code>npm ci && npm run build</code> in <code>ui</code>, then build lianhu again.</p>";

/// One file of the screens; any other address is the first page, which finds its way by itself.
pub(super) async fn screen(at: Uri) -> Response {
    let name = at.path().trim_start_matches('/');
    let find = |name: &str| SCREENS.iter().find(|(known, _)| *known == name);
    let Some((name, bytes)) = find(name).or_else(|| find("index.html")) else {
        return ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, if *name == "index.html" { "no-store" } else { "max-age=31536000, immutable" }),
    ];
    (StatusCode::OK, headers, *bytes).into_response()
}
