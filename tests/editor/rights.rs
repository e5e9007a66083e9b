//! Who may do what: every command, asked by everybody. Which commands there are, the registry says by which the server
//! finds them, so a new one needs a row here.

use crate::world::{Browser, World, title};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::ServerFn;
use sputnik::{
    Code, Fault, UserId,
    polls::{LongPoll, Poll},
    server::User,
};
use sputnik_editor::{
    account::commands::{
        ChangeName, ChangePassword, EndOtherSessions, EndSession, Me, OpenAccount, SignIn, SignOut, SignUp,
    },
    admin::commands::{EndClient, FreeLock, Look},
    book::{
        channels::{BookChannel, ChapterChannel},
        chapter::Encoded,
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
        history::Moment,
        import::How,
        model::{BookId, Closing, Kind, PartId, Place, Role, Sees, Status, Visibility},
        place::TextPlace,
        publishing::{Choice, Publishing},
        replace::Replacing,
    },
    metadata::Metadata,
};
use std::{collections::BTreeSet, sync::Mutex};

/// Everybody there is, seen from a book.
struct Everybody {
    world: World,
    owner: Browser,
    editor: Browser,
    reader: Browser,
    stranger: Browser,
    anonymous: Browser,
    book: BookId,
    part: PartId,
    /// The paths of the commands that all of them asked.
    asked: Mutex<BTreeSet<&'static str>>,
}

async fn everybody(visibility: Visibility) -> Everybody {
    let world = World::new().await;
    let owner = world.person("owner").await;
    let editor = world.person("editor").await;
    let reader = world.person("reader").await;
    let stranger = world.person("stranger").await;
    let anonymous = world.site.browser().await;
    let book = owner.create_book("Seas").await;
    let part = owner.add_chapter(&book, "Tides").await;
    owner.let_in(&book, &editor, Role::Editor).await;
    owner.let_in(&book, &reader, Role::Reader).await;
    owner.ask(SetVisibility { book: book.clone(), visibility }).await.unwrap();
    Everybody { world, owner, editor, reader, stranger, anonymous, book, part, asked: Mutex::default() }
}

impl Everybody {
    /// A command that everybody is about to ask.
    fn note<F: ServerFn>(&self, _: &F) {
        self.asked.lock().unwrap().insert(F::PATH);
    }

    /// A chapter that was just deleted.
    async fn deleted(&self) -> PartId {
        let part = self.owner.add_chapter(&self.book, "Gone").await;
        self.owner.ask(RemovePart { book: self.book.clone(), part: part.clone() }).await.unwrap();
        part
    }
}

async fn code<F>(who: &Browser, command: F) -> Option<Code>
where
    F: ServerFn + Serialize,
    F::Output: DeserializeOwned,
{
    who.ask(command).await.err().map(|fault: Fault| fault.code)
}

/// Asks a command in everybody's name; compares who is let in with who may be. Whoever is let in may still be told that
/// the command makes no sense, for most need more than a right.
macro_rules! ask_all {
    ($all:ident, $allowed:expr, $command:expr) => {{
        let allowed: [bool; 5] = $allowed;
        $all.note(&$command);
        let asked = [
            ("the owner", code(&$all.owner, $command).await),
            ("an editor", code(&$all.editor, $command).await),
            ("a reader", code(&$all.reader, $command).await),
            ("a stranger", code(&$all.stranger, $command).await),
            ("nobody", code(&$all.anonymous, $command).await),
        ];
        for ((who, code), allowed) in asked.into_iter().zip(allowed) {
            let refused = matches!(code, Some(Code::Forbidden | Code::NotSignedIn | Code::NotFound));
            assert_eq!(!refused, allowed, "{}: {who} got {code:?}", stringify!($command));
        }
    }};
}

/// Who may read, write and own.
struct Allowed {
    read: [bool; 5],
    within: [bool; 5],
    write: [bool; 5],
    own: [bool; 5],
}

async fn ask_everything(all: &Everybody, allowed: &Allowed, visibility: Visibility) {
    let (book, part) = (|| all.book.clone(), || all.part.clone());
    let place = || Place { parent: None, before: None };
    for browser in [&all.owner, &all.editor, &all.reader, &all.stranger, &all.anonymous] {
        browser.come(&all.book).await;
    }
    ask_all!(all, allowed.read, OpenBook { book: book() });
    ask_all!(all, allowed.read, OpenChapter { book: book(), part: part() });
    ask_all!(all, allowed.read, SearchBook { book: book(), words: "x".parse().unwrap() });
    ask_all!(all, allowed.within, ChapterHistory { book: book(), part: part(), before: None });
    ask_all!(all, allowed.within, ReadVersion { book: book(), part: part(), moment: Moment::Now });
    ask_all!(
        all,
        allowed.within,
        CompareVersions { book: book(), part: part(), old: Moment::Revision(0), new: Moment::Now }
    );
    ask_all!(all, allowed.within, ShowAuthors { book: book(), part: part() });
    ask_all!(all, allowed.read, PutDownPen { book: book(), part: part() });
    ask_all!(all, allowed.read, Exchange { book: book(), part: part(), state_vector: Encoded(vec![0]) });

    ask_all!(all, allowed.write, AddPart { book: book(), kind: Kind::Chapter, title: title("x"), place: place() });
    ask_all!(all, allowed.write, RenamePart { book: book(), part: part(), title: title("y") });
    ask_all!(all, allowed.write, MovePart { book: book(), part: part(), place: place() });
    ask_all!(all, allowed.write, SetStatus { book: book(), part: part(), status: Status::Completed });
    let place_in_text = || TextPlace { block: 0, at: 0 };
    ask_all!(
        all,
        allowed.write,
        SplitChapter { book: book(), part: part(), place: place_in_text(), title: title("Behind") }
    );
    ask_all!(all, allowed.write, DuplicateChapter { book: book(), part: part() });
    ask_all!(
        all,
        allowed.write,
        JoinChapters { book: book(), part: part(), other: all.owner.add_chapter(&book(), "Next").await }
    );
    // Of two books, `moving.rs` shows it.
    ask_all!(all, allowed.write, MoveChapter { book: book(), part: part(), target: book() });
    ask_all!(all, allowed.read, FindMoved { book: book(), part: part() });
    ask_all!(all, allowed.write, SetGoal { book: book(), part: part(), goal: Some(300) });
    ask_all!(all, allowed.write, RemovePart { book: book(), part: all.owner.add_chapter(&book(), "Brief").await });
    ask_all!(all, allowed.write, BringBack { book: book(), part: all.deleted().await, place: None });
    let replacing =
        || Replacing { find: "sea".parse().unwrap(), with: "lake".parse().unwrap(), cased: false, whole: false };
    ask_all!(all, allowed.write, FindToReplace { book: book(), replacing: replacing() });
    ask_all!(
        all,
        allowed.write,
        ReplaceInChapter { book: book(), part: part(), replacing: replacing(), places: Vec::new() }
    );
    let text = || "# Ebb\n\nWater goes.".to_owned();
    ask_all!(all, allowed.write, ImportChapter { book: book(), part: part(), markdown: text(), how: How::Append });
    ask_all!(all, allowed.write, Say { book: book(), text: "hello".into() });
    ask_all!(all, allowed.write, Write { book: book(), part: part(), edit: Encoded(vec![0, 0]) });
    ask_all!(all, allowed.write, TakePen { book: book(), part: part(), ask: false, why: String::new() });
    ask_all!(all, allowed.write, HandOverPen { book: book(), part: part(), to: all.owner.client.clone() });
    ask_all!(all, allowed.own, OpenToWriting { book: book(), part: part() });
    ask_all!(all, allowed.own, CloseChapter { book: book(), part: part(), how: Closing::Locked, why: String::new() });
    ask_all!(all, allowed.own, OpenToWriting { book: book(), part: part() });
    ask_all!(all, allowed.write, NameVersion { book: book(), part: part(), name: "x".parse().unwrap() });
    ask_all!(all, allowed.write, TakeBackReplacement { book: book(), part: part(), revision: 1 });
    ask_all!(all, allowed.write, RestoreRevision { book: book(), part: part(), number: 1 });
    ask_all!(all, allowed.write, DeletedParts { book: book() });
    ask_all!(all, allowed.write, NameBookVersion { book: book(), name: "x".parse().unwrap() });

    ask_all!(all, allowed.write, CheckBook { book: book() });
    ask_all!(all, allowed.write, NamedVersions { book: book() });
    ask_all!(all, allowed.write, StartExport { book: book(), format: Format::Html, version: None });
    ask_all!(all, allowed.write, RemoveExport { book: book(), export: "nosuchfile".parse().unwrap() });

    ask_all!(all, allowed.own, TakeOverPen { book: book(), part: part() });
    ask_all!(all, allowed.own, SetMember { book: book(), name: "nobody".into(), role: Role::Reader });
    let ghost: UserId = "ghost".parse().unwrap();
    ask_all!(all, allowed.own, RemoveMember { book: book(), person: ghost.clone() });
    ask_all!(all, allowed.own, SetVisibility { book: book(), visibility });
    ask_all!(all, allowed.own, WithdrawInvitation { book: book(), person: ghost.clone() });
    ask_all!(all, allowed.own, SetReadersSee { book: book(), sees: Sees::Text });
    ask_all!(all, allowed.own, SetMetadata { book: book(), metadata: Metadata::default(), base: None });
    ask_all!(all, allowed.own, ChoosePublishing { book: book(), choice: Choice::OffersEpub(true) });
    ask_all!(all, allowed.own, SetPublishing { book: book(), publishing: Publishing::default() });
    ask_all!(all, allowed.own, RenameBook { book: book(), title: title("Seas") });
    // What of a book that is in the bin, `bin.rs` shows: this one is not there.
    ask_all!(all, [false; 5], DeleteBookForGood { book: book() });
    ask_all!(all, allowed.own, DeleteBook { book: book(), title: "wrong".into() });
    // Last of all: in the archive nobody does anything.
    ask_all!(all, allowed.own, ArchiveBook { book: book() });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_book_does_not_exist_for_whoever_does_not_belong_to_it() {
    let all = everybody(Visibility::Private).await;
    let allowed = Allowed {
        read: [true, true, true, false, false],
        within: [true, true, true, false, false],
        write: [true, true, false, false, false],
        own: [true, false, false, false, false],
    };
    ask_everything(&all, &allowed, Visibility::Private).await;
    for who in [&all.stranger, &all.anonymous] {
        let there = who.ask(OpenBook { book: all.book.clone() }).await.unwrap_err();
        let nowhere = who.ask(OpenBook { book: "nosuchbook".parse().unwrap() }).await.unwrap_err();
        assert_eq!(there, nowhere);
        let written = who.ask(RenameBook { book: all.book.clone(), title: title("Mine") }).await.unwrap_err();
        assert_eq!(written, nowhere);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_book_can_be_read_by_everyone_and_written_by_its_members() {
    let all = everybody(Visibility::Public).await;
    let allowed = Allowed {
        read: [true, true, true, true, true],
        within: [true, true, true, false, false],
        write: [true, true, false, false, false],
        own: [true, false, false, false, false],
    };
    ask_everything(&all, &allowed, Visibility::Public).await;
    let registered: BTreeSet<&str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let shown: BTreeSet<&str> = all.asked.lock().unwrap().iter().copied().chain(ABOUT_NO_BOOK).collect();
    let without_row: Vec<_> = registered.difference(&shown).collect();
    assert!(without_row.is_empty(), "who may use these? {without_row:#?}");
    let gone: Vec<_> = shown.difference(&registered).collect();
    assert!(gone.is_empty(), "these are no longer there: {gone:#?}");
}

/// Commands that are about no book: anybody may sign in, sign up and be told who they are; `admin.rs` shows who may look
/// after a running server; polls ask for each channel. What needs somebody signed in is shown below, for invitations,
/// which are theirs whom they name, in `invitations.rs`, for books in the bin and in the archive in the files of these names,
/// and for those that are made of others in `copying.rs`.
const ABOUT_NO_BOOK: [&str; 26] = [
    Me::PATH,
    SignUp::PATH,
    SignIn::PATH,
    SignOut::PATH,
    CreateBook::PATH,
    OpenShelf::PATH,
    SearchMyBooks::PATH,
    OpenAccount::PATH,
    ChangeName::PATH,
    ChangePassword::PATH,
    EndSession::PATH,
    EndOtherSessions::PATH,
    MyInvitations::PATH,
    AcceptInvitation::PATH,
    DeclineInvitation::PATH,
    LeaveBook::PATH,
    BringBookBack::PATH,
    CopyBook::PATH,
    UnarchiveBook::PATH,
    OpenLeaving::PATH,
    DeleteAccount::PATH,
    Look::PATH,
    EndClient::PATH,
    FreeLock::PATH,
    Poll::PATH,
    LongPoll::PATH,
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_ones_own_account_needs_somebody_signed_in() {
    let world = World::new().await;
    let nobody = world.site.browser().await;
    assert_eq!(code(&nobody, OpenAccount {}).await, Some(Code::NotSignedIn));
    assert_eq!(code(&nobody, OpenLeaving {}).await, Some(Code::NotSignedIn));
    assert_eq!(code(&nobody, SearchMyBooks { words: "x".parse().unwrap() }).await, Some(Code::NotSignedIn));
    for (path, fields) in [
        (ChangeName::PATH, &[("shown", "Somebody")][..]),
        (ChangePassword::PATH, &[("old", "five warm pears"), ("new", "six cold plums too")]),
        (EndSession::PATH, &[("session", "s1")]),
        (EndOtherSessions::PATH, &[]),
    ] {
        let answer = nobody.submit_to(path, fields).await;
        let back = crate::world::location(&answer);
        assert!(back.contains("__err="), "{path}: {back}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_publishes_and_only_an_editor_deletes_a_chapter() {
    let all = everybody(Visibility::Public).await;
    let publish = |visibility| SetVisibility { book: all.book.clone(), visibility };
    for who in [&all.editor, &all.reader, &all.stranger] {
        assert_eq!(code(who, publish(Visibility::Private)).await, Some(Code::Forbidden));
    }
    assert_eq!(code(&all.anonymous, publish(Visibility::Private)).await, Some(Code::NotSignedIn));
    let remove = || RemovePart { book: all.book.clone(), part: all.part.clone() };
    for who in [&all.reader, &all.stranger] {
        assert_eq!(code(who, remove()).await, Some(Code::Forbidden));
    }
    assert_eq!(code(&all.anonymous, remove()).await, Some(Code::NotSignedIn));
    assert_eq!(code(&all.editor, remove()).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pen_is_handed_only_to_somebody_present_who_may_write() {
    let all = everybody(Visibility::Public).await;
    all.editor.take_pen(&all.book, &all.part).await;
    all.reader.come(&all.book).await;
    all.anonymous.come(&all.book).await;
    let to = |who: &Browser| HandOverPen { book: all.book.clone(), part: all.part.clone(), to: who.client.clone() };
    assert_eq!(code(&all.editor, to(&all.owner)).await, Some(Code::Conflict), "not here");
    assert_eq!(code(&all.editor, to(&all.reader)).await, Some(Code::Forbidden));
    assert_eq!(code(&all.editor, to(&all.anonymous)).await, Some(Code::Conflict));
    all.owner.come(&all.book).await;
    assert_eq!(code(&all.owner, to(&all.owner)).await, Some(Code::Stale), "not hers to give");
    assert_eq!(code(&all.editor, to(&all.owner)).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_a_book_needs_somebody_signed_in_and_the_shelf_does_not() {
    let all = everybody(Visibility::Private).await;
    assert_eq!(code(&all.anonymous, OpenShelf {}).await, None);
    let answer = all.anonymous.submit_to(CreateBook::PATH, &[("title", "Mine")]).await;
    let back = crate::world::location(&answer);
    assert!(back.contains("/sign-in") && back.contains("__err="), "{back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shelf_shows_mine_those_shared_with_me_and_public_ones() {
    let all = everybody(Visibility::Public).await;
    let hidden = all.owner.create_book("Hidden").await;
    for (who, mine, shared, public) in
        [(&all.owner, 2, 0, 0), (&all.editor, 0, 1, 0), (&all.stranger, 0, 0, 1), (&all.anonymous, 0, 0, 1)]
    {
        let shelf = who.ask(OpenShelf {}).await.unwrap();
        assert_eq!((shelf.mine.len(), shelf.shared.len(), shelf.public.len()), (mine, shared, public));
        assert!(shelf.public.iter().all(|card| card.id != hidden && card.role.is_none() && card.chapters == 1));
    }
    let shelf = all.editor.ask(OpenShelf {}).await.unwrap();
    assert_eq!((&shelf.shared[0].owner, shelf.shared[0].role), (&all.owner.me(), Some(Role::Editor)));
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_are_let_in_by_the_same_rights() {
    let all = everybody(Visibility::Private).await;
    let gate = all.world.site.node.gate();
    let book = BookChannel(all.book.clone()).name();
    let chapter = ChapterChannel(all.book.clone(), all.part.clone()).name();
    let user = |browser: &Browser| User { id: browser.me().id, name: browser.me().name };
    for channel in [&book, &chapter] {
        let pass = gate.admit(Some(&user(&all.editor)), channel).await.unwrap();
        assert!(pass.present && pass.whisper);
        let pass = gate.admit(Some(&user(&all.reader)), channel).await.unwrap();
        assert!(pass.present && !pass.whisper);
        for who in [Some(&user(&all.stranger)), None] {
            assert_eq!(gate.admit(who, channel).await.unwrap_err().code, Code::NotFound);
        }
    }
    for none in ["book/nosuch", "lobby", &format!("chapter/{}/nosuch", all.book)] {
        let refused = gate.admit(Some(&user(&all.owner)), &none.parse().unwrap()).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound, "{none}");
    }
    all.owner.ask(SetVisibility { book: all.book.clone(), visibility: Visibility::Public }).await.unwrap();
    let pass = gate.admit(None, &book).await.unwrap();
    assert!(!pass.present && !pass.whisper && !pass.within);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_is_asked_again_when_rights_change() {
    let all = everybody(Visibility::Public).await;
    let book = || all.book.clone();
    let channels = [BookChannel(book()).name(), ChapterChannel(book(), all.part.clone()).name()];
    let rechecks = async || [all.world.rechecks(&channels[0]).await, all.world.rechecks(&channels[1]).await];
    let mut before = rechecks().await;
    let mut more = async |what: &str| {
        let now = rechecks().await;
        assert!(now[0] > before[0] && now[1] > before[1], "{what}: {before:?} {now:?}");
        before = now;
    };
    let (owner, editor) = (&all.owner, &all.editor);
    owner.let_in(&all.book, editor, Role::Reader).await;
    more("a role was lowered").await;
    owner.ask(RemoveMember { book: book(), person: all.reader.me().id }).await.unwrap();
    more("a member was removed").await;
    owner.ask(SetVisibility { book: book(), visibility: Visibility::Private }).await.unwrap();
    more("the book was made private").await;
    owner.ask(ArchiveBook { book: book() }).await.unwrap();
    more("the book was put into the archive").await;
    owner.submit_to(UnarchiveBook::PATH, &[("book", all.book.as_str())]).await;
    more("it was brought back").await;
    owner.ask(DeleteBook { book: book(), title: "Seas".into() }).await.unwrap();
    more("the book was deleted").await;
    let log = all.world.log(&channels[0]).await;
    assert!(log.last().unwrap().1.contains("book_deleted"));
    assert_eq!(code(owner, OpenBook { book: book() }).await, Some(Code::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_belongs_to_a_book_leaves_it_but_its_only_owner() {
    let all = everybody(Visibility::Public).await;
    let leave = async |who: &Browser| {
        let answer = who.submit_to(LeaveBook::PATH, &[("book", all.book.as_str())]).await;
        crate::world::location(&answer).to_owned()
    };
    let members = async |who: &Browser| {
        let members = who.book(&all.book).await.members.into_iter();
        members.map(|member| member.person.name).collect::<Vec<_>>()
    };
    for who in [&all.stranger, &all.anonymous, &all.owner] {
        assert!(leave(who).await.contains("__err="), "{:?}", who.cookies);
    }
    assert_eq!(members(&all.owner).await, ["owner", "editor", "reader"]);
    assert_eq!(leave(&all.reader).await, "/shelf");
    assert_eq!(leave(&all.editor).await, "/shelf");
    assert_eq!(members(&all.owner).await, ["owner"]);
    let told = all.world.log(&BookChannel(all.book.clone()).name()).await;
    assert_eq!(told.iter().filter(|(_, told)| told.contains("member_removed")).count(), 2, "the others hear of it");
    assert!(all.reader.ask(OpenShelf {}).await.unwrap().shared.is_empty());
    assert_eq!(
        code(&all.editor, RenameBook { book: all.book.clone(), title: title("Mine") }).await,
        Some(Code::Forbidden)
    );

    // With another owner, the first may go.
    all.owner.let_in(&all.book, &all.editor, Role::Owner).await;
    assert_eq!(leave(&all.owner).await, "/shelf");
    assert_eq!(members(&all.editor).await, ["editor"]);
    assert!(leave(&all.editor).await.contains("__err="));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_always_has_an_owner() {
    let all = everybody(Visibility::Private).await;
    let book = || all.book.clone();
    let me = all.owner.me();
    let step_down = || SetMember { book: book(), name: me.name.clone(), role: Role::Editor };
    let leave = || RemoveMember { book: book(), person: me.id.clone() };
    assert_eq!(code(&all.owner, step_down()).await, Some(Code::Conflict));
    assert_eq!(code(&all.owner, leave()).await, Some(Code::Conflict));
    all.owner.let_in(&all.book, &all.editor, Role::Owner).await;
    assert_eq!(code(&all.owner, leave()).await, None);
    assert_eq!(code(&all.owner, OpenBook { book: book() }).await, Some(Code::NotFound));
    assert_eq!(
        code(&all.reader, RemoveMember { book: book(), person: all.reader.me().id }).await,
        None,
        "one may leave"
    );
    let members = all.editor.book(&all.book).await.members;
    assert_eq!(members.iter().map(|member| &member.person).collect::<Vec<_>>(), [&all.editor.me()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_in_a_book_looks_like_another_and_nobody_changes_when_another_leaves() {
    let world = World::new().await;
    let owner = world.person("owner").await;
    let book = owner.create_book("Seas").await;
    let mut members = Vec::new();
    for n in 0..9 {
        let member = world.person(&format!("member{n}")).await;
        owner.let_in(&book, &member, Role::Editor).await;
        members.push(member);
    }
    let hues = async |who: &Browser| {
        let state = who.book(&book).await;
        let hue = |browser: &Browser| state.hues.of(browser.me().id.as_str());
        std::iter::once(hue(&owner)).chain(members.iter().map(hue)).collect::<Vec<_>>()
    };
    let before = hues(&owner).await;
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 10, "{before:?}");
    // A page that was open hears of the same.
    let log = world.log(&BookChannel(book.clone()).name()).await;
    assert_eq!(log.iter().filter(|(_, told)| told.contains(r#""hue":"#)).count(), 9);

    owner.ask(RemoveMember { book: book.clone(), person: members[3].me().id }).await.unwrap();
    let late = world.person("late").await;
    owner.let_in(&book, &late, Role::Reader).await;
    assert_eq!(hues(&owner).await, before, "who left looks in what they wrote as they did");
    let taken = owner.book(&book).await.hues.of(late.me().id.as_str());
    assert_eq!(taken, before[4], "the one that nobody who is there has");
    owner.let_in(&book, &members[3], Role::Editor).await;
    assert_eq!(hues(&owner).await, before, "whoever comes back looks as before");
    let other = owner.create_book("Winds").await;
    assert_eq!(owner.book(&other).await.hues.of(owner.me().id.as_str()), before[0]);
}
