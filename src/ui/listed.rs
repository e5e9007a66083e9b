//! Several things as one names them in a sentence.

/// "ann", "ann and ben", "ann, ben and cleo".
#[must_use]
pub fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match &names[..] {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_as_one_names_them() {
        let people = ["ann", "ben", "cleo"];
        let said: Vec<String> = (0..=3).map(|many| listed(&people[..many])).collect();
        assert_eq!(said, ["", "ann", "ann and ben", "ann, ben and cleo"]);
    }
}
