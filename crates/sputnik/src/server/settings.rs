//! What can be set of a node: its intervals, and the bounds of what it takes from one client.
//!
//! The broker's own bounds stand in [`Limits`](super::broker::Limits). `docs/handbook/11-limits.md` lists both, with
//! what happens at each.

use super::{address::TrustedProxies, rate_limit::Rate};
use std::time::Duration;

/// How many pings a connection may leave without any answer before it ends.
pub(crate) const UNANSWERED: u32 = 3;

/// The node's intervals and bounds.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a client is present without a sign of life from its node: what a node that was killed leaves behind
    /// leaves by itself within this time. Renewed three times as often.
    pub lease: Duration,
    /// How long a client whose connection ended may take to come back before it has left.
    pub grace: Duration,
    /// How often a socket is pinged.
    pub ping: Duration,
    /// How long a long poll waits for something to say.
    pub long_poll: Duration,
    /// Within which time it is asked again who is at the other end of an open connection: so long does somebody go on
    /// hearing whose session ended without a word, such as one that ran out or was deleted in the database.
    pub ask_again: Duration,
    /// How often a followed channel's position is compared with the broker's, in case a wake was lost.
    pub check: Duration,
    /// How long a socket may take to read one frame, or one part of a long one, before it is cut. The client comes back
    /// and goes on from where it stood.
    pub stuck: Duration,
    /// How long commands that run may take to end when the node goes down; after that their clients are told to come
    /// back without a reply, and ask for it again.
    pub farewell: Duration,
    /// The largest poll, or arguments of a command, that a client may send, in bytes.
    pub frame_bytes: usize,
    /// How much is taken from the logs for one client at a time, in bytes: the rest stays there until this was sent.
    pub waiting_bytes: usize,
    /// How many channels one client may follow.
    pub follows: usize,
    /// How many clients (open pages) one browser may have on this node.
    pub clients: usize,
    /// How many commands of one client may wait for the one before them, or be under way beside it.
    pub commands_waiting: usize,
    /// How fast a signed-in user may send commands, with all their pages; where nobody is signed in, a browser.
    pub commands: Rate,
    /// How fast they may show themselves: come to channels, show something else there, whisper.
    pub signs: Rate,
    /// How many times that all browsers of one address have together in which nobody is signed in.
    pub browsers_an_address: u32,
    /// Whether cookies are for `https` only.
    pub secure_cookies: bool,
    /// Which proxies are believed when they say for whom they speak.
    pub trusted_proxies: TrustedProxies,
}

impl Settings {
    /// What is a few times too large is read all the same, so that it can be refused in words: who still sends does not
    /// hear.
    pub(crate) fn reads_at_most(&self) -> usize {
        self.frame_bytes.saturating_mul(4)
    }

    /// How many bytes of requests and frames that are not whole yet may be here from one address: a class behind one
    /// address sends at once, and nobody fills a node.
    pub(crate) fn inbound_at_most(&self) -> usize {
        self.frame_bytes.saturating_mul(32)
    }

    /// After how long a socket is asked about again. Between two pings nothing is asked, and an answer takes its time.
    /// `spread` is from 0 to 1, so that those that were opened together are not asked about together.
    pub(crate) fn asks_after(&self, spread: f64) -> Duration {
        let latest = self.ask_again.saturating_sub(self.ping * 5 / 4);
        latest.mul_f64(0.5 + spread.clamp(0.0, 1.0) / 2.0)
    }

    /// How long a page that was reloaded may claim the place it had before: so long may it take until its old connection
    /// is noticed as gone, and has left. After that whoever has that place is another page, such as one that was
    /// duplicated.
    pub(crate) fn claim(&self) -> Duration {
        self.ping * (UNANSWERED + 1) + self.grace
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(15),
            grace: Duration::from_secs(10),
            ping: Duration::from_secs(8),
            long_poll: Duration::from_secs(25),
            ask_again: Duration::from_secs(30),
            check: Duration::from_secs(15),
            stuck: Duration::from_secs(20),
            farewell: Duration::from_secs(5),
            frame_bytes: 2 << 20,
            waiting_bytes: 1 << 20,
            follows: 64,
            clients: 128,
            commands_waiting: 64,
            commands: Rate { a_second: 50, at_once: 200 },
            signs: Rate { a_second: 50, at_once: 500 },
            browsers_an_address: 10,
            secure_cookies: false,
            trusted_proxies: TrustedProxies::default(),
        }
    }
}
