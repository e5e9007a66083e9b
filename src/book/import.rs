//! Files that are brought in: what may come in, what would come of it, and how far it is.

use super::model::{BadText, BookId, PartId, Place, Title};
use crate::metadata::Metadata;
use serde::{Deserialize, Serialize};
use sputnik::Fault;

/// The largest text that comes into a chapter, in bytes.
pub const MAX_FILE: usize = 1_000_000;

/// The largest file that a book is read from, in bytes, unless the operator says otherwise.
pub const MAX_BOOK: usize = 50_000_000;

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

/// What a file would become, and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preview {
    /// Its title, where it says one.
    #[serde(default)]
    pub title: Option<Title>,
    /// What else it says of itself.
    #[serde(default)]
    pub metadata: Metadata,
    /// Whether it has a picture for the cover.
    #[serde(default)]
    pub has_cover: bool,
    /// What would become of its text, the coarsest first.
    pub trees: Vec<Tree>,
    /// Which of the trees suits it: its place among them.
    #[serde(default)]
    pub suits: usize,
}

impl Preview {
    /// The tree that suits it.
    #[must_use]
    pub fn suiting(&self) -> Option<&Tree> {
        self.trees.get(self.suits).or_else(|| self.trees.first())
    }
}

/// What would become of a text that is taken apart so finely.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tree {
    /// How finely: 0 for one chapter, 1 for what stands at the top of its contents, and so on.
    pub level: usize,
    /// Its chapters and sections, in the order of reading.
    pub parts: Vec<Planned>,
    /// What a chapter has no place for, in the order in which it was met.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

impl Tree {
    /// How many chapters it has.
    #[must_use]
    pub fn chapters(&self) -> usize {
        self.parts.iter().filter(|part| !part.is_section || part.words > 0).count()
    }

    /// Which parts stand in a section, however deep.
    #[must_use]
    pub fn within(&self, section: usize) -> std::ops::Range<usize> {
        let depth = self.parts.get(section).map_or(0, |part| part.depth);
        let rest = self.parts.get(section + 1..).unwrap_or_default();
        let count = rest.iter().take_while(|part| part.depth > depth).count();
        section + 1..section + 1 + count
    }
}

/// A chapter or a section that a file would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Its title.
    pub title: Title,
    /// Whether it is a section. One that has a text of its own begins with a chapter of its title.
    #[serde(default)]
    pub is_section: bool,
    /// In how many sections it stands.
    #[serde(default)]
    pub depth: usize,
    /// How many words it has, without what stands in it.
    #[serde(default)]
    pub words: usize,
    /// Whether it is rather left out: it says what is in the book, or shows its cover.
    #[serde(default)]
    pub is_apparatus: bool,
}

/// What one decided about a file that is to come in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// How finely it is taken apart; nothing for what suits it.
    pub level: Option<usize>,
    /// Which parts of that tree are left out, each by its place in it; nothing for those that are rather left out. What
    /// stands in a section that is left out is so too.
    pub without: Option<Vec<usize>>,
    /// What a new book is called; nothing for what the file says.
    pub title: Option<Title>,
    /// Where in a book it comes in; nothing for its end.
    pub place: Option<Place>,
}

/// What is said while a file comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It is read.
    Reading,
    /// So many of its pictures and chapters are done, of so many.
    Done {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// It is stored: the last that is said.
    Imported(Imported),
    /// It is not, and nothing is left of it: the last that is said.
    Failed(Fault),
}

/// A file that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Which book it is in.
    pub book: BookId,
    /// Its chapters, in the order of reading.
    pub chapters: Vec<PartId>,
    /// What there was no place for.
    pub left_out: Vec<LeftOut>,
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
            "A text that comes into a chapter has at most 1,000,000 bytes. Please bring it in parts. Nothing was imported.",
        ));
    }
    if text.trim().is_empty() {
        return Err(BadText("There is no text in this file. Nothing was imported."));
    }
    Ok(())
}

/// A heading or the name of a file as a title: on one line, and not longer than a title may be. One that is cut says so.
#[must_use]
pub fn title(text: &str) -> Option<Title> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty()).collect();
    let mut line = words.join(" ");
    if line.chars().nth(Title::MAX).is_some() {
        line = line.chars().take(Title::MAX - 1).collect();
        line.truncate(line.rfind(' ').unwrap_or(line.len()));
        line.push('\u{2026}');
    }
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
    fn a_title_that_is_cut_ends_in_a_word_and_says_so() {
        let long = title(&"much happens ".repeat(30)).expect("a title").to_string();
        assert!(long.ends_with("happens\u{2026}") && long.chars().count() <= 200, "{long}");
        assert_eq!(title(&"x".repeat(300)).expect("a title").to_string().chars().count(), 200);
        assert_eq!(title(" a\n b ").expect("a title").to_string(), "a b");
        // Where a title is cut, the reader of books leaves all of it in the text.
        assert_eq!(crate::document::manuscript::TITLE, Title::MAX);
    }

    #[test]
    fn what_stands_in_a_section_is_what_is_deeper() {
        let part =
            |depth| Planned { title: "a".parse().unwrap(), is_section: true, depth, words: 0, is_apparatus: false };
        let tree = Tree { parts: [0, 1, 2, 1, 0, 1].map(part).to_vec(), ..Tree::default() };
        assert_eq!([0, 1, 3, 4, 5, 9].map(|at| tree.within(at)), [1..4, 2..3, 4..4, 5..6, 6..6, 10..10]);
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
