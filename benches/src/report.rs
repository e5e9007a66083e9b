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
    /// As a part of the page: its line in the summary, and its section.
    fn write(&self, row: &Row, commit: &str) -> Part {
        let summary = format!("| {} | {} | {} |", row.title, self.goal, self.found);
        let mut section = format!("## {}\n\n{}\n\nSputnik: commit {commit}.\n\n", row.title, self.how);
        for (index, line) in self.table.iter().enumerate() {
            let _ = writeln!(section, "| {} |", line.join(" | "));
            if index == 0 {
                let _ = writeln!(section, "|{}", " --- |".repeat(line.len()));
            }
        }
        Part { summary, section }
    }
}

/// What the page says of a row.
struct Part {
    summary: String,
    section: String,
}

impl Part {
    /// As it stands on a page.
    fn on(page: &str, row: &Row) -> Option<Self> {
        let summary = page.lines().find(|line| line.starts_with(&format!("| {} |", row.title)))?.to_owned();
        let (_, section) = page.split_once(&format!("\n## {}\n", row.title))?;
        let section = section.split("\n## ").next()?.trim_end();
        Some(Self { summary, section: format!("## {}\n{section}\n", row.title) })
    }
}

/// Puts what a row found in its place on the page. What the page says of other rows stays: rows may be measured one by
/// one.
///
/// # Errors
/// In words.
pub fn keep(row: &Row, findings: &Findings, rows: &[Row], about: &About, page: &Path) -> Result<(), String> {
    let new = findings.write(row, &about.commit);
    println!("\n{}\n\n{}", new.summary, new.section);
    let before = fs::read_to_string(page).unwrap_or_default();
    fs::write(page, with(&before, row, new, rows, &about.conditions))
        .map_err(|error| format!("could not write {}: {error}", page.display()))
}

/// The page with a row's new part.
fn with(before: &str, row: &Row, new: Part, rows: &[Row], conditions: &str) -> String {
    let (mut summaries, mut sections) = (String::new(), String::new());
    let mut add = |Part { summary, section }: Part| {
        let _ = writeln!(summaries, "{summary}");
        let _ = write!(sections, "\n{section}");
    };
    let mut new = Some(new);
    for other in rows {
        let part = if other.name == row.name { new.take() } else { Part::on(before, other) };
        part.into_iter().for_each(&mut add);
    }
    format!("{HEAD}{conditions}\n| work | to reach | reached |\n| --- | --- | --- |\n{summaries}{sections}")
}

const HEAD: &str = "\
# Speed, side by side

Written by `cargo xtask bench`. One load generator drives every server in the server's own protocol, over loopback. The
server has one core to itself; the generator has another, with Redis where a server needs it. Every server runs as its
own documentation starts it, in release or production mode, with its defaults but for what is said here. In three rows a
browser takes the generator's place: how much of the machine it has is said there.

What it cannot say: how these servers do on many cores, over a real network, behind a proxy, or with payloads of another
size. A message is 128 bytes of text, but in the rows of people who write together: there it is what they write.

Rows may be measured one by one: each says of which commit it is. Machine and versions are those of the last.

";

/// What is measured, and on what.
pub struct About {
    /// Sputnik's commit.
    commit: String,
    /// Machine, versions and seed, as lines.
    conditions: String,
}

/// Finds out what is measured, and on what.
pub fn about(seed: u64, peers: &Path, root: &Path) -> About {
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
    versions.extend(npm(&root.join("benches").join("phone").join("package.json")));
    let pip = fs::read_to_string(peers.join("channels/requirements.txt")).unwrap_or_default();
    let named = ["channels", "daphne", "Django"];
    let pip = pip.lines().filter(|line| named.iter().any(|name| line.starts_with(name)));
    versions.extend(pip.map(|line| line.replace("==", " ")));
    versions.extend(locked(&peers.join("socketioxide/Cargo.lock"), "socketioxide"));
    versions
        .extend(["axum", "tokio-tungstenite", "yrs"].iter().filter_map(|name| locked(&root.join("Cargo.lock"), name)));
    let conditions = format!(
        "- Machine: {cores} cores ({}), {} GB, Linux {}\n- Versions: {}\n- Seed: {seed}\n",
        first("/proc/cpuinfo", "model name"),
        kib.div_ceil(1 << 20),
        kernel.trim(),
        versions.join(", ")
    );
    About { commit, conditions }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::ROWS;

    #[test]
    fn a_row_that_is_measured_again_leaves_the_others_as_they_were() {
        let findings = |found: &str| Findings {
            goal: "soon",
            found: found.into(),
            how: "Somehow.".into(),
            table: vec![vec!["server".into(), "ms".into()], vec!["Sputnik".into(), found.into()]],
        };
        let mut page = String::new();
        for (row, found) in [(2, "20"), (0, "10"), (1, "15"), (2, "21")] {
            page = with(&page, &ROWS[row], findings(found).write(&ROWS[row], "abc"), &ROWS, "- Seed: 1\n");
        }
        let places: Vec<_> = ["10", "15", "21"].iter().map(|found| page.find(&format!("| soon | {found} |"))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{page}");
        assert!(["10", "15", "21"].iter().all(|found| page.contains(&format!("| Sputnik | {found} |"))), "{page}");
        assert!(!page.contains("20"), "{page}");
        assert_eq!(page.matches("\n## ").count(), 3, "{page}");
    }
}
