//! An edit in pieces that are edits themselves. Between two of them one can see how long it takes.

use super::document::Refused;

/// How many structs are applied at once, and how many ranges removed.
const PIECE: usize = 512;
const REMOVED: usize = 2_048;
/// How many may come in an edit that more than one hand made: it is applied in one piece.
const TOGETHER: usize = 4_096;

/// The pieces of an edit, to be taken in together and in this order.
///
/// # Errors
/// When many hands made very much of it.
pub fn of(bytes: &[u8], added: &[Section], removed: &[Section]) -> Result<Vec<Vec<u8>>, Refused> {
    let count = |sections: &[Section]| sections.iter().map(|section| section.starts.len()).sum::<usize>();
    let (structs, ranges) = (count(added), count(removed));
    if added.len() > 1 && structs > TOGETHER {
        return Err(Refused::TooLarge);
    }
    if added.len() > 1 || structs <= PIECE && ranges <= REMOVED {
        return Ok(vec![bytes.to_vec()]);
    }
    // What goes, goes when all is there.
    let added = added.iter().flat_map(|section| section.pieces(bytes, PIECE));
    Ok(added.chain(removed.iter().flat_map(|section| section.pieces(bytes, REMOVED))).collect())
}

/// What one hand adds, or what is removed of one: where each struct or range begins in the bytes, a struct with its
/// clock, and where the last one ends.
#[derive(Debug)]
pub struct Section {
    pub hand: u64,
    pub starts: Vec<(usize, Option<u32>)>,
    pub end: usize,
}

impl Section {
    /// Edits of so many of them each.
    fn pieces(&self, bytes: &[u8], most: usize) -> Vec<Vec<u8>> {
        let chunks = self.starts.chunks(most).enumerate();
        let piece = |(number, starts): (usize, &[(usize, Option<u32>)])| {
            let (first, clock) = starts[0];
            let end = self.starts.get((number + 1) * most).map_or(self.end, |(at, _)| *at);
            let content = &bytes[first..end];
            let mut head = Vec::new();
            match clock {
                Some(clock) => {
                    [1, starts.len() as u64, self.hand, clock.into()]
                        .into_iter()
                        .for_each(|number| write_number(number, &mut head));
                    [&head, content, &[0]].concat()
                }
                None => {
                    [0, 1, self.hand, starts.len() as u64]
                        .into_iter()
                        .for_each(|number| write_number(number, &mut head));
                    [&head, content].concat()
                }
            }
        };
        chunks.map(piece).collect()
    }
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
