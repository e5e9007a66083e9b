//! Finding in books, on SQLite and on PostgreSQL alike.

use crate::{
    page::Page,
    promises::promises,
    world::{Browser, World, title},
};
use sputnik::Code;
use sputnik_editor::{
    book::{
        commands::{
            contents::{BringBack, RemovePart, RenamePart},
            search::{SearchBook, SearchMyBooks},
            shelf::SetVisibility,
        },
        import::Choices,
        indexer::Indexer,
        model::{BookId, Kind, PartId, Role, Visibility},
        search::{Found, FoundIn, SearchWords},
        store::search,
    },
    database::{Database, now},
};
use std::{process::Command, time::Duration};

promises!(
    searching_keeps_its_promises_on_postgresql:
    what_is_written_is_found_where_it_stands,
    every_script_is_found_without_capitals_and_accents,
    no_question_means_anything_to_the_database,
    whoever_may_not_read_a_book_finds_nothing_in_it,
    what_is_deleted_is_not_found_and_what_is_brought_back_is,
    an_edit_replaces_what_was_found_before_and_nothing_else,
    a_node_that_is_killed_leaves_nothing_that_another_does_not_find,
    an_index_that_is_gone_is_made_again,
    whole_words_come_first_and_titles_before_them,
    all_books_of_somebody_are_searched_at_once_and_no_others,
);

async fn begin(world: &World) -> (Browser, BookId, PartId) {
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    (ann, book, part)
}

async fn catch_up(world: &World) -> usize {
    Indexer::new(world.database.clone()).catch_up().await.unwrap()
}

async fn search(who: &Browser, book: &BookId, words: &str) -> Found {
    who.ask(SearchBook { book: book.clone(), words: words.parse().unwrap() }).await.unwrap()
}

/// What is found, as it is written, chapter by chapter.
async fn hits(who: &Browser, book: &BookId, words: &str) -> Vec<String> {
    let found = search(who, book, words).await;
    found.chapters.into_iter().flat_map(|chapter| chapter.places).map(|place| place.hit).collect()
}

async fn import(who: &Browser, book: &BookId, markdown: &str) -> Vec<PartId> {
    who.import_file(Some(book), "a.md", markdown.as_bytes(), &Choices::default()).await.unwrap().chapters
}

async fn what_is_written_is_found_where_it_stands(world: World) {
    let (ann, book, part) = begin(&world).await;
    ann.write(&book, &part, "Call me Ishmael.").await.unwrap();
    ann.write(&book, &part, "A 🐋 and the white whale, the whale!").await.unwrap();
    assert_eq!(search(&ann, &book, "whale").await, Found::default(), "nothing was looked at yet");
    assert_eq!(catch_up(&world).await, 1);
    assert_eq!(catch_up(&world).await, 0, "nothing is behind");
    let found = search(&ann, &book, "whale").await;
    let [chapter] = &found.chapters[..] else { panic!("{found:?}") };
    assert_eq!((&chapter.part, chapter.title.text.as_str(), chapter.further), (&part, "Tides", 0));
    // The document's first paragraph is the server's, and empty.
    let [first, second] = &chapter.places[..] else { panic!("{found:?}") };
    assert_eq!((first.hit.as_str(), first.kind, first.block), ("whale", FoundIn::Text, 2));
    assert_eq!((first.at, second.at), (19, 30), "in UTF-16 units");
    let marked: Vec<String> =
        first.around.pieces().into_iter().filter(|(_, is_marked)| *is_marked).map(|(piece, _)| piece).collect();
    assert_eq!(marked, ["whale", "whale"]);
    assert_eq!((found.places, found.more), (2, false));
    assert_eq!(hits(&ann, &book, "\"white whale\"").await, ["white whale"]);
    assert_eq!(hits(&ann, &book, "ishm").await, ["Ishm"]);
    assert!(hits(&ann, &book, "white ishmael").await.is_empty(), "all words stand in one paragraph");
    let other =
        import(&ann, &book, "# Notes\n\nText[^1].\n\n## Krakens\n\n![a sea map](/p.png)\n\n[^1]: Of squids.\n").await;
    catch_up(&world).await;
    for (words, kind) in [("squids", FoundIn::Note), ("kraken", FoundIn::Heading), ("map", FoundIn::Description)] {
        let found = search(&ann, &book, words).await;
        assert_eq!(found.chapters.len(), 1, "{words}: {found:?}");
        assert_eq!((&found.chapters[0].part, found.chapters[0].places[0].kind), (&other[0], kind));
    }
}

async fn every_script_is_found_without_capitals_and_accents(world: World) {
    let (ann, book, part) = begin(&world).await;
    for text in [
        "白鲸记是一部小说，讲述了大海。",
        "吾輩は猫である。名前はまだ無い。",
        "İstanbul'da ışık sönüyor, ISSIZ sokaklar.",
        "كَتَبَ أَحْمَدُ الكِتَابَ عَنِ البَحْرِ.",
        "Crème brûlée auf der Straße",
        "Ёлка в лесу",
        "대한민국의 바다",
    ] {
        ann.write(&book, &part, text).await.unwrap();
    }
    catch_up(&world).await;
    for (words, hit) in [
        ("小说", "小说"),
        ("海", "海"),
        ("一部小说", "一部小说"),
        ("猫", "猫"),
        ("名前", "名前"),
        ("istanbul", "İstanbul"),
        ("ISIK", "ışık"),
        ("ıssız", "ISSIZ"),
        ("كتب", "كَتَبَ"),
        ("احمد", "أَحْمَدُ"),
        ("creme brulee", "Crème"),
        ("STRASSE", "Straße"),
        ("елка", "Ёлка"),
        ("민국", "민국"),
        ("l", ""),
    ] {
        let found = hits(&ann, &book, words).await;
        if hit.is_empty() {
            assert!(!found.is_empty(), "one letter is enough");
        } else {
            assert_eq!(found, [hit], "{words}");
        }
    }
    assert!(hits(&ann, &book, "鯨馬").await.is_empty());
}

async fn no_question_means_anything_to_the_database(world: World) {
    let (ann, book, part) = begin(&world).await;
    ann.write(&book, &part, "100 % of fish AND chips; snake_case \"quoted\" C:\\dir (a) it's").await.unwrap();
    catch_up(&world).await;
    for (words, hit) in [
        ("%", "%"),
        ("_", "_"),
        ("\\", "\\"),
        ("(", "("),
        ("fish AND", "fish"),
        ("\"quoted\"", "quoted"),
        ("it's", "it's"),
    ] {
        assert_eq!(hits(&ann, &book, words).await.first().map(String::as_str), Some(hit), "{words}");
    }
    for words in [
        "fish OR nothing",
        "NEAR(fish chips)",
        "fi*h",
        "zz%",
        "f_sh",
        "' OR 1=1 --",
        "\" OR 1=1",
        "folded : fish zz",
        "-fish zz",
        "^zz",
        "{fish} zz",
        "\0zz",
        "zz;DROP TABLE parts",
        "\\zz",
        "$1zz",
        "zz\u{202e}",
    ] {
        assert!(hits(&ann, &book, words).await.is_empty(), "{words}");
    }
    for words in ["", " \n", "\"", "\"\"", "\0", "\u{200b}", &"a".repeat(200), &"% ".repeat(100), &"白".repeat(200)] {
        drop(hits(&ann, &book, words).await);
    }
    assert!("a".repeat(201).parse::<SearchWords>().is_err());
    let long = serde_json::json!({"book": book, "words": "x".repeat(10_000)}).to_string();
    let (status, told) = ann.ask_json(&ann.key(), "/command/search_book", &long, false).await;
    assert!(status.is_client_error() && told.contains("200 characters"), "{status} {told}");
}

async fn whoever_may_not_read_a_book_finds_nothing_in_it(world: World) {
    let (ann, book, part) = begin(&world).await;
    let (ben, nobody) = (world.person("ben").await, world.site.browser().await);
    ann.write(&book, &part, "A secret whale.").await.unwrap();
    catch_up(&world).await;
    for who in [&ben, &nobody] {
        let asked = who.ask(SearchBook { book: book.clone(), words: "whale".parse().unwrap() }).await;
        assert!(matches!(asked.unwrap_err().code, Code::NotFound | Code::NotSignedIn));
    }
    ann.let_in(&book, &ben, Role::Reader).await;
    assert_eq!(hits(&ben, &book, "whale").await, ["whale"]);
    ann.ask(SetVisibility { book: book.clone(), visibility: Visibility::Public }).await.unwrap();
    assert_eq!(hits(&nobody, &book, "whale").await, ["whale"], "a public book is everybody's to read");
}

async fn what_is_deleted_is_not_found_and_what_is_brought_back_is(world: World) {
    let (ann, book, part) = begin(&world).await;
    ann.write(&book, &part, "A whale.").await.unwrap();
    catch_up(&world).await;
    ann.ask(RemovePart { book: book.clone(), part: part.clone() }).await.unwrap();
    assert_eq!(search(&ann, &book, "whale").await, Found::default(), "at once");
    assert_eq!(search(&ann, &book, "tides").await, Found::default(), "its title too");
    ann.ask(BringBack { book: book.clone(), part: part.clone(), place: None }).await.unwrap();
    assert_eq!(hits(&ann, &book, "whale").await, ["whale"]);
    ann.delete_for_good(&book, "Seas").await;
    for table in ["search_passages", "search_chapters", "search_books"] {
        let left: i64 = sqlx::query_scalar(&format!("SELECT COUNT(*) FROM {table}"))
            .fetch_one(&mut **world.database.glance().await.unwrap())
            .await
            .unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

async fn an_edit_replaces_what_was_found_before_and_nothing_else(world: World) {
    let (ann, book, part) = begin(&world).await;
    let page = Page::open(&ann, &book, &part).await;
    for text in ["One whale.", "Two squids.", "Three crabs."] {
        page.say(text).await.unwrap();
    }
    catch_up(&world).await;
    let ids = async || -> Vec<i64> {
        let ids = sqlx::query_scalar("SELECT id FROM search_passages ORDER BY block");
        ids.fetch_all(&mut **world.database.glance().await.unwrap()).await.unwrap()
    };
    let before = ids().await;
    let gone = {
        use yrs::{Transact, XmlFragment};
        let mut txn = page.doc.transact_mut();
        let second = page.root.len(&txn) - 2;
        page.root.remove_range(&mut txn, second, 1);
        txn.encode_update_v1()
    };
    page.write(gone).await.unwrap();
    page.say("Four whales.").await.unwrap();
    assert_eq!(catch_up(&world).await, 1);
    assert!(hits(&ann, &book, "squids").await.is_empty(), "what was deleted is not found");
    assert_eq!(hits(&ann, &book, "whales").await, ["whales"]);
    assert_eq!(hits(&ann, &book, "one").await, ["One"]);
    let crabs = search(&ann, &book, "crabs").await.chapters[0].places[0].block;
    let whales = search(&ann, &book, "whales").await.chapters[0].places[0].block;
    assert_eq!(whales, crabs + 1);
    let after = ids().await;
    assert_eq!(before[0], after[0], "what stands before stays");
    ann.ask(RenamePart { book: book.clone(), part: part.clone(), title: title("Whales and men") }).await.unwrap();
    let renamed = search(&ann, &book, "men").await;
    assert_eq!(renamed.chapters[0].title.marks, [(11, 14)], "a title is found at once");
}

async fn a_node_that_is_killed_leaves_nothing_that_another_does_not_find(world: World) {
    let (ann, book, part) = begin(&world).await;
    ann.write(&book, &part, "A whale.").await.unwrap();
    search::prepare(&world.database).await.unwrap();
    // One began to look at it, and was killed before it could write anything.
    let all = search::behind(&mut world.database.glance().await.unwrap(), 10).await.unwrap();
    let [behind] = &all[..] else { panic!("one chapter is behind: {all:?}") };
    assert!(search::claim(&mut world.database.note().await.unwrap(), behind, now()).await.unwrap());
    assert_eq!(catch_up(&world).await, 0, "it is that node's");
    assert!(!search::claim(&mut world.database.note().await.unwrap(), behind, now()).await.unwrap());
    // Until it can only be dead. That is noted as if it was long ago.
    let long_ago = sqlx::query("UPDATE search_chapters SET claimed = claimed - 60000");
    long_ago.execute(&mut **world.database.note().await.unwrap()).await.unwrap();
    let keeping = tokio::spawn(Indexer::new(world.database.clone()).keep());
    // Found by the worker of another node, without anybody asking it to look. A fault that never ends is the test's.
    let found = async {
        while hits(&ann, &book, "whale").await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("it is found");
    // And what is written from now on, too.
    ann.write(&book, &part, "A squid.").await.unwrap();
    let found = async {
        while hits(&ann, &book, "squid").await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), found).await.expect("it is found within seconds");
    keeping.abort();
    // A clock that is far ahead holds nothing.
    let ahead = sqlx::query("UPDATE search_chapters SET claimed = claimed + $1, edits = 0").bind(now() + 10_000_000);
    ahead.execute(&mut **world.database.note().await.unwrap()).await.unwrap();
    assert_eq!(catch_up(&world).await, 1);
}

async fn an_index_that_is_gone_is_made_again(world: World) {
    let (ann, book, part) = begin(&world).await;
    ann.write(&book, &part, "A whale.").await.unwrap();
    catch_up(&world).await;
    let drop_index = match world.url.starts_with("sqlite:") {
        true => "DROP TABLE search_words",
        false => "DROP INDEX IF EXISTS search_passages_by_words",
    };
    sqlx::query(drop_index).execute(&mut **world.database.note().await.unwrap()).await.unwrap();
    assert_eq!(catch_up(&world).await, 0);
    assert_eq!(hits(&ann, &book, "whale").await, ["whale"]);
    sqlx::query("UPDATE search_passages SET text = 'damaged'")
        .execute(&mut **world.database.note().await.unwrap())
        .await
        .unwrap();
    assert_eq!(Indexer::new(world.database.clone()).rebuild().await.unwrap(), 1);
    assert_eq!(hits(&ann, &book, "whale").await, ["whale"]);
    assert!(hits(&ann, &book, "damaged").await.is_empty());
}

async fn whole_words_come_first_and_titles_before_them(world: World) {
    let (ann, book, part) = begin(&world).await;
    ann.write(&book, &part, "A party of artists.").await.unwrap();
    let chapters = import(&ann, &book, "# One\n\nAn artist.\n\n# Two\n\nThe art of war.\n\n# Art\n\nNothing.\n").await;
    catch_up(&world).await;
    let found = search(&ann, &book, "art").await;
    let order: Vec<&PartId> = found.chapters.iter().map(|chapter| &chapter.part).collect();
    assert_eq!(order, [&chapters[2], &chapters[1], &part, &chapters[0]], "{found:?}");
    assert!(found.chapters[0].places.is_empty());
    let many: String = (0..400).map(|number| format!("A heart {number}.\n\n")).collect();
    import(&ann, &book, &format!("# Many\n\n{many}The last art.\n")).await;
    catch_up(&world).await;
    let found = search(&ann, &book, "art").await;
    assert!(found.more, "there are more than are looked at");
    let many = found.chapters.iter().find(|chapter| chapter.title.text == "Many").unwrap();
    assert_eq!((many.places.len(), many.further > 0), (20, true));
    assert!(search(&ann, &book, "last art").await.chapters[0].places[0].around.text.ends_with("The last art."));
}

async fn all_books_of_somebody_are_searched_at_once_and_no_others(world: World) {
    let (ann, seas, part) = begin(&world).await;
    ann.write(&seas, &part, "A whale at sea.").await.unwrap();
    let (lakes, ben) = (ann.create_book("Lakes").await, world.person("ben").await);
    let shore = ann.add(&lakes, Kind::Chapter, "Shore", None).await.unwrap();
    ann.write(&lakes, &shore, "No whale in lakes.").await.unwrap();
    let rivers = ben.create_book("Rivers and whales").await;
    ann.ask(SetVisibility { book: lakes.clone(), visibility: Visibility::Public }).await.unwrap();
    catch_up(&world).await;
    let books = async |who: &Browser, words: &str| {
        let found = who.ask(SearchMyBooks { words: words.parse().unwrap() }).await.unwrap();
        let mut books: Vec<BookId> = found.into_iter().map(|found| found.book).collect();
        books.sort();
        books
    };
    let mut anns = vec![seas.clone(), lakes];
    anns.sort();
    assert_eq!(books(&ann, "whale").await, anns);
    assert_eq!(books(&ann, "sea").await, [seas], "its title and its text");
    assert_eq!(books(&ben, "whale").await, [rivers], "only his own, by its title");
    let nobody = world.site.browser().await;
    let asked = nobody.ask(SearchMyBooks { words: "whale".parse().unwrap() }).await;
    assert_eq!(asked.unwrap_err().code, Code::NotSignedIn);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_makes_what_is_searched_anew_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on(&Database::file(&folder.path().join("sputnik.db"))).await;
    let (ann, book, part) = begin(&world).await;
    ann.write(&book, &part, "A whale.").await.unwrap();
    catch_up(&world).await;
    world.database.close().await;
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sputnik"));
        command.env_clear().args(["rebuild-search", "--data"]).arg(folder.path());
        command.output().unwrap()
    };
    let told = command();
    let words = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success() && words.contains("Chapters: 1."), "{words} {:?}", String::from_utf8(told.stderr));
}
