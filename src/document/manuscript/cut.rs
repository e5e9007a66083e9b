//! Where a book is taken apart: at the places that its own contents name, down to a level that is chosen.

use super::{
    super::{
        beside::PART,
        left_out::What,
        schema::Value,
        tree::{Element, Node, Run, plain},
    },
    Manuscript, Piece, Point, Source,
    placed::number,
};
use crate::metadata::reference::suffix;
use std::{mem::take, sync::Arc};

/// How deep chapters lie at most: below as many sections as may stand in each other.
pub const DEEPEST: usize = 5;
/// How many words a chapter has that should rather be several.
const LONG: usize = 20_000;
/// How many letters of a title are kept as one. What is longer stands in the text as well.
pub const TITLE: usize = 200;

impl Manuscript {
    /// A book of these files, in which chapters may begin at these places.
    pub(in crate::document) fn new(sources: Vec<Source>, mut points: Vec<Point>) -> Self {
        for point in &mut points {
            point.level = point.level.clamp(1, DEEPEST);
        }
        // What is named earlier stands before what begins in the same place.
        points.sort_by_key(|point| (point.source, point.at));
        let points = with_all(&sources, points);
        Self { sources, points, ..Self::default() }
    }

    /// The files that its text stands in.
    pub(in crate::document) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// On which levels chapters may begin: 1 and more.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.points.iter().map(|point| point.level).max().unwrap_or(1)
    }

    /// The level that suits it: the deepest where it says itself what its chapters are; else that on which its files begin, or a deeper one where that would be one endless chapter.
    #[must_use]
    pub fn level(&self) -> usize {
        if self.is_marked {
            return self.levels();
        }
        let begins_file = |point: &&Point| point.at == 0;
        let of_files = self.points.iter().filter(begins_file).map(|point| point.level).max().unwrap_or(1);
        let chapters = |level: usize| {
            let text = |point: &&Point| point.level <= level && !self.sources[point.source].is_apparatus;
            self.points.iter().filter(text).count()
        };
        let words =
            || -> usize { self.sources.iter().map(|source| plain(&source.nodes).split_whitespace().count()).sum() };
        if chapters(of_files) > 1 || words() < LONG {
            return of_files;
        }
        (of_files..=self.levels()).find(|level| chapters(*level) > 1).unwrap_or(of_files)
    }

    /// Whether it may stay one chapter: it came as one file.
    #[must_use]
    pub fn may_be_one(&self) -> bool {
        self.sources.len() == 1
    }

    /// The same text once more, to see what would become of it. What it would lose besides is noted in it.
    #[must_use]
    pub fn again(&self) -> Self {
        let (sources, points, title) = (self.sources.clone(), self.points.clone(), self.title.clone());
        Self { sources, points, title, is_marked: self.is_marked, names_places: self.names_places, ..Self::default() }
    }

    /// Puts its title back into its text, where it was taken from that: it is not what it is called where it goes.
    pub fn keep_title(&mut self) {
        let Some(title) = self.title.clone().filter(|_| self.has_title_in_text) else { return };
        let Some(source) = self.sources.first_mut() else { return };
        source.nodes.insert(0, heading(&title));
        source.anchors.values_mut().for_each(|at| *at += 1);
        source.headings.iter_mut().for_each(|heading| heading.at += 1);
        self.points.iter_mut().filter(|point| point.source == 0 && point.at > 0).for_each(|point| point.at += 1);
    }

    /// Takes it apart at this level, 0 for nowhere, and leaves nothing of its text.
    pub fn cut(&mut self, level: usize) -> Vec<Piece> {
        let mut points: Vec<Point> = take(&mut self.points).into_iter().filter(|point| point.level <= level).collect();
        if points.is_empty() {
            points.push(Point { source: 0, at: 0, level: 1, title: self.title.clone(), is_section: false });
        }
        // Of two that would be the same chapter the first is it.
        points.dedup_by(|next, point| {
            let is_same = (next.source, next.at, next.level) == (point.source, point.at, point.level);
            is_same && !point.is_section && !next.is_section
        });
        let targets = Targets::of(&points, &self.sources);
        let mut sources: Vec<Source> = take(&mut self.sources);
        let mut pieces = Vec::with_capacity(points.len());
        let mut open: Vec<usize> = Vec::new();
        for (number, point) in points.iter().enumerate().rev() {
            let next = points.get(number + 1);
            let is_section = point.is_section || next.is_some_and(|next| next.level > point.level);
            pieces.push((number, is_section, text_of(point, &mut sources)));
        }
        pieces.reverse();
        let mut made = Vec::with_capacity(pieces.len());
        for (number, is_section, (mut nodes, level)) in pieces {
            let point = &points[number];
            open.retain(|level| *level < point.level);
            let depth = open.len();
            if is_section {
                open.push(point.level);
            }
            let source = &sources[point.source];
            let title = self.titled(point.title.clone(), level, &mut nodes);
            // Where a book is marked, the marks have said it.
            if !self.is_marked {
                relevel(&mut nodes, level);
            }
            self.lead(&mut nodes, number, &targets);
            if let Some(long) = title.as_ref().filter(|title| title.chars().nth(TITLE).is_some()) {
                nodes.insert(0, heading(long));
            }
            let title = title.or_else(|| source.name.clone());
            made.push(Piece { title, nodes, is_section, depth, is_apparatus: source.is_apparatus });
        }
        made
    }

    /// What a piece is called, with the heading that says so taken off its text. A title has no notes and leads nowhere:
    /// those stand below it, or are named.
    fn titled(&mut self, named: Option<String>, level: Option<u8>, nodes: &mut Vec<Node>) -> Option<String> {
        let named = named.map(|name| on_one_line(&name)).filter(|name| !name.is_empty());
        let Some(Node::Element(first)) = nodes.first() else { return named };
        if level.is_none() || first.kind.name != "heading" {
            return named;
        }
        let said = heading_words(first);
        let (own, other) = (bare(&said), named.as_deref().map(bare).unwrap_or_default());
        let is_same = named.as_deref().is_none_or(|named| is_within(named, &said) || is_within(&said, named));
        if said.is_empty() || !(own == other || is_same) {
            return named.or_else(|| (!said.is_empty()).then(|| self.take_heading(nodes)));
        }
        let heading = self.take_heading(nodes);
        Some(named.filter(|_| other.len() > own.len()).unwrap_or(heading))
    }

    fn take_heading(&mut self, nodes: &mut Vec<Node>) -> String {
        let Node::Element(heading) = nodes.remove(0) else { return String::new() };
        let said = heading_words(&heading);
        let mut notes = Vec::new();
        for child in heading.children {
            match child {
                Node::Text(run) => {
                    let link = run.marks.iter().find(|mark| mark.kind.name == "link");
                    if let Some(href) = link.map(|link| link.text_value("href")).filter(|href| !href.starts_with(PART))
                    {
                        self.left_out.add(What::Link, href);
                    }
                }
                Node::Element(note) if note.kind.name == "footnote" => {
                    notes.push(Node::Element(Element::new("paragraph", &[], note.children)));
                }
                Node::Element(_) => {}
            }
        }
        nodes.splice(0..0, notes);
        said
    }

    /// Links within the book lead to pieces of it from now on.
    fn lead(&mut self, nodes: &mut [Node], from: usize, targets: &Targets) {
        for node in nodes {
            match node {
                Node::Element(element) => self.lead(&mut element.children, from, targets),
                Node::Text(run) => {
                    for mark in &mut run.marks {
                        let Some((piece, is_exact)) = targets.of_link(mark.text_value("href")) else { continue };
                        if !is_exact && piece != from {
                            self.left_out.add(What::Place, "");
                        }
                        let href = mark.text_value("href");
                        let place = href.split_once('#').filter(|_| self.names_places && piece == from && !is_exact);
                        let led = match place {
                            Some((_, place)) => format!("#{place}"),
                            None => format!("{PART}{piece}{}", suffix(href)),
                        };
                        mark.values = Arc::new([Value::Text(led)]);
                    }
                }
            }
        }
    }
}

/// Each file has a place where it begins, unless it goes on with what the one before it is about.
fn with_all(sources: &[Source], points: Vec<Point>) -> Vec<Point> {
    // Where nothing else says so, whatever a file begins with does.
    let highest = if points.is_empty() { u8::MAX } else { 1 };
    let mut all: Vec<Point> = Vec::with_capacity(points.len() + sources.len());
    let mut points = points.into_iter().peekable();
    for (number, source) in sources.iter().enumerate() {
        let begins_here = |point: &Point| point.source == number && point.at == 0;
        let is_named = points.peek().is_some_and(begins_here);
        let begins_with_title =
            source.headings.first().is_some_and(|heading| heading.at == 0 && heading.level <= highest);
        let after_apparatus = number.checked_sub(1).is_some_and(|before| sources[before].is_apparatus);
        let is_own = all.is_empty() || source.is_apparatus || after_apparatus || begins_with_title;
        if !is_named && is_own && (!source.nodes.is_empty() || source.is_apparatus) {
            let level = if source.is_apparatus { 1 } else { all.last().map_or(1, |point| point.level) };
            all.push(Point { source: number, at: 0, level, title: None, is_section: false });
        }
        while let Some(point) = points.next_if(|point| point.source == number) {
            all.push(point);
        }
    }
    all
}

/// Takes what stands from a place on; what comes after the next place was taken before. Answers with the level of its
/// first heading as well.
fn text_of(point: &Point, sources: &mut [Source]) -> (Vec<Node>, Option<u8>) {
    let Some((source, after)) = sources.get_mut(point.source..).and_then(<[Source]>::split_first_mut) else {
        return (Vec::new(), None);
    };
    let level = source.headings.iter().find(|heading| heading.at == point.at).map(|heading| heading.level);
    let mut nodes = source.nodes.split_off(point.at.min(source.nodes.len()));
    for source in after {
        nodes.append(&mut source.nodes);
    }
    (nodes, level)
}

/// Headings stand as much higher as the piece's own did.
fn relevel(nodes: &mut [Node], own: Option<u8>) {
    let Some(higher) = own.map(|own| i64::from(own) - 1).filter(|higher| *higher > 0) else { return };
    for node in nodes {
        if let Node::Element(heading) = node
            && heading.kind.name == "heading"
            && let Some(Value::Number(level)) = heading.values.first_mut()
        {
            *level = (*level - higher).clamp(2, 4);
        }
    }
}

/// Where links lead.
struct Targets {
    /// Where each piece begins.
    starts: Vec<(usize, usize)>,
    anchors: Vec<std::collections::HashMap<String, usize>>,
}

impl Targets {
    fn of(points: &[Point], sources: &[Source]) -> Self {
        Self {
            starts: points.iter().map(|point| (point.source, point.at)).collect(),
            anchors: sources.iter().map(|source| source.anchors.clone()).collect(),
        }
    }

    /// The piece that a link leads to, and whether it leads to its beginning.
    fn of_link(&self, href: &str) -> Option<(usize, bool)> {
        let source = number(href, PART)?;
        let fragment = href.split_once('#').map(|(_, fragment)| fragment).unwrap_or_default();
        let at = self.anchors.get(source).and_then(|anchors| anchors.get(fragment)).copied().unwrap_or(0);
        let after = self.starts.partition_point(|start| *start <= (source, at));
        let piece = after.saturating_sub(1);
        Some((piece, self.starts.get(piece) == Some(&(source, at))))
    }
}

fn heading(words: &str) -> Node {
    let words = Node::Text(Run { text: words.to_owned(), marks: Vec::new() });
    Node::Element(Element::new("heading", &[], vec![words]))
}

fn heading_words(heading: &Element) -> String {
    let mut words = String::new();
    for child in &heading.children {
        match child {
            Node::Text(run) => words.push_str(&run.text),
            Node::Element(_) => words.push(' '),
        }
    }
    on_one_line(&words)
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether some words, without what is no letter or number, stand one behind the other among others.
fn is_within(some: &str, others: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let (some, others) = (words(some), words(others));
    !some.is_empty() && others.windows(some.len()).any(|here| here == some)
}

/// Only letters and numbers, in small letters.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
