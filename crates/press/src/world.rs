//! What Typst sees of the world: the templates, the book that came, and fonts. There is nothing else to be read or asked.

use crate::{fonts::fonts_for, input::Book};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use typst::{
    Library, LibraryExt, World as TypstWorld,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

/// A template of each look, and what they share.
const TEMPLATES: [(&str, &str); 4] = [
    ("/base.typ", include_str!("../../../style/themes/base.typ")),
    ("/novel/book.typ", include_str!("../../../style/themes/novel/book.typ")),
    ("/textbook/book.typ", include_str!("../../../style/themes/textbook/book.typ")),
    ("/plain/book.typ", include_str!("../../../style/themes/plain/book.typ")),
];

/// Stands for a character that no font has.
const UNKNOWN: &str = "\u{fffd}";

/// All there is.
pub struct World {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    /// How many different characters no font has.
    pub unknown: usize,
}

impl World {
    /// With this book in it. Fails where there is no such look.
    pub fn of(book: Book) -> Result<Self, String> {
        let main = format!("/{}/book.typ", book.head.theme);
        if !TEMPLATES.iter().any(|(path, _)| *path == main) {
            return Err(format!("There is no look `{}`.", book.head.theme));
        }
        let texts = book.parts.iter().chain([&book.about]);
        let letters: BTreeSet<char> = texts.flat_map(|text| text.chars()).chain(UNKNOWN.chars()).collect();
        let (fonts, unknown) = fonts_for(&letters);
        let shown = |text: String| Bytes::from_string(without(text, &unknown));
        let mut files = HashMap::new();
        let sizes = book.pictures.iter().map(|(name, picture)| (name.clone(), json!([picture.width, picture.height])));
        let sizes = Value::Object(sizes.collect::<Map<_, _>>()).to_string();
        files.insert(at("/pictures.json")?, Bytes::from_string(sizes));
        files.insert(at("/book.json")?, shown(book.about));
        for (number, part) in book.parts.into_iter().enumerate() {
            files.insert(at(&format!("/parts/{number}.json"))?, shown(part));
        }
        for (name, picture) in book.pictures {
            files.insert(at(&format!("/pictures/{name}"))?, Bytes::new(picture.bytes));
        }
        let mut sources = HashMap::new();
        for (path, text) in TEMPLATES {
            let id = at(path)?;
            sources.insert(id, Source::new(id, text.to_owned()));
        }
        let faces = FontBook::from_fonts(&fonts);
        let (library, main) = (LazyHash::new(Library::default()), at(&main)?);
        Ok(Self { library, book: LazyHash::new(faces), fonts, main, sources, files, unknown: unknown.len() })
    }
}

fn at(path: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(path).map_err(|_| format!("`{path}` is no path."))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// A text with another character in the place of those. In JSON, none of them says anything about the others.
fn without(text: String, letters: &BTreeSet<char>) -> String {
    if letters.is_empty() { text } else { text.replace(|letter| letters.contains(&letter), UNKNOWN) }
}

impl TypstWorld for World {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
