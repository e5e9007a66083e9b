//! The ten colours of people. Whoever belongs to a book has one there that is given, so that no two of the first ten are
//! alike; all others have one that is made of their id.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many there are.
const COUNT: u8 = 10;

/// In which order they are given: each as far as it can be from those before it.
const ORDER: [u8; COUNT as usize] = [6, 0, 3, 2, 8, 4, 1, 7, 5, 9];

/// Which of the ten hues an id has where none was given: always the same.
#[must_use]
pub fn hue(id: &str) -> u8 {
    // FNV-1a: the same on the server and in the browser, unlike the standard library's hasher.
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u8::try_from((hash ^ (hash >> 15)) % u32::from(COUNT)).unwrap_or_default()
}

/// Who was given which hue: of a book, whoever belongs to it or did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hues(BTreeMap<String, u8>);

impl Hues {
    /// How many are kept of one book; whoever is not among them has one made of their id.
    pub const MOST: usize = 1_000;

    /// Notes a hue that was given.
    pub fn give(&mut self, id: &str, hue: u8) {
        if self.0.len() < Self::MOST || self.0.contains_key(id) {
            self.0.insert(id.to_owned(), hue % COUNT);
        }
    }

    /// The hue of a newcomer: the one that fewest of those have who belong to it now, and of these the one that fewest
    /// ever had.
    pub fn for_newcomer<'a>(&self, members: impl Iterator<Item = &'a str>) -> u8 {
        let mut now = [0_usize; COUNT as usize];
        for hue in members.filter_map(|id| self.0.get(id)) {
            now[usize::from(*hue)] += 1;
        }
        let ever = |hue: u8| self.0.values().filter(|given| **given == hue).count();
        ORDER.into_iter().min_by_key(|hue| (now[usize::from(*hue)], ever(*hue))).unwrap_or_default()
    }

    /// The hue of somebody: the one they were given. Whoever was given none has the one made of their id, or the next
    /// that nobody was given, as long as there is one.
    #[must_use]
    pub fn of(&self, id: &str) -> u8 {
        if let Some(hue) = self.0.get(id) {
            return *hue;
        }
        let own = hue(id);
        let is_free = |hue: &u8| self.0.values().all(|given| given != hue);
        (0..COUNT).map(|step| (own + step) % COUNT).find(is_free).unwrap_or(own)
    }
}

/// Which hues were given in the book that is open in this page, if one is.
#[derive(Clone, Copy)]
struct Given {
    hues: RwSignal<Hues>,
    /// How many books were opened until now: the hues are the last one's.
    opened: StoredValue<usize>,
}

/// Makes known to everything below which hues were given; [`use_given_hues`] finds it.
pub fn provide_given_hues() {
    provide_context(Given { hues: RwSignal::new(Hues::default()), opened: StoredValue::new(0) });
}

/// Has faces be shown, wherever they are on the page, in the hues that people have in a book, until it is left.
///
/// # Panics
/// Outside of the application.
pub fn show_given_hues(of_book: Memo<Hues>) {
    let Given { hues, opened } = expect_context();
    let number = opened.try_get_value().unwrap_or_default() + 1;
    opened.try_set_value(number);
    // At once, also where effects do not run; and then whenever somebody joins.
    _ = hues.try_set(of_book.get_untracked());
    Effect::new(move || hues.set(of_book.get()));
    // The same book may have been opened again before this one goes.
    on_cleanup(move || {
        if opened.try_get_value() == Some(number) {
            _ = hues.try_set(Hues::default());
        }
    });
}

/// Which hues were given in the book that is open; none where none is.
///
/// # Panics
/// Outside of the application.
#[must_use]
pub fn use_given_hues() -> RwSignal<Hues> {
    expect_context::<Given>().hues
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_hue_is_one_of_ten_and_stays() {
        assert!((0..100).all(|n| hue(&format!("person{n}")) < 10));
        assert_eq!(hue("u1"), hue("u1"));
    }

    #[test]
    fn the_first_ten_have_ten_hues_and_who_leaves_changes_nobody() {
        let mut hues = Hues::default();
        let mut members: Vec<String> = Vec::new();
        for n in 0..10 {
            let hue = hues.for_newcomer(members.iter().map(String::as_str));
            members.push(format!("person{n}"));
            hues.give(&members[n], hue);
        }
        let of_all: BTreeSet<u8> = members.iter().map(|id| hues.of(id)).collect();
        assert_eq!(of_all.len(), 10);
        let before: Vec<u8> = members.iter().map(|id| hues.of(id)).collect();
        let gone = members.remove(3);
        let newcomer = hues.for_newcomer(members.iter().map(String::as_str));
        assert_eq!(newcomer, hues.of(&gone), "no two of the ten who are there are alike");
        hues.give("newcomer", newcomer);
        assert_eq!(hues.of(&gone), before[3], "what they wrote looks as it did");
        members.insert(3, gone);
        assert_eq!(members.iter().map(|id| hues.of(id)).collect::<Vec<_>>(), before);
    }

    #[test]
    fn a_stranger_looks_like_no_member_as_long_as_there_is_another_hue() {
        let mut hues = Hues::default();
        for n in 0..9 {
            let all: Vec<String> = (0..n).map(|n| format!("person{n}")).collect();
            let hue = hues.for_newcomer(all.iter().map(String::as_str));
            hues.give(&format!("person{n}"), hue);
        }
        let given: BTreeSet<u8> = (0..9).map(|n| hues.of(&format!("person{n}"))).collect();
        assert!((0..50).all(|n| !given.contains(&hues.of(&format!("stranger{n}")))));
        hues.give("person9", hues.for_newcomer(std::iter::empty()));
        assert!((0..50).all(|n| hues.of(&format!("stranger{n}")) < 10));
    }
}
