//! A text of Markdown as one chapter or as several.

use super::{
    super::tree::Node,
    options,
    reading::{Notes, words},
};
use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
    parse_document,
};

/// A chapter's worth of a text.
#[derive(Debug, PartialEq)]
pub struct Piece {
    /// The heading it begins with, which is not in the nodes.
    pub title: Option<String>,
    /// What stands in it.
    pub nodes: Vec<Node>,
}

/// Where a text is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nowhere: it is all text.
    Nowhere,
    /// After the heading it begins with, if it does.
    FirstHeading,
    /// Before each heading of the first level.
    EachFirstLevel,
}

/// What stands in a text of Markdown.
pub fn read(markdown: &str) -> Vec<Node> {
    read_pieces(markdown, Cut::Nowhere).into_iter().flat_map(|piece| piece.nodes).collect()
}

/// The pieces of a text; none, where nothing stands in it. A note stands where it is first pointed to, wherever in the
/// text it was written.
pub fn read_pieces(markdown: &str, cut: Cut) -> Vec<Piece> {
    let arena = Arena::new();
    // As CommonMark wants it; PostgreSQL would not keep it either.
    let markdown = markdown.replace('\0', "\u{fffd}");
    let root = parse_document(&arena, &markdown, &options());
    let mut notes = Notes::of(root);
    let (mut pieces, mut piece) = (Vec::new(), Piece { title: None, nodes: Vec::new() });
    for (number, block) in root.children().enumerate() {
        if begins(block, number, cut) {
            let next = Piece { title: Some(words(block)), nodes: Vec::new() };
            pieces.push(std::mem::replace(&mut piece, next));
        } else {
            notes.block(block, 1, &mut piece.nodes);
        }
    }
    // At the end, whatever it was about.
    piece.nodes.extend(notes.unused(root));
    pieces.push(piece);
    pieces.retain(|piece| piece.title.is_some() || !piece.nodes.is_empty());
    pieces
}

fn begins(block: &AstNode<'_>, number: usize, cut: Cut) -> bool {
    let NodeValue::Heading(heading) = &block.data.borrow().value else { return false };
    match cut {
        Cut::Nowhere => false,
        Cut::FirstHeading => number == 0,
        Cut::EachFirstLevel => heading.level == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::tree::plain, *};

    fn pieces(markdown: &str, cut: Cut) -> Vec<(Option<String>, String)> {
        read_pieces(markdown, cut).into_iter().map(|piece| (piece.title, plain(&piece.nodes))).collect()
    }

    fn titled(title: &str, text: &str) -> (Option<String>, String) {
        (Some(title.into()), text.into())
    }

    #[test]
    fn a_text_is_cut_where_it_was_asked_for() {
        let text = "# One\n\na\n\n## Inner\n\nb\n\nTwo\n===\n\nc";
        assert_eq!(pieces(text, Cut::Nowhere), [(None, "One\na\nInner\nb\nTwo\nc".into())]);
        assert_eq!(pieces(text, Cut::FirstHeading), [titled("One", "a\nInner\nb\nTwo\nc")]);
        assert_eq!(pieces(text, Cut::EachFirstLevel), [titled("One", "a\nInner\nb"), titled("Two", "c")]);
    }

    #[test]
    fn what_stands_before_the_first_heading_is_a_piece_of_its_own() {
        let text = "before\n\n# *One* `x`\n\n> # not here\n\n```\n# nor here\n```";
        assert_eq!(
            pieces(text, Cut::EachFirstLevel),
            [(None, "before".into()), titled("One x", "not here\n# nor here")]
        );
        assert_eq!(pieces(text, Cut::FirstHeading).len(), 1);
        assert_eq!(pieces(" \n\n", Cut::EachFirstLevel), []);
        assert_eq!(pieces("# Only a title", Cut::FirstHeading), [titled("Only a title", "")]);
    }

    #[test]
    fn a_note_goes_with_what_points_to_it() {
        let text = "# One\n\na[^1]\n\n# Two\n\nb[^2]\n\n[^1]: first\n\n[^2]: second\n\n[^3]: nobody's";
        assert_eq!(
            pieces(text, Cut::EachFirstLevel),
            [titled("One", "a (first)"), titled("Two", "b (second)\nnobody's")]
        );
    }
}
