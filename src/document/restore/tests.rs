use super::{
    super::{html::html, json, markdown},
    *,
};
use proptest::prelude::*;
use yrs::{Update, updates::decoder::Decode};

/// A chapter that was written and rewritten: what it is now, and somebody's copy of it.
fn document(text: &str) -> Document {
    Document::of(&markdown::read(text))
}

#[test]
fn what_holds_blocks_has_one_once_it_is_restored() {
    let nodes = json::read(r#"[["bullet_list",{},["list_item",{}],["list_item",{},["blockquote",{}]]]]"#).unwrap();
    let mut chapter = document("Here.");
    chapter.restore(&nodes).unwrap().unwrap();
    let shown = "<ul><li><p dir=\"auto\"></p></li><li><blockquote><p dir=\"auto\"></p></blockquote></li></ul>";
    assert_eq!(html(&chapter.nodes()), shown);
    assert_eq!(chapter.restore(&nodes), Ok(None), "it is that already");
}

#[test]
fn a_chapter_becomes_what_it_is_restored_to_and_so_does_everybodys_copy() {
    let mut chapter = document("One.\n\n- two\n- three *four*\n\nFive.");
    let mut copy = Document::load(&chapter.state(), std::iter::empty()).unwrap();
    let wanted = markdown::read("One.\n\n- two\n- three **four** and more\n- new\n\n## Five\n\n> six");
    let edit = chapter.restore(&wanted).unwrap().expect("it is another");
    assert_eq!(simplest(&chapter.nodes()), simplest(&wanted));
    copy.take_in(Edit::read(&edit).unwrap()).unwrap();
    assert_eq!(copy.nodes(), chapter.nodes());
    assert_eq!(chapter.restore(&wanted), Ok(None), "it is that already");
}

#[test]
fn what_somebody_writes_in_a_block_that_stays_is_kept() {
    let mut chapter = document("One stays here.\n\nTwo goes away.\n\nThree changes its mind.");
    let mut theirs = Document::load(&chapter.state(), std::iter::empty()).unwrap();
    let edit = {
        let mut txn = theirs.doc.transact_mut();
        for (block, words) in [(0, "Indeed: "), (2, "Ever: ")] {
            let node = theirs.root.get(&txn, block).unwrap().into_xml_element().unwrap();
            node.get(&txn, 0).unwrap().into_xml_text().unwrap().insert(&mut txn, 0, words);
        }
        txn.encode_update_v1()
    };
    let restored = chapter.restore(&markdown::read("One stays here.\n\nThree changes its tune.")).unwrap().unwrap();
    chapter.take_in(Edit::read(&edit).unwrap()).unwrap();
    assert_eq!(tree::plain(&chapter.nodes()), "Indeed: One stays here.\nEver: Three changes its tune.");
    theirs.take_in(Edit::read(&restored).unwrap()).unwrap();
    assert_eq!(theirs.nodes(), chapter.nodes());
}

#[test]
fn a_small_change_of_a_long_chapter_is_a_small_edit() {
    let text = |word: &str| (0..500).map(|n| format!("Line {n} of {word}.")).collect::<Vec<_>>().join("\n\n");
    let mut chapter = document(&text("the tide"));
    let edit = chapter.restore(&markdown::read(&text("the tide").replace("Line 250 of", "Line 250 in"))).unwrap();
    assert!(edit.unwrap().len() < 200);
}

#[test]
fn an_empty_chapter_still_has_a_place_to_begin_at() {
    let mut chapter = document("Words.");
    chapter.restore(&[]).unwrap().unwrap();
    assert_eq!(chapter.nodes(), [Node::Element(Element::new("paragraph", &[], Vec::new()))]);
}

#[test]
fn what_a_chapter_cannot_contain_is_refused() {
    let item = Node::Element(Element::new("list_item", &[], Vec::new()));
    assert_eq!(document("Words.").restore(&[item]), Err(Refused::NotAllowed));
    let mut long = document("Words.");
    let run = Run { text: "x".repeat(super::super::crdt::TEXT_UNITS + 1), marks: Vec::new() };
    let nodes = [Node::Element(Element::new("paragraph", &[], vec![Node::Text(run)]))];
    assert_eq!(long.restore(&nodes), Err(Refused::Full));
}

#[test]
fn texts_that_were_joined_by_others_are_restored_too() {
    // Two texts in one paragraph, as an editor leaves them when two paragraphs are joined.
    let mut chapter = document("First.");
    let edit = {
        let copy = Document::load(&chapter.state(), std::iter::empty()).unwrap();
        let mut txn = copy.doc.transact_mut();
        let node = copy.root.get(&txn, 0).unwrap().into_xml_element().unwrap();
        node.push_back(&mut txn, yrs::XmlTextPrelim::new(" Second."));
        txn.encode_update_v1()
    };
    assert!(Update::decode_v1(&edit).is_ok());
    chapter.take_in(Edit::read(&edit).unwrap()).unwrap();
    let wanted = markdown::read("First. Second, changed.");
    chapter.restore(&wanted).unwrap().unwrap();
    assert_eq!(simplest(&chapter.nodes()), simplest(&wanted));
}

/// A chapter of some lines.
fn chapter() -> impl Strategy<Value = Vec<Node>> {
    let word =
        prop::sample::select(vec!["moon", "sea", "*tide*", "**pulls**", "the", "😀", "naïve", "日本", "[^1]", "`x`"]);
    let line = prop::collection::vec(word, 1..8).prop_map(|words| words.join(" "));
    let block = (0..8_usize, line).prop_map(|(kind, line)| match kind {
        0 => format!("## {line}"),
        1 => format!("- {line}\n- {line} too"),
        2 => format!("> {line}"),
        3 => "***".to_owned(),
        4 => format!("| {line} | b |\n|---|---|\n| c | {line} |"),
        5 => format!("- [x] {line}\n- [ ] {line}"),
        _ => line,
    });
    prop::collection::vec(block, 0..8)
        .prop_map(|blocks| markdown::read(&(blocks.join("\n\n") + "\n\nEnd.\n\n[^1]: note")))
}

proptest! {
    #[test]
    fn whatever_a_chapter_was_it_ends_as_exactly_what_it_is_restored_to(
        first in chapter(), then in chapter(), last in chapter(),
    ) {
        let mut document = Document::of(&first);
        let mut copy = Document::load(&document.state(), std::iter::empty()).unwrap();
        for wanted in [&then, &last, &first] {
            if let Some(edit) = document.restore(wanted).unwrap() {
                copy.take_in(Edit::read(&edit).unwrap()).unwrap();
            }
            prop_assert_eq!(simplest(&document.nodes()), simplest(wanted));
            prop_assert_eq!(copy.nodes(), document.nodes());
        }
    }
}
