//! Code, in which no sign has a meaning.

use super::{
    super::{
        super::tree::{Element, Node},
        attributes,
    },
    escape::{self, Place},
    line::Room,
    out::Out,
};

/// Whether a block of code can stand between fences: its lines end as all do, and its language is one word, which is neither
/// read as part of them nor as more than a language.
pub(super) fn has_signs(block: &Element) -> bool {
    let is_odd = |text: &str| text.contains(['\r', '\0']);
    let language = block.text_value("language");
    let plain = |child: &Node| matches!(child, Node::Text(run) if !is_odd(&run.text));
    let is_fence = language.contains('`') && language.starts_with('~');
    block.children.iter().all(plain)
        && !is_fence
        && attributes::language(language) == language
        && !language.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// A block of code between fences that do not stand in it.
pub(super) fn block(block: &Element, out: &mut Out) {
    let text: String =
        block.children.iter().map(|child| if let Node::Text(run) = child { &*run.text } else { "" }).collect();
    let language = block.text_value("language");
    // A fence of the one sign says nothing that has it.
    let sign = if language.contains('`') { '~' } else { '`' };
    let longest = text.split(|letter| letter != sign).map(str::len).max().unwrap_or(0);
    let fence = String::from(sign).repeat(longest.max(2) + 1);
    out.line(&format!("{fence}{}", language.replace('\\', "\\\\").replace('&', "&amp;")));
    if !text.is_empty() {
        out.lines(&text);
    }
    out.line(&fence);
}

/// Code within a line.
pub(super) fn span(text: &str, room: Room, to: &mut String) {
    // In a table, a backslash before a bar would be one for the table alone.
    let is_odd = text.contains(['\n', '\r', '\0']) || room == Room::Cell && text.contains('|') && text.contains('\\');
    if is_odd {
        to.push_str("<code>");
        to.push_str(&escape::text(text, Place { room, after_note: false, ends: true }));
        to.push_str("</code>");
        return;
    }
    let runs: Vec<usize> = text.split(|letter| letter != '`').map(str::len).collect();
    let fence = "`".repeat((1..).find(|length| !runs.contains(length)).unwrap_or(1));
    let is_edged = text.starts_with('`') || text.ends_with('`');
    let is_padded = text.starts_with(' ') && text.ends_with(' ') && text.contains(|letter| letter != ' ');
    let pad = if is_edged || is_padded { " " } else { "" };
    let text = if room == Room::Cell { text.replace('|', "\\|") } else { text.to_owned() };
    to.extend([&fence, pad, &text, pad, &fence]);
}
