//! A line of a chapter as markup: its text with marks, and the notes it points to.

use super::{
    escape::{self, quoted},
    markup::{Markup, Syntax, term_id},
};
use crate::document::tree::{Element, Mark, Node};

impl<'a> Markup<'a> {
    /// What stands in a line.
    pub(super) fn line(&mut self, nodes: &'a [Node]) {
        self.line_of(nodes, false);
    }

    fn line_of(&mut self, nodes: &'a [Node], is_note: bool) {
        self.terms.begin_line();
        // The marks that are open, each with what ends it.
        let mut open: Vec<(&Mark, &'static str)> = Vec::new();
        for node in nodes {
            let marks = if let Node::Text(run) = node { run.marks.as_slice() } else { &[] };
            let shared = open.iter().zip(marks).take_while(|((open, _), mark)| **open == **mark).count();
            self.close(&mut open, shared);
            let term = if let Node::Text(run) = node { self.terms.at(run, is_note) } else { None };
            for mark in &marks[shared..] {
                let end = self.begin(mark, term.as_deref());
                open.push((mark, end));
            }
            match node {
                Node::Text(run) => escape::text(&run.text, &mut self.out),
                Node::Element(element) => match element.kind.name.as_str() {
                    "hard_break" => self.out.push_str("<br/>"),
                    "footnote" => self.refer(element),
                    // The schema has no other in a line.
                    _ => self.line_of(&element.children, is_note),
                },
            }
        }
        self.close(&mut open, 0);
    }

    fn close(&mut self, open: &mut Vec<(&Mark, &'static str)>, down_to: usize) {
        while open.len() > down_to {
            self.out.push_str(open.pop().map_or("", |(_, end)| end));
        }
    }

    /// Begins what is marked, and tells how that ends. Where a term begins, it has this name.
    fn begin(&mut self, mark: &Mark, term: Option<&str>) -> &'static str {
        let (begin, end) = match mark.kind.name.as_str() {
            "link" => match self.book.leads_to(mark.text_value("href")) {
                Some(href) => {
                    self.out.push_str(&format!("<a href=\"{}\">", quoted(&href)));
                    return "</a>";
                }
                // It leads nowhere from here: its text stays.
                None => ("", ""),
            },
            "language" => {
                let lang = mark.text_value("lang");
                if lang.is_empty() {
                    return "";
                }
                self.out.push_str(&match self.syntax {
                    Syntax::Xhtml => format!("<span lang=\"{lang}\" xml:lang=\"{lang}\" dir=\"auto\">"),
                    Syntax::Html => format!("<span lang=\"{lang}\" dir=\"auto\">"),
                });
                return "</span>";
            }
            "index_term" => {
                let id = match term.filter(|_| self.book.book.matter.index) {
                    Some(name) => format!(" id=\"{}\"", term_id(self.prefix, name)),
                    None => String::new(),
                };
                let entry = match mark.text_value("entry") {
                    "" => String::new(),
                    entry => format!(" data-entry=\"{}\"", quoted(entry)),
                };
                self.out.push_str(&format!("<span class=\"index-term\"{id}{entry}>"));
                return "</span>";
            }
            "small_caps" => ("<span class=\"small-caps\">", "</span>"),
            "emphasis" => ("<em>", "</em>"),
            "strong" => ("<strong>", "</strong>"),
            "strike" => ("<s>", "</s>"),
            "superscript" => ("<sup>", "</sup>"),
            "subscript" => ("<sub>", "</sub>"),
            "code" => ("<code>", "</code>"),
            _ => ("", ""),
        };
        self.out.push_str(begin);
        end
    }

    /// Points to a note, which stands at the end of the chapter.
    fn refer(&mut self, note: &'a Element) {
        self.notes.push(note);
        let (number, prefix) = (self.notes.len(), self.prefix);
        let kind = self.epub_type("noteref");
        self.out.push_str(&format!(
            "<a class=\"noteref\" id=\"{prefix}r{number}\" href=\"#{prefix}n{number}\"{kind} role=\"doc-noteref\">{number}</a>"
        ));
    }

    /// The notes that were pointed to, each with its way back.
    pub(super) fn write_notes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        self.out.push_str("<div class=\"notes\">\n");
        let mut at = 0;
        // A note holds no note: none is added here.
        while let Some(note) = self.notes.get(at).copied() {
            at += 1;
            let (prefix, kind) = (self.prefix, self.epub_type("footnote"));
            self.out.push_str(&format!(
                "<aside id=\"{prefix}n{at}\" class=\"note\"{kind} role=\"doc-footnote\"><p dir=\"auto\"{}>\
                 <a class=\"back\" href=\"#{prefix}r{at}\" role=\"doc-backlink\">{at}</a> ",
                blanks(note)
            ));
            self.line_of(&note.children, true);
            self.out.push_str("</p></aside>\n");
        }
        self.out.push_str("</div>\n");
    }
}

/// Where blanks stand in a line that markup would make fewer, what keeps them.
pub(super) fn blanks(line: &Element) -> &'static str {
    let is_odd = crate::document::html::has_odd_blanks(line.kind, &line.children);
    if is_odd { " style=\"white-space: pre-wrap\"" } else { "" }
}
