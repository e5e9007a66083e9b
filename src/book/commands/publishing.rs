//! What a book says about itself, and how it goes out.

#[cfg(feature = "ssr")]
use crate::book::{access::Access, files::press::Press};
use crate::{
    book::{
        model::BookId,
        publishing::{Choice, Findings, Publishing},
    },
    metadata::Metadata,
};
use sputnik::{Fault, command};

/// Sets what a book says about itself besides its title. Owners only. Refused with all that is wrong with it, each under the name of its field. With `base`, what whoever changed it knew it to say, only the fields that differ from that are set; refused where others set one of them to something else meanwhile. Without it all fields are.
#[command(keep)]
pub async fn set_metadata(book: BookId, metadata: Metadata, base: Option<Metadata>) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.set_metadata(metadata, base).await
}

/// Sets one thing about how a book goes out, and leaves all others as they are. Owners only.
#[command(keep)]
pub async fn choose_publishing(book: BookId, choice: Choice) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.choose_publishing(choice).await
}

/// Sets all of how a book goes out: its cover, which is one of its pictures, its theme, what readers are offered, and whether search engines may list it. Owners only.
#[command(keep)]
pub async fn set_publishing(book: BookId, publishing: Publishing) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.set_publishing(publishing).await
}

/// Looks at a book for what a reader, a shop or a printer would stumble over, and whether a PDF of it can be made here. Editors and owners.
#[command]
pub async fn check_book(book: BookId) -> Result<Findings, Fault> {
    let press = Press::current()?.stands();
    let findings = Access::of(book).await?.editor()?.check().await?;
    Ok(Findings { press, ..findings })
}
