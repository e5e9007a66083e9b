//! Installing Debian's packages: done when that needs no question, otherwise said as the command to type.

use std::fs;
use std::process::Command;

use crate::steps::step;
use crate::{Done, system};

/// Whether this is Debian itself. Its children (Ubuntu, Mint) have other packages.
pub fn is_here() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

/// Sees to it that the packages are installed.
pub fn install(packages: &[&str]) -> Done {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !we_are_root() {
        return Err(format!("Debian packages are missing. Type:\n  sudo apt-get install {names}"));
    }
    step(&format!("Install {names}"), || {
        // The package lists may be old or empty: that shows as a failure, and only then are they worth fetching.
        apt_get_install(&missing).or_else(|_| update_and_install(&missing))
    })
}

/// Sees to it that the packages are as new as Debian has them.
pub fn upgrade(packages: &[&str]) -> Done {
    let names = packages.join(" ");
    if !we_are_root() {
        return Err(format!(
            "Debian packages are too old. Type:\n  sudo apt-get update && sudo apt-get install {names}"
        ));
    }
    step(&format!("Upgrade {names}"), || update_and_install(packages))
}

fn update_and_install(packages: &[&str]) -> Done {
    system::run(Command::new("apt-get").args(["-qq", "update"])).and_then(|()| apt_get_install(packages)).map_err(
        |error| {
            let names = packages.join(" ");
            format!("{error}\nTo see why, type:\n  apt-get update && apt-get install {names}")
        },
    )
}

fn apt_get_install(packages: &[&str]) -> Done {
    // Installing must never take something else away behind the person's back.
    let flags = ["-qq", "install", "--yes", "--no-remove", "--no-install-recommends"];
    system::run(Command::new("apt-get").args(flags).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_installed(package: &str) -> bool {
    system::ask(Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]))
        .is_ok_and(|status| status == "installed")
}

fn we_are_root() -> bool {
    system::ask(Command::new("id").arg("--user")).is_ok_and(|id| id == "0")
}
