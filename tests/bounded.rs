//! What anything may cost: memory that grows with what came in, and not with its square.
//!
//! All that is ever allocated is counted, also what was given back: that is the same at every run, it bounds what is held at
//! once, and work that goes on and on without it is rare here. Each text is made in two sizes, the one four times the
//! other. What costs its square would cost sixteen times as much.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use cap::Cap;
use sputnik_editor::{
    costly::Budget,
    document::{
        Document,
        compare::{
            authors::{Author, attributed},
            compare, shown,
        },
        html::{html, html_for_page},
        json,
        markdown::{Cut, read_pieces, write},
        tree::{Element, Mark, Node, Run},
        web_pages::read_file,
    },
};
use std::{alloc::System, collections::HashMap, sync::Mutex, time::Duration};
use yrs::{
    Any, Doc, ReadTxn, StateVector, Text, Transact, Update, XmlElementPrelim, XmlFragment, XmlTextPrelim,
    updates::decoder::Decode,
};

#[global_allocator]
static ALLOCATED: Cap<System> = Cap::new(System, usize::MAX);

/// One at a time: what others allocate meanwhile would count.
static ALONE: Mutex<()> = Mutex::new(());

/// What nobody asks for, and costs once: tables, and whatever is made when it is first needed.
const ROOM: usize = 8 << 20;
/// How many bytes a byte may cost, all that is done with it taken together.
const A_BYTE: usize = 12_000;

/// How many bytes were allocated for it.
fn cost<T>(work: impl FnOnce() -> T) -> usize {
    let before = ALLOCATED.total_allocated();
    drop(work());
    ALLOCATED.total_allocated() - before
}

/// Asserts that it costs a small number of bytes for each, and about four times as much for four times as many.
fn must_be_bounded(name: &str, small: (usize, usize), large: (usize, usize)) {
    let [(short, little), (long, much)] = [small, large];
    assert!(little <= ROOM + short * A_BYTE, "{name}: {little} bytes for {short}");
    assert!(much <= ROOM + long * A_BYTE, "{name}: {much} bytes for {long}");
    assert!(much <= ROOM + 7 * little, "{name}: {little} bytes for {short}, and {much} for {long}");
}

fn budget() -> Budget {
    Budget::of(Duration::from_secs(120))
}

fn paragraph(children: Vec<Node>) -> Node {
    Node::Element(Element::new("paragraph", &[], children))
}

/// All that may be done with what stands in a chapter.
fn all_that_is_done_with(nodes: &[Node], others: &[Node]) {
    let document = Document::of(nodes);
    let nodes = document.nodes();
    drop(html(&nodes));
    drop(html_for_page(&nodes));
    drop(write(&nodes));
    drop(json::read(&json::write(&nodes)));
    drop(shown(compare(&nodes, others, &budget())));
    drop(attributed(&document.state(), &HashMap::new(), &budget()));
}

/// Texts that are made to cost, about so many bytes long.
fn texts(size: usize) -> Vec<(&'static str, String)> {
    let of = |text: &str| text.repeat(size / text.len());
    let table = |columns: usize, rows: usize| {
        format!("{}|\n{}|\n{}\n", "|a".repeat(columns), "|-".repeat(columns), "b\n".repeat(rows))
    };
    let numbered = |each: &dyn Fn(usize) -> String, length: usize| (0..size / length).map(each).collect::<String>();
    vec![
        ("one line", of("a word and ")),
        ("paragraphs", of("a word and\n\n")),
        ("letters", of("a\n")),
        ("a table as large as it looks", format!("|a|b|\n|-|-|\n{}", of("|1|2|\n"))),
        ("a table of many columns and short rows", table(size / 8, size / 4)),
        ("four of them", table(size / 32, size / 16).repeat(4)),
        ("one in a quote", format!("> {}", table(size / 8, size / 4).replace('\n', "\n> "))),
        ("one in a list", format!("- {}", table(size / 8, size / 4).replace('\n', "\n  "))),
        ("one in a note", format!("a[^1]\n\n[^1]: {}", table(size / 8, size / 4).replace('\n', "\n    "))),
        ("a table of nothing but signs", format!("{}\n{}-|\n", of("|"), of("|-"))),
        ("rows of nothing but signs", format!("|||\n|-|-|\n{}", of("||||||||\n"))),
        ("quotes in one another", of(">") + " a"),
        ("lists in one another", of("- ") + "a"),
        ("both", of("> - ") + "a"),
        ("lists a line deeper", (0..size.isqrt()).map(|n| " ".repeat(2 * n) + "- a\n").collect()),
        ("and empty lines", (0..64).map(|n| " ".repeat(2 * n) + "- a\n").collect::<String>() + &of("\n")),
        ("items", of("- a\n")),
        ("numbered items", of("1. a\n")),
        ("tasks", of("- [x] a\n")),
        ("emphasis", of("*a* ")),
        ("emphasis in itself", of("*a ") + &of("b* ")),
        ("emphasis that never ends", of("*a **b _c __d ~e ")),
        ("stars", of("*")),
        ("brackets", of("[")),
        ("links", of("[a](/b) ")),
        ("one link around much", format!("[{}](/{})", of("*a*b "), "c".repeat(1_900))),
        ("links by one name", format!("[a]: /{}\n\n{}", "b".repeat(1_900), of("[a] "))),
        ("names of links", numbered(&|n| format!("[a{n}]: /b\n"), 12)),
        ("pictures in pictures", of("![") + "a" + &of("](/b.png)")),
        ("pictures", of("![a](/b.png)\n\n")),
        ("notes", numbered(&|n| format!("a[^{n}]\n\n[^{n}]: b\n\n"), 20)),
        ("notes of notes", numbered(&|n| format!("a[^{n}]\n\n[^{n}]: b [^{}]\n\n", n + 1), 26)),
        ("notes in notes", of("[^a]: ")),
        ("one note pointed to often", format!("{}\n\n[^a]: {}", of("[^a]"), of("b "))),
        ("marks as html", of("<em>a")),
        ("marks as html that end", of("<em><strong>a</strong></em>")),
        ("languages", of("<span lang=\"de\">a")),
        ("html", of("<div>\n\n")),
        ("html in itself", of("<div>")),
        ("and ends of others", of("<div>") + &of("</p>") + &of("</div>")),
        ("marks of html in themselves", of("<b><i>") + "a" + &of("</b></i>")),
        ("lists of html in themselves", format!("<ul>{}", of("<li><ul>"))),
        ("lists of html in lists", format!("<ul>{}", of("<ul>"))),
        ("tables of html in tables", format!("<table>{}", of("<table><tr><td>"))),
        ("cells of html", format!("<table><tr>{}", of("<td>"))),
        ("cells that are wide", format!("<table>{}", of("<tr><td colspan=100 rowspan=1000>"))),
        ("what never ends in html", of("<svg>")),
        ("what is hidden", of("<p hidden>a</p>")),
        ("comments", of("<!-- a -->")),
        ("comments that never end", of("<!-- a ")),
        ("attributes", format!("<p {}>", of("a=b "))),
        ("one tag over many lines", format!("a <img\n{}>", of("x=\"y\"\n"))),
        ("parts of a book", of("<!-- chapter -->\n\n## a\n\n")),
        ("what is said at the head", format!("---\n{}---\na", of("a: b\n"))),
        ("notes in notes in turn", numbered(&|n| format!("[^{n}]: a [^{}][^{}]\n\n", n + 1, n + 1), 24) + "[^0]"),
        ("angles", of("<")),
        ("entities", of("&amp;&#32;")),
        ("backticks", (1..size.isqrt()).map(|n| "`".repeat(n) + " ").collect()),
        ("fences", of("```\na\n```\n")),
        ("headings", of("# a\n")),
        ("breaks", of("a\\\n")),
        ("addresses", of("www.a.b a@b.c ")),
        ("backslashes", of("\\")),
        ("zeros", of("\0")),
        ("wide signs", of("月は海")),
    ]
}

#[test]
fn no_text_of_markdown_costs_more_than_its_length() {
    let _alone = ALONE.lock().unwrap();
    // What is made when it is first needed.
    all_that_is_done_with(&read_pieces("*a*", Cut::Nowhere, &budget()).unwrap().pieces.remove(0).nodes, &[]);
    let measured = |text: &str| {
        let work = || {
            let Ok(text) = read_pieces(text, Cut::Nowhere, &budget()) else { return };
            let nodes: Vec<Node> = text.pieces.into_iter().flat_map(|piece| piece.nodes).collect();
            all_that_is_done_with(&nodes, &[paragraph(Vec::new())]);
        };
        (text.len(), cost(work))
    };
    for ((name, short), (_, long)) in texts(5_000).into_iter().zip(texts(20_000)) {
        let (small, large) = (measured(&short), measured(&long));
        if std::env::var_os("SHOW_COSTS").is_some() {
            let each = |(bytes, cost): (usize, usize)| cost / bytes.max(1);
            println!("{name:45} {:>6} and {:>6} bytes a byte", each(small), each(large));
        }
        must_be_bounded(name, small, large);
    }
}

/// Texts of HTML that are made to cost, about so many bytes long.
fn pages(size: usize) -> Vec<(&'static str, String)> {
    let of = |text: &str| text.repeat(size / text.len());
    let numbered = |each: &dyn Fn(usize) -> String, length: usize| (0..size / length).map(each).collect::<String>();
    vec![
        ("blocks in one another", of("<div>") + "a" + &of("</div>")),
        ("marks in one another", of("<b>") + "a" + &of("</b>")),
        ("tables in one another", of("<table><tr><td>") + "a"),
        ("lists in one another", of("<ul><li>") + "a"),
        ("attributes of one element", format!("<p {}>a", numbered(&|n| format!("a{n}=b "), 8))),
        ("cells that are wide", format!("<table>{}", of("<tr><td colspan=1000000 rowspan=1000000>a"))),
        ("very many elements", of("<i>a</i>")),
        ("very many paragraphs", of("<p>a")),
        ("names", numbered(&|n| format!("<p id=n{n}>a"), 12)),
        ("links to them", of("<a href='#a'>1</a>") + "<p id=a>b"),
        ("notes", numbered(&|n| format!("<a href='#n{n}' id=r{n}>1</a><p id=n{n}><a href='#r{n}'>1</a>a"), 60)),
        ("one note that is pointed to often", of("<a epub:type=noteref href='#a'>1</a>") + "<aside id=a>b" + &of("c ")),
        ("notes in notes", numbered(&|n| format!("<aside id=n{n}><a epub:type=noteref href='#n{}'>1</a>", n + 1), 50)),
        ("notes that point to all others", of("<aside id=a><a epub:type=noteref href='#a'>1</a></aside>")),
        ("poems in poems", of("<div class=poem>") + "a"),
        ("figures in figures", of("<figure>") + "a" + &of("<figcaption>b")),
        ("what never ends", of("<svg>") + &of("<a href=#x>")),
        ("ends of nothing", of("</div>")),
        ("headings", of("<h1>a</h1>")),
        ("languages in one another", of("<p lang=fr><span lang=de>a")),
    ]
}

#[test]
fn no_page_of_html_costs_more_than_its_length() {
    let _alone = ALONE.lock().unwrap();
    let read = |text: &str| {
        let Ok(mut book) = read_file("a.html", text.as_bytes(), &budget()) else { return };
        let level = book.level();
        for piece in book.cut(level) {
            drop(html(&piece.nodes));
        }
    };
    read("<p>a");
    for ((name, short), (_, long)) in pages(20_000).into_iter().zip(pages(80_000)) {
        let (small, large) = (cost(|| read(&short)), cost(|| read(&long)));
        if std::env::var_os("SHOW_COSTS").is_some() {
            println!("{name:45} {small:>10} and {large:>10} bytes");
        }
        must_be_bounded(name, (short.len(), small), (long.len(), large));
    }
}

/// Chapters that no file would make, about so large, each in two versions.
fn chapters(size: usize) -> Vec<(&'static str, Vec<Node>, Vec<Node>)> {
    let run = |text: &str, marks: &[Mark]| Node::Text(Run { text: text.to_owned(), marks: marks.to_vec() });
    let mark = |name: &str| Mark::new(name, &[]);
    let link =
        |address: &str| Mark::new("link", &[("href", sputnik_editor::document::schema::Value::Text(address.into()))]);
    let long = link(&format!("/{}", "a".repeat(1_900)));
    let cell = || Node::Element(Element::new("table_cell", &[], vec![paragraph(vec![run("a", &[])])]));
    let row = |cells: usize| Node::Element(Element::new("table_row", &[], (0..cells).map(|_| cell()).collect()));
    let rows = std::iter::once(row(size / 16)).chain((0..size / 16).map(|_| row(1))).collect();
    let ragged = vec![Node::Element(Element::new("table", &[], rows))];
    let turned = |n: usize| if n.is_multiple_of(2) { vec![long.clone()] } else { vec![long.clone(), mark("strong")] };
    let in_a_link = vec![paragraph((0..size / 4).map(|n| run("ab", &turned(n))).collect())];
    let links = [link("/a"), link("/b")];
    let inside = |n: usize| vec![links[n % 2].clone(), mark("emphasis"), mark("strong")];
    let around = vec![paragraph((0..size / 8).map(|n| run("a ", &inside(n))).collect())];
    let words = |each: &str| vec![paragraph(vec![run(&each.repeat(size / each.len()), std::slice::from_ref(&long))])];
    let short = |word: &str| (0..size / 16).map(|n| paragraph(vec![run(&format!("{word}{n}"), &[])])).collect();
    let breaks = || {
        let each = |_| [run("a", &[]), Node::Element(Element::new("hard_break", &[], Vec::new()))];
        vec![paragraph((0..size / 16).flat_map(each).collect())]
    };
    vec![
        ("a table with one long row", ragged.clone(), ragged),
        ("marks that change within a long link", in_a_link.clone(), in_a_link),
        ("marks that hold on while what is around them changes", around.clone(), around),
        ("every other word of a long link is another", words("a b "), words("a c ")),
        ("paragraphs that have nothing in common", short("a"), short("b")),
        ("lines of one letter", breaks(), breaks()),
    ]
}

#[test]
fn no_chapter_costs_more_than_its_length() {
    let _alone = ALONE.lock().unwrap();
    all_that_is_done_with(&[paragraph(Vec::new())], &[]);
    for ((name, old, new), (_, older, newer)) in chapters(5_000).into_iter().zip(chapters(20_000)) {
        let measured = |old: &[Node], new: &[Node]| cost(|| all_that_is_done_with(new, old));
        let (small, large) = (measured(&old, &new), measured(&older, &newer));
        if std::env::var_os("SHOW_COSTS").is_some() {
            println!("{name:55} {small:>10} and {large:>10} bytes");
        }
        must_be_bounded(name, (5_000, small), (20_000, large));
    }
}

/// A chapter of paragraphs, each replaced by another hand or by the same.
fn replaced(paragraphs: usize, hands: bool) -> (Vec<u8>, HashMap<u64, Author>) {
    let person = |n: u64| Author { id: format!("p{n}").parse().unwrap(), name: format!("Person {n}"), hue: 0 };
    let mut owners = HashMap::new();
    let mut doc = Doc::with_client_id(1_000_u64);
    owners.insert(1_000, person(0));
    let root = doc.get_or_insert_xml_fragment("chapter");
    {
        let mut txn = doc.transact_mut();
        for n in 0..paragraphs {
            let text = XmlTextPrelim::new(format!("Line {n} as it was."));
            root.push_back(&mut txn, XmlElementPrelim::new("paragraph", [text.into()]));
        }
    }
    let everything = |doc: &Doc| doc.transact().encode_state_as_update_v1(&StateVector::default());
    let step = if hands { paragraphs / 100 } else { paragraphs };
    for first in (0..paragraphs).step_by(step.max(1)) {
        if hands {
            let hand = 2_000 + first as u64;
            let next = Doc::with_client_id(hand);
            let _ = next.get_or_insert_xml_fragment("chapter");
            next.transact_mut().apply_update(Update::decode_v1(&everything(&doc)).unwrap()).unwrap();
            owners.insert(hand, person(first as u64));
            doc = next;
        }
        let root = doc.get_or_insert_xml_fragment("chapter");
        let mut txn = doc.transact_mut();
        let texts: Vec<_> = root
            .children(&txn)
            .skip(first)
            .take(step)
            .filter_map(|node| node.into_xml_element()?.get(&txn, 0)?.into_xml_text())
            .collect();
        for text in texts {
            text.remove_range(&mut txn, 0, 7);
            text.insert(&mut txn, 0, "Another beginning");
        }
    }
    let state = everything(&doc);
    // As it is kept.
    let document = Document::load(&state, std::iter::empty()).unwrap();
    (document.state(), owners)
}

// 5,000 replaced paragraphs took 47.7 s, 3,000 took 5.6.
#[test]
fn who_wrote_what_takes_the_square_of_what_was_replaced() {
    let _alone = ALONE.lock().unwrap();
    for hands in [false, true] {
        let measured = |paragraphs: usize| {
            let (state, owners) = replaced(paragraphs, hands);
            (state.len(), cost(|| attributed(&state, &owners, &budget()).unwrap()))
        };
        measured(10);
        let (small, large) = (measured(500), measured(2_000));
        must_be_bounded("replaced paragraphs", small, large);
    }
}

// A link's address was shown with each of its letters, where each was another's.
#[test]
fn a_long_link_whose_letters_are_many_peoples_is_shown_with_its_address_once() {
    let _alone = ALONE.lock().unwrap();
    let address = format!("https://example.org/{}", "a".repeat(1_900));
    let (mut ann, mut ben) = (Doc::with_client_id(1_u64), Doc::with_client_id(2_u64));
    let link = || {
        let href = HashMap::from([("href".to_owned(), Any::from(address.as_str()))]);
        HashMap::from([("link".into(), Any::from(href))])
    };
    {
        let root = ann.get_or_insert_xml_fragment("chapter");
        let mut txn = ann.transact_mut();
        let line = root.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("").into()]));
        let text = line.get(&txn, 0).unwrap().into_xml_text().unwrap();
        text.insert_with_attributes(&mut txn, 0, "abcdefgh", link());
    }
    for round in 0..6 {
        let state = ann.transact().encode_state_as_update_v1(&StateVector::default());
        let root = ben.get_or_insert_xml_fragment("chapter");
        ben.transact_mut().apply_update(Update::decode_v1(&state).unwrap()).unwrap();
        let mut txn = ben.transact_mut();
        let line = root.get(&txn, 0).unwrap().into_xml_element().unwrap();
        let text = line.get(&txn, 0).unwrap().into_xml_text().unwrap();
        text.insert(&mut txn, 1 + round * 2, "!");
        drop(txn);
        std::mem::swap(&mut ann, &mut ben);
    }
    let state = ann.transact().encode_state_as_update_v1(&StateVector::default());
    let person = |name: &str| Author { id: name.parse().unwrap(), name: name.into(), hue: 0 };
    let owners = HashMap::from([(1, person("ann")), (2, person("ben"))]);
    let shown = attributed(&state, &owners, &budget()).unwrap();
    assert!(shown.html.matches("<span class=\"by").count() > 4, "{}", shown.html);
    assert_eq!(shown.html.matches("example.org").count(), 1);
}
