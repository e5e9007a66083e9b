//! A chapter open in somebody's page, as the editor in the browser has it.

use crate::world::Browser;
use sputnik::Fault;
use sputnik_editor::book::{
    chapter::{Encoded, Exchanged},
    commands::writing::{Exchange, Write},
    model::{BookId, PartId},
};
use yrs::{
    Doc, GetString, ReadTxn, StateVector, Transact, Update, XmlElementPrelim, XmlFragment, XmlFragmentRef,
    XmlTextPrelim,
    updates::{decoder::Decode, encoder::Encode},
};

/// A chapter open in somebody's page.
pub struct Page {
    pub browser: Browser,
    pub book: BookId,
    pub part: PartId,
    pub doc: Doc,
    pub root: XmlFragmentRef,
}

impl Page {
    pub async fn open(browser: &Browser, book: &BookId, part: &PartId) -> Self {
        let doc = Doc::new();
        let root = doc.get_or_insert_xml_fragment("chapter");
        let page = Self { browser: browser.clone(), book: book.clone(), part: part.clone(), doc, root };
        page.exchange().await.unwrap();
        page
    }

    /// Exchanges both ways.
    pub async fn exchange(&self) -> Result<(), Fault> {
        let state_vector = Encoded(self.doc.transact().state_vector().encode_v1());
        let (book, part) = (self.book.clone(), self.part.clone());
        let Exchanged { update, state_vector } = self.browser.ask(Exchange { book, part, state_vector }).await?;
        self.receive(&update.0);
        let have = StateVector::decode_v1(&state_vector.0).unwrap();
        if self.doc.transact().state_vector().iter().any(|(hand, clock)| *clock > have.get(hand)) {
            let lacks = self.doc.transact().encode_diff_v1(&have);
            self.write(lacks).await?;
        }
        Ok(())
    }

    pub fn receive(&self, update: &[u8]) {
        self.doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }

    /// Adds a paragraph, here only.
    pub fn type_paragraph(&self, text: &str) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        self.root.push_back(&mut txn, XmlElementPrelim::new("paragraph", [XmlTextPrelim::new(text).into()]));
        txn.encode_update_v1()
    }

    pub async fn write(&self, edit: Vec<u8>) -> Result<(), Fault> {
        let (book, part) = (self.book.clone(), self.part.clone());
        self.browser.ask(Write { book, part, edit: Encoded(edit) }).await
    }

    pub fn text(&self) -> String {
        self.root.get_string(&self.doc.transact())
    }

    /// Adds a paragraph and has it stored.
    pub async fn say(&self, text: &str) -> Result<(), Fault> {
        self.write(self.type_paragraph(text)).await
    }
}
