//! What must be refused.

use super::made::{At, H, a_text, attribute, edit, edits, element, item, mark, text_node, words};

fn with(more: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    edit(H, 0, &[a_text(), more.into_iter().collect()].concat(), &[])
}

fn values(at: At, bytes: &[u8]) -> Vec<u8> {
    with([element(At::After((H, 0)), "figure"), item(8, at, bytes)])
}

/// Everything that must be refused, by name.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
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
    for (name, json) in [
        ("evil", "{}"),
        ("strong", "true"),
        ("strong", "{\"onclick\":\"evil()\"}"),
        ("link", "\"/a\""),
        ("link", "{\"href\":5}"),
        ("link", "{\"href\":\"/a\",\"onclick\":\"evil()\"}"),
    ] {
        all.push(("a mark without words that the schema does not have", with([mark(At::In((H, 1)), name, json)])));
    }
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
        // A mark on no words, with which somebody may write some later.
        let json = serde_json::json!({ "href": address }).to_string();
        all.push(("an address of a link without words", with([mark(At::In((H, 1)), "link", &json)])));
        all.push(("an address of a picture", figure("src", address)));
    }
    all
}
