//! The contents of a folder as mdBook has them: `SUMMARY.md`, with parts, chapters in chapters, and chapters that are yet to
//! be written; and `book.toml`, which says what the book is called.

use super::{
    decoded::text_at,
    front_matter::{self, About},
    options,
};
use crate::document::{
    archive::Archive,
    beside::target,
    left_out::{LeftOut, What},
    unreadable::Unreadable,
};
use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
    parse_document,
};

/// How deep lists are read.
const DEEPEST: usize = 20;

/// A chapter or section that is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// What it is called there.
    pub title: Option<String>,
    /// Where its file lies; nothing for one that is yet to be written, or that is only a heading of others.
    pub path: Option<String>,
    /// The place in that file where it begins; empty for its beginning.
    pub place: String,
    /// How deep it lies: 1 at the top.
    pub level: usize,
    /// Whether it is only a heading of others.
    pub is_section: bool,
}

/// What a folder says is in it.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub chapters: Vec<Listed>,
    pub about: About,
    /// Where it lies.
    pub path: Option<String>,
}

impl Summary {
    /// The contents of a folder, if it has some. What is no chapter in them is noted.
    pub(super) fn read(archive: &mut Archive, left_out: &mut LeftOut) -> Result<Option<Self>, Unreadable> {
        let is_summary =
            |path: &&str| path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case("summary.md"));
        let mut found: Vec<&str> = archive.paths().filter(is_summary).collect();
        found.sort_by_key(|path| path.matches('/').count());
        let Some(path) = found.first().map(|path| (*path).to_owned()) else { return Ok(None) };
        let Some(text) = text_at(archive, &path)? else { return Ok(None) };
        let mut beside = LeftOut::default();
        let chapters = listed(&text, &path, &mut beside);
        if chapters.is_empty() {
            return Ok(None);
        }
        left_out.add_all(&beside);
        Ok(Some(Self { chapters, about: about(archive)?, path: Some(path) }))
    }
}

/// What `book.toml` says of the book.
fn about(archive: &mut Archive) -> Result<About, Unreadable> {
    let mut about = About::default();
    let path = archive.paths().find(|path| path.rsplit('/').next() == Some("book.toml")).map(str::to_owned);
    let Some(path) = path else { return Ok(about) };
    let Some(text) = text_at(archive, &path)? else { return Ok(about) };
    let book = front_matter::fields_of_toml(&text).into_iter().find(|(name, _)| name == "book");
    for (name, said) in book.map(|(_, said)| said.into_fields()).unwrap_or_default() {
        // What else it says is said to the program that makes a site of it.
        if matches!(name.as_str(), "title" | "author" | "authors" | "description" | "language") {
            about.take(&name, said, &mut LeftOut::default());
        }
    }
    Ok(about)
}

/// What is listed, in its order. What stands before the first heading of a part and after the last list stands beside the
/// parts, not in them.
fn listed(text: &str, path: &str, left_out: &mut LeftOut) -> Vec<Listed> {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    let mut contents = Contents { path, listed: Vec::new(), left_out };
    let (mut is_in_part, mut lists) = (false, 0);
    let all = root.children().filter(|block| is_list(block)).count();
    for block in root.children() {
        match &block.data.borrow().value {
            // The first heading is that of the contents, as far as nothing came before it.
            NodeValue::Heading(_) if contents.listed.is_empty() && lists == 0 && is_title(block) => {}
            NodeValue::Heading(_) => {
                is_in_part = true;
                contents.heading(words(block), 1, true);
            }
            NodeValue::List(_) => {
                lists += 1;
                contents.items(block, 1 + usize::from(is_in_part));
                is_in_part &= lists < all || has_heading_after(block);
            }
            _ => contents.line(block, 1 + usize::from(is_in_part && lists < all)),
        }
    }
    contents.listed
}

fn is_list<'a>(block: &'a AstNode<'a>) -> bool {
    matches!(block.data.borrow().value, NodeValue::List(_))
}

fn is_title<'a>(heading: &'a AstNode<'a>) -> bool {
    let words = words(heading).to_lowercase();
    matches!(&*words, "summary" | "contents" | "table of contents") || heading.previous_sibling().is_none()
}

fn has_heading_after<'a>(block: &'a AstNode<'a>) -> bool {
    block.following_siblings().skip(1).any(|next| matches!(next.data.borrow().value, NodeValue::Heading(_)))
}

/// Contents that are being read.
struct Contents<'t> {
    /// Where they lie.
    path: &'t str,
    listed: Vec<Listed>,
    left_out: &'t mut LeftOut,
}

impl Contents<'_> {
    fn items<'a>(&mut self, list: &'a AstNode<'a>, level: usize) {
        if level > DEEPEST {
            return;
        }
        for item in list.children() {
            let stands_above = item.children().any(is_list);
            let mut is_titled = false;
            for block in item.children() {
                if is_list(block) {
                    self.items(block, level + 1);
                } else if is_titled {
                    self.line(block, level);
                } else {
                    is_titled = self.item(block, level, stands_above);
                }
            }
        }
    }

    /// What an item says first: chapters that it links to, or else what is listed below it is called, or a chapter that
    /// is yet to be written. Answers whether it says anything.
    fn item<'a>(&mut self, line: &'a AstNode<'a>, level: usize, stands_above: bool) -> bool {
        let before = self.listed.len();
        let (is_link, title) = (self.links(line, level), words(line));
        let says_anything = is_link || !title.is_empty();
        // A link that leads out of the book is no chapter, but may stand above some.
        if self.listed.len() == before && !title.is_empty() && (stands_above || !is_link) {
            self.heading(title, level, stands_above);
        }
        says_anything
    }

    fn heading(&mut self, title: String, level: usize, is_section: bool) {
        self.listed.push(Listed { title: Some(title), path: None, place: String::new(), level, is_section });
    }

    /// The chapters that a line links to. One that links to none is none.
    fn line<'a>(&mut self, line: &'a AstNode<'a>, level: usize) {
        if !self.links(line, level) {
            let words = words(line);
            if !words.is_empty() {
                self.left_out.add(What::Contents, &words);
            }
        }
    }

    /// Lists the chapters that a line links to, and answers whether there are links in it.
    fn links<'a>(&mut self, line: &'a AstNode<'a>, level: usize) -> bool {
        let mut is_any = false;
        for node in line.descendants() {
            if let NodeValue::Link(link) = &node.data.borrow().value {
                is_any = true;
                self.link(&link.url, words(node), level);
            }
        }
        is_any
    }

    /// A link as a chapter, unless it leads out of the book.
    fn link(&mut self, url: &str, title: String, level: usize) {
        let (path, place) = match target(self.path, url) {
            // These are no chapter themselves: it is the title of one.
            Some((path, _)) if path == self.path => (None, String::new()),
            Some((path, place)) => (Some(path), place),
            // One that is yet to be written.
            None if matches!(url.trim(), "" | "#") => (None, String::new()),
            None => return self.left_out.add(What::Link, url),
        };
        let title = Some(title).filter(|title| !title.is_empty());
        self.listed.push(Listed { title, path, place, level, is_section: false });
    }
}

fn words<'a>(node: &'a AstNode<'a>) -> String {
    let mut words = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_have_parts_chapters_in_chapters_and_what_stands_beside() {
        let text = "# Summary\n\n[Preface](preface.md)\n\n# Sea\n\n- [Tides](sea/tides.md)\n  - [Spring *tides*](sea/spring.md)\n\
                    - [Waves]()\n\n---\n\n# Air\n\n- [Winds](air/winds.md#top)\n\n[Thanks](thanks.md)\n";
        let mut left_out = LeftOut::default();
        let found = listed(text, "src/SUMMARY.md", &mut left_out);
        assert_eq!(found.iter().map(|one| one.place.as_str()).collect::<String>(), "top");
        assert_eq!(left_out, LeftOut::default());
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.title.as_deref().unwrap_or_default(), one.path.as_deref(), one.level, one.is_section))
            .collect();
        let expected = [
            ("Preface", Some("src/preface.md"), 1, false),
            ("Sea", None, 1, true),
            ("Tides", Some("src/sea/tides.md"), 2, false),
            ("Spring tides", Some("src/sea/spring.md"), 3, false),
            ("Waves", None, 2, false),
            ("Air", None, 1, true),
            ("Winds", Some("src/air/winds.md"), 2, false),
            ("Thanks", Some("src/thanks.md"), 1, false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_stands_above_others_is_their_heading_and_what_leads_out_of_the_book_is_named() {
        let text = "# Contents\n\nOf the *sea*.\n\n* The Sea\n  * [Tides](t.md#ebb), [Waves](w.md)\n* [Out](https://a.example/)\n  \
                    * [Winds](v.md)\n* [Away](https://b.example/)\n* Later\n* [Here](#here)\n";
        let mut left_out = LeftOut::default();
        let found = listed(text, "SUMMARY.md", &mut left_out);
        let title = |one: &Listed| one.title.clone().unwrap_or_default();
        let shown = |one: &Listed| (title(one), one.path.as_deref().unwrap_or("-").to_owned(), one.place.clone());
        let found: Vec<_> = found.iter().map(|one| (shown(one), one.level, one.is_section)).collect();
        let expected = [
            (("The Sea", "-", ""), 1, true),
            (("Tides", "t.md", "ebb"), 2, false),
            (("Waves", "w.md", ""), 2, false),
            (("Out", "-", ""), 1, true),
            (("Winds", "v.md", ""), 2, false),
            (("Later", "-", ""), 1, false),
            (("Here", "-", ""), 1, false),
        ];
        let owned = |(title, path, place): (&str, &str, &str)| (title.to_owned(), path.to_owned(), place.to_owned());
        assert_eq!(found, expected.map(|(shown, level, is_section)| (owned(shown), level, is_section)));
        let left_out: Vec<_> = left_out.iter().map(|(what, name, _)| (what, name)).collect();
        let [a, b] = ["https://a.example/", "https://b.example/"].map(|url| (What::Link, url));
        assert_eq!(left_out, [(What::Contents, "Of the sea."), a, b]);
    }
}
