//! The quick switcher: a few letters lead to a chapter, a book, a place in one's books, or do what can be done here.
//!
//! | file | what it has |
//! | --- | --- |
//! | `matching` | whether a few letters mean something |
//! | `items` | what it leads to |
//! | `dialog` | where one types, and chooses |

mod dialog;
mod items;
mod matching;

pub use dialog::Switcher;

use super::book_context::BookContext;
use leptos::prelude::*;

/// Whether it is open, and which book is. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Switching {
    /// Whether it is open.
    pub open: RwSignal<bool>,
    /// The book that is open.
    pub book: RwSignal<Option<BookContext>>,
}

/// Makes it known to everything below.
pub fn provide_switcher() {
    provide_context(Switching { open: RwSignal::new(false), book: RwSignal::new(None) });
}

/// Has it lead to the chapters of a book, as long as that is open.
pub fn switch_within(context: BookContext) {
    let Some(Switching { book, .. }) = use_context() else { return };
    book.set(Some(context));
    on_cleanup(move || {
        // Another may have been opened by now.
        book.try_update(|open| _ = open.take_if(|open| open.id == context.id));
    });
}
