//! The household a fault is planted in, with its rows as they will be written.

use super::chance::Chance;
use super::household::Household;
use super::line::{Cell, Column, Line};
use super::person::Person;

/// A household about to get a fault.
pub(crate) struct Bed<'a> {
    /// Chance of the faults' own.
    pub(crate) chance: &'a mut Chance,
    /// The household as meant.
    pub(crate) home: &'a Household,
    /// Its rows, which the fault changes.
    pub(crate) lines: Vec<Line>,
    /// Another household without a fault.
    pub(crate) other: &'a Household,
    /// The other household's rows; what is changed there counts only with `uses_other`.
    pub(crate) other_lines: Vec<Line>,
    /// Whether the other household stands further down in the sheet.
    pub(crate) other_is_later: bool,
    /// Set by a fault that concerns the other household, which then gets no fault of its own.
    pub(crate) uses_other: bool,
}

impl Bed<'_> {
    /// One of the members this is true of, with the row they stand on.
    pub(crate) fn member(&mut self, wanted: impl Fn(&Person) -> bool) -> Option<(usize, &Person)> {
        let fit: Vec<usize> =
            (0..).zip(&self.home.people).filter(|(_, person)| wanted(person)).map(|(at, _)| at).collect();
        let chosen = *fit.get(self.chance.place(fit.len()))?;
        self.home.people.get(chosen).map(|person| (chosen, person))
    }

    /// Writes text into a cell.
    pub(crate) fn write(&mut self, line: usize, column: Column, text: &str) {
        self.put(line, column, Cell::text(text));
    }

    /// Puts anything into a cell.
    pub(crate) fn put(&mut self, line: usize, column: Column, cell: Cell) {
        if let Some(line) = self.lines.get_mut(line) {
            line.set(column, cell);
        }
    }

    /// Puts the same into a column of every row.
    pub(crate) fn put_all(&mut self, column: Column, cell: &Cell) {
        for line in &mut self.lines {
            line.set(column, cell.clone());
        }
    }
}
