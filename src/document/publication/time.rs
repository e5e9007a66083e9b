//! A moment, as formats of books write it.

use time::OffsetDateTime;

/// A moment in milliseconds since 1970 as a day and a time of UTC: `2026-11-30T12:00:00Z`.
#[must_use]
pub fn written(moment: i64) -> String {
    // Beyond the year 9999 there is no such day.
    let at = OffsetDateTime::from_unix_timestamp(moment.div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
