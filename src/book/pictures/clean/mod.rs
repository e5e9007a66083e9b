//! What a picture is stored without: where and when it was taken, with what and by whom.
//!
//! Cameras and programs write that beside the picture: in Exif, XMP and IPTC, in comments and texts, in small pictures of
//! the picture, and after its end. Nobody who puts a picture into a book means to publish where they live. So of each
//! format only the pieces are kept that are needed to show it, its colours included; what is not known is left out. The
//! one thing kept of Exif is how the camera was held, or the picture would lie on its side.
//!
//! Of the picture itself nothing is unpacked.

mod gif;
mod jpeg;
mod png;
mod webp;

use super::{Format, format::orientation_in};

/// A picture without what is not needed to show it.
#[derive(Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// Its file.
    pub bytes: Vec<u8>,
    /// The largest frame in it, by its own word: its width and height in pixels. What unpacks it will make room for so
    /// many, whatever the file says of itself at its beginning.
    pub largest: (u32, u32),
}

/// Cleans a picture of this format. Nothing, where its pieces do not follow on one another as they must.
#[must_use]
pub fn clean(format: Format, bytes: &[u8]) -> Option<Cleaned> {
    match format {
        Format::Jpeg => jpeg::clean(bytes),
        Format::Png => png::clean(bytes),
        Format::Webp => webp::clean(bytes),
        Format::Gif => gif::clean(bytes),
    }
}

/// The orientation that these Exif data tell, where it is another than upright.
fn turned(exif: &[u8]) -> Option<u8> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    orientation_in(exif)
        .and_then(|orientation| u8::try_from(orientation).ok())
        .filter(|turned| (2..=8).contains(turned))
}

/// Exif data that tell this orientation and nothing else.
fn exif(turned: u8) -> Vec<u8> {
    [b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[turned, 0, 0], &[0; 4]].concat()
}

/// Reads a file from its beginning on.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// So many bytes, if there are.
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }
}

/// Both sides of what is larger.
fn larger(a: (u32, u32), b: (u32, u32)) -> (u32, u32) {
    let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
    if pixels(b) > pixels(a) { b } else { a }
}

#[cfg(test)]
mod tests;
