//! To what somebody is invited: shown on the shelf, counted in the bar of every page, and told as it happens.

use super::{book_context::face, people::role_words};
use crate::{
    book::{
        commands::people::{AcceptInvitation, DeclineInvitation},
        model::{BookId, Role},
        shelf::ReceivedInvitation,
    },
    ui::{avatar::Avatar, for_each::ForEach, form::Wrong, time::Time},
};
use leptos::{form::ActionForm, prelude::*};

/// To what whoever is signed in is invited. Cheap to copy; get it with [`use_invitations`].
#[derive(Clone, Copy)]
pub struct Invitations {
    /// What waits for an answer, the newest first; nothing until it is followed.
    live: RwSignal<Option<Vec<ReceivedInvitation>>>,
    /// Grows when they answered one: they may belong to a book more.
    answered: RwSignal<u32>,
}

impl Invitations {
    /// How many wait, as far as is known.
    pub fn count(self) -> usize {
        self.live.with(|live| live.as_ref().map_or(0, Vec::len))
    }

    /// Grows when one was answered, on this page or another.
    pub fn answered(self) -> u32 {
        self.answered.get()
    }
}

/// Makes it known to everything below, and follows it as long as the page is open.
pub fn provide_invitations() -> Invitations {
    let invitations = Invitations { live: RwSignal::new(None), answered: RwSignal::new(0) };
    provide_context(invitations);
    #[cfg(feature = "hydrate")]
    in_browser::follow(invitations);
    invitations
}

/// To what whoever is signed in is invited.
///
/// # Panics
/// Outside of the application.
pub fn use_invitations() -> Invitations {
    expect_context()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use super::{Invitations, face, invites};
    use crate::{
        account::me::use_me,
        book::{
            channels::PersonChannel,
            commands::people::my_invitations,
            shelf::{PersonEvent, ReceivedInvitation},
        },
        ui::{page::use_page, toast::Toast},
    };
    use leptos::{prelude::*, task::spawn_local};
    use sputnik::client::use_channel;

    fn fold(asked: &mut Vec<ReceivedInvitation>, word: &PersonEvent) {
        word.fold_into(asked);
    }

    pub(super) fn follow(invitations: Invitations) {
        let (me, page, owner) = (use_me(), use_page(), Owner::current());
        spawn_local(async move {
            let (Some(me), Some(owner)) = (me.await, owner) else { return };
            // Without it nothing is missing but the count: the shelf asks by itself.
            let Ok(snapshot) = my_invitations().await else { return };
            owner.with(|| {
                let live = use_channel(PersonChannel(me.id), snapshot, fold);
                Effect::new(move || invitations.live.set(Some(live.state.get())));
                Effect::new(move || match live.heard.get().map(|heard| heard.message) {
                    Some(PersonEvent::Invited { asked }) => {
                        let words = format!("{} {} “{}”", asked.by.name, invites(asked.role), asked.title);
                        page.toast(Toast::of(face(&asked.by), words));
                    }
                    Some(PersonEvent::InvitationEnded { .. }) => invitations.answered.update(|answered| *answered += 1),
                    None => {}
                });
            });
        });
    }
}

/// To do what somebody is invited, in words between a name and a title.
fn invites(role: Role) -> &'static str {
    match role {
        Role::Reader => "invites you to read",
        Role::Editor => "invites you to write in",
        Role::Owner => "invites you to own",
    }
}

/// The invitations on the shelf.
#[component]
pub fn InvitationList(
    /// What waited when the shelf was fetched.
    first: Vec<ReceivedInvitation>,
) -> impl IntoView {
    let invitations = use_invitations();
    let accept = ServerAction::<AcceptInvitation>::new();
    let decline = ServerAction::<DeclineInvitation>::new();
    let asked = Memo::new(move |_| invitations.live.get().unwrap_or_else(|| first.clone()));
    let fault = Signal::derive(move || {
        let accepted = accept.value().get().and_then(Result::err);
        accepted.or_else(|| decline.value().get().and_then(Result::err)).map(|fault| fault.words)
    });
    Effect::new(move || {
        if matches!(decline.value().get(), Some(Ok(()))) {
            invitations.answered.update(|answered| *answered += 1);
        }
    });
    let row = move |asked: ReceivedInvitation| {
        let ReceivedInvitation { book, title, role, by, at } = asked;
        let (also, title) = (book.clone(), title.to_string());
        let (accepts, declines) =
            (format!("Accept the invitation to {title}"), format!("Decline the invitation to {title}"));
        view! {
            <li>
                <Avatar face=face(&by) />
                <p>
                    <strong>{by.name.clone()}</strong>
                    " "
                    {invites(role)}
                    " "
                    <strong dir="auto">{title}</strong>
                    <span class="muted">" as " {role_words(role).to_lowercase()} ", " <Time at /></span>
                </p>
                <ActionForm action=accept attr:class="row">
                    <Which book />
                    <button type="submit" class="primary" aria-label=accepts>
                        "Accept"
                    </button>
                </ActionForm>
                <ActionForm action=decline attr:class="row">
                    <Which book=also />
                    <button type="submit" class="quiet" aria-label=declines>
                        "Decline"
                    </button>
                </ActionForm>
            </li>
        }
    };
    view! {
        <Show when=move || asked.with(|asked| !asked.is_empty()) || fault.with(Option::is_some)>
            <section aria-labelledby="invitations">
                <h2 id="invitations">"Invitations"</h2>
                <ul class="people invitations" aria-labelledby="invitations">
                    <ForEach each=move || asked.get() key=|asked| (asked.book.clone(), asked.at) children=row />
                </ul>
                <Wrong words=fault />
            </section>
        </Show>
    }
    .into_any()
}

/// Names the book in a form.
#[component]
fn Which(book: BookId) -> impl IntoView {
    view! { <input type="hidden" name="book" value=book.to_string() /> }
}
