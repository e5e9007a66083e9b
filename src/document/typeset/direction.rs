//! Which way a text goes: as its first letter does, which is what browsers make of `dir="auto"`.

use crate::document::{
    publication::Publication,
    tree::{Node, plain},
};

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Left,
    Right,
}

/// Languages that are written from the right.
const FROM_RIGHT: [&str; 12] = ["ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"];

impl Direction {
    /// Its name, as the templates know it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Left => "ltr",
            Self::Right => "rtl",
        }
    }
}

/// Which way a book goes: as its language does.
pub(super) fn of_book(book: &Publication) -> Direction {
    let language = book.language().unwrap_or_default().split('-').next().unwrap_or_default();
    if FROM_RIGHT.iter().any(|one| one.eq_ignore_ascii_case(language)) { Direction::Right } else { Direction::Left }
}

/// Which way a text goes; nothing, where it has no letter.
pub(super) fn of_text(text: &str) -> Option<Direction> {
    let letter = text.chars().find(|letter| letter.is_alphabetic())?;
    Some(if is_from_right(letter) { Direction::Right } else { Direction::Left })
}

/// Which way what stands in a line goes.
pub(super) fn of_line(line: &[Node]) -> Option<Direction> {
    // The first letter is near the beginning: what is behind it need not be put together.
    line.iter().find_map(|node| match node {
        Node::Text(run) => of_text(&run.text),
        // A note goes its own way.
        Node::Element(element) if element.kind.name == "footnote" => None,
        other => of_text(&plain(std::slice::from_ref(other))),
    })
}

/// Letters of the scripts that are written from the right, by their blocks of Unicode.
fn is_from_right(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}
