//! A Redis server of a test's own.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running `redis-server` on a free port of this machine, with nothing in it. Gone when dropped.
pub struct RedisServer {
    port: u16,
    child: Child,
    dir: tempfile::TempDir,
    arguments: Vec<String>,
}

impl RedisServer {
    /// Starts one, and returns when it answers.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with further arguments, such as `--requirepass secret`.
    pub fn start_with(arguments: &[&str]) -> Self {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let dir = tempfile::tempdir().expect("a directory for redis-server");
        for _ in 0..10 {
            let port = free_port();
            if let Some(child) = spawn(port, &dir, &arguments) {
                return Self { port, child, dir, arguments };
            }
        }
        panic!("redis-server found its port taken ten times");
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it keeps its files.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Kills it, without any warning to it (`kill -9`). Everything in it is lost.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Tells it something, over a connection of its own that waits for no answer.
    pub fn tell(&self, words: &str) {
        if let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
            let _ = stream.write_all(format!("{words}\r\n").as_bytes());
            // Without this it might be gone before it was read.
            let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
            let _ = stream.read(&mut [0; 16]);
        }
    }

    /// Starts it again, empty, on the same port.
    pub fn start_again(&mut self) {
        self.kill();
        self.child = spawn(self.port, &self.dir, &self.arguments).expect("its port is still free");
    }

    /// The same, with other further arguments.
    pub fn start_again_with(&mut self, arguments: &[&str]) {
        self.arguments = arguments.iter().map(ToString::to_string).collect();
        self.start_again();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Starts a server on `port` and waits until that very server answers there; `None` when it went away instead.
fn spawn(port: u16, dir: &tempfile::TempDir, arguments: &[String]) -> Option<Child> {
    let mut child = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        // Tests let it sleep.
        .args(["--enable-debug-command", "local", "--dir"])
        .arg(dir.path())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect(
            "these tests need `redis-server` (version 7.0 or later) on the PATH: install the package `redis-server`",
        );
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        if child.try_wait().expect("its state").is_some() {
            return None;
        }
        if pid_that_answers(port, arguments) == Some(child.id()) {
            return Some(child);
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    let _ = child.kill();
    let _ = child.wait();
    panic!("redis-server did not answer within ten seconds");
}

/// Which process answers as Redis on `port`: another test's server may have been quicker to take it.
fn pid_that_answers(port: u16, arguments: &[String]) -> Option<u32> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_millis(500))).ok()?;
    let password = arguments.iter().skip_while(|argument| *argument != "--requirepass").nth(1);
    let enter = password.map(|password| format!("AUTH {password}\r\n")).unwrap_or_default();
    stream.write_all(format!("{enter}INFO server\r\nQUIT\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let pid = answer.lines().find_map(|line| line.strip_prefix("process_id:"))?;
    pid.trim().parse().ok()
}
