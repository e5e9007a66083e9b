//! Passwords: which are good enough, and the hashing of them, which is slow on purpose and therefore bounded.

use crate::{
    costly::{self, Costly, Who},
    database::new_id,
};
use sputnik::Fault;
use std::{sync::LazyLock, time::Duration};
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
/// How many wait for their turn in one row, and how many of them at one address: more than are ever there together, for
/// one who waits costs next to nothing.
const ROW: usize = 1_024;
const ROW_OF_ADDRESS: usize = 512;

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
    known: Costly,
    strangers: Costly,
    new: Costly,
}

/// A row of people who wait for one of so many places, of which one may have so many: of one person, or of all at one
/// address of whom nobody knows who they are. Addresses take turns in it, and persons.
fn row(at_once: usize, at_once_of_one: usize) -> Costly {
    Costly::new(costly::Bounds {
        at_once,
        at_once_of_one,
        at_once_of_address: at_once,
        waiting: ROW,
        waiting_of_address: ROW_OF_ADDRESS,
        patience: TURN,
        ..costly::Bounds::default()
    })
}

impl Default for Hashing {
    fn default() -> Self {
        // Nobody has a person's known browsers but them. Of strangers only the address is known.
        Self { known: row(2, 1), strangers: row(2, 2), new: row(1, 1) }
    }
}

impl Hashing {
    /// Whether this is the password that was hashed so. Where there is no hash it takes as long, and it is not.
    ///
    /// # Errors
    /// When too many others are before it.
    pub(super) async fn verify(
        &self,
        given: &str,
        hash: Option<String>,
        (purpose, who): (Purpose, Who),
    ) -> Result<bool, Fault> {
        if given.chars().count() > PASSWORD_MAX {
            return Ok(false);
        }
        let given = given.to_owned();
        self.work((purpose, who), move || {
            let (hash, is_any) = hash.map_or_else(|| (UNKNOWN.clone(), false), |hash| (hash, true));
            password_auth::verify_password(given, &hash).is_ok() && is_any
        })
        .await
    }

    /// Rates and hashes a new password. `names` are what its owner is called: no part of a password.
    ///
    /// # Errors
    /// When it is too weak, in words for whoever chose it; or when too many others are before it.
    pub(super) async fn hash(
        &self,
        given: &str,
        names: &[&str],
        (purpose, who): (Purpose, Who),
    ) -> Result<String, Fault> {
        has_good_length(given)?;
        let (given, names) = (given.to_owned(), names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        self.work((purpose, who), move || {
            must_be_hard_to_guess(&given, &names)?;
            Ok(password_auth::generate_hash(given))
        })
        .await?
    }

    /// Work that keeps a core busy: off the threads that answer everybody else, and only a few at once.
    async fn work<T: Send + 'static>(
        &self,
        (purpose, who): (Purpose, Who),
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let row = match purpose {
            Purpose::Known => &self.known,
            Purpose::Stranger => &self.strangers,
            Purpose::New => &self.new,
        };
        let busy = |_| Fault::too_many("Many people are signing in just now. Please try again.", 2_000);
        row.enter(who).await.map_err(busy)?.run(move |_| Ok(work())).await
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
    use futures::poll;
    use std::{net::IpAddr, task::Poll, time::Instant};
    use tokio::task::coop::unconstrained;

    const HERE: [u8; 4] = [192, 0, 2, 1];
    const ELSEWHERE: [u8; 4] = [192, 0, 2, 2];

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

    fn person(name: &str, address: [u8; 4]) -> Who {
        let address = IpAddr::from(address);
        Who::of(Some(&name.parse().expect("an id")), Some(address.into()))
    }

    #[tokio::test]
    async fn whoever_signs_in_does_not_wait_for_those_who_sign_up() {
        let hashing = Hashing::default();
        let _busy = hashing.new.enter(Who::default()).await.expect("nobody is there");
        let mut new = Box::pin(hashing.work((Purpose::New, person("ann", HERE)), || 7));
        assert!(poll!(&mut new).is_pending(), "whoever signs up waits");
        for purpose in [Purpose::Known, Purpose::Stranger] {
            assert_eq!(hashing.work((purpose, Who::default()), || 7).await, Ok(7));
        }
    }

    // One account with the right password and 144 connections kept everybody from their own browsers.
    #[tokio::test]
    async fn one_address_that_signs_in_without_end_keeps_nobody_waiting_for_more_than_one_of_each_account() {
        // Otherwise everything pauses now and then in a task that gets so much done without pausing.
        unconstrained(async {
            let hashing = Hashing::default();
            let (mut waiting, mut busy) = (Vec::new(), Vec::new());
            for account in 0..100 {
                for _ in 0..20 {
                    let mut enters = Box::pin(hashing.known.enter(person(&format!("mallory{account}"), HERE)));
                    match poll!(&mut enters) {
                        Poll::Ready(entered) => busy.extend(entered.ok()),
                        Poll::Pending => waiting.push(enters),
                    }
                }
            }
            assert_eq!(busy.len(), 2, "all places are taken");
            let mut ann = Box::pin(hashing.known.enter(person("ann", ELSEWHERE)));
            let mut ben = Box::pin(hashing.known.enter(person("ben", HERE)));
            assert!(poll!(&mut ann).is_pending() && poll!(&mut ben).is_pending());
            drop(busy.pop());
            assert!(matches!(poll!(&mut ann), Poll::Ready(Ok(_))), "from elsewhere: the next");
            // At the same address each person there has one turn before.
            let mut turns = 0;
            while poll!(&mut ben).is_pending() {
                turns += busy.len();
                assert!(turns <= 100, "ben waits for more than one of each account's");
                busy.clear();
                let mut still = Vec::new();
                for mut one in waiting {
                    match poll!(&mut one) {
                        Poll::Ready(entered) => busy.extend(entered.ok()),
                        Poll::Pending => still.push(one),
                    }
                }
                waiting = still;
            }
        })
        .await;
    }
}
