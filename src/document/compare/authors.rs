//! Who wrote what stands in a chapter.
//!
//! The document knows of each letter by whose hand it is, but gives that out for one text only, at the cost of all its
//! hands and of all that was ever removed. So it is asked once, for all texts: the state is read a second time, with a
//! sign of its author in the place of each letter. Both documents are built of the same edits in the same order, so what
//! stands in one place of the one stands in the same place of the other.

use super::{
    super::{
        bytes,
        crdt::Document,
        html::html_for_page,
        refused::Refused,
        sections::write_number,
        tree::{Element, Mark, Node, Run},
    },
    marks::{self, marked},
};
use crate::costly::Budget;
use sputnik::{Fault, UserId};
use std::{collections::HashMap, iter};

/// The sign of nobody; those of authors come after it.
const NOBODY: u32 = 0x100;
/// How many authors have a sign. What others wrote is nobody's: a chapter has seldom twenty.
const AUTHORS: usize = 20_000;

/// Somebody who wrote in a chapter, as the text shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub id: UserId,
    /// What they are called.
    pub name: String,
    /// Their colour: one of ten, from 0.
    pub hue: u32,
}

/// A text with who wrote what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributed {
    /// The text, as HTML that is safe to show.
    pub html: String,
    /// Who wrote what stands there, those of whom most stands first; and how many characters of each.
    pub authors: Vec<(Author, u32)>,
}

/// The chapter of this state, each piece of text marked as its author's. `hands` says who wrote by which. What the server
/// made, a text brought in, say, is nobody's.
///
/// # Errors
/// When the state is damaged, when it takes longer than the budget has, and when it is too long to be shown.
pub fn attributed(state: &[u8], hands: &HashMap<u64, Author>, budget: &Budget) -> Result<Attributed, Fault> {
    let mut authors = Authors::of(hands);
    let signs = Document::load(&authors.signed(state)?, iter::empty())?.nodes();
    budget.check()?;
    let nodes = Document::load(state, iter::empty())?.nodes();
    budget.check()?;
    let shown = authors.mark(nodes, signs);
    budget.check()?;
    let html = html_for_page(&shown)?;
    budget.check()?;
    Ok(Attributed { html, authors: authors.who_wrote_most() })
}

/// The people who wrote in a chapter.
struct Authors<'a> {
    /// Each with how they are shown, and how many letters they wrote.
    all: Vec<(&'a Author, Mark, u32)>,
    /// By which sign each hand is known.
    signs: HashMap<u64, char>,
}

impl<'a> Authors<'a> {
    fn of(hands: &'a HashMap<u64, Author>) -> Self {
        let (mut all, mut numbers) = (Vec::new(), HashMap::new());
        let mut signs = HashMap::with_capacity(hands.len());
        for (hand, author) in hands {
            let number = *numbers.entry(&author.id).or_insert_with(|| {
                all.push((author, marks::author(author.hue, &author.name), 0));
                all.len()
            });
            signs.insert(*hand, sign(if number > AUTHORS { 0 } else { number }));
        }
        Self { all, signs }
    }

    /// The state, with signs in the place of letters.
    fn signed(&self, state: &[u8]) -> Result<Vec<u8>, Refused> {
        let mut signed = Vec::with_capacity(state.len() * 2);
        let mut at = 0;
        for written in bytes::texts(state)? {
            let sign = self.signs.get(&written.hand).copied().unwrap_or_else(|| sign(0));
            let letters = iter::repeat_n(sign, written.units as usize).collect::<String>();
            signed.extend_from_slice(&state[at..written.at.start]);
            write_number(letters.len() as u64, &mut signed);
            signed.extend_from_slice(letters.as_bytes());
            at = written.at.end;
        }
        signed.extend_from_slice(&state[at..]);
        Ok(signed)
    }

    /// What stands in the chapter, each text as its author's. What has no sign in its place stays as it is.
    fn mark(&mut self, nodes: Vec<Node>, signs: Vec<Node>) -> Vec<Node> {
        let mut marked = Vec::with_capacity(nodes.len());
        let mut signs = signs.into_iter();
        for node in nodes {
            match (node, signs.next()) {
                (Node::Text(run), Some(Node::Text(signs))) => self.mark_run(&run, &signs.text, &mut marked),
                (Node::Element(Element { kind, values, children }), Some(Node::Element(signs))) => {
                    let children = self.mark(children, signs.children);
                    marked.push(Node::Element(Element { kind, values, children }));
                }
                (node, _) => marked.push(node),
            }
        }
        marked
    }

    fn mark_run(&mut self, run: &Run, signs: &str, to: &mut Vec<Node>) {
        let mut signs = signs.chars();
        let letters: Vec<(char, usize)> = run
            .text
            .chars()
            .map(|letter| {
                let number = signs.next().map_or(0, number);
                // A letter of two units has two signs.
                signs.by_ref().take(letter.len_utf16() - 1).for_each(drop);
                (letter, number)
            })
            .collect();
        for piece in letters.chunk_by(|(_, a), (_, b)| a == b) {
            let text = piece.iter().map(|(letter, _)| letter).collect();
            let run = Run { text, marks: run.marks.clone() };
            let number = piece.first().map_or(0, |(_, number)| *number);
            to.push(Node::Text(match number.checked_sub(1).and_then(|at| self.all.get_mut(at)) {
                Some((_, mark, letters)) => {
                    *letters = letters.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
                    marked(&run, mark)
                }
                None => run,
            }));
        }
    }

    /// Those who wrote most first, each with how many letters stand there of theirs.
    fn who_wrote_most(self) -> Vec<(Author, u32)> {
        let wrote = self.all.into_iter().filter(|(_, _, letters)| *letters > 0);
        let mut authors: Vec<(Author, u32)> = wrote.map(|(author, _, letters)| (author.clone(), letters)).collect();
        authors.sort_by(|(a, most), (b, more)| more.cmp(most).then_with(|| a.name.cmp(&b.name)));
        authors
    }
}

/// The sign of an author, or of nobody, whose number is nothing. It is one UTF-16 unit, as no sign of this many is a
/// part of a longer letter.
fn sign(number: usize) -> char {
    let sign = u32::try_from(number).ok().and_then(|number| char::from_u32(NOBODY + number));
    sign.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Whose sign it is.
fn number(sign: char) -> usize {
    usize::try_from(u32::from(sign).saturating_sub(NOBODY)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::{crdt::Edit, markdown},
        *,
    };
    use yrs::{Doc, Text, Transact, XmlFragment};

    fn write(document: &mut Document, hand: u64, at: u32, words: &str) {
        let doc = Doc::with_client_id(hand);
        let root = doc.get_or_insert_xml_fragment("chapter");
        let state = yrs::updates::decoder::Decode::decode_v1(&document.state()).unwrap();
        doc.transact_mut().apply_update(state).unwrap();
        let edit = {
            let mut txn = doc.transact_mut();
            let node = root.get(&txn, 0).unwrap().into_xml_element().unwrap();
            node.get(&txn, 0).unwrap().into_xml_text().unwrap().insert(&mut txn, at, words);
            txn.encode_update_v1()
        };
        document.take_in(Edit::read(&edit).unwrap()).unwrap();
    }

    #[test]
    fn every_word_is_its_authors_and_the_servers_are_nobodys() {
        let mut document = Document::of(&markdown::read("The *moon*."));
        write(&mut document, 11, 4, "old ");
        write(&mut document, 12, 8, "red ");
        write(&mut document, 13, 0, "Oh! ");
        let author = |name: &str, hue: u32| Author { id: name.parse().unwrap(), name: name.into(), hue };
        let (ann, ben) = (author("ann", 3), author("ben", 7));
        let hands = HashMap::from([(11, ann.clone()), (12, ben.clone()), (13, ann.clone())]);
        let budget = Budget::of(std::time::Duration::from_secs(60));
        let Attributed { html, authors } = attributed(&document.state(), &hands, &budget).unwrap();
        let span = |Author { name, hue, .. }: &Author, text: &str| {
            format!("<span class=\"by hue-{hue}\" title=\"{name}\">{text}</span>")
        };
        let expected = format!(
            "<p dir=\"auto\">{}The {}{}<em>moon</em>.</p>",
            span(&ann, "Oh! "),
            span(&ann, "old "),
            span(&ben, "red ")
        );
        assert_eq!(html, expected);
        assert_eq!(authors, [(ann, 8), (ben, 4)]);
    }
}
