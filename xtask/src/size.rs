//! Holds what a page loads to become live to its budget, page by page: it is what a visitor waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::application::Application;
use crate::toolchain::Toolchain;
use crate::{Done, Mode, bundle, compress, parts, paths, site, style};

/// A page, what it loads by how that begins, which parts of the application, and the most that all of it may be, in bytes
/// as it travels.
struct Page {
    name: &'static str,
    loads: &'static [&'static str],
    parts: &'static [&'static str],
    budget: u64,
}

/// What every page loads to become live.
const LIVE: [&str; 4] = ["sputnik.css", "sputnik.js", "sputnik.wasm", "device."];
const EDITED: [&str; 5] = ["sputnik.css", "sputnik.js", "sputnik.wasm", "device.", "editor."];

/// Guests read with the style alone. A budget is what there is now and a little more: who needs more says so here.
const PAGES: [Page; 6] = [
    Page { name: "read by a guest", loads: &["sputnik.css"], parts: &[], budget: 16_000 },
    Page { name: "front, sign-in", loads: &LIVE, parts: &[], budget: 390_000 },
    Page { name: "shelf, account", loads: &LIVE, parts: &["account"], budget: 490_000 },
    Page { name: "a book", loads: &LIVE, parts: &["book"], budget: 750_000 },
    Page { name: "a chapter, written", loads: &EDITED, parts: &["book"], budget: 890_000 },
    Page { name: "settings, publish", loads: &LIVE, parts: &["book", "management"], budget: 1_000_000 },
];

/// Builds the release wasm and what is loaded beside it, and measures both.
pub fn check() -> Done {
    let editor = Application::editor();
    bundle::build(&Toolchain::choose()?, Mode::Release, std::slice::from_ref(&editor))?;
    let modules = editor.module.map(|build| build()).transpose()?;
    // Compressed in a place of its own: the bundle is copied to the site as it is.
    let copies = paths::target().join("size");
    let mut files = Vec::new();
    for folder in [Some(paths::bundle(&editor.name, Mode::Release)), modules].into_iter().flatten() {
        // Lists of files are the server's.
        let is_loaded =
            |file: &PathBuf| compress::is_worth_it(file) && file.extension().is_some_and(|end| end != "json");
        for file in site::files_in(&folder)?.into_iter().filter(is_loaded) {
            let contents =
                fs::read(&file).map_err(|error| format!("Could not read {}: {error}.", paths::shown(&file)))?;
            files.push(copy(&copies, &name_of(&file), &contents)?);
        }
    }
    let sheet = style::lean(&style::join(&editor.folder.join("style/main.css"))?);
    files.push(copy(&copies, "sputnik.css", sheet.as_bytes())?);
    compress::all("size", &files)?;
    let sizes: Vec<(String, u64)> =
        files.iter().map(|file| Ok((name_of(file), travelling(file)?))).collect::<Done<_>>()?;
    let (lines, over) = held(&PAGES, &sizes, &parts::list(&paths::bundle(&editor.name, Mode::Release))?);
    println!("{}", lines.join("\n"));
    if over.is_empty() { Ok(()) } else { Err(format!("Over its budget: {}.", over.join("; "))) }
}

fn copy(to: &Path, name: &str, contents: &[u8]) -> Done<PathBuf> {
    let copy = to.join(name);
    crate::stamp::write(&copy, contents)?;
    Ok(copy)
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn travelling(file: &Path) -> Done<u64> {
    let file = compress::name(file, "br");
    let failed = |error| format!("Could not measure {}: {error}.", paths::shown(&file));
    fs::metadata(&file).map(|about| about.len()).map_err(failed)
}

/// Each page with its size, and those that are over their budget, or load what is not there.
fn held(
    pages: &[Page],
    sizes: &[(String, u64)],
    files: &BTreeMap<String, BTreeSet<String>>,
) -> (Vec<String>, Vec<&'static str>) {
    let (mut lines, mut over) = (Vec::new(), Vec::new());
    let of = |begins: &str| sizes.iter().find(|(name, _)| name.starts_with(begins)).map(|(_, size)| *size);
    for Page { name, loads, parts, budget } in pages {
        // What several parts have in common is fetched once.
        let of_parts: Option<Vec<_>> = parts.iter().map(|part| files.get(*part)).collect();
        let of_parts: Option<BTreeSet<&String>> = of_parts.map(|files| files.into_iter().flatten().collect());
        let size = of_parts.and_then(|parts| {
            loads.iter().map(|begins| of(begins)).chain(parts.iter().map(|file| of(file))).sum::<Option<u64>>()
        });
        let shown = size.map_or("missing".into(), |size| format!("{:>4} kB", size.div_ceil(1_000)));
        lines.push(format!("{name:<20} {shown} of {:>3} kB, brotli", budget / 1_000));
        if size.is_none_or(|size| size > *budget) {
            over.push(*name);
        }
    }
    (lines, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [Page; 3] = [
        Page { name: "read", loads: &["a.css"], parts: &[], budget: 1_000 },
        Page { name: "written", loads: &["a.css", "editor."], parts: &[], budget: 3_000 },
        Page { name: "managed", loads: &[], parts: &["one", "two"], budget: 60 },
    ];

    fn over(css: u64, editor: (&str, u64), part: (&str, u64)) -> Vec<&'static str> {
        let files = [("one", ["one.wasm", "both.wasm"]), ("two", ["two.wasm", "both.wasm"])];
        let files = files.map(|(part, files)| (part.to_owned(), files.map(str::to_owned).into()));
        let sizes = [("a.css", css), editor, ("one.wasm", 10), ("two.wasm", 20), part];
        held(&PAGES, &sizes.map(|(name, size)| (name.to_owned(), size)), &files.into()).1
    }

    #[test]
    fn a_page_may_be_as_large_as_its_budget_and_no_byte_larger() {
        assert_eq!(over(1_000, ("editor.0123.js", 2_000), ("both.wasm", 30)), [""; 0]);
        assert_eq!(over(1_000, ("editor.0123.js", 2_001), ("both.wasm", 30)), ["written"]);
        assert_eq!(over(1_001, ("editor.0123.js", 2_000), ("both.wasm", 30)), ["read", "written"]);
        assert_eq!(over(1_000, ("editor.0123.js", 2_000), ("both.wasm", 31)), ["managed"]);
    }

    #[test]
    fn what_is_not_there_is_not_small() {
        assert_eq!(over(1, ("mount.0123.js", 1), ("other.wasm", 1)), ["written", "managed"]);
    }
}
