//! Paths that were others in the release before. A page that was open when the server was replaced still asks under them,
//! and what it asked of the server before it may now be asked again.

use http::{Uri, uri::PathAndQuery};
use std::collections::HashMap;

/// Which path is asked for now where an old one is.
#[derive(Debug, Default)]
pub(crate) struct OldPaths {
    now: HashMap<String, String>,
    before: HashMap<String, String>,
}

impl OldPaths {
    /// From pairs of an old path and the one that stands for it now. Where there are several for one, replies were recorded
    /// under the first.
    pub(crate) fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut old_paths = Self::default();
        for (before, now) in pairs {
            old_paths.before.entry(now.clone()).or_insert_with(|| before.clone());
            old_paths.now.insert(before, now);
        }
        old_paths
    }

    /// Has what asks under an old path ask under the one of now, before anything looks at it.
    pub(crate) fn bring_up_to_date(&self, uri: &mut Uri) {
        let Some(now) = self.now.get(uri.path()) else { return };
        let path = match uri.query() {
            Some(query) => format!("{now}?{query}"),
            None => now.clone(),
        };
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = PathAndQuery::try_from(path).ok();
        if let Ok(up_to_date) = Uri::from_parts(parts) {
            *uri = up_to_date;
        }
    }

    /// What a path was before, with whatever follows it.
    pub(crate) fn before(&self, path_and_query: &str) -> Option<String> {
        let path = path_and_query.split('?').next().unwrap_or_default();
        self.before.get(path).map(|before| format!("{before}{}", &path_and_query[path.len()..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_path_becomes_the_new_one_and_what_follows_it_stays() {
        let old_paths = OldPaths::new([("/command/app/say".to_owned(), "/command/say".to_owned())]);
        for (asked, now) in [
            ("/command/app/say", "/command/say"),
            ("/command/app/say?x=1", "/command/say?x=1"),
            ("http://site/command/app/say", "http://site/command/say"),
            ("/command/app/say/more", "/command/app/say/more"),
            ("/command/say", "/command/say"),
        ] {
            let mut uri: Uri = asked.parse().expect("an address");
            old_paths.bring_up_to_date(&mut uri);
            assert_eq!(uri, now, "{asked}");
        }
        assert_eq!(old_paths.before("/command/say?x=1").as_deref(), Some("/command/app/say?x=1"));
        assert_eq!(old_paths.before("/command/app/say"), None);
    }
}
