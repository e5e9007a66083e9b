//! The chat.

use super::EditorAccess;
use crate::book::{
    events::EventKind,
    model::{ChatLine, Role},
    store::{chat, quota},
};
use sputnik::Fault;

/// The longest line of the chat, in characters.
const LINE: usize = 2_000;

impl EditorAccess {
    /// Says something in the chat.
    pub async fn say(&self, text: &str) -> Result<(), Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::bad_request("There is nothing to say in that line."));
        }
        if text.chars().any(|letter| letter.is_control() && !letter.is_whitespace()) {
            return Err(Fault::bad_request("A line of the chat has letters, and no control characters."));
        }
        if text.chars().count() > LINE {
            return Err(Fault::too_large("A line of the chat has at most 2,000 characters."));
        }
        let channel = self.0.channel();
        self.0
            .work(Role::Editor, async |work| {
                let (quota, by) = (self.0.chapters.quota(), work.by.clone());
                quota::must_have(work.sql(), quota, &by.id, text.len()).await?;
                let id = work.change.lock(&channel).await?;
                let line = ChatLine { id, by, at: work.at, text: text.to_owned() };
                chat::say(work.sql(), &self.0.book, &line).await?;
                work.tell(EventKind::Chatted { line }).await
            })
            .await
    }
}
