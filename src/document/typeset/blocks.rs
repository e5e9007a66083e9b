//! What stands in a part of a book, one below the other.

use super::{
    direction::{self, Direction},
    lines::{clean, divided},
};
use crate::document::{
    publication::{Publication, headings::Headings, index::Terms},
    tree::{Element, Node, plain},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A part of a book, as far as it is written.
pub(super) struct Blocks<'a> {
    pub(super) book: &'a Publication,
    /// Which way the book goes.
    pub(super) way: Direction,
    headings: Headings,
    pictures: BTreeSet<String>,
    /// Which part it is, and how many of its figures are written.
    pub(super) at: usize,
    figures: usize,
    pub(super) terms: Terms,
}

impl<'a> Blocks<'a> {
    /// A part, and which pictures of the book it shows, by their addresses on the site.
    pub(super) fn of(book: &'a Publication, at: usize, nodes: &[Node]) -> (Value, BTreeSet<String>) {
        let title = book.parts.get(at).map_or(1, |part| part.depth + 1);
        let headings = Headings::below(i64::try_from(title).unwrap_or(1));
        let way = direction::of_book(book);
        let mut blocks =
            Self { book, way, headings, pictures: BTreeSet::new(), at, figures: 0, terms: Terms::default() };
        let written = blocks.blocks(nodes);
        (written, blocks.pictures)
    }

    pub(super) fn blocks(&mut self, nodes: &[Node]) -> Value {
        let mut written = Vec::new();
        for node in nodes {
            if let Node::Element(element) = node {
                self.block(element, &mut written);
            }
        }
        Value::Array(written)
    }

    fn block(&mut self, block: &Element, to: &mut Vec<Value>) {
        match block.kind.name.as_str() {
            kind @ ("paragraph" | "verse") => to.push(self.text_block(kind, block)),
            // A heading without words would be a line without any in the contents that a reader shows beside the pages.
            "heading" if plain(&block.children).trim().is_empty() => {}
            "heading" => {
                let level = self.headings.level(block.number("level"));
                let mut heading = self.text_block("heading", block);
                heading["level"] = level.into();
                to.push(heading);
            }
            "bullet_list" => to.push(json!({ "kind": "list", "ordered": false, "items": self.items(block) })),
            "ordered_list" => to.push(json!({
                "kind": "list", "ordered": true, "start": block.number("start"), "items": self.items(block),
            })),
            "task_list" => to.push(self.tasks(block)),
            "blockquote" => to.push(json!({ "kind": "quote", "blocks": self.blocks(&block.children) })),
            "code_block" => {
                // In code nothing is marked; what is counted in it is counted by all.
                self.line(&block.children);
                to.push(json!({ "kind": "code", "text": code(block) }));
            }
            "figure" => to.push(self.figure(block)),
            "table" => to.extend(self.table(block)),
            "scene_break" => to.push(json!({ "kind": "scene" })),
            // Of a kind that is newer than this: what stands in it.
            _ => block.children.iter().for_each(|child| {
                if let Node::Element(element) = child {
                    self.block(element, to);
                }
            }),
        }
    }

    fn text_block(&mut self, kind: &str, block: &Element) -> Value {
        let mut said = self.said(&block.children);
        said.extend([("kind".into(), kind.into()), ("line".into(), self.line(&block.children).into())]);
        Value::Object(said)
    }

    fn items(&mut self, list: &Element) -> Vec<Value> {
        elements(&list.children).map(|item| self.blocks(&item.children)).collect()
    }

    fn tasks(&mut self, list: &Element) -> Value {
        let item = |item: &Element| json!({ "done": item.flag("done"), "blocks": self.blocks(&item.children) });
        let items: Vec<Value> = elements(&list.children).map(item).collect();
        json!({ "kind": "tasks", "items": items })
    }

    /// A picture of the book with its caption; where it is none of this book's, what describes it.
    fn figure(&mut self, figure: &Element) -> Value {
        let src = figure.text_value("src");
        let mut said = self.said(&figure.children);
        self.figures += 1;
        if self.book.matter.figures {
            said.insert("figure".into(), format!("{}-{}", self.at, self.figures).into());
        }
        if let Some(picture) = self.book.pictures.get(src) {
            said.insert("picture".into(), picture.file.as_str().into());
            self.pictures.insert(src.to_owned());
        }
        said.extend([
            ("kind".into(), "figure".into()),
            ("alt".into(), clean(figure.text_value("alt").trim()).into()),
            ("size".into(), figure.text_value("size").into()),
            ("place".into(), figure.text_value("place").into()),
            ("line".into(), self.line(&figure.children).into()),
        ]);
        Value::Object(said)
    }
}

/// Lines of code, each as it is.
fn code(block: &Element) -> String {
    plain(&block.children).split('\n').map(|line| divided(&line.replace('\t', "    "))).collect::<Vec<_>>().join("\n")
}

/// The elements among nodes.
pub(super) fn elements(nodes: &[Node]) -> impl Iterator<Item = &Element> {
    nodes.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
}
