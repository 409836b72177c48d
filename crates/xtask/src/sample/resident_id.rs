//! Resident-ID numbers of made-up people (GB 11643), written from the rule and not from the product's code, so that
//! the product's reading of them is checked from outside.

/// The day everything in a sample is told from: the 数据日期 of the roster.
pub(crate) const TOLD_ON: Day = Day { year: 2026, month: 9, day: 30 };

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day {
    /// Year, four digits.
    pub(crate) year: u32,
    /// 1–12.
    pub(crate) month: u32,
    /// 1–28: every month has them.
    pub(crate) day: u32,
}

impl Day {
    /// Completed years on the day of the sample.
    pub(crate) fn age(self) -> u32 {
        let before = (self.month, self.day) > (TOLD_ON.month, TOLD_ON.day);
        TOLD_ON.year.saturating_sub(self.year).saturating_sub(u32::from(before))
    }

    /// Eight digits, as within an ID number.
    pub(crate) fn digits(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

/// The number of a person, in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResidentId {
    /// Six digits of the county that issued it.
    pub(crate) issued_by: &'static str,
    /// Digits 7–14.
    pub(crate) birth: Day,
    /// Digits 15–17; odd is 男, even is 女.
    pub(crate) order: u32,
}

impl ResidentId {
    /// All eighteen characters.
    pub(crate) fn text(&self) -> String {
        with_check(&format!("{}{}{:03}", self.issued_by, self.birth.digits(), self.order))
    }
}

/// Seventeen digits and the check character they call for.
pub(crate) fn with_check(first: &str) -> String {
    format!("{first}{}", check(first))
}

/// The check character of seventeen digits: Σ digit × weight mod 11, looked up in `10X98765432`.
pub(crate) fn check(first: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    let at = usize::try_from(sum % 11).unwrap_or(0);
    "10X98765432".chars().nth(at).unwrap_or('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_is_that_of_the_published_vectors() {
        let vectors = [
            "11010519491231002X",
            "440524188001010014",
            "522731196202140014",
            "522731196503080027",
            "45022519870229003X",
            "999999197001010017",
        ];
        for vector in vectors {
            assert_eq!(with_check(vector.get(..17).unwrap()), vector);
        }
    }

    #[test]
    fn a_number_is_put_together_from_its_parts() {
        let id = ResidentId { issued_by: "522731", birth: Day { year: 1962, month: 2, day: 14 }, order: 1 };
        assert_eq!(id.text(), "522731196202140014");
    }

    #[test]
    fn an_age_counts_completed_years() {
        let age = |month, day| Day { year: 2000, month, day }.age();
        assert_eq!((age(9, 30), age(10, 1), age(1, 1)), (26, 25, 26));
    }
}
