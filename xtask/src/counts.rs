//! Counts tests by what the test runners print.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::ops::AddAssign;
use std::process::{Command, Stdio};
use std::thread;

use crate::{Done, system};

/// How many tests ran, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that ended well.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Runs a test runner, shows what it prints, and counts; whether it ended well is told apart from the counts.
pub fn run(command: &mut Command) -> (Counts, Done) {
    let mut child = match command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => return (Counts::default(), Err(system::could_not_start(command, &error))),
    };
    let (out, err) = (child.stdout.take(), child.stderr.take());
    // nextest reports on one stream and libtest on the other.
    let errors = thread::spawn(move || err.map_or_else(Counts::default, |err| pass_on(err, std::io::stderr())));
    let mut counts = out.map_or_else(Counts::default, |out| pass_on(out, std::io::stdout()));
    counts += errors.join().unwrap_or_default();
    let outcome = match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{}` failed ({status}).", system::line(command))),
        Err(error) => Err(format!("`{}` was lost: {error}.", system::line(command))),
    };
    (counts, outcome)
}

fn pass_on(from: impl Read, mut to: impl Write) -> Counts {
    let mut counts = Counts::default();
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let _ = to.write_all(&line).and_then(|()| to.flush());
        counts += counted(&without_colours(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    counts
}

/// What a line says of tests, if it is the closing line of cargo test, nextest or Playwright.
fn counted(line: &str) -> Counts {
    let line = line.trim();
    // Closing lines are lists of a number and a word, between commas or semicolons: "12 passed (1 slow), 2 failed".
    let list = if let Some((_, rest)) = line.split_once("test result: ") {
        rest.split_once(". ").map_or("", |(_, list)| list)
    } else if line.starts_with("Summary [") {
        line.split_once(" run: ").map_or("", |(_, list)| list)
    } else if line.split(' ').count() <= 3 && line.split(' ').nth(2).is_none_or(|word| word.starts_with('(')) {
        line // Playwright gives each number a line: "5 passed (3.2s)".
    } else {
        ""
    };
    let mut counts = Counts::default();
    for item in list.split([',', ';']) {
        let mut words = item.split_whitespace();
        let Some(number) = words.next().and_then(|word| word.parse::<u64>().ok()) else { continue };
        match words.next() {
            Some("passed" | "flaky") => counts.passed += number,
            Some("failed" | "timed" | "interrupted") => counts.failed += number,
            _ => {}
        }
    }
    counts
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain += before;
        rest = after.split_once(|end: char| end.is_ascii_alphabetic()).map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn the_closing_line_of_each_runner_is_understood() {
        let libtest =
            "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.0s";
        assert_eq!(counted(libtest), counts(5, 2));
        let nextest = "     Summary [   1.036s] 13 tests run: 10 passed (1 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(counted(nextest), counts(10, 3));
        assert_eq!(counted("  5 passed (3.2s)"), counts(5, 0));
        assert_eq!(counted("  1 failed"), counts(0, 1));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["PASS [ 0.01s] sputnik 5 passed", "3 passed the salt", "", "running 5 tests", "  2 skipped"] {
            assert_eq!(counted(line), counts(0, 0), "{line}");
        }
    }

    #[test]
    fn colours_do_not_hide_numbers() {
        assert_eq!(without_colours("\x1b[32;1m  5 passed\x1b[0m (3s)"), "  5 passed (3s)");
    }
}
