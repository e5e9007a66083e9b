//! A cover made of the title, as a drawing: for a book that has no picture for it.

use super::{
    Publication,
    escape::escaped,
    style::{cover_colours, cover_face},
};
use unicode_segmentation::UnicodeSegmentation;

/// How large it is, in its own units: the shape that shops ask for.
const WIDE: u32 = 1_600;
const HIGH: u32 = 2_560;
/// How much of its width is written on.
const LINE: f64 = 1_280.0;
/// How many lines a title has at most. A longer one ends in an ellipsis.
const LINES: usize = 7;

/// The cover as a file of SVG.
#[must_use]
pub fn drawn(book: &Publication) -> String {
    let [ground, ink, accent] = cover_colours(book.theme);
    let face = cover_face(book.theme);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {HIGH}\" \
         width=\"{WIDE}\" height=\"{HIGH}\" role=\"img\" aria-label=\"{}\">\n\
         <rect width=\"{WIDE}\" height=\"{HIGH}\" fill=\"{ground}\"/>\n\
         <rect x=\"80\" y=\"80\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"{accent}\" stroke-width=\"6\"/>\n\
         <g font-family=\"{face}\" text-anchor=\"middle\" fill=\"{ink}\">\n",
        escaped(&book.title),
        WIDE - 160,
        HIGH - 160
    );
    let size = [170.0, 130.0, 100.0].into_iter().find(|size| wrapped(&book.title, *size).len() <= 4).unwrap_or(90.0);
    let mut y = 620.0;
    y = write(&mut out, &book.title, size, y, "font-weight=\"bold\"", LINES);
    if !book.metadata.subtitle.is_empty() {
        y = write(&mut out, &book.metadata.subtitle, 66.0, y + 40.0, "", 3);
    }
    out.push_str(&format!(
        "<line x1=\"620\" y1=\"{0:.0}\" x2=\"980\" y2=\"{0:.0}\" stroke=\"{accent}\" stroke-width=\"8\"/>\n",
        y + 10.0
    ));
    let by = book.by();
    let mut y = 2_220.0 - 100.0 * (by.len().min(3).saturating_sub(1)) as f64;
    for name in by.into_iter().take(3) {
        y = write(&mut out, name, 76.0, y, "", 1);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Writes some lines one below the other; tells where the next would stand.
fn write(out: &mut String, text: &str, size: f64, mut y: f64, how: &str, most: usize) -> f64 {
    let mut lines = wrapped(text, size);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('\u{2026}');
        }
    }
    for line in lines {
        out.push_str(&format!("<text x=\"{}\" y=\"{y:.0}\" font-size=\"{size:.0}\" {how}>", WIDE / 2));
        out.push_str(&escaped(&line));
        out.push_str("</text>\n");
        y += size * 1.25;
    }
    y
}

/// A text in lines that fit, by how wide letters of its kind are in most faces.
fn wrapped(text: &str, size: f64) -> Vec<String> {
    let room = LINE / size;
    let mut lines: Vec<(String, f64)> = Vec::new();
    for word in text.split_word_bounds() {
        let wide = width(word);
        match lines.last_mut() {
            Some((line, used)) if *used + wide <= room || word.trim().is_empty() => {
                line.push_str(word);
                *used += wide;
            }
            _ if word.trim().is_empty() => {}
            // A word that is longer than a line is parted.
            _ if wide > room => {
                for letter in word.graphemes(true) {
                    match lines.last_mut() {
                        Some((line, used)) if *used + width(letter) <= room => {
                            line.push_str(letter);
                            *used += width(letter);
                        }
                        _ => lines.push((letter.to_owned(), width(letter))),
                    }
                }
            }
            _ => lines.push((word.to_owned(), wide)),
        }
    }
    lines.into_iter().map(|(line, _)| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// How wide a word is, in the size of its letters.
fn width(word: &str) -> f64 {
    let of = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | '\'' | '!' | ':' | ';' | '|' => 0.3,
        'm' | 'w' | 'M' | 'W' => 0.95,
        'A'..='Z' => 0.75,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{ffef}' | '\u{1f000}'.. => 1.05,
        _ => 0.58,
    };
    word.chars().map(of).sum()
}
