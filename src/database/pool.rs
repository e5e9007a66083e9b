//! Connections to the database, and how they are lent.
//!
//! Those to a server come from sqlx's pool. It tests a connection when it is given back; and when it is lent, where it
//! was idle for so long that a network may have cut it. Those to a file are kept here: a file hangs up on nobody, and a
//! test costs as much as a statement, for it too is a switch to the connection's thread and back.

use super::{
    PATIENCE,
    connection::{Connection, Held, Lent, Transaction},
    file::Opened as File,
};
use sqlx::{AnyConnection, AnyPool, Connection as _};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How often a connection to a file is tested while it is in use: its thread may have died, which nobody has seen yet.
const TEST: Duration = Duration::from_secs(1);

/// Where connections come from.
#[derive(Debug, Clone)]
pub(super) enum Connections {
    /// A file.
    File(Arc<Kept>),
    /// A server.
    Server(Pool),
}

/// Connections to a server.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) connections: AnyPool,
    pub(super) trust: Arc<Trust>,
    /// Whether a pooler stands between, in transaction mode.
    pub(super) is_pooled: bool,
}

/// Which connections to a server are believed to be of use: those made since trust was withdrawn last. One that finds
/// the server gone, or another in its place, speaks for all that were made before.
#[derive(Debug, Default)]
pub(super) struct Trust(Mutex<Option<Instant>>);

impl Trust {
    /// None that was made so far is lent again.
    pub(super) fn withdraw(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether one of this age may be lent.
    pub(super) fn holds(&self, age: Duration) -> bool {
        let withdrawn = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        withdrawn.is_none_or(|at| at.elapsed() > age)
    }
}

/// Connections to a file: one is opened at once, the others when they are needed.
#[derive(Debug)]
pub(super) struct Kept {
    file: Arc<File>,
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
    /// At most so many connections to a file: the one that writes, or several that read.
    pub(super) async fn to_file(file: &Arc<File>, at_most: u32) -> sqlx::Result<Self> {
        let free = Mutex::new(vec![Opened::open(file).await?]);
        let lendable = Arc::new(Semaphore::new(at_most as usize));
        Ok(Self::File(Arc::new(Kept { file: Arc::clone(file), at_most, lendable, free })))
    }

    /// Lends one for single statements, as soon as one is free.
    pub(super) async fn lend(&self) -> sqlx::Result<Lent> {
        Ok(Lent(self.connection().await?))
    }

    /// Begins a transaction by this statement.
    pub(super) async fn begin(&self, statement: &'static str) -> sqlx::Result<Transaction> {
        match self.connection().await?.begin(statement).await {
            Ok(begun) => Ok(begun),
            // The connection may be one whose last transaction did not end well, or that was cut meanwhile. It is not
            // lent again; nothing was done on it yet, so another can be taken.
            Err(error) => {
                tracing::debug!(%error, "a connection on which nothing can be begun is replaced");
                self.connection().await?.begin(statement).await
            }
        }
    }

    async fn connection(&self) -> sqlx::Result<Connection> {
        match self {
            Self::File(kept) => Ok(Connection::new(Held::OfFile(Kept::lend(kept).await?), false)),
            Self::Server(Pool { connections, trust, is_pooled }) => {
                let held = Held::OfServer(connections.acquire().await?, Arc::clone(trust));
                Ok(Connection::new(held, *is_pooled))
            }
        }
    }

    /// Closes all, once what they do is done.
    pub(super) async fn close(&self) {
        match self {
            Self::File(kept) => kept.close().await,
            Self::Server(pool) => pool.connections.close().await,
        }
    }
}

impl Opened {
    async fn open(file: &File) -> sqlx::Result<Self> {
        file.must_be_there()?;
        Ok(Self { connection: file.connect().await?, tested: Instant::now() })
    }
}

impl Kept {
    async fn lend(self: &Arc<Self>) -> sqlx::Result<LentOfFile> {
        let permit = timeout(PATIENCE, Arc::clone(&self.lendable).acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        if self.at_most == 1 {
            // What is written must not be lost. What is read is true all the same.
            self.file.must_be_there()?;
        }
        let free = self.free().pop();
        let mut opened = match free {
            Some(opened) => opened,
            None => Opened::open(&self.file).await?,
        };
        if opened.tested.elapsed() > TEST {
            match opened.connection.ping().await {
                Ok(()) => opened.tested = Instant::now(),
                Err(error) => {
                    tracing::warn!(%error, "a connection to the database ended; another is opened");
                    opened = Opened::open(&self.file).await?;
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

/// A connection to a file, given back when it is dropped.
#[derive(Debug)]
pub(super) struct LentOfFile {
    /// There until it is dropped.
    opened: Option<Opened>,
    of: Arc<Kept>,
    /// Given back after the connection.
    _permit: OwnedSemaphorePermit,
}

impl LentOfFile {
    pub(super) fn connection(&self) -> &AnyConnection {
        match &self.opened {
            Some(opened) => &opened.connection,
            None => unreachable!("it is there until it is dropped"),
        }
    }

    pub(super) fn connection_mut(&mut self) -> &mut AnyConnection {
        match &mut self.opened {
            Some(opened) => &mut opened.connection,
            None => unreachable!("it is there until it is dropped"),
        }
    }

    /// Closes it, so that it is not given back. Nothing may be asked of it any more.
    pub(super) fn discard(&mut self) {
        self.opened = None;
    }
}

impl Drop for LentOfFile {
    fn drop(&mut self) {
        self.of.free().extend(self.opened.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_before_trust_was_withdrawn_is_not_lent_again() {
        let trust = Trust::default();
        assert!(trust.holds(Duration::from_secs(60)));
        trust.withdraw();
        assert!(!trust.holds(Duration::from_secs(60)));
        assert!(trust.holds(Duration::ZERO));
    }
}
