//! What a file is. Its content says so: a name or a header may say anything.

use imagesize::ImageType;
use sputnik::Fault;

/// The longest side of a picture, in pixels: the schema's bound.
const SIDE: usize = 100_000;

/// What kinds of picture are kept: those that every browser shows and none runs. An SVG can hold scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// GIF
    Gif,
    /// WebP
    Webp,
}

impl Format {
    const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp];

    /// As a content type.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// How the name of such a file ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    /// The format of this content type.
    #[must_use]
    pub fn of_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.mime() == mime)
    }
}

/// What a file was recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    /// Which kind of picture.
    pub format: Format,
    /// How wide it is shown, in pixels.
    pub width: u32,
    /// How high.
    pub height: u32,
}

impl Recognised {
    /// Looks at a file's first bytes. Of the picture itself nothing is unpacked.
    ///
    /// # Errors
    /// When it is none of the kinds that are kept, or says of itself that it is nowhere or endless.
    pub fn of(bytes: &[u8]) -> Result<Self, Fault> {
        let unknown = || {
            Fault::bad_request(
                "This file is not a picture that can be kept here. PNG, JPEG, GIF and WebP can. It was not stored.",
            )
        };
        let format = match imagesize::image_type(bytes).map_err(|_| unknown())? {
            ImageType::Png => Format::Png,
            ImageType::Jpeg => Format::Jpeg,
            ImageType::Gif => Format::Gif,
            ImageType::Webp => Format::Webp,
            _ => return Err(unknown()),
        };
        let damaged =
            || Fault::bad_request("This picture is damaged: it does not say how large it is. It was not stored.");
        let size = imagesize::blob_size(bytes).map_err(|_| damaged())?;
        let side = |pixels: usize| u32::try_from(pixels).ok().filter(|_| (1..=SIDE).contains(&pixels));
        let (width, height) = side(size.width).zip(side(size.height)).ok_or_else(damaged)?;
        let lies =
            format == Format::Jpeg && orientation(bytes).is_some_and(|orientation| (5..=8).contains(&orientation));
        let (width, height) = if lies { (height, width) } else { (width, height) };
        Ok(Self { format, width, height })
    }
}

/// How a camera was held, as a JPEG tells it in Exif: from 5 to 8 the picture lies on its side, and browsers turn it.
fn orientation(jpeg: &[u8]) -> Option<u16> {
    let mut rest = jpeg.strip_prefix(b"\xff\xd8")?;
    // Segments: a marker, a length that counts itself, the content. The picture begins after FF DA.
    loop {
        let (&[0xff, marker], after) = rest.split_first_chunk::<2>()? else { return None };
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        let content = after.get(2..length)?;
        match (marker, content.strip_prefix(b"Exif\0\0")) {
            (0xe1, Some(exif)) => return orientation_in(exif),
            (0xda, _) => return None,
            _ => rest = after.get(length..)?,
        }
    }
}

/// The orientation among the first directory's entries.
pub(super) fn orientation_in(exif: &[u8]) -> Option<u16> {
    const ORIENTATION: u16 = 0x0112;
    let big = match exif.first_chunk()? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let two = |at: usize| {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let four = |at: usize| {
        let bytes = *exif.get(at..)?.first_chunk()?;
        Some(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let directory = usize::try_from(four(4)?).ok()?;
    let entries = (0..usize::from(two(directory)?)).map(|entry| directory.checked_add(2 + 12 * entry));
    let entry = entries.map_while(|at| at).find(|at| two(*at) == Some(ORIENTATION))?;
    two(entry.checked_add(8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG of 40 by 30 pixels, as far as anybody looks, held so.
    fn jpeg(orientation: Option<u8>) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
        if let Some(orientation) = orientation {
            bytes.extend(b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
            bytes.extend([orientation, 0, 0, 0, 0, 0, 0]);
        }
        bytes.extend(b"\xff\xc0\x00\x0b\x08\x00\x1e\x00\x28\x01\x01\x11\x00\xff\xda\x00\x02");
        bytes
    }

    #[test]
    fn a_photograph_taken_upright_is_as_wide_as_it_is_shown() {
        let size = |orientation| Recognised::of(&jpeg(orientation)).map(|found| (found.width, found.height));
        assert_eq!(size(None), Ok((40, 30)));
        assert_eq!(size(Some(1)), Ok((40, 30)));
        assert_eq!(size(Some(6)), Ok((30, 40)));
    }

    #[test]
    fn whatever_is_cut_short_is_refused_and_harms_nobody() {
        let whole = jpeg(Some(6));
        for end in 0..whole.len() {
            let _ = Recognised::of(&whole[..end]);
            let _ = orientation(&whole[..end]);
        }
        assert!(Recognised::of(b"\xff\xd8\xff").is_err());
        assert!(Recognised::of(b"").is_err());
    }

    #[test]
    fn a_picture_without_extent_is_refused() {
        for (width, height) in [(0_u16, 5_u16), (5, 0)] {
            let bytes = [b"GIF89a".as_slice(), &width.to_le_bytes(), &height.to_le_bytes(), &[0; 8]].concat();
            assert!(Recognised::of(&bytes).is_err());
        }
    }
}
