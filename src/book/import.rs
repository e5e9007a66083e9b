//! Markdown files that are brought in: what may come in, and what would come of it.

use super::model::{BadText, Title};
use serde::{Deserialize, Serialize};

/// The largest file, in bytes.
pub const MAX_FILE: usize = 1_000_000;

/// Into how many chapters one file is taken apart at most.
pub const MAX_CHAPTERS: usize = 200;

/// What becomes of what a chapter holds when a file comes into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It stays, and the file comes after it.
    #[default]
    Append,
    /// It goes. Older versions still have it.
    Replace,
}

/// Which chapters a file would become, taken apart at its headings of the first level.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preview {
    /// How many; more than [`MAX_CHAPTERS`] are not made.
    pub chapters: usize,
    /// The titles of the first of them, at most [`Preview::FIRST`].
    pub first: Vec<Title>,
}

impl Preview {
    /// How many titles are told.
    pub const FIRST: usize = 8;
}

/// The text of a file.
///
/// # Errors
/// In words, when it is too large, not UTF-8, or holds nothing.
pub fn text_of(mut bytes: Vec<u8>) -> Result<String, BadText> {
    // The mark some programs put before UTF-8.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        BadText("This file is not text in UTF-8. Please save it as UTF-8 and choose it again. Nothing was imported.")
    })?;
    check(&text)?;
    Ok(text)
}

/// Whether a text can be brought in.
///
/// # Errors
/// In words, when it is too large or holds nothing.
pub fn check(text: &str) -> Result<(), BadText> {
    if text.len() > MAX_FILE {
        return Err(BadText(
            "A Markdown file has at most 1,000,000 bytes. Please bring it in parts. Nothing was imported.",
        ));
    }
    if text.trim().is_empty() {
        return Err(BadText("There is no text in this file. Nothing was imported."));
    }
    Ok(())
}

/// A heading or the name of a file as a title: on one line, and not longer than a title may be.
#[must_use]
pub fn title(text: &str) -> Option<Title> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty()).collect();
    let line: String = words.join(" ").chars().take(Title::MAX).collect();
    line.try_into().ok()
}

/// The title of a file that says none: its name, without what it ends in.
#[must_use]
pub fn title_of_file(name: &str) -> Option<Title> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    title(stem).or_else(|| title(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_utf_8_and_neither_empty_nor_too_large() {
        assert_eq!(text_of(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe".to_vec()).as_deref(), Ok("Grüße"));
        assert!(text_of(b"Gr\xfc\xdfe".to_vec()).is_err_and(|bad| bad.0.contains("UTF-8")));
        assert!(text_of(b" \n".to_vec()).is_err_and(|bad| bad.0.contains("no text")));
        assert!(text_of(vec![b'x'; MAX_FILE]).is_ok());
        assert!(text_of(vec![b'x'; MAX_FILE + 1]).is_err_and(|bad| bad.0.contains("1,000,000")));
    }

    #[test]
    fn whatever_a_heading_or_a_file_is_called_there_is_a_title_or_none() {
        let read = |text: &str| title(text).map(String::from);
        assert_eq!(read(" A\tb\n c ").as_deref(), Some("A b c"));
        assert_eq!(read(" \n"), None);
        assert_eq!(read(&"ü".repeat(300)).map(|title| title.chars().count()), Some(200));
        let file = |name: &str| title_of_file(name).map(String::from);
        assert_eq!(file("01 winds.of.change.md").as_deref(), Some("01 winds.of.change"));
        assert_eq!(file(".md").as_deref(), Some(".md"));
    }
}
