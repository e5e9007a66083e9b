//! Faces: initials on a colour that is a person's own.

use super::{
    for_each::ForEach,
    hue::{hue, use_given_hues},
    icon::Icon,
};
use leptos::prelude::*;

/// Somebody to show.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Face {
    /// What the colour is taken from: the person's id, or the client's for a guest.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// Whether they hold a pen.
    pub writing: bool,
}

/// One or two letters for a name: "ann.lee" is AL, "Ben" is B.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    let letters: String = words.next().into_iter().chain(words.next_back()).collect();
    if letters.is_empty() { "?".into() } else { letters.to_uppercase() }
}

/// One face. It only repeats the name beside it, and is passed over by those who listen, unless it stands alone.
#[component]
pub fn Avatar(
    /// Whose.
    face: Face,
    /// Whether it stands without a name beside it.
    #[prop(optional)]
    alone: bool,
) -> impl IntoView {
    // In a book that is open, the one they were given there.
    let hues = use_given_hues();
    let id = face.id.clone();
    // The server may still write a page that nobody waits for any more, and that has let go of what its parts had.
    let class = move || {
        let hue = hues.try_with(|hues| hues.of(&id)).unwrap_or_else(|| hue(&id));
        format!("face hue-{hue}")
    };
    let words = if face.writing { format!("{}, writing", face.name) } else { face.name.clone() };
    view! {
        <span
            class=class
            role=alone.then_some("img")
            aria-label=alone.then(|| words.clone())
            aria-hidden=(!alone).then_some("true")
            title=words
        >
            // Not a text but a picture of one: whoever says the name of what has a face in it need not know its letters.
            <span class="initials" data-text=initials(&face.name)></span>
            {face.writing.then(|| view! { <Icon name="pen" /> })}
        </span>
    }
    .into_any()
}

/// Several faces, one over the other, and how many more there are.
#[component]
pub fn Faces(
    /// Whose.
    #[prop(into)]
    faces: Signal<Vec<Face>>,
    /// How many are shown at most.
    #[prop(default = 4)]
    most: usize,
) -> impl IntoView {
    let shown = move || faces.get().into_iter().take(most).collect::<Vec<_>>();
    let more = move || {
        let over = faces.with(Vec::len).saturating_sub(most);
        (over > 0).then(|| {
            let names: Vec<String> = faces.get().into_iter().skip(most).map(|face| face.name).collect();
            let names = names.join(", ");
            view! {
                <span class="face more" role="img" aria-label=format!("and {names}") title=names>
                    <span class="initials" data-text=format!("+{over}")></span>
                </span>
            }
        })
    };
    view! {
        <span class="faces">
            <ForEach each=shown key=Face::clone let:face>
                <Avatar face alone=true />
            </ForEach>
            {more}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        for (name, letters) in [("ann.lee", "AL"), ("Ben", "B"), ("a b c", "AC"), ("", "?"), ("éva", "É")] {
            assert_eq!(initials(name), letters);
        }
    }
}
