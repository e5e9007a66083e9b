//! The store's tables, and how they come to be.

use crate::{
    change::now,
    connections::{Connection, Connections, Value},
};

/// What the names of the store's tables begin with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables(pub(crate) &'static str);

/// What brings the tables up to date, oldest first: statements that SQLite and PostgreSQL both understand. Each step only
/// adds, so nodes of the release before go on beside this one. `{}` stands for the prefix.
const STEPS: [&[&str]; 1] = [&[
    // Which commands were done, and what they answered: a retry gets the same answer. The digest is of who asked, the
    // command's path and its arguments; times are milliseconds since 1970.
    "CREATE TABLE IF NOT EXISTS {}commands (call TEXT PRIMARY KEY, reply TEXT NOT NULL, at BIGINT NOT NULL, digest TEXT)",
    "CREATE INDEX IF NOT EXISTS {}commands_by_age ON {}commands (at)",
    // How many messages were committed for a channel.
    "CREATE TABLE IF NOT EXISTS {}channels (name TEXT PRIMARY KEY, version BIGINT NOT NULL)",
    // Messages that are committed and not yet known to be published. A published one is deleted, so this stays short.
    "CREATE TABLE IF NOT EXISTS {}outbox (channel TEXT NOT NULL, version BIGINT NOT NULL, entry TEXT NOT NULL,
     PRIMARY KEY (channel, version))",
]];

/// How often it is tried to bring the tables up to date: nodes that start together may be in each other's way.
const TRIES: u32 = 3;

impl Tables {
    pub(crate) fn commands(self) -> String {
        format!("{}commands", self.0)
    }

    pub(crate) fn channels(self) -> String {
        format!("{}channels", self.0)
    }

    pub(crate) fn outbox(self) -> String {
        format!("{}outbox", self.0)
    }

    /// Makes the tables, or brings them up to date.
    pub(crate) async fn bring_up_to_date<C: Connections>(self, connections: &C) -> sqlx::Result<()> {
        let mut tries = 1;
        loop {
            match self.try_to(connections).await {
                Err(sqlx::Error::Database(error)) if tries < TRIES => {
                    tracing::debug!(%error, "the command store's tables are brought up to date elsewhere, it seems");
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    async fn try_to<C: Connections>(self, connections: &C) -> sqlx::Result<()> {
        let steps = format!("{}store_steps", self.0);
        let mut sql = connections.begin_to_write().await?;
        let create = format!("CREATE TABLE IF NOT EXISTS {steps} (step BIGINT PRIMARY KEY, at BIGINT NOT NULL)");
        sql.execute(&create, &[]).await?;
        let select = format!("SELECT step, 'step', CAST(NULL AS TEXT) FROM {steps}");
        let done = sql.fetch(&select, &[]).await?;
        for (step, statements) in (1..).zip(STEPS) {
            if done.iter().any(|(done, ..)| *done == step) {
                continue;
            }
            for statement in statements {
                sql.execute(&statement.replace("{}", self.0), &[]).await?;
            }
            let insert = format!("INSERT INTO {steps} (step, at) VALUES ($1, $2)");
            sql.execute(&insert, &[Value::Number(step), Value::Number(now())]).await?;
        }
        C::commit(sql).await
    }
}
