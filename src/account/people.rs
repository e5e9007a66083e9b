//! Accounts: names and passwords.

use super::{
    attempt_limit::{Attempt, Counted},
    bounds::Bounds,
    display_name::{self, comparable},
    known_browser::Secret,
    passwords::{Hashing, Purpose, has_good_length},
    person::Person,
    session::Sessions,
    visitor::Visitor,
};
use crate::{
    costly::Who,
    database::{Connection, Database, Failed, new_id, now},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sputnik::{
    Code, Fault, UserId,
    server::{address::Address, command::audit},
};
use std::sync::Arc;

/// How many browsers of a person are known again: those used last.
const BROWSERS: i64 = 20;

/// The accounts of this site. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    database: Database,
    bounds: Bounds,
    sessions: Sessions,
    hashing: Hashing,
}

/// A person, the hash of their password, and whether the browser is one of theirs.
struct Found {
    person: Person,
    password: String,
    is_known: bool,
}

/// Who proved to be somebody, and by which password, as it is stored: it may be another one by the time they are signed
/// in.
pub struct Proved {
    /// Who.
    pub person: Person,
    /// The hash of their password at that time.
    pub(super) password: String,
}

impl Accounts {
    /// The accounts kept in a database.
    #[must_use]
    pub fn new(database: Database, bounds: Bounds) -> Self {
        let sessions = Sessions::new(database.clone(), bounds);
        Self(Arc::new(Inner { database, bounds, sessions, hashing: Hashing::default() }))
    }

    /// The accounts of the request that is running.
    ///
    /// # Errors
    /// When called outside a request.
    pub fn current() -> Result<Self, Fault> {
        let parts = leptos::prelude::use_context::<http::request::Parts>();
        parts.and_then(|parts| parts.extensions.get::<Self>().cloned()).ok_or_else(|| {
            tracing::error!("the accounts are not among the request's extensions");
            Fault::internal()
        })
    }

    /// Who is signed in, where and since when.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Creates an account.
    ///
    /// # Errors
    /// When the name is taken or not one, or the password too weak: in words for whoever chose them. Or when too many
    /// were made from that address lately.
    pub async fn sign_up(&self, name: &str, password: &str, visitor: &Visitor) -> Result<Proved, Fault> {
        let (named, long) = (good_name(name), has_good_length(password));
        let in_field = |refused: &Fault, field: &str| Some(refused.clone().in_field(field));
        Fault::all([
            named.as_ref().err().and_then(|bad| in_field(bad, "name")),
            long.as_ref().err().and_then(|bad| in_field(bad, "password")),
        ])?;
        let name = named?;
        let made = self.make_account(name, password, visitor).await;
        audit::act("sign_up").named(name).from(visitor.address).ended(&made);
        made
    }

    async fn make_account(&self, name: &str, password: &str, visitor: &Visitor) -> Result<Proved, Fault> {
        let counted = visitor.address.map(|address| Counted::sign_up_from(address, &self.0.bounds));
        // Also where it is refused: to rate a password is costly too, and which names there are is nobody's list to make.
        let _counted = Attempt::begin(&self.0.database, counted.into_iter().collect()).await?;
        // The database has the last word below; but whoever chose both badly is told of both.
        let is_taken = is_taken(&mut *self.0.database.glance().await?, name).await?;
        let hash = self.0.hashing.hash(password, &[name], (Purpose::New, Who::of(None, visitor.address))).await;
        let hash = only_if_chosen(hash)?;
        let weak = hash.as_ref().err().map(|weak| weak.clone().in_field("password"));
        Fault::all([is_taken.then(|| taken(name)), weak])?;
        let hash = hash?;
        let person = self.add(name, &hash).await?;
        Ok(Proved { person, password: hash })
    }

    /// Creates an account, whatever its password: one that everybody is told of need not be hard to guess.
    ///
    /// # Errors
    /// When the name is taken.
    pub async fn sign_up_for_all_to_use(&self, name: &str, password: &str) -> Result<Person, Fault> {
        self.add(good_name(name)?, &password_auth::generate_hash(password)).await
    }

    async fn add(&self, name: &str, hash: &str) -> Result<Person, Fault> {
        let person = Person { id: new_id()?.try_into()?, name: name.to_owned() };
        let mut sql = self.0.database.write().await?;
        let new = sqlx::query(
            "INSERT INTO people (id, name, name_key, password, created) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (name_key) DO NOTHING",
        )
        .bind(person.id.as_str())
        .bind(name)
        .bind(name.to_lowercase())
        .bind(hash)
        .bind(now())
        .execute(&mut *sql)
        .await
        .map_err(Failed)?
        .rows_affected();
        if new == 0 || display_name::is_called(&mut sql, name, Some(&person.id)).await? {
            return Err(taken(name));
        }
        sql.commit().await.map_err(Failed)?;
        Ok(person)
    }

    /// The person of this name, if the password is theirs. A name nobody has takes as long to be refused, and is
    /// refused in the same words, as a wrong password.
    ///
    /// # Errors
    /// When they do not belong together, or after too many attempts.
    pub async fn sign_in(&self, name: &str, password: &str, visitor: &Visitor) -> Result<Proved, Fault> {
        let Ok(name) = good_name(name) else {
            audit::act("sign_in").from(visitor.address).refused("no such name");
            return Err(wrong());
        };
        let found = self.find(name, visitor).await?;
        let act = audit::act("sign_in").from(visitor.address);
        // Not what was typed: it may be a password.
        let act = match &found {
            Some(found) => act.named(name).about(&found.person.id),
            None => act.about("a name that nobody has"),
        };
        let entered = self.enter(name, password, found, visitor).await;
        act.ended(&entered);
        entered
    }

    async fn enter(
        &self,
        name: &str,
        password: &str,
        found: Option<Found>,
        visitor: &Visitor,
    ) -> Result<Proved, Fault> {
        let bounds = &self.0.bounds;
        let known = visitor.browser.as_ref().zip(found.as_ref().filter(|found| found.is_known));
        let (counted, purpose, who) = match (known, &found) {
            (Some((browser, found)), _) => {
                let id = &found.person.id;
                let counted = vec![Counted::guess_by(id, &browser.hash(), bounds), Counted::return_of(id, bounds)];
                (counted, Purpose::Known, Who::of(Some(id), visitor.address))
            }
            (None, found) => {
                let of_name = match found {
                    Some(Found { person, .. }) => {
                        vec![Counted::guess_for(&person.id, bounds), Counted::entry_of(&person.id, bounds)]
                    }
                    None => {
                        let name = name.to_lowercase();
                        vec![Counted::guess_for_nobody(&name, bounds), Counted::entry_of_nobody(&name, bounds)]
                    }
                };
                let from = visitor.address.into_iter();
                let from = from.flat_map(|from| [Counted::guess_from(from, bounds), Counted::entry_from(from, bounds)]);
                // Whose name it is tells nothing of who they are.
                (from.chain(of_name).collect(), Purpose::Stranger, Who::of(None, visitor.address))
            }
        };
        let attempt = Attempt::begin(&self.0.database, counted).await?;
        let proved = found.map(|Found { person, password, .. }| Proved { person, password });
        let hash = proved.as_ref().map(|proved| proved.password.clone());
        match self.0.hashing.verify(password, hash, (purpose, who)).await {
            Ok(true) => attempt.was_right().await,
            Ok(false) => {
                attempt.was_wrong().await;
                return Err(wrong());
            }
            Err(busy) => {
                attempt.was_not_made().await;
                return Err(busy);
            }
        }
        proved.ok_or_else(wrong)
    }

    async fn find(&self, name: &str, visitor: &Visitor) -> Result<Option<Found>, Fault> {
        let browser = visitor.browser.as_ref().map(Secret::hash).unwrap_or_default();
        let row: Option<(String, String, String, Option<String>)> = sqlx::query_as(
            "SELECT p.id, p.name, p.password, b.browser FROM people p
             LEFT JOIN browsers b ON b.person = p.id AND b.browser = $2 WHERE p.name_key = $1 AND p.deleted IS NULL",
        )
        .bind(name.to_lowercase())
        .bind(browser)
        .fetch_optional(&mut *self.0.database.glance().await?)
        .await
        .map_err(Failed)?;
        row.map(|(id, name, password, browser)| {
            Ok(Found { person: Person { id: id.try_into()?, name }, password, is_known: browser.is_some() })
        })
        .transpose()
    }

    /// Has this browser known again as one that the person signed in from. Tells by which secret.
    ///
    /// # Errors
    /// When the database is out of reach.
    pub async fn remember(&self, person: &UserId, visitor: &Visitor) -> Result<Secret, Fault> {
        let secret = visitor.browser.clone().map_or_else(Secret::new, Ok)?;
        let mut sql = self.0.database.write().await?;
        sqlx::query(
            "INSERT INTO browsers (person, browser, last_used) VALUES ($1, $2, $3)
             ON CONFLICT (person, browser) DO UPDATE SET last_used = excluded.last_used",
        )
        .bind(person.as_str())
        .bind(secret.hash())
        .bind(now())
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
        sqlx::query(
            "DELETE FROM browsers WHERE person = $1 AND browser NOT IN
             (SELECT browser FROM browsers WHERE person = $1 ORDER BY last_used DESC, browser LIMIT $2)",
        )
        .bind(person.as_str())
        .bind(BROWSERS)
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
        sql.commit().await.map_err(Failed)?;
        Ok(secret)
    }

    /// Whether somebody who is signed in knows their password: asked before what cannot be undone.
    ///
    /// # Errors
    /// When it is not theirs, or after too many attempts.
    pub async fn prove(&self, person: &UserId, password: &str, from: Option<Address>) -> Result<(), Fault> {
        let wrong = || Fault::forbidden("This is not the password of this account.");
        let hash: Option<String> = sqlx::query_scalar("SELECT password FROM people WHERE id = $1 AND deleted IS NULL")
            .bind(person.as_str())
            .fetch_optional(&mut *self.0.database.glance().await?)
            .await
            .map_err(Failed)?;
        let hash = hash.ok_or_else(Fault::not_signed_in)?;
        let bounds = &self.0.bounds;
        let counted = vec![Counted::proof_of(person, bounds), Counted::return_of(person, bounds)];
        let attempt = Attempt::begin(&self.0.database, counted).await?;
        let verified = self.0.hashing.verify(password, Some(hash), (Purpose::Known, Who::of(Some(person), from))).await;
        match verified {
            Ok(true) => attempt.was_right().await,
            Ok(false) => attempt.was_wrong().await,
            Err(_) => attempt.was_not_made().await,
        }
        if verified? { Ok(()) } else { Err(wrong()) }
    }

    /// Gives somebody who knows their password another one. Whose sessions go on is not decided here.
    ///
    /// # Errors
    /// When the old one is not theirs or the new one too weak, in words for whoever typed them; or after too many attempts.
    pub async fn change_password(
        &self,
        person: &UserId,
        (old, new): (&str, &str),
        from: Option<Address>,
    ) -> Result<(), Fault> {
        let proved = match self.prove(person, old, from).await {
            Err(wrong) if wrong.code == Code::Forbidden => Some(wrong.in_field("old")),
            proved => proved.map(|()| None)?,
        };
        let (name, shown) = self.names(person).await?;
        let hash = self.0.hashing.hash(new, &[&name, &shown], (Purpose::Known, Who::of(Some(person), from))).await;
        let hash = only_if_chosen(hash)?;
        Fault::all([proved, hash.as_ref().err().map(|weak| weak.clone().in_field("new"))])?;
        let hash = hash?;
        sqlx::query("UPDATE people SET password = $2 WHERE id = $1 AND deleted IS NULL")
            .bind(person.as_str())
            .bind(hash)
            .execute(&mut *self.0.database.note().await?)
            .await
            .map_err(Failed)?;
        Ok(())
    }

    /// With what name somebody signs in, and what they are called.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn names(&self, person: &UserId) -> Result<(String, String), Fault> {
        let names = sqlx::query_as("SELECT name_key, name FROM people WHERE id = $1 AND deleted IS NULL");
        let names =
            names.bind(person.as_str()).fetch_optional(&mut *self.0.database.glance().await?).await.map_err(Failed)?;
        names.ok_or_else(Fault::not_signed_in)
    }

    /// From now on somebody is called this.
    ///
    /// # Errors
    /// When it is no name, or somebody else is called so: in words for whoever chose it.
    pub async fn call(&self, person: &UserId, shown: &str) -> Result<Person, Fault> {
        let shown = display_name::good(shown).map_err(|bad| bad.in_field("shown"))?;
        let mut sql = self.0.database.write().await?;
        if display_name::is_called(&mut sql, &shown, Some(person)).await? {
            return Err(display_name::by_another(&shown).in_field("shown"));
        }
        sqlx::query("UPDATE people SET name = $2, called_key = $3 WHERE id = $1 AND deleted IS NULL")
            .bind(person.as_str())
            .bind(&shown)
            .bind(comparable(&shown))
            .execute(&mut *sql)
            .await
            .map_err(Failed)?;
        sql.commit().await.map_err(Failed)?;
        Ok(Person { id: person.clone(), name: shown })
    }
}

/// Deletes an account within a transaction: nobody signs in with it any more, nor is called as it was. The row stays,
/// for what its person wrote in books of others refers to it; and so does a hash of the name, for nobody else is to be
/// taken for them.
///
/// # Errors
/// When the database is out of reach.
pub async fn forget(sql: &mut Connection, person: &UserId) -> Result<(), Fault> {
    let key: Option<String> = sqlx::query_scalar("SELECT name_key FROM people WHERE id = $1 AND deleted IS NULL")
        .bind(person.as_str())
        .fetch_optional(&mut *sql)
        .await
        .map_err(Failed)?;
    let key = key.ok_or_else(Fault::not_signed_in)?;
    sqlx::query(
        "UPDATE people SET name = $2, name_key = $3, called_key = NULL, password = '', deleted = $4 WHERE id = $1",
    )
    .bind(person.as_str())
    .bind("Somebody who left")
    .bind(of_the_gone(&key))
    .bind(now())
    .execute(&mut *sql)
    .await
    .map_err(Failed)?;
    for statement in ["DELETE FROM sessions WHERE person = $1", "DELETE FROM browsers WHERE person = $1"] {
        sqlx::query(statement).bind(person.as_str()).execute(&mut *sql).await.map_err(Failed)?;
    }
    Ok(())
}

/// What stands in the place of a name that nobody has any more, and nobody else may take.
fn of_the_gone(name_key: &str) -> String {
    format!("~{}", BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(name_key.as_bytes())))
}

async fn is_taken(sql: &mut Connection, name: &str) -> Result<bool, Fault> {
    let key = name.to_lowercase();
    let taken: Option<String> = sqlx::query_scalar("SELECT id FROM people WHERE name_key IN ($1, $2)")
        .bind(&key)
        .bind(of_the_gone(&key))
        .fetch_optional(&mut *sql)
        .await
        .map_err(Failed)?;
    Ok(taken.is_some() || display_name::is_called(sql, name, None).await?)
}

/// What is refused about what somebody chose, apart from what has nothing to do with it: that others are before them.
fn only_if_chosen<T>(done: Result<T, Fault>) -> Result<Result<T, Fault>, Fault> {
    match done {
        Err(fault) if fault.code != Code::BadRequest => Err(fault),
        done => Ok(done),
    }
}

fn wrong() -> Fault {
    Fault::forbidden("This name and password do not belong together. Please check both.").in_field("password")
}

fn taken(name: &str) -> Fault {
    Fault::conflict(format_args!("The name “{name}” is taken. Please choose another, or sign in if it is yours."))
        .in_field("name")
}

/// The name to sign in with, without blanks around it, if it is one.
///
/// # Errors
/// When it is none: in words for whoever chose it.
pub fn good_name(name: &str) -> Result<&str, Fault> {
    let name = name.trim();
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    if (2..=32).contains(&name.len()) && name.bytes().all(good) && name.bytes().any(|b| b.is_ascii_alphanumeric()) {
        Ok(name)
    } else {
        Err(Fault::bad_request(
            "A name has 2 to 32 letters (a to z), digits, dots, hyphens and underscores, and no blanks.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_letters_digits_dots_hyphens_and_underscores() {
        for good in ["ann", " ann ", "A.b-c_9", "42"] {
            assert!(good_name(good).is_ok(), "{good}");
        }
        for bad in ["a", "", "..", "ann smith", "<b>ann</b>", "ännchen", &"x".repeat(33), &"x".repeat(10_000)] {
            assert!(good_name(bad).is_err(), "{bad}");
        }
    }
}
