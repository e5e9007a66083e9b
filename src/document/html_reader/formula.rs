//! A formula in MathML, in one line of text: as it was written, where it says so, or as it can be read. Without the signs
//! between its parts a half would become a twelve.

use super::{Tag, attribute, tokens};
use html5gum::Token;

/// In how many parts a part may stand: what is deeper belongs to the one around it.
const DEEPEST: usize = 100;

/// A part of a formula while it is read.
struct Part {
    name: String,
    /// Whether it is the formula as it was written.
    is_source: bool,
    /// What stands in it, part by part.
    parts: Vec<String>,
    text: String,
}

impl Part {
    fn of(tag: &Tag) -> Self {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let is_source = attribute(tag, "encoding").is_some_and(|encoding| encoding == "application/x-tex");
        Self { name, is_source, parts: Vec::new(), text: String::new() }
    }

    fn is_remark(&self) -> bool {
        matches!(self.name.as_str(), "annotation" | "annotation-xml")
    }

    /// It in one line.
    fn written(&self) -> String {
        if self.parts.is_empty() {
            return self.text.trim().to_owned();
        }
        let part = |at: usize| self.parts.get(at).map_or("", String::as_str);
        let group = |at: usize| match part(at) {
            long if long.chars().nth(1).is_some() => format!("({long})"),
            short => short.to_owned(),
        };
        match self.name.as_str() {
            "mfrac" => format!("{}/{}", group(0), group(1)),
            "msup" | "mover" => format!("{}^{}", part(0), group(1)),
            "msub" | "munder" => format!("{}_{}", part(0), group(1)),
            "msubsup" | "munderover" => format!("{}_{}^{}", part(0), group(1), group(2)),
            "msqrt" => format!("√({})", self.parts.concat()),
            "mroot" => format!("{}^(1/{})", group(0), part(1)),
            "mtr" => self.parts.join(", "),
            "mtable" => self.parts.join("; "),
            _ => self.parts.concat(),
        }
    }
}

/// The formula that begins here with its element, in one line, and where it ends; nothing, where it has no end.
pub(super) fn read(html: &str, is_xml: bool) -> Option<(String, usize)> {
    let mut open: Vec<Part> = Vec::new();
    let (mut source, mut deeper) = (None, 0_usize);
    for token in tokens(html, is_xml) {
        match token {
            Token::StartTag(tag) => {
                if open.is_empty() {
                    source = attribute(&tag, "alttext").filter(|text| !text.is_empty());
                }
                // None stands in another: where one begins anew the one before had no end.
                if !open.is_empty() && *tag.name == b"math"[..] {
                    return None;
                }
                if tag.self_closing {
                    open.last_mut()?.parts.push(String::new());
                } else if open.len() < DEEPEST {
                    open.push(Part::of(&tag));
                } else {
                    deeper += 1;
                }
            }
            Token::String(text) => open.last_mut()?.text.push_str(&String::from_utf8_lossy(&text)),
            Token::EndTag(_) if deeper > 0 => deeper -= 1,
            Token::EndTag(tag) => {
                let part = open.pop()?;
                let Some(around) = open.last_mut() else {
                    return Some((source.unwrap_or_else(|| part.written()), tag.span.end));
                };
                match part.is_remark() {
                    true if part.is_source => source = Some(part.text.trim().to_owned()),
                    true => {}
                    false => around.parts.push(part.written()),
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_formula_are_not_glued_together() {
        for (inside, line) in [
            ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
            ("<mrow><mi>x</mi><mo>=</mo><mfrac><mn>12</mn><mi>y</mi></mfrac></mrow>", "x=(12)/y"),
            ("<msup><mi>e</mi><mrow><mi>i</mi><mi>π</mi></mrow></msup>", "e^(iπ)"),
            ("<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup>", "∫_0^1"),
            ("<msqrt><mn>2</mn></msqrt><mspace/>", "√(2)"),
            ("<mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd><mtd>4</mtd></mtr></mtable>", "1, 2; 3, 4"),
            (
                "<semantics><mn>1</mn><annotation encoding='application/x-tex'>\\frac12</annotation></semantics>",
                "\\frac12",
            ),
            ("words", "words"),
        ] {
            let html = format!("<math>{inside}</math>");
            assert_eq!(read(&format!("{html} and more"), true), Some((line.to_owned(), html.len())), "{inside}");
        }
        assert_eq!(read("<math alttext='a half'><mn>1</mn></math>", false).unwrap().0, "a half");
        assert_eq!(read("<math><mn>1", false), None);
        assert_eq!(read("<math><mn>1<math><mn>2</math>", false), None);
    }

    #[test]
    fn one_in_a_hundred_thousand_parts_is_read_like_any() {
        let html = format!("<math>{}1{}</math>", "<mrow>".repeat(100_000), "</mrow>".repeat(100_000));
        assert_eq!(read(&html, true), Some(("1".to_owned(), html.len())));
    }
}
