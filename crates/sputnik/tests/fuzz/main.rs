//! A short run of the fuzz targets, the same every time: frames, names, positions and commands, mangled.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

#[path = "../support/mod.rs"]
mod support;

mod targets;

use support::dice::Dice;

/// Sound ones to begin with.
const SOUND: [&str; 26] = [
    r#"{"hello":{"client":"c1","was":null}}"#,
    r#"{"follow":{"channel":"book/7","after":{"epoch":"e1","offset":41},"present":{"part":3},"roster":true}}"#,
    r#"{"unfollow":{"channel":"book/7"}}"#,
    r#"{"call":{"uid":7,"path":"/command/app/say","body":"{\"text\":\"hello\"}","again":true}}"#,
    r#"{"whisper":{"channel":"@client/c1","body":[1,2,{"caret":7}]}}"#,
    r#"{"show":{"channel":"book/7","state":{"part":4}}}"#,
    r#""pong""#,
    r#"{"welcome":{"client":"c1","ping_ms":8000}}"#,
    r#"{"following":{"channel":"book/7","at":{"epoch":"e1","offset":41}}}"#,
    r#"{"gap":{"channel":"book/7","at":{"epoch":"e2","offset":0}}}"#,
    r#"{"ended":{"channel":"book/7","fault":{"code":"forbidden","words":"No."}}}"#,
    r#"{"whisper":{"channel":"book/7","from":"c2","body":{"caret":7}}}"#,
    r#""ping""#,
    r#"{"bye":{"after_ms":250}}"#,
    r#"{"fault":{"code":"too_many","words":"Slow down.","retry_ms":250}}"#,
    r#"{"hello":{},"follow":[{"channel":"a/b"}],"frames":["pong"],"last":true}"#,
    r#"{"entry":{"channel":"book/7","epoch":"e1","offset":42,"entry":{"said":{"version":9,"body":"x"}}}}"#,
    r#"{"entry":{"channel":"b","epoch":"e","offset":1,"entry":{"joined":{"who":{"client":"c","name":"C"},"replaces":"d"}}}}"#,
    r#"{"entry":{"channel":"b","epoch":"e","offset":1,"entry":{"lock":{"name":"pen","fence":7,"holder":"c","queue":["d"]}}}}"#,
    r#"{"reply":{"uid":7,"status":409,"body":{"code":"stale","words":"No."}}}"#,
    r#"{"epoch":"e1","offset":18446744073709551615}"#,
    r#"[{"epoch":"e","offset":18446744073709551615},[[{"epoch":"e","offset":0},null]]]"#,
    r#"[{"epoch":"e","offset":1},[[{"epoch":"e","offset":2},1],[{"epoch":"e","offset":2},2],[{"epoch":"f","offset":3},3]]]"#,
    r#"+{"hello":,+{"client":,=null}},"pong","#,
    "chapter/a_b-C/7",
    "a=b; sputnik_visit=AAAAAAAAAAAAAAAAAAAAAA; c=d",
];

/// Pieces that parsers have stumbled over.
const PIECES: [&str; 12] =
    ["\"", "{", "]", "\\u0000", "18446744073709551615", "-1", "null", "@", "//", "ä", "\n", "1e999"];

#[test]
fn whatever_arrives_breaks_no_promise() {
    let mut dice = Dice::new(7);
    for round in 0..20_000 {
        let bytes = dice.mangled(&SOUND, &PIECES);
        for (name, target) in targets::TARGETS {
            let fine = std::panic::catch_unwind(|| target(&bytes)).is_ok();
            assert!(fine, "{name}, round {round}: {:?}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn what_is_sound_is_understood_and_there_is_one_of_every_kind() {
    use sputnik::protocol::frame::{ClientFrame, ServerFrame};
    sound_ones(serde_json::from_str::<ClientFrame>);
    // Not as pages read it, to whom a frame of a kind that is none is one from the future.
    sound_ones(|text| ServerFrame::deserialize(&mut serde_json::Deserializer::from_str(text)));
}

/// Of every kind of frame one must be sound, or nothing but refusals of it was fuzzed.
fn sound_ones<T>(read: impl Fn(&'static str) -> serde_json::Result<T>) {
    // Whoever reads a kind that is none is told all there are.
    let refused = read("\"none\"").err().unwrap().to_string();
    let kinds: Vec<&str> = refused.split('`').skip(3).step_by(2).collect();
    assert!(kinds.len() > 5, "{refused}");
    for kind in kinds {
        let is_it = |text: &&&str| text.starts_with(&format!("{{\"{kind}\":")) || **text == format!("\"{kind}\"");
        let sound = SOUND.iter().filter(is_it).any(|text| read(text).is_ok());
        assert!(sound, "{kind}");
    }
}
