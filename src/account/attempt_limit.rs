//! How often may be tried what can be guessed, or costs much: counted in the database, so that all nodes count together.
//!
//! Each attempt is counted before it is made: so many at once are no way around. It counts as a wrong one and as a right
//! one until it is known which it was, and then the other is given back. What is not given back is forgiven with time.
//! Some attempts are free; after those each has to wait for the one before it: a wrong one twice as long each time, a
//! right one, which costs a hash too, always as long.
//!
//! An attempt to sign in counts for its address and for its name. From a browser the person has signed in from before it
//! counts for that browser alone, or where it is right for that person's known browsers; so nobody is kept out by
//! strangers, whether they know a password or not, nor by whoever else is at their address. A name that nobody has counts for one of a fixed
//! number of places it shares with other such names, so invented names fill no table, and block nobody.

use super::bounds::Bounds;
use crate::database::{Connection, Database, Failed, now};
use sha2::{Digest, Sha256};
use sputnik::{Fault, UserId, server::address::Address};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// How many places all names share that nobody has.
const NOBODIES: u16 = 4_096;
/// How many times as often as one person all at one address may be right.
const A_CLASS: u32 = 8;
/// At most how many attempts more than the free ones are remembered: after that nothing grows.
const OVER: i64 = 20;

/// What an attempt counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    kind: &'static str,
    whose: String,
    patience: Patience,
    /// What it is that counts.
    counts: Counts,
}

/// Which attempts count in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Wrong,
    Right,
    All,
}

impl Counted {
    /// A password from an address.
    pub(super) fn guess_from(address: Address, bounds: &Bounds) -> Self {
        let patience =
            Patience { free: bounds.guesses_an_address, first: SECOND, longest: 10 * MINUTE, forgives: 2 * MINUTE };
        Self { kind: "address", whose: address.place().to_string(), patience, counts: Counts::Wrong }
    }

    /// A password for a person, from a browser they never signed in from.
    pub(super) fn guess_for(person: &UserId, bounds: &Bounds) -> Self {
        let patience = Patience::with_a_name(bounds);
        Self { kind: "person", whose: person.to_string(), patience, counts: Counts::Wrong }
    }

    /// A password for a name that nobody has.
    pub(super) fn guess_for_nobody(name_key: &str, bounds: &Bounds) -> Self {
        let patience = Patience::with_a_name(bounds);
        Self { kind: "nobody", whose: place_of(name_key), patience, counts: Counts::Wrong }
    }

    /// A password for a person, from a browser they have signed in from before.
    pub(super) fn guess_by(person: &UserId, browser: &str, bounds: &Bounds) -> Self {
        let patience = Patience::with_a_name(bounds);
        Self { kind: "browser", whose: format!("{person} {browser}"), patience, counts: Counts::Wrong }
    }

    /// The password of somebody who is signed in, asked for before something that cannot be undone.
    pub(super) fn proof_of(person: &UserId, bounds: &Bounds) -> Self {
        let patience = Patience::with_a_name(bounds);
        Self { kind: "proof", whose: person.to_string(), patience, counts: Counts::Wrong }
    }

    /// The right password of a person, from a browser they never signed in from.
    pub(super) fn entry_of(person: &UserId, bounds: &Bounds) -> Self {
        let patience = Patience::with_who_is_right(bounds, 1);
        Self { kind: "entry", whose: person.to_string(), patience, counts: Counts::Right }
    }

    /// The same for a name that nobody has. It is never right, but takes as long to find out.
    pub(super) fn entry_of_nobody(name_key: &str, bounds: &Bounds) -> Self {
        let patience = Patience::with_who_is_right(bounds, 1);
        Self { kind: "entry-nobody", whose: place_of(name_key), patience, counts: Counts::Right }
    }

    /// Anybody's right password from an address, from a browser they never signed in from.
    pub(super) fn entry_from(address: Address, bounds: &Bounds) -> Self {
        let patience = Patience::with_who_is_right(bounds, A_CLASS);
        Self { kind: "entry-address", whose: address.place().to_string(), patience, counts: Counts::Right }
    }

    /// The right password of a person, from a browser they have signed in from before, or are signed in in.
    pub(super) fn return_of(person: &UserId, bounds: &Bounds) -> Self {
        let patience = Patience::with_who_is_right(bounds, 1);
        Self { kind: "return", whose: person.to_string(), patience, counts: Counts::Right }
    }

    /// A new account from an address.
    pub(super) fn sign_up_from(address: Address, bounds: &Bounds) -> Self {
        let pace = MINUTE / i64::from(bounds.sign_ups_a_minute.max(1));
        let patience = Patience { free: bounds.sign_ups_at_once, first: pace, longest: pace, forgives: pace };
        Self { kind: "sign-up", whose: address.place().to_string(), patience, counts: Counts::All }
    }
}

/// The place that a name which nobody has shares with others.
fn place_of(name_key: &str) -> String {
    let hash = Sha256::digest(name_key.as_bytes());
    (u16::from_be_bytes([hash[0], hash[1]]) % NOBODIES).to_string()
}

/// How much is borne. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Patience {
    /// How many attempts are free.
    free: u32,
    /// How long the first one after those has to wait for the one before it; the next twice as long, and so on.
    first: i64,
    /// The longest that one has to wait.
    longest: i64,
    /// In which time one attempt is forgiven.
    forgives: i64,
}

/// How an account of attempts stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    /// What was not forgiven by then: for each attempt the time in which it is forgiven.
    debt: i64,
    /// When the last attempt was counted.
    at: i64,
}

impl Patience {
    fn with_a_name(bounds: &Bounds) -> Self {
        Self { free: bounds.guesses_a_name, first: 15 * SECOND, longest: 15 * MINUTE, forgives: 30 * MINUTE }
    }

    /// So many times as much as one who is right.
    fn with_who_is_right(bounds: &Bounds, times: u32) -> Self {
        let pace = MINUTE / i64::from(bounds.sign_ins_a_minute.max(1).saturating_mul(times));
        let free = bounds.sign_ins_at_once.max(1).saturating_mul(times);
        Self { free, first: pace, longest: pace, forgives: pace.max(1) }
    }

    /// What of the debt is left.
    fn left(self, standing: Tally, now: i64) -> i64 {
        (standing.debt - (now - standing.at).max(0)).max(0)
    }

    /// For how long no further attempt is taken.
    fn wait(self, standing: Tally, now: i64) -> Option<i64> {
        let (left, free) = (self.left(standing, now), i64::from(self.free));
        let counted = left.div_euclid(self.forgives) + i64::from(left % self.forgives > 0);
        let over = u32::try_from(counted - free).ok()?;
        let wait = self.first.saturating_mul(1_i64.checked_shl(over.min(40)).unwrap_or(i64::MAX)).min(self.longest);
        let left = standing.at + wait - now;
        (left > 0).then_some(left.min(wait))
    }

    /// How it stands after one more attempt.
    fn count(self, standing: Tally, now: i64) -> Tally {
        let most = (i64::from(self.free) + OVER).saturating_mul(self.forgives);
        Tally { debt: (self.left(standing, now) + self.forgives).min(most), at: now }
    }
}

/// What was counted, until it is known whether it was right.
#[must_use]
pub(super) struct Attempt<'a> {
    database: &'a Database,
    counted: Vec<Counted>,
}

impl<'a> Attempt<'a> {
    /// Counts an attempt for all of these, or for none of them.
    ///
    /// # Errors
    /// When there were too many: how long to wait, in words. That costs one read each, and writes nothing.
    pub(super) async fn begin(database: &'a Database, counted: Vec<Counted>) -> Result<Self, Fault> {
        if counted.is_empty() {
            return Ok(Self { database, counted });
        }
        let mut sql = database.glance().await?;
        for one in &counted {
            let row: Option<(i64, i64)> =
                sqlx::query_as("SELECT debt, at FROM attempts WHERE kind = $1 AND whose = $2")
                    .bind(one.kind)
                    .bind(&one.whose)
                    .fetch_optional(&mut *sql)
                    .await
                    .map_err(Failed)?;
            one.allow(row.unwrap_or_default(), now())?;
        }
        drop(sql);
        let mut sql = database.write().await?;
        for one in &counted {
            one.count(&mut sql).await?;
        }
        sql.commit().await.map_err(Failed)?;
        Ok(Self { database, counted })
    }

    /// It was right: as a wrong one it counts for nobody.
    pub(super) async fn was_right(self) {
        self.give_back(|counts| counts == Counts::Wrong).await;
    }

    /// It was wrong: as a right one it counts for nobody.
    pub(super) async fn was_wrong(self) {
        self.give_back(|counts| counts == Counts::Right).await;
    }

    /// It was not made after all: it counts for nobody.
    pub(super) async fn was_not_made(self) {
        self.give_back(|_| true).await;
    }

    async fn give_back(self, which: impl Fn(Counts) -> bool) {
        let given_back = async {
            let mut sql = self.database.write().await?;
            for one in self.counted.iter().filter(|one| which(one.counts)) {
                one.give_back(&mut sql).await?;
            }
            Ok::<_, Fault>(sql.commit().await.map_err(Failed)?)
        };
        if let Err(fault) = given_back.await {
            // It is forgiven with time.
            tracing::warn!(%fault, "an attempt that was made goes on counting for a while as what it was not");
        }
    }
}

impl Counted {
    fn allow(&self, (debt, at): (i64, i64), now: i64) -> Result<Tally, Fault> {
        let standing = Tally { debt, at };
        self.patience.wait(standing, now).map_or(Ok(standing), |wait| Err(too_many(wait)))
    }

    async fn count(&self, sql: &mut Connection) -> Result<(), Fault> {
        let now = now();
        // Changes nothing where there is a row: it keeps others from it until this transaction ends.
        let row: (i64, i64) = sqlx::query_as(
            "INSERT INTO attempts (kind, whose, debt, at) VALUES ($1, $2, 0, $3)
             ON CONFLICT (kind, whose) DO UPDATE SET debt = attempts.debt RETURNING debt, at",
        )
        .bind(self.kind)
        .bind(&self.whose)
        .bind(now)
        .fetch_one(&mut *sql)
        .await
        .map_err(Failed)?;
        let Tally { debt, at } = self.patience.count(self.allow(row, now)?, now);
        sqlx::query("UPDATE attempts SET debt = $3, at = $4 WHERE kind = $1 AND whose = $2")
            .bind(self.kind)
            .bind(&self.whose)
            .bind(debt)
            .bind(at)
            .execute(sql)
            .await
            .map_err(Failed)?;
        Ok(())
    }

    async fn give_back(&self, sql: &mut Connection) -> Result<(), Fault> {
        sqlx::query(
            "UPDATE attempts SET debt = CASE WHEN debt > $3 THEN debt - $3 ELSE 0 END WHERE kind = $1 AND whose = $2",
        )
        .bind(self.kind)
        .bind(&self.whose)
        .bind(self.patience.forgives)
        .execute(sql)
        .await
        .map_err(Failed)?;
        Ok(())
    }
}

fn too_many(wait: i64) -> Fault {
    let seconds = wait / SECOND + 1;
    let when = match seconds {
        1 => "in a second".to_owned(),
        2..120 => format!("in {seconds} seconds"),
        _ => format!("in {} minutes", seconds / 60 + 1),
    };
    Fault::too_many(
        format!("There were many attempts. Please try again {when}."),
        u32::try_from(wait).unwrap_or(u32::MAX),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When attempts that are made as soon as they may are taken, in seconds.
    fn taken(patience: Patience, many: usize) -> Vec<i64> {
        let (mut standing, mut now) = (Tally::default(), 1_000_000_000);
        let start = now;
        let mut taken = Vec::new();
        for _ in 0..many {
            while let Some(wait) = patience.wait(standing, now) {
                now += wait;
            }
            standing = patience.count(standing, now);
            taken.push((now - start) / SECOND);
        }
        taken
    }

    #[test]
    fn guessing_gets_slower_with_every_guess() {
        let bounds = Bounds { guesses_a_name: 3, ..Bounds::default() };
        let taken = taken(Patience::with_a_name(&bounds), 12);
        assert_eq!(taken[..8], [0, 0, 0, 15, 45, 105, 225, 465]);
        assert_eq!(taken[11] - taken[10], 15 * 60, "and at the longest a quarter of an hour");
    }

    #[test]
    fn what_was_tried_long_ago_is_forgiven() {
        let patience = Patience::with_a_name(&Bounds::default());
        let mut standing = Tally::default();
        for _ in 0..1_000 {
            standing = patience.count(standing, 5 * MINUTE);
        }
        assert!(patience.wait(standing, 5 * MINUTE + SECOND).is_some());
        assert_eq!(patience.wait(standing, 24 * 60 * MINUTE), None);
        assert!(patience.left(standing, 24 * 60 * MINUTE) == 0, "after a day nothing is left, and it may be forgotten");
    }

    #[test]
    fn a_class_signs_up_together_and_a_machine_six_a_minute() {
        let address = "203.0.113.7".parse::<std::net::IpAddr>().map(Address::from).expect("an address");
        let taken = taken(Counted::sign_up_from(address, &Bounds::default()).patience, 46);
        assert!(taken[..40].iter().all(|at| *at == 0));
        assert_eq!(taken[40..], [10, 20, 30, 40, 50, 60]);
    }

    #[test]
    fn who_is_right_is_as_fast_as_people_are_and_a_class_eight_times_as_fast() {
        let bounds = Bounds { sign_ins_at_once: 3, sign_ins_a_minute: 30, ..Bounds::default() };
        assert_eq!(taken(Patience::with_who_is_right(&bounds, 1), 6), [0, 0, 0, 2, 4, 6]);
        let class = taken(Patience::with_who_is_right(&bounds, A_CLASS), 32);
        assert!(class[23] == 0 && class[31] == 2, "{class:?}");
    }

    #[test]
    fn a_clock_that_is_behind_locks_nobody_out_for_longer() {
        let patience = Patience::with_a_name(&Bounds { guesses_a_name: 1, ..Bounds::default() });
        let standing = patience.count(Tally::default(), 60 * MINUTE);
        assert_eq!(patience.wait(standing, MINUTE), Some(15 * SECOND));
    }
}
