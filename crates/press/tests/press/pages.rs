//! What becomes of a book on its pages.

use crate::{
    book::{Book, paragraph, pressed},
    pdf::Pdf,
};
use serde_json::{Value, json};

/// A book of all that a chapter may have: what the server wrote (`src/document/typeset/tests.rs`).
const WHOLE: &[u8] = include_bytes!("../books/whole-schema.book");
const PICTURE: &[u8] = include_bytes!("../books/picture.png");

#[test]
fn every_word_of_the_whole_schema_is_on_its_page_in_every_look_on_screen_and_paper() {
    let stream = String::from_utf8_lossy(WHOLE).into_owned();
    let words: Vec<&str> = stream.split(|letter: char| !letter.is_alphanumeric() && letter != '-').collect();
    let words: Vec<&str> =
        words.into_iter().filter(|word| word.starts_with("word-") || word.starts_with("marked-")).collect();
    assert!(words.len() > 25, "{words:?}");
    for theme in ["textbook", "novel", "plain"] {
        for purpose in ["screen", "print"] {
            let stream = again(theme, purpose);
            let Some(pdf) = Pdf::of(stream) else { return };
            // A line may end behind a hyphen.
            let text = pdf.words(None).replace("- ", "-");
            for word in &words {
                assert!(text.contains(word), "{theme}, {purpose}: {word}\n{text}");
            }
            assert!(pdf.pages() >= 7, "title page, imprint, contents, a part and its chapters: {}", pdf.pages());
            assert_eq!(pdf.report["standard"], "PDF/UA-1", "{theme}, {purpose}: {}", pdf.report);
        }
    }
}

#[test]
fn what_stands_before_the_text_stands_in_its_order_and_numbers_before_titles() {
    let Some(pdf) = Pdf::of(again("novel", "print")) else { return };
    let pages = ["Harbour Press", "For whoever *waits*", "Contents", "Figures"].map(|words| pdf.page_of(words));
    assert!(pages.is_sorted(), "{pages:?}");
    assert_eq!(
        (pages[0], pages[1] % 2),
        (3, 1),
        "a half title and its back stand before; a dedication is on the right"
    );
    // A reference says on which page its chapter begins.
    let text = pdf.words(None);
    assert!(text.contains("here, in Chapter 2, page"), "{text}");
    assert!(text.contains("Part I") && text.contains("Chapter 2"), "{text}");
    assert!(!text.contains("Chapter 3"), "the last has no number\n{text}");
}

/// The whole book in another look.
fn again(theme: &str, purpose: &str) -> Vec<u8> {
    let text = WHOLE.windows(2).position(|two| two == b"}p" || two == b"]p").unwrap();
    let (head, rest) = WHOLE.split_at(text + 1);
    let about = head.splitn(3, |byte| *byte == b'\n').last().unwrap();
    let mut about: Value = serde_json::from_slice(about).unwrap();
    about["theme"] = theme.into();
    about["purpose"] = purpose.into();
    let about = about.to_string();
    [format!("sputnik-press 1\nbook {}\n{about}", about.len()).into_bytes(), rest.to_vec()].concat()
}

#[test]
fn a_note_stands_at_the_foot_of_the_page_that_points_to_it_and_is_counted_anew_in_each_chapter() {
    let Some(pdf) = Pdf::of(WHOLE.to_vec()) else { return };
    for (pointing, note) in
        [("behind it", "1word-footnote of the first"), ("back to the ebb", "1word-footnote of the second")]
    {
        assert_eq!(pdf.page_of(pointing), pdf.page_of(note), "{note}");
    }
}

#[test]
fn it_is_read_aloud_in_its_structure_and_brings_its_fonts() {
    let Some(pdf) = Pdf::of(WHOLE.to_vec()) else { return };
    let (about, structure, fonts) = (pdf.about(&[]), pdf.about(&["-struct"]), pdf.fonts());
    for said in ["The *whole* of #it", "Ann Ebb", "Seas", "How the sea comes and goes.", "Tagged: yes"] {
        let said: Vec<&str> = said.split_whitespace().collect();
        assert!(about.split_whitespace().collect::<Vec<_>>().join(" ").contains(&said.join(" ")), "{said:?}\n{about}");
    }
    for tag in [
        "H1",
        "H2",
        "P",
        "L",
        "LI",
        "Table",
        "TH",
        "TD",
        "Figure",
        "Note",
        "BlockQuote",
        "Code",
        "Link",
        "TOC",
        "Caption",
    ] {
        assert!(
            structure.lines().any(|line| line.trim_start().split([' ', ':']).next() == Some(tag)),
            "{tag}\n{structure}"
        );
    }
    for font in fonts.lines().skip(2) {
        let said: Vec<&str> = font.split_whitespace().collect();
        assert_eq!(said[said.len() - 5..][..3], ["yes", "yes", "yes"], "embedded, in part, with its letters: {font}");
    }
    assert!(fonts.lines().count() > 3, "{fonts}");
}

#[test]
fn a_link_to_a_chapter_says_its_page_on_paper_and_leads_there_on_a_screen() {
    let book = |purpose: &str| {
        let link = json!({ "kind": "text", "text": "the flood", "marks": [], "part": 1 });
        Book::new("novel", purpose)
            .chapter("Ebb", json!([{ "kind": "paragraph", "line": ["See ", link, "."] }]))
            .chapter("Flood", json!([paragraph("Here it is.")]))
            .stream()
    };
    let Some(paper) = Pdf::of(book("print")) else { return };
    let page = paper.page_of("Here it is.");
    assert!(paper.words(None).contains(&format!("the flood (→ {page}).")), "{}", paper.words(None));
    let Some(screen) = Pdf::of(book("screen")) else { return };
    assert!(screen.words(None).contains("See the flood."));
    assert_eq!((size(&paper), size(&screen)), ("419.528".into(), "595.276".into()));
}

fn size(pdf: &Pdf) -> String {
    let about = pdf.about(&[]);
    let line = about.lines().find(|line| line.starts_with("Page size")).unwrap();
    line.split_whitespace().nth(2).unwrap().to_owned()
}

#[test]
fn the_contents_say_on_which_page_each_chapter_begins_and_a_page_of_which_chapter_it_is() {
    let many = |word: &str| Value::Array((0..160).map(|at| paragraph(&format!("{word} {at}. ").repeat(12))).collect());
    let book = Book::new("novel", "print").chapter("Ebb", many("low")).chapter("Flood", many("high"));
    let Some(pdf) = Pdf::of(book.stream()) else { return };
    let begins = pdf.page_of("high 0.");
    let contents = pdf.page_of("Contents");
    assert!(
        pdf.words(Some(contents)).replace(['.', ' '], "").contains(&format!("Flood{begins}")),
        "{}",
        pdf.words(Some(contents))
    );
    let heads: Vec<bool> = (begins..=pdf.pages()).map(|page| pdf.words(Some(page)).starts_with("Flood")).collect();
    assert!(heads.len() > 4);
    assert!(heads[0], "its title");
    for (at, head) in heads.iter().enumerate().skip(1) {
        let page = begins + at;
        assert!(if page % 2 == 0 { pdf.words(Some(page)).starts_with("S") } else { *head }, "page {page}");
        assert!(pdf.words(Some(page)).ends_with(&page.to_string()), "page {page}");
    }
}

#[test]
fn the_head_of_a_long_table_stands_on_each_of_its_pages() {
    let cell = |x: usize, y: usize, words: &str, heading: bool| json!({ "x": x, "y": y, "colspan": 1, "rowspan": 1, "heading": heading, "blocks": [paragraph(words)] });
    let head = [cell(0, 0, "Port", true), cell(1, 0, "Depth", true)];
    let body: Vec<Value> =
        (1..200).flat_map(|y| [cell(0, y, &format!("p{y}"), false), cell(1, y, "deep", false)]).collect();
    let table = json!({ "kind": "table", "columns": [0, 0], "rows": 200, "head-rows": 1, "repeats": true, "head": head, "body": body });
    let Some(pdf) = Pdf::of(Book::new("textbook", "print").chapter("Ports", json!([table])).stream()) else { return };
    let pages = pdf.page_of("p1 ")..=pdf.page_of("p199");
    assert!(pages.clone().count() > 3);
    pages.for_each(|page| assert!(pdf.words(Some(page)).contains("Port Depth"), "page {page}"));
}

#[test]
fn where_a_picture_is_not_described_it_has_a_structure_and_claims_no_standard() {
    let figure = |alt: &str| {
        let figure = json!({
            "kind": "figure", "picture": "p.png", "alt": alt, "size": "natural", "place": "centre", "line": ["By night"],
        });
        Book::new("novel", "screen").chapter("Ebb", json!([figure])).picture("p.png", PICTURE).stream()
    };
    let Some(pdf) = Pdf::of(figure("")) else { return };
    assert_eq!(pdf.report["standard"], Value::Null);
    assert!(pdf.report["against"][0].as_str().unwrap().contains("alt text"), "{}", pdf.report);
    assert!(pdf.about(&[]).contains("yes"), "{}", pdf.about(&[]));
    let Some(described) = Pdf::of(figure("The sea")) else { return };
    assert_eq!(described.report["standard"], "PDF/UA-1");
}

#[test]
fn the_same_book_is_the_same_file() {
    assert!(pressed(WHOLE.to_vec(), &[]).stdout == pressed(WHOLE.to_vec(), &[]).stdout);
}
