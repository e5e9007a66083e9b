//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

use crate::Mode;

/// The project's root. Asked at run time, so that a moved or copied work tree finds itself.
pub fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where cargo puts what it builds: two folders above ourselves, wherever its settings say that is.
pub fn target() -> PathBuf {
    let built = env::current_exe().ok().and_then(|exe| exe.ancestors().nth(2).map(Path::to_path_buf));
    built.unwrap_or_else(|| root().join("target"))
}

/// An application's wasm and its JavaScript, ready for the site. One folder a mode, so that changing modes costs nothing.
pub fn bundle(name: &str, mode: Mode) -> PathBuf {
    target().join("bundle").join(name).join(folder(mode))
}

/// The binary of an application's server.
pub fn server(name: &str, mode: Mode) -> PathBuf {
    target().join(folder(mode)).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn folder(mode: Mode) -> &'static str {
    match mode {
        Mode::Debug => "debug",
        Mode::Release => "release",
    }
}

/// The browser tests.
pub fn end2end() -> PathBuf {
    root().join("end2end")
}

/// A folder of the user's for things that should outlive `cargo clean`.
pub fn cache() -> PathBuf {
    let from = |name| env::var_os(name).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    from("XDG_CACHE_HOME")
        .or_else(|| from("HOME").map(|home| home.join(".cache")))
        .map_or_else(|| target().join("cache"), |cache| cache.join("sputnik"))
}

/// A path as a person wants to read it: from the project's root where that is possible.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
