//! A PostgreSQL server of a test's own.

use std::{
    fs,
    io::Write,
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running `postgres` on a free port of this machine, with its data in memory's keeping: no sync. Gone when dropped.
pub struct PostgresServer {
    port: u16,
    child: Child,
    programs: PathBuf,
    user: Option<User>,
    dir: tempfile::TempDir,
}

/// PostgreSQL refuses to run as root: then it runs as the user its package made.
#[derive(Clone, Copy)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
}

/// Whoever servers run as that refuse to run as root: the user PostgreSQL's package made, or who runs the tests.
pub fn unprivileged() -> Option<User> {
    let of = (id("-u", None)? == 0).then_some("postgres");
    Some(User { uid: id("-u", of)?, gid: id("-g", of)? })
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

impl PostgresServer {
    /// Starts one, and returns when it answers; `None` where none is installed.
    pub fn start() -> Option<Self> {
        Self::start_with(None)
    }

    /// The same, and it speaks TLS under this certificate with this key.
    pub fn start_with(certificate: Option<(PathBuf, PathBuf)>) -> Option<Self> {
        let programs = programs()?;
        let user = if id("-u", None)? == 0 { Some(unprivileged()?) } else { None };
        let dir = tempfile::tempdir().expect("a directory for postgres");
        give(dir.path(), user);
        let data = dir.path().join("data");
        let made = command(&programs, "initdb", user)
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb made a database");
        if let Some((certificate, key)) = certificate {
            for (file, name) in [(certificate, "server.pem"), (key, "server.key")] {
                let copy = data.join(name);
                fs::copy(file, &copy).expect("copied");
                // It refuses a key that others may read.
                fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).expect("permissions");
                give(&copy, user);
            }
            let settings = "ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\n";
            let mut file = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).expect("settings");
            file.write_all(settings.as_bytes()).expect("written");
        }
        let port = free_port();
        let child = run(&programs, user, port, dir.path());
        let server = Self { port, child, programs, user, dir };
        server.wait();
        Some(server)
    }

    /// Ends it at once, with every connection, and starts it again with what it had.
    pub fn restart(&mut self) {
        self.stop();
        self.child = run(&self.programs, self.user, self.port, self.dir.path());
        self.wait();
    }

    /// Ends it at once, with every connection.
    pub fn stop(&mut self) {
        // Its postmaster takes all its processes with it at SIGQUIT; there is no other way to send one without unsafe
        // code.
        let _ = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Tells it something in SQL, even where others may only read.
    pub fn tell(&self, sql: &str) {
        let told = command(&self.programs, "psql", self.user)
            .env("PGOPTIONS", "-c default_transaction_read_only=off")
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])
            .args(["-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", sql])
            .status();
        assert!(told.is_ok_and(|status| status.success()), "{sql}");
    }

    /// Cuts every connection to its databases.
    pub fn cut(&self) {
        self.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL");
    }

    fn wait(&self) {
        let started = Instant::now();
        while !self.run("pg_isready", &["-d", "postgres"]) {
            assert!(started.elapsed() < Duration::from_secs(30), "postgres answers within thirty seconds");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The address of a new, empty database.
    pub async fn new_database(&self, name: &str) -> String {
        let name = &name[..name.len().min(60)];
        assert!(self.run("createdb", &[name]), "a new database");
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        command(&self.programs, program, self.user)
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])
            .args(arguments)
            .status()
            .is_ok_and(|status| status.success())
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn give(path: &Path, user: Option<User>) {
    if let Some(User { uid, gid }) = user {
        chown(path, Some(uid), Some(gid)).expect("given away");
    }
}

fn run(programs: &Path, user: Option<User>, port: u16, dir: &Path) -> Child {
    command(programs, "postgres", user)
        .arg("-D")
        .arg(dir.join("data"))
        .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-F", "-c", "max_connections=400", "-k"])
        .arg(dir)
        .spawn()
        .expect("postgres runs")
}

/// Where the server's programs are: on the PATH, or where Debian puts them, the newest version first.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH")?;
    let mut places: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|dir| dir.path().join("bin")).collect();
    versions.sort();
    places.extend(versions.into_iter().rev());
    let all = ["initdb", "postgres", "pg_isready", "createdb", "psql"];
    places.into_iter().find(|place| all.iter().all(|program| place.join(program).is_file()))
}

fn id(which: &str, of: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(which).args(of).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn command(programs: &Path, program: &str, user: Option<User>) -> Command {
    let mut command = Command::new(programs.join(program));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}
