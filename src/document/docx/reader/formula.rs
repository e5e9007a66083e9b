//! A formula in one line of text, as the reader of HTML writes those of MathML. Without the signs between its parts a half
//! would become a twelve.

use super::{
    super::super::left_out::What,
    paragraph::Inline,
    styles::is_on,
    text::{Reader, Run, Tag},
};

/// In how many parts a part may stand: what is deeper belongs to the one around it.
const DEEPEST: usize = 100;
/// How many letters of what is said of a part are read: a sign is one, and the longest word that is known is `noBar`.
const SAID: usize = 5;

/// A part of a formula while it is read.
#[derive(Debug, Default)]
struct Part {
    name: String,
    /// What stands in it, part by part, each with its name.
    parts: Vec<(String, String)>,
    /// What is said of it: by which signs it is drawn, and how.
    said: Vec<(String, String)>,
}

/// A formula as far as it is read.
#[derive(Debug, Default)]
pub(super) struct Formula {
    open: Vec<Part>,
    deeper: usize,
    /// In how many texts what is read stands.
    texts: usize,
}

/// What a formula is made of, and what may stand in it as anywhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Part,
    Text,
    /// What is said of the part that it stands in.
    Said,
    Blank,
    /// How letters look.
    Look,
    /// Something of the text that a formula may stand around.
    Other,
    /// What no formula stands around: it has no end.
    End,
}

fn kind(name: &str) -> Kind {
    match name {
        "t" => Kind::Text,
        "chr" | "begchr" | "sepchr" | "endchr" | "deghide" | "pos" | "type" => Kind::Said,
        "tab" | "br" | "cr" => Kind::Blank,
        "rpr" | "ctrlpr" => Kind::Look,
        "bookmarkstart" | "bookmarkend" | "footnotereference" | "endnotereference" | "commentreference" | "ins"
        | "del" | "movefrom" | "moveto" | "sym" | "blip" | "imagedata" | "fallback" => Kind::Other,
        "omath" | "omathpara" | "p" | "tc" | "tr" | "tbl" | "body" | "footnote" | "endnote" => Kind::End,
        _ => Kind::Part,
    }
}

impl Reader<'_> {
    /// A formula begins. Several of one paragraph stand on a line each.
    pub(super) fn begin_formula(&mut self) {
        self.left_out.add(What::Formula, "");
        if let Some(formulas) = &mut self.formulas {
            *formulas += 1;
            if *formulas > 1 && self.is_shown() {
                self.item(Inline::Break);
            }
        }
        self.formula = Some(Formula { open: vec![Part::default()], ..Formula::default() });
    }

    /// Something begins while a formula is read; says whether it is part of that.
    pub(super) fn begin_in_formula(&mut self, name: &str, tag: &Tag<'_>, is_whole: bool) -> bool {
        let Some(formula) = &mut self.formula else { return false };
        match kind(name) {
            Kind::Text => formula.texts += usize::from(!is_whole),
            Kind::Said => formula.say(name, &tag.get("val").unwrap_or_default()),
            Kind::Blank => formula.text(" "),
            Kind::Look => self.pass(name, is_whole),
            Kind::Part => formula.begin(name, is_whole),
            Kind::Other => return false,
            Kind::End => {
                self.end_formula();
                return false;
            }
        }
        true
    }

    /// Something ends while a formula is read; says whether it was part of that.
    pub(super) fn end_in_formula(&mut self, name: &str) -> bool {
        let Some(formula) = &mut self.formula else { return false };
        match kind(name) {
            Kind::Text => formula.texts = formula.texts.saturating_sub(1),
            Kind::Part => formula.end(name),
            Kind::Said | Kind::Blank | Kind::Look | Kind::Other => {}
            Kind::End => {
                self.end_formula();
                return name == "omath";
            }
        }
        true
    }

    /// A formula is whole: it is text.
    pub(super) fn end_formula(&mut self) {
        if let Some(formula) = self.formula.take() {
            self.run = Run::default();
            self.add(formula.line().trim());
        }
    }
}

impl Formula {
    fn begin(&mut self, name: &str, is_whole: bool) {
        if is_whole {
            if let Some(last) = self.open.last_mut() {
                last.parts.push((name.to_owned(), String::new()));
            }
        } else if self.open.len() < DEEPEST {
            self.open.push(Part { name: name.to_owned(), ..Part::default() });
        } else {
            self.deeper += 1;
        }
    }

    fn end(&mut self, name: &str) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        if let Some(at) = self.open.iter().rposition(|part| part.name == name) {
            self.close_to(at);
        }
    }

    fn close_to(&mut self, at: usize) {
        while self.open.len() > at.max(1) {
            if let (Some(part), Some(around)) = (self.open.pop(), self.open.last_mut())
                && !part.name.ends_with("pr")
            {
                let written = part.written();
                around.parts.push((part.name, written));
            }
        }
    }

    /// Something is said of the part that is read: its properties are no part of it.
    fn say(&mut self, name: &str, value: &str) {
        let said = (name.to_owned(), value.chars().take(SAID).collect());
        if let Some(part) = self.open.iter_mut().rev().find(|part| !part.name.ends_with("pr")) {
            part.said.push(said);
        }
    }

    /// Adds text.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(part) = self.open.last_mut() {
            part.parts.push(("t".to_owned(), text.to_owned()));
        }
    }

    /// Whether text that is read is part of it. What stands between its parts is none.
    pub(super) fn is_text(&self) -> bool {
        self.texts > 0
    }

    /// It in one line.
    fn line(mut self) -> String {
        self.close_to(1);
        self.open.pop().map(|part| part.written()).unwrap_or_default()
    }
}

impl Part {
    /// Its first part of this name.
    fn part(&self, name: &str) -> &str {
        self.parts.iter().find(|(own, _)| own == name).map_or("", |(_, text)| text.as_str())
    }

    /// All its parts of this name.
    fn all(&self, name: &str) -> Vec<&str> {
        self.parts.iter().filter(|(own, _)| own == name).map(|(_, text)| text.as_str()).collect()
    }

    fn said(&self, name: &str) -> Option<&str> {
        self.said.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// It in one line.
    fn written(&self) -> String {
        let (below, above) = (|| script('_', self.part("sub")), || script('^', self.part("sup")));
        let inner = self.part("e");
        match self.name.as_str() {
            "f" if self.said("type") == Some("noBar") => format!("{}; {}", self.part("num"), self.part("den")),
            "f" => format!("{}/{}", group(self.part("num")), group(self.part("den"))),
            "ssup" | "ssub" | "ssubsup" => format!("{}{}{}", base(inner), below(), above()),
            "spre" => format!("{}{}{inner}", below(), above()),
            "nary" => {
                let sign = self.said("chr").unwrap_or("\u{222b}");
                let scripts = format!("{}{}", below(), above());
                let between = if scripts.is_empty() { "" } else { " " };
                format!("{sign}{scripts}{between}{inner}")
            }
            "d" => {
                let sign = |name: &str, usual| self.said(name).unwrap_or(usual);
                let parts = self.all("e").join(sign("sepchr", "|"));
                format!("{}{parts}{}", sign("begchr", "("), sign("endchr", ")"))
            }
            "rad" => match self.part("deg") {
                "" => format!("√({inner})"),
                _ if self.said("deghide").is_some_and(|said| is_on(Some(said))) => format!("√({inner})"),
                degree => format!("{}^(1/{degree})", group(inner)),
            },
            "acc" => format!("{}{}", group(inner), self.said("chr").unwrap_or("\u{302}")),
            "bar" if self.said("pos") == Some("top") => format!("{}\u{305}", group(inner)),
            "bar" => format!("{}\u{332}", group(inner)),
            "groupchr" => format!("{}({inner})", self.said("chr").unwrap_or("\u{23df}")),
            "limlow" => format!("{}{}", base(inner), script('_', self.part("lim"))),
            "limupp" => format!("{}{}", base(inner), script('^', self.part("lim"))),
            "func" => {
                let between = if inner.starts_with(['(', '[', '{', '|']) { "" } else { " " };
                format!("{}{between}{inner}", self.part("fname"))
            }
            "mr" => self.all("e").join(", "),
            "m" => self.all("mr").join("; "),
            // Those signs say what stands below what.
            "eqarr" => self.all("e").join("; ").replace('&', ""),
            _ => self.parts.iter().map(|(_, text)| text.as_str()).collect(),
        }
    }
}

/// What is raised or lowered, behind a sign that says so.
pub(super) fn script(sign: char, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{sign}{}", group(text)) }
}

/// What something is said of as a whole.
pub(super) fn group(text: &str) -> String {
    if text.chars().nth(1).is_none() || is_in_brackets(text) { text.to_owned() } else { format!("({text})") }
}

/// What has something raised or lowered behind it: a word or a number needs no brackets for that.
fn base(text: &str) -> String {
    if text.chars().all(char::is_alphanumeric) { text.to_owned() } else { group(text) }
}

/// Whether a text stands in brackets from end to end.
fn is_in_brackets(text: &str) -> bool {
    let mut open = 0_usize;
    text.starts_with('(')
        && text.ends_with(')')
        && text.char_indices().all(|(at, letter)| {
            match letter {
                '(' => open += 1,
                ')' => open = open.saturating_sub(1),
                _ => {}
            }
            open > 0 || at + letter.len_utf8() == text.len()
        })
}
