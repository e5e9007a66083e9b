//! Who is in a channel, for how long, and for whom there is room.

use super::error::Answer;
use crate::protocol::{
    names::{ChannelName, ClientId, UserId},
    roster::{Present, Roster},
};
use serde_json::Value;
use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

/// Somebody to whom a seat in a channel is counted: whoever opens many pages has not all the room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// A signed-in user, with however many browsers.
    User(UserId),
    /// A browser, by a name that lets nobody act as it.
    Browser(Arc<str>),
    /// Strangers of one address.
    Address(IpAddr),
}

/// Without blanks, and without `|` and `}`.
impl fmt::Display for Party {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(out, "u-{user}"),
            Self::Browser(browser) => write!(out, "b-{browser}"),
            Self::Address(address) => write!(out, "a-{address}"),
        }
    }
}

/// What is held to a client's account where fewer can be present than want to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// How important it is that this one is present: in a full channel it takes the seat of one of a lower rank.
    pub rank: u8,
    /// To whom its seat is counted.
    pub parties: Vec<Party>,
}

/// What came of a client's joining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// It was there already, and shows what it showed.
    Already,
    /// It came, or shows something else, and the log says so.
    Said,
    /// It took the place of the client it replaces, and the log says so.
    Replaced,
}

impl Joined {
    /// Whether it took another's place.
    #[must_use]
    pub fn took(self) -> bool {
        self == Self::Replaced
    }
}

/// The promise of presence: each client joins once and leaves once, whoever notices, and both stand in the channel's log.
/// Nobody is present whose lease ran out.
#[async_trait::async_trait]
pub trait Presence: Send + Sync + 'static {
    /// Who is here and who holds what, and the position at which that is so.
    async fn roster(&self, channel: &ChannelName) -> Answer<Roster>;

    /// Makes a client present for one `lease`, and says so in the log if it was not present. If it was and only shows
    /// something else, it moved: a client joins once.
    ///
    /// With `replaces`, if that client is present **and leaving** (see [`part`](Presence::part)), the new one takes its
    /// place, its locks and its places in queues in one step and one entry, whether or not it was present itself;
    /// otherwise `replaces` is passed over.
    ///
    /// Who is not present yet and replaces nobody needs a seat: one of those each of its parties may have, and one of
    /// the channel's. Where the channel has none left, whoever is of the lowest rank, and of these came last, leaves in
    /// the same step, if that rank is below the newcomer's; otherwise it is full. A client's rank is what it joined with
    /// last, its parties are those it came with.
    async fn join(
        &self,
        channel: &ChannelName,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<Joined>;

    /// Changes what a present client shows, and says so in the log if it differs. Tells whether the client is present.
    async fn show(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool>;

    /// Renews the leases of many clients in many channels, in one round trip, and takes back that they are leaving.
    /// Answers for each, in order, whether it was still present: who was not must join again.
    async fn renew(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>>;

    /// Marks a client as leaving: unless it joins or is renewed before, it leaves after `grace`. Zero: it leaves now.
    async fn part(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()>;
}
