//! What a public book shows to those who do not belong to it: its text, and nobody's name, unless its owners show more.

use crate::{
    page::Page,
    support::client::{self, Transport},
    world::{Browser, World, text, title},
};
use axum::body::Body;
use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use http::{Request, header};
use serde_json::{Value, json};
use server_fn::{ServerFn, axum::server_fn_paths};
use sputnik::{ChannelName, Code, Position};
use sputnik_editor::book::{
    channels::{BookChannel, ChapterChannel},
    commands::{
        account_deletion::DeleteAccount,
        chat::Say,
        contents::{CloseChapter, MovePart, OpenToWriting, RemovePart, RenamePart},
        history::{NameBookVersion, NameVersion, ShowAuthors},
        pen::{PutDownPen, TakePen},
        people::{AcceptInvitation, DeclineInvitation, LeaveBook, RemoveMember},
        shelf::{
            BringBookBack, CopyBook, CreateBook, OpenBook, OpenShelf, SetReadersSee, SetVisibility, UnarchiveBook,
        },
    },
    model::{BookId, Closing, PartId, Place, Role, Sees, Visibility},
};
use std::{collections::HashMap, net::Ipv4Addr};
use tokio::net::TcpListener;

/// What must not come out begins with this, but for ids. Ids of people and books have no hyphen.
const SECRET: &str = "xq-";

/// The commands that are forms, and read no JSON.
const FORMS: [&str; 8] = [
    CopyBook::PATH,
    UnarchiveBook::PATH,
    BringBookBack::PATH,
    CreateBook::PATH,
    AcceptInvitation::PATH,
    DeclineInvitation::PATH,
    LeaveBook::PATH,
    DeleteAccount::PATH,
];

/// A public book that is full of secrets, and those who may not know them.
struct Book {
    world: World,
    owner: Browser,
    editor: Browser,
    stranger: Browser,
    anybody: Browser,
    book: BookId,
    part: PartId,
}

async fn full_of_secrets() -> Book {
    let world = World::new().await;
    let (owner, editor) = (world.person("xq-owner").await, world.person("xq-editor").await);
    let (invited, stranger) = (world.person("xq-invited").await, world.person("stranger").await);
    let anybody = world.site.browser().await;
    let book = owner.create_book("Seas").await;
    let part = owner.add_chapter(&book, "xq-old-title").await;
    owner.let_in(&book, &editor, Role::Editor).await;
    editor.write(&book, &part, "xq-old-words").await.unwrap();
    let name = |name: &str| NameVersion { book: book.clone(), part: part.clone(), name: name.parse().unwrap() };
    owner.ask(name("xq-version")).await.unwrap();
    let whole = NameBookVersion { book: book.clone(), name: "xq-whole".parse().unwrap() };
    owner.ask(whole).await.unwrap();
    for browser in [&owner, &editor] {
        browser.ask(Say { book: book.clone(), text: "xq-chat".into() }).await.unwrap();
    }
    let gone = owner.add_chapter(&book, "xq-deleted").await;
    owner.ask(RemovePart { book: book.clone(), part: gone }).await.unwrap();
    // What stood there is replaced by what everybody may read.
    let restore = sputnik_editor::book::commands::files::ImportChapter {
        book: book.clone(),
        part: part.clone(),
        markdown: "The sea gives way.".into(),
        how: sputnik_editor::book::import::How::Replace,
    };
    owner.ask(restore).await.unwrap();
    owner.ask(RenamePart { book: book.clone(), part: part.clone(), title: title("Tides") }).await.unwrap();
    let why = "xq-reason".to_owned();
    owner.ask(CloseChapter { book: book.clone(), part: part.clone(), how: Closing::Locked, why }).await.unwrap();
    owner.invite(&book, &invited, Role::Editor).await.unwrap();
    owner.come(&book).await;
    let why = "xq-alone".to_owned();
    owner.ask(TakePen { book: book.clone(), part: part.clone(), ask: false, why }).await.unwrap();
    owner.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    Book { world, owner, editor, stranger, anybody, book, part }
}

impl Book {
    fn strangers(&self) -> [&Browser; 2] {
        [&self.stranger, &self.anybody]
    }

    fn channels(&self) -> Vec<ChannelName> {
        let (book, part) = (self.book.clone(), self.part.clone());
        vec![BookChannel(book.clone()).name(), ChapterChannel(book, part).name()]
    }

    /// That nothing secret stands in this.
    fn harmless(&self, what: &str, text: &str) {
        let at = text.find(SECRET).map(|at| &text[at..(at + 40).min(text.len())]);
        assert_eq!(at, None, "{what}: {text}");
        for browser in [&self.owner, &self.editor] {
            assert!(!text.contains(browser.me().id.as_str()), "{what} names somebody by their id: {text}");
        }
    }

    /// What any command may want to be told. One that wants something else is to be added here.
    fn arguments(&self) -> Value {
        let place = json!({ "parent": null, "before": null, "block": 0, "at": 0 });
        let mut arguments = json!({
            "book": self.book, "part": self.part, "before": null, "moment": { "revision": 1 }, "old": { "revision": 0 },
            "new": { "revision": 1 }, "state_vector": "AA==", "number": 1, "name": "x", "kind": "chapter", "title": "x",
            "place": place, "status": "new", "goal": 7, "how": "locked", "why": "", "edit": "AAA=", "ask": false,
            "to": self.stranger.client, "role": "owner", "person": self.owner.me().id, "visibility": "private",
            "sees": "everything", "text": "x", "markdown": "x", "split": false, "client": self.owner.client,
            "channel": format!("book/{}", self.book), "lock": self.part, "password": "x", "next": "/",
            "words": "xq", "replacing": { "find": "xq", "with": "x", "cased": false, "whole": false }, "places": [],
            "revision": 1, "other": self.part, "target": self.book,
            "metadata": {}, "publishing": {}, "export": "x", "format": "epub",
        });
        arguments["choice"] = json!({ "offers_epub": true });
        arguments
    }
}

/// What somebody was told, without the names of channels, which they named themselves.
fn told(seen: &client::Seen) -> String {
    format!("{:?} {:?} {:?}", seen.channels.values().collect::<Vec<_>>(), seen.faults, seen.replies)
}

/// What stands in the encoded parts of an answer, as far as it is letters.
fn inside(answer: &str) -> String {
    let encoded = answer.split('"').filter_map(|part| STANDARD.decode(part).ok());
    encoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
}

/// The commands of accounts and of administrators: they ask and tell nothing of a book.
const OF_NO_BOOK: [&str; 12] = [
    "me",
    "sign_up",
    "sign_in",
    "sign_out",
    "open_account",
    "change_name",
    "change_password",
    "end_session",
    "end_other_sessions",
    "look",
    "end_client",
    "free_lock",
];

/// The commands of the editor, by their paths.
fn commands() -> Vec<&'static str> {
    let is_of_a_book = |path: &&str| path.strip_prefix("/command/").is_some_and(|name| !OF_NO_BOOK.contains(&name));
    let mut paths: Vec<_> = server_fn_paths().map(|(path, _)| path).filter(is_of_a_book).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_tells_a_stranger_a_name_or_what_was_said_and_done() {
    let all = full_of_secrets().await;
    let commands = commands();
    assert!(commands.len() > 30, "{commands:?}");
    for stranger in all.strangers() {
        for path in &commands {
            let (_, answer) = stranger.ask_json(&stranger.key(), path, &all.arguments().to_string(), false).await;
            // What `how` means among the arguments is for the other command that has one.
            let told = FORMS.contains(path)
                || path.ends_with("/import_chapter")
                || !answer.contains("not what is asked for here");
            assert!(told, "{path} is asked with what it needs: {answer}");
            all.harmless(path, &answer);
            all.harmless(path, &inside(&answer));
            let form = [("book", all.book.as_str()), ("title", "x")];
            let answer = stranger.submit_to(path, &form).await;
            let leads = format!("{:?}", answer.headers());
            all.harmless(path, &(leads + &text(answer).await));
        }
    }
    // The walk would have found it.
    let (_, answer) = all
        .owner
        .ask_json(
            &all.owner.key(),
            commands.iter().find(|path| path.contains("open_book")).unwrap(),
            &all.arguments().to_string(),
            false,
        )
        .await;
    for secret in
        ["xq-owner", "xq-editor", "xq-invited", "xq-chat", "xq-old-title", "xq-reason", "xq-deleted", "xq-whole"]
    {
        assert!(answer.contains(secret), "{secret}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_and_no_file_shows_a_stranger_a_name_or_what_was_said_and_done() {
    let all = full_of_secrets().await;
    let (book, part) = (&all.book, &all.part);
    let paths = [
        "/".to_owned(),
        "/shelf".to_owned(),
        format!("/book/{book}"),
        format!("/book/{book}/settings"),
        format!("/book/{book}/{part}"),
        format!("/book/{book}/{part}/history"),
        format!("/book/{book}/{part}/history?version=1"),
        format!("/book/{book}/{part}/history?version=1&compare=0"),
        format!("/book/{book}/{part}/history?version=now&authors"),
        format!("/book/{book}/nosuch"),
        format!("/book/{book}/book.md"),
        format!("/book/{book}/chapter/{part}.md"),
    ];
    let get = async |browser: &Browser, path: &str| {
        let request = Request::get(path).header(header::COOKIE, &browser.cookies).body(Body::empty()).unwrap();
        text(browser.site.send(request).await).await
    };
    for stranger in all.strangers() {
        for path in &paths {
            let page = get(stranger, path).await;
            all.harmless(path, &page);
            if path.contains(part.as_str()) && !path.contains("history") {
                assert!(page.contains("The sea gives way."), "{path} shows the text: {page}");
            }
        }
    }
    let page = get(&all.owner, &paths[2]).await;
    assert!(page.contains("xq-editor") && page.contains("xq-chat"), "a member's page shows it: {page}");
}

/// A page of somebody's that is really connected.
async fn page(all: &Book, who: &Browser, transport: Transport) -> client::Page {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let routes = all.world.site.routes.clone();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let browser = client::Browser::new();
    for pair in who.cookies.split("; ") {
        let (name, value) = pair.split_once('=').unwrap();
        browser.set_cookie(name, value);
    }
    client::Page::open(&browser, &site, transport).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_channel_tells_a_stranger_a_name_or_what_was_said_and_done() {
    let all = full_of_secrets().await;
    let (book, part) = (|| all.book.clone(), || all.part.clone());
    let mut more = all.channels();
    more.push(ChannelName::of_user(&all.owner.me().id));
    more.push(ChannelName::of_client(&all.owner.client));
    more.push(format!("book/{}/members", all.book).parse().unwrap());
    let mut pages = Vec::new();
    for transport in [Transport::Socket, Transport::LongPoll, Transport::Poll] {
        for stranger in all.strangers() {
            let page = page(&all, stranger, transport).await;
            // From the beginning of the log, which is of private days.
            for channel in &more {
                let start = Position::new(all.world.site.node.position(channel).await.epoch, 0);
                page.start_following(channel.as_str(), Some(start), Some(json!({ "part": all.part })));
            }
            for channel in &more {
                let answered = |seen: &client::Seen| {
                    let channel = seen.channel(channel.as_str());
                    channel.ended.is_some() || !channel.gaps.is_empty()
                };
                page.until(&format!("{channel} is no way to what was"), answered).await;
            }
            page.seen(|seen| {
                all.harmless("what was", &told(seen));
                assert!(seen.channels.values().all(|channel| channel.came.is_empty()), "{seen:?}");
            });
            // From now on, present there, and asking who is.
            for channel in all.channels() {
                let top = all.world.site.node.position(&channel).await;
                page.start_following(channel.as_str(), Some(top), Some(json!({ "part": all.part })));
            }
            let gaps: HashMap<_, _> = page.seen(|seen| {
                all.channels()
                    .into_iter()
                    .map(|channel| (channel.clone(), seen.channel(channel.as_str()).gaps.len()))
                    .collect()
            });
            pages.push((transport, page, gaps));
        }
    }
    // What happens while they listen.
    all.owner.ask(PutDownPen { book: book(), part: part() }).await.unwrap();
    all.owner.ask(OpenToWriting { book: book(), part: part() }).await.unwrap();
    let chapter = Page::open(&all.editor.another_tab(), &all.book, &all.part).await;
    chapter.say("It comes in.").await.unwrap();
    all.owner.ask(Say { book: book(), text: "xq-chat-live".into() }).await.unwrap();
    let why = "xq-alone-live".to_owned();
    all.owner.ask(TakePen { book: book(), part: part(), ask: false, why }).await.unwrap();
    let whispers = format!("{SECRET}whisper").into_bytes();
    for channel in all.channels() {
        let whisper = serde_json::to_vec(&String::from_utf8(whispers.clone()).unwrap()).unwrap();
        all.world.site.node.broker().whisper(&channel, &all.owner.client, whisper.into()).await.unwrap();
    }
    all.editor.come(&all.book).await;
    let why = "xq-reason-live".to_owned();
    all.owner.ask(CloseChapter { book: book(), part: part(), how: Closing::Final, why }).await.unwrap();
    let version = NameVersion { book: book(), part: part(), name: "xq-version-live".parse().unwrap() };
    all.owner.ask(version).await.unwrap();
    all.owner.ask(RemoveMember { book: book(), person: all.editor.me().id }).await.unwrap();
    let again = all.world.person("xq-another").await;
    all.owner.invite(&all.book, &again, Role::Reader).await.unwrap();
    let place = Place { parent: None, before: None };
    all.owner.ask(MovePart { book: book(), part: part(), place }).await.unwrap();
    let renamed = RenamePart { book: book(), part: part(), title: title("Currents") };
    all.owner.ask(renamed).await.unwrap();

    let channels = all.channels();
    let (name, chapter) = (&channels[0], &channels[1]);
    for (transport, page, gaps) in &pages {
        let hears = |seen: &client::Seen, name: &ChannelName, what: &str| {
            let channel = seen.channel(name.as_str());
            // Between two polls somebody's rights may change, and it is not known whose.
            let begins_anew = *transport != Transport::Socket && channel.gaps.len() > gaps[name];
            begins_anew || format!("{channel:?}").contains(what)
        };
        page.until("the new title comes", |seen| hears(seen, name, "Currents")).await;
        page.until("edits come", |seen| hears(seen, chapter, "edited")).await;
        page.seen(|seen| {
            all.harmless("what came", &told(seen));
            for channel in &more {
                let channel = seen.channel(channel.as_str());
                assert!(channel.holes.is_empty() && channel.whispers.is_empty(), "{channel:?}");
                let nobody =
                    channel.roster.as_ref().is_none_or(|roster| roster.here.is_empty() && roster.locks.is_empty());
                assert!(nobody, "{channel:?}");
            }
            for channel in &more[2..] {
                assert!(seen.channel(channel.as_str()).ended.is_some(), "{channel}");
            }
        });
    }
    // The walk would have found it.
    let page = page(&all, &all.owner, Transport::Socket).await;
    let start = Position::new(all.world.site.node.position(name).await.epoch, 0);
    page.start_following(name.as_str(), Some(start), None);
    page.until("a member hears it", |seen| format!("{seen:?}").contains("xq-chat-live")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_readers_see_is_the_owners_to_say_and_holds_at_once() {
    let all = full_of_secrets().await;
    let sees = |sees| SetReadersSee { book: all.book.clone(), sees };
    let authors = || ShowAuthors { book: all.book.clone(), part: all.part.clone() };
    for (who, code) in
        [(&all.editor, Code::Forbidden), (&all.stranger, Code::Forbidden), (&all.anybody, Code::NotSignedIn)]
    {
        assert_eq!(who.ask(sees(Sees::Everything)).await.unwrap_err().code, code);
    }
    let channels = all.channels();
    let page = page(&all, &all.stranger, Transport::Socket).await;
    let open = async || {
        let snapshot = all.stranger.ask(OpenBook { book: all.book.clone() }).await.unwrap().snapshot;
        page.start_following_as(channels[0].as_str(), Some(snapshot.at), Some(json!({})), snapshot.within);
        (snapshot.state, snapshot.within)
    };
    let (state, within) = open().await;
    assert_eq!((within, state.chat.len(), state.members.len()), (Some(false), 0, 0));
    assert_eq!(all.stranger.ask(authors()).await.unwrap_err().code, Code::Forbidden);
    let shelf = all.stranger.ask(OpenShelf {}).await.unwrap();
    assert!(shelf.public[0].owner.is_somebody());
    page.until("it follows", |seen| seen.channel(channels[0].as_str()).following > 0).await;

    all.owner.ask(sees(Sees::Everything)).await.unwrap();
    page.until("it begins anew", |seen| !seen.channel(channels[0].as_str()).gaps.is_empty()).await;
    let (state, within) = open().await;
    assert_eq!((within, state.chat.len(), state.members.len()), (Some(true), 2, 2));
    let me = page.client();
    page.until("others see who reads", |seen| seen.channel(channels[0].as_str()).is_here(&me)).await;
    all.owner.ask(Say { book: all.book.clone(), text: "xq-open".into() }).await.unwrap();
    page.until("it hears the chat", |seen| format!("{seen:?}").contains("xq-open")).await;
    all.stranger.ask(authors()).await.unwrap();
    assert!(!all.stranger.ask(OpenShelf {}).await.unwrap().public[0].owner.is_somebody());

    all.owner.ask(sees(Sees::Text)).await.unwrap();
    all.owner.ask(Say { book: all.book.clone(), text: "xq-closed".into() }).await.unwrap();
    page.until("it begins anew", |seen| !seen.channel(channels[0].as_str()).gaps.is_empty()).await;
    assert!(!page.seen(|seen| format!("{seen:?}")).contains("xq-closed"));
    let (state, within) = open().await;
    assert_eq!((within, state.chat.len(), state.members.len()), (Some(false), 0, 0));
    all.owner.ask(Say { book: all.book.clone(), text: "xq-closed too".into() }).await.unwrap();
    let renamed = RenamePart { book: all.book.clone(), part: all.part.clone(), title: title("Currents") };
    all.owner.ask(renamed).await.unwrap();
    page.until("the new title", |seen| format!("{seen:?}").contains("Currents")).await;
    assert!(!page.seen(|seen| format!("{seen:?}")).contains("xq-closed"));
    let here = all.world.site.node.broker().roster(&channels[0]).await.unwrap();
    assert!(here.find(&me).is_none(), "whoever only reads is not here: {here:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_was_public_before_shows_strangers_its_text_only() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    // As a node does it that knows of no such choice.
    let old = "INSERT INTO books (id, title, visibility, created, changed) VALUES ('old', 'Old', 'public', 1, 1)";
    sqlx::query(old).execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    let member = sqlx::query("INSERT INTO members (book, person, role, since) VALUES ('old', $1, 3, 1)");
    let me = ann.me().id;
    member.bind(me.as_str()).execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    let anybody = world.site.browser().await;
    let opened = anybody.ask(OpenBook { book: "old".parse().unwrap() }).await.unwrap().snapshot;
    assert_eq!((opened.state.readers_see, opened.within, opened.state.members.len()), (Sees::Text, Some(false), 0));
    assert_eq!(ann.book(&book).await.readers_see, Sees::Text, "and a new one will");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_taken_out_of_a_public_book_reads_on_as_a_stranger() {
    let all = full_of_secrets().await;
    let channels = all.channels();
    let page = page(&all, &all.editor, Transport::Socket).await;
    for channel in &channels {
        let at = all.world.site.node.position(channel).await;
        page.start_following_as(channel.as_str(), Some(at), None, Some(true));
        page.until("it follows", |seen| seen.channel(channel.as_str()).following > 0).await;
    }
    all.owner.ask(RemoveMember { book: all.book.clone(), person: all.editor.me().id }).await.unwrap();
    all.owner.ask(Say { book: all.book.clone(), text: "xq-afterwards".into() }).await.unwrap();
    for channel in &channels {
        page.until("it begins anew", |seen| !seen.channel(channel.as_str()).gaps.is_empty()).await;
    }
    let snapshot = all.editor.ask(OpenBook { book: all.book.clone() }).await.unwrap().snapshot;
    assert_eq!((snapshot.state.title.as_str(), snapshot.state.chat.len(), snapshot.within), ("Seas", 0, Some(false)));
    page.start_following_as(channels[0].as_str(), Some(snapshot.at), None, snapshot.within);
    all.owner.ask(Say { book: all.book.clone(), text: "xq-afterwards".into() }).await.unwrap();
    let renamed = RenamePart { book: all.book.clone(), part: all.part.clone(), title: title("Currents") };
    all.owner.ask(renamed).await.unwrap();
    page.until("the new title", |seen| format!("{seen:?}").contains("Currents")).await;
    assert!(!page.seen(|seen| format!("{seen:?}")).contains("xq-afterwards"));
}
