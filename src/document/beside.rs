//! The files of a book that comes in, and what one of them names beside it.

use crate::metadata::reference::suffix;
use percent_encoding::percent_decode_str;
use std::{collections::HashMap, path::Path};
use unicode_normalization::UnicodeNormalization;

/// What is put before the number of a picture that has no address yet, and of a file or a piece that a link leads to.
/// Neither is any address that may stand in a text that comes in.
pub(super) const PICTURE: &str = "picture:";
pub(super) const PART: &str = "part:";

/// Paths, to be found also where they are written in another way: with the accent apart from its letter, as macOS writes
/// the names of files, or with other letters small and large, where only one is meant by that.
#[derive(Debug, Default)]
pub(super) struct Paths {
    exact: HashMap<String, usize>,
    composed: HashMap<String, usize>,
    folded: HashMap<String, Option<usize>>,
}

impl Paths {
    /// These, each by its place among them; of two that are the same, the first.
    pub(super) fn of<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for (number, path) in paths.into_iter().enumerate() {
            // What is no file has no path.
            if path.is_empty() || *all.exact.entry(path.to_owned()).or_insert(number) != number {
                continue;
            }
            all.composed.entry(composed(path)).or_insert(number);
            all.folded.entry(folded(path)).and_modify(|only| *only = None).or_insert(Some(number));
        }
        all
    }

    /// The place of the one that is meant.
    pub(super) fn find(&self, path: &str) -> Option<usize> {
        let same = self.exact.get(path).or_else(|| self.composed.get(&composed(path))).copied();
        same.or_else(|| self.folded.get(&folded(path)).copied().flatten())
    }
}

/// A text with each accent in its letter, where there is such a letter.
pub(super) fn composed(text: &str) -> String {
    text.nfc().collect()
}

fn folded(path: &str) -> String {
    composed(path).to_lowercase()
}

/// What files end in that nobody reads: pictures, letters, sounds and films, what is said to programs, and packed files.
const NO_TEXT: &[&str] = &[
    "7z", "ai", "avi", "avif", "bin", "bmp", "bz2", "cfg", "cjs", "css", "db", "dll", "eot", "eps", "exe", "flac",
    "gif", "gz", "hbs", "heic", "ico", "ini", "jpe", "jpeg", "jpg", "js", "json", "less", "lock", "m4a", "m4v", "map",
    "mjs", "mkv", "mov", "mp3", "mp4", "oga", "ogg", "opus", "otf", "plist", "png", "psd", "pyc", "rar", "sass",
    "scss", "svg", "tgz", "tif", "tiff", "toml", "ttc", "ttf", "wasm", "wav", "webm", "webp", "woff", "woff2", "xz",
    "yaml", "yml", "zip",
];

/// Whether somebody may have written a text in a file, by its name.
pub(super) fn may_be_text(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    !is_hidden(path) && !NO_TEXT.contains(&&*ending.to_ascii_lowercase())
}

/// Whether a file is hidden from people by those who made it, or by their system.
pub(super) fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// The files of a book, by their paths.
#[derive(Debug, Default)]
pub(super) struct Files {
    texts: Paths,
    pictures: Paths,
}

impl Files {
    /// Files of text and of pictures, each by its path and in their order.
    pub(super) fn of<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        pictures: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self { texts: Paths::of(texts), pictures: Paths::of(pictures) }
    }

    /// The picture at this path.
    pub(super) fn picture_at(&self, path: &str) -> Option<usize> {
        self.pictures.find(path)
    }

    /// The text at this path.
    pub(super) fn text_at(&self, path: &str) -> Option<usize> {
        self.texts.find(path)
    }
}

/// The files around one of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// All of them.
    pub files: &'a Files,
    /// Where this one lies.
    pub path: &'a str,
}

impl Around<'_> {
    /// The text that an address leads to, and which place in it.
    pub(super) fn target(&self, href: &str) -> Option<(usize, String)> {
        let (path, fragment) = target(self.path, href)?;
        Some((self.files.text_at(&path)?, fragment))
    }

    /// The same, as the address of a link on its way in.
    pub(super) fn text(&self, href: &str) -> Option<String> {
        let (number, fragment) = self.target(href)?;
        Some(format!("{PART}{number}{}#{fragment}", suffix(href)))
    }

    /// The picture that an address leads to, as its address on its way in.
    pub(super) fn picture(&self, src: &str) -> Option<String> {
        let (path, _) = target(self.path, src)?;
        Some(format!("{PICTURE}{}", self.files.picture_at(&path)?))
    }
}

/// Where an address leads that stands in a file at this path: to which path, and which place in the file there. Nothing
/// for one that leads elsewhere. None leads out of the book: what climbs higher than its top stays there.
pub(super) fn target(from: &str, href: &str) -> Option<(String, String)> {
    let href = href.trim();
    let (path, fragment) = href.split_once('#').unwrap_or((href, ""));
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let scheme = path.split_once(':').map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| !scheme.contains('/')) || path.starts_with("//") {
        return None;
    }
    let fragment = decoded(fragment);
    if path.is_empty() {
        return (!fragment.is_empty()).then(|| (from.to_owned(), fragment));
    }
    let path = decoded(path).replace('\\', "/");
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.rsplit_once('/').map(|(folder, _)| folder.split('/').collect()).unwrap_or_default(),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), fragment))
}

/// An address without the signs that stand for letters in it.
fn decoded(address: &str) -> String {
    percent_decode_str(address).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Paths, may_be_text, target};

    #[test]
    fn a_path_is_found_however_its_letters_are_written_as_long_as_one_is_meant() {
        let paths = Paths::of(["", "U\u{308}ber.md", "a b.xhtml", "Same.md", "same.md", "a b.xhtml"]);
        let cases = [
            ("U\u{308}ber.md", Some(1)),
            ("\u{dc}ber.md", Some(1)),
            ("\u{fc}BER.md", Some(1)),
            ("A b.XHTML", Some(2)),
            ("Same.md", Some(3)),
            ("same.md", Some(4)),
            ("SAME.md", None),
            ("", None),
            ("none.md", None),
        ];
        for (path, expected) in cases {
            assert_eq!(paths.find(path), expected, "{path}");
        }
    }

    #[test]
    fn what_may_be_a_text_is_told_by_its_name() {
        for path in ["c.rst", "d.HTML", "LICENSE", "a/b.docx", "c.tex"] {
            assert!(may_be_text(path), "{path}");
        }
        for path in ["a.PNG", "book.toml", "theme/a.css", ".git/a.md", "__MACOSX/a/._b.md", "a/.DS_Store"] {
            assert!(!may_be_text(path), "{path}");
        }
    }

    #[test]
    fn an_address_leads_to_a_file_and_never_out_of_the_book() {
        let to = |from: &str, href: &str| target(from, href);
        let path = |path: &str, fragment: &str| Some((path.to_owned(), fragment.to_owned()));
        assert_eq!(to("a/b.html", "c.html#d"), path("a/c.html", "d"));
        assert_eq!(to("a/b.html", "../../../c%20d.html"), path("c d.html", ""));
        assert_eq!(to("a/b.html", "/c.html?x=1#y"), path("c.html", "y"));
        assert_eq!(to("a/b.html", "#%C3%A4"), path("a/b.html", "ä"));
        for out in ["https://example.org/", "mailto:a@b", "//example.org/", "javascript:x", "", "#"] {
            assert_eq!(to("a/b.html", out), None, "{out}");
        }
    }
}
