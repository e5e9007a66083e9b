//! Two texts side by side, line by line: what went and what came.

use leptos::prelude::*;

/// A line of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// In both.
    Same(&'a str),
    /// Only in the first.
    Gone(&'a str),
    /// Only in the second.
    New(&'a str),
}

/// Beyond this many pairs of lines, what differs is shown as replaced as a whole rather than searched for more.
const MOST_PAIRS: usize = 1_000_000;

/// What turns `old` into `new`, line by line.
#[must_use]
pub fn compare<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (mid_a, mid_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);

    let mut lines: Vec<Line> = a[..head].iter().map(|line| Line::Same(line)).collect();
    if mid_a.len() * mid_b.len() > MOST_PAIRS {
        lines.extend(mid_a.iter().map(|line| Line::Gone(line)));
        lines.extend(mid_b.iter().map(|line| Line::New(line)));
    } else {
        common(mid_a, mid_b, &mut lines);
    }
    lines.extend(a[a.len() - tail..].iter().map(|line| Line::Same(line)));
    lines
}

/// The longest common subsequence, by the textbook's table.
fn common<'a>(a: &[&'a str], b: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let wide = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * wide];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * wide + j] = if a[i] == b[j] {
                longest[(i + 1) * wide + j + 1] + 1
            } else {
                longest[(i + 1) * wide + j].max(longest[i * wide + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push(Line::Same(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && longest[(i + 1) * wide + j] >= longest[i * wide + j + 1]) {
            lines.push(Line::Gone(a[i]));
            i += 1;
        } else {
            lines.push(Line::New(b[j]));
            j += 1;
        }
    }
}

/// The comparison of two texts, with long stretches they share left out.
#[component]
pub fn Compare(
    /// The text before.
    #[prop(into)]
    old: Signal<String>,
    /// The text after.
    #[prop(into)]
    new: Signal<String>,
) -> impl IntoView {
    move || {
        let (old, new) = (old.get(), new.get());
        if old == new {
            return view! { <p class="muted">"The two texts are the same."</p> }.into_any();
        }
        let lines = compare(&old, &new);
        let near = |at: usize| {
            let around = &lines[at.saturating_sub(2)..(at + 3).min(lines.len())];
            around.iter().any(|line| !matches!(line, Line::Same(_)))
        };
        let mut skipping = false;
        let shown = lines.iter().enumerate().filter_map(|(at, line)| {
            if !near(at) {
                let first = !std::mem::replace(&mut skipping, true);
                return first.then(|| {
                    view! { <p class="skipped"><span class="unseen">"Unchanged lines are left out."</span>"⋯"</p> }
                        .into_any()
                });
            }
            skipping = false;
            Some(match line {
                Line::Same(text) => view! { <p>{(*text).to_owned()}</p> }.into_any(),
                Line::Gone(text) => view! { <p><del>{(*text).to_owned()}</del></p> }.into_any(),
                Line::New(text) => view! { <p><ins>{(*text).to_owned()}</ins></p> }.into_any(),
            })
        });
        view! { <div class="compare" dir="auto">{shown.collect_view()}</div> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_keeps_what_both_have() {
        let lines = compare("a\nb\nc\nd", "a\nx\nc\nd\ne");
        let expected =
            [Line::Same("a"), Line::Gone("b"), Line::New("x"), Line::Same("c"), Line::Same("d"), Line::New("e")];
        assert_eq!(lines, expected);
    }

    #[test]
    fn nothing_compares_with_nothing() {
        assert_eq!(compare("", ""), []);
        assert_eq!(compare("", "a"), [Line::New("a")]);
    }
}
