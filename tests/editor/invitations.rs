//! Nobody is made a member of a book without being asked.

use crate::world::{Browser, World};
use server_fn::ServerFn;
use sputnik::{Code, Fault, server::User};
use sputnik_editor::book::{
    channels::{BookChannel, PersonChannel},
    commands::{
        people::{AcceptInvitation, DeclineInvitation, MyInvitations, RemoveMember, SetMember, WithdrawInvitation},
        shelf::{DeleteBook, OpenBook, OpenShelf, SetVisibility},
    },
    events::BookEvent,
    model::{BookId, Role, Visibility},
    shelf::{PersonEvent, ReceivedInvitation},
};
use std::fmt::Debug;

/// Ann's book, and Ben.
async fn ann_and_ben() -> (World, Browser, Browser, BookId) {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Seas").await;
    (world, ann, ben, book)
}

async fn asked(who: &Browser) -> Vec<ReceivedInvitation> {
    let asked = who.ask(MyInvitations {}).await.unwrap().state;
    assert_eq!(who.ask(OpenShelf {}).await.unwrap().invitations, asked, "the shelf shows the same");
    asked
}

async fn code<T: Debug>(answer: impl Future<Output = Result<T, Fault>>) -> Code {
    answer.await.unwrap_err().code
}

/// What somebody was told wherever they are, in order.
async fn words(world: &World, who: &Browser) -> Vec<PersonEvent> {
    let log = world.log(&PersonChannel(who.me().id).name()).await;
    log.into_iter().map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
}

async fn years_pass(world: &World, days: i64) {
    let back = days * 24 * 60 * 60 * 1_000;
    for change in ["UPDATE invitations SET at = at - $1, declined = declined - $1", "UPDATE invited SET at = at - $1"] {
        sqlx::query(change).bind(back).execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_invited_has_no_right_and_no_book_until_they_accept() {
    let (world, ann, ben, book) = ann_and_ben().await;
    assert_eq!(ann.invite(&book, &ben, Role::Editor).await.unwrap(), ben.me());
    let gate = world.site.node.gate();
    let user = User { id: ben.me().id, name: "ben".into() };
    let channel = BookChannel(book.clone()).name();
    assert_eq!(code(ben.ask(OpenBook { book: book.clone() })).await, Code::NotFound);
    assert_eq!(gate.admit(Some(&user), &channel).await.unwrap_err().code, Code::NotFound);
    let shelf = ben.ask(OpenShelf {}).await.unwrap();
    assert!(shelf.shared.is_empty() && shelf.mine.is_empty());
    let [invitation] = &asked(&ben).await[..] else { panic!("one invitation") };
    assert_eq!(
        (&invitation.book, invitation.title.as_str(), invitation.role, &invitation.by),
        (&book, "Seas", Role::Editor, &ann.me())
    );
    let seen = ann.book(&book).await;
    assert_eq!((seen.members.len(), seen.invitations.len(), &seen.invitations[0].person), (1, 1, &ben.me()));

    assert_eq!(ben.answer::<AcceptInvitation>(&book).await, format!("/book/{book}"));
    let seen = ben.book(&book).await;
    assert_eq!((seen.role_of(&ben.me().id), seen.invitations.len()), (Some(Role::Editor), 0));
    assert!(gate.admit(Some(&user), &channel).await.unwrap().whisper);
    assert_eq!(ben.ask(OpenShelf {}).await.unwrap().shared.len(), 1);
    assert!(asked(&ben).await.is_empty());
    let joined = seen.activity.last().unwrap();
    assert_eq!((&joined.by, joined.words()), (&ben.me(), "joined as an editor".to_owned()));
    // Once more, as two presses do.
    assert_eq!(ben.answer::<AcceptInvitation>(&book).await, format!("/book/{book}"));
    assert_eq!(ben.book(&book).await.activity.len(), seen.activity.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_and_its_end_are_told_to_both_as_they_happen() {
    let (world, ann, ben, book) = ann_and_ben().await;
    let recheck = async || world.rechecks(&BookChannel(book.clone()).name()).await;
    ann.invite(&book, &ben, Role::Reader).await.unwrap();
    ann.invite(&book, &ben, Role::Reader).await.unwrap();
    ann.invite(&book, &ben, Role::Editor).await.unwrap();
    let asked: Vec<_> = words(&world, &ben).await;
    let roles = asked.iter().map(|word| match word {
        PersonEvent::Invited { asked } => Some(asked.role),
        PersonEvent::InvitationEnded { .. } => None,
    });
    assert_eq!(roles.collect::<Vec<_>>(), [Some(Role::Reader), Some(Role::Editor)], "the same twice is told once");
    assert_eq!(recheck().await, 0, "nobody's right has changed");
    ben.answer::<AcceptInvitation>(&book).await;
    assert!(recheck().await > 0);
    let ended = PersonEvent::InvitationEnded { book: book.clone(), accepted: true };
    assert_eq!(words(&world, &ben).await.last(), Some(&ended));
    // A page of the book folds to what the book is.
    let mut page = sputnik_editor::book::state::Book { activity: Vec::new(), ..ann.book(&book).await };
    page.members.truncate(1);
    for (_, told) in world.log(&BookChannel(book.clone()).name()).await {
        page.apply(&serde_json::from_str::<BookEvent>(&told).unwrap());
    }
    let now = ann.book(&book).await;
    assert_eq!((page.members, page.invitations, page.activity), (now.members, now.invitations, now.activity));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_declines_is_not_asked_again_for_a_day() {
    let (world, ann, ben, book) = ann_and_ben().await;
    ann.invite(&book, &ben, Role::Editor).await.unwrap();
    assert_eq!(ben.answer::<DeclineInvitation>(&book).await, "/shelf");
    assert!(asked(&ben).await.is_empty() && ann.book(&book).await.invitations.is_empty());
    let again = ann.invite(&book, &ben, Role::Owner).await.unwrap_err();
    assert!(again.code == Code::Conflict && again.words.contains("declined"), "{again}");
    let late = ben.answer::<AcceptInvitation>(&book).await;
    assert!(late.contains("__err="), "it is over: {late}");
    assert_eq!(code(ben.ask(OpenBook { book: book.clone() })).await, Code::NotFound);
    years_pass(&world, 1).await;
    ann.invite(&book, &ben, Role::Editor).await.unwrap();
    assert_eq!(asked(&ben).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_runs_out_after_thirty_days() {
    let (world, ann, ben, book) = ann_and_ben().await;
    ann.invite(&book, &ben, Role::Editor).await.unwrap();
    years_pass(&world, 29).await;
    assert_eq!(asked(&ben).await.len(), 1);
    years_pass(&world, 1).await;
    assert!(asked(&ben).await.is_empty() && ann.book(&book).await.invitations.is_empty());
    assert!(ben.answer::<AcceptInvitation>(&book).await.contains("__err="));
    ann.invite(&book, &ben, Role::Reader).await.unwrap();
    ben.answer::<AcceptInvitation>(&book).await;
    assert_eq!(ben.book(&book).await.role_of(&ben.me().id), Some(Role::Reader));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_takes_an_invitation_back_and_nobody_else_does() {
    let (world, ann, ben, book) = ann_and_ben().await;
    let (cleo, dora) = (world.person("cleo").await, world.person("dora").await);
    ann.let_in(&book, &cleo, Role::Editor).await;
    ann.invite(&book, &ben, Role::Editor).await.unwrap();
    let withdraw = || WithdrawInvitation { book: book.clone(), person: ben.me().id };
    assert_eq!(code(cleo.ask(withdraw())).await, Code::Forbidden);
    assert_eq!(code(dora.ask(withdraw())).await, Code::NotFound);
    assert!(dora.answer::<AcceptInvitation>(&book).await.contains("__err="), "it is not hers");
    ann.ask(withdraw()).await.unwrap();
    assert_eq!(code(ann.ask(withdraw())).await, Code::Conflict);
    assert!(asked(&ben).await.is_empty());
    let ended = PersonEvent::InvitationEnded { book: book.clone(), accepted: false };
    assert_eq!(words(&world, &ben).await.last(), Some(&ended));
    assert!(ben.answer::<AcceptInvitation>(&book).await.contains("__err="));
    // At once, for nobody declined.
    ann.invite(&book, &ben, Role::Editor).await.unwrap();
    ann.ask(DeleteBook { book: book.clone(), title: "Seas".into() }).await.unwrap();
    assert!(asked(&ben).await.is_empty());
    assert_eq!(words(&world, &ben).await.last(), Some(&ended));
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_of_whoever_owns_the_book_no_more_are_withdrawn() {
    let (world, ann, ben, book) = ann_and_ben().await;
    let (mallory, puppet) = (world.person("mallory").await, world.person("puppet").await);
    for taken_out in [true, false] {
        ann.let_in(&book, &mallory, Role::Owner).await;
        mallory.invite(&book, &puppet, Role::Owner).await.unwrap();
        ann.invite(&book, &ben, Role::Editor).await.unwrap();
        if taken_out {
            ann.ask(RemoveMember { book: book.clone(), person: mallory.me().id }).await.unwrap();
        } else {
            ann.ask(SetMember { book: book.clone(), name: "mallory".into(), role: Role::Editor }).await.unwrap();
        }
        assert!(puppet.answer::<AcceptInvitation>(&book).await.contains("__err="), "taken out: {taken_out}");
        assert_eq!((asked(&puppet).await.len(), asked(&ben).await.len()), (0, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_with_invitations() {
    let (world, ann, ben, book) = ann_and_ben().await;
    let withdraw = || WithdrawInvitation { book: book.clone(), person: ben.me().id };
    for _ in 0..10 {
        ann.invite(&book, &ben, Role::Editor).await.unwrap();
        ann.ask(withdraw()).await.unwrap();
    }
    let over = ann.invite(&book, &ben, Role::Editor).await.unwrap_err();
    assert!(over.code == Code::Conflict && over.words.contains("ten times"), "{over}");
    let other = ann.create_book("Winds").await;
    assert_eq!(code(ann.invite(&other, &ben, Role::Editor)).await, Code::Conflict, "from whatever book");
    years_pass(&world, 1).await;
    ann.invite(&book, &ben, Role::Editor).await.unwrap();

    // Many books and many people: fifty wait at most.
    let fill = "INSERT INTO invitations (book, person, role, inviter, at) SELECT b.id, $1, 2, $2, $3 FROM books b
                WHERE b.id LIKE 'full%'";
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    for number in 0..49 {
        let add = format!(
            "INSERT INTO books (id, title, visibility, created, changed) VALUES ('full{number}', 'x', 'private', 1, 1)"
        );
        sqlx::query(&add).execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    }
    let (him, her) = (ben.me().id, ann.me().id);
    let fill = sqlx::query(fill).bind(him.as_str()).bind(her.as_str()).bind(i64::try_from(now).unwrap());
    fill.execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    let over = ann.invite(&other, &ben, Role::Editor).await.unwrap_err();
    assert!(over.words.contains("Fifty"), "{over}");
    assert_eq!(asked(&ben).await.len(), 50);

    // And so many a day, whomever.
    let many = "INSERT INTO invited (inviter, person, at) SELECT $1, $1, $2 FROM books b1, books b2 LIMIT 200";
    let many = sqlx::query(many).bind(her.as_str()).bind(i64::try_from(now).unwrap());
    many.execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    let cleo = world.person("cleo").await;
    let over = ann.invite(&other, &cleo, Role::Editor).await.unwrap_err();
    assert!(over.words.contains("200 invitations within a day"), "{over}");
    assert!(asked(&cleo).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_somebody_signed_in_leads_to_signing_in() {
    let (world, ann, ben, book) = ann_and_ben().await;
    ann.invite(&book, &ben, Role::Editor).await.unwrap();
    let nobody = world.site.browser().await;
    for path in [AcceptInvitation::PATH, DeclineInvitation::PATH] {
        let answer = nobody.submit_to(path, &[("book", book.as_str())]).await;
        assert!(crate::world::location(&answer).contains("__err="));
    }
    assert_eq!(code(nobody.ask(MyInvitations {})).await, Code::NotSignedIn);
    assert_eq!(asked(&ben).await.len(), 1);
    // Nor does a public book make members of those who read it.
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    let dora = world.person("dora").await;
    assert!(dora.answer::<AcceptInvitation>(&book).await.contains("__err="));
    assert_eq!(ann.book(&book).await.members.len(), 1);
}
