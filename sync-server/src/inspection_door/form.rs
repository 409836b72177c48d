//! A form as a browser sends it: names and values, `+` for a space, `%` and two digits for any other byte.

use std::collections::BTreeMap;

/// What was filled in.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a form, or the part of an address behind the question mark. Of a name that comes twice the first counts.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut found = BTreeMap::new();
        for pair in std::str::from_utf8(bytes).ok()?.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            found.entry(plain(name)?).or_insert(plain(value)?);
        }
        Some(Self(found))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn plain(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut letters = text.bytes();
    while let Some(letter) = letters.next() {
        bytes.push(match letter {
            b'+' => b' ',
            b'%' => {
                let digits = [letters.next()?, letters.next()?];
                let [byte] = data_encoding::HEXLOWER_PERMISSIVE.decode(&digits).ok()?.try_into().ok()?;
                byte
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_sends_it_and_what_is_none_is_refused() {
        let form = Form::read("words=%E9%A3%8E+a%2Bb&group=&wanted=5&wanted=30".as_bytes()).unwrap();
        assert_eq!((form.get("words"), form.get("group"), form.get("wanted")), (Some("风 a+b"), Some(""), Some("5")));
        assert!(form.get("code").is_none());
        for broken in [&b"a=%"[..], b"a=%2", b"a=%zz", b"a=%ff", b"\xff"] {
            assert!(Form::read(broken).is_none(), "{broken:?}");
        }
    }
}
