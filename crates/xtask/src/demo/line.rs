//! The line between the phones and the county: it carries bytes, and breaks where the story wants it to.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::tls_records::TlsRecords;

/// What happens to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// It carries everything.
    Clear,
    /// So many bytes of the request pass, then the line breaks.
    CutRequest(usize),
    /// The request passes, and so many bytes of what comes back; then nothing more, until the line is hung up.
    CutReply(usize),
}

/// A line with an address of its own, which stays the same whatever happens behind it.
#[derive(Debug)]
pub(crate) struct Line {
    address: SocketAddr,
    ends: Arc<Ends>,
}

#[derive(Debug, Default)]
struct Ends {
    county: Mutex<Option<SocketAddr>>,
    coming: Mutex<VecDeque<Weather>>,
    open: Mutex<Vec<TcpStream>>,
}

impl Line {
    /// Lays a line that leads nowhere yet.
    pub(crate) fn lay() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let ends = Arc::new(Ends::default());
        let shared = ends.clone();
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                let ends = shared.clone();
                thread::spawn(move || carry(phone, &ends));
            }
        });
        Ok(Self { address, ends })
    }

    /// What a slip names as the county's address.
    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Lets it lead to a server, or nowhere.
    pub(crate) fn leads_to(&self, county: Option<SocketAddr>) {
        *held(&self.ends.county) = county;
    }

    /// Says what happens to the next connection; without a word it is clear.
    pub(crate) fn next_is(&self, weather: Weather) {
        held(&self.ends.coming).push_back(weather);
    }

    /// Breaks whatever is open.
    pub(crate) fn hang_up(&self) {
        held(&self.ends.open).drain(..).for_each(|open| close(&open));
    }
}

fn carry(phone: TcpStream, ends: &Ends) -> Option<()> {
    let county = (*held(&ends.county))?;
    let county = TcpStream::connect(county).ok()?;
    let weather = held(&ends.coming).pop_front().unwrap_or(Weather::Clear);
    {
        let mut open = held(&ends.open);
        open.push(phone.try_clone().ok()?);
        open.push(county.try_clone().ok()?);
    }
    let asked = Arc::new(AtomicBool::new(false));
    let (up_from, up_to, flag) = (phone.try_clone().ok()?, county.try_clone().ok()?, asked.clone());
    thread::spawn(move || up(up_from, up_to, weather, &flag));
    down(county, phone, weather, &asked);
    Some(())
}

fn up(mut from: TcpStream, mut to: TcpStream, weather: Weather, asked: &AtomicBool) {
    let mut records = TlsRecords::default();
    let mut left = if let Weather::CutRequest(bytes) = weather { bytes } else { usize::MAX };
    each_piece(&mut from, |piece| {
        let before = records.before_request(piece);
        let of_request = piece.len() - before;
        if of_request > 0 {
            asked.store(true, Ordering::SeqCst);
        }
        let pass = before + of_request.min(left);
        left -= of_request.min(left);
        to.write_all(piece.get(..pass).unwrap_or_default()).is_ok() && left > 0
    });
    close(&from);
    close(&to);
}

fn down(mut from: TcpStream, mut to: TcpStream, weather: Weather, asked: &AtomicBool) {
    let mut left = if let Weather::CutReply(bytes) = weather { bytes } else { usize::MAX };
    each_piece(&mut from, |piece| {
        if !asked.load(Ordering::SeqCst) {
            return to.write_all(piece).is_ok();
        }
        let pass = piece.len().min(left);
        left -= pass;
        to.write_all(piece.get(..pass).unwrap_or_default()).is_ok()
    });
    close(&from);
    close(&to);
}

/// Hands on what comes, piece by piece, while it is wanted.
fn each_piece(from: &mut TcpStream, mut wanted: impl FnMut(&[u8]) -> bool) {
    let mut room = [0; 4096];
    while let Ok(length) = from.read(&mut room) {
        let piece = room.get(..length).unwrap_or_default();
        if piece.is_empty() || !wanted(piece) {
            break;
        }
    }
}

fn close(stream: &TcpStream) {
    stream.shutdown(Shutdown::Both).ok();
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A county that answers whatever it is sent with as many bytes, and says how many came.
    fn county() -> (SocketAddr, thread::JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = 0;
            let mut answer = stream.try_clone().unwrap();
            each_piece(&mut stream, |piece| {
                heard += piece.len();
                answer.write_all(&vec![7; piece.len()]).is_ok()
            });
            heard
        });
        (address, heard)
    }

    /// What the county heard and what came back, of a handshake of 15 bytes and a request of 100.
    fn carried(weather: Weather) -> (usize, usize) {
        let (address, heard) = county();
        let line = Line::lay().unwrap();
        line.leads_to(Some(address));
        line.next_is(weather);
        let mut phone = TcpStream::connect(line.address).unwrap();
        phone.write_all(&[[23, 3, 3, 0, 10].as_slice(), &[0; 10]].concat()).unwrap();
        let mut back = [0; 15];
        phone.read_exact(&mut back).unwrap();
        phone.write_all(&[0; 100]).unwrap();
        let mut more = 0;
        if weather == Weather::Clear {
            phone.read_exact(&mut [0; 100]).unwrap();
            more = 100;
            line.hang_up();
        } else if let Weather::CutReply(bytes) = weather {
            phone.read_exact(&mut vec![0; bytes]).unwrap();
            more = bytes;
            line.hang_up();
        }
        let mut rest = Vec::new();
        phone.read_to_end(&mut rest).ok();
        (heard.join().unwrap(), 15 + more + rest.len())
    }

    #[test]
    fn a_line_carries_everything_or_breaks_where_it_is_told() {
        assert_eq!(carried(Weather::Clear), (115, 115));
        assert_eq!(carried(Weather::CutReply(20)).1, 35);
        assert_eq!(carried(Weather::CutReply(0)).1, 15);
        let (heard, back) = carried(Weather::CutRequest(40));
        assert!(heard <= 55 && back < 115, "{heard} bytes passed, {back} came back");
    }

    #[test]
    fn a_line_that_leads_nowhere_carries_nothing() {
        let line = Line::lay().unwrap();
        let mut phone = TcpStream::connect(line.address).unwrap();
        assert_eq!(phone.read(&mut [0; 8]).unwrap_or(0), 0);
    }
}
