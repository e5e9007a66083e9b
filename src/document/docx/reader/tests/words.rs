//! What stands in a line: none of it is lost, doubled, or another than is shown.

use super::{book, field, p, run, shown};
use crate::document::left_out::What;

#[test]
fn a_form_field_is_the_tick_or_the_words_that_it_shows_and_takes_no_others_along() {
    let tick = |about: &str| field(&format!("<w:ffData><w:checkBox>{about}</w:checkBox></w:ffData>"), " FORMCHECKBOX ");
    let list = "<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='red'/><w:listEntry w:val='blue'/></w:ddList></w:ffData>";
    let text = format!(
        "<w:p>{}{}</w:p><w:p>{}{}</w:p><w:p>{}{}</w:p><w:p>{}</w:p>\
         <w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
        tick("<w:sizeAuto/><w:default w:val='0'/><w:checked/>"),
        run(" Yes"),
        tick("<w:default w:val='1'/><w:checked w:val='0'/>"),
        run("No"),
        tick("<w:default w:val='1'/>"),
        run("As it was"),
        field(list, " FORMDROPDOWN "),
        p("", "", "A control.")
    );
    assert_eq!(shown(&text), "<p>[x] Yes</p><p>[ ] No</p><p>[x] As it was</p><p>blue</p><p>A control.</p>");
}

#[test]
fn a_box_in_a_content_control_is_a_tick_and_whatever_else_stands_there_stays() {
    let boxed = |content: &str| {
        format!(
            "<w:sdt><w:sdtPr><w:rPr><w:b/></w:rPr><w14:checkbox><w14:checked w14:val='1'/><w14:checkedState w14:val='0052'/>\
             </w14:checkbox></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
        )
    };
    let cell = |text: &str| format!("<w:tc>{}</w:tc>", p("", "", text));
    let text = format!(
        "<w:p>{}{}</w:p>{}<w:p>{}{}</w:p><w:p>{}{}</w:p><w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
        boxed(&run("R")),
        run(" in the line"),
        boxed(&p("", "", "\u{2612} of its own")),
        boxed("<w:r><w:sym w:font='Wingdings' w:char='F0FE'/></w:r>"),
        run("by its font"),
        boxed(""),
        run("with nothing"),
        boxed(&cell("\u{2612}")),
        cell("Delivered"),
        cell("x"),
        cell("y")
    );
    let expected = "<p>[x] in the line</p><p>[x] of its own</p><p>[x] by its font</p><p>[x] with nothing</p><table><tbody>\
        <tr><td><p>[x]</p></td><td><p>Delivered</p></td></tr><tr><td><p>x</p></td><td><p>y</p></td></tr></tbody></table>";
    assert_eq!(shown(&text), expected);
    let chosen = "<w:p><w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText='red'/></w:dropDownList></w:sdtPr>\
        <w:sdtContent><w:r><w:t>red</w:t></w:r></w:sdtContent></w:sdt></w:p>";
    assert_eq!(shown(chosen), "<p>red</p>");
}

#[test]
fn the_end_of_a_page_parts_words() {
    let page = "<w:r><w:br w:type='page'/></w:r>";
    let style = |about: &str| format!("<w:pPr>{about}</w:pPr>");
    let text = format!(
        "<w:p>{page}{}{page}{}<w:r><w:br w:type='column'/></w:r></w:p><w:p>{}{}{page}{}</w:p><w:p>{}{}{page}{}</w:p>\
         <w:p>{}{}{page}{}</w:p>",
        run("The first."),
        run("The second"),
        style("<w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>"),
        run("a"),
        run("b"),
        style("<w:pStyle w:val='Code'/>"),
        run("c"),
        run("d"),
        style("<w:pStyle w:val='berschrift1'/>"),
        run("E"),
        run("F"),
    );
    let expected =
        "<p>The first.</p><p>The second</p><ul><li><p>a</p><p>b</p></li></ul><pre><code>c\nd</code></pre><h2>E F</h2>";
    assert_eq!(shown(&text), expected);
}

#[test]
fn a_large_letter_is_that_of_the_paragraph_it_begins() {
    let letter = |kind: &str| {
        format!("<w:p><w:pPr><w:framePr w:dropCap='{kind}' w:lines='3'/></w:pPr><w:r><w:t>O</w:t></w:r></w:p>")
    };
    let text = format!(
        "{}{}{}{}<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>{}",
        letter("drop"),
        p("", "", "nce upon a time."),
        letter("none"),
        p("", "", "alone"),
        letter("margin"),
        p("", "", "a"),
        letter("drop")
    );
    let expected = "<p>Once upon a time.</p><p>O</p><p>alone</p><table><tbody><tr><td><p>O</p></td><td><p>a</p></td></tr>\
        </tbody></table><p>O</p>";
    assert_eq!(shown(&text), expected);
}

#[test]
fn letters_have_their_reading_behind_them() {
    let ruby = format!(
        "<w:r><w:ruby><w:rubyPr><w:hps w:val='10'/></w:rubyPr><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
        run("かん"),
        run("漢")
    );
    let text = format!("<w:p>{}{ruby}{ruby}{}</w:p>", run("私は"), run("だ。"));
    assert_eq!(shown(&text), "<p>私は漢(かん)漢(かん)だ。</p>");
}

#[test]
fn fields_that_draw_what_they_show_show_it() {
    let reading = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>EQ \\* jc2 \\o\\ad(\\s\\up 9(</w:instrText></w:r>\
        <w:r><w:t>かん</w:t></w:r><w:r><w:instrText>),漢)</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>\
        <w:r><w:fldChar w:fldCharType='end'/></w:r>";
    let text = format!(
        "<w:p>{}{reading}{}</w:p><w:p>{}</w:p><w:p>{}</w:p><w:p>{}</w:p>",
        run("Before "),
        run(" after"),
        field("", " EQ \\f(1,2) "),
        field("", " SYMBOL 97 \\f \"Symbol\" \\s 10 "),
        field("", " MACROBUTTON Nothing [Click here] "),
    );
    assert_eq!(shown(&text), "<p>Before 漢(かん) after</p><p>1/2</p><p>α</p><p>[Click here]</p>");
    assert_eq!(book(&text).left_out.count(What::Formula), 1);
}

#[test]
fn the_parts_of_a_formula_are_not_glued_together() {
    let m = |name: &str, inside: &str| format!("<m:{name}>{inside}</m:{name}>");
    let r = |text: &str| format!("<m:r><m:rPr><m:sty m:val='p'/></m:rPr><w:rPr><w:b/></w:rPr><m:t>{text}</m:t></m:r>");
    let of = |name: &str, text: &str| m(name, &r(text));
    let said = |name: &str, value: &str| format!("<m:{name} m:val='{value}'/>");
    let power = m("sSup", &format!("{}{}", of("e", "x"), of("sup", "2")));
    for (inside, line) in [
        (m("f", &format!("\n {}\n {}", of("num", "1"), of("den", "2"))), "1/2"),
        (m("f", &format!("{}{}", of("num", "a+b"), of("den", "c"))), "(a+b)/c"),
        (m("f", &format!("{}{}{}", m("fPr", &said("type", "noBar")), of("num", "n"), of("den", "k"))), "n; k"),
        (power.clone(), "x^2"),
        (m("sSup", &format!("{}{}", m("e", &power), of("sup", "3"))), "(x^2)^3"),
        (m("sSubSup", &format!("{}{}{}", of("e", "x"), of("sub", "i"), of("sup", "2"))), "x_i^2"),
        (m("sPre", &format!("{}{}{}", of("sub", "6"), of("sup", "12"), of("e", "C"))), "_6^(12)C"),
        (
            format!(
                "{}{}",
                m(
                    "nary",
                    &format!(
                        "{}{}{}{}",
                        m("naryPr", &said("chr", "∑")),
                        of("sub", "i=1"),
                        of("sup", "n"),
                        of("e", "i")
                    )
                ),
                m("d", &format!("<m:dPr/>{}", of("e", "a+b")))
            ),
            "∑_(i=1)^n i(a+b)",
        ),
        (m("nary", &format!("<m:sub/><m:sup/>{}", of("e", "x"))), "\u{222b}x"),
        (
            m(
                "d",
                &format!(
                    "{}{}{}",
                    m("dPr", &format!("{}{}{}", said("begChr", "["), said("sepChr", ","), said("endChr", ""))),
                    of("e", "a"),
                    of("e", "b")
                ),
            ),
            "[a,b",
        ),
        (m("rad", &format!("{}<m:deg/>{}", m("radPr", &said("degHide", "1")), of("e", "2"))), "√(2)"),
        (m("rad", &format!("{}{}", of("deg", "3"), of("e", "x"))), "x^(1/3)"),
        (m("acc", &format!("{}{}", m("accPr", &said("chr", "\u{20d7}")), of("e", "v"))), "v\u{20d7}"),
        (m("bar", &format!("{}{}", m("barPr", &said("pos", "top")), of("e", "ab"))), "(ab)\u{305}"),
        (m("func", &format!("{}{}", of("fName", "sin"), of("e", "x"))), "sin x"),
        (m("limLow", &format!("{}{}", of("e", "lim"), of("lim", "x→0"))), "lim_(x→0)"),
        (
            m(
                "m",
                &format!(
                    "{}{}",
                    m("mr", &format!("{}{}", of("e", "1"), of("e", "2"))),
                    m("mr", &format!("{}{}", of("e", "3"), of("e", "4")))
                ),
            ),
            "1, 2; 3, 4",
        ),
        (m("eqArr", &format!("{}{}", of("e", "a&amp;=1"), of("e", "b&amp;=2"))), "a=1; b=2"),
        (format!("{}<w:del>{}</w:del>{}", r("a"), r("b"), r("c")), "ac"),
        ("<m:r><w:sym w:font='Symbol' w:char='F061'/><m:t>+1</m:t></m:r>".to_owned(), "α+1"),
    ] {
        let text = format!("<w:p>{}<m:oMath>{inside}</m:oMath>{}</w:p>", run("so "), run(" it is"));
        assert_eq!(shown(&text), format!("<p>so {line} it is</p>"), "{inside}");
        assert_eq!(book(&text).left_out.count(What::Formula), 1);
    }
    let text = format!(
        "<w:p><m:oMathPara>{0}{0}</m:oMathPara></w:p><w:p><m:oMath><m:f><m:num>{1}</w:p>{2}",
        m("oMath", &r("a")),
        r("1"),
        p("", "", "and on")
    );
    assert_eq!(shown(&text), "<p>a<br>a</p><p>1/</p><p>and on</p>");
    let deep = format!("<w:p><m:oMath>{}{}{}</m:oMath></w:p>", "<m:e>".repeat(9_000), r("1"), "</m:e>".repeat(9_000));
    assert_eq!(shown(&deep), "<p>1</p>");
}

#[test]
fn letters_of_a_font_of_signs_are_the_signs_that_it_draws() {
    let sign = |font: &str, code: &str| format!("<w:r><w:sym w:font='{font}' w:char='{code}'/></w:r>");
    let drawn = |font: &str, text: &str| {
        format!("<w:r><w:rPr><w:rFonts w:ascii='{font}' w:hAnsi='{font}'/></w:rPr><w:t>{text}</w:t></w:r>")
    };
    let text = [
        sign("Wingdings", "F0E0"),
        sign("Symbol", "F061"),
        sign("symbol", "00B3"),
        sign("Wingdings 2", "F052"),
        sign("Wingdings 3", "F07D"),
        sign("Webdings", "F061"),
        sign("Segoe UI Symbol", "2713"),
        sign("Nobody", "F041"),
        drawn("Wingdings", "J\u{f0fc}\u{f030}"),
        drawn("Symbol", "(a\u{f0ae}b)"),
        drawn("Courier New", "\u{f061}a"),
    ];
    let text = format!("<w:p>{}</w:p>", text.concat());
    assert_eq!(shown(&text), "<p>→α≥☑▶✔✓☺✓(α→β)\u{f061}a</p>");
    let left = book(&text).left_out;
    let named: Vec<(What, &str)> = left.iter().map(|(what, name, _)| (what, name)).collect();
    assert!(named.contains(&(What::Picture, "Other F041")) && named.contains(&(What::Picture, "Wingdings F030")));
    assert_eq!(left.count(What::Picture), 2);
}
