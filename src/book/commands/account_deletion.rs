//! Deleting one's account, and what becomes of one's books.

#[cfg(feature = "ssr")]
use crate::book::access;
use crate::book::account_deletion::AccountDeletion;
use sputnik::{Fault, command};

/// What has to be settled before the caller's account can be deleted.
#[command(post)]
pub async fn open_leaving() -> Result<AccountDeletion, Fault> {
    access::account_deletion::open_leaving().await
}

/// Deletes the caller's account for good. `books` says of each book that nobody else owns what becomes of it: the book, a
/// blank, and `delete` or the id of the member it is given to. `sure` is `true` where they said so. A form: works before the
/// page is live.
#[command(form)]
pub async fn delete_account(
    #[server(default)] books: Vec<String>,
    password: String,
    #[server(default)] sure: bool,
) -> Result<(), Fault> {
    let fates = books.iter().filter_map(|fate| fate.split_once(' ')).collect();
    access::account_deletion::delete_account(&fates, &password, sure).await?;
    crate::account::commands::forget_browser().await;
    leptos_axum::redirect("/");
    Ok(())
}
