//! Text comes in and goes out as Markdown: [CommonMark](https://spec.commonmark.org) with tables, tasks, footnotes and
//! strike-through.
//!
//! What Markdown has no sign for is written as HTML that means the same, and read again as that: a language, small capitals,
//! marks that overlap, verse, a table with cells that are wider than one. Any other HTML is read as pasted HTML is. What a
//! chapter has no place for is named, and what is lost on the way is listed in `round_trip`.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `split` | a text as one chapter |
//! | [`book`] | a file that is a whole book |
//! | [`folder`], `listing` | a folder of files, and where in them what it lists begins |
//! | `summary`, `includes` | the contents of such a folder as mdBook has them, and what its files take from others |
//! | `decoded` | the bytes of a file as text |
//! | `front_matter` | what it says about itself at its head |
//! | `attributes` | what is said in braces behind its headings, and behind the fences of code |
//! | `tables` | its tables, before they are read |
//! | `reader`, `notes` | its blocks, lines and notes, as nodes |
//! | `parts` | how a whole book says where its chapters begin |
//! | `places` | where links lead within a whole book |
//! | [`archive`] | a whole book with its pictures |
//! | `writer` | nodes as Markdown |

pub mod archive;
mod attributes;
pub mod book;
mod decoded;
pub mod folder;
mod front_matter;
mod includes;
mod listing;
mod notes;
mod parts;
mod places;
mod reader;
#[cfg(test)]
mod round_trip;
mod split;
mod summary;
mod tables;
mod writer;

pub use archive::{OneFile, section_in_book};
pub(super) use decoded::text_of;
pub use front_matter::About;
pub use parts::Part;
pub use split::{Cut, Text, Unread, read, read_pieces};
pub use writer::{Among, heading, write, write_among};

use comrak::Options;

/// What was written between two lists, which would else be read as one.
const LISTS_END: &str = "<!-- end list -->";
/// What is written where text would else be read as something, and nothing else keeps it from that.
const NOTHING: &str = "<!-- -->";
/// What is written for a line with nothing in it where the other would be read as what parts two lists.
const EMPTY_LINE: &str = "<p dir=\"auto\"></p>";

fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.autolink = true;
    // Notes nobody points to are the writer's words too.
    options.parse.leave_footnote_definitions = true;
    options
}

#[cfg(test)]
mod book_tests;
#[cfg(test)]
mod folder_tests;
#[cfg(test)]
mod reading_tests;

#[cfg(test)]
mod tests {
    use super::{super::html::html, *};

    fn shown(markdown: &str) -> String {
        html(&read(markdown))
    }

    #[test]
    fn what_markdown_has_is_read() {
        let cases = [
            ("One\ntwo.\n\nThree.", r#"<p dir="auto">One two.</p><p dir="auto">Three.</p>"#),
            ("# A\n## B\n###### C", r#"<h2 dir="auto">A</h2><h2 dir="auto">B</h2><h4 dir="auto">C</h4>"#),
            ("*a* **b** ~~c~~ `d`", r#"<p dir="auto"><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"#),
            ("<em>a:</em>b", r#"<p dir="auto"><em>a:</em>b</p>"#),
            ("***both***", r#"<p dir="auto"><em><strong>both</strong></em></p>"#),
            ("a  \nb", r#"<p dir="auto">a<br>b</p>"#),
            ("a\n\n***\n\nb", r#"<p dir="auto">a</p><hr><p dir="auto">b</p>"#),
            ("> a", r#"<blockquote><p dir="auto">a</p></blockquote>"#),
            ("- a\n- b", r#"<ul><li><p dir="auto">a</p></li><li><p dir="auto">b</p></li></ul>"#),
            ("3. a", r#"<ol start="3"><li><p dir="auto">a</p></li></ol>"#),
            (
                "- [x] a\n- [ ] b",
                r#"<ul class="tasks"><li class="task" data-done="true"><p dir="auto">a</p></li><li class="task" data-done="false"><p dir="auto">b</p></li></ul>"#,
            ),
            ("```rust\nfn a() {}\n```", "<pre data-language=\"rust\"><code>fn a() {}</code></pre>"),
            (
                "![A harbour](/files/1.png \"By night\")",
                r#"<figure><img src="/files/1.png" alt="A harbour"><figcaption dir="auto">By night</figcaption></figure>"#,
            ),
            ("[x](https://example.org/)", r#"<p dir="auto"><a href="https://example.org/" rel="noopener">x</a></p>"#),
            ("a[^n]\n\n[^n]: *b* c", r#"<p dir="auto">a<span class="footnote"><span><em>b</em> c</span></span></p>"#),
            (
                "| a | b |\n|---|---|\n| c | d |",
                r#"<table><tbody><tr><th><p dir="auto">a</p></th><th><p dir="auto">b</p></th></tr><tr><td><p dir="auto">c</p></td><td><p dir="auto">d</p></td></tr></tbody></table>"#,
            ),
        ];
        for (markdown, expected) in cases {
            assert_eq!(shown(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let texts = [
            "Plain, with *signs* that `mean` nothing: \\* \\_ \\# 1\\. a\\_b <",
            "## Heading\n\nText **bold *and* more** end.",
            "- a\n  - b\n\n    c\n- d\n\n1. e\n2. f",
            "- [x] done\n- [ ] not",
            "> quoted\n>\n> - listed",
            "Note[^1] and note[^2].\n\n[^1]: First **bold**.\n\n[^2]: Second.",
            "| a | b |\n| --- | --- |\n| c \\| d | *e* |",
            "```rust\nlet a = \"`\";\n\n```",
            "![alt *text*](/files/a.png \"A \\\"caption\\\"\")",
            "They say <span lang=\"fr\">déjà vu</span>, <span class=\"small-caps\">loud</span>, 10<sup>2</sup>, H<sub>2</sub>O.",
            "line\\\nbreak",
            "[a link](https://example.org/a_b?c=(d)) and <https://example.org>",
            "a\n\n-----\n\nb",
            "~~gone~~",
            "<strong>Note:</strong>text, “<em>word</em>”s, a<strong>`code`</strong>b, <s>(no)</s>yes, **“so”** *it* is",
            "<strong>blank </strong>after, <em> and before</em>",
            "&#32;&#32;&#32;&#32;four blanks\\\n&#32; and two",
        ];
        for text in texts {
            let nodes = read(text);
            let written = write(&nodes);
            assert_eq!(read(&written), nodes, "{text}\n→\n{written}");
        }
    }

    #[test]
    fn a_mark_is_written_with_signs_where_they_are_read_as_such() {
        for text in ["**Note:** text (*so*), ~~no~~yes, a*b*c", "<strong>Note:</strong>text<em> so</em>"] {
            assert_eq!(write(&read(text)).trim_end(), text);
        }
    }

    #[test]
    fn the_handbook_is_read_as_it_was_once_it_is_written() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/handbook");
        for file in std::fs::read_dir(folder).expect("the handbook") {
            let path = file.expect("a file").path();
            let nodes = read(&std::fs::read_to_string(&path).expect("a chapter"));
            let written = write(&nodes);
            assert_eq!(html(&read(&written)), html(&nodes), "{}", path.display());
            assert_eq!(write(&read(&written)), written, "{}", path.display());
        }
    }

    #[test]
    fn a_chapter_among_others_has_lower_headings_and_notes_of_its_own() {
        let among = Among { lower: 3, notes: "7-".into() };
        let nodes = read("## A\n\nb[^x]\n\n#### C\n\n[^x]: d");
        assert_eq!(write_among(&nodes, &among), "##### A\n\nb[^7-1]\n\n###### C\n\n[^7-1]: d\n");
        assert_eq!(heading(9, "1. *a* # b_c_d"), "###### 1\\. \\*a\\* \\# b\\_c\\_d\n");
    }

    #[test]
    fn a_text_may_be_as_deep_as_it_is_long() {
        let notes = (0..5_000).map(|n| format!("[^{n}]: n [^{}]\n\n", n + 1)).collect::<String>();
        for text in [
            ">".repeat(100_000) + " word",
            "- ".repeat(20_000) + "word",
            "*a ".repeat(50_000) + "word" + &"*".repeat(50_000),
            "[".repeat(20_000) + "word" + &"](/files/1.png)".repeat(20_000),
            format!("word[^0]\n\n{notes}"),
            format!("{}word", "> - ".repeat(20_000)),
        ] {
            let nodes = read(&text);
            assert!(html(&nodes).contains("word"));
            assert!(write(&nodes).contains("word"));
        }
    }

    #[test]
    fn whatever_stands_in_a_cell_of_a_table_is_written() {
        use super::super::tree::{Element, Node, Run};
        let of = |kind: &str, children: Vec<Node>| Node::Element(Element::new(kind, &[], children));
        let line = |text: &str| of("paragraph", vec![Node::Text(Run { text: text.into(), marks: Vec::new() })]);
        let listed = of("bullet_list", vec![of("list_item", vec![line("two")]), of("list_item", vec![line("three")])]);
        let broken = vec![
            Node::Text(Run { text: "four".into(), marks: Vec::new() }),
            of("hard_break", Vec::new()),
            Node::Text(Run { text: "five".into(), marks: Vec::new() }),
        ];
        let cells = vec![of("table_cell", vec![line("one"), listed]), of("table_cell", vec![of("paragraph", broken)])];
        let written = write(&[of("table", vec![of("table_row", cells)])]);
        assert_eq!(
            written,
            "<table><tbody>\n<tr><td><p>one</p><ul><li><p>two</p></li><li><p>three</p></li></ul></td><td><p>four<br>five</p></td></tr>\n\
             </tbody></table>\n"
        );
    }

    #[test]
    fn what_would_be_read_as_something_else_is_written_so_that_it_is_not() {
        use super::super::json;
        let cases = [
            (r#"["paragraph", {}, "a", ["hard_break", {}], ["hard_break", {}]]"#, "a\\\n<br>\n"),
            (r#"["paragraph", {}, ["footnote", {}, "n"], ": a"]"#, "[^1]\\: a\n\n[^1]: n\n"),
            (
                r#"["paragraph", {}, {"t": "a", "m": [["emphasis", {}]]}, {"t": "b", "m": [["emphasis", {}], ["strong", {}]]}, {"t": "c", "m": [["strong", {}]]}]"#,
                "*a<strong>b</strong>*<strong>c</strong>\n",
            ),
            (
                r#"["task_list", {}, ["task_item", {"done": true}, ["code_block", {}, "a"]]]"#,
                "- [x] <!-- -->\n\n  ```\n  a\n  ```\n",
            ),
            (r#"["bullet_list", {}, ["list_item", {}, ["paragraph", {}, "[x] a"]]]"#, "- \\[<!-- -->x\\] a\n"),
            (r#"["paragraph", {}, "1. a@b.org"]"#, "1\\. a<!-- -->@b.org\n"),
            (r#"["paragraph", {}, "- a"]"#, "\\- a\n"),
            (
                r#"["code_block", {"language": "rust,ignore"}, "b"]"#,
                "<pre data-language=\"rust,ignore\"><code>b</code></pre>\n",
            ),
            (r#"["heading", {"level": 2}, "a {#b}"]"#, "## a \\{\\#b}\n"),
            (
                r#"["bullet_list", {}, ["list_item", {}, ["paragraph", {}, "a"]]], ["paragraph", {}], ["bullet_list", {}, ["list_item", {}, ["paragraph", {}, "b"]]]"#,
                "- a\n\n<p dir=\"auto\"></p>\n\n- b\n",
            ),
            (r#"["code_block", {"language": "~`a"}, "b"]"#, "<pre data-language=\"~`a\"><code>b</code></pre>\n"),
            (
                r#"["paragraph", {}, {"t": "^1", "m": [["link", {"href": "https://a.b/"}]]}, " 2^2 3^", {"t": "c", "m": [["link", {"href": "https://a.b/"}]]}]"#,
                "[\\^1](https://a.b/) 2^2 3\\^[c](https://a.b/)\n",
            ),
            (r#"["paragraph", {}, "\ufeffa"]"#, "&#65279;a\n"),
            (
                r#"["table", {}, ["table_row", {}, ["table_header", {"colspan": 2}, ["paragraph", {}, "a"]]]]"#,
                "<table><tbody>\n<tr><th colspan=\"2\"><p>a</p></th></tr>\n</tbody></table>\n",
            ),
        ];
        for (kept, expected) in cases {
            assert_eq!(write(&json::read(&format!("[{kept}]")).expect(kept)), expected);
        }
    }

    #[test]
    fn nothing_is_lost_of_a_text_that_is_mostly_signs() {
        for text in ["* * * *", "[[[[", "![", "`` ` ``", "<<>>", "a\u{0}b", "&amp; &copy; &#35;", "\\", "| |", "^^~~"] {
            let nodes = read(text);
            assert_eq!(read(&write(&nodes)), nodes, "{text}");
        }
    }
}
