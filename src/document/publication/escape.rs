//! Text and addresses where markup stands around them.

use std::fmt::Write;
use url::Url;

/// Adds text as XML and HTML have it. What XML has no place for is shown as what cannot be shown.
pub fn text(from: &str, to: &mut String) {
    for letter in from.chars() {
        match letter {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\r' => to.push_str("&#13;"),
            other => to.push(if is_of_xml(other) { other } else { '\u{fffd}' }),
        }
    }
}

/// The same as a value of its own.
#[must_use]
pub fn escaped(from: &str) -> String {
    let mut to = String::with_capacity(from.len());
    text(from, &mut to);
    to
}

/// The same between quotation marks, where a line that ends would be a blank.
#[must_use]
pub fn quoted(from: &str) -> String {
    escaped(from).replace('\n', "&#10;").replace('\t', "&#9;")
}

/// Which characters XML 1.0 has.
fn is_of_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// An address as others read it, with all written out that an address has no letters for; nothing, where it is none that
/// leads anywhere outside of a book.
#[must_use]
pub fn address(from: &str) -> Option<String> {
    let url = Url::parse(from).ok().filter(|url| ["http", "https", "mailto"].contains(&url.scheme()))?;
    if url.scheme() != "mailto" && url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    let host = url.host_str().unwrap_or_default();
    let (before, after) = url.as_str().split_at(url.as_str().find(host).map_or(0, |at| at + host.len()));
    let mut address = before.to_owned();
    for (at, letter) in after.char_indices() {
        let is_code =
            || after.get(at + 1..at + 3).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let is_odd = match letter {
            '%' => !is_code(),
            '#' => after[..at].contains('#'),
            letter => !(letter.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=".contains(letter)),
        };
        if is_odd {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(address, "%{byte:02X}");
            }
        } else {
            address.push(letter);
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_addresses_are_or_not_at_all() {
        for (from, to) in [
            ("https://example.org/a b|c^[d]?q=%zz#x#y", Some("https://example.org/a%20b%7Cc%5E%5Bd%5D?q=%25zz#x%23y")),
            ("http://[::1]/a", Some("http://[::1]/a")),
            ("https://b\u{fc}cher.example/\u{fc}", Some("https://xn--bcher-kva.example/%C3%BC")),
            ("mailto:ann@example.org", Some("mailto:ann@example.org")),
            ("https://", None),
            ("javascript:alert(1)", None),
            ("/book/7", None),
            ("#note", None),
        ] {
            assert_eq!(address(from).as_deref(), to, "{from}");
        }
    }

    #[test]
    fn what_xml_cannot_say_is_no_longer_there() {
        assert_eq!(escaped("a\u{0}\u{b}\u{ffff}<&\">"), "a\u{fffd}\u{fffd}\u{fffd}&lt;&amp;&quot;&gt;");
        assert_eq!(quoted("a\nb\tc"), "a&#10;b&#9;c");
    }
}
