//! Toasts: what others did, for a moment. The activity keeps it for longer.

use super::{
    avatar::{Avatar, Face},
    browser,
    for_each::ForEach,
    icon::Icon,
};
use leptos::prelude::*;
use std::time::Duration;

const MOST: usize = 3;
const SHOWN_FOR: Duration = Duration::from_secs(6);
/// One that can be answered has to be reached first.
const SHOWN_FOR_ANSWER: Duration = Duration::from_secs(15);

/// What a toast says.
#[derive(Clone)]
pub struct Toast {
    /// Whose doing it is, if somebody's.
    face: Option<Face>,
    /// What happened.
    words: String,
    /// What can be done about it: a verb, and what does it.
    answer: Option<(&'static str, Callback<()>)>,
}

impl Toast {
    /// A toast that is nobody's doing.
    pub fn plain(words: impl Into<String>) -> Self {
        Self { face: None, words: words.into(), answer: None }
    }

    /// A toast of what somebody did.
    pub fn of(face: Face, words: impl Into<String>) -> Self {
        Self { face: Some(face), ..Self::plain(words) }
    }

    /// The same with something that can be done about it.
    #[must_use]
    pub fn with_answer(self, verb: &'static str, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self { answer: Some((verb, Callback::new(move |()| act()))), ..self }
    }
}

#[derive(Clone)]
struct Shown {
    number: u64,
    toast: Toast,
    /// How many more of the same person it stands for.
    more: usize,
}

/// The toasts of a page.
#[derive(Clone, Copy)]
pub struct Toasting {
    shown: RwSignal<Vec<Shown>>,
    last: StoredValue<u64>,
}

impl Toasting {
    pub(super) fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), last: StoredValue::new(0) }
    }

    /// Shows one, for a few seconds. Several of one person become one.
    pub fn show(&self, toast: Toast) {
        let number = self.last.get_value() + 1;
        self.last.set_value(number);
        let shown_for = if toast.answer.is_some() { SHOWN_FOR_ANSWER } else { SHOWN_FOR };
        self.shown.update(|shown| match shown.last_mut() {
            Some(last) if last.toast.face.is_some() && last.toast.face == toast.face => {
                *last = Shown { number, toast, more: last.more + 1 };
            }
            _ => {
                shown.push(Shown { number, toast, more: 0 });
                let over = shown.len().saturating_sub(MOST);
                shown.drain(..over);
            }
        });
        self.drop_after(number, shown_for);
    }

    /// Takes it away after a time, but not from under somebody's hand.
    fn drop_after(self, number: u64, time: Duration) {
        let end = move || match browser::is_there(".toast:is(:hover, :focus-within)") {
            true => self.drop_after(number, SHOWN_FOR),
            false => self.drop(number),
        };
        set_timeout(end, time);
    }

    fn drop(&self, number: u64) {
        self.shown.try_update(|shown| shown.retain(|other| other.number != number));
    }
}

/// Where toasts appear.
#[component]
pub fn Toasts(
    /// Those of the page.
    toasts: Toasting,
) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-label="Notices">
            <ForEach each=move || toasts.shown.get() key=|shown| shown.number let:shown>
                <div class="toast">
                    {shown.toast.face.map(|face| view! { <Avatar face /> })} <p>
                        {shown.toast.words}
                        {(shown.more > 0)
                            .then(|| {
                                view! { <span class="muted">{format!(", and {} more", shown.more)}</span> }
                            })}
                    </p>
                    {shown
                        .toast
                        .answer
                        .map(|(verb, act)| {
                            let answer = move |_| {
                                toasts.drop(shown.number);
                                act.run(());
                            };
                            view! {
                                <button type="button" on:click=answer>
                                    {verb}
                                </button>
                            }
                        })}
                    <button
                        type="button"
                        class="quiet small"
                        aria-label="Dismiss"
                        on:click=move |_| toasts.drop(shown.number)
                    >
                        <Icon name="close" />
                    </button>
                </div>
            </ForEach>
        </div>
    }
    .into_any()
}
