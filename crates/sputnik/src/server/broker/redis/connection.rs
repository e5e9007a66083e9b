//! One connection to Redis for all calls, and a task that keeps it open.
//!
//! The client library has such a thing, but it tries again only after some errors: after a wrong password, say, it
//! gives up for ever, and a server that became a replica it never leaves. Here every error is tried again, for as long
//! as it takes, with waits that grow and differ between nodes; who answers is examined each time; and however much is
//! asked meanwhile, it is this task alone that connects.

use super::{
    PATIENCE,
    connector::{Connected, Connector, Pushes, still_fit},
    errors::{Verdict, unreachable, verdict},
};
use crate::server::broker::{Answer, BrokerError};
use redis::{RedisResult, aio::MultiplexedConnection};
use std::time::Duration;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout, timeout_at},
};

/// How often a connection is asked whether it is still there, and still of use.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);
/// For how long after a cut a call waits for the next connection, instead of failing: a short cut is not felt.
pub(super) const SHORT_CUT: Duration = Duration::from_millis(500);
/// How long a call waits at least: without it, callers that ask again at once would spin.
const BREATH: Duration = Duration::from_millis(100);

/// How long to wait before the next attempt to connect: longer after each, and never the same for all nodes.
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(2);
    /// A connection that lasted so long was a good one.
    const STEADY: Duration = Duration::from_secs(1);

    pub(super) fn new() -> Self {
        Self { next: Self::FIRST }
    }

    /// Between half of the wait whose turn it is and the whole of it.
    pub(super) fn next_wait(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(Self::LONGEST);
        // Without the system's randomness nodes come at the same time; nothing worse.
        let share = f64::from(getrandom::u32().unwrap_or(u32::MAX)) / f64::from(u32::MAX);
        whole.mul_f64(0.5 + share / 2.0)
    }

    /// Notes how long a connection lasted: one that breaks at once, again and again, is no reason to hurry.
    pub(super) fn lasted(&mut self, time: Duration) {
        if time >= Self::STEADY {
            self.next = Self::FIRST;
        }
    }
}

/// The connection, as all who ask share it.
#[derive(Clone)]
pub(super) struct Connection {
    state: watch::Receiver<State>,
    doubts: mpsc::Sender<Doubt>,
}

/// The connection of this moment.
#[derive(Clone)]
pub(super) struct Open {
    pub connection: MultiplexedConnection,
    /// Which one it is, of all there were.
    pub number: u64,
}

struct State {
    /// In which life the server is, as far as is known. Asked for at every connect, so that scripts, for which it is
    /// dear to ask, do so only where they hear another than a log's epoch begins with.
    life: String,
    number: u64,
    open: Option<MultiplexedConnection>,
    /// Why there is none, and since when.
    closed: (String, Instant),
}

/// A caller's word that a connection may be of no use.
struct Doubt {
    number: u64,
    /// Why it is certain; `None` when only no answer came.
    certain: Option<String>,
}

impl Connection {
    /// Connects for the first time.
    pub(super) async fn open(connector: Connector) -> Answer<Self> {
        let Connected { connection, pushes, life } = connector.connect().await?;
        let closed = (String::new(), Instant::now());
        let (state, reader) = watch::channel(State { life, number: 0, open: Some(connection.clone()), closed });
        // Few: whoever comes when it is full says nothing that is not said already.
        let (doubts, doubted) = mpsc::channel(16);
        let keeper = Keeper { connector, state, doubts: doubted, backoff: Backoff::new() };
        tokio::spawn(keeper.keep_open(connection, pushes));
        Ok(Self { state: reader, doubts })
    }

    /// The connection of this moment; waits a little where there is none.
    pub(super) async fn get(&self) -> Answer<Open> {
        let mut state = self.state.clone();
        let patience = state.borrow().closed.1 + SHORT_CUT;
        let deadline = patience.max(Instant::now() + BREATH);
        // Whether it is there, is gone or was waited for too long: the state says it.
        let _ = timeout_at(deadline, state.wait_for(|state| state.open.is_some())).await;
        let state = state.borrow();
        match &state.open {
            Some(connection) => Ok(Open { connection: connection.clone(), number: state.number }),
            None => Err(BrokerError::Unreachable(state.closed.0.clone())),
        }
    }

    /// Waits until there is a connection, for as long as it takes.
    pub(super) async fn wait(&self) -> Open {
        loop {
            let _ = self.state.clone().wait_for(|state| state.open.is_some()).await;
            if let Ok(open) = self.get().await {
                return open;
            }
        }
    }

    /// Returns once the calls go to another life of the server than this.
    pub(super) async fn elsewhere(&self, life: &str) {
        let other = |state: &State| state.open.is_some() && state.life != life;
        let _ = self.state.clone().wait_for(other).await;
    }

    /// In which life the server is, as far as is known.
    pub(super) fn life(&self) -> String {
        self.state.borrow().life.clone()
    }

    /// Whether this is the life of the server by the connection of this moment.
    pub(super) fn is_life(&self, life: &str) -> bool {
        self.state.borrow().life == life
    }

    /// What came of a question asked on a connection. An error that makes one doubt the connection, is told.
    pub(super) fn judged<T>(&self, on: &Open, answer: RedisResult<T>) -> Answer<T> {
        answer.map_err(|error| {
            let unreachable = unreachable(&error);
            match verdict(&error) {
                Verdict::Stay => {}
                Verdict::Silent => self.doubt(on.number, None),
                Verdict::Leave => self.doubt(on.number, Some(unreachable.to_string())),
            }
            unreachable
        })
    }

    /// Says that a connection is of no use, or (without a reason) that it may be.
    pub(super) fn doubt(&self, number: u64, certain: Option<String>) {
        let _ = self.doubts.try_send(Doubt { number, certain });
    }
}

struct Keeper {
    connector: Connector,
    state: watch::Sender<State>,
    doubts: mpsc::Receiver<Doubt>,
    backoff: Backoff,
}

impl Keeper {
    /// Until nobody has the connection any more.
    async fn keep_open(mut self, mut connection: MultiplexedConnection, mut pushes: Pushes) {
        loop {
            let since = Instant::now();
            let Some(why) = self.stay(&mut connection, &mut pushes).await else { return };
            tracing::warn!(why, "the connection to Redis is made anew");
            self.backoff.lasted(since.elapsed());
            self.state.send_modify(|state| {
                state.open = None;
                state.closed = (why, Instant::now());
            });
            let Some(connected) = self.connect_at_last().await else { return };
            (connection, pushes) = (connected.connection, connected.pushes);
            tracing::info!("connected to Redis again");
            self.state.send_modify(|state| {
                state.life = connected.life;
                state.number += 1;
                state.open = Some(connection.clone());
            });
        }
    }

    /// Stays with a connection while it is of use. Returns why it is not any more; `None` when nobody needs it.
    async fn stay(&mut self, connection: &mut MultiplexedConnection, pushes: &mut Pushes) -> Option<String> {
        let number = self.state.borrow().number;
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                push = pushes.next() => match push {
                    None => return Some("the connection was cut".to_owned()),
                    Some(_) => continue,
                },
                doubt = self.doubts.recv() => match doubt {
                    None => return None,
                    Some(doubt) if doubt.number != number => continue,
                    Some(Doubt { certain: Some(why), .. }) => return Some(why),
                    Some(_) => {}
                },
                _ = heartbeat.tick() => {}
                () = self.state.closed() => return None,
            }
            if let Err(why) = beat(connection).await {
                return Some(why);
            }
        }
    }

    /// Connects, however long it takes; `None` when nobody needs it any more.
    async fn connect_at_last(&mut self) -> Option<Connected> {
        loop {
            let wait = self.backoff.next_wait();
            let connected = async {
                sleep(wait).await;
                self.connector.connect().await
            };
            let connected = tokio::select! {
                connected = connected => connected,
                () = self.state.closed() => return None,
            };
            match connected {
                Ok(connected) => return Some(connected),
                Err(error) => self.note(error.to_string()),
            }
        }
    }

    /// Notes why nobody was let in: what is new is worth a line.
    fn note(&self, why: String) {
        if self.state.borrow().closed.0 != why {
            tracing::warn!(why, "Redis does not let this node in; it is tried again");
            self.state.send_modify(|state| state.closed.0 = why);
        }
    }
}

/// Whether a connection still leads to a server that is of use; if not, why.
pub(super) async fn beat(connection: &mut MultiplexedConnection) -> Result<(), String> {
    match timeout(PATIENCE, still_fit(connection)).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err("it does not answer in time".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound_differ_and_begin_anew_only_after_a_good_connection() {
        let mut backoff = Backoff::new();
        let waits: Vec<Duration> = (0..50).map(|_| backoff.next_wait()).collect();
        let minute: Duration = waits.iter().take(50).sum();
        assert!(minute > Duration::from_secs(40), "fifty attempts take {minute:?}");
        assert!(waits.iter().all(|wait| *wait <= Backoff::LONGEST));
        let last = &waits[40..];
        assert!(last.iter().any(|wait| *wait != last[0]), "{last:?}");
        backoff.lasted(Duration::from_millis(10));
        assert!(backoff.next_wait() >= Backoff::LONGEST / 2);
        backoff.lasted(Duration::from_secs(60));
        assert!(backoff.next_wait() <= Backoff::FIRST);
    }
}
