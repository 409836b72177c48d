//! The smallest HTTP/1.1 on both ends of a line, for figures that are about the exchange and not about a web server.

use anyhow::Result;
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_ledger::Ledger;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A county that answers at an address until the program ends.
pub(crate) fn serve(county: Arc<Mutex<Ledger>>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let at = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let county = county.clone();
            std::thread::spawn(move || answer(stream, &county).ok());
        }
    });
    Ok(at)
}

fn answer(stream: TcpStream, county: &Mutex<Ledger>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let frame = message(&mut reader)?;
        let answered = county.lock().unwrap_or_else(PoisonError::into_inner).answer(&frame)?;
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {}\r\ndate: Sat, 21 Nov 2026 08:00:00 GMT\r\n\r\n",
            answered.frame.len()
        );
        reader.get_mut().write_all(&[head.as_bytes(), &answered.frame].concat())?;
    }
}

/// Reads one message: a head of lines, and as many bytes as it says.
fn message(reader: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        anyhow::ensure!(reader.read_line(&mut line)? > 0, "the line was cut");
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

/// A phone's end: one connection, kept.
pub(crate) struct Plain {
    at: SocketAddr,
    open: Option<BufReader<TcpStream>>,
}

impl Plain {
    /// Will connect to this address when first used.
    pub(crate) fn to(at: SocketAddr) -> Self {
        Self { at, open: None }
    }

    fn carry(&mut self, frame: &[u8]) -> Result<Vec<u8>> {
        let mut reader = match self.open.take() {
            Some(reader) => reader,
            None => {
                let stream = TcpStream::connect(self.at)?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        let head = format!(
            "POST /v1/exchange HTTP/1.1\r\nhost: {}\r\ncontent-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
            self.at,
            frame.len()
        );
        reader.get_mut().write_all(&[head.as_bytes(), frame].concat())?;
        let body = message(&mut reader)?;
        self.open = Some(reader);
        Ok(body)
    }
}

impl Hub for Plain {
    fn exchange(&mut self, frame: &[u8], _: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        self.carry(frame).map_err(|_| HubError::Offline)
    }
}
