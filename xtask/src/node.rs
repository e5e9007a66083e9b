//! What comes from npm: the browser tests' modules, and tools that are not worth compiling ourselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::step;
use crate::{Done, debian, paths, stamp, system};

/// Installs the browser tests' modules, if their lock file changed since the last time.
pub fn install_modules() -> Done {
    install_modules_in(&paths::end2end(), "the browser tests' modules")
}

/// Installs what a folder's lock file names, if that changed since the last time.
pub fn install_modules_in(folder: &Path, what: &str) -> Done {
    need_node()?;
    let (wanted, lock) = (folder.join("package.json"), folder.join("package-lock.json"));
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    stamp::when_changed(&format!("node-modules-{name}"), &[&wanted, &lock], &folder.join("node_modules"), || {
        step(&format!("Install {what}"), || {
            let flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
            // The tests use the system's browser; Playwright's own would be another 150 MB.
            system::run(npm().args(flags).current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
        })
    })?;
    Ok(())
}

/// A script from an npm package of exactly that version, kept in `target/tools`.
pub fn tool(package: &str, version: &str, script: &str) -> Done<PathBuf> {
    need_node()?;
    let folder = paths::target().join("tools").join(format!("{package}-{version}"));
    let script = folder.join("node_modules").join(package).join(script);
    if !script.exists() {
        step(&format!("Fetch {package} {version}"), || {
            fs::create_dir_all(&folder)
                .map_err(|error| format!("Could not make {}: {error}.", paths::shown(&folder)))?;
            let flags = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"];
            system::run(npm().args(flags).arg(&folder).arg(format!("{package}@{version}")))
        })?;
    }
    Ok(script)
}

/// Sees to it that Node.js is there.
pub fn need_node() -> Done {
    if system::has("node") && system::has("npm") {
        return Ok(());
    }
    Err("Node.js 20 or newer, with npm, is needed for this. Install it from nodejs.org or your distribution.".into())
}

/// Sees to it that a browser is there for Playwright to drive.
pub fn need_browser() -> Done {
    let chosen = std::env::var_os("CHROMIUM_PATH").is_some();
    if chosen || system::has("chromium") || system::has("chromium-browser") {
        return Ok(());
    }
    if debian::is_here() {
        return debian::install(&["chromium"]);
    }
    // Playwright says itself what to type when its own browser is not there either.
    Ok(())
}

/// The same of the other engines, which a few tests drive as Debian has them. Elsewhere those tests say what to install.
pub fn need_other_engines() -> Done {
    if debian::is_here() { debian::install(&["firefox-esr", "webkit2gtk-driver", "xvfb"]) } else { Ok(()) }
}

/// Starts a program of the browser tests' modules, where those are.
pub fn npx() -> Command {
    let mut npx = Command::new(if cfg!(windows) { "npx.cmd" } else { "npx" });
    npx.arg("--no-install").current_dir(paths::end2end());
    npx
}

pub fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}
