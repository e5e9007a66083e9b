//! How low headings stand on a page.

/// The headings that a text stands below: how low they are in the chapter, and on the page.
#[derive(Debug)]
pub struct Headings {
    above: Vec<(i64, i64)>,
    title: i64,
}

impl Headings {
    /// Below a title that stands so low itself.
    #[must_use]
    pub fn below(title: i64) -> Self {
        Self { above: Vec::new(), title }
    }

    /// How low one stands that is of this level in the chapter: right below the one it belongs to, whatever was passed over.
    pub fn level(&mut self, level: i64) -> i64 {
        while self.above.last().is_some_and(|(above, _)| *above >= level) {
            self.above.pop();
        }
        let shown = self.above.last().map_or(self.title, |(_, shown)| *shown) + 1;
        self.above.push((level, shown));
        shown
    }
}
