//! What style sheets say of text by the classes of its elements: italic, bold, and the like. Word processors and book
//! programs write it so, and in no other way. What is shown at all, and how large, no sheet is asked.

use std::collections::HashMap;

/// How many bytes of sheets are read of a book, and how many classes are known of it.
const MOST: usize = 2 << 20;
const CLASSES: usize = 20_000;

/// What a sheet may say: the rest is about how pages look.
const SAID: [&str; 7] = [
    "font-style",
    "font-variant",
    "font-variant-caps",
    "font-weight",
    "text-decoration",
    "text-decoration-line",
    "vertical-align",
];

/// The classes of style sheets, with what they say of text.
#[derive(Debug, Default)]
pub(in crate::document) struct Sheet {
    classes: HashMap<String, Vec<(String, String)>>,
    read: usize,
}

impl Sheet {
    /// That of a page: what stands in its `style` elements.
    pub(in crate::document) fn of_page(html: &str) -> Self {
        let mut sheet = Self::default();
        let mut rest = html;
        while let Some((_, after)) = rest.split_once("<style") {
            let Some((_, after)) = after.split_once('>') else { break };
            let (css, after) = after.split_once("</style").unwrap_or((after, ""));
            sheet.read(css);
            rest = after;
        }
        sheet
    }

    /// Adds what a sheet says. Of two rules the later counts.
    pub(in crate::document) fn read(&mut self, css: &str) {
        self.read = self.read.saturating_add(css.len());
        if self.read > MOST {
            return;
        }
        let css = without_comments(css);
        let mut rest = css.as_str();
        while let Some((selectors, after)) = rest.split_once('{') {
            // What stands before the last of them ends in itself, as `@import` does.
            let selectors = selectors.rsplit(';').next().unwrap_or_default();
            // What holds only under conditions may not hold here.
            if selectors.trim_start().starts_with('@') {
                rest = after_block(after);
                continue;
            }
            let (said, after) = after.split_once('}').unwrap_or((after, ""));
            for class in selectors.split(',').filter_map(class_of) {
                self.add(class, said);
            }
            rest = after;
        }
    }

    fn add(&mut self, class: &str, said: &str) {
        let said = said.to_ascii_lowercase();
        let pairs = said.split(';').filter_map(|pair| pair.split_once(':'));
        let pairs = pairs.map(|(name, value)| (name.trim(), value.trim().trim_end_matches("!important").trim_end()));
        let said: Vec<(String, String)> = pairs
            .filter(|(name, _)| SAID.contains(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        if !said.is_empty() && (self.classes.len() < CLASSES || self.classes.contains_key(class)) {
            self.classes.entry(class.to_owned()).or_default().extend(said);
        }
    }
}

/// The class that a selector is nothing but, or an element's of that class: where others stand around it, it holds only
/// in places.
fn class_of(selector: &str) -> Option<&str> {
    let (element, class) = selector.trim().split_once('.')?;
    let is_name = |name: &str| name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
    // Headings are what they are.
    let is_heading = element.len() == 2 && element.starts_with(['h', 'H']);
    ((element == "*" || is_name(element)) && !is_heading && !class.is_empty() && is_name(class)).then_some(class)
}

fn without_comments(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    // As old pages hide a sheet from older programs.
    plain.replace("<!--", " ").replace("-->", " ")
}

/// What comes after a block that has begun, with all the blocks in it.
fn after_block(css: &str) -> &str {
    let mut deep = 1_usize;
    for (at, letter) in css.char_indices() {
        match letter {
            '{' => deep += 1,
            '}' => deep -= 1,
            _ => {}
        }
        if deep == 0 {
            return &css[at + 1..];
        }
    }
    ""
}

/// The sheets of a page: its own, and those of its book.
#[derive(Debug, Clone, Copy)]
pub(in crate::document) struct Sheets<'a> {
    /// What stands in itself.
    pub own: &'a Sheet,
    /// What its book has.
    pub shared: &'a Sheet,
}

impl Sheets<'_> {
    /// What they say of an element of these classes, the weaker first.
    pub(super) fn of(&self, classes: &str) -> Vec<(String, String)> {
        let sheets = [self.shared, self.own].into_iter();
        let said = sheets.flat_map(|sheet| {
            classes.split_ascii_whitespace().filter_map(|class| sheet.classes.get(class)).flatten().cloned()
        });
        said.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(css: &str, classes: &str) -> Vec<String> {
        let mut shared = Sheet::default();
        shared.read(css);
        let said = Sheets { own: &Sheet::default(), shared: &shared }.of(classes);
        said.into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn a_class_says_how_its_text_looks_wherever_it_stands() {
        let css = "@import url(a.css); .a, span.b { Font-Style: italic !important; color: red }\n/* .a {} */ .a{font-weight:700}\n\
                   @media print { .a { font-style: normal } .c { font-style: italic } } p .d { font-style: italic } \
                   h2.e { font-weight: bold } .f:hover { font-style: italic } .g.h { font-style: italic } .i{font-style:italic";
        assert_eq!(said(css, "a x"), ["font-style: italic", "font-weight: 700"]);
        assert_eq!(said(css, "b"), ["font-style: italic"]);
        assert_eq!(said(css, "c d e f g h"), [""; 0]);
        assert_eq!(said(css, "i"), ["font-style: italic"], "even of a sheet that breaks off");
        let page =
            "<style type='text/css'><!-- .k { vertical-align: super } --></style><STYLE></style><style>.k{color:red}";
        let own = Sheet::of_page(page);
        let none = Sheet::default();
        assert_eq!(Sheets { own: &own, shared: &none }.of("k").len(), 1);
    }
}
