//! The figures as a page to read: what was to be reached and what was, and under it each row with all its servers.

use crate::rows::Row;
use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What a row found.
pub struct Findings {
    /// What was to be reached.
    pub goal: &'static str,
    /// What was.
    pub found: String,
    /// How it was measured.
    pub how: String,
    /// Names of the columns, then a line a server.
    pub table: Vec<Vec<String>>,
}

impl Findings {
    /// As a part of the page: the first line is its line in the summary.
    fn write(&self, row: &Row) -> String {
        let mut text = format!("| {} | {} | {} |\n", row.title, self.goal, self.found);
        let _ = write!(text, "\n## {}\n\n{}\n\n", row.title, self.how);
        for (index, line) in self.table.iter().enumerate() {
            let _ = writeln!(text, "| {} |", line.join(" | "));
            if index == 0 {
                let _ = writeln!(text, "|{}", " --- |".repeat(line.len()));
            }
        }
        text
    }
}

/// Keeps what a row found, and writes the page anew from all that is kept: rows may be measured one by one.
///
/// # Errors
/// In words.
pub fn keep(
    row: &Row,
    findings: &Findings,
    rows: &[Row],
    about: &str,
    folder: &Path,
    page: &Path,
) -> Result<(), String> {
    let words = |error: std::io::Error| format!("could not write {}: {error}", page.display());
    let file = |row: &Row| folder.join(row.name).with_extension("md");
    fs::create_dir_all(folder).map_err(words)?;
    let text = findings.write(row);
    println!("\n{text}");
    fs::write(file(row), text).map_err(words)?;
    let (mut summary, mut parts) = (String::new(), String::new());
    for text in rows.iter().filter_map(|row| fs::read_to_string(file(row)).ok()) {
        let (line, part) = text.split_once('\n').unwrap_or_default();
        let _ = writeln!(summary, "{line}");
        parts += part;
    }
    let text = format!("{HEAD}{about}\n| work | to reach | reached |\n| --- | --- | --- |\n{summary}{parts}");
    fs::write(page, text).map_err(words)
}

const HEAD: &str = "\
# Speed, side by side

Written by `cargo xtask bench`. One load generator drives every server in the server's own protocol, over loopback. The
server has one core to itself; the generator has another, with Redis where a server needs it. Every server runs as its
own documentation starts it, in release or production mode, with its defaults but for what is said here. In two rows a
browser takes the generator's place: how much of the machine it has is said there.

What it cannot say: how these servers do on many cores, over a real network, behind a proxy, or with payloads of another
size. A message is 128 bytes of text, but in the rows of people who write together: there it is what they write.

";

/// Machine, versions and seed, as lines.
pub fn about(seed: u64, peers: &Path, root: &Path) -> String {
    let first = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    // All of the machine's: we ourselves are bound to one.
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let kib: u64 = first("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let says = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&output).lines().next().unwrap_or_default().trim().to_owned()
    };
    let commit = says("git", &["-C", &root.display().to_string(), "log", "-1", "--format=%h of %cs"]);
    let mut versions = vec![
        format!("node {}", says("node", &["--version"])),
        says("python3", &["--version"]),
        says("redis-server", &["--version"]).split(" sha").next().unwrap_or_default().into(),
        env::var("BENCH_CARGO").unwrap_or_default(),
    ];
    for folder in ["socketio", "ws", "hocuspocus", "y-websocket"] {
        versions.extend(npm(&peers.join(folder).join("package.json")));
    }
    let pip = fs::read_to_string(peers.join("channels/requirements.txt")).unwrap_or_default();
    let named = ["channels", "daphne", "Django"];
    let pip = pip.lines().filter(|line| named.iter().any(|name| line.starts_with(name)));
    versions.extend(pip.map(|line| line.replace("==", " ")));
    versions.extend(locked(&peers.join("socketioxide/Cargo.lock"), "socketioxide"));
    versions
        .extend(["axum", "tokio-tungstenite", "yrs"].iter().filter_map(|name| locked(&root.join("Cargo.lock"), name)));
    format!(
        "- Machine: {cores} cores ({}), {} GB, Linux {}\n- Sputnik: commit {commit}, or up to a few before it\n\
         - Versions: {}\n- Seed: {seed}\n",
        first("/proc/cpuinfo", "model name"),
        kib.div_ceil(1 << 20),
        kernel.trim(),
        versions.join(", ")
    )
}

fn npm(package: &PathBuf) -> Vec<String> {
    let text = fs::read_to_string(package).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let dependencies = package["dependencies"].as_object().into_iter().flatten();
    dependencies.map(|(name, version)| format!("{name} {}", version.as_str().unwrap_or_default())).collect()
}

fn locked(lock: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(lock).ok()?;
    let (_, rest) = text.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    Some(format!("{name} {}", rest.split('"').next()?))
}
