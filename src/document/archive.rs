//! A zip, as books come in: an EPUB, or a folder that was packed.
//!
//! What it takes to unpack is bounded while it is unpacked, whatever the archive says of itself. Nothing of it is ever
//! written to a disk, so a path that climbs leads nowhere; it is passed over.

use super::{beside::Paths, unreadable::Unreadable};
use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
};
use zip::{ZipArchive, result::ZipError};

/// How many files may be in one.
pub const MAX_FILES: usize = 10_000;
/// How much text is unpacked of one in all, in bytes.
pub const MAX_TEXT: u64 = 16 << 20;
/// How much is unpacked of one in all.
pub const MAX_UNPACKED: u64 = 200_000_000;

/// How long the end of an archive is at most, with the remark that may stand in it.
const END: u64 = 22 + 65_535;

/// An archive whose files are read one by one.
pub struct Archive {
    zip: ZipArchive<File>,
    /// Which file is at which path, as paths are written here.
    at: HashMap<String, usize>,
    /// The paths in their order.
    paths: Vec<String>,
    /// The same, as others write them.
    known: Paths,
    /// How much may still be unpacked.
    left: u64,
    text_left: u64,
}

impl Archive {
    /// Opens one.
    ///
    /// # Errors
    /// When it is none, or has more files than any book.
    pub fn open(mut file: File) -> Result<Self, Unreadable> {
        must_be_few(&mut file)?;
        let zip = ZipArchive::new(file).map_err(why)?;
        if zip.len() > MAX_FILES {
            return Err(Unreadable::TooManyFiles);
        }
        let (mut at, mut paths) = (HashMap::new(), Vec::new());
        for number in 0..zip.len() {
            let Some(Ok(name)) = zip.name_for_index(number) else { continue };
            let Some(path) = path(&name) else { continue };
            if at.insert(path.clone(), number).is_none() {
                paths.push(path);
            }
        }
        let known = Paths::of(paths.iter().map(String::as_str));
        Ok(Self { zip, at, paths, known, left: MAX_UNPACKED, text_left: MAX_TEXT })
    }

    /// The paths of all files in it, in their order, without folders.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// The path of the file that is meant by one, which may be written in other letters, as long as no other is meant by
    /// them.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&str> {
        self.known.find(path).and_then(|place| self.paths.get(place)).map(String::as_str)
    }

    /// Whether there is a file at a path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// A file, of at most so many bytes; nothing where there is none at this path.
    ///
    /// # Errors
    /// When it cannot be unpacked, or is more than may be.
    pub fn read(&mut self, path: &str, most: u64) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(number) = self.find(path).and_then(|path| self.at.get(path)).copied() else { return Ok(None) };
        let file = self.zip.by_index(number).map_err(why)?;
        let most = most.min(self.left);
        let mut bytes = Vec::new();
        let read = file.take(most + 1).read_to_end(&mut bytes).map_err(|_| Unreadable::Broken)?;
        self.left = self.left.saturating_sub(read as u64);
        if read as u64 > most { Err(Unreadable::TooLarge) } else { Ok(Some(bytes)) }
    }

    /// A file of text, as long as all of them are not too much.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_text(&mut self, path: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let bytes = self.read(path, self.text_left)?;
        let length = bytes.as_ref().map_or(0, Vec::len);
        self.text_left = self.text_left.saturating_sub(length as u64);
        Ok(bytes)
    }
}

/// The list of files is read as a whole, so it is looked at first how long it says it is.
fn must_be_few(file: &mut File) -> Result<(), Unreadable> {
    let broken = |_| Unreadable::Broken;
    let length = file.seek(SeekFrom::End(0)).map_err(broken)?;
    file.seek(SeekFrom::Start(length.saturating_sub(END))).map_err(broken)?;
    let mut end = Vec::new();
    file.take(END).read_to_end(&mut end).map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    let at = end.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or(Unreadable::Broken)?;
    let Some([low, high]) = end.get(at + 10..at + 12) else { return Err(Unreadable::Broken) };
    // The largest number stands for one that is larger.
    if usize::from(u16::from_le_bytes([*low, *high])) > MAX_FILES {
        return Err(Unreadable::TooManyFiles);
    }
    Ok(())
}

/// A name in an archive as a path from its top; nothing for a folder, and for one that leads out of it.
fn path(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    if name.ends_with('/') || name.starts_with('/') || name.contains('\0') {
        return None;
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let is_inside = !parts.is_empty() && !parts.contains(&"..");
    is_inside.then(|| parts.join("/"))
}

fn why(error: ZipError) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Unreadable::Encrypted,
        _ => Unreadable::Broken,
    }
}

/// A zip of these files.
#[cfg(test)]
pub(super) fn packed(files: &[(&str, &[u8])]) -> File {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(tempfile::tempfile().expect("a file"));
    for (path, bytes) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("room");
    }
    let mut file = zip.finish().expect("a zip");
    file.seek(SeekFrom::Start(0)).expect("a beginning");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_unpacked_no_further_than_may_be() {
        let zeros = vec![0; 60 << 20];
        let mut archive =
            Archive::open(packed(&[("a", &zeros), ("b", &zeros), ("c", &zeros), ("d", &zeros)])).expect("a zip");
        assert_eq!(archive.read("a", 1_000), Err(Unreadable::TooLarge));
        assert_eq!(archive.read_text("b"), Err(Unreadable::TooLarge));
        assert!(archive.read("c", u64::MAX).is_ok());
        assert!(archive.read("d", u64::MAX).is_ok());
        assert_eq!(archive.read("a", u64::MAX), Err(Unreadable::TooLarge), "all together are bounded");
        assert_eq!(archive.read("none", 10), Ok(None));
    }

    #[test]
    fn a_file_is_found_in_whichever_letters_it_is_named() {
        let files: [(&str, &[u8]); 4] = [("U\u{308}ber.md", b"a"), ("A b.xhtml", b"b"), ("c.md", b"c"), ("C.md", b"d")];
        let mut archive = Archive::open(packed(&files)).expect("a zip");
        assert_eq!(archive.read("\u{dc}ber.md", 10), Ok(Some(b"a".to_vec())));
        assert_eq!(archive.read_text("a B.XHTML"), Ok(Some(b"b".to_vec())));
        assert_eq!((archive.find("\u{fc}ber.MD"), archive.find("C.md")), (Some("U\u{308}ber.md"), Some("C.md")));
        assert!(archive.has("a b.xhtml") && !archive.has("C.MD"), "of two nobody knows which is meant");
    }

    #[test]
    fn more_files_than_any_book_has_are_not_even_listed() {
        let names: Vec<String> = (0..=MAX_FILES).map(|number| number.to_string()).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(matches!(Archive::open(packed(&files)), Err(Unreadable::TooManyFiles)));
        assert!(Archive::open(packed(&files[1..])).is_ok());
    }

    #[test]
    fn what_is_no_zip_or_half_of_one_is_said_to_be_damaged() {
        use std::io::Write;
        let of = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(bytes).expect("room");
            Archive::open(file).err()
        };
        let mut whole = Vec::new();
        packed(&[("a.html", b"<p>words</p>")]).read_to_end(&mut whole).expect("bytes");
        for bytes in [&b""[..], b"PK", b"words", &whole[..whole.len() / 2]] {
            assert_eq!(of(bytes), Some(Unreadable::Broken));
        }
        // Encrypted, as the flag of each entry says.
        for sign in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
            let at = whole.windows(4).position(|four| four == sign).expect("an entry");
            whole[at + if sign[2] == 3 { 6 } else { 8 }] |= 1;
        }
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&whole).expect("room");
        assert_eq!(Archive::open(file).expect("a zip").read("a.html", 100), Err(Unreadable::Encrypted));
    }

    #[test]
    fn a_path_stays_in_the_archive() {
        assert_eq!(path("a/./b//c.html").as_deref(), Some("a/b/c.html"));
        assert_eq!(path("a\\b.html").as_deref(), Some("a/b.html"));
        for out in ["../a", "a/../../b", "/etc/passwd", "a/", "", "..", "a\0b"] {
            assert_eq!(path(out), None, "{out:?}");
        }
    }
}
