//! The contents of an EPUB: where its chapters begin, and what they are called.

use super::super::super::{
    beside::{Files, target},
    manuscript::{Manuscript, Point, Source},
    markup::Markup,
    tree::{Node, plain},
};

/// How deep contents are read.
const DEEPEST: usize = 20;
/// How many entries are read of them.
const MOST: usize = 20_000;

/// An entry of the contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it says.
    pub title: String,
    /// Where it leads: to which path, and which place there. Nothing for what only stands above others.
    pub target: Option<(String, String)>,
    /// How deep it lies: 1 at the top.
    pub level: usize,
}

/// The entries of contents as EPUB 3 has them: lists in lists.
pub(super) fn of_nav(markup: &Markup, path: &str) -> Vec<Entry> {
    let navs: Vec<&Markup> = markup.all().into_iter().filter(|element| element.name == "nav").collect();
    let is_toc = |nav: &&&Markup| {
        let types = [nav.attribute("type"), nav.attribute("role")];
        types
            .iter()
            .flatten()
            .flat_map(|types| types.split_ascii_whitespace())
            .any(|kind| matches!(kind, "toc" | "doc-toc"))
    };
    let Some(nav) = navs.iter().find(is_toc).or_else(|| navs.first()) else { return Vec::new() };
    let mut entries = Vec::new();
    for list in nav.children.iter().filter(|child| matches!(child.name.as_str(), "ol" | "ul")) {
        list_entries(list, path, 1, &mut entries);
    }
    entries
}

/// The entries of a list, and of those in it.
pub(super) fn list_entries(list: &Markup, path: &str, level: usize, entries: &mut Vec<Entry>) {
    for item in &list.children {
        if level > DEEPEST || entries.len() >= MOST {
            return;
        }
        let is_list = |child: &&Markup| matches!(child.name.as_str(), "ol" | "ul");
        if item.name != "li" {
            if is_list(&item) {
                list_entries(item, path, level, entries);
            }
            continue;
        }
        let label = item.children.iter().find(|child| !is_list(child));
        let link = label.and_then(|label| if label.name == "a" { Some(label) } else { label.find("a") });
        let title = label
            .map(Markup::words)
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| item.text.split_whitespace().collect::<Vec<_>>().join(" "));
        let target = link.and_then(|link| target(path, link.attribute("href")?));
        if !title.is_empty() || target.is_some() {
            entries.push(Entry { title, target, level });
        }
        for list in item.children.iter().filter(is_list) {
            list_entries(list, path, level + 1, entries);
        }
    }
}

/// The entries of contents as EPUB 2 has them.
pub(super) fn of_ncx(markup: &Markup, path: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Some(map) = markup.find("navmap") {
        nav_points(map, path, 1, &mut entries);
    }
    entries
}

fn nav_points(within: &Markup, path: &str, level: usize, entries: &mut Vec<Entry>) {
    for point in within.children.iter().filter(|child| child.name == "navpoint") {
        if level > DEEPEST || entries.len() >= MOST {
            return;
        }
        let child = |name: &str| point.children.iter().find(|child| child.name == name);
        let title = child("navlabel").map(Markup::words).unwrap_or_default();
        let target = child("content").and_then(|content| target(path, content.attribute("src")?));
        entries.push(Entry { title, target, level });
        nav_points(point, path, level + 1, entries);
    }
}

/// Where the entries lead. What leads nowhere stands where the next does.
pub(super) fn points(entries: &[Entry], files: &Files, sources: &[Source]) -> Vec<Point> {
    let mut points = Vec::with_capacity(entries.len());
    let mut next = None;
    for entry in entries.iter().rev() {
        let found = entry.target.as_ref().and_then(|(path, fragment)| {
            let source = files.text_at(path)?;
            let anchors = &sources.get(source)?.anchors;
            // A place that is not there is the file's beginning.
            Some((source, anchors.get(fragment).copied().unwrap_or(0)))
        });
        // Only what stands above others is a heading of theirs.
        let above = next.filter(|(_, level)| *level > entry.level).map(|(place, _)| place);
        let Some((source, at)) = found.or(above) else { continue };
        next = Some(((source, at), entry.level));
        let title = Some(entry.title.clone()).filter(|title| !title.is_empty());
        points.push(Point { source, at, level: entry.level, title, is_section: found.is_none() });
    }
    points.reverse();
    points
}

/// How many words a file has at least that is taken for text, though it holds the contents as well; and to how many of
/// those that lead elsewhere.
const TEXT: usize = 300;
const TO_LINKED: usize = 4;

/// Whether a file that holds the contents is text all the same: most of its words lead nowhere.
pub(super) fn is_text(source: &Source) -> bool {
    let (linked, words) = linked(&source.nodes);
    words >= TEXT && words > TO_LINKED * linked
}

/// How many words lead elsewhere, and how many there are.
fn linked(nodes: &[Node]) -> (usize, usize) {
    nodes.iter().fold((0, 0), |(linked, words), node| match node {
        Node::Text(run) => {
            let here = run.text.split_whitespace().count();
            let is_link = run.marks.iter().any(|mark| mark.kind.name == "link");
            (linked + if is_link { here } else { 0 }, words + here)
        }
        Node::Element(element) => {
            let (of_link, all) = self::linked(&element.children);
            (linked + of_link, words + all)
        }
    })
}

/// Whether a file is nothing but the picture on the cover, or the title above it.
pub(super) fn is_cover(source: &Source, cover: Option<usize>) -> bool {
    let pictures: Vec<usize> = pictures(source);
    cover.is_some_and(|cover| pictures == [cover]) && plain(&source.nodes).split_whitespace().count() <= 5
}

/// The picture that the first file is nothing but.
pub(super) fn first_cover(book: &Manuscript) -> Option<usize> {
    let first = book.sources().first()?;
    let only = pictures(first);
    match only[..] {
        [picture] if plain(&first.nodes).split_whitespace().count() <= 5 => Some(picture),
        _ => None,
    }
}

fn pictures(source: &Source) -> Vec<usize> {
    let mut used = std::collections::BTreeSet::new();
    let figures = source.nodes.iter().filter(|node| matches!(node, Node::Element(_)));
    figures.for_each(|node| super::super::super::manuscript::used_pictures(std::slice::from_ref(node), &mut used));
    used.into_iter().collect()
}
