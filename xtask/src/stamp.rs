//! Skips work whose inputs are as they were when it was last done.
//!
//! Cargo does this for what it builds; this does it for the rest. A file counts as unchanged while its length and its
//! time of change are: the same rule as cargo's.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::{Done, paths};

/// Does `work` unless it was done before on the same inputs and its output is still there. Says whether it was done.
pub fn when_changed(name: &str, inputs: &[&Path], output: &Path, work: impl FnOnce() -> Done) -> Done<bool> {
    let stamp = paths::target().join("stamps").join(name);
    let now = describe(inputs);
    if output.exists() && fs::read_to_string(&stamp).is_ok_and(|before| before == now) {
        return Ok(false);
    }
    // A stamp must never outlive the output it vouches for.
    let _ = fs::remove_file(&stamp);
    work()?;
    write(&stamp, now.as_bytes())?;
    Ok(true)
}

/// Writes a file, and the folders it is in.
pub fn write(file: &Path, contents: &[u8]) -> Done {
    file.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(file, contents))
        .map_err(|error| format!("Could not write {}: {error}.", paths::shown(file)))
}

fn describe(inputs: &[&Path]) -> String {
    let mut text = String::new();
    for input in inputs {
        let (length, changed) = fs::metadata(input)
            .and_then(|about| Ok((about.len(), about.modified()?)))
            .map_or((0, 0), |(length, at)| (length, at.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()));
        let _ = writeln!(text, "{} {length} {changed}", input.display());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_length_is_a_changed_input() {
        let file = std::env::temp_dir().join(format!("sputnik-stamp-{}", std::process::id()));
        fs::write(&file, "one").expect("write");
        let before = describe(&[&file]);
        fs::write(&file, "three").expect("write");
        assert_ne!(before, describe(&[&file]));
        fs::remove_file(&file).expect("remove");
    }
}
