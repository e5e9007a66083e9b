//! A text comes into a chapter.

use super::super::EditorAccess;
use crate::{
    book::{
        import::{How, MAX_FILE, check, title},
        model::{PartId, Title},
    },
    costly::Budget,
    document::{
        markdown::{Cut, Unread, read_pieces},
        tree::{Node, is_blank},
    },
};
use sputnik::{Code, Fault};

/// What the revision is called that a text makes of a chapter.
const IMPORTED: &str = "Imported from Markdown";

impl EditorAccess {
    /// Brings a text into a chapter: an edit on top of what everybody wrote, and a revision.
    pub async fn import_chapter(&self, part: &PartId, markdown: String, how: How) -> Result<(), Fault> {
        can_come_in(&markdown)?;
        let title = self.0.part(part).await?.title;
        let permit = self.0.enter().await?;
        let (permit, nodes) = permit.go_on(move |budget| Ok(for_chapter(&markdown, &title, budget)?)).await?;
        let make = move |now: &[Node]| match how {
            How::Append if !is_blank(now) => [now, &nodes].concat(),
            _ => nodes.clone(),
        };
        let answer = |restored: Result<u32, Fault>| {
            restored.map(drop).map_err(|fault| match fault.code {
                Code::TooLarge => Fault::too_large(
                    "This is more text than a chapter takes in at once. Nothing was changed. Please bring it in \
                     parts, or as a new chapter.",
                ),
                _ => fault,
            })
        };
        self.restore(part, permit, make, IMPORTED.to_owned(), answer).await
    }
}

fn can_come_in(markdown: &str) -> Result<(), Fault> {
    let is_large = markdown.len() > MAX_FILE;
    check(markdown).map_err(|bad| if is_large { Fault::too_large(bad) } else { Fault::bad_request(bad) })
}

/// What stands in a text that comes into a chapter of this title. What was taken out of a chapter begins with its title,
/// which is not part of its text.
fn for_chapter(markdown: &str, its: &Title, budget: &Budget) -> Result<Vec<Node>, Unread> {
    let mut text = read_pieces(markdown, Cut::FirstHeading, budget)?;
    if text.pieces.iter().any(|piece| piece.title.as_deref().and_then(title).is_some_and(|title| title != *its)) {
        text = read_pieces(markdown, Cut::Nowhere, budget)?;
    }
    Ok(text.pieces.into_iter().flat_map(|piece| piece.nodes).collect())
}
