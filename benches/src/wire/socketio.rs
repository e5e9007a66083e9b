//! Socket.IO's protocol (Engine.IO 4, Socket.IO 5) over WebSocket.

use super::{Heard, Said, Wire, value};
use crate::socket::Outbox;

pub struct SocketIo {
    room: String,
    /// The private session id, by which a session is recovered where the server can.
    session: Option<String>,
    /// Which message was the last.
    offset: Option<String>,
}

impl SocketIo {
    pub fn new(room: String) -> Self {
        Self { room, session: None, offset: None }
    }
}

impl Wire for SocketIo {
    fn handshake(&self) -> (String, String) {
        ("/socket.io/?EIO=4&transport=websocket".into(), String::new())
    }

    fn opened(&mut self, _: &mut Outbox) {}

    fn hear(&mut self, frame: &[u8], out: &mut Outbox) -> Heard {
        match frame {
            [b'2', ..] => {
                out.text("3");
                Heard::Other
            }
            // Engine.IO is open: the session is asked for, or asked for again.
            [b'0', ..] => {
                match (&self.session, &self.offset) {
                    (Some(session), Some(offset)) => {
                        out.text(&format!(r#"40{{"pid":"{session}","offset":"{offset}"}}"#));
                    }
                    _ => out.text("40"),
                }
                Heard::Other
            }
            [b'4', b'0', ..] => {
                let session = value(frame, "\"pid\"").map(str::to_owned);
                // A recovered session is in its room already.
                let recovered = session.is_some() && session == self.session;
                self.session = session;
                if recovered {
                    return Heard::Ready;
                }
                out.text(&format!(r#"420["join","{}"]"#, self.room));
                Heard::Other
            }
            [b'4', b'2', ..] => {
                let Some(said) = Said::find(frame) else { return Heard::Other };
                if self.session.is_some()
                    && let Some(offset) =
                        frame.strip_suffix(b"\"]").and_then(|frame| frame.rsplit(|b| *b == b'"').next())
                {
                    self.offset = str::from_utf8(offset).ok().map(str::to_owned);
                }
                Heard::Said(said)
            }
            [b'4', b'3', b'0', b'[', ..] => Heard::Ready,
            [b'4', b'3', ..] => Heard::Reply,
            _ => Heard::Other,
        }
    }

    fn call(&mut self, number: u64, out: &mut Outbox) {
        // 0 is the acknowledgement of the room.
        out.text(&format!(r#"42{}["echo","hello"]"#, number + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_recovered_after_the_last_message_heard() {
        let (mut wire, mut out) = (SocketIo::new("room".into()), Outbox::default());
        assert_eq!(wire.hear(br#"40{"sid":"s","pid":"p"}"#, &mut out), Heard::Other);
        let said = Said { number: 1, at: 2 };
        let frame = format!(r#"42["said","{}","offset-7"]"#, said.text());
        assert_eq!(wire.hear(frame.as_bytes(), &mut out), Heard::Said(said));
        assert_eq!(wire.offset.as_deref(), Some("offset-7"));
        assert_eq!(wire.hear(br#"40{"sid":"t","pid":"p"}"#, &mut out), Heard::Ready);
    }
}
