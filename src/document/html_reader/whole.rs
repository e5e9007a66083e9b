//! A file of HTML that is one of those a book is made of: it may be XML, its notes stand wherever in the book, and what it
//! names are files beside it.

use super::{
    super::{
        beside::Around,
        builder::{Begins, Builder},
        left_out::{LeftOut, What},
        tree::{Element, Mark, Node},
    },
    Ends, Html, Notes, Sheets, Tag, attribute, elements,
    elements::known,
    formula, style, tokens,
};
use html5gum::Token;
use std::ops::Range;

/// How a poem, or a stanza, is called by those who write books.
const POEMS: [&str; 9] =
    ["poem", "poetry", "verse", "stanza", "linegroup", "line-block", "lg", "z3998:poem", "z3998:verse"];

/// A file of HTML among those of a book.
pub(in crate::document) struct Whole<'a> {
    /// Which one it is.
    pub source: usize,
    /// What stands in it.
    pub text: &'a str,
    /// Whether it is XML, where an element may end in its own tag.
    pub is_xml: bool,
    /// The language of the book.
    pub language: &'a str,
    /// What is said of its classes.
    pub sheets: Sheets<'a>,
    /// Where the files lie that it names.
    pub around: Around<'a>,
    /// The notes of the book.
    pub notes: &'a Notes<'a>,
}

impl Whole<'_> {
    /// Adds what stands in a part of it.
    pub(in crate::document) fn add(&self, part: Range<usize>, tree: &mut Builder, left_out: &mut LeftOut) {
        let Some(html) = self.text.get(part.clone()) else { return };
        let mut ends = Ends::default();
        ends.note_all(tokens(html, self.is_xml));
        let around = Some(self.around);
        let mut reader = Html { tree: &mut *tree, left_out, ends: &mut ends, around, whole: Some(self) };
        reader.add_part(self, html, part.start);
        tree.end_nothing();
    }

    /// What an element says that is open now, beside what any does: its name, and its language.
    pub(super) fn opened(&self, name: &'static str, tag: &Tag, tree: &mut Builder) {
        for id in [attribute(tag, "id"), attribute(tag, "name").filter(|_| name == "a")].into_iter().flatten() {
            tree.anchor(id);
        }
        // That of others is a mark like any.
        if elements::is_block(name)
            && let Some(lang) = attribute(tag, "lang").or_else(|| attribute(tag, "xml:lang"))
            && !is_same_language(&lang, self.language)
            && let Some(lang) = style::language(&lang)
        {
            tree.open("", Begins::Mark(Mark::new("language", &[("lang", lang)])), false);
        }
    }

    /// What a note says, on one line; nothing, where it is being read just now or was said often enough.
    fn note(&self, number: usize, left_out: &mut LeftOut) -> Option<Element> {
        self.notes.element(number, |source, part| {
            let mut tree = Builder::new(usize::MAX);
            let file = Whole { notes: self.notes, language: self.language, around: source.around, ..*source };
            file.add(part, &mut tree, left_out);
            let nodes = tree.finish().nodes;
            // A note has a line of text: of a picture that says what it shows.
            pictures(&nodes).into_iter().for_each(|described| left_out.add(What::Picture, described));
            nodes
        })
    }
}

/// What the pictures in a text show.
fn pictures(nodes: &[Node]) -> Vec<&str> {
    let mut shown = Vec::new();
    for node in nodes {
        if let Node::Element(element) = node {
            if element.kind.name == "figure" {
                shown.push(element.text_value("alt"));
            }
            shown.extend(pictures(&element.children));
        }
    }
    shown
}

fn is_same_language(one: &str, other: &str) -> bool {
    let primary = |language: &str| language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let is_whole = |language: &str| language.contains(['-', '_']);
    one.eq_ignore_ascii_case(other) || primary(one) == primary(other) && !(is_whole(one) && is_whole(other))
}

/// What begins with an element as books use it; nothing, where that is what begins with it anywhere.
pub(super) fn begins(name: &'static str, tag: &Tag, tree: &Builder) -> Option<Begins> {
    // As the editor writes it.
    if attribute(tag, "dir").is_some_and(|dir| dir == "auto") {
        return None;
    }
    let said = [attribute(tag, "class"), attribute(tag, "epub:type")];
    let says = |wanted: &[&str]| {
        let words = said.iter().flatten().flat_map(|words| words.split_ascii_whitespace());
        words.into_iter().any(|word| wanted.contains(&word))
    };
    match name {
        "div" | "section" | "blockquote" | "p" if says(&POEMS) => Some(Begins::Poem),
        "div" if says(&["figure"]) => Some(Begins::Figure(Vec::new())),
        "p" | "div" if says(&["caption"]) && tree.is_in_figure() => Some(Begins::Caption),
        _ => None,
    }
}

impl Html<'_> {
    /// Adds a part of a file, which begins so far in it.
    fn add_part(&mut self, whole: &Whole<'_>, html: &str, offset: usize) {
        let mut until = 0;
        for token in tokens(html, whole.is_xml) {
            if self.tree.is_full() {
                return;
            }
            if span(&token).start < until {
                if let Token::EndTag(tag) = &token
                    && let Some(name) = known(&String::from_utf8_lossy(&tag.name))
                {
                    self.ends.passed(name);
                }
                continue;
            }
            let Token::StartTag(tag) = &token else {
                // In XML an element that holds nothing may end all the same.
                let ends_nothing = matches!(&token, Token::EndTag(tag) if whole.is_xml && is_void(tag));
                if !ends_nothing {
                    self.token(token, html);
                }
                continue;
            };
            let name = known(&String::from_utf8_lossy(&tag.name));
            if let Some(end) = self.passed_over(whole, name, tag, html, offset) {
                until = end;
                continue;
            }
            let ends_itself = whole.is_xml && tag.self_closing;
            self.token(token, html);
            if let Some(name) = name.filter(|name| ends_itself && !elements::is_void(name)) {
                self.ended(name);
            }
        }
    }

    /// Where what begins with an element ends, if it is not read here.
    fn passed_over(
        &mut self,
        whole: &Whole<'_>,
        name: Option<&str>,
        tag: &Tag,
        html: &str,
        offset: usize,
    ) -> Option<usize> {
        let at = offset + tag.span.start;
        if self.tree.is_nothing() {
            return None;
        }
        if let Some(number) = whole.notes.pointed_to(whole.source, at)
            && !self.tree.is_code()
        {
            let note = whole.note(number.note, self.left_out)?;
            self.add_note(note);
            return Some(number.end - offset);
        }
        if let Some((end, what)) = whole.notes.elsewhere(whole.source, at) {
            if let Some(what) = what {
                self.left_out.add(what, "");
            }
            return Some(end - offset);
        }
        match name? {
            "math" => {
                self.left_out.add(What::Formula, "");
                let begins = tag.span.start;
                let (line, end) = formula::read(html.get(begins..)?, whole.is_xml)?;
                self.tree.flowing_text(&line);
                return Some(begins + end);
            }
            "svg" => return self.drawing(tag, html),
            // The number of a chapter, which a book of ours counts anew.
            "span" if attribute(tag, "data-counted").is_some() => {
                const END: &str = "</span>";
                let end = html.get(tag.span.end..)?.find(END)?;
                return Some(tag.span.end + end + END.len());
            }
            _ => {}
        }
        None
    }

    fn add_note(&mut self, note: Element) {
        if self.tree.is_note() {
            // A note in a note is a remark in brackets.
            self.tree.add(Node::Element(note));
        } else {
            self.tree.note(note);
        }
    }

    /// A drawing that is only the frame of a picture, as that of a cover often is. Answers where it ends.
    fn drawing(&mut self, tag: &Tag, html: &str) -> Option<usize> {
        let rest = html.get(tag.span.end..)?;
        let end = rest.find("</svg")?;
        let image = tokens(&rest[..end], true).find_map(|token| match token {
            Token::StartTag(tag) if *tag.name == b"image"[..] || tag.name.ends_with(b":image") => Some(tag),
            _ => None,
        })?;
        let src = attribute(&image, "xlink:href").or_else(|| attribute(&image, "href"))?;
        let url = super::picture_among(self.around, &src)?;
        let none = super::Value::Number(0);
        super::add_picture(
            self.tree,
            self.left_out,
            (&src, Some(url)),
            "",
            "",
            [("width", none.clone()), ("height", none)],
        );
        let close = rest[end..].find('>').map_or(rest.len(), |close| end + close + 1);
        Some(tag.span.end + close)
    }
}

fn is_void(tag: &html5gum::EndTag<usize>) -> bool {
    known(&String::from_utf8_lossy(&tag.name)).is_some_and(elements::is_void)
}

/// Where a token stands.
pub(super) fn span(token: &Token<usize>) -> Range<usize> {
    let span = match token {
        Token::StartTag(tag) => tag.span,
        Token::EndTag(tag) => tag.span,
        Token::String(text) => text.span,
        Token::Comment(comment) => comment.span,
        Token::Doctype(doctype) => doctype.span,
        Token::Error(error) => error.span,
    };
    span.start..span.end
}
