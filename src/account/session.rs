//! Sessions: who is signed in, where and since when, kept in the database, so they survive a restart and hold on every
//! node.
//!
//! A session ends when it was not used for long, however that may be after some time, or when its person ends it from
//! wherever they are. To ask for a page or to send a command is use; to have a page open and listen is none.

use super::{bounds::Bounds, own_account::SessionLine, people::Proved, person::Person, visitor::Visitor};
use crate::database::{Connection, Database, Failed, now};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::request::Parts;
use sha2::{Digest, Sha256};
use sputnik::{
    Fault, UserId,
    server::{Unprompted, User},
};
use std::{collections::HashMap, time::Duration};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};

/// How many sessions a person may have; those not used for the longest go.
const SESSIONS: i64 = 100;
/// How often at most it is noted that a session is used, unless it ends so soon that it has to be more often.
const NOTED: Duration = Duration::from_secs(5 * 60);

const PERSON: &str = "person";
const AGENT: &str = "agent";
const BROWSER: &str = "browser";
/// The hash of the password by which a session is made. Never stored with it.
const PROOF: &str = "proof";

const CHANGED: &str = "Your password was changed just now. Please sign in with the new one.";

/// The cookie and its session. `secure` is off only where the site is plain http on this very machine. Where it is on, a
/// browser takes the cookie from this very host over https alone: not from one beside it, nor from whoever stands between.
#[must_use]
pub fn layer(sessions: &Sessions, secure: bool) -> SessionManagerLayer<Sessions> {
    // The cookie is there for as long as the session can last; how long it does, the table says.
    let longest = time::Duration::try_from(sessions.bounds.absolute).unwrap_or(time::Duration::MAX);
    SessionManagerLayer::new(sessions.clone())
        .with_name(if secure { "__Host-sputnik" } else { "sputnik" })
        .with_http_only(true)
        // Strict would sign people out who follow a link from elsewhere.
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(longest))
}

/// Signs a person in, under a new session id, if their password is still the one by which they proved to be it: whoever
/// changes theirs, or deletes their account, is done with all who knew it. `browser` is the hash of the secret by which their browser is known again.
///
/// # Errors
/// When the sessions cannot be written.
pub async fn sign_in(session: &Session, proved: &Proved, visitor: &Visitor, browser: &str) -> Result<(), Fault> {
    // An id somebody planted before is worth nothing afterwards.
    session.cycle_id().await.map_err(unreadable)?;
    session.insert(PERSON, &proved.person).await.map_err(unreadable)?;
    session.insert(PROOF, &proved.password).await.map_err(unreadable)?;
    session.insert(AGENT, &visitor.kind).await.map_err(unreadable)?;
    session.insert(BROWSER, browser).await.map_err(unreadable)?;
    // Now, while it can be said what is wrong.
    if let Err(error) = session.save().await {
        // Nothing is left then that could be saved later, with the answer.
        session.clear().await;
        return Err(if error.to_string().contains(CHANGED) { Fault::forbidden(CHANGED) } else { unreadable(error) });
    }
    Ok(())
}

/// Signs out: the session is deleted.
///
/// # Errors
/// When the sessions cannot be written.
pub async fn sign_out(session: &Session) -> Result<(), Fault> {
    session.flush().await.map_err(unreadable)
}

/// The session of the request that is running.
///
/// # Errors
/// When called outside a request.
pub fn current() -> Result<Session, Fault> {
    let parts = leptos::prelude::use_context::<Parts>();
    parts.and_then(|parts| parts.extensions.get::<Session>().cloned()).ok_or_else(|| {
        tracing::error!("the session is not among the request's extensions");
        Fault::internal()
    })
}

fn unreadable(error: tower_sessions::session::Error) -> Fault {
    tracing::error!(%error, "a session cannot be read or written");
    Fault::temporary("Who is signed in cannot be looked up for the moment.")
}

/// Sessions in the table `sessions`.
#[derive(Debug, Clone)]
pub struct Sessions {
    database: Database,
    bounds: Bounds,
}

/// What stands in the table is a hash of the id: a copy of the database lets nobody in.
fn key(id: &Id) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(id.0.to_le_bytes()))
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Whether a request only asks what there is to hear.
fn only_listens(request: &Parts) -> bool {
    request.uri.path().starts_with("/sputnik/") || request.extensions.get::<Unprompted>().is_some()
}

/// A row of the table, and who its person is.
#[derive(sqlx::FromRow)]
struct Row {
    data: String,
    created: Option<i64>,
    last_used: Option<i64>,
    id: Option<String>,
    name: Option<String>,
}

impl Sessions {
    pub(super) fn new(database: Database, bounds: Bounds) -> Self {
        Self { database, bounds }
    }

    /// Who sent a request, as the database knows it now: a session that was ended since is none.
    ///
    /// # Errors
    /// When the sessions cannot be read.
    pub async fn user(&self, request: &Parts) -> Result<Option<User>, Fault> {
        let Some(id) = request.extensions.get::<Session>().and_then(Session::id) else { return Ok(None) };
        let (key, now) = (key(&id), now());
        let row: Option<Row> = sqlx::query_as(
            "SELECT s.data, s.created, s.last_used, p.id, p.name
             FROM sessions s LEFT JOIN people p ON p.id = s.person AND p.deleted IS NULL WHERE s.id = $1 AND s.expires > $2",
        )
        .bind(&key)
        .bind(now)
        .fetch_optional(&mut *self.database.glance().await?)
        .await
        .map_err(Failed)?;
        let Some(row) = row else { return Ok(None) };
        let user = match (row.id, row.name) {
            (Some(id), Some(name)) => User { id: id.try_into()?, name },
            _ => match self.adopt(&key, &row.data).await? {
                Some(user) => user,
                None => return Ok(None),
            },
        };
        let (created, last_used) = (row.created.unwrap_or(now), row.last_used.unwrap_or(0));
        if row.last_used.is_some() && now >= self.end(created, last_used) {
            // The bounds were made tighter since.
            return Ok(None);
        }
        let noted = NOTED.min(self.bounds.idle / 10);
        if !only_listens(request) && now - last_used >= ms(noted) {
            self.note_use(&key, created, now).await;
        }
        Ok(Some(user))
    }

    /// When a session ends that is not used again.
    fn end(&self, created: i64, last_used: i64) -> i64 {
        let idle = last_used.saturating_add(ms(self.bounds.idle));
        idle.min(created.saturating_add(ms(self.bounds.absolute)))
    }

    async fn note_use(&self, key: &str, created: i64, now: i64) {
        let noted = async {
            let note = "UPDATE sessions SET created = $2, last_used = $3, expires = $4 WHERE id = $1";
            let note = sqlx::query(note).bind(key).bind(created).bind(now).bind(self.end(created, now));
            note.execute(&mut *self.database.note().await?).await.map_err(Failed)?;
            Ok::<_, Fault>(())
        };
        if let Err(fault) = noted.await {
            // Whoever only reads is not kept out because nothing can be written.
            tracing::warn!(%fault, "it could not be noted that a session is used");
        }
    }

    /// A session that an older release made, while both ran: from now on it says whose it is.
    async fn adopt(&self, key: &str, data: &str) -> Result<Option<User>, Fault> {
        #[derive(serde::Deserialize)]
        struct Data {
            person: Option<Person>,
        }
        let Ok(Data { person: Some(person) }) = serde_json::from_str(data) else { return Ok(None) };
        let adopt = "UPDATE sessions SET person = $2 WHERE id = $1 AND person IS NULL
                     AND EXISTS (SELECT 1 FROM people WHERE id = $2 AND deleted IS NULL)";
        let adopt = sqlx::query(adopt).bind(key).bind(person.id.as_str());
        let adopted = adopt.execute(&mut *self.database.note().await?).await.map_err(Failed)?.rows_affected();
        Ok((adopted == 1).then_some(User { id: person.id, name: person.name }))
    }

    /// Where somebody is signed in, the session used last first. `current` is the one that asks.
    ///
    /// # Errors
    /// When the sessions cannot be read.
    pub async fn of_person(&self, person: &UserId, current: Option<Id>) -> Result<Vec<SessionLine>, Fault> {
        type Row = (String, Option<String>, Option<i64>, Option<i64>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, agent, created, last_used FROM sessions WHERE person = $1 AND expires > $2
             ORDER BY last_used DESC, id LIMIT $3",
        )
        .bind(person.as_str())
        .bind(now())
        .bind(SESSIONS)
        .fetch_all(&mut *self.database.glance().await?)
        .await
        .map_err(Failed)?;
        let current = current.as_ref().map(key);
        let line = |(id, agent, created, last_used): Row| SessionLine {
            is_current: current.as_ref() == Some(&id),
            id,
            browser: agent.unwrap_or_else(|| "An unknown browser".to_owned()),
            created: created.unwrap_or_default(),
            last_used: last_used.unwrap_or_default(),
        };
        let mut lines: Vec<SessionLine> = rows.into_iter().map(line).collect();
        lines.sort_by_key(|line| !line.is_current);
        Ok(lines)
    }

    /// Ends one of somebody's sessions. The browser it was in is known no longer either: whoever ends a session from
    /// elsewhere may have lost that device. Tells whether there was one.
    ///
    /// # Errors
    /// When the sessions cannot be written.
    pub async fn end_one(&self, person: &UserId, id: &str) -> Result<bool, Fault> {
        // No id has one, and PostgreSQL takes no text with it.
        if id.contains('\0') {
            return Ok(false);
        }
        let mut sql = self.database.write().await?;
        sqlx::query(
            "DELETE FROM browsers WHERE person = $1
             AND browser = (SELECT s.browser FROM sessions s WHERE s.person = $1 AND s.id = $2)",
        )
        .bind(person.as_str())
        .bind(id)
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
        let end = sqlx::query("DELETE FROM sessions WHERE person = $1 AND id = $2").bind(person.as_str()).bind(id);
        let ended = end.execute(&mut *sql).await.map_err(Failed)?.rows_affected();
        sql.commit().await.map_err(Failed)?;
        Ok(ended == 1)
    }

    /// Ends all of somebody's sessions but this one, and lets only this one's browser be known again. Tells how many
    /// were ended.
    ///
    /// # Errors
    /// When the sessions cannot be written.
    pub async fn end_others(&self, person: &UserId, current: Option<Id>) -> Result<u64, Fault> {
        let keep = current.as_ref().map(key).unwrap_or_default();
        let mut sql = self.database.write().await?;
        let ended = end_others(&mut sql, person, &keep).await?;
        sqlx::query(
            "DELETE FROM browsers WHERE person = $1
             AND browser <> COALESCE((SELECT s.browser FROM sessions s WHERE s.id = $2), '')",
        )
        .bind(person.as_str())
        .bind(&keep)
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
        sql.commit().await.map_err(Failed)?;
        Ok(ended)
    }
}

/// Also those that an older release made, which do not say whose they are.
async fn end_others(sql: &mut Connection, person: &UserId, keep: &str) -> Result<u64, Fault> {
    let end = "DELETE FROM sessions WHERE id <> $2 AND (person = $1 OR (person IS NULL AND data LIKE $3))";
    let theirs = format!("%\"id\":\"{person}\"%");
    Ok(sqlx::query(end)
        .bind(person.as_str())
        .bind(keep)
        .bind(theirs)
        .execute(sql)
        .await
        .map_err(Failed)?
        .rows_affected())
}

fn data(record: &Record) -> session_store::Result<String> {
    let stored: HashMap<_, _> = record.data.iter().filter(|(name, _)| *name != PROOF).collect();
    serde_json::to_string(&stored).map_err(|error| session_store::Error::Encode(error.to_string()))
}

fn failed(error: impl ToString) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

/// What the record says of whose session it is.
fn said<'a>(record: &'a Record, of: &str) -> Option<&'a str> {
    record.data.get(of)?.as_str()
}

fn person(record: &Record) -> Option<&str> {
    record.data.get(PERSON)?.get("id")?.as_str()
}

impl Sessions {
    async fn insert(&self, record: &mut Record) -> Result<(), Fault> {
        let now = now();
        let text = data(record).map_err(|error| {
            tracing::error!(%error, "a session cannot be written as JSON");
            Fault::internal()
        })?;
        let mut sql = self.database.write().await?;
        if let Some(proof) = said(record, PROOF) {
            // Nobody changes it between this and the end of the transaction.
            let still = "UPDATE people SET password = password WHERE id = $1 AND password = $2 AND deleted IS NULL";
            let still = sqlx::query(still)
                .bind(person(record))
                .bind(proof)
                .execute(&mut *sql)
                .await
                .map_err(Failed)?
                .rows_affected();
            if still == 0 {
                return Err(Fault::forbidden(CHANGED));
            }
        }
        loop {
            let new = sqlx::query(
                "INSERT INTO sessions (id, data, expires, person, created, last_used, agent, browser)
                 VALUES ($1, $2, $3, $4, $5, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
            )
            .bind(key(&record.id))
            .bind(&text)
            .bind(self.end(now, now))
            .bind(person(record))
            .bind(now)
            .bind(said(record, AGENT))
            .bind(said(record, BROWSER))
            .execute(&mut *sql)
            .await
            .map_err(Failed)?
            .rows_affected();
            if new == 1 {
                break;
            }
            record.id = Id::default();
        }
        sqlx::query(
            "DELETE FROM sessions WHERE person = $1 AND id NOT IN
             (SELECT id FROM sessions WHERE person = $1 ORDER BY last_used DESC, id LIMIT $2)",
        )
        .bind(person(record))
        .bind(SESSIONS)
        .execute(&mut *sql)
        .await
        .map_err(Failed)?;
        Ok(sql.commit().await.map_err(Failed)?)
    }
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.insert(record).await.map_err(failed)
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let mut sql = self.database.note().await.map_err(failed)?;
        // Only what is still there: a page that was under way during a sign-out does not bring the session back.
        sqlx::query("UPDATE sessions SET data = $2 WHERE id = $1")
            .bind(key(&record.id))
            .bind(data(record)?)
            .execute(&mut *sql)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT data, expires FROM sessions WHERE id = $1 AND expires > $2")
                .bind(key(id))
                .bind(now())
                .fetch_optional(&mut *self.database.glance().await.map_err(failed)?)
                .await
                .map_err(failed)?;
        let Some((data, expires)) = row else {
            return Ok(None);
        };
        let data = match serde_json::from_str(&data) {
            Ok(data) => data,
            Err(error) => {
                tracing::warn!(%error, "a session is not understood here; whoever has it is not signed in");
                return Ok(None);
            }
        };
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires) * 1_000_000)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut sql = self.database.note().await.map_err(failed)?;
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(key(id)).execute(&mut *sql).await.map_err(failed)?;
        Ok(())
    }
}
