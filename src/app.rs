//! The map of the house: the document around every page, and which address leads where.

use crate::{
    account::{
        me::provide_me,
        pages::{SignInPage, SignUpPage},
    },
    book::pages::{
        FrontPage, KeptDialog, KeptNotice, NotDoneNote, Switcher, provide_invitations, provide_kept, provide_switcher,
    },
    lazy_pages::LazyPage,
    ui::{
        header::{InEveryBar, Waiting},
        hue::provide_given_hues,
        page::{LiveRegion, provide_page, use_page},
        reload::ReloadNote,
        shortcuts::Shortcuts,
        theme::Theme,
        title::SiteTitle,
        toast::Toasts,
        trouble::NotFound,
    },
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};
use sputnik::client::{Panel, provide_connection};

/// Fetches all that makes the page live, and has it take over. Leptos' own component for this gives no nonce to what it has
/// the browser fetch ahead. What cannot be fetched is told in words: the page can be read all the same.
const TAKE_OVER: &str = r#"
const ahead = (rel, parts) => {
    for (const href of parts.split(" ").filter(Boolean))
        document.head.append(Object.assign(document.createElement("link"), { rel, href, as: "fetch", crossOrigin: "", fetchPriority: "low" }));
};
const takeOver = async () => {
    try {
        const wasm = fetch("/pkg/sputnik.wasm", { priority: "low" });
        wasm.catch(() => {});
        const parts = document.querySelector("meta[name=parts]");
        ahead("preload", parts.content);
        const page = await import("/pkg/sputnik.js");
        await page.default({ module_or_path: wasm });
        await page.hydrate();
        ahead("prefetch", parts.dataset.later);
    } catch (error) {
        console.error(error);
        const note = Object.assign(document.createElement("div"), { className: "reload", role: "alert" });
        const words = document.createElement("p");
        words.textContent = "This page could not be made live, so it only shows how things stood. To try again, reload the page.";
        const again = Object.assign(document.createElement("button"), { type: "button", className: "primary", textContent: "Reload the page" });
        again.addEventListener("click", () => location.reload());
        note.append(words, again);
        document.body.append(note);
    }
};
"#;

/// What is pressed before the page is live is pressed once there is something to answer it; links and forms work without.
const BEGIN: &str = r#"
let begun, pressed;
const begin = () => begun ??= takeOver().then(() => setTimeout(() => {
    removeEventListener("click", press, true);
    if (pressed?.isConnected) pressed.click();
}));
const press = (event) => {
    const button = event.target.closest?.("button");
    if (button && !button.form) {
        pressed = button;
        event.preventDefault();
        event.stopPropagation();
    }
    begin();
};
addEventListener("click", press, true);
"#;

/// For somebody who is signed in: as soon as there is something to look at. Nothing is painted where nobody looks.
const SOON: &str = r#"
if (document.hidden) begin();
else new PerformanceObserver(begin).observe({ type: "paint", buffered: true });
setTimeout(begin, 1000);
"#;

/// For a guest, who mostly reads, and needs nothing of it for that: at the first sign of them, or when the page has stood
/// still for a while; at once where the address asks for something, such as to be led to words that were found.
const WHEN_WANTED: &str = r#"
for (const sign of ["pointermove", "pointerdown", "keydown", "focusin", "scroll"])
    addEventListener(sign, begin, { capture: true, passive: true, once: true });
addEventListener("load", () => setTimeout(begin, 8000));
if (location.search) begin();
"#;

/// A screen that does not hang on a narrow line, as far as a page can tell: to it, what makes the page live is sent with the
/// page.
const DESK: &str = "(min-width: 60rem)";

/// The document the server sends around the application.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let nonce = use_nonce();
    #[cfg(feature = "ssr")]
    if let Some(nonce) = &nonce {
        crate::security_headers::keep_page(nonce);
    }
    let editors = nonce.clone();
    let pages = LazyPage::at(&path());
    let addresses = addresses(&options, pages);
    let parts = addresses.as_ref().map(|addresses| addresses.parts.clone()).unwrap_or_default();
    // Whoever is signed in goes on from here to pages and dialogs that are made of the rest.
    let later =
        addresses.as_ref().filter(|_| is_signed_in()).map(|addresses| addresses.others.join(" ")).unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::remembered().attribute()>
            <head>
                <meta charset="utf-8" />
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content="Write a book together: everyone sees it grow as it is typed." />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link
                    rel="preload"
                    href="/fonts/literata-latin-normal.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link
                    rel="preload"
                    href="/fonts/source-sans-3-latin-normal.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="stylesheet" id="leptos" href="/pkg/sputnik.css" />
                {addresses.map(|Addresses { editor, device, .. }| {
                    // Asked for with the rest of a chapter's page, which needs it as soon as it is live.
                    let soon = (is_signed_in() && pages.contains(&LazyPage::Chapter))
                        .then(|| view! { <link rel="modulepreload" href=editor.clone() media=DESK nonce=editors /> });
                    view! {
                        <meta name="editor" content=editor />
                        <meta name="device" content=device />
                        {soon}
                    }
                })}
                <meta name="parts" content=parts.join(" ") data-later=later />
                <AutoReload options />
                {is_signed_in()
                    .then(|| {
                        // After what the page is read with: its style and its letters.
                        view! {
                            <link
                                rel="modulepreload"
                                href="/pkg/sputnik.js"
                                media=DESK
                                nonce=nonce.clone()
                                fetchpriority="low"
                            />
                            {std::iter::once("/pkg/sputnik.wasm".to_owned())
                                .chain(parts)
                                .map(|wasm| {
                                    view! {
                                        <link
                                            rel="preload"
                                            href=wasm
                                            media=DESK
                                            r#as="fetch"
                                            r#type="application/wasm"
                                            crossorigin=""
                                            fetchpriority="low"
                                        />
                                    }
                                })
                                .collect_view()}
                        }
                    })}
                <script type="module" nonce=nonce>
                    {[TAKE_OVER, BEGIN, if is_signed_in() { SOON } else { WHEN_WANTED }].concat()}
                </script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Where what a page loads is, under names that change with the contents.
struct Addresses {
    editor: String,
    device: String,
    /// What it is made of besides what every page is.
    parts: Vec<String>,
    /// What other pages are made of.
    others: Vec<String>,
}

fn addresses(options: &LeptosOptions, pages: &[LazyPage]) -> Option<Addresses> {
    #[cfg(feature = "ssr")]
    return crate::modules::modules(&options.site_root).map(|modules| {
        let (parts, others) = modules.of_parts(pages.iter().map(|page| page.part()));
        Addresses { editor: modules.editor.clone(), device: modules.device.clone(), parts, others }
    });
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (options, pages);
        None
    }
}

/// Whether it is rendered for somebody who is signed in, as far as the request says.
fn is_signed_in() -> bool {
    #[cfg(feature = "ssr")]
    return crate::account::session::current().is_ok_and(|session| session.id().is_some());
    #[cfg(not(feature = "ssr"))]
    true
}

/// The address that is asked for.
fn path() -> String {
    #[cfg(feature = "ssr")]
    return use_context::<http::request::Parts>().map(|request| request.uri.path().to_owned()).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// The application: what every page shares, and the routes.
///
/// Every route is rendered in one piece (`SsrMode::Async`), so that all of it can be read without JavaScript, and a
/// page that is not there answers with the right status.
#[component]
#[must_use]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_connection();
    provide_page();
    provide_given_hues();
    provide_me();
    let invitations = provide_invitations();
    provide_kept();
    provide_switcher();
    provide_context(InEveryBar(ViewFn::from(KeptNotice)));
    provide_context(Waiting(Signal::derive(move || invitations.count())));

    view! {
        <SiteTitle />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("") view=FrontPage ssr=SsrMode::Async />
                <Route path=path!("sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("sign-up") view=SignUpPage ssr=SsrMode::Async />
                <Route path=path!("account") view=LazyPage::Account ssr=SsrMode::Async />
                <Route path=path!("account/delete") view=LazyPage::DeleteAccount ssr=SsrMode::Async />
                <Route path=path!("shelf") view=LazyPage::Shelf ssr=SsrMode::Async />
                <Route path=path!("admin/live") view=LazyPage::Live ssr=SsrMode::Async />
                <ParentRoute path=path!("book/:book") view=LazyPage::Book ssr=SsrMode::Async>
                    <Route path=path!("") view=LazyPage::Title ssr=SsrMode::Async />
                    <Route path=path!("settings") view=LazyPage::Settings ssr=SsrMode::Async />
                    <Route path=path!("publish") view=LazyPage::Publish ssr=SsrMode::Async />
                    <Route path=path!("copy") view=LazyPage::Copy ssr=SsrMode::Async />
                    <Route path=path!(":part") view=LazyPage::Chapter ssr=SsrMode::Async />
                    <Route path=path!(":part/history") view=LazyPage::History ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
            <KeptDialog />
            <Switcher />
        </Router>
        <ReloadNote />
        <NotDoneNote />
        <Toasts toasts=use_page().toasts />
        <Shortcuts />
        <LiveRegion />
        <Panel />
    }
}
