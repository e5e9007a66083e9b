use super::{super::markdown, *};
use proptest::prelude::*;

fn budget() -> Budget {
    Budget::of(Duration::from_secs(60))
}

fn between(old: &str, new: &str) -> String {
    shown(compare(&markdown::read(old), &markdown::read(new), &budget())).unwrap().html
}

#[test]
fn what_changed_is_shown_by_word() {
    let cases = [
        ("The moon pulls.", "The moon pulls.", r#"<p dir="auto">The moon pulls.</p>"#),
        (
            "The moon pulls the sea.",
            "The sun pulls the sea.",
            r#"<p dir="auto">The <del>moon</del><ins>sun</ins> pulls the sea.</p>"#,
        ),
        (
            "The old moon pulls the sea, as ever.",
            "The new sun pulls the sea, as ever.",
            r#"<p dir="auto">The <del>old moon</del><ins>new sun</ins> pulls the sea, as ever.</p>"#,
        ),
        (
            "One stays here.\n\nTwo goes.",
            "One stays here.",
            r#"<p dir="auto">One stays here.</p><p dir="auto"><del>Two goes.</del></p>"#,
        ),
        (
            "- a stays\n- b goes",
            "- a stays\n- c came",
            r#"<ul><li><p dir="auto">a stays</p></li><li><p dir="auto"><del>b goes</del></p></li><li><p dir="auto"><ins>c came</ins></p></li></ul>"#,
        ),
        (
            "Some plain words stand here.",
            "Some **plain** words stand here.",
            r#"<p dir="auto">Some <del>plain</del><ins><strong>plain</strong></ins> words stand here.</p>"#,
        ),
        ("***", "", "<del><hr></del>"),
    ];
    for (old, new, expected) in cases {
        assert_eq!(between(old, new), expected, "{old} → {new}");
    }
}

#[test]
fn in_a_writing_without_blanks_a_letter_changed_and_an_emoji_is_one() {
    let cases = [
        ("月は海を引く", "月は川を引く", "月は<del>海</del><ins>川</ins>を引く"),
        (
            "吾輩は猫である。名前はまだ無い。",
            "吾輩は犬である。名前はまだ無い。",
            "吾輩は<del>猫</del><ins>犬</ins>である。名前はまだ無い。",
        ),
        ("สวัสดีครับ", "สวัสดีคะรับ", "สวัสดีค<ins>ะ</ins>รับ"),
        (
            "so 👩\u{200d}👩\u{200d}👧 it is",
            "so 👩\u{200d}👩\u{200d}👦 it is",
            "so <del>👩\u{200d}👩\u{200d}👧</del><ins>👩\u{200d}👩\u{200d}👦</ins> it is",
        ),
        ("🇩🇪🇫🇷 win", "🇩🇪🇮🇹 win", "🇩🇪<del>🇫🇷</del><ins>🇮🇹</ins> win"),
        ("all 👍🏽 fine", "all 👍🏿 fine", "all <del>👍🏽</del><ins>👍🏿</ins> fine"),
        ("a cafe\u{301} here", "a cafe here", "a <del>cafe\u{301}</del><ins>cafe</ins> here"),
    ];
    for (old, new, expected) in cases {
        assert_eq!(between(old, new), format!("<p dir=\"auto\">{expected}</p>"), "{old} → {new}");
    }
}

#[test]
fn words_that_came_and_went_are_counted() {
    let old = markdown::read("One two three four five.\n\nGone now.");
    let compared = shown(compare(&old, &markdown::read("One two three 4 and five."), &budget())).unwrap();
    assert_eq!((compared.came, compared.went), (2, 3));
}

#[test]
fn nothing_of_a_text_becomes_html() {
    let html = between("a <b>", "a <script>");
    assert!(html.contains("&lt;") && !html.contains("<script") && !html.contains("<b>"), "{html}");
}

#[test]
fn the_longest_chapters_are_compared_in_a_moment() {
    let text = |seed: u64| {
        let mut state = seed;
        let mut word = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("w{}", (state >> 40) % 50_000)
        };
        let paragraph = |word: &mut dyn FnMut() -> String| (0..90).map(|_| word()).collect::<Vec<_>>().join(" ");
        (0..1_800).map(|_| paragraph(&mut word)).collect::<Vec<_>>()
    };
    let nodes = |texts: &[String]| -> Vec<Node> {
        let paragraph = |text: &String| {
            let run = Run { text: text.clone(), marks: Vec::new() };
            Node::Element(Element::new("paragraph", &[], vec![Node::Text(run)]))
        };
        texts.iter().map(paragraph).collect()
    };
    let one = [nodes(&[text(1).join(" ")]), nodes(&[text(2).join(" ")])];
    let many = [nodes(&text(1)), nodes(&text(2))];
    let short: Vec<String> = text(3).join(" ").split(' ').map(str::to_owned).collect();
    let other: Vec<String> = text(4).join(" ").split(' ').map(str::to_owned).collect();
    let short = [nodes(&short), nodes(&other)];
    for [old, new] in [one, many, short] {
        let begun = Instant::now();
        let pieces = compare(&old, &new, &budget());
        // Far more than it takes, for a machine that has much else to do; a square would take minutes.
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(side(&pieces, Change::Came), new);
    }
}

/// One side of a comparison: what stayed, and what came or what went.
fn side(pieces: &[Piece], which: Change) -> Vec<Node> {
    let mut nodes = Vec::new();
    for piece in pieces {
        match (piece, which) {
            (Piece::Same(node), _) | (Piece::Came(node), Change::Came) | (Piece::Went(node), Change::Went) => {
                nodes.push(node.clone());
            }
            (Piece::Within(Element { kind, values, .. }, pieces), _) => {
                let children = side(pieces, which);
                nodes.push(Node::Element(Element { kind, values: values.clone(), children }));
            }
            _ => {}
        }
    }
    simplest(&nodes)
}

/// A chapter of some lines.
fn chapter() -> impl Strategy<Value = Vec<Node>> {
    let word = prop::sample::select(vec![
        "moon",
        "sea",
        "*tide*",
        "**pulls**",
        "the",
        "a",
        "naïve",
        "日本",
        "[^1]",
        ",",
        "`x`",
    ]);
    let line = prop::collection::vec(word, 1..8).prop_map(|words| words.join(" "));
    let block = (0..7_usize, line).prop_map(|(kind, line)| match kind {
        0 => format!("## {line}"),
        1 => format!("- {line}\n- {line} too"),
        2 => format!("> {line}"),
        3 => "***".to_owned(),
        4 => format!("| {line} | b |\n|---|---|\n| c | {line} |"),
        _ => line,
    });
    prop::collection::vec(block, 0..8).prop_map(|blocks| markdown::read(&(blocks.join("\n\n") + "\n\n[^1]: note")))
}

proptest! {
    #[test]
    fn what_stayed_and_came_is_the_new_and_what_stayed_and_went_is_the_old(old in chapter(), new in chapter()) {
        let pieces = compare(&old, &new, &budget());
        prop_assert_eq!(side(&pieces, Change::Came), simplest(&new));
        prop_assert_eq!(side(&pieces, Change::Went), simplest(&old));
    }
}
