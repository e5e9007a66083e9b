//! The binary protocol of Yjs' own servers: as much of it as one who writes needs.

/// The kinds of frames, and what a frame of the first two does.
const SYNC: u64 = 0;
const SYNC_REPLY: u64 = 4;
const TOKEN: u64 = 2;
const DENIED: u64 = 1;
const ACKNOWLEDGED: u64 = 8;
const WHAT_DO_I_LACK: u64 = 0;
const WHAT_YOU_LACK: u64 = 1;
const UPDATE: u64 = 2;

/// What a frame says.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'f> {
    /// What one asked for lacks.
    Missing(&'f [u8]),
    /// An edit.
    Update(&'f [u8]),
    /// An edit of one's own was taken in.
    Acknowledged,
}

fn number(mut value: u64, to: &mut Vec<u8>) {
    while value > 0x7f {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn bytes(value: &[u8], to: &mut Vec<u8>) {
    number(value.len() as u64, to);
    to.extend(value);
}

fn begin(name: Option<&str>) -> Vec<u8> {
    let mut frame = Vec::new();
    if let Some(name) = name {
        bytes(name.as_bytes(), &mut frame);
    }
    frame
}

fn sync(name: Option<&str>, what: u64, of: &[u8]) -> Vec<u8> {
    let mut frame = begin(name);
    number(SYNC, &mut frame);
    number(what, &mut frame);
    bytes(of, &mut frame);
    frame
}

/// Who one is: anybody.
pub fn token(name: &str) -> Vec<u8> {
    let mut frame = begin(Some(name));
    number(TOKEN, &mut frame);
    number(0, &mut frame);
    bytes(b"anybody", &mut frame);
    frame
}

/// What does one lack who has this?
pub fn ask(name: Option<&str>, state_vector: &[u8]) -> Vec<u8> {
    sync(name, WHAT_DO_I_LACK, state_vector)
}

/// An edit.
pub fn update(name: Option<&str>, edit: &[u8]) -> Vec<u8> {
    sync(name, UPDATE, edit)
}

fn read_number(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (first, rest) = from.split_first()?;
        *from = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn read_bytes<'f>(from: &mut &'f [u8]) -> Option<&'f [u8]> {
    let length = usize::try_from(read_number(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

/// Understands a frame; nothing, where it is about something else.
///
/// # Errors
/// In words, when it cannot be read or says no.
pub fn read(frame: &[u8], named: bool) -> Result<Option<Heard<'_>>, String> {
    let unreadable = || "a frame cannot be read".to_owned();
    let mut rest = frame;
    if named {
        read_bytes(&mut rest).ok_or_else(unreadable)?;
    }
    let kind = read_number(&mut rest).ok_or_else(unreadable)?;
    match kind {
        SYNC | SYNC_REPLY => {
            let what = read_number(&mut rest).ok_or_else(unreadable)?;
            let of = read_bytes(&mut rest).ok_or_else(unreadable)?;
            Ok(match what {
                WHAT_YOU_LACK => Some(Heard::Missing(of)),
                UPDATE => Some(Heard::Update(of)),
                _ => None,
            })
        }
        ACKNOWLEDGED if read_number(&mut rest) != Some(1) => Err("an edit was refused".into()),
        ACKNOWLEDGED => Ok(Some(Heard::Acknowledged)),
        TOKEN if read_number(&mut rest) == Some(DENIED) => Err("one may not in".into()),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_with_a_name_before_it_or_without() {
        let edit = vec![7; 300];
        for name in [None, Some("chapter")] {
            let frame = update(name, &edit);
            assert_eq!(read(&frame, name.is_some()), Ok(Some(Heard::Update(&edit))));
            assert!(read(&frame[..frame.len() - 1], name.is_some()).is_err());
        }
    }

    #[test]
    fn an_acknowledgement_that_says_no_is_an_error() {
        assert_eq!(read(&[1, b'c', 8, 1], true), Ok(Some(Heard::Acknowledged)));
        assert!(read(&[1, b'c', 8, 0], true).is_err());
    }
}
