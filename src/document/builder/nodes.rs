//! Nodes that are whole: each is put where it may stand.

use super::{
    super::{
        schema::Value,
        tree::{Element, Node, Run},
    },
    Builder, Holder, Role, sign,
};
use std::mem::take;

impl Builder {
    /// A line of a caption, for the figure that is open.
    pub(super) fn caption(&mut self, line: Vec<Node>) {
        let figure = self.frames.iter_mut().rev().find_map(|frame| match &mut frame.role {
            Role::Figure { caption, .. } => Some(caption),
            _ => None,
        });
        match figure {
            Some(caption) => {
                if !caption.is_empty() {
                    caption.push(Node::Element(Element::new("hard_break", &[], Vec::new())));
                }
                caption.extend(line);
            }
            None => self.place(Node::Element(Element::new("paragraph", &[], line))),
        }
    }

    pub(super) fn end_figure(&mut self, from: usize, given: Vec<(&'static str, Value)>, caption: Vec<Node>) {
        let picture = self.holder().children.iter_mut().skip(from).find_map(|node| match node {
            Node::Element(element) if element.kind.name == "figure" && element.children.is_empty() => Some(element),
            _ => None,
        });
        match picture {
            Some(picture) => {
                for (attribute, value) in picture.kind.attributes.iter().zip(&mut picture.values) {
                    if let Some((_, given)) = given.iter().find(|(name, _)| *name == attribute.name) {
                        *value = given.clone();
                    }
                }
                picture.children = caption;
            }
            None if caption.is_empty() => {}
            None => self.place(Node::Element(Element::new("paragraph", &[], caption))),
        }
    }

    /// The lines of a poem that is whole are one node.
    pub(super) fn end_poem(&mut self, from: usize) {
        let children = &mut self.holder().children;
        let lines = children.split_off(from.min(children.len()));
        for line in lines {
            let is_line = |node: &Node| is_of(node, "verse");
            let follows = children.len() > from && children.last().is_some_and(is_line) && is_line(&line);
            match (children.last_mut(), line) {
                (Some(Node::Element(poem)), Node::Element(line)) if follows => {
                    poem.children.push(Node::Element(Element::new("hard_break", &[], Vec::new())));
                    poem.children.extend(line.children);
                }
                (_, line) => children.push(line),
            }
        }
    }

    /// Puts a node where it may stand, as near as can be to where it was met.
    pub(super) fn place(&mut self, node: Node) {
        self.made += 1;
        let Node::Element(element) = node else { return };
        let kind = element.kind.name.as_str();
        let holder = self.holder();
        let within = |kind: &str, node: Element| Element::new(kind, &[], vec![Node::Element(node)]);
        let element = match holder.kind {
            "bullet_list" | "ordered_list" if !matches!(kind, "list_item" | "task_item") => {
                within("list_item", element)
            }
            "task_list" if kind == "list_item" => Element::new("task_item", &[], element.children),
            "task_list" if kind != "task_item" => within("task_item", element),
            "table" if kind != "table_row" => return holder.before.push(Node::Element(element)),
            "table_row" if !matches!(kind, "table_cell" | "table_header") => within("table_cell", element),
            _ => element,
        };
        holder.children.push(Node::Element(element));
    }

    pub(super) fn end_node(&mut self, holder: Holder) {
        let Holder { mut kind, given, mut children, before, tick } = holder;
        match kind {
            "bullet_list" | "ordered_list" | "task_list" | "table" | "table_row" if children.is_empty() => {
                return before.into_iter().for_each(|node| self.place(node));
            }
            // With one tick in it, all its items have one.
            "bullet_list" if children.iter().any(|item| is_of(item, "task_item")) => {
                kind = "task_list";
                for item in &mut children {
                    if let Node::Element(item) = item
                        && item.kind.name == "list_item"
                    {
                        *item = Element::new("task_item", &[], take(&mut item.children));
                    }
                }
            }
            _ if children.is_empty() => children.push(Node::Element(Element::new("paragraph", &[], Vec::new()))),
            _ => {}
        }
        let mut given = given;
        if let Some(is_done) = tick {
            if self.node_kind() == "ordered_list" {
                // There are no numbered tasks: the sign is text.
                begin_with(&mut children, sign(is_done));
            } else {
                kind = "task_item";
                given = vec![("done", Value::Flag(is_done))];
            }
        }
        before.into_iter().for_each(|node| self.place(node));
        self.place(Node::Element(Element::new(kind, &given, children)));
    }
}

fn is_of(node: &Node, kind: &str) -> bool {
    matches!(node, Node::Element(element) if element.kind.name == kind)
}

/// Puts a sign before what stands in an item.
fn begin_with(children: &mut Vec<Node>, sign: &str) {
    let run = |text: String| Node::Text(Run { text, marks: Vec::new() });
    match children.first_mut() {
        Some(Node::Element(first)) if first.kind.name == "paragraph" => match first.children.first_mut() {
            Some(Node::Text(text)) if text.marks.is_empty() => text.text.insert_str(0, &format!("{sign} ")),
            Some(_) => first.children.insert(0, run(format!("{sign} "))),
            None => first.children.push(run(sign.to_owned())),
        },
        _ => children.insert(0, Node::Element(Element::new("paragraph", &[], vec![run(sign.to_owned())]))),
    }
}
