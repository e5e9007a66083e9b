//! Commands of ours that work behind what is done now, when nobody else needs the processor.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::system;

/// What gives way to everything else, the thorough way first. Where there is neither, as on Windows, it is done like
/// anything else.
const GIVING_WAY: [&[&str]; 2] = [&["chrt", "--idle", "0"], &["nice", "-n", "19"]];

/// Begins `cargo xtask` with these words. What it says is in a file.
pub fn begin(words: &[&str], log: &Path) -> io::Result<()> {
    let said = File::create(log)?;
    let ourselves = std::env::current_exe()?;
    let mut command = match GIVING_WAY.iter().find(|before| system::has(before[0])) {
        Some(before) => {
            let mut command = Command::new(before[0]);
            command.args(&before[1..]).arg(&ourselves);
            command
        }
        None => Command::new(&ourselves),
    };
    command.args(words).stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said).spawn().map(drop)
}
