//! Markdown files that come in.

use super::EditorAccess;
use crate::{
    book::{
        events::EventKind,
        history::Revision,
        import::{How, LeftOut, MAX_CHAPTERS, MAX_FILE, Preview, check, title, title_of_file},
        model::{Kind, Part, PartId, Place, Role, Title},
        store::{contents::Contents, history, quota, writing},
    },
    costly::Budget,
    database::new_id,
    document::{
        Document, Refused,
        left_out::What,
        markdown::{Cut, Piece, Text, Unread, read_pieces},
        tree::{Node, is_blank, never_none, plain},
        words::count_words,
    },
};
use sputnik::{Code, Fault};

/// What the revision is called that a file makes of a chapter.
const IMPORTED: &str = "Imported from Markdown";

/// A chapter or a section that is to be added.
struct New {
    part: Part,
    /// Nothing for a section.
    written: Option<Written>,
}

/// What stands in a chapter that is to be added.
struct Written {
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

    /// What a text would become, taken apart where chapters begin in it.
    pub async fn preview_import(&self, name: String, markdown: String) -> Result<Preview, Fault> {
        can_come_in(&markdown)?;
        let read = self.0.enter().await?.run(move |budget| {
            let text = read_pieces(&markdown, Cut::EachPart, budget)?;
            let chapters: Vec<&Piece> = text.pieces.iter().filter(|piece| !piece.is_section).collect();
            let first = chapters.iter().take(Preview::FIRST).map(|piece| title_of(piece, &text, &name));
            Ok(Preview {
                chapters: chapters.len(),
                sections: text.pieces.len() - chapters.len(),
                first: first.collect::<Result<_, _>>()?,
                is_book: text.is_book,
                title: text.about.title.as_deref().and_then(title),
                people: text.about.people.clone(),
                language: text.about.language.clone(),
                left_out: left_out(&text),
            })
        });
        read.await
    }

    /// Adds a text as a chapter, or as several, with the sections they stand in.
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
            let text = read_pieces(&markdown, if split { Cut::EachPart } else { Cut::FirstHeading }, budget)?;
            let chapters = text.pieces.iter().filter(|piece| !piece.is_section).count();
            let most = chapters.max(text.pieces.len() - chapters);
            if most > MAX_CHAPTERS {
                return Err(Fault::too_large(format_args!(
                    "This file would be {most} chapters or sections; at most {MAX_CHAPTERS} of each are made of one. \
                     Nothing was imported.",
                )));
            }
            all_new(text, &name, parent, budget)
        });
        let new = new.await?;
        self.0
            .work(Role::Editor, async |work| {
                let (by, at) = (work.by.clone(), work.at);
                let bytes = new.iter().flat_map(|new| &new.written).map(|written| written.state.len()).sum();
                quota::must_have(work.sql(), self.0.chapters.quota(), &by.id, bytes).await?;
                let mut contents = Contents::load(work.sql(), &self.0.book).await?;
                let mut added = Vec::new();
                for New { part, written } in new {
                    let within = Place { parent: part.parent.clone(), before: None };
                    let place = if part.parent == place.parent { place } else { &within };
                    let place = contents.add(work.sql(), &part, place).await?;
                    if let Some(Written { nodes, state, hand }) = written {
                        writing::keep_state(work.sql(), &part.id, 0, &state).await?;
                        writing::add_hand(work.sql(), &part.id, hand, &by.id).await?;
                        let (number, name) = (part.revision, IMPORTED.to_owned());
                        let revision =
                            Revision { number, by: by.clone(), with: Vec::new(), at, name, words: part.words };
                        history::add(work.sql(), &part.id, &revision, &nodes, 0).await?;
                        added.push(part.id.clone());
                    }
                    work.tell(EventKind::PartAdded { part, place }).await?;
                }
                Ok(added)
            })
            .await
    }
}

/// What a chapter has no place for of what stands in a text.
fn left_out(text: &Text) -> Vec<LeftOut> {
    let named = text.left_out.iter().map(|(what, name, times)| {
        let what = match what {
            What::Picture => "picture",
            What::Link => "link",
            What::LinkTitle => "title of a link",
            What::Comment => "comment",
            What::Element => "element of HTML",
            What::Field => "field at its head",
        };
        LeftOut { what: what.to_owned(), name: name.to_owned(), times }
    });
    named.collect()
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

/// What a piece is called: as its heading says; the first one else as the text says of itself, or as the file is called.
fn title_of(piece: &Piece, text: &Text, file: &str) -> Result<Title, Fault> {
    let of_heading = piece.title.as_deref().and_then(title);
    let of_text = || text.about.title.as_deref().and_then(title);
    let title = of_heading.or_else(of_text).or_else(|| title_of_file(file));
    title.ok_or_else(|| Fault::bad_request("This file has neither a heading nor a name to call it by."))
}

/// The parts that a text becomes, each section before what stands in it.
fn all_new(mut text: Text, file: &str, parent: Option<PartId>, budget: &Budget) -> Result<Vec<New>, Fault> {
    let mut new = Vec::new();
    // The sections that are open, outermost first.
    let mut sections: Vec<(usize, PartId)> = Vec::new();
    for piece in std::mem::take(&mut text.pieces) {
        budget.check()?;
        let title = title_of(&piece, &text, file)?;
        sections.retain(|(depth, _)| *depth < piece.depth);
        if piece.is_section {
            let part = Part::new(new_part()?, Kind::Section, parent_of(&sections, &parent), title.clone());
            sections.push((piece.depth, part.id.clone()));
            new.push(New { part, written: None });
            // A section has no text of its own.
            if is_blank(&piece.nodes) {
                continue;
            }
        }
        new.push(chapter(piece, title, parent_of(&sections, &parent))?);
    }
    Ok(new)
}

fn parent_of(sections: &[(usize, PartId)], outside: &Option<PartId>) -> Option<PartId> {
    sections.last().map(|(_, section)| section.clone()).or_else(|| outside.clone())
}

fn new_part() -> Result<PartId, Fault> {
    new_id()?.try_into().map_err(Fault::bad_request)
}

fn chapter(piece: Piece, title: Title, parent: Option<PartId>) -> Result<New, Fault> {
    let nodes = never_none(piece.nodes);
    let words = count_words(&plain(&nodes));
    let mut document = Document::of(&nodes);
    if document.is_full() {
        return Err(Refused::Full.into());
    }
    let part = Part { words, revision: 1, ..Part::new(new_part()?, Kind::Chapter, parent, title) };
    Ok(New { part, written: Some(Written { nodes, state: document.state(), hand: document.hand() }) })
}
