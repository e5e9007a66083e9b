//! What a page shows before the server has said it. Pure.
//!
//! The state on the screen is the confirmed one, which snapshots and messages make, with the messages folded in that this
//! page's commands are still expected to cause. It is folded anew whenever either changes, so whatever comes in between
//! and in whatever order, the page ends where the server is. The model is that of multiplayer games, in which it is called
//! client-side prediction.

use crate::protocol::names::Uid;

/// How long a prediction stands after its command was answered, in milliseconds, where its message does not come: it
/// changed nothing, or the broker is out of reach.
pub const ANSWERED_MS: u64 = 10_000;

/// The messages that a page's commands are expected to cause in one channel.
pub struct Predictions<S, M> {
    apply: fn(&mut S, &M),
    /// The state without them; nothing while there are none: then it is the one that is shown.
    confirmed: Option<S>,
    /// In the order in which their commands were sent.
    open: Vec<Prediction<M>>,
    last_id: u64,
}

/// Which prediction of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PredictionId(u64);

struct Prediction<M> {
    id: PredictionId,
    message: M,
    /// Of its command, once that is sent.
    uid: Option<Uid>,
    /// A snapshot came meanwhile, which may hold the message.
    may_be_held: bool,
    /// When its command was answered.
    answered: Option<u64>,
}

impl<S: Clone, M> Predictions<S, M> {
    /// None yet; `apply` is how messages are folded in.
    pub fn new(apply: fn(&mut S, &M)) -> Self {
        Self { apply, confirmed: None, open: Vec::new(), last_id: 0 }
    }

    /// Shows a message that is expected.
    pub fn open(&mut self, shown: &mut S, message: M) -> PredictionId {
        self.confirmed.get_or_insert_with(|| shown.clone());
        (self.apply)(shown, &message);
        self.last_id += 1;
        let id = PredictionId(self.last_id);
        self.open.push(Prediction { id, message, uid: None, may_be_held: false, answered: None });
        id
    }

    /// Its command was sent under this number.
    pub fn sent(&mut self, id: PredictionId, uid: Uid) {
        if let Some(prediction) = self.open.iter_mut().find(|prediction| prediction.id == id) {
            prediction.uid.get_or_insert(uid);
        }
    }

    /// A message came; `mine` is the number of this page's command that caused it. It takes the place of what was expected
    /// of that.
    pub fn hear(&mut self, shown: &mut S, message: &M, mine: Option<Uid>) {
        let Some(confirmed) = &mut self.confirmed else { return (self.apply)(shown, message) };
        (self.apply)(confirmed, message);
        self.close(mine);
        self.fold(shown);
    }

    /// A message came that the state already holds.
    pub fn pass_over(&mut self, shown: &mut S, mine: Option<Uid>) {
        if self.close(mine) {
            self.fold(shown);
        }
    }

    /// The command was answered. What was refused is taken back; what was done stays until its message comes.
    pub fn answered(&mut self, shown: &mut S, id: PredictionId, is_done: bool, now: u64) {
        let Some(at) = self.open.iter().position(|prediction| prediction.id == id) else { return };
        let prediction = &mut self.open[at];
        if is_done && prediction.uid.is_some() && !prediction.may_be_held {
            prediction.answered = Some(now);
        } else {
            self.open.remove(at);
            self.fold(shown);
        }
    }

    /// The state was fetched anew. What was done before is in it or comes.
    pub fn snapshot(&mut self, shown: &mut S, state: S) {
        self.open.retain(|prediction| prediction.answered.is_none());
        for prediction in &mut self.open {
            prediction.may_be_held = true;
        }
        self.confirmed = Some(state);
        self.fold(shown);
    }

    /// Whether there is something to [`tidy`](Self::tidy) at this time.
    pub fn is_untidy(&self, now: u64) -> bool {
        self.open.iter().any(|prediction| prediction.is_late(now))
    }

    /// Takes back what was done long ago, and whose message did not come.
    pub fn tidy(&mut self, shown: &mut S, now: u64) {
        self.open.retain(|prediction| !prediction.is_late(now));
        self.fold(shown);
    }

    /// The prediction of this command is no longer one. Tells whether there was one.
    fn close(&mut self, uid: Option<Uid>) -> bool {
        let at = uid.and_then(|uid| self.open.iter().position(|prediction| prediction.uid == Some(uid)));
        at.map(|at| self.open.remove(at)).is_some()
    }

    /// Shows the confirmed state with what is still expected.
    fn fold(&mut self, shown: &mut S) {
        let Some(confirmed) = self.confirmed.take() else { return };
        if !self.open.is_empty() {
            self.confirmed = Some(confirmed.clone());
        }
        *shown = confirmed;
        for prediction in &self.open {
            (self.apply)(shown, &prediction.message);
        }
    }
}

impl<M> Prediction<M> {
    fn is_late(&self, now: u64) -> bool {
        self.answered.is_some_and(|answered| now.saturating_sub(answered) > ANSWERED_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Letters = Predictions<String, char>;

    fn letters() -> Letters {
        Predictions::new(|state: &mut String, letter: &char| state.push(*letter))
    }

    /// What the server does of a command.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Outcome {
        Done,
        DoneInSilence,
        Refused,
    }

    #[test]
    fn what_is_expected_is_shown_at_once_and_replaced_by_what_is_said() {
        let (mut page, mut shown) = (letters(), String::from("-"));
        let a = page.open(&mut shown, 'a');
        page.sent(a, Uid(1));
        let b = page.open(&mut shown, 'b');
        page.sent(b, Uid(2));
        assert_eq!(shown, "-ab");
        page.hear(&mut shown, &'x', None);
        assert_eq!(shown, "-xab", "another's message came in between");
        page.hear(&mut shown, &'A', Some(Uid(1)));
        assert_eq!(shown, "-xAb", "the server said it in other words");
        page.answered(&mut shown, a, true, 0);
        page.answered(&mut shown, b, false, 0);
        assert_eq!(shown, "-xA", "refused, and taken back");
        assert!(page.confirmed.is_none() && page.open.is_empty());
    }

    #[test]
    fn what_is_done_without_a_message_is_taken_back_in_a_while() {
        let (mut page, mut shown) = (letters(), String::new());
        let a = page.open(&mut shown, 'a');
        page.sent(a, Uid(1));
        page.answered(&mut shown, a, true, 1_000);
        assert!(!page.is_untidy(1_000 + ANSWERED_MS));
        assert!(page.is_untidy(1_001 + ANSWERED_MS));
        page.tidy(&mut shown, 1_001 + ANSWERED_MS);
        assert_eq!(shown, "");
    }

    #[test]
    fn a_snapshot_holds_what_was_answered_and_does_not_undo_what_was_not() {
        let (mut page, mut shown) = (letters(), String::new());
        let ids = ['a', 'b'].map(|letter| page.open(&mut shown, letter));
        page.sent(ids[0], Uid(1));
        page.sent(ids[1], Uid(2));
        page.answered(&mut shown, ids[0], true, 0);
        page.snapshot(&mut shown, "a".into());
        assert_eq!(shown, "ab");
        page.answered(&mut shown, ids[1], true, 0);
        assert_eq!(shown, "a", "its message is in the snapshot, or comes");
        page.hear(&mut shown, &'b', Some(Uid(2)));
        assert_eq!(shown, "ab");
    }

    proptest! {
        /// Whatever the server does of commands, whatever others say, however replies and messages are mixed, and wherever
        /// a gap cuts in: the page shows the confirmed state with what is expected, and ends where the server is.
        #[test]
        fn whatever_comes_in_whatever_order_the_page_ends_where_the_server_is(
            steps in prop::collection::vec((0u8..7, any::<prop::sample::Index>()), 0..120),
            outcomes in prop::collection::vec(prop_oneof![
                3 => Just(Outcome::Done), 1 => Just(Outcome::DoneInSilence), 1 => Just(Outcome::Refused),
            ], 26),
        ) {
            let (mut page, mut shown) = (letters(), String::new());
            // The server: its log, and up to where the page heard it.
            let (mut log, mut heard): (Vec<(char, Option<Uid>)>, usize) = (Vec::new(), 0);
            // Sent and not yet run, with what becomes of it; run and not yet answered.
            let (mut sent, mut run) = (Vec::new(), Vec::new());
            // What the page heard of its own.
            let mut came = Vec::new();
            let mut count = 0;
            let state = |log: &[(char, Option<Uid>)]| log.iter().map(|(letter, _)| *letter).collect::<String>();
            let last = steps.first().map(|(_, which)| *which);
            let finish = last.into_iter().flat_map(|which| (0..200).map(move |n| (n % 3 + 1, which)));
            for (what, which) in steps.into_iter().chain(finish) {
                match what {
                    0 if count < outcomes.len() => {
                        let letter = char::from_u32('a' as u32 + u32::try_from(count).expect("few")).expect("a letter");
                        let id = page.open(&mut shown, letter);
                        let uid = Uid(count as u64 + 1);
                        page.sent(id, uid);
                        sent.push((id, uid, letter, outcomes[count]));
                        count += 1;
                    }
                    // The server runs them in their order.
                    1 if !sent.is_empty() => {
                        let (id, uid, letter, outcome) = sent.remove(0);
                        if outcome == Outcome::Done {
                            log.push((letter.to_ascii_uppercase(), Some(uid)));
                        }
                        run.push((id, letter, outcome != Outcome::Refused));
                    }
                    2 if !run.is_empty() => {
                        let (id, _, is_done) = run.remove(which.index(run.len()));
                        page.answered(&mut shown, id, is_done, 0);
                    }
                    3 if heard < log.len() => {
                        let (letter, by) = log[heard];
                        heard += 1;
                        page.hear(&mut shown, &letter, by);
                        came.extend(by.map(|_| letter.to_ascii_lowercase()));
                    }
                    // Something of somebody else's.
                    4 if log.len() < 60 => log.push(('.', None)),
                    // A gap: the state anew, as it was anywhere since the last message. What it holds may come all the same.
                    5 | 6 if which.index(4) == 0 => {
                        let from = heard;
                        heard += which.index(log.len() - heard + 1);
                        page.snapshot(&mut shown, state(&log[..heard]));
                        for (letter, by) in log[from..heard].iter().filter(|_| what == 5) {
                            page.pass_over(&mut shown, *by);
                            came.extend(by.map(|_| letter.to_ascii_lowercase()));
                        }
                    }
                    _ => {}
                }
                let expected = page.open.iter().map(|prediction| prediction.message);
                let confirmed = state(&log[..heard]);
                prop_assert_eq!(&shown, &(confirmed + &expected.collect::<String>()));
                // What is neither said nor answered is shown, and what was heard is not shown twice.
                let waits = sent.iter().map(|(.., letter, _)| *letter).chain(run.iter().map(|(_, letter, _)| *letter));
                prop_assert!(waits.filter(|letter| !came.contains(letter)).all(|letter| shown.contains(letter)));
                prop_assert!(!came.iter().any(|letter| shown.contains(*letter)), "{} of {:?}", shown, came);
            }
            prop_assert!(sent.is_empty() && run.is_empty() && heard == log.len(), "not all came");
            page.tidy(&mut shown, ANSWERED_MS + 1);
            prop_assert_eq!(shown, state(&log));
            prop_assert!(page.confirmed.is_none());
        }
    }
}
