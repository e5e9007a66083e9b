//! What becomes of a text of Markdown that comes in: every word is kept, and what has no place is named.

use super::{
    super::{html::html, left_out::What, tree::plain},
    *,
};
use crate::costly::Budget;
use std::{collections::BTreeMap, path::Path, time::Duration};

fn text_of(markdown: &str, cut: Cut) -> Text {
    read_pieces(markdown, cut, &Budget::of(Duration::from_secs(20))).unwrap()
}

/// As HTML, without what says nothing here.
fn shown(markdown: &str) -> String {
    let nodes: Vec<_> = text_of(markdown, Cut::Nowhere).pieces.into_iter().flat_map(|piece| piece.nodes).collect();
    html(&nodes)
        .replace(" dir=\"auto\"", "")
        .replace(" rel=\"noopener\"", "")
        .replace("<tbody>", "")
        .replace("</tbody>", "")
}

fn must_show(cases: &[(&str, &str)]) {
    let others: Vec<String> = cases
        .iter()
        .map(|(markdown, expected)| (markdown, expected, shown(markdown)))
        .filter(|(_, expected, shown)| shown != *expected)
        .map(|(markdown, expected, shown)| format!("{markdown}\n  is  {shown}\n  not {expected}\n"))
        .collect();
    assert!(others.is_empty(), "{}", others.concat());
}

fn left_out(markdown: &str) -> Vec<(What, String, usize)> {
    let text = text_of(markdown, Cut::Nowhere);
    text.left_out.iter().map(|(what, name, times)| (what, name.to_owned(), times)).collect()
}

const NOTE: &str = "<span class=\"footnote\"><span>";

fn note(text: &str) -> String {
    format!("{NOTE}{text}</span></span>")
}

#[test]
fn every_word_of_a_note_is_kept() {
    let cases = [
        (
            "A[^1] and B[^2].\n\n[^1]: see[^2]\n\n[^2]: the second",
            format!("<p>A{} and B{}.</p>", note("see (the second)"), note("the second")),
        ),
        (
            "A[^1].\n\n[^1]: before\n\n    ```\n    let a;\n    b\n    ```\n\n    after",
            format!("<p>A{}.</p>", note("before <code>let a; b</code> after")),
        ),
        (
            "A[^1].\n\n[^1]: see\n\n    - one\n    - two\n\n    > said\n\n    | a | b |\n    |---|---|\n    | c | d |\n\n    <div>in html</div>",
            format!("<p>A{}.</p>", note("see one two said a b c d in html")),
        ),
        ("A[^1] B[^1].\n\n[^1]: *same*", format!("<p>A{0} B{0}.</p>", note("<em>same</em>"))),
        ("A[^1].\n\n[^1]: in[^1] itself", format!("<p>A{}.</p>", note("in[^1] itself"))),
        ("A[^1].\n\n[^1]: one[^2]\n\n[^2]: two[^1]", format!("<p>A{}.</p>", note("one (two[^1])"))),
        ("A[^none].\n\n[^1]: nobody's", "<p>A[^none].</p><p>nobody's</p>".into()),
        ("A[^1].\n\n[^1]: first\n\n[^1]: again", format!("<p>A{}.</p><p>again</p>", note("first"))),
        ("## A[^1]\n\n[^1]: b", format!("<h2>A{}</h2>", note("b"))),
        (
            "| A[^1] | b |\n|---|---|\n| c | d[^1] |\n\n[^1]: e",
            format!(
                "<table><tr><th><p>A{0}</p></th><th><p>b</p></th></tr><tr><td><p>c</p></td><td><p>d{0}</p></td></tr></table>",
                note("e")
            ),
        ),
        ("A[^1].\n\n[^1]: ![a harbour](/files/1.png \"By night\")", format!("<p>A{}.</p>", note("a harbour By night"))),
    ];
    must_show(&cases.each_ref().map(|(markdown, expected)| (*markdown, expected.as_str())));
}

#[test]
fn a_note_that_is_pointed_to_very_often_is_not_written_each_time() {
    let text = format!("{}\n\n[^a]: {}", "[^a]".repeat(5_000), "word ".repeat(5_000));
    let read = plain(&read(&text));
    assert!(read.len() < 10 * text.len(), "{} of {}", read.len(), text.len());
    assert!(read.contains("word word"));
}

#[test]
fn tasks_keep_their_ticks() {
    must_show(&[
        ("1. [x] Open\n2. [ ] Put in", "<ol><li><p>[x] Open</p></li><li><p>[ ] Put in</p></li></ol>"),
        ("3. [X] *Open*", "<ol start=\"3\"><li><p>[x] <em>Open</em></p></li></ol>"),
        (
            "- [x] a\n- b",
            "<ul class=\"tasks\"><li class=\"task\" data-done=\"true\"><p>a</p></li><li class=\"task\" data-done=\"false\"><p>b</p></li></ul>",
        ),
        (
            "<ul><li><input type=checkbox checked> a</li><li><label><input type=\"checkbox\"> b</label></li></ul>",
            "<ul class=\"tasks\"><li class=\"task\" data-done=\"true\"><p>a</p></li><li class=\"task\" data-done=\"false\"><p>b</p></li></ul>",
        ),
    ]);
}

#[test]
fn whatever_holds_blocks_has_one() {
    must_show(&[
        ("- \n- b", "<ul><li><p></p></li><li><p>b</p></li></ul>"),
        ("-", "<ul><li><p></p></li></ul>"),
        ("1.\n2. b", "<ol><li><p></p></li><li><p>b</p></li></ol>"),
        (">", "<blockquote><p></p></blockquote>"),
        ("<ul><li></li></ul>", "<ul><li><p></p></li></ul>"),
        ("<table><tr><td></td></tr></table>", "<table><tr><td><p></p></td></tr></table>"),
        ("<ul></ul>\n\na", "<p>a</p>"),
        ("<table></table>\n\na", "<p>a</p>"),
    ]);
}

#[test]
fn html_is_read_as_it_is_pasted() {
    must_show(&[
        ("<div>one</div>\n\ntwo", "<p>one</p><p>two</p>"),
        ("<div align=\"center\">\n\n**one** <b>two</b>\n\n</div>", "<p><strong>one</strong> <strong>two</strong></p>"),
        ("a<br>b <kbd>c</kbd> 10<sup>2</sup> <i>d</i>", "<p>a<br>b <code>c</code> 10<sup>2</sup> <em>d</em></p>"),
        ("<b>a <i>b</b> c</i> d", "<p><strong>a </strong><em><strong>b</strong> c</em> d</p>"),
        ("*<b>a* b</b> c", "<p><em><strong>a</strong></em><strong> b</strong> c</p>"),
        (
            "<figure>\n<img src=\"/files/1.png\"\n  alt=\"A harbour\">\n<figcaption>By <em>night</em></figcaption>\n</figure>",
            "<figure><img src=\"/files/1.png\" alt=\"A harbour\"><figcaption>By <em>night</em></figcaption></figure>",
        ),
        (
            "<figure>\n<img src=\"/files/1.png\">\n<figcaption>\n\nBy *night*[^1]\n\n</figcaption>\n</figure>\n\n[^1]: a",
            &format!(
                "<figure><img src=\"/files/1.png\" alt=\"\"><figcaption>By <em>night</em>{}</figcaption></figure>",
                note("a")
            ),
        ),
        (
            "a <img src=\"/files/1.png\"\n  alt=\"A harbour\"\n  width=\"40\"> b",
            "<p>a</p><figure><img src=\"/files/1.png\" alt=\"A harbour\" width=\"40\"><figcaption></figcaption></figure><p>b</p>",
        ),
        (
            "<table>\n<caption>Winds</caption>\n<thead><tr><th rowspan=2>a<th>b</thead>\n<tr><td colspan=\"2\">c\n</table>",
            "<p>Winds</p><table><tr><th rowspan=\"2\"><p>a</p></th><th><p>b</p></th></tr><tr><td colspan=\"2\"><p>c</p></td></tr></table>",
        ),
        (
            "<details>\n<summary>More</summary>\n\n- a\n- b\n\n</details>\n\nafter",
            "<p>More</p><ul><li><p>a</p></li><li><p>b</p></li></ul><p>after</p>",
        ),
        ("<ol start=4><li>a<p>b</p><li>c</ol>", "<ol start=\"4\"><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>"),
        ("<ul><li>a<ul><li>b</ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        (
            "<pre><code class=\"language-rust\">fn a() {}\n  b &lt;c&gt;\n</code></pre>",
            "<pre data-language=\"rust\"><code>fn a() {}\n  b &lt;c&gt;</code></pre>",
        ),
        (
            "<h1>A</h1><h5>B</h5><hr><blockquote>c</blockquote>",
            "<h2>A</h2><h4>B</h4><hr><blockquote><p>c</p></blockquote>",
        ),
        ("<dl><dt>a<dd>b</dl>", "<p>a</p><p>b</p>"),
        ("<p style=\"font-variant: small-caps\">a</p>", "<p><span class=\"small-caps\">a</span></p>"),
        ("<q>a</q> <ruby>漢<rt>kan</rt></ruby>", "<p>\u{201c}a\u{201d} 漢(kan)</p>"),
        (
            "<a href=\"https://example.org/\">b</a> <a name=\"c\">d</a>",
            "<p><a href=\"https://example.org/\">b</a> d</p>",
        ),
        ("- <div>\n  a\n- b</div>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("<div><div>\n\na\n\n</div>", "<p>a</p>"),
        ("</div>\n\na</p>", "<p>a</p>"),
        ("<p dir=\"auto\"></p>", "<p></p>"),
        ("<p style=\"white-space: pre-wrap\"> a  b&#10;c</p>", "<p> a  b<br>c</p>"),
        ("&lt;b&gt; \\<b> `<b>`", "<p>&lt;b&gt; &lt;b&gt; <code>&lt;b&gt;</code></p>"),
        // What is no element is a text with angles.
        ("a Vec<T> of <String>s", "<p>a Vec&lt;T&gt; of &lt;String&gt;s</p>"),
        ("<Warning>\n\nmind\n\n</Warning>", "<p>&lt;Warning&gt;</p><p>mind</p><p>&lt;/Warning&gt;</p>"),
    ]);
}

#[test]
fn nothing_that_came_in_can_run() {
    must_show(&[
        ("<script>alert(1)</script>\n\na", "<p>a</p>"),
        ("a <b onclick=x>b</b>", "<p>a <strong>b</strong></p>"),
        ("[x](javascript:alert(1)) <a href=\"javascript:alert(1)\">y</a>", "<p>x y</p>"),
        ("![x](https://elsewhere.example/x.png)", "<p>x</p>"),
        ("<img src=x onerror=alert(1) alt=z>", "<p>z</p>"),
        ("a <script>b</script> c", "<p>a c</p>"),
        ("<iframe src=\"https://elsewhere.example\"></iframe><p>a", "<p>a</p>"),
        ("<svg><a>x</a></svg>a<p style=\"display: none\">b</p><p hidden>c</p>", "<p>a</p>"),
        // What never ends takes nothing along.
        ("a <script> b\n\nc", "<p>a &lt;script&gt; b</p><p>c</p>"),
        ("<style>\n\na", "<p>&lt;style&gt; a</p>"),
        ("<!-- a\n\nb", "<p>&lt;!-- a b</p>"),
    ]);
    let expected =
        [(What::Element, "iframe https://elsewhere.example".to_owned(), 1), (What::Element, "script".to_owned(), 2)];
    let text = "<iframe src=\"https://elsewhere.example\"></iframe>\n\n<script>a</script>\n\nb <script>c</script>";
    assert_eq!(left_out(text), expected);
}

#[test]
fn what_is_marked_as_no_html_is_text() {
    must_show(&[
        ("a <![CDATA[b <i>c</i> > d]]> e", "<p>a b &lt;i&gt;c&lt;/i&gt; &gt; d e</p>"),
        ("<![CDATA[\na <b>\n\nb > c\n]]>\n\nd", "<p>a &lt;b&gt; b &gt; c</p><p>d</p>"),
        ("<div>a <![CDATA[b > c]]></div>", "<p>a b &gt; c</p>"),
    ]);
}

#[test]
fn what_a_picture_shows_is_kept_however_long_it_is_told() {
    let alt = "word ".repeat(500);
    let nodes = read(&format!("![{alt}](/files/1.png)\n\nafter"));
    assert_eq!(html(&nodes).matches("word").count(), 500);
    assert!(plain(&nodes).ends_with("word\nafter"));
}

#[test]
fn comments_are_left_out_and_counted() {
    must_show(&[
        ("a<!-- b -->c", "<p>ac</p>"),
        ("<!-- a\n\nb -->\n\nc", "<p>c</p>"),
        ("- a\n\n<!-- b -->\n\n- c", "<ul><li><p>a</p></li></ul><ul><li><p>c</p></li></ul>"),
        // As pandoc parts what would else be one.
        ("- a\n\n<!-- -->\n\n- c", "<ul><li><p>a</p></li></ul><ul><li><p>c</p></li></ul>"),
        (
            "1) a\n\n<!-- -->\n\n    b\n\nc\n\n<!-- -->\n\nd",
            "<ol><li><p>a</p></li></ol><pre><code>b</code></pre><p>c</p><p></p><p>d</p>",
        ),
    ]);
    assert_eq!(left_out("a<!-- b -->c\n\n<!-- d -->\n\n<!-- -->"), [(What::Comment, String::new(), 2)]);
}

#[test]
fn what_else_is_said_of_code_and_of_headings_is_none_of_their_words() {
    must_show(&[
        ("```rust,ignore\na\n```", "<pre data-language=\"rust\"><code>a</code></pre>"),
        ("``` {.python .numberLines}\na\n```", "<pre data-language=\"python\"><code>a</code></pre>"),
        ("```{r, echo=FALSE}\na\n```", "<pre data-language=\"r\"><code>a</code></pre>"),
        ("## A {#b}\n\n> # C {.unnumbered}", "<h2>A</h2><blockquote><h2>C</h2></blockquote>"),
        ("## A \\{#b}", "<h2>A {#b}</h2>"),
    ]);
    // As it was kept, every sign is its writer's.
    assert_eq!(plain(&read("## A {#b}")), "A {#b}");
    assert_eq!(shown(&write(&read("## A {#b}"))), "<h2>A {#b}</h2>");
}

#[test]
fn what_is_not_taken_is_named_with_how_often() {
    let text = "[a](chapter2.md) [b](chapter2.md \"Two\") <ftp://c.example/> [d](tel:1) ![](https://e.example/e.png)\n\n\
                <img src=\"img/f.png\" alt=\"F\"> <a href=\"g.html\">G</a> [![H](/h.png)](https://h.example/) [i](https://i.example/)";
    let expected = [
        (What::Link, "chapter2.md", 2),
        (What::LinkTitle, "Two", 1),
        (What::Link, "ftp://c.example/", 1),
        (What::Link, "tel:1", 1),
        (What::Picture, "https://e.example/e.png", 1),
        (What::Picture, "img/f.png", 1),
        (What::Link, "g.html", 1),
        (What::Link, "https://h.example/", 1),
    ];
    assert_eq!(left_out(text), expected.map(|(what, name, times)| (what, name.to_owned(), times)));
    let words = plain(&read(text));
    assert!(words.starts_with("a b ftp://c.example/ d\nF G\n"), "{words}");
    assert_eq!(
        left_out(
            "<video src=\"a.mp4\">b</video>\n\nc <audio><source src=\"d.mp3\"></audio> <object data=\"e.pdf\">f</object>"
        ),
        ["video a.mp4", "audio", "source d.mp3", "object e.pdf"].map(|name| (What::Element, name.to_owned(), 1))
    );
    let text = text_of("# [One](https://a.example/)[^1]\n\nb\n\n[^1]: c", Cut::FirstHeading);
    assert_eq!(text.left_out.count(What::Link), 1);
    assert_eq!(text.pieces[0].title.as_deref(), Some("One"));
    assert_eq!(plain(&text.pieces[0].nodes), "c\nb");
}

#[test]
fn letters_that_stand_without_blanks_are_not_parted_where_a_line_ends() {
    must_show(&[
        ("月は\n海", "<p>月は海</p>"),
        ("他说，\n**好**\n。", "<p>他说，<strong>好</strong>。</p>"),
        ("한국\n말", "<p>한국 말</p>"),
        ("月\nsea", "<p>月 sea</p>"),
        ("月[^1]\n海\n\n[^1]: 空\n    気", &format!("<p>月{}海</p>", note("空気"))),
        ("<p>月は\n海 山</p>", "<p>月は海 山</p>"),
        ("one\ntwo", "<p>one two</p>"),
        ("one&#10;two&#10;&#10;three", "<p>one two three</p>"),
        ("one <a name=\"two\">", "<p>one</p>"),
    ]);
}

#[test]
fn a_line_ends_as_the_system_that_wrote_it_ends_lines() {
    let text = "---\ntitle: Winds\n---\none\n\n- two\n- three\n\n```\nfour\nfive\n```\n\n| a |\n|---|\n| b | c |\n";
    for end in ["\r", "\r\n"] {
        let (one, other) = (text_of(text, Cut::Nowhere), text_of(&text.replace('\n', end), Cut::Nowhere));
        assert_eq!(one, other, "{end:?}");
    }
}

#[test]
fn a_row_that_is_wider_than_the_head_keeps_its_values() {
    let expected = "<table><tr><th><p>a</p></th><th><p></p></th><th><p></p></th></tr>\
                    <tr><td><p>b</p></td><td><p>c</p></td><td><p><em>d</em></p></td></tr></table>";
    for markdown in ["| a |\n|---|\n| b | c | *d* |", "a |\n-|\nb|c|*d*"] {
        assert_eq!(shown(markdown), expected, "{markdown}");
    }
    let listed = shown("> - | a |\n>   |---|\n>   | b | c |");
    assert!(listed.contains("c</p></td>"), "{listed}");
    assert_eq!(shown("```\n| a |\n|---|\n| b | c |\n```"), "<pre><code>| a |\n|---|\n| b | c |</code></pre>");
}

#[test]
fn no_word_of_what_github_adds_is_lost() {
    for text in [
        "| abc | def |\n| --- | :-: |\n| bar |\n| bar | baz | boo |",
        "| a \\| b | `c \\| d` |\n|-|-|\n| **e** | <b>f</b> |\n> g",
        "| a |\n| --- | --- |\n| b |",
        "~~one~~ two ~three~ ~~~four~~~",
        "www.example.org/help, https://example.org/a?b=(c). mail a.b-c@example.org ftp://d.example/e",
        "- [ ] one\n- [x] two\n  - [X] three\n    - [y] four",
        "<strong> <title> <style> <em>\n\n<blockquote>\n  <xmp> is out.  <XMP> is out too.\n</blockquote>",
        "a[^b] c[^d]\n\n[^b]: e\n    f\n\n        g\n\n[^d]: h",
        "> [!NOTE]\n> a\n\n$b$ ==c== :d: {#e} @f #7",
    ] {
        let nodes = read(text);
        let (kept, all) = (plain(&nodes), text.replace("href", ""));
        let kept = words(&kept);
        for (word, times) in words(&all) {
            let is_sign =
                matches!(word, "b" | "d" | "x" | "X" | "strong" | "title" | "em" | "blockquote" | "xmp" | "XMP");
            assert!(is_sign || kept.get(word).is_some_and(|kept| *kept >= times), "{word} of {text:?}: {kept:?}");
        }
        assert_eq!(html(&read(&write(&nodes))), html(&nodes), "{text}");
    }
}

#[test]
fn what_a_text_says_about_itself_is_no_text() {
    let text = text_of("---\ntitle: Winds\nauthor: Ann\nlang: de\ndraft: true\n---\n\n# One\n\na", Cut::Nowhere);
    assert_eq!(text.about.title.as_deref(), Some("Winds"));
    let metadata = &text.about.metadata;
    assert_eq!((&*metadata.people[0].name, &*metadata.language), ("Ann", "de"));
    assert_eq!(text.left_out.iter().next(), Some((What::Field, "draft: true", 1)));
    assert_eq!((text.pieces.len(), &*plain(&text.pieces[0].nodes)), (1, "One\na"));
    // It is called as it says, whatever it begins with.
    let text = text_of("---\ntitle: Winds\n---\n## One\n\na", Cut::FirstHeading);
    assert_eq!((text.pieces[0].title.as_deref(), &*plain(&text.pieces[0].nodes)), (None, "One\na"));
    let text = text_of("---\ntitle: Winds\n---\n# Winds\n\na", Cut::FirstHeading);
    assert_eq!((text.pieces[0].title.as_deref(), &*plain(&text.pieces[0].nodes)), (Some("Winds"), "a"));
}

/// The words of a text: what stands between signs.
fn words(text: &str) -> BTreeMap<&str, usize> {
    let mut words = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *words.entry(word).or_default() += 1;
    }
    words
}

/// What a browser shows of the HTML that CommonMark has an example become, as far as this can be told without one.
fn visible(html: &str) -> String {
    let without = |text: &str, begin: &str, end: &str| {
        let mut kept = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(begin) {
            kept.push_str(before);
            kept.push(' ');
            rest = after.split_once(end).map_or("", |(_, rest)| rest);
        }
        kept + rest
    };
    let text = without(html, "<!--", "-->");
    let text = without(&without(&text, "<script", "</script>"), "<style", "</style>");
    let text = without(&without(&text, "<?", "?>"), "<!D", ">");
    let mut shown = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('<') {
        shown.push_str(&rest[..at]);
        let mut quote = None;
        let end = rest[at..].find(|letter| {
            match (quote, letter) {
                (None, '"' | '\'') => quote = Some(letter),
                (Some(open), _) if open == letter => quote = None,
                _ => {}
            }
            letter == '>' && quote.is_none()
        });
        let tag = end.map_or(rest.len(), |end| at + end + 1);
        let source = &rest[at..tag];
        let name: String =
            source.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
        if !matches!(name.as_str(), "em" | "strong" | "code" | "a" | "s" | "del" | "sup" | "sub" | "span" | "b" | "i") {
            shown.push(' ');
        }
        // What a picture shows are words too.
        if let Some((_, alt)) = source.split_once("alt=\"") {
            shown.push_str(alt.split('"').next().unwrap_or_default());
            shown.push(' ');
        }
        rest = &rest[tag..];
    }
    shown.push_str(rest);
    let read = read(&format!("<pre>{}</pre>", shown.replace('<', "&lt;").replace("\n\n", "\n")));
    plain(&read)
}

/// The examples of CommonMark's specification. Its text is not part of this project: `npm ci` in `editor` fetches it.
fn examples() -> Option<Vec<(usize, String, String)>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("editor/node_modules/commonmark-spec/spec.txt");
    let spec = std::fs::read_to_string(path).ok()?.replace('\u{2192}', "\t");
    let fence = "`".repeat(32);
    let mut found = Vec::new();
    for (number, example) in spec.split(&format!("{fence} example\n")).skip(1).enumerate() {
        let example = example.split(&format!("\n{fence}")).next().unwrap_or_default();
        let (markdown, html) =
            example.split_once("\n.\n").or_else(|| example.split_once(".\n")).unwrap_or((example, ""));
        found.push((number + 1, markdown.to_owned() + "\n", html.to_owned()));
    }
    Some(found)
}

/// The examples that do not come back as they were read, with why.
const COME_BACK_OTHERWISE: [(usize, &str); 0] = [];
/// The examples of which a browser shows a word that is not kept, with why.
const LOSE_A_WORD: [(usize, &str); 0] = [];

#[test]
fn no_word_of_commonmarks_examples_is_lost_and_each_comes_back_as_it_was_read() {
    let Some(examples) = examples() else {
        println!("not tried: CommonMark's examples come with `npm ci` in editor");
        return;
    };
    assert_eq!(examples.len(), 652);
    let (mut lost, mut changed) = (Vec::new(), Vec::new());
    for (number, markdown, html_of_it) in &examples {
        let nodes = read(markdown);
        for end in ["\r\n", "\r"] {
            assert_eq!(read(&markdown.replace('\n', end)), nodes, "{number} with {end:?}");
        }
        let text = visible(&html(&nodes));
        let kept = words(&text);
        let shown = visible(html_of_it);
        let missing = words(&shown).into_iter().filter(|(word, times)| kept.get(word).is_none_or(|kept| kept < times));
        let missing: Vec<_> = missing.map(|(word, _)| word).collect();
        if !missing.is_empty() {
            lost.push((*number, format!("{markdown:?} has no {missing:?}: {text:?}")));
        }
        if html(&read(&write(&nodes))) != html(&nodes) {
            changed.push((*number, format!("{markdown:?}\n{}\n{:?}", html(&nodes), write(&nodes))));
        }
    }
    let named = |found: &[(usize, String)]| found.iter().map(|(number, _)| *number).collect::<Vec<_>>();
    let words =
        |found: &[(usize, String)]| found.iter().map(|(number, why)| format!("{number}: {why}\n")).collect::<String>();
    assert_eq!(named(&lost), LOSE_A_WORD.map(|(number, _)| number), "{}", words(&lost));
    assert_eq!(named(&changed), COME_BACK_OTHERWISE.map(|(number, _)| number), "{}", words(&changed));
}
