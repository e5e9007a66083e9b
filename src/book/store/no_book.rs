//! Why somebody may not open a book, in words for them.

use super::{bin, understood};
use crate::{
    book::{
        events::{BookEvent, EventKind},
        model::{BookId, Role},
    },
    database::{Connection, Failed},
};
use sputnik::{Fault, UserId};

/// What is said to whoever never could: whether there is such a book is not theirs to know.
const NOT_OPEN: &str = "There is no such book, or it is not open to you.";

/// That there is no such book, or none they may know of. Who belonged to it is told why they do no longer.
///
/// # Errors
/// When the database is out of reach, that.
pub async fn no_book(sql: &mut Connection, book: &BookId, who: Option<&UserId>) -> Result<Fault, Fault> {
    let words = match who {
        Some(who) => match bin::role(sql, book, who).await? {
            Some(Role::Owner) => {
                Some("This book was deleted. It is on your shelf, where you can bring it back.".to_owned())
            }
            Some(_) => Some("This book was deleted. Its owners can bring it back.".to_owned()),
            None => taken_out(sql, book, who).await?,
        },
        None => None,
    };
    Ok(Fault { words: words.unwrap_or_else(|| NOT_OPEN.to_owned()), ..Fault::not_found("book") })
}

/// How somebody stopped to belong to a book, if they ever did, as far as its activity tells.
async fn taken_out(sql: &mut Connection, book: &BookId, who: &UserId) -> Result<Option<String>, Fault> {
    let told: Vec<String> = sqlx::query_scalar(
        "SELECT told FROM activity WHERE book = $1 AND told LIKE '%\"member_removed\"%' AND told LIKE $2
         ORDER BY version DESC LIMIT 1",
    )
    .bind(book.as_str())
    .bind(format!("%\"{who}\"%"))
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let told = told.first().and_then(|told| understood("a line of the activity", serde_json::from_str(told)));
    Ok(told.and_then(|BookEvent { by, what, .. }| match what {
        EventKind::MemberRemoved { person } if person.id == *who && by.id == *who => {
            Some("You left this book. One of its owners can invite you again.".to_owned())
        }
        EventKind::MemberRemoved { person } if person.id == *who => Some(match by.is_somebody() {
            true => "You were taken out of this book. One of its owners can invite you again.".to_owned(),
            false => format!("{} took you out of this book. One of its owners can invite you again.", by.name),
        }),
        _ => None,
    }))
}
