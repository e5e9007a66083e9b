//! Whether an EPUB's text is encrypted. That its fonts are garbled, so that nobody takes them out, hinders nobody to read
//! it.

use super::super::super::{archive::Archive, markup::Markup, unreadable::Unreadable, web_pages::utf8};

/// How fonts are garbled.
const FONTS: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Refuses a book of which more than fonts is encrypted.
pub(super) fn must_be_open(archive: &mut Archive) -> Result<(), Unreadable> {
    // As one of the shops says that.
    if archive.has("META-INF/sinf.xml") {
        return Err(Unreadable::Protected);
    }
    let Some(text) = archive.read_text("META-INF/encryption.xml")? else { return Ok(()) };
    let markup = Markup::read(&utf8(&text));
    let mut all = markup.all().into_iter();
    if all.any(|element| element.name == "encrypteddata" && !is_of_font(element)) {
        return Err(Unreadable::Protected);
    }
    Ok(())
}

fn is_of_font(encrypted: &Markup) -> bool {
    let method = encrypted.children.iter().find(|child| child.name == "encryptionmethod");
    let algorithm = method.and_then(|method| method.attribute("algorithm")).unwrap_or_default();
    let what = encrypted.find("cipherreference").and_then(|what| what.attribute("uri")).unwrap_or_default();
    let what = what.to_lowercase();
    FONTS.contains(&algorithm) || [".ttf", ".otf", ".woff", ".woff2"].iter().any(|ending| what.ends_with(ending))
}
