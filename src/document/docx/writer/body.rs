//! A part of the book as paragraphs and tables.

use super::{Beside, InDocument, bookmark, direction, figure_mark};
use crate::document::{
    publication::{Publication, escape::escaped, index::Terms, markup::Placed},
    tree::{Element, Node, plain},
};
use std::io;

/// The lowest heading there is.
const LOWEST: i64 = 9;
/// What is said of text that is counted anew whenever the book goes out: it is none of its writers'.
pub(super) const COUNTED: &str = "<w:rPr><w:rStyle w:val=\"Counted\"/></w:rPr>";
/// How far each level of a list stands to the right, in twentieths of a point.
pub(super) const STEP: usize = 720;

/// A chapter as far as it is written.
pub(super) struct Body<'a> {
    pub(super) book: Placed<'a>,
    pub(super) beside: &'a mut Beside,
    pub(super) out: String,
    /// Whether what is written is a note: it has links of its own.
    pub(super) is_note: bool,
    pub(super) terms: Terms,
    /// Whether code was written last: more of it would be the same code.
    pub(super) is_after_code: bool,
    /// How low the title of the part stands.
    title: i64,
    /// Which part of the book it is, and how many of its figures are written.
    at: usize,
    figures: usize,
}

/// Where a block stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around<'a> {
    /// Whether it stands in a quotation, and whether that stands around all lists.
    pub(super) is_quoted: bool,
    pub(super) is_outer: bool,
    /// In how many lists.
    pub(super) lists: usize,
    /// The number that it begins the item of a list with.
    pub(super) number: Option<usize>,
    /// The style of what is a plain paragraph elsewhere.
    pub(super) plain: &'a str,
}

impl<'a> Body<'a> {
    /// A part of the book: its title, and what stands in it.
    pub(super) fn part(
        book: &'a Publication,
        beside: &'a mut Beside,
        at: usize,
        nodes: &'a [Node],
    ) -> io::Result<String> {
        let Some(part) = book.parts.get(at) else { return Ok(String::new()) };
        let places = InDocument(book);
        let title = i64::try_from(part.depth + 1).unwrap_or(LOWEST).min(LOWEST);
        let placed = Placed { book, places: &places };
        let (out, terms) = (String::new(), Terms::default());
        let (is_note, is_after_code) = (false, false);
        let mut body = Body { book: placed, beside, out, is_note, terms, is_after_code, title, at, figures: 0 };
        let (number, name) = (at + 1, bookmark(book, at));
        body.out.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading{title}\"/><w:pageBreakBefore/>{}</w:pPr>\
             <w:bookmarkStart w:id=\"{number}\" w:name=\"{name}\"/>",
            bidi(&part.title)
        ));
        if book.label(at).is_some() {
            body.words(&book.label_in_line(at), COUNTED);
        }
        body.words(&part.title, "");
        body.out.push_str(&format!("<w:bookmarkEnd w:id=\"{number}\"/></w:p>\n"));
        body.blocks(nodes, Around::default())?;
        Ok(body.out)
    }

    pub(super) fn blocks(&mut self, nodes: &[Node], around: Around<'_>) -> io::Result<()> {
        let mut before = "";
        for node in nodes {
            if let Node::Element(element) = node {
                let kind = element.kind.name.as_str();
                // Within a quotation a gap would be the end of that.
                if kind == before && is_one_with_the_next(kind) && !around.is_quoted {
                    self.gap(around);
                }
                self.block(element, around)?;
                before = kind;
            }
        }
        Ok(())
    }

    fn block(&mut self, block: &Element, around: Around<'_>) -> io::Result<()> {
        match block.kind.name.as_str() {
            "paragraph" => {
                let style = match around {
                    Around { is_quoted: true, .. } => "Quote",
                    Around { number: Some(_), .. } => "ListParagraph",
                    Around { lists: 1.., .. } => "ListContinue",
                    Around { plain, .. } => plain,
                };
                self.paragraph(style, around, &block.children)
            }
            "verse" => self.paragraph("Verse", around, &block.children),
            "heading" => {
                let level = (self.title + block.number("level") - 1).min(LOWEST);
                self.paragraph(&format!("Heading{level}"), Around::default(), &block.children)
            }
            "bullet_list" | "ordered_list" | "task_list" => self.list(block, around),
            "blockquote" => {
                let is_outer = around.is_outer || around.lists == 0;
                self.blocks(&block.children, Around { is_quoted: true, is_outer, number: None, ..around })
            }
            "code_block" => {
                if self.is_after_code {
                    self.gap(around);
                }
                self.paragraph("HTMLPreformatted", around, &block.children)?;
                self.is_after_code = true;
                Ok(())
            }
            "figure" => self.figure(block, around),
            "table" => self.table(block, around),
            "scene_break" => {
                self.begin("SceneBreak", around, "");
                self.words("* * *", "");
                self.end();
                Ok(())
            }
            // Of a kind that is newer than this: what stands in it.
            _ => self.blocks(&block.children, around),
        }
    }

    /// Parts what is written from what comes: two blocks that would be one.
    fn gap(&mut self, around: Around<'_>) {
        self.begin("BlockGap", Around { number: None, ..around }, "");
        self.end();
    }

    /// The bookmark of the next figure, where figures are listed: what begins it, and what ends it.
    pub(super) fn figure_marks(&mut self) -> (String, String) {
        self.figures += 1;
        if !self.book.book.matter.figures {
            return Default::default();
        }
        // Behind those of the parts.
        self.beside.marks += 1;
        let (number, name) = (self.book.book.parts.len() + self.beside.marks, figure_mark(self.at, self.figures));
        let begin = format!("<w:bookmarkStart w:id=\"{number}\" w:name=\"{name}\"/>");
        (begin, format!("<w:bookmarkEnd w:id=\"{number}\"/>"))
    }

    pub(super) fn paragraph(&mut self, style: &str, around: Around<'_>, line: &[Node]) -> io::Result<()> {
        self.begin(style, around, &plain(line));
        self.line(line)?;
        self.end();
        Ok(())
    }

    /// Begins a paragraph that says this.
    pub(super) fn begin(&mut self, style: &str, around: Around<'_>, text: &str) {
        self.is_after_code = false;
        self.out.push_str("<w:p>");
        let mut about = String::new();
        if !style.is_empty() {
            about.push_str(&format!("<w:pStyle w:val=\"{style}\"/>"));
        }
        match around {
            Around { number: Some(number), lists, .. } => {
                let level = lists.clamp(1, super::lists::LEVELS) - 1;
                about.push_str(&format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{number}\"/></w:numPr>"));
                about.push_str(bidi(text));
            }
            Around { lists, .. } => {
                about.push_str(bidi(text));
                if lists > 0 {
                    about.push_str(&format!("<w:ind w:left=\"{}\"/>", lists.min(super::lists::LEVELS) * STEP));
                }
            }
        }
        if !about.is_empty() {
            self.out.push_str(&format!("<w:pPr>{about}</w:pPr>"));
        }
    }

    pub(super) fn end(&mut self) {
        self.out.push_str("</w:p>\n");
    }

    /// Text of which nothing else is known.
    pub(super) fn words(&mut self, text: &str, about: &str) {
        self.out.push_str(&format!("<w:r>{about}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text)));
    }
}

/// Whether a block has no beginning in a word processor, so that two that follow each other are one. Lists are numbered,
/// but for those of tasks.
fn is_one_with_the_next(kind: &str) -> bool {
    matches!(kind, "blockquote" | "task_list")
}

/// What says of a paragraph which way it runs.
pub(super) fn bidi(text: &str) -> &'static str {
    if direction::of(text) == Some(true) { "<w:bidi/>" } else { "" }
}
