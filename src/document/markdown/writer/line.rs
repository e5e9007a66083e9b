//! What stands in a line: text with its marks, breaks and notes.

use super::{
    super::{
        super::{
            html::{html_in_text, mark_tags},
            tree::{Element, Mark, Node},
        },
        NOTHING,
    },
    Page, code,
    escape::{self, Place},
};

/// What a line of text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// A paragraph, which may have several lines.
    Lines,
    /// The same, which is the first of an item.
    Item,
    /// A heading.
    Heading,
    /// A cell of a table.
    Cell,
    /// A note.
    Note,
}

impl Room {
    /// Whether a second line may follow.
    fn has_lines(self) -> bool {
        matches!(self, Self::Lines | Self::Item)
    }
}

/// A break, in a line that has no second, or at its end.
const BREAK: &str = "<br>";

/// A piece of a line.
enum Piece<'n> {
    Text(Text<'n>),
    Break,
    Note(&'n [Node]),
    /// What Markdown has nothing for.
    Other(&'n Element),
}

struct Text<'n> {
    text: &'n str,
    /// Without that it is code, which is no mark in Markdown: it is what the text is.
    marks: Vec<&'n Mark>,
    is_code: bool,
}

impl<'n> Piece<'n> {
    fn mark(&self, depth: usize) -> Option<&'n Mark> {
        if let Self::Text(text) = self { text.marks.get(depth).copied() } else { None }
    }

    /// The first letter, or the last, as whoever looks for marks sees it, where marks so deep hold already. Signs and tags
    /// are of no word.
    fn edge(&self, depth: usize, last: bool) -> char {
        match self {
            Self::Text(text) if text.is_code || text.marks.len() > depth => '`',
            Self::Text(text) => if last { text.text.chars().last() } else { text.text.chars().next() }.unwrap_or(' '),
            Self::Break => ' ',
            Self::Note(_) | Self::Other(_) => '[',
        }
    }
}

/// Whether a line is one break and nothing else.
pub(super) fn is_a_break(nodes: &[Node]) -> bool {
    matches!(pieces(nodes, Room::Lines).as_slice(), [Piece::Break])
}

fn pieces(nodes: &[Node], room: Room) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for node in nodes {
        match node {
            Node::Text(run) => {
                // The end of a line within a text is one; in a note, where none can be, it is written as a letter.
                let lines = run.text.split(|letter| letter == '\n' && room != Room::Note);
                for (number, text) in lines.enumerate() {
                    if number > 0 {
                        pieces.push(Piece::Break);
                    }
                    if !text.is_empty() {
                        let is_code = run.marks.iter().any(|mark| mark.kind.name == "code");
                        let marks = run.marks.iter().filter(|mark| mark.kind.name != "code").collect();
                        pieces.push(Piece::Text(Text { text, marks, is_code }));
                    }
                }
            }
            Node::Element(element) => pieces.push(match &*element.kind.name {
                "hard_break" => Piece::Break,
                "footnote" => Piece::Note(&element.children),
                _ => Piece::Other(element),
            }),
        }
    }
    pieces
}

impl<'n> Page<'n> {
    /// A line, with breaks in it where the room has space for them.
    pub(super) fn line(&mut self, nodes: &'n [Node], room: Room) -> String {
        let pieces = pieces(nodes, room);
        let mut line =
            Line { page: self, room, pieces: &pieces, text: String::new(), signs_end: 0, signed: Vec::new() };
        line.write(0, pieces.len(), 0);
        let text = line.text;
        let lines = text.split('\n').map(|line| escape::line(line, room));
        lines.collect::<Vec<_>>().join("\n")
    }
}

struct Line<'p, 'a, 'n> {
    page: &'p mut Page<'a>,
    room: Room,
    pieces: &'p [Piece<'n>],
    text: String,
    /// Where the last sign of a mark ends.
    signs_end: usize,
    /// The marks that were begun with signs and hold: the sign, and from which piece to which.
    signed: Vec<(&'static str, usize, usize)>,
}

impl<'p, 'n: 'a, 'a> Line<'p, 'a, 'n> {
    /// Some pieces, where so many marks hold.
    fn write(&mut self, from: usize, until: usize, depth: usize) {
        let mut at = from;
        while at < until {
            let Some(mark) = self.pieces[at].mark(depth) else {
                self.piece(at);
                at += 1;
                continue;
            };
            let holds = self.pieces[at..until].iter().take_while(|piece| piece.mark(depth) == Some(mark)).count();
            self.marked(mark, at, at + holds, depth);
            at += holds;
        }
    }

    fn marked(&mut self, mark: &'n Mark, from: usize, until: usize, depth: usize) {
        let sign = match &*mark.kind.name {
            "emphasis" => Some("*"),
            "strong" => Some("**"),
            "strike" => Some("~~"),
            "link" => return self.link(mark, from, until, depth),
            _ => None,
        };
        match sign.filter(|sign| self.are_read(sign, from, until, depth)) {
            Some(sign) => {
                self.signed.push((sign, from, until));
                self.sign(sign);
                self.write(from, until, depth + 1);
                self.sign(sign);
                self.signed.pop();
            }
            None => {
                let (begin, end) = mark_tags(mark);
                // In a table of signs it would end the cell, even within a tag.
                let begin = if self.room == Room::Cell { begin.replace('|', "&#124;") } else { begin };
                self.text.push_str(&begin);
                self.write(from, until, depth + 1);
                self.text.push_str(&end);
            }
        }
    }

    fn sign(&mut self, sign: &str) {
        self.text.push_str(sign);
        self.signs_end = self.text.len();
    }

    /// Whether signs around these pieces would be read as a mark: not beside a blank within, nor between a letter and
    /// another sign, nor where they would run together with others of their kind.
    /// <https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run>
    fn are_read(&self, sign: &str, from: usize, until: usize, depth: usize) -> bool {
        let kind = &sign[..1];
        let around = self.signed.iter().rev().find(|(sign, ..)| sign.starts_with(kind));
        // Both at once around the same is understood.
        let is_both = around.is_some_and(|(_, begin, end)| (*begin, *end) == (from, until));
        let touches_begin = self.signs_end == self.text.len() && self.text.ends_with(kind);
        let touches_end = around.is_some_and(|(.., end)| *end == until);
        if (touches_begin || touches_end) && !is_both {
            return false;
        }
        // Of what is struck through the signs are passed over: what they stand around is beside these.
        let is_struck = |piece: &Piece<'_>| piece.mark(depth).is_some_and(|mark| mark.kind.name == "strike");
        let strikes =
            |at: usize| self.signed.iter().any(|(sign, begin, end)| *sign == "~~" && (*begin == at || *end == at));
        let before = match from.checked_sub(1).map(|before| &self.pieces[before]) {
            Some(piece) if is_struck(piece) || strikes(from) => 'a',
            piece => piece.map_or(' ', |piece| piece.edge(depth, true)),
        };
        let after = match self.pieces.get(until) {
            Some(piece) if is_struck(piece) || strikes(until) => 'a',
            piece => piece.map_or(' ', |piece| piece.edge(depth, false)),
        };
        let first = self.pieces[from].edge(depth + 1, false);
        let last = self.pieces[until - 1].edge(depth + 1, true);
        flanks(first, before) && flanks(last, after)
    }

    fn link(&mut self, mark: &'n Mark, from: usize, until: usize, depth: usize) {
        let address = mark.text_value("href");
        if let [Piece::Text(Text { text, marks, is_code: false })] = &self.pieces[from..until]
            && marks.len() == depth + 1
            && *text == address
            && escape::is_automatic(address, self.room)
        {
            self.text.push_str(&format!("<{address}>"));
            return;
        }
        self.text.push('[');
        self.write(from, until, depth + 1);
        self.text.push_str(&format!("]({})", escape::address(address, self.room)));
    }

    fn piece(&mut self, at: usize) {
        let ends = at + 1 == self.pieces.len();
        match &self.pieces[at] {
            Piece::Text(text) if text.is_code => code::span(text.text, self.room, &mut self.text),
            Piece::Text(text) => {
                let after_note = at > 0 && matches!(self.pieces[at - 1], Piece::Note(_));
                if self.room == Room::Item && self.text.is_empty() && escape::looks_like_a_box(text.text) {
                    // Else it would be one, in whatever way it is written.
                    let (blanks, rest) = text.text.split_at(text.text.len() - text.text.trim_start().len());
                    let begins = escape::text(blanks, Place { room: self.room, after_note: false, ends: false });
                    self.text.push_str(&format!("{begins}\\[{NOTHING}"));
                    let place = Place { room: self.room, after_note: false, ends: true };
                    self.text.push_str(&escape::text(&rest[1..], place));
                    return;
                }
                self.text.push_str(&escape::text(text.text, Place { room: self.room, after_note, ends: true }));
            }
            Piece::Break if self.room.has_lines() && !ends => self.text.push_str("\\\n"),
            Piece::Break => self.text.push_str(BREAK),
            Piece::Note(note) => {
                self.page.notes.push(note);
                let name = self.page.note_name(self.page.notes.len());
                self.text.push_str(&format!("[^{name}]"));
            }
            Piece::Other(element) => {
                self.text.push_str(&html_in_text(&[Node::Element((*element).clone())]));
            }
        }
    }
}

/// Whether a sign between these is read as the begin, or the end, of a mark.
fn flanks(inside: char, outside: char) -> bool {
    let is_apart = |letter: char| {
        letter.is_whitespace() || letter.is_ascii_punctuation() || "“”‘’„‚«»‹›—–…。、「」".contains(letter)
    };
    // Letters in circles are signs to some.
    let is_letter = |letter: char| {
        letter.is_alphanumeric() && !matches!(letter, '\u{2460}'..='\u{24ff}' | '\u{1f100}'..='\u{1f1ff}')
    };
    !inside.is_whitespace() && (is_letter(inside) || is_apart(outside))
}
