//! `lianhu serve` as a browser, and as a stranger, would reach it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

struct Serving {
    child: Child,
    address: String,
    token: String,
    _home: tempfile::TempDir,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Serving {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(words: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_lianhu"))
            .args(["--home", home.path().to_str().unwrap(), "serve"])
            .args(words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (address, token) = line.trim().strip_prefix("http://").unwrap().split_once("/?token=").unwrap();
        Self { address: address.to_owned(), token: token.to_owned(), child, _home: home }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn call(&self, host: &str, token: &str, body: &str) -> String {
        let length = body.len();
        self.ask(&format!(
            "POST /call HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nx-lianhu-token: {token}\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }
}

const STATUS: &str = r#"{"command":"status","args":{}}"#;

#[test]
fn a_call_with_the_token_is_answered_and_an_error_says_what_to_do() {
    let serving = Serving::new();
    let answer = serving.call(&serving.address, &serving.token, STATUS);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("lost_now"), "{answer}");
    let refused = serving.call(&serving.address, &serving.token, r#"{"command":"exchange"}"#);
    assert!(refused.contains(r#""code":"not_enrolled""#) && refused.contains("sentence"), "{refused}");
}

#[test]
fn a_stranger_gets_nothing() {
    let serving = Serving::new();
    assert!(serving.call(&serving.address, "", STATUS).starts_with("HTTP/1.1 401"));
    assert!(serving.call(&serving.address, &"0".repeat(serving.token.len()), STATUS).starts_with("HTTP/1.1 401"));
    assert!(serving.call("lianhu.example", &serving.token, STATUS).starts_with("HTTP/1.1 421"));
    assert!(serving.call("127.0.0.1.example:80", &serving.token, STATUS).starts_with("HTTP/1.1 421"));
}

#[test]
fn the_first_page_needs_no_token_and_may_load_nothing_from_elsewhere() {
    let serving = Serving::new();
    let page = serving.ask(&format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", serving.address));
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(!page.contains("https://"), "{page}");
}

#[test]
fn a_file_stays_in_its_directory() {
    let serving = Serving::new();
    for name in ["..%2Fkey.xlsx", "key", "%2Fetc%2Fpasswd.csv", ".hidden.xlsx"] {
        let request = format!(
            "GET /file/{name} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nx-lianhu-token: {}\r\n\r\n",
            serving.address, serving.token
        );
        let answer = serving.ask(&request);
        assert!(answer.starts_with("HTTP/1.1 400"), "{name}: {answer}");
    }
}

#[test]
fn only_the_loopback_is_listened_on() {
    let home = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_lianhu"))
        .args(["--home", home.path().to_str().unwrap(), "serve", "--listen", "0.0.0.0:0"])
        .output()
        .unwrap();
    assert!(!done.status.success());
    assert!(String::from_utf8_lossy(&done.stderr).contains("127.0.0.1"));
}

#[test]
fn once_the_last_page_is_closed_a_home_with_a_pin_is_locked_and_while_one_listens_it_is_not() {
    let serving = Serving::with(&["--away", "1"]);
    let pin = r#"{"command":"set_pin","args":{"pin":"门前有两棵老核桃树呀"}}"#;
    let set = serving.call(&serving.address, &serving.token, pin);
    assert!(set.starts_with("HTTP/1.1 200"), "{set}");
    let locked = || {
        let told = serving.call(&serving.address, &serving.token, r#"{"command":"lock_state"}"#);
        told.contains(r#""locked":true"#)
    };
    let mut page = TcpStream::connect(&serving.address).unwrap();
    let (address, token) = (&serving.address, &serving.token);
    write!(page, "GET /events HTTP/1.1\r\nHost: {address}\r\nx-lianhu-token: {token}\r\n\r\n").unwrap();
    // It listens for longer than the home stays open by itself: until the server says that it is still there.
    let mut heard = String::new();
    while !heard.contains("\n:") {
        let mut piece = [0; 512];
        let long = page.read(&mut piece).unwrap();
        heard.push_str(&String::from_utf8_lossy(&piece[..long]));
    }
    assert!(!locked(), "a page listens");
    // The server notices that it is gone when it next says something to it.
    drop(page);
    let (_nobody, silence) = mpsc::channel::<()>();
    let noticed = (0..600).any(|_| locked() || silence.recv_timeout(Duration::from_millis(200)).is_ok());
    assert!(noticed);
}
