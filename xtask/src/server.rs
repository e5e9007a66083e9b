//! Builds and starts the server.

use std::path::Path;
use std::process::Command;

use crate::toolchain::Toolchain;
use crate::{Done, Mode, paths, system};

/// Compiles the server's binary.
pub fn build(tools: &Toolchain, mode: Mode) -> Done {
    let mut cargo = tools.cargo();
    cargo.args(["build", "--package", "sputnik-editor", "--bin", "sputnik", "--features", "ssr"]);
    system::run(cargo.arg(match mode {
        // There are no examples; but to cargo this is a build that could hold tests, so that dependencies get the
        // features they have there. Otherwise half of them would be compiled once for `run` and once for `test`.
        Mode::Debug => "--examples",
        Mode::Release => "--release",
    }))
}

/// Becomes the server: returns only if it could not be started, or, where a program cannot become another, at its end.
pub fn start(mode: Mode, flags: &[String]) -> Done {
    let mut server = Command::new(paths::server(mode));
    server.args(flags).current_dir(paths::root());
    set_default(&mut server, "LEPTOS_SITE_ROOT", &paths::site());
    become_it(&mut server)
}

fn set_default(command: &mut Command, name: &str, value: &Path) {
    if std::env::var_os(name).is_none() {
        command.env(name, value);
    }
}

/// Ctrl-C then reaches the server itself, and the shell waits until it has shut down in good order.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Done {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    Err(system::could_not_start(command, &error))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Done {
    system::run(command)
}
