//! A chapter as markup: the body of a page of XHTML, or a part of one of HTML. Made from the tree alone; every text in it
//! is escaped, and every address is looked at.

use super::{
    Publication,
    escape::{self, quoted},
    headings::Headings,
    index::Terms,
    lines::blanks,
};
use crate::{
    document::tree::{Element, Node},
    metadata::matter::Numbering,
};
use std::collections::BTreeSet;

/// Which markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// A page of an EPUB, which is XML.
    Xhtml,
    /// A part of a page for browsers.
    Html,
}

/// Where the parts and pictures of a book lie in the format that is written.
pub trait Places {
    /// The address of a part, by its number.
    fn part(&self, at: usize) -> String;
    /// The address of a picture's file.
    fn picture(&self, file: &str) -> String;
    /// The address of a figure: the how manieth of a part.
    fn figure(&self, part: usize, number: usize) -> String {
        format!("{}#{}", self.part(part), figure_id("", number))
    }
    /// The address of a term of a part, by its name.
    fn term(&self, part: usize, name: &str) -> String {
        format!("{}#{}", self.part(part), term_id("", name))
    }
}

/// The id of a figure, which begins with this.
#[must_use]
pub fn figure_id(prefix: &str, number: usize) -> String {
    format!("{prefix}f{number}")
}

/// The id of a term, which begins with this.
#[must_use]
pub fn term_id(prefix: &str, name: &str) -> String {
    format!("{prefix}i-{name}")
}

/// A book and where its parts lie.
#[derive(Clone, Copy)]
pub struct Placed<'a> {
    /// The book.
    pub book: &'a Publication,
    /// Where its parts and pictures lie.
    pub places: &'a dyn Places,
}

impl Placed<'_> {
    /// Where a link of the text leads from here: to a chapter of this book, out into the world, or nowhere.
    #[must_use]
    pub fn leads_to(&self, href: &str) -> Option<String> {
        let path = href.split(['#', '?']).next().unwrap_or_default();
        match self.book.links.get(path) {
            Some(part) => Some(self.places.part(*part)),
            None => escape::address(href),
        }
    }
}

/// A chapter as markup, as far as it is written.
pub struct Markup<'a> {
    pub(super) book: Placed<'a>,
    pub(super) syntax: Syntax,
    /// What ids begin with, where others stand on the same page.
    pub(super) prefix: &'a str,
    pub(super) out: String,
    pub(super) notes: Vec<&'a Element>,
    pub(super) terms: Terms,
    headings: Headings,
    pictures: BTreeSet<String>,
    figures: usize,
    lacks_alt: bool,
}

/// The lowest heading there is.
const LOWEST: i64 = 6;

/// A chapter as markup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The markup.
    pub markup: String,
    /// Which pictures of the book it shows, by their addresses on the site.
    pub pictures: BTreeSet<String>,
    /// Whether one of them is not described.
    pub lacks_alt: bool,
}

impl<'a> Markup<'a> {
    /// A part of the book: its title, and what stands in it. Its ids begin with this.
    #[must_use]
    pub fn of(book: Placed<'a>, syntax: Syntax, prefix: &'a str, at: usize, nodes: &'a [Node]) -> Written {
        let (out, notes, pictures) = (String::new(), Vec::new(), BTreeSet::new());
        let part = book.book.parts.get(at);
        let title = match (syntax, part) {
            // Below the title of the book, and those of the sections it stands in.
            (Syntax::Html, Some(part)) => i64::try_from(part.depth + 2).unwrap_or(LOWEST).min(LOWEST),
            _ => 1,
        };
        let headings = Headings::below(title);
        let terms = Terms::default();
        let mut markup =
            Self { book, syntax, prefix, out, notes, terms, headings, pictures, figures: 0, lacks_alt: false };
        if let Some(part) = part {
            let (kind, role) = match (part.is_section, part.depth) {
                (false, _) => ("chapter", " role=\"doc-chapter\""),
                (true, 0) => ("part", " role=\"doc-part\""),
                (true, _) => ("division", ""),
            };
            let kind_said = markup.epub_type(kind);
            markup.out.push_str(&format!(
                "<section class=\"{kind}\"{kind_said}{role} aria-labelledby=\"{prefix}title\">\n\
                 <h{title} class=\"part-title\" id=\"{prefix}title\" dir=\"auto\">"
            ));
            if let Some(label) = book.book.label(at) {
                let (class, sign) = match book.book.matter.numbering {
                    Numbering::Words => ("part-number above", ""),
                    _ => ("part-number", "."),
                };
                markup.out.push_str(&format!("<span class=\"{class}\" data-counted=\"\">{label}{sign}</span> "));
            }
            escape::text(&part.title, &mut markup.out);
            markup.out.push_str(&format!("</h{title}>\n"));
            markup.blocks(nodes);
            markup.write_notes();
            markup.out.push_str("</section>\n");
        }
        Written { markup: markup.out, pictures: markup.pictures, lacks_alt: markup.lacks_alt }
    }

    /// What something is, as only an EPUB says it.
    pub(super) fn epub_type(&self, kind: &str) -> String {
        match self.syntax {
            Syntax::Xhtml => format!(" epub:type=\"{kind}\""),
            Syntax::Html => String::new(),
        }
    }

    pub(super) fn blocks(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            if let Node::Element(element) = node {
                self.block(element);
            }
        }
    }

    fn block(&mut self, block: &'a Element) {
        match block.kind.name.as_str() {
            "paragraph" => self.text_block(block, "p", ""),
            "verse" => self.text_block(block, "p", " class=\"verse\""),
            "heading" => {
                let level = self.headings.level(block.number("level")).min(LOWEST);
                self.text_block(block, &format!("h{level}"), "");
            }
            "bullet_list" => self.around(block, "<ul>", "</ul>\n"),
            "ordered_list" => {
                let start = block.number("start");
                let begin = if start == 1 { "<ol>".to_owned() } else { format!("<ol start=\"{start}\">") };
                self.around(block, &begin, "</ol>\n");
            }
            "list_item" => self.around(block, "<li>", "</li>\n"),
            "task_list" => self.around(block, "<ul class=\"tasks\">", "</ul>\n"),
            "task_item" => self.task(block),
            "blockquote" => self.around(block, "<blockquote>", "</blockquote>\n"),
            "code_block" => self.code(block),
            "figure" => self.figure(block),
            "table" => self.table(block),
            "scene_break" => self.out.push_str("<hr class=\"scene\"/>\n"),
            // Of a kind that is newer than this: what stands in it.
            _ => self.blocks(&block.children),
        }
    }

    fn text_block(&mut self, block: &'a Element, tag: &str, class: &str) {
        self.out.push_str(&format!("<{tag}{class} dir=\"auto\"{}>", blanks(block)));
        self.line(&block.children);
        self.out.push_str(&format!("</{tag}>\n"));
    }

    fn around(&mut self, block: &'a Element, begin: &str, end: &str) {
        self.out.push_str(begin);
        self.blocks(&block.children);
        self.out.push_str(end);
    }

    fn task(&mut self, item: &'a Element) {
        let done = item.flag("done");
        let (sign, words) = if done { ("\u{2611}", "done") } else { ("\u{2610}", "to do") };
        self.out.push_str(&format!(
            "<li class=\"task\" data-done=\"{done}\"><span class=\"box\" data-counted=\"\" role=\"img\" aria-label=\"{words}\">{sign}</span>"
        ));
        self.blocks(&item.children);
        self.out.push_str("</li>\n");
    }

    fn code(&mut self, block: &'a Element) {
        let language = block.text_value("language");
        let said = if language.is_empty() { String::new() } else { format!(" data-language=\"{}\"", quoted(language)) };
        self.out.push_str(&format!("<pre{said}><code>"));
        self.line(&block.children);
        self.out.push_str("</code></pre>\n");
    }

    /// A picture of the book with its caption; where it is none of this book's, what describes it.
    fn figure(&mut self, figure: &'a Element) {
        let (src, alt) = (figure.text_value("src"), figure.text_value("alt"));
        let said = |name: &str, default: &str| match figure.text_value(name) {
            value if value == default => String::new(),
            value => format!(" data-{name}=\"{value}\""),
        };
        self.figures += 1;
        let id = if self.book.book.matter.figures {
            format!(" id=\"{}\"", figure_id(self.prefix, self.figures))
        } else {
            String::new()
        };
        self.out.push_str(&format!("<figure{id}{}{}>", said("size", "natural"), said("place", "centre")));
        match self.book.book.pictures.get(src) {
            Some(picture) => {
                let src_here = self.book.places.picture(&picture.file);
                let side = |name: &str| match figure.number(name) {
                    0 => String::new(),
                    pixels => format!(" {name}=\"{pixels}\""),
                };
                let (width, height) = (side("width"), side("height"));
                self.out.push_str(&format!("<img src=\"{src_here}\" alt=\"{}\"{width}{height}/>", quoted(alt)));
                self.lacks_alt |= alt.trim().is_empty();
                self.pictures.insert(src.to_owned());
            }
            None if alt.trim().is_empty() => {}
            None => {
                self.out.push_str("<p class=\"no-picture\" dir=\"auto\">");
                escape::text(alt, &mut self.out);
                self.out.push_str("</p>");
            }
        }
        if !figure.children.is_empty() {
            self.out.push_str(&format!("<figcaption dir=\"auto\"{}>", blanks(figure)));
            self.line(&figure.children);
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("</figure>\n");
    }
}
