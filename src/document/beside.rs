//! The files of a book that comes in, and what one of them names beside it.

use crate::metadata::reference::suffix;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;

/// What is put before the number of a picture that has no address yet, and of a file or a piece that a link leads to.
/// Neither is any address that may stand in a text that comes in.
pub(super) const PICTURE: &str = "picture:";
pub(super) const PART: &str = "part:";

/// The files of a book, by their paths.
#[derive(Debug, Default)]
pub(super) struct Files {
    texts: HashMap<String, usize>,
    pictures: HashMap<String, usize>,
}

impl Files {
    /// Files of text and of pictures, each by its path and in their order.
    pub(super) fn of<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        pictures: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self { texts: numbered(texts), pictures: numbered(pictures) }
    }

    /// The picture at this path.
    pub(super) fn picture_at(&self, path: &str) -> Option<usize> {
        find(&self.pictures, path)
    }

    /// The text at this path.
    pub(super) fn text_at(&self, path: &str) -> Option<usize> {
        find(&self.texts, path)
    }
}

/// By path, and by path in small letters, where no other file is called so.
fn numbered<'a>(paths: impl IntoIterator<Item = &'a str>) -> HashMap<String, usize> {
    let mut all = HashMap::new();
    let paths: Vec<&str> = paths.into_iter().collect();
    for (number, path) in paths.iter().enumerate() {
        all.entry((*path).to_owned()).or_insert(number);
    }
    for (number, path) in paths.iter().enumerate() {
        all.entry(path.to_lowercase()).or_insert(number);
    }
    all
}

fn find(all: &HashMap<String, usize>, path: &str) -> Option<usize> {
    all.get(path).or_else(|| all.get(&path.to_lowercase())).copied()
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
    use super::target;

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
