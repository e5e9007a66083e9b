//! Who belongs to a book.

use crate::account::person::Person;
#[cfg(feature = "ssr")]
use crate::book::access::Access;
#[cfg(feature = "ssr")]
use crate::book::access::invitations;
use crate::book::{model::*, shelf::ReceivedInvitation};
use sputnik::{Fault, Snapshot, UserId, command};

/// Invites a person by name, or changes the role of a member. Whoever is invited belongs to the book once they accept.
#[command(keep)]
pub async fn set_member(book: BookId, name: String, role: Role) -> Result<Person, Fault> {
    Access::of(book).await?.owner()?.set_member(&name, role).await
}

/// Takes a person out of the book. Whoever has no other right to read it stops hearing of it at once.
#[command]
pub async fn remove_member(book: BookId, person: UserId) -> Result<(), Fault> {
    let access = Access::of(book).await?;
    if access.is(&person) { access.member()?.leave().await } else { access.owner()?.remove_member(&person).await }
}

/// Leaves a book, and leads to the shelf. Refused for whoever is its only owner. A form: works before the page is live.
#[command(form)]
pub async fn leave_book(book: BookId) -> Result<(), Fault> {
    Access::of(book).await?.member()?.leave().await?;
    leptos_axum::redirect("/shelf");
    Ok(())
}

/// Takes an invitation back that was not answered.
#[command]
pub async fn withdraw_invitation(book: BookId, person: UserId) -> Result<(), Fault> {
    Access::of(book).await?.owner()?.withdraw_invitation(&person).await
}

/// To what the caller is invited, with the position from which what they are told continues.
#[command]
pub async fn my_invitations() -> Result<Snapshot<Vec<ReceivedInvitation>>, Fault> {
    invitations::mine().await
}

/// Accepts an invitation, and leads to the book. A form: works before the page is live.
#[command(form)]
pub async fn accept_invitation(book: BookId) -> Result<(), Fault> {
    Access::invited(book.clone()).await?.accept().await?;
    leptos_axum::redirect(&format!("/book/{book}"));
    Ok(())
}

/// Declines an invitation. A form: works before the page is live.
#[command(form)]
pub async fn decline_invitation(book: BookId) -> Result<(), Fault> {
    Access::invited(book).await?.decline().await?;
    leptos_axum::redirect("/shelf");
    Ok(())
}
