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

/// What a file would become, taken apart where chapters begin in it, and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preview {
    /// How many chapters; more than [`MAX_CHAPTERS`] are not made.
    pub chapters: usize,
    /// How many sections they stand in.
    #[serde(default)]
    pub sections: usize,
    /// The titles of the first chapters, at most [`Preview::FIRST`].
    pub first: Vec<Title>,
    /// Whether it is a whole book that was taken out, in which chapters and sections are marked.
    #[serde(default)]
    pub is_book: bool,
    /// Its title, where it says one.
    #[serde(default)]
    pub title: Option<Title>,
    /// Who wrote it, where it says that.
    #[serde(default)]
    pub people: Vec<String>,
    /// Its language, where it says one.
    #[serde(default)]
    pub language: Option<String>,
    /// What a chapter has no place for, in the order in which it was met.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

impl Preview {
    /// How many titles are told.
    pub const FIRST: usize = 8;
}

/// Something in a file that a chapter has no place for. The words that belong to it stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What it is, in words: a picture, a link.
    pub what: String,
    /// Its address or its name; empty where it has none.
    pub name: String,
    /// How often it was met.
    pub times: usize,
}

/// What was left out, in one sentence; nothing, where all came in.
#[must_use]
pub fn left_out_in_words(left_out: &[LeftOut]) -> Option<String> {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for LeftOut { what, times, .. } in left_out {
        match kinds.iter_mut().find(|(kind, _)| kind == what) {
            Some((_, count)) => *count += times,
            None => kinds.push((what, *times)),
        }
    }
    let listed: Vec<String> = kinds.into_iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
    (!listed.is_empty()).then(|| format!("Left out: {}.", listed.join(", ")))
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
    fn what_was_left_out_is_said_by_kind() {
        let left = |what: &str, name: &str, times| LeftOut { what: what.into(), name: name.into(), times };
        assert_eq!(left_out_in_words(&[]), None);
        let all = [left("link", "ftp://a", 2), left("picture", "b.png", 1), left("link", "tel:1", 1)];
        assert_eq!(left_out_in_words(&all).as_deref(), Some("Left out: 3 × link, 1 × picture."));
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
