//! The frames both ends exchange, the same on the socket, the long poll and the poll.
//!
//! A frame is JSON: an object with its kind as the one key, or a plain string where there is nothing more to say.
//! `docs/handbook/09-protocol.md` describes them for other languages.

use super::{
    fault::Fault,
    json,
    message::Entry,
    names::{ChannelName, ClientId, Epoch, Uid, UserId},
    position::Position,
    roster::Roster,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

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
        /// The server function's path, such as `/command/rename_part`.
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

/// The same for who is signed in.
fn whoever_is_given<'de, D: Deserializer<'de>>(given: D) -> Result<Option<Option<UserId>>, D::Error> {
    Option::deserialize(given).map(Some)
}

/// What the server sends.
// Both directions are derived as functions of its own, so that what is unknown here can be read and written as well.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
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
    /// What a newer server sends, and is not known here.
    #[serde(skip)]
    Unknown(Box<RawValue>),
}

impl ServerFrame {
    /// Of a frame that is not known here, which channel it is about, if it says so.
    #[must_use]
    pub fn channel_of_unknown(&self) -> Option<ChannelName> {
        #[derive(Deserialize)]
        struct About {
            channel: ChannelName,
        }
        let Self::Unknown(json) = self else { return None };
        let kinds: BTreeMap<String, About> = json::read(json.get()).ok()?;
        kinds.into_values().next().map(|about| about.channel)
    }
}

impl Serialize for ServerFrame {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown(json) => json.serialize(to),
            known => Self::serialize(known, to),
        }
    }
}

impl<'de> Deserialize<'de> for ServerFrame {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(from)?;
        let known = Self::deserialize(&mut serde_json::Deserializer::from_slice(json.get().as_bytes()));
        Ok(known.unwrap_or(Self::Unknown(json)))
    }
}

/// The answer to `hello`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The id to use from now on: the one offered, or a new one.
    pub client: ClientId,
    /// The next ping comes within so many milliseconds; silence much longer than that is a dead connection.
    pub ping_ms: u32,
    /// Who is signed in, as far as the server knows: `null` when nobody is. Absent where an older server answers.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whoever_is_given")]
    pub user: Option<Option<UserId>>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_from_the_future_is_kept_as_it_is_and_says_what_it_is_about() {
        let json = r#"{"frames":[{"poll":{"channel":"book/7","votes":[1]}},"tick",{"entry":{"channel":"book/7","epoch":"e","offset":3,"entry":{"voted":{}}}}]}"#;
        let mail: Mail = json::read(json).expect("what is not known harms nothing else");
        assert_eq!(mail.frames[0].channel_of_unknown(), "book/7".parse().ok());
        assert!(matches!(mail.frames[1], ServerFrame::Unknown(_)));
        assert_eq!(mail.frames[1].channel_of_unknown(), None);
        assert!(matches!(mail.frames[2], ServerFrame::Entry { entry: Entry::Unknown(_), offset: 3, .. }));
        assert_eq!(serde_json::to_string(&mail).expect("JSON"), json, "a node in between passes it on");
    }

    #[test]
    fn a_welcome_tells_who_is_signed_in_or_that_nobody_is_or_nothing() {
        for (json, user) in [
            (r#"{"client":"c1","ping_ms":8}"#, None),
            (r#"{"client":"c1","ping_ms":8,"user":null}"#, Some(None)),
            (r#"{"client":"c1","ping_ms":8,"user":"u1"}"#, Some("u1".parse().ok())),
        ] {
            let welcome: Welcome = json::read(json).expect("a welcome");
            assert_eq!(welcome.user, user);
            assert_eq!(serde_json::to_string(&welcome).expect("JSON"), json);
        }
    }
}
