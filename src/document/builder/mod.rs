//! Makes a tree of what a reader of some format meets, piece by piece: it opens what begins, adds text, and closes what
//! ends. Whatever order that comes in, the tree is within the schema, and no word is lost of it: what stands where it may
//! not is put where it may, what would stand too deep stands beside the deepest, and whatever holds blocks has one, so
//! that a caret can stand in it.
//!
//! Nothing here goes down into what lies in itself, so a text may be as deep as it is long.

mod lines;
mod nodes;
mod notes;

pub(super) use notes::on_one_line;

use super::{
    schema::{SCHEMA, Value},
    tree::{Element, Mark, Node, Run},
};
use std::{collections::HashMap, mem::take};

/// How many levels a table with a note in a cell has, below where it stands.
const ROOM: usize = 4;

/// What begins.
#[derive(Debug)]
pub(super) enum Begins {
    /// A node that holds others, with its attributes.
    Node(&'static str, Vec<(&'static str, Value)>),
    /// A node that holds a line of text. A heading says its level as its format counts it.
    Line(&'static str, u8),
    /// The same, which is there also where nothing stands in it.
    EmptyLine(&'static str, u8),
    /// What parts lines and is nothing else.
    Block,
    /// The same around a poem: what would be paragraphs in it are its lines.
    Poem,
    /// A picture with its caption, or whatever else has one, and what is said of the picture beside.
    Figure(Vec<(&'static str, Value)>),
    /// The caption of a figure.
    Caption,
    /// What stands in a line and means nothing.
    Inline,
    /// A mark on all text in it.
    Mark(Mark),
    /// A note, in the line that points to it.
    Note,
    /// Code, and in which language.
    Code(String),
    /// What stands in it is left out.
    Nothing,
}

/// What is open.
struct Frame {
    /// Its name in its format.
    name: &'static str,
    /// Whether only its own reader may close it, and all within.
    is_wall: bool,
    role: Role,
}

enum Role {
    Node(Holder),
    /// `from` is how many nodes there were before it, if it is there in any case.
    Line {
        kind: &'static str,
        level: u8,
        from: Option<usize>,
    },
    Block,
    /// `from` is how many nodes there were before it.
    Poem {
        from: usize,
        has_stanzas: bool,
    },
    Figure {
        from: usize,
        given: Vec<(&'static str, Value)>,
        caption: Vec<Node>,
    },
    Caption,
    Inline,
    Mark {
        mark: Mark,
        is_new: bool,
        /// The mark of the same kind that held before, and holds again afterwards.
        before: Option<Mark>,
    },
    Note {
        line: Vec<Node>,
        marks: Vec<Mark>,
    },
    Code {
        text: String,
        language: String,
    },
    Nothing,
}

/// A node whose content is still coming.
struct Holder {
    kind: &'static str,
    given: Vec<(&'static str, Value)>,
    children: Vec<Node>,
    /// What was met in a table outside its cells: it stands before the table.
    before: Vec<Node>,
    /// Whether this item has a tick, and it is set.
    tick: Option<bool>,
}

impl Holder {
    fn of(kind: &'static str, given: Vec<(&'static str, Value)>) -> Self {
        Self { kind, given, children: Vec::new(), before: Vec::new(), tick: None }
    }
}

/// Where a heading stands at the top of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading {
    /// Which of the nodes at the top it is.
    pub at: usize,
    /// Its level, as its format counts them.
    pub level: u8,
}

/// A tree that is whole.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// What stands at its top.
    pub nodes: Vec<Node>,
    /// Its headings at the top.
    pub headings: Vec<Heading>,
    /// The places in it that have a name: which node at the top each is in, or stands before.
    pub anchors: HashMap<String, usize>,
    /// How many nodes were made for it.
    pub made: usize,
}

/// A blank that is written once it is known what comes after it.
struct Blank {
    ends_line: bool,
    marks: Vec<Mark>,
}

/// A tree in the making.
pub(super) struct Builder {
    frames: Vec<Frame>,
    /// Which of the frames are nodes, lines or captions, walls, code, and nothing: each kind is asked for often, and there
    /// may be very many frames.
    nodes: Vec<usize>,
    lines: Vec<usize>,
    walls: Vec<usize>,
    codes: Vec<usize>,
    nothings: usize,
    notes: usize,
    /// The frames in which blanks are kept as they are.
    kept: Vec<usize>,
    /// The marks that hold, by rank, each kind once.
    marks: Vec<Mark>,
    line: Vec<Node>,
    blank: Option<Blank>,
    headings: Vec<Heading>,
    anchors: HashMap<String, usize>,
    /// How many poems are open.
    poems: usize,
    made: usize,
    most: usize,
}

impl Builder {
    /// An empty tree that may become so many nodes.
    pub(super) fn new(most: usize) -> Self {
        let top = Role::Node(Holder::of("", Vec::new()));
        Self {
            frames: vec![Frame { name: "", is_wall: true, role: top }],
            nodes: vec![0],
            lines: Vec::new(),
            walls: vec![0],
            codes: Vec::new(),
            nothings: 0,
            notes: 0,
            kept: Vec::new(),
            marks: Vec::new(),
            line: Vec::new(),
            blank: None,
            headings: Vec::new(),
            anchors: HashMap::new(),
            poems: 0,
            made: 0,
            most,
        }
    }

    /// Whether it is more nodes already than it may be.
    pub(super) fn is_full(&self) -> bool {
        self.made > self.most
    }

    /// How many nodes stand at the top, once what is being written is ended.
    pub(super) fn length(&mut self) -> usize {
        self.end_line();
        match &self.frames[0].role {
            Role::Node(top) => top.children.len(),
            _ => 0,
        }
    }

    /// The tree, and where in it what stands.
    pub(super) fn finish(mut self) -> Built {
        self.close_to(1);
        self.end_line();
        let nodes = match self.frames.pop().map(|frame| frame.role) {
            Some(Role::Node(top)) => top.children,
            _ => Vec::new(),
        };
        Built { nodes, headings: self.headings, anchors: self.anchors, made: self.made }
    }

    /// Names this place; the first of a name counts.
    pub(super) fn anchor(&mut self, name: String) {
        if let Role::Node(top) = &self.frames[0].role {
            let at = top.children.len();
            self.anchors.entry(name).or_insert(at);
        }
    }

    /// What is open since the last wall, innermost first, by name.
    pub(super) fn open_names(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let wall = self.walls.last().map_or(0, |wall| wall + 1);
        self.frames[wall..].iter().enumerate().rev().map(move |(at, frame)| (wall + at, frame.name))
    }

    /// How much is open since the last wall.
    pub(super) fn open_count(&self) -> usize {
        self.frames.len() - self.walls.last().map_or(0, |wall| wall + 1)
    }

    /// The name of what holds the line that is written, if that began within the last node.
    pub(super) fn line_name(&self) -> Option<&'static str> {
        self.line_frame().map(|at| self.frames[at].name)
    }

    /// The node that is open: its kind.
    pub(super) fn node_kind(&self) -> &'static str {
        match self.nodes.last().map(|at| &self.frames[*at].role) {
            Some(Role::Node(holder)) => holder.kind,
            _ => "",
        }
    }

    /// Whether what is read now is code.
    pub(super) fn is_code(&self) -> bool {
        !self.codes.is_empty()
    }

    /// Whether what is read now is left out.
    pub(super) fn is_nothing(&self) -> bool {
        self.nothings > 0
    }

    /// Whether what is read now stands in a figure.
    pub(super) fn is_in_figure(&self) -> bool {
        self.frames.iter().any(|frame| matches!(frame.role, Role::Figure { .. }))
    }

    /// Opens something under a name. What is a wall is closed by [`Builder::close_wall`] alone.
    pub(super) fn open(&mut self, name: &'static str, begins: Begins, is_wall: bool) {
        let parts_lines = !matches!(begins, Begins::Inline | Begins::Mark(_) | Begins::Note | Begins::Nothing);
        if parts_lines && !self.is_code() {
            if !is_wall {
                self.vanish();
            }
            self.end_line();
        }
        let holds_nothing = self.is_code() || self.notes > 0;
        if let Begins::Node(kind, _) = begins
            && !holds_nothing
        {
            self.open_between(kind);
        }
        let place = self.frames.len();
        let role = match begins {
            Begins::Node(..)
            | Begins::Line(..)
            | Begins::EmptyLine(..)
            | Begins::Poem
            | Begins::Figure(_)
            | Begins::Caption
            | Begins::Code(_)
                if holds_nothing =>
            {
                Role::Block
            }
            Begins::Node(kind, _) if !self.has_room_for(kind) => Role::Block,
            Begins::Node(kind, given) => {
                self.nodes.push(place);
                Role::Node(Holder::of(kind, given))
            }
            // What stands in a caption or a heading is part of it.
            Begins::Line("paragraph", _) if self.is_in_other_line() => Role::Block,
            Begins::Line(kind, level) => {
                self.lines.push(place);
                Role::Line { kind, level, from: None }
            }
            Begins::EmptyLine(kind, level) => {
                self.lines.push(place);
                Role::Line { kind, level, from: Some(self.holder().children.len()) }
            }
            Begins::Poem => {
                self.poems += 1;
                let around = self.frames.iter_mut().rev().find_map(|frame| match &mut frame.role {
                    Role::Poem { has_stanzas, .. } => Some(has_stanzas),
                    _ => None,
                });
                if let Some(has_stanzas) = around {
                    *has_stanzas = true;
                }
                Role::Poem { from: self.holder().children.len(), has_stanzas: false }
            }
            Begins::Figure(given) => Role::Figure { from: self.holder().children.len(), given, caption: Vec::new() },
            Begins::Caption => {
                self.lines.push(place);
                Role::Caption
            }
            Begins::Mark(mark) => {
                // A word of a third language in one of another is of the third.
                let is_other = |held: &Mark| held.kind.name == "language" && *held != mark;
                let before = self.marks.iter().find(|held| held.kind.name == mark.kind.name).cloned();
                let before = before.filter(is_other);
                if before.is_some() {
                    self.marks.retain(|held| held.kind.name != mark.kind.name);
                }
                let is_new = !self.marks.iter().any(|held| held.kind.name == mark.kind.name);
                if is_new {
                    let at = self.marks.partition_point(|held| held.kind.rank < mark.kind.rank);
                    self.marks.insert(at, mark.clone());
                }
                Role::Mark { mark, is_new, before }
            }
            Begins::Note if holds_nothing => Role::Inline,
            Begins::Note => {
                self.write_blank(None);
                self.notes += 1;
                Role::Note { line: take(&mut self.line), marks: take(&mut self.marks) }
            }
            Begins::Code(language) => {
                self.codes.push(place);
                Role::Code { text: String::new(), language }
            }
            Begins::Nothing => {
                self.nothings += 1;
                Role::Nothing
            }
            Begins::Block => Role::Block,
            Begins::Inline => Role::Inline,
        };
        if is_wall {
            self.walls.push(place);
        }
        self.frames.push(Frame { name, is_wall, role });
    }

    /// Opens what has to stand between the node that is open and a block in it: the item of a list, or the cell of a row.
    fn open_between(&mut self, kind: &str) {
        if is_piece(kind) {
            return;
        }
        match self.node_kind() {
            "bullet_list" | "ordered_list" | "task_list" => {
                self.open("li", Begins::Node("list_item", Vec::new()), false);
            }
            "table_row" => self.open("td", Begins::Node("table_cell", Vec::new()), false),
            _ => {}
        }
    }

    /// Whether such a node may stand here. What would stand deeper than a chapter can hold stands beside the deepest.
    fn has_room_for(&self, kind: &str) -> bool {
        if !is_piece(kind) {
            return self.nodes.len() + ROOM <= SCHEMA.depth;
        }
        match self.node_kind() {
            "bullet_list" | "ordered_list" | "task_list" => kind == "list_item",
            "table" => kind == "table_row",
            "table_row" => matches!(kind, "table_cell" | "table_header"),
            _ => false,
        }
    }

    /// Closes this frame and all within. Marks within it hold on after it, where it is only part of a line: as browsers
    /// do it.
    pub(super) fn close(&mut self, at: usize) {
        let goes_on = matches!(self.frames[at].role, Role::Mark { .. } | Role::Inline | Role::Line { .. });
        let mut held = Vec::new();
        if goes_on {
            for frame in &self.frames[at + 1..] {
                if let Role::Mark { mark, .. } = &frame.role
                    && !frame.is_wall
                    && !frame.name.is_empty()
                {
                    held.push((frame.name, mark.clone()));
                }
            }
        }
        let is_walled_line = self.frames[at].is_wall && matches!(self.frames[at].role, Role::Line { .. });
        self.close_to(at);
        if !is_walled_line {
            for (name, mark) in held {
                self.open(name, Begins::Mark(mark), false);
            }
        }
    }

    /// Closes the last wall, and all within.
    pub(super) fn close_wall(&mut self) {
        if let Some(wall) = self.walls.last().copied().filter(|wall| *wall > 0) {
            self.close(wall);
        }
    }

    fn close_to(&mut self, at: usize) {
        while self.frames.len() > at {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        // While it is open still: the line belongs to it.
        let role = self.frames.last().map(|frame| &frame.role);
        if !matches!(role, None | Some(Role::Inline | Role::Mark { .. } | Role::Note { .. } | Role::Nothing))
            && !self.is_code()
        {
            let is_wall = self.frames.last().is_some_and(|frame| frame.is_wall);
            if !is_wall {
                self.vanish();
            }
            self.end_line();
            if !is_wall {
                self.blank(false);
            }
        }
        let Some(Frame { role, is_wall, .. }) = self.frames.pop() else { return };
        if is_wall {
            self.walls.pop();
        }
        if self.kept.last() == Some(&self.frames.len()) {
            self.kept.pop();
        }
        match role {
            Role::Node(holder) => {
                self.nodes.pop();
                self.end_node(holder);
            }
            Role::Line { kind, level, from } => {
                self.lines.pop();
                if from.is_some_and(|from| from == self.holder().children.len()) {
                    self.place_line(kind, level, Vec::new());
                }
            }
            Role::Caption => drop(self.lines.pop()),
            Role::Poem { from, has_stanzas } => {
                self.poems -= 1;
                if !has_stanzas {
                    self.end_poem(from);
                }
            }
            Role::Figure { from, given, caption } => self.end_figure(from, given, caption),
            Role::Mark { mark, is_new, before } => {
                if is_new {
                    self.marks.retain(|held| held.kind.name != mark.kind.name);
                }
                if let Some(before) = before {
                    let at = self.marks.partition_point(|held| held.kind.rank < before.kind.rank);
                    self.marks.insert(at, before);
                }
            }
            Role::Note { line, marks } => {
                self.notes -= 1;
                self.blank = None;
                let note = std::mem::replace(&mut self.line, line);
                self.marks = marks;
                self.add(Node::Element(Element::new("footnote", &[], note)));
            }
            Role::Code { text, language } => {
                self.codes.pop();
                let text = text.strip_suffix('\n').unwrap_or(&text);
                let language = Value::Text(language.chars().take(40).collect());
                let code = Element::new("code_block", &[("language", language)], plain(text));
                self.place(Node::Element(code));
            }
            Role::Nothing => self.nothings -= 1,
            Role::Block | Role::Inline => {}
        }
    }

    /// A block that is whole: a picture, or a break between scenes.
    pub(super) fn block(&mut self, element: Element) {
        if self.is_nothing() || self.is_code() || self.notes > 0 {
            let words = element.text_value("alt").to_owned();
            return self.text(&words);
        }
        self.vanish();
        self.end_line();
        self.place(Node::Element(element));
        self.blank(false);
    }

    /// The item that is being read has a tick, which stands before all else in it. Elsewhere it is a sign in the text.
    pub(super) fn tick(&mut self, is_done: bool) {
        let at = self.nodes.last().copied().unwrap_or(0);
        let within = &self.frames[at + 1..];
        let is_other = |frame: &Frame| frame.name == "li" || frame.is_wall && matches!(frame.role, Role::Block);
        let is_of_item = within.len() < 8 && !within.iter().any(is_other) && self.line.is_empty();
        let holder = self.holder();
        if is_of_item && holder.kind == "list_item" && holder.children.is_empty() && holder.tick.is_none() {
            holder.tick = Some(is_done);
        } else {
            self.text(sign(is_done));
            self.blank(false);
        }
    }

    /// The language of the code that is being read.
    pub(super) fn code_language(&mut self, name: &str) {
        if let Some(Role::Code { language, .. }) = self.codes.last().map(|at| &mut self.frames[*at].role)
            && language.is_empty()
        {
            name.clone_into(language);
        }
    }

    /// How much code was read of what is open.
    pub(super) fn code(&mut self) -> Option<&mut String> {
        match self.codes.last().map(|at| &mut self.frames[*at].role) {
            Some(Role::Code { text, .. }) => Some(text),
            _ => None,
        }
    }

    fn holder(&mut self) -> &mut Holder {
        let at = self.nodes.last().copied().unwrap_or(0);
        match &mut self.frames[at].role {
            Role::Node(holder) => holder,
            _ => unreachable!("only nodes are noted as such"),
        }
    }
}

/// Whether such a node is a piece of another, and stands nowhere else.
fn is_piece(kind: &str) -> bool {
    matches!(kind, "list_item" | "table_row" | "table_cell" | "table_header")
}

/// A tick in a text.
fn sign(is_done: bool) -> &'static str {
    if is_done { "[x]" } else { "[ ]" }
}

/// Text as it stands in code.
pub(super) fn plain(text: &str) -> Vec<Node> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Node::Text(Run { text: text.to_owned(), marks: Vec::new() })]
}
