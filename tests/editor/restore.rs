//! What a chapter is to become is worked out where nobody else waits for it.

use crate::{
    page::Page,
    world::{Browser, Site, World},
    writing::chapter,
};
use http::{Request, request::Parts};
use sputnik::{
    ChannelName, Fault,
    server::{Gate, Pass, User},
};
use sputnik_editor::{
    account::person::Person,
    book::{
        access::{Access, EditorAccess},
        channels::ChapterChannel,
        chapter::ChapterEvent,
        model::{BookId, Role},
        writing::chapters::{Chapters, NewEdit},
    },
    config::Bounded,
    costly::Who,
    document::{
        markdown,
        tree::{Node, plain},
    },
};
use std::{
    convert::identity,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

/// For how long something is waited for that comes at once, unless it is held up.
const SOON: Duration = Duration::from_secs(5);

/// Lets everybody in, as one person.
struct Everybody(Person);

#[async_trait::async_trait]
impl Gate for Everybody {
    async fn who(&self, _: &Parts) -> Result<Option<User>, Fault> {
        Ok(Some(User { id: self.0.id.clone(), name: self.0.name.clone() }))
    }

    async fn admit(&self, _: Option<&User>, _: &ChannelName) -> Result<Pass, Fault> {
        Ok(Pass { present: true, whisper: true, ..Pass::default() })
    }
}

/// Somebody's access at a server of its own, and the chapters there.
async fn access(world: &World, book: &BookId, who: &Browser) -> (EditorAccess, Chapters) {
    let gate = Arc::new(Everybody(who.me()));
    let site = Site::start_with(&world.database, &world.broker, gate, Arc::new(world.database.command_store())).await;
    let bounded = Bounded::default();
    let chapters = Chapters::new(world.database.clone(), site.node.clone(), bounded.costly, bounded.quota);
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.extensions.insert(chapters.clone());
    parts.extensions.insert(world.database.clone());
    parts.extensions.insert(site.node);
    (Access::of_request(&parts, book.clone()).await.unwrap().editor().unwrap(), chapters)
}

#[tokio::test(flavor = "multi_thread")]
async fn others_write_while_it_is_worked_out_what_a_chapter_becomes() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let elsewhere = ann.add_chapter(&book, "Surf").await;
    let ben = world.person("ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    ann.write(&book, &part, "One.").await.unwrap();
    let (anns, chapters) = access(&world, &book, &ann).await;
    let place = chapters.costly().enter(Who::default()).await.unwrap();

    let (begin, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, may_go_on) = mpsc::channel();
    // Each time: what stood there, and whether others wrote meanwhile.
    let made = Arc::new(Mutex::new(Vec::new()));
    let (making, may_go_on) = (Arc::clone(&made), Mutex::new(Some(may_go_on)));
    let make = move |now: &[Node]| {
        begin.send(()).unwrap();
        let first = may_go_on.lock().unwrap().take();
        let others_wrote = first.map(|go_on: mpsc::Receiver<()>| go_on.recv_timeout(SOON).is_ok());
        making.lock().unwrap().push((plain(now), others_wrote));
        [now, &markdown::read("From a file.")].concat()
    };
    let restored = tokio::spawn({
        let part = part.clone();
        async move { anns.restore(&part, place, make, "Restored".to_owned(), identity).await }
    });
    begun.recv().await.unwrap();
    ben.write(&book, &elsewhere, "Elsewhere.").await.unwrap();
    ben.write(&book, &part, "Two.").await.unwrap();
    // Nobody would hear it, had all this waited for the other.
    go_on.send(()).unwrap();

    let number = restored.await.unwrap().unwrap();
    assert_eq!(*made.lock().unwrap(), [("\nOne.".to_owned(), Some(true)), ("\nOne.\nTwo.".to_owned(), None)]);
    let texts = [ben.text(&book, &part).await, ben.text(&book, &elsewhere).await];
    let [here, there] = texts.map(|html| html.replace(" dir=\"auto\"", ""));
    assert!(here.ends_with("<p>One.</p><p>Two.</p><p>From a file.</p>"), "{here}");
    assert!(there.ends_with("<p>Elsewhere.</p>"), "{there}");
    let revision = ann.book(&book).await.part(&part).unwrap().revision;
    assert_eq!((number, revision), (2, 2), "as it stood before is one too");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_meanwhile_in_a_chapter_that_becomes_something_else_comes_after_it() {
    let world = World::new().await;
    let (ann, book, part) = chapter(&world).await;
    let ben = world.person("ben").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let (anns, chapters) = access(&world, &book, &ann).await;
    let place = chapters.costly().enter(Who::default()).await.unwrap();
    let bytes = Page::open(&ben, &book, &part).await.type_paragraph("Ben's.");
    let edit = NewEdit { by: ben.me(), call: None, bytes };

    let (begin, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, may_go_on) = mpsc::channel();
    let may_go_on = Mutex::new(may_go_on);
    let make = move |_: &[Node]| {
        // Made once: nobody could write in between.
        begin.send(()).unwrap();
        may_go_on.lock().unwrap().recv_timeout(SOON).unwrap();
        markdown::read("From a file.")
    };
    let restored = tokio::spawn({
        let part = part.clone();
        async move { anns.restore(&part, place, make, "Restored".to_owned(), identity).await }
    });
    begun.recv().await.unwrap();
    let mut written = Box::pin({
        let (book, part) = (book.clone(), part.clone());
        async move { chapters.write(&book, &part, edit)?.await }
    });
    assert!(futures::poll!(&mut written).is_pending());
    let written = tokio::spawn(written);
    go_on.send(()).unwrap();
    restored.await.unwrap().unwrap();
    written.await.unwrap().unwrap();
    assert!(begun.try_recv().is_err(), "it was made once");
    let log = world.log(&ChapterChannel(book, part).name()).await;
    let by = log.iter().flat_map(|(_, body)| match serde_json::from_str(body).unwrap() {
        ChapterEvent::Edited { edits, .. } => edits.into_iter().map(|edited| edited.by.name).collect(),
        _ => Vec::new(),
    });
    assert_eq!(by.collect::<Vec<_>>(), ["Ann", "ben"]);
}
