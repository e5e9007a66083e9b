//! What is asked of it, and how much it may take for that. At more, the system refuses it memory, or ends it.

use std::str::FromStr;

/// What it may take, where nothing said is no bound; and what is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// How much memory, in MiB.
    pub memory: Option<u64>,
    /// How many seconds of processor time, over all its threads.
    pub seconds: Option<u64>,
    /// From which page on pages are drawn, counted from 1, in the place of a PDF.
    pub from: Option<u64>,
    /// How many.
    pub count: Option<u64>,
}

/// What the flags say: `--memory MIB` and `--seconds S`; for pages as pictures, `--from PAGE` and `--count PAGES`.
pub fn of(args: &[String]) -> Result<Bounds, String> {
    let mut bounds = Bounds::default();
    let mut args = args.iter();
    while let Some(flag) = args.next() {
        let said = args.next().map(|said| u64::from_str(said));
        let Some(Ok(number)) = said else { return Err(format!("`{flag}` is followed by no number.")) };
        match flag.as_str() {
            "--memory" => bounds.memory = Some(number),
            "--seconds" => bounds.seconds = Some(number),
            "--from" => bounds.from = Some(number),
            "--count" => bounds.count = Some(number),
            other => {
                return Err(format!(
                    "There is no flag `{other}`, but --memory MIB, --seconds S, --from PAGE and --count PAGES."
                ));
            }
        }
    }
    Ok(bounds)
}

impl Bounds {
    /// Holds itself to them from now on.
    #[cfg(unix)]
    pub fn hold(&self) -> Result<(), String> {
        use rlimit::{Resource, setrlimit};
        let hold = |resource: Resource, most: Option<u64>, hard: u64| match most {
            Some(most) => setrlimit(resource, most, most.saturating_add(hard))
                .map_err(|error| format!("It cannot be bounded: {error}.")),
            None => Ok(()),
        };
        // macOS has no bound of this kind; the server's own watch ends it there.
        let memory = if cfg!(target_os = "macos") { None } else { self.memory.map(|mib| mib.saturating_mul(1 << 20)) };
        hold(Resource::AS, memory, 0)?;
        // At the first bound it is told that its time is up, at the second it is ended as by anybody.
        hold(Resource::CPU, self.seconds, 5)?;
        hold(Resource::CORE, Some(0), 0)
    }

    /// There is nothing of the kind here; the server's own watch ends it.
    #[cfg(not(unix))]
    pub fn hold(&self) -> Result<(), String> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_and_what_is_none_is_refused() {
        let of = |line: &str| of(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of(""), Ok(Bounds::default()));
        assert_eq!(
            of("--memory 512 --seconds 60"),
            Ok(Bounds { memory: Some(512), seconds: Some(60), ..Bounds::default() })
        );
        assert_eq!(of("--from 3 --count 2"), Ok(Bounds { from: Some(3), count: Some(2), ..Bounds::default() }));
        for odd in ["--memory", "--memory much", "--colour 3"] {
            assert!(of(odd).is_err(), "{odd}");
        }
    }
}
