//! PNG: chunks, each a length, a name, content and a check sum. <https://www.w3.org/TR/png-3/#5Chunk-layout>

use super::{Cleaned, Reader, exif, turned};

const BEGINS: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// What is needed to show it: the picture, its frames where it moves, and how its colours are to be taken.
const KEPT: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"cHRM", b"gAMA", b"iCCP", b"sBIT",
    b"sRGB", b"cICP", b"mDCV", b"cLLI", b"pHYs",
];

pub(super) fn clean(bytes: &[u8]) -> Option<Cleaned> {
    let mut file = Reader(bytes);
    if file.array()? != BEGINS {
        return None;
    }
    let mut cleaned = BEGINS.to_vec();
    let (mut largest, mut orientation, mut oriented_at) = (None, None, 0);
    loop {
        let length = u32::from_be_bytes(file.array()?);
        let name: [u8; 4] = file.array()?;
        let content = file.take(usize::try_from(length).ok()?)?;
        let sum: [u8; 4] = file.array()?;
        if largest.is_none() {
            let mut head = Reader(content);
            if name != *b"IHDR" {
                return None;
            }
            largest = Some((u32::from_be_bytes(head.array()?), u32::from_be_bytes(head.array()?)));
        } else if name == *b"IHDR" {
            return None;
        }
        if name == *b"eXIf" {
            orientation = orientation.or(turned(content));
        }
        if KEPT.contains(&&name) {
            chunk(name, content, sum, &mut cleaned);
        }
        if name == *b"IHDR" {
            oriented_at = cleaned.len();
        }
        if name == *b"IEND" {
            break;
        }
    }
    if let Some(turned) = orientation {
        let (mut held, content) = (Vec::new(), exif(turned));
        chunk(*b"eXIf", &content, sum(&[b"eXIf".as_slice(), &content].concat()), &mut held);
        cleaned.splice(oriented_at..oriented_at, held);
    }
    Some(Cleaned { bytes: cleaned, largest: largest? })
}

fn chunk(name: [u8; 4], content: &[u8], sum: [u8; 4], to: &mut Vec<u8>) {
    // It was read as a length, or is a few bytes.
    let length = u32::try_from(content.len()).unwrap_or_default();
    to.extend(length.to_be_bytes());
    to.extend(name);
    to.extend_from_slice(content);
    to.extend(sum);
}

/// The check sum of a chunk: CRC-32. <https://www.w3.org/TR/png-3/#D-CRCAppendix>
fn sum(bytes: &[u8]) -> [u8; 4] {
    let rest = bytes.iter().fold(u32::MAX, |rest, byte| {
        (0..8).fold(rest ^ u32::from(*byte), |rest, _| (rest >> 1) ^ (0xedb8_8320 * (rest & 1)))
    });
    (!rest).to_be_bytes()
}
