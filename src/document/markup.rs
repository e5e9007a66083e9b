//! Markup that says something about a book, such as what is in its package: as a tree of elements. It is read as HTML is,
//! which forgives everything and knows no entity of an author's, so nothing in it can grow.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// How deep elements lie in each other. Those that begin deeper lie beside the deepest.
const DEEPEST: usize = 100;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Markup {
    /// Its name in small letters, without what says whose it is.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The text in it, without that of elements in it.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Markup>,
    /// After how much of the text around it, in bytes, it stands.
    at: usize,
}

impl Markup {
    /// Reads markup: what it has lies in an element without a name.
    pub(super) fn read(text: &str) -> Self {
        let mut open = vec![Self::default()];
        for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<()>::default()).flatten() {
            match token {
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter();
                    let attributes = attributes.map(|(name, value)| (local(&lossy(name)).to_owned(), lossy(value)));
                    let (name, attributes) = (local(&lossy(&tag.name)).to_owned(), attributes.collect());
                    let at = open.last().map_or(0, |outer| outer.text.len());
                    open.push(Self { name, attributes, at, ..Self::default() });
                    if tag.self_closing || open.len() > DEEPEST || is_empty(&open) {
                        close(&mut open);
                    }
                }
                Token::EndTag(tag) => {
                    let name = lossy(&tag.name);
                    let name = local(&name);
                    if let Some(at) = open.iter().rposition(|open| open.name == name && !name.is_empty()) {
                        while open.len() > at.max(1) {
                            close(&mut open);
                        }
                    }
                }
                Token::String(text) => {
                    if let Some(last) = open.last_mut() {
                        last.text.push_str(&lossy(&text));
                    }
                }
                _ => {}
            }
        }
        while open.len() > 1 {
            close(&mut open);
        }
        open.pop().unwrap_or_default()
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All elements in it, however deep, in their order.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut all = Vec::new();
        let mut left: Vec<&Self> = self.children.iter().rev().collect();
        while let Some(next) = left.pop() {
            all.push(next);
            left.extend(next.children.iter().rev());
        }
        all
    }

    /// The first element of this name in it, however deep.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.all().into_iter().find(|element| element.name == name)
    }

    /// All text in it, on one line, as it is read.
    pub(super) fn words(&self) -> String {
        let mut text = String::new();
        self.read_into(&mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The same, with an end of line wherever one is made.
    pub(super) fn lines(&self) -> String {
        let mut text = String::new();
        self.read_into(&mut text);
        let lines = text.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    fn read_into(&self, text: &mut String) {
        let mut from = 0;
        // A number that an EPUB of ours counted is none of its words.
        for child in self.children.iter().filter(|child| child.attribute("data-counted").is_none()) {
            text.push_str(self.text.get(from..child.at).unwrap_or_default());
            from = child.at;
            // Those that are a part of the line stand in it as they are; all others part words.
            let is_in_line = IN_LINE.contains(&child.name.as_str());
            if !is_in_line {
                text.push(if child.name == "br" { '\n' } else { ' ' });
            }
            child.read_into(text);
            if !is_in_line {
                text.push(' ');
            }
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
    }
}

/// Elements of a line whose text goes on with what stands around it.
const IN_LINE: [&str; 14] =
    ["a", "abbr", "b", "bdi", "cite", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"];

/// What HTML leaves without an end.
fn is_empty(open: &[Markup]) -> bool {
    open.last().is_some_and(|last| matches!(last.name.as_str(), "br" | "hr" | "img"))
}

fn close(open: &mut Vec<Markup>) {
    if let (Some(last), Some(outer)) = (open.pop(), open.last_mut()) {
        outer.children.push(last);
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_read_whatever_is_wrong_with_it() {
        let read = Markup::read(
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbb'>]><opf:Package a='1'><dc:title>A &amp; &b; B</dc:title><x/>\
             <y><z>c</y></opf:Package></never>",
        );
        let package = read.find("package").expect("the package");
        assert_eq!(package.attribute("a"), Some("1"));
        assert_eq!(package.find("title").map(Markup::words).as_deref(), Some("A & &b; B"));
        assert_eq!(package.children.iter().map(|child| child.name.as_str()).collect::<Vec<_>>(), ["title", "x", "y"]);
        let line =
            Markup::read("<a>Of <i>Moby-Dick</i> and <b>A</b>hab<br/>here<p>and</p>there</a><span>2</span> <b>x</b>");
        assert_eq!(line.words(), "Of Moby-Dick and Ahab here and there2 x");
        let deep = Markup::read(&"<a>".repeat(100_000));
        assert_eq!(deep.all().len(), 100_000);
    }
}
