//! Holds what a page loads to become live to its budget, page by page: it is what a visitor waits for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::application::Application;
use crate::toolchain::Toolchain;
use crate::{Done, Mode, bundle, compress, paths, site, style};

/// A page, what it loads by how that begins, and the most that all of it may be, in bytes as it travels.
struct Page {
    name: &'static str,
    loads: &'static [&'static str],
    budget: u64,
}

/// Guests read with the style alone. A budget is what there is now and a little more: who needs more says so here.
const PAGES: [Page; 3] = [
    Page { name: "read by a guest", loads: &["sputnik.css"], budget: 16_000 },
    Page { name: "any, live", loads: &["sputnik.css", "sputnik.js", "sputnik.wasm", "device."], budget: 880_000 },
    Page {
        name: "a chapter, written",
        loads: &["sputnik.css", "sputnik.js", "sputnik.wasm", "device.", "editor."],
        budget: 1_020_000,
    },
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
    let (lines, over) = held(&PAGES, &sizes);
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
fn held(pages: &[Page], sizes: &[(String, u64)]) -> (Vec<String>, Vec<&'static str>) {
    let (mut lines, mut over) = (Vec::new(), Vec::new());
    for Page { name, loads, budget } in pages {
        let of = |begins: &&str| sizes.iter().find(|(name, _)| name.starts_with(*begins)).map(|(_, size)| *size);
        let size: Option<u64> = loads.iter().map(of).sum();
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

    const TWO: [Page; 2] = [
        Page { name: "read", loads: &["a.css"], budget: 1_000 },
        Page { name: "written", loads: &["a.css", "editor."], budget: 3_000 },
    ];

    fn over(css: u64, editor: (&str, u64)) -> Vec<&'static str> {
        held(&TWO, &[("a.css".into(), css), (editor.0.into(), editor.1)]).1
    }

    #[test]
    fn a_page_may_be_as_large_as_its_budget_and_no_byte_larger() {
        assert_eq!(over(1_000, ("editor.0123.js", 2_000)), [""; 0]);
        assert_eq!(over(1_000, ("editor.0123.js", 2_001)), ["written"]);
        assert_eq!(over(1_001, ("editor.0123.js", 2_000)), ["read", "written"]);
    }

    #[test]
    fn what_is_not_there_is_not_small() {
        assert_eq!(over(1, ("mount.0123.js", 1)), ["written"]);
    }
}
