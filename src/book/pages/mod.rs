//! What writers and readers see.

mod activity;
mod book;
mod book_context;
mod chapter;
mod chat;
mod connection;
mod contents;
mod delete_account;
mod deleted_parts;
mod files;
mod front;
mod invitations;
mod name_version;
mod people;
mod retry;
mod settings;
mod shelf;
mod side;
mod title_page;

pub use book::BookPage;
pub use chapter::{ChapterPage, history::HistoryPage};
pub use delete_account::DeleteAccountPage;
pub use front::FrontPage;
pub use invitations::provide_invitations;
pub use settings::SettingsPage;
pub use shelf::ShelfPage;
pub use title_page::OverviewPage;
