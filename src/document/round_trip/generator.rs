//! Documents of the whole schema, made at random.

use super::super::{
    schema::{Attribute, Content, Kind, SCHEMA, Value},
    tree::{Element, Mark, Node, Run, simplest},
};
use yrs::Any;

/// How deep the documents are at most; the schema allows more.
const DEPTH: usize = 7;
/// How many nodes one has, about.
const NODES: usize = 40;

/// What texts are made of: words, all that any format reads as a sign, and letters that are more than one.
const TEXTS: &[&str] = &[
    "a",
    "b",
    "word",
    "Zwei Wörter",
    " ",
    "  ",
    "x y",
    ".",
    ",",
    "!",
    "?",
    "1.",
    "2)",
    "10. ten",
    "007",
    "#",
    "## h",
    "+",
    "+ plus",
    "-",
    "- dash",
    "--",
    "---",
    "***",
    "* * *",
    "___",
    "=",
    "===",
    "| a | b |",
    "|",
    "|---|",
    ":--",
    ">",
    "> q",
    "```",
    "`",
    "``",
    "~~~",
    "~",
    "~`",
    "~~",
    "[x]",
    "[ ] ",
    "[x] t",
    "[",
    "]",
    "![",
    "](",
    "[a](b)",
    "[^1]",
    "[^1]: n",
    "[a]: /b",
    ":",
    ": d",
    "(",
    ")",
    "(x)",
    "&",
    "&amp;",
    "&#35;",
    "&nbsp;",
    "&copy",
    "<",
    "<b>",
    "</b>",
    "<br>",
    "<!-- c -->",
    "<!--",
    "-->",
    "<a href=\"x\">",
    "<T>",
    "<?x?>",
    "<![CDATA[x]]>",
    "https://example.org/a_b",
    "http://x.y",
    "www.example.org",
    "a@b.org",
    "mailto:a@b.org",
    "ftp://x.y/z",
    "<https://x.y>",
    "\\",
    "\\\\",
    "\\*",
    "*",
    "**",
    "_",
    "__",
    "a_b_c",
    "a*b",
    "\"",
    "'",
    "“so”",
    "—",
    "…",
    "\n",
    "\n\n",
    "\t",
    "\u{a0}",
    "\u{3000}",
    "\u{200b}",
    "\u{200f}",
    "\u{202e}",
    "\u{feff}",
    "\u{ad}",
    "e\u{301}",
    "日本語",
    "。",
    "עברית",
    "العربية",
    "👩‍👩‍👧",
    "🇩🇪",
    "👍🏽",
    "ⓐ",
    "$x$",
    "$$",
    "{",
    "}",
    "%",
    "^",
    "^x^",
    "@",
    "\u{c}",
    "\u{2028}",
    "\u{85}",
    "\r",
    "    four",
    "a:",
    "x\\",
    "end ",
    " begin",
    ":smile:",
    "||s||",
    "++",
    "Setext\n---",
    "Setext\n===",
    "a|b\n-|-",
    "term\n: d",
    "<div>",
    "</div>",
    "<p>",
    "<table>",
    "<pre>",
    "<script>x</script>",
    "0",
    "é",
];

/// What addresses are made of, and languages, and whatever else an attribute may be.
const VALUES: &[&str] = &[
    "",
    "/files/1.png",
    "/a b",
    "/a(b)c",
    "/a_b*c*",
    "#n",
    "https://example.org/",
    "https://example.org/a?b=c&amp=d&copy;#(e)",
    "/a<b>",
    "mailto:a@b.org",
    "http://x.y/[z]",
    "/ä|ö",
    "/a\"b'",
    "/%20",
    "https://example.org/~a/`b`",
    "/)",
    "/(",
    "de",
    "en-GB",
    "zh-Hant-TW",
    "rust",
    "c++",
    "c#",
    "objective c",
    "`",
    "~",
    "~`",
    "a`b",
    "{.x}",
    "&amp;",
    "\\",
    "a|b",
    "left",
    "center",
    "right",
    "A \"caption\"",
    "[alt] *text*",
    "line\nline",
    "\n\nblank",
    " edged ",
    "日本",
    "![",
    "](x)",
    "\\\"",
    "https://example.org",
    "a@b.org",
    "'",
    "<b>",
    "#",
    "x\t",
    "small",
    "wide",
];

const NUMBERS: &[i64] = &[0, 1, 2, 3, 4, 5, 6, 7, 10, 50, 99, 100, 640, 1_000, 999_999];

/// Numbers that look random, the same every time.
pub struct Dice(u64);

impl Dice {
    /// Those of this seed.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number. <https://prng.di.unimi.it/splitmix64.c>
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A document.
    pub fn document(&mut self) -> Vec<Node> {
        let mut left = 1 + self.below(NODES);
        simplest(&self.children(&SCHEMA.top, 0, &mut left))
    }

    fn children(&mut self, content: &Content, depth: usize, left: &mut usize) -> Vec<Node> {
        let kinds = kinds(content);
        let many = self.below(5);
        let mut nodes = Vec::new();
        for _ in 0..many {
            if content.takes_text() && (kinds.is_empty() || !self.one_in(3)) {
                nodes.push(Node::Text(self.run()));
            } else if !kinds.is_empty() && *left > 0 && depth < DEPTH {
                *left -= 1;
                let kind = *self.pick(&kinds);
                nodes.push(Node::Element(self.element(kind, depth, left)));
            }
        }
        nodes
    }

    fn element(&mut self, kind: &'static Kind, depth: usize, left: &mut usize) -> Element {
        let values = self.values(&kind.attributes);
        let children = self.children(&kind.content, depth + 1, left);
        let mut element = Element { kind, values, children };
        if kind.name == "table" && !self.one_in(3) {
            self.tidy(&mut element);
        }
        element
    }

    /// Makes a table as most are: a head, as many cells in each row, and in each a line.
    fn tidy(&mut self, table: &mut Element) {
        let wide = 1 + self.below(3);
        for (number, row) in table.children.iter_mut().enumerate() {
            let Node::Element(row) = row else { continue };
            let name = if number == 0 { "table_header" } else { "table_cell" };
            row.children = (0..wide)
                .map(|_| {
                    let line = Element::new("paragraph", &[], self.children(&Content::Inline, DEPTH, &mut 0));
                    Node::Element(Element::new(name, &[], vec![Node::Element(line)]))
                })
                .collect();
        }
    }

    fn run(&mut self) -> Run {
        let text: String = (0..=self.below(4)).map(|_| *self.pick(TEXTS)).collect();
        let mut marks = Vec::new();
        if !self.one_in(3) {
            for kind in SCHEMA.marks() {
                if self.one_in(5) {
                    marks.push(Mark { kind, values: self.values(&kind.attributes).into() });
                }
            }
        }
        marks.sort_by_key(|mark| mark.kind.rank);
        Run { text, marks }
    }

    fn values(&mut self, attributes: &[Attribute]) -> Vec<Value> {
        attributes.iter().map(|attribute| self.value(attribute)).collect()
    }

    /// Whatever the schema allows there: its default as often as all else.
    fn value(&mut self, attribute: &Attribute) -> Value {
        if self.one_in(2) {
            return attribute.default.clone();
        }
        let any = match attribute.default {
            Value::Text(_) => VALUES.iter().map(|text| Any::from(*text)).collect::<Vec<_>>(),
            Value::Number(_) => NUMBERS.iter().map(|number| Any::Number((*number).into())).collect(),
            Value::Flag(_) => vec![Any::from(true), Any::from(false)],
        };
        let allowed: Vec<Value> = any.iter().filter_map(|any| attribute.read(any)).collect();
        self.pick(&allowed).clone()
    }
}

/// The kinds of nodes that may stand there, in their order.
fn kinds(content: &Content) -> Vec<&'static Kind> {
    let mut kinds: Vec<_> = SCHEMA.nodes().filter(|kind| content.takes(kind)).collect();
    kinds.sort_by_key(|kind| kind.rank);
    kinds
}
