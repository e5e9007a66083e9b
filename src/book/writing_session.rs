//! When a writing session ends, and a revision is made of it.
//!
//! Nobody waits for that moment: the edit that begins the next session ends the one before.

use crate::account::person::Person;
use sputnik::UserId;

const MINUTE: i64 = 60_000;
/// A session has ended when nobody wrote for so long.
pub const PAUSE: i64 = 5 * MINUTE;
/// It also ends when somebody begins who is not among its authors, if they were quiet for so long.
pub const HANDOVER: i64 = MINUTE;
/// And it is never longer than this.
pub const LONGEST: i64 = 60 * MINUTE;

/// What was written since the newest revision: who wrote, and when. Times are milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WritingSession {
    /// When the first edit was stored; meaningless without one.
    pub first: i64,
    /// When the last was.
    pub last: i64,
    /// Who wrote, and how many edits each.
    authors: Vec<(Person, u64)>,
}

impl WritingSession {
    /// Whether nobody wrote.
    pub fn is_empty(&self) -> bool {
        self.authors.is_empty()
    }

    /// Whether an edit that these people make at this moment belongs to the next session.
    pub fn ends<'a>(&self, at: i64, mut by: impl Iterator<Item = &'a UserId>) -> bool {
        if self.is_empty() {
            return false;
        }
        let quiet = at - self.last;
        let is_known = |who: &UserId| self.authors.iter().any(|(author, _)| author.id == *who);
        quiet >= PAUSE || at - self.first >= LONGEST || quiet >= HANDOVER && by.any(|who| !is_known(who))
    }

    /// Takes in so many edits of somebody, between these two times.
    pub fn add(&mut self, by: &Person, edits: u64, (first, last): (i64, i64)) {
        self.first = if self.is_empty() { first } else { self.first.min(first) };
        self.last = self.last.max(last);
        match self.authors.iter_mut().find(|(author, _)| author.id == by.id) {
            Some((_, count)) => *count += edits,
            None => self.authors.push((by.clone(), edits)),
        }
    }

    /// Who wrote, and how many edits each; those who wrote most first.
    pub fn authors(&self) -> Vec<(Person, u64)> {
        let mut authors = self.authors.clone();
        authors.sort_by(|(a, most), (b, more)| more.cmp(most).then_with(|| a.name.cmp(&b.name)));
        authors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> Person {
        Person { id: name.parse().unwrap(), name: name.into() }
    }

    fn session(last: i64) -> WritingSession {
        let mut session = WritingSession::default();
        session.add(&person("ann"), 2, (0, last));
        session
    }

    #[test]
    fn nothing_ends_where_nobody_wrote() {
        assert!(!WritingSession::default().ends(i64::MAX, [&person("ann").id].into_iter()));
    }

    #[test]
    fn a_session_ends_with_a_pause() {
        let ann = person("ann").id;
        assert!(!session(0).ends(PAUSE - 1, [&ann].into_iter()));
        assert!(session(0).ends(PAUSE, [&ann].into_iter()));
    }

    #[test]
    fn a_session_ends_when_somebody_else_begins_after_its_authors_fell_quiet() {
        let (ann, ben) = (person("ann").id, person("ben").id);
        assert!(!session(0).ends(HANDOVER - 1, [&ben].into_iter()));
        assert!(session(0).ends(HANDOVER, [&ann, &ben].into_iter()));
        assert!(!session(0).ends(HANDOVER, [&ann].into_iter()));
    }

    #[test]
    fn who_writes_with_others_is_among_the_authors() {
        let mut session = session(0);
        session.add(&person("ben"), 5, (10, 10));
        assert!(!session.ends(HANDOVER + 10, [&person("ben").id].into_iter()));
        let names: Vec<_> = session.authors().into_iter().map(|(author, edits)| (author.name, edits)).collect();
        assert_eq!(names, [("ben".to_owned(), 5), ("ann".to_owned(), 2)]);
    }

    #[test]
    fn a_session_ends_after_an_hour_however_busy() {
        let ann = person("ann").id;
        assert!(!session(LONGEST - 1).ends(LONGEST - 1, [&ann].into_iter()));
        assert!(session(LONGEST - 1).ends(LONGEST, [&ann].into_iter()));
    }
}
