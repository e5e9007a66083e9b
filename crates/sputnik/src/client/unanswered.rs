//! Commands that had no answer when their page went: kept on the device, and sent again under their UIDs by the next page
//! of the same browser and user.
//!
//! Which commands those are, their authors say: `#[command(keep)]`. What is kept is only text and knows no browser, so
//! that all of it is tested natively.

use super::{call::Call, shown::NotDone};
use crate::protocol::{
    fault::Fault,
    json,
    names::{ClientId, Uid, UserId},
};
use serde::{Deserialize, Serialize};

/// With what the name begins under which a page's commands are kept; its client's follows.
pub(super) const KEPT: &str = "sputnik.unanswered.";
/// For how long what is kept is still sent, in milliseconds: after that it may not be what anybody wants any more. Far
/// less than the day for which a [store](crate::server::CommandStore) knows what it has done.
const SENT_MS: u64 = 60 * 60 * 1_000;
/// For how long it is kept for whoever asked, in milliseconds: another user of the browser is told nothing of it.
const KEPT_MS: u64 = 24 * 60 * 60 * 1_000;
/// How much is kept of a page, in bytes of arguments. What is larger is text, and has its own way.
const LARGEST: usize = 64 << 10;

/// What one page had no answer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unanswered {
    pub(super) client: ClientId,
    user: Option<UserId>,
    /// When the page was last there, in milliseconds since 1970.
    at: u64,
    pub(super) calls: Vec<(Uid, Call)>,
}

/// What is to be done with something that was kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It is another user's, and stays.
    Anothers,
    /// It is nobody's any more, or cannot be read.
    Useless,
    /// It is to be sent.
    ToSend(Unanswered),
    /// It is too long ago.
    TooLate(Vec<NotDone>),
}

impl Unanswered {
    /// What is to be kept of these commands; nothing, where there is nothing.
    pub(super) fn of<'a>(
        client: &ClientId,
        user: Option<&UserId>,
        at: u64,
        calls: impl Iterator<Item = (&'a Uid, &'a Call)>,
    ) -> Option<Self> {
        let mut room = LARGEST;
        let fits = |(_, call): &(&Uid, &Call)| {
            let fits = call.body.len() <= room;
            room -= if fits { call.body.len() } else { 0 };
            fits
        };
        let kept = calls.filter(|(_, call)| call.keep).filter(fits);
        let calls: Vec<_> = kept.map(|(uid, call)| (*uid, call.clone())).collect();
        let (client, user) = (client.clone(), user.cloned());
        (!calls.is_empty()).then_some(Self { client, user, at, calls })
    }

    /// Under which name it is kept.
    pub(super) fn name(client: &ClientId) -> String {
        format!("{KEPT}{}", client.as_str())
    }

    /// As it is kept.
    pub(super) fn text(&self) -> String {
        // Strings and numbers: writing them cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What is to be done with what was kept, where this user is signed in.
    pub(super) fn read(text: &str, user: Option<&UserId>, now: u64) -> Found {
        let Ok(kept) = json::read::<Self>(text) else { return Found::Useless };
        let age = now.saturating_sub(kept.at);
        if age > KEPT_MS {
            return Found::Useless;
        }
        if kept.user.as_ref() != user {
            return Found::Anothers;
        }
        if age <= SENT_MS {
            return Found::ToSend(kept);
        }
        let too_late = |(_, Call { path, body, .. })| {
            let words = "There was no connection, and by now it is too long ago.".to_owned();
            NotDone { path, body, fault: Fault { words, retry_ms: None, ..Fault::timed_out() } }
        };
        Found::TooLate(kept.calls.into_iter().map(too_late).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(body: &str, keep: bool) -> Call {
        Call { path: "/command/rename".into(), body: body.into(), keep }
    }

    fn kept(at: u64) -> String {
        let (client, user) = (client(), user("7"));
        let calls = [(Uid(1), call("one", true)), (Uid(2), call("read", false)), (Uid(3), call("two", true))];
        let calls = calls.iter().map(|(uid, call)| (uid, call));
        Unanswered::of(&client, Some(&user), at, calls).expect("something is kept").text()
    }

    fn client() -> ClientId {
        "0123456789abcdef0123456789abcdef".parse().expect("a client")
    }

    fn user(id: &str) -> UserId {
        id.parse().expect("a user")
    }

    #[test]
    fn what_had_no_answer_is_sent_again_in_its_order_and_under_its_numbers() {
        let Found::ToSend(sent) = Unanswered::read(&kept(1_000), Some(&user("7")), 2_000) else { panic!("not sent") };
        let bodies: Vec<_> = sent.calls.iter().map(|(uid, call)| (uid.0, &*call.body)).collect();
        assert_eq!(bodies, [(1, "one"), (3, "two")], "and nothing that was only read");
        assert_eq!(sent.client, client());
        assert!(Unanswered::name(&sent.client).starts_with(KEPT), "or the next page does not find it");
    }

    #[test]
    fn nobody_else_is_asked_for_it_or_told_of_it() {
        for other in [None, Some(user("8"))] {
            assert_eq!(Unanswered::read(&kept(1_000), other.as_ref(), 2_000), Found::Anothers);
            assert_eq!(Unanswered::read(&kept(1_000), other.as_ref(), 2_000 + KEPT_MS), Found::Useless);
        }
    }

    #[test]
    fn what_is_too_long_ago_is_named_and_not_done() {
        let Found::TooLate(named) = Unanswered::read(&kept(0), Some(&user("7")), SENT_MS + 1) else {
            panic!("not named")
        };
        assert_eq!(named.len(), 2);
        assert!(named[0].path == "/command/rename" && named[0].body == "one" && !named[0].fault.can_retry());
    }

    #[test]
    fn nothing_is_kept_where_nothing_waits_and_no_more_than_so_much() {
        let long = "x".repeat(LARGEST - 1);
        let calls = [call(&long, true), call("more", true), call("y", true)];
        let calls: Vec<_> = calls.into_iter().enumerate().map(|(at, call)| (Uid(at as u64 + 1), call)).collect();
        let of = |calls: &[(Uid, Call)]| {
            let calls = calls.iter().map(|(uid, call)| (uid, call));
            Unanswered::of(&client(), None, 0, calls).map(|kept| kept.calls.iter().map(|(uid, _)| uid.0).collect())
        };
        assert_eq!(of(&calls), Some(vec![1, 3]));
        assert_eq!(of(&[(Uid(1), call("read", false))]), None::<Vec<u64>>);
        assert_eq!(Unanswered::read("{", None, 0), Found::Useless);
    }
}
