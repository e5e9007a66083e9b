//! The files that the book is made into beside all else: asked for here, seen coming by everybody, and kept for a while.

use super::super::{book_context::use_book_context, retry::patiently};
use crate::{
    book::{
        commands::exports::{named_versions, remove_export, start_export},
        events::EventKind,
        exports::{Export, ExportState, NamedVersion},
        format::Format,
        history::VersionName,
        model::ExportId,
    },
    ui::{
        browser,
        command::run_in_form,
        dialog::Confirm,
        for_each::ForEach,
        form::Wrong,
        icon::Icon,
        page::use_page,
        time::{Time, date},
    },
};
use leptos::{prelude::*, task::spawn_local};

/// The form, and what was asked for.
#[component]
pub(super) fn Exports() -> impl IntoView {
    let context = use_book_context();
    let fault = RwSignal::new(None);
    announce_what_is_ready();
    // The newest first.
    let ids = Memo::new(move |_| {
        context.live.state.with(|book| book.exports.iter().rev().map(|export| export.id.clone()).collect::<Vec<_>>())
    });
    view! {
        <section aria-labelledby="exports" class="exports">
            <h2 id="exports" tabindex="-1">
                "Exports"
            </h2>
            <p class="muted">
                "A file that is made while you go on, seen and fetched by everyone who belongs to the book, and kept for a while."
            </p>
            <Ask fault />
            <Wrong words=fault />
            <Show
                when=move || ids.with(|ids| !ids.is_empty())
                fallback=|| view! { <p class="muted">"Nobody has asked for a file yet. What you ask for is listed here."</p> }
            >
                <ul class="exported" aria-label="Exports">
                    <ForEach each=move || ids.get() key=|id| id.to_string() let:id>
                        <Line id fault />
                    </ForEach>
                </ul>
            </Show>
        </section>
    }
    .into_any()
}

/// What people call a file: its format, and of which version it is.
fn called(export: &Export) -> String {
    match &export.version {
        Some(version) => format!("{}, “{version}”", export.format.words()),
        None => export.format.words().to_owned(),
    }
}

/// Says when a file is ready that was under way: to those who listen rather than look.
fn announce_what_is_ready() {
    let (context, page) = (use_book_context(), use_page());
    Effect::new(move |before: Option<Vec<Export>>| {
        let now = context.live.state.with(|book| book.exports.clone());
        for was in before.iter().flatten().filter(|was| was.state.is_under_way()) {
            match now.iter().find(|is| is.id == was.id).map(|is| &is.state) {
                Some(ExportState::Ready { .. }) => page.announce(format!("{} is ready.", called(was))),
                Some(ExportState::Failed { .. }) => page.announce(format!("{} was not made.", called(was))),
                _ => {}
            }
        }
        now
    });
}

/// In which format, of which version.
#[component]
fn Ask(fault: RwSignal<Option<String>>) -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let format = RwSignal::new(Format::Epub);
    let version = RwSignal::new(String::new());
    // Anew when a version is named, here or elsewhere.
    let named = Memo::new(move |_| {
        context.live.state.with(|book| {
            let names = |what: &EventKind| matches!(what, EventKind::VersionNamed { .. });
            book.activity.iter().rev().find(|told| names(&told.what)).map(|told| told.at)
        })
    });
    let versions = RwSignal::new(Vec::<NamedVersion>::new());
    Effect::new(move || {
        named.track();
        spawn_local(async move {
            match patiently(|| named_versions(context.book())).await {
                // The page may be another by now.
                Ok(named) => drop(versions.try_set(named)),
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
        });
    });
    let send = move || {
        let (book, format) = (context.book(), format.get_untracked());
        let version: Option<VersionName> = version.get_untracked().parse().ok();
        run_in_form(page, fault, "It is being made. You can go on meanwhile.", async move {
            start_export(book, format, version).await.map(drop)
        });
    };
    let option = |format: Format| view! { <option value=format.kind().0>{format.words()}</option> };
    view! {
        <form
            class="row export-form"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <label class="field">
                <span>"Format"</span>
                <select
                    prop:value=move || format.get().kind().0
                    on:change=move |event| {
                        format.set(Format::of_ending(&event_target_value(&event)).unwrap_or(Format::Epub));
                    }
                >
                    {Format::ALL.map(option).into_iter().collect_view()}
                </select>
            </label>
            <label class="field">
                <span>"Version"</span>
                <select prop:value=version on:change=move |event| version.set(event_target_value(&event))>
                    <option value="">"As it stands now"</option>
                    <ForEach each=move || versions.get() key=|version| version.name.to_string() let:version>
                        {version_option(version)}
                    </ForEach>
                </select>
            </label>
            <button type="submit">"Make the file"</button>
        </form>
        <p class="hint">
            "A named version has the text of then, in the order and with the titles and pictures of now. Chapters that were begun since are left out. Whole books are given names under Settings."
        </p>
    }
    .into_any()
}

fn version_option(NamedVersion { name, at }: NamedVersion) -> impl IntoView {
    let words = format!("{name} ({})", date(at));
    view! { <option value=name.to_string()>{words}</option> }
}

/// One file.
#[component]
fn Line(id: ExportId, fault: RwSignal<Option<String>>) -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let asking = RwSignal::new(false);
    let id = StoredValue::new(id);
    let export = Memo::new(move |_| {
        context.live.state.with(|book| id.with_value(|id| book.exports.iter().find(|export| export.id == *id).cloned()))
    });
    let name = Memo::new(move |_| export.with(|export| export.as_ref().map(called).unwrap_or_default()));
    let under_way = Memo::new(move |_| export.with(|one| one.as_ref().is_some_and(|one| one.state.is_under_way())));
    let remove = move |done: &'static str| {
        run_in_form(page, fault, done, async move {
            remove_export(context.book(), id.get_value()).await?;
            // What had the focus is gone.
            browser::focus("exports");
            Ok(())
        });
    };
    let who = move || {
        export.get().map(|export| {
            let by = if context.is_me(Some(&export.by.id)) { "you".to_owned() } else { export.by.name };
            view! { <span class="muted">"asked for by " <bdi>{by}</bdi> ", " <Time at=export.at /></span> }
        })
    };
    view! {
        <li>
            <div class="grow">
                <strong dir="auto">{name}</strong>
                {who}
                {move || export.get().map(|export| view! { <Standing export /> })}
            </div>
            <Show
                when=move || under_way.get()
                fallback=move || {
                    view! {
                        <button
                            type="button"
                            class="quiet"
                            aria-label=move || format!("Delete {}", name.get())
                            on:click=move |_| {
                                let ready = export.with(|one| matches!(one, Some(Export { state: ExportState::Ready { .. }, .. })));
                                if ready { asking.set(true) } else { remove("It is deleted.") }
                            }
                        >
                            "Delete"
                        </button>
                    }
                }
            >
                <button
                    type="button"
                    class="quiet"
                    aria-label=move || format!("Cancel {}", name.get())
                    on:click=move |_| remove("It is not made any further.")
                >
                    "Cancel"
                </button>
            </Show>
            <Confirm
                open=asking
                title=Signal::derive(move || format!("Delete {}?", name.get()))
                words="Nobody can fetch this file any more. The book stays as it is, and the file can be made again."
                verb="Delete"
                danger=true
                act=move |()| remove("It is deleted.")
            />
        </li>
    }
    .into_any()
}

/// How far it is, and the way to it when it is made.
#[component]
fn Standing(export: Export) -> impl IntoView {
    let context = use_book_context();
    let name = called(&export);
    match export.state {
        ExportState::Waiting => view! { <span>"Waits for its turn"</span> }.into_any(),
        ExportState::Making { percent } => view! {
            <label class="making">
                <span>{format!("Being made: {percent} %")}</span>
                <progress max="100" value=percent.to_string() aria-label=format!("How far {name} is")></progress>
            </label>
        }
        .into_any(),
        ExportState::Ready { bytes, until, note, .. } => view! {
            <span class="row">
                <a
                    class="button"
                    href=format!("/book/{}/export/{}", context.book(), export.id)
                    rel="external"
                    download=""
                    aria-label=format!("Download {name}")
                >
                    <Icon name="download" />
                    "Download"
                </a>
                <span class="muted">{size(bytes)} ", kept until " {date(until)}</span>
            </span>
            {(!note.is_empty()).then(|| view! { <p class="note-of-file">{note}</p> })}
        }
        .into_any(),
        ExportState::Failed { why } => view! { <span class="wrong">"It was not made. " {why}</span> }.into_any(),
    }
}

/// How large a file is, as people say it.
fn size(bytes: u64) -> String {
    match bytes {
        ..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_said_in_few_letters() {
        assert_eq!([1, 999_999, 1_000_000, 12_345_678].map(size), ["1 kB", "1000 kB", "1.0 MB", "12.3 MB"]);
    }
}
