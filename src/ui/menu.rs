//! A menu behind a button: the browser's own `<details>`, which opens without JavaScript too.

use leptos::{html, prelude::*, wasm_bindgen::JsCast, web_sys};

/// The button, and below it what can be chosen. It closes when something is chosen, when anything else is pressed, and
/// on Escape; the focus goes back to the button.
#[component]
pub fn Menu(
    /// What the button is called.
    #[prop(into)]
    label: Signal<String>,
    /// Tells this menu from others in the style sheet.
    class: &'static str,
    /// What stands on the button.
    #[prop(into)]
    face: ViewFn,
    /// What can be chosen: links, buttons, and forms of them.
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    close_from_outside(menu);
    // Before what was chosen does its work: a dialog that it opens gives the focus back to where it was then.
    let chosen = move |event: web_sys::MouseEvent| {
        let at = event.target().and_then(|at| at.dyn_into::<web_sys::Element>().ok());
        let is_choice = at.is_some_and(|at| matches!(at.closest("a, button"), Ok(Some(_))));
        if let Some(menu) = menu.get_untracked().filter(|_| is_choice) {
            shut(&menu, true);
        }
    };
    view! {
        <details class=format!("menu {class}") node_ref=menu>
            <summary aria-label=label title=label>
                {face.run()}
            </summary>
            <div class="menu-sheet" on:click:capture=chosen>
                {children()}
            </div>
        </details>
    }
    .into_any()
}

/// Closes it, and may give the focus back to its button.
fn shut(menu: &web_sys::HtmlElement, focus: bool) {
    // Either can only fail where there is no such menu.
    let _ = menu.remove_attribute("open");
    if let (true, Ok(Some(button))) = (focus, menu.query_selector("summary")) {
        let _ = button.dyn_into::<web_sys::HtmlElement>().map(|button| button.focus());
    }
}

fn close_from_outside(menu: NodeRef<html::Details>) {
    Effect::new(move || {
        let pressed = window_event_listener(leptos::ev::click, move |event| {
            let Some(Some(menu)) = menu.try_get_untracked() else { return };
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if !menu.contains(target.as_ref()) {
                shut(&menu, false);
            }
        });
        let escaped = window_event_listener(leptos::ev::keydown, move |event| {
            let Some(Some(menu)) = menu.try_get_untracked() else { return };
            if event.key() == "Escape" && menu.has_attribute("open") {
                shut(&menu, true);
            }
        });
        on_cleanup(move || {
            pressed.remove();
            escaped.remove();
        });
    });
}
