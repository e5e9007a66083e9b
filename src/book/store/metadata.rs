//! What a book says about itself besides its title, and how it goes out.

use super::damaged;
use crate::{
    book::{
        model::{BookId, Title},
        publishing::Publishing,
    },
    database::{Connection, Failed},
    metadata::Metadata,
};
use serde::{Serialize, de::DeserializeOwned};
use sputnik::Fault;

/// What a book says about itself, and how it goes out: nothing yet, where nobody said anything.
pub async fn load(sql: &mut Connection, book: &BookId) -> Result<(Metadata, Publishing), Fault> {
    let row: Option<(String, String)> = sqlx::query_as("SELECT about, publishing FROM metadata WHERE book = $1")
        .bind(book.as_str())
        .fetch_optional(sql)
        .await
        .map_err(Failed)?;
    let Some((about, publishing)) = row else { return Ok(Default::default()) };
    Ok((read(&about), read(&publishing)))
}

/// A public book, as a catalogue lists it.
pub struct Listed {
    /// Which.
    pub book: BookId,
    /// Its title.
    pub title: Title,
    /// When it was last changed, in milliseconds since 1970.
    pub changed: i64,
    /// What else it says about itself.
    pub about: Metadata,
    /// How it goes out.
    pub publishing: Publishing,
}

/// The public books that go out in some way, those that changed last first: at most so many.
pub async fn public(sql: &mut Connection, most: i64) -> Result<Vec<Listed>, Fault> {
    let rows: Vec<(String, String, i64, String, String)> = sqlx::query_as(
        "SELECT b.id, b.title, b.changed, m.about, m.publishing FROM metadata m JOIN books b ON b.id = m.book
         WHERE b.visibility = 'public' AND b.deleted IS NULL AND b.archived IS NULL
         ORDER BY b.changed DESC, b.id LIMIT $1",
    )
    .bind(most)
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let listed = |(book, title, changed, about, publishing): (String, String, i64, String, String)| {
        let (book, title) = (book.try_into().ok()?, super::title(title));
        Some(Listed { book, title, changed, about: read(&about), publishing: read(&publishing) })
    };
    Ok(rows.into_iter().filter_map(listed).collect())
}

/// Keeps what a book says about itself. It was checked before.
pub async fn keep(sql: &mut Connection, book: &BookId, about: &Metadata) -> Result<(), Fault> {
    let (_, publishing) = load(sql, book).await?;
    write(sql, book, about, &publishing).await
}

/// Keeps how a book goes out.
pub async fn keep_publishing(sql: &mut Connection, book: &BookId, publishing: &Publishing) -> Result<(), Fault> {
    let (about, _) = load(sql, book).await?;
    write(sql, book, &about, publishing).await
}

async fn write(sql: &mut Connection, book: &BookId, about: &Metadata, publishing: &Publishing) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO metadata (book, about, publishing) VALUES ($1, $2, $3)
         ON CONFLICT (book) DO UPDATE SET about = excluded.about, publishing = excluded.publishing",
    )
    .bind(book.as_str())
    .bind(json(about)?)
    .bind(json(publishing)?)
    .execute(sql)
    .await
    .map_err(Failed)?;
    Ok(())
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| damaged(&error))
}

/// A newer node may have written what this one does not understand: then it says nothing here.
fn read<T: DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::warn!(%error, "what a book says about itself is not understood here; it is passed over");
        T::default()
    })
}
