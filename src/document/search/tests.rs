//! What is found where, in every script.

use super::{
    excerpt::excerpt,
    folding::{fold, fold_with_places},
    passages::{Part, passages},
    question::{Closeness, Question},
};
use crate::document::markdown;

fn found(text: &str, words: &str) -> Option<(Closeness, Vec<String>)> {
    let (closeness, places) = Question::new(words).places(text)?;
    Some((closeness, places.into_iter().map(|place| text[place].to_owned()).collect()))
}

fn is_found(text: &str, words: &str) -> bool {
    found(text, words).is_some()
}

#[test]
fn capitals_accents_and_what_stands_between_words_make_no_difference() {
    assert_eq!(fold("  Über—den\tFluß, ﬁn…"), " uber den fluss fin ");
    assert_eq!(fold("!?"), " ");
    assert_eq!(fold(""), " ");
    for (text, words) in [
        ("Crème brûlée", "creme BRULEE"),
        ("creme", "crème"),
        ("Straße", "strasse"),
        ("STRASSE", "straße"),
        ("Ærø", "aero"),
        ("Σίσυφος", "ΣΙΣΥΦΟΣ"),
        ("Ёлка", "елка"),
        ("soft\u{ad}ly", "softly"),
        ("e\u{301}te", "été"),
    ] {
        assert!(is_found(text, words), "{words} in {text}");
    }
}

#[test]
fn turkish_arabic_hebrew_hindi_thai_korean_chinese_and_japanese_are_found() {
    for (text, words) in [
        ("İstanbul'da ışık", "istanbul"),
        ("İstanbul'da ışık", "ISIK"),
        ("ıssız", "ISSIZ"),
        ("كَتَبَ الكِتَاب", "كتب"),
        ("أحمد", "احمد"),
        ("كتـــاب", "كتاب"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी में", "हिन्दी"),
        ("ภาษาไทยง่าย", "ไทย"),
        ("대한민국", "한민"),
        ("白鲸记是一部小说", "小说"),
        ("白鲸记是一部小说", "记"),
        ("吾輩は猫である", "猫"),
        ("ガラスの海", "ガラス"),
        ("ｶﾗｽ", "カラス"),
    ] {
        assert!(is_found(text, words), "{words} in {text}");
    }
    // Other words, not the same with something set on it.
    assert!(!is_found("ガラス", "カラス"));
    assert!(!is_found("हि", "हु"));
}

#[test]
fn what_is_found_is_told_as_it_is_written() {
    let all = |text: &str, words: &str| found(text, words).map(|(_, places)| places).unwrap_or_default();
    assert_eq!(all("İ, Straßen und STRASSE", "strasse"), ["STRASSE"], "whole words, where there are any");
    assert_eq!(all("Die Straßen", "strass"), ["Straß"]);
    assert_eq!(all("a whale, a whale", "whale"), ["whale", "whale"]);
    assert_eq!(all("ha ha ha", "ha"), ["ha", "ha", "ha"], "a blank is shared");
    assert_eq!(all("the  white – whale", "\"white whale\""), ["white – whale"]);
    assert_eq!(all("cre\u{300}me", "creme"), ["cre\u{300}me"]);
    let folded = fold_with_places("Ünal");
    assert_eq!(folded.places(" unal "), vec![0.."Ünal".len()]);
}

#[test]
fn whole_words_come_before_beginnings_and_those_before_the_rest() {
    assert_eq!(found("the art of war", "art").unwrap().0, Closeness::Whole);
    assert_eq!(found("an artist", "art").unwrap().0, Closeness::Beginning);
    assert_eq!(found("a party", "art").unwrap().0, Closeness::Within);
    assert_eq!(found("war of arts", "art war").unwrap().0, Closeness::Beginning, "as the least close of them");
    assert!(!is_found("art alone", "art war"), "all of it");
    assert!(!is_found("white old whale", "\"white whale\""), "in a row");
    assert!(!is_found("white whales", "\"white whale\""), "a phrase that is closed ends with a word");
    assert!(is_found("white whales", "\"white whale"), "one that is still being typed does not");
}

#[test]
fn no_sign_in_a_question_means_anything_but_itself() {
    assert!(Question::new(" \t ").is_empty());
    assert!(is_found("100 % sure", "%"));
    assert!(is_found("snake_case", "_"));
    assert!(!is_found("abc", "%"));
    assert!(!is_found("abc", "a_c"));
    assert!(is_found("a \" b", "\""));
    assert!(is_found("fish AND chips", "fish AND"));
    assert!(!is_found("fish", "fish OR chips"), "OR is a word");
    for hostile in ["\"", "\"\"\"", "' OR 1=1 --", "NEAR(", "*", "^a", "a:b", "-a", "(", "\0", "\\", "{text} : x"] {
        // Whatever comes of it: no panic.
        drop(Question::new(hostile).places("some text"));
    }
    let long = "x".repeat(10_000);
    assert!(!is_found("xx", &long));
    assert!(Question::new(&"a b c d ".repeat(500)).terms().len() <= 12);
}

#[test]
fn an_excerpt_says_what_stands_around_and_marks_every_word() {
    let text = "One two three. ".repeat(20) + "The white whale, the WHALE!" + &" Four five six.".repeat(20);
    let (_, places) = Question::new("whale").places(&text).unwrap();
    let shown = excerpt(&text, &places[0], &places);
    assert!(shown.text.starts_with("…") && shown.text.ends_with("…"), "{}", shown.text);
    let letters: Vec<char> = shown.text.chars().collect();
    let marked: Vec<String> =
        shown.marks.iter().map(|(from, to)| letters[*from as usize..*to as usize].iter().collect()).collect();
    assert_eq!(marked, ["whale", "WHALE"]);
    assert!(letters.len() < 200);
    let all = excerpt("鲸", &(0..3), std::slice::from_ref(&(0..3)));
    assert_eq!((&*all.text, &all.marks[..]), ("鲸", &[(0, 1)][..]));
}

#[test]
fn headings_cells_captions_notes_and_descriptions_are_passages_of_their_blocks() {
    let nodes = markdown::read(
        "Before[^1] after.\n\n## Tides\n\n- item\n\n![a lighthouse](/p.png)\n\n| a | b |\n|---|---|\n| c | d |\n\n[^1]: In a note.\n",
    );
    let all = passages(&nodes);
    let told: Vec<_> = all.iter().map(|one| (one.block, one.part, one.text.as_str())).collect();
    assert_eq!(told[0], (0, Part::Text, "Before after."));
    assert_eq!(told[1], (0, Part::Note, "In a note."));
    assert_eq!(all[1].start, 6);
    assert_eq!(told[2], (1, Part::Heading, "Tides"));
    assert_eq!(told[3], (2, Part::Text, "item"));
    assert!(told.contains(&(3, Part::Description, "a lighthouse")), "{told:?}");
    assert!(told.iter().any(|(_, _, text)| *text == "d"));
}

#[test]
fn a_very_long_block_is_cut_where_nothing_is_lost() {
    let words: Vec<String> = (0..9_000).map(|number| format!("word{number}")).collect();
    let nodes = markdown::read(&words.join(" "));
    let all = passages(&nodes);
    assert!(all.len() > 5 && all.iter().all(|one| one.text.len() < 7_000));
    for pair in words.windows(2) {
        let phrase = pair.join(" ");
        assert!(all.iter().any(|one| one.text.contains(&phrase)), "{phrase}");
    }
    let second = &all[1];
    let whole = words.join(" ");
    assert!(whole[second.start as usize..].starts_with(&second.text), "it says where it begins");
    let one_word = markdown::read(&"x".repeat(50_000));
    assert!(passages(&one_word).len() < 20);
}
