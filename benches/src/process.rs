//! What a process costs, as the kernel counts it.

use std::fs;
use tokio::time::Instant;

/// The kernel counts in hundredths of a second, on every Linux that people use.
const TICKS_PER_SECOND: f64 = 100.0;

/// The memory a process has in RAM, in bytes.
pub fn memory(pid: u32) -> u64 {
    bytes(pid, "VmRSS:")
}

/// The most it had since that was [forgotten](forget_peak).
pub fn peak(pid: u32) -> u64 {
    bytes(pid, "VmHWM:")
}

/// From now on the most it has is counted anew.
pub fn forget_peak(pid: u32) {
    // Where the kernel does not let us, the most is that since it began: more, never less.
    drop(fs::write(format!("/proc/{pid}/clear_refs"), "5"));
}

fn bytes(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1_024
}

/// The seconds of CPU a process has used.
fn seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name, in brackets, may hold anything. Times are the 14th and 15th field, the 12th and 13th after it.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
        / TICKS_PER_SECOND
}

/// Watches how busy a process and the generator are.
pub struct Busy {
    pid: u32,
    since: Instant,
    before: (f64, f64),
}

/// Shares of a core, in percent.
#[derive(Debug, Clone, Copy)]
pub struct Shares {
    /// The server's.
    pub server: f64,
    /// The generator's.
    pub generator: f64,
}

impl Busy {
    /// From now on.
    pub fn watch(pid: u32) -> Self {
        Self { pid, since: Instant::now(), before: (seconds(pid), seconds(std::process::id())) }
    }

    /// Up to now.
    pub fn shares(&self) -> Shares {
        let share = |now: f64, before: f64| (now - before) / self.since.elapsed().as_secs_f64() * 100.0;
        Shares {
            server: share(seconds(self.pid), self.before.0),
            generator: share(seconds(std::process::id()), self.before.1),
        }
    }
}

impl Shares {
    /// What it was that could do no more.
    pub fn limit(self) -> &'static str {
        match (self.server >= 90.0, self.generator >= 90.0) {
            (true, false) => "the server",
            (false, true) => "the generator",
            (true, true) => "both",
            (false, false) => "waiting",
        }
    }
}
