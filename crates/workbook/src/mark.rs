//! What a workbook with whole numbers says of itself: who granted it, who wrote it, what for, until when. It stands in the
//! head and foot of every printed page and in the properties of the file; cells hold the table and nothing else.

use rust_xlsxwriter::DocProperties;

/// The most a head or foot may hold, in the units a spreadsheet counts in.
const ROOM: usize = 255;

/// The mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it is and how to treat it, in the head of every page.
    pub head: String,
    /// Who wrote it, when, by whose grant, until when, in the foot.
    pub foot: String,
    /// Who wrote it.
    pub exported_by: String,
    /// Who granted it.
    pub granted_by: String,
    /// Whose it is.
    pub county: String,
}

impl Mark {
    pub(crate) fn header(&self) -> String {
        line("&C", &self.head, "")
    }

    pub(crate) fn put_into(&self, properties: DocProperties) -> DocProperties {
        let whole = format!("{}。{}。", self.head, self.foot);
        properties
            .set_title(&self.head)
            .set_subject(&self.foot)
            .set_category("内部资料")
            .set_author(&self.exported_by)
            .set_manager(&self.granted_by)
            .set_company(&self.county)
            .set_keywords("内部资料 未打码 用完销毁")
            .set_comment(&whole)
            .set_status("用完销毁")
    }
}

/// The foot: the page, and the mark where there is one.
pub(crate) fn foot(mark: Option<&Mark>) -> String {
    const PAGES: &str = "&C第 &P 页　共 &N 页";
    match mark {
        None => PAGES.to_owned(),
        Some(mark) => line("&L", &mark.foot, "&R第 &P 页　共 &N 页"),
    }
}

/// One line of a head or foot, as long as a spreadsheet takes it. In its own words `&` begins a code, so it is doubled.
fn line(before: &str, words: &str, after: &str) -> String {
    let room = ROOM - before.len() - after.encode_utf16().count();
    let (mut said, mut taken) = (String::new(), 0);
    for letter in words.chars().filter(|letter| !letter.is_control()) {
        let wide = if letter == '&' { 2 } else { letter.len_utf16() };
        if taken + wide > room {
            break;
        }
        taken += wide;
        said.push(letter);
        if letter == '&' {
            said.push('&');
        }
    }
    format!("{before}{said}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_and_no_name_becomes_a_code() {
        assert_eq!(line("&L", "甲&P乙\u{7}", "&R第 &P 页"), "&L甲&&P乙&R第 &P 页");
        let long = line("&C", &"长&".repeat(200), "");
        assert!(long.encode_utf16().count() <= ROOM && !long.ends_with("长&"));
        assert_eq!(foot(None), "&C第 &P 页　共 &N 页");
    }
}
