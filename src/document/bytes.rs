//! An edit's bytes, walked through before anything is made of them.
//!
//! What reads edits believes them: how much is to come, how deep it lies, whose it is. A few bytes could make it ask for
//! all memory, or end the process. And where an editor would read something else than the server, the two would show
//! different texts for ever. So an edit is first held against what editors write; the rest goes no further.

use super::{
    nesting::{Id, Nodes, Stands},
    refused::Refused,
    schema::SCHEMA,
    sections::{Section, Sections},
    tree,
};
use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::Arc,
};
use yrs::Any;

/// How many hands one edit may have been made by. An editor's is one; what it found of earlier tabs may be in it too.
const HANDS: usize = 64;
/// Ids are 53 bits in the browser.
const HAND: u64 = (1 << 53) - 1;
/// How much one hand may ever write, in UTF-16 units and nodes.
const CLOCK: u32 = 1 << 30;
/// How deep an attribute's value may be: none is deeper than an object.
const VALUE_DEPTH: usize = 4;
/// The longest name, and the longest value of a mark as JSON, in bytes.
const NAME: usize = 64;
const MARK: usize = 16 << 10;

/// Kinds of content, by the number that stands before each.
const DELETED: u8 = 1;
const TEXT: u8 = 4;
const NODE: u8 = 7;

/// What an edit is made of, without its content.
#[derive(Debug, Default)]
pub struct Walked {
    /// What each hand adds.
    pub adds: BTreeMap<u64, Range<u32>>,
    /// What it builds on and removes: of each hand up to here, itself included.
    pub needs: BTreeMap<u64, u32>,
    /// Whether it brings more than text: a node, a mark, an attribute.
    pub more_than_text: bool,
    /// How much text it brings, in UTF-16 units.
    pub units: usize,
    /// Where it can be cut into pieces.
    pub sections: Sections,
}

/// A piece of text in a document's state.
#[derive(Debug)]
pub struct Written {
    /// Whose hand wrote it.
    pub hand: u64,
    /// Where it stands in the bytes, with its length before it.
    pub at: Range<usize>,
    /// How long it is, in UTF-16 units.
    pub units: u32,
}

/// The pieces of text in a document's state, in the order of its bytes.
///
/// # Errors
/// When it is not one that this program writes.
pub fn texts(state: &[u8]) -> Result<Vec<Written>, Refused> {
    let mut walk = Walk::of(state);
    walk.written = Some(Vec::new());
    walk.structs(u64::from(u32::MAX))?;
    Ok(walk.written.unwrap_or_default())
}

/// What a document's state is made of.
///
/// # Errors
/// When it is not one that this program writes.
pub fn sections(state: &[u8]) -> Result<Sections, Refused> {
    let mut walk = Walk::of(state);
    let added = walk.structs(u64::from(u32::MAX))?;
    let removed = walk.removed()?;
    Ok(Sections { added, removed })
}

/// Walks through an edit.
///
/// # Errors
/// When it is not one that an editor writes.
pub fn walk(bytes: &[u8]) -> Result<Walked, Refused> {
    let mut walk = Walk { is_new: true, ..Walk::of(bytes) };
    let added = walk.structs(HANDS as u64)?;
    let removed = walk.removed()?;
    if walk.at != bytes.len() {
        return Err(Refused::Unreadable);
    }
    walk.nodes.are_shallow()?;
    let sections = Sections { added, removed };
    sections.must_be_few()?;
    Ok(Walked { sections, ..walk.walked })
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    walked: Walked,
    nodes: Nodes,
    /// Whether it is an edit that comes, and not what is stored.
    is_new: bool,
    /// What the struct that was read last builds on.
    built_on: [Option<Id>; 3],
    /// The pieces of text, where it is those that are asked for and nothing else.
    written: Option<Vec<Written>>,
}

impl<'a> Walk<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let (walked, nodes) = (Walked::default(), Nodes::default());
        Self { bytes, at: 0, walked, nodes, is_new: false, built_on: [None; 3], written: None }
    }

    fn structs(&mut self, most: u64) -> Result<Vec<Section>, Refused> {
        let hands = self.number(most)?;
        let mut sections = Vec::new();
        for _ in 0..hands {
            let count = self.count(2)?;
            let hand = self.number(HAND)?;
            let start = self.clock(CLOCK)?;
            let (starts, needs) = (Vec::with_capacity(count), Vec::new());
            let mut section = Section { hand, starts, end: self.at, until: start, needs };
            let mut clock = start;
            for _ in 0..count {
                section.starts.push((self.at, Some(clock)));
                self.built_on = [None; 3];
                let length = self.a_struct((hand, clock))?;
                if hands > 1 {
                    section.needs.push(self.built_on);
                }
                clock = clock.checked_add(length).filter(|end| *end <= CLOCK).ok_or(Refused::Unreadable)?;
            }
            (section.end, section.until) = (self.at, clock);
            // Named twice, it would be read in two ways.
            if clock == start || self.walked.adds.insert(hand, start..clock).is_some() {
                return Err(Refused::Unreadable);
            }
            sections.push(section);
        }
        Ok(sections)
    }

    /// One struct, and how long it is.
    fn a_struct(&mut self, id: Id) -> Result<u32, Refused> {
        const LEFT: u8 = 0x80;
        const RIGHT: u8 = 0x40;
        const NAMED: u8 = 0x20;
        let info = self.byte()?;
        match info {
            // What is gone, and of which only the length is known.
            0 => return self.length(),
            // A hole: what would be there never arrived.
            10 => return Err(Refused::Missing),
            _ => {}
        }
        let left = if info & LEFT == 0 { None } else { Some(self.id()?) };
        let right = if info & RIGHT == 0 { None } else { Some(self.id()?) };
        let mut parent = None;
        if left.is_none() && right.is_none() {
            match self.byte()? {
                0 => parent = Some(self.id()?),
                1 if self.text(NAME)? == SCHEMA.fragment => {}
                1 => return Err(Refused::NotAllowed),
                _ => return Err(Refused::Unreadable),
            }
            if info & NAMED != 0 {
                self.text(NAME)?;
            }
        }
        self.built_on = [left, right, parent];
        let (kind, at) = (info & 0x1f, self.at);
        let length = self.content(kind)?;
        if let Some(written) = &mut self.written {
            if kind == TEXT {
                written.push(Written { hand: id.0, at: at..self.at, units: length });
            }
            return Ok(length);
        }
        match kind {
            DELETED => {}
            TEXT => self.walked.units += length as usize,
            _ => self.walked.more_than_text = true,
        }
        let is_node = kind == NODE;
        self.nodes.add(id, length, Stands { parent, beside: [left, right], is_node });
        Ok(length)
    }

    fn content(&mut self, kind: u8) -> Result<u32, Refused> {
        match kind {
            // Written and gone again.
            DELETED => self.length(),
            TEXT => {
                let units = self.text(usize::MAX)?.encode_utf16().count();
                // Nothing has no place.
                if units == 0 { Err(Refused::Unreadable) } else { u32::try_from(units).map_err(|_| Refused::TooLarge) }
            }
            // A mark begins, or ends where its value is nothing.
            6 => {
                let name: Arc<str> = self.text(NAME)?.into();
                let value = Any::from_json(self.text(MARK)?).map_err(|_| Refused::Unreadable)?;
                let is_allowed = matches!(value, Any::Null) || tree::mark(&name, &value).is_some();
                // What is stored already stays as it is; nobody is shown what the schema has no place for.
                if is_allowed || !self.is_new { Ok(1) } else { Err(Refused::NotAllowed) }
            }
            // An element, or a text.
            NODE => match self.byte()? {
                3 => self.text(NAME).map(|_| 1),
                6 => Ok(1),
                _ => Err(Refused::NotAllowed),
            },
            // Values of an attribute.
            8 => {
                let count = self.count(1)?;
                for _ in 0..count {
                    self.value(0)?;
                }
                if count == 0 { Err(Refused::Unreadable) } else { u32::try_from(count).map_err(|_| Refused::TooLarge) }
            }
            2 | 3 | 5 | 9 => Err(Refused::NotAllowed),
            _ => Err(Refused::Unreadable),
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), Refused> {
        if depth > VALUE_DEPTH {
            return Err(Refused::NotAllowed);
        }
        match self.byte()? {
            // Nothing, yes, no.
            120 | 121 | 126 | 127 => {}
            119 => drop(self.text(usize::MAX)?),
            125 => self.signed()?,
            124 => drop(self.take(4)?),
            123 => drop(self.take(8)?),
            118 => {
                for _ in 0..self.count(2)? {
                    self.text(NAME)?;
                    self.value(depth + 1)?;
                }
            }
            117 => {
                for _ in 0..self.count(1)? {
                    self.value(depth + 1)?;
                }
            }
            116 | 122 => return Err(Refused::NotAllowed),
            _ => return Err(Refused::Unreadable),
        }
        Ok(())
    }

    fn removed(&mut self) -> Result<Vec<Section>, Refused> {
        let (mut seen, mut sections) = (HashSet::new(), Vec::new());
        for _ in 0..self.count(4)? {
            let hand = self.number(HAND)?;
            // Named twice, it would be read in two ways.
            if !seen.insert(hand) {
                return Err(Refused::Unreadable);
            }
            let mut section = Section { hand, starts: Vec::new(), end: 0, until: 0, needs: Vec::new() };
            let mut end = None;
            for _ in 0..self.count(2)? {
                section.starts.push((self.at, None));
                let start = self.clock(CLOCK)?;
                let length = self.length()?;
                // As editors write them: in order, and none over another.
                if end.is_some_and(|end| start < end) || start + length > CLOCK {
                    return Err(Refused::Unreadable);
                }
                end = Some(start + length);
            }
            let end = end.ok_or(Refused::Unreadable)?;
            self.need(hand, end);
            section.end = self.at;
            sections.push(section);
        }
        Ok(sections)
    }

    fn need(&mut self, hand: u64, end: u32) {
        let needed = self.walked.needs.entry(hand).or_default();
        *needed = end.max(*needed);
    }

    fn id(&mut self) -> Result<Id, Refused> {
        let (hand, clock) = (self.number(HAND)?, self.clock(CLOCK - 1)?);
        self.need(hand, clock + 1);
        Ok((hand, clock))
    }

    /// A length: never nothing.
    fn length(&mut self) -> Result<u32, Refused> {
        match self.clock(CLOCK)? {
            0 => Err(Refused::Unreadable),
            length => Ok(length),
        }
    }

    fn clock(&mut self, most: u32) -> Result<u32, Refused> {
        u32::try_from(self.number(most.into())?).map_err(|_| Refused::Unreadable)
    }

    /// How many come, where each takes so many bytes at least: never more than there can be.
    fn count(&mut self, each: usize) -> Result<usize, Refused> {
        let count = usize::try_from(self.number(u64::from(u32::MAX))?).map_err(|_| Refused::Unreadable)?;
        if count.saturating_mul(each) > self.bytes.len() - self.at { Err(Refused::Unreadable) } else { Ok(count) }
    }

    /// A number up to `most`, in no more bytes than it takes.
    fn number(&mut self, most: u64) -> Result<u64, Refused> {
        let mut number = 0;
        for shift in (0..56).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let is_short = byte != 0 || shift == 0;
                return if is_short && number <= most { Ok(number) } else { Err(Refused::Unreadable) };
            }
        }
        Err(Refused::Unreadable)
    }

    /// A number that may be below nothing: as wide as the browser's, and its value matters to the schema alone.
    fn signed(&mut self) -> Result<(), Refused> {
        for _ in 0..7 {
            if self.byte()? & 0x80 == 0 {
                return Ok(());
            }
        }
        Err(Refused::Unreadable)
    }

    fn text(&mut self, longest: usize) -> Result<&str, Refused> {
        let length = self.count(1)?;
        if length > longest {
            return Err(Refused::NotAllowed);
        }
        std::str::from_utf8(self.take(length)?).map_err(|_| Refused::Unreadable)
    }

    fn byte(&mut self) -> Result<u8, Refused> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Result<&[u8], Refused> {
        let taken = self.bytes.get(self.at..self.at + length).ok_or(Refused::Unreadable)?;
        self.at += length;
        Ok(taken)
    }
}
