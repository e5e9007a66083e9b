//! The bookkeeping of a text being written: what the server has, what is on its way to it, and what stands on the page.
//! Plain data, without a browser or a clock.

use crate::book::chapter::Splice;
use serde::{Deserialize, Serialize};

/// A text being written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// What the server has, as far as it told this page.
    stored: String,
    /// The number of that.
    number: u64,
    /// What the change that is on its way makes of it.
    sent: Option<String>,
    /// What stands on the page.
    text: String,
}

/// What a browser keeps of a draft the server does not have all of: the text, and how to get from it to what the
/// server had and to what it was sent. Changes rather than texts, for storage is small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Local {
    /// What stood on the page.
    pub text: String,
    number: u64,
    stored: Option<Splice>,
    sent: Option<Splice>,
}

impl Draft {
    /// Begins with what the server has.
    pub fn new(stored: String, number: u64) -> Self {
        Self { text: stored.clone(), stored, number, sent: None }
    }

    /// Begins with what the server has now and what this browser kept.
    ///
    /// # Errors
    /// With the draft as the server has it, when the two have grown apart and cannot be one text by themselves.
    pub fn restore(stored: String, number: u64, local: &Local) -> Result<Self, Self> {
        let fresh = Self::new(stored, number);
        let arrived = Local::back(&local.text, local.sent.as_ref()).is_some_and(|sent| sent == fresh.stored);
        if local.number == fresh.number || arrived {
            return Ok(Self { text: local.text.clone(), ..fresh });
        }
        let base = Local::back(&local.text, local.stored.as_ref());
        match base.and_then(|base| merge(&base, &local.text, &fresh.stored)) {
            Some(text) => Ok(Self { text, ..fresh }),
            None => Err(fresh),
        }
    }

    /// What stands on the page.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of what the server has.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The text on the page is another now.
    pub fn write(&mut self, text: String) {
        self.text = text;
    }

    /// Whether the server has all of it.
    pub fn is_clean(&self) -> bool {
        self.sent.is_none() && self.stored == self.text
    }

    /// What to send next, and the number it is based on; nothing while something is on its way.
    pub fn send(&mut self) -> Option<(u64, Splice)> {
        if self.sent.is_some() {
            return None;
        }
        let splice = Splice::between(&self.stored, &self.text)?;
        self.sent = Some(self.text.clone());
        Some((self.number, splice))
    }

    /// What was sent arrived, and made draft `number`.
    pub fn arrived(&mut self, number: u64) {
        if let Some(sent) = self.sent.take() {
            self.stored = sent;
        }
        self.number = number;
    }

    /// What was sent did not arrive: it will be sent again with whatever was written since.
    pub fn failed(&mut self) {
        self.sent = None;
    }

    /// The server has another text than this page knew of. Keeps both what is there and what was written here, where
    /// they do not touch the same place.
    ///
    /// # Errors
    /// When they do; nothing is changed then.
    pub fn rebase(&mut self, stored: String, number: u64) -> Result<(), Clash> {
        let text = if self.sent.as_ref() == Some(&stored) {
            self.text.clone()
        } else {
            merge(&self.stored, &self.text, &stored).ok_or(Clash)?
        };
        *self = Self { stored, number, sent: None, text };
        Ok(())
    }

    /// What to keep in the browser; nothing when the server has it all.
    pub fn local(&self) -> Option<Local> {
        (!self.is_clean()).then(|| Local {
            text: self.text.clone(),
            number: self.number,
            stored: Splice::between(&self.text, &self.stored),
            sent: self.sent.as_ref().and_then(|sent| Splice::between(&self.text, sent)),
        })
    }
}

/// Two people changed the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash;

impl Local {
    fn back(text: &str, splice: Option<&Splice>) -> Option<String> {
        let mut text = text.to_owned();
        if let Some(splice) = splice {
            splice.apply(&mut text).ok()?;
        }
        Some(text)
    }
}

/// Brings two changes of one text together; `None` when they touch the same place.
pub fn merge(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let Some(my) = Splice::between(base, mine) else { return Some(theirs.to_owned()) };
    let Some(other) = Splice::between(base, theirs) else { return Some(mine.to_owned()) };
    if mine == theirs {
        return Some(mine.to_owned());
    }
    let mut text = theirs.to_owned();
    let shifted = if my.at + my.remove < other.at {
        my
    } else if other.at + other.remove < my.at {
        Splice { at: my.at - other.remove + other.insert.len(), ..my }
    } else {
        return None;
    };
    shifted.apply(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_change_is_on_its_way_at_a_time() {
        let mut draft = Draft::new("a".into(), 7);
        draft.write("ab".into());
        let (number, splice) = draft.send().expect("there is a change");
        assert_eq!((number, &*splice.insert), (7, "b"));
        draft.write("abc".into());
        assert_eq!(draft.send(), None);
        draft.arrived(8);
        assert!(!draft.is_clean());
        assert_eq!(draft.send().map(|(number, splice)| (number, splice.insert)), Some((8, "c".into())));
        draft.arrived(9);
        assert!(draft.is_clean());
        assert_eq!(draft.local(), None);
    }

    #[test]
    fn what_did_not_arrive_is_sent_again_with_what_came_since() {
        let mut draft = Draft::new(String::new(), 1);
        draft.write("a".into());
        draft.send();
        draft.write("ab".into());
        draft.failed();
        assert_eq!(draft.send().map(|(number, splice)| (number, splice.insert)), Some((1, "ab".into())));
    }

    #[test]
    fn a_page_that_comes_back_goes_on_where_it_was() {
        let mut draft = Draft::new("one".into(), 3);
        draft.write("one two".into());
        draft.send();
        draft.write("one two three".into());
        let local = draft.local().expect("not all is with the server");
        // Nothing of it arrived.
        let back = Draft::restore("one".into(), 3, &local).expect("the same text");
        assert_eq!(back.text(), "one two three");
        // What was on its way arrived, but its answer did not.
        let back = Draft::restore("one two".into(), 4, &local).expect("it is what was sent");
        assert_eq!((back.text(), back.number()), ("one two three", 4));
        // Somebody else wrote at another place.
        let back = Draft::restore("Chapter one".into(), 5, &local).expect("they do not touch");
        assert_eq!(back.text(), "Chapter one two three");
        // Somebody else wrote at the same place: theirs stands, and this one is kept by whoever asks.
        assert_eq!(Draft::restore("one four".into(), 4, &local).expect_err("they touch").text(), "one four");
    }

    #[test]
    fn changes_at_two_places_become_one_text() {
        assert_eq!(merge("a b c", "A b c", "a b C").as_deref(), Some("A b C"));
        assert_eq!(merge("a b c", "a b C", "A long b c").as_deref(), Some("A long b C"));
        assert_eq!(merge("a b c", "a X c", "a Y c"), None);
        assert_eq!(merge("a", "ab", "a").as_deref(), Some("ab"));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_and_whenever_it_arrives_the_server_ends_with_the_page_s_text(
            start in "[aä😀 ]{0,12}",
            steps in prop::collection::vec(("[aä😀 ]{0,12}", 0_u8..4), 1..20),
        ) {
            let (mut server, mut number) = (start.clone(), 0);
            let mut draft = Draft::new(start, 0);
            let mut on_its_way: Option<Splice> = None;
            for (text, step) in steps {
                match step {
                    0 => draft.write(text),
                    1 => if let Some((base, splice)) = draft.send() {
                        prop_assert_eq!(base, number);
                        on_its_way = Some(splice);
                    },
                    2 => if let Some(splice) = on_its_way.take() {
                        splice.apply(&mut server).expect("it fits");
                        number += 1;
                        draft.arrived(number);
                    },
                    _ => if on_its_way.take().is_some() { draft.failed(); },
                }
            }
            if let Some(splice) = on_its_way.take() {
                splice.apply(&mut server).expect("it fits");
                number += 1;
                draft.arrived(number);
            }
            if let Some((_, splice)) = draft.send() {
                splice.apply(&mut server).expect("it fits");
                draft.arrived(number + 1);
            }
            prop_assert!(draft.is_clean());
            prop_assert_eq!(server, draft.text());
        }
    }
}
