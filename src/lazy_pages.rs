//! Pages whose code a browser fetches when they are opened, and not before.
//!
//! The code of pages that are opened in the same breath is one part, and fetched together; what several parts have in
//! common is in files of its own, which come with the first of them. There are few parts, for each more doubles those
//! files. On the server these are pages like any other.

use crate::{
    account::account_page::AccountPage,
    admin::page::LivePage,
    book::pages::{
        BookPage, ChapterPage, CopyPage, DeleteAccountPage, HistoryPage, PublishPage, SettingsPage, ShelfPage,
        TitlePage,
    },
    ui::trouble::NotFetched,
};
use leptos::prelude::*;
use leptos_router::ChooseView;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

macro_rules! pages {
    ($($part:ident: $($page:ident = $view:ident),+;)*) => {
        /// A page that is fetched when it is opened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum LazyPage {
            $($(#[doc = concat!("[`", stringify!($view), "`]")] $page,)+)*
        }

        impl LazyPage {
            /// The part that its code is in.
            #[must_use]
            pub const fn part(self) -> &'static str {
                match self {
                    $($(Self::$page => stringify!($part),)+)*
                }
            }

            async fn fetch(self) -> Result<(), SplitLoaderError> {
                match self {
                    $($(Self::$page => $page::fetch().await,)+)*
                }
            }

            async fn view(self) -> Result<AnyView, SplitLoaderError> {
                match self {
                    $($(Self::$page => $page::$page().await,)+)*
                }
            }
        }

        $($(
            #[allow(non_snake_case, reason = "named as the page")]
            mod $page {
                use super::*;

                #[wasm_split($part, preload(#[doc(hidden)] fetch), fallible)]
                pub(super) fn $page() -> Result<AnyView, SplitLoaderError> {
                    Ok($view().into_any())
                }
            }
        )+)*
    };
}

pages! {
    account: Shelf = ShelfPage, Account = AccountPage, DeleteAccount = DeleteAccountPage;
    book: Book = BookPage, Title = TitlePage, Chapter = ChapterPage;
    management:
        Settings = SettingsPage, Publish = PublishPage, Copy = CopyPage, History = HistoryPage, Live = LivePage;
}

impl LazyPage {
    /// The pages that an address leads to, the outer one first; none for those that come with every page.
    #[must_use]
    pub fn at(path: &str) -> &'static [Self] {
        let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
        match words[..] {
            ["shelf"] => &[Self::Shelf],
            ["account"] => &[Self::Account],
            ["account", "delete"] => &[Self::DeleteAccount],
            ["admin", "live"] => &[Self::Live],
            ["book", _] => &[Self::Book, Self::Title],
            ["book", _, "settings"] => &[Self::Book, Self::Settings],
            ["book", _, "publish"] => &[Self::Book, Self::Publish],
            ["book", _, "copy"] => &[Self::Book, Self::Copy],
            ["book", _, _] => &[Self::Book, Self::Chapter],
            ["book", _, _, "history"] => &[Self::Book, Self::History],
            _ => &[],
        }
    }

    /// Fetches what the page at an address is made of, as far as it is not here yet.
    ///
    /// # Errors
    /// When something of it could not be fetched. The console says what.
    pub async fn fetch_those_at(path: &str) -> Result<(), SplitLoaderError> {
        futures::future::try_join_all(Self::at(path).iter().map(|page| page.fetch())).await.map(drop)
    }
}

impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        self.view().await.unwrap_or_else(|_| NotFetched().into_any())
    }

    async fn preload(&self) {
        // What could not be fetched is tried again when it is shown, and told then.
        _ = self.fetch().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_the_pages_that_its_route_has() {
        let at = |path: &str| LazyPage::at(path).iter().map(|page| format!("{page:?}")).collect::<Vec<_>>().join(" ");
        for (path, pages) in [
            ("/", ""),
            ("/sign-in", ""),
            ("/shelf", "Shelf"),
            ("/account/delete", "DeleteAccount"),
            ("/book/b1", "Book Title"),
            ("/book/b1/", "Book Title"),
            ("/book/b1/publish", "Book Publish"),
            ("/book/b1/c1", "Book Chapter"),
            ("/book/b1/c1/history", "Book History"),
            ("/nowhere/at/all", ""),
        ] {
            assert_eq!(at(path), pages, "{path}");
        }
    }
}
