//! Instants as ISO 8601, without a calendar library: commits carry seconds since 1970 and an offset.

/// Seconds of a day.
const DAY: i64 = 86_400;
/// The years that four digits can write; what lies beyond is a made-up date and is clamped.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

/// `2026-11-21T09:30:00+01:00` for seconds since 1970 and an offset from UTC in minutes. Any input is fine.
pub(super) fn iso8601((seconds, offset): (i64, i16)) -> String {
    let offset = if offset.unsigned_abs() < 24 * 60 { i64::from(offset) } else { 0 };
    let local = seconds.clamp(FIRST + DAY, LAST - DAY) + offset * 60;
    let (year, month, day) = civil(local.div_euclid(DAY));
    let second = local.rem_euclid(DAY);
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{sign}{hours:02}:{minutes:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// Year, month and day from days since 1970 (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::iso8601;

    #[test]
    fn known_instants() {
        assert_eq!(iso8601((0, 0)), "1970-01-01T00:00:00+00:00");
        assert_eq!(iso8601((951_782_400, 90)), "2000-02-29T01:30:00+01:30");
        assert_eq!(iso8601((1_700_000_000, -480)), "2023-11-14T14:13:20-08:00");
    }

    #[test]
    fn mad_dates_stay_dates() {
        for seconds in [i64::MIN, i64::MAX, -1, 253_402_300_800] {
            for offset in [i16::MIN, i16::MAX, -1, 0] {
                assert_eq!(iso8601((seconds, offset)).len(), 25);
            }
        }
    }
}
