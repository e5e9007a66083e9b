//! `cargo xtask chaos`: random faults for longer than the tests take, or with a seed that was printed.

use crate::toolchain::Toolchain;
use crate::{Done, editor, system};

/// For longer than this, nobody waits; and a machine should not be busy for ever by mistake.
const MINUTES: u64 = 24 * 60;

/// How long to go on, and from which seed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    minutes: u64,
    seed: Option<u64>,
}

/// Runs the random parts of `tests/chaos/`: commands and messages, and people who write in one chapter. Everything
/// they break is their own and on this machine.
pub fn chaos(args: &[String]) -> Done {
    let asked = read(args)?;
    editor::install_modules()?;
    let mut cargo = Toolchain::choose()?.cargo();
    cargo.args(["test", "--package", "sputnik-editor", "--features", "ssr", "--test", "chaos", "--"]);
    cargo.args(["--nocapture", "whatever_goes_wrong"]);
    cargo.env("SPUTNIK_CHAOS_SECONDS", (asked.minutes * 60).to_string());
    if let Some(seed) = asked.seed {
        cargo.env("SPUTNIK_CHAOS_SEED", seed.to_string());
    }
    system::run(&mut cargo)
}

fn read(args: &[String]) -> Done<Asked> {
    let mut asked = Asked::default();
    for pair in args.chunks(2) {
        let number = pair.get(1).and_then(|number| number.parse().ok());
        match (pair[0].as_str(), number) {
            ("--minutes", Some(minutes)) if minutes <= MINUTES => asked.minutes = minutes,
            ("--minutes", _) => return Err(format!("--minutes takes a whole number up to {MINUTES}.")),
            ("--seed", Some(seed)) => asked.seed = Some(seed),
            ("--seed", None) => return Err("--seed takes a whole number.".into()),
            (other, _) => return Err(format!("cargo xtask chaos does not know `{other}`, but --minutes and --seed.")),
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Done<Asked> {
        read(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn minutes_and_a_seed_are_understood_and_nothing_else_is() {
        assert_eq!(asked(""), Ok(Asked { minutes: 0, seed: None }));
        assert_eq!(asked("--seed 7 --minutes 3"), Ok(Asked { minutes: 3, seed: Some(7) }));
        for bad in ["--minutes", "--minutes x", "--minutes 100000", "--seed -1", "--hours 1", "3"] {
            assert!(asked(bad).is_err(), "{bad}");
        }
    }
}
