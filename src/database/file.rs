//! The embedded database's file: whose it is, who may read it, and whether it is still the one that was opened.

use super::OpenError;
use sqlx::{AnyConnection, Connection, sqlite::SqliteConnectOptions};
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a process that is just ending is waited for, before another is refused.
const ENDING: Duration = Duration::from_secs(2);

/// The file of a database, claimed for this process and no other.
#[derive(Debug)]
pub(super) struct Opened {
    url: String,
    path: PathBuf,
    /// Which file was opened under this path.
    #[cfg(unix)]
    which: (u64, u64),
    /// Held open as long as this process uses the database.
    claim: Mutex<Option<Claim>>,
}

impl Opened {
    /// Claims the file of an address that begins with `sqlite:`, and makes it if it is not there: for this account's
    /// eyes only.
    pub(super) async fn claim(url: &str) -> Result<Self, OpenError> {
        let path = path_of(url)?;
        let cannot = |error| OpenError::Connect(sqlx::Error::Io(error));
        let path = resolved(&path).map_err(cannot)?;
        let claim = Claim::take(&path).await?;
        make(&path).map_err(cannot)?;
        for part in with_companions(&path) {
            for_its_owner_alone(&part);
        }
        #[cfg(unix)]
        let which = which(&path).map_err(cannot)?;
        let url = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rw") };
        Ok(Self {
            url,
            path,
            #[cfg(unix)]
            which,
            claim: Mutex::new(Some(claim)),
        })
    }

    /// Another connection.
    pub(super) async fn connect(&self) -> sqlx::Result<AnyConnection> {
        let mut connection = AnyConnection::connect(&self.url).await?;
        for pragma in [
            "PRAGMA busy_timeout = 10000",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = NORMAL",
            "PRAGMA foreign_keys = ON",
        ] {
            sqlx::query(pragma).execute(&mut connection).await?;
        }
        Ok(connection)
    }

    /// What is written to a file that was removed or put elsewhere is gone with the process, though all seems well: a
    /// system keeps a file for whoever has it open. So this is asked whenever one is to write, or to be opened.
    ///
    /// Another file in its place is no better: this process knows what stood in the one it opened.
    #[cfg(unix)]
    pub(super) fn must_be_there(&self) -> io::Result<()> {
        match which(&self.path) {
            Ok(which) if which == self.which => Ok(()),
            Ok(_) => Err(io::Error::other(
                "another file was put in the place of the database's while it was open; put the old one back, or start again",
            )),
            Err(error) => Err(io::Error::new(error.kind(), "the database's file was taken away while it was open")),
        }
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "there, an open file can not be taken away")]
    pub(super) fn must_be_there(&self) -> io::Result<()> {
        Ok(())
    }

    /// Lets another process have it.
    pub(super) fn release(&self) {
        *self.claim.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The file that an address names.
pub(super) fn path_of(url: &str) -> Result<PathBuf, OpenError> {
    let options: SqliteConnectOptions = url.parse().map_err(OpenError::Connect)?;
    let is_file = !url.contains(":memory:") && !url.contains("mode=memory");
    is_file.then(|| options.get_filename().to_owned()).ok_or(OpenError::Memory)
}

/// The same file under the one name that it has whatever links lead to it.
pub(super) fn resolved(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let path = std::path::absolute(path)?;
            match (path.parent(), path.file_name()) {
                (Some(folder), Some(name)) => Ok(fs::canonicalize(folder)?.join(name)),
                _ => Err(error),
            }
        }
        path => path,
    }
}

/// The file of this name with something added to its name.
pub(super) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(what);
    name.into()
}

/// A database's file, and those that SQLite keeps beside it while it is open.
pub(super) fn with_companions(path: &Path) -> [PathBuf; 3] {
    [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")]
}

fn make(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// How a file is opened that only its owner may read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes from everybody else the right to read a file that is there.
#[cfg(unix)]
fn for_its_owner_alone(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(about) = fs::metadata(path) else { return };
    let mode = about.permissions().mode();
    if mode & 0o077 != 0
        && let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
    {
        tracing::warn!(path = %path.display(), %error, "others may read the database, and that cannot be changed");
    }
}

#[cfg(not(unix))]
fn for_its_owner_alone(_: &Path) {}

#[cfg(unix)]
fn which(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let about = fs::metadata(path)?;
    Ok((about.dev(), about.ino()))
}

/// That this process uses a database and no other does: a lock of the operating system, which ends with the process,
/// however that ends. It is on a file of its own, for SQLite has locks on the database's that closing it would break.
#[derive(Debug)]
pub(super) struct Claim {
    _locked: File,
}

impl Claim {
    /// Claims a database. One that another process is just letting go of is waited for.
    pub(super) async fn take(database: &Path) -> Result<Self, OpenError> {
        let path = beside(database, "-lock");
        let mut file = private()
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| OpenError::Connect(sqlx::Error::Io(error)))?;
        let asked = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if asked.elapsed() < ENDING => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let by = fs::read_to_string(&path).unwrap_or_default();
                    return Err(OpenError::InUse(database.display().to_string(), by.trim().to_owned()));
                }
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(%error, "whether another process uses the database cannot be known here");
                    break;
                }
            }
        }
        // Only for the words of whoever is refused.
        let noted = file.set_len(0).and_then(|()| write!(file, "process {}", std::process::id()));
        if let Err(error) = noted {
            tracing::debug!(%error, "who uses the database could not be noted");
        }
        Ok(Self { _locked: file })
    }
}
