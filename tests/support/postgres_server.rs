//! A PostgreSQL server of a test's own.

use std::{
    net::{Ipv4Addr, TcpListener},
    os::unix::{fs::chown, process::CommandExt},
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
    _dir: tempfile::TempDir,
}

/// PostgreSQL refuses to run as root: then it runs as the user its package made.
#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

impl PostgresServer {
    /// Starts one, and returns when it answers; `None` where none is installed.
    pub fn start() -> Option<Self> {
        let programs = programs()?;
        let user = if id("-u", None)? == 0 {
            Some(User { uid: id("-u", Some("postgres"))?, gid: id("-g", Some("postgres"))? })
        } else {
            None
        };
        let dir = tempfile::tempdir().expect("a directory for postgres");
        if let Some(user) = user {
            chown(dir.path(), Some(user.uid), Some(user.gid)).expect("the directory given away");
        }
        let data = dir.path().join("data");
        let made = command(&programs, "initdb", user)
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb made a database");
        let port = {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            listener.local_addr().expect("its address").port()
        };
        let child = command(&programs, "postgres", user)
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-F", "-c", "max_connections=400", "-k"])
            .arg(dir.path())
            .spawn()
            .expect("postgres runs");
        let server = Self { port, child, programs, user, _dir: dir };
        let started = Instant::now();
        while !server.run("pg_isready", &["-d", "postgres"]) {
            assert!(started.elapsed() < Duration::from_secs(30), "postgres answers within thirty seconds");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
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
        // Its postmaster takes all its processes with it at SIGQUIT; there is no other way to send one without unsafe
        // code.
        let _ = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Where the server's programs are: on the PATH, or where Debian puts them, the newest version first.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH")?;
    let mut places: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|dir| dir.path().join("bin"))
        .collect();
    versions.sort();
    places.extend(versions.into_iter().rev());
    let all = ["initdb", "postgres", "pg_isready", "createdb"];
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
