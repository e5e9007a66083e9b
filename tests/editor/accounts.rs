//! Signing up, in and out, as a browser without JavaScript does it.

use crate::world::{Browser, PASSWORD, World, location, text};
use http::{StatusCode, header};
use sputnik::{ChannelName, Code};
use sputnik_editor::{account::commands::Me, book::commands::shelf::OpenShelf};

/// The words a form was led back with.
async fn words(browser: &Browser, form: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.submit(form, fields).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    let back = location(&answer).to_owned();
    assert!(back.starts_with("/sign-in?"), "{back}");
    assert!(
        answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .all(|cookie| !cookie.to_str().unwrap().contains("sputnik="))
    );
    // The words themselves are encoded by Leptos; asked as a program, the same command answers with them.
    assert!(back.contains("__path=") && back.contains("__err="), "{back}");
    let request = http::Request::post(format!("/command/{form}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, &browser.cookies)
        .body(fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&").into());
    let answer = browser.site.send(request.unwrap()).await;
    assert!(answer.status().is_client_error());
    text(answer).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_whatever_its_case() {
    let world = World::new().await;
    world.person("Ann").await;
    let browser = world.site.browser().await;
    let words = words(&browser, "sign_up", &[("name", "aNN"), ("password", PASSWORD)]).await;
    assert!(words.contains("taken") && words.contains("conflict"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_refused_before_anything_is_made() {
    let world = World::new().await;
    let browser = world.site.browser().await;
    let words = words(&browser, "sign_up", &[("name", "ann"), ("password", "secret")]).await;
    assert!(words.contains("too short"), "{words}");
    world.person("ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_take_a_name_at_once_get_it_once() {
    let world = World::new().await;
    let (one, other) = (world.site.browser().await, world.site.browser().await);
    let fields = [("name", "ann"), ("password", PASSWORD)];
    let (one, other) = tokio::join!(one.submit("sign_up", &fields), other.submit("sign_up", &fields));
    let in_ = [&one, &other].into_iter().filter(|answer| location(answer) == "/shelf").count();
    assert_eq!(in_, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_needs_the_right_password_and_says_the_same_of_a_name_nobody_has() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let browser = world.site.browser().await;
    let wrong = words(&browser, "sign_in", &[("name", "ann"), ("password", "five cold pears")]).await;
    let nobody = words(&browser, "sign_in", &[("name", "nobody"), ("password", "five cold pears")]).await;
    assert_eq!(wrong, nobody);
    assert!(wrong.contains("do not belong together"), "{wrong}");
    let answer = browser.submit("sign_in", &[("name", "ANN"), ("password", PASSWORD)]).await;
    assert_eq!(location(&answer), "/shelf");
    assert_eq!(browser.with_cookies_of(&answer).ask(Me {}).await.unwrap(), Some(ann.me()));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_attempts_a_name_has_to_wait() {
    let world = World::new().await;
    world.person("ann").await;
    let browser = world.site.browser().await;
    for _ in 0..5 {
        words(&browser, "sign_in", &[("name", "ann"), ("password", "five cold pears")]).await;
    }
    let words = words(&browser, "sign_in", &[("name", "ann"), ("password", PASSWORD)]).await;
    assert!(words.contains("too_many") && words.contains("seconds"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_gets_a_new_id_at_sign_in_and_ends_at_sign_out() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let answer = ann.submit("sign_in", &[("name", "ann"), ("password", PASSWORD)]).await;
    let again = ann.with_cookies_of(&answer);
    assert_ne!(again.cookies, ann.cookies);
    assert_eq!(ann.ask(Me {}).await.unwrap(), None, "the old id is worth nothing");
    assert!(again.ask(Me {}).await.unwrap().is_some());
    let answer = again.submit("sign_out", &[]).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::FOUND, "/"));
    assert_eq!(again.ask(Me {}).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_or_is_somebody_else_is_disconnected() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    world.person("ben").await;
    let told: ChannelName = "@signed-out".parse().unwrap();
    let anns = serde_json::to_string(&ann.me().id).unwrap();
    let before = world.log(&told).await.len();
    let answer = ann.submit("sign_in", &[("name", "ben"), ("password", PASSWORD)]).await;
    let ben = ann.with_cookies_of(&answer);
    ben.submit("sign_out", &[]).await;
    let log = world.log(&told).await;
    assert_eq!(log.len(), before + 2);
    assert!(log[before].1.contains(&anns) && !log[before + 1].1.contains(&anns), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_this_site_and_no_script() {
    let world = World::new().await;
    let browser = world.site.browser().await;
    let answer = browser.submit("sign_up", &[("name", "ann"), ("password", PASSWORD)]).await;
    let mut cookies = answer.headers().get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.starts_with("sputnik=")).unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain http on this machine");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_led_on_within_this_site_only() {
    let world = World::new().await;
    world.person("ann").await;
    for (next, led) in
        [("/book/7", "/book/7"), ("//evil.example", "/shelf"), ("https://evil.example/", "/shelf"), ("", "/shelf")]
    {
        let browser = world.site.browser().await;
        let answer = browser.submit("sign_in", &[("name", "ann"), ("password", PASSWORD), ("next", next)]).await;
        assert_eq!(location(&answer), led);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_is_so_on_every_server() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let other = world.another_site().await;
    assert_eq!(ann.at(&other).ask(Me {}).await.unwrap(), Some(ann.me()));
    let shelf = ann.at(&other).ask(OpenShelf {}).await.map_err(|fault| fault.code);
    assert_eq!(shelf.map(|shelf| shelf.mine), Ok(Vec::new()));
    let _: Option<Code> = None;
}
