//! The layer's own protocol: see the handbook's chapter on it.

use super::{Heard, Said, Wire, client_in, value};
use crate::socket::Outbox;

pub struct Sputnik {
    number: usize,
    room: String,
    present: bool,
    client: Option<String>,
    epoch: String,
    offset: u64,
}

impl Sputnik {
    pub fn new(number: usize, room: String, present: bool) -> Self {
        Self { number, room, present, client: None, epoch: String::new(), offset: 0 }
    }
}

impl Wire for Sputnik {
    fn handshake(&self) -> (String, String) {
        ("/sputnik/socket".into(), format!("Cookie: {}\r\n", cookies(self.number)))
    }

    fn opened(&mut self, out: &mut Outbox) {
        let mut follow = format!(r#"{{"follow":{{"channel":"{}""#, self.room);
        if self.present {
            follow += r#","present":{}"#;
        }
        match &self.client {
            Some(client) => {
                out.text(&format!(r#"{{"hello":{{"client":"{client}"}}}}"#));
                follow += &format!(r#","after":{{"epoch":"{}","offset":{}}}"#, self.epoch, self.offset);
            }
            None => out.text(r#"{"hello":{}}"#),
        }
        out.text(&(follow + "}}"));
    }

    fn hear(&mut self, frame: &[u8], out: &mut Outbox) -> Heard {
        if frame.starts_with(br#"{"entry""#) {
            if let Some(offset) = value(frame, "\"offset\"").and_then(|offset| offset.parse().ok()) {
                self.offset = offset;
            }
            return Said::find(frame).map_or(Heard::Other, Heard::Said);
        }
        match frame {
            br#""ping""# => {
                out.text(r#""pong""#);
                Heard::Other
            }
            [b'{', b'"', b'w', b'e', ..] => {
                self.client = client_in(frame).map(str::to_owned);
                Heard::Other
            }
            [b'{', b'"', b'f', b'o', ..] => {
                self.epoch = value(frame, "\"epoch\"").unwrap_or_default().into();
                self.offset = value(frame, "\"offset\"").and_then(|offset| offset.parse().ok()).unwrap_or_default();
                Heard::Ready
            }
            [b'{', b'"', b'g', b'a', ..] => {
                // A page would fetch a snapshot; here, what lies in between counts as lost.
                self.epoch = value(frame, "\"epoch\"").unwrap_or_default().into();
                self.offset = value(frame, "\"offset\"").and_then(|offset| offset.parse().ok()).unwrap_or_default();
                let at = format!(r#"{{"epoch":"{}","offset":{}}}"#, self.epoch, self.offset);
                out.text(&format!(r#"{{"follow":{{"channel":"{}","after":{at}}}}}"#, self.room));
                Heard::Other
            }
            // A command that failed never counts as answered.
            [b'{', b'"', b'r', ..] if value(frame, "\"status\"") == Some("200") => Heard::Reply,
            _ => Heard::Other,
        }
    }

    fn call(&mut self, number: u64, out: &mut Outbox) {
        let body = r#"{\"text\":\"hello\"}"#;
        out.text(&format!(r#"{{"call":{{"uid":{number},"path":"/command/echo","body":"{body}"}}}}"#));
    }
}

/// A browser of its own for every client: its user, and its visit, which any node believes.
pub fn cookies(number: usize) -> String {
    // 16 bytes in base64: the last letter has only two bits of them.
    format!("user=u{number}; sputnik_visit={number:0>21}A")
}

/// The same call as a POST: what a page sends while it has no socket.
pub fn posted_call(client: &str, number: u64) -> (&'static str, String, String) {
    let headers = format!(
        "Content-Type: application/json\r\nAccept: application/json\r\nCookie: {}\r\n\
         X-Sputnik-Client: {client}\r\nX-Sputnik-Uid: {number}\r\n",
        cookies(0)
    );
    ("/command/echo", headers, r#"{"text":"hello"}"#.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use sputnik::{protocol::frame::ClientFrame, server::browser::BrowserSession};

    #[test]
    fn a_nodes_words_are_understood_and_continued_from() {
        let (mut wire, mut out) = (Sputnik::new(3, "room-0".into(), true), Outbox::default());
        wire.hear(br#"{"welcome":{"client":"abc","ping_ms":8000}}"#, &mut out);
        let following = br#"{"following":{"channel":"room-0","at":{"epoch":"e1","offset":4}}}"#;
        assert_eq!(wire.hear(following, &mut out), Heard::Ready);
        let said = Said { number: 1, at: 2 };
        let entry = format!(
            r#"{{"entry":{{"channel":"room-0","epoch":"e1","offset":5,"entry":{{"said":{{"body":"{}"}}}}}}}}"#,
            said.text()
        );
        assert_eq!(wire.hear(entry.as_bytes(), &mut out), Heard::Said(said));
        assert_eq!((wire.client.as_deref(), wire.epoch.as_str(), wire.offset), (Some("abc"), "e1", 5));
    }

    #[test]
    fn a_node_takes_a_browsers_visit_for_one() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookies(12_345).parse().expect("a header"));
        assert!(BrowserSession::of(&headers, false).is_some());
    }

    #[test]
    fn a_node_can_read_a_call() {
        let frame = r#"{"call":{"uid":7,"path":"/command/echo","body":"{\"text\":\"hello\"}"}}"#;
        assert!(matches!(serde_json::from_str(frame), Ok(ClientFrame::Call { .. })));
    }
}
