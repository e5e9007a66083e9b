//! The layer's command store on this database: the tables `commands`, `channels` and `outbox`.

use super::{Connection, Database, Failed, Lent, Transaction};
use futures::future::BoxFuture;
use sputnik::Fault;
use sputnik_sqlx::{Connections, Row, SqlStore, Value, question, statement};
use sqlx::Any;

/// What a command changes, that it was done, and what it says: one transaction.
pub type Change = sputnik_sqlx::Change<Database>;
/// The change of many commands at once.
pub type Group = sputnik_sqlx::Group<Database>;

impl Database {
    /// Where commands change this database, and keep what they answered and say.
    #[must_use]
    pub fn command_store(&self) -> SqlStore<Self> {
        // The first migration made its tables, under plain names.
        SqlStore::new(self.clone()).with_prefix("")
    }
}

impl Connections for Database {
    type Connection = Connection;
    type Lent = Lent;
    type Transaction = Transaction;

    async fn lend_to_read(&self) -> sqlx::Result<Lent> {
        self.0.reader.lend().await
    }

    async fn lend_to_write(&self) -> sqlx::Result<Lent> {
        self.0.writer.lend().await
    }

    async fn begin_to_read(&self) -> sqlx::Result<Transaction> {
        self.0.reader.begin(self.0.begin_read).await
    }

    async fn begin_to_write(&self) -> sqlx::Result<Transaction> {
        self.0.writer.begin(self.0.begin_write).await
    }

    async fn commit(transaction: Transaction) -> sqlx::Result<()> {
        transaction.commit().await
    }

    async fn undo(transaction: Transaction) {
        transaction.rollback().await;
    }

    fn fault(error: sqlx::Error) -> Fault {
        Failed(error).into()
    }
}

impl sputnik_sqlx::Connection for Connection {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value<'a>]) -> BoxFuture<'a, sqlx::Result<u64>> {
        Box::pin(async { Ok(statement::<Any>(sql, values).execute(self).await?.rows_affected()) })
    }

    fn fetch<'a>(&'a mut self, sql: &'a str, values: &'a [Value<'a>]) -> BoxFuture<'a, sqlx::Result<Vec<Row>>> {
        Box::pin(question::<Any>(sql, values).fetch_all(self))
    }
}
