//! Whether the keyboard of a phone or a tablet is up, told to the style sheet: then the screen is the text's.
//!
//! No browser says it. It comes up with the focus in a text field where fingers point, and takes from the height of what
//! is seen; it goes with the focus, or by a key of its own, which only the height shows.

/// How much of the greatest height is seen at most while a keyboard is up.
#[cfg(any(feature = "hydrate", test))]
const PART: f64 = 0.78;

/// What is known of it.
#[cfg(any(feature = "hydrate", test))]
#[derive(Debug, Clone, Copy, Default)]
struct Keyboard {
    width: f64,
    /// The greatest height seen at this width.
    tallest: f64,
    height: f64,
    /// Whether the focus is in a text field, where fingers point.
    typing: bool,
    /// Whether it has taken from the height since.
    has_shrunk: bool,
    is_up: bool,
}

#[cfg(any(feature = "hydrate", test))]
impl Keyboard {
    fn focused(&mut self, typing: bool) {
        // From one field to the next it stays as it is.
        if typing != self.typing {
            self.typing = typing;
            self.is_up = typing;
            self.has_shrunk = typing && self.is_small();
        }
    }

    fn sized(&mut self, width: f64, height: f64) {
        if (width - self.width).abs() > 1.0 {
            // The phone was turned.
            (self.width, self.tallest, self.has_shrunk) = (width, height, false);
        }
        self.height = height;
        self.tallest = self.tallest.max(height);
        if self.typing && (self.is_small() || self.has_shrunk) {
            self.is_up = self.is_small();
            self.has_shrunk = self.is_small();
        }
    }

    fn is_small(&self) -> bool {
        self.height < self.tallest * PART
    }
}

/// Follows it, for as long as the document lives.
#[cfg(feature = "hydrate")]
pub fn follow() {
    use leptos::prelude::{document, request_animation_frame, window, window_event_listener_untyped};
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Element, EventTarget, HtmlElement, HtmlInputElement};

    use super::browser::property;

    fn is_text_field(at: &Element) -> bool {
        let kinds_without_text = ["button", "checkbox", "color", "file", "hidden", "radio", "range", "reset", "submit"];
        match at.dyn_ref::<HtmlInputElement>() {
            Some(input) => !kinds_without_text.contains(&&*input.type_()),
            None => {
                at.tag_name() == "TEXTAREA" || at.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable)
            }
        }
    }

    let fingers = || matches!(window().match_media("(pointer: coarse)"), Ok(Some(query)) if query.matches());
    let Some(seen) = property(&window(), "visualViewport").and_then(|seen| seen.dyn_into::<EventTarget>().ok()) else {
        return;
    };
    let keyboard = Rc::new(Cell::new(Keyboard::default()));
    let look = {
        let seen = seen.clone();
        move || {
            let number = |name: &str| property(&seen, name).and_then(|number| number.as_f64()).unwrap_or_default();
            let mut now = keyboard.get();
            // Whoever looks closely sees less of the page, without any keyboard.
            let scale = number("scale").max(0.1);
            now.sized(number("width") * scale, number("height") * scale);
            now.focused(fingers() && document().active_element().is_some_and(|at| is_text_field(&at)));
            keyboard.set(now);
            let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) else {
                return;
            };
            let style = root.style();
            let _ = match now.is_up {
                true => root.set_attribute("data-keyboard", ""),
                false => root.remove_attribute("data-keyboard"),
            };
            let _ = style.set_property("--seen", &format!("{}px", number("height")));
            let _ = style.set_property("--seen-top", &format!("{}px", number("offsetTop")));
        }
    };
    look();
    let look = Rc::new(look);
    for name in ["focusin", "focusout"] {
        let look = Rc::clone(&look);
        // Between two fields the focus is nowhere for a moment.
        let soon = move |_| {
            let look = Rc::clone(&look);
            request_animation_frame(move || look());
        };
        drop(window_event_listener_untyped(name, soon));
    }
    let changed = Closure::<dyn Fn()>::new(move || look());
    for name in ["resize", "scroll"] {
        // It can only fail where there is no such event.
        let _ = seen.add_event_listener_with_callback(name, changed.as_ref().unchecked_ref());
    }
    changed.forget();
}

/// Follows it: there is none on the server.
#[cfg(not(feature = "hydrate"))]
pub fn follow() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> Keyboard {
        let mut phone = Keyboard::default();
        phone.sized(390.0, 844.0);
        phone
    }

    #[test]
    fn it_is_up_with_the_focus_in_a_text_and_goes_with_it() {
        let mut phone = phone();
        phone.focused(true);
        assert!(phone.is_up);
        phone.sized(390.0, 420.0);
        assert!(phone.is_up);
        phone.focused(false);
        phone.sized(390.0, 844.0);
        assert!(!phone.is_up);
    }

    #[test]
    fn put_away_by_its_own_key_it_is_down_and_up_again_when_it_comes_back() {
        let mut phone = phone();
        phone.focused(true);
        phone.sized(390.0, 420.0);
        phone.sized(390.0, 844.0);
        assert!(!phone.is_up, "the focus is still in the text");
        phone.sized(390.0, 420.0);
        assert!(phone.is_up);
    }

    #[test]
    fn a_browser_whose_own_bars_come_and_go_hides_nothing() {
        let mut phone = phone();
        phone.sized(390.0, 780.0);
        assert!(!phone.is_up);
        phone.focused(true);
        phone.sized(390.0, 800.0);
        assert!(phone.is_up);
    }

    #[test]
    fn a_phone_that_is_turned_is_measured_anew() {
        let mut phone = phone();
        phone.sized(844.0, 390.0);
        assert!(!phone.is_up);
        phone.focused(true);
        phone.sized(844.0, 180.0);
        assert!(phone.is_up);
    }
}
