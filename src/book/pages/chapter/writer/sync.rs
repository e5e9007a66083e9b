//! Keeping the editor in step with the page: what it is told, and what it tells.

use super::Writer;
use crate::{
    book::{
        channels::ChapterChannel,
        pages::{
            book_context::face_of,
            chapter::{
                editor::{Editor, Mount, Whose},
                references::called,
            },
            search::place::use_place,
            text_server::Names,
        },
    },
    ui::{
        avatar::Face,
        browser,
        hue::{Hues, use_given_hues},
    },
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local, web_sys::HtmlElement};
use serde_json::Value;
use sputnik::{
    ClientId, Present,
    client::{Shown, Whispers, use_whispers},
};
use std::{collections::HashMap, time::Duration};
use wasm_bindgen::JsCast;

/// The editor of this page, once it is there.
#[derive(Clone, Copy)]
pub(super) struct Keeping {
    editor: StoredValue<Option<Editor>, LocalStorage>,
    /// Grows when there is one.
    mounted: RwSignal<bool>,
    /// How many edits it was given, or had from its exchange.
    taken: StoredValue<u64>,
    whispers: Whispers,
    /// Which colours people have in the book.
    hues: RwSignal<Hues>,
    /// Whether the editor shows only the text.
    focus_mode: StoredValue<bool>,
    /// Whether the caret was in the text when it could not be written in any more, and returns there when it can.
    returns: StoredValue<bool>,
    /// When whoever looks stops to be shown as writing.
    rests: StoredValue<Option<TimeoutHandle>>,
}

impl Keeping {
    pub(super) fn new(channel: &ChapterChannel) -> Self {
        Self {
            editor: StoredValue::new_local(None),
            mounted: RwSignal::new(false),
            taken: StoredValue::new(0),
            whispers: use_whispers(channel.name()),
            hues: use_given_hues(),
            focus_mode: StoredValue::new(false),
            returns: StoredValue::new(false),
            rests: StoredValue::new(None),
        }
    }

    /// Does something with the editor, if there is one.
    pub(super) fn with<T>(self, act: impl FnOnce(&Editor) -> T) -> Option<T> {
        self.editor.try_with_value(|editor| editor.as_ref().map(act)).flatten()
    }
}

impl Writer {
    pub(super) fn keep(self) {
        self.mount_when_live();
        self.follow_connection();
        self.hand_on_edits();
        self.hand_on_carets();
        let place = use_place();
        Effect::new(move || {
            if let Some(place) = place.get().filter(|_| self.keeping.mounted.get()) {
                self.keeping.with(|editor| editor.show(&place));
            }
        });
        Effect::new(move || {
            let focus_mode = self.context.focus_mode.get();
            if self.keeping.mounted.get() && self.keeping.focus_mode.get_value() != focus_mode {
                self.keeping.with(Editor::toggle_focus_mode);
            }
        });
        // What was known last is kept, should the chapter be gone.
        let names = Memo::new(move |_| self.names());
        Effect::new(move || {
            let names = names.get();
            if self.keeping.mounted.get() && !names.chapter.is_empty() {
                self.keeping.with(|editor| editor.set_names(&names));
            }
        });
        let called = Memo::new(move |_| self.context.live.state.with(|book| called(&self.context.book(), book)));
        Effect::new(move || {
            let called = called.get();
            if self.keeping.mounted.get() {
                self.keeping.with(|editor| editor.set_chapters(&called));
            }
        });
        Effect::new(move || {
            let may = self.may_write.get();
            if self.keeping.mounted.get() {
                self.let_write(may);
            }
            if !may {
                self.context.writing.set(false);
            }
        });
        on_cleanup(move || {
            drop(self.keeping.editor.try_update_value(Option::take));
        });
    }

    /// The text can be written in from now on, or no longer. A text that cannot be written in has no focus: its place keeps
    /// that meanwhile, so that whoever wrote there goes on where they were.
    fn let_write(self, may: bool) {
        let focused = document().active_element().and_then(|at| at.dyn_into::<HtmlElement>().ok());
        let place = self.node.try_get_untracked().flatten();
        let (in_text, beside) = match (&place, &focused) {
            (Some(place), Some(focused)) => {
                let beside = place.is_same_node(Some(focused.as_ref()));
                (focused.is_content_editable() && place.contains(Some(focused.as_ref())), beside)
            }
            _ => (false, false),
        };
        self.keeping.with(|editor| editor.set_writable(may));
        if !may && in_text {
            self.hold_focus();
            self.keeping.returns.set_value(true);
        } else if may && self.keeping.returns.get_value() {
            self.keeping.returns.set_value(false);
            // Unless they have gone elsewhere.
            if beside {
                self.keeping.with(Editor::focus);
            }
        }
    }

    /// Puts the editor into its node, as soon as that is this page's and not only the server's.
    fn mount_when_live(self) {
        Effect::new(move |begun: Option<bool>| {
            let Some(node) = self.node.get().filter(|_| begun != Some(true)) else { return begun == Some(true) };
            spawn_local(self.put_into(node.unchecked_into()));
            true
        });
    }

    async fn put_into(self, node: HtmlElement) {
        let Some(mount) = self.mount() else { return };
        let editor = match Editor::mount(&node, mount).await {
            Ok(editor) => editor,
            Err(words) => return drop(self.missing.try_set(Some(words))),
        };
        // The page may be another by now.
        if self.keeping.editor.try_set_value(Some(editor)).is_none() {
            self.keeping.taken.set_value(self.live.state.with_untracked(|text| text.edits));
            self.keeping.mounted.set(true);
            // Whoever begins a chapter wants to write in it; unless they type elsewhere by now.
            let begun = self.context.begun.try_update_value(Option::take).flatten();
            if self.part.with_value(|part| begun.as_ref() == Some(part)) && !browser::is_typing() {
                self.keeping.with(Editor::focus);
            }
        }
    }

    /// Another editor takes the place of this one, with the text as the server has it.
    pub(super) fn begin_anew(self) {
        let Some(old) = self.keeping.editor.try_update_value(Option::take).flatten() else { return };
        self.keeping.mounted.set(false);
        spawn_local(async move {
            old.end_without_refused().await;
            let Some(node) = self.node.try_get_untracked().flatten() else { return };
            let node: HtmlElement = node.unchecked_into();
            node.set_inner_html("<div class=\"prose manuscript\"></div>");
            self.put_into(node).await;
        });
    }

    /// What chapter and book are called now.
    fn names(self) -> Names {
        self.context.live.state.with(|book| Names {
            book: book.title.to_string(),
            chapter: self
                .part
                .with_value(|part| book.part(part).map(|part| part.title.to_string()))
                .unwrap_or_default(),
        })
    }

    fn mount(self) -> Option<Mount> {
        let client = self.connection.client.try_get_untracked()?.map(|client| client.to_string()).unwrap_or_default();
        let me = self.context.me.try_get_value()?;
        let is_somebody = me.is_some();
        let face = me.map_or_else(
            || Face { id: client.clone(), name: "Guest".into(), writing: false },
            |me| crate::book::pages::book_context::face(&me),
        );
        let whose = whose(&face, &self.keeping.hues.try_get_untracked()?);
        let (book, part) = self.place();
        let say = self.keeping.whispers.say;
        Some(Mount {
            book,
            part,
            names: untrack(|| self.names()),
            offline: is_somebody,
            whose,
            client,
            language: document().document_element().and_then(|html| html.get_attribute("lang")).unwrap_or_default(),
            writable: self.may_write.get_untracked(),
            whisper: Box::new(move |caret| {
                // The last one comes while the page goes, and nobody is there to hear it.
                if self.keeping.mounted.try_get_untracked() == Some(true) {
                    self.is_writing(!caret.is_null());
                    say.run(caret);
                }
            }),
            changed: Box::new(move |standing| {
                if standing.outdated {
                    self.connection.is_outdated();
                }
                self.standing.try_set(standing);
            }),
            focus_mode: Box::new(move |on| {
                self.keeping.focus_mode.try_set_value(on);
                self.context.focus_mode.try_set(on);
            }),
        })
    }

    /// Whoever moves their caret where they may write is shown as writing, until they have not for a while.
    fn is_writing(self, moves: bool) {
        const A_WHILE: Duration = Duration::from_secs(30);
        let writes = moves && self.may_write.try_get_untracked() == Some(true);
        if self.context.writing.try_get_untracked() != Some(writes) {
            self.context.writing.try_set(writes);
        }
        if let Some(Ok(timer)) = writes.then(|| {
            let stop = move || _ = self.context.writing.try_set(false);
            set_timeout_with_handle(stop, A_WHILE)
        }) && let Some(Some(before)) = self.keeping.rests.try_update_value(|rests| rests.replace(timer))
        {
            before.clear();
        }
    }

    fn follow_connection(self) {
        Effect::new(move |before: Option<Option<(Shown, Option<ClientId>)>>| {
            let now = (self.connection.shown.get(), self.connection.client.get());
            if !self.keeping.mounted.get() {
                return None;
            }
            let before = before.flatten();
            if before.as_ref() != Some(&now) {
                let client = now.1.as_ref().filter(|_| now.0 == Shown::Live);
                match (now.0, client) {
                    (Shown::Reconnecting, _) => self.keeping.with(|editor| editor.connection(None)),
                    // One that was just mounted asks by itself.
                    (_, Some(client)) if before.is_some() => {
                        self.keeping.with(|editor| editor.connection(Some(client.as_str())))
                    }
                    // It asks by itself meanwhile.
                    _ => None,
                };
            }
            Some(now)
        });
    }

    /// What others wrote. Where some of it did not come by a message, the editor asks for what it lacks.
    fn hand_on_edits(self) {
        let keeping = self.keeping;
        Effect::new(move || {
            let edits = self.live.state.with(|text| text.edits);
            if !keeping.mounted.get() {
                return;
            }
            let fresh =
                self.live.state.try_update_untracked(|text| std::mem::take(&mut text.fresh)).unwrap_or_default();
            let taken = keeping.taken.get_value() + fresh.len() as u64;
            keeping.taken.set_value(edits);
            keeping.with(|editor| fresh.iter().for_each(|edit| editor.receive(edit)));
            if taken != edits
                && let Some(client) = self.connection.client.get_untracked()
            {
                keeping.with(|editor| editor.connection(Some(client.as_str())));
            }
        });
    }

    /// Where others are. What they are called, the book's presence says, not they.
    fn hand_on_carets(self) {
        let keeping = self.keeping;
        let ready = Memo::new(move |_| self.standing.with(|standing| standing.ready));
        Effect::new(move |known: Option<HashMap<ClientId, Value>>| {
            // Where somebody is can only be shown in a text that is there.
            ready.track();
            let mut known = known.unwrap_or_default();
            let heard = keeping.whispers.heard.get();
            let part = self.part.with_value(ToString::to_string);
            let in_part = |who: &&Present| who.state.get("part").and_then(Value::as_str) == Some(&*part);
            let hues = self.keeping.hues.get();
            let there: HashMap<ClientId, Whose> = self.context.presence.roster.with(|roster| {
                let here = roster.iter().flat_map(|roster| &roster.here).filter(in_part);
                here.map(|who| (who.client.clone(), whose(&face_of(who), &hues))).collect()
            });
            if !keeping.mounted.get() {
                return known;
            }
            known.retain(|client, _| {
                let stays = there.contains_key(client);
                if !stays {
                    keeping.with(|editor| editor.left(client.as_str()));
                }
                stays
            });
            if there.keys().any(|client| !known.contains_key(client)) {
                keeping.with(Editor::came);
            }
            for (client, person) in there {
                let before = known.entry(client.clone()).or_default();
                if let Some(caret) = heard.get(&client).filter(|caret| *caret != before) {
                    keeping.with(|editor| editor.whispered(client.as_str(), &person, caret));
                    before.clone_from(caret);
                }
            }
            // One who writes elsewhere is looked for by the page of that chapter.
            if let Some(client) = self.context.sought.get().filter(|client| known.contains_key(client)) {
                keeping.with(|editor| editor.jump_to(client.as_str()));
                self.context.sought.set(None);
            }
            known
        });
    }
}

fn whose(face: &Face, hues: &Hues) -> Whose {
    Whose { id: face.id.clone(), name: face.name.clone(), colour: hues.of(&face.id) }
}
