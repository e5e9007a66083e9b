//! Edits put together byte by byte, as no editor would.

/// A hand that is nobody's yet.
pub const H: u64 = 4_321;

/// A paragraph at the top with a text in it.
pub fn a_text() -> Vec<Vec<u8>> {
    vec![element(At::Top, "paragraph"), text_node(At::In((H, 0)))]
}

/// Who, and the how manieth unit.
pub type Id = (u64, u32);

/// Where something is put.
#[derive(Clone, Copy)]
pub enum At {
    /// At the top.
    Top,
    /// In a root of this name.
    Root(&'static str),
    /// First in a node.
    In(Id),
    /// An attribute of a node.
    Named(Id, &'static str),
    /// An attribute of the top.
    NamedTop(&'static str),
    /// After one.
    After(Id),
    /// Before one.
    Before(Id),
    /// After one and before another.
    Between(Id, Id),
}

pub fn number(mut number: u64, to: &mut Vec<u8>) {
    while number > 127 {
        to.push(u8::try_from(number & 127).unwrap() | 128);
        number >>= 7;
    }
    to.push(u8::try_from(number).unwrap());
}

pub fn text(text: &str, to: &mut Vec<u8>) {
    number(text.len() as u64, to);
    to.extend(text.bytes());
}

fn id((hand, clock): Id, to: &mut Vec<u8>) {
    number(hand, to);
    number(clock.into(), to);
}

/// One struct: its kind, its place, its content.
pub fn item(kind: u8, at: At, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let flags = match at {
        At::Named(..) | At::NamedTop(_) => 0x20,
        At::After(_) => 0x80,
        At::Before(_) => 0x40,
        At::Between(..) => 0xc0,
        _ => 0,
    };
    bytes.push(kind | flags);
    match at {
        At::Top => bytes.extend(b"\x01\x07chapter"),
        At::Root(name) => {
            bytes.push(1);
            text(name, &mut bytes);
        }
        At::In(node) => {
            bytes.push(0);
            id(node, &mut bytes);
        }
        At::Named(node, name) => {
            bytes.push(0);
            id(node, &mut bytes);
            text(name, &mut bytes);
        }
        At::NamedTop(name) => {
            bytes.extend(b"\x01\x07chapter");
            text(name, &mut bytes);
        }
        At::After(one) | At::Before(one) => id(one, &mut bytes),
        At::Between(one, other) => {
            id(one, &mut bytes);
            id(other, &mut bytes);
        }
    }
    bytes.extend(content);
    bytes
}

pub fn element(at: At, tag: &str) -> Vec<u8> {
    let mut content = vec![3];
    text(tag, &mut content);
    item(7, at, &content)
}

pub fn text_node(at: At) -> Vec<u8> {
    item(7, at, &[6])
}

pub fn words(at: At, words: &str) -> Vec<u8> {
    let mut content = Vec::new();
    text(words, &mut content);
    item(4, at, &content)
}

pub fn mark(at: At, name: &str, json: &str) -> Vec<u8> {
    let mut content = Vec::new();
    text(name, &mut content);
    text(json, &mut content);
    item(6, at, &content)
}

/// An attribute with a value that is text.
pub fn attribute(node: Id, name: &'static str, value: &str) -> Vec<u8> {
    let mut content = vec![1, 119];
    text(value, &mut content);
    item(8, At::Named(node, name), &content)
}

/// What is removed: whose, from where, how many.
pub type Removed = (u64, u32, u32);

/// An edit by one hand, from a clock on.
pub fn edit(hand: u64, clock: u32, structs: &[Vec<u8>], removed: &[Removed]) -> Vec<u8> {
    edits(&[(hand, clock, structs)], removed)
}

/// An edit by many hands.
pub fn edits(hands: &[(u64, u32, &[Vec<u8>])], removed: &[Removed]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let some: Vec<_> = hands.iter().filter(|(.., structs)| !structs.is_empty()).collect();
    number(some.len() as u64, &mut bytes);
    for (hand, clock, structs) in some {
        number(structs.len() as u64, &mut bytes);
        number(*hand, &mut bytes);
        number((*clock).into(), &mut bytes);
        bytes.extend(structs.concat());
    }
    number(removed.len() as u64, &mut bytes);
    for (hand, clock, length) in removed {
        number(*hand, &mut bytes);
        bytes.push(1);
        number((*clock).into(), &mut bytes);
        number((*length).into(), &mut bytes);
    }
    bytes
}
