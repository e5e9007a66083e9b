//! A chapter as HTML. Made from the document by the schema's templates alone: no HTML of a client is ever stored or
//! passed on.

use super::{
    schema::{Filled, Kind, Template, Value},
    tree::{Mark, Node, value},
};
use sputnik::Fault;

/// How much a version, a comparison or an author view may be, in bytes: more is not sent to a page.
const PAGE: usize = 12 << 20;

/// The HTML of a chapter, as the editor in the browser would show it.
pub fn html(nodes: &[Node]) -> String {
    let mut out = Out { text: String::new(), most: usize::MAX, is_in_text: false };
    write_all(nodes, &mut out);
    out.text
}

/// The same as it stands in a text of Markdown: on one line, and without what only a page needs.
pub(super) fn html_in_text(nodes: &[Node]) -> String {
    let mut out = Out { text: String::new(), most: usize::MAX, is_in_text: true };
    write_all(nodes, &mut out);
    out.text
}

/// The tags around text that has a mark, as they stand in a text of Markdown.
pub(super) fn mark_tags(mark: &Mark) -> (String, String) {
    let tags = |opens: bool| {
        let mut out = Out { text: String::new(), most: usize::MAX, is_in_text: true };
        tags(&mark.kind.html, mark.kind, &mark.values, opens, &mut out);
        out.text
    };
    (tags(true), tags(false))
}

/// The same of what is only looked at.
///
/// # Errors
/// `too_large`, when it is longer than a page can be sent.
pub fn html_for_page(nodes: &[Node]) -> Result<String, Fault> {
    let mut out = Out { text: String::new(), most: PAGE, is_in_text: false };
    write_all(nodes, &mut out);
    if out.is_full() {
        return Err(Fault::too_large(
            "This is too long to be shown on one page. Nothing was changed; the chapter can be had as a file.",
        ));
    }
    Ok(out.text)
}

/// What is written, up to a bound, beyond which it is of no use.
struct Out {
    text: String,
    most: usize,
    /// Whether it stands in a text of Markdown.
    is_in_text: bool,
}

impl Out {
    fn is_full(&self) -> bool {
        self.text.len() > self.most
    }

    fn push(&mut self, letter: char) {
        self.text.push(letter);
    }

    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

fn write_all(nodes: &[Node], out: &mut Out) {
    let mut open: Vec<&Mark> = Vec::new();
    for node in nodes {
        if out.is_full() {
            return;
        }
        let marks = if let Node::Text(run) = node { run.marks.as_slice() } else { &[] };
        let shared = open.iter().zip(marks).take_while(|(open, mark)| **open == *mark).count();
        close(&mut open, shared, out);
        for mark in &marks[shared..] {
            tags(&mark.kind.html, mark.kind, &mark.values, true, out);
            open.push(mark);
        }
        match node {
            Node::Text(run) => escape(&run.text, out),
            Node::Element(element) => {
                fill(&element.kind.html, element.kind, &element.values, &element.children, out);
            }
        }
    }
    close(&mut open, 0, out);
}

fn close(open: &mut Vec<&Mark>, down_to: usize, out: &mut Out) {
    while open.len() > down_to {
        if let Some(mark) = open.pop() {
            tags(&mark.kind.html, mark.kind, &mark.values, false, out);
        }
    }
}

/// A node's elements, with its children where the template has them.
fn fill(template: &Template, kind: &Kind, values: &[Value], children: &[Node], out: &mut Out) {
    match template {
        Template::Content => write_all(children, out),
        Template::Element { tag, attributes, children: inner } => {
            let tag = start(tag, attributes, kind, values, out);
            if out.is_in_text
                && inner.iter().any(|inner| matches!(inner, Template::Content))
                && has_odd_blanks(kind, children)
            {
                out.text.pop();
                out.push_str(" style=\"white-space: pre-wrap\">");
            }
            for template in inner {
                fill(template, kind, values, children, out);
            }
            // Elements that have no content have no end either.
            if !matches!(&*tag, "img" | "hr" | "br") {
                end(&tag, out);
            }
        }
    }
}

/// Whether blanks stand in a line where HTML has none: at its ends, or several in a row.
pub(super) fn has_odd_blanks(kind: &Kind, line: &[Node]) -> bool {
    if !kind.content.takes_text() {
        return false;
    }
    let mut after_blank = true;
    for node in line {
        match node {
            Node::Text(run) => {
                for letter in run.text.chars() {
                    let is_blank = letter.is_ascii_whitespace();
                    if is_blank && (after_blank || letter != ' ') {
                        return true;
                    }
                    after_blank = is_blank;
                }
            }
            Node::Element(element) => {
                let is_break = element.kind.name == "hard_break";
                if is_break && after_blank && !line.is_empty() {
                    return true;
                }
                after_blank = is_break;
            }
        }
    }
    after_blank && !line.is_empty()
}

/// A mark's elements up to its content, or from there on.
fn tags(template: &Template, kind: &Kind, values: &[Value], opens: bool, out: &mut Out) {
    if let Template::Element { tag, attributes, children } = template {
        if opens {
            start(tag, attributes, kind, values, out);
        }
        for template in children {
            tags(template, kind, values, opens, out);
        }
        if !opens {
            end(&said(tag, kind, values).unwrap_or_default(), out);
        }
    }
}

fn start(tag: &Filled, attributes: &[(String, Filled)], kind: &Kind, values: &[Value], out: &mut Out) -> String {
    let tag = said(tag, kind, values).unwrap_or_default();
    out.push('<');
    out.push_str(&tag);
    for (name, filled) in attributes {
        if out.is_in_text && matches!(&**name, "dir" | "rel") {
            continue;
        }
        if let Some(value) = said(filled, kind, values) {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape_quoted(&value, out);
            out.push('"');
        }
    }
    out.push('>');
    tag
}

fn end(tag: &str, out: &mut Out) {
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
}

fn said(filled: &Filled, kind: &Kind, values: &[Value]) -> Option<String> {
    let of = |name: &str| value(kind, values, name);
    match filled {
        Filled::Text(text) => Some(text.clone()),
        Filled::Around(before, name, after) => Some(format!("{before}{}{after}", of(name)?)),
        Filled::UnlessDefault(before, name, after) => {
            let attribute = kind.attributes.iter().find(|attribute| attribute.name == *name)?;
            let value = of(name).filter(|value| **value != attribute.default)?;
            Some(format!("{before}{value}{after}"))
        }
    }
}

/// As a browser writes text.
fn escape(text: &str, out: &mut Out) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            // A blank line would end what is HTML.
            '\n' if out.is_in_text => out.push_str("&#10;"),
            '\r' if out.is_in_text => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

fn escape_quoted(text: &str, out: &mut Out) {
    for part in text.split_inclusive('"') {
        match part.strip_suffix('"') {
            Some(part) => {
                escape(part, out);
                out.push_str("&quot;");
            }
            None => escape(part, out),
        }
    }
}
