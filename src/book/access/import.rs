//! Markdown files that come in.

use super::EditorAccess;
use crate::{
    book::{
        events::EventKind,
        history::Revision,
        import::{How, MAX_CHAPTERS, MAX_FILE, Preview, check, title, title_of_file},
        model::{Kind, Part, PartId, Place, Role, Title},
        store::{contents::Contents, history, quota, writing},
    },
    costly::Budget,
    database::new_id,
    document::{
        Document, Refused,
        markdown::{Cut, Piece, Unread, read_pieces},
        tree::{Node, is_blank, never_none, plain},
        words::count_words,
    },
};
use sputnik::{Code, Fault};

/// What the revision is called that a file makes of a chapter.
const IMPORTED: &str = "Imported from Markdown";

/// A chapter that is to be added.
struct New {
    part: Part,
    nodes: Vec<Node>,
    /// Its document, encoded, and by which hand it is written.
    state: Vec<u8>,
    hand: u64,
}

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

    /// Which chapters a text would become, taken apart at its headings of the first level.
    pub async fn preview_import(&self, name: String, markdown: String) -> Result<Preview, Fault> {
        can_come_in(&markdown)?;
        let titles = self.0.enter().await?.run(move |budget| {
            let pieces = read_pieces(&markdown, Cut::EachFirstLevel, budget)?;
            let first =
                pieces.iter().take(Preview::FIRST).map(|piece| title_of(piece, &name)).collect::<Result<_, _>>()?;
            Ok(Preview { first, chapters: pieces.len() })
        });
        titles.await
    }

    /// Adds a text as a chapter, or as several.
    pub async fn import_chapters(
        &self,
        name: String,
        markdown: String,
        split: bool,
        place: &Place,
    ) -> Result<Vec<PartId>, Fault> {
        can_come_in(&markdown)?;
        let parent = place.parent.clone();
        let new = self.0.enter().await?.run(move |budget| {
            let pieces = read_pieces(&markdown, if split { Cut::EachFirstLevel } else { Cut::FirstHeading }, budget)?;
            if pieces.len() > MAX_CHAPTERS {
                return Err(Fault::too_large(format_args!(
                    "This file would be {} chapters; at most {MAX_CHAPTERS} are made of one. Nothing was imported.",
                    pieces.len()
                )));
            }
            pieces.into_iter().map(|piece| new(piece, &name, parent.clone(), budget)).collect::<Result<Vec<_>, _>>()
        });
        let new = new.await?;
        self.0
            .work(Role::Editor, async |work| {
                let (by, at) = (work.by.clone(), work.at);
                let bytes = new.iter().map(|new| new.state.len()).sum();
                quota::must_have(work.sql(), self.0.chapters.quota(), &by.id, bytes).await?;
                let mut contents = Contents::load(work.sql(), &self.0.book).await?;
                let mut added = Vec::new();
                for New { part, nodes, state, hand } in new {
                    let place = contents.add(work.sql(), &part, place).await?;
                    writing::keep_state(work.sql(), &part.id, 0, &state).await?;
                    writing::add_hand(work.sql(), &part.id, hand, &by.id).await?;
                    let (number, name) = (part.revision, IMPORTED.to_owned());
                    let revision = Revision { number, by: by.clone(), with: Vec::new(), at, name, words: part.words };
                    history::add(work.sql(), &part.id, &revision, &nodes, 0).await?;
                    added.push(part.id.clone());
                    work.tell(EventKind::PartAdded { part, place }).await?;
                }
                Ok(added)
            })
            .await
    }
}

fn can_come_in(markdown: &str) -> Result<(), Fault> {
    let is_large = markdown.len() > MAX_FILE;
    check(markdown).map_err(|bad| if is_large { Fault::too_large(bad) } else { Fault::bad_request(bad) })
}

/// What stands in a text that comes into a chapter of this title. What was taken out of a chapter begins with its title,
/// which is not part of its text.
fn for_chapter(markdown: &str, its: &Title, budget: &Budget) -> Result<Vec<Node>, Unread> {
    let mut pieces = read_pieces(markdown, Cut::FirstHeading, budget)?;
    if pieces.iter().any(|piece| piece.title.as_deref().and_then(title).is_some_and(|title| title != *its)) {
        pieces = read_pieces(markdown, Cut::Nowhere, budget)?;
    }
    Ok(pieces.into_iter().flat_map(|piece| piece.nodes).collect())
}

fn title_of(piece: &Piece, file: &str) -> Result<Title, Fault> {
    let title = piece.title.as_deref().and_then(title).or_else(|| title_of_file(file));
    title.ok_or_else(|| Fault::bad_request("This file has neither a heading nor a name to call it by."))
}

fn new(piece: Piece, file: &str, parent: Option<PartId>, budget: &Budget) -> Result<New, Fault> {
    budget.check()?;
    let title = title_of(&piece, file)?;
    let nodes = never_none(piece.nodes);
    let words = count_words(&plain(&nodes));
    let mut document = Document::of(&nodes);
    if document.is_full() {
        return Err(Refused::Full.into());
    }
    let id = new_id()?.try_into().map_err(Fault::bad_request)?;
    let part = Part { words, revision: 1, ..Part::new(id, Kind::Chapter, parent, title) };
    Ok(New { part, nodes, state: document.state(), hand: document.hand() })
}
