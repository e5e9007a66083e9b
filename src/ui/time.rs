//! Times: the same on the server and in the browser's first paint, then as people speak of them.

use super::{browser, page::use_page};
use leptos::prelude::*;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment, in UTC.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    /// Howard Hinnant's days-to-date: proleptic Gregorian, for any sign.
    fn of(at: i64) -> Self {
        let (days, ms) = (at.div_euclid(DAY), at.rem_euclid(DAY));
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: of_year - (153 * shifted + 2) / 5 + 1,
            hour: ms / HOUR,
            minute: ms / MINUTE % 60,
            second: ms / 1_000 % 60,
        }
    }

    fn month_name(&self) -> &'static str {
        usize::try_from(self.month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default()
    }
}

/// `2026-08-20T12:34:56Z`
#[must_use]
pub fn iso(at: i64) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::of(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `20 Aug 2026, 12:34 UTC`
#[must_use]
pub fn exact(at: i64) -> String {
    let civil = Civil::of(at);
    let Civil { year, day, hour, minute, .. } = civil;
    format!("{day} {} {year}, {hour:02}:{minute:02} UTC", civil.month_name())
}

/// Which day, counted from 1970: for grouping.
#[must_use]
pub fn day_of(at: i64) -> i64 {
    at.div_euclid(DAY)
}

/// `20 Aug 2026`
#[must_use]
pub fn date(at: i64) -> String {
    let civil = Civil::of(at);
    format!("{} {} {}", civil.day, civil.month_name(), civil.year)
}

/// "just now", "5 minutes ago", "yesterday", or the date.
#[must_use]
pub fn relative(at: i64, now: i64) -> String {
    let ago = |count: i64, unit: &str| format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" });
    match now - at {
        past if past < MINUTE => "just now".into(),
        past if past < HOUR => ago(past / MINUTE, "minute"),
        past if past < DAY => ago(past / HOUR, "hour"),
        past if past < 2 * DAY => "yesterday".into(),
        past if past < 7 * DAY => ago(past / DAY, "day"),
        _ => date(at),
    }
}

/// A time: relative once the page is live, with the exact one on hover.
#[component]
pub fn Time(
    /// Milliseconds since 1970.
    at: i64,
) -> impl IntoView {
    let now = use_page().now;
    let words = move || match now.get() {
        // About as long as what it becomes: what stands beside it does not jump.
        0 => date(at),
        now => relative(at, now),
    };
    let title = move || if now.get() == 0 { exact(at) } else { browser::local_time(at).unwrap_or_else(|| exact(at)) };
    view! {
        <time datetime=iso(at) title=title>
            {words}
        </time>
    }
}

/// A day as a heading: "Today", "Yesterday" or the date.
#[component]
pub fn Day(
    /// Milliseconds since 1970, anywhere in the day.
    at: i64,
) -> impl IntoView {
    let now = use_page().now;
    move || match day_of(now.get()) - day_of(at) {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ => date(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_the_calendar_has_it() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(-1_000), "1969-12-31T23:59:59Z");
        assert_eq!(exact(1_787_229_296_000), "20 Aug 2026, 12:34 UTC");
    }

    #[test]
    fn the_past_is_told_as_people_tell_it() {
        let now = 1_787_229_296_000;
        for (past, words) in
            [(5_000, "just now"), (61_000, "1 minute ago"), (7_300_000, "2 hours ago"), (DAY, "yesterday")]
        {
            assert_eq!(relative(now - past, now), words);
        }
        assert_eq!(relative(now - 30 * DAY, now), "21 Jul 2026");
    }
}
