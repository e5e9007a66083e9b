//! From Markdown: a whole book as one file, in which its chapters are marked or begin with headings.

use super::{
    front_matter::{self, About},
    parts::Part,
    places::settle,
    split::{Among, read_tree, with_ends},
};
use crate::{
    costly::Budget,
    document::{
        builder::{Built, Heading},
        left_out::LeftOut,
        manuscript::{Manuscript, Point, Source},
        tree::plain,
        unreadable::Unreadable,
        web_pages::by_headings,
    },
};
use std::path::Path;

/// Reads one file.
///
/// # Errors
/// When nothing is in it, or it is taken to be more than its length.
pub fn read_file(markdown: &str, budget: &Budget) -> Result<Manuscript, Unreadable> {
    let mut left_out = LeftOut::default();
    let markdown = with_ends(markdown);
    let (mut about, markdown) = front_matter::take(&markdown, &mut left_out);
    let mut read = read_tree(markdown, left_out, Among::Parts, budget)?;
    if read.parts.first().is_some_and(|(at, _)| *at > 0) {
        let title = title_above(&about, &mut read.built, &mut read.parts);
        about.title = about.title.take().or(title);
    }
    let (built, is_marked) = (read.built, !read.parts.is_empty());
    let points =
        if read.parts.is_empty() { by_headings(&built.headings) } else { marked(&read.parts, &built.headings) };
    let mut sources = vec![Source::of(built, None)];
    settle(&mut sources, &mut read.left_out);
    let mut book = Manuscript::new(sources, points);
    (book.title, book.metadata, book.left_out) = (about.title, about.metadata, read.left_out);
    (book.is_marked, book.names_places) = (is_marked, true);
    Ok(book)
}

/// The heading above all parts is the title of the book, unless that is called otherwise.
pub(super) fn title_above(about: &About, built: &mut Built, parts: &mut [(usize, Part)]) -> Option<String> {
    let first = *built.headings.first()?;
    if first.at > 0 || first.level > 1 || !about.is_of(&built.nodes[0]) {
        return None;
    }
    let title = plain(std::slice::from_ref(&built.nodes.remove(0)));
    built.headings.remove(0);
    built.headings.iter_mut().for_each(|heading| heading.at -= 1);
    parts.iter_mut().for_each(|(at, _)| *at -= 1);
    built.anchors.values_mut().for_each(|at| *at = at.saturating_sub(1));
    Some(title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Where the parts begin that are marked, each as deep as its heading stands.
pub(super) fn marked(parts: &[(usize, Part)], headings: &[Heading]) -> Vec<Point> {
    let point = |(at, part): &(usize, Part)| {
        let found = headings.binary_search_by_key(at, |heading| heading.at).ok()?;
        let level = usize::from(headings[found].level).saturating_sub(1).max(1);
        Some(Point { source: 0, at: *at, level, title: None, is_section: *part == Part::Section })
    };
    parts.iter().filter_map(point).collect()
}

/// Whether a file is Markdown, by its name. What programs add to it for themselves is read as text.
pub(in crate::document) fn is_markdown(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    matches!(&*ending, "md" | "markdown" | "mdown" | "mdwn" | "mdx" | "mkd" | "qmd" | "rmd" | "txt")
}
