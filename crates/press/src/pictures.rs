//! What is made of a picture before it is set. One that cannot be read is none: the book's page shows its description. One
//! that has more points than paper can show is made smaller, one after the other: Typst has all of them in memory at once,
//! a point as three or four bytes, and a hundred photographs as they come from a camera would be four gigabytes.

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, imageops::FilterType,
};
use std::io::Cursor;

/// How many points a picture has at most on its longer side: 300 to an inch on a line of six and a half.
const MOST: u32 = 2000;
/// How much memory one may take to be read.
const MEMORY: u64 = 512 << 20;
/// How finely a photograph is written that was made smaller, of 100.
const QUALITY: u8 = 88;

/// A picture as it is set.
#[derive(Debug)]
pub struct Placed {
    /// Its file.
    pub bytes: Vec<u8>,
    /// How wide it is, in the pixels that it came with, as it stands upright.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// What is set of a picture; nothing, where it cannot be read.
pub fn placed(bytes: Vec<u8>) -> Option<Placed> {
    let mut reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().ok()?;
    let format = reader.format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (orientation, colours) = (decoder.orientation().ok()?, decoder.icc_profile().ok().flatten());
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    let (width, height) = (picture.width(), picture.height());
    if width == 0 || height == 0 {
        return None;
    }
    if width.max(height) <= MOST {
        return Some(Placed { bytes, width, height });
    }
    let smaller = picture.resize(MOST, MOST, FilterType::Triangle);
    Some(Placed { bytes: written(&smaller, format, colours)?, width, height })
}

/// A picture as a file, with the colours that it had: a photograph as one, all else without loss.
fn written(picture: &DynamicImage, format: ImageFormat, colours: Option<Vec<u8>>) -> Option<Vec<u8>> {
    use image::{ImageEncoder, codecs::png::PngEncoder};
    let mut file = Cursor::new(Vec::new());
    let is_photograph = format == ImageFormat::Jpeg || format == ImageFormat::WebP && !picture.color().has_alpha();
    if is_photograph {
        let mut encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
        // Where it cannot be kept, the colours are those of a screen.
        let _ = colours.map(|colours| encoder.set_icc_profile(colours));
        DynamicImage::from(picture.to_rgb8()).write_with_encoder(encoder).ok()?;
    } else {
        let mut encoder = PngEncoder::new(&mut file);
        let _ = colours.map(|colours| encoder.set_icc_profile(colours));
        picture.write_with_encoder(encoder).ok()?;
    }
    Some(file.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_picture_stays_as_it_is_and_a_huge_one_is_made_smaller() {
        let small = png(30, 20);
        let kept = placed(small.clone()).unwrap();
        assert_eq!((kept.bytes == small, kept.width, kept.height), (true, 30, 20));
        let large = placed(png(5000, 2500)).unwrap();
        assert_eq!((large.width, large.height), (5000, 2500));
        let set = image::load_from_memory(&large.bytes).unwrap();
        assert_eq!((set.width(), set.height()), (MOST, MOST / 2));
    }

    #[test]
    fn what_is_no_picture_is_none() {
        let whole = png(300, 200);
        for broken in [&b""[..], b"<svg/>", &whole[..whole.len() / 2], b"\x89PNG\r\n\x1a\n"] {
            assert!(placed(broken.to_vec()).is_none());
        }
    }
}
