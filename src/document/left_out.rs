//! What a text has and a chapter has no place for: named while it is read, so that nothing goes in silence.

use std::collections::HashMap;

/// How many different ones are named of a text. Those beyond are counted together.
const NAMED: usize = 200;
/// How long a name is at most, in characters.
const NAME: usize = 200;

/// What was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A picture that does not lie on this site: its description stays as text.
    Picture,
    /// A link to where none may lead: its text stays.
    Link,
    /// What a link shows when one points at it.
    LinkTitle,
    /// A remark that no reader of the text would see.
    Comment,
    /// What a browser would run or fetch, and what is not shown: a script, a style, a frame, a hidden element.
    Element,
    /// Something said about the text at its beginning that has no place in a book.
    Field,
    /// A place within a chapter that a link leads to: it leads to the chapter.
    Place,
    /// How a formula is put together: its signs stay.
    Formula,
    /// A mark where a page of the printed book began.
    PageBreak,
    /// A line of code that is there to be run and not to be read.
    HiddenLine,
    /// A file that is named, and is not there or cannot be read.
    File,
    /// A file that lies among those of a book, and is not read: nothing lists it, it is of another kind, or it is no text.
    Unread,
    /// An addition that somebody proposed: it is read as accepted.
    Insertion,
    /// A deletion that somebody proposed: it is read as accepted.
    Deletion,
    /// A list of what is in the book, made by a program.
    Contents,
    /// What stands above or below each page.
    Header,
    /// Text that is not shown.
    Hidden,
}

/// What was left out of a text, in the order in which it was met first, and how often each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    found: Vec<(What, String, usize)>,
    places: HashMap<(What, String), usize>,
}

impl LeftOut {
    /// Notes that something was left out, by its address or name; what has none, such as a remark, by nothing.
    pub fn add(&mut self, what: What, name: &str) {
        let mut name: String = name.chars().take(NAME).collect();
        if self.found.len() >= NAMED && !self.places.contains_key(&(what, name.clone())) {
            name.clear();
        }
        match self.places.get(&(what, name.clone())) {
            Some(place) => self.found[*place].2 += 1,
            None => {
                self.places.insert((what, name.clone()), self.found.len());
                self.found.push((what, name, 1));
            }
        }
    }

    /// Adds what was left out elsewhere.
    pub fn add_all(&mut self, other: &Self) {
        for (what, name, times) in other.iter() {
            self.add(what, name);
            if let Some(place) = self.places.get(&(what, name.to_owned())).copied() {
                self.found[place].2 += times - 1;
            }
        }
    }

    /// What, its address or name, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (What, &str, usize)> {
        self.found.iter().map(|(what, name, times)| (*what, name.as_str(), *times))
    }

    /// How often something of this kind was left out.
    pub fn count(&self, what: What) -> usize {
        self.iter().filter(|(of, ..)| *of == what).map(|(.., times)| times).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted_and_named_up_to_a_bound() {
        let mut left = LeftOut::default();
        for number in 0..1_000 {
            left.add(What::Link, &format!("ftp://example.org/{number}"));
            left.add(What::Comment, "");
        }
        assert_eq!((left.count(What::Link), left.count(What::Comment)), (1_000, 1_000));
        assert!(left.iter().count() <= NAMED + 2);
        left.add(What::Picture, &"x".repeat(5_000));
        assert!(left.iter().all(|(_, name, _)| name.len() <= NAME));
    }
}
