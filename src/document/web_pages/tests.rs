use super::*;
use crate::document::{archive::packed, html::html, manuscript::Piece};
use std::time::Duration;

fn budget() -> Budget {
    Budget::of(Duration::from_secs(20))
}

fn titles(pieces: &[Piece]) -> Vec<(usize, String)> {
    pieces.iter().map(|piece| (piece.depth, piece.title.clone().unwrap_or_default())).collect()
}

#[test]
fn one_file_is_taken_apart_at_its_headings() {
    let text = b"<!doctype html><html lang=de><head><title>Meer</title><style>p{}</style></head><body><h1>Das Meer</h1><p>Vor.\
                 <h2>Ebbe</h2><p>a <a href='#f'>b</a><h3>Tief</h3><p>c<h2 id=f>Flut</h2><p>d</body></html>";
    let mut book = read_file("meer.html", text, &budget()).expect("a book");
    assert_eq!((book.title.as_deref(), &*book.metadata.language, book.levels()), (Some("Das Meer"), "de", 2));
    let mut again = book.again();
    let pieces = book.cut(1);
    assert_eq!(titles(&pieces), [(0, "Meer".to_owned()), (0, "Ebbe".to_owned()), (0, "Flut".to_owned())]);
    assert!(html(&pieces[1].nodes).contains("href=\"part:2\""));
    let one = again.cut(0);
    assert_eq!((one.len(), plain(&one[0].nodes).as_str()), (1, "Vor.\nEbbe\na b\nTief\nc\nFlut\nd"));
}

#[test]
fn a_folder_is_read_in_the_order_of_its_contents() {
    let files: [(&str, &[u8]); 5] = [
        (
            "book/index.html",
            b"<title>Seas</title><h1>Seas</h1><ul><li><a href=z.html>Z</a><ul><li><a href=in/b.html>B</a></ul></ul>",
        ),
        ("book/a.html", b"<h1>Last</h1><p>not listed"),
        ("book/z.html", b"<h1>Zed</h1><p><img src='i/x.png' alt=x> see <a href='in/b.html#here'>b</a>"),
        ("book/in/b.html", b"<h1>Bee</h1><p id=here>b <a href='../z.html'>z</a> <a href='../../../out.html'>out</a>"),
        ("book/i/x.png", b"png"),
    ];
    let mut book = read_folder(Archive::open(packed(&files)).expect("a zip"), &budget()).expect("a book");
    let pieces = book.cut(2);
    let expected = [(0, "Seas"), (0, "Zed"), (1, "Bee"), (0, "Last")];
    assert_eq!(titles(&pieces), expected.map(|(depth, title)| (depth, title.to_owned())));
    let shown = html(&pieces[1].nodes);
    assert!(shown.contains("picture:0") && shown.contains("part:2"), "{shown}");
    assert!(html(&pieces[2].nodes).contains("part:1"));
}

#[test]
fn nothing_in_html_costs_more_than_its_length() {
    let of = |text: &str, count: usize| text.repeat(count);
    let texts = [
        of("<div>", 100_000) + "word" + &of("</div>", 100_000),
        of("<b>", 100_000) + "word",
        of("<table><tr><td>", 50_000) + "word",
        format!("<p {}>word</p>", (0..10_000).map(|n| format!("a{n}='b' ")).collect::<String>()),
        "<table><tr><td colspan=1000000 rowspan=1000000>word</table>".to_owned(),
        of("<i>word</i> ", 100_000),
        of("<p>word</p>", 100_000),
        of("<a href='#n' id='r'>1</a><p id='n'><a href='#r'>1</a>word</p>", 5_000),
        of("<aside epub:type='footnote' id='n'><a epub:type='noteref' href='#n'>1</a>", 5_000) + "word",
    ];
    for text in texts {
        // What costs more than its length takes hours.
        let words = match read_file("a.xhtml", text.as_bytes(), &Budget::of(Duration::from_secs(120))) {
            Ok(book) => book.sources().iter().map(|source| plain(&source.nodes)).collect::<String>(),
            Err(why) => panic!("{why}: {}", &text[..80]),
        };
        assert!(words.contains("word"), "{}", &text[..80]);
    }
}
