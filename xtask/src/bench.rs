//! `cargo xtask bench`: builds what is measured, its peers too, and starts the measurements.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::application::Application;
use crate::steps::step;
use crate::toolchain::Toolchain;
use crate::{Done, Mode, debian, node, paths, site, stamp, system};

/// Files (sockets, most of all) that a measurement has open at once: ten thousand connections at each end.
const FILES: u64 = 20_000;

/// The rows that are measured in a browser.
const IN_BROWSER: [&str; 3] = ["screen", "page", PHONE];
/// The row that Lighthouse measures.
const PHONE: &str = "phone";
/// The rows that need no other server than ours.
const ALONE: [&str; 2] = [PHONE, "whole-books"];

/// Measures the named rows, or all.
pub fn bench(args: &[String]) -> Done {
    if !cfg!(target_os = "linux") {
        return Err("The measurements need Linux: they pin programs to cores, and ask /proc what those cost.".into());
    }
    let rows = Rows::named_in(args);
    let programs = [
        ("redis-server", "redis-server"),
        ("python3", "python3-venv"),
        ("taskset", "util-linux"),
        ("pandoc", "pandoc"),
    ];
    let missing: Vec<&str> =
        programs.iter().filter(|(program, _)| !system::has(program)).map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        if !debian::is_here() {
            return Err(format!("These are needed, by whatever name your distribution gives them: {missing:?}."));
        }
        debian::install(&missing)?;
    }
    let tools = Toolchain::choose()?;
    let peers = paths::root().join("benches").join("peers");
    let built = paths::target().join("peers");
    step("Compile the measurements, and the application", || {
        // With the features the application has, so that what a release is made of is not compiled again.
        let both = ["--package", "sputnik-bench", "--package", "sputnik-editor", "--features", "sputnik-editor/ssr"];
        system::run(tools.cargo().args(["build", "--release", "--bins"]).args(both))
    })?;
    if !rows.are_all(&ALONE) {
        build_peers(&tools, &peers, &built)?;
    }
    if IN_BROWSER.iter().any(|row| rows.have(row)) {
        node::need_browser()?;
        node::install_modules()?;
        site::build(&tools, Mode::Release, &[Application::editor()])?;
    }
    if rows.have(PHONE) {
        node::install_modules_in(&paths::root().join("benches").join(PHONE), "Lighthouse")?;
    }
    // What servers complain of is kept there.
    fs::create_dir_all(&built).map_err(|error| format!("Could not make {}: {error}.", paths::shown(&built)))?;
    let mut load = Command::new("prlimit");
    load.arg(format!("--nofile={}", open_files())).args(["taskset", "--cpu-list", "1"]);
    load.arg(paths::target().join("release").join("load")).args(args);
    let cargo = system::ask(tools.cargo().arg("--version"))?;
    load.env("BENCH_CARGO", cargo.split(" (").next().unwrap_or_default());
    load.env("BENCH_PEERS", &peers).env("BENCH_BUILT", &built);
    load.env("BENCH_SITE", Application::editor().site);
    load.env("BENCH_PAGE", paths::root().join("benches").join("RESULTS.md"));
    system::run(&mut load)
}

/// The rows that are named, or all if there is none.
struct Rows<'a>(Vec<&'a str>);

impl<'a> Rows<'a> {
    fn named_in(args: &'a [String]) -> Self {
        let is_row = |word: &&str| !word.starts_with("--") && word.parse::<u64>().is_err();
        Self(args.iter().map(String::as_str).filter(is_row).collect())
    }

    fn have(&self, row: &str) -> bool {
        self.0.is_empty() || self.0.contains(&row)
    }

    fn are_all(&self, of: &[&str]) -> bool {
        !self.0.is_empty() && self.0.iter().all(|named| of.contains(named))
    }
}

/// The other servers.
fn build_peers(tools: &Toolchain, peers: &Path, built: &Path) -> Done {
    step("Compile socketioxide", || {
        let manifest = peers.join("socketioxide").join("Cargo.toml");
        let mut cargo = tools.cargo();
        cargo.args(["build", "--release", "--locked", "--manifest-path"]).arg(manifest);
        system::run(cargo.env("CARGO_TARGET_DIR", built))
    })?;
    for peer in ["socketio", "ws", "hocuspocus", "y-websocket"] {
        node::install_modules_in(&peers.join(peer), &format!("the modules of {peer}"))?;
    }
    install_channels(&peers.join("channels"), &built.join("channels"))
}

/// Django Channels, in a Python environment of its own.
fn install_channels(peer: &Path, into: &Path) -> Done {
    let wanted = peer.join("requirements.txt");
    stamp::when_changed("channels", &[&wanted], &into.join("bin").join("daphne"), || {
        step("Install Django Channels", || {
            system::run(Command::new("python3").args(["-m", "venv"]).arg(into))?;
            let pip = into.join("bin").join("pip");
            system::run(Command::new(pip).args(["install", "--quiet", "--requirement"]).arg(&wanted))
        })
    })?;
    Ok(())
}

/// As many as we may have, if they are not enough: the row that needs them all then says so.
fn open_files() -> u64 {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|hard| hard.parse().ok()).map_or(FILES, |hard: u64| hard.min(FILES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_wanted_for_its_rows_and_for_all() {
        let wants = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(String::from).collect();
            IN_BROWSER.iter().any(|row| Rows::named_in(&words).have(row))
        };
        assert!(wants("") && wants("--quick --seed 7") && wants("open page") && wants("--seed 7 screen"));
        assert!(!wants("open") && !wants("typing trace --quick"));
    }

    #[test]
    fn other_servers_are_wanted_unless_nothing_is_measured_beside_them() {
        let alone = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(String::from).collect();
            Rows::named_in(&words).are_all(&ALONE)
        };
        assert!(alone("phone") && alone("--quick phone --seed 7") && alone("whole-books phone"));
        assert!(!alone("") && !alone("--quick") && !alone("phone open"));
    }
}
