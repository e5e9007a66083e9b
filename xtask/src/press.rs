//! The press: the program that makes PDFs, a workspace of its own (`crates/press`), which is built beside the server.
//!
//! All it is made of takes many minutes to compile, and nobody needs it to begin. So `cargo xtask run` does not wait for
//! it: it is built behind the server that runs, out of everybody's way, and the server finds it when it is there. A release
//! has it from the beginning.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::step;
use crate::toolchain::own_cargo;
use crate::{Done, Mode, behind, counts, paths, system};

/// What it is called.
const NAME: &str = "sputnik-press";
/// Lies beside where it will be while it is being built: by that the server knows that it comes.
const IN_THE_MAKING: &str = "making";

/// `cargo xtask press`: builds it, and puts it beside the servers.
pub fn command(args: &[String]) -> Done {
    match args.first() {
        Some(other) => Err(format!("cargo xtask press does not know `{other}`.")),
        None => build(),
    }
}

/// Builds it, and puts it beside the servers of both modes.
pub fn build() -> Done {
    let places = [Mode::Debug, Mode::Release].map(|mode| paths::server(NAME, mode));
    let announced: Vec<PathBuf> = places.iter().filter_map(|place| announce(place)).collect();
    let built = step("Compile the press", || system::run(cargo("build").args(["--bin", NAME])));
    let placed = built.and_then(|()| places.iter().try_for_each(|place| put(place)));
    for mark in announced {
        // One that stays says for an hour that it comes, and no longer.
        let _ = fs::remove_file(mark);
    }
    placed
}

/// Builds it behind what is done now, when nobody else needs the processor. What it says is in a file.
pub fn build_behind() {
    let log = folder().join("build.log");
    let begun = fs::create_dir_all(folder()).and_then(|()| behind::begin(&["press"], &log));
    match begun {
        Ok(()) => println!("The press, which makes PDFs, is built meanwhile: {}.", paths::shown(&log)),
        Err(error) => println!("The press, which makes PDFs, cannot be built: {error}."),
    }
}

/// Its own tests, which press whole books. With the profile it is built with: its crates are compiled once.
pub fn test() -> (counts::Counts, Done) {
    counts::run(&mut cargo("test"))
}

/// Whether it was compiled here: then its tests take a minute.
pub fn is_compiled() -> bool {
    compiled().is_file()
}

/// What it is made of is looked at by the same rules.
pub fn manifest() -> PathBuf {
    workspace().join("Cargo.toml")
}

fn workspace() -> PathBuf {
    paths::root().join("crates").join("press")
}

/// Where it is compiled: what is there, is of no use to anything else.
fn folder() -> PathBuf {
    paths::target().join("press")
}

fn cargo(command: &str) -> Command {
    let mut cargo = own_cargo();
    cargo.current_dir(workspace()).env("CARGO_TARGET_DIR", folder()).args([command, "--release", "--locked"]);
    cargo
}

fn compiled() -> PathBuf {
    folder().join("release").join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX))
}

/// Says beside where it will be that it is being built, unless it is there.
fn announce(place: &Path) -> Option<PathBuf> {
    let mark = place.with_extension(IN_THE_MAKING);
    if place.exists() || !place.parent()?.exists() {
        return None;
    }
    File::create(&mark).ok().map(|_| mark)
}

/// Puts it there, where there is a folder of a server, as one step: it may be started at that moment.
fn put(place: &Path) -> Done {
    if !place.parent().is_some_and(Path::exists) {
        return Ok(());
    }
    let new = place.with_extension("new");
    let put = fs::copy(compiled(), &new).and_then(|_| fs::rename(&new, place));
    put.map_err(|error| format!("The press cannot be put at {}: {error}.", paths::shown(place)))
}
