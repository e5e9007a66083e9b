//! What must hold of whatever edit arrives: it is handed any bytes, and panics when a promise is broken. Run for seconds
//! by `tests/fuzz/main.rs`, and for as long as one likes by `cargo fuzz` (see `fuzz/`).

use sputnik_editor::document::{Document, Edit, html::html};

/// An edit of a chapter that is taken can be stored, loaded and shown, and taken again changes nothing. Tells whether it was taken.
pub fn edits(bytes: &[u8]) -> bool {
    let mut document = Document::default();
    if Edit::read(bytes).and_then(|edit| document.take_in(edit)).is_err() {
        return false;
    }
    let shown = html(&document.nodes());
    let again = Document::load(&[], std::iter::once(bytes)).expect("what was taken can be loaded");
    assert_eq!(html(&again.nodes()), shown);
    let kept = Document::load(&document.state(), std::iter::empty()).expect("its state can be loaded");
    assert_eq!(html(&kept.nodes()), shown);
    let twice = Edit::read(bytes).and_then(|edit| document.take_in(edit)).expect("it was taken before");
    assert!(!twice.changed);
    true
}
