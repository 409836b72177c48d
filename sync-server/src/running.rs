//! A running county: it listens, and when it is told to stop it finishes what is under way.

use crate::certificate;
use crate::county::County;
use crate::exchange_door;
use crate::failure::{Failure, Result};
use crate::home::Home;
use crate::inspection_door;
use crate::office_door::Door;
use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long an idle connection is kept: a new one costs a phone three round trips.
const IDLE: Duration = Duration::from_secs(150);
/// How long a handshake may take on a bad line.
const HANDSHAKE: Duration = Duration::from_secs(60);
/// How long what is under way may take to finish once the server is told to stop.
const FINISH: Duration = Duration::from_secs(30);

/// Serves until told to stop.
pub(crate) fn run(data: &Path, listen: SocketAddr, plain_http: bool) -> Result<()> {
    if plain_http && !listen.ip().is_loopback() {
        let sentence = format!("--plain-http 只许用于本机地址，{listen} 不是。请去掉 --plain-http，或监听 127.0.0.1。");
        return Err(Failure::new("not_encrypted", sentence));
    }
    let home = Home::at(data)?;
    let tls = if plain_http { None } else { Some(certificate::tls(&home)?) };
    let mut ledger = home.open_county()?;
    let letter = certificate::introduction(&home, &ledger.identity()?)?;
    ledger.set_introduction(&letter)?;
    let county = County::new(ledger, certificate::fingerprint(&home)?);
    let failed = |error: std::io::Error| {
        Failure::new("listen", format!("{listen} 监听不了（{error}）。请换一个端口，或停掉占用它的程序。"))
    };
    let listener = TcpListener::bind(listen).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let tls = tls.map(|tls| RustlsConfig::from_config(Arc::new(tls)));
    runtime.block_on(async {
        tokio::spawn(county.clone().vacuum());
        let (office, office_listener) = Door::open(&home)?;
        let handle = Handle::new();
        tokio::spawn(stop(handle.clone()));
        let inside = tokio::spawn(plain(office_listener, office.routes(county.clone()), handle.clone()));
        println!("listening on {scheme}://{address}");
        std::io::stdout().flush().ok();
        let routes = exchange_door::routes(county.clone()).merge(inspection_door::routes(county.clone()));
        let served = match tls {
            None => plain(listener, routes, handle).await,
            Some(tls) => encrypted(listener, routes, handle, tls).await,
        };
        county.close().await;
        inside.abort();
        drop(office);
        served.map_err(failed)
    })
}

async fn plain(listener: TcpListener, routes: Router, handle: Handle<SocketAddr>) -> std::io::Result<()> {
    let server = axum_server::from_tcp(listener)?.acceptor(NoDelayAcceptor::new()).handle(handle);
    tuned(server).serve(routes.into_make_service_with_connect_info::<SocketAddr>()).await
}

async fn encrypted(
    listener: TcpListener,
    routes: Router,
    handle: Handle<SocketAddr>,
    tls: RustlsConfig,
) -> std::io::Result<()> {
    let acceptor = RustlsAcceptor::new(tls).handshake_timeout(HANDSHAKE).acceptor(NoDelayAcceptor::new());
    let server = axum_server::from_tcp(listener)?.acceptor(acceptor).handle(handle);
    tuned(server).serve(routes.into_make_service_with_connect_info::<SocketAddr>()).await
}

/// Connections stay open between rounds, and answers carry no header that nobody reads.
fn tuned<A>(server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let mut server = server.http1_only();
    server.http_builder().http1().auto_date_header(false).timer(TokioTimer::new()).header_read_timeout(IDLE);
    server
}

/// Waits for the word to stop.
async fn stop(handle: Handle<SocketAddr>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = terminate.recv() => (),
                    _ = tokio::signal::ctrl_c() => (),
                }
            }
            Err(_) => drop(tokio::signal::ctrl_c().await),
        }
    }
    #[cfg(not(unix))]
    drop(tokio::signal::ctrl_c().await);
    handle.graceful_shutdown(Some(FINISH));
}
