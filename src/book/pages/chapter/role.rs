//! That whoever looks may do more or less in this book than a moment ago: told where they write, with who changed it and
//! what may be done now.

use super::writer::Writer;
use crate::{
    book::{
        events::{EventKind, role_words},
        model::{Closing, Role},
    },
    ui::icon::Icon,
};
use leptos::prelude::*;

/// The newest change, until it was read. Cheap to copy.
#[derive(Clone, Copy)]
pub struct News(RwSignal<Option<String>>);

impl News {
    /// Follows the role of whoever looks.
    pub fn of(writer: Writer) -> Self {
        let (context, news) = (writer.context, RwSignal::new(None));
        Effect::new(move |before: Option<Role>| {
            let now = context.role.get();
            if let Some(before) = before.filter(|before| *before != now) {
                let closed = writer.closed.with_untracked(|closed| closed.as_ref().map(|closed| closed.how));
                let words = words(made_by(writer).as_deref(), before, now, closed);
                writer.page.announce(words.clone());
                news.set(Some(words));
            }
            now
        });
        Self(news)
    }

    /// Whether there is any.
    pub fn is_there(self) -> bool {
        self.0.with(Option::is_some)
    }
}

/// Who changed it, where that was just told.
fn made_by(writer: Writer) -> Option<String> {
    writer.context.live.heard.with_untracked(|heard| {
        let told = &heard.as_ref()?.message;
        match &told.what {
            EventKind::MemberSet { member, .. } if writer.context.is_me(Some(&member.person.id)) => {
                (!writer.context.is_me(Some(&told.by.id)) && !told.by.is_somebody()).then(|| told.by.name.clone())
            }
            _ => None,
        }
    })
}

/// What changed, and what may be done now.
fn words(by: Option<&str>, before: Role, now: Role, closed: Option<Closing>) -> String {
    let role = role_words(now);
    let made = by.map_or_else(|| format!("You are {role} of this book now."), |by| format!("{by} made you {role}."));
    let may = match (now, before, closed) {
        (Role::Reader, ..) => "You can read along, and no longer write.",
        (Role::Editor | Role::Owner, _, Some(how)) if !how.lets_write(now) => "This chapter is closed to writing.",
        (Role::Editor, Role::Owner, _) => "You write on; people and closing are for owners.",
        (Role::Editor, ..) => "You can write here now.",
        (Role::Owner, ..) => "You can also invite people, and close chapters.",
    };
    format!("{made} {may}")
}

/// The line that tells it.
#[component]
pub fn RoleNews(news: News) -> impl IntoView {
    view! {
        <section class="told" aria-label="What you may do has changed">
            <Icon name="people" />
            <p class="what">{move || news.0.get()}</p>
            <button type="button" class="quiet" on:click=move |_| news.0.set(None)>
                "I see"
            </button>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changed_it_and_what_may_be_done_now_is_said() {
        let said = |by, before, now| words(by, before, now, None);
        assert_eq!(
            said(Some("ann"), Role::Editor, Role::Reader),
            "ann made you a reader. You can read along, and no longer write."
        );
        assert_eq!(
            said(None, Role::Owner, Role::Editor),
            "You are an editor of this book now. You write on; people and closing are for owners."
        );
        assert_eq!(said(Some("ann"), Role::Reader, Role::Editor), "ann made you an editor. You can write here now.");
    }

    #[test]
    fn nobody_is_told_to_write_in_a_closed_chapter() {
        let locked = |now| words(None, Role::Reader, now, Some(Closing::Locked));
        assert!(locked(Role::Editor).ends_with("This chapter is closed to writing."));
        assert!(locked(Role::Owner).ends_with("close chapters."));
    }
}
