//! A book's settings: its title, who may read it, its people, and its end.

use super::{
    archive::Archive,
    book_context::{BookContext, face, use_book_context},
    copy::CopyLink,
    deleted_parts::DeletedParts,
    leaving::Leave,
    name_version::NameBook,
    people::role_words,
};
use crate::{
    book::{
        commands::{
            people::{remove_member, set_member, withdraw_invitation},
            shelf::{delete_book, rename_book, set_readers_see, set_visibility},
        },
        model::{Invitation, Member, Role, Sees, Title as BookTitle, Visibility},
    },
    ui::{
        avatar::Avatar,
        browser,
        command::run_in_form,
        dialog::Confirm,
        for_each::ForEach,
        form::{Field, Wrong},
        page::use_page,
        time::Time,
        title::PageTitle,
    },
};
use leptos::prelude::*;

/// The page. Whoever does not own the book sees how it is set, and no more.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let context = use_book_context();
    view! {
        <PageTitle text="Settings" />
        <div class="page settings">
            <h1>"Book settings"</h1>
            <Show
                when=move || context.owns()
                fallback=move || {
                    (!context.owns_in_archive.get())
                        .then(|| {
                            view! {
                                <p class="muted">
                                    "The owners of this book decide its title, its people and who may read it."
                                </p>
                            }
                        })
                }
            >
                <Rename />
                <Readers />
            </Show>
            <Show when=move || context.within.get()>
                <Members />
            </Show>
            <Show when=move || context.can_edit()>
                <NameBook />
                <DeletedParts />
            </Show>
            <Show when=move || context.belongs()>
                <section aria-labelledby="set-copy">
                    <h2 id="set-copy">"Another book of it"</h2>
                    <p class="muted">"The same once more, or its contents as a pattern for another."</p>
                    <CopyLink />
                </section>
                <Leave />
            </Show>
            <Show when=move || context.owns()>
                <Archive />
                <Delete />
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Rename() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let title = RwSignal::new(context.live.state.with_untracked(|book| book.title.to_string()));
    let fault = RwSignal::new(None);
    let send = move || match title.get_untracked().parse::<BookTitle>() {
        Ok(title) => run_in_form(page, fault, "The book has its new title.", rename_book(context.book(), title)),
        Err(bad) => fault.set(Some(bad.to_string())),
    };
    view! {
        <section aria-labelledby="set-title">
            <h2 id="set-title">"Title"</h2>
            <form
                class="one-line"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                <Field label="Title of the book" name="book-title" bare=true bind=title error=fault />
                <button type="submit">"Rename"</button>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Readers() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let fault = RwSignal::new(None);
    let now = move || context.live.state.with(|book| book.visibility);
    let option = move |visibility: Visibility, words: &'static str, hint: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="visibility"
                    prop:checked=move || now() == visibility
                    on:change=move |_| {
                        run_in_form(page, fault, "It is changed.", set_visibility(context.book(), visibility));
                    }
                />
                <span>
                    <strong>{words}</strong>
                    <span class="muted">{hint}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>
                <h2>"Who may read it"</h2>
            </legend>
            {option(Visibility::Private, "Private", "Only the people below.")}
            {option(Visibility::Public, "Public", "Everyone who has the address, signed in or not.")} <Wrong words=fault />
        </fieldset>
        <Show when=move || now() == Visibility::Public>
            <ReadersSee />
        </Show>
    }
    .into_any()
}

/// What those see of a public book who do not belong to it.
#[component]
fn ReadersSee() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let fault = RwSignal::new(None);
    let now = move || context.live.state.with(|book| book.readers_see);
    let option = move |sees: Sees, words: &'static str, hint: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="readers-see"
                    prop:checked=move || now() == sees
                    on:change=move |_| {
                        run_in_form(page, fault, "It is changed.", set_readers_see(context.book(), sees));
                    }
                />
                <span>
                    <strong>{words}</strong>
                    <span class="muted">{hint}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>
                <h2>"What readers see"</h2>
            </legend>
            {option(Sees::Text, "The text only", "Contents and chapters as they stand, live. Nobody\u{2019}s name.")}
            {option(
                Sees::Everything,
                "Also people, activity and chat",
                "Who belongs to it and who is here, all that was said and done, and every version, from the beginning.",
            )} <Wrong words=fault />
        </fieldset>
    }
    .into_any()
}

#[component]
fn Members() -> impl IntoView {
    let context = use_book_context();
    let fault = RwSignal::new(None);
    let members = move || context.live.state.with(|book| book.members.clone());
    view! {
        <section aria-labelledby="set-people">
            <h2 id="set-people">"People"</h2>
            <ul class="people members" aria-label="Members">
                <ForEach each=members key=|member| (member.person.id.clone(), member.role) let:member>
                    <MemberRow member fault />
                </ForEach>
            </ul>
            <Wrong words=fault />
            <Invited />
            <Show when=move || context.owns()>
                <Invite />
            </Show>
        </section>
    }
    .into_any()
}

/// Who is asked to belong to the book, and has not answered.
#[component]
fn Invited() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let fault = RwSignal::new(None);
    let invitations = Memo::new(move |_| context.live.state.with(|book| book.invitations.clone()));
    let row = move |invitation: Invitation| {
        let Invitation { person, role, by, at } = invitation;
        let (id, name) = (person.id.clone(), person.name.clone());
        view! {
            <li>
                <Avatar face=face(&person) />
                <div>
                    <strong>{person.name.clone()}</strong>
                    <p class="muted">"invited by " {by.name.clone()} ", " <Time at /></p>
                </div>
                <span class="tag">{role_words(role)}</span>
                <Show when=move || context.owns()>
                    <button
                        type="button"
                        class="quiet"
                        aria-label=format!("Withdraw the invitation of {name}")
                        on:click={
                            let id = id.clone();
                            move |_| run_in_form(page, fault, "It is withdrawn.", withdraw_invitation(context.book(), id.clone()))
                        }
                    >
                        "Withdraw"
                    </button>
                </Show>
            </li>
        }
    };
    view! {
        <Show when=move || invitations.with(|invitations| !invitations.is_empty())>
            <h3>"Invited"</h3>
            <ul class="people members" aria-label="Invited">
                <ForEach each=move || invitations.get() key=|one| (one.person.id.clone(), one.at) children=row />
            </ul>
        </Show>
        <Wrong words=fault />
    }
    .into_any()
}

#[component]
fn MemberRow(member: Member, fault: RwSignal<Option<String>>) -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let removing = RwSignal::new(false);
    let Member { person, role } = member;
    let name = person.name.clone();
    let set = {
        let name = name.clone();
        move |role: Role| {
            let name = name.clone();
            run_in_form(page, fault, "It is changed.", async move {
                set_member(context.book(), name, role).await.map(|_| ())
            });
        }
    };
    let id = person.id.clone();
    let remove =
        move |()| run_in_form(page, fault, "They are out of the book.", remove_member(context.book(), id.clone()));
    let is_me = context.is_me(Some(&person.id));
    // Neither another role nor their end here: a book needs an owner.
    let must_stay = {
        let id = person.id.clone();
        Memo::new(move |_| context.live.state.with(|book| book.is_only_owner(&id)))
    };
    view! {
        <li>
            <Avatar face=face(&person) />
            <strong>{name.clone()}</strong>
            {is_me.then_some(" (you)")}
            <span class="grow"></span>
            {
                let (name, set) = (name.clone(), set.clone());
                move || {
                    if context.owns() && !must_stay.get() {
                        let set = set.clone();
                        view! {
                            <RoleSelect label=format!("Role of {name}") role choose=set />
                            // Who goes by themselves leaves: that is offered below.
                            {(!is_me)
                                .then(|| {
                                    view! {
                                        <button
                                            type="button"
                                            class="quiet danger-text"
                                            aria-label=format!("Remove {name}")
                                            on:click=move |_| removing.set(true)
                                        >
                                            "Remove"
                                        </button>
                                    }
                                })}
                        }
                            .into_any()
                    } else {
                        view! { <span class="tag">{role_words(role)}</span> }.into_any()
                    }
                }
            }
            <Confirm
                open=removing
                title=format!("Take {name} out of the book?")
                words="They keep nothing but what is public. What they wrote stays in the book."
                verb="Remove"
                act=remove
                danger=true
            />
        </li>
    }
    .into_any()
}

#[component]
fn RoleSelect(
    label: String,
    #[prop(into)] role: Signal<Role>,
    choose: impl Fn(Role) + Send + Sync + 'static,
) -> impl IntoView {
    const ROLES: [Role; 3] = [Role::Reader, Role::Editor, Role::Owner];
    view! {
        <select
            aria-label=label
            prop:value=move || role_words(role.get())
            on:change=move |event| {
                let chosen = event_target_value(&event);
                if let Some(role) = ROLES.into_iter().find(|role| role_words(*role) == chosen) {
                    choose(role);
                }
            }
        >
            {ROLES
                .map(|each| {
                    view! {
                        <option value=role_words(each) selected=move || role.get() == each>
                            {role_words(each)}
                        </option>
                    }
                })
                .into_iter()
                .collect_view()}
        </select>
    }
}

#[component]
fn Invite() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let name = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Editor);
    let fault = RwSignal::new(None);
    Effect::new(move || {
        if context.inviting.get() {
            context.inviting.set(false);
            browser::focus("field-invited");
        }
    });
    let invite = move |context: BookContext| {
        let invited = name.get_untracked().trim().to_owned();
        if invited.is_empty() {
            fault.set(Some("Whom? Type the name they sign in with.".to_owned()));
            return;
        }
        run_in_form(page, fault, "The invitation is sent. They belong to the book once they accept it.", async move {
            set_member(context.book(), invited, role.get_untracked()).await?;
            name.try_set(String::new());
            Ok(())
        });
    };
    view! {
        <form
            class="one-line invite"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                invite(context);
            }
        >
            <Field
                label="Name of a person to invite"
                name="invited"
                autocomplete="off"
                placeholder="Name"
                bare=true
                bind=name
                error=fault
            />
            <RoleSelect label="Role".to_owned() role choose=move |chosen| role.set(chosen) />
            <button type="submit">"Invite"</button>
        </form>
    }
    .into_any()
}

#[component]
fn Delete() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(None);
    let title = move || context.live.state.with(|book| book.title.to_string());
    let send = move || {
        if typed.get_untracked().trim() != context.live.state.with_untracked(|book| book.title.to_string()) {
            fault.set(Some("That is not the title of this book. Nothing was deleted.".to_owned()));
            return;
        }
        run_in_form(page, fault, "The book is in the bin, on your shelf.", async move {
            delete_book(context.book(), typed.get_untracked()).await?;
            browser::load("/shelf");
            Ok(())
        });
    };
    view! {
        <section aria-labelledby="set-delete" class="danger-zone">
            <h2 id="set-delete">"Delete this book"</h2>
            <p>"It goes to the bin, with its chapters, versions and chat, and nobody gets to it any more. Its owners can bring it back from their shelf within 30 days. Type the title to confirm: " <strong>{title}</strong></p>
            <form
                class="one-line"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                <Field
                    label="Type the title to confirm"
                    name="delete-title"
                    autocomplete="off"
                    bare=true
                    bind=typed
                    error=fault
                />
                <button type="submit" class="danger">
                    "Delete book"
                </button>
            </form>
        </section>
    }
    .into_any()
}
