//! Notes of a book of HTML. There they are written in many ways: as an element that says it is one, or, in older books,
//! as any that a small sign leads to, and that leads back. So all files are looked through before the first is read.

use super::{
    super::{
        beside::Around,
        builder::on_one_line,
        left_out::What,
        tree::{Element, Node},
    },
    Sheet, Sheets, Tag, attribute,
    elements::{is_block, is_void, known},
    is_heading, tokens,
    whole::Whole,
};
use html5gum::Token;
use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    ops::Range,
};

/// How deep elements are looked at. Those that begin deeper are no notes.
const DEEPEST: usize = 200;
/// How long a note may be that is none by its own word, in bytes.
const LONGEST: usize = 20_000;
/// How many letters a sign has that leads to a note.
const SIGN: usize = 12;

/// A file, looked through.
#[derive(Debug, Default)]
pub(in crate::document) struct Scanned {
    /// Where its text stands in it.
    pub body: Range<usize>,
    /// Its title, which no page shows.
    pub title: Option<String>,
    /// Its language.
    pub language: Option<String>,
    elements: Vec<Found>,
    /// Which elements have a name, or stand around what has it.
    ids: HashMap<String, usize>,
    pointers: Vec<Pointer>,
    page_breaks: Vec<Range<usize>>,
    /// Lines that part the text from its notes.
    rules: Vec<Range<usize>>,
}

/// An element that something may lead to.
#[derive(Debug)]
struct Found {
    start: usize,
    inner: Range<usize>,
    end: usize,
    is_note: bool,
    is_heading: bool,
}

/// A link.
#[derive(Debug)]
struct Pointer {
    start: usize,
    end: usize,
    href: String,
    ids: Vec<String>,
    text: String,
    /// Whether it says that it leads to a note, or back from one.
    is_note: bool,
    is_back: bool,
    /// Whether no text but that of links stands before it in its paragraph, and whether none stands after it either.
    begins: bool,
    is_alone: bool,
}

/// An element that is open.
struct Open {
    name: &'static str,
    start: usize,
    inner: usize,
    ids: Vec<String>,
    is_note: bool,
    is_page_break: bool,
    holds_notes: bool,
    found: Option<usize>,
    pointer: Option<usize>,
}

/// Looks through a file.
pub(in crate::document) fn scan(text: &str, is_xml: bool) -> Scanned {
    let mut scan = Scan {
        text,
        open: Vec::new(),
        last_term: None,
        scanned: Scanned::default(),
        title: None,
        is_in_head: true,
        has_text: false,
        alone: 0,
    };
    scan.scanned.body = 0..text.len();
    for token in tokens(text, is_xml) {
        match token {
            Token::StartTag(tag) => {
                let Some(name) = known(&String::from_utf8_lossy(&tag.name)) else { continue };
                scan.start(name, &tag, is_void(name) || is_xml && tag.self_closing);
            }
            Token::EndTag(tag) => {
                let Some(name) = known(&String::from_utf8_lossy(&tag.name)) else { continue };
                scan.end(name, tag.span.start..tag.span.end);
            }
            Token::String(text) => scan.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    while !scan.open.is_empty() {
        scan.close(text.len()..text.len());
    }
    let mut scanned = scan.scanned;
    scanned.title = scan.title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    scanned
}

struct Scan<'a> {
    text: &'a str,
    open: Vec<Open>,
    /// A term that something leads to: what explains it comes next.
    last_term: Option<usize>,
    scanned: Scanned,
    title: Option<String>,
    /// Nothing came yet that is shown.
    is_in_head: bool,
    /// Whether text stands in the paragraph that is read, but for that of links; and from which link on none came yet.
    has_text: bool,
    alone: usize,
}

impl Scan<'_> {
    fn start(&mut self, name: &'static str, tag: &Tag, is_empty: bool) {
        let Range { start, end } = tag.span.start..tag.span.end;
        match name {
            "html" | "body" => {
                if let Some(language) = attribute(tag, "lang").or_else(|| attribute(tag, "xml:lang")) {
                    self.scanned.language.get_or_insert(language);
                }
                if name == "body" {
                    self.scanned.body.start = end;
                }
                return;
            }
            "head" => return,
            "title" if self.title.is_none() && self.open.is_empty() => self.title = Some(String::new()),
            _ => {}
        }
        self.begin_paragraph(name);
        if name == "hr" && self.open.last().is_some_and(|around| around.holds_notes) {
            self.scanned.rules.push(start..end);
        }
        self.is_in_head &= matches!(name, "title" | "meta" | "link" | "base" | "style");
        let ids: Vec<String> = [attribute(tag, "id"), attribute(tag, "name").filter(|_| name == "a")]
            .into_iter()
            .flatten()
            .filter(|id| !id.is_empty())
            .collect();
        let says = Says::of(tag);
        let mut open = Open {
            name,
            start,
            inner: end,
            is_note: says.is_note(),
            is_page_break: says.is_page_break(),
            holds_notes: says.holds_notes(),
            ids,
            found: None,
            pointer: None,
        };
        if name == "a"
            && let Some(href) = attribute(tag, "href")
        {
            open.pointer = Some(self.pointer(href, &open, &says));
        }
        let is_named = !open.ids.is_empty() || open.is_note;
        if self.open.len() >= DEEPEST {
            return;
        }
        self.open.push(open);
        if is_named {
            self.name();
        }
        if is_empty {
            self.close(end..end);
        }
    }

    fn pointer(&mut self, href: String, open: &Open, says: &Says) -> usize {
        // What stands in a line around a link has its name as well.
        let around = self.open.iter().rev().take_while(|open| !is_block(open.name)).flat_map(|open| open.ids.clone());
        let ids = open.ids.iter().cloned().chain(around).collect();
        let (is_note, is_back) = (says.leads_to_note(), says.leads_back());
        let (start, end) = (open.start, open.inner);
        let (begins, is_alone) = (!self.has_text, !self.has_text);
        let text = String::new();
        self.scanned.pointers.push(Pointer { start, end, href, ids, text, is_note, is_back, begins, is_alone });
        self.scanned.pointers.len() - 1
    }

    /// Another paragraph begins with this element, or after it. What explains a term belongs to it.
    fn begin_paragraph(&mut self, name: &str) {
        if is_block(name) && name != "dd" || name == "br" {
            (self.has_text, self.alone) = (false, self.scanned.pointers.len());
        }
    }

    /// What was opened last has a name: it stands for the block it begins or is in.
    fn name(&mut self) {
        let last = self.open.len() - 1;
        let Some(block) = (0..=last).rev().find(|at| is_block(self.open[*at].name) || self.open[*at].is_note) else {
            return;
        };
        let Open { name, start, inner, is_note, found, .. } = self.open[block];
        let found = found.unwrap_or_else(|| {
            let found = Found { start, inner: inner..inner, end: inner, is_note, is_heading: is_heading(name) };
            self.scanned.elements.push(found);
            self.scanned.elements.len() - 1
        });
        self.open[block].found = Some(found);
        for id in &self.open[last].ids {
            self.scanned.ids.entry(id.clone()).or_insert(found);
        }
    }

    fn text(&mut self, text: &str) {
        let Some(last) = self.open.last() else { return };
        if last.name == "title"
            && let Some(title) = self.title.as_mut().filter(|title| title.len() < 1_000)
        {
            title.push_str(text);
        }
        let pointer = self.open.iter().rev().take(8).find_map(|open| open.pointer);
        if let Some(pointer) = pointer {
            let pointer = &mut self.scanned.pointers[pointer];
            if pointer.text.len() <= SIGN * 4 {
                pointer.text.push_str(text);
            }
        } else if text.contains(char::is_alphanumeric) {
            self.has_text = true;
            let before = self.scanned.pointers.get_mut(self.alone..).into_iter().flatten();
            before.for_each(|pointer| pointer.is_alone = false);
            self.alone = self.scanned.pointers.len();
        }
    }

    fn end(&mut self, name: &'static str, span: Range<usize>) {
        if name == "body" {
            self.scanned.body.end = span.start;
            return;
        }
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        while self.open.len() > at + 1 {
            self.close(span.start..span.start);
        }
        self.close(span);
        if name != "dt" {
            self.begin_paragraph(name);
        }
    }

    /// Closes what was opened last.
    fn close(&mut self, end: Range<usize>) {
        let Some(Open { name, start, found, pointer, is_page_break, .. }) = self.open.pop() else { return };
        if is_page_break {
            self.scanned.page_breaks.push(start..end.end);
        }
        if let Some(pointer) = pointer {
            self.scanned.pointers[pointer].end = end.end;
        }
        if let Some(found) = found {
            let element = &mut self.scanned.elements[found];
            (element.inner.end, element.end) = (end.start, end.end);
        }
        match name {
            // Where no body begins, what is shown comes after it.
            "title" if self.open.is_empty() && self.is_in_head => {
                self.scanned.body.start = self.scanned.body.start.max(end.end);
            }
            "dt" => self.last_term = found,
            "dd" => {
                if let Some(term) = self.last_term.take() {
                    let element = &mut self.scanned.elements[term];
                    (element.inner.end, element.end) = (end.start, end.end);
                }
            }
            _ => {}
        }
        debug_assert!(end.end <= self.text.len());
    }
}

/// What an element says it is, in the ways in which that is said.
struct Says {
    words: Vec<String>,
    class: Vec<String>,
}

impl Says {
    fn of(tag: &Tag) -> Self {
        let words = |name| {
            let words = attribute(tag, name).unwrap_or_default();
            words.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        Self { words: [words("epub:type"), words("role")].concat(), class: words("class") }
    }

    fn has(words: &[String], wanted: &[&str]) -> bool {
        words.iter().any(|word| wanted.contains(&word.as_str()))
    }

    fn is_note(&self) -> bool {
        Self::has(&self.words, &["footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote"])
    }

    fn holds_notes(&self) -> bool {
        Self::has(&self.words, &["footnotes", "endnotes", "rearnotes", "doc-endnotes"])
            || Self::has(&self.class, &["footnotes", "endnotes"])
    }

    fn is_page_break(&self) -> bool {
        Self::has(&self.words, &["pagebreak", "doc-pagebreak"])
    }

    fn leads_to_note(&self) -> bool {
        Self::has(&self.words, &["noteref", "annoref", "doc-noteref"])
            || Self::has(&self.class, &["noteref", "footnote-ref", "footnote-reference", "footnoteRef", "footnoteref"])
    }

    fn leads_back(&self) -> bool {
        Self::has(&self.words, &["backlink", "doc-backlink"])
            || Self::has(&self.class, &["fn-backref", "footnote-back", "footnote-backref", "reversefootnote"])
    }
}

/// The notes of a book.
pub(in crate::document) struct Notes<'a> {
    files: Vec<File<'a>>,
    notes: Vec<Note>,
    /// How much may be said a second time: a note may be pointed to as often as the book is long.
    again: Cell<usize>,
}

/// A file that has notes, or points to some.
struct File<'a> {
    whole: (&'a str, bool, Around<'a>),
    pointers: HashMap<usize, PointedTo>,
    elsewhere: HashMap<usize, (usize, Option<What>)>,
}

/// A note that is pointed to, and where the pointer ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct PointedTo {
    pub note: usize,
    pub end: usize,
}

struct Note {
    source: usize,
    inner: Range<usize>,
    /// The sign that leads to it.
    sign: String,
    is_read: Cell<Reading>,
    read: RefCell<Option<Element>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    NotYet,
    Now,
    Done,
}

impl<'a> Notes<'a> {
    /// Those of a book of these files: what stands in each, whether it is XML, and what lies around it.
    pub(in crate::document) fn of(files: &[(&'a str, bool, Around<'a>, &Scanned)]) -> Self {
        let mut notes = Self { files: Vec::new(), notes: Vec::new(), again: Cell::new(0) };
        for (text, is_xml, around, scanned) in files {
            let page_break = |span: &Range<usize>| (span.start, (span.end, Some(What::PageBreak)));
            let rule = |span: &Range<usize>| (span.start, (span.end, None));
            notes.again.set(notes.again.get() + text.len());
            notes.files.push(File {
                whole: (text, *is_xml, *around),
                pointers: HashMap::new(),
                elsewhere: scanned.page_breaks.iter().map(page_break).chain(scanned.rules.iter().map(rule)).collect(),
            });
        }
        let mut known = HashMap::new();
        for (source, (_, _, around, scanned)) in files.iter().enumerate() {
            for pointer in &scanned.pointers {
                if let Some((target, element)) = led_to(files, *around, pointer) {
                    notes.note(files, (source, pointer), (target, element), &mut known);
                }
            }
        }
        notes
    }

    /// Notes that a pointer leads to an element, if that is a note.
    fn note(
        &mut self,
        files: &[(&'a str, bool, Around<'a>, &Scanned)],
        (source, pointer): (usize, &Pointer),
        (target, element): (usize, usize),
        known: &mut HashMap<(usize, usize), usize>,
    ) {
        // What leads back from a note leads to none.
        if pointer.is_back || self.files[source].elsewhere.contains_key(&pointer.start) {
            return;
        }
        let (text, _, around, scanned) = &files[target];
        let found = &scanned.elements[element];
        let is_within = source == target && (found.start..found.end).contains(&pointer.start);
        if is_within || found.is_heading || !found.is_note && found.end - found.start > LONGEST {
            return;
        }
        let first = scanned.pointers.partition_point(|pointer| pointer.start < found.start);
        let within = scanned.pointers[first..].iter().take_while(|pointer| pointer.start < found.end);
        // Those that lead back to where this one stands.
        let leads_back = |back: &&Pointer| {
            let stands_there = |(back_to, block): (usize, usize)| {
                let block = &files[back_to].3.elements[block];
                back_to == source && (block.start..block.end).contains(&pointer.start)
            };
            let by_name = || back.href.split_once('#').is_some_and(|(_, id)| pointer.ids.iter().any(|own| own == id));
            back.is_back || by_name() || led_to(files, *around, back).is_some_and(stands_there)
        };
        let back: Vec<&Pointer> = within.filter(leads_back).collect();
        // A number that stands alone, or that its paragraph begins with, leads on from contents, a verse, an exercise; and
        // one that stands alone where it leads to is the number of a chapter.
        let is_number = |back: &&Pointer| back.is_alone && back.begins && is_sign(&back.text);
        let leads_on = pointer.begins || back.first().is_some_and(is_number);
        if leads_on && !pointer.is_note && !found.is_note {
            return;
        }
        let back: Vec<Range<usize>> = back.into_iter().map(|back| back.start..back.end).collect();
        // Words that lead to a note are words of the text: they stay, and so does what they lead to.
        let leads_to_note = pointer.is_note || found.is_note || !back.is_empty();
        if !is_sign(&pointer.text) || !leads_to_note || has_heading(text, found) {
            return;
        }
        let number = *known.entry((target, element)).or_insert_with(|| {
            self.notes.push(Note {
                source: target,
                inner: found.inner.clone(),
                sign: bare(&pointer.text).to_owned(),
                is_read: Cell::new(Reading::NotYet),
                read: RefCell::new(None),
            });
            self.notes.len() - 1
        });
        let elsewhere = &mut self.files[target].elsewhere;
        elsewhere.insert(found.start, (found.end, None));
        elsewhere.extend(back.into_iter().map(|back| (back.start, (back.end, None))));
        self.files[source].pointers.insert(pointer.start, PointedTo { note: number, end: pointer.end });
    }

    /// The note that is pointed to from this place in this file.
    pub(super) fn pointed_to(&self, source: usize, at: usize) -> Option<PointedTo> {
        self.files[source].pointers.get(&at).copied()
    }

    /// Where that ends which begins in this place and is not read here, and as what it is left out, if it is.
    pub(super) fn elsewhere(&self, source: usize, at: usize) -> Option<(usize, Option<What>)> {
        self.files[source].elsewhere.get(&at).copied()
    }

    /// A note as it stands in a line.
    pub(super) fn element(
        &self,
        number: usize,
        read: impl FnOnce(&Whole<'_>, Range<usize>) -> Vec<Node>,
    ) -> Option<Element> {
        let note = &self.notes[number];
        match note.is_read.get() {
            Reading::Now => return None,
            Reading::Done => {
                self.again.set(self.again.get().checked_sub(note.inner.len() + 1)?);
                return note.read.borrow().clone();
            }
            Reading::NotYet => note.is_read.set(Reading::Now),
        }
        let (text, is_xml, around) = self.files[note.source].whole;
        let (none, notes) = (Sheet::default(), self);
        let sheets = Sheets { own: &none, shared: &none };
        let whole = Whole { source: note.source, text, is_xml, language: "", sheets, around, notes };
        let mut line = on_one_line(&read(&whole, note.inner.clone()));
        without_sign(&mut line, &note.sign);
        let element = Element::new("footnote", &[], line);
        note.is_read.set(Reading::Done);
        note.read.replace(Some(element.clone()));
        Some(element)
    }

    /// Takes the next note that nobody came to, since only notes point to it that nobody came to: by its file and place.
    pub(in crate::document) fn take_unread(&self) -> Option<(usize, Range<usize>)> {
        let unread = self.notes.iter().find(|note| note.is_read.get() == Reading::NotYet)?;
        unread.is_read.set(Reading::Now);
        Some((unread.source, unread.inner.clone()))
    }
}

/// The element that a pointer leads to: of which file, and which.
fn led_to(
    files: &[(&str, bool, Around<'_>, &Scanned)],
    around: Around<'_>,
    pointer: &Pointer,
) -> Option<(usize, usize)> {
    let (file, fragment) = around.target(&pointer.href)?;
    Some((file, *files.get(file)?.3.ids.get(&fragment)?))
}

/// Whether a text is a sign such as notes have: a number, a star, a letter or two.
fn is_sign(text: &str) -> bool {
    let bare = bare(text);
    let count = bare.chars().count();
    let is_number = bare.chars().all(char::is_numeric);
    let is_mark = bare.chars().all(|c| "*†‡§¶#".contains(c));
    let is_letter = count <= 4 && text.trim() != bare && bare.chars().all(char::is_alphanumeric);
    (1..=SIGN).contains(&count) && (is_number || is_mark || is_letter || count == 1)
}

/// A sign without what stands around it.
fn bare(text: &str) -> &str {
    text.trim().trim_matches(|c: char| "[](){}^.:".contains(c) || c.is_whitespace())
}

/// Whether a heading stands in it: then it is more than a note.
fn has_heading(text: &str, found: &Found) -> bool {
    let Some(html) = text.get(found.inner.clone()) else { return true };
    let is_level = |rest: &str| rest.starts_with(|c: char| ('1'..='6').contains(&c));
    html.match_indices("<h").any(|(at, _)| html.get(at + 2..).is_some_and(is_level))
}

/// A note begins with the sign that leads to it, which is not part of it.
fn without_sign(line: &mut Vec<Node>, sign: &str) {
    let signs: HashSet<char> = "[](){}^.:↑↩\u{fe0e} \u{a0}".chars().collect();
    let is_around = |c: char| signs.contains(&c);
    if let Some(Node::Text(first)) = line.first_mut() {
        let start = first.text.trim_start_matches(is_around);
        let rest = start.strip_prefix(sign).filter(|rest| !sign.is_empty() && !rest.starts_with(char::is_alphanumeric));
        if let Some(rest) = rest {
            first.text = rest.trim_start_matches(is_around).to_owned();
        } else {
            first.text = first.text.trim_start().to_owned();
        }
        if first.text.is_empty() {
            line.remove(0);
            if let Some(Node::Text(next)) = line.first_mut() {
                next.text = next.text.trim_start().to_owned();
            }
        }
    }
    if let Some(Node::Text(last)) = line.last_mut() {
        last.text.truncate(last.text.trim_end_matches(|c: char| "↑↩\u{fe0e} \u{a0}".contains(c)).len());
        if last.text.is_empty() {
            line.pop();
        }
    }
}
