//! How wide a column has to be for Chinese text: a Chinese character takes the room of two digits.

use crate::sheet::{Cell, Sheet};

/// No column narrower or wider than this, in digits; longer text wraps.
const NARROWEST: usize = 6;
const WIDEST: usize = 40;
/// A header may wrap after so much.
const HEADER_WRAPS: usize = 14;
/// Rows looked at; the rest look alike.
const SAMPLE: usize = 2_000;

/// The room a text takes, in digits.
pub(crate) fn display_width(text: &str) -> usize {
    let lines = text.split('\n').map(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum());
    lines.max().unwrap_or(0)
}

/// The width of every column.
pub(crate) fn of_columns(sheet: &Sheet) -> Vec<f64> {
    let mut widths: Vec<usize> =
        sheet.lowest_header().iter().map(|header| display_width(header).min(HEADER_WRAPS)).collect();
    for cells in sheet.rows.iter().take(SAMPLE).chain(&sheet.total) {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(match cell {
                Cell::Text(text) => display_width(text),
                Cell::Int(number) => number.to_string().len(),
                Cell::Decimal { hundredths } => hundredths.to_string().len() + 3,
                Cell::Empty => 0,
            });
        }
    }
    widths
        .into_iter()
        .map(|width| f64::from(u32::try_from(width.clamp(NARROWEST, WIDEST)).unwrap_or(0)) + 2.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_takes_the_room_of_two_digits() {
        assert_eq!((display_width("北召店村"), display_width("3-2-501"), display_width("户\n村名")), (8, 7, 4));
    }
}
