//! The connection of one who writes in a chapter.

use super::{
    house::{Chapter, Person},
    yjs,
};
use crate::{
    socket::{Outbox, Socket},
    wire::WritingProtocol,
};
use server_fn::ServerFn;
use sputnik::{
    Uid,
    protocol::{
        fragment::Gathered,
        frame::{ClientFrame, Follow, Hello, ServerFrame},
        message::Entry,
    },
};
use sputnik_editor::book::{
    channels::ChapterChannel,
    chapter::{ChapterEvent, Encoded, Exchanged},
    commands::writing::{Exchange, Write},
};
use std::{collections::VecDeque, net::SocketAddr};

/// What came.
#[derive(Debug)]
pub enum News {
    /// An edit: somebody else's, or one's own.
    Edit(Vec<u8>),
    /// The oldest of one's own edits that was not acknowledged is.
    Written,
    /// What one lacks.
    Exchanged(Vec<u8>),
}

/// A connection. What it does not have to understand it only counts.
pub struct Line {
    socket: Socket,
    out: Outbox,
    protocol: WritingProtocol,
    chapter: Chapter,
    uid: u64,
    came: Came,
}

/// What came and was not asked for yet.
struct Came {
    protocol: WritingProtocol,
    /// Whether others' edits are wanted, or their coming is all that matters.
    listens: bool,
    /// The name that stands before every frame.
    name: Option<String>,
    exchange: Option<u64>,
    gathered: Gathered,
    news: VecDeque<News>,
    fault: Option<String>,
}

impl Line {
    /// Connects, and follows the chapter.
    ///
    /// # Errors
    /// In words.
    pub async fn open(
        to: SocketAddr,
        protocol: WritingProtocol,
        person: &Person,
        chapter: &Chapter,
        listens: bool,
    ) -> Result<Self, String> {
        let (path, headers) = match protocol {
            WritingProtocol::Sputnik => ("/sputnik/socket".into(), format!("Cookie: {}\r\n", person.cookies)),
            WritingProtocol::Hocuspocus => ("/".into(), String::new()),
            WritingProtocol::Yjs => (format!("/{}", chapter.name()), String::new()),
        };
        let socket = Socket::open(to, &path, &headers).await.map_err(|error| format!("no connection: {error}"))?;
        let name = (protocol == WritingProtocol::Hocuspocus).then(|| chapter.name());
        let (gathered, news) = (Gathered::default(), VecDeque::new());
        let came = Came { protocol, listens, name, exchange: None, gathered, news, fault: None };
        let (out, chapter) = (Outbox::default(), chapter.clone());
        let mut this = Self { socket, out, protocol, chapter, uid: 0, came };
        match protocol {
            WritingProtocol::Sputnik => {
                this.say(&ClientFrame::Hello(Hello::default()))?;
                let channel = ChapterChannel(this.chapter.book.clone(), this.chapter.part.clone()).name();
                this.say(&ClientFrame::Follow(Follow {
                    channel,
                    after: None,
                    present: None,
                    roster: false,
                    within: None,
                }))?;
            }
            WritingProtocol::Hocuspocus => this.out.binary(&yjs::token(&this.chapter.name())),
            WritingProtocol::Yjs => {}
        }
        Ok(this)
    }

    /// Asks for what one lacks who has nothing, and waits for it.
    ///
    /// # Errors
    /// In words.
    pub async fn read_all(&mut self) -> Result<Vec<u8>, String> {
        // A state vector of nobody.
        let nothing = vec![0];
        match self.protocol {
            WritingProtocol::Sputnik => {
                let (book, part) = (self.chapter.book.clone(), self.chapter.part.clone());
                let uid = self.call(&Exchange { book, part, state_vector: Encoded(nothing) })?;
                self.came.exchange = Some(uid);
            }
            WritingProtocol::Hocuspocus | WritingProtocol::Yjs => {
                self.out.binary(&yjs::ask(self.came.name.as_deref(), &nothing));
            }
        }
        loop {
            let mut news = self.came.news.iter();
            if let Some(at) = news.position(|news| matches!(news, News::Exchanged(_)))
                && let Some(News::Exchanged(update)) = self.came.news.remove(at)
            {
                return Ok(update);
            }
            self.hear().await?;
        }
    }

    /// Writes an edit: sent with the next [`flush`](Self::flush).
    ///
    /// # Errors
    /// In words.
    pub fn write(&mut self, edit: &[u8]) -> Result<(), String> {
        match self.protocol {
            WritingProtocol::Sputnik => {
                let (book, part) = (self.chapter.book.clone(), self.chapter.part.clone());
                self.call(&Write { book, part, edit: Encoded(edit.to_vec()) })?;
            }
            WritingProtocol::Hocuspocus | WritingProtocol::Yjs => {
                self.out.binary(&yjs::update(self.came.name.as_deref(), edit));
            }
        }
        Ok(())
    }

    /// Sends what waits to be sent. To be waited for to its end.
    ///
    /// # Errors
    /// In words.
    pub async fn flush(&mut self) -> Result<(), String> {
        self.socket.send(&mut self.out).await.map_err(|error| format!("the connection ended: {error}"))
    }

    /// Waits until something comes. May be given up at any time, if nothing waits to be sent.
    ///
    /// # Errors
    /// In words: when the connection ends or an edit is refused.
    pub async fn hear(&mut self) -> Result<(), String> {
        self.flush().await?;
        let came = &mut self.came;
        let heard = self.socket.next(&mut self.out, |frame, out| came.take_in(frame, out)).await;
        heard.map_err(|error| format!("the connection ended: {error}"))?;
        self.came.fault.take().map_or(Ok(()), Err)
    }

    /// What came, the oldest first.
    pub fn news(&mut self) -> Option<News> {
        self.came.news.pop_front()
    }

    /// Ends it without a word.
    pub fn cut(self) {
        self.socket.cut();
    }

    fn say(&mut self, frame: &ClientFrame) -> Result<(), String> {
        self.out.text(&json(frame)?);
        Ok(())
    }

    fn call<F: ServerFn + serde::Serialize>(&mut self, command: &F) -> Result<u64, String> {
        self.uid += 1;
        let (uid, path, body) = (Uid(self.uid), F::PATH.into(), json(command)?);
        self.say(&ClientFrame::Call { uid, path, body, again: false })?;
        Ok(self.uid)
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

impl Came {
    fn take_in(&mut self, frame: &[u8], out: &mut Outbox) {
        let taken = match self.protocol {
            WritingProtocol::Sputnik => self.take_in_json(frame, out),
            WritingProtocol::Hocuspocus | WritingProtocol::Yjs => self.take_in_binary(frame),
        };
        if let Err(words) = taken {
            self.fault = Some(words);
        }
    }

    fn take_in_json(&mut self, frame: &[u8], out: &mut Outbox) -> Result<(), String> {
        if frame == br#""ping""# {
            out.text(r#""pong""#);
            return Ok(());
        }
        if !self.listens && frame.starts_with(br#"{"entry""#) {
            return Ok(());
        }
        let message = str::from_utf8(frame).map_err(|error| error.to_string())?;
        let Ok(Some(frame)) = self.gathered.take(message, usize::MAX) else {
            out.text(r#""pong""#);
            return Ok(());
        };
        match serde_json::from_str(&frame).map_err(|error| error.to_string())? {
            ServerFrame::Entry { entry: Entry::Said(said), .. } => {
                let news = serde_json::from_str(said.body.get()).map_err(|error| error.to_string())?;
                if let ChapterEvent::Edited { edits, .. } = news {
                    self.news.extend(edits.into_iter().map(|edited| News::Edit(edited.edit.0)));
                }
            }
            ServerFrame::Reply { status: 200, uid, body } => {
                self.news.push_back(if self.exchange == Some(uid.0) {
                    let exchanged: Exchanged = serde_json::from_str(body.get()).map_err(|error| error.to_string())?;
                    News::Exchanged(exchanged.update.0)
                } else {
                    News::Written
                });
            }
            ServerFrame::Reply { body, .. } => return Err(body.get().to_owned()),
            ServerFrame::Fault(fault) | ServerFrame::Ended { fault, .. } => return Err(fault.words),
            ServerFrame::Gap { .. } => return Err("it lags too far behind the log".into()),
            _ => {}
        }
        Ok(())
    }

    fn take_in_binary(&mut self, frame: &[u8]) -> Result<(), String> {
        match yjs::read(frame, self.name.is_some())? {
            Some(yjs::Heard::Missing(update)) => self.news.push_back(News::Exchanged(update.to_vec())),
            Some(yjs::Heard::Update(update)) if self.listens => self.news.push_back(News::Edit(update.to_vec())),
            Some(yjs::Heard::Acknowledged) => self.news.push_back(News::Written),
            Some(yjs::Heard::Update(_)) | None => {}
        }
        Ok(())
    }
}
