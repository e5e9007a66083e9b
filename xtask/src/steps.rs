//! Says what is being done, and how long it took.

use std::io::{IsTerminal, stdout};
use std::time::{Duration, Instant};

use crate::Done;

/// Announces a step, does it, and says how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Done<T>) -> Done<T> {
    println!("{}", bold(&format!("▸ {what}")));
    let start = Instant::now();
    let outcome = work();
    let mark = if outcome.is_ok() { "✔" } else { "✘" };
    println!("{}", bold(&format!("{mark} {what}: {}", shown(start.elapsed()))));
    outcome
}

/// A duration in the unit a person would choose.
pub fn shown(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// Makes text stand out, where that can be seen.
pub fn bold(text: &str) -> String {
    if stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_the_unit_a_person_would_choose() {
        assert_eq!(shown(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(shown(Duration::from_secs(61)), "1 min 01 s");
    }
}
