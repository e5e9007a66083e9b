//! Who may listen to a book.

use super::{
    chapter::ChapterEvent,
    events::BookEvent,
    model::{BookId, PartId, Role},
    redaction::Redact,
    store::{books, no_book::no_book, pen},
};
use crate::{account::people::Accounts, database::Database};
use http::request::Parts;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use sputnik::{
    ChannelName, Fault,
    protocol::message::Said,
    server::{Gate, Pass, User},
};

/// The layer's [`Gate`] for `book/<id>` and `chapter/<book>/<part>`: who may read a book may listen to it. Whoever does
/// not belong to it hears [what is left for readers](super::redaction), unless its owners show them everything.
pub struct BookGate(Database);

impl BookGate {
    /// The gate of the books in a database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

/// What a channel is about, if it is one of a book.
fn subject(channel: &ChannelName) -> Option<(BookId, Option<PartId>)> {
    let mut words = channel.as_str().split('/');
    let found = match words.next()? {
        "book" => (words.next()?.parse().ok()?, None),
        "chapter" => (words.next()?.parse().ok()?, Some(words.next()?.parse().ok()?)),
        _ => return None,
    };
    words.next().is_none().then_some(found)
}

#[async_trait::async_trait]
impl Gate for BookGate {
    async fn who(&self, request: &Parts) -> Result<Option<User>, Fault> {
        match request.extensions.get::<Accounts>() {
            Some(accounts) => accounts.sessions().user(request).await,
            None => Ok(None),
        }
    }

    async fn admit(&self, who: Option<&User>, channel: &ChannelName) -> Result<Pass, Fault> {
        let (book, part) = subject(channel).ok_or_else(|| Fault::not_found("channel"))?;
        let mut sql = self.0.glance().await?;
        let id = who.map(|user| &user.id);
        let Some(right) = books::right(&mut sql, &book, id).await? else {
            return Err(no_book(&mut sql, &book, id).await?);
        };
        if let Some(part) = part {
            pen::rules(&mut sql, &book, &part).await?;
        }
        let writes = who.is_some() && right.role >= Role::Editor;
        Ok(Pass {
            present: who.is_some() && right.within,
            whisper: writes,
            rank: u8::from(right.member) + u8::from(writes),
            within: right.within,
        })
    }

    fn outside(&self, channel: &ChannelName, said: &Said) -> Option<Box<RawValue>> {
        match subject(channel)? {
            (_, None) => left::<BookEvent>(said),
            (_, Some(_)) => left::<ChapterEvent>(said),
        }
    }
}

/// What is left of a message for readers; nothing of one that is not understood here, for it was said by a newer node.
fn left<M: Redact + Serialize + DeserializeOwned>(said: &Said) -> Option<Box<RawValue>> {
    let message: M = serde_json::from_str(said.body.get()).ok()?;
    serde_json::value::to_raw_value(&message.redacted()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_channels_of_books_are_let_in() {
        for (name, found) in [("book/7", true), ("chapter/7/a1", true)] {
            assert_eq!(subject(&name.parse().expect("a name")).is_some(), found, "{name}");
        }
        for name in ["book", "book/7/8", "chapter/7", "chapter/7/8/9", "lobby", "book/a-b", "@client/7"] {
            assert!(subject(&name.parse().expect("a name")).is_none(), "{name}");
        }
    }
}
