//! Lines of text: which blanks stand in them, and which node each becomes.

use super::{
    super::{
        schema::Value,
        tree::{Element, Mark, Node, Run},
    },
    Begins, Blank, Builder, Heading, Role,
};
use std::mem::take;

impl Builder {
    /// Whether what is read now stands in lines that are kept as they are.
    pub(in super::super) fn keeps_blanks(&self) -> bool {
        self.is_code() || self.is_verse() || !self.kept.is_empty()
    }

    /// Whether what is written stands in a line that is no paragraph.
    pub(super) fn is_in_other_line(&self) -> bool {
        let role = self.line_frame().map(|at| &self.frames[at].role);
        !matches!(role, None | Some(Role::Line { kind: "paragraph", .. }))
    }

    fn is_verse(&self) -> bool {
        let kind = self.line_frame().map(|at| &self.frames[at].role);
        matches!(kind, Some(Role::Line { kind: "verse", .. }))
    }

    /// From now on blanks are kept as they are, until what was opened last is closed.
    pub(in super::super) fn keep_blanks(&mut self) {
        self.kept.push(self.frames.len() - 1);
    }

    pub(super) fn line_frame(&self) -> Option<usize> {
        self.lines.last().copied().filter(|line| self.nodes.last().is_none_or(|node| line > node))
    }

    /// Text whose blanks are as they should be.
    pub(in super::super) fn text(&mut self, text: &str) {
        if self.is_nothing() || text.is_empty() {
            return;
        }
        if let Some(code) = self.code() {
            code.push_str(text);
            return;
        }
        let is_code = self.marks.iter().any(|mark| mark.kind.name == "code");
        // One blank is enough.
        let text = if self.blank.is_some() && !is_code { text.trim_start_matches(' ') } else { text };
        if text.is_empty() {
            return;
        }
        self.write_blank(text.chars().next());
        self.write(text.to_owned(), self.marks.clone());
    }

    /// Something that stood here is not there any more, nor are the blanks on both of its sides, but where blanks are kept.
    pub(in super::super) fn vanish(&mut self) {
        if self.keeps_blanks() {
            return;
        }
        if let Some(Node::Text(run)) = self.line.last_mut()
            && run.text.ends_with(' ')
        {
            run.text.truncate(run.text.trim_end_matches(' ').len());
            if run.text.is_empty() {
                self.line.pop();
            }
            self.blank(false);
        }
    }

    /// Text of which blanks and ends of lines are one blank, as in HTML.
    pub(in super::super) fn flowing_text(&mut self, text: &str) {
        if self.keeps_blanks() {
            // In verse and in code the end of a line is a letter like others; a note is one line.
            if self.is_code() || self.is_verse() || self.notes > 0 {
                return self.text(text);
            }
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.line_break();
                }
                self.text(line);
            }
            return;
        }
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        let mut rest = text;
        while !rest.is_empty() && !self.is_nothing() {
            let words = rest.trim_start_matches(is_blank);
            let blank = &rest[..rest.len() - words.len()];
            if !blank.is_empty() {
                self.blank(blank.contains(['\n', '\r']));
            }
            let end = words.find(is_blank).unwrap_or(words.len());
            self.text(&words[..end]);
            rest = &words[end..];
        }
    }

    /// A blank between words, or the end of a line that means no more than that.
    pub(in super::super) fn blank(&mut self, ends_line: bool) {
        let marks = self.marks.clone();
        match &mut self.blank {
            Some(blank) => blank.ends_line |= ends_line,
            None => self.blank = Some(Blank { ends_line, marks }),
        }
    }

    /// The blank that is due before this letter, if one stands there at all: not at the beginning of a line, and where a
    /// line ends between two letters that stand without blanks there was none.
    pub(super) fn write_blank(&mut self, next: Option<char>) {
        let Some(Blank { ends_line, marks }) = self.blank.take() else { return };
        let before = match self.line.last() {
            None => return,
            Some(Node::Element(element)) if element.kind.name == "hard_break" => return,
            Some(Node::Text(run)) => run.text.chars().last(),
            Some(Node::Element(_)) => self.line.iter().rev().find_map(|node| match node {
                Node::Text(run) => run.text.chars().last(),
                Node::Element(_) => None,
            }),
        };
        let stand_close = |letter: Option<char>| letter.is_some_and(stands_without_blanks);
        if !(ends_line && stand_close(before) && stand_close(next)) {
            self.write(" ".to_owned(), marks);
        }
    }

    pub(super) fn write(&mut self, text: String, marks: Vec<Mark>) {
        match self.line.last_mut() {
            Some(Node::Text(last)) if last.marks == marks => last.text.push_str(&text),
            _ => {
                self.made += 1;
                self.line.push(Node::Text(Run { text, marks }));
            }
        }
    }

    /// A node in the line: a note.
    pub(in super::super) fn add(&mut self, node: Node) {
        if self.is_nothing() || self.is_code() {
            return;
        }
        self.write_blank(None);
        match node {
            // A note in a note is a remark in brackets.
            Node::Element(Element { children, .. }) if self.notes > 0 => {
                self.text(" (");
                for child in children {
                    if let Node::Text(Run { text, marks }) = child {
                        self.write(text, marks);
                    }
                }
                self.text(")");
            }
            node => {
                self.made += 1 + if let Node::Element(element) = &node { element.children.len() } else { 0 };
                self.line.push(node);
            }
        }
    }

    /// Text with a mark of its own.
    pub(in super::super) fn marked(&mut self, mark: Mark, text: &str) {
        self.open("", Begins::Mark(mark), false);
        self.text(text);
        self.close(self.frames.len() - 1);
    }

    /// Where the link leads that is being read.
    pub(in super::super) fn link(&self) -> Option<&str> {
        self.marks.iter().find(|mark| mark.kind.name == "link").map(|mark| mark.text_value("href"))
    }

    /// Ends what is left out: what comes next is not part of it.
    pub(in super::super) fn end_nothing(&mut self) {
        let wall = self.walls.last().map_or(0, |wall| wall + 1);
        let first = self.frames[wall..].iter().position(|frame| matches!(frame.role, Role::Nothing));
        if let Some(first) = first {
            self.close(wall + first);
        }
    }

    /// Whether what is read now stands in a note.
    pub(in super::super) fn is_note(&self) -> bool {
        self.notes > 0
    }

    /// A note where it is pointed to: it stands close to the word before it.
    pub(in super::super) fn note(&mut self, note: Element) {
        if self.is_nothing() || self.is_code() {
            return;
        }
        self.vanish();
        self.blank = None;
        self.add(Node::Element(note));
    }

    /// Begins a new line in the same node.
    pub(in super::super) fn line_break(&mut self) {
        if self.is_nothing() {
            return;
        }
        if let Some(code) = self.code() {
            code.push('\n');
        } else if self.notes > 0 {
            self.blank(false);
        } else {
            self.blank = None;
            self.add(Node::Element(Element::new("hard_break", &[], Vec::new())));
        }
    }

    /// What was written so far is a line of its own.
    pub(in super::super) fn end_line(&mut self) {
        if self.notes > 0 {
            return self.blank(false);
        }
        self.blank = None;
        if self.line.is_empty() {
            return;
        }
        let line = take(&mut self.line);
        let (kind, level) = match self.line_frame().map(|at| &self.frames[at].role) {
            Some(Role::Line { kind, level, .. }) => (*kind, *level),
            Some(Role::Caption) => return self.caption(line),
            _ => ("paragraph", 0),
        };
        let kind = if kind == "paragraph" && self.poems > 0 { "verse" } else { kind };
        self.place_line(kind, level, line);
    }

    /// A line of text as a node of its own.
    pub(super) fn place_line(&mut self, kind: &str, level: u8, line: Vec<Node>) {
        if kind != "heading" {
            return self.place(Node::Element(Element::new(kind, &[], line)));
        }
        if let [0] = self.nodes[..] {
            let at = self.holder().children.len();
            self.headings.push(Heading { at, level });
        }
        let given = [("level", Value::Number(i64::from(level.clamp(2, 4))))];
        self.place(Node::Element(Element::new(kind, &given, line)));
    }
}

/// Whether a letter or sign stands beside the next without a blank, as those of Chinese and Japanese do. Those of Korean
/// do not.
fn stands_without_blanks(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{303f}' | '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{312f}' | '\u{31a0}'..='\u{31ff}'
        | '\u{3220}'..='\u{325f}' | '\u{3280}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a4cf}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff9f}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3ffff}')
}
