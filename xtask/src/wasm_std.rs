//! Builds the wasm standard library for Debian's compiler.
//!
//! Debian 12 has a recent compiler (`rustc-web`, kept for browsers) and the source of its standard library, but not
//! that library compiled for wasm. An empty crate, built with `-Z build-std`, leaves it behind. It is kept in the user's
//! cache as a sysroot of its own, for wasm only: nothing of Debian's is changed, and nobody needs to be root for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stamp::write;
use crate::steps::step;
use crate::toolchain::{WASM, debian_cargo};
use crate::{Done, debian, paths, system};

const PACKAGES: [&str; 7] =
    ["rustc-web", "cargo-web", "rust-web-src", "libstd-rust-web-dev", "rust-web-clippy", "rustfmt-web", "lld-19"];

/// From `lld-19`. The compiler asks for `rust-lld`, which Debian has only as a link to nothing.
pub const LINKER: &str = "wasm-ld-19";

/// The oldest compiler that the project allows.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

const EMPTY_CRATE: &str = r#"
[package]
name = "empty"
edition = "2024"

[workspace]
"#;

/// The flags by which the compiler finds the library.
pub fn flags(sysroot: &Path) -> String {
    format!("--sysroot={}", sysroot.display())
}

/// Whether a folder holds a standard library.
pub fn is_in(libraries: &Path) -> bool {
    let Ok(files) = fs::read_dir(libraries) else { return false };
    files.flatten().any(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// The sysroot that an earlier call made for the compiler as it is now installed.
pub fn built_before() -> Option<PathBuf> {
    let compiler = Compiler::installed().ok()?;
    let sysroot = compiler.sysroot();
    (compiler.is_recent() && system::has(LINKER) && is_in(&libraries(&sysroot))).then_some(sysroot)
}

/// Installs Debian's compiler and builds the library.
pub fn make() -> Done<PathBuf> {
    debian::install(&PACKAGES)?;
    let mut compiler = Compiler::installed()?;
    if !compiler.is_recent() {
        // Package lists of some months ago name a compiler of years ago, which Debian still has.
        debian::upgrade(&PACKAGES)?;
        compiler = Compiler::installed()?;
    }
    if !compiler.is_recent() {
        return Err(format!("Debian has rustc {}, and {OLDEST} is the oldest that will do.", compiler.release));
    }
    let sysroot = compiler.sysroot();
    if !is_in(&libraries(&sysroot)) {
        step("Build the wasm standard library (once)", || build(&sysroot))?;
    }
    Ok(sysroot)
}

/// Debian's, as it is now installed.
struct Compiler {
    release: String,
    commit: String,
}

impl Compiler {
    fn installed() -> Done<Self> {
        let about = system::ask(Command::new("/usr/bin/rustc").args(["--version", "--verbose"]))?;
        let fact = |name| about.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown").trim().to_owned();
        Ok(Self { release: fact("release:"), commit: fact("commit-hash:") })
    }

    /// Whether it can compile the project.
    fn is_recent(&self) -> bool {
        let numbers = |text: &str| text.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>().ok();
        numbers(&self.release) >= numbers(OLDEST)
    }

    /// Where its library belongs: a new compiler needs a new one.
    fn sysroot(&self) -> PathBuf {
        let commit = self.commit.get(..9).unwrap_or(&self.commit);
        paths::cache().join("wasm-std").join(format!("rustc-{}-{commit}-bitcode", self.release))
    }
}

fn libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM).join("lib")
}

fn build(sysroot: &Path) -> Done {
    let workshop = paths::target().join("wasm-std");
    write(&workshop.join("Cargo.toml"), EMPTY_CRATE.as_bytes())?;
    write(&workshop.join("src/lib.rs"), b"")?;
    let mut cargo = debian_cargo();
    cargo.current_dir(&workshop).env("CARGO_TARGET_DIR", workshop.join("target"));
    // Cargo leaves the bitcode out to save time, but a release is optimised across crates, and so needs it.
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS").env("RUSTFLAGS", "-Cembed-bitcode=yes");
    // The feature is cargo's own and unstable; nothing else in the project is compiled with this switch.
    cargo.env("RUSTC_BOOTSTRAP", "1").args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", WASM]);
    system::run(&mut cargo)?;

    // Filled beside its place and then moved there, so that what is there is always whole.
    let partial = sysroot.with_extension("partial");
    let built = workshop.join("target").join(WASM).join("release/deps");
    copy_libraries(&built, &libraries(&partial))
        .and_then(|()| fs::remove_dir_all(sysroot).or_else(ignore_absence))
        .and_then(|()| fs::rename(&partial, sysroot))
        .map_err(|error| format!("Could not keep the wasm standard library in {}: {error}.", sysroot.display()))?;
    // Some 60 MB that nobody needs again.
    let _ = fs::remove_dir_all(&workshop);
    Ok(())
}

fn copy_libraries(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)?.flatten() {
        let name = file.file_name();
        if Path::new(&name).extension().is_some_and(|kind| kind == "rlib") && !name.to_string_lossy().contains("empty-")
        {
            fs::copy(file.path(), to.join(&name))?;
        }
    }
    Ok(())
}

fn ignore_absence(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_of_years_ago_is_known_as_such() {
        let is_recent = |release: &str| Compiler { release: release.into(), commit: String::new() }.is_recent();
        assert!(is_recent(OLDEST));
        assert!(is_recent("1.96.0"));
        assert!(is_recent("2.0.0"));
        assert!(!is_recent("1.85.0"));
        assert!(!is_recent("unknown"));
    }
}
