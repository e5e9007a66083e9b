//! How fast somebody may command, and show themselves: a bucket of tokens, which fills at an even rate.
//!
//! Pages cost nothing to open, and neither do browsers: so what is counted is a signed-in user, with all of their pages,
//! or where nobody is signed in, a browser, and all browsers of one address together.

use super::{
    address::Address,
    broker::{Claim, Party},
    browser::BrowserSession,
    gate::{Pass, User},
};
use crate::protocol::{fault::Fault, names::UserId};
use http::Extensions;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Of how many payers a node remembers how much they used. Whoever was quiet long enough need not be remembered.
const PAYERS: usize = 100_000;
/// From how many on it looks whom it can forget.
const FORGET_FROM: usize = 1_024;

/// How fast something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many a second, in the long run. At least one.
    pub a_second: u32,
    /// How many at once, after a quiet time. At least one.
    pub at_once: u32,
}

impl Rate {
    /// So many times as fast.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { a_second: self.a_second.saturating_mul(times), at_once: self.at_once.saturating_mul(times) }
    }

    fn full(self) -> f64 {
        f64::from(self.at_once.max(1))
    }

    fn a_second(self) -> f64 {
        f64::from(self.a_second.max(1))
    }
}

/// To whom something is counted.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Payer {
    /// A signed-in user, in whichever browsers.
    User(UserId),
    /// A browser in which nobody is signed in.
    Browser(BrowserSession),
    /// All such browsers of one address.
    Address(IpAddr),
}

/// Everybody to whom what one connection or request does is counted.
#[derive(Clone)]
pub(crate) struct Payers {
    user: Option<UserId>,
    browser: Option<BrowserSession>,
    address: Option<IpAddr>,
}

impl Payers {
    /// Whoever it is, in that browser, by a request with these extensions.
    pub(crate) fn of(user: Option<&User>, browser: Option<&BrowserSession>, request: &Extensions) -> Self {
        let browser = browser.or_else(|| request.get::<BrowserSession>());
        let address = Address::of(request).map(Address::place);
        Self { user: user.map(|user| user.id.clone()), browser: browser.cloned(), address }
    }

    /// Whoever pays for what is sent, those who pay for most of it first.
    fn each(&self) -> impl Iterator<Item = Payer> {
        let user = self.user.clone().map(Payer::User);
        let stranger = user.is_none();
        let address = self.address.filter(|_| stranger).map(Payer::Address);
        let browser = self.browser.clone().filter(|_| stranger).map(Payer::Browser);
        user.into_iter().chain(address).chain(browser)
    }

    /// What they bring where fewer can be present than want to be.
    pub(crate) fn claim(&self, pass: &Pass) -> Claim {
        let browser = self.browser.as_ref().map(|browser| Party::Browser(browser.name()));
        let whose = match &self.user {
            Some(user) => Some(Party::User(user.clone())),
            None => self.address.map(Party::Address),
        };
        Claim { rank: pass.rank, parties: browser.into_iter().chain(whose).collect() }
    }
}

/// How many tokens somebody had left, and when that was.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn now(self, rate: Rate, now: Instant) -> f64 {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * rate.a_second();
        (self.tokens + gained).min(rate.full())
    }
}

/// Everybody's buckets on this node, for one thing that they do.
pub(crate) struct RateLimit {
    /// A user's, and a browser's.
    rate: Rate,
    /// That of all browsers of one address together.
    of_address: Rate,
    buckets: Mutex<Buckets>,
}

struct Buckets {
    of: HashMap<Payer, Bucket>,
    /// At how many to look next whom to forget.
    forget_at: usize,
}

impl RateLimit {
    pub(crate) fn new(rate: Rate, of_address: Rate) -> Self {
        Self { rate, of_address, buckets: Mutex::new(Buckets { of: HashMap::new(), forget_at: FORGET_FROM }) }
    }

    fn rate(&self, payer: &Payer) -> Rate {
        if matches!(payer, Payer::Address(_)) { self.of_address } else { self.rate }
    }

    /// Takes a token of each of them.
    ///
    /// # Errors
    /// When there is none: the fault says when there is one again.
    pub(crate) fn take(&self, payers: &Payers) -> Result<(), Fault> {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.forget_the_quiet(|payer| self.rate(payer), now);
        payers.each().try_for_each(|payer| self.take_from(&mut buckets, payer, now))
    }

    /// Whether each of them has a token.
    ///
    /// # Errors
    /// When there is none: the fault says when there is one again.
    pub(crate) fn has(&self, payers: &Payers) -> Result<(), Fault> {
        let now = Instant::now();
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        payers.each().try_for_each(|payer| {
            let rate = self.rate(&payer);
            match buckets.of.get(&payer).map(|bucket| bucket.now(rate, now) - 1.0) {
                Some(left) if left < 0.0 => Err(too_fast(-left, rate)),
                _ => Ok(()),
            }
        })
    }

    /// Takes a token of each of them who has one.
    pub(crate) fn spend(&self, payers: &Payers) {
        // What happened has happened.
        drop(self.take(payers));
    }

    fn take_from(&self, buckets: &mut Buckets, payer: Payer, now: Instant) -> Result<(), Fault> {
        let rate = self.rate(&payer);
        if buckets.of.len() >= PAYERS && !buckets.of.contains_key(&payer) {
            return Err(Fault::too_many("The server is very busy. Please try again in a moment.", 2_000));
        }
        let full = Bucket { tokens: rate.full(), at: now };
        let bucket = buckets.of.entry(payer).or_insert(full);
        let left = bucket.now(rate, now) - 1.0;
        if left < 0.0 {
            return Err(too_fast(-left, rate));
        }
        *bucket = Bucket { tokens: left, at: now };
        Ok(())
    }
}

impl Buckets {
    /// Whose bucket is full again is as good as unknown.
    fn forget_the_quiet(&mut self, rate: impl Fn(&Payer) -> Rate, now: Instant) {
        if self.of.len() >= self.forget_at {
            self.of.retain(|payer, bucket| {
                let rate = rate(payer);
                bucket.now(rate, now) < rate.full()
            });
            self.forget_at = (self.of.len() * 2).clamp(FORGET_FROM, PAYERS);
        }
    }
}

fn too_fast(missing: f64, rate: Rate) -> Fault {
    let wait = Duration::from_secs_f64(missing / rate.a_second());
    let ms = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).max(1);
    Fault::too_many("This is too much at once.", ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn limit(a_second: u32, at_once: u32) -> RateLimit {
        let rate = Rate { a_second, at_once };
        RateLimit::new(rate, rate.times(2))
    }

    fn user(name: &str) -> Payers {
        Payers { user: Some(name.parse().expect("a name")), ..stranger(None) }
    }

    /// A browser that was never here before.
    fn stranger(address: Option<&str>) -> Payers {
        let address = address.map(|address| address.parse().expect("an address"));
        Payers { user: None, browser: Some(BrowserSession::new().expect("randomness")), address }
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_then_so_many_a_second() {
        let limit = limit(10, 3);
        for _ in 0..3 {
            // Each time with another browser: a user is one all the same.
            limit.take(&user("ann")).expect("within the burst");
        }
        let fault = limit.take(&user("ann")).expect_err("beyond it");
        assert_eq!(fault.retry_ms, Some(100));
        assert_eq!(limit.has(&user("ann")).expect_err("none is left").retry_ms, Some(100));
        limit.take(&user("ben")).expect("another user's bucket is their own");
        advance(Duration::from_millis(99)).await;
        assert!(limit.take(&user("ann")).is_err());
        advance(Duration::from_millis(2)).await;
        limit.has(&user("ann")).expect("when it said");
        limit.take(&user("ann")).expect("and looking took none");
        advance(Duration::from_secs(3_600)).await;
        for _ in 0..3 {
            limit.take(&user("ann")).expect("a quiet hour fills the bucket, and no more than that");
        }
        assert!(limit.take(&user("ann")).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_of_one_address_share_what_two_browsers_have() {
        let limit = limit(10, 3);
        for _ in 0..6 {
            limit.take(&stranger(Some("203.0.113.7"))).expect("within what the address has");
        }
        assert!(limit.take(&stranger(Some("203.0.113.7"))).is_err(), "however many browsers they open");
        limit.take(&stranger(Some("203.0.113.8"))).expect("another address has its own");
        limit.take(&user("ann")).expect("whoever is signed in pays for themselves");
        let one = stranger(None);
        for _ in 0..3 {
            limit.take(&one).expect("within the burst");
        }
        assert!(limit.take(&one).is_err(), "where no address is known, a browser has its own");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_was_quiet_is_forgotten() {
        let limit = limit(10, 2);
        for number in 0..50_000 {
            limit.take(&user(&format!("c{number}"))).expect("the first of each");
            advance(Duration::from_millis(1)).await;
        }
        let kept = limit.buckets.lock().expect("no panic").of.len();
        assert!(kept <= FORGET_FROM, "{kept}");
    }

    #[test]
    fn a_seat_is_counted_to_the_browser_and_to_the_user_or_the_address() {
        let parties = |payers: &Payers| payers.claim(&Pass { rank: 3, ..Pass::default() }).parties;
        let ann = Payers { address: Some(IpAddr::from([203, 0, 113, 7])), ..user("ann") };
        assert!(matches!(&parties(&ann)[..], [Party::Browser(_), Party::User(_)]));
        let nobody = stranger(Some("203.0.113.7"));
        assert!(matches!(&parties(&nobody)[..], [Party::Browser(_), Party::Address(_)]));
        assert_eq!(ann.claim(&Pass { rank: 3, ..Pass::default() }).rank, 3);
    }
}
