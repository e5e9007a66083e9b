//! Sputnik's one tool: builds, runs and tests the project. `cargo xtask` lists what it can do.
//!
//! It is plain Rust and needs nothing installed but cargo: what else a command needs (the wasm standard library, a
//! browser, Node modules) it fetches, or says which command fetches it.

mod application;
mod behind;
mod bench;
mod bundle;
mod chaos;
mod compress;
mod counts;
mod debian;
mod editor;
mod epubcheck;
mod handbook;
mod node;
mod parts;
mod paths;
mod press;
mod run;
mod server;
mod site;
mod size;
mod stamp;
mod steps;
mod style;
mod system;
mod test;
mod toolchain;
mod wasm_std;

use std::process::ExitCode;

/// What a piece of work gives back: its fruit, or words for the person at the terminal, saying what to do next.
type Done<T = ()> = Result<T, String>;

/// How the application is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Quick to compile: for working on the code, and for the tests.
    Debug,
    /// Quick to run and small to download: for people.
    Release,
}

const HELP: &str = "\
cargo xtask COMMAND

  run [--demo] [--release] [-- FLAGS]  build what changed and start the application; FLAGS go to it as they are
  run --example NAME [--release]       the same of an example: a folder in examples
  build [--release] [--example NAME]   build the server and the site (wasm, style, public files)
  press                                build what makes PDFs; `run` does it behind the server, `build --release` by itself
  wasm                                 compile what the browser tests load; `test` does it behind its first checks
  test [STEP...]                       run every check: fmt clippy doc unit press licences editor browser release; or only those named
  e2e [ARGS]                           build, then the browser tests; ARGS go to Playwright as they are
  bench [ROW...] [--quick] [--seed N]  measure speed beside other servers, and write benches/RESULTS.md
  chaos [--minutes N] [--seed S]       random faults, for longer than `test` does or as they were: one round, or N minutes
  check-size                           build the release wasm and hold what each page loads against its budget
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let outcome = match args.first().map(String::as_str) {
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        Some("run") => run::run(rest),
        Some("build") => run::build(rest),
        Some("press") => press::command(rest),
        Some("wasm") => test::compile_wasm(),
        Some("test") => test::test(rest),
        Some("e2e") => test::browser_only(rest),
        Some("bench") => bench::bench(rest),
        Some("chaos") => chaos::chaos(rest),
        Some("check-size") => size::check(),
        Some(other) => Err(format!("There is no command `{other}`.\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            // Nothing, where everything has been said.
            if !words.is_empty() {
                eprintln!("\n{words}");
            }
            ExitCode::FAILURE
        }
    }
}
