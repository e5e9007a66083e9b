//! Pictures that were stored before what a camera adds was left out: it is taken out of them, one after the other.

use crate::{
    book::{
        model::PictureId,
        pictures::{Format, clean::clean},
        store::pictures,
    },
    database::{Database, Failed},
};
use sputnik::Fault;
use std::time::Duration;

/// How long it rests after something was out of reach, and between two of them: nobody waits for it.
const AGAIN: Duration = Duration::from_secs(60);
const REST: Duration = Duration::from_millis(200);

/// Cleans what is left of them, and ends. Two nodes that do it at once do the same.
pub async fn clean_old(database: Database) {
    loop {
        match clean_next(&database).await {
            Ok(true) => tokio::time::sleep(REST).await,
            Ok(false) => return,
            Err(fault) => {
                tracing::warn!(%fault, "old pictures wait to be cleaned");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// Cleans one. Tells whether there was any.
async fn clean_next(database: &Database) -> Result<bool, Fault> {
    let Some((id, format, bytes)) = pictures::old(&mut *database.glance().await?).await? else { return Ok(false) };
    let cleaned = cleaned(&id, format, bytes).await?;
    let mut sql = database.write().await?;
    pictures::replace_old(&mut sql, &id, cleaned).await?;
    sql.commit().await.map_err(Failed)?;
    Ok(true)
}

/// Its file as it is kept from now on; nothing, where it cannot be read and stays as it is.
async fn cleaned(id: &PictureId, format: Format, bytes: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
    let cleaned = tokio::task::spawn_blocking(move || clean(format, &bytes)).await.map_err(|_| Fault::internal())?;
    if cleaned.is_none() {
        tracing::warn!(%id, "an old picture is damaged: it may say where it was taken");
    }
    Ok(cleaned.map(|cleaned| cleaned.bytes))
}
