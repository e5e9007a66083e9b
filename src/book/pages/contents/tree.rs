//! What the tree of the contents knows and does: which lines are folded, focused, dragged, and how a part is moved.

use super::{
    super::{
        book_context::{BookContext, Here, faces_by_part, people_here},
        retry::patiently,
    },
    moves::{Step, Zone, dropped, place_of, step},
    rows::{Row, around, rows},
};
use crate::{
    book::{
        commands::contents::{bring_back, move_part, remove_part, rename_part, set_status},
        commands::parts::{duplicate_chapter, join_chapters},
        commands::replace::take_back_replacement,
        commands::shelf::open_book,
        events::EventKind,
        model::{BookId, Kind, PartId, Place, Status, Title},
        state::Book,
    },
    ui::{
        avatar::Face,
        browser,
        page::{Page, use_page},
        toast::Toast,
    },
};
use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local, wasm_bindgen::JsCast, web_sys};
use leptos_router::hooks::use_navigate;
use sputnik::Fault;
use std::collections::{HashMap, HashSet};

/// The tree. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Tree {
    /// The book it is of.
    pub context: BookContext,
    /// For announcements.
    pub page: Page,
    /// Its visible lines, in order.
    pub rows: Memo<Vec<Row>>,
    /// The same, by id.
    pub by_id: Memo<HashMap<PartId, Row>>,
    /// Who looks at what.
    pub faces: Memo<HashMap<PartId, Vec<Face>>>,
    /// Sections whose parts are hidden.
    pub folded: RwSignal<HashSet<PartId>>,
    /// The line that Tab comes to.
    pub focus: RwSignal<Option<PartId>>,
    /// The line whose title is being changed.
    pub renaming: RwSignal<Option<PartId>>,
    /// The line whose menu is open, and where on the screen.
    pub menu: RwSignal<Option<(PartId, f64, f64)>>,
    /// The line somebody wants to delete.
    pub removing: RwSignal<Option<PartId>>,
    /// The chapter somebody wants to move to another book.
    pub leaving: RwSignal<Option<PartId>>,
    /// What is being dragged.
    pub dragging: RwSignal<Option<PartId>>,
    /// Where it would go.
    pub target: RwSignal<Option<(PartId, Zone)>>,
    /// What went wrong last.
    pub fault: RwSignal<Option<String>>,
    /// What was deleted here last, and where it was.
    removed: RwSignal<Option<(PartId, Place)>>,
    /// What is being brought back.
    returning: RwSignal<Option<PartId>>,
    go: StoredValue<Callback<String>>,
}

impl Tree {
    /// The tree of an open book.
    pub fn new(context: BookContext) -> Self {
        let folded = RwSignal::new(HashSet::new());
        let rows = Memo::new(move |_| folded.with(|folded| context.live.state.with(|book| rows(book, folded))));
        let navigate = use_navigate();
        let here: Memo<Vec<Here>> = Memo::new(move |_| {
            context.presence.roster.with(|roster| roster.as_ref().map(people_here).unwrap_or_default())
        });
        let tree = Self {
            context,
            page: use_page(),
            rows,
            by_id: Memo::new(move |_| rows.get().into_iter().map(|row| (row.id.clone(), row)).collect()),
            faces: Memo::new(move |_| here.with(|here| faces_by_part(here))),
            folded,
            focus: RwSignal::new(None),
            renaming: RwSignal::new(None),
            menu: RwSignal::new(None),
            removing: RwSignal::new(None),
            leaving: RwSignal::new(None),
            dragging: RwSignal::new(None),
            target: RwSignal::new(None),
            fault: RwSignal::new(None),
            removed: RwSignal::new(None),
            returning: RwSignal::new(None),
            go: StoredValue::new(Callback::new(move |path: String| navigate(&path, Default::default()))),
        };
        tree.keep_focus();
        tree
    }

    /// Opens a page of this site.
    pub fn go(&self, path: String) {
        self.go.get_value().run(path);
    }

    /// Whether Tab comes to this line: the focused one; before there is one, the open chapter, or the first.
    pub fn is_stop(&self, id: &PartId) -> bool {
        let is_there = |at: &PartId| self.by_id.with(|rows| rows.contains_key(at));
        let stop = self.focus.get().filter(is_there).or_else(|| self.context.part.get().filter(is_there));
        stop.or_else(|| self.rows.with(|rows| rows.first().map(|row| row.id.clone()))).as_ref() == Some(id)
    }

    fn focus_on(&self, id: &PartId) {
        self.focus.set(Some(id.clone()));
        browser::focus(&format!("part-{id}"));
    }

    /// Answers a key pressed on a line.
    pub fn key(&self, event: &KeyboardEvent, id: &PartId) {
        if self.renaming.with_untracked(Option::is_some) {
            return;
        }
        // A button on the line answers its own keys.
        let at = event.target().and_then(|at| at.dyn_into::<web_sys::Element>().ok());
        if at.as_ref().is_some_and(|at| at.tag_name() == "BUTTON") {
            return;
        }
        let can_edit = self.context.can_edit_untracked();
        match (&*event.key(), event.alt_key()) {
            ("ArrowUp", true) if can_edit => self.step(id, Step::Up),
            ("ArrowDown", true) if can_edit => self.step(id, Step::Down),
            ("ArrowRight", true) if can_edit => self.step(id, Step::In),
            ("ArrowLeft", true) if can_edit => self.step(id, Step::Out),
            (_, true) => return,
            ("z" | "Z", _) if can_edit && (event.ctrl_key() || event.meta_key()) => self.undo_removal(),
            ("ArrowUp", _) => self.walk(id, -1),
            ("ArrowDown", _) => self.walk(id, 1),
            ("Home", _) => self.walk(id, isize::MIN),
            ("End", _) => self.walk(id, isize::MAX),
            ("ArrowRight", _) => self.unfold(id),
            ("ArrowLeft", _) => self.fold(id),
            ("Enter", _) => self.go(self.context.path(id)),
            ("ContextMenu", _) if can_edit => self.open_menu(id, at.as_ref()),
            ("F10", _) if can_edit && event.shift_key() => self.open_menu(id, at.as_ref()),
            ("F2", _) if can_edit => self.renaming.set(Some(id.clone())),
            ("Delete", _) if can_edit => self.removing.set(Some(id.clone())),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    /// Opens the menu of a line below an element of it.
    pub fn open_menu(&self, id: &PartId, below: Option<&web_sys::Element>) {
        if let Some(below) = below {
            let (left, top, _, height) = browser::rect(below);
            self.menu.set(Some((id.clone(), left, top + height)));
        }
    }

    fn walk(&self, id: &PartId, by: isize) {
        let next = self.rows.with_untracked(|rows| {
            let at = rows.iter().position(|row| row.id == *id)?;
            let at = at.saturating_add_signed(by).min(rows.len().saturating_sub(1));
            rows.get(at).map(|row| row.id.clone())
        });
        if let Some(next) = next {
            self.focus_on(&next);
        }
    }

    fn unfold(&self, id: &PartId) {
        let Some(row) = self.by_id.with_untracked(|rows| rows.get(id).cloned()) else { return };
        if row.folded {
            self.toggle(id);
        } else if row.kind == Kind::Section {
            self.walk(id, 1);
        }
    }

    fn fold(&self, id: &PartId) {
        let Some(row) = self.by_id.with_untracked(|rows| rows.get(id).cloned()) else { return };
        if row.kind == Kind::Section && !row.folded {
            self.toggle(id);
        } else if let Some(parent) = self.context.live.state.with_untracked(|book| book.part(id)?.parent.clone()) {
            self.focus_on(&parent);
        }
    }

    /// Folds or unfolds a section.
    pub fn toggle(&self, id: &PartId) {
        self.folded.update(|folded| {
            if !folded.remove(id) {
                folded.insert(id.clone());
            }
        });
    }

    /// Moves a part one step.
    pub fn step(&self, id: &PartId, way: Step) {
        match self.context.live.state.with_untracked(|book| step(book, id, way)) {
            Ok(place) => {
                self.relocate(id, place);
                let id = id.clone();
                // The line is drawn anew in its new place: the focus goes with it.
                request_animation_frame(move || browser::focus(&format!("part-{id}")));
            }
            Err(words) => self.page.announce(words),
        }
    }

    /// Puts what is dragged where the line is shown.
    pub fn drop_here(&self) {
        let (dragged, target) = (self.dragging.get_untracked(), self.target.get_untracked());
        self.dragging.set(None);
        self.target.set(None);
        if let (Some(id), Some((onto, zone))) = (dragged, target)
            && let Some(place) = self.context.live.state.with_untracked(|book| dropped(book, &id, &onto, zone))
        {
            self.relocate(&id, place);
        }
    }

    /// Moves a part.
    fn relocate(&self, id: &PartId, place: Place) {
        let title = self.context.live.state.with_untracked(|book| book.part(id).map(|part| part.title.clone()));
        let Some(title) = title else { return };
        if let Some(section) = &place.parent {
            self.folded.update(|folded| {
                folded.remove(section);
            });
        }
        self.page.announce(self.where_to(&title, &place));
        let moved = EventKind::PartMoved { part: id.clone(), title, place: place.clone(), from: None, to: None };
        self.context.run_predicted(moved, move_part(self.context.book(), id.clone(), place), self.fault);
    }

    fn where_to(&self, title: &Title, place: &Place) -> String {
        self.context.live.state.with_untracked(|book| {
            let name =
                |id: &Option<PartId>| id.as_ref().and_then(|id| book.part(id)).map(|part| part.title.to_string());
            match (name(&place.before), name(&place.parent)) {
                (Some(before), _) => format!("“{title}” moved before “{before}”."),
                (None, Some(section)) => format!("“{title}” moved to the end of “{section}”."),
                (None, None) => format!("“{title}” moved to the end."),
            }
        })
    }

    /// Makes a chapter once more.
    pub fn duplicate(&self, id: &PartId) {
        let (tree, book, id) = (*self, self.context.book(), id.clone());
        self.fault.set(None);
        spawn_local(async move {
            match patiently(|| duplicate_chapter(book.clone(), id.clone())).await {
                Ok(_) => tree.page.announce("The chapter is there twice now."),
                Err(why) => _ = tree.fault.try_set(Some(why.words)),
            }
        });
    }

    /// Puts the chapter that follows at the end of this one, and offers to take the two apart again.
    pub fn join(&self, id: &PartId) {
        let there = |book: &Book| {
            let next = around(book, id).1?;
            Some((next.id.clone(), next.title.clone(), place_of(book, &next.id)?))
        };
        let Some((next, title, place)) = self.context.live.state.with_untracked(there) else { return };
        let (tree, book, id) = (*self, self.context.book(), id.clone());
        self.fault.set(None);
        spawn_local(async move {
            let joined = patiently(|| join_chapters(book.clone(), id.clone(), next.clone())).await;
            match joined {
                Ok(()) => {
                    let undo = move || tree.take_apart(book.clone(), (id.clone(), next.clone()), place.clone());
                    let words = format!("“{title}” is joined to the chapter before it.");
                    tree.page.toast(Toast::plain(words).with_answer("Undo", undo));
                }
                Err(why) => _ = tree.fault.try_set(Some(why.words)),
            }
        });
    }

    /// Takes apart what was joined here: the second chapter is back where it was, and then what came of it goes from the
    /// first, wherever nobody has changed it since. Also from another page, where there is no such tree any more.
    fn take_apart(&self, book: BookId, (first, second): (PartId, PartId), place: Place) {
        let tree = *self;
        tree.returning.try_set(Some(second.clone()));
        spawn_local(async move {
            let apart = async {
                // Which version came of it, the book's activity tells.
                let version = version_of_joining(&open_book(book.clone()).await?.snapshot.state, &second);
                bring_back(book.clone(), second, Some(place)).await?;
                if let Some(version) = version {
                    patiently(|| take_back_replacement(book.clone(), first.clone(), version)).await?;
                }
                Ok::<_, Fault>(())
            };
            if let Err(why) = apart.await {
                tree.fault.try_set(Some(why.words));
            }
        });
    }

    /// Renames a part.
    pub fn rename(&self, id: &PartId, typed: &str) {
        let Some(old) = self.context.live.state.with_untracked(|book| book.part(id).map(|part| part.title.clone()))
        else {
            return;
        };
        match typed.parse::<Title>() {
            Ok(title) if title == old => {}
            Ok(title) => {
                let renamed = EventKind::PartRenamed { part: id.clone(), old, title: title.clone() };
                self.context.run_predicted(renamed, rename_part(self.context.book(), id.clone(), title), self.fault);
            }
            Err(bad) => self.fault.set(Some(bad.to_string())),
        }
    }

    /// Sets a chapter's status.
    pub fn set_status(&self, id: &PartId, status: Status) {
        set_status_of(self.context, id, status, self.fault);
    }

    /// Deletes a part, with all it holds, and offers to bring it back.
    pub fn remove(&self, id: &PartId) {
        let (tree, id) = (*self, id.clone());
        let there = |book: &Book| Some((book.part(&id)?.title.clone(), place_of(book, &id)?));
        let Some((title, place)) = tree.context.live.state.with_untracked(there) else { return };
        let book = tree.context.book();
        tree.fault.set(None);
        // With the line the focus goes to the one beside it, wherever it was deleted from.
        tree.focus.set(Some(id.clone()));
        spawn_local(async move {
            match remove_part(book.clone(), id.clone()).await {
                Ok(()) => {
                    tree.removed.try_set(Some((id.clone(), place.clone())));
                    let undo = move || tree.bring_back(book.clone(), id.clone(), place.clone());
                    tree.page.toast(Toast::plain(format!("“{title}” is deleted.")).with_answer("Undo", undo));
                }
                Err(why) => {
                    // Unless another page is shown by now.
                    if tree.fault.try_set(Some(why.words)).is_none() {
                        tree.focus_on(&id);
                    }
                }
            }
        });
    }

    /// Brings back what was deleted here last.
    fn undo_removal(&self) {
        match self.removed.try_update(Option::take).flatten() {
            Some((id, place)) => self.bring_back(self.context.book(), id, place),
            None => self.page.announce("Nothing was deleted here."),
        }
    }

    /// Brings back what was deleted here, to where it was; the focus goes there when it is. Also from another page, where
    /// there is no such tree any more.
    fn bring_back(&self, book: BookId, id: PartId, place: Place) {
        let tree = *self;
        tree.removed.try_update(|removed| drop(removed.take_if(|(other, _)| *other == id)));
        tree.returning.try_set(Some(id.clone()));
        spawn_local(async move {
            if let Err(why) = bring_back(book, id, Some(place)).await {
                tree.fault.try_set(Some(why.words));
            }
        });
    }

    /// The focus never falls out of the tree with a line that goes, whoever deleted it, and meets one that comes back.
    fn keep_focus(self) {
        Effect::new(move |before: Option<Vec<Row>>| {
            let now = self.rows.get();
            let is_there = |id: &PartId| now.iter().any(|row| row.id == *id);
            let returned = self.returning.get_untracked().filter(is_there);
            let focus = self.focus.get_untracked();
            let gone = before.as_ref().zip(focus.filter(|id| !is_there(id))).and_then(|(before, gone)| {
                let at = before.iter().position(|row| row.id == gone)?;
                let (above, below) = before.split_at(at);
                let beside = below.iter().chain(above.iter().rev()).find(|row| is_there(&row.id));
                Some(beside.map(|row| row.id.clone()))
            });
            if returned.is_some() {
                self.returning.set(None);
            }
            let is_back = returned.is_some();
            if let Some(next) = returned.map(Some).or(gone) {
                self.focus.set(next.clone());
                // Once the lines are drawn as they are now.
                request_animation_frame(move || {
                    if browser::is_focus_nowhere() || (is_back && !browser::is_typing()) {
                        match next {
                            Some(id) => browser::focus(&format!("part-{id}")),
                            None => browser::focus("new-chapter"),
                        }
                    }
                });
            }
            now
        });
    }
}

/// Which version of another chapter came of it when this one was joined to it, if any did.
fn version_of_joining(book: &Book, part: &PartId) -> Option<u32> {
    book.activity.iter().rev().find_map(|told| match &told.what {
        EventKind::PartRemoved { part: gone, joined: Some(joined), .. } if gone == part => joined.revision,
        _ => None,
    })
}

/// Sets a chapter's status.
pub fn set_status_of(context: BookContext, id: &PartId, status: Status, fault: RwSignal<Option<String>>) {
    let title = context.live.state.with_untracked(|book| book.part(id).map(|part| part.title.clone()));
    let Some(title) = title else { return };
    let set = EventKind::StatusSet { part: id.clone(), title, status };
    context.run_predicted(set, set_status(context.book(), id.clone(), status), fault);
}
