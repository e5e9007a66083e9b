//! Whether a format gives back what it was given: documents of the whole schema, made at random, are written, read and
//! compared with what they were. What a format cannot carry is named, each loss for itself, and nothing else may differ.
//!
//! Nodes, marks and attributes are taken from the schema as it is: a new one is in the next round. The same seed makes the
//! same documents. `SPUTNIK_ROUNDS` is how many there are, from the seed `SPUTNIK_SEED` on.

mod generator;
mod smaller;

use super::{
    json,
    tree::{Element, Node, simplest},
};
use generator::Dice;
use std::{env, fmt::Debug, panic};

/// Something that a format cannot carry.
pub struct Loss {
    /// What is lost, and why.
    pub name: &'static str,
    /// What is left of a document.
    pub left: fn(&[Node]) -> Vec<Node>,
    /// A document that loses it, as it is kept in a history: a loss without one is none any more.
    pub example: &'static str,
}

/// A format, in which a document becomes a `T`.
pub struct Format<T> {
    /// Writes a document.
    pub write: fn(&[Node]) -> T,
    /// Reads it again.
    pub read: fn(&T) -> Vec<Node>,
    /// What it cannot carry.
    pub losses: &'static [Loss],
}

impl<T: Debug> Format<T> {
    /// What is expected of a document after it was written and read.
    fn carried(&self, document: &[Node]) -> Vec<Node> {
        normal(&self.losses.iter().fold(simplest(document), |left, loss| simplest(&(loss.left)(&left))))
    }

    fn returned(&self, document: &[Node]) -> Vec<Node> {
        (self.read)(&(self.write)(document))
    }

    fn holds(&self, document: &[Node]) -> bool {
        let returned = panic::catch_unwind(panic::AssertUnwindSafe(|| self.returned(document)));
        returned.is_ok_and(|returned| self.carried(&returned) == self.carried(document))
    }

    /// Fails where a document comes back as another.
    pub fn check(&self, document: &[Node], named: &str) {
        if self.holds(document) {
            return;
        }
        let document = smaller::smallest(document, |document| !self.holds(document));
        let written = (self.write)(&document);
        panic!(
            "{named} comes back as another.\ngiven:    {}\nexpected: {}\nreturned: {}\nwritten:\n{written:?}",
            json::write(&document),
            json::write(&self.carried(&document)),
            json::write(&normal(&self.returned(&document))),
        );
    }

    /// Does so with as many documents, or as many as the environment says.
    pub fn check_rounds(&self, rounds: u64) {
        let number = |name: &str| env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
        let first = number("SPUTNIK_SEED").unwrap_or(0);
        let rounds = number("SPUTNIK_ROUNDS").unwrap_or(rounds);
        println!("seeds {first} to {}", first.saturating_add(rounds));
        for seed in first..first.saturating_add(rounds) {
            self.check(&Dice::of(seed).document(), &format!("the document of SPUTNIK_SEED={seed}"));
        }
    }

    /// Fails where a loss that is named is none.
    pub fn check_losses(&self) {
        for loss in self.losses {
            let example = json::read(loss.example).unwrap_or_else(|error| panic!("{}: {error}", loss.name));
            assert_ne!(normal(&self.returned(&example)), normal(&example), "this is not lost: {}", loss.name);
            self.check(&example, loss.name);
        }
    }
}

/// As many documents, from this seed on.
pub fn documents(first: u64, many: u64) -> Vec<Vec<Node>> {
    (first..first + many).map(|seed| Dice::of(seed).document()).collect()
}

/// The form in which documents are compared: the simplest, with a line to write in where nothing stands in what holds
/// lines. The editor makes one there too.
fn normal(nodes: &[Node]) -> Vec<Node> {
    mapped(&simplest(nodes), &|element| {
        if element.children.is_empty()
            && matches!(&*element.kind.name, "list_item" | "task_item" | "blockquote" | "table_cell" | "table_header")
        {
            element.children.push(Node::Element(Element::new("paragraph", &[], Vec::new())));
        }
        vec![Node::Element(element.clone())]
    })
}

/// A document with each element, after all that stand in it, replaced by what is made of it.
pub fn mapped(nodes: &[Node], each: &impl Fn(&mut Element) -> Vec<Node>) -> Vec<Node> {
    let mut all = Vec::new();
    for node in nodes {
        match node {
            Node::Text(_) => all.push(node.clone()),
            Node::Element(element) => {
                let children = mapped(&element.children, each);
                let (kind, values) = (element.kind, element.values.clone());
                all.extend(each(&mut Element { kind, values, children }));
            }
        }
    }
    all
}
