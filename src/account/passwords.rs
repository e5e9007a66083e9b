//! Passwords: which are good enough, and the hashing of them, which is slow on purpose and therefore bounded.

use crate::{database::new_id, sputnik::fault::Fault};
use std::{sync::LazyLock, time::Duration};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;
/// The longest password, in characters: hashing a book would keep the server busy.
pub const PASSWORD_MAX: usize = 200;

/// How much of a password is rated, in characters: the time it takes grows faster than the length, and what is good so
/// far does not get worse.
const RATED: usize = 48;
/// How long somebody waits for their turn to have a password hashed: a class that signs up together on a slow machine.
const TURN: Duration = Duration::from_secs(25);
/// How many wait for their turn in one row.
const ROW: usize = 128;

/// For whom a password is hashed. Each have places of their own, so that none keep others waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Somebody signs in from a browser they are known by, or is signed in.
    Known,
    /// Somebody signs in who may be anybody.
    Stranger,
    /// Somebody makes an account.
    New,
}

/// The places at which passwords are hashed. One takes some 20 ms of a core and 19 MiB.
pub(super) struct Hashing {
    known: Row,
    strangers: Row,
    new: Row,
}

/// Some places, and how many stand there or wait for one.
struct Row {
    places: Semaphore,
    standing: Semaphore,
}

impl Row {
    fn of(places: usize) -> Self {
        Self { places: Semaphore::new(places), standing: Semaphore::new(ROW) }
    }
}

impl Default for Hashing {
    fn default() -> Self {
        Self { known: Row::of(2), strangers: Row::of(2), new: Row::of(1) }
    }
}

impl Hashing {
    /// Whether this is the password that was hashed so. Where there is no hash it takes as long, and it is not.
    ///
    /// # Errors
    /// When too many others are before it.
    pub(super) async fn verify(&self, given: &str, hash: Option<String>, purpose: Purpose) -> Result<bool, Fault> {
        if given.chars().count() > PASSWORD_MAX {
            return Ok(false);
        }
        let given = given.to_owned();
        self.work(purpose, move || {
            let (hash, is_any) = hash.map_or_else(|| (UNKNOWN.clone(), false), |hash| (hash, true));
            password_auth::verify_password(given, &hash).is_ok() && is_any
        })
        .await
    }

    /// Rates and hashes a new password. `names` are what its owner is called: no part of a password.
    ///
    /// # Errors
    /// When it is too weak, in words for whoever chose it; or when too many others are before it.
    pub(super) async fn hash(&self, given: &str, names: &[&str], purpose: Purpose) -> Result<String, Fault> {
        has_good_length(given)?;
        let (given, names) = (given.to_owned(), names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        self.work(purpose, move || {
            must_be_hard_to_guess(&given, &names)?;
            Ok(password_auth::generate_hash(given))
        })
        .await?
    }

    /// Work that keeps a core busy: off the threads that answer everybody else, and only a few at once.
    async fn work<T: Send + 'static>(
        &self,
        purpose: Purpose,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let busy = || Fault::too_many("Many people are signing in just now. Please try again.", 2_000);
        let row = match purpose {
            Purpose::Known => &self.known,
            Purpose::Stranger => &self.strangers,
            Purpose::New => &self.new,
        };
        let _standing = row.standing.try_acquire().map_err(|_| busy())?;
        let turn = tokio::time::timeout(TURN, row.places.acquire()).await.map_err(|_| busy())?;
        let _turn = turn.map_err(|_| Fault::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "hashing a password failed");
            Fault::internal()
        })
    }
}

/// A hash of nothing anybody knows, with the same parameters as the others.
static UNKNOWN: LazyLock<String> = LazyLock::new(|| password_auth::generate_hash(new_id().unwrap_or_default()));

/// # Errors
/// When it is too short or too long, in words for whoever chose it.
pub(super) fn has_good_length(password: &str) -> Result<(), Fault> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(Fault::bad_request(
            "This password is too short: it needs at least 10 characters. A few words make a good one.",
        ));
    }
    if length > PASSWORD_MAX {
        return Err(Fault::bad_request("This password is too long: at most 200 characters."));
    }
    Ok(())
}

fn must_be_hard_to_guess(password: &str, names: &[String]) -> Result<(), Fault> {
    let low = password.to_lowercase();
    if names.iter().any(|name| low == name.to_lowercase()) {
        return Err(Fault::bad_request("Please choose a password that is not your name."));
    }
    let rated: String = password.chars().take(RATED).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["sputnik"]).collect();
    if zxcvbn(&rated, &names).score() < Score::Three {
        return Err(Fault::bad_request(
            "This password is among the first that are guessed. A few unrelated words make a good one.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn rate(name: &str, password: &str) -> Result<(), Fault> {
        has_good_length(password)?;
        must_be_hard_to_guess(password, &[name.to_owned()])
    }

    #[test]
    fn a_weak_password_is_refused_in_words() {
        for (password, words) in [
            ("short", "too short"),
            ("Password123", "guessed"),
            ("P@ssw0rd2024", "guessed"),
            ("aaaaaaaaaaaaaa", "guessed"),
            ("qwertzuiop", "guessed"),
            ("1q2w3e4r5t6z", "guessed"),
            ("iloveyou2023", "guessed"),
            ("abcdefghijklmnop", "guessed"),
            ("Ann-Of-Green.Gables", "not your name"),
            ("ann-of-green.gables1", "guessed"),
            (&"long".repeat(51), "too long"),
        ] {
            let fault = rate("ann-of-green.gables", password).expect_err(password);
            assert!(fault.words.contains(words), "{password}: {fault}");
        }
        for good in ["five warm pears", "пять тёплых груш", "tomato-lamp-42-sky", "五つの温かい梨を食べた"]
        {
            rate("ann", good).expect(good);
        }
    }

    #[test]
    fn rating_takes_no_longer_for_a_long_password() {
        for long in ["1q2w3e4r5t".repeat(20), "a1".repeat(100), "password".repeat(25), "🙂é".repeat(100)] {
            let began = Instant::now();
            drop(rate(&"x".repeat(32), &long));
            let took = began.elapsed();
            assert!(took < Duration::from_secs(2), "{took:?} for {long}");
        }
    }

    #[tokio::test]
    async fn whoever_signs_in_does_not_wait_for_those_who_sign_up() {
        let hashing = std::sync::Arc::new(Hashing::default());
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let busy = {
            let hashing = std::sync::Arc::clone(&hashing);
            tokio::spawn(async move {
                let work = move || {
                    begun.send(()).ok();
                    released.recv().ok()
                };
                hashing.work(Purpose::New, work).await
            })
        };
        begins.await.expect("it begins");
        assert!(hashing.new.places.try_acquire().is_err(), "whoever signs up waits");
        for purpose in [Purpose::Known, Purpose::Stranger] {
            assert_eq!(hashing.work(purpose, || 7).await, Ok(7));
        }
        drop(release);
        busy.await.expect("it ends").expect("it was done");
    }

    #[tokio::test]
    async fn a_row_that_is_full_says_so_at_once() {
        let hashing = Hashing::default();
        let _all = hashing.strangers.standing.try_acquire_many(128).expect("nobody stands there");
        assert!(hashing.work(Purpose::Stranger, || ()).await.is_err());
        assert!(hashing.work(Purpose::Known, || ()).await.is_ok());
    }
}
