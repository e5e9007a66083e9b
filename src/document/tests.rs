//! What may be written, and how it is shown.

use super::{
    bytes,
    crdt::{Document, EDIT_BYTES, Edit},
    html::html,
    refused::Refused,
    schema::Value,
    sections::write_number,
    tree::{Element, Mark, Node, Run, plain},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use std::time::{Duration, Instant};
use yrs::{
    Any, ArrayPrelim, Doc, GetString, Map, MapPrelim, ReadTxn, StateVector, Text, Transact, TransactionMut, Update,
    Xml, XmlElementPrelim, XmlFragment, XmlFragmentRef, XmlOut, XmlTextPrelim, XmlTextRef, types::Attrs,
    updates::decoder::Decode,
};

/// Somebody who edits beside the server, by whatever means.
struct Hand {
    doc: Doc,
    root: XmlFragmentRef,
}

impl Hand {
    fn new() -> Self {
        let doc = Doc::new();
        let root = doc.get_or_insert_xml_fragment("chapter");
        Self { doc, root }
    }

    fn of(document: &Document) -> Self {
        let hand = Self::new();
        hand.doc.transact_mut().apply_update(Update::decode_v1(&document.state()).unwrap()).unwrap();
        hand
    }

    /// The edit that this makes.
    fn edits(&self, edit: impl FnOnce(&XmlFragmentRef, &mut TransactionMut<'_>)) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        edit(&self.root, &mut txn);
        txn.encode_update_v1()
    }
}

fn take_in(document: &mut Document, edit: &[u8]) -> Result<bool, Refused> {
    document.take_in(Edit::read(edit)?).map(|taken| taken.changed)
}

fn paragraph(text: &str) -> Node {
    let run = Run { text: text.into(), marks: Vec::new() };
    Node::Element(Element::new("paragraph", &[], vec![Node::Text(run)]))
}

fn refused(edit: impl FnOnce(&XmlFragmentRef, &mut TransactionMut<'_>)) -> Refused {
    let mut document = Document::of(&[paragraph("Here.")]);
    let edit = Hand::of(&document).edits(edit);
    take_in(&mut document, &edit).expect_err("it is refused")
}

#[derive(Deserialize)]
struct Rendering {
    name: String,
    update: String,
    html: String,
}

fn renderings() -> Vec<Rendering> {
    serde_json::from_str(include_str!("../../editor/tests/fixtures/rendering.json")).unwrap()
}

#[test]
fn the_server_shows_a_chapter_as_the_editor_does() {
    for Rendering { name, update, html: expected } in renderings() {
        let mut document = Document::default();
        take_in(&mut document, &STANDARD.decode(update).unwrap()).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(html(&document.nodes()), expected, "{name}");
    }
}

#[test]
fn what_the_server_creates_reads_as_it_was_given() {
    for Rendering { name, update, html: expected } in renderings() {
        let given = Document::load(&STANDARD.decode(update).unwrap(), std::iter::empty()).unwrap().nodes();
        let created = Document::of(&given);
        assert_eq!(created.nodes(), given, "{name}");
        let mut other = Document::default();
        assert_eq!(take_in(&mut other, &created.state()), Ok(true), "{name}");
        assert_eq!(html(&other.nodes()), expected, "{name}");
    }
}

#[test]
fn what_two_people_write_at_once_is_all_there() {
    let mut document = Document::of(&[paragraph("Middle.")]);
    let (ann, ben) = (Hand::of(&document), Hand::of(&document));
    let first = ann.edits(|root, txn| {
        root.insert(txn, 0, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("Before.").into()]));
    });
    let second = ben.edits(|root, txn| {
        let text = root.get(txn, 0).unwrap().into_xml_element().unwrap();
        let text = text.get(txn, 0).unwrap().into_xml_text().unwrap();
        text.insert(txn, 7, " And after.");
    });
    assert_eq!(take_in(&mut document, &first), Ok(true));
    assert_eq!(take_in(&mut document, &second), Ok(true));
    assert_eq!(plain(&document.nodes()), "Before.\nMiddle. And after.");
    assert_eq!(take_in(&mut document, &first), Ok(false), "a second time changes nothing");
    let again = Document::load(&document.state(), [first.as_slice(), &second].into_iter()).unwrap();
    assert_eq!(again.nodes(), document.nodes());
}

#[test]
fn who_lacks_something_gets_it_and_gives_what_the_server_lacks() {
    let mut document = Document::of(&[paragraph("Both.")]);
    let ann = Hand::of(&document);
    drop(ann.edits(|root, txn| {
        root.push_back(txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("Hers.").into()]));
    }));
    let here = Hand::of(&document).edits(|root, txn| {
        root.push_back(txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("His.").into()]));
    });
    take_in(&mut document, &here).unwrap();
    let vector = StateVector::decode_v1(&document.state_vector()).unwrap();
    let hers = ann.doc.transact().encode_diff_v1(&vector);
    let lacks =
        document.missing(&yrs::updates::encoder::Encode::encode_v1(&ann.doc.transact().state_vector())).unwrap();
    take_in(&mut document, &hers).unwrap();
    ann.doc.transact_mut().apply_update(Update::decode_v1(&lacks).unwrap()).unwrap();
    let theirs =
        Document::load(&ann.doc.transact().encode_diff_v1(&StateVector::default()), std::iter::empty()).unwrap();
    assert_eq!(theirs.nodes(), document.nodes());
    assert_eq!(document.nodes().len(), 3);
}

#[test]
fn an_edit_tells_whose_hands_it_adds_by() {
    let mut document = Document::of(&[paragraph("Here.")]);
    let ann = Hand::of(&document);
    let edit = ann.edits(|root, txn| {
        root.push_back(txn, XmlElementPrelim::empty("paragraph"));
    });
    let hands = document.new_hands(&Edit::read(&edit).unwrap());
    assert_eq!(hands.into_iter().collect::<Vec<_>>(), [ann.doc.client_id().get()]);
    take_in(&mut document, &edit).unwrap();
    assert!(document.new_hands(&Edit::read(&edit).unwrap()).is_empty(), "nothing new");
}

#[test]
fn an_edit_that_builds_on_what_is_not_here_is_refused() {
    let mut document = Document::of(&[paragraph("Here.")]);
    let ann = Hand::of(&document);
    drop(ann.edits(|root, txn| _ = root.push_back(txn, XmlElementPrelim::empty("paragraph"))));
    let second = ann.edits(|root, txn| _ = root.push_back(txn, XmlElementPrelim::empty("paragraph")));
    assert_eq!(take_in(&mut document, &second), Err(Refused::Missing));
}

#[test]
fn garbage_is_refused() {
    for garbage in [&b""[..], b"\xff\xff\xff\xff", b"{}", &[0; 64], &[255; 1_000]] {
        let mut document = Document::of(&[paragraph("Here.")]);
        match take_in(&mut document, garbage) {
            Ok(changed) => assert!(!changed, "{garbage:?}"),
            Err(why) => assert_ne!(why, Refused::Full, "{garbage:?}"),
        }
    }
    assert!(matches!(Edit::read(&vec![1; EDIT_BYTES + 1]), Err(Refused::TooLarge)));
    assert!(Document::default().missing(&[255; 9]).is_err());
}

#[test]
fn what_is_not_in_the_schema_is_refused() {
    let element = |tag: &str| XmlElementPrelim::empty(tag.to_owned());
    assert_eq!(refused(|root, txn| _ = root.push_back(txn, element("script"))), Refused::NotAllowed);
    assert_eq!(refused(|root, txn| _ = root.push_back(txn, element("list_item"))), Refused::NotAllowed);
    assert_eq!(refused(|root, txn| _ = root.push_back(txn, XmlTextPrelim::new("bare"))), Refused::NotAllowed);
    let odd_attribute = |name: &'static str, value: &'static str| {
        move |root: &XmlFragmentRef, txn: &mut TransactionMut<'_>| {
            let node = root.push_back(txn, XmlElementPrelim::empty("figure"));
            node.insert_attribute(txn, name, value);
        }
    };
    assert_eq!(refused(odd_attribute("onclick", "alert(1)")), Refused::NotAllowed);
    assert_eq!(refused(odd_attribute("src", "javascript:alert(1)")), Refused::NotAllowed);
    assert_eq!(refused(odd_attribute("src", "https://elsewhere.example/x.png")), Refused::NotAllowed);
    assert_eq!(refused(odd_attribute("width", "640")), Refused::NotAllowed);
    // An attribute that is set later, on what is there already.
    let later = |root: &XmlFragmentRef, txn: &mut TransactionMut<'_>| {
        let node = root.get(txn, 0).unwrap().into_xml_element().unwrap();
        node.insert_attribute(txn, "style", "position: fixed");
    };
    assert_eq!(refused(later), Refused::NotAllowed);
}

#[test]
fn marks_that_are_not_in_the_schema_are_refused() {
    let marked = |name: &'static str, value: Any| {
        move |root: &XmlFragmentRef, txn: &mut TransactionMut<'_>| {
            let node = root.get(txn, 0).unwrap().into_xml_element().unwrap();
            let text = node.get(txn, 0).unwrap().into_xml_text().unwrap();
            text.format(txn, 0, 2, Attrs::from([(name.into(), value)]));
        }
    };
    let map = |entries: &[(&str, &str)]| {
        let entries = entries.iter().map(|(name, value)| ((*name).to_owned(), Any::from(*value)));
        Any::from(entries.collect::<std::collections::HashMap<_, _>>())
    };
    assert_eq!(refused(marked("blink", map(&[]))), Refused::NotAllowed);
    assert_eq!(refused(marked("strong", Any::from(true))), Refused::NotAllowed);
    assert_eq!(refused(marked("link", map(&[("href", "javascript:alert(1)")]))), Refused::NotAllowed);
    assert_eq!(refused(marked("link", map(&[("href", "/x"), ("onclick", "x")]))), Refused::NotAllowed);
    // What is within it is taken.
    let mut document = Document::of(&[paragraph("Here.")]);
    let edit = Hand::of(&document).edits(marked("link", map(&[("href", "https://example.org/")])));
    assert_eq!(take_in(&mut document, &edit), Ok(true));
    let expected = r#"<p dir="auto"><a href="https://example.org/" rel="noopener">He</a>re.</p>"#;
    assert_eq!(html(&document.nodes()), expected);
}

#[test]
fn only_nodes_and_text_are_taken() {
    let text = |root: &XmlFragmentRef, txn: &mut TransactionMut<'_>| {
        let node = root.get(txn, 0).unwrap().into_xml_element().unwrap();
        node.get(txn, 0).unwrap().into_xml_text().unwrap()
    };
    assert_eq!(refused(|root, txn| _ = text(root, txn).insert_embed(txn, 0, Any::from(true))), Refused::NotAllowed);
    assert_eq!(
        refused(|root, txn| _ = text(root, txn).insert_embed(txn, 0, MapPrelim::from([("a", "b")]))),
        Refused::NotAllowed
    );
    assert_eq!(refused(|root, txn| _ = text(root, txn).insert_attribute(txn, "a", "b")), Refused::NotAllowed);
    // Another root beside the chapter would be kept and never shown.
    let mut document = Document::of(&[paragraph("Here.")]);
    let hand = Hand::of(&document);
    let hidden = hand.doc.get_or_insert_map("hidden");
    let edit = hand.edits(|_, txn| _ = hidden.insert(txn, "a", ArrayPrelim::from(["b"])));
    assert_eq!(take_in(&mut document, &edit), Err(Refused::NotAllowed));
}

#[test]
fn nodes_stand_in_each_other_only_so_deep() {
    let deep = |levels: usize| {
        move |root: &XmlFragmentRef, txn: &mut TransactionMut<'_>| {
            let mut node = root.push_back(txn, XmlElementPrelim::empty("blockquote"));
            for _ in 1..levels {
                node = node.push_back(txn, XmlElementPrelim::empty("blockquote"));
            }
        }
    };
    assert_eq!(refused(deep(33)), Refused::NotAllowed);
    assert_eq!(refused(deep(5_000)), Refused::NotAllowed);
    let mut document = Document::of(&[paragraph("Here.")]);
    let hand = Hand::of(&document);
    assert_eq!(take_in(&mut document, &hand.edits(deep(32))), Ok(true));
    // One level more, below what is there.
    let edit = hand.edits(|root, txn| {
        let mut node = root.get(txn, 1).unwrap().into_xml_element().unwrap();
        while let Some(inner) = node.get(txn, 0) {
            node = inner.into_xml_element().unwrap();
        }
        node.push_back(txn, XmlElementPrelim::empty("paragraph"));
    });
    assert_eq!(take_in(&mut document, &edit), Err(Refused::NotAllowed));
}

#[test]
fn a_chapter_has_an_end() {
    let mut document = Document::default();
    let page = "All work and no play. ".repeat(20_000);
    let hand = Hand::new();
    let mut more = || {
        let edit = hand.edits(|root, txn| {
            root.push_back(txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new(&page).into()]));
        });
        take_in(&mut document, &edit)
    };
    assert_eq!(more(), Ok(true));
    assert_eq!(more(), Ok(true));
    assert_eq!(more(), Err(Refused::Full));
}

#[test]
fn a_chapter_that_is_written_and_cut_is_not_full() {
    let mut document = Document::default();
    let page = "All work and no play. ".repeat(20_000);
    let hand = Hand::new();
    for _ in 0..5 {
        let write = hand.edits(|root, txn| {
            root.push_back(txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new(&page).into()]));
        });
        assert_eq!(take_in(&mut document, &write), Ok(true));
        let cut = hand.edits(|root, txn| root.remove(txn, 0));
        assert_eq!(take_in(&mut document, &cut), Ok(true));
    }
}

/// A chapter with one paragraph of this text, and somebody who writes in that.
fn long(text: &str) -> (Document, Hand) {
    let document = Document::of(&[paragraph(text)]);
    let hand = Hand::of(&document);
    (document, hand)
}

fn insert_paragraph(root: &XmlFragmentRef, txn: &mut TransactionMut<'_>, text: &str) {
    root.push_back(txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new(text).into()]));
}

fn first_text_of(root: &XmlFragmentRef, txn: &impl ReadTxn) -> String {
    let paragraph = root.get(txn, 0).and_then(XmlOut::into_xml_element).expect("a paragraph");
    paragraph.get(txn, 0).and_then(XmlOut::into_xml_text).expect("a text").get_string(txn)
}

fn first_text(root: &XmlFragmentRef, txn: &TransactionMut<'_>) -> XmlTextRef {
    let paragraph = root.get(txn, 0).and_then(XmlOut::into_xml_element).expect("a paragraph");
    paragraph.get(txn, 0).and_then(XmlOut::into_xml_text).expect("a text")
}

#[test]
fn text_alone_ends_where_a_chapter_ends() {
    let page = "All work and no play. ".repeat(20_000);
    let (mut document, hand) = long(&page);
    let mut more = || take_in(&mut document, &hand.edits(|root, txn| first_text(root, txn).insert(txn, 7, &page)));
    assert_eq!(more(), Ok(true));
    assert_eq!(more(), Err(Refused::Full));
}

#[test]
fn text_that_is_written_and_cut_does_not_fill_a_chapter() {
    let page = "All work and no play. ".repeat(20_000);
    let (mut document, hand) = long("Here.");
    for _ in 0..5 {
        let write = hand.edits(|root, txn| first_text(root, txn).insert(txn, 2, &page));
        assert_eq!(take_in(&mut document, &write), Ok(true));
        let cut = hand.edits(|root, txn| {
            let length = u32::try_from(page.len()).unwrap();
            first_text(root, txn).remove_range(txn, 2, length);
        });
        assert_eq!(take_in(&mut document, &cut), Ok(true));
    }
    assert_eq!(plain(&document.nodes()).trim(), "Here.");
}

#[test]
fn text_stands_nowhere_but_in_texts() {
    let doc = Doc::new();
    let root = doc.get_or_insert_text("chapter");
    let mut txn = doc.transact_mut();
    root.push(&mut txn, "Beside all paragraphs.");
    let edit = txn.encode_update_v1();
    let mut document = Document::of(&[paragraph("Here.")]);
    assert_eq!(take_in(&mut document, &edit), Err(Refused::NotAllowed));
}

#[test]
fn marks_are_nested_by_their_order() {
    let strong = Mark::new("strong", &[]);
    let link = Mark::new("link", &[("href", Value::Text("/a?b=\"c\"".into()))]);
    let run = |text: &str, marks: &[&Mark]| {
        Node::Text(Run { text: text.into(), marks: marks.iter().map(|mark| (*mark).clone()).collect() })
    };
    let text = vec![run("a & ", &[]), run("b", &[&link]), run("c", &[&link, &strong]), run("d", &[&strong])];
    let nodes = vec![Node::Element(Element::new("paragraph", &[], text))];
    let expected = "<p dir=\"auto\">a &amp; <a href=\"/a?b=&quot;c&quot;\" rel=\"noopener\">b<strong>c</strong></a>\
                    <strong>d</strong></p>";
    assert_eq!(html(&nodes), expected);
    assert_eq!(html(&Document::of(&nodes).nodes()), expected);
}

/// An edit as bytes: of each hand, from which clock, which structs.
fn raw(sections: &[(u64, u32, Vec<Vec<u8>>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_number(sections.len() as u64, &mut bytes);
    for (hand, clock, structs) in sections {
        for number in [structs.len() as u64, *hand, (*clock).into()] {
            write_number(number, &mut bytes);
        }
        bytes.extend(structs.concat());
    }
    [bytes, vec![0]].concat()
}

/// A letter in the text with this id that stands after nothing and before nothing.
fn letter_nowhere((hand, clock): (u64, u32)) -> Vec<u8> {
    let mut bytes = vec![4, 0];
    write_number(hand, &mut bytes);
    write_number(clock.into(), &mut bytes);
    [bytes, vec![1, b'a']].concat()
}

/// A chapter in which each letter has to be held against all others that stand nowhere.
fn crowded(letters: usize) -> (Document, (u64, u32)) {
    let mut document = Document::default();
    let paragraph = [&[7, 1, 7][..], b"chapter", &[3, 9], b"paragraph"].concat();
    let text = vec![7, 0, 1, 0, 6];
    let at = (1, 1);
    let letters = std::iter::repeat_n(letter_nowhere(at), letters);
    let edit = raw(&[(1, 0, [paragraph, text].into_iter().chain(letters).collect())]);
    assert_eq!(take_in(&mut document, &edit), Ok(true));
    (document, at)
}

#[test]
fn an_edit_that_would_take_minutes_is_given_up_whoever_made_it() {
    let (mut document, at) = crowded(10_000);
    let many = || std::iter::repeat_n(letter_nowhere(at), 2_000).collect();
    for edit in [raw(&[(3, 0, many())]), raw(&[(3, 0, many()), (2, 0, many())])] {
        let began = Instant::now();
        assert_eq!(take_in(&mut document, &edit), Err(Refused::Slow));
        let took = began.elapsed();
        assert!(took < Duration::from_secs(30), "{took:?}");
        (document, _) = crowded(10_000);
    }
    assert!(document.loads_in_time());
}

#[test]
fn a_chapter_that_takes_long_to_load_is_told_from_one_that_does_not() {
    let (document, _) = crowded(3_000);
    assert!(document.loads_in_time());
    assert!(!document.loads_within(Duration::from_micros(100)), "all its letters are held against each other");
}

#[test]
fn what_several_hands_made_of_each_others_words_is_taken_in_in_turns() {
    let mut hands = [Hand::new(), Hand::new(), Hand::new()];
    hands[0].edits(|root, txn| insert_paragraph(root, txn, "begin "));
    for turn in 0..400 {
        let [one, other] = [turn % 3, (turn + 1) % 3];
        let known = hands[one].doc.transact().encode_state_as_update_v1(&StateVector::default());
        hands[other].doc.transact_mut().apply_update(Update::decode_v1(&known).unwrap()).unwrap();
        hands[other].edits(|root, txn| {
            let text = first_text(root, txn);
            // Before, within and after what the others wrote, and never so that two pieces become one.
            let at = (turn as u32 * 7) % text.len(txn);
            text.insert(txn, at, &format!("{turn} "));
        });
    }
    let last = &mut hands[400 % 3];
    let all = last.doc.transact().encode_state_as_update_v1(&StateVector::default());
    let sections = bytes::sections(&all).unwrap();
    assert!(sections.pieces(&all, 1 << 20).unwrap().len() > 100);
    let mut document = Document::default();
    assert_eq!(take_in(&mut document, &all), Ok(true));
    let text = last.doc.transact();
    assert_eq!(plain(&document.nodes()).trim(), first_text_of(&last.root, &text).trim());
    drop(text);
    assert!(document.loads_in_time());
}

#[test]
fn an_edit_that_builds_on_itself_is_refused() {
    let after = |(hand, clock): (u64, u32)| {
        let mut bytes = vec![0x84];
        write_number(hand, &mut bytes);
        write_number(clock.into(), &mut bytes);
        [bytes, vec![1, b'a']].concat()
    };
    let (mut document, at) = crowded(1);
    let many = |first: Vec<u8>| std::iter::once(first).chain(std::iter::repeat_n(letter_nowhere(at), 200)).collect();
    let edit = raw(&[(3, 0, many(after((2, 5)))), (2, 0, many(after((3, 5))))]);
    assert_eq!(take_in(&mut document, &edit), Err(Refused::Missing));
}
