//! What answers carry so that a browser does nothing with them that it was not meant for.

use crate::world::{Browser, Site, World, location, text};
use axum::{
    Router,
    body::Body,
    response::{Redirect, Response},
    routing::get,
};
use clap::Parser;
use http::{HeaderMap, Request, StatusCode, header};
use server_fn::ServerFn;
use sputnik::server::{Node, Settings, browser::BrowserSession, rate_limit::Rate};
use sputnik_editor::{
    account::{bounds::Bounds, people::Accounts},
    book::commands::shelf::CreateBook,
    boot,
    config::Bounded,
    config::Config,
    security_headers,
};
use std::{collections::BTreeSet, net::SocketAddr, sync::Arc};
use tower::ServiceExt;

async fn page(who: &Browser, path: &str) -> (Vec<String>, String) {
    let request = Request::get(path).header(header::COOKIE, &who.cookies).header(header::ACCEPT, "text/html");
    let answer = who.site.send(request.body(Body::empty()).unwrap()).await;
    (policy(&answer), text(answer).await)
}

/// The directives of an answer's policy.
fn policy(answer: &Response) -> Vec<String> {
    let all: Vec<_> = answer.headers().get_all(header::CONTENT_SECURITY_POLICY).iter().collect();
    let [one] = all[..] else { panic!("one policy, and not {all:?}") };
    one.to_str().unwrap().split(';').map(|directive| directive.trim().to_owned()).collect()
}

fn nonce(policy: &[String]) -> &str {
    let scripts = policy.iter().find(|directive| directive.starts_with("script-src ")).expect("scripts are spoken of");
    scripts.split('\'').find_map(|word| word.strip_prefix("nonce-")).expect("it has a nonce")
}

#[tokio::test(flavor = "multi_thread")]
async fn on_every_page_scripts_run_by_a_nonce_of_this_one_answer_alone() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    let mut nonces = BTreeSet::new();
    let paths = ["/", "/", "/sign-in", "/sign-up", "/shelf", "/nowhere", "/book/none"].map(str::to_owned);
    let paths = paths.into_iter().chain(
        ["", "/settings", "/none", &format!("/{part}"), &format!("/{part}/history")]
            .map(|path| format!("/book/{book}{path}")),
    );
    for path in paths {
        let (policy, html) = page(&ann, &path).await;
        let nonce = nonce(&policy).to_owned();
        assert!(nonce.len() >= 22, "{nonce} can be guessed");
        for kept in [
            "default-src 'self'",
            &format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"),
            "style-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.iter().any(|directive| directive == kept), "{path}: {kept} is not in {policy:?}");
        }
        assert!(!policy.concat().contains("unsafe-inline") && !policy.concat().contains("'unsafe-eval'"), "{policy:?}");
        let own = format!("nonce=\"{nonce}\"");
        for script in html.split("<script").skip(1).chain(html.split("rel=\"modulepreload\"").skip(1)) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&own), "{path}: {tag}");
        }
        assert!(!html.contains(" style=\""), "{path} brings a style of its own");
        assert!(nonces.insert(nonce), "{path}: a nonce came twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_page_can_do_nothing_should_a_browser_take_it_for_one() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let open = format!("{{\"book\":\"{book}\"}}");
    let post = Request::post("/command/open_book")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(open))
        .unwrap();
    let get = |path: &str| Request::get(path).header(header::COOKIE, &ann.cookies).body(Body::empty()).unwrap();
    for request in [post, get(&format!("/book/{book}/book.md")), get("/book/x/picture/y"), get("/sputnik/socket")] {
        let path = request.uri().path().to_owned();
        let answer = world.site.send(request).await;
        let policy = policy(&answer);
        assert!(policy.iter().any(|directive| directive == "sandbox"), "{path}: {policy:?}");
        assert!(policy.iter().any(|directive| directive == "default-src 'none'"), "{path}: {policy:?}");
        let headers = answer.headers();
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin", "{path}");
        assert!(headers["permissions-policy"].to_str().unwrap().contains("geolocation=()"), "{path}");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_goes_back_to_a_page_of_this_site_wherever_it_says_it_came_from() {
    let world = World::new().await;
    let browser = world.site.browser().await;
    for (referer, back) in [
        ("http://localhost/sign-in?next=%2Fshelf", "/sign-in?next=%2Fshelf&"),
        ("https://evil.example/sign-in", "/sign-in?"),
        ("https://evil.example//evil.example/x", "/"),
        ("https://evil.example/\\evil.example", "//evil.example"),
        ("//evil.example/x", "/"),
        ("javascript:evil()", "/"),
        ("nonsense", "/"),
    ] {
        for path in ["/command/sign_in", CreateBook::PATH] {
            let request = Request::post(path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ACCEPT, "text/html")
                .header(header::REFERER, referer)
                .header(header::COOKIE, &browser.cookies)
                .body(Body::from("name=ann&password=wrong+password&title=Seas"));
            let answer = world.site.send(request.unwrap()).await;
            assert_eq!(answer.status(), StatusCode::FOUND);
            let leads = location(&answer);
            assert!(sputnik_editor::local_address::is_local(leads), "{referer} leads to {leads}");
            if back == "//evil.example" {
                continue;
            }
            assert!(leads.starts_with(back), "{referer} leads to {leads}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_too_often_goes_back_to_its_page_with_the_reason() {
    let world = World::new().await;
    let site = set(&world, Settings { commands: Rate { a_second: 1, at_once: 1 }, ..Settings::default() }).await;
    let cookies = site.browser().await.cookies;
    let mut leads = Vec::new();
    for _ in 0..8 {
        let request = Request::post("/command/sign_in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, "http://localhost/sign-in?next=%2Fshelf")
            .header(header::COOKIE, &cookies)
            .body(Body::from("name=nobody&password=wrong+password"));
        let answer = site.send(request.unwrap()).await;
        assert!(answer.status().is_redirection(), "{}", answer.status());
        leads.push(location(&answer).to_owned());
    }
    assert!(leads.iter().all(|leads| leads.starts_with("/sign-in?next=%2Fshelf&")), "{leads:?}");
    assert_ne!(leads[0], leads[7], "the last is told why");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_signing_in_nobody_is_led_to_another_site() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    for (next, leads) in [
        ("/book/7?part=3#here", "/book/7?part=3#here"),
        ("//evil.example/x", "/shelf"),
        ("/\\evil.example/x", "/shelf"),
        ("/\t/evil.example/x", "/shelf"),
        ("/\n/evil.example/x", "/shelf"),
        ("/..//evil.example/x", "/shelf"),
        ("https://evil.example/x", "/shelf"),
        ("javascript:evil()", "/shelf"),
        ("", "/shelf"),
    ] {
        let fields = [("name", &*ann.me().name), ("password", crate::world::PASSWORD), ("next", next)];
        let answer = ann.submit("sign_in", &fields).await;
        assert_eq!(location(&answer), leads, "{next:?}");
    }
}

#[tokio::test]
async fn a_page_is_asked_for_without_a_fault_that_cannot_be_read() {
    let world = World::new().await;
    for (query, leads) in [
        ("__path=/command/x&__err=eyJ9", None),
        ("__path=/command/x&__err=eyJhIg%3D%3D&a=b", None),
        ("a=b&__err=e&next=%2Fshelf&__path=x", Some("/sign-in?a=b&next=%2Fshelf")),
        ("__err=%22%3E", Some("/sign-in?")),
        ("__err=", None),
    ] {
        let request = Request::get(format!("/sign-in?{query}")).body(Body::empty()).unwrap();
        let answer = world.site.send(request).await;
        let led = answer.headers().get(header::LOCATION).map(|leads| leads.to_str().unwrap());
        assert_eq!(led, leads, "{query}");
    }
}

#[tokio::test]
async fn no_answer_leads_to_another_site() {
    let leads = |to: &'static str| get(async move || Redirect::to(to));
    let routes = security_headers::around(
        Router::new()
            .route("/a", leads("https://evil.example/x"))
            .route("/b", leads("//evil.example/x"))
            .route("/c", leads("/shelf?a=b")),
    );
    for (path, to) in [("/a", "/x"), ("/b", "/"), ("/c", "/shelf?a=b")] {
        let answer = routes.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(location(&answer), to);
    }

    // A folder among the files is led to with a slash at its end.
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("evil.example")).unwrap();
    let world = World::new().await;
    let accounts = Accounts::new(world.database.clone(), Bounds::default());
    let (folder, address) = (site.path().to_str().unwrap(), SocketAddr::from(([127, 0, 0, 1], 0)));
    let routes = boot::routes(&world.site.node, &world.database, &accounts, &Bounded::default(), folder, address);
    let site = Site { routes, ..world.site };
    let answer = site.send(Request::get("//evil.example").body(Body::empty()).unwrap()).await;
    if let Some(leads) = answer.headers().get(header::LOCATION) {
        assert!(sputnik_editor::local_address::is_local(leads.to_str().unwrap()), "{leads:?}");
    }
}

/// A page that loads what it shows lets others have its thread meanwhile.
#[tokio::test]
async fn a_file_takes_nothing_of_the_answer_of_a_page_that_is_rendered_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("style.css"), "p {}").unwrap();
    let world = World::new().await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let accounts = Accounts::new(world.database.clone(), Bounds::default());
    let (files, address) = (folder.path().to_str().unwrap(), SocketAddr::from(([127, 0, 0, 1], 0)));
    let routes = boot::routes(&world.site.node, &world.database, &accounts, &Bounded::default(), files, address);
    let site = Site { routes, ..world.site };
    let get = |path: String| {
        let request = Request::get(path).header(header::COOKIE, &ann.cookies).body(Body::empty()).unwrap();
        let site = site.clone();
        async move {
            let answer = site.send(request).await;
            (answer.status(), policy(&answer))
        }
    };
    let both = (0..40).map(|_| futures::future::join(get(format!("/book/{book}/none")), get("/style.css".to_owned())));
    for ((page, of_page), (file, of_file)) in futures::future::join_all(both).await {
        assert_eq!((page, file), (StatusCode::NOT_FOUND, StatusCode::OK));
        assert!(of_page.iter().any(|directive| directive.starts_with("script-src 'nonce-")), "{of_page:?}");
        assert!(of_file.iter().any(|directive| directive == "sandbox"), "{of_file:?}");
    }
}

/// The same site, set otherwise.
async fn set(world: &World, settings: Settings) -> Site {
    let gate = boot::gate(&world.database, &[]);
    let broker = Arc::clone(&world.broker);
    let node = Node::start(broker, gate, Arc::new(world.database.command_store()), settings).await.unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let routes = boot::routes(
        &node,
        &world.database,
        &Accounts::new(world.database.clone(), Bounds::default()),
        &Bounded::default(),
        "/nowhere",
        address,
    );
    Site { node, routes }
}

fn cookies(answer: &Response) -> Vec<String> {
    answer.headers().get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn by_https_cookies_are_of_this_very_host_and_those_of_others_count_for_nothing() {
    let world = World::new().await;
    let site = set(&world, Settings { secure_cookies: true, ..Settings::default() }).await;
    let answer = site.send(Request::get("/").body(Body::empty()).unwrap()).await;
    let visit = cookies(&answer).into_iter().find(|line| line.contains("visit")).expect("every browser gets a visit");
    let form = Request::post("/command/sign_up")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html")
        .body(Body::from(format!("name=ann&password={}", crate::world::PASSWORD.replace(' ', "+"))));
    let answer = site.send(form.unwrap()).await;
    let set = cookies(&answer);
    let session = set.iter().find(|line| line.contains("sputnik=")).expect("signing up sets a cookie").clone();
    for line in set.iter().chain([&visit]) {
        let small = line.to_lowercase();
        assert!(line.starts_with("__Host-"), "{line}");
        let strict = small.contains("; secure") && small.contains("; path=/") && small.contains("; httponly");
        assert!(strict && small.contains("samesite=lax") && !small.contains("domain="), "{line}");
    }
    let pair = session.split(';').next().unwrap();
    let asked = async |cookie: &str| {
        let me = Request::post("/command/me")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, cookie)
            .body(Body::from("{}"));
        text(site.send(me.unwrap()).await).await
    };
    assert!(asked(pair).await.contains("ann"));
    assert_eq!(asked(&pair.replace("__Host-", "")).await, "null", "another host could have set it");
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, visit.split(';').next().unwrap().replace("__Host-", "").parse().unwrap());
    assert!(BrowserSession::of(&headers, true).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_where_people_come_by_https_are_browsers_told_to_come_by_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for (number, (flags, told)) in [
        (vec![], None),
        (vec!["--public-url", "http://books.example"], None),
        (vec!["--public-url", "https://books.example/"], Some("max-age=31536000")),
    ]
    .into_iter()
    .enumerate()
    {
        let data = format!("{data}/{number}");
        let flags = ["sputnik", "--address", "127.0.0.1:0", "--data", &data].into_iter().chain(flags);
        let site = boot::start(&Config::parse_from(flags)).await.unwrap();
        let address = site.address;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(site.serve(async move { drop(stopped.await) }));
        for path in ["/", "/healthz"] {
            let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
            let found = answer.headers().get(header::STRICT_TRANSPORT_SECURITY);
            assert_eq!(found.map(|found| found.to_str().unwrap()), told, "{path}");
        }
        stop.send(()).unwrap();
        serving.await.unwrap().unwrap();
    }
}
