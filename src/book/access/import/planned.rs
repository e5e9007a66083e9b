//! What would become of a file.

use crate::{
    book::{
        import::{LeftOut, Planned, Preview, Tree, title, title_of_file},
        model::Title,
        state::Book,
    },
    costly::Budget,
    document::{
        incoming,
        left_out::{self, What},
        manuscript::{Manuscript, Piece},
        tree::plain,
        unreadable::Unreadable,
        words::count_words,
    },
};
use sputnik::Fault;
use std::fs::File;

/// Reads the book in a file.
pub(super) fn read(name: &str, file: File, budget: &Budget) -> Result<Manuscript, Fault> {
    incoming::read(name, file, budget).map_err(Unreadable::fault)
}

/// What would become of a file, however finely it is taken apart.
pub(super) fn preview(name: &str, file: File, budget: &Budget) -> Result<Preview, Fault> {
    let book = read(name, file, budget)?;
    let (suits, least) = (book.level(), usize::from(!book.may_be_one()));
    let mut trees: Vec<Tree> = Vec::new();
    for level in least..=book.levels() {
        budget.check()?;
        let mut copy = book.again();
        let pieces = copy.cut(level);
        // More than a book holds is not offered, unless there is nothing else.
        let is_same = trees.last().is_some_and(|last| last.parts.len() == pieces.len());
        if is_same || !trees.is_empty() && pieces.len() > Book::PARTS {
            continue;
        }
        let parts = pieces.iter().zip(titles(&pieces, &book, name)).map(|(piece, title)| planned(piece, title));
        let mut left_out = book.left_out.clone();
        left_out.add_all(&copy.left_out);
        trees.push(Tree { level, parts: parts.collect(), left_out: in_words(&left_out) });
    }
    let suits = trees.iter().rposition(|tree| tree.level <= suits).unwrap_or(0);
    Ok(Preview {
        title: book.title.as_deref().and_then(title),
        metadata: book.metadata.clone().mended().0,
        has_cover: book.cover.is_some(),
        trees,
        suits,
    })
}

fn planned(piece: &Piece, title: Title) -> Planned {
    let words = count_words(&plain(&piece.nodes)) as usize;
    Planned { title, is_section: piece.is_section, depth: piece.depth, words, is_apparatus: piece.is_apparatus }
}

/// What the pieces are called: as their headings say; the first one else as the book or its file is.
pub(super) fn titles(pieces: &[Piece], book: &Manuscript, file: &str) -> Vec<Title> {
    let untitled = || title("Untitled").unwrap_or_else(|| unreachable!("this is a title"));
    let of_book = || book.title.as_deref().and_then(title).or_else(|| title_of_file(file));
    let mut titles = Vec::with_capacity(pieces.len());
    for (number, piece) in pieces.iter().enumerate() {
        let own = piece.title.as_deref().and_then(title);
        let own = own.or_else(|| if number == 0 { of_book() } else { None });
        titles.push(own.unwrap_or_else(untitled));
    }
    titles
}

/// What a chapter has no place for of what stands in a file.
pub(super) fn in_words(left_out: &left_out::LeftOut) -> Vec<LeftOut> {
    let named = left_out.iter().map(|(what, name, times)| {
        let what = match what {
            What::Picture => "picture",
            What::Link => "link",
            What::LinkTitle => "title of a link",
            What::Comment => "comment",
            What::Element => "element of HTML",
            What::Field => "field at its head",
            What::Place => "exact place that a link leads to",
            What::Formula => "layout of a formula",
            What::PageBreak => "page number of the printed book",
            What::HiddenLine => "hidden line of code",
            What::File => "file that is named and not there",
            What::Insertion => "proposed addition, taken as accepted",
            What::Deletion => "proposed deletion, taken as accepted",
            What::Contents => "table of contents or index",
            What::Header => "header or footer of the pages",
            What::Hidden => "hidden text",
            What::Unread => "file of text that is not read",
        };
        LeftOut { what: what.to_owned(), name: name.to_owned(), times }
    });
    named.collect()
}
