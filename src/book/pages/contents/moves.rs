//! Where a part goes when it is moved by key, by menu or by drag.

use crate::book::{
    model::{Kind, Part, PartId, Place},
    state::Book,
};

/// A move by key or menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Before the one above.
    Up,
    /// After the one below.
    Down,
    /// Into the section above.
    In,
    /// Out of the section, to stand after it.
    Out,
}

/// Where on a line something is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// On its upper edge.
    Before,
    /// In its middle: into a section.
    Into,
    /// On its lower edge.
    After,
}

/// Where a step leads.
///
/// # Errors
/// In words, when there is no step that way.
pub fn step(book: &Book, id: &PartId, step: Step) -> Result<Place, &'static str> {
    let part = book.part(id).ok_or("It is not there any more.")?;
    let siblings: Vec<&Part> = book.children(part.parent.as_ref()).collect();
    let at = siblings.iter().position(|sibling| sibling.id == *id).ok_or("It is not there any more.")?;
    let beside =
        |before: Option<&&Part>| Place { parent: part.parent.clone(), before: before.map(|part| part.id.clone()) };
    match step {
        Step::Up if at == 0 => Err("It is the first already."),
        Step::Up => Ok(beside(siblings.get(at - 1))),
        Step::Down if at + 1 == siblings.len() => Err("It is the last already."),
        Step::Down => Ok(beside(siblings.get(at + 2))),
        Step::In => match at.checked_sub(1).and_then(|above| siblings.get(above)) {
            Some(above) if above.kind == Kind::Section => Ok(Place { parent: Some(above.id.clone()), before: None }),
            _ => Err("There is no section right above it."),
        },
        Step::Out => {
            let parent = part.parent.as_ref().ok_or("It is in no section.")?;
            let outer = book.part(parent).ok_or("It is in no section.")?;
            Ok(Place { parent: outer.parent.clone(), before: next_of(book, outer) })
        }
    }
}

/// Where a drop leads; `None` where nothing would change or nothing can be put.
pub fn dropped(book: &Book, id: &PartId, onto: &PartId, zone: Zone) -> Option<Place> {
    let target = book.part(onto)?;
    if book.is_within(onto, id) {
        return None;
    }
    let place = match zone {
        Zone::Before => Place { parent: target.parent.clone(), before: Some(onto.clone()) },
        Zone::After => Place { parent: target.parent.clone(), before: next_of(book, target).filter(|next| next != id) },
        Zone::Into if target.kind == Kind::Section => Place { parent: Some(onto.clone()), before: None },
        Zone::Into => return None,
    };
    // Before itself, or before the one that follows it, is where it stands already.
    let here = place_of(book, id)?;
    (place != here).then_some(place)
}

/// Where a part stands now, said as a place.
pub fn place_of(book: &Book, id: &PartId) -> Option<Place> {
    let part = book.part(id)?;
    Some(Place { parent: part.parent.clone(), before: next_of(book, part) })
}

fn next_of(book: &Book, part: &Part) -> Option<PartId> {
    let mut siblings = book.children(part.parent.as_ref()).skip_while(|sibling| sibling.id != part.id);
    siblings.nth(1).map(|next| next.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::model::{Sees, Visibility};

    fn id(text: &str) -> PartId {
        text.parse().expect("an id")
    }

    /// a, S(b, c), d
    fn book() -> Book {
        let part = |name: &str, kind, parent: Option<&str>| {
            Part::new(id(name), kind, parent.map(id), name.parse().expect("a title"))
        };
        Book {
            id: "book".parse().expect("an id"),
            title: "Book".parse().expect("a title"),
            visibility: Visibility::Private,
            readers_see: Sees::Text,
            metadata: Default::default(),
            publishing: Default::default(),
            members: vec![],
            hues: Default::default(),
            invitations: vec![],
            parts: vec![
                part("a", Kind::Chapter, None),
                part("S", Kind::Section, None),
                part("b", Kind::Chapter, Some("S")),
                part("c", Kind::Chapter, Some("S")),
                part("d", Kind::Chapter, None),
            ],
            chat: vec![],
            activity: vec![],
            exports: vec![],
            deleted: false,
            archived: false,
        }
    }

    fn place(parent: Option<&str>, before: Option<&str>) -> Place {
        Place { parent: parent.map(id), before: before.map(id) }
    }

    #[test]
    fn a_step_leads_past_one_neighbour() {
        let book = book();
        assert_eq!(step(&book, &id("d"), Step::Up), Ok(place(None, Some("S"))));
        assert_eq!(step(&book, &id("a"), Step::Down), Ok(place(None, Some("d"))));
        assert_eq!(step(&book, &id("b"), Step::Down), Ok(place(Some("S"), None)));
        assert_eq!(step(&book, &id("d"), Step::In), Ok(place(Some("S"), None)));
        assert_eq!(step(&book, &id("b"), Step::Out), Ok(place(None, Some("d"))));
    }

    #[test]
    fn there_is_no_step_over_the_edge() {
        let book = book();
        for (part, way) in [("a", Step::Up), ("d", Step::Down), ("a", Step::Out), ("a", Step::In), ("c", Step::Down)] {
            assert!(step(&book, &id(part), way).is_err(), "{part} {way:?}");
        }
    }

    #[test]
    fn a_drop_goes_where_the_line_was_shown_or_nowhere() {
        let book = book();
        assert_eq!(dropped(&book, &id("d"), &id("a"), Zone::Before), Some(place(None, Some("a"))));
        assert_eq!(dropped(&book, &id("a"), &id("S"), Zone::Into), Some(place(Some("S"), None)));
        assert_eq!(dropped(&book, &id("a"), &id("b"), Zone::After), Some(place(Some("S"), Some("c"))));
        assert_eq!(dropped(&book, &id("S"), &id("b"), Zone::Before), None, "a section into itself");
        assert_eq!(dropped(&book, &id("a"), &id("S"), Zone::Before), None, "where it stands");
        assert_eq!(dropped(&book, &id("a"), &id("d"), Zone::Into), None, "a chapter holds nothing");
    }
}
