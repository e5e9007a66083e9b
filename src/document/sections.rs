//! An edit in pieces that are edits themselves. Between two of them one can see how long it takes.

use super::{nesting::Id, refused::Refused};
use std::{collections::HashMap, ops::Range};

/// How many structs are applied at once, and how many ranges removed: what changed is found out after each piece, so
/// these are not too few.
const PIECE: usize = 512;
const REMOVED: usize = 2_048;
/// As how many steps a piece may cost. A struct may have to be held against each that stands in its place, and so against
/// all that there are, which takes up to 300 ns each.
const STEPS: usize = 2_000_000;
/// How many may come in an edit that more than one hand made.
const TOGETHER: usize = 4_096;

/// What an edit is made of.
#[derive(Debug, Default)]
pub struct Sections {
    /// What each hand adds.
    pub added: Vec<Section>,
    /// What is removed of each.
    pub removed: Vec<Section>,
}

impl Sections {
    /// How many structs it adds.
    pub fn structs(&self) -> usize {
        count(&self.added)
    }

    /// Refuses very much of many hands.
    ///
    /// # Errors
    /// When it is that.
    pub fn must_be_few(&self) -> Result<(), Refused> {
        if self.added.len() > 1 && self.structs() > TOGETHER { Err(Refused::TooLarge) } else { Ok(()) }
    }

    /// How many steps it may take to take it into a document of so many structs.
    pub fn steps(&self, structs: usize) -> usize {
        self.structs().saturating_mul(structs)
    }

    /// Its pieces, to be taken together and in this order into a document of so many structs.
    ///
    /// # Errors
    /// When it builds on itself.
    pub fn pieces(&self, bytes: &[u8], structs: usize) -> Result<Vec<Vec<u8>>, Refused> {
        let most = (STEPS / structs.max(1)).clamp(1, PIECE);
        if self.structs() <= most && count(&self.removed) <= REMOVED {
            return Ok(vec![bytes.to_vec()]);
        }
        let mut pieces = Vec::new();
        for (section, turn) in in_turn(&self.added)? {
            pieces.extend(section.pieces(bytes, turn, most));
        }
        // What goes, goes when all is there.
        let whole = |section: &Section| 0..section.starts.len();
        pieces.extend(self.removed.iter().flat_map(|section| section.pieces(bytes, whole(section), REMOVED)));
        Ok(pieces)
    }
}

fn count(sections: &[Section]) -> usize {
    sections.iter().map(|section| section.starts.len()).sum()
}

/// What one hand adds, or what is removed of one: where each struct or range begins in the bytes, a struct with its
/// clock, and where the last one ends.
#[derive(Debug)]
pub struct Section {
    pub hand: u64,
    pub starts: Vec<(usize, Option<u32>)>,
    pub end: usize,
    /// The clock after its last struct.
    pub until: u32,
    /// What each struct builds on. Only where several hands add something: of one, each struct comes after what it
    /// builds on.
    pub needs: Vec<[Option<Id>; 3]>,
}

impl Section {
    fn clock(&self, of: usize) -> u32 {
        self.starts.get(of).and_then(|(_, clock)| *clock).unwrap_or(self.until)
    }

    /// Of some of its structs or ranges, edits of so many each.
    fn pieces(&self, bytes: &[u8], of: Range<usize>, most: usize) -> Vec<Vec<u8>> {
        let firsts = of.clone().step_by(most);
        let piece = |first: usize| {
            let after = of.end.min(first + most);
            let (begin, clock) = self.starts[first];
            let end = self.starts.get(after).map_or(self.end, |(at, _)| *at);
            let content = &bytes[begin..end];
            let count = (after - first) as u64;
            let mut head = Vec::new();
            match clock {
                Some(clock) => {
                    [1, count, self.hand, clock.into()].into_iter().for_each(|number| write_number(number, &mut head));
                    [&head, content, &[0]].concat()
                }
                None => {
                    [0, 1, self.hand, count].into_iter().for_each(|number| write_number(number, &mut head));
                    [&head, content].concat()
                }
            }
        };
        firsts.map(piece).collect()
    }
}

/// What each hand adds, in such turns that everything comes after what it builds on.
fn in_turn(added: &[Section]) -> Result<Vec<(&Section, Range<usize>)>, Refused> {
    if let [one] = added {
        return Ok(vec![(one, 0..one.starts.len())]);
    }
    let places: HashMap<u64, usize> = added.iter().enumerate().map(|(place, section)| (section.hand, place)).collect();
    let mut next = vec![0; added.len()];
    let mut turns = Vec::new();
    let mut waiting: Vec<usize> = (0..added.len()).rev().collect();
    // After how many turns each waited last: whoever waits for somebody that waits since the same turn never ends.
    let mut waits = vec![usize::MAX; added.len()];
    while let Some(place) = waiting.pop() {
        let (section, first) = (&added[place], next[place]);
        let mut blocked = None;
        while next[place] < section.starts.len() {
            let awaited = section.needs[next[place]].iter().flatten().find_map(|(hand, clock)| {
                let other = *places.get(hand)?;
                let comes = next[other] < added[other].starts.len() && added[other].clock(next[other]) <= *clock;
                comes.then_some(other)
            });
            if let Some(other) = awaited {
                blocked = Some(other);
                break;
            }
            next[place] += 1;
        }
        if first < next[place] {
            turns.push((section, first..next[place]));
        }
        if let Some(other) = blocked {
            waits[place] = turns.len();
            if waits[other] == turns.len() {
                return Err(Refused::Missing);
            }
            waiting.extend([place, other]);
        }
    }
    Ok(turns)
}

/// Adds a number as edits have them.
pub fn write_number(mut number: u64, to: &mut Vec<u8>) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return to.push(low & 0x7f);
        }
        to.push(low | 0x80);
    }
}
