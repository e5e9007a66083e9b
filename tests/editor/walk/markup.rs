//! What a page's HTML is made of, read as a browser reads it.

/// A page, taken apart.
#[derive(Default)]
pub struct Markup {
    /// The start tags: a name, and attributes with their values as they stand.
    pub tags: Vec<(String, Vec<(String, String)>)>,
    /// What stands in scripts.
    pub scripts: Vec<String>,
}

/// What stands in these is read to their end tag, and nothing in it is a tag.
const RAW: [&str; 6] = ["script", "style", "textarea", "title", "noscript", "xmp"];

impl Markup {
    /// Takes a page apart.
    pub fn of(html: &str) -> Self {
        let mut markup = Self::default();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
            } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
                rest = markup.tag(rest);
            }
        }
        markup
    }

    /// Takes in a start tag, and what follows it where that is raw text; tells what is left.
    fn tag<'a>(&mut self, text: &'a str) -> &'a str {
        let ends = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
        let (name, mut rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
        let name = name.to_ascii_lowercase();
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                break;
            }
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let (attribute, value, after) = attribute(rest);
            attributes.push((attribute, value));
            rest = after;
        }
        if RAW.contains(&&*name) {
            let end = rest.to_ascii_lowercase().find(&format!("</{name}")).unwrap_or(rest.len());
            if name == "script" {
                self.scripts.push(rest[..end].to_owned());
            }
            rest = &rest[end..];
        }
        self.tags.push((name, attributes));
        rest
    }

    /// Complains of all that somebody who means harm could have put there.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for (name, attributes) in &self.tags {
            if name.contains("evil") || ["base", "iframe", "object", "embed", "foreignobject"].contains(&&**name) {
                complaints.push(format!("<{name}>"));
            }
            for (attribute, value) in attributes {
                let odd = attribute.contains("evil") || attribute.starts_with("on") || attribute == "srcdoc";
                // A style would be refused by the policy, wherever it comes from.
                if odd || attribute == "style" {
                    complaints.push(format!("<{name} {attribute}>"));
                }
                let leads = ["href", "src", "action", "formaction", "data", "poster"].contains(&&**attribute);
                if leads && !leads_somewhere_good(value) {
                    complaints.push(format!("<{name} {attribute}={value:?}>"));
                }
            }
        }
        for script in &self.scripts {
            if outside_of_strings(script).contains("evil") || script.contains("<evil") {
                complaints.push(format!("<script>{script}"));
            }
        }
        complaints
    }
}

fn attribute(text: &str) -> (String, String, &str) {
    let ends = |c: char| c.is_ascii_whitespace() || "=>/".contains(c);
    // An equals sign at the very beginning belongs to the name.
    let at = text.char_indices().skip(1).find(|(_, c)| ends(*c)).map_or(text.len(), |(at, _)| at);
    let name = text[..at].to_ascii_lowercase();
    let rest = text[at..].trim_start();
    let Some(value) = rest.strip_prefix('=') else { return (name, String::new(), &text[at..]) };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, rest) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return (name, value.to_owned(), rest);
        }
    }
    let (value, rest) =
        value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len()));
    (name, value.to_owned(), rest)
}

/// Paths of this site, its own parts, and the addresses a link in a text may have.
fn leads_somewhere_good(address: &str) -> bool {
    let own = address.is_empty() || address.starts_with('#') || address.starts_with('/') && !address.starts_with("//");
    let odd = address.contains(|c: char| c.is_control() || c == '\\');
    !odd && (own || ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme)))
}

/// A script without what stands in its strings.
fn outside_of_strings(script: &str) -> String {
    let mut code = String::new();
    let mut letters = script.chars();
    while let Some(letter) = letters.next() {
        code.push(letter);
        if !['"', '\'', '`'].contains(&letter) {
            continue;
        }
        while let Some(inner) = letters.next() {
            match inner {
                '\\' => drop(letters.next()),
                end if end == letter => break,
                _ => {}
            }
        }
    }
    code
}

#[test]
fn what_could_run_is_seen_and_text_is_not() {
    for bad in [
        "<p><evil></p>",
        "<title>a</title><evil>",
        "<textarea>a</textarea><img src=x onerror=evil()>",
        "<a href=\"x\" onclick='evil()'>",
        "<a href=\"javascript:evil()\">",
        "<a href=\"//evil.example/\">",
        "<a href=\"/\\evil.example/\">",
        "<p style=\"color: red\">",
        "<script>x = \"a\\\\\";evil();//\"</script>",
        "<script>x = \"</script><evil>\"</script>",
        "<base href=\"/\">",
        "<svg/onload=evil()>",
    ] {
        assert!(!Markup::of(bad).complaints().is_empty(), "{bad}");
    }
    for good in [
        "<p class=\"a\" title=\"&quot; onload=evil()\">&lt;evil></p><!--<evil>--><hr/>",
        "<title>&lt;/title>evil</title><textarea><b></textarea>",
        "<script>x = \"\\\";evil()\"; y = 'evil()'</script>",
        "<a href=\"/book/7\" rel=noopener>evil</a><a href='mailto:a@b.example'></a>",
    ] {
        assert_eq!(Markup::of(good).complaints(), Vec::<String>::new(), "{good}");
    }
}
