//! What writers and readers see.
//!
//! | file | what it shows |
//! | --- | --- |
//! | `front`, `shelf`, `books`, `invitations`, `delete_account` | pages of no book |
//! | `book` | the frame of an open book; `book_context` is what everything in it shares |
//! | `title_page`, `contents/` | the book's own page, and the tree of its chapters and sections |
//! | `chapter/` | where one reads and writes |
//! | `chapter/history/` | versions, timeline, comparing, restoring |
//! | `side`: `people`, `chat`, `activity` | the panel beside the text; `activity` has the toasts too |
//! | `publish/`, `downloads` | what the book says about itself, how it goes out, and as which files |
//! | `book_head` | what programs are told of a book that show links to it, or look for books |
//! | `search/` | finding in the whole book, in the place of the contents |
//! | `switcher/` | a few letters lead to a chapter, a book, a place |
//! | `settings`, `name_version`, `deleted_parts`, `files` | what is set and done for the whole book |
//! | `copy`, `archive`, `bin` | a new book of another one; books that rest, and those that were deleted |
//! | `import/` | a book comes in as a file |
//! | `connection` | the one place that says whether what one writes is safe |
//! | `kept/` | what this device keeps until it can be sent, of any chapter: listed, sent from every page |
//! | `text_server` | what the editor's module asks of the server |
//! | `no_connection` | what stands where a page would, while it cannot be fetched |
//! | `retry` | asking again where the server is busy |

mod activity;
mod archive;
mod bin;
mod book;
mod book_context;
mod book_head;
mod books;
mod chapter;
mod chat;
mod connection;
mod contents;
mod copy;
mod delete_account;
mod deleted_parts;
mod downloads;
mod empty_book;
mod files;
mod front;
mod import;
mod invitations;
mod kept;
mod leaving;
mod name_version;
mod no_connection;
mod not_done;
mod people;
mod publish;
mod retry;
mod search;
mod settings;
mod shelf;
mod side;
mod switcher;
mod text_server;
mod title_page;

pub use book::BookPage;
pub use chapter::{ChapterPage, history::HistoryPage};
pub use copy::CopyPage;
pub use delete_account::DeleteAccountPage;
pub use front::FrontPage;
pub use invitations::provide_invitations;
pub use kept::{KeptDialog, KeptNotice, provide_kept};
pub use not_done::NotDoneNote;
pub use publish::PublishPage;
pub use settings::SettingsPage;
pub use shelf::ShelfPage;
pub use switcher::{Switcher, provide_switcher};
pub use title_page::TitlePage;
