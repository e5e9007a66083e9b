//! What a file is called that goes out.

use crate::book::model::Title;
use std::fmt::Write;

/// How long the name of a file is at most, in characters.
const NAME: usize = 100;

/// Names the file after the title, in letters every system has, and once more in the title's own.
pub(super) fn disposition(title: &Title, ending: &str) -> String {
    let name = file_name(title);
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}.{ending}")
}

/// A title without what some system takes for a part of a path, a command or a device.
fn file_name(title: &Title) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " -_.,()'&+".contains(c) { c } else { '-' };
    let name: String = title.as_str().chars().map(safe).take(NAME).collect();
    // Nor hidden, nor ending in what is cut off elsewhere.
    let name = name.trim_matches(['.', ' ', '-']);
    if name.is_empty() { "Untitled".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_title_and_nothing_else() {
        let named = |title: &str| disposition(&title.parse().expect("a title"), "md");
        assert_eq!(named("Tides"), "attachment; filename=\"Tides.md\"; filename*=UTF-8''Tides.md");
        assert_eq!(
            named("Süß & 猫"),
            "attachment; filename=\"S__ & _.md\"; filename*=UTF-8''S%C3%BC%C3%9F%20%26%20%E7%8C%AB.md"
        );
        assert_eq!(
            named("../../etc/\"passwd\"; x"),
            "attachment; filename=\"etc--passwd-- x.md\"; filename*=UTF-8''etc--passwd--%20x.md"
        );
        for title in ["..", "///", "\u{202e}/"] {
            assert!(named(title).starts_with("attachment; filename=\"Untitled.md\""), "{title}");
        }
    }
}
