//! A WebSocket client that costs next to nothing, so that ten thousand of them are no load themselves: one read takes in
//! as many frames as there are, into a buffer that all clients share, and nothing is copied that is only counted.

use std::{
    cell::RefCell,
    io::{self, ErrorKind},
    net::SocketAddr,
};
use tokio::net::{TcpSocket, TcpStream};

/// How much one read takes in, at most.
const READ: usize = 256 << 10;

thread_local! {
    /// Where every client reads to: there is one thread, and no client waits while it looks at what it read.
    static READ_TO: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// An open connection.
pub struct Socket {
    stream: TcpStream,
    /// The beginning of a frame whose end has not come yet.
    rest: Vec<u8>,
}

/// Frames to be sent, as they go over the wire.
#[derive(Default)]
pub struct Outbox(Vec<u8>);

impl Outbox {
    /// Adds a text frame.
    pub fn text(&mut self, text: &str) {
        self.frame(1, text.as_bytes());
    }

    /// Adds a binary frame.
    pub fn binary(&mut self, bytes: &[u8]) {
        self.frame(2, bytes);
    }

    fn frame(&mut self, kind: u8, payload: &[u8]) {
        self.0.push(0x80 | kind);
        match payload.len() {
            length @ 0..126 => self.0.push(0x80 | length as u8),
            length @ 126..=0xffff => {
                self.0.push(0x80 | 126);
                self.0.extend((length as u16).to_be_bytes());
            }
            length => {
                self.0.push(0x80 | 127);
                self.0.extend((length as u64).to_be_bytes());
            }
        }
        // Masked by zeros, as a client may choose: the payload stays as it is.
        self.0.extend([0; 4]);
        self.0.extend(payload);
    }
}

impl Socket {
    /// Opens one. `headers` are whole lines, each with its line end.
    pub async fn open(to: SocketAddr, path: &str, headers: &str) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_nodelay(true)?;
        let mut this = Self { stream: socket.connect(to).await?, rest: Vec::new() };
        let hello = format!(
            "GET {path} HTTP/1.1\r\nHost: {to}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        write(&this.stream, hello.as_bytes()).await?;
        loop {
            if let Some(end) = this.rest.windows(4).position(|window| window == b"\r\n\r\n") {
                if !this.rest.starts_with(b"HTTP/1.1 101") {
                    return Err(ErrorKind::ConnectionRefused.into());
                }
                this.rest.drain(..end + 4);
                return Ok(this);
            }
            let rest = &mut this.rest;
            read(&this.stream, |part| rest.extend(part)).await?;
        }
    }

    /// Waits until something comes, and gives out every frame that is whole.
    pub async fn next(&mut self, out: &mut Outbox, mut hear: impl FnMut(&[u8], &mut Outbox)) -> io::Result<()> {
        // What came along with the answer to the handshake.
        if let Some(used) = frames(&self.rest, out, &mut hear)? {
            self.rest.drain(..used);
            return Ok(());
        }
        let rest = &mut self.rest;
        let mut ended = Ok(());
        let mut look = |part: &[u8], out: &mut Outbox| -> io::Result<()> {
            if rest.is_empty() {
                let used = frames(part, out, &mut hear)?.unwrap_or(0);
                rest.extend(&part[used..]);
            } else {
                rest.extend(part);
                if let Some(used) = frames(rest, out, &mut hear)? {
                    rest.drain(..used);
                }
            }
            Ok(())
        };
        read(&self.stream, |part| ended = look(part, out)).await?;
        ended
    }

    /// Sends what waits to be sent.
    pub async fn send(&mut self, out: &mut Outbox) -> io::Result<()> {
        if !out.0.is_empty() {
            write(&self.stream, &out.0).await?;
            out.0.clear();
        }
        Ok(())
    }

    /// Ends the connection as a network does that goes away: without a word.
    pub fn cut(self) {
        // Otherwise the ports would be kept for a minute.
        drop(self.stream.set_zero_linger());
    }
}

/// Reads once.
async fn read(stream: &TcpStream, take: impl FnOnce(&[u8])) -> io::Result<()> {
    loop {
        stream.readable().await?;
        let got = READ_TO.with_borrow_mut(|buffer| stream.try_read(buffer));
        match got {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(length) => {
                READ_TO.with_borrow(|buffer| take(&buffer[..length]));
                return Ok(());
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

pub async fn write(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Hands on every text or binary frame that is whole and answers pings; how many bytes that were, `None` when not one was whole.
fn frames(bytes: &[u8], out: &mut Outbox, hear: &mut impl FnMut(&[u8], &mut Outbox)) -> io::Result<Option<usize>> {
    let mut used = 0;
    while let Some((kind, payload, length)) = frame(&bytes[used..]) {
        match kind {
            1 | 2 => hear(payload, out),
            8 => return Err(ErrorKind::ConnectionAborted.into()),
            9 => out.frame(10, payload),
            _ => {}
        }
        used += length;
    }
    Ok((used > 0).then_some(used))
}

/// The first frame: its kind, its payload, and how long it is in all.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    let (length, header) = match head[1] & 0x7f {
        126 => (u64::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        127 => (u64::from_be_bytes(*rest.first_chunk()?), 10),
        length => (u64::from(length), 2),
    };
    let end = header + usize::try_from(length).ok()?;
    Some((head[0] & 0x0f, bytes.get(header..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_whole_and_what_is_cut_off_waits() {
        let long = "x".repeat(300);
        let mut wire = vec![0x81, 2, b'h', b'i', 0x81, 126, 1, 44];
        wire.extend(long.as_bytes());
        wire.extend([0x81, 5, b'p']);
        let mut heard = Vec::new();
        let used = frames(&wire, &mut Outbox::default(), &mut |text, _| heard.push(text.to_vec())).expect("no end");
        assert_eq!(heard, [b"hi".to_vec(), long.into_bytes()]);
        assert_eq!(used, Some(wire.len() - 3));
    }

    #[test]
    fn pings_are_answered_and_a_close_is_an_end() {
        let mut out = Outbox::default();
        frames(&[0x89, 1, b'a'], &mut out, &mut |_, _| ()).expect("no end");
        assert_eq!(out.0, [0x8a, 0x81, 0, 0, 0, 0, b'a']);
        assert!(frames(&[0x88, 0], &mut out, &mut |_, _| ()).is_err());
    }
}
