//! GIF: a screen, then frames and extensions, made of blocks of at most 255 bytes.
//! <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>

use super::{Cleaned, Reader, larger};

const FRAME: u8 = 0x2c;
const EXTENSION: u8 = 0x21;
const END: u8 = 0x3b;
/// How long a frame is shown, and on what.
const CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// Of what programs added: how often it moves, where it says nothing else, and its colours.
const MOVES: [&[u8; 11]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];
const MOVES_BYTES: usize = 17;
const COLOURS: &[u8; 11] = b"ICCRGBG1012";

pub(super) fn clean(bytes: &[u8]) -> Option<Cleaned> {
    let mut file = Reader(bytes);
    let begins: [u8; 6] = file.array()?;
    if !matches!(&begins, b"GIF87a" | b"GIF89a") {
        return None;
    }
    let screen: [u8; 7] = file.array()?;
    let mut cleaned = [begins.as_slice(), &screen, colours(screen[4], &mut file)?].concat();
    let mut largest = sides(&screen);
    loop {
        // One that is cut short is shown as far as it goes.
        match file.byte().unwrap_or(END) {
            END => break,
            FRAME => {
                let frame: [u8; 9] = file.array()?;
                largest = larger(largest, sides(&frame[4..]));
                cleaned.push(FRAME);
                cleaned.extend(frame);
                cleaned.extend(colours(frame[8], &mut file)?);
                cleaned.push(file.byte()?);
                cleaned.extend(blocks(&mut file)?);
            }
            EXTENSION => {
                let kind = file.byte()?;
                let blocks = blocks(&mut file)?;
                let is_kept = match (kind, blocks.get(1..12)) {
                    (CONTROL, _) => true,
                    (APPLICATION, Some(name)) => {
                        name == COLOURS || blocks.len() == MOVES_BYTES && MOVES.iter().any(|moves| name == *moves)
                    }
                    _ => false,
                };
                if is_kept {
                    cleaned.extend([EXTENSION, kind]);
                    cleaned.extend(blocks);
                }
            }
            _ => return None,
        }
    }
    cleaned.push(END);
    Some(Cleaned { bytes: cleaned, largest })
}

fn sides(bytes: &[u8]) -> (u32, u32) {
    let two =
        |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |two| u16::from_le_bytes(*two).into());
    (two(0), two(2))
}

/// A table of colours, where the flags say that there is one.
fn colours<'a>(flags: u8, file: &mut Reader<'a>) -> Option<&'a [u8]> {
    if flags & 0x80 == 0 { Some(&[]) } else { file.take(3 << ((flags & 0x07) + 1)) }
}

/// Blocks up to the empty one, that included.
fn blocks<'a>(file: &mut Reader<'a>) -> Option<&'a [u8]> {
    let from = file.0;
    loop {
        let length = file.byte()?;
        file.take(length.into())?;
        if length == 0 {
            return from.get(..from.len() - file.0.len());
        }
    }
}
