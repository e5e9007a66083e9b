//! What some programs write in braces: of a heading, how it is called in a link, as in `# One {#first .odd}`; and of code,
//! in which language it is, as in `{.rust .numberLines}`.

use super::super::left_out::{LeftOut, What};
use comrak::nodes::{AstNode, NodeValue};
use std::collections::HashMap;

/// What headings are called in a link, by where they stand.
pub(super) type HeadingNames<'a> = HashMap<*const AstNode<'a>, String>;

/// Takes off headings what stands in braces behind their words, and answers what each is called in a link. What says how a
/// heading looks is named.
pub(super) fn taken_off<'a>(root: &'a AstNode<'a>, markdown: &str, left_out: &mut LeftOut) -> HeadingNames<'a> {
    let mut names = HeadingNames::new();
    if !markdown.contains('}') {
        return names;
    }
    let lines: Vec<&str> = markdown.split('\n').collect();
    let is_heading = |node: &&'a AstNode<'a>| matches!(node.data.borrow().value, NodeValue::Heading(_));
    let headings: Vec<&'a AstNode<'a>> = root.descendants().filter(is_heading).collect();
    for heading in headings {
        for said in taken_off_one(heading, &lines).unwrap_or_default() {
            match said.strip_prefix('#') {
                Some(name) => {
                    names.entry(std::ptr::from_ref(heading)).or_insert_with(|| name.to_owned());
                }
                // That it has no number, and stands in no contents.
                None if matches!(said.as_str(), "-" | ".unnumbered" | ".unlisted") => {}
                None => left_out.add(What::Element, &format!("{{{said}}}")),
            }
        }
    }
    names
}

/// Takes off one heading what is said in braces behind its words, if anything is.
fn taken_off_one<'a>(heading: &'a AstNode<'a>, lines: &[&str]) -> Option<Vec<String>> {
    let last = heading.last_child()?;
    let mut data = last.data.borrow_mut();
    let NodeValue::Text(text) = &mut data.value else { return None };
    let (words, inside) = text.trim_end().strip_suffix('}')?.rsplit_once('{')?;
    let said = attributes(inside)?;
    let is_apart = words.is_empty() || words.ends_with(char::is_whitespace);
    if !is_apart || !are_signs(&format!("{{{inside}}}"), heading, lines) {
        return None;
    }
    let words = words.trim_end().to_owned();
    let is_nothing = words.is_empty();
    *text = words.into();
    drop(data);
    if is_nothing {
        last.detach();
    }
    Some(said)
}

/// What is said between braces, if all of it is said as attributes are: names, classes, and values.
fn attributes(inside: &str) -> Option<Vec<String>> {
    let mut is_quoted = false;
    let ends = |letter: char| {
        is_quoted ^= letter == '"';
        letter.is_whitespace() && !is_quoted
    };
    let inside = inside.strip_prefix(':').unwrap_or(inside);
    let said: Vec<String> = inside.split(ends).filter(|said| !said.is_empty()).map(str::to_owned).collect();
    let are_all = said.iter().all(|said| is_attribute(said) || is_value(said));
    // With values alone it may be something else, such as a set.
    (are_all && said.iter().any(|said| is_attribute(said))).then_some(said)
}

fn is_attribute(said: &str) -> bool {
    let begins_class = |letter: char| letter.is_alphabetic() || matches!(letter, '_' | '-');
    let is_name = |name: &str| name.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    said == "-"
        || said.strip_prefix('#').is_some_and(is_name)
        || said.strip_prefix('.').is_some_and(|class| class.starts_with(begins_class))
}

fn is_value(said: &str) -> bool {
    said.split_once('=').is_some_and(|(name, _)| name.starts_with(char::is_alphabetic))
}

/// Whether what a heading ends with stands so in the text. With a backslash before it, it is words.
fn are_signs<'a>(end: &str, heading: &'a AstNode<'a>, lines: &[&str]) -> bool {
    let place = heading.data.borrow().sourcepos;
    let lines = lines.get(place.start.line.saturating_sub(1)..place.end.line.min(lines.len())).unwrap_or_default();
    let source = lines.join("\n");
    source.rfind(end).is_some_and(|at| !source[..at].ends_with('\\'))
}

/// The language of code by what stands behind its fence: that of `rust,ignore` and of `{.rust .numberLines}` is `rust`.
pub(super) fn language(said: &str) -> &str {
    let said = said.trim();
    let word = match said.strip_prefix('{') {
        Some(inside) => {
            let inside = inside.split('}').next().unwrap_or_default();
            let words = || inside.split([' ', '\t', ',']).filter(|word| !word.is_empty());
            let class = words().find_map(|word| word.strip_prefix('.'));
            let is_bare = |word: &&str| !word.starts_with('#') && !word.contains('=');
            class.or_else(|| words().find(is_bare)).unwrap_or_default()
        }
        None => said.split_whitespace().next().unwrap_or_default(),
    };
    word.split([',', '{']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_attribute_is_words() {
        for (inside, expected) in [
            ("#a", &["#a"][..]),
            (" #a-b .odd key=\"two words\" ", &["#a-b", ".odd", "key=\"two words\""]),
            (": .odd", &[".odd"]),
            ("-", &["-"]),
            ("a, b", &[]),
            ("x=1", &[]),
            ("...", &[]),
            ("#", &[]),
            (".5", &[]),
            ("", &[]),
        ] {
            assert_eq!(attributes(inside).unwrap_or_default(), expected, "{inside}");
        }
    }

    #[test]
    fn the_language_of_code_is_told_from_what_else_is_said_of_it() {
        for (said, expected) in [
            ("rust", "rust"),
            ("rust,ignore", "rust"),
            ("rust, no_run", "rust"),
            ("js{1,3-5}", "js"),
            ("python {.numberLines}", "python"),
            ("{.python .numberLines startFrom=\"10\"}", "python"),
            ("{#listing .haskell}", "haskell"),
            ("{r, echo=FALSE}", "r"),
            ("{#listing}", ""),
            ("c++", "c++"),
            ("objective-c", "objective-c"),
            ("", ""),
        ] {
            assert_eq!(language(said), expected, "{said}");
        }
    }
}
