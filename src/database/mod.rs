//! The database: an embedded SQLite file, or PostgreSQL where several nodes share it.
//!
//! Both are reached through sqlx's `Any` driver with one set of statements and migrations. Two kinds of access:
//! - [`Database::read`]: a transaction that sees the database as it stood at one moment, however many statements.
//! - [`Change`]: the unit of work of a command. What it changes, that it was done, and what it says are committed
//!   together. A [`Group`] is that of many commands at once.
//!
//! SQLite runs in WAL mode with `synchronous = NORMAL`. A commit has then reached the operating system when it is
//! acknowledged, so it survives the death of this process (`kill -9` included), and the file is never damaged; a power
//! cut may take the last commits with it. There is one connection that writes, so writers wait for each other here, in
//! order, instead of failing as busy.

mod change;
mod group;
mod id;
mod ledger;
mod pool;
mod telling;
mod tidy;

pub use change::Change;
pub use group::Group;
pub use id::new_id;
pub use pool::{Lent, Transaction};
pub use telling::Telling;
pub use tidy::keep_tidy;

use crate::sputnik::fault::Fault;
use pool::Connections;
use sqlx::{Connection, any::AnyPoolOptions, migrate::MigrateError};
use std::{path::Path, sync::Arc, time::Duration};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// How long a request waits for a free connection before it is told to try again.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection to a server may be idle and is believed to be there.
const IDLE: Duration = Duration::from_secs(1);

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database(Arc<Pools>);

#[derive(Debug)]
struct Pools {
    writer: Connections,
    reader: Connections,
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
    /// When it cannot be reached, or is newer than this program.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let pools = if url.starts_with("sqlite:") {
            Self::open_file(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_server(url).await
        } else {
            return Err(OpenError::Address(without_password(url)));
        };
        let pools = pools.map_err(OpenError::Connect)?;
        let mut sql = pools.writer.lend().await.map_err(OpenError::Connect)?;
        MIGRATIONS.run(&mut *sql).await.map_err(|error| match error {
            MigrateError::VersionMissing(_) => OpenError::Newer,
            error => OpenError::Migrate(error),
        })?;
        drop(sql);
        Ok(Self(Arc::new(pools)))
    }

    async fn open_file(url: &str) -> Result<Pools, sqlx::Error> {
        let url = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
        let writer = Connections::to_file(&url, 1).await?;
        let reader = Connections::to_file(&url, 4).await?;
        // A deferred transaction of SQLite in WAL mode sees one moment from its first statement on.
        Ok(Pools { writer, reader, begin_write: "BEGIN", begin_read: "BEGIN DEFERRED" })
    }

    async fn open_server(url: &str) -> Result<Pools, sqlx::Error> {
        let pool = AnyPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(PATIENCE)
            // Not each time: the round trip costs as much as a statement.
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect(url)
            .await?;
        let pool = Connections::Server(pool);
        Ok(Pools {
            writer: pool.clone(),
            reader: pool,
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
        Ok(self.0.reader.begin(self.0.begin_read).await?)
    }

    /// A connection for a single statement that reads.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn glance(&self) -> Result<Lent, Fault> {
        Ok(self.0.reader.lend().await?)
    }

    /// Begins a transaction that writes, outside any command: for what nobody is told of, such as sessions. Commands
    /// use a [`Change`].
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn write(&self) -> Result<Transaction, Fault> {
        Ok(self.0.writer.begin(self.0.begin_write).await?)
    }

    /// A connection for a single statement that writes, a transaction by itself.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn note(&self) -> Result<Lent, Fault> {
        Ok(self.0.writer.lend().await?)
    }

    /// Closes all connections, once what they do is done.
    pub async fn close(&self) {
        self.0.reader.close().await;
        self.0.writer.close().await;
    }
}

fn missing() -> Fault {
    tracing::error!("the database is not among the request's extensions");
    Fault::internal()
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

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let passing = match &error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                true
            }
            // PostgreSQL: connection trouble (08), a clash of transactions (40), too busy (53), stopping (57).
            // SQLite: busy or locked.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                code.len() == 5 && ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class))
                    || ["5", "6", "517"].contains(&code.as_ref())
            }),
            _ => false,
        };
        tracing::error!(%error, passing, "the database failed");
        if passing {
            Self::temporary("The library is out of reach for the moment. What you did is kept and tried again.")
        } else {
            Self::internal()
        }
    }
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
