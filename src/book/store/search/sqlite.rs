//! The index on SQLite: its full-text search, of three letters at a time. It keeps no text, for that stands in the table
//! of passages, whose triggers keep the two the same: whatever adds or deletes a passage, and be it the end of its book.

use super::{Asked, like};
use crate::{
    database::{Database, Failed},
    document::search::question::{Closeness, Question},
};
use sputnik::Fault;

/// How many letters the index needs to find anything.
const LETTERS: usize = 3;

/// The index, and what keeps it.
const MAKE: [&str; 3] = [
    "CREATE VIRTUAL TABLE search_words USING fts5(
        folded, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1')",
    "CREATE TRIGGER search_words_added AFTER INSERT ON search_passages BEGIN
        INSERT INTO search_words (rowid, folded) VALUES (new.id, new.folded);
     END",
    "CREATE TRIGGER search_words_removed AFTER DELETE ON search_passages BEGIN
        DELETE FROM search_words WHERE rowid = old.id;
     END",
];

/// Takes it away.
pub(super) const DROP: [&str; 3] = [
    "DROP TRIGGER IF EXISTS search_words_added",
    "DROP TRIGGER IF EXISTS search_words_removed",
    "DROP TABLE IF EXISTS search_words",
];

/// Makes it where some of it is missing.
pub(super) async fn prepare(database: &Database) -> Result<(), Fault> {
    const THERE: &str = "SELECT COUNT(*) FROM sqlite_master
        WHERE name IN ('search_words', 'search_words_added', 'search_words_removed')";
    let mut sql = database.write().await?;
    let there: i64 = sqlx::query_scalar(THERE).fetch_one(&mut *sql).await.map_err(Failed)?;
    if there == 3 {
        return Ok(());
    }
    let fill = "INSERT INTO search_words (rowid, folded) SELECT id, folded FROM search_passages";
    for statement in DROP.iter().chain(&MAKE).chain(&[fill]) {
        sqlx::query(statement).execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(sql.commit().await.map_err(Failed)?)
}

/// A question for it. What the index cannot find, because it is too short, is looked for passage by passage, of those that
/// the index found, or of the book's.
pub(super) fn ask(question: &Question, closeness: Closeness) -> Asked {
    let (mut words, mut conditions, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for term in question.terms() {
        let pattern = term.pattern(closeness);
        if term.signs().is_none() && pattern.chars().count() >= LETTERS {
            // A string of the index's language, in which nothing means anything but a quotation mark.
            words.push(format!("\"{}\"", pattern.replace('"', "\"\"")));
        } else {
            let column = if term.signs().is_some() { "text" } else { "folded" };
            conditions.push(format!("s.{column} LIKE ${} ESCAPE '\\'", values.len() + 5));
            values.push(like(&pattern));
        }
    }
    if words.is_empty() {
        conditions.push("s.id BETWEEN $1 AND $2".to_owned());
        return Asked { from: "search_passages s", condition: conditions.join(" AND "), order: "s.id", values };
    }
    conditions.push(format!("w.search_words MATCH ${} AND w.rowid BETWEEN $1 AND $2", values.len() + 5));
    values.push(words.join(" AND "));
    Asked {
        from: "search_words w JOIN search_passages s ON s.id = w.rowid",
        condition: conditions.join(" AND "),
        order: "w.rowid",
        values,
    }
}
