//! What a DOCX gives back of a document, and what it cannot.

use super::{reader, tests::written};
use crate::{
    costly::Budget,
    document::{
        archive::Archive,
        manuscript::{Placed, place},
        publication::{
            Part, Picture, Publication,
            index::{on_one_line, said},
            tests::book,
        },
        round_trip::{Format, Loss, mapped},
        schema::{SCHEMA, Value},
        tree::{Element, Mark, Node, Run, simplest},
    },
};
use std::{
    collections::BTreeMap,
    io::{Seek, SeekFrom, Write},
    time::Duration,
};

/// Enough to meet each kind of node in each other, in some seconds.
const ROUNDS: u64 = 600;

/// All addresses that pictures have in the documents that are made.
const PICTURES: [&str; 12] =
    ["/)", "/(", "/%20", "/a(b)c", "/a<b>", "/a_b*c*", "/files/1.png", "/files/2.png", "/ä|ö", "/a\"b'", "#n", "/x"];

fn docx() -> Format<Vec<u8>> {
    Format { write: |nodes| written(&one_chapter(), &[nodes.to_vec()]), read: |bytes| returned(bytes), losses: LOSSES }
}

fn one_chapter() -> Publication {
    let picture = |at: usize| Picture { file: format!("p{at}.png"), mime: "image/png", bytes: 3, width: 0, height: 0 };
    let pictures: BTreeMap<String, Picture> =
        PICTURES.iter().enumerate().map(|(at, address)| ((*address).to_owned(), picture(at))).collect();
    let mut book = Publication {
        parts: vec![Part { title: "One".into(), depth: 0, is_section: false }],
        links: [("/one".to_owned(), 0)].into(),
        pictures,
        ..book()
    };
    book.metadata.language = "la".into();
    book
}

fn returned(bytes: &[u8]) -> Vec<Node> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    let budget = Budget::of(Duration::from_secs(60));
    let mut read = reader::read(Archive::open(file).unwrap(), &budget).unwrap();
    let level = read.level();
    let pieces = read.cut(level);
    assert_eq!(pieces.len(), 1, "one chapter is one");
    let src = |number: usize| {
        let path = &read.pictures[number];
        let at: usize = path.trim_start_matches("word/media/p").trim_end_matches(".png").parse().unwrap();
        Some(Placed { src: PICTURES[at].to_owned(), width: 0, height: 0 })
    };
    pieces.into_iter().flat_map(|piece| place(piece.nodes, &src, &|_| Some("/one".to_owned()))).collect()
}

/// What is left of the entries of terms.
fn plain_terms(nodes: &[Node]) -> Vec<Node> {
    let mut line: Vec<Node> = nodes.to_vec();
    let term = |node: &Node| match node {
        Node::Text(run) => run.marks.iter().find(|mark| mark.kind.name == "index_term").cloned(),
        Node::Element(_) => None,
    };
    let is_text = |node: &Node| matches!(node, Node::Text(_));
    let mut from = 0;
    while from < line.len() {
        let Some(mark) = term(&line[from]) else {
            if let Node::Element(element) = &mut line[from] {
                element.children = plain_terms(&element.children);
            }
            from += 1;
            continue;
        };
        // What stands in it and is no text parts it not.
        let goes_on = |node: &Node| !is_text(node) || term(node).as_ref() == Some(&mark);
        let until = line[from..].iter().position(|node| !goes_on(node)).map_or(line.len(), |at| from + at);
        let texts = line[from..until]
            .iter()
            .filter_map(|node| if let Node::Text(run) = node { Some(&*run.text) } else { None });
        let words = on_one_line(&texts.collect::<String>());
        let said = said(mark.text_value("entry"));
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        let entry = if solid(&said.concat()) == solid(&words) { String::new() } else { said.join(" > ") };
        for node in &mut line[from..until] {
            match node {
                Node::Text(run) if words.is_empty() && entry.is_empty() => {
                    run.marks.retain(|mark| mark.kind.name != "index_term");
                }
                Node::Text(run) => {
                    for mark in run.marks.iter_mut().filter(|mark| mark.kind.name == "index_term") {
                        mark.values = [Value::Text(entry.clone())].into();
                    }
                }
                Node::Element(element) => element.children = plain_terms(&element.children),
            }
        }
        from = until;
    }
    simplest(&line)
}

const LOSSES: &[Loss] = &[
    Loss {
        name: "a term of the index that says what is marked has no entry, one of blanks is none, and what parts an entry is written in one way",
        left: plain_terms,
        example: r#"[["paragraph", {}, {"t": "a", "m": [["index_term", {"entry": "a>b"}]]}]]"#,
    },
    Loss {
        name: "what XML has no place for is shown as what cannot be shown",
        left: |nodes| {
            texts(nodes, &|run| run.text = run.text.replace(|c: char| c < ' ' && !"\t\n\r".contains(c), "\u{fffd}"))
        },
        example: r#"[["paragraph", {}, "a\u0000b"]]"#,
    },
    Loss {
        name: "the end of a line within a text is a line break",
        left: |nodes| mapped(nodes, &|element| vec![Node::Element(with_breaks(element))]),
        example: r#"[["paragraph", {}, "a\nb"]]"#,
    },
    Loss {
        name: "a link that leads nowhere from a book, and a language that is none, mark nothing; an address is written as addresses are",
        left: |nodes| {
            texts(nodes, &|run| {
                let to = |href: &str| match href {
                    "/one" => Some("/one".to_owned()),
                    href => crate::document::publication::escape::address(href),
                };
                for mark in &mut run.marks {
                    if mark.kind.name == "link" {
                        let href = to(mark.text_value("href")).unwrap_or_default();
                        mark.values = [Value::Text(href)].into();
                    }
                }
                let is_nothing = |mark: &Mark| {
                    matches!(&*mark.kind.name, "link" | "language") && mark.values.contains(&Value::Text(String::new()))
                };
                run.marks.retain(|mark| !is_nothing(mark));
            })
        },
        example: r#"[["paragraph", {}, {"t": "a", "m": [["link", {"href": "/shelf"}]]}]]"#,
    },
    Loss {
        name: "what is raised and lowered at once is raised",
        left: |nodes| {
            texts(nodes, &|run| {
                if run.marks.iter().any(|mark| mark.kind.name == "superscript") {
                    run.marks.retain(|mark| mark.kind.name != "subscript");
                }
            })
        },
        example: r#"[["paragraph", {}, {"t": "a", "m": [["superscript", {}], ["subscript", {}]]}]]"#,
    },
    Loss {
        name: "code in a block is plain, and of no language",
        left: |nodes| {
            mapped(nodes, &|element| {
                if element.kind.name == "code_block" {
                    element.values = vec![Value::Text(String::new())];
                    element.children = simplest(&texts(&element.children, &|run| run.marks.clear()));
                    element.children = element.children.iter().map(as_code).collect();
                }
                vec![Node::Element(element.clone())]
            })
        },
        example: r#"[["code_block", {"language": "rust"}, "a"]]"#,
    },
    Loss {
        name: "a picture is as large as its file and stands in the middle; one of elsewhere is what describes it",
        left: |nodes| mapped(nodes, &figure),
        example: r#"[["figure", {"src": "/files/1.png", "size": "small"}]]"#,
    },
    Loss {
        name: "the blank at the beginning of a note is none",
        left: |nodes| {
            mapped(nodes, &|element| {
                if element.kind.name == "footnote" {
                    element.children = simplest(&element.children);
                    while let Some(Node::Text(run)) = element.children.first_mut() {
                        run.text = run.text.trim_start().to_owned();
                        if !run.text.is_empty() {
                            break;
                        }
                        element.children.remove(0);
                    }
                }
                vec![Node::Element(element.clone())]
            })
        },
        example: r#"[["paragraph", {}, "a", ["footnote", {}, " b"]]]"#,
    },
    Loss {
        name: "a line with nothing in it is none",
        left: |nodes| {
            mapped(nodes, &|element| {
                let is_line = matches!(&*element.kind.name, "paragraph" | "heading" | "verse" | "code_block");
                if is_line && element.children.is_empty() { Vec::new() } else { vec![Node::Element(element.clone())] }
            })
        },
        example: r#"[["paragraph", {}], ["paragraph", {}, "a"]]"#,
    },
    Loss {
        name: "a list, a table or a row of nothing is nothing",
        left: |nodes| {
            mapped(nodes, &|element| {
                let is_made_of_parts = matches!(
                    &*element.kind.name,
                    "bullet_list" | "ordered_list" | "task_list" | "table" | "table_row" | "blockquote"
                );
                if is_made_of_parts && element.children.is_empty() {
                    Vec::new()
                } else {
                    vec![Node::Element(element.clone())]
                }
            })
        },
        example: r#"[["bullet_list", {}], ["paragraph", {}, "a"]]"#,
    },
];

fn texts(nodes: &[Node], each: &impl Fn(&mut Run)) -> Vec<Node> {
    nodes
        .iter()
        .map(|node| match node {
            Node::Text(run) => {
                let mut run = run.clone();
                each(&mut run);
                Node::Text(run)
            }
            Node::Element(element) => {
                let (kind, values) = (element.kind, element.values.clone());
                Node::Element(Element { kind, values, children: texts(&element.children, each) })
            }
        })
        .collect()
}

/// A line in which the ends of lines are line breaks; in code they are what they are.
fn with_breaks(element: &Element) -> Element {
    let Element { kind, values, children } = element.clone();
    if kind.name == "code_block" || !kind.content.takes_text() {
        return Element { kind, values, children };
    }
    if kind.name == "footnote" {
        let blanks = texts(&children, &|run| run.text = run.text.replace(['\n', '\r'], " "));
        return Element { kind, values, children: blanks };
    }
    let mut line = Vec::new();
    for node in children {
        let Node::Text(run) = node else {
            line.push(node);
            continue;
        };
        for (number, text) in run.text.split(['\n', '\r']).enumerate() {
            if number > 0 {
                line.push(Node::Element(Element::new("hard_break", &[], Vec::new())));
            }
            line.push(Node::Text(Run { text: text.to_owned(), marks: run.marks.clone() }));
        }
    }
    Element { kind, values, children: simplest(&line) }
}

fn as_code(node: &Node) -> Node {
    match node {
        Node::Text(run) => Node::Text(Run { text: run.text.replace('\r', "\n"), marks: Vec::new() }),
        Node::Element(_) => node.clone(),
    }
}

fn figure(element: &mut Element) -> Vec<Node> {
    if element.kind.name != "figure" {
        return vec![Node::Element(element.clone())];
    }
    let (src, alt) = (element.text_value("src").to_owned(), element.text_value("alt").to_owned());
    if PICTURES.contains(&src.as_str()) {
        let given = [("src", Value::Text(src)), ("alt", Value::Text(alt))];
        return vec![Node::Element(Element::new("figure", &given, element.children.clone()))];
    }
    let said = Element::new("paragraph", &[], vec![Node::Text(Run { text: alt.clone(), marks: Vec::new() })]);
    let caption = Element::new("paragraph", &[], element.children.clone());
    let said = if alt.trim().is_empty() { None } else { Some(with_breaks(&said)) };
    said.into_iter().chain([caption]).map(Node::Element).collect()
}

/// All words of a document, in their order.
fn words(nodes: &[Node]) -> Vec<String> {
    fn add(nodes: &[Node], to: &mut String) {
        for node in nodes {
            match node {
                Node::Text(run) => to.push_str(&run.text),
                Node::Element(element) => {
                    to.push(' ');
                    if element.kind.name == "figure" && !PICTURES.contains(&element.text_value("src")) {
                        to.push_str(element.text_value("alt"));
                        to.push(' ');
                    }
                    add(&element.children, to);
                    to.push(' ');
                }
            }
        }
    }
    let mut all = String::new();
    add(nodes, &mut all);
    let odd = |c: char| c.is_whitespace() || c < ' ' || c == '\u{fffd}';
    all.split(odd).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_word_of_a_document_of_whatever_there_is_comes_back_in_its_order() {
    for (seed, document) in crate::document::round_trip::documents(0, ROUNDS).into_iter().enumerate() {
        let format = docx();
        let returned = (format.read)(&(format.write)(&document));
        let (mut given, mut came) = (words(&document), words(&returned));
        // A cell that is further out than any has its words in the last: of a row, then, the order may differ.
        given.sort_unstable();
        came.sort_unstable();
        assert_eq!(given, came, "seed {seed}: {}", crate::document::json::write(&document));
    }
    assert!(SCHEMA.nodes().count() > 10);
}

/// Lines, and lists of lines: whatever else stands in each other in a document has to be flat in a DOCX.
fn plainly(nodes: &[Node]) -> Vec<Node> {
    let mut lines = Vec::new();
    for node in nodes {
        let Node::Element(element) = node else { continue };
        match &*element.kind.name {
            "paragraph" | "verse" | "heading" | "figure" | "code_block" | "scene_break" => lines.push(node.clone()),
            _ => lines.extend(plainly(&element.children)),
        }
    }
    lines.retain(|line| !is_nothing(line));
    lines
}

/// Whether nothing of a line is written.
fn is_nothing(line: &Node) -> bool {
    let Node::Element(element) = line else { return true };
    let is_shown = match &*element.kind.name {
        "scene_break" => true,
        "figure" => PICTURES.contains(&element.text_value("src")) || !element.text_value("alt").trim().is_empty(),
        _ => false,
    };
    !is_shown && element.children.is_empty()
}

#[test]
fn lines_come_back_as_they_were_in_lists_quotations_and_cells() {
    let format = docx();
    for (seed, document) in crate::document::round_trip::documents(0, ROUNDS).into_iter().enumerate() {
        let lines = plainly(&document);
        let flat = |line: &Node| match line {
            Node::Element(element) => matches!(&*element.kind.name, "paragraph"),
            Node::Text(_) => false,
        };
        let simple: Vec<Node> = lines.iter().filter(|line| flat(line)).cloned().collect();
        let item = |kind: &str, line: &Node| Node::Element(Element::new(kind, &[], vec![line.clone()]));
        let list = |kind: &str, of: &str, lines: &[Node]| {
            Node::Element(Element::new(kind, &[], lines.iter().map(|line| item(of, line)).collect()))
        };
        let mut made = lines.clone();
        if let [first, rest @ ..] = simple.as_slice() {
            let nested = Node::Element(Element::new(
                "list_item",
                &[],
                vec![first.clone(), list("ordered_list", "list_item", rest), first.clone()],
            ));
            made.push(Node::Element(Element::new("bullet_list", &[], vec![nested])));
            made.push(list("task_list", "task_item", &simple));
            made.push(list("bullet_list", "list_item", &simple));
            made.push(list("bullet_list", "list_item", &simple));
            made.push(Node::Element(Element::new(
                "blockquote",
                &[],
                [simple.clone(), vec![list("ordered_list", "list_item", &simple)]].concat(),
            )));
            let cell =
                |kind: &str, given: &[(&str, Value)]| Node::Element(Element::new(kind, given, vec![first.clone()]));
            let wide = [("rowspan", Value::Number(2)), ("width", Value::Number(20))];
            let head = Node::Element(Element::new(
                "table_row",
                &[],
                vec![cell("table_header", &[("colspan", Value::Number(2))])],
            ));
            let one = Node::Element(Element::new(
                "table_row",
                &[],
                vec![cell("table_cell", &wide), cell("table_header", &[])],
            ));
            let two = Node::Element(Element::new("table_row", &[], vec![cell("table_cell", &[])]));
            made.push(Node::Element(Element::new("table", &[], vec![head, one, two])));
        }
        format.check(&made, &format!("what is made of the document {seed}"));
    }
}

#[test]
fn what_is_named_as_lost_is_lost() {
    docx().check_losses();
}
