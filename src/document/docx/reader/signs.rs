//! Fonts of signs: in them a letter is drawn as something else, such as the arrow that word processors make of `-->`. Such a
//! letter is the sign that it is drawn as. Of the signs that hardly any other font has, those stand here that look the same.

use super::{
    super::super::left_out::What,
    text::{Reader, Tag},
};

/// A font that letters are drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    Symbol,
    Webdings,
    Wingdings,
    Wingdings2,
    Wingdings3,
    /// One of letters, or one that is not known.
    Other,
}

/// What is drawn for a row of letters, by the first of them.
type Row = (u8, &'static str);

const SYMBOL: [Row; 3] = [
    (0x20, " !∀#∃%&∍()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}~"),
    (0xa0, "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪"),
    (0xf1, "⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"),
];
const WEBDINGS: [Row; 6] = [(0x20, " "), (0x33, "◀▶▲▼⏪⏩⏮⏭⏸⏹⏺"), (0x61, "✔"), (0x63, "□"), (0x67, "■"), (0x6e, "●")];
const WINGDINGS: [Row; 24] = [
    (0x20, " "),
    (0x22, "✂✁"),
    (0x28, "☎✆✉"),
    (0x36, "⌛⌨"),
    (0x3e, "✇✍"),
    (0x41, "✌"),
    (0x43, "👍👎☜☞☝☟"),
    (0x4a, "☺😐☹💣"),
    (0x51, "✈☼"),
    (0x54, "❄"),
    (0x56, "✞"),
    (0x58, "✠✡☪☯"),
    (0x5d, "☸♈♉♊♋♌♍♎♏♐♑♒♓"),
    (0x6c, "●❍■□□❑❒⬧⧫◆❖⬥⌧"),
    (0x7a, "⌘❀✿❝❞▯⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    (0x9e, "∙•"),
    (0xa1, "○○○◉◎❍▪◻"),
    (0xaa, "✦★✶✴✹✵"),
    (0xb1, "⌖"),
    (0xb5, "✪✰🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛"),
    (0xd5, "⌫⌦"),
    (0xd8, "➢"),
    (0xdc, "➲"),
    (0xdf, "←→↑↓↖↗↙↘⬅➔⬆⬇⬉⬈⬋⬊⇦⇨⇧⇩⬄⇳⬁⬀⬃⬂▭▫✗✓☒☑"),
];
const WINGDINGS_2: [Row; 10] = [
    (0x20, " "),
    (0x42, "👈👉"),
    (0x4a, "👆👇"),
    (0x4f, "✗✓☒☑☒☒⊗⊗"),
    (0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    (0x95, "⋅"),
    (0x97, "•●○"),
    (0xa1, "◾■□"),
    (0xaf, "◇"),
    (0xf8, "※⁂"),
];
const WINGDINGS_3: [Row; 3] = [(0x20, " ←→↑↓↖↗↙↘"), (0x70, "▲▼△▽◀▶◁▷◣◢◤◥◀▶▲"), (0x80, "▼")];

impl Font {
    /// The font of this name.
    pub(super) fn named(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "symbol" => Self::Symbol,
            "webdings" => Self::Webdings,
            "wingdings" => Self::Wingdings,
            "wingdings 2" => Self::Wingdings2,
            "wingdings 3" => Self::Wingdings3,
            _ => Self::Other,
        }
    }

    /// What it draws for a letter, where that is known.
    fn sign(self, letter: char) -> Option<char> {
        let rows: &[Row] = match self {
            Self::Symbol => &SYMBOL,
            Self::Webdings => &WEBDINGS,
            Self::Wingdings => &WINGDINGS,
            Self::Wingdings2 => &WINGDINGS_2,
            Self::Wingdings3 => &WINGDINGS_3,
            Self::Other => return None,
        };
        let place = place(letter)?;
        rows.iter().find_map(|(first, signs)| signs.chars().nth(usize::from(place.checked_sub(*first)?)))
    }
}

/// The place of a letter in such a font: it is said by the letter itself, or by one that is nobody's.
fn place(letter: char) -> Option<u8> {
    match u32::from(letter) {
        code @ 0xf020..=0xf0ff => u8::try_from(code - 0xf000).ok(),
        code @ (0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff) => u8::try_from(code).ok(),
        _ => None,
    }
}

/// Whether a letter is whatever a font makes of it.
fn is_nobodys(letter: char) -> bool {
    matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

impl Reader<'_> {
    /// A sign that says its font.
    pub(super) fn sign(&mut self, tag: &Tag<'_>) {
        let code = tag.get("char").and_then(|code| u32::from_str_radix(&code, 16).ok());
        if let Some(letter) = code.and_then(char::from_u32) {
            self.sign_of(Font::named(&tag.get("font").unwrap_or_default()), letter);
        }
    }

    /// A letter that is there as a sign of a font.
    pub(super) fn sign_of(&mut self, font: Font, letter: char) {
        if self.put_tick() {
            return;
        }
        let sign = match font {
            Font::Other => Some(letter).filter(|letter| !is_nobodys(*letter)),
            font => font.sign(letter),
        };
        match sign {
            Some(sign) => self.add(&sign.to_string()),
            None => self.name_sign(font, letter),
        }
    }

    /// Text as it is drawn.
    pub(super) fn drawn(&mut self, text: String) -> String {
        let look = &self.run.look;
        let of_style = || self.run.style.as_ref().and_then(|style| self.beside.styles.look(style).font);
        let font = look.font.or_else(of_style).unwrap_or(Font::Other);
        if font == Font::Other {
            return text;
        }
        let mut drawn = String::with_capacity(text.len());
        for letter in text.chars() {
            match font.sign(letter) {
                Some(sign) => drawn.push(sign),
                None if is_nobodys(letter) => self.name_sign(font, letter),
                None => drawn.push(letter),
            }
        }
        drawn
    }

    /// A sign that no other font has is as a picture.
    fn name_sign(&mut self, font: Font, letter: char) {
        if self.is_shown() {
            self.left_out.add(What::Picture, &format!("{font:?} {:X}", u32::from(letter)));
        }
    }
}
