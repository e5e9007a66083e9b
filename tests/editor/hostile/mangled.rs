//! Honest edits, mangled on the way.

use crate::support::dice::Dice;
use sputnik_editor::document::{Document, Edit, html::html};
use std::time::{Duration, Instant};
use yrs::{
    Doc, ReadTxn, StateVector, Text, Transact, Update, XmlElementPrelim, XmlFragment, XmlTextPrelim,
    updates::decoder::Decode,
};

/// A chapter as people leave it: marks, nodes of several kinds, words that are gone, more than one hand.
fn a_chapter() -> (Vec<u8>, Vec<Vec<u8>>) {
    let (one, two) = (Doc::with_client_id(11), Doc::with_client_id(22));
    let mut honest = Vec::new();
    for (number, (here, there)) in [(&one, &two), (&two, &one), (&one, &two), (&two, &one)].into_iter().enumerate() {
        let root = here.get_or_insert_xml_fragment("chapter");
        let update = {
            let mut txn = here.transact_mut();
            let paragraph = root.push_back(&mut txn, XmlElementPrelim::empty("paragraph"));
            let text = paragraph.push_back(&mut txn, XmlTextPrelim::new("Words that stay, and 😀 some that go."));
            let strong =
                (std::sync::Arc::from("strong"), yrs::Any::from(std::collections::HashMap::<String, yrs::Any>::new()));
            text.format(&mut txn, 3, 6, yrs::types::Attrs::from([strong]));
            text.remove_range(&mut txn, 12, 5);
            let list = root.push_back(&mut txn, XmlElementPrelim::empty("bullet_list"));
            let li = list.push_back(&mut txn, XmlElementPrelim::empty("list_item"));
            li.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("An item.").into()]));
            if number == 2 {
                root.remove(&mut txn, 1);
            }
            txn.encode_update_v1()
        };
        there.transact_mut().apply_update(Update::decode_v1(&update).unwrap()).unwrap();
        honest.push(update);
    }
    let state = one.transact().encode_state_as_update_v1(&StateVector::default());
    (state, honest)
}

#[test]
fn an_edit_that_was_mangled_is_refused_or_does_what_an_edit_may_do() {
    let (state, honest) = a_chapter();
    let mut dice = Dice::new(5);
    let (mut taken, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..4_000 {
        // The newest is not here yet, or all are.
        let here: Vec<&[u8]> = honest.iter().take(3 + round % 2).map(Vec::as_slice).collect();
        let mut document = Document::load(&[], here.iter().copied()).unwrap();
        let mut mangled = if dice.below(4) == 0 { state.clone() } else { dice.of(&honest).clone() };
        match dice.below(5) {
            0 => mangled.truncate(dice.below(mangled.len())),
            1 => {
                let at = dice.below(mangled.len());
                let end = at + dice.below((mangled.len() - at).min(9)) + 1;
                mangled.drain(at..end);
            }
            2 => {
                let (at, from) = (dice.below(mangled.len()), dice.below(mangled.len()));
                let piece: Vec<u8> = mangled[from..].iter().take(8).copied().collect();
                mangled.splice(at..at, piece);
            }
            _ => {
                for _ in 0..=dice.below(3) {
                    let at = dice.below(mangled.len());
                    mangled[at] ^= 1 << dice.below(8);
                }
            }
        }
        let begun = Instant::now();
        let read = Edit::read(&mangled).and_then(|edit| document.take_in(edit));
        slowest = slowest.max(begun.elapsed());
        if read.is_err() {
            refused += 1;
            continue;
        }
        taken += 1;
        // What was taken can be stored, loaded, shown, and is all within the schema; and one can go on.
        let nodes = document.nodes();
        let edits = here.iter().copied().chain([mangled.as_slice()]);
        let again = Document::load(&[], edits).unwrap_or_else(|why| panic!("round {round}: {why}"));
        assert_eq!(again.nodes(), nodes, "round {round}");
        let kept =
            Document::load(&document.state(), std::iter::empty()).unwrap_or_else(|why| panic!("round {round}: {why}"));
        assert_eq!(html(&kept.nodes()), html(&nodes), "round {round}");
        let mut checked = Document::default();
        let whole = Edit::read(&document.state()).and_then(|edit| checked.take_in(edit));
        assert!(whole.is_ok(), "round {round}: {whole:?} of what was taken, {:?}", document.nodes());
        assert_eq!(document.missing(&checked.state_vector()).map(|lacks| lacks.len() < 200), Ok(true));
        let on = Doc::new();
        let root = on.get_or_insert_xml_fragment("chapter");
        on.transact_mut().apply_update(Update::decode_v1(&document.state()).unwrap()).unwrap();
        let update = {
            let mut txn = on.transact_mut();
            root.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new("On.").into()]));
            txn.encode_update_v1()
        };
        assert!(document.take_in(Edit::read(&update).unwrap()).is_ok(), "round {round}");
    }
    println!("{taken} taken, {refused} refused, the slowest {slowest:?}");
    assert!(taken > 100 && refused > 1_000, "{taken} taken, {refused} refused");
}
