//! Lists: their items, and what parts two that stand side by side.

use super::{
    super::{
        super::tree::{Element, Node},
        NOTHING,
    },
    Page, has_signs, is_empty,
    line::Room,
};

/// With what the items of a list begin.
#[derive(Debug, Clone, Copy)]
pub(super) enum Marker {
    /// A bullet.
    Bullet(char),
    /// A number, and this after it.
    Number(i64, char),
}

/// The lists among some blocks. Two side by side have markers of different kinds, or they would be read as one.
pub(super) struct Lists {
    /// The bullet of the item all this stands in.
    outer: Option<char>,
    last: Option<Marker>,
}

impl Lists {
    /// None yet, in an item with this bullet or in none.
    pub fn within(outer: Option<char>) -> Self {
        Self { outer, last: None }
    }

    /// Whether the block before was a list.
    pub fn is_after_one(&self) -> bool {
        self.last.is_some()
    }

    /// The marker of this block, if it is a list: the next. `at_marker` tells whether it begins in the line in which the
    /// item around it does.
    pub fn marker(&mut self, block: &Element, at_marker: bool) -> Option<Marker> {
        let marker = match &*block.kind.name {
            "bullet_list" | "task_list" => Some(Marker::Bullet(match self.last {
                Some(Marker::Bullet('-')) => '*',
                // Three of one sign in a line would be a break.
                None if at_marker && self.outer == Some('-') => '*',
                _ => '-',
            })),
            "ordered_list" => Some(Marker::Number(
                block.number("start"),
                if matches!(self.last, Some(Marker::Number(_, '.'))) { ')' } else { '.' },
            )),
            _ => None,
        };
        self.last = marker;
        marker
    }
}

impl<'n> Page<'n> {
    pub(super) fn list(&mut self, list: &'n Element, marker: Option<Marker>) {
        let tight = is_tight(list);
        for (number, item) in list.children.iter().enumerate() {
            let Node::Element(item) = item else { continue };
            if number > 0 && !tight {
                self.out.blank();
            }
            let (first, bullet) = match marker {
                Some(Marker::Number(start, after)) => {
                    let number = start.saturating_add(i64::try_from(number).unwrap_or(i64::MAX));
                    (format!("{number}{after} "), None)
                }
                Some(Marker::Bullet(bullet)) => (format!("{bullet} "), Some(bullet)),
                None => ("- ".to_owned(), Some('-')),
            };
            let before = self.out.begin(&first, &" ".repeat(first.len()));
            if item.kind.name == "task_item" {
                self.task(item, bullet, tight);
            } else {
                self.item(item, bullet, tight);
            }
            self.out.end(before);
        }
    }

    fn item(&mut self, item: &'n Element, bullet: Option<char>, tight: bool) {
        match item.children.as_slice() {
            [Node::Element(line), rest @ ..] if line.kind.name == "paragraph" && has_signs(line) => {
                let text = self.line(&line.children, Room::Item);
                self.out.lines(&text);
                self.below(rest, bullet, tight);
            }
            all => self.held(all, bullet),
        }
    }

    /// The box stands in the item's first line. Where that is no line of text, it stands alone.
    fn task(&mut self, item: &'n Element, bullet: Option<char>, tight: bool) {
        let done = if item.flag("done") { "[x]" } else { "[ ]" };
        match item.children.as_slice() {
            [Node::Element(line), rest @ ..] if line.kind.name == "paragraph" && has_signs(line) => {
                let text = self.line(&line.children, Room::Lines);
                self.out.lines(&format!("{done} {text}"));
                self.below(rest, bullet, tight);
            }
            all => {
                self.out.line(&format!("{done} {NOTHING}"));
                if !is_empty(all) {
                    self.below(all, bullet, false);
                }
            }
        }
    }

    /// What stands in an item below its first line.
    fn below(&mut self, rest: &'n [Node], bullet: Option<char>, tight: bool) {
        if !rest.is_empty() {
            if !tight {
                self.out.blank();
            }
            self.blocks(rest, bullet);
        }
    }
}

/// Whether a list is written without blank lines: where each item is a line and lists below it, which are told from that
/// line by what they begin with.
fn is_tight(list: &Element) -> bool {
    let line = |node: &Node| matches!(node, Node::Element(line) if line.kind.name == "paragraph");
    let begins_below = |node: &Node| match node {
        Node::Element(list) if matches!(&*list.kind.name, "bullet_list" | "task_list" | "ordered_list") => {
            let first = list
                .children
                .first()
                .and_then(|item| if let Node::Element(item) = item { item.children.first() } else { None });
            // Only a list that begins with 1 and with words may follow right after a line.
            has_signs(list)
                && (list.kind.name != "ordered_list" || list.number("start") == 1)
                && first.is_some_and(|first| line(first) && !is_empty(std::slice::from_ref(first)))
        }
        _ => false,
    };
    list.children.iter().all(|item| match item {
        Node::Element(item) => match item.children.as_slice() {
            [] => true,
            [only] => line(only),
            [first, second] => line(first) && !is_empty(std::slice::from_ref(first)) && begins_below(second),
            _ => false,
        },
        Node::Text(_) => true,
    })
}
