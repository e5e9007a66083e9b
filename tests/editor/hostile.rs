//! What no editor sends. It is refused with words or does no harm, takes no long time, and disturbs nobody: not now, and
//! not after a restart.

use crate::{
    made_edits::{At, attribute, edit, edits, element, item, mark, number, text, text_node, words},
    support::dice::Dice,
    world::World,
    page::Page,
    writing::chapter,
};
use sputnik::{
    book::{
        model::Role,
        writing::{
            document::{Document, Edit, Refused},
            html::html,
        },
    },
    sputnik::fault::Code,
};
use std::time::{Duration, Instant};
use yrs::{
    Doc, ReadTxn, StateVector, Text, Transact, Update, XmlElementPrelim, XmlFragment, XmlTextPrelim,
    updates::decoder::Decode,
};

/// How long one edit may take, in a build that is not optimised, on a machine that has other things to do.
const BOUND: Duration = Duration::from_secs(8);
/// For how long somebody rests who was refused.
const REST: Duration = Duration::from_secs(2);
/// His hand.
const H: u64 = 4_321;

/// Made of nothing but what is there: a paragraph at the top with a text in it.
fn a_text() -> Vec<Vec<u8>> {
    vec![element(At::Top, "paragraph"), text_node(At::In((H, 0)))]
}

fn with(more: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    edit(H, 0, &[a_text(), more.into_iter().collect()].concat(), &[])
}

fn values(at: At, bytes: &[u8]) -> Vec<u8> {
    with([element(At::After((H, 0)), "figure"), item(8, at, bytes)])
}

/// Everything that must be refused, by name.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let top = |structs: &[Vec<u8>]| edit(H, 0, structs, &[]);
    let figure = |name, value: &str| top(&[element(At::Top, "figure"), attribute((H, 0), name, value)]);
    let marked = |name: &str, json: &str| with([mark(At::In((H, 1)), name, json), words(At::After((H, 2)), "x")]);
    let link = |href: &str| marked("link", &format!("{{\"href\":{}}}", serde_json::to_string(href).unwrap()));
    let src = At::Named((H, 2), "src");
    let mut all = vec![
        ("a node that is none", top(&[element(At::Top, "script")])),
        ("a node where it may not stand", top(&[element(At::Top, "list_item")])),
        ("a text at the top", top(&[text_node(At::Top)])),
        ("words at the top", top(&[words(At::Top, "x")])),
        ("words in an element", top(&[element(At::Top, "paragraph"), words(At::In((H, 0)), "x")])),
        ("a map", top(&[item(7, At::Top, &[1])])),
        ("an array in a paragraph", top(&[element(At::Top, "paragraph"), item(7, At::In((H, 0)), &[0])])),
        ("a fragment", top(&[item(7, At::Top, &[4])])),
        ("a hook", top(&[item(7, At::Top, b"\x05\x04hook")])),
        ("a weak link", top(&[item(7, At::Top, &[7, 0, 1, 1, 1, 1])])),
        ("a subdocument", top(&[item(9, At::Top, b"\x04guid\x76\x00")])),
        ("an embed", with([item(5, At::In((H, 1)), b"\x02{}")])),
        ("binary", with([item(3, At::In((H, 1)), b"\x02ab")])),
        ("json", with([item(2, At::In((H, 1)), b"\x01\x02{}")])),
        ("an unknown content", with([item(11, At::In((H, 1)), &[0; 8])])),
        ("another root", top(&[element(At::Root("hidden"), "paragraph")])),
        ("an attribute of the top", top(&[item(8, At::NamedTop("a"), b"\x01\x77\x01b")])),
        ("a node as an attribute", with([element(At::Named((H, 0), "level"), "paragraph")])),
        ("an attribute of a text", with([attribute((H, 1), "a", "b")])),
        ("an event's attribute", figure("onerror", "alert(1)")),
        ("a style", figure("style", "position:fixed")),
        ("a number that is text", figure("width", "1")),
        ("a number too large", values(At::Named((H, 2), "width"), &[1, 125, 0xbf, 0xff, 0xff, 0xff, 0x0f])),
        ("a number that is no number", values(At::Named((H, 2), "width"), &[1, 123, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0])),
        ("a number only some can read", values(At::Named((H, 2), "width"), &[1, 122, 0, 0, 0, 0, 0, 0, 0, 1])),
        ("bytes as a value", values(src, b"\x01\x74\x01a")),
        ("an object as a value", values(src, b"\x01\x76\x01\x01a\x77\x01b")),
        ("values, the last of them bad", values(src, b"\x02\x77\x02/a\x77\x0dhttps://a.org")),
        ("a mark that is none", marked("blink", "{}")),
        ("a mark that is not an object", marked("strong", "true")),
        ("a mark with more than it has", marked("link", r#"{"href":"/x","onclick":"x"}"#)),
        ("a mark that is no JSON", marked("strong", "{")),
        ("a mark that is nested deep", marked("strong", &format!("{}{}", "[".repeat(8_000), "]".repeat(8_000)))),
        ("a language that is none", marked("language", r#"{"lang":"de\" onclick=\"x"}"#)),
        ("garbage", vec![255; 100]),
        ("nothing at all", Vec::new()),
        ("more than there is", vec![1, 0xff, 0xff, 0xff, 0x7f, 5, 0]),
        ("more hands than there are", vec![0xff, 0xff, 0xff, 0xff, 0x0f]),
        ("bytes after the end", [with([]), vec![0]].concat()),
        ("a hole", edit(H, 0, &[vec![10, 5], element(At::After((1, 0)), "paragraph")], &[])),
        ("a beginning that is missing", edit(H, 7, &a_text(), &[])),
        ("a neighbour that is missing", top(&[element(At::After((99, 5)), "paragraph")])),
        ("a neighbour in its own future", top(&[element(At::After((H, 5)), "paragraph")])),
        ("a node in itself", top(&[element(At::In((H, 0)), "blockquote")])),
        (
            "two nodes in each other",
            edits(
                &[
                    (H, 0, &[element(At::In((H + 1, 0)), "blockquote")]),
                    (H + 1, 0, &[element(At::In((H, 0)), "blockquote")]),
                ],
                &[],
            ),
        ),
        ("a hand of 54 bits", edit(1 << 53, 0, &a_text(), &[])),
        ("a hand of 64 bits", edit(u64::MAX, 0, &a_text(), &[])),
        ("the end of all clocks", edit(H, u32::MAX - 1, &a_text(), &[])),
        ("a length over the end of all clocks", top(&[vec![0, 0xff, 0xff, 0xff, 0xff, 0x0f], vec![0, 5]])),
        ("no length", top(&[vec![0, 0]])),
        ("words without a letter", with([words(At::In((H, 1)), "")])),
        ("a hand twice", edits(&[(H, 0, &a_text()), (H, 2, &[words(At::In((H, 1)), "x")])], &[])),
        ("removed in advance, of a hand that is not here", edit(H, 0, &[], &[(77, 0, 1 << 20)])),
        ("removed in advance, of its own", edit(H, 0, &a_text(), &[(H, 0, 1 << 20)])),
        ("removed twice", edit(H, 0, &a_text(), &[(H, 0, 1), (H, 1, 1)])),
        ("removed beyond all clocks", edit(H, 0, &a_text(), &[(H, 0, u32::MAX)])),
        ("values in each other without end", values(src, &[&[1][..], &[117, 1].repeat(400_000)].concat())),
        ("objects in each other without end", values(src, &[&[1][..], &b"\x76\x01\x01a".repeat(200_000)].concat())),
        (
            "objects that say they are huge",
            values(src, &[&[1][..], &b"\x76\xff\xff\xff\x07\x01a".repeat(900)].concat()),
        ),
        ("lists that say they are huge", values(src, &[&[1][..], &b"\x75\xff\xff\xff\x7f".repeat(900)].concat())),
        (
            "nodes in each other",
            top(&(0..5_000)
                .map(|n| match n {
                    0 => element(At::Top, "blockquote"),
                    n => element(At::In((H, n - 1)), "blockquote"),
                })
                .collect::<Vec<_>>()),
        ),
        ("nodes in each other, and gone", {
            let depth = 60_000;
            let nodes: Vec<_> = (0..depth)
                .map(|n| match n {
                    0 => element(At::Top, "verse"),
                    n => element(At::In((H, n - 1)), "verse"),
                })
                .collect();
            edit(H, 0, &nodes, &[(H, 0, depth)])
        }),
        ("more hands than anybody has", {
            let one = [element(At::Top, "paragraph")];
            edits(&(0..5_000).map(|n| (H + n, 0, &one[..])).collect::<Vec<_>>(), &[])
        }),
        ("an edit that is too large", with([words(At::In((H, 1)), &"x".repeat(1 << 20))])),
    ];
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        " javascript:x",
        "file:///etc",
    ] {
        all.push(("an address of a link", link(address)));
        all.push(("an address of a picture", figure("src", address)));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_editor_sends_is_refused_and_disturbs_nobody() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    // Who was refused rests for a while in that chapter; so there are several.
    let mut pages = Vec::new();
    for number in 0..12 {
        let part = if number == 0 { part.clone() } else { ann.add_chapter(&book, &format!("Chapter {number}")).await };
        pages.push((Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await, part, 0));
    }
    let mut slowest = (Duration::ZERO, "");
    for (number, (name, hostile)) in hostile().into_iter().enumerate() {
        let (hers, his, _, count) = &mut pages[number % 12];
        let refused = loop {
            let begun = Instant::now();
            let (refused, written) =
                tokio::join!(his.write(hostile.clone()), hers.write(hers.type_paragraph("Meanwhile.")));
            *count += 1;
            written.unwrap_or_else(|fault| panic!("{name} disturbs her: {fault:?}"));
            let refused = refused.expect_err(name);
            if refused.code != Code::TooMany {
                slowest = slowest.max((begun.elapsed(), name));
                break refused;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        assert!(!refused.words.is_empty());
        let known = [Code::BadRequest, Code::Stale, Code::TooLarge];
        assert!(known.contains(&refused.code), "{name}: {refused:?}");
    }
    println!("the slowest: {slowest:?}; the most memory: {}", most_memory());
    assert!(slowest.0 < BOUND, "{slowest:?}");
    // Of all that, nothing is here, and nothing in the database.
    let elsewhere = world.another_site().await;
    for (hers, _, part, count) in &pages {
        let there = Page::open(&ann.at(&elsewhere), &book, part).await;
        assert_eq!(there.text(), hers.text());
        assert_eq!(there.text().matches("Meanwhile.").count(), *count);
    }
    // He was not shut out.
    tokio::time::sleep(REST).await;
    let his = &pages[0].1;
    his.exchange().await.unwrap();
    his.write(his.type_paragraph("In earnest.")).await.unwrap();
}

/// The most that this process ever had in memory, as Linux says it.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("not known").trim().to_owned()
}

#[tokio::test]
async fn who_is_refused_takes_nobodys_hand() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (hers, his) = (Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await);
    // He saw her caret, and so her hand, before she wrote a word.
    let hand = hers.doc.client_id().get();
    let refused = his.write(edit(hand, 0, &[element(At::Top, "list_item")], &[])).await.unwrap_err();
    assert_eq!(refused.code, Code::BadRequest);
    hers.write(hers.type_paragraph("Hers.")).await.unwrap();
}

#[tokio::test]
async fn what_is_not_yet_written_cannot_be_removed_in_advance() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("Ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (hers, his) = (Page::open(&ann, &book, &part).await, Page::open(&ben, &book, &part).await);
    hers.write(hers.type_paragraph("Here.")).await.unwrap();
    let (hand, clock) = (hers.doc.client_id().get(), hers.doc.transact().state_vector().get(&hers.doc.client_id()));
    let in_advance = edit(H, 0, &[], &[(hand, clock, 1 << 20)]);
    assert_eq!(his.write(in_advance).await.unwrap_err().code, Code::Stale);
    hers.write(hers.type_paragraph("And on.")).await.unwrap();
    assert!(Page::open(&ben, &book, &part).await.text().contains("And on."));
}

#[tokio::test]
async fn a_chapter_that_is_emptied_at_once_can_be_written_in() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    for _ in 0..20 {
        page.write(page.type_paragraph("All of it.")).await.unwrap();
    }
    let have = page.doc.transact().state_vector();
    let everything: Vec<_> = have.iter().map(|(hand, clock)| (hand.get(), 0, *clock)).collect();
    page.write(edit(H, 0, &[], &everything)).await.unwrap();
    let fresh = Page::open(&ann.at(&world.another_site().await), &book, &part).await;
    assert_eq!(fresh.text(), "");
    fresh.write(fresh.type_paragraph("Anew.")).await.unwrap();
    assert!(Page::open(&ann, &book, &part).await.text().contains("Anew."));
}

#[test]
fn html_that_is_written_is_shown_as_it_was_written() {
    let script = "<script>alert(1)</script><img src=x onerror=alert(1)>&quot;\u{202e}";
    let mut document = Document::default();
    let wild = r#"/x\"><script>alert(1)</script>"#;
    let marks =
        mark(At::In((H, 1)), "link", &format!("{{\"href\":\"{}\"}}", wild.replace('\\', "").replace('"', "%22")));
    let structs = [a_text(), vec![marks, words(At::After((H, 2)), script)]].concat();
    let figure = 3 + u32::try_from(script.encode_utf16().count()).unwrap();
    let caption = [element(At::After((H, 0)), "figure"), attribute((H, figure), "alt", script)];
    let code = [element(At::After((H, figure)), "code_block"), attribute((H, figure + 2), "language", "\"><script>")];
    let all = [structs, caption.to_vec(), code.to_vec()].concat();
    document.take_in(Edit::read(&edit(H, 0, &all, &[])).unwrap()).unwrap();
    let html = html(&document.nodes());
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    assert!(!html.contains("<script") && !html.contains("<img src=x"), "{html}");
}

/// A chapter as people leave it: marks, nodes of several kinds, words that are gone, more than one hand.
fn a_chapter() -> (Vec<u8>, Vec<Vec<u8>>) {
    let (one, two) = (Doc::with_client_id(11), Doc::with_client_id(22));
    let mut honest = Vec::new();
    for (number, (here, there)) in [(&one, &two), (&two, &one), (&one, &two), (&two, &one)].into_iter().enumerate() {
        let root = here.get_or_insert_xml_fragment("chapter");
        let update = {
            let mut txn = here.transact_mut();
            let paragraph = root.push_back(&mut txn, XmlElementPrelim::empty("paragraph"));
            let text = paragraph.push_back(&mut txn, XmlTextPrelim::new("Words that stay, and 😀 some that go."));
            let strong =
                (std::sync::Arc::from("strong"), yrs::Any::from(std::collections::HashMap::<String, yrs::Any>::new()));
            text.format(&mut txn, 3, 6, yrs::types::Attrs::from([strong]));
            text.remove_range(&mut txn, 12, 5);
            let list = root.push_back(&mut txn, XmlElementPrelim::empty("bullet_list"));
            let li = list.push_back(&mut txn, XmlElementPrelim::empty("list_item"));
            li.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("An item.").into()]));
            if number == 2 {
                root.remove(&mut txn, 1);
            }
            txn.encode_update_v1()
        };
        there.transact_mut().apply_update(Update::decode_v1(&update).unwrap()).unwrap();
        honest.push(update);
    }
    let state = one.transact().encode_state_as_update_v1(&StateVector::default());
    (state, honest)
}

#[test]
fn an_edit_that_was_mangled_is_refused_or_does_what_an_edit_may_do() {
    let (state, honest) = a_chapter();
    let mut dice = Dice::new(5);
    let (mut taken, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..4_000 {
        // The newest is not here yet, or all are.
        let here: Vec<&[u8]> = honest.iter().take(3 + round % 2).map(Vec::as_slice).collect();
        let mut document = Document::load(&[], here.iter().copied()).unwrap();
        let mut mangled = if dice.below(4) == 0 { state.clone() } else { dice.of(&honest).clone() };
        match dice.below(5) {
            0 => mangled.truncate(dice.below(mangled.len())),
            1 => {
                let at = dice.below(mangled.len());
                let end = at + dice.below((mangled.len() - at).min(9)) + 1;
                mangled.drain(at..end);
            }
            2 => {
                let (at, from) = (dice.below(mangled.len()), dice.below(mangled.len()));
                let piece: Vec<u8> = mangled[from..].iter().take(8).copied().collect();
                mangled.splice(at..at, piece);
            }
            _ => {
                for _ in 0..=dice.below(3) {
                    let at = dice.below(mangled.len());
                    mangled[at] ^= 1 << dice.below(8);
                }
            }
        }
        let begun = Instant::now();
        let read = Edit::read(&mangled).and_then(|edit| document.take_in(edit));
        slowest = slowest.max(begun.elapsed());
        if read.is_err() {
            refused += 1;
            continue;
        }
        taken += 1;
        // What was taken can be stored, loaded, shown, and is all within the schema; and one can go on.
        let nodes = document.nodes();
        let edits = here.iter().copied().chain([mangled.as_slice()]);
        let again = Document::load(&[], edits).unwrap_or_else(|why| panic!("round {round}: {why}"));
        assert_eq!(again.nodes(), nodes, "round {round}");
        let kept =
            Document::load(&document.state(), std::iter::empty()).unwrap_or_else(|why| panic!("round {round}: {why}"));
        assert_eq!(html(&kept.nodes()), html(&nodes), "round {round}");
        let mut checked = Document::default();
        let whole = Edit::read(&document.state()).and_then(|edit| checked.take_in(edit));
        assert!(whole.is_ok(), "round {round}: {whole:?} of what was taken, {:?}", document.nodes());
        assert_eq!(document.missing(&checked.state_vector()).map(|lacks| lacks.len() < 200), Ok(true));
        let on = Doc::new();
        let root = on.get_or_insert_xml_fragment("chapter");
        on.transact_mut().apply_update(Update::decode_v1(&document.state()).unwrap()).unwrap();
        let update = {
            let mut txn = on.transact_mut();
            root.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("On.").into()]));
            txn.encode_update_v1()
        };
        assert!(document.take_in(Edit::read(&update).unwrap()).is_ok(), "round {round}");
    }
    println!("{taken} taken, {refused} refused, the slowest {slowest:?}");
    assert!(taken > 100 && refused > 1_000, "{taken} taken, {refused} refused");
}

/// Edits that are sound, and made to take long.
fn slow() -> Vec<(&'static str, Vec<u8>)> {
    let many = 60_000;
    let tiny = |place: &dyn Fn(u32) -> At| -> Vec<u8> {
        let mut all = a_text();
        all.push(words(At::In((H, 1)), &"a".repeat(100_000)));
        all.extend((0..many).map(|n| words(place(n), "b")));
        edit(H, 0, &all, &[])
    };
    let attributes = |count: u32| {
        let first = [element(At::Top, "figure"), attribute((H, 0), "alt", "a")];
        let more = (1..count).map(|n| {
            let mut content = vec![1, 119];
            text("b", &mut content);
            item(8, At::After((H, n)), &content)
        });
        edit(H, 0, &first.into_iter().chain(more).collect::<Vec<_>>(), &[])
    };
    let gone = {
        let mut bytes = edit(H, 0, &[a_text(), vec![words(At::In((H, 1)), &"a".repeat(400_000))]].concat(), &[]);
        bytes.pop();
        number(1, &mut bytes);
        number(H, &mut bytes);
        number(150_000, &mut bytes);
        for n in 0..150_000 {
            number(2 + 2 * n, &mut bytes);
            bytes.push(1);
        }
        bytes
    };
    vec![
        ("each after the one before", tiny(&|n| At::After((H, 100_001 + n)))),
        ("each at the same place, before another", tiny(&|n| At::Before((H, 2 + n)))),
        ("each at the same place, the farthest first", tiny(&|n| At::Before((H, 2 + many - n)))),
        ("each after the first, before another", tiny(&|n| At::Between((H, 2), (H, 4 + n)))),
        ("each at the end", tiny(&|_| At::After((H, 100_001)))),
        ("marks that begin and never end", {
            let marks = (0..many)
                .map(|n| mark(At::Between((H, 1 + n), (H, 2 + n)), "strong", if n % 2 == 0 { "{}" } else { "null" }));
            drop(marks);
            let mut all = a_text();
            all.push(words(At::In((H, 1)), &"a".repeat(50_000)));
            all.extend(
                (0..many / 2).map(|n| mark(At::After((H, 2 + n)), "strong", if n % 2 == 0 { "{}" } else { "null" })),
            );
            edit(H, 0, &all, &[])
        }),
        ("an attribute set again and again", attributes(60_000)),
        ("every other letter gone", gone),
        ("many hands at one place", {
            let one = [element(At::Top, "paragraph")];
            edits(&(0..64).map(|n| (H + n, 0, &one[..])).collect::<Vec<_>>(), &[])
        }),
        ("very many paragraphs", {
            let all: Vec<_> =
                (0..60_000)
                    .map(|n| {
                        if n == 0 { element(At::Top, "paragraph") } else { element(At::After((H, n - 1)), "paragraph") }
                    })
                    .collect();
            edit(H, 0, &all, &[])
        }),
    ]
}

#[test]
fn an_edit_that_is_made_to_take_long_is_given_up() {
    let mut slowest = (Duration::ZERO, "");
    for (name, bytes) in slow() {
        let mut document = Document::default();
        let begun = Instant::now();
        let taken = Edit::read(&bytes).and_then(|edit| document.take_in(edit));
        let took = begun.elapsed();
        println!("{name}: {} bytes, {took:?}, {taken:?}", bytes.len());
        assert!(matches!(taken, Ok(_) | Err(Refused::Slow | Refused::Full | Refused::TooLarge)), "{name}: {taken:?}");
        if taken.is_ok() {
            let begun = Instant::now();
            let again = Document::load(&[], [bytes.as_slice()].into_iter()).unwrap();
            println!("    loaded in {:?}, shown in {:?}", begun.elapsed(), {
                let begun = Instant::now();
                drop(html(&again.nodes()));
                begun.elapsed()
            });
        }
        slowest = slowest.max((took, name));
    }
    assert!(slowest.0 < BOUND, "{slowest:?}");
}
