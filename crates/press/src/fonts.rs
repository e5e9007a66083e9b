//! The faces that books are set in. Those of the templates are in the program, so that a book looks the same wherever it
//! is made. Where they lack a character, the machine's own fonts are looked through for it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use typst::{
    foundations::Bytes,
    text::{Font, FontInfo},
};

/// Where a machine keeps its fonts.
const FOLDERS: [&str; 3] = ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts"];
/// How large a file of fonts is at most: those of all Chinese characters have up to 30 MB.
const LARGEST: u64 = 64 << 20;
/// How many files are looked at.
const MOST: usize = 5_000;
/// Families of the program's fonts that no template names, and no text is to be set in.
const UNUSED: &str = "New Computer Modern";

/// Those that are needed for a text with these characters, and the characters that none of them has.
pub fn fonts_for(letters: &BTreeSet<char>) -> (Vec<Font>, BTreeSet<char>) {
    let built_in = typst_assets::fonts().flat_map(|font| Font::iter(Bytes::new(font)));
    let mut fonts: Vec<Font> = built_in.filter(|font| !font.info().family.starts_with(UNUSED)).collect();
    let has = |info: &FontInfo, letter: char| info.coverage.contains(letter.into());
    let is_missing = |letter: &char| is_shown(*letter) && !fonts.iter().any(|font| has(font.info(), *letter));
    let mut missing: BTreeSet<char> = letters.iter().copied().filter(is_missing).collect();
    let mut seen = 0;
    for file in FOLDERS.iter().flat_map(|folder| files(Path::new(folder), 0)) {
        seen += 1;
        if missing.is_empty() || seen > MOST {
            break;
        }
        let Ok(bytes) = fs::read(&file) else { continue };
        let bytes = Bytes::new(bytes);
        for font in Font::iter(bytes) {
            let known = missing.len();
            missing.retain(|letter| !has(font.info(), *letter));
            if missing.len() < known {
                fonts.push(font);
            }
        }
    }
    (fonts, missing)
}

/// Whether a character needs a shape: blanks and what only steers the text have none.
fn is_shown(letter: char) -> bool {
    let steers = matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
    !steers && !letter.is_whitespace() && !letter.is_control()
}

/// The files of fonts in a folder and those in it, in an order that is the same each time: regular ones first.
fn files(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    paths.sort_by_key(|path| {
        let name = name(path);
        (!name.contains("regular"), name)
    });
    let mut found = Vec::new();
    for path in paths {
        let Ok(about) = fs::metadata(&path) else { continue };
        let is_font = || [".ttf", ".otf", ".ttc", ".otc"].iter().any(|ending| name(&path).ends_with(ending));
        if about.is_dir() && depth < 6 {
            found.extend(files(&path, depth + 1));
        } else if about.is_file() && about.len() <= LARGEST && is_font() {
            found.push(path);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_faces_are_there_and_what_none_has_is_told() {
        let (fonts, missing) = fonts_for(&"Añ Ωß\u{200b}\n\u{10fffd}".chars().collect());
        assert_eq!(missing, BTreeSet::from(['\u{10fffd}']));
        for family in ["Libertinus Serif", "DejaVu Sans Mono"] {
            assert!(fonts.iter().any(|font| font.info().family == family), "{family}");
        }
    }
}
