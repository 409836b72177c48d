//! Where the request begins in what a phone sends: TLS records are counted from outside, nothing is read.

/// The header of a record: kind, version, length.
const HEADER: usize = 5;
/// The kind of a record with encrypted content.
const ENCRYPTED: u8 = 23;

/// Counts the records that go up a line.
#[derive(Debug, Default)]
pub(crate) struct TlsRecords {
    header: Vec<u8>,
    left: usize,
    begun: bool,
}

impl TlsRecords {
    /// How many of these bytes, the next of the line, lie before the request. The first encrypted record still belongs
    /// to the handshake; whatever follows it is the request.
    pub(crate) fn before_request(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while !self.begun && at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            if self.left > 0 {
                let step = self.left.min(rest.len());
                self.left -= step;
                at += step;
            } else {
                let step = (HEADER - self.header.len()).min(rest.len());
                self.header.extend(rest.iter().take(step));
                at += step;
                if let [_, _, _, high, low] = *self.header.as_slice() {
                    self.left = usize::from(u16::from_be_bytes([high, low]));
                }
            }
            if self.left == 0 && self.header.len() == HEADER {
                self.begun = self.header.first() == Some(&ENCRYPTED);
                self.header.clear();
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, length: u8) -> Vec<u8> {
        [vec![kind, 3, 3, 0, length], vec![0; length.into()]].concat()
    }

    #[test]
    fn the_request_begins_after_the_first_encrypted_record_however_the_bytes_come() {
        let handshake = [record(22, 200), record(20, 1), record(23, 53)].concat();
        let all = [handshake.clone(), record(23, 100), record(23, 9)].concat();
        for size in [1, 3, 5, 7, 64, 1000] {
            let mut records = TlsRecords::default();
            let before: usize = all.chunks(size).map(|chunk| records.before_request(chunk)).sum();
            assert_eq!(before, handshake.len(), "in pieces of {size}");
        }
    }
}
