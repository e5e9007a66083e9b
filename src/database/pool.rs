//! Connections to the database, and transactions on them.
//!
//! Those to a server come from sqlx's pool. It tests a connection when it is given back; and when it is lent, where it
//! was idle for so long that a network may have cut it. Those to a file are kept here: a file hangs up on nobody, and a
//! test costs as much as a statement, for it too is a switch to the connection's thread and back.

use super::PATIENCE;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Database, TransactionManager, pool::PoolConnection};
use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

type Manager = <Any as Database>::TransactionManager;

/// How often a connection to a file is tested while it is in use: its thread may have died, which nobody has seen yet.
const TEST: Duration = Duration::from_secs(1);

/// Where connections come from.
#[derive(Debug, Clone)]
pub(super) enum Connections {
    /// A file.
    File(Arc<Kept>),
    /// A server.
    Server(AnyPool),
}

/// Connections to a file: one is opened at once, the others when they are needed.
#[derive(Debug)]
pub(super) struct Kept {
    url: String,
    at_most: u32,
    lendable: Arc<Semaphore>,
    free: Mutex<Vec<Opened>>,
}

#[derive(Debug)]
struct Opened {
    connection: AnyConnection,
    tested: Instant,
}

impl Connections {
    /// At most so many connections to a file.
    pub(super) async fn to_file(url: &str, at_most: u32) -> sqlx::Result<Self> {
        let free = Mutex::new(vec![Opened::open(url).await?]);
        let lendable = Arc::new(Semaphore::new(at_most as usize));
        Ok(Self::File(Arc::new(Kept { url: url.to_owned(), at_most, lendable, free })))
    }

    /// Lends one, as soon as one is free.
    pub(super) async fn lend(&self) -> sqlx::Result<Lent> {
        match self {
            Self::File(kept) => Ok(Lent(Held::OfFile(Kept::lend(kept).await?))),
            Self::Server(pool) => Ok(Lent(Held::OfServer(pool.acquire().await?))),
        }
    }

    /// Begins a transaction by this statement.
    pub(super) async fn begin(&self, statement: &'static str) -> sqlx::Result<Transaction> {
        // Undone if this is given up half-way too: a connection that was begun on is not lent to the next.
        let mut begun = Transaction { on: self.lend().await?, is_open: true };
        Manager::begin(&mut begun.on, Some(statement.into())).await?;
        Ok(begun)
    }

    /// Closes all, once what they do is done.
    pub(super) async fn close(&self) {
        match self {
            Self::File(kept) => kept.close().await,
            Self::Server(pool) => pool.close().await,
        }
    }
}

impl Opened {
    async fn open(url: &str) -> sqlx::Result<Self> {
        let mut connection = AnyConnection::connect(url).await?;
        for pragma in [
            "PRAGMA busy_timeout = 10000",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = NORMAL",
            "PRAGMA foreign_keys = ON",
        ] {
            sqlx::query(pragma).execute(&mut connection).await?;
        }
        Ok(Self { connection, tested: Instant::now() })
    }
}

impl Kept {
    async fn lend(self: &Arc<Self>) -> sqlx::Result<LentOfFile> {
        let permit = timeout(PATIENCE, Arc::clone(&self.lendable).acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let free = self.free().pop();
        let mut opened = match free {
            Some(opened) => opened,
            None => Opened::open(&self.url).await?,
        };
        if opened.tested.elapsed() > TEST {
            match opened.connection.ping().await {
                Ok(()) => opened.tested = Instant::now(),
                Err(error) => {
                    tracing::warn!(%error, "a connection to the database ended; another is opened");
                    opened = Opened::open(&self.url).await?;
                }
            }
        }
        Ok(LentOfFile { opened: Some(opened), of: Arc::clone(self), _permit: permit })
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Opened>> {
        // Only moves happen under it, and no panic can leave them half done.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn close(&self) {
        // An error means that they are closed.
        if self.lendable.acquire_many(self.at_most).await.is_err() {
            return;
        }
        self.lendable.close();
        let free = std::mem::take(&mut *self.free());
        for opened in free {
            if let Err(error) = opened.connection.close().await {
                tracing::warn!(%error, "a connection to the database did not end well");
            }
        }
    }
}

/// A connection that is lent: given back when it is dropped.
#[derive(Debug)]
pub struct Lent(Held);

#[derive(Debug)]
enum Held {
    OfFile(LentOfFile),
    OfServer(PoolConnection<Any>),
}

#[derive(Debug)]
struct LentOfFile {
    /// There until it is dropped.
    opened: Option<Opened>,
    of: Arc<Kept>,
    /// Given back after the connection.
    _permit: OwnedSemaphorePermit,
}

impl Drop for LentOfFile {
    fn drop(&mut self) {
        self.of.free().extend(self.opened.take());
    }
}

impl Deref for Lent {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match &self.0 {
            Held::OfFile(LentOfFile { opened: Some(opened), .. }) => &opened.connection,
            Held::OfFile(_) => unreachable!("it is there until it is dropped"),
            Held::OfServer(connection) => connection,
        }
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match &mut self.0 {
            Held::OfFile(LentOfFile { opened: Some(opened), .. }) => &mut opened.connection,
            Held::OfFile(_) => unreachable!("it is there until it is dropped"),
            Held::OfServer(connection) => connection,
        }
    }
}

/// A transaction, undone when it is dropped before it was committed.
#[derive(Debug)]
pub struct Transaction {
    on: Lent,
    is_open: bool,
}

impl Transaction {
    /// Makes all that was done in it last.
    ///
    /// # Errors
    /// When the database is out of reach; it may have been committed then.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        Manager::commit(&mut self.on).await?;
        self.is_open = false;
        Ok(())
    }

    /// Undoes all that was done in it.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn rollback(mut self) -> sqlx::Result<()> {
        Manager::rollback(&mut self.on).await?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.is_open {
            // Done before whatever the connection is asked for next.
            Manager::start_rollback(&mut self.on);
        }
    }
}

impl Deref for Transaction {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.on
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.on
    }
}
