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
                    open.push(Self { name, attributes, ..Self::default() });
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

    /// All text in it, on one line. Where elements stand between, it is that of each in turn.
    pub(super) fn words(&self) -> String {
        let mut words: Vec<&str> = self.text.split_whitespace().collect();
        // A number that an EPUB of ours counted is none of its words.
        for element in self.all().into_iter().filter(|element| element.attribute("data-counted").is_none()) {
            words.extend(element.text.split_whitespace());
        }
        words.join(" ")
    }
}

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
        let deep = Markup::read(&"<a>".repeat(100_000));
        assert_eq!(deep.all().len(), 100_000);
    }
}
