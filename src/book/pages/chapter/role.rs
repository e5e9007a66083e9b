//! That whoever looks may do more or less in this book than a moment ago: told where they write, with who changed it and
//! what may be done now.

use super::writer::Writer;
use crate::{
    book::{
        events::{EventKind, role_words},
        model::{Closing, Role, Visibility},
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
        let role = Memo::new(move |_| {
            let me = context.me.with_value(|me| me.as_ref().map(|me| me.id.clone()));
            me.and_then(|me| context.live.state.with(|book| book.role_of(&me)))
        });
        Effect::new(move |before: Option<Option<Role>>| {
            let now = role.get();
            // Where the book itself is closed to them, that is told instead.
            let is_open = context.live.ended.with_untracked(Option::is_none);
            if let Some(before) = before.filter(|before| *before != now && is_open) {
                let closed = writer.closed.with_untracked(|closed| closed.as_ref().map(|closed| closed.how));
                let is_public = context.live.state.with_untracked(|book| book.visibility == Visibility::Public);
                let words = words(made_by(writer).as_deref(), before, now, (closed, is_public));
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

/// Who changed it, where that was just told, and it was somebody else.
fn made_by(writer: Writer) -> Option<String> {
    let context = writer.context;
    context.live.heard.with_untracked(|heard| {
        let told = &heard.as_ref()?.message;
        let whom = match &told.what {
            EventKind::MemberSet { member, .. } => &member.person,
            EventKind::MemberRemoved { person } => person,
            _ => return None,
        };
        let by_another = context.is_me(Some(&whom.id)) && !context.is_me(Some(&told.by.id)) && !told.by.is_somebody();
        by_another.then(|| told.by.name.clone())
    })
}

/// What changed, and what may be done now in a chapter that is perhaps closed, of a book that everybody reads or not.
fn words(
    by: Option<&str>,
    before: Option<Role>,
    now: Option<Role>,
    (closed, is_public): (Option<Closing>, bool),
) -> String {
    let made = match (by, now) {
        (Some(by), Some(now)) => format!("{by} made you {}.", role_words(now)),
        (Some(by), None) => format!("{by} took you out of this book."),
        (None, Some(now)) => format!("You are {} of this book now.", role_words(now)),
        (None, None) => "You no longer belong to this book.".to_owned(),
    };
    let may = match (now, before, closed) {
        (None, ..) if !is_public => "It is not open to you any more.",
        (None | Some(Role::Reader), None | Some(Role::Reader), _) => "You can read along.",
        (None | Some(Role::Reader), ..) => "You can read along, and no longer write.",
        (Some(now), _, Some(how)) if !how.lets_write(now) => "This chapter is closed to writing.",
        (Some(Role::Editor), Some(Role::Owner), _) => "You write on; people and closing are for owners.",
        (Some(Role::Editor), ..) => "You can write here now.",
        (Some(Role::Owner), ..) => "You can also invite people, and close chapters.",
    };
    format!("{made} {may}")
}

/// The line that tells it.
#[component]
pub fn RoleNews(writer: Writer, news: News) -> impl IntoView {
    let read = move |_| {
        // The button goes with what it is about.
        writer.hold_focus();
        news.0.set(None);
    };
    view! {
        <section class="told" aria-label="What you may do has changed">
            <Icon name="people" />
            <p class="what">{move || news.0.get()}</p>
            <button type="button" class="quiet" on:click=read>
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
        let said = |by, before, now| words(by, Some(before), now, (None, true));
        assert_eq!(
            said(Some("ann"), Role::Editor, Some(Role::Reader)),
            "ann made you a reader. You can read along, and no longer write."
        );
        assert_eq!(
            said(None, Role::Owner, Some(Role::Editor)),
            "You are an editor of this book now. You write on; people and closing are for owners."
        );
        assert_eq!(
            said(Some("ann"), Role::Reader, Some(Role::Editor)),
            "ann made you an editor. You can write here now."
        );
        assert_eq!(
            said(Some("ann"), Role::Editor, None),
            "ann took you out of this book. You can read along, and no longer write."
        );
        assert_eq!(
            words(Some("ann"), Some(Role::Editor), None, (None, false)),
            "ann took you out of this book. It is not open to you any more."
        );
    }

    #[test]
    fn nobody_is_told_to_write_in_a_closed_chapter() {
        let locked = |now| words(None, Some(Role::Reader), Some(now), (Some(Closing::Locked), true));
        assert!(locked(Role::Editor).ends_with("This chapter is closed to writing."));
        assert!(locked(Role::Owner).ends_with("close chapters."));
    }
}
