use super::{super::Recognised, *};
use proptest::prelude::*;

/// What must not be found in a picture that is kept.
const SECRET: &[u8] = b"48.8584 N, 2.2945 E";
const PROFILE: &[u8] = b"a profile of colours";

fn finds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Exif data of a picture that lies on its side, and where it was taken.
fn camera(turned: u8) -> Vec<u8> {
    [exif(turned).as_slice(), SECRET].concat()
}

fn segment(marker: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [[0xff, marker].as_slice(), &u16::try_from(content.len() + 2).unwrap().to_be_bytes(), &content].concat()
}

fn jpeg(turned: u8) -> Vec<u8> {
    [
        b"\xff\xd8".as_slice(),
        &segment(0xe0, &[b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02", SECRET]),
        &segment(0xe1, &[b"Exif\0\0", &camera(turned)]),
        &segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET]),
        &segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", PROFILE]),
        &segment(0xe2, &[b"MPF\0", SECRET]),
        &segment(0xed, &[b"Photoshop 3.0\0", SECRET]),
        &segment(0xee, &[b"Adobe\0\x64\0\0\0\0\x01", SECRET]),
        &segment(0xfe, &[SECRET]),
        &segment(0xdb, &[&[1; 65]]),
        &segment(0xc2, &[b"\x08\0\x1e\0\x28\x01\x01\x11\0"]),
        &segment(0xc4, &[&[0; 20]]),
        &segment(0xda, &[b"\x01\x01\0\0\x3f\0"]),
        b"scan\xff\x00\xff\xd0one",
        &segment(0xfe, &[SECRET]),
        &segment(0xe1, &[SECRET]),
        &segment(0xda, &[b"\x01\x01\0\0\x3f\0"]),
        b"scan\xff\x00two",
        b"\xff\xd9",
        SECRET,
        b"\xff\xd8\xff\xe1",
    ]
    .concat()
}

fn chunk(name: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [&u32::try_from(content.len()).unwrap().to_be_bytes(), name.as_slice(), &content, b"sum!"].concat()
}

fn png(turned: u8) -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &chunk(b"IHDR", &[b"\0\0\0\x28\0\0\0\x1e\x08\x06\0\0\0"]),
        &chunk(b"tEXt", &[b"Location\0", SECRET]),
        &chunk(b"zTXt", &[SECRET]),
        &chunk(b"iTXt", &[b"XML:com.adobe.xmp\0", SECRET]),
        &chunk(b"tIME", &[b"\x07\xea\x0b\x1d\x0a\x29\x38"]),
        &chunk(b"iCCP", &[b"x\0\0", PROFILE]),
        &chunk(b"eXIf", &[&camera(turned)]),
        &chunk(b"maKe", &[SECRET]),
        &chunk(b"IDAT", &[b"picture"]),
        &chunk(b"IEND", &[]),
        SECRET,
    ]
    .concat()
}

fn riff(name: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let mut content = content.concat();
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    if content.len() % 2 == 1 {
        content.push(0);
    }
    [name.as_slice(), &length, &content].concat()
}

fn webp(turned: u8) -> Vec<u8> {
    let frame = [
        b"\0\0\0\0\0\0\x27\0\0\x1d\0\0\0\0\0\0".as_slice(),
        &riff(b"VP8L", &[b"\x2f\x27\x40\x07\0"]),
        &riff(b"note", &[SECRET]),
    ];
    let chunks = [
        riff(b"VP8X", &[b"\x2e\0\0\0\x27\0\0\x1d\0\0"]),
        riff(b"ICCP", &[PROFILE]),
        riff(b"ANIM", &[b"\0\0\0\0\0\0"]),
        riff(b"ANMF", &[&frame.concat()]),
        riff(b"EXIF", &[b"Exif\0\0", &camera(turned)]),
        riff(b"XMP ", &[SECRET]),
        riff(b"note", &[SECRET]),
    ]
    .concat();
    [b"RIFF".as_slice(), &u32::try_from(chunks.len() + 4).unwrap().to_le_bytes(), b"WEBP", &chunks, SECRET].concat()
}

fn gif() -> Vec<u8> {
    let block = |content: &[u8]| [&[u8::try_from(content.len()).unwrap()], content].concat();
    [
        b"GIF89a\x28\0\x1e\0\x80\0\0\0\0\0\xff\xff\xff".as_slice(),
        b"\x21\xff",
        &block(b"NETSCAPE2.0"),
        b"\x03\x01\0\0\0",
        b"\x21\xfe",
        &block(SECRET),
        b"\0\x21\xff",
        &block(b"XMP DataXMP"),
        &block(SECRET),
        b"\0\x21\xff",
        &block(b"ICCRGBG1012"),
        &block(PROFILE),
        b"\0\x21\x01",
        &block(SECRET),
        b"\0\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x28\0\x1e\0\0\x02\x02\x44\x01\0\x3b",
        SECRET,
    ]
    .concat()
}

fn all() -> [(Format, Vec<u8>); 4] {
    [(Format::Jpeg, jpeg(6)), (Format::Png, png(6)), (Format::Webp, webp(6)), (Format::Gif, gif())]
}

#[test]
fn gps_position_stays_in_pictures() {
    for (format, file) in all() {
        assert!(finds(&file, SECRET));
        let cleaned = clean(format, &file).unwrap_or_else(|| panic!("{format:?} is read"));
        assert!(!finds(&cleaned.bytes, SECRET), "{format:?}");
        assert!(finds(&cleaned.bytes, PROFILE), "{format:?} keeps its colours");
        assert_eq!(cleaned.largest, (40, 30), "{format:?}");
        let again = clean(format, &cleaned.bytes).unwrap();
        assert_eq!(again, cleaned, "{format:?}: there is nothing more to be left out");
    }
}

#[test]
fn how_the_camera_was_held_is_kept() {
    let shown = |file: &[u8]| Recognised::of(file).map(|found| (found.width, found.height));
    let lies = clean(Format::Jpeg, &jpeg(6)).unwrap().bytes;
    assert_eq!((shown(&jpeg(6)), shown(&lies)), (Ok((30, 40)), Ok((30, 40))));
    assert_eq!(shown(&clean(Format::Jpeg, &jpeg(1)).unwrap().bytes), Ok((40, 30)));
    for (format, file, upright) in
        [(Format::Jpeg, jpeg(8), jpeg(1)), (Format::Png, png(8), png(1)), (Format::Webp, webp(8), webp(1))]
    {
        assert!(finds(&clean(format, &file).unwrap().bytes, &exif(8)), "{format:?}");
        assert!(!finds(&clean(format, &upright).unwrap().bytes, b"MM\0\x2a"), "{format:?} has no Exif to speak of");
    }
}

#[test]
fn a_chunk_that_is_added_has_its_check_sum() {
    let cleaned = clean(Format::Png, &png(3)).unwrap().bytes;
    let content = exif(3);
    // As another program sums it up.
    let chunk = [b"eXIf".as_slice(), &content, &[0x84, 0x5f, 0x64, 0xce]].concat();
    assert!(finds(&cleaned, &chunk));
}

#[test]
fn what_a_picture_shows_is_as_it_was() {
    let jpeg = clean(Format::Jpeg, &jpeg(1)).unwrap().bytes;
    assert!(finds(&jpeg, b"scan\xff\x00\xff\xd0one") && finds(&jpeg, b"scan\xff\x00two\xff\xd9"));
    assert!(finds(&clean(Format::Png, &png(1)).unwrap().bytes, b"picture"));
    assert!(finds(&clean(Format::Webp, &webp(1)).unwrap().bytes, b"VP8L\x05\0\0\0\x2f\x27\x40\x07\0"));
    let gif = clean(Format::Gif, &gif()).unwrap().bytes;
    assert!(finds(&gif, b"NETSCAPE2.0\x03\x01\0\0\0") && finds(&gif, b"\x02\x02\x44\x01\0\x3b"));
}

#[test]
fn a_picture_that_says_it_is_small_and_holds_a_large_one_is_seen_to_be_large() {
    let large = |bytes: &[u8], at: usize, to: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + to.len()].copy_from_slice(to);
        bytes
    };
    let at = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what).unwrap();
    let (file, mark) = (webp(1), b"\x2f\x27\x40\x07\0");
    let file = large(&file, at(&file, mark), b"\x2f\xff\xff\xff\x0f");
    assert_eq!(clean(Format::Webp, &file).unwrap().largest, (16_384, 16_384));
    let (file, mark) = (gif(), b"\x2c\0\0\0\0\x28\0\x1e\0");
    let file = large(&file, at(&file, mark), b"\x2c\0\0\0\0\xff\xff\xff\xff");
    assert_eq!(clean(Format::Gif, &file).unwrap().largest, (65_535, 65_535));
    let two = [&jpeg(1)[..2], &segment(0xc0, &[b"\x08\xff\xff\xff\xff\x01\x01\x11\0"]), &jpeg(1)[2..]].concat();
    assert_eq!(clean(Format::Jpeg, &two), None, "which of two holds, nobody knows");
}

#[test]
fn a_picture_that_is_cut_short_harms_nobody() {
    for (format, file) in all() {
        for end in 0..file.len() {
            if let Some(cleaned) = clean(format, &file[..end]) {
                assert!(!finds(&cleaned.bytes, SECRET), "{format:?}, {end}");
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_cleaned_for_good_or_refused(
        which in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let (format, mut file) = all()[which].clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Some(cleaned) = clean(format, &file) {
            prop_assert!(cleaned.bytes.len() <= file.len() + 64);
            let again = clean(format, &cleaned.bytes);
            prop_assert_eq!(again.as_ref().map(|again| &again.bytes), Some(&cleaned.bytes));
        }
    }
}
