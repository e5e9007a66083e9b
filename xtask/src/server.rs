//! Builds and starts an application's server.

use std::path::Path;
use std::process::Command;

use crate::application::{Application, by_workspace, packages};
use crate::toolchain::Toolchain;
use crate::{Done, Mode, paths, system};

/// Compiles the servers' binaries, all of a workspace in one call.
pub fn build(tools: &Toolchain, mode: Mode, applications: &[Application]) -> Done {
    for (workspace, together) in by_workspace(applications) {
        let mut cargo = Toolchain::within(workspace, tools.cargo());
        cargo.arg("build").args(packages(together, "ssr"));
        for application in together {
            cargo.args(["--bin", &application.name]);
        }
        system::run(cargo.arg(match mode {
            // No package has examples of its own; but to cargo this is a build that could hold tests, so that dependencies
            // get the features they have there. Otherwise half of them would be compiled once for `run` and once for
            // `test`.
            Mode::Debug => "--examples",
            Mode::Release => "--release",
        }))?;
    }
    Ok(())
}

/// Becomes the server: returns only if it could not be started, or, where a program cannot become another, at its end.
pub fn start(application: &Application, mode: Mode, flags: &[String]) -> Done {
    let mut server = Command::new(paths::server(&application.name, mode));
    server.args(flags).current_dir(paths::root());
    set_default(&mut server, "LEPTOS_SITE_ROOT", &application.site);
    // What stands there already is what cargo compiles with.
    server.env("LEPTOS_OUTPUT_NAME", &application.name);
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
