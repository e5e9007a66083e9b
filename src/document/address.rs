//! Which addresses a link or a picture may have.

/// What is allowed where an address stands.
#[derive(Debug)]
pub struct Rule {
    /// The schemes, in lower case.
    pub schemes: Vec<String>,
    /// Whether a path on this site is allowed.
    pub relative: bool,
    /// How long it may be, in UTF-16 units.
    pub max: usize,
}

impl Rule {
    /// Whether the address may stand in a chapter.
    pub fn allows(&self, url: &str) -> bool {
        // Browsers skip control characters inside a scheme, and take a backslash for a slash.
        let odd = |c: char| c.is_control() || c == ' ' || c == '\\';
        if url.is_empty() || url.contains(odd) || url.encode_utf16().count() > self.max {
            return false;
        }
        if self.relative && is_on_this_site(url) {
            return true;
        }
        let Some((scheme, _)) = url.split_once(':') else { return false };
        self.schemes.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme))
    }
}

fn is_on_this_site(url: &str) -> bool {
    // `//host` leaves the site.
    url.starts_with('#') || url.strip_prefix('/').is_some_and(|rest| !rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leads_nowhere_bad_is_allowed() {
        let rule = Rule { schemes: vec!["https".into(), "mailto".into()], relative: true, max: 40 };
        for good in ["https://example.org/a?b=c#d", "HTTPS://example.org", "mailto:a@b.org", "/book/7", "#note"] {
            assert!(rule.allows(good), "{good}");
        }
        let bad = [
            "",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            " https://example.org",
            "//example.org",
            "/\\example.org",
            "data:text/html,x",
            "relative",
            "ftp://example.org",
            "https://example.org/far-too-long-for-this-rule",
        ];
        for bad in bad {
            assert!(!rule.allows(bad), "{bad}");
        }
    }
}
