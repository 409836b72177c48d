//! What was expected and what was found: every figure the story holds against what it counted itself.

use std::fmt::Display;

use anyhow::bail;

/// The figures looked at so far.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    right: usize,
    wrong: Vec<String>,
    told: usize,
}

impl Figures {
    /// Holds a figure against what it has to be. A wrong one does not end the story: the others are worth knowing too.
    pub(crate) fn check(&mut self, what: impl Display, expected: impl Display, found: impl Display) {
        let (expected, found) = (expected.to_string(), found.to_string());
        if expected == found {
            self.right += 1;
        } else {
            self.wrong.push(format!("{what}：应为 {expected}，实为 {found}"));
        }
    }

    /// How many were right.
    pub(crate) fn right(&self) -> usize {
        self.right
    }

    /// The wrong ones since this was last asked.
    pub(crate) fn take_news(&mut self) -> Vec<String> {
        let news = self.wrong.iter().skip(self.told).cloned().collect();
        self.told = self.wrong.len();
        news
    }

    /// Fails where any was wrong, naming each.
    pub(crate) fn verdict(&self) -> anyhow::Result<()> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        bail!("{} 个数不符：\n  {}", self.wrong.len(), self.wrong.join("\n  "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_figure_is_named_with_what_was_expected_and_found() {
        let mut figures = Figures::default();
        figures.check("户数", 272, "272");
        figures.verdict().unwrap();
        figures.check("2018年人数", 407, 40);
        assert_eq!(figures.take_news(), ["2018年人数：应为 407，实为 40"]);
        assert!(figures.take_news().is_empty());
        assert_eq!(figures.right(), 1);
        let told = figures.verdict().unwrap_err().to_string();
        assert_eq!(told, "1 个数不符：\n  2018年人数：应为 407，实为 40");
    }
}
