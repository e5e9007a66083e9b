//! The program itself: what it says when it cannot start.

use crate::support::redis_server::RedisServer;
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

fn refused(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik"))
        .env_clear()
        .args(["--address", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .args(arguments)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    words
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
        "--demo",
    ] {
        assert!(help.contains(word), "{word} is missing:\n{help}");
    }
}

/// The program, as it runs on a machine.
struct Running {
    process: Child,
    url: String,
    _data: tempfile::TempDir,
}

impl Running {
    fn start(flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_sputnik"))
            .env_clear()
            .args(["--address", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { process, url, _data: data }
    }

    async fn get(&self, path: &str, token: Option<&str>) -> (u16, String) {
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
