//! A short run of the fuzz target of edits, the same every time: edits of a chapter, mangled.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

#[path = "../support/mod.rs"]
mod support;

mod targets;

use sputnik_editor::document::{Document, markdown};
use support::dice::Dice;

/// Pieces that parsers of bytes have stumbled over: lengths that are none, and text that is none.
const PIECES: [&str; 6] = ["\0", "\u{7f}", "\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}", "ä", "paragraph", "{\"level\":1}"];

#[test]
fn whatever_edit_arrives_breaks_no_promise() {
    let mut dice = Dice::new(7);
    let chapters = ["", "# A\n\nSome *words*.", "1. one\n2. two\n\n> said\n\n```\ncode\n```"];
    let sound = chapters.map(|text| Document::of(&markdown::read(text)).state());
    let taken = sound.iter().filter(|edit| targets::edits(edit)).count();
    assert_eq!(taken, sound.len(), "what is sound is taken");
    for round in 0..20_000 {
        let bytes = dice.mangled(&sound, &PIECES);
        let fine = std::panic::catch_unwind(|| targets::edits(&bytes)).is_ok();
        assert!(fine, "round {round}: {bytes:?}");
    }
}
