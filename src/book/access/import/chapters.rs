//! The pieces of a book as chapters and sections of one here.

use crate::{
    book::{
        import::Choices,
        model::{BookId, Kind, Part, PartId, Title},
        state::Book,
    },
    costly::Budget,
    database::new_id,
    document::{
        Document,
        manuscript::{Piece, Placed, place, used_pictures},
        tree::{Node, is_blank, never_none, plain},
        words::count_words,
    },
};
use sputnik::Fault;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A chapter or a section that is to be added.
pub(super) struct New {
    pub part: Part,
    /// Nothing for a section.
    pub written: Option<Written>,
}

/// What stands in a chapter that is to be added.
pub(super) struct Written {
    pub nodes: Vec<Node>,
    /// Its document, encoded, and by which hand it is written.
    pub state: Vec<u8>,
    pub hand: u64,
}

/// The pieces of a book that are to come in.
pub(super) struct Chosen {
    pieces: Vec<(usize, Piece, Title)>,
}

impl Chosen {
    /// Those that are not left out.
    pub(super) fn of(pieces: Vec<Piece>, titles: Vec<Title>, choices: &Choices) -> Self {
        let mut without: HashSet<usize> = match &choices.without {
            Some(without) => without.iter().copied().collect(),
            None => (0..pieces.len()).filter(|at| pieces[*at].is_apparatus).collect(),
        };
        // What stands in a section goes with it.
        let mut outer: Option<usize> = None;
        for (at, piece) in pieces.iter().enumerate() {
            outer = outer.filter(|depth| piece.depth > *depth);
            if outer.is_some() {
                without.insert(at);
            } else if without.contains(&at) && piece.is_section && choices.without.is_some() {
                outer = Some(piece.depth);
            }
        }
        let numbered = pieces.into_iter().zip(titles).enumerate();
        let kept = numbered.filter(|(at, _)| !without.contains(at)).map(|(at, (piece, title))| (at, piece, title));
        Self { pieces: kept.collect() }
    }

    /// How many parts they become at most.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|(_, piece, _)| 1 + usize::from(has_own_text(piece))).sum()
    }

    /// The pictures in them.
    pub(super) fn pictures(&self) -> BTreeSet<usize> {
        let mut used = BTreeSet::new();
        for (_, piece, _) in &self.pieces {
            used_pictures(&piece.nodes, &mut used);
        }
        used
    }

    /// All as parts of a book, each section before what stands in it. `parent` is what they all stand in.
    pub(super) fn into_parts(
        self,
        book: &BookId,
        parent: Option<&PartId>,
        pictures: &HashMap<usize, Placed>,
        budget: &Budget,
        mut done: impl FnMut(),
    ) -> Result<Vec<New>, Fault> {
        let ids = self.ids()?;
        let chapters: Vec<(usize, &PartId)> =
            ids.iter().filter_map(|(at, ids)| Some((*at, ids.chapter.as_ref()?))).collect();
        let mut chapters = chapters;
        chapters.sort_unstable_by_key(|(at, _)| *at);
        // A section without text of its own leads to the first chapter in it.
        let address = |piece: usize| {
            ids.get(&piece)?;
            let after = chapters.partition_point(|(at, _)| *at < piece);
            chapters.get(after).map(|(_, id)| format!("/book/{book}/{id}"))
        };
        let (mut new, mut open): (Vec<New>, Vec<(usize, PartId)>) = (Vec::new(), Vec::new());
        for (at, piece, title) in self.pieces {
            budget.check()?;
            open.retain(|(depth, _)| *depth < piece.depth);
            let Ids { section, chapter } = ids.get(&at).cloned().unwrap_or_default();
            if let Some(id) = section {
                let within = open.last().map(|(_, section)| section).or(parent).cloned();
                open.push((piece.depth, id.clone()));
                new.push(New { part: Part::new(id, Kind::Section, within, title.clone()), written: None });
            }
            if let Some(id) = chapter {
                let within = open.last().map(|(_, section)| section).or(parent).cloned();
                let nodes = place(piece.nodes, &|number| pictures.get(&number).cloned(), &address);
                new.push(written(id, within, title, nodes)?);
            }
            done();
        }
        Ok(new)
    }

    fn ids(&self) -> Result<HashMap<usize, Ids>, Fault> {
        let mut all = HashMap::with_capacity(self.pieces.len());
        for (at, piece, _) in &self.pieces {
            let section = piece.is_section.then(new_part).transpose()?;
            let chapter = (!piece.is_section || has_own_text(piece)).then(new_part).transpose()?;
            all.insert(*at, Ids { section, chapter });
        }
        Ok(all)
    }
}

/// The parts that a piece becomes.
#[derive(Debug, Clone, Default)]
struct Ids {
    section: Option<PartId>,
    chapter: Option<PartId>,
}

/// A section has no text: what it has is a chapter in it.
fn has_own_text(piece: &Piece) -> bool {
    piece.is_section && !is_blank(&piece.nodes)
}

fn new_part() -> Result<PartId, Fault> {
    new_id()?.try_into().map_err(Fault::bad_request)
}

fn written(id: PartId, parent: Option<PartId>, title: Title, nodes: Vec<Node>) -> Result<New, Fault> {
    let nodes = never_none(nodes);
    let words = count_words(&plain(&nodes));
    let too_large = || {
        Fault::too_large(format_args!(
            "“{title}” is more than a chapter holds: 1,000,000 characters, or a table of some 50,000 cells. Please take the \
             book apart more finely, or put headings into it where its chapters begin. Nothing was imported."
        ))
    };
    if Document::would_be_full(&nodes) {
        return Err(too_large());
    }
    let mut document = Document::of(&nodes);
    if document.is_full() {
        return Err(too_large());
    }
    let part = Part { words, revision: 1, ..Part::new(id, Kind::Chapter, parent, title) };
    Ok(New { part, written: Some(Written { nodes, state: document.state(), hand: document.hand() }) })
}

/// Whether they fit into a book that has so many already.
pub(super) fn must_fit(chosen: &Chosen, present: usize) -> Result<(), Fault> {
    let count = chosen.len();
    if count == 0 {
        return Err(Fault::bad_request("Everything in this file is left out. Please choose at least one chapter."));
    }
    if present + count > Book::PARTS {
        return Err(Fault::too_large(format_args!(
            "This would be {count} chapters and sections; a book has at most {}. Please take it apart less finely, or leave \
             some out. Nothing was imported.",
            Book::PARTS
        )));
    }
    Ok(())
}
