//! Copies of the embedded database: made while it is in use, and put in its place when it is not.
//!
//! A copy of the file alone is none: what was written last stands in the log beside it. So a copy is made by the
//! database itself, as of one moment, and looked at before it bears the name it was asked for.

use super::{
    Database, OpenError,
    file::{Claim, beside, path_of, private, resolved, with_companions},
    migrations, now, without_password,
};
use sqlx::{AnyConnection, Connection};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Why there is no copy, or why it was not put in place. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It is no embedded database.
    #[error(
        "PostgreSQL has tools of its own for this. To back up: pg_dump --format=custom --file=FILE \"$DATABASE_URL\". To \
         restore, with every node stopped: pg_restore --clean --if-exists --no-owner --dbname=\"$DATABASE_URL\" FILE, \
         and empty Redis before the nodes start again: redis-cli FLUSHDB"
    )]
    Server,
    /// The address is none of a file, or another process uses it.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// There is nothing to copy.
    #[error("there is no database at {0}; --data or --database says where it is")]
    Missing(String),
    /// Nothing is ever overwritten by a backup.
    #[error("{0} is there already; give the backup a name of its own")]
    Exists(String),
    /// It cannot be read or written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// The database says so.
    #[error("{0}: {1}")]
    Database(String, sqlx::Error),
    /// It is something else.
    #[error("{0} is no database of Sputnik")]
    Foreign(String),
    /// It is damaged.
    #[error("{0} is damaged: {1}")]
    Damaged(String, String),
    /// A later release wrote it.
    #[error("{0} was written by a newer version of Sputnik; please use that version or a newer one")]
    Newer(String),
    /// It would take its own place.
    #[error("{0} is the database itself")]
    Same(String),
}

/// How a database is opened that others may use meanwhile.
const IN_USE: &str = "mode=rw";
/// How one is opened that nobody uses: nothing is written beside it either.
const AT_REST: &str = "mode=ro&immutable=1";

type Outcome<T> = Result<T, BackupError>;

/// What was done.
#[derive(Debug, Clone)]
pub struct Copied {
    /// How large the copy is, in bytes.
    pub bytes: u64,
    /// Where what was there before is now, if there was anything.
    pub aside: Option<PathBuf>,
}

/// Writes a copy of the database to a new file, whether or not a server uses it meanwhile: as of one moment, with
/// everything that was acknowledged until then, pictures too.
///
/// # Errors
/// When there is no such database, there is such a file already, there is no room, or the copy is not sound.
pub async fn backup(url: &str, to: &Path) -> Outcome<Copied> {
    let database = embedded(url)?;
    if !database.is_file() {
        return Err(BackupError::Missing(shown(&database)));
    }
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(shown(to)));
    }
    let half = Half::new(beside(to, &format!(".{}.part", std::process::id())))?;
    copy(&database, IN_USE, &half.0).await?;
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(shown(to)));
    }
    let bytes = half.becomes(to)?;
    Ok(Copied { bytes, aside: None })
}

/// Puts a copy in the place of the database. What was there is kept beside it under another name.
///
/// # Errors
/// When a process uses the database, either of the two is from a newer version, or the copy is not sound.
pub async fn restore(url: &str, from: &Path) -> Outcome<Copied> {
    let at = |error| BackupError::File(url.to_owned(), error);
    let database = resolved(&embedded(url)?).map_err(at)?;
    if !from.is_file() {
        return Err(BackupError::Missing(shown(from)));
    }
    if resolved(from).is_ok_and(|from| from == database) {
        return Err(BackupError::Same(shown(from)));
    }
    let _claim = Claim::take(&database).await?;
    if let Err(newer @ BackupError::Newer(_)) = settle(&database).await {
        return Err(newer);
    }
    let half = beside(&database, "-restoring");
    // Nobody else makes one while the database is claimed: what is there was left by a restore that was cut short.
    remove(&half)?;
    let half = Half::new(half)?;
    // Where all is in the one file, no others need be made beside it.
    let [_, log, _] = with_companions(from);
    copy(from, if log.exists() { IN_USE } else { AT_REST }, &half.0).await?;
    let aside = set_aside(&database)?;
    let bytes = half.becomes(&database)?;
    Ok(Copied { bytes, aside })
}

/// The file of the database, which may not be there yet.
fn embedded(url: &str) -> Outcome<PathBuf> {
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return Err(BackupError::Server);
    }
    if !url.starts_with("sqlite:") {
        return Err(OpenError::Address(without_password(url)).into());
    }
    sqlx::any::install_default_drivers();
    Ok(path_of(url)?)
}

/// Copies a database, and looks at both: damage must not be carried on, and a copy must be one.
async fn copy(from: &Path, mode: &str, to: &Path) -> Outcome<()> {
    let failed = |error| BackupError::Database(shown(from), error);
    let mut source = open(from, mode).await?;
    let versions = look(&mut source, from).await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(&mut source).await;
    copied.map_err(failed)?;
    source.close().await.map_err(failed)?;
    let mut copy = open(to, AT_REST).await?;
    let copied = look(&mut copy, to).await?;
    copy.close().await.map_err(|error| BackupError::Database(shown(to), error))?;
    if copied == versions { Ok(()) } else { Err(BackupError::Damaged(shown(to), "it is not the whole".into())) }
}

async fn open(path: &Path, mode: &str) -> Outcome<AnyConnection> {
    let failed = |error| BackupError::Database(shown(path), error);
    let url = format!("{}?{mode}", Database::file(path));
    let mut sql = AnyConnection::connect(&url).await.map_err(failed)?;
    sqlx::query("PRAGMA busy_timeout = 10000").execute(&mut sql).await.map_err(failed)?;
    Ok(sql)
}

/// Whether a database is ours, sound, and not newer than this program. Tells which migrations it has had.
async fn look(sql: &mut AnyConnection, path: &Path) -> Outcome<Vec<i64>> {
    let failed = |error| BackupError::Database(shown(path), error);
    let tables = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('_sqlx_migrations', 'people')";
    let tables: i64 = match sqlx::query_scalar(tables).fetch_one(&mut *sql).await {
        Ok(tables) => tables,
        // What is no database at all is found out at the first look into it.
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "26") => 0,
        Err(error) => return Err(failed(error)),
    };
    if tables != 2 {
        return Err(BackupError::Foreign(shown(path)));
    }
    let versions = migrations::applied(sql).await;
    let versions =
        versions.map_err(|error| BackupError::Damaged(shown(path), format!("its version cannot be read ({error})")))?;
    if versions.last().is_some_and(|newest| *newest > migrations::newest()) {
        return Err(BackupError::Newer(shown(path)));
    }
    let found: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_all(&mut *sql).await.map_err(failed)?;
    match found.first() {
        Some(found) if found == "ok" => {}
        found => return Err(BackupError::Damaged(shown(path), found.cloned().unwrap_or_default())),
    }
    let loose = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *sql).await.map_err(failed)?;
    if loose.is_empty() {
        return Ok(versions);
    }
    Err(BackupError::Damaged(shown(path), format!("{} rows belong to what is not there", loose.len())))
}

/// Brings all of a database that nobody uses into its one file, if there is one that is sound.
async fn settle(database: &Path) -> Outcome<()> {
    if !database.is_file() || fs::metadata(database).is_ok_and(|about| about.len() == 0) {
        return Ok(());
    }
    let mut sql = open(database, IN_USE).await?;
    let looked = look(&mut sql, database).await;
    // The last that leaves a database brings the log into the file, and takes it away.
    sql.close().await.map_err(|error| BackupError::Database(shown(database), error))?;
    looked.map(drop)
}

/// Keeps what was there under another name. At no moment is there no database where there was one, unless it is damaged.
fn set_aside(database: &Path) -> Outcome<Option<PathBuf>> {
    let at = |error| BackupError::File(shown(database), error);
    if !database.exists() {
        return Ok(None);
    }
    let aside = beside(database, &format!("-before-{}", now()));
    let [_, log, index] = with_companions(database);
    let [_, log_aside, index_aside] = with_companions(&aside);
    for (there, aside) in [(log, log_aside), (index, index_aside)] {
        if there.exists() {
            fs::rename(there, aside).map_err(at)?;
        }
    }
    if fs::hard_link(database, &aside).is_err() {
        // Not every file system has files of two names.
        fs::rename(database, &aside).map_err(at)?;
    }
    Ok(Some(aside))
}

/// A copy that does not bear its name yet: removed when it never does.
struct Half(PathBuf);

impl Half {
    /// An empty file that only its owner may read.
    fn new(path: PathBuf) -> Outcome<Self> {
        private().create_new(true).open(&path).map_err(|error| BackupError::File(shown(&path), error))?;
        Ok(Self(path))
    }

    /// Gives it its name, once all of it has reached the disk. Tells how large it is.
    fn becomes(self, name: &Path) -> Outcome<u64> {
        let at = |error| BackupError::File(shown(name), error);
        let file = File::open(&self.0).map_err(at)?;
        file.sync_all().map_err(at)?;
        let bytes = file.metadata().map_err(at)?.len();
        fs::rename(&self.0, name).map_err(at)?;
        // The name too. Where a folder cannot be opened like a file, the system sees to it.
        let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(folder) = File::open(folder) {
            folder.sync_all().map_err(at)?;
        }
        Ok(bytes)
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            tracing::warn!(%error, "half a copy is left");
        }
    }
}

fn remove(path: &Path) -> Outcome<()> {
    for part in with_companions(path) {
        match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::File(shown(&part), error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
