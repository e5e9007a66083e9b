//! One kept connection that posts, waits for the answer, and posts again.

use crate::socket::write;
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};
use tokio::net::TcpStream;

/// A kept HTTP connection.
pub struct Http {
    to: SocketAddr,
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Http {
    /// Connects.
    pub async fn open(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { to, stream, answer: Vec::new() })
    }

    /// Posts, and gives the body of the answer. `headers` are whole lines, each with its line end.
    ///
    /// # Errors
    /// When the connection ends, or the answer is no success.
    pub async fn post(&mut self, path: &str, headers: &str, body: &str) -> io::Result<&str> {
        self.post_for_all(path, headers, body).await.map(|(_, body)| body)
    }

    /// The same, with the head of the answer before its body.
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub async fn post_for_all(&mut self, path: &str, headers: &str, body: &str) -> io::Result<(&str, &str)> {
        let (to, length) = (self.to, body.len());
        let request = format!("POST {path} HTTP/1.1\r\nHost: {to}\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
        write(&self.stream, request.as_bytes()).await?;
        self.answer.clear();
        loop {
            self.stream.readable().await?;
            match self.stream.try_read_buf(&mut self.answer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            let text = str::from_utf8(&self.answer).map_err(|_| ErrorKind::InvalidData)?;
            if let Some((start, end)) = body_of(text) {
                if !text.starts_with("HTTP/1.1 2") {
                    return Err(io::Error::other(text.to_owned()));
                }
                let text = str::from_utf8(&self.answer).map_err(|_| ErrorKind::InvalidData)?;
                return Ok((&text[..start], &text[start..end]));
            }
        }
    }
}

/// Where the body of a whole answer is; `None` while it is not whole.
fn body_of(answer: &str) -> Option<(usize, usize)> {
    let start = answer.find("\r\n\r\n")? + 4;
    let head = answer[..start].to_ascii_lowercase();
    if let Some((_, length)) = head.split_once("\r\ncontent-length:") {
        let end = start + length.lines().next()?.trim().parse::<usize>().ok()?;
        return (answer.len() >= end).then_some((start, end));
    }
    // In chunks: only ever asked for short answers, which are of one chunk or none.
    let body = &answer[start..];
    let (length, rest) = body.split_once("\r\n")?;
    let length = usize::from_str_radix(length, 16).ok()?;
    let begins = answer.len() - rest.len();
    body.ends_with("0\r\n\r\n").then_some(if length == 0 { (start, start) } else { (begins, begins + length) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_all_of_its_body_is_there() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        assert_eq!(body_of(answer).map(|(start, end)| &answer[start..end]), Some("ok"));
        assert_eq!(body_of(&answer[..answer.len() - 1]), None);
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
        assert_eq!(body_of(chunked).map(|(start, end)| &chunked[start..end]), Some("ok"));
    }
}
