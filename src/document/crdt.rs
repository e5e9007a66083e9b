//! A chapter's document, as everybody's edits made it.
//!
//! An edit is taken in as a whole or refused. What it changes is looked at while it is taken in; one that is refused has
//! left its marks in memory by then, so the document is [spoilt](Document::is_spoilt) and must be loaded anew.

use super::{
    bytes::{self, Walked},
    check::{self, Verdict},
    refused::Refused,
    schema::SCHEMA,
    tree::{self, Element, Node, Run},
};
use std::{
    collections::BTreeSet,
    fmt::{self, Debug, Formatter},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use yrs::{
    Any, ClientID, DeepObservable, Doc, OffsetKind, Options, ReadTxn, StateVector, Text, Transact, TransactionMut,
    Update, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlFragmentRef, XmlTextPrelim, XmlTextRef,
    types::Attrs,
    updates::{decoder::Decode, encoder::Encode},
};

/// The largest edit, in bytes: a long chapter pasted at once, with room.
pub const EDIT_BYTES: usize = 1 << 20;
/// The largest document, in UTF-16 units of text.
pub const TEXT_UNITS: usize = 1_000_000;
/// The largest document, in bytes of its encoded state.
pub const STATE_BYTES: usize = 8 << 20;
/// How many bytes an element takes at the least in a document, besides its name.
const ELEMENT: usize = 6;
/// Up to how many bytes of its encoded state a document is short: it is read and shown in a millisecond.
const SHORT_BYTES: usize = 64 << 10;
/// How long an edit may take. Honest ones take milliseconds; what is made to be slow could take minutes.
const PATIENCE: Duration = Duration::from_secs(3);
/// From how many steps on an edit may take long: a struct may have to be held against each that is there.
const LONG_STEPS: usize = 500_000;
/// How long the whole of a document may take. A build for working on the code is many times slower.
const LOADED: Duration = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 3 });
/// The longest state vector that is read, in bytes.
const VECTOR_BYTES: usize = 256 << 10;

/// An edit that was read and not yet taken in.
pub struct Edit {
    whole: Update,
    walked: Walked,
    bytes: Vec<u8>,
}

impl Edit {
    /// Reads an edit.
    ///
    /// # Errors
    /// When it is too large or not an edit.
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > EDIT_BYTES {
            return Err(Refused::TooLarge);
        }
        let walked = bytes::walk(bytes)?;
        Ok(Self { whole: decoded(bytes)?, walked, bytes: bytes.to_vec() })
    }

    /// What is taken in together and in this order, of a document of so many structs.
    fn pieces(self, structs: usize) -> Result<Vec<Update>, Refused> {
        match &self.walked.sections.pieces(&self.bytes, structs)?[..] {
            [_] => Ok(vec![self.whole]),
            pieces => pieces.iter().map(|piece| decoded(piece)).collect(),
        }
    }
}

fn decoded(bytes: &[u8]) -> Result<Update, Refused> {
    catch_unwind(|| Update::decode_v1(bytes)).ok().and_then(Result::ok).ok_or(Refused::Unreadable)
}

/// What was taken in.
#[derive(Debug, PartialEq, Eq)]
pub struct TakenIn {
    /// Whether it changed anything: one that was taken in before does not.
    pub changed: bool,
}

/// What is known of the edit that is being taken in.
#[derive(Default)]
struct Checked {
    more_than_text: bool,
    verdict: Verdict,
}

/// A chapter's document.
pub struct Document {
    pub(super) doc: Doc,
    pub(super) root: XmlFragmentRef,
    checked: Arc<Mutex<Checked>>,
    /// UTF-16 units of text, or more: what goes with a whole node is not taken off, nor what goes with an edit that
    /// brings text alone.
    units: usize,
    /// Bytes of the encoded state, or more.
    bytes: usize,
    /// Structs in it, or more: what was written at once and stands together may have become one.
    structs: usize,
    spoilt: bool,
}

impl Debug for Document {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("units", &self.units).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Default for Document {
    fn default() -> Self {
        // As in the browser, positions in text count UTF-16 units.
        let options = Options { offset_kind: OffsetKind::Utf16, ..Options::default() };
        let doc = Doc::with_options(options);
        let root = doc.get_or_insert_xml_fragment(SCHEMA.fragment.as_str());
        let checked = Arc::new(Mutex::new(Checked::default()));
        let told = Arc::clone(&checked);
        root.observe_deep("check", move |txn, events| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            let found = check::check(txn, events, told.more_than_text);
            told.verdict.add(&found);
        });
        Self { doc, root, checked, units: 0, bytes: 0, structs: 0, spoilt: false }
    }
}

impl Document {
    /// The document with this state, and the edits after it, in their order. What was stored was checked before.
    ///
    /// # Errors
    /// When the state is damaged.
    pub fn load<'a>(state: &'a [u8], edits: impl Iterator<Item = &'a [u8]>) -> Result<Self, Refused> {
        let mut document = Self::default();
        let mut bytes = 0;
        for part in std::iter::once(state).filter(|state| !state.is_empty()).chain(edits) {
            bytes += part.len();
            document.structs += structs_in(part);
            let update = Update::decode_v1(part).map_err(|_| Refused::Unreadable)?;
            let mut txn = document.doc.transact_mut();
            txn.apply_update(update).map_err(|_| Refused::Unreadable)?;
            txn.commit();
            let waits = txn.store().pending_update().is_some();
            drop(txn);
            if waits {
                return Err(Refused::Missing);
            }
        }
        document.bytes = bytes;
        document.units = tree::plain(&document.nodes()).encode_utf16().count();
        Ok(document)
    }

    /// Whether this document is loaded in the time that an edit may take: what each of many edits costs to take in, it
    /// costs again whenever the chapter is opened.
    pub fn loads_in_time(&self) -> bool {
        self.loads_within(LOADED)
    }

    /// The same, with another time.
    pub(super) fn loads_within(&self, patience: Duration) -> bool {
        let state = self.state();
        let pieces = bytes::sections(&state).and_then(|sections| sections.pieces(&state, sections.structs()));
        let updates = pieces.and_then(|pieces| pieces.iter().map(|piece| decoded(piece)).collect());
        // One that tells nobody what changed.
        let doc = Doc::new();
        doc.get_or_insert_xml_fragment(SCHEMA.fragment.as_str());
        let loaded = updates.map(|updates| catch_unwind(AssertUnwindSafe(|| apply(&doc, updates, patience).is_ok())));
        matches!(loaded, Ok(Ok(true)))
    }

    /// A document with this content. Only the server creates content; whoever opens the chapter gets it from here.
    pub fn of(nodes: &[Node]) -> Self {
        let mut document = Self::default();
        let mut txn = document.doc.transact_mut();
        insert_all(&document.root, nodes, &mut txn);
        drop(txn);
        let state = document.state();
        (document.bytes, document.structs) = (state.len(), structs_in(&state));
        document.units = tree::plain(&document.nodes()).encode_utf16().count();
        document
    }

    /// Whether an edit may take long to be taken in here, whatever it turns out to take.
    pub fn may_take_long(&self, edit: &Edit) -> bool {
        edit.walked.sections.steps(self.structs) > LONG_STEPS
    }

    /// The hand by which this copy writes.
    pub fn hand(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// Which hands an edit adds something by that is not here yet. Each tab of a writer is a hand of its own.
    pub fn new_hands(&self, edit: &Edit) -> BTreeSet<u64> {
        let have = self.doc.transact().state_vector();
        let adds = edit.walked.adds.iter().filter(|(hand, range)| range.end > have.get(&ClientID::new(**hand)));
        adds.map(|(hand, _)| *hand).collect()
    }

    /// Which hands an edit adds something by, here already or not.
    pub fn hands_of(edit: &Edit) -> BTreeSet<u64> {
        edit.walked.adds.keys().copied().collect()
    }

    /// Whether an earlier edit of one of its hands is not here, or what it builds on, or what it removes. What would be
    /// removed before it came is never waited for: nobody could write any more whose words were removed in advance.
    fn misses(&self, walked: &Walked) -> bool {
        let have = self.doc.transact().state_vector();
        let have = |hand: u64| have.get(&ClientID::new(hand));
        let then = |hand: u64| walked.adds.get(&hand).map_or(0, |range| range.end).max(have(hand));
        walked.adds.iter().any(|(hand, range)| range.start > have(*hand))
            || walked.needs.iter().any(|(hand, end)| *end > then(*hand))
    }

    /// Takes an edit in.
    ///
    /// # Errors
    /// When it is refused; then the document may be [spoilt](Self::is_spoilt).
    pub fn take_in(&mut self, edit: Edit) -> Result<TakenIn, Refused> {
        // Before anything is touched: an earlier edit of this hand has never arrived.
        if self.misses(&edit.walked) {
            return Err(Refused::Missing);
        }
        let (more_than_text, units) = (edit.walked.more_than_text, edit.walked.units);
        let (bytes, structs) = (edit.bytes.len(), edit.walked.sections.structs());
        let pieces = edit.pieces(self.structs)?;
        *self.checked() = Checked { more_than_text, verdict: Verdict::default() };
        self.spoilt = true;
        // What is not an honest edit may meet what its reader never thought of.
        let changed = catch_unwind(AssertUnwindSafe(|| apply(&self.doc, pieces, PATIENCE)))
            .map_err(|_| Refused::Unreadable)??;
        let mut verdict = std::mem::take(&mut *self.checked()).verdict;
        if !verdict.is_allowed {
            return Err(Refused::NotAllowed);
        }
        if !more_than_text {
            verdict.added += units;
        }
        self.units = (self.units + verdict.added).saturating_sub(verdict.removed);
        self.bytes += bytes;
        self.structs += structs;
        if verdict.added > 0 && self.is_full() {
            return Err(Refused::Full);
        }
        self.spoilt = false;
        Ok(TakenIn { changed })
    }

    /// Whether a text would surely be too large, before it is made one: that takes many times its size.
    pub fn would_be_full(nodes: &[Node]) -> bool {
        let (mut units, mut bytes) = (0, 0);
        at_least(nodes, &mut units, &mut bytes);
        units > TEXT_UNITS || bytes > STATE_BYTES
    }

    /// Whether it is too large, measured anew where it seems so.
    pub fn is_full(&mut self) -> bool {
        if self.units > TEXT_UNITS {
            self.units = tree::plain(&self.nodes()).encode_utf16().count();
        }
        if self.bytes > STATE_BYTES {
            self.bytes = self.state().len();
        }
        self.units > TEXT_UNITS || self.bytes > STATE_BYTES
    }

    /// How many bytes its state has, encoded, or more. In memory it may take forty times as many.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether to look at it takes no time to speak of.
    pub fn is_short(&self) -> bool {
        self.bytes <= SHORT_BYTES
    }

    /// Whether a refused edit left it unfit for use.
    pub fn is_spoilt(&self) -> bool {
        self.spoilt
    }

    fn checked(&self) -> std::sync::MutexGuard<'_, Checked> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The whole state, encoded.
    pub fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// What this document has, encoded.
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// What somebody lacks who has this, encoded.
    ///
    /// # Errors
    /// When what they have cannot be read.
    pub fn missing(&self, state_vector: &[u8]) -> Result<Vec<u8>, Refused> {
        if state_vector.len() > VECTOR_BYTES {
            return Err(Refused::TooLarge);
        }
        let have = catch_unwind(|| StateVector::decode_v1(state_vector)).ok().and_then(Result::ok);
        let have = have.ok_or(Refused::Unreadable)?;
        Ok(self.doc.transact().encode_diff_v1(&have))
    }

    /// What stands in it.
    pub fn nodes(&self) -> Vec<Node> {
        tree::read(&self.root, &self.doc.transact())
    }
}

/// How many units of text there are at least, and how many bytes a document of it has: an element takes two letters' worth
/// of its own, and its name.
fn at_least(nodes: &[Node], units: &mut usize, bytes: &mut usize) {
    for node in nodes {
        match node {
            Node::Text(run) => {
                *units += run.text.encode_utf16().count();
                *bytes += run.text.len();
            }
            Node::Element(element) => {
                *bytes += element.kind.name.len() + ELEMENT;
                at_least(&element.children, units, bytes);
            }
        }
    }
}

/// How many structs a stored state or edit has; never none.
fn structs_in(bytes: &[u8]) -> usize {
    // A struct takes four bytes at least.
    bytes::sections(bytes).map_or(bytes.len() / 4, |sections| sections.structs())
}

/// Applies an edit piece by piece, and tells whether it changed anything. Each piece is done with before the next, or
/// what is left to be done at the end would take long.
fn apply(doc: &Doc, pieces: Vec<Update>, patience: Duration) -> Result<bool, Refused> {
    let begun = Instant::now();
    let mut changed = false;
    for piece in pieces {
        if begun.elapsed() > patience {
            return Err(Refused::Slow);
        }
        let mut txn = doc.transact_mut();
        txn.apply_update(piece).map_err(|_| Refused::Unreadable)?;
        changed |= txn.has_changes();
        txn.commit();
        if txn.has_missing_updates() {
            return Err(Refused::Missing);
        }
        if txn.root_refs().any(|(name, _)| name != SCHEMA.fragment) {
            return Err(Refused::NotAllowed);
        }
    }
    // What took longer is not stored: everybody who opens the chapter would wait for it again.
    if begun.elapsed() > patience { Err(Refused::Slow) } else { Ok(changed) }
}

/// Puts blocks where none are yet. Text stands in no list of blocks.
pub(super) fn insert_all(root: &XmlFragmentRef, nodes: &[Node], txn: &mut TransactionMut<'_>) {
    // The last first: a place is found by counting from the start, which for each of many would take long.
    for node in nodes.iter().rev() {
        if let Node::Element(element) = node {
            insert_element(root, 0, element, txn);
        }
    }
}

/// Puts an element with all that stands in it at this place.
pub(super) fn insert_element(parent: &impl XmlFragment, at: u32, element: &Element, txn: &mut TransactionMut<'_>) {
    let node: XmlElementRef = parent.insert(txn, at, XmlElementPrelim::empty(element.kind.name.as_str()));
    for (attribute, value) in element.kind.attributes.iter().zip(&element.values) {
        node.insert_attribute(txn, attribute.name.as_str(), Any::from(value));
    }
    let mut children = element.children.iter().rev().peekable();
    while let Some(child) = children.next() {
        match child {
            Node::Element(child) => insert_element(&node, 0, child, txn),
            Node::Text(run) => {
                let text = node.insert(txn, 0, XmlTextPrelim::new(""));
                insert_run(&text, 0, run, txn);
                while let Some(Node::Text(run)) = children.next_if(|next| matches!(next, Node::Text(_))) {
                    insert_run(&text, 0, run, txn);
                }
            }
        }
    }
}

/// Puts a run of text at this place, in UTF-16 units. Tells how long it is.
pub(super) fn insert_run(text: &XmlTextRef, at: u32, run: &Run, txn: &mut TransactionMut<'_>) -> u32 {
    text.insert_with_attributes(txn, at, &run.text, attributes(run));
    u32::try_from(run.text.encode_utf16().count()).unwrap_or(u32::MAX)
}

fn attributes(run: &Run) -> Attrs {
    let of = |mark: &tree::Mark| {
        let values = mark.kind.attributes.iter().zip(mark.values.iter());
        let values = values.map(|(attribute, value)| (attribute.name.clone(), Any::from(value)));
        (mark.kind.name.as_str().into(), Any::from(values.collect::<std::collections::HashMap<_, _>>()))
    };
    run.marks.iter().map(of).collect()
}
