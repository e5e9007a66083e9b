//! What can be said only when all is read: in which language the book is, so which words are in another; and where links
//! within it lead.

use super::{
    super::super::{
        beside::PART,
        left_out::{LeftOut, What},
        tree::{Mark, Node},
    },
    tables::join,
};
use crate::metadata::check::is_language;
use std::collections::HashMap;

/// Settles a text: `said` is the language that the document says the book is in, and that its styles say. Tells in which
/// language it is.
pub(super) fn settle(
    nodes: &mut [Node],
    anchors: &HashMap<String, usize>,
    (said, of_styles): (&str, Option<&str>),
    left_out: &mut LeftOut,
) -> String {
    let is_said = is_language(said) && !said.is_empty();
    let usual = of_styles.unwrap_or_default();
    let language = if is_said { said.to_owned() } else { most(nodes, usual) };
    let mut settling = Settling { anchors, language: &language, is_said, left_out };
    settling.all(nodes);
    language
}

/// The language that most of a text is in.
fn most(nodes: &[Node], usual: &str) -> String {
    let mut letters: HashMap<String, usize> = HashMap::new();
    count(nodes, usual, &mut letters);
    let most = letters.into_iter().max_by(|(one, few), (other, many)| few.cmp(many).then(other.cmp(one)));
    most.map(|(language, _)| language).filter(|language| is_language(language)).unwrap_or_default()
}

fn count(nodes: &[Node], usual: &str, letters: &mut HashMap<String, usize>) {
    for node in nodes {
        match node {
            Node::Element(element) => count(&element.children, usual, letters),
            Node::Text(run) => {
                let language = run.marks.iter().find(|mark| mark.kind.name == "language");
                let language = language.map_or(usual, |mark| mark.text_value("lang"));
                match letters.get_mut(language) {
                    Some(count) => *count += run.text.len(),
                    None => drop(letters.insert(language.to_owned(), run.text.len())),
                }
            }
        }
    }
}

struct Settling<'a> {
    anchors: &'a HashMap<String, usize>,
    language: &'a str,
    /// Whether the document says it, so that another of the same kind is another.
    is_said: bool,
    left_out: &'a mut LeftOut,
}

impl Settling<'_> {
    fn all(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            match node {
                Node::Element(element) => {
                    if element.kind.name == "table" {
                        join(element);
                    }
                    self.all(&mut element.children);
                }
                Node::Text(run) => run.marks.retain(|mark| self.stays(mark)),
            }
        }
    }

    fn stays(&mut self, mark: &Mark) -> bool {
        match mark.kind.name.as_str() {
            "language" => !self.is_usual(mark.text_value("lang")),
            "link" => {
                let place = mark.text_value("href").strip_prefix(PART).and_then(|place| place.split_once('#'));
                let is_there = place.is_none_or(|(_, place)| self.anchors.contains_key(place));
                if let Some((_, place)) = place.filter(|_| !is_there) {
                    self.left_out.add(What::Link, &format!("#{place}"));
                }
                is_there
            }
            _ => true,
        }
    }

    fn is_usual(&self, language: &str) -> bool {
        let kind = |language: &str| language.split('-').next().unwrap_or_default().to_ascii_lowercase();
        language.eq_ignore_ascii_case(self.language) || !self.is_said && kind(language) == kind(self.language)
    }
}
