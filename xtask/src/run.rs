//! `cargo xtask build` and `cargo xtask run`.

use std::panic::resume_unwind;
use std::thread;
use std::time::Instant;

use crate::application::Application;
use crate::steps::{bold, shown, step};
use crate::toolchain::Toolchain;
use crate::{Done, Mode, press, server, site};

/// What is asked for: of which application, how it is compiled, and what it is told itself.
struct Asked {
    application: Application,
    mode: Mode,
    flags: Vec<String>,
}

/// Builds the server and the site.
pub fn build(args: &[String]) -> Done {
    let Asked { application, mode, flags } = read("build", args)?;
    if let Some(flag) = flags.first() {
        return Err(format!("cargo xtask build starts nothing, and so has no use for `{flag}`."));
    }
    let has_press = mode == Mode::Release && application.makes_pdfs();
    build_all(&Toolchain::choose()?, mode, &[application])?;
    if has_press { press::build() } else { Ok(()) }
}

/// Builds what changed, and starts the application.
pub fn run(args: &[String]) -> Done {
    let Asked { application, mode, flags } = read("run", args)?;
    let start = Instant::now();
    let applications = [application];
    build_all(&Toolchain::choose()?, mode, &applications)?;
    if applications[0].makes_pdfs() {
        press::build_behind();
    }
    // Where it is, it says itself: only it knows what it was told in flags and environment.
    println!("\nReady in {}. Ctrl-C ends the application.\n", bold(&shown(start.elapsed())));
    server::start(&applications[0], mode, &flags)
}

/// Builds the sites and the servers, saying how long each took. Side by side: they have no crate in common, and where
/// one waits for a single crate, the other has use for the rest of the processor.
fn build_all(tools: &Toolchain, mode: Mode, applications: &[Application]) -> Done {
    let (sites, servers) = thread::scope(|scope| {
        let sites = scope.spawn(|| site::build(tools, mode, applications));
        let servers = step("Compile the server", || server::build(tools, mode, applications));
        (sites.join().unwrap_or_else(|panic| resume_unwind(panic)), servers)
    });
    sites.and(servers)
}

fn read(command: &str, args: &[String]) -> Done<Asked> {
    let (ours, theirs) = match args.iter().position(|arg| arg == "--") {
        Some(here) => (&args[..here], &args[here + 1..]),
        None => (args, &[] as &[String]),
    };
    let mut asked = Asked { application: Application::editor(), mode: Mode::Debug, flags: Vec::new() };
    let mut words = ours.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--release" => asked.mode = Mode::Release,
            "--demo" => asked.flags.push(word.clone()),
            "--example" => {
                let name = words.next().ok_or("--example takes the name of one: a folder in examples.")?;
                asked.application = Application::example(name)?;
            }
            other => {
                return Err(format!(
                    "cargo xtask {command} does not know `{other}`. Flags for the application come after `--`."
                ));
            }
        }
    }
    asked.flags.extend_from_slice(theirs);
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Done<Asked> {
        read("run", &line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn an_example_is_run_in_place_of_the_editor() {
        let plain = asked("--demo --release -- --help").unwrap_or_else(|words| panic!("{words}"));
        assert!(plain.mode == Mode::Release && plain.application.package == "sputnik-editor");
        assert_eq!(plain.flags, ["--demo", "--help"]);
        let counter = asked("--example counter").unwrap_or_else(|words| panic!("{words}"));
        assert_eq!((&*counter.application.package, counter.flags.len()), ("counter", 0));
        for bad in ["--example", "--example nothing", "--help"] {
            assert!(asked(bad).is_err(), "{bad}");
        }
    }
}
