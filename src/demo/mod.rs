//! The demo: three people and two books, the Sputnik handbook and a novel, written into an empty database.

mod handbook;
mod novel;

use crate::{
    account::{people::Accounts, person::Person},
    book::{
        channels::BookChannel,
        events::{BookEvent, EventKind},
        history::Revision,
        model::{
            BookId, ChatLine, Kind, Member, Part, PartId, PictureId, Place, Role, Sees, Status, Title, Visibility,
        },
        pictures::{Bounds, address, look_at},
        publishing::Publishing,
        store::{
            activity, books, chat,
            contents::Contents,
            history, metadata, people,
            pictures::{self, New},
            text_before_documents,
        },
    },
    database::{Connection, Database, Failed, new_id, now},
    document::{markdown, tree::plain, words::count_words},
    metadata::Metadata,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sputnik::Fault;
use std::fmt;

/// The password of all three.
const PASSWORD: &str = "sputnik-1957";
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A book that is written.
struct Plan {
    title: &'static str,
    /// What else it says about itself, and how it goes out.
    about: fn() -> (Metadata, Publishing),
    /// Its sections, and the chapters in each.
    sections: &'static [(&'static str, &'static [Chapter])],
    /// Its pictures: how the chapters name them, and their files.
    pictures: &'static [(&'static str, &'static [u8])],
    /// What was said while it was written, by the first, the second and the third.
    said: [&'static str; 3],
    /// How many days ago it was begun.
    days: i64,
}

/// A chapter: its file's name, how far it is, and its Markdown, which begins with `# Title`.
type Chapter = (&'static str, Status, &'static str);

/// What was made, as it is told on the screen.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Who can sign in.
    pub people: Vec<Person>,
    /// The handbook.
    pub book: BookId,
    /// A book as one reads for pleasure.
    pub novel: BookId,
}

impl fmt::Display for Demo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.people.iter().map(|person| person.name.as_str()).collect();
        write!(out, "Sign in as {}; the password of each is {PASSWORD}", names.join(", "))
    }
}

/// Fills the database if nobody has signed up yet; otherwise does nothing.
///
/// # Errors
/// When the database is out of reach.
pub async fn fill_if_empty(database: &Database, accounts: &Accounts) -> Result<Option<Demo>, Fault> {
    let people: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM people")
        .fetch_one(&mut *database.glance().await?)
        .await
        .map_err(Failed)?;
    if people > 0 {
        return Ok(None);
    }
    let ann = accounts.sign_up_for_all_to_use("ann", PASSWORD).await?;
    let ben = accounts.sign_up_for_all_to_use("ben", PASSWORD).await?;
    let cleo = accounts.sign_up_for_all_to_use("cleo", PASSWORD).await?;
    let mut sql = database.write().await?;
    let everybody = [&ann, &ben, &cleo];
    // Cleo only reads the handbook from now on, so that there is somebody to be who may not write.
    let book = write(&mut sql, &handbook::PLAN, everybody, Role::Reader, Sees::Text).await?;
    let novel = write(&mut sql, &novel::PLAN, everybody, Role::Editor, Sees::Everything).await?;
    sql.commit().await.map_err(Failed)?;
    Ok(Some(Demo { people: vec![ann, ben, cleo], book, novel }))
}

/// A book being written: what is told of it is noted as if it had been told.
struct Writing<'a> {
    sql: &'a mut Connection,
    book: BookId,
    version: u64,
    at: i64,
    /// What the chapters' files name, and where that is in the book.
    addresses: Vec<(&'static str, String)>,
}

/// Writes a book by three people, of whom the third is this in the end; everybody may read it, and sees so much of it.
async fn write(
    sql: &mut Connection,
    plan: &Plan,
    [ann, ben, cleo]: [&Person; 3],
    last: Role,
    sees: Sees,
) -> Result<BookId, Fault> {
    let book: BookId = new_id()?.try_into().map_err(Fault::bad_request)?;
    let at = now() - plan.days * DAY;
    books::create(sql, &book, &title(plan.title)?, at).await?;
    people::set(sql, &book, &ann.id, Role::Owner, at).await?;
    let mut writing = Writing { sql, book: book.clone(), version: 0, at, addresses: Vec::new() };
    writing.let_in(ann, ben, Role::Editor).await?;
    writing.let_in(ann, cleo, Role::Editor).await?;
    for (file, bytes) in plan.pictures {
        writing.keep_picture(ann, file, bytes).await?;
    }
    // Ids first: chapters link to each other.
    let mut ids = Vec::new();
    for (file, ..) in plan.sections.iter().flat_map(|(_, chapters)| *chapters) {
        let id: PartId = new_id()?.try_into().map_err(Fault::bad_request)?;
        writing.addresses.push((*file, format!("/book/{book}/{id}")));
        ids.push(id);
    }
    let mut ids = ids.iter();
    for (section, chapters) in plan.sections {
        let section = writing.add(ann, new_id()?, Kind::Section, section, None).await?;
        for (chapter, id) in chapters.iter().zip(&mut ids) {
            writing.write_chapter(chapter, id, &section, [ann, ben, cleo]).await?;
        }
    }
    for (person, words) in [ann, ben, cleo].into_iter().zip(plan.said) {
        writing.chat(person, words).await?;
    }
    if last != Role::Editor {
        writing.let_in(ann, cleo, last).await?;
    }
    books::set_readers_see(writing.sql, &book, sees).await?;
    let (about, publishing) = (plan.about)();
    metadata::keep(writing.sql, &book, &about.checked()?).await?;
    metadata::keep_publishing(writing.sql, &book, &publishing).await?;
    books::set_visibility(writing.sql, &book, Visibility::Public).await?;
    writing.tell(ann, EventKind::VisibilitySet { visibility: Visibility::Public, sees: None }).await?;
    writing.finish().await?;
    Ok(book)
}

impl Writing<'_> {
    /// Something happened, some minutes after what happened before.
    async fn tell(&mut self, by: &Person, what: EventKind) -> Result<(), Fault> {
        self.version += 1;
        self.at += 47 * 60 * 1_000;
        let told = BookEvent { by: by.clone(), at: self.at, what };
        activity::note(self.sql, &self.book, self.version, &told).await
    }

    async fn let_in(&mut self, by: &Person, person: &Person, role: Role) -> Result<(), Fault> {
        let hue = Some(people::set(self.sql, &self.book, &person.id, role, self.at).await?);
        self.tell(by, EventKind::MemberSet { member: Member { person: person.clone(), role }, hue }).await
    }

    /// Keeps a picture as one that somebody brought.
    async fn keep_picture(&mut self, by: &Person, file: &'static str, bytes: &[u8]) -> Result<(), Fault> {
        let (recognised, bytes) = look_at(bytes, &Bounds::default())?;
        let id: PictureId = new_id()?.try_into().map_err(Fault::bad_request)?;
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes));
        self.addresses.push((file, address(&self.book, &id)));
        let new = New { id: &id, book: &self.book, by: &by.id, at: self.at, hash: &hash, recognised, bytes };
        pictures::add(self.sql, new).await
    }

    async fn chat(&mut self, by: &Person, text: &str) -> Result<(), Fault> {
        self.version += 1;
        self.at += 3 * 60 * 1_000;
        let line = ChatLine { id: self.version, by: by.clone(), at: self.at, text: text.to_owned() };
        chat::say(self.sql, &self.book, &line).await
    }

    async fn add(
        &mut self,
        by: &Person,
        id: String,
        kind: Kind,
        name: &str,
        parent: Option<PartId>,
    ) -> Result<PartId, Fault> {
        let id: PartId = id.try_into().map_err(Fault::bad_request)?;
        let part = Part::new(id.clone(), kind, parent.clone(), title(name)?);
        let mut contents = Contents::load(self.sql, &self.book).await?;
        let place = contents.add(self.sql, &part, &Place { parent, before: None }).await?;
        self.tell(by, EventKind::PartAdded { part, place, moved: false }).await?;
        Ok(id)
    }

    /// Writes a chapter as it came to be: a first version without its end, the whole, and for some a last look.
    async fn write_chapter(
        &mut self,
        (_, status, markdown): &Chapter,
        id: &PartId,
        section: &PartId,
        [ann, ben, cleo]: [&Person; 3],
    ) -> Result<(), Fault> {
        let (heading, body) = markdown.split_once('\n').unwrap_or((markdown, ""));
        let name = heading.trim_start_matches('#').trim();
        self.add(ann, id.to_string(), Kind::Chapter, name, Some(section.clone())).await?;
        let mut body = one_line_a_paragraph(body.trim_start());
        for (file, address) in &self.addresses {
            // A picture's caption may follow.
            for end in [")", " \""] {
                body = body.replace(&format!("]({file}{end}"), &format!("]({address}{end}"));
            }
        }
        let ends: Vec<usize> = body.match_indices("\n## ").map(|(at, _)| at + 1).collect();
        let mut drafts = Vec::new();
        if let [.., last_but_one, last] = ends[..] {
            drafts.push((ann, &body[..last_but_one], "First draft"));
            drafts.push((ben, &body[..last], ""));
        }
        let proofread = *status == Status::Completed;
        drafts.push(if proofread { (cleo, &body[..], "Proofread") } else { (ben, &body[..], "The last section") });
        for (revision, (by, text, comment)) in (1..).zip(drafts) {
            let nodes = markdown::read(text);
            let words = count_words(&plain(&nodes));
            let what = EventKind::ChapterSaved {
                part: id.clone(),
                title: title(name)?,
                revision,
                words,
                comment: comment.to_owned(),
                with: Vec::new(),
            };
            self.tell(by, what).await?;
            let (by, with, name) = (by.clone(), Vec::new(), comment.to_owned());
            let saved = Revision { number: revision, by: by.clone(), with, at: self.at, name, words };
            history::add(self.sql, id, &saved, &nodes, 0).await?;
            text_before_documents::begin_with(self.sql, id, text, &by.id, self.at).await?;
        }
        crate::book::store::contents::set_status(self.sql, id, *status).await?;
        self.tell(ben, EventKind::StatusSet { part: id.clone(), title: title(name)?, status: *status }).await
    }

    async fn finish(self) -> Result<(), Fault> {
        sqlx::query("INSERT INTO channels (name, version) VALUES ($1, $2)")
            .bind(BookChannel(self.book.clone()).name().as_str())
            .bind(self.version.cast_signed())
            .execute(&mut *self.sql)
            .await
            .map_err(Failed)?;
        books::touch(self.sql, &self.book, self.at.min(now())).await
    }
}

/// The handbook's files break their lines, as files of code do; a writer's text has a line a paragraph.
fn one_line_a_paragraph(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let (mut in_code, mut open) = (false, false);
    for line in markdown.lines() {
        let fence = line.trim_start().starts_with("```");
        let begins = line.trim_start().starts_with(['#', '|', '-', '*', '>', '<']) || is_numbered(line);
        if open && !fence && !begins && !line.trim().is_empty() {
            text.push(' ');
            text.push_str(line.trim_start());
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
        in_code ^= fence;
        // Only a paragraph or an item of a list goes on in the next line.
        let ends = fence || line.trim().is_empty() || line.trim_start().starts_with(['#', '|', '>', '<']);
        open = !in_code && !ends;
    }
    text.push('\n');
    text
}

fn is_numbered(line: &str) -> bool {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.trim_start().len() && rest.starts_with(". ")
}

fn title(text: &str) -> Result<Title, Fault> {
    text.parse().map_err(Fault::bad_request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_items_become_one_line_each_and_all_else_stays() {
        let broken = "One\ntwo.\n\n- an item\n  that goes on\n- another\n\n1. first\n   of all\n2. second\n\n| a |\n| b |\n\n```rust\nfn a()\n\nfn b()\n```\n## Title\ntext\n**bold** text\n";
        let whole = "One two.\n\n- an item that goes on\n- another\n\n1. first of all\n2. second\n\n| a |\n| b |\n\n```rust\nfn a()\n\nfn b()\n```\n## Title\ntext\n**bold** text\n";
        assert_eq!(one_line_a_paragraph(broken), whole);
    }
}
