//! `cargo xtask test`: every check there is, each timed, with a table at the end.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::application::{Application, packages};
use crate::counts::{self, Counts};
use crate::steps::{shown, step};
use crate::toolchain::{Toolchain, WASM, own_cargo};
use crate::{
    Done, Mode, behind, bundle, debian, editor, epubcheck, handbook, node, paths, press, server, site, system,
};

/// What is known when a check has ended.
struct Report {
    counts: Counts,
    outcome: Result<Checked, String>,
}

/// How much of what a check looks at it has looked at, where nothing was wrong.
enum Checked {
    All,
    /// Not this.
    AllBut(&'static str),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

impl Checked {
    /// As the table has it: a word, and what more there is to say.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::All => ("ok", ""),
            Self::AllBut(what) => ("in part", what),
            Self::Nothing(why) => ("skipped", why),
        }
    }
}

impl Report {
    /// Of a check that was left out, for this reason.
    fn not_done(why: &'static str) -> Self {
        Self { counts: Counts::default(), outcome: Ok(Checked::Nothing(why)) }
    }
}

impl From<Done> for Report {
    fn from(outcome: Done) -> Self {
        Self { counts: Counts::default(), outcome: outcome.map(|()| Checked::All) }
    }
}

type Check = fn(&Toolchain) -> Report;

/// What is done only where it is named, for compiling it takes as long as half of all else; or where it is compiled.
const ONLY_NAMED: &str = "press";

/// In the order of what is soonest known.
const CHECKS: [(&str, Check); 9] = [
    ("fmt", fmt),
    ("clippy", clippy),
    ("doc", doc),
    ("unit", unit),
    ("press", press),
    ("licences", licences),
    ("editor", editor),
    ("browser", browser),
    ("release", release),
];

/// The application, the layer it stands on, and the layer's macro. Together in one call, so that dependencies are
/// compiled once: the features of all of them count for each.
const PACKAGES: [&str; 6] = ["--package", "sputnik-editor", "--package", "sputnik", "--package", "sputnik-macros"];
/// The layer's command store in a database, which is of a server only.
const STORE: [&str; 2] = ["--package", "sputnik-sqlx"];
/// The features with which they are a server.
const SERVER: &str = "sputnik-editor/ssr";
/// And those with which they run in a browser.
const BROWSER: &str = "sputnik-editor/hydrate";

/// What is tried with a release's wasm: that pages become live, and that people write in them.
const OF_A_RELEASE: [&str; 4] =
    ["tests/smoke.spec.ts", "tests/parts.spec.ts", "tests/chat.spec.ts", "tests/together.spec.ts"];

/// Runs the named checks, or all of them: also those after one that failed, so that one run tells everything.
pub fn test(names: &[String]) -> Done {
    if let Some(unknown) = names.iter().find(|name| CHECKS.iter().all(|(known, _)| known != name)) {
        let known = CHECKS.map(|(name, _)| name).join(", ");
        return Err(format!("There is no check `{unknown}`. There are: {known}."));
    }
    let tools = Toolchain::choose()?;
    if names.is_empty() {
        compile_behind();
    }
    let mut done = Vec::new();
    for (name, check) in CHECKS {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            println!("\n──── {name} ────");
            let start = Instant::now();
            let report = match *name == *ONLY_NAMED && names.is_empty() && !press::is_compiled() {
                true => {
                    Report::not_done("it takes a quarter of an hour to compile; to have it: cargo xtask test press")
                }
                false => check(&tools),
            };
            if let Err(words) = &report.outcome {
                eprintln!("{words}");
            }
            done.push((name, start.elapsed(), report));
        }
    }
    conclude(&done)
}

/// `cargo xtask e2e`: builds, then only the browser tests, with flags for Playwright.
pub fn browser_only(flags: &[String]) -> Done {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    playwright(&Toolchain::choose()?, Mode::Debug, &all_applications()?, &flags).outcome.map(drop)
}

/// Begins to compile what comes last, while the first checks run: they wait much, and often have one core at work.
fn compile_behind() {
    let log = paths::target().join("wasm.log");
    let begun = std::fs::create_dir_all(paths::target()).and_then(|()| behind::begin(&["wasm"], &log));
    match begun {
        Ok(()) => println!("What the browser tests load is compiled meanwhile: {}.", paths::shown(&log)),
        // Then it is compiled when it is needed.
        Err(error) => println!("What the browser tests load cannot be compiled meanwhile: {error}."),
    }
}

/// `cargo xtask wasm`: what the browser tests load, in both modes. It is put nowhere: that is for who needs it.
pub fn compile_wasm() -> Done {
    let tools = Toolchain::choose()?;
    bundle::compile(&tools, Mode::Debug, &all_applications()?)?;
    bundle::compile(&tools, Mode::Release, &[Application::editor()])
}

fn conclude(done: &[(&str, Duration, Report)]) -> Done {
    let mut total = Counts::default();
    println!("\n  check      outcome    time");
    for (name, time, report) in done {
        let (outcome, why) = report.outcome.as_ref().map_or(("FAILED", ""), Checked::words);
        println!("{}", format!("  {name:<10} {outcome:<10} {:<13} {why}", shown(*time)).trim_end());
        total += report.counts;
    }
    let failed: Vec<&str> =
        done.iter().filter(|(_, _, report)| report.outcome.is_err()).map(|(name, ..)| *name).collect();
    if !failed.is_empty() {
        println!("\nFailed: {}. To see one again: cargo xtask test {}", failed.join(", "), failed[0]);
    }
    // Last and alone on its line: programs read it too.
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if failed.is_empty() { Ok(()) } else { Err(String::new()) }
}

fn fmt(tools: &Toolchain) -> Report {
    let check = || {
        let mut cargo = tools.cargo();
        cargo.args(["fmt", "--all", "--check"]);
        cargo
    };
    let of_press = || system::run(check().arg("--manifest-path").arg(press::manifest()));
    let outcome = system::run(&mut check()).and_then(|()| of_press());
    outcome.map_err(|error| format!("{error} To mend it: cargo fmt --all")).into()
}

fn clippy(tools: &Toolchain) -> Report {
    let check = |mut cargo: Command, what: &str, args: &[&str]| {
        step(what, || system::run(cargo.arg("clippy").args(args).args(["--", "--deny", "warnings"])))
    };
    // With the measurements in one call, dependencies are looked at once.
    let server =
        [&PACKAGES[..], &STORE, &["--package", "sputnik-bench", "--all-targets", "--features", SERVER]].concat();
    let browser = [&PACKAGES[..], &["--lib", "--features", BROWSER, "--target", WASM]].concat();
    let examples = Application::examples();
    let (of_servers, of_pages) = (packages(&examples, "ssr"), packages(&examples, "hydrate"));
    let server = server.into_iter().chain(of_servers.iter().map(String::as_str)).collect::<Vec<_>>();
    let browser = browser.into_iter().chain(of_pages.iter().map(String::as_str)).collect::<Vec<_>>();
    check(tools.cargo(), "Clippy: the server, all tests and the measurements", &server)
        .and(check(tools.wasm_cargo(), "Clippy: the browser's side", &browser))
        .and(check(tools.cargo(), "Clippy: xtask", &["--package", "xtask", "--all-targets"]))
        .into()
}

fn doc(tools: &Toolchain) -> Report {
    let mut cargo = tools.cargo();
    // The last flag is for the features of dependencies, as in `server::build`.
    cargo.args(["doc", "--no-deps", "--features", SERVER, "--lib", "--examples"]).args(PACKAGES).args(STORE);
    system::run(cargo.env("RUSTDOCFLAGS", "--deny warnings")).into()
}

fn unit(tools: &Toolchain) -> Report {
    let mut counts = Counts::default();
    let checker = debian_servers().and_then(|()| editor::install_modules()).and_then(|()| epubcheck::jar());
    let (checker, mut outcome) = match checker {
        Ok(jar) => (jar, Ok(())),
        Err(error) => (Default::default(), Err(error)),
    };
    let ours = [&PACKAGES[..], &STORE, &["--features", SERVER]].concat();
    let mut run = |command: &mut Command| {
        let (more, ended) = counts::run(in_colour(command.env(epubcheck::TOLD_BY, &checker)));
        counts += more;
        // All of them run, and the first that failed is the one to tell about.
        if outcome.is_ok() {
            outcome = ended;
        }
    };
    if system::ask(tools.cargo().args(["nextest", "--version"])).is_ok() {
        // Most tests wait most of the time: for a lease to run out, for a server to come back.
        let at_once = 2 * std::thread::available_parallelism().map_or(2, usize::from);
        let nextest = ["nextest", "run", "--no-fail-fast", "--test-threads", &at_once.to_string()].map(String::from);
        run(tools.cargo().args(nextest).args(&ours));
    } else {
        run(tools.cargo().args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]).args(&ours));
    }
    run(tools.cargo().args(["test", "--doc"]).args(&ours));
    // With the cargo that has just built xtask, and so has its dependencies compiled.
    run(own_cargo().args(["test", "--package", "xtask", "--profile", "xtask"]));
    Report { counts, outcome: outcome.map(|()| Checked::All) }
}

/// The tests start a Redis, a PostgreSQL and a PgBouncer of their own, make certificates for them, and start a client in
/// Python; where one cannot be had, they say so themselves.
fn debian_servers() -> Done {
    let there = [
        ("redis-server", system::has("redis-server")),
        ("postgresql", Path::new("/usr/lib/postgresql").exists()),
        ("pgbouncer", Path::new("/usr/sbin/pgbouncer").exists()),
        // With it, tests make certificates for both.
        ("openssl", system::has("openssl")),
        ("python3", system::has("python3")),
    ];
    let missing: Vec<&str> = there.iter().filter(|(_, there)| !there).map(|(package, _)| *package).collect();
    if missing.is_empty() || !debian::is_here() { Ok(()) } else { debian::install(&missing) }
}

/// What makes PDFs: a workspace of its own. Poppler's programs look into what it makes.
fn press(_: &Toolchain) -> Report {
    let poppler = match debian::is_here() && !system::has("pdftotext") {
        true => debian::install(&["poppler-utils"]),
        false => Ok(()),
    };
    let (counts, outcome) = press::test();
    Report { counts, outcome: outcome.and(poppler).map(|()| Checked::All) }
}

fn licences(tools: &Toolchain) -> Report {
    if system::ask(tools.cargo().args(["deny", "--version"])).is_err() {
        let why = "neither advisories nor licences; to have it: cargo install --locked cargo-deny";
        return Report::not_done(why);
    }
    let deny = |args: &[&str]| {
        let mut cargo = tools.cargo();
        cargo.args(["deny", "--all-features"]).args(args);
        cargo
    };
    let licences = system::run(&mut deny(&["check", "bans", "licenses", "sources"]));
    let mut of_press = tools.cargo();
    of_press.args(["deny", "--manifest-path"]).arg(press::manifest());
    of_press.args(["check", "--config"]).arg(paths::root().join("deny.toml")).args(["bans", "licenses", "sources"]);
    let licences = licences.and(system::run(&mut of_press));
    // The advisories are fetched from a host that not every machine reaches. Where it is not reached, those that were
    // fetched some other day are better than none.
    let fetched = step("Fetch the advisories", || system::ask(&mut deny(&["fetch", "db"]))).is_ok();
    let (checked, advisories) = match fetched {
        true => (Checked::All, system::run(&mut deny(&["check", "advisories"]))),
        false if advisories_are_here() => (
            Checked::AllBut("advisories are those of the last time they could be fetched"),
            system::run(&mut deny(&["--offline", "check", "advisories"])),
        ),
        false => (Checked::AllBut("NOT the advisories: they cannot be fetched from here"), Ok(())),
    };
    Report { counts: Counts::default(), outcome: licences.and(advisories).map(|()| checked) }
}

/// Whether advisories were fetched at any time, where `cargo deny` keeps them.
fn advisories_are_here() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let databases = home.and_then(|home| std::fs::read_dir(home.join("advisory-dbs")).ok());
    databases.is_some_and(|mut databases| databases.any(|entry| entry.is_ok_and(|entry| entry.path().is_dir())))
}

/// The editor's module alone: people in browsers, against a relay that behaves as the server does.
fn editor(_: &Toolchain) -> Report {
    match editor::prepare_tests() {
        Ok(mut tests) => {
            let (counts, outcome) = counts::run(in_colour(&mut tests));
            Report { counts, outcome: outcome.map(|()| Checked::All) }
        }
        Err(words) => Err(words).into(),
    }
}

fn browser(tools: &Toolchain) -> Report {
    match all_applications() {
        Ok(applications) => playwright(tools, Mode::Debug, &applications, &[]),
        Err(words) => Err(words).into(),
    }
}

/// The editor, all examples, and the one of the handbook.
fn all_applications() -> Done<Vec<Application>> {
    let applications = std::iter::once(Application::editor()).chain(Application::examples());
    Ok(applications.chain([handbook::application()?]).collect())
}

/// The wasm of a release is another: made small by means that could break it.
fn release(tools: &Toolchain) -> Report {
    playwright(tools, Mode::Release, &[Application::editor()], &OF_A_RELEASE)
}

/// Browser tests of applications, the editor first, whose sites are put together in this mode.
fn playwright(tools: &Toolchain, mode: Mode, applications: &[Application], flags: &[&str]) -> Report {
    let prepared = node::need_browser()
        .and_then(|()| node::need_other_engines())
        .and_then(|()| node::install_modules())
        .and_then(|()| step("Check the browser tests' types", || system::run(node::npx().args(["tsc", "--noEmit"]))))
        .and_then(|()| site::build(tools, mode, applications))
        .and_then(|()| step("Compile the servers", || server::build(tools, Mode::Debug, applications)));
    if prepared.is_err() {
        return prepared.into();
    }
    let mut playwright = node::npx();
    playwright.args(["playwright", "test"]).args(flags);
    // Where those of the others are follows from these: see `where.ts`.
    let editor = Application::editor();
    playwright.env("SPUTNIK_SERVER", paths::server(&editor.name, Mode::Debug)).env("LEPTOS_SITE_ROOT", editor.site);
    let (counts, outcome) = counts::run(in_colour(&mut playwright));
    Report { counts, outcome: outcome.map(|()| Checked::All) }
}

/// The runners write to us and not to the terminal, but it is there that their words end.
fn in_colour(command: &mut Command) -> &mut Command {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    command
}
