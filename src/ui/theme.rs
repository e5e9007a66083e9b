//! Light, dark, or as the device is set: remembered in a cookie, so that the server already sends the right one.

use super::browser;
use leptos::prelude::*;

const COOKIE: &str = "theme";

/// How the pages look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device is set.
    #[default]
    Auto,
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// What the reader chose last.
    #[must_use]
    pub fn remembered() -> Self {
        let name = browser::cookie(COOKIE).unwrap_or_default();
        Self::ALL.into_iter().find(|theme| theme.attribute() == name).unwrap_or_default()
    }

    /// The theme as the document's `data-theme`.
    #[must_use]
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Auto => "As this device",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// The switch.
#[component]
pub fn ThemeSwitch(
    /// The theme of the page.
    theme: RwSignal<Theme>,
) -> impl IntoView {
    let choose = move |chosen: Theme| {
        theme.set(chosen);
        browser::set_cookie(COOKIE, chosen.attribute());
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", chosen.attribute());
        }
    };
    view! {
        <fieldset class="theme">
            <legend>"Theme"</legend>
            {Theme::ALL
                .map(|each| {
                    view! {
                        <label>
                            <input
                                type="radio"
                                name="theme"
                                checked=Theme::remembered() == each
                                prop:checked=move || theme.get() == each
                                on:change=move |_| choose(each)
                            />
                            {each.words()}
                        </label>
                    }
                })
                .into_iter()
                .collect_view()}
        </fieldset>
    }
}
