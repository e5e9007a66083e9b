//! The frames both ends exchange, the same on the socket, the long poll and the poll.
//!
//! A frame is JSON: an object with its kind as the one key, or a plain string where there is nothing more to say.
//! `docs/handbook/09-protocol.md` describes them for other languages.

use super::{
    fault::Fault,
    message::Entry,
    names::{ChannelName, ClientId, Epoch, Uid},
    position::Position,
    roster::Roster,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, value::RawValue};

/// What a client sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame on a socket: which client this is.
    Hello(Hello),
    /// Start (or go on) receiving a channel's messages.
    Follow(Follow),
    /// Stop receiving a channel's messages, and leave it at once.
    Unfollow {
        /// Which channel.
        channel: ChannelName,
    },
    /// Run a command: a server function, by its path.
    Call {
        /// Matches the reply; the same for every retry.
        uid: Uid,
        /// The server function's path, such as `/command/app/book/commands/rename_chapter`.
        path: String,
        /// Its arguments, as the JSON the server function takes.
        body: String,
        /// Whether it was sent before and its reply did not come.
        #[serde(default)]
        again: bool,
    },
    /// Something hot and forgettable for those who follow a channel: not logged, the newest of a client wins.
    Whisper {
        /// Which channel.
        channel: ChannelName,
        /// Any JSON, at most 1,024 bytes.
        body: Value,
    },
    /// What this client shows of itself in a channel it is present in.
    Show {
        /// Which channel.
        channel: ChannelName,
        /// Any JSON, at most 1,024 bytes.
        state: Value,
    },
    /// The answer to a ping.
    Pong,
}

/// Which client this is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The id the server gave this client before, on a reconnect; none on the first connect.
    #[serde(default)]
    pub client: Option<ClientId>,
    /// The client this tab was before a reload: its place in channels and its locks are claimed, unless it still lives.
    #[serde(default)]
    pub was: Option<ClientId>,
}

/// A channel to receive, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Which channel.
    pub channel: ChannelName,
    /// After which position; from now on where it is absent.
    #[serde(default)]
    pub after: Option<Position>,
    /// To be present in the channel, and what to show there, `null` included; absent to listen only.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whatever_is_given")]
    pub present: Option<Value>,
    /// Whether the answer should carry who is here and who holds what.
    #[serde(default)]
    pub roster: bool,
    /// As what the snapshot was fetched that is to be continued, if it says so. When the client is let in as something
    /// else by now, the answer is a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<bool>,
}

/// A `null` that stands there is something to show, where serde would take it for nothing.
fn whatever_is_given<'de, D: Deserializer<'de>>(given: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(given).map(Some)
}

/// What the server sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The answer to `hello`.
    Welcome(Welcome),
    /// The channel is followed from here; messages after it come next.
    Following {
        /// Which channel.
        channel: ChannelName,
        /// From where.
        at: Position,
        /// Who is here and who holds what, where it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        roster: Option<Roster>,
    },
    /// One entry of a followed channel's log.
    Entry {
        /// Which channel.
        channel: ChannelName,
        /// Which log.
        epoch: Epoch,
        /// Its place in it.
        offset: u64,
        /// What stands there.
        entry: Entry,
    },
    /// The position cannot be continued: fetch a snapshot and follow from that. Nothing more comes until then.
    Gap {
        /// Which channel.
        channel: ChannelName,
        /// Where the log stands now.
        at: Position,
    },
    /// The channel is no longer followed, and why.
    Ended {
        /// Which channel.
        channel: ChannelName,
        /// Why.
        fault: Fault,
    },
    /// What a command answered.
    Reply {
        /// Which command.
        uid: Uid,
        /// The HTTP status it would have had.
        status: u16,
        /// The value, or a [`Fault`] when the status is 400 or above.
        body: Box<RawValue>,
    },
    /// Something hot and forgettable.
    Whisper {
        /// Which channel.
        channel: ChannelName,
        /// Who.
        from: ClientId,
        /// What.
        body: Value,
    },
    /// Are you there? Answered by `pong`. Its absence tells a client that the connection is dead.
    Ping,
    /// The server goes away for a moment: come back after so many milliseconds.
    Bye {
        /// Milliseconds.
        after_ms: u32,
    },
    /// What was sent could not be understood. Nothing else is harmed.
    Fault(Fault),
}

/// The answer to `hello`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The id to use from now on: the one offered, or a new one.
    pub client: ClientId,
    /// The next ping comes within so many milliseconds; silence much longer than that is a dead connection.
    pub ping_ms: u32,
}

/// What a poll sends: everything the server must know, since polls share no connection and may meet any node.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ask {
    /// Which client.
    pub hello: Hello,
    /// Every channel it follows, with its position in each: reading never removes anything, and the position in the
    /// next poll is what acknowledges this one's answer.
    #[serde(default)]
    pub follow: Vec<Follow>,
    /// What it has to say: whispers, what it shows, channels it stops following.
    #[serde(default)]
    pub frames: Vec<ClientFrame>,
    /// Whether the page goes away, so that this is its last poll: it is answered at once, and the client leaves after
    /// the grace, or a reloaded page takes its place.
    #[serde(default)]
    pub last: bool,
}

/// What a poll answers: the frames a socket would have carried.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Mail {
    /// In the order they are to be read.
    pub frames: Vec<ServerFrame>,
}
