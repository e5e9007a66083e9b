//! The stream that a book comes in. It is made of records, each a line that says what it is and how many bytes of it
//! follow:
//!
//! ```text
//! sputnik-press 1
//! book 812        what the book says about itself, as JSON
//! part 0 4711     what stands in a part, as JSON: one for each, in their order
//! picture a.png 9 the bytes of a picture
//! end             without it, the stream broke off
//! ```
//!
//! What the JSON holds, the server's writer of it says (`src/document/typeset`), and the templates (`style/themes`), which
//! are all that reads it; here no more is known than what is needed.

use crate::pictures::{self, Placed};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    io::{BufRead, Read},
};

/// How long the line before a record is at most.
const LINE: u64 = 200;
/// How many parts and pictures a book has at most: Typst counts its files in two bytes.
const MOST: usize = 60_000;

/// A book as it came.
#[derive(Debug)]
pub struct Book {
    /// What is known of it here.
    pub head: Head,
    /// All that it says about itself, as JSON.
    pub about: String,
    /// Its parts, as JSON.
    pub parts: Vec<String>,
    /// Its pictures, by the names that its parts have for them.
    pub pictures: BTreeMap<String, Placed>,
    /// How many pictures came that cannot be shown.
    pub broken: usize,
}

/// What of a book is known here.
#[derive(Debug, Deserialize)]
pub struct Head {
    /// In which look it is set: a folder of `style/themes`.
    pub theme: String,
    /// What tells it from all others.
    pub identifier: String,
}

/// Reads it to its end.
pub fn read(from: &mut impl BufRead) -> Result<Book, String> {
    if line(from)? != "sputnik-press 1" {
        return Err("This is no book for this press.".into());
    }
    let about = match line(from)?.split_once(' ') {
        Some(("book", length)) => text(from, length)?,
        _ => return Err("The stream does not begin with the book.".into()),
    };
    let head = serde_json::from_str(&about).map_err(|error| format!("The book is not what it should be: {error}."))?;
    let (parts, pictures) = (Vec::new(), BTreeMap::new());
    let mut book = Book { head, about, parts, pictures, broken: 0 };
    loop {
        let said = line(from)?;
        if said == "end" {
            return Ok(book);
        }
        book.take(&said, from)?;
    }
}

impl Book {
    fn take(&mut self, said: &str, from: &mut impl BufRead) -> Result<(), String> {
        if self.parts.len() + self.pictures.len() >= MOST {
            return Err(format!("The book has more than {MOST} chapters and pictures."));
        }
        let words: Vec<&str> = said.split(' ').collect();
        match words[..] {
            ["part", at, length] if at.parse() == Ok(self.parts.len()) => self.parts.push(text(from, length)?),
            ["picture", name, length] if is_name(name) => match pictures::placed(bytes(from, length)?) {
                Some(picture) => {
                    self.pictures.insert(name.to_owned(), picture);
                }
                None => self.broken += 1,
            },
            _ => return Err(format!("`{said}` is no record, or not where it belongs.")),
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-';
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain)
}

fn line(from: &mut impl BufRead) -> Result<String, String> {
    let mut line = String::new();
    from.take(LINE).read_line(&mut line).map_err(|error| format!("The stream cannot be read: {error}."))?;
    let whole = line.strip_suffix('\n').ok_or("The stream broke off.")?;
    Ok(whole.to_owned())
}

/// So many bytes. No room is made for them before they come: a number is easily written.
fn bytes(from: &mut impl BufRead, length: &str) -> Result<Vec<u8>, String> {
    let length: u64 = length.parse().map_err(|_| format!("`{length}` is no number of bytes."))?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes).map_err(|error| format!("The stream cannot be read: {error}."))?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err("The stream broke off.".into()) }
}

fn text(from: &mut impl BufRead, length: &str) -> Result<String, String> {
    String::from_utf8(bytes(from, length)?).map_err(|_| "What should be text is none.".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(stream: &str) -> Result<Book, String> {
        read(&mut stream.as_bytes())
    }

    const BOOK: &str = "sputnik-press 1\nbook 36\n{\"theme\":\"plain\",\"identifier\":\"urn\"}";

    #[test]
    fn a_stream_is_read_record_by_record() {
        let book = reading(&format!("{BOOK}part 0 2\n[]part 1 2\n[]picture a.png 1\nxend\n")).unwrap();
        assert_eq!((book.head.theme.as_str(), book.parts.len(), book.broken), ("plain", 2, 1));
    }

    #[test]
    fn what_is_no_whole_book_is_refused_in_words() {
        for odd in [
            "",
            "sputnik-press 2\n",
            BOOK,
            &format!("{BOOK}part 1 2\n[]end\n"),
            &format!("{BOOK}part 0 99999999999999\n[]end\n"),
            &format!("{BOOK}picture ../../etc 1\nxend\n"),
            &format!("{BOOK}picture .. 1\nxend\n"),
            &format!("{BOOK}end"),
            &"x".repeat(10_000),
        ] {
            assert!(reading(odd).is_err_and(|words| words.ends_with('.')), "{odd}");
        }
    }
}
