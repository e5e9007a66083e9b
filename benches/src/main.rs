//! The load generator, and the measurements: started by `cargo xtask bench`.
//!
//! Two rows need recordings of real people's typing, which are not part of this project: see [`writing::trace`]. The
//! others need nothing.

mod browser;
mod chance;
mod crowd;
mod http;
mod process;
mod publisher;
mod report;
mod rows;
mod samples;
mod servers;
mod socket;
mod wire;
mod writing;

use rows::{ROWS, Run};
use std::{env, path::PathBuf, process::ExitCode, time::Instant};
use tokio::task::LocalSet;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut run = Run { quick: false, seed: 1 };
    let mut names = Vec::new();
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--quick" => run.quick = true,
            "--seed" => {
                let seed = args.next().and_then(|seed| seed.parse().ok());
                run.seed = seed.ok_or("--seed is followed by a whole number")?;
            }
            name if ROWS.iter().any(|row| row.name == name) => names.push(arg),
            other => {
                let known: Vec<_> = ROWS.iter().map(|row| row.name).collect();
                return Err(format!("There is no row `{other}`. There are: {}.", known.join(", ")));
            }
        }
    }
    let place = |variable: &str| env::var_os(variable).map(PathBuf::from).ok_or("start it by `cargo xtask bench`");
    let (peers, page) = (place("BENCH_PEERS")?, place("BENCH_PAGE")?);
    let root = peers.ancestors().nth(2).ok_or("the peers are in benches/peers")?;
    let about = report::about(run.seed, &peers, root);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    for row in ROWS.iter().filter(|row| names.is_empty() || names.iter().any(|name| name == row.name)) {
        println!("▸ {}", row.title);
        let start = Instant::now();
        // All that a row started ends with its tasks.
        let findings = LocalSet::new().block_on(&runtime, (row.measure)(run))?;
        report::keep(row, &findings, &ROWS, &about, &page)?;
        println!("✔ {}: {:.0} s", row.title, start.elapsed().as_secs_f64());
    }
    Ok(())
}
