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
const IN_BROWSER: [&str; 2] = ["screen", "page"];

/// Measures the named rows, or all.
pub fn bench(args: &[String]) -> Done {
    if !cfg!(target_os = "linux") {
        return Err("The measurements need Linux: they pin programs to cores, and ask /proc what those cost.".into());
    }
    let programs = [("redis-server", "redis-server"), ("python3", "python3-venv"), ("taskset", "util-linux")];
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
    step("Compile socketioxide", || {
        let manifest = peers.join("socketioxide").join("Cargo.toml");
        let mut cargo = tools.cargo();
        cargo.args(["build", "--release", "--locked", "--manifest-path"]).arg(manifest);
        system::run(cargo.env("CARGO_TARGET_DIR", &built))
    })?;
    for peer in ["socketio", "ws", "hocuspocus", "y-websocket"] {
        node::install_modules_in(&peers.join(peer), &format!("the modules of {peer}"))?;
    }
    if wants_browser(args) {
        node::need_browser()?;
        node::install_modules()?;
        site::build(&tools, Mode::Release, &[Application::editor()])?;
    }
    install_channels(&peers.join("channels"), &built.join("channels"))?;
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

/// Whether a row that is measured in a browser is named, or none.
fn wants_browser(args: &[String]) -> bool {
    let is_row = |word: &&String| !word.starts_with("--") && word.parse::<u64>().is_err();
    let mut rows = args.iter().filter(is_row).peekable();
    rows.peek().is_none() || rows.any(|row| IN_BROWSER.contains(&row.as_str()))
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
        let wants = |line: &str| wants_browser(&line.split_whitespace().map(String::from).collect::<Vec<_>>());
        assert!(wants("") && wants("--quick --seed 7") && wants("open page") && wants("--seed 7 screen"));
        assert!(!wants("open") && !wants("typing trace --quick"));
    }
}
