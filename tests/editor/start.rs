//! The program itself: what it says when it cannot start.

use crate::support::{postgres_server::PostgresServer, redis_server::RedisServer, small_disk::SmallDisk};
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

fn refused(arguments: &[&str]) -> String {
    refused_in(tempfile::tempdir().unwrap().path(), arguments)
}

pub fn refused_in(folder: &Path, arguments: &[&str]) -> String {
    let words = said(folder, arguments);
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    words
}

fn said_at_the_end(folder: &Path, arguments: &[&str]) -> String {
    said(folder, arguments).lines().last().unwrap_or_default().to_owned()
}

/// What it says when it does not start.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik"))
        .env_clear()
        .args(["--address", "127.0.0.1:0", "--data"])
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_taken_port_is_told_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let words = refused_at(&taken.local_addr().unwrap().to_string());
    assert!(words.contains("cannot listen on 127.0.0.1:"), "{words}");
}

fn refused_at(address: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik")).env_clear().args(["--address", address]).output().unwrap();
    assert!(!output.status.success());
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    words
}

#[test]
fn an_unreachable_redis_is_told_in_one_line() {
    let words = refused(&["--redis", "redis://127.0.0.1:1/"]);
    assert!(words.contains("Redis cannot be reached"), "{words}");
}

#[test]
fn a_redis_that_is_not_supported_is_told_in_one_line_and_without_its_password() {
    for (url, words) in [
        ("redis+sentinel://:s3cr3t@127.0.0.1:26379/mymaster", "Redis Sentinel is not supported"),
        ("redis://:s3cr3t@127.0.0.1:1,127.0.0.1:2/", "several servers"),
        ("redis://ann:s3cr3t@127.0.0.1:port/", "cannot be understood"),
    ] {
        let told = refused(&["--redis", url]);
        assert!(told.contains("Redis cannot be used") && told.contains(words), "{told}");
        assert!(!told.contains("s3cr3t"), "{told}");
    }
    let told = refused(&["--redis", "rediss://127.0.0.1:1/", "--redis-ca", "/nowhere/ca.pem"]);
    assert!(told.contains("/nowhere/ca.pem") && told.contains("--redis-ca"), "{told}");
}

#[test]
fn a_database_that_is_none_is_told_in_one_line_and_without_its_password() {
    let words = refused(&["--database", "mysql://ann:secret@host/db"]);
    assert!(words.contains("sqlite:") && !words.contains("secret"), "{words}");
    let words = refused(&["--database", "postgres://ann:secret@127.0.0.1:1/db"]);
    assert!(words.contains("cannot be opened") && !words.contains("secret"), "{words}");
}

#[test]
fn an_unwritable_data_folder_is_told_in_one_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let inside = file.path().join("data");
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik"))
        .env_clear()
        .args(["--address", "127.0.0.1:0", "--data"])
        .arg(inside)
        .output()
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && words.contains("cannot be written") && words.lines().count() == 1, "{words}");
}

#[test]
fn help_names_every_flag_its_variable_and_its_default() {
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik")).env_clear().arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "SPUTNIK_ADDRESS",
        "127.0.0.1:3000",
        "SPUTNIK_DATA",
        "DATABASE_URL",
        "REDIS_URL",
        "LEPTOS_SITE_ROOT",
        "SPUTNIK_PUBLIC_URL",
        "SPUTNIK_METRICS_TOKEN",
        "SPUTNIK_COMMANDS_A_SECOND",
        "SPUTNIK_ADMINS",
        "SPUTNIK_PGBOUNCER",
        "backup",
        "restore",
        "rebuild-search",
        "--demo",
    ] {
        assert!(help.contains(word), "{word} is missing:\n{help}");
    }
}

/// The program, as it runs on a machine.
pub struct Running {
    process: Child,
    url: String,
    /// Removed with it.
    data: Option<tempfile::TempDir>,
}

impl Running {
    pub fn start(flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut running = Self::start_in(data.path(), flags);
        running.data = Some(data);
        running
    }

    /// On a folder that stays.
    pub fn start_in(data: &Path, flags: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sputnik"));
        program.args(["--address", "127.0.0.1:0", "--data"]).arg(data).args(flags);
        Self::started_by(program)
    }

    fn started_by(mut program: Command) -> Self {
        let mut process =
            program.env_clear().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it can be started");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { process, url, data: None }
    }

    /// Ends it without any warning, as `kill -9` does.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Posts one of the account's forms. Tells whether it led on.
    pub async fn submit(&self, form: &str, fields: &[(&str, &str)]) -> bool {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
        let request = client
            .post(format!("{}/command/{form}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .header("referer", format!("{}/sign-in", self.url));
        let answer = request.body(body.join("&")).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        to.is_some_and(|to| !to.contains("__err"))
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> (u16, String) {
        let mut request = reqwest::Client::new().get(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn whoever_looks_after_it_can_ask_how_it_is() {
    let server = Running::start(&[]);
    assert_eq!(server.get("/healthz", None).await.0, 200);
    assert_eq!(server.get("/readyz", None).await, (200, "ready\n".into()));
    let (status, text) = server.get("/metrics", None).await;
    assert_eq!(status, 200);
    // Readiness went the way of every message.
    assert!(text.contains(r#"sputnik_broker_seconds_count{operation="publish"} 1"#), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn while_redis_takes_nothing_the_node_says_that_it_is_the_broker_and_is_ready_again_by_itself() {
    let redis = RedisServer::start();
    let server = Running::start(&["--redis", &redis.url()]);
    let becomes = async |ready: bool| {
        for _ in 0..600 {
            let (status, words) = server.get("/readyz", None).await;
            if (status == 200) == ready {
                return words;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never became {}ready", if ready { "" } else { "un" });
    };
    becomes(true).await;
    for (trouble, mended) in [
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        ("CONFIG SET requirepass other", "AUTH other\r\nCONFIG SET requirepass \"\""),
        ("CLIENT PAUSE 6000 ALL", "CLIENT UNPAUSE"),
    ] {
        // In one go: who is connected already may stay, whatever the password, and who comes later may not kill.
        redis.tell(&format!("{trouble}\r\nCLIENT KILL TYPE normal SKIPME yes"));
        let words = becomes(false).await;
        assert!(words.starts_with("broker: "), "{trouble}: {words}");
        redis.tell(mended);
        becomes(true).await;
    }
}

#[tokio::test]
async fn what_it_counted_is_not_for_everyone() {
    let server = Running::start(&["--metrics-token", "a-secret"]);
    assert_eq!(server.get("/metrics", None).await.0, 404);
    assert_eq!(server.get("/metrics", Some("another")).await.0, 404);
    assert_eq!(server.get("/metrics", Some("a-secret")).await.0, 200);
}

#[test]
fn a_folder_of_a_host_is_refused_as_the_sites_address() {
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik"))
        .env_clear()
        .env("SPUTNIK_PUBLIC_URL", "https://x.example/wiki/")
        .output()
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(words.contains("not at /wiki/") && words.contains("https://x.example"), "{words}");
}

#[cfg(unix)]
#[test]
fn it_ends_in_order_when_it_is_told_to() {
    let mut server = Running::start(&[]);
    let told = Command::new("kill").arg(server.process.id().to_string()).status().unwrap();
    assert!(told.success());
    assert!(server.process.wait().unwrap().success());
}

#[test]
fn a_second_process_on_one_folder_is_refused_while_the_first_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start_in(folder.path(), &[]);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    let other = tempfile::tempdir().unwrap();
    let same = format!("sqlite:{}", folder.path().join("sputnik.db").display());
    for words in [
        refused_in(folder.path(), &[]),
        refused_in(&link, &[]),
        refused_in(other.path(), &["--database", &same]),
        refused_in(other.path(), &["--database", &format!("{same}?mode=rwc")]),
    ] {
        assert!(words.contains("in use by another Sputnik (process "), "{words}");
    }
    // A killed one tells nobody that it goes.
    first.kill();
    drop(Running::start_in(folder.path(), &[]));
}

#[test]
fn processes_that_share_redis_may_share_a_folder_and_nobody_else_may() {
    let folder = tempfile::tempdir().unwrap();
    let (redis, another) = (RedisServer::start(), RedisServer::start());
    let (url, other) = (redis.url(), another.url());
    let first = Running::start_in(folder.path(), &["--redis", &url]);
    let second = Running::start_in(folder.path(), &["--redis", &url]);
    let words = refused_in(folder.path(), &[]);
    assert!(words.contains("in use by another Sputnik"), "{words}");
    let words = said_at_the_end(folder.path(), &["--redis", &other]);
    assert!(words.contains("talks by another broker"), "{words}");
    let copy = folder.path().join("copy.db");
    let words = refused_in(folder.path(), &["restore", copy.to_str().unwrap()]);
    assert!(words.contains("there is no database at"), "{words}");
    first.kill();
    let words = refused_in(folder.path(), &[]);
    assert!(words.contains("in use by another Sputnik"), "{words}");
    second.kill();
    let alone = Running::start_in(folder.path(), &[]);
    let words = refused_in(folder.path(), &["--redis", &url]);
    assert!(words.contains("in use by another Sputnik (process "), "{words}");
    drop(alone);
}

#[test]
fn a_database_in_memory_is_refused() {
    for url in ["sqlite::memory:", "sqlite:books.db?mode=memory"] {
        let words = refused(&["--database", url]);
        assert!(words.contains("in memory cannot be used"), "{words}");
    }
}

#[test]
fn what_it_stores_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("deep/data");
    drop(Running::start_in(&folder, &[]));
    assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
    // One that an earlier version made.
    for file in ["sputnik.db", "sputnik.db-wal", "sputnik.db-shm"] {
        std::fs::set_permissions(folder.join(file), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let running = Running::start_in(&folder, &[]);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    drop(running);
    // A folder that somebody else made is as they made it.
    let theirs = tempfile::tempdir().unwrap();
    std::fs::set_permissions(theirs.path(), std::fs::Permissions::from_mode(0o750)).unwrap();
    drop(Running::start_in(theirs.path(), &[]));
    assert_eq!(mode(theirs.path()), 0o750);
}

/// Asks until it is so, for as long as one may wait.
async fn until_it_is(server: &Running, status: u16, within: Duration) -> String {
    let began = Instant::now();
    loop {
        let (is, words) = server.get("/readyz", None).await;
        if is == status {
            return words;
        }
        assert!(began.elapsed() < within, "still {is}: {words}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_can_be_written_it_is_not_ready_and_says_why() {
    let Some(disk) = SmallDisk::mount(2 << 20) else { return };
    let data = disk.path().join("data");
    let server = Running::start_in(&data, &[]);
    assert_eq!(server.get("/readyz", None).await, (200, "ready\n".into()));
    disk.fill();
    let words = until_it_is(&server, 503, Duration::from_secs(20)).await;
    assert_eq!(words, "database: database or disk is full\n");
    disk.make_room();
    until_it_is(&server, 200, Duration::from_secs(5)).await;
    assert!(server.submit("sign_up", &[("name", "ben"), ("password", "five warm pears")]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_answers_with_errors_it_is_not_ready_and_then_it_is() {
    // A bound on what a process may write is like any error of the disk to it, and setting one needs no rights. The
    // signal that says so is passed over: what is left is the error.
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new("sh");
    program.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_sputnik")]);
    program.args(["--address", "127.0.0.1:0", "--data"]).arg(folder.path());
    let server = Running::started_by(program);
    let bound = |bytes: &str| {
        let pid = server.process.id().to_string();
        let bound = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")]).status();
        bound.is_ok_and(|status| status.success())
    };
    for _ in 0..3 {
        if !bound("1") {
            eprintln!("skipped: there is no prlimit to bound with what a process may write");
            return;
        }
        let words = until_it_is(&server, 503, Duration::from_secs(5)).await;
        assert_eq!(words, "database: disk I/O error\n");
        assert!(!server.submit("sign_up", &[("name", "ann"), ("password", "five warm pears")]).await);
        assert!(bound("unlimited"));
        until_it_is(&server, 200, Duration::from_secs(5)).await;
    }
    assert!(server.submit("sign_up", &[("name", "ann"), ("password", "five warm pears")]).await);
}

#[test]
fn without_room_to_bring_the_database_up_to_date_it_says_so_and_starts_when_there_is() {
    let Some(disk) = SmallDisk::mount(2 << 20) else { return };
    let data = disk.path().join("data");
    std::fs::create_dir(&data).unwrap();
    disk.fill();
    for _ in 0..2 {
        let words = refused_in(&data, &[]);
        assert!(words.contains("database"), "{words}");
    }
    disk.make_room();
    drop(Running::start_in(&data, &[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_share_postgresql_must_share_a_broker() {
    let Some(server) = PostgresServer::start() else {
        eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
        return;
    };
    let url = server.new_database("books").await;
    let redis = RedisServer::start();
    let (memory, shared) = (["--database", url.as_str()], ["--database", &url, "--redis", &redis.url()]);
    let deaf = |words: &str| words.contains("talks by another broker") && words.contains("127.0.0.1:");
    // Before the last line it says that it looks whether the other one is still there.
    let refused = |flags: &[&str]| said_at_the_end(tempfile::tempdir().unwrap().path(), flags);
    let first = Running::start(&memory);
    assert!(deaf(&refused(&memory)));
    assert!(deaf(&refused(&shared)));
    assert_eq!(first.get("/readyz", None).await.0, 200, "who was there first stays");
    // It goes in good order, so nobody waits for it.
    let told = Command::new("kill").arg(first.process.id().to_string()).status().unwrap();
    assert!(told.success());
    let began = Instant::now();
    let first = Running::start(&shared);
    assert!(began.elapsed() < Duration::from_secs(12));
    let second = Running::start(&shared);
    assert!(deaf(&refused(&memory)));
    for node in [&first, &second] {
        assert_eq!(node.get("/readyz", None).await.0, 200);
    }
    // Killed ones do not keep others out for long.
    first.kill();
    second.kill();
    drop(Running::start(&memory));
}
