//! The contents of a folder as mdBook has them: `SUMMARY.md`, with parts, chapters in chapters, and chapters that are yet to
//! be written; and `book.toml`, which says what the book is called.

use super::{
    book::markdown_at,
    front_matter::{self, About},
    options,
};
use crate::document::{archive::Archive, beside::target, left_out::LeftOut, unreadable::Unreadable};
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
}

impl Summary {
    /// The contents of a folder, if it has some.
    pub(super) fn read(archive: &mut Archive) -> Result<Option<Self>, Unreadable> {
        let is_summary =
            |path: &&str| path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case("summary.md"));
        let mut found: Vec<&str> = archive.paths().filter(is_summary).collect();
        found.sort_by_key(|path| path.matches('/').count());
        let Some(path) = found.first().map(|path| (*path).to_owned()) else { return Ok(None) };
        let Some(text) = markdown_at(archive, &path)? else { return Ok(None) };
        let chapters = listed(&text, &path);
        if chapters.is_empty() {
            return Ok(None);
        }
        let about = about(archive)?;
        Ok(Some(Self { chapters, about }))
    }
}

/// What `book.toml` says of the book.
fn about(archive: &mut Archive) -> Result<About, Unreadable> {
    let mut about = About::default();
    let path = archive.paths().find(|path| path.rsplit('/').next() == Some("book.toml")).map(str::to_owned);
    let Some(path) = path else { return Ok(about) };
    let Some(text) = markdown_at(archive, &path)? else { return Ok(about) };
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
fn listed(text: &str, path: &str) -> Vec<Listed> {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    let mut listed = Vec::new();
    let (mut is_in_part, mut lists) = (false, 0);
    let all = root.children().filter(|block| matches!(block.data.borrow().value, NodeValue::List(_))).count();
    for block in root.children() {
        match &block.data.borrow().value {
            // The first heading is that of the contents, as far as nothing came before it.
            NodeValue::Heading(_) if listed.is_empty() && lists == 0 && is_title(block) => {}
            NodeValue::Heading(_) => {
                is_in_part = true;
                listed.push(Listed { title: Some(words(block)), path: None, level: 1, is_section: true });
            }
            NodeValue::List(_) => {
                lists += 1;
                items(block, path, 1 + usize::from(is_in_part), &mut listed);
                is_in_part &= lists < all || has_heading_after(block);
            }
            NodeValue::Paragraph => {
                let level = 1 + usize::from(is_in_part && lists < all);
                listed.extend(block.descendants().filter_map(|node| link(node, path, level)));
            }
            _ => {}
        }
    }
    listed
}

fn is_title<'a>(heading: &'a AstNode<'a>) -> bool {
    let words = words(heading).to_lowercase();
    matches!(&*words, "summary" | "contents" | "table of contents") || heading.previous_sibling().is_none()
}

fn has_heading_after<'a>(block: &'a AstNode<'a>) -> bool {
    block.following_siblings().skip(1).any(|next| matches!(next.data.borrow().value, NodeValue::Heading(_)))
}

fn items<'a>(list: &'a AstNode<'a>, path: &str, level: usize, listed: &mut Vec<Listed>) {
    if level > DEEPEST {
        return;
    }
    for item in list.children() {
        for block in item.children() {
            match block.data.borrow().value {
                NodeValue::List(_) => items(block, path, level + 1, listed),
                _ => listed.extend(block.descendants().find_map(|node| link(node, path, level))),
            }
        }
    }
}

/// A link as a chapter.
fn link<'a>(node: &'a AstNode<'a>, path: &str, level: usize) -> Option<Listed> {
    let data = node.data.borrow();
    let NodeValue::Link(link) = &data.value else { return None };
    let path = target(path, &link.url).map(|(path, _)| path);
    Some(Listed { title: Some(words(node)).filter(|title| !title.is_empty()), path, level, is_section: false })
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
        let found = listed(text, "src/SUMMARY.md");
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
}
