//! Accounts: names and passwords.

use super::{attempts::Attempts, person::Person};
use crate::{
    database::{Database, new_id, now},
    sputnik::fault::Fault,
};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;
/// The longest password, in characters: hashing a book would keep the server busy.
pub const PASSWORD_MAX: usize = 200;

/// How many passwords are hashed at once. One takes some 20 ms of a core and 19 MiB.
const HASHERS: usize = 4;
/// How long somebody waits for their turn to have a password hashed.
const TURN: Duration = Duration::from_secs(5);

/// The commonest passwords of ten and more characters, in lower case.
const COMMON: [&str; 32] = [
    "1234567890",
    "0123456789",
    "0987654321",
    "9876543210",
    "12345678910",
    "123456789a",
    "1234567891",
    "1111111111",
    "0000000000",
    "1q2w3e4r5t",
    "q1w2e3r4t5",
    "1qaz2wsx3edc",
    "qwertyuiop",
    "qwertyuiop1",
    "qwerty12345",
    "qwerty123456",
    "qwerty1234",
    "asdfghjkl1",
    "asdfghjkl;",
    "abcdefghij",
    "password12",
    "password123",
    "password1234",
    "passwordpassword",
    "passw0rd123",
    "iloveyou123",
    "iloveyou12",
    "letmein123",
    "welcome123",
    "changeme123",
    "administrator",
    "correcthorsebatterystaple",
];

/// The accounts of this site. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    database: Database,
    attempts: Mutex<Attempts>,
    hashers: Semaphore,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Accounts")
    }
}

impl Accounts {
    /// The accounts kept in a database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(Arc::new(Inner { database, attempts: Mutex::default(), hashers: Semaphore::new(HASHERS) }))
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

    /// Creates an account.
    ///
    /// # Errors
    /// When the name is taken or not one, or the password too weak: in words for whoever chose them.
    pub async fn sign_up(&self, name: &str, password: &str) -> Result<Person, Fault> {
        let name = good_name(name)?;
        good_password(name, password)?;
        // Before the costly part; the database has the last word below.
        if find(&self.0.database, name).await?.is_some() {
            return Err(taken(name));
        }
        let given = password.to_owned();
        let hash = self.hash(move || password_auth::generate_hash(given)).await?;
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
        .await?
        .rows_affected();
        if new == 0 {
            return Err(taken(name));
        }
        sql.commit().await?;
        Ok(person)
    }

    /// The person of this name, if the password is theirs. A name nobody has takes as long to be refused, and is
    /// refused in the same words, as a wrong password.
    ///
    /// # Errors
    /// When they do not belong together, or after ten attempts in a minute.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Person, Fault> {
        let wrong = || Fault::forbidden("This name and password do not belong together. Please check both.");
        let Ok(name) = good_name(name) else {
            return Err(wrong());
        };
        let key = name.to_lowercase();
        self.attempts(|attempts| attempts.count(&key, Instant::now())).map_err(|wait| {
            let seconds = wait.as_secs() + 1;
            let words = format!("That were many attempts for this name. Please try again in {seconds} seconds.");
            Fault::too_many(words, u32::try_from(seconds * 1_000).unwrap_or(60_000))
        })?;
        if password.chars().count() > PASSWORD_MAX {
            return Err(wrong());
        }
        let (person, stored) = find(&self.0.database, name).await?.unzip();
        let given = password.to_owned();
        let right = self
            .hash(move || {
                // A hash of nothing anybody knows, with the same parameters: the same time for a name nobody has.
                let stored = stored.unwrap_or_else(|| UNKNOWN.clone());
                password_auth::verify_password(given, &stored).is_ok()
            })
            .await?;
        let person = person.filter(|_| right).ok_or_else(wrong)?;
        self.attempts(|attempts| attempts.forget(&key));
        Ok(person)
    }

    fn attempts<T>(&self, work: impl FnOnce(&mut Attempts) -> T) -> T {
        work(&mut self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hashing keeps a core busy: off the threads that answer everybody else, and only a few at once.
    async fn hash<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let busy = || Fault::too_many("Many people are signing in just now. Please try again.", 2_000);
        let turn = tokio::time::timeout(TURN, self.0.hashers.acquire()).await.map_err(|_| busy())?;
        let _turn = turn.map_err(|_| Fault::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "hashing a password failed");
            Fault::internal()
        })
    }
}

static UNKNOWN: std::sync::LazyLock<String> =
    std::sync::LazyLock::new(|| password_auth::generate_hash(new_id().unwrap_or_default()));

/// A person by name, with the hash of their password.
async fn find(database: &Database, name: &str) -> Result<Option<(Person, String)>, Fault> {
    let row: Option<(String, String, String)> =
        sqlx::query_as("SELECT id, name, password FROM people WHERE name_key = $1")
            .bind(name.to_lowercase())
            .fetch_optional(&mut *database.glance().await?)
            .await?;
    row.map(|(id, name, password)| Ok((Person { id: id.try_into()?, name }, password))).transpose()
}

fn taken(name: &str) -> Fault {
    Fault::conflict(format_args!("The name “{name}” is taken. Please choose another, or sign in if it is yours."))
}

/// The name, without blanks around it, if it is one.
///
/// # Errors
/// When it is none: in words for whoever chose it.
pub fn good_name(name: &str) -> Result<&str, Fault> {
    let name = name.trim();
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    if (2..=32).contains(&name.len()) && name.bytes().all(good) && name.bytes().any(|b| b.is_ascii_alphanumeric()) {
        Ok(name)
    } else {
        Err(Fault::bad_request("A name has 2 to 32 letters (a to z), digits, dots, hyphens and underscores."))
    }
}

fn good_password(name: &str, password: &str) -> Result<(), Fault> {
    let length = password.chars().count();
    let low = password.to_lowercase();
    if length < PASSWORD_MIN {
        return Err(Fault::bad_request(
            "This password is too short: it needs at least 10 characters. A few words make a good one.",
        ));
    }
    if length > PASSWORD_MAX {
        return Err(Fault::bad_request("This password is too long: at most 200 characters."));
    }
    let mut different: Vec<char> = low.chars().collect();
    different.sort_unstable();
    different.dedup();
    if COMMON.contains(&low.as_str()) || different.len() < 4 {
        return Err(Fault::bad_request(
            "This password is among the first that are guessed. A few unrelated words make a good one.",
        ));
    }
    if low == name.to_lowercase() {
        return Err(Fault::bad_request("Please choose a password that is not your name."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_is_refused_in_words() {
        for (password, words) in [
            ("short", "too short"),
            ("Password123", "guessed"),
            ("aaaaaaaaaaaaaa", "guessed"),
            ("Ann-Of-Green.Gables", "not your name"),
            (&"long".repeat(51), "too long"),
        ] {
            let fault = good_password("ann-of-green.gables", password).expect_err(password);
            assert!(fault.words.contains(words), "{fault}");
        }
        good_password("ann", "five warm pears").expect("a good one");
        good_password("ann", "пять тёплых груш").expect("a good one");
    }

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
