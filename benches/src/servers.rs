//! The servers that are measured, and how one is started: on a core of its own.

use crate::{
    process::memory,
    wire::{
        Protocol::{self, Plain, SocketIo, Sputnik, Writing},
        WritingProtocol,
    },
};
use std::{
    env,
    fs::{self, OpenOptions},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep},
};

/// The core that servers have to themselves; the generator, and Redis where there is one, have the other.
pub const SERVERS_CORE: &str = "0";
const OTHER_CORE: &str = "1";
/// For a browser with two pages, which is what is measured.
pub const BOTH_CORES: &str = "0,1";

/// One of the servers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// What it is called in the table.
    pub name: &'static str,
    /// What it speaks.
    pub protocol: Protocol,
    program: Program,
    /// Whether it needs Redis.
    redis: bool,
    /// Whether it keeps what it is told.
    keeps: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    /// A binary beside the generator's.
    Ours(&'static str),
    /// The whole application, as it is served to people.
    Application,
    /// The same, with the books of its demo.
    Demo,
    Node(&'static str),
    Recovering(&'static str),
    Daphne,
    Socketioxide,
}

const fn kind(name: &'static str, protocol: Protocol, program: Program, redis: bool) -> Kind {
    Kind { name, protocol, program, redis, keeps: false }
}

/// One that people write documents with.
const fn keeping(name: &'static str, protocol: WritingProtocol, program: Program) -> Kind {
    Kind { name, protocol: Writing(protocol), program, redis: false, keeps: true }
}

pub const SPUTNIK: Kind = kind("Sputnik", Sputnik { present: false }, Program::Ours("node"), false);
pub const SPUTNIK_PRESENT: Kind = kind("Sputnik", Sputnik { present: true }, Program::Ours("node"), false);
pub const SPUTNIK_REDIS: Kind = kind("Sputnik, Redis", Sputnik { present: false }, Program::Ours("node"), true);
pub const FLOOR: Kind = kind("floor (bare axum)", Plain, Program::Ours("floor"), false);
pub const WS: Kind = kind("ws", Plain, Program::Node("ws"), false);
pub const SOCKET_IO: Kind = kind("Socket.IO", SocketIo, Program::Node("socketio"), false);
pub const SOCKET_IO_RECOVERY: Kind = kind("Socket.IO, recovery", SocketIo, Program::Recovering("socketio"), false);
pub const SOCKET_IO_STREAMS: Kind =
    kind("Socket.IO, recovery, Redis Streams", SocketIo, Program::Recovering("socketio"), true);
pub const SOCKETIOXIDE: Kind = kind("socketioxide", SocketIo, Program::Socketioxide, false);
pub const CHANNELS: Kind = kind("Django Channels, Redis", Plain, Program::Daphne, true);
pub const SPUTNIK_BOOK: Kind = keeping("Sputnik", WritingProtocol::Sputnik, Program::Application);
pub const SPUTNIK_DEMO: Kind = keeping("Sputnik", WritingProtocol::Sputnik, Program::Demo);
pub const HOCUSPOCUS: Kind = keeping("Hocuspocus", WritingProtocol::Hocuspocus, Program::Node("hocuspocus"));
pub const HOCUSPOCUS_LOGGING: Kind =
    keeping("Hocuspocus, a log first", WritingProtocol::Hocuspocus, Program::Recovering("hocuspocus"));
pub const Y_WEBSOCKET: Kind = keeping("y-websocket", WritingProtocol::Yjs, Program::Node("y-websocket"));

/// A process that ends with this.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A Redis server of a measurement's own.
pub struct Redis {
    port: u16,
    _running: Running,
}

impl Redis {
    /// Starts one that keeps nothing.
    ///
    /// # Errors
    /// In words.
    pub async fn start() -> Result<Self, String> {
        let port = free_port()?;
        let mut command = on_core(OTHER_CORE, "redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        Ok(Self { port, _running: wait_for(command, port).await? })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

/// The folder in which a server keeps what it is told; it goes with this.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in the way of nobody.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A running server, and the Redis it needs.
pub struct Server {
    /// Which it is.
    pub kind: Kind,
    /// Where it is.
    pub at: SocketAddr,
    /// The Redis it has.
    pub redis: Option<Redis>,
    running: Running,
    // After the server, which still writes there.
    folder: Option<Folder>,
}

impl Server {
    /// Starts one, and returns when it listens.
    ///
    /// # Errors
    /// In words.
    pub async fn start(kind: Kind) -> Result<Self, String> {
        let redis = if kind.redis { Some(Redis::start().await?) } else { None };
        let port = free_port()?;
        let folder = if kind.keeps { Some(new_folder(port)?) } else { None };
        let running = wait_for(command(kind, port, redis.as_ref(), folder.as_ref()), port).await?;
        Ok(Self { kind, at: (Ipv4Addr::LOCALHOST, port).into(), redis, running, folder })
    }

    /// Ends it without a warning.
    pub fn kill(&mut self) {
        drop(self.running.0.kill());
        drop(self.running.0.wait());
    }

    /// Starts it again where it was, and returns when it listens.
    ///
    /// # Errors
    /// In words.
    pub async fn start_again(&mut self) -> Result<(), String> {
        let port = self.at.port();
        let command = command(self.kind, port, self.redis.as_ref(), self.folder.as_ref());
        self.running = wait_for(command, port).await?;
        Ok(())
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.running.0.id()
    }

    /// The memory it has.
    pub fn memory(&self) -> u64 {
        memory(self.pid())
    }
}

/// Where `cargo xtask bench` put what it built: set by it.
pub fn place(variable: &str) -> PathBuf {
    env::var_os(variable).unwrap_or_else(|| panic!("{variable} is set by `cargo xtask bench`")).into()
}

/// A binary that lies beside this one.
pub fn beside(name: &str) -> PathBuf {
    env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(name))).unwrap_or_default()
}

/// A command that runs on one core, or on those of a list.
pub fn on_core(core: &str, program: impl AsRef<Path>) -> Command {
    let mut command = Command::new("taskset");
    // Whatever ends the generator ends what it started.
    command.args(["--cpu-list", core, "setpriv", "--pdeathsig", "KILL"]).arg(program.as_ref());
    command.stdin(Stdio::null()).stdout(Stdio::null());
    // What servers have to complain of is kept, beside what was built.
    let log = OpenOptions::new().create(true).append(true).open(place("BENCH_BUILT").join("servers.log"));
    command.stderr(log.map_or_else(|_| Stdio::null(), Stdio::from));
    command
}

/// A binary of ours, where servers run.
pub fn ours(name: &str) -> Command {
    on_core(SERVERS_CORE, beside(name))
}

fn new_folder(port: u16) -> Result<Folder, String> {
    let folder = place("BENCH_BUILT").join("kept").join(port.to_string());
    // Whatever was once killed may have left some.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(Folder(folder))
}

/// The application with its defaults, but that a client may send as fast as it is answered and a browser may have any
/// number of pages. What it logs is warnings, as with the others.
fn application(port: u16) -> Command {
    let mut command = ours("sputnik");
    command.env_remove("DATABASE_URL").env("RUST_LOG", "warn").env("LEPTOS_SITE_ROOT", place("BENCH_SITE"));
    command.args(["--address", &format!("127.0.0.1:{port}")]);
    for bound in ["--commands-a-second", "--commands-at-once", "--clients-a-browser", "--sign-ups-at-once"] {
        command.args([bound, &u32::MAX.to_string()]);
    }
    command
}

fn command(kind: Kind, port: u16, redis: Option<&Redis>, folder: Option<&Folder>) -> Command {
    let mut command = match kind.program {
        Program::Ours(name) => ours(name),
        Program::Application => application(port),
        Program::Demo => {
            let mut command = application(port);
            command.arg("--demo");
            command
        }
        Program::Node(folder) | Program::Recovering(folder) => {
            let mut command = on_core(SERVERS_CORE, "node");
            command.arg(place("BENCH_PEERS").join(folder).join("server.js")).env("NODE_ENV", "production");
            command
        }
        Program::Daphne => {
            let mut command = on_core(SERVERS_CORE, place("BENCH_BUILT").join("channels/bin/daphne"));
            command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--verbosity", "0"]);
            command.arg("application:application").current_dir(place("BENCH_PEERS").join("channels"));
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            command
        }
        Program::Socketioxide => on_core(SERVERS_CORE, place("BENCH_BUILT").join("release/bench-socketioxide")),
    };
    if matches!(kind.program, Program::Recovering(_)) {
        command.env("RECOVER", "1");
    }
    command.env_remove("REDIS_URL").env("PORT", port.to_string());
    if let Some(redis) = redis {
        command.env("REDIS_URL", redis.url());
    }
    if let Some(Folder(folder)) = folder {
        // By the name that each has for it.
        command.envs(["KEEP", "YPERSISTENCE", "SPUTNIK_DATA"].map(|name| (name, folder)));
    }
    command
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no port is free: {error}"))?;
    listener.local_addr().map(|at| at.port()).map_err(|error| error.to_string())
}

async fn wait_for(mut command: Command, port: u16) -> Result<Running, String> {
    let words = format!("{command:?}");
    let mut running = Running(command.spawn().map_err(|error| format!("{words}: {error}"))?);
    let patience = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
        if let Ok(Some(status)) = running.0.try_wait() {
            return Err(format!("{words}: {status}"));
        }
        if Instant::now() > patience {
            return Err(format!("{words}: nobody listens"));
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(running)
}
