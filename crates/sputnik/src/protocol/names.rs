//! The names everything is called by: small checked strings, so that a wrong one is refused at the door.

use super::refusal::read_text;
use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr, sync::Arc};

/// Why a string is not the name it was offered as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be 1 to {max} characters of {allowed}.")]
pub struct BadName {
    what: &'static str,
    max: usize,
    allowed: &'static str,
}

/// Declares a checked string: what it names, its bound in bytes, and which bytes it may have.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $allowed:literal, $good:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(into = "String")]
        // Shared: a node has the same name in many places, one for each thing it keeps of a client or a channel.
        pub struct $name(Arc<str>);

        impl $name {
            /// The longest one allowed, in bytes.
            pub const MAX: usize = $max;

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                let good: fn(&str) -> bool = $good;
                if text.is_empty() || text.len() > $max || !good(&text) {
                    return Err(BadName { what: $what, max: $max, allowed: $allowed });
                }
                Ok(Self(text.into()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                read_text(from)
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

/// Letters, digits, `-` and `_`: what every name is made of, and what needs no escaping in JSON, a URL or a Redis key.
fn plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

name! {
    /// A channel's name: words joined by `/`, such as `book/7`.
    ///
    /// A name that starts with `@` is the layer's own (`@client/…`, `@user/…`): only the client or the user it names
    /// is let in, and the application is not asked. But for `@overview`, which shows everybody: who is let in there is
    /// the application's to say.
    ChannelName, "A channel name", 128, "letters, digits, '-', '_', in words joined by '/'",
    |text| text.strip_prefix('@').unwrap_or(text).split('/').all(|word| !word.is_empty() && plain(word))
}

/// See [`ChannelName::overview`].
const OVERVIEW: &str = "@overview";

impl ChannelName {
    /// The channel on which nodes tell [how they stand](super::overview), as long as somebody is present there.
    #[must_use]
    pub fn overview() -> Self {
        Self(OVERVIEW.into())
    }

    /// The channel that reaches one client, and nobody else.
    #[must_use]
    pub fn of_client(client: &ClientId) -> Self {
        Self(format!("@client/{client}").into())
    }

    /// The channel that reaches every client of one user.
    #[must_use]
    pub fn of_user(user: &UserId) -> Self {
        Self(format!("@user/{user}").into())
    }

    /// Whether the layer itself decides who is let in.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        self.0.starts_with('@') && *self.0 != *OVERVIEW
    }
}

name! {
    /// One document in one browser tab; a reload makes a new client.
    ///
    /// The server issues it. It is bound to the cookie of the browser's session: half of it is random, half a hash of that half
    /// with the cookie, so whoever merely knows it cannot act as it.
    ClientId, "A client id", 64, "letters, digits, '-' and '_'", plain
}

name! {
    /// A signed-in person, as the application names them for ever (not what they are called).
    UserId, "A user id", 64, "letters, digits, '-' and '_'", plain
}

name! {
    /// What a lock is on, within its channel.
    LockName, "A lock name", 64, "letters, digits, '-' and '_'", plain
}

name! {
    /// Which life of a channel's log an offset belongs to. A log that was lost and began again has a new one, so an
    /// offset of the old log is never mistaken for one of the new.
    Epoch, "An epoch", 32, "letters, digits, '-' and '_'", plain
}

impl Epoch {
    /// The epoch these bits name.
    #[must_use]
    pub fn of(bits: u64) -> Self {
        Self(format!("{bits:016x}").into())
    }
}

/// The number by which a client matches a reply to its command, and the server recognises a retry. Counted from 1 by
/// the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uid(pub u64);

impl fmt::Display for Uid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Which command of which client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallKey {
    /// Whose.
    pub client: ClientId,
    /// Which of theirs.
    pub uid: Uid,
}

impl fmt::Display for CallKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.client, self.uid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_name_is_words_joined_by_slashes() {
        for good in ["book/7", "lobby", "@client/a_b-C", "a/b/c"] {
            assert!(good.parse::<ChannelName>().is_ok(), "{good}");
        }
        let long = "x".repeat(129);
        for bad in ["", "/", "book/", "/book", "book//7", "bo ok", "book/7\n", "böok", "a@b", "{x}", &long] {
            assert!(bad.parse::<ChannelName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bad_name_in_json_says_what_was_wrong() {
        let error = serde_json::from_str::<ChannelName>("\"a b\"").expect_err("a space is not allowed");
        assert!(error.to_string().contains("A channel name must be 1 to 128 characters"), "{error}");
    }
}
