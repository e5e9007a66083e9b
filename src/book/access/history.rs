//! What a chapter was: reading, comparing, naming, restoring.

use super::{Access, EditorAccess, InsiderAccess, Work};
use crate::{
    account::person::Person,
    book::{
        channels::ChapterChannel,
        events::EventKind,
        history::{Attributed, Compared, History, Moment, Unfinished, VersionName},
        model::{PartId, Role},
        store::{book_versions, contents, history, hues, quota},
        writing::{chapters::HeldChapter, revisions},
    },
    costly::Budget,
    document::{
        Document,
        compare::{
            self,
            authors::{self, Author},
        },
        html::html_for_page,
        tree::Node,
    },
};
use sputnik::{Code, Fault};
use std::{convert::identity, time::Duration};

/// How much may stand at some moments, in bytes, so that to look at it takes no time to speak of. And how long it may.
const LITTLE: usize = 8 << 10;
const PATIENCE: Duration = Duration::from_secs(1);

impl InsiderAccess {
    /// What was written since the newest revision, and the revisions before this one, or the newest.
    pub async fn history(&self, part: &PartId, before: Option<u32>) -> Result<History, Fault> {
        let words = self.shown(part).await?.0.words;
        let mut sql = self.database.read().await?;
        let session = history::writing_session(&mut sql, part).await?;
        let now = (!session.is_empty()).then(|| Unfinished {
            by: session.authors().into_iter().map(|(author, _)| author).collect(),
            at: session.last,
        });
        let mut revisions = history::list(&mut sql, part, before, History::AT_ONCE + 1).await?;
        let more = revisions.len() > History::AT_ONCE;
        revisions.truncate(History::AT_ONCE);
        Ok(History { now, words, revisions, more })
    }

    /// The chapter at a moment, as HTML.
    pub async fn read_version(&self, part: &PartId, moment: Moment) -> Result<String, Fault> {
        self.look_back(part, [moment], |[nodes], _| html_for_page(&nodes)).await
    }

    /// What lies between two moments.
    pub async fn compare_versions(&self, part: &PartId, old: Moment, new: Moment) -> Result<Compared, Fault> {
        let compare::Compared { html, came, went } = self
            .look_back(part, [old, new], |[old, new], budget| compare::shown(compare::compare(&old, &new, budget)))
            .await?;
        Ok(Compared { html, came, went })
    }

    /// The chapter as it stands, with who wrote what.
    pub async fn show_authors(&self, part: &PartId) -> Result<Attributed, Fault> {
        let permit = self.enter().await?;
        let state = self.chapters.look(&self.book, part, |document, _| document.state()).await?;
        let mut sql = self.database.read().await?;
        let hands = history::hands(&mut sql, part).await?;
        let hues = hues::of_book(&mut sql, &self.book).await?;
        drop(sql);
        let author = |Person { id, name }: Person| Author { hue: hues.of(id.as_str()).into(), id, name };
        let hands = hands.into_iter().map(|(hand, person)| (hand, author(person))).collect();
        let shown = permit.run(move |budget| authors::attributed(&state, &hands, budget)).await?;
        let person = |(Author { id, name, .. }, letters)| (Person { id, name }, letters);
        Ok(Attributed { html: shown.html, authors: shown.authors.into_iter().map(person).collect() })
    }
}

impl Access {
    /// Looks at what stood in a chapter at some moments. Where that is much, with a permit for costly work.
    async fn look_back<const N: usize, T: Send + 'static>(
        &self,
        part: &PartId,
        moments: [Moment; N],
        look: impl FnOnce([Vec<Node>; N], &Budget) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let all = self.contents(part, moments).await?;
        if all.iter().map(Content::bytes).sum::<usize>() <= LITTLE {
            return look(nodes(all)?, &Budget::of(PATIENCE));
        }
        // Whoever waits for a permit keeps nothing large in memory.
        drop(all);
        let permit = self.enter().await?;
        let all = self.contents(part, moments).await?;
        permit.run(move |budget| look(nodes(all)?, budget)).await
    }

    async fn contents<const N: usize>(&self, part: &PartId, moments: [Moment; N]) -> Result<Vec<Content>, Fault> {
        let mut contents = Vec::with_capacity(N);
        for moment in moments {
            contents.push(self.content(part, moment).await?);
        }
        Ok(contents)
    }

    /// What stood there, as it is kept: to make nodes of it is costly work.
    async fn content(&self, part: &PartId, moment: Moment) -> Result<Content, Fault> {
        match moment {
            Moment::Now => {
                let state = self.chapters.look(&self.book, part, |document, _| document.state()).await?;
                Ok(Content::State(state))
            }
            Moment::Revision(number) => {
                let mut sql = self.database.read().await?;
                history::newest(&mut sql, &self.book, part).await?;
                Ok(Content::Kept(history::kept(&mut sql, part, number).await?))
            }
        }
    }
}

/// What stood in a chapter, as it is kept.
enum Content {
    State(Vec<u8>),
    Kept(history::StoredContent),
}

fn nodes<const N: usize>(contents: Vec<Content>) -> Result<[Vec<Node>; N], Fault> {
    let nodes: Vec<_> = contents.into_iter().map(Content::nodes).collect::<Result<_, _>>()?;
    nodes.try_into().map_err(|_| Fault::internal())
}

impl Content {
    fn bytes(&self) -> usize {
        match self {
            Self::State(state) => state.len(),
            Self::Kept(kept) => kept.bytes(),
        }
    }

    fn nodes(self) -> Result<Vec<Node>, Fault> {
        match self {
            Self::State(state) => Ok(Document::load(&state, std::iter::empty())?.nodes()),
            Self::Kept(kept) => kept.nodes(),
        }
    }
}

impl EditorAccess {
    /// Makes the chapter read as it did in an older revision.
    pub async fn restore_revision(&self, part: &PartId, number: u32) -> Result<u32, Fault> {
        if number == 0 {
            return Err(Fault::not_found("version"));
        }
        let permit = self.0.enter().await?;
        let kept = self.0.content(part, Moment::Revision(number)).await?;
        let (permit, nodes) = permit.go_on(|_| kept.nodes()).await?;
        self.restore(part, permit, move |_| nodes.clone(), format!("Restored version {number}"), identity).await
    }

    /// Gives the chapter as it stands a name.
    pub async fn name_version(&self, part: &PartId, name: &VersionName) -> Result<u32, Fault> {
        let (_held, standing) = self.standing(part).await?;
        self.0
            .work(Role::Editor, async |work| {
                let (number, what) = work.name_chapter(part, name, standing).await?;
                if let Some(what) = what {
                    work.tell(what).await?;
                }
                Ok(number)
            })
            .await
    }

    /// How a chapter stands, and after how many edits. While what holds it is kept, nobody writes in it on this node.
    async fn standing(&self, part: &PartId) -> Result<(HeldChapter, (Vec<Node>, u64)), Fault> {
        let Access { chapters, book, .. } = &self.0;
        let stands = |held: HeldChapter| {
            let standing = (held.document().nodes(), held.edits());
            (held, standing)
        };
        let held = chapters.hold(book, part).await?;
        if held.document().is_short() {
            return Ok(stands(held));
        }
        // Let go of the chapter before waiting for a permit: otherwise nobody could write in it meanwhile.
        drop(held);
        let permit = self.0.enter().await?;
        let held = chapters.hold(book, part).await?;
        permit.run(move |_| Ok(stands(held))).await
    }

    /// Gives every chapter of the book as it stands a name.
    ///
    /// Each chapter in a change of its own, for nobody else stores anything meanwhile. One that has the name already
    /// stays as it is: a command that broke off goes on when it is sent again.
    pub async fn name_book_version(&self, name: &VersionName) -> Result<u32, Fault> {
        let parts = contents::chapters(&mut *self.0.database.glance().await?, &self.0.book).await?;
        let mut chapters = 0;
        for part in &parts {
            match self.name_with_others(part, name).await {
                Ok(()) => chapters += 1,
                // It was deleted meanwhile.
                Err(fault) if fault.code == Code::NotFound => {}
                Err(fault) => return Err(fault),
            }
        }
        self.0
            .work(Role::Editor, async |work| {
                let (book, at) = (&self.0.book, work.at);
                book_versions::note(work.sql(), book, name, at).await?;
                work.tell(EventKind::VersionNamed { name: name.clone(), chapters }).await?;
                Ok(chapters)
            })
            .await
    }

    async fn name_with_others(&self, part: &PartId, name: &VersionName) -> Result<(), Fault> {
        let (_held, standing) = self.standing(part).await?;
        let name = async |work: &mut Work<'_>| work.name_chapter(part, name, standing).await.map(drop);
        self.0.work_in_part(Role::Editor, name).await
    }
}

impl Work<'_> {
    async fn name_chapter(
        &mut self,
        part: &PartId,
        name: &VersionName,
        standing: (Vec<Node>, u64),
    ) -> Result<(u32, Option<EventKind>), Fault> {
        let (by, channel) = (self.by.clone(), ChapterChannel(self.access.book.clone(), part.clone()));
        // The new revision may hold a copy of the whole chapter, of which the size is not known yet.
        quota::must_have(self.change.sql(), self.access.chapters.quota(), &by.id, 0).await?;
        revisions::name(self.change, &channel, &by, name.as_str(), standing).await
    }
}
