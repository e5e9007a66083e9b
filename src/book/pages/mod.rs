//! What writers and readers see.

mod activity;
mod book;
mod chapter;
mod chat;
mod connection;
mod contents;
mod deleted;
mod files;
mod front;
mod invitations;
mod leaving;
mod overview;
mod patience;
mod people;
mod room;
mod settings;
mod shelf;
mod side;
mod versions;

pub use book::BookPage;
pub use chapter::{ChapterPage, history::HistoryPage};
pub use front::FrontPage;
pub use invitations::provide_invitations;
pub use leaving::LeavingPage;
pub use overview::OverviewPage;
pub use settings::SettingsPage;
pub use shelf::ShelfPage;
