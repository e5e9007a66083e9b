//! The cards in SQLite, beside the tables of the layer's command store.

use crate::board::{Card, Column};
use axum::Extension;
use sputnik::Fault;
use sputnik_sqlx::{Failed, SqlStore};
use sqlx::{
    FromRow, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use std::{ops::Deref, path::Path};

/// Where everything is kept. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    commands: SqlStore<SqlitePool>,
}

impl Store {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let pool = SqlitePool::connect_with(options.journal_mode(SqliteJournalMode::Wal)).await?;
        let create = "CREATE TABLE IF NOT EXISTS cards (
            id INTEGER PRIMARY KEY, \"column\" INTEGER NOT NULL, place INTEGER NOT NULL,
            title TEXT NOT NULL, text TEXT NOT NULL, fence INTEGER NOT NULL)";
        sqlx::query(create).execute(&pool).await?;
        let commands = SqlStore::new(pool.clone());
        commands.migrate().await?;
        Ok(Self { pool, commands })
    }

    /// That of the command that runs, where `main.rs` put it.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn current() -> Result<Self, Fault> {
        let store = leptos_axum::extract::<Extension<Self>>().await;
        store.map(|Extension(store)| store).map_err(|_| Fault::internal())
    }

    /// The highest fence under which a card was written: a lock of it begins above that, whatever the broker remembers.
    ///
    /// # Errors
    /// When the database is out of reach, or there is no such card.
    pub async fn newest_fence(&self, id: i64) -> Result<u64, Fault> {
        let select = sqlx::query_scalar("SELECT fence FROM cards WHERE id = $1").bind(id);
        let fence: Option<i64> = select.fetch_optional(&self.pool).await.map_err(Failed)?;
        Ok(fence.ok_or_else(no_card)?.cast_unsigned())
    }
}

impl Deref for Store {
    type Target = SqlStore<SqlitePool>;

    fn deref(&self) -> &SqlStore<SqlitePool> {
        &self.commands
    }
}

#[derive(FromRow)]
struct Row {
    id: i64,
    column: i64,
    place: i64,
    title: String,
    text: String,
}

impl From<Row> for Card {
    fn from(Row { id, column, place, title, text }: Row) -> Self {
        let column = usize::try_from(column).ok().and_then(|column| Column::ALL.get(column).copied());
        Self { id, column: column.unwrap_or(Column::ToDo), place, title, text }
    }
}

fn no_card() -> Fault {
    Fault::not_found("card")
}

/// All cards, by place.
///
/// # Errors
/// When the database is out of reach.
pub async fn cards(sql: &mut SqliteConnection) -> Result<Vec<Card>, Fault> {
    let rows: Vec<Row> = sqlx::query_as("SELECT * FROM cards ORDER BY place").fetch_all(sql).await.map_err(Failed)?;
    Ok(rows.into_iter().map(Card::from).collect())
}

/// Adds a card.
///
/// # Errors
/// When the database is out of reach.
pub async fn add(sql: &mut SqliteConnection, column: Column, place: i64, title: String) -> Result<Card, Fault> {
    let add = "INSERT INTO cards (\"column\", place, title, text, fence) VALUES ($1, $2, $3, '', 0) RETURNING *";
    let add = sqlx::query_as::<_, Row>(add).bind(column as i64).bind(place).bind(title);
    Ok(add.fetch_one(sql).await.map_err(Failed)?.into())
}

/// Hangs a card elsewhere.
///
/// # Errors
/// When the database is out of reach, or there is no such card.
pub async fn relocate(sql: &mut SqliteConnection, id: i64, to: Column, place: i64) -> Result<Card, Fault> {
    let set = "UPDATE cards SET \"column\" = $1, place = $2 WHERE id = $3 RETURNING *";
    let set = sqlx::query_as::<_, Row>(set).bind(to as i64).bind(place).bind(id);
    Ok(set.fetch_optional(sql).await.map_err(Failed)?.ok_or_else(no_card)?.into())
}

/// Stores what stands on a card, unless somebody wrote on it under a newer fence.
///
/// # Errors
/// When the database is out of reach, somebody did, or there is no such card.
pub async fn save(sql: &mut SqliteConnection, id: i64, fence: u64, title: String, text: String) -> Result<Card, Fault> {
    let set = "UPDATE cards SET title = $1, text = $2, fence = $3 WHERE id = $4 AND fence <= $3 RETURNING *";
    let set = sqlx::query_as::<_, Row>(set).bind(title).bind(text).bind(fence.cast_signed()).bind(id);
    let card = set.fetch_optional(sql).await.map_err(Failed)?;
    Ok(card.ok_or_else(|| Fault::stale("Somebody else has this card now, or it is gone."))?.into())
}

/// Removes a card.
///
/// # Errors
/// When the database is out of reach, or there is no such card.
pub async fn remove(sql: &mut SqliteConnection, id: i64) -> Result<(), Fault> {
    let removed = sqlx::query("DELETE FROM cards WHERE id = $1").bind(id).execute(sql).await.map_err(Failed)?;
    if removed.rows_affected() == 0 { Err(no_card()) } else { Ok(()) }
}
