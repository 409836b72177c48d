//! The tags of a part of the workbook, one after another, without building anything: enough to find rows, merged
//! ranges and sheets, and cheap enough to run over 200 MB of cells.

use std::io::{BufRead, Result, Take};

/// Reads one start tag after another.
pub(crate) struct Tags<R> {
    from: Take<R>,
    tag: Vec<u8>,
}

impl<R: BufRead> Tags<R> {
    /// Reads tags, never more than `most` bytes.
    pub(crate) fn new(from: R, most: u64) -> Self {
        Self { from: from.take(most), tag: Vec::with_capacity(256) }
    }

    /// How many bytes of the bound are left: none when it was passed.
    pub(crate) fn left(&self) -> u64 {
        self.from.limit()
    }

    /// The next tag with one of these local names, without its brackets; `None` at the end.
    pub(crate) fn next_of(&mut self, names: &[&str]) -> Result<Option<Tag<'_>>> {
        loop {
            if self.from.skip_until(b'<')? == 0 {
                return Ok(None);
            }
            self.tag.clear();
            if self.from.read_until(b'>', &mut self.tag)? == 0 {
                return Ok(None);
            }
            if names.contains(&local_name(&self.tag)) {
                // The borrow checker does not see that returning here ends the loop.
                break;
            }
        }
        Ok(Some(Tag { text: std::str::from_utf8(&self.tag).unwrap_or("") }))
    }
}

fn local_name(tag: &[u8]) -> &str {
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
    let name = tag.get(..end.unwrap_or(tag.len())).unwrap_or(tag);
    let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
    std::str::from_utf8(local).unwrap_or("")
}

/// One start tag.
pub(crate) struct Tag<'a> {
    text: &'a str,
}

impl Tag<'_> {
    /// Its local name.
    pub(crate) fn name(&self) -> &str {
        local_name(self.text.as_bytes())
    }

    /// The value of the attribute with this local name, as written.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut rest = self.text;
        while let Some((before, after)) = rest.split_once('=') {
            let named = before.rsplit(|c: char| c.is_whitespace() || c == ':').next().unwrap_or(before);
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, behind) = after.get(1..)?.split_once(quote)?;
            if named == name {
                return Some(value);
            }
            rest = behind;
        }
        None
    }

    /// Whether the attribute says yes.
    pub(crate) fn yes(&self, name: &str) -> bool {
        matches!(self.value(name), Some("1" | "true"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_by_local_name_with_their_attributes() {
        let xml = br#"<?xml version="1.0"?><x:sheetData><x:row r="3" hidden='1'><c r="A3"/></x:row><row r="4"/><!-- > --></x:sheetData>"#;
        let mut tags = Tags::new(xml.as_slice(), 1000);
        let row = tags.next_of(&["row"]).unwrap().unwrap();
        assert_eq!((row.name(), row.value("r"), row.yes("hidden"), row.value("ht")), ("row", Some("3"), true, None));
        let row = tags.next_of(&["row"]).unwrap().unwrap();
        assert_eq!((row.value("r"), row.yes("hidden")), (Some("4"), false));
        assert!(tags.next_of(&["row"]).unwrap().is_none());
    }

    #[test]
    fn a_broken_tag_is_passed_by_and_the_bound_is_kept() {
        let mut tags = Tags::new(b"<row r=><row r=\"1".as_slice(), 1000);
        assert_eq!(tags.next_of(&["row"]).unwrap().unwrap().value("r"), None);
        assert_eq!(tags.next_of(&["row"]).unwrap().unwrap().value("r"), None);
        assert!(tags.next_of(&["row"]).unwrap().is_none());
        let mut tags = Tags::new(b"<a><a><row/>".as_slice(), 7);
        assert!(tags.next_of(&["row"]).unwrap().is_none());
        assert_eq!(tags.left(), 0);
    }
}
