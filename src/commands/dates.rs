//! Dates as people write them after `--since` and `--until`.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};

/// Which end of a day a date without a time stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Its first second.
    Start,
    /// Its last.
    End,
}

/// Seconds since 1970 (UTC) of `2026-01-31`, `2026-01-31T12:00:00+02:00`, `2026-01-31 12:00`, `@1700000000`,
/// `yesterday`, `2 weeks ago`, `3.days`. Anything else is an error: git would take it for now.
pub(super) fn parse(text: &str, edge: Edge) -> Result<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
    let text = text.trim();
    let seconds = text.strip_prefix('@').and_then(|s| s.parse().ok());
    seconds.or_else(|| absolute(text, edge)).or_else(|| relative(text, now)).ok_or_else(|| {
        Error::Usage(format!(
            "'{text}' is no date: write 2026-01-31, 2026-01-31T12:00:00Z or \"2 weeks ago\""
        ))
    })
}

fn relative(text: &str, now: i64) -> Option<i64> {
    let mut words = text.split(['.', ' ', '_']).filter(|w| !w.is_empty());
    let first = words.next()?.to_ascii_lowercase();
    let (count, unit) = match first.as_str() {
        "now" => (0, "second".to_string()),
        "yesterday" => (1, "day".to_string()),
        number => (number.parse::<i64>().ok().filter(|n| *n >= 0)?, words.next()?.to_ascii_lowercase()),
    };
    let length = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        "week" => 7 * 86_400,
        "month" => 30 * 86_400,
        "year" => 365 * 86_400,
        _ => return None,
    };
    let rest = words.next();
    (rest.is_none() || rest == Some("ago")).then(|| now.saturating_sub(count.saturating_mul(length)))
}

fn absolute(text: &str, edge: Edge) -> Option<i64> {
    let date = text.get(..10)?;
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let dashes = date.as_bytes()[4] == b'-' && date.as_bytes()[7] == b'-';
    if !dashes || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let midnight = days(year, month, day) * 86_400;
    let Some(time) = text.get(10..).filter(|t| !t.is_empty()) else {
        return Some(midnight + if edge == Edge::End { 86_399 } else { 0 });
    };
    if !matches!(time.as_bytes()[0], b'T' | b' ') || text.get(13..14) != Some(":") {
        return None;
    }
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let (second, zone) = match text.get(16..17) {
        Some(":") => (number(17, 19)?, text.get(19..)?),
        _ => (0, text.get(16..)?),
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(midnight + hour * 3600 + minute * 60 + second - offset(zone.trim())?)
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone.strip_prefix(['+', '-'])?.chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 {
        return None;
    }
    let (hours, minutes): (i64, i64) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
    Some(sign * (hours * 3600 + minutes * 60))
}

fn days_in(year: i64, month: i64) -> i64 {
    let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
    next - days(year, month, 1)
}

/// Days from 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, shifted) = (year.div_euclid(400), (month + 9) % 12);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{Edge, parse, relative};

    #[test]
    fn dates() {
        let at = |text| parse(text, Edge::Start).unwrap();
        assert_eq!(at("1970-01-01"), 0);
        assert_eq!(at("2000-02-29"), 951_782_400);
        assert_eq!(at("2023-11-14T22:13:20Z"), 1_700_000_000);
        assert_eq!(at("2023-11-14 23:13:20 +0100"), 1_700_000_000);
        assert_eq!(at("2023-11-14T22:13+00:00"), 1_699_999_980);
        assert_eq!(at("@1700000000"), 1_700_000_000);
        assert_eq!(parse("1970-01-01", Edge::End).unwrap(), 86_399);
        for wrong in ["", "2023", "2023-13-01", "2023-02-29", "soon", "2 blues ago", "2023-01-01X", "-3 days"]
        {
            assert!(parse(wrong, Edge::Start).is_err(), "{wrong}");
        }
    }

    #[test]
    fn relative_dates() {
        assert_eq!(relative("2 weeks ago", 2_000_000), Some(2_000_000 - 14 * 86_400));
        assert_eq!(relative("1.day", 100_000), Some(13_600));
        assert_eq!(relative("yesterday", 100_000), Some(13_600));
        assert_eq!(relative("2 weeks hence", 0), None);
    }
}
