//! A document as one who writes has it.

use yrs::{
    ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, Text, Transact, Update, XmlElementPrelim, XmlFragment,
    XmlFragmentRef, XmlOut, XmlTextPrelim, XmlTextRef, updates::decoder::Decode,
};

/// The name of a chapter's root.
const ROOT: &str = "chapter";
/// Of how many characters a paragraph of a long chapter is.
const PARAGRAPH: usize = 500;

/// A document, written by one hand.
pub struct Replica {
    doc: Doc,
    root: XmlFragmentRef,
    hand: ClientID,
}

impl Replica {
    /// An empty one.
    pub fn new(hand: u64) -> Self {
        let hand = ClientID::new(hand);
        let options = Options { offset_kind: OffsetKind::Utf16, ..Options::with_client_id(hand) };
        let doc = Doc::with_options(options);
        let root = doc.get_or_insert_xml_fragment(ROOT);
        Self { doc, root, hand }
    }

    /// Takes an edit in.
    ///
    /// # Errors
    /// In words.
    pub fn take_in(&self, edit: &[u8]) -> Result<(), String> {
        let update = Update::decode_v1(edit).map_err(|error| error.to_string())?;
        self.doc.transact_mut().apply_update(update).map_err(|error| error.to_string())
    }

    /// Writes a chapter of so many characters, in paragraphs. The edit.
    pub fn fill(&self, characters: usize) -> Vec<u8> {
        let sentence = "The wind had turned in the night, and nobody on the island slept. ";
        let text: String = sentence.chars().cycle().take(PARAGRAPH).collect();
        let mut txn = self.doc.transact_mut();
        for _ in 0..characters / PARAGRAPH {
            self.root.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new(&*text).into()]));
        }
        txn.encode_update_v1()
    }

    /// Begins a node of its own, before all others. What is to be written into, and the edit.
    pub fn begin(&self, node: &str) -> (XmlTextRef, Vec<u8>) {
        let mut txn = self.doc.transact_mut();
        let node = self.root.insert(&mut txn, 0, XmlElementPrelim::empty(node));
        let text = node.push_back(&mut txn, XmlTextPrelim::new(""));
        (text, txn.encode_update_v1())
    }

    /// The text of the `number`-th paragraph of [`fill`](Self::fill), or of a node that came before it.
    pub fn text_of(&self, number: u32) -> Option<XmlTextRef> {
        let txn = self.doc.transact();
        let XmlOut::Element(element) = self.root.get(&txn, number)? else { return None };
        match element.get(&txn, 0)? {
            XmlOut::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The first text that is not empty.
    pub fn first_text(&self) -> Option<XmlTextRef> {
        let length = self.root.len(&self.doc.transact());
        (0..length).filter_map(|number| self.text_of(number)).find(|text| text.len(&self.doc.transact()) > 0)
    }

    /// Puts something into a text, and takes something out before that. The edit.
    pub fn edit(&self, text: &XmlTextRef, at: u32, remove: u32, insert: &str) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        if remove > 0 {
            text.remove_range(&mut txn, at, remove);
        }
        text.insert(&mut txn, at, insert);
        txn.encode_update_v1()
    }

    /// What stands in a text.
    pub fn read(&self, text: &XmlTextRef) -> String {
        text.get_string(&self.doc.transact())
    }

    /// How much of a hand is here: its clock.
    pub fn has(&self, hand: u64) -> u32 {
        self.doc.transact().state_vector().get(&ClientID::new(hand))
    }

    /// How much of its own.
    pub fn wrote(&self) -> u32 {
        self.has(self.hand.get())
    }
}
