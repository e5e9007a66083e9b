//! `cargo xtask build` and `cargo xtask run`.

use std::time::Instant;

use crate::steps::{bold, shown, step};
use crate::toolchain::Toolchain;
use crate::{Done, Mode, server, site};

/// Builds the server and the site.
pub fn build(args: &[String]) -> Done {
    let mode = match args {
        [] => Mode::Debug,
        [flag] if flag == "--release" => Mode::Release,
        _ => return Err("cargo xtask build takes one flag: --release.".into()),
    };
    build_all(&Toolchain::choose()?, mode)
}

/// Builds what changed, and starts the application.
pub fn run(args: &[String]) -> Done {
    let (ours, theirs) = match args.iter().position(|arg| arg == "--") {
        Some(here) => (&args[..here], &args[here + 1..]),
        None => (args, &[] as &[String]),
    };
    let mut mode = Mode::Debug;
    let mut flags = Vec::new();
    for arg in ours {
        match arg.as_str() {
            "--release" => mode = Mode::Release,
            "--demo" => flags.push(arg.clone()),
            other => {
                return Err(format!(
                    "cargo xtask run does not know `{other}`. Flags for the application come after `--`."
                ));
            }
        }
    }
    flags.extend_from_slice(theirs);

    let start = Instant::now();
    build_all(&Toolchain::choose()?, mode)?;
    // Where it is, it says itself: only it knows what it was told in flags and environment.
    println!("\nReady in {}. Ctrl-C ends the application.\n", bold(&shown(start.elapsed())));
    server::start(mode, &flags)
}

/// Builds the site and the server, saying how long each took.
pub fn build_all(tools: &Toolchain, mode: Mode) -> Done {
    site::build(tools, mode)?;
    step("Compile the server", || server::build(tools, mode))
}
