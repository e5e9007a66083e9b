//! What stands in a channel's log.

use super::{
    names::{CallKey, ClientId, Uid},
    roster::{LockState, Present},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, value::RawValue};

/// One entry of a channel's log, in the form it is stored, sent and read.
///
/// What the application says, who comes and goes, and who holds what stand in **one** log, so everyone learns of them
/// in one order.
// Both directions are derived as functions of its own, so that what is unknown here can be read and written as well.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum Entry {
    /// A message of the application.
    Said(Said),
    /// A client is here now.
    Joined {
        /// Who.
        who: Present,
        /// The client it takes the place of, with its locks: the same tab before a reload. For people nothing happened.
        #[serde(default)]
        replaces: Option<ClientId>,
    },
    /// A client that is here changed what it shows of itself.
    Moved {
        /// Who.
        client: ClientId,
        /// What it shows now.
        state: Value,
    },
    /// A client is gone.
    Left {
        /// Who.
        client: ClientId,
    },
    /// A lock changed hands, or its queue changed: how it stands now.
    Lock(LockState),
    /// Rights changed: every node asks again whether its subscribers may still listen, before it sends anything later.
    Recheck,
    /// Something that a newer version of the layer said, as it stands there: here it is not known what it means.
    #[serde(skip)]
    Unknown(Box<RawValue>),
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown(json) => json.serialize(to),
            known => Self::serialize(known, to),
        }
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(from)?;
        let known = Self::deserialize(&mut serde_json::Deserializer::from_slice(json.get().as_bytes()));
        Ok(known.unwrap_or(Self::Unknown(json)))
    }
}

/// A message of the application, as the log carries it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Said {
    /// The client that caused it, if a client did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ClientId>,
    /// By which of its commands: so a page knows the message that it predicted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// For everyone, or for everyone but `from`.
    #[serde(default, skip_serializing_if = "Audience::is_all")]
    pub to: Audience,
    /// Its number among the messages committed with a change of the application's database, by which a snapshot knows
    /// that it already holds it. `None` for what was never committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The message, as JSON. Data, never HTML.
    pub body: Box<RawValue>,
}

/// Who a message is for, among those who follow its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everyone, the client that caused it included.
    #[default]
    All,
    /// Everyone but the client that caused it.
    Others,
}

impl Audience {
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

impl Entry {
    /// A message of the application as an entry; `by` is the command that caused it, if one did.
    ///
    /// # Errors
    /// When the message cannot be written as JSON.
    pub fn said<M: Serialize>(
        message: &M,
        by: Option<&CallKey>,
        to: Audience,
        version: Option<u64>,
    ) -> Result<Self, serde_json::Error> {
        let body = serde_json::value::to_raw_value(message)?;
        let (from, uid) = by.map(|by| (by.client.clone(), by.uid)).unzip();
        Ok(Self::Said(Said { from, uid, to, version, body }))
    }

    /// The entry as it is stored and sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Every part of it is a string, a number or JSON already: writing it cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_from_the_future_is_kept_as_it_is() {
        for json in [r#"{"voted":{"client":"c1","for":[1, 2]}}"#, r#""closed""#, r#"{"left":{"whoever":"c1"}}"#] {
            let entry = serde_json::from_str::<Entry>(json).expect("JSON can be read");
            assert!(matches!(entry, Entry::Unknown(_)), "{json}");
            assert_eq!(entry.to_json(), json);
        }
        assert!(serde_json::from_str::<Entry>("{").is_err(), "no JSON is no entry");
    }

    #[test]
    fn entries_are_written_as_the_protocol_says() {
        let who = Present {
            client: "c1".parse().expect("a name"),
            user: Some("u1".parse().expect("a name")),
            name: "Ann".into(),
            state: Value::Null,
        };
        let by = CallKey { client: "c1".parse().expect("a name"), uid: Uid(7) };
        let said = Entry::said(&"hello", Some(&by), Audience::Others, Some(3));
        let cases = [
            (
                said.expect("a string is JSON"),
                r#"{"said":{"from":"c1","uid":7,"to":"others","version":3,"body":"hello"}}"#,
            ),
            (
                Entry::Joined { who, replaces: None },
                r#"{"joined":{"who":{"client":"c1","user":"u1","name":"Ann","state":null},"replaces":null}}"#,
            ),
            (Entry::Left { client: "c1".parse().expect("a name") }, r#"{"left":{"client":"c1"}}"#),
            (
                Entry::Lock(LockState {
                    name: "pen".parse().expect("a name"),
                    fence: 4,
                    holder: None,
                    queue: vec!["c2".parse().expect("a name")],
                }),
                r#"{"lock":{"name":"pen","fence":4,"holder":null,"queue":["c2"]}}"#,
            ),
            (Entry::Recheck, r#""recheck""#),
        ];
        for (entry, json) in cases {
            assert_eq!(entry.to_json(), json);
            serde_json::from_str::<Entry>(json).expect("it reads back");
        }
    }
}
