//! What the switcher leads to.

use super::{Switching, matching::score};
use crate::{
    book::{
        model::{BookId, Kind, Title},
        pages::{book_context::BookContext, contents::rows::in_order, search::place::path},
        search::{FoundBook, Marked},
    },
    ui::browser,
};
use leptos::prelude::*;

/// How many of each group are shown.
const SHOWN: usize = 8;

/// What stands together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Chapters and sections of the open book.
    Chapters,
    /// Books of whoever looks.
    Books,
    /// What can be done.
    Commands,
    /// Places in the text of their books.
    Places,
}

impl Group {
    /// Its heading.
    pub fn words(self) -> &'static str {
        match self {
            Self::Chapters => "In this book",
            Self::Books => "My books",
            Self::Commands => "Do",
            Self::Places => "In the text of my books",
        }
    }
}

/// What happens when something is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A page is opened.
    Go(String),
    /// The field is focused in which one finds something in the book.
    Find,
    /// Only the text is shown, or everything again.
    FocusMode,
}

/// Something one can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Under which heading.
    pub group: Group,
    /// What it is called.
    pub words: Marked,
    /// Where it is.
    pub detail: String,
    /// What happens.
    pub act: Act,
}

/// A book on one's shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfBook {
    /// Which.
    pub id: BookId,
    /// What it is called.
    pub title: Title,
    /// Whether it is in the archive.
    pub rests: bool,
}

/// What is meant by what is typed, group by group, the best of each first.
pub fn items(
    switching: Switching,
    typed: &str,
    books: &[ShelfBook],
    found: &[FoundBook],
    signed_in: bool,
) -> Vec<Item> {
    let typed = plain(typed.trim());
    let mut all = Vec::new();
    let book = switching.book.get();
    if let Some(context) = book {
        all.extend(best(&typed, chapters(context), typed.is_empty()));
    }
    let shelf = books.iter().map(|book| Item {
        group: Group::Books,
        words: text(book.title.as_str()),
        detail: if book.rests { "In the archive".to_owned() } else { String::new() },
        act: Act::Go(format!("/book/{}", book.id)),
    });
    all.extend(best(&typed, shelf, false));
    all.extend(best(&typed, commands(book, signed_in).into_iter(), false));
    all.extend(places(found));
    all
}

fn text(words: &str) -> Marked {
    Marked { text: words.to_owned(), marks: Vec::new() }
}

fn plain(words: &str) -> String {
    browser::without_accents(&words.to_lowercase())
}

/// Those that are meant, the best first; all of them in their order where nothing is typed.
fn best(typed: &str, items: impl Iterator<Item = Item>, in_order: bool) -> Vec<Item> {
    let mut meant: Vec<(u32, Item)> =
        items.filter_map(|item| Some((score(typed, &plain(&item.words.text))?, item))).collect();
    if !in_order {
        meant.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    }
    meant.into_iter().take(SHOWN).map(|(_, item)| item).collect()
}

fn chapters(context: BookContext) -> impl Iterator<Item = Item> {
    let item = |part: &crate::book::model::Part| Item {
        group: Group::Chapters,
        words: text(part.title.as_str()),
        detail: if part.kind == Kind::Section { "Section".to_owned() } else { String::new() },
        act: Act::Go(context.path(&part.id)),
    };
    context.live.state.with(|book| in_order(book).into_iter().map(item).collect::<Vec<_>>()).into_iter()
}

fn commands(book: Option<BookContext>, signed_in: bool) -> Vec<Item> {
    let item = |words: &str, act| Item { group: Group::Commands, words: text(words), detail: String::new(), act };
    let mut all = Vec::new();
    if let Some(context) = book {
        all.push(item("Find in the whole book", Act::Find));
        if let Some(part) = context.part.get() {
            all.push(item("Only the text, or everything again", Act::FocusMode));
            if context.within.get() {
                all.push(item("History of this chapter", Act::Go(format!("{}/history", context.path(&part)))));
            }
        }
        if context.belongs() {
            all.push(item("Book settings", Act::Go(format!("/book/{}/settings", context.book()))));
        }
    }
    if signed_in {
        all.push(item("My shelf", Act::Go("/shelf".to_owned())));
        all.push(item("My account", Act::Go("/account".to_owned())));
    }
    all
}

fn places(found: &[FoundBook]) -> Vec<Item> {
    let mut all = Vec::new();
    for FoundBook { book, title, found } in found {
        for chapter in &found.chapters {
            // Titles of the open book stand above.
            for place in chapter.places.iter().take(2) {
                all.push(Item {
                    group: Group::Places,
                    words: place.around.clone(),
                    detail: format!("{title} · {}", chapter.title.text),
                    act: Act::Go(path(book, &chapter.part, place)),
                });
            }
        }
    }
    all.truncate(SHOWN);
    all
}
