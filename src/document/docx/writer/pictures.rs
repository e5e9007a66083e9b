//! Pictures with their captions.

use super::body::{Around, Body};
use crate::document::{
    publication::escape::quoted,
    tree::{Element, Node, Run},
};
use std::io;

/// How wide and how high a picture is at most, in English metric units: as the text is, and a little less than a page.
const WIDE: u64 = 9_026 * 635;
const HIGH: u64 = 12_500 * 635;
/// How many of them a pixel is.
const PIXEL: u64 = 9_525;

impl Body<'_> {
    /// A picture of the book with its caption; where it is none of this book's, what describes it.
    pub(super) fn figure(&mut self, figure: &Element, around: Around<'_>) -> io::Result<()> {
        let (src, alt) = (figure.text_value("src"), figure.text_value("alt"));
        let around = Around { number: None, ..around };
        let is_here = self.book.book.pictures.contains_key(src);
        let (begin, end) = self.figure_marks();
        match self.book.book.pictures.get(src) {
            Some(picture) => {
                let known = self.beside.pictures.len() + 1;
                let number = *self.beside.pictures.entry(src.to_owned()).or_insert(known);
                self.beside.shown += 1;
                let size = size(figure, (picture.width.into(), picture.height.into()));
                let drawn = drawing((self.beside.shown, number), alt, size);
                self.begin("Figure", around, "");
                self.out.push_str(&format!("{begin}{drawn}{end}"));
                self.end();
            }
            None if alt.trim().is_empty() => {}
            None => {
                let said = Node::Text(Run { text: alt.to_owned(), marks: Vec::new() });
                self.paragraph("", around, &[said])?;
            }
        }
        if figure.children.is_empty() {
            return Ok(());
        }
        // Without its picture it is no caption, least of all of one before it.
        self.paragraph(if is_here { "Caption" } else { "" }, around, &figure.children)
    }
}

/// How large it is shown.
fn size(figure: &Element, (width, height): (u64, u64)) -> (u64, u64) {
    let given = |name: &str, otherwise: u64| match figure.number(name) {
        0 => otherwise,
        pixels => u64::try_from(pixels).unwrap_or(otherwise),
    };
    let (width, height) = (given("width", width).max(1), given("height", height).max(1));
    let wide = match figure.text_value("size") {
        "small" => WIDE * 35 / 100,
        "medium" => WIDE * 65 / 100,
        "full" => WIDE,
        _ => (width * PIXEL).min(WIDE),
    };
    let high = wide.saturating_mul(height) / width;
    if high <= HIGH { (wide, high.max(1)) } else { ((HIGH.saturating_mul(width) / height).max(1), HIGH) }
}

/// A picture in a line: the how manieth that is shown, and which.
fn drawing((shown, picture): (usize, usize), alt: &str, (wide, high): (u64, u64)) -> String {
    let alt = quoted(alt);
    let said = format!("id=\"{shown}\" name=\"Picture {shown}\" descr=\"{alt}\"");
    format!(
        "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{wide}\" cy=\"{high}\"/>\
         <wp:docPr {said}/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect=\"1\"/></wp:cNvGraphicFramePr>\
         <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
         <pic:nvPicPr><pic:cNvPr {said}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"picture{picture}\"/>\
         <a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/>\
         <a:ext cx=\"{wide}\" cy=\"{high}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>\
         </a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
}
