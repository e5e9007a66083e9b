//! What the book says about itself, and how it goes out.

use super::{EditorAccess, OwnerAccess, Work, export::OutlineEntry};
use crate::{
    book::{
        events::EventKind,
        model::{Kind, Role},
        publishing::{Choice, Finding, Findings, Publishing},
        store::{contents::Contents, metadata, pictures},
    },
    document::publication::check,
    metadata::Metadata,
};
use sputnik::{Code, Fault};
use std::sync::Arc;

impl EditorAccess {
    /// Looks at the book for what a reader, a shop or a printer would stumble over.
    pub async fn check(&self) -> Result<Findings, Fault> {
        let access = &self.0;
        let (book, outline) = access.publication().await?;
        let book = Arc::new(book);
        let mut of_contents = check::contents(&book).into_iter().peekable();
        let mut findings = Findings::default();
        for (at, OutlineEntry { part, .. }) in outline.into_iter().enumerate() {
            let mut found = check::Found::new();
            while let Some((_, problem)) = of_contents.next_if(|(place, _)| *place == at) {
                found.push((problem, String::new()));
            }
            if part.kind == Kind::Chapter {
                let book = Arc::clone(&book);
                let look = access.look(&part.id, move |held| Ok(check::chapter(&book, &held.document().nodes()))).await;
                match look {
                    Ok(within) => found.extend(within),
                    // Deleted meanwhile.
                    Err(fault) if fault.code == Code::NotFound => continue,
                    Err(fault) => return Err(fault),
                }
            }
            for (problem, near) in found {
                if findings.found.len() < Findings::MOST {
                    let (part, title) = (part.id.clone(), part.title.to_string());
                    findings.found.push(Finding { part, title, problem, near });
                } else {
                    findings.more += 1;
                }
            }
        }
        Ok(findings)
    }
}

impl OwnerAccess {
    /// Sets what the book says about itself: of what whoever asks knew as `base` what they changed, or else all of it.
    /// Refused with all that is wrong with it, each beside its field; and where others changed the same meanwhile.
    pub async fn set_metadata(&self, metadata: Metadata, base: Option<Metadata>) -> Result<(), Fault> {
        let metadata = metadata.checked()?;
        let book = &self.0.book;
        self.0
            .work(Role::Owner, async |work| {
                let now = metadata::load(work.sql(), book).await?.0;
                let metadata = match &base {
                    Some(base) => with_changes(base, metadata, &now)?,
                    None => metadata,
                };
                if now == metadata {
                    return Ok(());
                }
                metadata::keep(work.sql(), book, &metadata).await?;
                work.tell(EventKind::MetadataSet { metadata: Some(Box::new(metadata)) }).await
            })
            .await
    }

    /// Sets one thing about how the book goes out, and leaves all others as they are.
    pub async fn choose_publishing(&self, choice: Choice) -> Result<(), Fault> {
        self.0
            .work(Role::Owner, async |work| {
                let book = work.access.book.clone();
                let mut publishing = metadata::load(work.sql(), &book).await?.1;
                publishing.set(choice);
                work.keep_publishing(publishing).await
            })
            .await
    }

    /// Sets all of how the book goes out. A cover is a picture that this book has.
    pub async fn set_publishing(&self, publishing: Publishing) -> Result<(), Fault> {
        self.0.work(Role::Owner, async |work| work.keep_publishing(publishing).await).await
    }
}

impl Work<'_> {
    /// Keeps how the book goes out, and tells it, where that is new.
    async fn keep_publishing(&mut self, mut publishing: Publishing) -> Result<(), Fault> {
        let book = self.access.book.clone();
        let contents = Contents::load(self.sql(), &book).await?;
        let named = std::mem::take(&mut publishing.unnumbered);
        let parts = contents.into_parts().into_iter().map(|part| part.id);
        // Each once, in the order of the contents: what is no part of the book is not kept.
        publishing.unnumbered = parts.filter(|part| named.contains(part)).collect();
        if metadata::load(self.sql(), &book).await?.1 == publishing {
            return Ok(());
        }
        if let Some(cover) = &publishing.cover {
            pictures::kind(self.sql(), &book, cover).await.map_err(|fault| match fault.code {
                Code::NotFound => {
                    Fault::bad_request("This picture is none of this book\u{2019}s. Please choose another.")
                        .in_field("cover")
                }
                _ => fault,
            })?;
        }
        metadata::keep_publishing(self.sql(), &book, &publishing).await?;
        self.tell(EventKind::PublishingSet { publishing }).await
    }
}

/// What the book says now, with what somebody changed who knew it as `base`.
fn with_changes(base: &Metadata, changed: Metadata, now: &Metadata) -> Result<Metadata, Fault> {
    let (merged, both) = Metadata::merged(base, changed, now);
    let words = "Somebody else changed this just now, so nothing was kept yet. To put yours there, keep it again.";
    Fault::all(both.into_iter().map(|field| Some(Fault::conflict(words).in_field(field))))?;
    Ok(merged)
}
