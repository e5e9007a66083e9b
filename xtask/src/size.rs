//! Holds the release wasm against its budget: it is what a visitor waits for.

use std::fs;

use crate::application::Application;
use crate::toolchain::Toolchain;
use crate::{Done, Mode, bundle, compress, paths};

/// The most it may be, in bytes, as it is and as it travels.
const BUDGET: [(&str, &str, u64); 2] = [("raw", "", 900_000), ("brotli", ".br", 250_000)];

/// Builds the release wasm and measures it.
pub fn check() -> Done {
    let editor = Application::editor();
    bundle::build(&Toolchain::choose()?, Mode::Release, std::slice::from_ref(&editor))?;
    // Compressed in a place of its own: the bundle is copied to the site as it is.
    let copy = paths::target().join("size/sputnik.wasm");
    let wasm = paths::bundle(&editor.name, Mode::Release).join("sputnik.wasm");
    let contents = fs::read(&wasm).map_err(|error| format!("Could not read {}: {error}.", paths::shown(&wasm)))?;
    crate::stamp::write(&copy, &contents)?;
    compress::all("size", std::slice::from_ref(&copy))?;

    let mut over = Vec::new();
    for (form, ending, budget) in BUDGET {
        let file = format!("{}{ending}", copy.display());
        let size = fs::metadata(&file).map_err(|error| format!("Could not measure {file}: {error}."))?.len();
        println!("sputnik.wasm {form:<7} {:>4} kB of {:>3} kB", size.div_ceil(1000), budget / 1000);
        if size > budget {
            over.push(form);
        }
    }
    if over.is_empty() { Ok(()) } else { Err(format!("The wasm is over its budget: {}.", over.join(" and "))) }
}
