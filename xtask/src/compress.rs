//! Compresses files ahead of time, as hard as can be: the server sends them as they are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Done, node, stamp, system};

/// What a compressed file's name ends with.
pub const ENDINGS: [&str; 2] = ["br", "gz"];

/// Whether a file shrinks when it is compressed: pictures and fonts already are.
pub fn is_worth_it(file: &Path) -> bool {
    let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
    ["css", "html", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"].contains(&kind)
}

/// The name of a file's compressed form.
pub fn name(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".");
    name.push(ending);
    name.into()
}

/// Puts the compressed forms beside each file. `set` names the files as a whole.
pub fn all(set: &str, files: &[PathBuf]) -> Done {
    let Some(first) = files.first() else { return Ok(()) };
    node::need_node()?;
    let inputs: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    stamp::when_changed(&format!("compressed-{set}"), &inputs, &name(first, "br"), || {
        system::ask(Command::new("node").args(["-e", include_str!("compress.js"), "--"]).args(files)).map(drop)
    })?;
    Ok(())
}
