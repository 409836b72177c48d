//! Days as the programs write them, made from the county's time: the demo has no clock of its own.

/// Seconds that China is ahead of UTC.
const AHEAD: i64 = 8 * 3600;

/// The day in China at this second since 1970, so many days later, as 2026-11-21.
pub(crate) fn day(seconds: i64, later: i64) -> String {
    // Years begin in March here, so that the odd day of a leap year comes last.
    let days = (seconds + AHEAD).div_euclid(86_400) + later + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_in_china() {
        assert_eq!(day(0, 0), "1970-01-01");
        assert_eq!(day(1_795_303_120, 0), "2026-11-22");
        assert_eq!(day(1_795_303_120 - 8 * 3600, 0), "2026-11-21");
        assert_eq!(day(1_795_303_120, -30), "2026-10-23");
        assert_eq!(day(951_782_400, 0), "2000-02-29");
        assert_eq!(day(951_782_400, 1), "2000-03-01");
    }
}
