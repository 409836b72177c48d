//! A printed sheet as it leaves the office: a PDF, read in every way in which what is in it can be come by.

use anyhow::{Context, Result, ensure};
use flate2::read::ZlibDecoder;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use unicode_normalization::UnicodeNormalization;

/// A4, in points.
const A4: &str = "595 x 842 pts (A4)";
/// In a PDF a character may be told by the radical that looks like it. Those that have no other form in Unicode's tables:
const RADICALS: &str = "⺁厂⺋㔾⺎兀⺟母⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟";

/// A PDF that was read.
pub(crate) struct Paper {
    name: String,
    /// What can be read on each page.
    pages: Vec<String>,
    /// What the file says of itself.
    about: String,
    /// All that was found in the file, in every reading.
    all: String,
    /// The same, close together.
    closely: String,
}

impl Paper {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let words = |layout: &[&str]| said("pdftotext", &[&["-enc", "UTF-8"], layout].concat(), path, &["-"]);
        let plain = words(&[])?;
        let bytes = fs::read(path)?;
        let about = said("pdfinfo", &[], path, &[])?;
        let more = [words(&["-layout"])?, words(&["-raw"])?, about.clone(), text_in(&bytes), streams(&bytes)];
        let pages = plain.trim_end_matches('\x0c').split('\x0c').map(ToOwned::to_owned).collect();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let all = [plain, more.join("\n"), name.clone()].join("\n");
        let closely = close(&all);
        Ok(Self { name, pages, about, all, closely })
    }

    /// So many pages of A4, none of them empty, and nothing about anybody in what the file says of itself.
    pub(crate) fn has_pages(&self, number: usize) -> Result<()> {
        let told = self.about.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap_or_default().trim();
        ensure!(told == number.to_string(), "{}: {told} pages, not {number}", self.name);
        ensure!(self.about.contains(A4), "{}: not A4: {}", self.name, self.about);
        let empty = self.pages.iter().filter(|page| page.trim().is_empty()).count();
        ensure!(self.pages.len() == number && empty == 0, "{}: {empty} empty pages of {}", self.name, self.pages.len());
        let title = self.about.lines().find_map(|line| line.strip_prefix("Title:")).unwrap_or_default().trim();
        ensure!(title == "联户", "{}: its title is “{title}”", self.name);
        let said = |key: &&str| self.about.lines().any(|line| line.starts_with(key));
        let more: Vec<_> = ["Author", "Subject", "Keywords", "Creator"].into_iter().filter(said).collect();
        ensure!(more.is_empty(), "{}: it also tells {more:?}: {}", self.name, self.about);
        Ok(())
    }

    /// The pages, as they are read.
    pub(crate) fn pages(&self) -> impl Iterator<Item = Page<'_>> {
        self.pages.iter().enumerate().map(|(at, text)| Page { name: &self.name, number: at + 1, text: close(text) })
    }

    /// These words can be read on one of its pages.
    pub(crate) fn shows_somewhere(&self, words: &str) -> Result<()> {
        ensure!(self.pages().any(|page| page.shows(words)), "{}: “{words}” cannot be read", self.name);
        Ok(())
    }

    /// None of these stands in the file, however its lines are broken.
    pub(crate) fn holds_none(&self, what: &str, words: impl IntoIterator<Item = impl AsRef<str>>) -> Result<()> {
        let found = |word: &&str| self.closely.contains(&close(word));
        let words: Vec<_> = words.into_iter().collect();
        let there: Vec<_> = words.iter().map(AsRef::as_ref).filter(|word| !word.is_empty()).filter(found).collect();
        ensure!(there.is_empty(), "{}: {what} can be read: {there:?}", self.name);
        Ok(())
    }

    /// No figure of these stands by itself on a page. What holds the file together is figures too.
    pub(crate) fn shows_no_figure(&self, what: &str, figures: &[String]) -> Result<()> {
        let text = self.pages.join("\n");
        let mut alone = text.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| word.len() > 2);
        let found = alone.find(|word| figures.iter().any(|figure| figure == word));
        ensure!(found.is_none(), "{}: {what} can be read: {found:?}", self.name);
        Ok(())
    }

    /// No number of a person, whoever's, in any reading.
    pub(crate) fn holds_no_number(&self) -> Result<()> {
        let words = self.all.split(|sign: char| !sign.is_ascii_alphanumeric());
        let found: Vec<_> = words.filter(|word| is_certificate(word) || is_mobile(word)).collect();
        ensure!(found.is_empty(), "{}: whole numbers can be read: {found:?}", self.name);
        Ok(())
    }
}

/// One page of it.
pub(crate) struct Page<'p> {
    name: &'p str,
    pub(crate) number: usize,
    text: String,
}

impl Page<'_> {
    /// Whether these words can be read on it.
    pub(crate) fn shows(&self, words: &str) -> bool {
        self.text.contains(&close(words))
    }

    /// All of these can be read on it.
    pub(crate) fn shows_all(&self, words: &[&str]) -> Result<()> {
        let missing: Vec<_> = words.iter().filter(|word| !self.shows(word)).collect();
        ensure!(missing.is_empty(), "{}, page {}: {missing:?} cannot be read: {}", self.name, self.number, self.text);
        Ok(())
    }
}

/// What one of the readers says.
fn said(program: &str, before: &[&str], path: &Path, after: &[&str]) -> Result<String> {
    let done = Command::new(program).args(before).arg(path).args(after).output();
    let done = done.with_context(|| format!("{program}; `cargo xtask setup` installs it"))?;
    ensure!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// What can be read in bytes, as text of one byte a sign and of two: stretches of letters and figures that are no chance.
fn text_in(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut found: Vec<&str> = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| word.len() > 3).collect();
    let wide = |from: usize| -> String {
        let pairs = bytes.get(from..).unwrap_or_default().chunks_exact(2);
        // Any two bytes are some character: of these only figures are looked at, and a title is told by pdfinfo.
        pairs.map(|pair| if let [0, sign] = pair { char::from(*sign) } else { ' ' }).collect()
    };
    let wide = [wide(0), wide(1)];
    for text in &wide {
        found.extend(text.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| word.len() > 7));
    }
    found.join("\n")
}

/// What is packed in it, unpacked.
fn streams(bytes: &[u8]) -> String {
    let mut all = String::new();
    for (at, _) in bytes.windows(7).enumerate().filter(|(_, word)| *word == b"stream\n") {
        let mut unpacked = Vec::new();
        // What cannot be unpacked, a font or a picture cut short, is read as far as it goes.
        ZlibDecoder::new(bytes.get(at + 7..).unwrap_or_default()).read_to_end(&mut unpacked).ok();
        all.push_str(&text_in(&unpacked));
        all.push('\n');
    }
    all
}

/// The text without what a line break or a space may have put between its signs, and every sign in its usual form.
fn close(text: &str) -> String {
    let usual = |sign: char| {
        if !('\u{2e80}'..'\u{2f00}').contains(&sign) {
            return sign;
        }
        let mut pairs = RADICALS.chars();
        while let (Some(radical), Some(character)) = (pairs.next(), pairs.next()) {
            if radical == sign {
                return character;
            }
        }
        sign
    };
    text.nfkc().filter(|sign| !sign.is_whitespace()).map(usual).collect()
}

fn is_certificate(word: &str) -> bool {
    let (body, last) = word.split_at_checked(17).unwrap_or_default();
    body.len() == 17 && body.bytes().all(|sign| sign.is_ascii_digit()) && ["X", "x"].contains(&last)
        || word.len() == 18 && word.bytes().all(|sign| sign.is_ascii_digit())
}

fn is_mobile(word: &str) -> bool {
    word.len() == 11 && word.starts_with('1') && word.bytes().all(|sign| sign.is_ascii_digit())
}
