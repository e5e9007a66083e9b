//! Who wrote what stands in a chapter.

use super::{
    document::Document,
    html::html,
    shown::authored,
    tree::{self, Node, Run},
};
use crate::{account::person::Person, book::history::Attributed, ui::avatar::hue};
use std::collections::HashMap;
use yrs::{
    Any, Out, Snapshot, StateVector, Text, Transact, XmlFragment, XmlOut, branch::BranchID, types::text::YChange,
};

/// The chapter as it stands, each piece of text marked as its author's. `hands` says who wrote by which. What the server
/// made, a text brought in, say, is nobody's.
pub fn attributed(document: &Document, hands: &HashMap<u64, Person>) -> Attributed {
    let pieces = pieces(document);
    let mut lengths: HashMap<&Person, u32> = HashMap::new();
    for (hand, run) in pieces.values().flatten() {
        if let Some(person) = hands.get(hand) {
            *lengths.entry(person).or_default() += u32::try_from(run.text.chars().count()).unwrap_or(u32::MAX);
        }
    }
    let mut authors: Vec<(Person, u32)> =
        lengths.into_iter().map(|(person, length)| (person.clone(), length)).collect();
    authors.sort_by(|(a, most), (b, more)| more.cmp(most).then_with(|| a.name.cmp(&b.name)));
    let marked = |(hand, run): &(u64, Run)| match hands.get(hand) {
        Some(person) => authored(run, hue(person.id.as_str()), &person.name),
        None => run.clone(),
    };
    let nodes: Vec<Node> = tree::read_with(&document.root, &document.doc.transact(), &|text| {
        let id = AsRef::<yrs::branch::Branch>::as_ref(text).id();
        pieces.get(&id).map(|pieces| pieces.iter().map(marked).collect()).unwrap_or_default()
    });
    Attributed { html: html(&nodes), authors }
}

/// Every text of a document in pieces, each with the hand that wrote it.
fn pieces(document: &Document) -> HashMap<BranchID, Vec<(u64, Run)>> {
    // Asked what came between nothing and now, the document tells of every piece where it is from.
    let mut txn = document.doc.transact_mut();
    let texts: Vec<_> = document
        .root
        .successors(&txn)
        .filter_map(|node| if let XmlOut::Text(text) = node { Some(text) } else { None })
        .collect();
    let now = yrs::ReadTxn::snapshot(&txn);
    let nothing = Snapshot::new(StateVector::default(), Default::default());
    let mut pieces = HashMap::new();
    for text in texts {
        let hand = |change: YChange| change.id.client.get();
        let found = text.diff_range(&mut txn, Some(&now), Some(&nothing), hand).into_iter().filter_map(|piece| {
            let Out::Any(Any::String(text)) = piece.insert else { return None };
            let marks = piece.attributes.as_deref().map(tree::marks).unwrap_or_default();
            Some((piece.ychange.unwrap_or_default(), Run { text: text.to_string(), marks }))
        });
        let id = AsRef::<yrs::branch::Branch>::as_ref(&text).id();
        pieces.insert(id, found.collect());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{
        super::{document::Edit, markdown},
        *,
    };
    use yrs::Doc;

    fn write(document: &mut Document, hand: u64, at: u32, words: &str) {
        let doc = Doc::with_client_id(hand);
        let root = doc.get_or_insert_xml_fragment("chapter");
        let state = yrs::updates::decoder::Decode::decode_v1(&document.state()).unwrap();
        doc.transact_mut().apply_update(state).unwrap();
        let edit = {
            let mut txn = doc.transact_mut();
            let node = root.get(&txn, 0).unwrap().into_xml_element().unwrap();
            node.get(&txn, 0).unwrap().into_xml_text().unwrap().insert(&mut txn, at, words);
            txn.encode_update_v1()
        };
        document.take_in(Edit::read(&edit).unwrap()).unwrap();
    }

    #[test]
    fn every_word_is_its_authors_and_the_servers_are_nobodys() {
        let mut document = Document::of(&markdown::read("The *moon*."));
        write(&mut document, 11, 4, "old ");
        write(&mut document, 12, 8, "red ");
        write(&mut document, 13, 0, "Oh! ");
        let person = |name: &str| Person { id: name.parse().unwrap(), name: name.into() };
        let hands = HashMap::from([(11, person("ann")), (12, person("ben")), (13, person("ann"))]);
        let Attributed { html, authors } = attributed(&document, &hands);
        let span =
            |name: &str, text: &str| format!("<span class=\"by hue-{}\" title=\"{name}\">{text}</span>", hue(name));
        let expected = format!(
            "<p dir=\"auto\">{}The {}{}<em>moon</em>.</p>",
            span("ann", "Oh! "),
            span("ann", "old "),
            span("ben", "red ")
        );
        assert_eq!(html, expected);
        assert_eq!(authors, [(person("ann"), 8), (person("ben"), 4)]);
    }
}
