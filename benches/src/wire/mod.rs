//! What a client says and understands: one file a protocol. No input or output in them, so all of them are driven alike.

mod plain;
mod socketio;
mod sputnik;

use crate::socket::Outbox;

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// The layer's; and whether the client is present in the channel besides listening.
    Sputnik {
        /// Whether it is.
        present: bool,
    },
    /// Socket.IO's, over WebSocket alone.
    SocketIo,
    /// None: the path is the room, a message is a frame.
    Plain,
    /// That of people who write a document together: they have [lines](crate::writing::line) of their own.
    Writing(WritingProtocol),
}

/// What a server speaks with people who write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WritingProtocol {
    /// An edit is a command, and is told in a message.
    Sputnik,
    /// The binary protocol of Yjs, each frame with the document's name before it, and an acknowledgement.
    Hocuspocus,
    /// The binary protocol of Yjs, without any acknowledgement.
    Yjs,
}

/// What a frame was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A message, with what was published in it.
    Said(Said),
    /// From now on the client hears its room.
    Ready,
    /// The answer to a call.
    Reply,
    /// Anything else.
    Other,
}

/// What is published: its number, and when it was, in microseconds of the generator's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Counted from 0.
    pub number: u64,
    /// When.
    pub at: u64,
}

/// How long a published text is: about what a command of an editor says.
const TEXT: usize = 128;

impl Said {
    /// The text that is published. No protocol has to escape any of it.
    pub fn text(self) -> String {
        format!("{:-<TEXT$}", format!("#{},{}#", self.number, self.at))
    }

    /// Finds it in whatever a protocol wrapped it into.
    fn find(frame: &[u8]) -> Option<Self> {
        let mut parts = frame.splitn(3, |byte| *byte == b'#');
        parts.next()?;
        let (number, at) = str::from_utf8(parts.next()?).ok()?.split_once(',')?;
        Some(Self { number: number.parse().ok()?, at: at.parse().ok()? })
    }
}

/// One client's side of a protocol. It lives longer than a connection: what it needs to resume, it keeps.
pub trait Wire {
    /// The path of its WebSocket, and more headers for it.
    fn handshake(&self) -> (String, String);

    /// A connection is open.
    fn opened(&mut self, out: &mut Outbox);

    /// A frame came.
    fn hear(&mut self, frame: &[u8], out: &mut Outbox) -> Heard;

    /// Calls what answers with the same.
    fn call(&mut self, number: u64, out: &mut Outbox);
}

/// A client of a protocol: the `number`-th, in a room.
pub fn client(protocol: Protocol, number: usize, room: String) -> Box<dyn Wire> {
    match protocol {
        Protocol::Sputnik { present } => Box::new(sputnik::Sputnik::new(number, room, present)),
        Protocol::SocketIo => Box::new(socketio::SocketIo::new(room)),
        Protocol::Plain => Box::new(plain::Plain { room }),
        Protocol::Writing(_) => unreachable!("who writes together has a line"),
    }
}

/// The value of a key in JSON that is known to be flat there, without its quotes.
fn value<'f>(frame: &'f [u8], key: &str) -> Option<&'f str> {
    let text = str::from_utf8(frame).ok()?;
    let (_, rest) = text.split_once(key)?;
    let rest = rest.trim_start_matches(['"', ':']);
    Some(&rest[..rest.find(['"', ',', '}'])?])
}

/// Headers with which everyone posts a call by HTTP, and its path and body.
pub fn posted_call(protocol: Protocol, client: Option<&str>, number: u64) -> (&'static str, String, String) {
    match protocol {
        Protocol::Sputnik { .. } => sputnik::posted_call(client.unwrap_or_default(), number),
        _ => ("/echo", "Content-Type: text/plain\r\n".into(), "hello".into()),
    }
}

/// The client id in a welcome of the layer.
pub fn client_in(frame: &[u8]) -> Option<&str> {
    value(frame, "\"client\"")
}

/// The cookies of a browser of the layer's own.
pub fn cookies(number: usize) -> String {
    sputnik::cookies(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_found_again_in_any_wrapping() {
        let said = Said { number: 12, at: 345_678 };
        assert_eq!(said.text().len(), TEXT);
        for frame in [said.text(), format!(r#"42["said","{}"]"#, said.text()), format!(r#"{{"a":"{}"}}"#, said.text())]
        {
            assert_eq!(Said::find(frame.as_bytes()), Some(said), "{frame}");
        }
        assert_eq!(Said::find(b"ready"), None);
    }
}
