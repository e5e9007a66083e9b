//! What must hold of whatever arrives: each is handed any bytes, and panics when a promise is broken. Run for seconds
//! by `tests/fuzz`, and for as long as one likes by `cargo fuzz` (see `fuzz/`).

use http::{HeaderMap, HeaderValue, header};
use serde::{Serialize, de::DeserializeOwned};
use sputnik::{
    ChannelName, ClientId, Epoch, LockName, Position, Roster, UserId,
    client::inbox::{Inbox, Take},
    protocol::{
        fragment::Gathered,
        frame::{Ask, ClientFrame, Mail, ServerFrame},
        message::Entry,
    },
    server::browser::BrowserSession,
};

/// Is handed any bytes.
pub type Target = fn(&[u8]);

/// The targets, by name.
pub const TARGETS: [(&str, Target); 5] = [
    ("frames", frames),
    ("names", names),
    ("positions", positions),
    ("commands", commands),
    ("browser_sessions", browser_sessions),
];

/// What was understood is understood the same when it is said again.
fn again<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(bytes).ok()?;
    let said = serde_json::to_string(&read).expect("what was read can be written");
    let heard: T = serde_json::from_str(&said).expect("what was written can be read");
    assert_eq!(serde_json::to_string(&heard).expect("and written again"), said);
    Some(read)
}

/// What clients, polls and servers send, and what stands in a log.
pub fn frames(bytes: &[u8]) {
    again::<ClientFrame>(bytes);
    again::<Ask>(bytes);
    again::<Mail>(bytes);
    if let Some(entry) = again::<Entry>(bytes) {
        assert!(serde_json::from_str::<Entry>(&entry.to_json()).is_ok());
    }
    if let Some(ServerFrame::Entry { epoch, offset, entry, .. }) = again(bytes) {
        let at = Position::new(epoch, offset);
        let mut roster = Roster::empty(Position::new(at.epoch.clone(), offset.saturating_sub(1)));
        roster.apply(&at, &entry);
        assert!(!roster.apply(&at, &entry), "once is enough");
    }
    // Whatever comes in parts, no more of it is held than the bound.
    let mut gathered = Gathered::default();
    for message in String::from_utf8_lossy(bytes).split_inclusive(',') {
        if let Ok(Some(frame)) = gathered.take(message, 64) {
            assert!(frame.len() <= 64 || frame == message);
        }
    }
}

/// A name that is taken is plain, within its bound, and the same as text and as JSON.
pub fn names(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    fn check<T: std::str::FromStr + DeserializeOwned + ToString>(text: &str, max: usize, more: &str) {
        let json = serde_json::to_string(text).expect("a string is JSON");
        let (read, told) = (text.parse::<T>().ok(), serde_json::from_str::<T>(&json).ok());
        assert_eq!(read.is_some(), told.is_some());
        if let Some(name) = read {
            assert_eq!(name.to_string(), text);
            assert!((1..=max).contains(&text.len()));
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || more.as_bytes().contains(&b);
            assert!(text.bytes().all(plain), "{text:?} would need escaping somewhere");
        }
    }
    check::<ChannelName>(text, ChannelName::MAX, "@/");
    check::<ClientId>(text, ClientId::MAX, "");
    check::<UserId>(text, UserId::MAX, "");
    check::<LockName>(text, LockName::MAX, "");
    check::<Epoch>(text, Epoch::MAX, "");
    if let Ok(channel) = text.parse::<ChannelName>() {
        assert_eq!(channel.is_direct(), text.starts_with('@'));
        assert!(!text.contains("//") && !text.ends_with('/') && !text[1..].contains('@'));
    }
}

/// Wherever a reader stands and whatever comes, it goes on by one, passes over, or meets a gap.
pub fn positions(bytes: &[u8]) {
    again::<Position>(bytes);
    let Ok((start, come)) = serde_json::from_slice::<(Position, Vec<(Position, Option<u64>)>)>(bytes) else { return };
    let mut inbox = Inbox::new(start, 0);
    for (at, version) in come {
        let (before, waited) = (inbox.at().clone(), inbox.waits_for_snapshot());
        match inbox.take(&at, version) {
            Take::Fold => assert!(!waited && at.epoch == before.epoch && at.offset - 1 == before.offset),
            Take::PassOver => assert!(waited || at.epoch == before.epoch),
            Take::Gap => assert!(!waited && inbox.waits_for_snapshot() && *inbox.at() == before),
        }
    }
}

/// A command's envelope: whatever its path and arguments, it is read whole or not at all.
pub fn commands(bytes: &[u8]) {
    if let Some(ClientFrame::Call { uid, path, body, again }) = again(bytes) {
        let frame = ClientFrame::Call { uid, path: path.clone(), body: body.clone(), again };
        let text = serde_json::to_string(&frame).expect("a call can be written");
        let Ok(ClientFrame::Call { uid: same, path: way, body: args, again: twice }) = serde_json::from_str(&text)
        else {
            panic!("{text} was a call");
        };
        assert_eq!((same, way, args, twice), (uid, path, body, again));
    }
}

/// Whatever cookie is sent, it is a session or none, and a session owns only what it issued.
pub fn browser_sessions(bytes: &[u8]) {
    let Ok(cookie) = HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, cookie);
    let stranger: ClientId = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse().expect("a name");
    if let Some(session) = BrowserSession::of(&headers, false) {
        assert!(!session.owns(&stranger));
        assert!(session.owns(&session.issue_client().expect("randomness")));
    }
}
