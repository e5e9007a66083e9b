//! Nothing that a person wrote is ever run: every field that takes text is filled with the same hostile words, and every
//! page is looked at by everybody. In a browser, the same is done with pages that are live.

mod fields;
mod markup;
mod outgoing;

use crate::{
    page::Page,
    world::{Browser, Site, World, escaped, location, text, title},
};
use axum::{body::Body, response::Response};
use base64::{Engine, prelude::BASE64_URL_SAFE};
use fields::texts;
use http::{Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use markup::Markup;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use server_fn::ServerFn;
use sputnik::{Code, Fault};
use sputnik_editor::{
    account::commands::{
        ChangeName, ChangePassword, EndOtherSessions, EndSession, Me, OpenAccount, SignIn, SignOut, SignUp,
    },
    admin::commands::{EndClient, FreeLock, Look},
    app::App,
    book::{
        commands::{
            account_deletion::{DeleteAccount, OpenLeaving},
            chapter::OpenChapter,
            chat::Say,
            contents::{
                AddPart, BringBack, CloseChapter, DeletedParts, MovePart, OpenToWriting, RemovePart, RenamePart,
                SetGoal, SetStatus,
            },
            exports::{NamedVersions, RemoveExport, StartExport},
            files::ImportChapter,
            history::{
                ChapterHistory, CompareVersions, NameBookVersion, NameVersion, ReadVersion, RestoreRevision,
                ShowAuthors,
            },
            parts::{DuplicateChapter, FindMoved, JoinChapters, MoveChapter, SplitChapter},
            pen::{HandOverPen, PutDownPen, TakeOverPen, TakePen},
            people::{
                AcceptInvitation, DeclineInvitation, LeaveBook, MyInvitations, RemoveMember, SetMember,
                WithdrawInvitation,
            },
            publishing::{CheckBook, ChoosePublishing, SetMetadata, SetPublishing},
            replace::{FindToReplace, ReplaceInChapter, TakeBackReplacement},
            search::{SearchBook, SearchMyBooks},
            shelf::{
                ArchiveBook, BringBookBack, CopyBook, CreateBook, DeleteBook, DeleteBookForGood, OpenBook, OpenShelf,
                RenameBook, SetReadersSee, SetVisibility, UnarchiveBook,
            },
            writing::{Exchange, Write},
        },
        format::Format,
        history::VersionName,
        import::{Choices, How},
        model::{BookId, Closing, Kind, PartId, Place, Role, Visibility},
        place::TextPlace,
        replace::Replacing,
    },
    boot,
    metadata::{Contributor, ContributorRole, Metadata},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
    time::Duration,
};
use yrs::{Any, GetString, Text, Transact, Xml, XmlElementPrelim, XmlFragment, XmlTextPrelim, types::Attrs};

/// What somebody writes who means harm: it would end a title, a field, a script, an attribute and a string, and then run.
pub const HARM: &str = r#"'"></title></textarea></script><!--><evil onload=evil()>{{evil()}}\";evil();//"#;

/// The same where there is room for 40 letters.
const SHORT_HARM: &str = r#"'"></pre><evil onload=evil()>"#;

fn harm(mark: &str) -> String {
    format!("{mark}{HARM}")
}

type TextsOf = fn() -> Vec<(String, bool)>;

/// Every command, with how to find out which of its fields take text, and which of these any.
macro_rules! commands {
    ($($command:ident),+ $(,)?) => {
        BTreeMap::from([$(($command::PATH, texts::<$command> as TextsOf)),+])
    };
}

fn commands() -> BTreeMap<&'static str, TextsOf> {
    commands![
        AcceptInvitation,
        AddPart,
        ArchiveBook,
        BringBack,
        BringBookBack,
        ChangeName,
        ChangePassword,
        ChapterHistory,
        CheckBook,
        ChoosePublishing,
        CloseChapter,
        CompareVersions,
        CopyBook,
        CreateBook,
        DeclineInvitation,
        DeleteAccount,
        DeleteBook,
        DeleteBookForGood,
        DeletedParts,
        DuplicateChapter,
        EndClient,
        EndOtherSessions,
        EndSession,
        Exchange,
        FindMoved,
        FindToReplace,
        FreeLock,
        HandOverPen,
        ImportChapter,
        JoinChapters,
        LeaveBook,
        Look,
        Me,
        MoveChapter,
        MovePart,
        MyInvitations,
        NameBookVersion,
        NameVersion,
        NamedVersions,
        OpenAccount,
        OpenBook,
        OpenChapter,
        OpenLeaving,
        OpenShelf,
        OpenToWriting,
        PutDownPen,
        ReadVersion,
        RemoveExport,
        RemoveMember,
        RemovePart,
        RenameBook,
        RenamePart,
        ReplaceInChapter,
        RestoreRevision,
        Say,
        SearchBook,
        SearchMyBooks,
        SetGoal,
        SetMember,
        SetMetadata,
        SetPublishing,
        SetReadersSee,
        SetStatus,
        SetVisibility,
        ShowAuthors,
        SignIn,
        SignOut,
        SignUp,
        SplitChapter,
        StartExport,
        TakeBackReplacement,
        TakeOverPen,
        TakePen,
        UnarchiveBook,
        WithdrawInvitation,
        Write,
    ]
}

/// Fills fields, and notes which.
#[derive(Default)]
struct Filling {
    filled: BTreeSet<(String, String)>,
}

impl Filling {
    async fn ask<F>(&mut self, who: &Browser, command: F) -> Result<F::Output, Fault>
    where
        F: ServerFn + Serialize,
        F::Output: DeserializeOwned,
    {
        self.note(F::PATH, "", &serde_json::to_value(&command).unwrap());
        who.ask(command).await
    }

    async fn submit<F: ServerFn>(&mut self, who: &Browser, fields: &[(&str, &str)]) -> Response {
        for (field, text) in fields {
            let field = field.split('[').next().unwrap();
            self.note(F::PATH, field, &Value::from(*text));
        }
        who.submit_to(F::PATH, fields).await
    }

    fn note(&mut self, path: &str, field: &str, value: &Value) {
        match value {
            Value::String(text) if text.contains(HARM) => {
                self.filled.insert((path.to_owned(), field.to_owned()));
            }
            Value::Array(all) => all.iter().for_each(|value| self.note(path, field, value)),
            Value::Object(all) => {
                for (name, value) in all {
                    let field = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                    self.note(path, &field, value);
                }
            }
            _ => {}
        }
    }
}

/// A site in which everything that takes text holds words that mean harm.
struct Walked {
    _world: World,
    ann: Browser,
    ben: Browser,
    nobody: Browser,
    book: BookId,
    chapter: PartId,
    section: PartId,
    closed: PartId,
    moved: PartId,
    filled: BTreeSet<(String, String)>,
}

/// What is found on the pages again: each stands before the hostile words of its field.
const MARKS: [&str; 26] = [
    "the-book",
    "the-bin",
    "the-archived",
    "the-copy",
    "the-moved",
    "the-subtitle",
    "the-contributor",
    "the-description",
    "the-subject",
    "the-publisher",
    "the-licence",
    "the-series",
    "the-section",
    "the-chapter",
    "the-deleted",
    "the-chat",
    "the-closing",
    "the-version",
    "the-book-version",
    "the-imported",
    "the-heading",
    "the-paragraph",
    "the-alt",
    "the-caption",
    "the-note",
    "the-name",
];

async fn walked() -> Walked {
    let mut world = World::new().await;
    let gate = boot::gate(&world.database, &["ann".to_owned()]);
    let store = Arc::new(world.database.command_store());
    world.site = Site::start_with(&world.database, &world.broker, gate, store).await;
    let (ann, ben, nobody) = (world.person("ann").await, world.person("ben").await, world.site.browser().await);
    let mut fill = Filling::default();

    for form in [("name", HARM), ("password", HARM)] {
        let other = if form.0 == "name" { ("password", "five warm pears") } else { ("name", "cleo") };
        fill.submit::<SignUp>(&nobody, &[form, other, ("next", HARM)]).await;
        let answer = fill.submit::<SignIn>(&nobody, &[form, other, ("next", HARM)]).await;
        assert!(!location(&answer).contains("evil"), "{}", location(&answer));
    }

    // Somebody whose browser calls itself something, and who is called something.
    let ben = Browser { agent: HARM.to_owned(), ..ben };
    let answer = fill.submit::<SignIn>(&ben, &[("name", "ben"), ("password", crate::world::PASSWORD)]).await;
    let ben = ben.with_cookies_of(&answer);
    fill.submit::<ChangeName>(&ben, &[("shown", HARM)]).await;
    fill.submit::<ChangeName>(&ben, &[("shown", &format!("the-name{SHORT_HARM}"))]).await;
    fill.submit::<ChangePassword>(&ben, &[("old", HARM), ("new", HARM)]).await;
    fill.submit::<EndSession>(&ben, &[("session", HARM)]).await;
    fill.submit::<DeleteAccount>(&ben, &[("books[a]", HARM), ("password", HARM)]).await;

    let answer = fill.submit::<CreateBook>(&ann, &[("title", &harm("first"))]).await;
    let book: BookId = location(&answer).strip_prefix("/book/").unwrap().parse().unwrap();
    fill.ask(&ann, RenameBook { book: book.clone(), title: title(&harm("the-book")) }).await.unwrap();
    let refused = fill.ask(&ann, DeleteBook { book: book.clone(), title: harm("") }).await;
    assert_eq!(refused.unwrap_err().code, Code::BadRequest);
    let refused = fill.ask(&ann, SetMember { book: book.clone(), name: harm(""), role: Role::Editor }).await;
    assert!(refused.is_err());
    say_everything(&mut fill, &ann, &book).await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let words = || HARM.parse().unwrap();
    fill.ask(&ann, SearchBook { book: book.clone(), words: words() }).await.unwrap();
    fill.ask(&ann, SearchMyBooks { words: words() }).await.unwrap();
    let replacing = || Replacing { find: words(), with: harm("x").parse().unwrap(), cased: false, whole: false };
    fill.ask(&ann, FindToReplace { book: book.clone(), replacing: replacing() }).await.unwrap();
    let nowhere: PartId = "nowhere".parse().unwrap();
    let replace =
        ReplaceInChapter { book: book.clone(), part: nowhere.clone(), replacing: replacing(), places: Vec::new() };
    assert!(fill.ask(&ann, replace).await.is_err());
    let place = TextPlace { block: 0, at: 0 };
    let split = SplitChapter { book: book.clone(), part: nowhere, place, title: title(&harm("")) };
    assert!(fill.ask(&ann, split).await.is_err());

    // One that is made of this one, in the archive; and one to which a chapter went.
    let fields = [("book", book.as_str()), ("title", &*harm("the-copy")), ("what", "headings")];
    let copied = fill.submit::<CopyBook>(&ann, &fields).await;
    assert!(location(&copied).starts_with("/book/"), "{}", location(&copied));
    let archived = ann.create_book(&harm("the-archived")).await;
    ann.ask(ArchiveBook { book: archived }).await.unwrap();
    let other = ann.create_book(&harm("the-moved")).await;
    let moved = ann.add_chapter(&book, &harm("goes")).await;
    ann.ask(MoveChapter { book: book.clone(), part: moved.clone(), target: other }).await.unwrap();

    let in_bin = ann.create_book(&harm("the-bin")).await;
    ann.ask(DeleteBook { book: in_bin, title: harm("the-bin") }).await.unwrap();

    let place = |parent: Option<&PartId>| Place { parent: parent.cloned(), before: None };
    let add = async |fill: &mut Filling, kind, mark: &str, parent: Option<&PartId>| {
        let command = AddPart { book: book.clone(), kind, title: title(&harm(mark)), place: place(parent) };
        fill.ask(&ann, command).await.unwrap()
    };
    let section = add(&mut fill, Kind::Section, "the-section", None).await;
    let chapter = add(&mut fill, Kind::Chapter, "first", Some(&section)).await;
    let closed = add(&mut fill, Kind::Chapter, "the-closed", None).await;
    let deleted = add(&mut fill, Kind::Chapter, "the-deleted", None).await;
    let of = |part: &PartId| (book.clone(), part.clone());
    let (in_book, part) = of(&chapter);
    fill.ask(&ann, RenamePart { book: in_book, part, title: title(&harm("the-chapter")) }).await.unwrap();
    let (in_book, part) = of(&deleted);
    ann.ask(RemovePart { book: in_book, part }).await.unwrap();
    fill.ask(&ben, Say { book: book.clone(), text: harm("the-chat") }).await.unwrap();

    write_everything(&ann, &book, &chapter).await;
    let (in_book, part) = of(&chapter);
    fill.ask(&ann, NameVersion { book: in_book, part, name: harm("the-version").parse().unwrap() }).await.unwrap();
    let markdown = markdown();
    let (in_book, part) = of(&chapter);
    let bring = ImportChapter { book: in_book, part, markdown: markdown.clone(), how: How::Append };
    fill.ask(&ben, bring).await.unwrap();
    let name = || format!("{}.md", harm("the-imported"));
    for markdown in [markdown, harm("no heading")] {
        ann.preview_file(&name(), markdown.as_bytes()).await.unwrap();
        ann.import_file(Some(&book), &name(), markdown.as_bytes(), &Choices::default()).await.unwrap();
    }
    let name: VersionName = harm("the-book-version").parse().unwrap();
    fill.ask(&ann, NameBookVersion { book: book.clone(), name: name.clone() }).await.unwrap();
    let export = StartExport { book: book.clone(), format: Format::Epub, version: Some(name) };
    fill.ask(&ann, export).await.unwrap();

    let (in_book, part) = of(&closed);
    let close = CloseChapter { book: in_book, part, how: Closing::Final, why: harm("the-closing") };
    fill.ask(&ann, close).await.unwrap();
    ben.come(&book).await;
    let (in_book, part) = of(&chapter);
    fill.ask(&ben, TakePen { book: in_book, part, ask: false, why: harm("the-pen") }).await.unwrap();
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    Walked { _world: world, ann, ben, nobody, book, chapter, section, closed, moved, filled: fill.filled }
}

/// Fills in whatever a book says about itself, first all of it, which is refused, and then what is of no form of its own.
async fn say_everything(fill: &mut Filling, who: &Browser, book: &BookId) {
    let text = |mark: &str| harm(mark);
    let person = |name: String| Contributor { name, role: ContributorRole::Author };
    let all = Metadata {
        subtitle: text("the-subtitle"),
        people: vec![person(text("the-contributor"))],
        language: text(""),
        description: text("the-description"),
        subjects: vec![text("the-subject")],
        isbn: text(""),
        publisher: text("the-publisher"),
        licence: text("the-licence"),
        series: text("the-series"),
        series_number: text(""),
        dedication: text("the-dedication"),
        published: text(""),
    };
    let set = |metadata| SetMetadata { book: book.clone(), metadata, base: None };
    let refused = fill.ask(who, SetMetadata { base: Some(all.clone()), ..set(all.clone()) }).await.unwrap_err();
    assert_eq!(refused.fields.keys().collect::<Vec<_>>(), ["isbn", "language", "published", "series-number"]);
    let nothing = Metadata::default();
    let Metadata { language, isbn, series_number, published, .. } = nothing;
    who.ask(set(Metadata { language, isbn, series_number, published, ..all })).await.unwrap();
}

/// Writes text wherever a chapter takes any, and tries to write what would run.
async fn write_everything(who: &Browser, book: &BookId, part: &PartId) {
    let page = Page::open(&who.another_tab(), book, part).await;
    page.say(&harm("the-paragraph")).await.unwrap();
    let edit = {
        let mut txn = page.doc.transact_mut();
        let figure = page.root.push_back(&mut txn, XmlElementPrelim::empty("figure"));
        figure.insert_attribute(&mut txn, "alt", harm("the-alt"));
        figure.insert_attribute(&mut txn, "src", r#"/x?"><evil/onload=evil()>"#);
        figure.push_back(&mut txn, XmlTextPrelim::new(harm("the-caption")));
        let code = page.root.push_back(&mut txn, XmlElementPrelim::empty("code_block"));
        code.insert_attribute(&mut txn, "language", SHORT_HARM);
        code.push_back(&mut txn, XmlTextPrelim::new(harm("the-code")));
        let linked = page.root.push_back(&mut txn, XmlElementPrelim::empty("paragraph"));
        let words = linked.push_back(&mut txn, XmlTextPrelim::new(harm("the-link")));
        let href = Any::from(r#"https://evil.example/"><evil/onload=evil()>"#);
        let link = Any::from(std::collections::HashMap::from([("href".to_owned(), href)]));
        words.format(&mut txn, 0, 8, Attrs::from([("link".into(), link)]));
        let note = linked.push_back(&mut txn, XmlElementPrelim::empty("footnote"));
        note.push_back(&mut txn, XmlTextPrelim::new(harm("the-note")));
        let heading = page.root.push_back(&mut txn, XmlElementPrelim::empty("heading"));
        heading.push_back(&mut txn, XmlTextPrelim::new(harm("the-heading")));
        txn.encode_update_v1()
    };
    page.write(edit).await.unwrap();
    assert!(page.root.get_string(&page.doc.transact()).contains("the-heading"));
}

/// A file that tries to bring in what runs, in every way Markdown has.
fn markdown() -> String {
    let mut text = format!("# {}\n\n", harm("the-file"));
    for address in [
        "javascript:evil()",
        "JaVaScRiPt:evil()",
        "java&#9;script:evil()",
        "&#106;avascript:evil()",
        "//evil.example/x",
        "/\\evil.example/x",
        "data:text/html,<evil>",
        "vbscript:evil()",
        "https://evil.example/\"onclick=evil()",
        "/x",
    ] {
        // Writing to a string cannot fail.
        let _ = write!(text, "[{HARM}](<{address}> \"{SHORT_HARM}\") ![{HARM}](<{address}> 'x') <{address}>\n\n");
        let _ = write!(text, "[{address}]: <{address}> \"x\"\n\n[{address}]\n\n");
    }
    let _ = write!(text, "<evil onload=evil()>\n\n<script>evil()</script>\n\na <img src=x onerror=evil()> b\n\n");
    let _ = write!(
        text,
        "```\" onload=evil()><evil>\n{HARM}\n```\n\n| {SHORT_HARM} | b |\n| --- | --- |\n| <evil> | {HARM} |\n\n"
    );
    let _ = write!(
        text,
        "- [ ] {HARM}\n\n> {HARM}\n\n1. {HARM}\n\nnoted[^1]\n\n[^1]: {HARM}\n\n# {}\n\nx\n",
        harm("the-next")
    );
    text
}

async fn get(who: &Browser, path: &str) -> Response {
    let request = Request::get(path)
        .header(header::COOKIE, format!("{}; theme=\"><evil/onload=evil()>", who.cookies))
        .header(header::ACCEPT, "text/html")
        .header(header::USER_AGENT, "\"><evil onload=evil()>")
        .header(header::REFERER, "http://localhost/\"><evil>");
    who.site.send(request.body(Body::empty()).unwrap()).await
}

/// Every address there is a page at: the application's own routes, and what may stand behind them.
fn addresses(walked: &Walked) -> Vec<String> {
    let escaped = |text: &str| text.bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02X}"));
    let fault = serde_json::to_vec(&Fault::bad_request(format!("password {HARM}"))).unwrap();
    let fault = escaped(&BASE64_URL_SAFE.encode(fault));
    let harm = escaped(HARM);
    let mut queries = vec![
        String::new(),
        "?version=1".into(),
        "?version=1&compare=now".into(),
        "?authors=1".into(),
        format!("?version={harm}&compare={harm}&before={harm}&authors={harm}&next={harm}&{harm}={harm}"),
    ];
    for form in [SignIn::PATH, SignUp::PATH, CreateBook::PATH] {
        queries.push(format!("?__path={}&__err={fault}", escaped(form)));
    }
    let mut addresses = Vec::new();
    for route in generate_route_list(App) {
        for (book, part) in [
            (walked.book.as_str(), walked.chapter.as_str()),
            (walked.book.as_str(), walked.section.as_str()),
            (walked.book.as_str(), walked.closed.as_str()),
            (walked.book.as_str(), walked.moved.as_str()),
            (walked.book.as_str(), &*harm),
            (&*harm, &*harm),
        ] {
            let path = route.path().replace("{book}", book).replace("{part}", part);
            assert!(!path.contains(['{', ':', '*']), "of {path}, a part is not filled");
            addresses.extend(queries.iter().map(|query| format!("{path}{query}")));
        }
    }
    addresses.push(format!("/{harm}?{harm}"));
    for ending in ["md", "html"] {
        addresses.push(format!("/book/{}/book.{ending}", walked.book));
    }
    addresses.push(format!("/book/{}/chapter/{}.md", walked.book, walked.chapter));
    addresses.push("/catalogue.xml".to_owned());
    addresses.push(format!("/book/{harm}/picture/{harm}"));
    let known: BTreeSet<_> = addresses.into_iter().collect();
    known.into_iter().collect()
}

#[test]
fn every_command_there_is_is_walked() {
    let there: BTreeSet<&str> = server_fn_paths()
        .filter(|(path, method)| path.starts_with("/command/") && *method == Method::POST)
        .map(|(path, _)| path)
        .collect();
    let walked: BTreeSet<&str> = commands().into_keys().collect();
    assert_eq!(there, walked, "a command is missing in `commands` above, or is gone");
}

/// What only programs say of what they could not read.
const DECODERS: [&str; 14] = [
    "Custom(",
    "Deserialization",
    "Serialization",
    "missing field",
    "invalid type",
    "invalid value",
    "invalid length",
    "unknown variant",
    "unknown field",
    "duplicate field",
    "expected",
    "at line",
    "EOF",
    "⟦",
];

fn is_for_people(words: &str) -> bool {
    words.ends_with('.') && words.contains(' ') && !DECODERS.iter().any(|decoder| words.contains(decoder))
}

/// Why a form that a page sends is refused, if it is.
async fn refusal(who: &Browser, path: &str, fields: &[(&str, &str)]) -> Option<Fault> {
    let all = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .header(header::COOKIE, &who.cookies);
    let answer = who.send(request.body(Body::from(all.collect::<Vec<_>>().join("&"))).unwrap()).await;
    serde_json::from_str(&text(answer).await).ok()
}

/// Each command, asked as a page asks it and as a form, with nothing, with rubbish, and with every field filled with what
/// none of them takes.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_is_refused_in_words_for_people() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let wrong = ["".to_owned(), "   ".to_owned(), "x".repeat(10_000), "\u{200b}".to_owned(), "a\u{7}b".to_owned()];
    let mut asked = 0;
    for (path, texts) in commands() {
        // It ends the session, and does as it is told.
        if [SignOut::PATH, EndOtherSessions::PATH].contains(&path) {
            continue;
        }
        let fields: BTreeSet<String> = texts().into_iter().map(|(field, _)| field).collect();
        let filled = |text: &str| {
            let all = fields.iter().map(|field| (field.clone(), Value::from(text)));
            Value::Object(all.collect()).to_string()
        };
        let rubbish = ["", "{", "[]", "7", "null", "{}", r#"{"book":1,"part":[],"title":{}}"#].map(str::to_owned);
        for json in rubbish.into_iter().chain(wrong.iter().map(|text| filled(text))) {
            let (status, answer) = ann.ask_json(&ann.key(), path, &json, false).await;
            if let Ok(fault) = serde_json::from_str::<Fault>(&answer) {
                assert!(is_for_people(&fault.words), "{path} {json:.80}: {fault:?}");
                assert!(status.is_client_error(), "{path} {json:.80}: {status}");
                asked += 1;
            }
        }
        for text in &wrong {
            let form: Vec<_> = fields.iter().map(|field| (&**field, &**text)).collect();
            if let Some(fault) = refusal(&ann, path, &form).await {
                assert!(is_for_people(&fault.words), "{path} {text:.20}: {fault:?}");
                asked += 1;
            }
        }
    }
    assert!(asked > 300, "only {asked} were refused");

    // What is wrong with a form is told of all its fields at once.
    let nobody = world.site.browser().await;
    for (path, fields, wrong) in [
        (SignUp::PATH, &[("name", "x"), ("password", "short")][..], &["name", "password"][..]),
        (SignUp::PATH, &[("name", "ann"), ("password", "password123")], &["name", "password"]),
        (SignUp::PATH, &[("name", "ANN"), ("password", "five warm pears")], &["name"]),
        (SignIn::PATH, &[("name", "ann"), ("password", "wrong")], &["password"]),
    ] {
        let fault = refusal(&nobody, path, fields).await.unwrap();
        assert_eq!(fault.fields.keys().collect::<Vec<_>>(), wrong, "{path} {fields:?}: {fault}");
    }
    for (path, fields, wrong) in [
        (ChangePassword::PATH, &[("old", "wrong"), ("new", "short")][..], &["new", "old"][..]),
        (ChangePassword::PATH, &[("old", "wrong"), ("new", "password123")], &["new", "old"]),
        (ChangeName::PATH, &[("shown", "  ")], &["shown"]),
        (CreateBook::PATH, &[("title", "")], &["title"]),
        (DeleteAccount::PATH, &[("password", "wrong")], &["password", "sure"]),
    ] {
        let fault = refusal(&ann, path, fields).await.unwrap();
        assert_eq!(fault.fields.keys().collect::<Vec<_>>(), wrong, "{path} {fields:?}: {fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_person_wrote_is_run_on_any_page() {
    tokio::time::timeout(Duration::from_secs(150), async {
        let walked = walked().await;
        for (path, texts) in commands() {
            for (field, _) in texts().into_iter().filter(|(_, is_free)| *is_free) {
                let filled = walked.filled.contains(&(path.to_owned(), field.clone()));
                assert!(filled, "`{field}` of {path} takes any text: fill it in `walked`, and see where it is shown");
            }
        }
        let (mut seen, mut pages) = (String::new(), 0);
        for address in addresses(&walked) {
            for who in [&walked.ann, &walked.ben, &walked.nobody] {
                let answer = get(who, &address).await;
                assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "{address}");
                assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{address}");
                let kind = answer.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
                let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
                let body = text(answer).await;
                if kind.as_deref() != Some("text/html; charset=utf-8") {
                    let kind = kind.unwrap_or_default();
                    let is_known = match &*kind {
                        "" | "application/json" | "text/markdown; charset=utf-8" => true,
                        // A book that people take along, and the list of such books.
                        "text/html" => Markup::of(&body).scripts.is_empty() && !body.contains("<evil"),
                        other => other.starts_with("application/atom+xml") && !body.contains("<evil"),
                    };
                    assert!(is_known, "{address}: {kind}\n{body}");
                    assert!(policy.contains("sandbox"), "{address}: {policy}");
                    continue;
                }
                let complaints = Markup::of(&body).complaints();
                assert!(complaints.is_empty(), "{address}: {complaints:?}\n{body}");
                assert!(!body.contains("<evil"), "{address}: {body}");
                pages += 1;
                seen.push_str(&body);
            }
        }
        assert!(pages > 200, "only {pages} pages were looked at");
        outgoing::nothing_is_markup_in_files_of(&walked.book, &walked.ann).await;
        for mark in MARKS {
            assert!(seen.contains(&format!("{mark}'")) || seen.contains(&format!("{mark}&")), "nobody sees {mark}");
        }
    })
    .await
    .expect("every page comes in time");
}
