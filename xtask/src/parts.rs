//! Splits an application's wasm into what every page loads, and the parts that are fetched when a page wants them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write as _};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use wasm_split_cli_support::{Options, transform};

use crate::stamp::write;
use crate::{Done, paths};

/// Names the files of each part.
const LIST: &str = "parts.json";
/// What fetches parts, as the wasm knows it.
const SCRIPT: &str = "./parts.js";
/// What of the wasm every page loads, until wasm-bindgen had it.
const FIRST: &str = "first.wasm";

/// What a library was split into.
pub struct Parts {
    /// What wasm-bindgen is to have.
    pub first: PathBuf,
    /// What fetches the other files; nothing where there are none.
    script: String,
}

/// Splits a library into a folder. One that is not linked for that stays as it is.
pub fn split(compiled: &Path, name: &str, into: &Path) -> Done<Parts> {
    let failed = |error| format!("Could not split {}: {error}.", paths::shown(compiled));
    let wasm = fs::read(compiled).map_err(failed)?;
    if !has(&wasm, b"reloc.CODE") {
        return Ok(Parts { first: compiled.into(), script: String::new() });
    }
    let first = into.join(FIRST);
    let main = format!("./{name}.js");
    let mut options = Options::new(&wasm);
    options.output_dir = into;
    options.main_out_path = &first;
    options.link_name = SCRIPT;
    options.main_module = &main;
    let split = transform(options).map_err(|error| format!("Could not split {}: {error:#}", paths::shown(compiled)))?;

    // A file fits those that were split with it and no others, though it may be the same as one of another build.
    let mut hasher = DefaultHasher::new();
    hasher.write(&wasm);
    let build = format!("{:012x}", hasher.finish() & 0xffff_ffff_ffff);
    let named = |stem: &str| format!("{}.{build}.wasm", stem.trim_start_matches("split_"));
    let mut script = fs::read_to_string(into.join(SCRIPT)).map_err(failed)?;
    for file in &split.split_modules {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        fs::rename(file, into.join(named(&stem))).map_err(failed)?;
        script = script.replace(&format!("\"./{stem}.wasm\""), &format!("\"./{}\"", named(&stem)));
    }
    fs::remove_file(into.join(SCRIPT)).map_err(failed)?;
    let files =
        split.prefetch_map.iter().map(|(part, stems)| (part.as_str(), stems.iter().map(|stem| named(stem)).collect()));
    let list: BTreeMap<&str, BTreeSet<String>> = files.collect();
    write(&into.join(LIST), serde_json::to_string(&list).unwrap_or_default().as_bytes())?;
    Ok(Parts { first, script })
}

/// The files of each part that was split into a folder.
pub fn list(folder: &Path) -> Done<BTreeMap<String, BTreeSet<String>>> {
    let failed = |error: &dyn Display| format!("Could not read {LIST} in {}: {error}.", paths::shown(folder));
    let text = fs::read_to_string(folder.join(LIST)).map_err(|error| failed(&error))?;
    serde_json::from_str(&text).map_err(|error| failed(&error))
}

fn has(wasm: &[u8], section: &[u8]) -> bool {
    wasm.windows(section.len()).any(|at| at == section)
}

impl Parts {
    /// Puts what fetches parts into the script that starts the wasm, which would have to be fetched first otherwise.
    pub fn whole(&self, script: &str) -> Done<String> {
        let mut text = String::new();
        if !self.script.is_empty() {
            text += "const parts = {};\n{\n";
            for line in self.script.lines().filter(|line| !line.starts_with("import ")) {
                let _ = writeln!(text, "{}", line.replace("export const ", "parts."));
            }
            text += "}\n";
        }
        for line in script.lines() {
            match line.strip_prefix("import * as ").and_then(|line| line.split_once(" from ")) {
                Some((name, from)) if from.contains(SCRIPT) => {
                    let _ = writeln!(text, "const {name} = parts;");
                }
                _ => {
                    let _ = writeln!(text, "{line}");
                }
            }
        }
        if text.contains(&format!("from \"{SCRIPT}\"")) {
            Err("The parts are fetched in a way that is not known.".into())
        } else {
            Ok(text)
        }
    }
}
