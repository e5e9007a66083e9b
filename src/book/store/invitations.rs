//! Who is asked to belong to a book.

use super::{
    books::{rank, role},
    damaged, person, title, understood,
};
use crate::{
    account::person::Person,
    book::{
        model::{BookId, Invitation},
        shelf::ReceivedInvitation,
    },
    database::{Connection, Failed, now},
};
use sputnik::{Fault, UserId};

/// A day, in milliseconds: so long counts who was invited, and so long somebody who declined is not asked again.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// How an invitation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationState {
    /// It waits for an answer.
    Open(Invitation),
    /// It was declined, not more than a day ago.
    Declined,
}

type Row = (String, String, i64, String, String, i64);

fn invitation((id, name, rank, by, by_name, at): Row) -> Result<Invitation, Fault> {
    Ok(Invitation { person: person(id, name)?, role: role(rank), by: person(by, by_name)?, at })
}

const OPEN: &str = "SELECT p.id, p.name, i.role, b.id, b.name, i.at FROM invitations i
    JOIN people p ON p.id = i.person JOIN people b ON b.id = i.inviter";

/// Invitations older than this have run out.
fn oldest() -> i64 {
    now() - Invitation::LASTS
}

/// Who is invited to a book, in the order of asking.
pub async fn of_book(sql: &mut Connection, book: &BookId) -> Result<Vec<Invitation>, Fault> {
    let open = format!("{OPEN} WHERE i.book = $1 AND i.declined IS NULL AND i.at > $2 ORDER BY i.at, p.id");
    let rows: Vec<Row> =
        sqlx::query_as(&open).bind(book.as_str()).bind(oldest()).fetch_all(sql).await.map_err(Failed)?;
    Ok(rows.into_iter().filter_map(|row| understood("an invitation", invitation(row))).collect())
}

/// To what somebody is invited, the newest first.
pub async fn of_person(sql: &mut Connection, who: &UserId) -> Result<Vec<ReceivedInvitation>, Fault> {
    let rows: Vec<(String, String, i64, String, String, i64)> = sqlx::query_as(
        "SELECT k.id, k.title, i.role, b.id, b.name, i.at FROM invitations i
         JOIN books k ON k.id = i.book JOIN people b ON b.id = i.inviter
         WHERE i.person = $1 AND i.declined IS NULL AND i.at > $2 ORDER BY i.at DESC, k.id",
    )
    .bind(who.as_str())
    .bind(oldest())
    .fetch_all(sql)
    .await
    .map_err(Failed)?;
    let asked = |(book, name, rank, by, by_name, at): (String, String, i64, String, String, i64)| {
        let book = book.try_into().map_err(|error| damaged(&error))?;
        Ok::<_, Fault>(ReceivedInvitation { book, title: title(name), role: role(rank), by: person(by, by_name)?, at })
    };
    Ok(rows.into_iter().filter_map(|row| understood("an invitation", asked(row))).collect())
}

/// How somebody's invitation to a book stands, if there is one.
pub async fn find(sql: &mut Connection, book: &BookId, who: &UserId) -> Result<Option<InvitationState>, Fault> {
    let declined: Option<Option<i64>> =
        sqlx::query_scalar("SELECT declined FROM invitations WHERE book = $1 AND person = $2")
            .bind(book.as_str())
            .bind(who.as_str())
            .fetch_optional(&mut *sql)
            .await
            .map_err(Failed)?;
    match declined {
        None => Ok(None),
        Some(Some(at)) => Ok((at > now() - DAY).then_some(InvitationState::Declined)),
        Some(None) => {
            let open = format!("{OPEN} WHERE i.book = $1 AND i.person = $2 AND i.at > $3");
            let row: Option<Row> = sqlx::query_as(&open)
                .bind(book.as_str())
                .bind(who.as_str())
                .bind(oldest())
                .fetch_optional(sql)
                .await
                .map_err(Failed)?;
            row.map(|row| invitation(row).map(InvitationState::Open)).transpose()
        }
    }
}

/// Invites, or invites anew in another role; and notes that it was done. What has run out is forgotten on the way.
pub async fn add(sql: &mut Connection, book: &BookId, invitation: &Invitation) -> Result<(), Fault> {
    let Invitation { person, role, by, at } = invitation;
    sqlx::query("DELETE FROM invitations WHERE at <= $1 OR declined <= $2")
        .bind(at - Invitation::LASTS)
        .bind(at - DAY)
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
    sqlx::query("DELETE FROM invited WHERE at <= $1").bind(at - DAY).execute(&mut *sql).await.map_err(Failed)?;
    sqlx::query(
        "INSERT INTO invitations (book, person, role, inviter, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (book, person) DO UPDATE
         SET role = excluded.role, inviter = excluded.inviter, at = excluded.at, declined = NULL",
    )
    .bind(book.as_str())
    .bind(person.id.as_str())
    .bind(rank(*role))
    .bind(by.id.as_str())
    .bind(*at)
    .execute(&mut *sql)
    .await
    .map_err(Failed)?;
    sqlx::query("INSERT INTO invited (inviter, person, at) VALUES ($1, $2, $3)")
        .bind(by.id.as_str())
        .bind(person.id.as_str())
        .bind(*at)
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// Notes that whoever was invited does not want to.
pub async fn decline(sql: &mut Connection, book: &BookId, who: &UserId, at: i64) -> Result<(), Fault> {
    sqlx::query("UPDATE invitations SET declined = $3 WHERE book = $1 AND person = $2")
        .bind(book.as_str())
        .bind(who.as_str())
        .bind(at)
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// Forgets an invitation.
pub async fn remove(sql: &mut Connection, book: &BookId, who: &UserId) -> Result<(), Fault> {
    sqlx::query("DELETE FROM invitations WHERE book = $1 AND person = $2")
        .bind(book.as_str())
        .bind(who.as_str())
        .execute(sql)
        .await
        .map_err(Failed)?;
    Ok(())
}

/// How much was invited lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lately {
    /// How many wait in this book.
    pub in_book: i64,
    /// How many wait for this person, in all books.
    pub for_person: i64,
    /// How many whoever invites sent within a day.
    pub by_inviter: i64,
    /// How many of these to this person.
    pub to_person: i64,
}

/// How much was invited lately, as it bears on one more.
pub async fn lately(sql: &mut Connection, book: &BookId, inviter: &UserId, who: &UserId) -> Result<Lately, Fault> {
    let (in_book, for_person, by_inviter, to_person): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM invitations WHERE book = $1 AND declined IS NULL AND at > $4),
                (SELECT COUNT(*) FROM invitations WHERE person = $2 AND declined IS NULL AND at > $4),
                (SELECT COUNT(*) FROM invited WHERE inviter = $3 AND at > $5),
                (SELECT COUNT(*) FROM invited WHERE inviter = $3 AND person = $2 AND at > $5)",
    )
    .bind(book.as_str())
    .bind(who.as_str())
    .bind(inviter.as_str())
    .bind(oldest())
    .bind(now() - DAY)
    .fetch_one(sql)
    .await
    .map_err(Failed)?;
    Ok(Lately { in_book, for_person, by_inviter, to_person })
}

/// Whom somebody invited to a book who have not answered.
pub async fn by_inviter(sql: &mut Connection, book: &BookId, inviter: &UserId) -> Result<Vec<Person>, Fault> {
    let open = of_book(sql, book).await?;
    Ok(open.into_iter().filter(|open| open.by.id == *inviter).map(|open| open.person).collect())
}
