//! Where connections come from, and by which statements are told: of sqlx's own pools, or of an application that keeps
//! them in a way of its own.

use futures::future::BoxFuture;
use sputnik::Fault;
use sqlx::{
    Database, Encode, FromRow, Type,
    query::{Query, QueryAs},
};
use std::ops::DerefMut;

/// Where the store has its connections from. There is one for sqlx's `SqlitePool` and `PgPool`; an application that lends
/// connections in a way of its own makes its own.
pub trait Connections: Clone + Send + Sync + 'static {
    /// By which statements are told.
    type Connection: Connection;
    /// A connection for single statements, each a transaction by itself. Given back when it is dropped.
    type Lent: DerefMut<Target = Self::Connection> + Send;
    /// A transaction. Undone when it is dropped.
    type Transaction: DerefMut<Target = Self::Connection> + Send;

    /// Lends a connection to one statement that reads.
    fn lend_to_read(&self) -> impl Future<Output = sqlx::Result<Self::Lent>> + Send;

    /// Lends a connection to one statement that writes.
    fn lend_to_write(&self) -> impl Future<Output = sqlx::Result<Self::Lent>> + Send;

    /// Begins a transaction that sees everything as it stands at one moment, however many statements, and writes nothing.
    fn begin_to_read(&self) -> impl Future<Output = sqlx::Result<Self::Transaction>> + Send;

    /// Begins a transaction that writes. Two that write the same row do so one after the other: the second waits.
    fn begin_to_write(&self) -> impl Future<Output = sqlx::Result<Self::Transaction>> + Send;

    /// Makes all that was done in a transaction last.
    fn commit(transaction: Self::Transaction) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Undoes all that was done in it. Where the database cannot be told, it undoes that by itself.
    fn undo(transaction: Self::Transaction) -> impl Future<Output = ()> + Send;

    /// What a command answers when the database failed.
    #[must_use]
    fn fault(error: sqlx::Error) -> Fault {
        crate::Failed(error).into()
    }
}

/// A value in a statement of the store.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A `BIGINT`.
    Number(i64),
    /// A `TEXT`.
    Text(&'a str),
}

/// A row that the store asks for: a number, a text, and one that may be missing.
pub type Row = (i64, String, Option<String>);

/// A connection by which the store tells its statements. They are the same for SQLite and PostgreSQL.
pub trait Connection: Send {
    /// Runs a statement. Tells how many rows it was about.
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value<'a>]) -> BoxFuture<'a, sqlx::Result<u64>>;

    /// Runs a statement, and tells the rows it answers with.
    fn fetch<'a>(&'a mut self, sql: &'a str, values: &'a [Value<'a>]) -> BoxFuture<'a, sqlx::Result<Vec<Row>>>;
}

/// A statement with its values, for whoever makes a [`Connection`].
pub fn statement<'q, DB>(sql: &'q str, values: &[Value<'q>]) -> Query<'q, DB, DB::Arguments<'q>>
where
    DB: Database,
    i64: Encode<'q, DB> + Type<DB>,
    &'q str: Encode<'q, DB> + Type<DB>,
{
    values.iter().fold(sqlx::query(sql), |statement, value| match value {
        Value::Number(number) => statement.bind(*number),
        Value::Text(text) => statement.bind(*text),
    })
}

/// The same, of one that answers with rows.
pub fn question<'q, DB>(sql: &'q str, values: &[Value<'q>]) -> QueryAs<'q, DB, Row, DB::Arguments<'q>>
where
    DB: Database,
    Row: for<'r> FromRow<'r, DB::Row>,
    i64: Encode<'q, DB> + Type<DB>,
    &'q str: Encode<'q, DB> + Type<DB>,
{
    values.iter().fold(sqlx::query_as(sql), |statement, value| match value {
        Value::Number(number) => statement.bind(*number),
        Value::Text(text) => statement.bind(*text),
    })
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod of_sqlx {
    use super::{Connection, Connections, Row, Value, question, statement};
    use futures::future::BoxFuture;
    use sqlx::{Database, Pool, TransactionManager, pool::PoolConnection};
    use std::{
        fmt,
        ops::{Deref, DerefMut},
    };

    /// A transaction on a connection of one of sqlx's pools. Undone when it is dropped.
    pub struct Transaction<DB: Database> {
        on: PoolConnection<DB>,
        is_open: bool,
    }

    impl<DB: Database> Transaction<DB> {
        async fn begin(pool: &Pool<DB>, statement: &'static str) -> sqlx::Result<Self> {
            match Self::try_to_begin(pool, statement).await {
                Ok(begun) => Ok(begun),
                // Its last transaction did not end well, or it was cut meanwhile. It is not lent again; nothing was done
                // on it yet, so another can be taken.
                Err(error) => {
                    tracing::debug!(%error, "a connection on which nothing can be begun is replaced");
                    Self::try_to_begin(pool, statement).await
                }
            }
        }

        async fn try_to_begin(pool: &Pool<DB>, statement: &'static str) -> sqlx::Result<Self> {
            // Open from here on: one that is given up half-way is undone too.
            let mut begun = Self { on: pool.acquire().await?, is_open: true };
            let done = DB::TransactionManager::begin(&mut begun.on, Some(statement.into())).await;
            begun.unless_it_failed(done).map(|()| begun)
        }

        async fn commit(mut self) -> sqlx::Result<()> {
            let done = DB::TransactionManager::commit(&mut self.on).await;
            self.is_open = false;
            self.unless_it_failed(done)
        }

        async fn undo(mut self) {
            let done = DB::TransactionManager::rollback(&mut self.on).await;
            self.is_open = false;
            if let Err(error) = self.unless_it_failed(done) {
                tracing::debug!(%error, "a transaction is undone by closing its connection");
            }
        }

        /// After some errors nobody knows whether a connection is still within its transaction: such a one is closed,
        /// which undoes it, and not lent again.
        fn unless_it_failed(&mut self, done: sqlx::Result<()>) -> sqlx::Result<()> {
            if done.is_err() {
                self.is_open = false;
                self.on.close_on_drop();
            }
            done
        }
    }

    impl<DB: Database> Drop for Transaction<DB> {
        fn drop(&mut self) {
            if self.is_open {
                // Done before whatever the connection is asked for next.
                DB::TransactionManager::start_rollback(&mut self.on);
            }
        }
    }

    impl<DB: Database> Deref for Transaction<DB> {
        type Target = DB::Connection;

        fn deref(&self) -> &DB::Connection {
            &self.on
        }
    }

    impl<DB: Database> DerefMut for Transaction<DB> {
        fn deref_mut(&mut self) -> &mut DB::Connection {
            &mut self.on
        }
    }

    impl<DB: Database> fmt::Debug for Transaction<DB> {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.debug_struct("Transaction").field("is_open", &self.is_open).finish_non_exhaustive()
        }
    }

    macro_rules! pool {
        ($database:ty, $connection:ty, $read:literal, $write:literal) => {
            impl Connection for $connection {
                fn execute<'a>(
                    &'a mut self,
                    sql: &'a str,
                    values: &'a [Value<'a>],
                ) -> BoxFuture<'a, sqlx::Result<u64>> {
                    Box::pin(async { Ok(statement::<$database>(sql, values).execute(self).await?.rows_affected()) })
                }

                fn fetch<'a>(
                    &'a mut self,
                    sql: &'a str,
                    values: &'a [Value<'a>],
                ) -> BoxFuture<'a, sqlx::Result<Vec<Row>>> {
                    Box::pin(question::<$database>(sql, values).fetch_all(self))
                }
            }

            impl Connections for Pool<$database> {
                type Connection = $connection;
                type Lent = PoolConnection<$database>;
                type Transaction = Transaction<$database>;

                async fn lend_to_read(&self) -> sqlx::Result<Self::Lent> {
                    self.acquire().await
                }

                async fn lend_to_write(&self) -> sqlx::Result<Self::Lent> {
                    self.acquire().await
                }

                async fn begin_to_read(&self) -> sqlx::Result<Self::Transaction> {
                    Transaction::begin(self, $read).await
                }

                async fn begin_to_write(&self) -> sqlx::Result<Self::Transaction> {
                    Transaction::begin(self, $write).await
                }

                async fn commit(transaction: Self::Transaction) -> sqlx::Result<()> {
                    transaction.commit().await
                }

                async fn undo(transaction: Self::Transaction) {
                    transaction.undo().await;
                }
            }
        };
    }

    // A transaction of SQLite that reads first and writes then fails at once when another wrote meanwhile. One that says
    // at its beginning that it writes waits there.
    #[cfg(feature = "sqlite")]
    pool!(sqlx::Sqlite, sqlx::SqliteConnection, "BEGIN DEFERRED", "BEGIN IMMEDIATE");
    #[cfg(feature = "postgres")]
    pool!(sqlx::Postgres, sqlx::PgConnection, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", "BEGIN");
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use of_sqlx::Transaction;
