//! Sessions: who is signed in, kept in the database, so they survive a restart and hold on every node.

use super::person::Person;
use crate::{
    database::{Database, now},
    sputnik::{fault::Fault, server::gate::User},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};

/// How long a session lasts after the last visit.
const LASTS: time::Duration = time::Duration::days(30);
/// A session that was not prolonged for this long is at the next visit. (At every visit would be a write a request.)
const PROLONG: time::Duration = time::Duration::days(1);

const PERSON: &str = "person";
const PROLONGED: &str = "prolonged";

/// The cookie and its session. `secure` is off only where the site is plain http on this very machine.
#[must_use]
pub fn layer(database: Database, secure: bool) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions(database))
        .with_name("sputnik")
        .with_http_only(true)
        // Strict would sign people out who follow a link from elsewhere.
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(LASTS))
}

/// Who is signed in. Once a day that prolongs their session.
///
/// # Errors
/// When the sessions cannot be read.
pub async fn user(session: &Session) -> Result<Option<User>, Fault> {
    let person: Option<Person> = session.get(PERSON).await.map_err(unreadable)?;
    let Some(Person { id, name, .. }) = person else { return Ok(None) };
    let today = OffsetDateTime::now_utc().unix_timestamp();
    let prolonged: i64 = session.get(PROLONGED).await.map_err(unreadable)?.unwrap_or_default();
    if today - prolonged > PROLONG.whole_seconds() {
        // A change makes the deadline a new one. It is stored with the answer to the request.
        session.insert(PROLONGED, today).await.map_err(unreadable)?;
    }
    Ok(Some(User { id, name }))
}

/// Signs a person in, under a new session id.
///
/// # Errors
/// When the sessions cannot be written.
pub async fn sign_in(session: &Session, person: &Person) -> Result<(), Fault> {
    // An id somebody planted before is worth nothing afterwards.
    session.cycle_id().await.map_err(unreadable)?;
    session.insert(PERSON, person).await.map_err(unreadable)?;
    session.insert(PROLONGED, OffsetDateTime::now_utc().unix_timestamp()).await.map_err(unreadable)
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
    let parts = leptos::prelude::use_context::<http::request::Parts>();
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
pub struct Sessions(Database);

/// What stands in the table is a hash of the id: a copy of the database lets nobody in.
fn key(id: &Id) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(id.0.to_le_bytes()))
}

fn deadline(record: &Record) -> i64 {
    let ms = record.expiry_date.unix_timestamp_nanos() / 1_000_000;
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn data(record: &Record) -> session_store::Result<String> {
    serde_json::to_string(&record.data).map_err(|error| session_store::Error::Encode(error.to_string()))
}

fn failed(error: impl ToString) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let mut sql = self.0.note().await.map_err(failed)?;
        loop {
            let new =
                sqlx::query("INSERT INTO sessions (id, data, expires) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING")
                    .bind(key(&record.id))
                    .bind(data(record)?)
                    .bind(deadline(record))
                    .execute(&mut *sql)
                    .await
                    .map_err(failed)?
                    .rows_affected();
            if new == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let mut sql = self.0.note().await.map_err(failed)?;
        // Only what is still there: a page that was under way during a sign-out does not bring the session back.
        sqlx::query("UPDATE sessions SET data = $2, expires = $3 WHERE id = $1")
            .bind(key(&record.id))
            .bind(data(record)?)
            .bind(deadline(record))
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
                .fetch_optional(&mut *self.0.glance().await.map_err(failed)?)
                .await
                .map_err(failed)?;
        let Some((data, expires)) = row else {
            return Ok(None);
        };
        let data = serde_json::from_str(&data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires) * 1_000_000)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut sql = self.0.note().await.map_err(failed)?;
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(key(id)).execute(&mut *sql).await.map_err(failed)?;
        Ok(())
    }
}
