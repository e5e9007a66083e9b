//! A connection that is lent, and transactions on it.
//!
//! Every statement goes through [`Connection`], which looks at how it ended. After some errors nobody knows in what
//! state a connection is: such a one takes no further statement, and is closed instead of being lent again.

use super::{
    faults::{Harm, harm},
    pool::{LentOfFile, Trust},
};
use futures::{StreamExt, TryStreamExt, future, stream};
use sqlx::{
    Any, AnyConnection, Connection as _, Database, Either, Execute, Executor, TransactionManager,
    any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
    pool::PoolConnection,
};
use std::{
    fmt, io,
    ops::{Deref, DerefMut},
    sync::Arc,
};

type Manager = <Any as Database>::TransactionManager;
type Future<'e, T> = future::BoxFuture<'e, sqlx::Result<T>>;
type Stream<'e, T> = stream::BoxStream<'e, sqlx::Result<T>>;
type Step = Either<AnyQueryResult, AnyRow>;

/// A connection to the database, by which statements are told. It is given back when it is dropped.
pub struct Connection {
    held: Held,
    /// An error was met after which nobody knows in what state it is.
    is_doubtful: bool,
    /// It leads to a pooler, behind which each transaction may meet another connection: no statement is kept
    /// prepared, and each is run within a transaction.
    is_pooled: bool,
}

pub(super) enum Held {
    OfFile(LentOfFile),
    OfServer(PoolConnection<Any>, Arc<Trust>),
}

impl Held {
    fn connection(&self) -> &AnyConnection {
        match self {
            Self::OfFile(lent) => lent.connection(),
            Self::OfServer(connection, _) => connection,
        }
    }

    fn connection_mut(&mut self) -> &mut AnyConnection {
        match self {
            Self::OfFile(lent) => lent.connection_mut(),
            Self::OfServer(connection, _) => connection,
        }
    }

    /// Where it is noted that no connection made so far is to be lent again.
    fn trust(&self) -> Option<Arc<Trust>> {
        match self {
            Self::OfFile(_) => None,
            Self::OfServer(_, trust) => Some(Arc::clone(trust)),
        }
    }
}

impl Connection {
    pub(super) fn new(held: Held, is_pooled: bool) -> Self {
        Self { held, is_doubtful: false, is_pooled }
    }

    /// Begins a transaction by this statement.
    pub(super) async fn begin(self, statement: &'static str) -> sqlx::Result<Transaction> {
        // Undone if this is given up half-way too: a connection that was begun on is not lent to the next.
        let mut begun = Transaction { on: self, is_open: true };
        match Manager::begin(begun.on.held.connection_mut(), Some(statement.into())).await {
            Ok(()) => Ok(begun),
            Err(error) => {
                begun.on.met(&error);
                begun.on.is_doubtful = true;
                Err(error)
            }
        }
    }

    fn met(&mut self, error: &sqlx::Error) {
        look(error, &mut self.is_doubtful, self.held.trust().as_ref());
    }

    /// The connection, and what looks at how a statement ended.
    fn watched(&mut self) -> (&mut AnyConnection, impl FnMut(&sqlx::Error) + Send) {
        let Self { held, is_doubtful, .. } = self;
        let trust = held.trust();
        (held.connection_mut(), move |error: &sqlx::Error| look(error, is_doubtful, trust.as_ref()))
    }

    fn must_be_well(&self) -> sqlx::Result<()> {
        // In a transaction that the database has undone by itself, the next statement would be one by itself.
        if self.is_doubtful { Err(given_up()) } else { Ok(()) }
    }
}

fn look(error: &sqlx::Error, is_doubtful: &mut bool, trust: Option<&Arc<Trust>>) {
    match harm(error) {
        Harm::None => {}
        Harm::This => *is_doubtful = true,
        Harm::All => {
            *is_doubtful = true;
            if let Some(trust) = trust {
                trust.withdraw();
            }
        }
    }
}

fn given_up() -> sqlx::Error {
    sqlx::Error::Io(io::Error::other("the connection was given up after an error"))
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_doubtful {
            match &mut self.held {
                Held::OfFile(lent) => lent.discard(),
                Held::OfServer(connection, _) => connection.close_on_drop(),
            }
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Connection").field("is_doubtful", &self.is_doubtful).finish_non_exhaustive()
    }
}

impl Deref for Connection {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.held.connection()
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.held.connection_mut()
    }
}

/// A statement that is not kept prepared under a name.
struct Unnamed<E>(E);

impl<'q, E: Execute<'q, Any>> Execute<'q, Any> for Unnamed<E> {
    fn sql(&self) -> &'q str {
        self.0.sql()
    }

    fn statement(&self) -> Option<&AnyStatement<'q>> {
        self.0.statement()
    }

    fn take_arguments(
        &mut self,
    ) -> Result<Option<<Any as Database>::Arguments<'q>>, Box<dyn std::error::Error + Send + Sync>> {
        self.0.take_arguments()
    }

    fn persistent(&self) -> bool {
        false
    }
}

/// Runs one statement in a transaction of its own: behind a pooler, what is prepared and what is run meet the same
/// server only within one.
async fn alone<'q, E>(connection: &mut AnyConnection, query: E) -> sqlx::Result<Vec<Step>>
where
    E: 'q + Execute<'q, Any>,
{
    let mut own = connection.begin().await?;
    let steps = (&mut *own).fetch_many(Unnamed(query)).try_collect().await?;
    own.commit().await?;
    Ok(steps)
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> Stream<'e, Step>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if let Err(error) = self.must_be_well() {
            return stream::once(future::ready(Err(error))).boxed();
        }
        let (is_pooled, is_within) = (self.is_pooled, self.is_within());
        let (connection, met) = self.watched();
        match (is_pooled, is_within) {
            (false, _) => connection.fetch_many(query).inspect_err(met).boxed(),
            (true, true) => connection.fetch_many(Unnamed(query)).inspect_err(met).boxed(),
            (true, false) => stream::once(alone(connection, query))
                .map_ok(|steps| stream::iter(steps.into_iter().map(Ok)))
                .try_flatten()
                .inspect_err(met)
                .boxed(),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> Future<'e, Option<AnyRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if let Err(error) = self.must_be_well() {
            return Box::pin(future::ready(Err(error)));
        }
        let (is_pooled, is_within) = (self.is_pooled, self.is_within());
        let (connection, mut met) = self.watched();
        Box::pin(async move {
            let row = match (is_pooled, is_within) {
                (false, _) => connection.fetch_optional(query).await,
                (true, true) => connection.fetch_optional(Unnamed(query)).await,
                (true, false) => alone(connection, query).await.map(|steps| steps.into_iter().find_map(Either::right)),
            };
            row.inspect_err(|error| met(error))
        })
    }

    fn prepare_with<'e, 'q: 'e>(self, sql: &'q str, parameters: &'e [AnyTypeInfo]) -> Future<'e, AnyStatement<'q>>
    where
        'c: 'e,
    {
        self.held.connection_mut().prepare_with(sql, parameters)
    }

    fn describe<'e, 'q: 'e>(self, sql: &'q str) -> Future<'e, sqlx::Describe<Any>>
    where
        'c: 'e,
    {
        self.held.connection_mut().describe(sql)
    }
}

impl Connection {
    /// Whether it is within a transaction.
    fn is_within(&self) -> bool {
        Manager::get_transaction_depth(self.held.connection()) > 0
    }
}

/// A connection for single statements, each a transaction by itself: given back when it is dropped.
#[derive(Debug)]
pub struct Lent(pub(super) Connection);

impl Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

/// A transaction, undone when it is dropped before it was committed.
#[derive(Debug)]
pub struct Transaction {
    on: Connection,
    is_open: bool,
}

impl Transaction {
    /// Makes all that was done in it last.
    ///
    /// # Errors
    /// When the database is out of reach; it may have been committed then. When it failed at a statement before in such
    /// a way that it was undone: then nothing was.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        self.on.must_be_well()?;
        if let Err(error) = Manager::commit(self.on.held.connection_mut()).await {
            self.on.met(&error);
            self.on.is_doubtful = true;
            return Err(error);
        }
        self.is_open = false;
        Ok(())
    }

    /// Undoes all that was done in it. Where that cannot be told to the database its connection is closed, and that
    /// undoes it too.
    pub async fn rollback(mut self) {
        if self.on.is_doubtful {
            return;
        }
        if let Err(error) = Manager::rollback(self.on.held.connection_mut()).await {
            tracing::debug!(%error, "a transaction is undone by closing its connection");
            self.on.met(&error);
            self.on.is_doubtful = true;
        }
        self.is_open = false;
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.is_open && !self.on.is_doubtful {
            // Done before whatever the connection is asked for next. If the database undid it by itself this cannot be
            // done; then nothing can be begun on the connection either, which closes it.
            Manager::start_rollback(self.on.held.connection_mut());
        }
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.on
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.on
    }
}
