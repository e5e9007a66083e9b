//! A line of a chapter: its text with marks, and the notes it points to.

use super::{
    super::TERM,
    body::{Body, COUNTED},
    bookmark, direction,
    front::{hidden_field, page_of},
};
use crate::{
    document::{
        publication::{
            escape::{quoted, text as escape},
            index::said,
            words::Words,
        },
        tree::{Element, Mark, Node, Run},
    },
    metadata::reference::reference,
};
use std::io;

/// A text as it stands in the file, where what XML has no place for is a sign.
fn as_written(text: &str) -> String {
    let is_none = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(is_none, "\u{fffd}")
}

/// A term as far as it is written: what its writer wants the index to say, and what stands there.
struct Entry {
    said: String,
    words: String,
    /// The number of the bookmark around it.
    mark: usize,
}

impl Body<'_> {
    /// What stands in a line.
    pub(super) fn line(&mut self, nodes: &[Node]) -> io::Result<()> {
        let mut open: Option<&str> = None;
        let mut term: Option<Entry> = None;
        let before = self.terms.begin_line();
        for node in nodes {
            let link = match node {
                Node::Text(run) => run.marks.iter().find(|mark| mark.kind.name == "link"),
                Node::Element(_) => None,
            };
            let link = link.map(|mark| mark.text_value("href"));
            if link != open {
                self.end_link(open.take());
                if let Some(href) = link
                    && self.begin_link(href)?
                {
                    open = Some(href);
                }
            }
            if let Node::Text(run) = node {
                let mark = run.marks.iter().find(|mark| mark.kind.name == "index_term");
                let begins = self.terms.at(run, self.is_note).is_some();
                if begins || mark.is_none() {
                    self.end_term(term.take());
                }
                if let Some(mark) = mark {
                    let entry = term.get_or_insert_with(|| self.begin_term(mark));
                    entry.words.push_str(&as_written(&run.text));
                }
            }
            match node {
                Node::Text(run) => self.run(run, open.is_some()),
                Node::Element(element) => match element.kind.name.as_str() {
                    "hard_break" => self.out.push_str("<w:r><w:br/></w:r>"),
                    "footnote" => self.note(element)?,
                    // The schema has no other in a line.
                    _ => self.line(&element.children)?,
                },
            }
        }
        self.end_term(term);
        self.end_link(open);
        self.terms.go_on(before);
        Ok(())
    }

    /// A bookmark stands around a term: what word processors know of it is a point alone.
    fn begin_term(&mut self, mark: &Mark) -> Entry {
        self.beside.marks += 1;
        let number = self.book.book.parts.len() + self.beside.marks;
        self.out.push_str(&format!("<w:bookmarkStart w:id=\"{number}\" w:name=\"{TERM}{number}\"/>"));
        Entry { said: mark.text_value("entry").to_owned(), words: String::new(), mark: number }
    }

    /// Says behind a term that it is one, by a field that a word processor makes an index of.
    fn end_term(&mut self, term: Option<Entry>) {
        let Some(Entry { said: entry, words, mark }) = term else { return };
        let escape = |text: &str| {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            text.replace('\\', "\\\\").replace('"', "\\\"").replace(':', "\\:")
        };
        let mut said = said(&entry).iter().map(|part| escape(part)).collect::<Vec<_>>().join(":");
        if said.is_empty() {
            said = escape(&words);
        }
        if !said.is_empty() {
            self.out.push_str(&hidden_field(&format!("XE \"{said}\"")));
        }
        self.out.push_str(&format!("<w:bookmarkEnd w:id=\"{mark}\"/>"));
    }

    /// Ends a link, if one is open. One that says what a chapter is called says on which page, too.
    fn end_link(&mut self, link: Option<&str>) {
        let Some(href) = link else { return };
        self.out.push_str("</w:hyperlink>");
        let Some((path, _)) = reference(href) else { return };
        let Some(at) = self.book.book.links.get(path) else { return };
        let words = Words::of(self.book.book);
        let page = if words.language_said(self.book.book).is_empty() { words.page } else { "\u{2192}" };
        self.words(&format!(", {page}\u{a0}"), COUNTED);
        self.out.push_str(&page_of(&bookmark(self.book.book, *at)));
    }

    /// Begins a link, if it leads anywhere from here.
    fn begin_link(&mut self, href: &str) -> io::Result<bool> {
        let Some(leads_to) = self.book.leads_to(href) else { return Ok(false) };
        if let Some(bookmark) = leads_to.strip_prefix('#') {
            self.out.push_str(&format!("<w:hyperlink w:anchor=\"{bookmark}\" w:history=\"1\">"));
            return Ok(true);
        }
        let links = if self.is_note { &mut self.beside.links_of_notes } else { &mut self.beside.links };
        let number = links.next();
        links.add(&super::package::link(number, &quoted(&leads_to)))?;
        self.out.push_str(&format!("<w:hyperlink r:id=\"link{number}\" w:history=\"1\">"));
        Ok(true)
    }

    fn run(&mut self, run: &Run, is_link: bool) {
        for (is_rtl, text) in direction::pieces(&run.text) {
            let about = about(&run.marks, is_link, is_rtl);
            self.out.push_str("<w:r>");
            self.out.push_str(&about);
            self.signs(text);
            self.out.push_str("</w:r>");
        }
    }

    /// Text in which signs that are no letters are what they are.
    fn signs(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let is_sign = |c: char| ['\n', '\r', '\t', '\u{ad}', '\u{2011}'].contains(&c);
            let end = rest.find(is_sign).unwrap_or(rest.len());
            if end > 0 {
                self.out.push_str("<w:t xml:space=\"preserve\">");
                escape(&rest[..end], &mut self.out);
                self.out.push_str("</w:t>");
            }
            rest = &rest[end..];
            if let Some(sign) = rest.chars().next() {
                self.out.push_str(match sign {
                    // A note is one line.
                    '\n' | '\r' if self.is_note => "<w:t xml:space=\"preserve\"> </w:t>",
                    '\t' => "<w:tab/>",
                    '\u{ad}' => "<w:softHyphen/>",
                    '\u{2011}' => "<w:noBreakHyphen/>",
                    _ => "<w:br/>",
                });
                rest = &rest[sign.len_utf8()..];
            }
        }
    }

    /// Points to a note, which stands at the foot of the page.
    fn note(&mut self, note: &Element) -> io::Result<()> {
        let number = self.beside.notes.next();
        let before = std::mem::take(&mut self.out);
        let text = super::super::super::tree::plain(&note.children);
        self.out.push_str(&format!(
            "<w:footnote w:id=\"{number}\"><w:p><w:pPr><w:pStyle w:val=\"FootnoteText\"/>{}</w:pPr><w:r><w:rPr>\
             <w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteRef/></w:r>",
            super::body::bidi(&text)
        ));
        self.words(" ", "");
        self.is_note = true;
        self.line(&note.children)?;
        self.is_note = false;
        self.out.push_str("</w:p></w:footnote>\n");
        let said = std::mem::replace(&mut self.out, before);
        self.beside.notes.add(&said)?;
        self.out.push_str(&format!(
            "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteReference w:id=\"{number}\"/></w:r>"
        ));
        Ok(())
    }
}

/// What is said of a run of text: all its marks, in the order in which the standard has them.
fn about(marks: &[Mark], is_link: bool, is_rtl: bool) -> String {
    let has = |name: &str| marks.iter().any(|mark| mark.kind.name == name);
    let mut about = String::new();
    let mut add = |is: bool, said: &str| {
        if is {
            about.push_str(said);
        }
    };
    add(has("code"), "<w:rStyle w:val=\"HTMLCode\"/>");
    add(is_link && !has("code"), "<w:rStyle w:val=\"Hyperlink\"/>");
    add(has("strong"), "<w:b/><w:bCs/>");
    add(has("emphasis"), "<w:i/><w:iCs/>");
    add(has("small_caps"), "<w:smallCaps/>");
    add(has("strike"), "<w:strike/>");
    let raised = if has("superscript") { "superscript" } else { "subscript" };
    add(has("superscript") || has("subscript"), &format!("<w:vertAlign w:val=\"{raised}\"/>"));
    add(is_rtl, "<w:rtl/>");
    let language = marks.iter().find(|mark| mark.kind.name == "language").map(|mark| mark.text_value("lang"));
    if let Some(lang) = language.filter(|lang| !lang.is_empty()) {
        add(true, &format!("<w:lang w:val=\"{lang}\" w:eastAsia=\"{lang}\" w:bidi=\"{lang}\"/>"));
    }
    if about.is_empty() { about } else { format!("<w:rPr>{about}</w:rPr>") }
}
