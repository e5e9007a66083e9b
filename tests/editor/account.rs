//! One's own account: its name, its password, where one is signed in, and its end.

use crate::{
    support::client::{self, next_frame, open_socket},
    world::{Browser, PASSWORD, Site, World, location, told},
};
use futures::{SinkExt, future::join_all};
use http::{Request, StatusCode, header};
use server_fn::ServerFn;
use sputnik::{
    Code,
    protocol::frame::{ClientFrame, Follow, Hello, ServerFrame},
    server::serve,
};
use sputnik_editor::{
    account::{
        bounds::Bounds,
        commands::{Me, OpenAccount},
        own_account::OwnAccount,
    },
    book::{
        channels::BookChannel,
        commands::{
            account_deletion::{DeleteAccount, OpenLeaving},
            people::SetMember,
            shelf::OpenShelf,
        },
        model::{BookId, Role},
    },
    database::now,
};
use tokio::net::TcpListener;

const OTHER: &str = "six purple kettles";
const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn account(who: &Browser) -> OwnAccount {
    who.ask(OpenAccount {}).await.unwrap()
}

async fn is_signed_in(who: &Browser) -> bool {
    who.ask(Me {}).await.unwrap().is_some()
}

/// A page, as it is rendered.
async fn page(who: &Browser, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header(header::COOKIE, &who.cookies).header(header::ACCEPT, "text/html");
    let answer = who.send(request.body(axum::body::Body::empty()).unwrap()).await;
    (answer.status(), crate::world::text(answer).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_call_one_is_changed_and_what_one_signs_in_with_is_not() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let book = ann.create_book("Tides").await;
    ann.let_in(&book, &ben, Role::Editor).await;
    let answer = ann.submit("change_name", &[("shown", "  Ann   Lée ")]).await;
    assert_eq!(location(&answer), "/account?done=name");
    assert_eq!(ann.ask(Me {}).await.unwrap().unwrap().name, "Ann Lée");
    let OwnAccount { name, shown, .. } = account(&ann).await;
    assert_eq!((name.as_str(), shown.as_str()), ("ann", "Ann Lée"));
    let members = ben.book(&book).await.members;
    assert_eq!(members[0].person.name, "Ann Lée");
    assert!(world.site.browser().await.sign_in("ann", PASSWORD).await.is_some());
    // Pages that were open before name a member by what they call them.
    ben.submit("change_name", &[("shown", "Benjamin")]).await;
    let set = SetMember { book: book.clone(), name: "Benjamin".into(), role: Role::Reader };
    ann.ask(set).await.unwrap();
    let (_, html) = page(&ann, "/account").await;
    assert!(html.contains("Ann Lée") && html.contains("<strong>ann<"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_what_another_is() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    ann.submit("change_name", &[("shown", "Ann Lee")]).await;
    for name in
        ["Ann Lee", "ANN  lee", "ann", "Ａｎｎ", "Аnn Lee", "Ann\u{202e}Lee", "", " ", "a\u{0}b", &"x".repeat(65)]
    {
        let (status, words) = told(&ben, "change_name", &[("shown", name)]).await;
        assert!(status.is_client_error(), "{name:?}: {words}");
    }
    assert_eq!(ben.ask(Me {}).await.unwrap().unwrap().name, "ben");
    // Nor does anybody sign up as what another is called.
    ben.submit("change_name", &[("shown", "cleo")]).await;
    let stranger = world.site.browser().await;
    let (_, words) = told(&stranger, "sign_up", &[("name", "Cleo"), ("password", PASSWORD)]).await;
    assert!(words.contains("taken"), "{words}");
    // One's own may be written otherwise.
    assert_eq!(told(&ann, "change_name", &[("shown", "ANN")]).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let lost = world.site.browser().await.sign_in("ann", PASSWORD).await.unwrap();
    let fields = |old: &'static str, new: &'static str| [("old", old), ("new", new)];
    let (status, words) = told(&ann, "change_password", &fields(OTHER, OTHER)).await;
    assert!(status == StatusCode::FORBIDDEN && words.contains("not the password"), "{words}");
    let (status, words) = told(&ann, "change_password", &fields(PASSWORD, "password123")).await;
    assert!(status == StatusCode::BAD_REQUEST && words.contains("guessed"), "{words}");
    assert!(is_signed_in(&lost).await);

    let answer = ann.submit("change_password", &fields(PASSWORD, OTHER)).await;
    assert_eq!(location(&answer), "/account?done=password");
    assert!(is_signed_in(&ann).await && !is_signed_in(&lost).await);
    assert!(world.site.browser().await.sign_in("ann", PASSWORD).await.is_none());
    assert!(world.site.browser().await.sign_in("ann", OTHER).await.is_some());
    let nobody = world.site.browser().await;
    assert_eq!(told(&nobody, "change_password", &fields(OTHER, PASSWORD)).await.0, StatusCode::UNAUTHORIZED);
}

/// Each sign-in reads the old password's hash, and waits for its turn to be held against it.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_signing_in_while_the_password_is_changed_or_the_account_deleted_is_not_in() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let (mut old, mut new) = (PASSWORD, OTHER);
    let mut browsers = Vec::new();
    for _ in 0..8 {
        browsers.push(world.site.browser().await);
    }
    for round in 0..3 {
        let entering = join_all(browsers.iter().map(|browser| browser.sign_in("ann", old)));
        let leaving = async {
            if round < 2 {
                let changed = ann.submit("change_password", &[("old", old), ("new", new)]).await;
                assert_eq!(location(&changed), "/account?done=password");
            } else {
                let answer = ann.submit_to(DeleteAccount::PATH, &[("password", old), ("sure", "true")]).await;
                assert_eq!(location(&answer), "/");
            }
        };
        let (entered, ()) = futures::future::join(entering, leaving).await;
        for browser in entered.into_iter().flatten() {
            assert!(!is_signed_in(&browser).await, "round {round}");
        }
        std::mem::swap(&mut old, &mut new);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_found_an_open_page_does_not_guess_the_password_there() {
    let world = World::new().await;
    world.person("ann").await;
    let site = Site::bounded(&world, Bounds { guesses_a_name: 2, ..Bounds::default() }).await;
    let open = site.browser().await.sign_in("ann", PASSWORD).await.unwrap();
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(told(&open, "change_password", &[("old", OTHER), ("new", OTHER)]).await.0);
    }
    assert_eq!(heard, [StatusCode::FORBIDDEN, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS]);
    let (status, _) = told(&open, "change_password", &[("old", PASSWORD), ("new", OTHER)]).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_where_one_is_signed_in_and_ends_it_there() {
    let world = World::new().await;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let mut phone = world.site.browser().await;
    phone.agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile Safari/604.1".into();
    let phone = phone.sign_in("ann", PASSWORD).await.unwrap();
    let sessions = account(&ann).await.sessions;
    let seen: Vec<_> = sessions.iter().map(|line| (line.browser.as_str(), line.is_current)).collect();
    assert_eq!(seen, [("Firefox on Linux", true), ("Safari on iPhone", false)]);
    assert!(sessions.iter().all(|line| now() - line.created < DAY && now() - line.last_used < DAY));

    // Somebody else's session is nothing to ben, though he knew its name.
    let id = sessions[1].id.clone();
    for id in [id.as_str(), "", "%", "a\0b"] {
        assert_eq!(told(&ben, "end_session", &[("session", id)]).await.0, StatusCode::OK);
    }
    assert!(is_signed_in(&phone).await);
    let answer = ann.submit("end_session", &[("session", &id)]).await;
    assert_eq!(location(&answer), "/account?done=session");
    assert!(!is_signed_in(&phone).await && is_signed_in(&ann).await && is_signed_in(&ben).await);
    assert_eq!(account(&ann).await.sessions.len(), 1);

    let others = [world.site.browser().await, world.site.browser().await];
    let mut signed_in = Vec::new();
    for browser in &others {
        signed_in.push(browser.sign_in("ann", PASSWORD).await.unwrap());
    }
    assert_eq!(account(&ann).await.sessions.len(), 3);
    ann.submit("end_other_sessions", &[]).await;
    assert!(is_signed_in(&ann).await && is_signed_in(&ben).await);
    for other in &signed_in {
        assert!(!is_signed_in(other).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_was_signed_out_from_elsewhere_is_known_no_longer() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let lost = world.site.browser().await.sign_in("ann", PASSWORD).await.unwrap();
    let known = async || -> i64 {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM browsers");
        count.fetch_one(&mut *world.database.glance().await.unwrap()).await.unwrap()
    };
    assert_eq!(known().await, 2);
    let id = account(&ann).await.sessions.into_iter().find(|line| !line.is_current).unwrap().id;
    ann.submit("end_session", &[("session", &id)]).await;
    assert_eq!(known().await, 1);
    lost.sign_in("ann", PASSWORD).await.unwrap();
    ann.submit("end_other_sessions", &[]).await;
    assert_eq!(known().await, 1, "her own browser stays known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_of_a_session_that_is_ended_from_elsewhere_hears_nothing_more() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Tides").await;
    let lost = world.site.browser().await.sign_in("ann", PASSWORD).await.unwrap();
    // At another server than the one where the session is ended.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let routes = world.another_site().await.routes;
    tokio::spawn(serve(listener, routes).into_future());
    let cookies = client::Browser::new();
    for (name, value) in lost.cookies.split("; ").filter_map(|pair| pair.split_once('=')) {
        cookies.set_cookie(name, value);
    }
    let channel = BookChannel(book.clone()).name();
    let follow = || {
        let follow = Follow { channel: channel.clone(), after: None, present: None, roster: false, within: None };
        client::text(&ClientFrame::Follow(follow))
    };
    let mut socket = open_socket(&cookies, &site, &[]).await.unwrap();
    socket.send(client::text(&ClientFrame::Hello(Hello::default()))).await.unwrap();
    assert!(matches!(next_frame(&mut socket).await, Some(ServerFrame::Welcome(_))));
    socket.send(follow()).await.unwrap();
    assert!(matches!(next_frame(&mut socket).await, Some(ServerFrame::Following { .. })));

    ann.submit("end_other_sessions", &[]).await;
    assert!(next_frame(&mut socket).await.is_none(), "it is over");
    let mut socket = open_socket(&cookies, &site, &[]).await.unwrap();
    socket.send(client::text(&ClientFrame::Hello(Hello::default()))).await.unwrap();
    assert!(matches!(next_frame(&mut socket).await, Some(ServerFrame::Welcome(_))));
    socket.send(follow()).await.unwrap();
    let heard = next_frame(&mut socket).await;
    assert!(matches!(&heard, Some(ServerFrame::Ended { fault, .. }) if fault.code == Code::NotFound), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used_and_when_it_is_old() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let set = async |column: &str, days: i64| {
        let set = format!("UPDATE sessions SET {column} = $1");
        let set = sqlx::query(&set).bind(now() - days * DAY);
        set.execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    };
    let last_used = async || -> i64 {
        let read = sqlx::query_scalar("SELECT last_used FROM sessions");
        read.fetch_one(&mut *world.database.glance().await.unwrap()).await.unwrap()
    };
    set("last_used", 29).await;
    assert!(is_signed_in(&ann).await);
    assert!(now() - last_used().await < DAY, "that was use");
    let noted = last_used().await;
    assert!(is_signed_in(&ann).await);
    assert_eq!(last_used().await, noted, "which is not noted at every step");
    set("last_used", 31).await;
    assert!(!is_signed_in(&ann).await);
    set("last_used", 0).await;
    set("created", 179).await;
    assert!(is_signed_in(&ann).await);
    set("created", 181).await;
    assert!(!is_signed_in(&ann).await, "however much it is used");
    // Nor is it there any more for an operator who made the bounds tighter.
    set("created", 10).await;
    assert!(is_signed_in(&ann).await);
    let tight =
        Site::bounded(&world, Bounds { absolute: std::time::Duration::from_secs(9 * 86_400), ..Bounds::default() });
    assert!(!is_signed_in(&ann.at(&tight.await)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_have_a_page_open_is_not_to_use_it() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let long_ago = now() - 20 * DAY;
    let set = sqlx::query("UPDATE sessions SET last_used = $1").bind(long_ago);
    set.execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    let poll = serde_json::json!({ "ask": { "hello": {}, "follow": [] } });
    let (status, body) = ann.ask_json(&ann.key(), "/sputnik/poll", &poll.to_string(), false).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let read = sqlx::query_scalar("SELECT last_used FROM sessions");
    let last: i64 = read.fetch_one(&mut *world.database.glance().await.unwrap()).await.unwrap();
    assert_eq!(last, long_ago);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_a_hundred_sessions_at_most() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200)
                INSERT INTO sessions (id, data, expires, person, created, last_used)
                SELECT 'x' || n, '{}', $1, $2, 0, n FROM n";
    let fill = sqlx::query(fill).bind(now() + DAY).bind(ann.me().id.to_string());
    fill.execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    let again = world.site.browser().await.sign_in("ann", PASSWORD).await.unwrap();
    assert_eq!(account(&again).await.sessions.len(), 100);
    assert!(is_signed_in(&ann).await, "those used last stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_an_older_release_made_is_somebodys_and_is_ended_like_the_others() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let older = "UPDATE sessions SET person = NULL, created = NULL, last_used = NULL, agent = NULL, browser = NULL";
    let make_older = async || {
        sqlx::query(older).execute(&mut *world.database.note().await.unwrap()).await.unwrap();
    };
    make_older().await;
    assert_eq!(ann.ask(Me {}).await.unwrap(), Some(ann.me()));
    assert_eq!(account(&ann).await.sessions.len(), 1);
    make_older().await;
    let anew = world.site.browser().await.sign_in("ann", PASSWORD).await.unwrap();
    anew.submit("end_other_sessions", &[]).await;
    assert!(!is_signed_in(&ann).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_deletes_their_account_first_says_what_becomes_of_their_books() {
    let world = World::new().await;
    let (ann, ben, cleo) = (world.person("ann").await, world.person("ben").await, world.person("cleo").await);
    let given = ann.create_book("Given away").await;
    let gone = ann.create_book("Gone for good").await;
    let shared = ann.create_book("Owned together").await;
    let bens = ben.create_book("Of Ben").await;
    ann.let_in(&given, &ben, Role::Reader).await;
    ann.let_in(&shared, &cleo, Role::Owner).await;
    ben.let_in(&bens, &ann, Role::Editor).await;
    let chapter = ann.add_chapter(&bens, "Written by Ann").await;
    ann.write(&bens, &chapter, "This stays.").await.unwrap();

    let leaving = ann.ask(OpenLeaving {}).await.unwrap();
    let mut alone: Vec<_> = leaving.alone.iter().map(|book| book.title.to_string()).collect();
    alone.sort_unstable();
    assert_eq!((alone, leaving.others), (vec!["Given away".to_owned(), "Gone for good".to_owned()], 2));

    let delete = async |fates: &[(&BookId, &str)], password: &str| {
        let fates: Vec<String> = fates.iter().map(|(book, fate)| format!("{book} {fate}")).collect();
        let fields: Vec<_> =
            fates.iter().map(|fate| ("books[]", &**fate)).chain([("password", password), ("sure", "true")]).collect();
        location(&ann.submit_to(DeleteAccount::PATH, &fields).await).to_owned()
    };
    let (bens_id, cleos_id) = (ben.me().id.to_string(), cleo.me().id.to_string());
    for (fates, password) in [
        (vec![], PASSWORD),
        (vec![(&given, bens_id.as_str())], PASSWORD),
        (vec![(&given, ""), (&gone, "delete")], PASSWORD),
        // Not a member.
        (vec![(&given, cleos_id.as_str()), (&gone, "delete")], PASSWORD),
        (vec![(&given, bens_id.as_str()), (&gone, "delete")], OTHER),
    ] {
        let back = delete(&fates, password).await;
        assert!(back.contains("__err="), "{fates:?} leads to {back}");
        assert!(is_signed_in(&ann).await);
        assert_eq!(ann.book(&gone).await.members.len(), 1, "nothing was done by half");
        assert_eq!(ann.book(&given).await.members.len(), 2);
    }

    let before = world.log(&BookChannel(bens.clone()).name()).await.len();
    assert_eq!(delete(&[(&given, &bens_id), (&gone, "delete")], PASSWORD).await, "/");
    assert!(!is_signed_in(&ann).await);
    assert!(world.site.browser().await.sign_in("ann", PASSWORD).await.is_none());
    let ben_owns = ben.book(&given).await.members;
    assert_eq!((ben_owns.len(), ben_owns[0].role, &ben_owns[0].person.id), (1, Role::Owner, &ben.me().id));
    assert_eq!(cleo.book(&shared).await.members.len(), 1);
    let shelf = ben.ask(OpenShelf {}).await.unwrap();
    assert!(!format!("{shelf:?}").contains("Gone for good"));
    // Those who have the book open are told.
    assert!(world.log(&BookChannel(bens.clone()).name()).await.len() > before);
    // What she wrote stays, and says no longer who she was.
    assert!(ben.text(&bens, &chapter).await.contains("This stays."));
    let state = format!("{:?}", ben.book(&bens).await);
    assert!(!state.contains("\"ann\"") && state.contains("Somebody who left"), "{state}");
    // Nobody else is ever taken for her.
    let stranger = world.site.browser().await;
    let (_, words) = told(&stranger, "sign_up", &[("name", "Ann"), ("password", PASSWORD)]).await;
    assert!(words.contains("taken"), "{words}");
    let (status, _) = told(&ben, "change_name", &[("shown", "Somebody else")]).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_account_are_for_whoever_is_signed_in() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    ann.create_book("Tides").await;
    let (status, html) = page(&ann, "/account").await;
    assert_eq!(status, StatusCode::OK);
    for words in ["Name shown to others", "Current password", "Firefox on Linux", "this one", "Delete account"] {
        assert!(html.contains(words), "{words}");
    }
    let (_, html) = page(&ann, "/account?done=password").await;
    assert!(html.contains("Your password is changed"));
    let (_, html) = page(&ann, "/account?done=%3Cscript%3Ehm").await;
    assert!(!html.contains("<script>hm"));
    let (_, html) = page(&ann, "/account/delete").await;
    assert!(html.contains("Tides") && html.contains("Delete it, with all its chapters"), "{html}");
    let nobody = world.site.browser().await;
    for path in ["/account", "/account/delete"] {
        let (status, html) = page(&nobody, path).await;
        assert!(status.is_redirection() || html.contains("Sign in"), "{path}: {status}");
        assert!(!html.contains("Current password"));
    }
}
