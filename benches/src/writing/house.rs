//! A server, the people in it, and the chapters they write.

use super::{
    line::{Line, News},
    replica::Replica,
};
use crate::{
    http::Http,
    servers::{Kind, Server},
    wire::{Protocol, WritingProtocol, cookies},
};
use server_fn::ServerFn;
use sputnik_editor::{
    account::commands::SignUp,
    book::{
        commands::{
            contents::AddPart,
            people::{AcceptInvitation, SetMember},
            shelf::CreateBook,
        },
        model::{BookId, Kind as PartKind, PartId, Place, Role},
    },
};
use std::time::Duration;
use tokio::time::timeout;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n";
const JSON: &str = "Content-Type: application/json\r\nAccept: application/json\r\n";
/// For how long nothing may come before all has.
const BELATED: Duration = Duration::from_secs(20);
/// How many chapters a book of ours gets.
const IN_BOOK: usize = 500;

/// Somebody who may write.
#[derive(Clone, Default)]
pub struct Person {
    /// By which their browser is known.
    pub cookies: String,
    name: String,
}

/// A chapter. With others than us, a document by that name.
#[derive(Clone)]
pub struct Chapter {
    /// Its book.
    pub book: BookId,
    /// Which it is.
    pub part: PartId,
}

impl Chapter {
    /// What others call it.
    pub fn name(&self) -> String {
        self.part.as_str().to_owned()
    }
}

/// A server with people and chapters.
pub struct House {
    /// The server.
    pub server: Server,
    protocol: WritingProtocol,
    people: Vec<Person>,
    book: Option<BookId>,
    chapters: usize,
}

impl House {
    /// Starts a server. Nobody is there.
    ///
    /// # Errors
    /// In words.
    pub async fn start(kind: Kind) -> Result<Self, String> {
        println!("  {}", kind.name);
        let Protocol::Writing(protocol) = kind.protocol else { return Err("nobody writes there".into()) };
        Ok(Self { server: Server::start(kind).await?, protocol, people: Vec::new(), book: None, chapters: 0 })
    }

    /// Sees to it that there are so many people who may write. They come before chapters.
    ///
    /// # Errors
    /// In words.
    pub async fn people(&mut self, count: usize) -> Result<(), String> {
        while self.people.len() < count {
            let number = self.people.len();
            let person = match self.protocol {
                WritingProtocol::Sputnik => self.sign_up(number).await?,
                WritingProtocol::Hocuspocus | WritingProtocol::Yjs => Person::default(),
            };
            self.people.push(person);
            if let Some(book) = self.book.clone() {
                self.let_in(&book, number).await?;
            }
        }
        Ok(())
    }

    /// A new chapter that everyone may write.
    ///
    /// # Errors
    /// In words.
    pub async fn chapter(&mut self) -> Result<Chapter, String> {
        self.people(1).await?;
        let number = self.chapters;
        self.chapters += 1;
        if self.protocol != WritingProtocol::Sputnik {
            let id = |text: String| text.try_into().map_err(|_| "a name is no id".to_owned());
            let part = format!("document{number}").try_into().map_err(|_| "a name is no id".to_owned())?;
            return Ok(Chapter { book: id("book".into())?, part });
        }
        let book = match self.book.clone().filter(|_| !number.is_multiple_of(IN_BOOK)) {
            Some(book) => book,
            None => self.new_book().await?,
        };
        let title = format!("Chapter {number}").try_into().map_err(|_| "no title".to_owned())?;
        let place = Place { parent: None, before: None };
        let part = self.ask(&AddPart { book: book.clone(), kind: PartKind::Chapter, title, place }).await?;
        let part = serde_json::from_str(&part).map_err(|error| format!("{part} is no chapter: {error}"))?;
        Ok(Chapter { book, part })
    }

    /// By which the browser of the `number`-th of the people is known.
    pub fn cookies(&self, number: usize) -> &str {
        self.people.get(number).map_or("", |person| &person.cookies)
    }

    /// A connection of the `number`-th of the people.
    ///
    /// # Errors
    /// In words.
    pub async fn line(&self, number: usize, chapter: &Chapter, listens: bool) -> Result<Line, String> {
        let person = self.people.get(number).ok_or("there are not so many people")?;
        Line::open(self.server.at, self.protocol, person, chapter, listens).await
    }

    /// A chapter as the server gives it to somebody who comes.
    ///
    /// # Errors
    /// In words.
    pub async fn read(&self, chapter: &Chapter) -> Result<Replica, String> {
        let mut line = self.line(0, chapter, true).await?;
        let replica = Replica::new(1);
        replica.take_in(&line.read_all().await?)?;
        // Where a document is read from the disk while it is answered for already, the rest comes as edits.
        while self.protocol == WritingProtocol::Yjs && timeout(BELATED, line.hear()).await.is_ok() {
            while let Some(news) = line.news() {
                if let News::Edit(edit) = news {
                    replica.take_in(&edit)?;
                }
            }
        }
        line.cut();
        Ok(replica)
    }

    async fn new_book(&mut self) -> Result<BookId, String> {
        let mut http = Http::open(self.server.at).await.map_err(|error| error.to_string())?;
        let headers = format!("{FORM}Cookie: {}\r\n", self.people[0].cookies);
        let answer = http.post_for_all(CreateBook::PATH, &headers, "title=Winds").await;
        let (head, _) = answer.map_err(|error| format!("no book was made: {error}"))?;
        let place = header(head, "location").next().ok_or("the new book is nowhere")?;
        let book = place.trim_start_matches("/book/").to_owned();
        let book: BookId = book.try_into().map_err(|_| format!("{place} is no book"))?;
        for number in 1..self.people.len() {
            self.let_in(&book, number).await?;
        }
        self.book = Some(book.clone());
        Ok(book)
    }

    async fn sign_up(&self, number: usize) -> Result<Person, String> {
        let name = format!("writer{number}");
        let visit = cookies(number).split("; ").nth(1).unwrap_or_default().to_owned();
        let mut http = Http::open(self.server.at).await.map_err(|error| error.to_string())?;
        let (headers, form) = (format!("{FORM}Cookie: {visit}\r\n"), format!("name={name}&password=five+warm+pears"));
        let answer = http.post_for_all(SignUp::PATH, &headers, &form).await;
        let (head, _) = answer.map_err(|error| format!("{name} could not sign up: {error}"))?;
        let set = header(head, "set-cookie").filter_map(|line| line.split(';').next());
        let session = set.filter(|cookie| cookie.starts_with("sputnik=")).last().ok_or("nobody was signed in")?;
        Ok(Person { cookies: format!("{visit}; {session}"), name })
    }

    async fn let_in(&self, book: &BookId, number: usize) -> Result<(), String> {
        if self.protocol == WritingProtocol::Sputnik && number > 0 {
            let name = self.people[number].name.clone();
            self.ask(&SetMember { book: book.clone(), name, role: Role::Editor }).await?;
            let mut http = Http::open(self.server.at).await.map_err(|error| error.to_string())?;
            let headers = format!("{FORM}Cookie: {}\r\n", self.people[number].cookies);
            let answer = http.post_for_all(AcceptInvitation::PATH, &headers, &format!("book={book}")).await;
            answer.map_err(|error| format!("writer{number} does not belong to the book: {error}"))?;
        }
        Ok(())
    }

    /// Asks as the first of the people, by an ordinary request.
    ///
    /// # Errors
    /// In words.
    pub async fn ask<F: ServerFn + serde::Serialize>(&self, command: &F) -> Result<String, String> {
        let mut http = Http::open(self.server.at).await.map_err(|error| error.to_string())?;
        let headers = format!("{JSON}Cookie: {}\r\n", self.people[0].cookies);
        let body = serde_json::to_string(command).map_err(|error| error.to_string())?;
        let answer = http.post(F::PATH, &headers, &body).await;
        answer.map(str::to_owned).map_err(|error| format!("{}: {error}", F::PATH))
    }
}

/// The values of a header in the head of an answer.
fn header<'h>(head: &'h str, name: &str) -> impl Iterator<Item = &'h str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
