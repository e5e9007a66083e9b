//! What the layer asks of the application's database, so that a command takes effect once. For an application without
//! one there is the [`MemoryStore`](crate::server::memory_store::MemoryStore).
//!
//! A command's change, the fact that it was done (its reply, under its [`CallKey`]) and the messages it caused are
//! committed in **one transaction**. After the commit the messages are published in the order of their versions; should
//! the node die in between, another publishes them. The database alone decides what happened.

use crate::protocol::{
    fault::Fault,
    names::{CallKey, ChannelName, UserId},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use sha2::Sha256;
use std::{fmt, str::FromStr};

/// What was asked, and by whom, in few bytes: the user's id, the command's path, and its arguments as they came. Two
/// commands with the same digest are the same command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; Digest::BYTES]);

impl Digest {
    /// Of the hash, so many bytes: nobody finds another command to one they know of.
    const BYTES: usize = 16;

    /// That of a command: who asks, its path with all that follows it, and its arguments.
    #[must_use]
    pub fn of(user: Option<&UserId>, path: &str, arguments: &[u8]) -> Self {
        use sha2::Digest as _;
        let mut hash = Sha256::new();
        // A line each: neither a user's id nor a path has a line's end in it.
        for part in [user.map_or("", UserId::as_str), "\n", path, "\n"] {
            hash.update(part);
        }
        hash.update(arguments);
        let mut digest = [0; Self::BYTES];
        digest.copy_from_slice(&hash.finalize()[..Self::BYTES]);
        Self(digest)
    }
}

/// As a database keeps it: 22 letters, digits, `-` and `_`.
impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl FromStr for Digest {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| {
            tracing::error!(text, "this is no digest of a command");
            Fault::internal()
        })
    }
}

/// A command of a client: under which key it came, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Under which key. That it is a retry, and nobody else's command, the digest says.
    pub key: CallKey,
    /// What, and by whom.
    pub digest: Digest,
    /// What that was to the release before, where the command's path was another then, and this is a retry: a reply that
    /// was recorded for it is its reply.
    pub before: Option<Digest>,
}

impl Asked {
    /// The refusal of a command under a UID that was another's: it has no effect, and hears nothing of the other.
    #[must_use]
    pub fn conflict() -> Fault {
        Fault::conflict("This command's number was another command's before. This one was not done; send it anew.")
    }
}

/// What a command answered, as the application's database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Of which command; nothing where it was recorded before digests were.
    pub digest: Option<Digest>,
    /// The reply (JSON).
    pub reply: String,
}

impl Recorded {
    /// The reply, if it is this command's.
    ///
    /// # Errors
    /// A conflict, where another command was answered.
    pub fn reply_to(self, asked: &Asked) -> Result<String, Fault> {
        let is_its = |digest| digest == asked.digest || Some(digest) == asked.before;
        if self.digest.is_none_or(is_its) { Ok(self.reply) } else { Err(Asked::conflict()) }
    }
}

/// How many messages are published before the database is asked for more.
pub const UNSENT: usize = 100;

/// A message that is committed and perhaps not yet published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Its number among those of its channel, which grows in the order of commits.
    pub version: u64,
    /// The log entry, as JSON.
    pub entry: Bytes,
}

/// The application's database, as the layer sees it.
#[async_trait::async_trait]
pub trait CommandStore: Send + Sync + 'static {
    /// What was answered under this key before; `None` when nothing was, as far as is remembered. Replies are kept for at
    /// least an hour. Whether it is the reply of the command that came now is asked of [`Recorded::reply_to`], by the
    /// layer, and by a change that finds its key taken.
    async fn recorded(&self, call: &CallKey) -> Result<Option<Recorded>, Fault>;

    /// The committed messages of a channel that were not yet marked as sent, oldest first, at most [`UNSENT`].
    async fn unsent(&self, channel: &ChannelName) -> Result<Vec<Unsent>, Fault>;

    /// Marks a channel's messages up to this version as published.
    async fn sent(&self, channel: &ChannelName, up_to: u64) -> Result<(), Fault>;

    /// The channels that have unsent messages: what a node that died left behind.
    async fn behind(&self) -> Result<Vec<ChannelName>, Fault>;

    /// Forgets replies that nobody comes back for. Asked by each node, once a minute. A store that forgets by itself has
    /// nothing to do.
    async fn forget_old(&self) -> Result<(), Fault> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::names::Uid;

    #[test]
    fn a_digest_is_of_who_asks_what_and_with_which_arguments() {
        let (ann, ben): (UserId, UserId) = ("ann".parse().expect("a name"), "ben".parse().expect("a name"));
        let digest = Digest::of(Some(&ann), "/command/say", b"{}");
        assert_eq!(digest, Digest::of(Some(&ann), "/command/say", b"{}"));
        for other in [
            Digest::of(Some(&ben), "/command/say", b"{}"),
            Digest::of(None, "/command/say", b"{}"),
            Digest::of(Some(&ann), "/command/tell", b"{}"),
            Digest::of(Some(&ann), "/command/say", b"{ }"),
            Digest::of(Some(&ann), "/command/sa", b"y{}"),
            Digest::of(None, "ann/command/say", b"{}"),
        ] {
            assert_ne!(digest, other);
        }
        assert_eq!(digest.to_string().len(), 22);
        assert_eq!(digest.to_string().parse::<Digest>().expect("as it was written"), digest);
        assert!("nonsense".parse::<Digest>().is_err());
    }

    #[test]
    fn a_reply_is_for_the_command_it_was_recorded_for_and_no_other() {
        let key = CallKey { client: "c1".parse().expect("a name"), uid: Uid(41) };
        let asked = |path| Asked { key: key.clone(), digest: Digest::of(None, path, b"{}"), before: None };
        let recorded = |digest| Recorded { digest, reply: "1".into() };
        assert_eq!(recorded(Some(asked("/a").digest)).reply_to(&asked("/a")), Ok("1".into()));
        assert_eq!(recorded(Some(asked("/a").digest)).reply_to(&asked("/b")), Err(Asked::conflict()));
        let old_paths = Asked { before: Some(asked("/old").digest), ..asked("/a") };
        assert_eq!(recorded(Some(asked("/old").digest)).reply_to(&old_paths), Ok("1".into()), "from before a deploy");
        assert_eq!(recorded(Some(asked("/a").digest)).reply_to(&old_paths), Ok("1".into()));
        assert_eq!(recorded(Some(asked("/b").digest)).reply_to(&old_paths), Err(Asked::conflict()));
        assert_eq!(recorded(None).reply_to(&asked("/a")), Ok("1".into()), "from before a deploy");
    }
}
