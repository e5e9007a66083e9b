//! Books as a whole: the shelf, and creating, renaming, publishing and deleting a book.

#[cfg(feature = "ssr")]
use crate::book::access::{self, Access, bin::BinAccess, copying::Copies};
use crate::book::copying::Copied;
use crate::book::model::*;
use crate::book::shelf::Shelf;
use crate::book::state::Book;
use sputnik::{Fault, command};

/// The books of whoever asks, those shared with them, and the public ones.
#[command]
pub async fn open_shelf() -> Result<Shelf, Fault> {
    access::shelf::open_shelf().await
}

/// A book as a page of it holds it, with the position from which its channel continues, and what the reader may do.
#[command]
pub async fn open_book(book: BookId) -> Result<Opened<Book>, Fault> {
    Access::of(book).await?.open_book().await
}

/// Creates a book, and leads to it. A form: works before the page is live.
#[command(form)]
pub async fn create_book(title: String) -> Result<(), Fault> {
    let title = title.parse::<Title>().map_err(|bad| Fault::bad_request(bad).in_field("title"))?;
    let book = access::shelf::create_book(&title).await?;
    leptos_axum::redirect(&format!("/book/{book}"));
    Ok(())
}

/// Renames a book.
#[command(keep)]
pub async fn rename_book(book: BookId, title: Title) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.rename(&title).await
}

/// Lets everyone read a book, or only its members.
#[command]
pub async fn set_visibility(book: BookId, visibility: Visibility) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.set_visibility(visibility).await
}

/// Sets what those see of a book, while it is public, who do not belong to it.
#[command]
pub async fn set_readers_see(book: BookId, sees: Sees) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.set_readers_see(sees).await
}

/// Puts a book into the bin, where its owners find it for thirty days. `title` must be the book's title, typed by hand.
#[command]
pub async fn delete_book(book: BookId, title: String) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.delete(&title).await
}

/// Makes a new book of one, which belongs to whoever asks, and leads to it: all that stands in it once more, or its contents and headings alone. For whoever belongs to the book, and for others where its owners offer it as a file. A form: works before the page is live.
#[command(form)]
pub async fn copy_book(book: BookId, title: String, what: Copied) -> Result<(), Fault> {
    let title = title.parse::<Title>().map_err(|bad| Fault::bad_request(bad).in_field("title"))?;
    let new = Access::of(book).await?.copy(&Copies::current()?, &title, what).await?;
    leptos_axum::redirect(&format!("/book/{new}"));
    Ok(())
}

/// Puts a book into the archive: it can be read as before, and nobody changes it.
#[command]
pub async fn archive_book(book: BookId) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.archive().await
}

/// Brings a book back from the archive, and leads to it. Owners only. A form: works before the page is live.
#[command(form)]
pub async fn unarchive_book(book: BookId) -> Result<(), Fault> {
    Access::of(book.clone()).await?.unarchive().await?;
    leptos_axum::redirect(&format!("/book/{book}"));
    Ok(())
}

/// Brings a book back from the bin, and leads to it. A form: works before the page is live.
#[command(form)]
pub async fn bring_book_back(book: BookId) -> Result<(), Fault> {
    BinAccess::of(book.clone()).await?.bring_back().await?;
    leptos_axum::redirect(&format!("/book/{book}"));
    Ok(())
}

/// Deletes a book for good that is in the bin.
#[command]
pub async fn delete_book_for_good(book: BookId) -> Result<(), Fault> {
    BinAccess::of(book).await?.delete().await
}
