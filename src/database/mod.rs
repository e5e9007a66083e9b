//! The database: an embedded SQLite file, or PostgreSQL where several nodes share it.
//!
//! Both are reached through sqlx's `Any` driver with one set of statements and migrations. Two kinds of access:
//! - [`Database::read`]: a transaction that sees the database as it stood at one moment, however many statements.
//! - [`Database::command_store`]: what a command changes, that it was done, and what it says are committed together, as a
//!   [`Change`]. A [`Group`] is that of many commands at once.
//!
//! SQLite runs in WAL mode with `synchronous = NORMAL`. A commit has then reached the operating system when it is
//! acknowledged, so it survives the death of this process (`kill -9` included), and the file is never damaged; a power
//! cut may take the last commits with it. There is one connection that writes, so writers wait for each other here, in
//! order, instead of failing as busy.

mod backup;
mod command_store;
mod connection;
mod faults;
mod file;
mod id;
mod migrations;
mod nodes;
mod pool;
mod tidy;

pub use backup::{BackupError, Copied, backup, restore};
pub use command_store::{Change, Group};
pub use connection::{Connection, Lent, Transaction};
pub use faults::Failed;
pub use id::new_id;
pub use nodes::{Noted, Stranger};
pub use tidy::{IN_BIN, keep_tidy};

use pool::{Connections, Pool, Trust};
use sputnik::Fault;
use sqlx::{Connection as _, any::AnyPoolOptions, migrate::MigrateError};
use std::{path::Path, sync::Arc, time::Duration};

/// How long a request waits for a free connection before it is told to try again.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection to a server may be idle and is believed to be there.
const IDLE: Duration = Duration::from_secs(1);

/// On what terms a database is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms {
    /// A pooler such as PgBouncer stands before PostgreSQL and lends a connection for one transaction at a time: no
    /// statement is kept prepared, nothing is kept in a session, and each statement is in a transaction.
    pub is_pooled: bool,
    /// Other processes of this machine may use the file too, on the same terms: they have a broker in common with this
    /// one. Otherwise it is this process's alone.
    pub is_shared: bool,
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database(Arc<Pools>);

#[derive(Debug)]
struct Pools {
    writer: Connections,
    reader: Connections,
    /// The file, where it is one.
    file: Option<Arc<file::Opened>>,
    /// What begins a transaction that writes.
    begin_write: &'static str,
    /// What begins a transaction that reads everything as of one moment.
    begin_read: &'static str,
}

/// Why the database could not be opened, in one line for whoever starts the server.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither `sqlite:` nor `postgres:`.
    #[error("the database address must begin with sqlite: or postgres://, but is {0:?}")]
    Address(String),
    /// It is in memory, where each connection would have one of its own.
    #[error("a database in memory cannot be used; leave the address away to keep the books in the data folder")]
    Memory,
    /// Another process uses the file: which one, if it is known.
    #[error(
        "the database {0} is in use by another Sputnik ({1}). Stop that one first, or give this one a folder of its own \
         with --data. Several nodes share PostgreSQL and Redis, never a file"
    )]
    InUse(String, String),
    /// A file with authorities is named, and the server's certificate would not be held against it.
    #[error(
        "sslrootcert is only looked at with sslmode=verify-full; please add that to the database address, or leave \
         sslrootcert away"
    )]
    Unchecked,
    /// It cannot be reached, or the file not be opened or created.
    #[error("the database cannot be opened: {0}")]
    Connect(sqlx::Error),
    /// A later release has changed it in ways this one does not know.
    #[error("the database was last used by a newer version of Sputnik; please start that version or a newer one")]
    Newer,
    /// It could not be brought up to date.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(MigrateError),
}

impl Database {
    /// The address of an SQLite file.
    #[must_use]
    pub fn file(path: &Path) -> String {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut url = String::from("sqlite://");
        // Only what would be read as another part of the address; the driver decodes it again.
        for c in path.to_string_lossy().chars() {
            match c {
                '%' | '?' | '#' | ' ' => url.push_str(&format!("%{:02X}", u32::from(c))),
                c => url.push(c),
            }
        }
        url
    }

    /// Opens the database at `sqlite:<file>` (created if it is not there) or `postgres://…`, and brings it up to date.
    ///
    /// # Errors
    /// When it cannot be reached, another process uses the file, or it is newer than this program.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_on(url, Terms::default()).await
    }

    /// The same, on other terms.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_on(url: &str, terms: Terms) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let pools = if url.starts_with("sqlite:") {
            Self::open_file(url, terms.is_shared).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_server(url, terms.is_pooled).await?
        } else {
            return Err(OpenError::Address(without_password(url)));
        };
        let mut sql = pools.writer.lend().await.map_err(OpenError::Connect)?;
        migrations::bring_up_to_date(&mut sql, pools.file.is_none()).await?;
        drop(sql);
        let database = Self(Arc::new(pools));
        database.command_store().migrate().await.map_err(|error| OpenError::Migrate(error.into()))?;
        if let Some(file) = &database.0.file {
            file.settle()?;
        }
        Ok(database)
    }

    async fn open_file(url: &str, is_shared: bool) -> Result<Pools, OpenError> {
        let file = Arc::new(file::Opened::claim(url, is_shared).await?);
        let writer = Connections::to_file(&file, 1).await.map_err(OpenError::Connect)?;
        let reader = Connections::to_file(&file, 4).await.map_err(OpenError::Connect)?;
        // A deferred transaction of SQLite in WAL mode sees one moment from its first statement on.
        Ok(Pools { writer, reader, file: Some(file), begin_write: "BEGIN", begin_read: "BEGIN DEFERRED" })
    }

    async fn open_server(url: &str, is_pooled: bool) -> Result<Pools, OpenError> {
        must_check_what_it_is_told_to(url)?;
        let trust = Arc::new(Trust::default());
        let trusted = Arc::clone(&trust);
        let connections = AnyPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(PATIENCE)
            // Not each time: the round trip costs as much as a statement.
            .test_before_acquire(false)
            .before_acquire(move |connection, about| {
                let is_trusted = trusted.holds(about.age);
                Box::pin(async move {
                    if is_trusted && about.idle_for > IDLE {
                        connection.ping().await?;
                    }
                    Ok(is_trusted)
                })
            })
            .connect(url)
            .await
            .map_err(OpenError::Connect)?;
        let pool = Connections::Server(Pool { connections, trust, is_pooled });
        Ok(Pools {
            writer: pool.clone(),
            reader: pool,
            file: None,
            begin_write: "BEGIN",
            begin_read: "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        })
    }

    /// The database of the request that is running.
    ///
    /// # Errors
    /// When called outside a request.
    pub fn current() -> Result<Self, Fault> {
        leptos::prelude::use_context::<http::request::Parts>().as_ref().ok_or_else(missing).and_then(Self::of)
    }

    /// The database of a request.
    ///
    /// # Errors
    /// When the request did not come through the site's routes.
    pub fn of(parts: &http::request::Parts) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }

    /// Begins a transaction that sees everything as it stands at one moment. Dropping it ends it.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn read(&self) -> Result<Transaction, Fault> {
        Ok(self.0.reader.begin(self.0.begin_read).await.map_err(Failed)?)
    }

    /// A connection for a single statement that reads.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn glance(&self) -> Result<Lent, Fault> {
        Ok(self.0.reader.lend().await.map_err(Failed)?)
    }

    /// Begins a transaction that writes, outside any command: for what nobody is told of, such as sessions. Commands
    /// use a [`Change`].
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn write(&self) -> Result<Transaction, Fault> {
        Ok(self.0.writer.begin(self.0.begin_write).await.map_err(Failed)?)
    }

    /// A connection for a single statement that writes, a transaction by itself.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn note(&self) -> Result<Lent, Fault> {
        Ok(self.0.writer.lend().await.map_err(Failed)?)
    }

    /// Closes all connections, once what they do is done.
    pub async fn close(&self) {
        self.0.reader.close().await;
        self.0.writer.close().await;
        if let Some(file) = &self.0.file {
            file.release();
        }
    }
}

fn missing() -> Fault {
    tracing::error!("the database is not among the request's extensions");
    Fault::internal()
}

/// Whoever names a file of authorities wants to know whom they speak to. The driver passes over it in modes that only
/// encrypt.
fn must_check_what_it_is_told_to(url: &str) -> Result<(), OpenError> {
    let settings = url.split_once('?').map_or("", |(_, settings)| settings);
    let has = |names: &[&str], value: &str| {
        settings
            .split('&')
            .filter_map(|setting| setting.split_once('='))
            .any(|(name, set)| names.contains(&name) && set.starts_with(value))
    };
    let names_authorities = has(&["sslrootcert", "ssl-root-cert", "ssl-ca"], "");
    let modes = ["sslmode", "ssl-mode"];
    let checks = has(&modes, "verify-")
        || !has(&modes, "") && std::env::var("PGSSLMODE").is_ok_and(|mode| mode.starts_with("verify-"));
    if names_authorities && !checks { Err(OpenError::Unchecked) } else { Ok(()) }
}

/// The address as it may be printed.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

/// The moment, in milliseconds since 1970.
#[must_use]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(without_password("mysql://ann:s@cret@host/db"), "mysql://…@host/db");
        assert_eq!(without_password("books.db"), "books.db");
    }
}
