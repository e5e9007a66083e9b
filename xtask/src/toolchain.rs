//! Chooses the one Rust toolchain that compiles the server, the wasm, the checks and the documentation.
//!
//! One for all of them: two would compile every dependency twice. It is the toolchain that runs xtask, if it can
//! compile for wasm or can be taught to; otherwise Debian's, for which the wasm standard library is built once.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::application::Workspace;
use crate::{Done, debian, paths, steps, system, wasm_std};

/// What the browser runs.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Set to `debian` where rustup's host cannot be reached.
const WAY: &str = "SPUTNIK_WASM_STD";

const TO_TYPE: &str = "\
The wasm standard library is missing. Install it in one of these ways, then try again:
  with rustup       rustup target add wasm32-unknown-unknown
  on Debian 12      SPUTNIK_WASM_STD=debian cargo xtask build     (as root: it installs Debian's own Rust)
  elsewhere         your distribution's package for it, such as rust-wasm (Arch)
                    or rust-std-static-wasm32-unknown-unknown (Fedora)";

/// A cargo, and what it needs to know to find its compiler and the wasm standard library.
pub enum Toolchain {
    /// The one that runs xtask.
    Own,
    /// Debian's `rustc-web`, with a wasm standard library that we built.
    Debian { wasm_sysroot: PathBuf },
}

impl Toolchain {
    /// Finds a toolchain that can compile for wasm, or makes one.
    pub fn choose() -> Done<Self> {
        if can_compile_wasm() {
            return Ok(Self::Own);
        }
        // Made by an earlier call: no need to ask rustup's host again and again, least of all without a network.
        if let Some(wasm_sysroot) = wasm_std::built_before() {
            return Ok(Self::Debian { wasm_sysroot });
        }
        let mut tried = String::new();
        if env::var_os(WAY).is_none_or(|way| way != "debian") {
            match add_target() {
                Ok(()) if can_compile_wasm() => return Ok(Self::Own),
                Ok(()) => tried += "`rustup target add` worked, but for another toolchain than the one in use.\n",
                Err(error) => tried += &error,
            }
        }
        if !debian::is_here() {
            return Err(format!("{tried}\n{TO_TYPE}"));
        }
        wasm_std::make()
            .map(|wasm_sysroot| Self::Debian { wasm_sysroot })
            .map_err(|error| format!("{tried}\n{error}\n\n{TO_TYPE}"))
    }

    /// This toolchain's cargo.
    pub fn cargo(&self) -> Command {
        match self {
            Self::Own => own_cargo(),
            Self::Debian { .. } => debian_cargo(),
        }
    }

    /// The cargo of a workspace that may be another than ours: what both are made of is compiled once, and nothing is
    /// fetched that ours does not have.
    pub fn within(workspace: &Workspace, mut cargo: Command) -> Command {
        if workspace.root != paths::root() {
            cargo
                .current_dir(&workspace.root)
                .env("CARGO_TARGET_DIR", paths::target())
                .env("CARGO_NET_OFFLINE", "true");
        }
        cargo
    }

    /// This toolchain's cargo, set up to compile for the browser.
    pub fn wasm_cargo(&self) -> Command {
        let mut cargo = self.cargo();
        // Flags given for the machine at hand, such as `-C target-cpu=native`, mean nothing to the browser; and while
        // they are set, cargo ignores those meant for the target.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        if let Self::Debian { wasm_sysroot } = self {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", wasm_std::flags(wasm_sysroot));
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", wasm_std::LINKER);
        }
        cargo
    }
}

/// The cargo that runs xtask, whichever that is.
pub fn own_cargo() -> Command {
    cargo(&env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The cargo of Debian's `cargo-web`.
pub fn debian_cargo() -> Command {
    let mut cargo = cargo(Path::new("/usr/bin/cargo").as_os_str());
    // The cargo that runs xtask may be rustup's, which tells its children by these to stay with it.
    for name in ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC", "RUSTDOC", "RUSTFMT", "LD_LIBRARY_PATH"] {
        cargo.env_remove(name);
    }
    // First in the path, so that cargo finds Debian's rustc, clippy and rustfmt, and not rustup's.
    let before: OsString = env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(PathBuf::from("/usr/bin")).chain(env::split_paths(&before));
    cargo.env("PATH", env::join_paths(path).unwrap_or(before));
    cargo
}

fn cargo(program: &std::ffi::OsStr) -> Command {
    let mut cargo = Command::new(program);
    cargo.current_dir(paths::root());
    // `cargo run` describes xtask to xtask by these. Build scripts that look at them would be run again at every
    // change between a plain cargo and this one.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_PRIMARY_PACKAGE" {
            cargo.env_remove(&name);
        }
    }
    cargo
}

fn can_compile_wasm() -> bool {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    system::ask(rustc.args(["--print", "target-libdir", "--target", WASM]))
        .is_ok_and(|folder| wasm_std::is_in(Path::new(&folder)))
}

fn add_target() -> Done {
    if !system::has("rustup") {
        return Err("There is no rustup to fetch the wasm standard library with.\n".into());
    }
    steps::step("Fetch the wasm standard library", || system::run(Command::new("rustup").args(["target", "add", WASM])))
}
