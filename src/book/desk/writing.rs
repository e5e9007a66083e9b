//! Writing together.

use super::{Desk, Editing};
use crate::{
    book::{
        chapter::{Encoded, Exchanged},
        model::PartId,
        writing::chapters::NewEdit,
    },
    sputnik::fault::Fault,
};

impl Desk {
    /// What a page lacks of a chapter that has this, and what the server has.
    pub async fn exchange(&self, part: &PartId, state_vector: &Encoded) -> Result<Exchanged, Fault> {
        self.chapters
            .look(&self.book, part, |document| {
                let update = document.missing(&state_vector.0)?;
                Ok(Exchanged { update: Encoded(update), state_vector: Encoded(document.state_vector()) })
            })
            .await?
    }
}

impl Editing {
    /// Takes an edit in.
    pub async fn write(&self, part: &PartId, edit: Encoded) -> Result<(), Fault> {
        let Desk { chapters, book, caller, .. } = &self.0;
        let edit = NewEdit { by: self.0.me()?, call: caller.call.clone(), bytes: edit.0 };
        chapters.write(book, part, edit).await
    }
}
