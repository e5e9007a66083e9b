//! WebP: chunks, each a name, a length and content, filled up to an even length.
//! <https://developers.google.com/speed/webp/docs/riff_container>

use super::{Cleaned, Reader, exif, larger, turned};

/// In the first chunk's flags: there are Exif data, and XMP.
const EXIF: u8 = 0x08;
const XMP: u8 = 0x04;
/// How long what stands before a frame's own chunks is.
const FRAME: usize = 16;

pub(super) fn clean(bytes: &[u8]) -> Option<Cleaned> {
    let mut file = Reader(bytes);
    if file.array()? != *b"RIFF" {
        return None;
    }
    let length = usize::try_from(u32::from_le_bytes(file.array()?)).ok()?;
    // What stands after it is not of the picture.
    let mut file = Reader(&file.0[..length.min(file.0.len())]);
    if file.array()? != *b"WEBP" {
        return None;
    }
    let (mut chunks, mut largest, mut orientation) = (Vec::new(), (0, 0), None);
    let mut flags_at = None;
    while !file.0.is_empty() {
        let (name, content) = next(&mut file)?;
        match &name {
            b"VP8X" => {
                largest = larger(largest, (three(content.get(4..7)?)? + 1, three(content.get(7..10)?)? + 1));
                flags_at = flags_at.or(Some(chunks.len() + 8));
                let mut content = content.get(..10)?.to_vec();
                content[0] &= !(EXIF | XMP);
                chunk(&name, &content, &mut chunks)?;
            }
            b"EXIF" => orientation = orientation.or(turned(content)),
            b"ANMF" => {
                let mut frame = content.get(..FRAME)?.to_vec();
                largest = larger(largest, (three(&frame[6..9])? + 1, three(&frame[9..12])? + 1));
                let mut inside = Reader(&content[FRAME..]);
                while !inside.0.is_empty() {
                    let (name, content) = next(&mut inside)?;
                    largest = larger(largest, sides(&name, content)?);
                    if matches!(&name, b"ALPH" | b"VP8 " | b"VP8L") {
                        chunk(&name, content, &mut frame)?;
                    }
                }
                chunk(&name, &frame, &mut chunks)?;
            }
            b"ALPH" | b"VP8 " | b"VP8L" | b"ICCP" | b"ANIM" => {
                largest = larger(largest, sides(&name, content)?);
                chunk(&name, content, &mut chunks)?;
            }
            _ => {}
        }
    }
    // Only where the first chunk can say so.
    if let (Some(turned), Some(at)) = (orientation, flags_at) {
        chunks[at] |= EXIF;
        chunk(b"EXIF", &exif(turned), &mut chunks)?;
    }
    let length = u32::try_from(chunks.len() + 4).ok()?;
    let bytes = [b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBP", &chunks].concat();
    (largest != (0, 0)).then_some(Cleaned { bytes, largest })
}

/// How large a picture's data say that it is; nothing to speak of for what is no picture.
fn sides(name: &[u8; 4], content: &[u8]) -> Option<(u32, u32)> {
    match name {
        b"VP8 " => {
            let two = |at: usize| Some(u32::from(u16::from_le_bytes(*content.get(at..)?.first_chunk()?) & 0x3fff));
            Some((two(6)?, two(8)?))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(*content.get(1..)?.first_chunk()?);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        _ => Some((0, 0)),
    }
}

fn next<'a>(file: &mut Reader<'a>) -> Option<([u8; 4], &'a [u8])> {
    let name = file.array()?;
    let length = usize::try_from(u32::from_le_bytes(file.array()?)).ok()?;
    let content = file.take(length)?;
    // The last may lack what fills it up.
    if length % 2 == 1 {
        file.byte();
    }
    Some((name, content))
}

fn chunk(name: &[u8; 4], content: &[u8], to: &mut Vec<u8>) -> Option<()> {
    to.extend(name);
    to.extend(u32::try_from(content.len()).ok()?.to_le_bytes());
    to.extend_from_slice(content);
    if content.len() % 2 == 1 {
        to.push(0);
    }
    Some(())
}

fn three(bytes: &[u8]) -> Option<u32> {
    let [a, b, c] = *bytes.first_chunk()?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}
