//! JPEG: segments, each a marker, a length that counts itself, and content; a scan is followed by its data.
//! <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, B.1

use super::{Cleaned, Reader, exif, turned};

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
/// JFIF says how dense the picture is, and may have a small picture of it, which goes.
const JFIF: usize = 14;

pub(super) fn clean(bytes: &[u8]) -> Option<Cleaned> {
    let mut file = Reader(bytes);
    if file.array()? != [0xff, START] {
        return None;
    }
    let mut cleaned = vec![0xff, START];
    let (mut frame, mut orientation, mut oriented_at) = (None, None, cleaned.len());
    loop {
        let marker = marker(&mut file)?;
        match marker {
            END => break,
            // Has no content, and none but a decoder's use.
            0x01 | 0xd0..=0xd7 => continue,
            0x00 | START => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(file.array()?));
        let content = file.take(length.checked_sub(2)?)?;
        if is_frame(marker) {
            // More than one has only what no browser shows.
            let sides = (u32::from(be(content.get(3..5)?)?), u32::from(be(content.get(1..3)?)?));
            if frame.replace(sides).is_some() {
                return None;
            }
        }
        match marker {
            0xe0 if content.starts_with(b"JFIF\0") => {
                let mut kept = content.get(..JFIF)?.to_vec();
                kept[12..].fill(0);
                segment(marker, &kept, &mut cleaned)?;
                oriented_at = cleaned.len();
            }
            0xe1 if content.starts_with(b"Exif\0\0") => orientation = orientation.or(turned(content)),
            0xe2 if content.starts_with(b"ICC_PROFILE\0") => segment(marker, content, &mut cleaned)?,
            // How its colours are to be taken.
            0xee if content.starts_with(b"Adobe") => segment(marker, content.get(..12)?, &mut cleaned)?,
            0xe0..=0xfe => {}
            _ => segment(marker, content, &mut cleaned)?,
        }
        if marker == SCAN {
            let data = scanned(file.0);
            cleaned.extend_from_slice(file.take(data)?);
            // One that is cut short is shown as far as it goes.
            if file.0.is_empty() {
                break;
            }
        }
    }
    cleaned.extend([0xff, END]);
    if let Some(turned) = orientation {
        let mut held = Vec::new();
        segment(0xe1, &[b"Exif\0\0".as_slice(), &exif(turned)].concat(), &mut held)?;
        cleaned.splice(oriented_at..oriented_at, held);
    }
    Some(Cleaned { bytes: cleaned, largest: frame? })
}

/// The next marker. It may be filled up before.
fn marker(file: &mut Reader<'_>) -> Option<u8> {
    if file.byte()? != 0xff {
        return None;
    }
    loop {
        match file.byte()? {
            0xff => {}
            marker => return Some(marker),
        }
    }
}

/// Whether it says how large the picture is.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// How many bytes of data there are before the next marker. One that restarts a scan is of it.
fn scanned(data: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    data.windows(2).position(ends).unwrap_or(data.len())
}

fn segment(marker: u8, content: &[u8], to: &mut Vec<u8>) -> Option<()> {
    let length = u16::try_from(content.len() + 2).ok()?;
    to.extend([0xff, marker]);
    to.extend(length.to_be_bytes());
    to.extend_from_slice(content);
    Some(())
}

fn be(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}
