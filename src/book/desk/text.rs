//! A chapter's text.

use super::{Desk, Editing, Work};
use crate::{
    book::{
        channels::ChapterChannel,
        chapter::{ChapterText, Kept, MAX_TEXT, Splice, TextNews},
        model::{PartId, Role},
        store::{
            books, history,
            text::{self, Draft, Hold},
        },
        writing::{
            chapters::revising::{self, Standing},
            markdown,
        },
    },
    sputnik::{fault::Fault, position::Snapshot},
};

/// The longest comment on a save, in characters.
const COMMENT: usize = 200;

impl Desk {
    /// A chapter's text, and from where its channel continues.
    pub async fn open_chapter(&self, part: PartId) -> Result<Snapshot<ChapterText>, Fault> {
        let channel = self.chapter_channel(&part);
        let at = self.caller.node.position(&channel).await;
        let mut sql = self.database.read().await?;
        let state = text::draft(&mut sql, &self.book, &part).await?.into_text(part);
        let version = books::version(&mut sql, &channel).await?;
        Ok(Snapshot { at, version, state })
    }

    /// The text kept for the caller when they lost the pen.
    pub async fn kept_text(&self, part: &PartId) -> Result<Option<Kept>, Fault> {
        let me = self.me()?;
        let mut sql = self.database.read().await?;
        text::pen(&mut sql, &self.book, part).await?;
        text::kept(&mut sql, part, &me.id).await
    }

    /// Lets go of it.
    pub async fn drop_kept_text(&self, part: &PartId) -> Result<(), Fault> {
        let mut work = self.work_aside(Role::Reader).await?;
        let outcome = async {
            text::pen(work.sql(), &self.book, part).await?;
            let me = work.by.id.clone();
            text::drop_kept(work.sql(), part, &me).await
        };
        let outcome = outcome.await;
        work.finish(outcome).await
    }
}

impl Editing {
    /// Makes one change of the text, on draft number `draft`. Returns the number of the draft it makes.
    pub async fn type_text(&self, part: &PartId, fence: u64, draft: u64, splice: Splice) -> Result<u64, Fault> {
        if splice.insert.len() > MAX_TEXT {
            return Err(Fault::too_large("This is more text than a chapter can hold: 1,000,000 bytes."));
        }
        let mut work = self.0.work_aside(Role::Editor).await?;
        let outcome = async {
            let now = text::draft(work.sql(), &self.0.book, part).await?;
            let me = work.by.id.clone();
            let hold = Hold { part, by: &me, fence, draft };
            check(&now, &hold)?;
            let mut text = now.text;
            splice.apply(&mut text).map_err(Fault::bad_request)?;
            let at = work.at;
            must(text::write(work.sql(), &hold, &text, true, at).await?)?;
            let news = TextNews::Typed { by: work.by.clone(), at, draft: draft + 1, splice };
            work.change.say(&self.0.chapter_channel(part), &news).await?;
            Ok(draft + 1)
        };
        let outcome = outcome.await;
        work.finish(outcome).await
    }

    /// Makes the text as it stands a revision. Returns its number. Where nothing was typed since the newest, that one
    /// is it.
    pub async fn save(&self, part: &PartId, fence: u64, base: u32, draft: u64, comment: &str) -> Result<u32, Fault> {
        let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        if comment.chars().count() > COMMENT {
            return Err(Fault::too_large("A comment has at most 200 characters."));
        }
        let mut work = self.0.work(Role::Editor).await?;
        let outcome = async {
            let now = text::draft(work.sql(), &self.0.book, part).await?;
            let me = work.by.id.clone();
            let hold = Hold { part, by: &me, fence, draft };
            check(&now, &hold)?;
            if base != now.revision {
                return Err(Fault::stale(
                    "This chapter has a newer revision than this page knows of. What you typed is safe as the draft; \
                     please look at the newest revision, then save again.",
                ));
            }
            if !now.unsaved && base > 0 {
                return Ok(base);
            }
            let at = work.at;
            must(text::mark_saved(work.sql(), &hold, at).await?)?;
            add_revision(&mut work, part, &now.text, comment).await
        };
        let outcome = outcome.await;
        work.finish(outcome).await
    }
}

/// Adds the revision after the newest, and tells it on the book's channel and the chapter's.
async fn add_revision(work: &mut Work<'_>, part: &PartId, text: &str, comment: String) -> Result<u32, Fault> {
    let nodes = markdown::read(text);
    let edits = history::edits(work.sql(), part).await?;
    let standing = Standing { nodes: &nodes, edits, authors: vec![work.by.clone()], at: work.at };
    let channel = ChapterChannel(work.desk.book.clone(), part.clone());
    revising::add(&mut work.change, &channel, standing, comment).await
}

/// Why a write would be refused, in words. The statement that writes has the last say.
fn check(now: &Draft, hold: &Hold<'_>) -> Result<(), Fault> {
    if now.pen.as_ref() != Some(hold.by) || now.fence != hold.fence {
        return Err(no_pen());
    }
    if now.draft != hold.draft {
        return Err(Fault::stale(
            "This page is behind the text as it stands, perhaps because you also write in another window. What was \
             typed before is safe; this last change was not taken in, and is made again on the newest text.",
        ));
    }
    Ok(())
}

fn must(written: bool) -> Result<(), Fault> {
    if written { Ok(()) } else { Err(no_pen()) }
}

fn no_pen() -> Fault {
    Fault::stale(
        "You no longer have the pen of this chapter. What you typed before that is kept for you; what you typed since \
         is still on this page. Copy it if you need it, and take the pen again to go on.",
    )
}
