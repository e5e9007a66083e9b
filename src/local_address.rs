//! Which addresses are of this site. One rule for the server and the page, for everything that is led somewhere by what
//! came from outside: the address to go to after signing in, and where a form is sent back to.

/// How long such an address is at most, in bytes.
const MOST: usize = 8_000;

/// Whether an address leads to a page of this site: to the very path it shows, in every browser, whatever page it stands
/// on.
///
/// What a browser would read as something else is none: it takes a backslash for a slash, leaves out tabs and line ends,
/// goes up a folder at `..` and at `%2e%2e`, and reads `//host` as another site.
#[must_use]
pub fn is_local(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    address.len() <= MOST
        && path.starts_with('/')
        && !path.starts_with("//")
        && address.bytes().all(stays_itself)
        && !path.split('/').any(moves_on)
}

/// What of an address, wherever it leads, is of this site: its path, and what follows that. Nothing where no path of this
/// site is left.
#[must_use]
pub fn local_part(address: &str) -> Option<String> {
    let path = match address.split_once("://") {
        Some((_, rest)) if !address.starts_with('/') => &rest[rest.find('/')?..],
        _ => address,
    };
    let path = encoded(path, stays_itself);
    is_local(&path).then_some(path)
}

/// An address with another one in its query, under the name `next`.
#[must_use]
pub fn with_next(path: &str, next: &str) -> String {
    format!("{path}?next={}", encoded(next, |byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)))
}

/// What no browser writes or reads in another way within a path, a query or a fragment (RFC 3986, without the quote that
/// some encode).
fn stays_itself(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@/?#%".contains(&byte)
}

/// Whether a browser would not keep this part of a path, but stay where it is or go up.
fn moves_on(part: &str) -> bool {
    matches!(&*part.to_ascii_lowercase().replace("%2e", "."), "." | "..")
}

fn encoded(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if stays(byte) {
            written.push(char::from(byte));
        } else {
            written.push('%');
            written.extend([byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select};
    use url::Url;

    /// Pages on which such an address may stand.
    const PAGES: [&str; 4] = [
        "https://books.example/",
        "https://books.example/book/7/9/history?version=3#here",
        "http://127.0.0.1:3000/sign-in?next=%2Fshelf",
        "https://books.example//odd//",
    ];

    /// What addresses are made of, above all those that are to lead elsewhere.
    const PIECES: [&str; 40] = [
        "/",
        "/",
        "//",
        "\\",
        "%5C",
        "%5c",
        "%2F",
        "%2f",
        ".",
        "..",
        "%2e",
        "%2E%2e",
        "\t",
        "\n",
        "\r",
        "\0",
        " ",
        "%09",
        "%0A",
        "?",
        "#",
        "@",
        ":",
        ";",
        "&",
        "=",
        "'",
        "\"",
        "<",
        "|",
        "[",
        "evil.example",
        "book",
        "7",
        "é",
        "\u{ff0f}",
        "\u{2028}",
        "https:",
        "javascript:",
        "a",
    ];

    fn addresses() -> impl Strategy<Value = String> {
        let pieced = vec(select(&PIECES[..]), 0..9).prop_map(|pieces| pieces.concat());
        let rooted = pieced.clone().prop_map(|address| format!("/{address}"));
        prop_oneof![4 => rooted, 2 => pieced, 1 => ".*", 1 => "/[ -~]{0,20}"]
    }

    /// Where a browser goes from this page.
    fn gone(page: &str, address: &str) -> Option<Url> {
        Url::parse(page).expect("a page").join(address).ok()
    }

    fn assert_stays(address: &str) {
        for page in PAGES {
            let gone = gone(page, address).expect("an address");
            let here = Url::parse(page).expect("a page");
            assert_eq!(gone.origin(), here.origin(), "{address:?} on {page}");
            assert_eq!(gone.as_str(), format!("{}{address}", here.origin().ascii_serialization()), "{address:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_is_local_stays_on_this_site_and_leads_where_it_says(address in addresses()) {
            if is_local(&address) {
                assert_stays(&address);
            }
        }

        #[test]
        fn of_any_address_what_is_left_is_local(address in addresses(), site in select(&["", "https://evil.example"][..])) {
            if let Some(left) = local_part(&format!("{site}{address}")) {
                prop_assert!(is_local(&left));
                assert_stays(&left);
            }
        }

        #[test]
        fn what_is_to_come_next_comes_out_as_it_went_in(next in addresses()) {
            let address = with_next("/sign-in", &next);
            prop_assert!(is_local(&address));
            let url = gone(PAGES[0], &address).expect("an address");
            prop_assert_eq!(url.query_pairs().collect::<Vec<_>>(), [("next".into(), next.into())]);
        }
    }

    #[test]
    fn this_sites_own_addresses_are_local() {
        for good in [
            "/",
            "/shelf",
            "/book/7?part=3#here",
            "/book/Ab3/Cd4/history?version=12&compare=now",
            "/sign-in?next=%2Fbook%2F7",
            "/sign-in?__path=%2Fcommand%2Fx&__err=eyJ9%3D",
            "/book/a..b/.hidden",
        ] {
            assert!(is_local(good), "{good}");
            assert_stays(good);
        }
    }

    #[test]
    fn what_browsers_read_as_another_site_is_not_local() {
        for bad in [
            "",
            "shelf",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/..//evil.example",
            "/.//evil.example",
            "/a/%2E%2e//evil.example",
            "https://evil.example",
            "https:/evil.example",
            "javascript:x",
            "/a b",
            "/a\0",
            "/é",
            "?next=/",
            "#here",
        ] {
            assert!(!is_local(bad), "{bad:?}");
        }
    }

    #[test]
    fn whoever_comes_from_elsewhere_is_led_to_the_same_path_here() {
        for (address, left) in [
            ("http://localhost/sign-in", Some("/sign-in")),
            ("https://evil.example/sign-in?a=b|c", Some("/sign-in?a=b%7Cc")),
            ("/shelf", Some("/shelf")),
            ("/sign-in?next=https://evil.example/x", Some("/sign-in?next=https://evil.example/x")),
            ("https://evil.example", None),
            ("https://evil.example//evil.example/x", None),
            ("https://evil.example/\\evil.example/x", Some("/%5Cevil.example/x")),
            ("//evil.example/x", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(local_part(address).as_deref(), left, "{address}");
        }
    }
}
