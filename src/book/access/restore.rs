//! A chapter is made to read as another content: an older revision is restored, or a text brought in.

use super::{Access, EditorAccess};
use crate::{
    book::{
        channels::ChapterChannel,
        model::{PartId, Role},
        writing::restore::{self, Make, WorkedOut},
    },
    costly::{Budget, Permit},
    document::{Document, Refused, tree::Node},
};
use serde::{Serialize, de::DeserializeOwned};
use sputnik::Fault;
use std::sync::Arc;

impl EditorAccess {
    /// Makes a chapter read as what `make` returns of it, under this permit: an edit on top of what everybody wrote,
    /// and a revision of this name. The answer, which a retry of the same command gets too, is made of its number, or
    /// that of the newest where the chapter reads so already. `make` may be called twice, the second time with what
    /// stands there then, should another server store something meanwhile.
    ///
    /// # Errors
    /// When they may not write there now, when the content cannot be a chapter's, or is larger than an edit may be.
    pub async fn restore<T: Serialize + DeserializeOwned>(
        &self,
        part: &PartId,
        permit: Permit,
        make: impl Fn(&[Node]) -> Vec<Node> + Send + Sync + 'static,
        name: String,
        answer: impl FnOnce(Result<u32, Fault>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.change_whole(part, permit, move |document| document.restore(&make(&document.nodes())), name, answer).await
    }

    /// The same by any edit: `make` changes the document, and tells by which.
    ///
    /// # Errors
    /// As [`restore`](Self::restore).
    pub async fn change_whole<T: Serialize + DeserializeOwned>(
        &self,
        part: &PartId,
        permit: Permit,
        make: impl Fn(&mut Document) -> Result<Option<Vec<u8>>, Refused> + Send + Sync + 'static,
        name: String,
        answer: impl FnOnce(Result<u32, Fault>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let Access { caller, book, chapters, .. } = &self.0;
        let make: Arc<Make> = Arc::new(make);
        // Whoever writes in this chapter waits until the end, and nobody else does.
        let held = chapters.hold(book, part).await?;
        let (state, edits, making) = (held.document().state(), held.edits(), Arc::clone(&make));
        let work_out = move |budget: &Budget| {
            let document = Document::load(&state, std::iter::empty())?;
            budget.check()?;
            Ok(WorkedOut::of(document, edits, &*making))
        };
        let worked_out = permit.run(work_out).await?;
        self.0
            .work(Role::Editor, async |work| {
                let (by, channel) = (work.by.clone(), ChapterChannel(book.clone(), part.clone()));
                let restored = restore::restore(
                    work.change,
                    &caller.node,
                    &channel,
                    &by,
                    (worked_out, &*make),
                    (name, chapters.quota()),
                );
                answer(restored.await)
            })
            .await
    }
}
