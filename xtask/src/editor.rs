//! Turns the TypeScript in `editor/` into the module that the page of a chapter loads.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::step;
use crate::{Done, node, paths, site, stamp, system};

/// Builds the module, and `editor.json` which names it, in a folder of their own. The name changes with the contents.
pub fn build() -> Done<PathBuf> {
    let folder = paths::root().join("editor");
    let into = paths::target().join("editor");
    install_modules()?;
    let mut sources = site::files_in(&folder.join("src"))?;
    sources.extend(["schema.json", "build.mjs", "package-lock.json"].map(|name| folder.join(name)));
    sources.sort();
    let sources: Vec<&Path> = sources.iter().map(PathBuf::as_path).collect();
    stamp::when_changed("editor", &sources, &into, || {
        step("Build the editor", || system::run(Command::new("node").arg("build.mjs").arg(&into).current_dir(&folder)))
    })?;
    Ok(into)
}

/// Installs what the editor is made of. Tests of the server write with it too.
pub fn install_modules() -> Done {
    node::install_modules_in(&paths::root().join("editor"), "the editor's modules")
}

/// What it takes to test it: its modules, a browser; and what TypeScript says of it.
pub fn prepare_tests() -> Done<Command> {
    let folder = paths::root().join("editor");
    install_modules()?;
    node::need_browser()?;
    step("Check the editor's types", || system::run(node::npm().args(["run", "check"]).current_dir(&folder)))?;
    let mut playwright = node::npm();
    playwright.args(["exec", "--", "playwright", "test"]).current_dir(&folder);
    Ok(playwright)
}
