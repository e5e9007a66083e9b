//! What the book says about itself, and how it goes out.

use super::OwnerAccess;
use crate::{
    book::{
        events::EventKind,
        model::Role,
        publishing::Publishing,
        store::{metadata, pictures},
    },
    metadata::Metadata,
};
use sputnik::{Code, Fault};

impl OwnerAccess {
    /// Sets what the book says about itself. Refused with all that is wrong with it, each beside its field.
    pub async fn set_metadata(&self, metadata: Metadata) -> Result<(), Fault> {
        let metadata = metadata.checked()?;
        let book = &self.0.book;
        self.0
            .work(Role::Owner, async |work| {
                if metadata::load(work.sql(), book).await?.0 == metadata {
                    return Ok(());
                }
                metadata::keep(work.sql(), book, &metadata).await?;
                work.tell(EventKind::MetadataSet { metadata: Some(Box::new(metadata)) }).await
            })
            .await
    }

    /// Sets how the book goes out. A cover is a picture that this book has.
    pub async fn set_publishing(&self, publishing: Publishing) -> Result<(), Fault> {
        let book = &self.0.book;
        self.0
            .work(Role::Owner, async |work| {
                if metadata::load(work.sql(), book).await?.1 == publishing {
                    return Ok(());
                }
                if let Some(cover) = &publishing.cover {
                    pictures::kind(work.sql(), book, cover).await.map_err(|fault| match fault.code {
                        Code::NotFound => {
                            Fault::bad_request("This picture is none of this book\u{2019}s. Please choose another.")
                                .in_field("cover")
                        }
                        _ => fault,
                    })?;
                }
                metadata::keep_publishing(work.sql(), book, &publishing).await?;
                work.tell(EventKind::PublishingSet { publishing }).await
            })
            .await
    }
}
