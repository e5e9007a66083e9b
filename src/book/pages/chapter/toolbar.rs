//! The few buttons and keys that help with Markdown.

use crate::ui::{browser, icon::Icon};
use leptos::{html, prelude::*, web_sys::HtmlTextAreaElement};

/// A way to mark what is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `**bold**`
    Bold,
    /// `*italic*`
    Italic,
    /// `## heading`
    Heading,
    /// `- list`
    List,
    /// `> quote`
    Quote,
    /// `[link](address)`
    Link,
}

/// Each with its name, its drawing and its key.
const BUTTONS: [(Format, &str, &str, &str); 6] = [
    (Format::Bold, "Bold", "bold", "Ctrl+B"),
    (Format::Italic, "Italic", "italic", "Ctrl+I"),
    (Format::Heading, "Heading", "heading", ""),
    (Format::List, "List", "list", ""),
    (Format::Quote, "Quote", "quote", ""),
    (Format::Link, "Link", "link", "Ctrl+K"),
];

/// What a format makes of a text: which stretch is replaced by what, and what is selected then. In the units the
/// browser counts in, UTF-16.
#[derive(Debug, PartialEq, Eq)]
struct Edit {
    from: usize,
    to: usize,
    with: String,
    select: (usize, usize),
}

fn edit(text: &[u16], from: usize, to: usize, format: Format) -> Edit {
    let to = to.min(text.len());
    let from = from.min(to);
    let selected = String::from_utf16_lossy(&text[from..to]);
    let around = |before: &str, after: &str| Edit {
        from,
        to,
        with: format!("{before}{selected}{after}"),
        select: (from + before.len(), from + before.len() + (to - from)),
    };
    let lines = |mark: &str| {
        let newline = u16::from(b'\n');
        let start = text[..from].iter().rposition(|unit| *unit == newline).map_or(0, |at| at + 1);
        let whole = String::from_utf16_lossy(&text[start..to]);
        let marked = whole.split('\n').all(|line| line.starts_with(mark));
        let with: Vec<String> = whole
            .split('\n')
            .map(|line| if marked { line[mark.len()..].to_owned() } else { format!("{mark}{line}") })
            .collect();
        let with = with.join("\n");
        let end = start + with.encode_utf16().count();
        Edit { from: start, to, with, select: (end, end) }
    };
    match format {
        Format::Bold => around("**", "**"),
        Format::Italic => around("*", "*"),
        Format::Heading => lines("## "),
        Format::List => lines("- "),
        Format::Quote => lines("> "),
        Format::Link => {
            let edit = around("[", "](https://)");
            // The address is what is left to fill in.
            let address = edit.select.1 + "](".len();
            Edit { select: (address, address + "https://".len()), ..edit }
        }
    }
}

/// Marks what is selected, as if typed: undo takes it back.
pub fn apply(area: &HtmlTextAreaElement, format: Format) {
    let text: Vec<u16> = area.value().encode_utf16().collect();
    let at = |position: Option<u32>| usize::try_from(position.unwrap_or(0)).unwrap_or(0);
    let selection = |area: &HtmlTextAreaElement| {
        (at(area.selection_start().ok().flatten()), at(area.selection_end().ok().flatten()))
    };
    let (from, to) = selection(area);
    let Edit { from, to, with, select } = edit(&text, from, to, format);
    let unit = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
    let _ = area.set_selection_range(unit(from), unit(to));
    browser::insert_text(area, &with);
    let _ = area.set_selection_range(unit(select.0), unit(select.1));
}

/// The buttons.
#[component]
pub fn Toolbar(
    /// The field they act on.
    area: NodeRef<html::Textarea>,
) -> impl IntoView {
    view! {
        <div class="formats" role="toolbar" aria-label="Formatting" aria-controls="chapter-text">
            {BUTTONS
                .map(|(format, words, icon, key)| {
                    view! {
                        <button
                            type="button"
                            class="quiet"
                            aria-label=words
                            title=if key.is_empty() { words.to_owned() } else { format!("{words} ({key})") }
                            on:mousedown=|event| event.prevent_default()
                            on:click=move |_| {
                                if let Some(area) = area.get_untracked() {
                                    apply(&area, format);
                                }
                            }
                        >
                            <Icon name=icon />
                        </button>
                    }
                })
                .into_iter()
                .collect_view()}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn a_selection_is_marked_around_and_stays_selected() {
        let made = edit(&units("a 😀b c"), 2, 5, Format::Bold);
        assert_eq!((made.with.as_str(), made.select), ("**😀b**", (4, 7)));
    }

    #[test]
    fn lines_are_marked_at_their_starts_and_unmarked_again() {
        let made = edit(&units("x\none\ntwo"), 3, 9, Format::List);
        assert_eq!((made.from, made.to, made.with.as_str()), (2, 9, "- one\n- two"));
        assert_eq!(edit(&units("- one\n- two"), 0, 11, Format::List).with, "one\ntwo");
    }

    #[test]
    fn a_link_selects_the_address_to_fill_in() {
        let made = edit(&units("word"), 0, 4, Format::Link);
        assert_eq!((made.with.as_str(), made.select), ("[word](https://)", (7, 15)));
    }
}
