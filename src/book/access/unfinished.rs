//! What is stored in steps, each a transaction of its own, and seen by nobody before the last: it is noted until then, and
//! goes when it is given up.

use crate::{
    book::store::importing,
    database::{Database, Failed, new_id},
};
use sputnik::Fault;

/// What was stored so far: it goes, unless it is finished.
pub(super) struct Unfinished {
    database: Database,
    id: String,
    is_finished: bool,
}

impl Unfinished {
    /// Nothing yet.
    pub fn begin(database: &Database) -> Result<Self, Fault> {
        Ok(Self { database: database.clone(), id: new_id()?, is_finished: false })
    }

    /// Under which name it is noted.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What came of it. Unless that is good, nothing of it stays.
    pub async fn end<T>(mut self, done: Result<T, Fault>) -> Result<T, Fault> {
        if done.is_err() {
            self.give_up().await?;
        } else {
            self.is_finished = true;
        }
        done
    }

    /// Nothing of it is wanted.
    pub async fn give_up(mut self) -> Result<(), Fault> {
        undo(&self.database, &self.id).await?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        // Whoever waited for it is gone. Should this fail too, it is found later that nobody finished it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (database, id) = (self.database.clone(), self.id.clone());
            runtime.spawn(async move { drop(undo(&database, &id).await) });
        }
    }
}

async fn undo(database: &Database, id: &str) -> Result<(), Fault> {
    let mut sql = database.write().await?;
    importing::undo(&mut sql, id).await?;
    Ok(sql.commit().await.map_err(Failed)?)
}
