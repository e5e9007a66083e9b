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

/// How long a process that is just ending, or bringing the database up to date, is waited for before another is refused.
const ENDING: Duration = Duration::from_secs(3);

/// The file of a database, claimed for this process.
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
    /// eyes only. While the claim is shared nobody may have it alone.
    pub(super) async fn claim(url: &str, is_shared: bool) -> Result<Self, OpenError> {
        let path = path_of(url)?;
        let cannot = |error| OpenError::Connect(sqlx::Error::Io(error));
        let path = resolved(&path).map_err(cannot)?;
        let claim = if is_shared { Claim::share(&path).await? } else { Claim::take(&path).await? };
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

    /// Lets others have it too, if it is to be shared: until now it was brought up to date.
    pub(super) fn settle(&self) -> Result<(), OpenError> {
        let claim = self.claim.lock().unwrap_or_else(PoisonError::into_inner);
        claim.as_ref().map_or(Ok(()), Claim::settle).map_err(|error| OpenError::Connect(sqlx::Error::Io(error)))
    }

    /// Whether other processes may use it meanwhile.
    pub(super) fn is_shared(&self) -> bool {
        let claim = self.claim.lock().unwrap_or_else(PoisonError::into_inner);
        claim.as_ref().is_some_and(|claim| claim.is_shared)
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

/// That this process uses a database, and that no other does or only those that share it: a lock of the operating
/// system, which ends with the process, however that ends. It is on a file of its own, for SQLite has locks on the
/// database's that closing it would break.
#[derive(Debug)]
pub(super) struct Claim {
    locked: File,
    is_shared: bool,
}

impl Claim {
    /// Claims a database alone. One that another process is just letting go of is waited for.
    pub(super) async fn take(database: &Path) -> Result<Self, OpenError> {
        let mut claim = Self::of(database, false)?;
        claim.wait(database, File::try_lock).await?;
        // Only for the words of whoever is refused.
        let noted = claim.locked.set_len(0).and_then(|()| write!(claim.locked, "process {}", std::process::id()));
        if let Err(error) = noted {
            tracing::debug!(%error, "who uses the database could not be noted");
        }
        Ok(claim)
    }

    /// Claims a database beside those that share it. Whoever is the first has it alone until it is up to date.
    pub(super) async fn share(database: &Path) -> Result<Self, OpenError> {
        let claim = Self::of(database, true)?;
        if claim.locked.try_lock().is_err() {
            claim.wait(database, File::try_lock_shared).await?;
        }
        Ok(claim)
    }

    fn of(database: &Path, is_shared: bool) -> Result<Self, OpenError> {
        let opened = private().create(true).truncate(false).open(beside(database, "-lock"));
        let locked = opened.map_err(|error| OpenError::Connect(sqlx::Error::Io(error)))?;
        Ok(Self { locked, is_shared })
    }

    async fn wait(&self, database: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> Result<(), OpenError> {
        let asked = Instant::now();
        loop {
            match lock(&self.locked) {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if asked.elapsed() < ENDING => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let by = fs::read_to_string(beside(database, "-lock")).unwrap_or_default();
                    let by = Some(by.trim()).filter(|by| !by.is_empty()).unwrap_or("several processes").to_owned();
                    return Err(OpenError::InUse(database.display().to_string(), by));
                }
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(%error, "whether another process uses the database cannot be known here");
                    return Ok(());
                }
            }
        }
    }

    /// From now on it is shared, if it is to be.
    fn settle(&self) -> io::Result<()> {
        if !self.is_shared {
            return Ok(());
        }
        self.locked.set_len(0)?;
        // A lock that one has is changed, not added to.
        self.locked.lock_shared()
    }
}
