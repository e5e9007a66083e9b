//! A PgBouncer of a test's own, before a PostgreSQL server.

use super::postgres_server::{User, free_port, unprivileged};
use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running `pgbouncer` on a free port of this machine, in transaction mode: every transaction of a connection may meet
/// another of its few connections to the server. Gone when dropped.
pub struct PgBouncer {
    port: u16,
    child: Child,
    _dir: tempfile::TempDir,
}

impl PgBouncer {
    /// Starts one before the server on this port, and returns when it answers; `None` where none is installed.
    pub fn start(server: u16) -> Option<Self> {
        let program =
            ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|path| Path::new(path).is_file())?;
        let User { uid, gid } = unprivileged()?;
        let dir = tempfile::tempdir().expect("a directory for pgbouncer");
        let port = free_port();
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 500\n\
             ignore_startup_parameters = extra_float_digits\n"
        );
        // Whoever connects is the superuser that the server was made with.
        let settings = settings.replace("* = host", "* = user=postgres host");
        let file = dir.path().join("pgbouncer.ini");
        fs::write(&file, settings).expect("written");
        for path in [dir.path(), &file] {
            chown(path, Some(uid), Some(gid)).expect("given away");
        }
        let child = Command::new(program)
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .uid(uid)
            .gid(gid)
            .spawn()
            .expect("pgbouncer runs");
        let bouncer = Self { port, child, _dir: dir };
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "pgbouncer answers within ten seconds");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(bouncer)
    }

    /// The address of a server's database, through here.
    pub fn before(&self, url: &str) -> String {
        let name = url.rsplit('/').next().expect("a database");
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
