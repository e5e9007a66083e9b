//! What real people once typed, key by key: `automerge-paper` and `friendsforever` of the public collection
//! editing-traces (josephg/editing-traces). They are not part of this project: the folder that has them, as
//! `<name>.json.gz`, is named by the environment variable `BENCH_TRACES`.

use serde_json::Value;
use std::{env, path::PathBuf, process::Command};

/// One edit: where, how many characters go, and what comes.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Where, in characters.
    pub at: u32,
    /// How many go.
    pub remove: u32,
    /// What comes in their place.
    pub insert: String,
    /// Which of two people it was, and how many edits of each it was made upon.
    pub by: usize,
    /// How many of each.
    pub upon: [usize; 2],
}

/// A trace.
pub struct Trace {
    /// The edits, each after all it was made upon.
    pub typed: Vec<Typed>,
    /// The text in the end.
    pub end: String,
}

/// Where the traces are, if somebody said.
pub fn folder() -> Option<PathBuf> {
    env::var_os("BENCH_TRACES").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Reads a trace of one person, or of two at once.
///
/// # Errors
/// In words.
pub fn read(name: &str) -> Result<Trace, String> {
    let file = folder().ok_or("BENCH_TRACES does not say where the traces are")?.join(format!("{name}.json.gz"));
    let words = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let unpacked = Command::new("gzip").arg("-dc").arg(&file).output().map_err(|error| words(&error))?;
    let trace: Value = serde_json::from_slice(&unpacked.stdout).map_err(|error| words(&error))?;
    let mut typed: Vec<Typed> = Vec::new();
    for edit in trace["txns"].as_array().into_iter().flatten() {
        let read = read_edit(edit, &typed).ok_or_else(|| words(&"an edit is not of the kind that is known"))?;
        typed.push(read);
    }
    let end = trace["endContent"].as_str().ok_or_else(|| words(&"there is no end"))?.to_owned();
    Ok(Trace { typed, end })
}

/// An edit, if it is one patch in characters of one UTF-16 unit each, by one of at most two people.
fn read_edit(edit: &Value, before: &[Typed]) -> Option<Typed> {
    let [patch] = edit["patches"].as_array()?.as_slice() else { return None };
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    let (at, remove, insert) = (number(&patch[0])?, number(&patch[1])?, patch[2].as_str()?.to_owned());
    if insert.chars().any(|c| c.len_utf16() > 1) {
        return None;
    }
    let by = edit["agent"].as_u64().map_or(Some(0), |agent| usize::try_from(agent).ok()).filter(|by| *by < 2)?;
    let mut upon = [0, 0];
    match edit["parents"].as_array() {
        // One person's edits are each upon the one before.
        None => upon[by] = before.len(),
        Some(parents) => {
            for parent in parents {
                let parent = usize::try_from(parent.as_u64()?).ok()?;
                let Typed { by, upon: its, .. } = before.get(parent)?;
                let mut its = *its;
                its[*by] += 1;
                upon = [upon[0].max(its[0]), upon[1].max(its[1])];
            }
        }
    }
    Some(Typed { at, remove, insert, by, upon })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_edit_is_upon_all_that_those_it_names_are_upon() {
        let mut typed = Vec::new();
        for (agent, parents) in [(0, vec![]), (0, vec![0]), (1, vec![0]), (1, vec![2]), (0, vec![1, 2])] {
            let edit = json!({ "agent": agent, "parents": parents, "patches": [[0, 0, "x"]] });
            typed.push(read_edit(&edit, &typed).expect("an edit"));
        }
        let upon: Vec<_> = typed.iter().map(|typed| typed.upon).collect();
        assert_eq!(upon, [[0, 0], [1, 0], [1, 0], [1, 1], [2, 1]]);
    }
}
