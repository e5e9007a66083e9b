//! Equations as a field says them: before there were formulas, and readings of letters, such a field drew them. It is put
//! into one line as those are.

use super::formula::{group, script};

/// In how many parts a part may stand: what is deeper belongs to the one around it.
const DEEPEST: usize = 50;

/// What such a field shows, and whether it is letters with their reading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Equation {
    pub(super) line: String,
    pub(super) is_reading: bool,
}

/// What a part is, and in which ways: each may have a sign.
#[derive(Debug, Default)]
struct Switch {
    name: String,
    ways: Vec<(String, Option<char>)>,
}

impl Switch {
    fn has(&self, way: &str) -> bool {
        self.ways.iter().any(|(own, _)| own == way)
    }

    fn sign(&self, way: &str) -> Option<char> {
        self.ways.iter().find(|(own, _)| own == way)?.1
    }
}

/// A part that is open.
#[derive(Debug, Default)]
struct Part {
    switch: Switch,
    /// What stands in it, one after the other, each with whether it is raised or lowered and nothing else.
    parts: Vec<(String, bool)>,
    now: String,
    is_script: bool,
}

/// What the instruction of a field shows; nothing, where it is another field or shows nothing.
pub(super) fn shown(does: &str) -> Option<Equation> {
    let does = does.trim();
    let (name, rest) = does.split_at_checked(2)?;
    if !name.eq_ignore_ascii_case("eq") || !rest.starts_with(|letter: char| letter == '\\' || letter.is_whitespace()) {
        return None;
    }
    let mut reader = Reader { open: vec![Part::default()], switch: None, deeper: 0, is_reading: false };
    reader.read(rest);
    let Reader { mut open, is_reading, .. } = reader;
    let line = open.pop()?.now.trim().to_owned();
    (!line.is_empty()).then_some(Equation { line, is_reading })
}

struct Reader {
    open: Vec<Part>,
    /// What was said of a part that has not begun.
    switch: Option<Switch>,
    deeper: usize,
    is_reading: bool,
}

impl Reader {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            match letter {
                '\\' => rest = self.take_switch(rest),
                // How much, in a switch.
                letter if self.switch.is_some() && letter != '(' => {
                    if !letter.is_whitespace() && !letter.is_ascii_digit() && letter != '-' {
                        self.switch = None;
                        self.letter(letter);
                    }
                }
                letter => self.letter(letter),
            }
        }
        while self.open.len() > 1 {
            self.end();
        }
    }

    /// A switch, or a letter that means no more than itself; answers what comes after it.
    fn take_switch<'t>(&mut self, text: &'t str) -> &'t str {
        if let Some(rest) = text.strip_prefix('*') {
            return without_word(rest);
        }
        let end = text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            let Some(letter) = text.chars().next() else { return text };
            let last = self.switch.as_mut().and_then(|switch| switch.ways.last_mut());
            match last.filter(|(_, sign)| sign.is_none()) {
                Some((_, sign)) => *sign = Some(letter),
                None => self.push(letter),
            }
            return &text[letter.len_utf8()..];
        }
        let name = name.to_ascii_lowercase();
        match &mut self.switch {
            Some(switch) => switch.ways.push((name, None)),
            None => self.switch = Some(Switch { name, ..Switch::default() }),
        }
        rest
    }

    fn letter(&mut self, letter: char) {
        let is_of_switch = self.open.last().is_some_and(|part| !part.switch.name.is_empty());
        match letter {
            '(' if self.open.len() >= DEEPEST => {
                (self.deeper, self.switch) = (self.deeper + 1, None);
                self.push(letter);
            }
            '(' => {
                let switch = self.switch.take();
                if switch.is_none() {
                    self.push(letter);
                }
                self.open.push(Part { switch: switch.unwrap_or_default(), ..Part::default() });
            }
            ')' if self.deeper > 0 => {
                self.deeper -= 1;
                self.push(letter);
            }
            ')' if self.open.len() > 1 => {
                self.end();
                if !is_of_switch {
                    self.push(letter);
                }
            }
            ',' | ';' if is_of_switch && self.deeper == 0 => self.next(),
            letter => self.push(letter),
        }
    }

    fn push(&mut self, letter: char) {
        if let Some(part) = self.open.last_mut() {
            part.is_script &= letter.is_whitespace();
            part.now.push(letter);
        }
    }

    fn next(&mut self) {
        if let Some(part) = self.open.last_mut() {
            let now = std::mem::take(&mut part.now);
            part.parts.push((now, std::mem::take(&mut part.is_script)));
        }
    }

    /// A part ends: it is text of the one around it.
    fn end(&mut self) {
        self.next();
        let (Some(part), Some(around)) = (self.open.pop(), self.open.last_mut()) else { return };
        let is_first = around.now.trim().is_empty();
        let is_script = part.switch.name == "s" && (part.switch.has("up") || part.switch.has("do"));
        if is_script && around.switch.name == "o" {
            // Beside letters that stand in the same place it is their reading.
            around.is_script = is_first || around.is_script;
            around.now.push_str(&part.words(""));
            return;
        }
        self.is_reading |= part.is_reading();
        around.is_script = false;
        around.now.push_str(&part.written());
    }
}

impl Part {
    /// All that stands in it.
    fn words(&self, between: &str) -> String {
        self.parts.iter().map(|(text, _)| text.trim()).collect::<Vec<_>>().join(between)
    }

    fn is_reading(&self) -> bool {
        self.switch.name == "o" && self.parts.iter().any(|(_, is_script)| *is_script)
    }

    /// It in one line.
    fn written(&self) -> String {
        let part = |at: usize| self.parts.get(at).map_or("", |(text, _)| text.trim());
        let rest = |from: usize| {
            let rest = self.parts.get(from..).unwrap_or_default();
            rest.iter().map(|(text, _)| text.trim()).collect::<Vec<_>>().join(", ")
        };
        match self.switch.name.as_str() {
            "f" => format!("{}/{}", group(part(0)), group(&rest(1))),
            "r" if self.parts.len() < 2 => format!("√({})", part(0)),
            "r" => format!("{}^(1/{})", group(&rest(1)), part(0)),
            "s" if self.switch.has("up") => script('^', &self.words("")),
            "s" if self.switch.has("do") => script('_', &self.words("")),
            "i" => format!("{}{}{} {}", self.sum(), script('_', part(0)), script('^', part(1)), rest(2)),
            "b" => self.bracketed(),
            "o" => self.over(),
            "" => self.parts.iter().map(|(text, _)| text.as_str()).collect(),
            _ => self.words(", "),
        }
    }

    /// The sign of a sum.
    fn sum(&self) -> char {
        let own = self.switch.sign("fc").or_else(|| self.switch.sign("vc"));
        let usual = match self.switch.has("su") {
            true => '∑',
            false if self.switch.has("pr") => '∏',
            false => '∫',
        };
        own.unwrap_or(usual)
    }

    fn bracketed(&self) -> String {
        let both = self.switch.sign("bc");
        let (left, right) = (self.switch.sign("lc").or(both), self.switch.sign("rc").or(both.map(other_side)));
        let sign = |sign: Option<char>| sign.map(String::from).unwrap_or_default();
        match (left, right) {
            (None, None) => format!("({})", self.words(", ")),
            (left, right) => format!("{}{}{}", sign(left), self.words(", "), sign(right)),
        }
    }

    /// Letters that stand in the same place, with their reading behind them.
    fn over(&self) -> String {
        let of = |is_reading: bool| -> String {
            let parts = self.parts.iter().filter(|(_, is_script)| *is_script == is_reading);
            parts.map(|(text, _)| text.trim()).collect()
        };
        let (letters, reading) = (of(false), of(true));
        if reading.is_empty() { letters } else { format!("{letters}({reading})") }
    }
}

/// The bracket that ends what another begins.
fn other_side(sign: char) -> char {
    match sign {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        sign => sign,
    }
}

/// What comes after a word that says how a field looks: one in quotation marks may have blanks.
fn without_word(text: &str) -> &str {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').map_or("", |(_, rest)| rest);
    }
    let end = text.find(|letter: char| letter == '\\' || letter.is_whitespace()).unwrap_or(text.len());
    &text[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equation_is_one_line_and_letters_have_their_reading_behind_them() {
        for (does, line, is_reading) in [
            (r#" EQ \* jc2 \* "Font:MS Mincho" \* hps10 \o\ad(\s\up 9(かん),漢)"#, "漢(かん)", true),
            (r"EQ \o(\s\up 11(pīn),拼)", "拼(pīn)", true),
            (r"EQ \f(1,2)", "1/2", false),
            (r"eq \f(a+b,c)+1", "(a+b)/c+1", false),
            (r"EQ \r(3,x)\r(2)", "x^(1/3)√(2)", false),
            (r"EQ x\s\up8(2)", "x^2", false),
            (r"EQ \i\su(i=1,n,i)", "∑_(i=1)^n i", false),
            (r"EQ \b\bc\[(a)\b(c)", "[a](c)", false),
            (r"EQ \o(a,b)(c,d)\,", "ab(c,d),", false),
            (r"EQ \f(1", "1/", false),
        ] {
            assert_eq!(shown(does), Some(Equation { line: line.to_owned(), is_reading }), "{does}");
        }
        assert_eq!(shown("EQ "), None);
        assert_eq!(shown("EQUAL (a)"), None);
        assert_eq!(shown(r"HYPERLINK \o(a)"), None);
        let deep = format!("EQ {}a{}", r"\f(".repeat(3_000), ")".repeat(3_000));
        assert!(shown(&deep).is_some_and(|equation| equation.line.contains('a')));
    }
}
