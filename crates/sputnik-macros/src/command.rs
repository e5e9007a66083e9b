//! What `#[command]` makes of a function, and what it says of one that can be no command.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::{
    Error, FnArg, GenericArgument, Ident, ItemFn, LitStr, Pat, PathArguments, Result, ReturnType, Signature, Token,
    Type,
    parse::{Parse, ParseStream},
};

/// How a command travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Way {
    /// Over the live connection.
    #[default]
    Live,
    /// By a request of its own.
    Post,
    /// As a form.
    Form,
}

/// What stands in the attribute's brackets.
#[derive(Default)]
struct Options {
    path: Option<LitStr>,
    way: Way,
    /// Whether a page that goes leaves it to the next one.
    keep: Option<Ident>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            let way = match name.to_string().as_str() {
                "path" => {
                    input.parse::<Token![=]>()?;
                    let path = input.parse()?;
                    check_path(&path)?;
                    if options.path.replace(path).is_some() {
                        return Err(Error::new(name.span(), "a command has one `path`"));
                    }
                    None
                }
                "post" => Some(Way::Post),
                "form" => Some(Way::Form),
                "keep" => {
                    options.keep = Some(name.clone());
                    None
                }
                _ => {
                    let words = format!(
                        "`{name}` is no option of a command: there are `path = \"…\"`, `post`, `form` and `keep`"
                    );
                    return Err(Error::new(name.span(), words));
                }
            };
            if let Some(way) = way {
                if options.way != Way::Live {
                    return Err(Error::new(name.span(), "a command travels in one way: `form` is a `post` already"));
                }
                options.way = way;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if let Some(keep) = options.keep.as_ref().filter(|_| options.way != Way::Live) {
            let words = "what is kept for the next page travels over the live connection: not as a `post` or a `form`";
            return Err(Error::new(keep.span(), words));
        }
        Ok(options)
    }
}

/// A path is written into addresses, logs and the names of measurements as it is.
fn check_path(path: &LitStr) -> Result<()> {
    let text = path.value();
    let is_plain =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if text.split('/').all(is_plain) {
        return Ok(());
    }
    let words = "a command's path is words of letters, digits, `-` and `_` with a `/` between them, such as `chat/say`: \
        `/command/` goes before it";
    Err(Error::new(path.span(), words))
}

/// The whole of it.
pub fn expand(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let Options { path, way, keep } = syn::parse2(options)?;
    let client = match keep {
        Some(_) => quote!(::sputnik::client::Sputnik<true>),
        None => quote!(::sputnik::client::Sputnik),
    };
    let mut function: ItemFn = syn::parse2(item)
        .map_err(|error| Error::new(error.span(), format!("a command is an async function: {error}")))?;
    check(&function.sig)?;
    // The fields of what is made of the arguments need no words where the function has some.
    let is_told = function.attrs.iter().any(|attribute| attribute.path().is_ident("doc"));
    if is_told {
        function.attrs.push(syn::parse_quote!(#[allow(missing_docs)]));
    }
    let name = &function.sig.ident;
    let path = path.map_or_else(|| name.to_string().trim_start_matches("r#").to_owned(), |path| path.value());
    let call = in_one_word(name);
    let travels = match way {
        Way::Live => quote!(input = ::leptos::server_fn::codec::Json, client = #client),
        Way::Post => quote!(input = ::leptos::server_fn::codec::Json),
        Way::Form => quote!(input = ::leptos::server_fn::codec::PostUrl),
    };
    Ok(quote! {
        #[::leptos::prelude::server(name = #call, prefix = "/command", endpoint = #path, #travels)]
        #function

        const _: () = ::sputnik::protocol::paths::must_be_of_command(
            <#call as ::leptos::server_fn::ServerFn>::PATH,
            #path,
        );
    })
}

/// `rename_part` is sent as a `RenamePart`.
fn in_one_word(name: &Ident) -> Ident {
    let text = name.to_string();
    let words = text.trim_start_matches("r#").split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    format_ident!("{}", words.collect::<String>(), span = name.span())
}

/// What of a function keeps it from being a command: all of it, so that one compilation tells everything.
fn check(function: &Signature) -> Result<()> {
    let mut wrong: Vec<Error> = Vec::new();
    let mut refuse = |what: &dyn quote::ToTokens, words: &str| wrong.push(Error::new_spanned(what, words));
    if function.asyncness.is_none() {
        refuse(&function.fn_token, "a command is answered later: write `async fn`");
    }
    if let Some(unsafety) = &function.unsafety {
        refuse(unsafety, "a command is called by pages: it cannot be unsafe");
    }
    if let Some(abi) = &function.abi {
        refuse(abi, "a command is called by pages: it has no other calling convention");
    }
    if !function.generics.params.is_empty() {
        refuse(&function.generics, "a command has one path and one set of arguments: it cannot be generic");
    }
    if let Some(bounds) = &function.generics.where_clause {
        refuse(bounds, "a command is not generic: there is nothing to bound");
    }
    if !answers_or_faults(&function.output) {
        let words = "a command answers a value or a fault: write `-> Result<…, Fault>`";
        match &function.output {
            ReturnType::Default => refuse(&function.ident, words),
            ReturnType::Type(_, answer) => refuse(answer, words),
        }
    }
    let mut names = BTreeSet::new();
    for argument in &function.inputs {
        let argument = match argument {
            FnArg::Receiver(receiver) => {
                refuse(receiver, "a command stands by itself: it has no `self`");
                continue;
            }
            FnArg::Typed(argument) => argument,
        };
        match &*argument.pat {
            Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
                if !names.insert(name.ident.to_string()) {
                    refuse(name, "two arguments of a command cannot have one name: they are sent by it");
                }
            }
            pattern => refuse(pattern, "an argument of a command needs a name: it is sent by it"),
        }
        match &*argument.ty {
            Type::Reference(reference) => {
                refuse(reference, "an argument of a command travels: take it as a value, such as `String` for `&str`");
            }
            Type::ImplTrait(any) => refuse(any, "a command is not generic: name the argument's type"),
            _ => {}
        }
    }
    match wrong.into_iter().reduce(|mut all, another| {
        all.combine(another);
        all
    }) {
        Some(wrong) => Err(wrong),
        None => Ok(()),
    }
}

/// Whether it is `Result<…, Fault>`, by whatever path.
fn answers_or_faults(output: &ReturnType) -> bool {
    let ReturnType::Type(_, answer) = output else { return false };
    let last = |ty: &Type| match ty {
        Type::Path(path) => path.path.segments.last().cloned(),
        _ => None,
    };
    let Some(result) = last(answer).filter(|result| result.ident == "Result") else { return false };
    let PathArguments::AngleBracketed(kinds) = result.arguments else { return false };
    let kinds: Vec<_> = kinds.args.into_iter().collect();
    match &kinds[..] {
        [GenericArgument::Type(_), GenericArgument::Type(fault)] => {
            last(fault).is_some_and(|last| last.ident == "Fault")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(options: TokenStream, item: TokenStream) -> String {
        let tokens = expand(options, item).expect("a command");
        tokens.to_string().replace(' ', "")
    }

    fn refused(options: TokenStream, item: TokenStream) -> String {
        let error = expand(options, item).expect_err("no command");
        error.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_command_travels_over_the_connection_and_its_path_is_its_name() {
        let made = expanded(
            quote!(),
            quote!(
                pub async fn rename_part(part: PartId) -> Result<(), Fault> {
                    Ok(())
                }
            ),
        );
        for has in [
            "name=RenamePart",
            r#"prefix="/command""#,
            r#"endpoint="rename_part""#,
            "input=::leptos::server_fn::codec::Json",
            "client=::sputnik::client::Sputnik)",
            "pubasyncfnrename_part(part:PartId)->Result<(),Fault>",
            "must_be_of_command(<RenamePartas::leptos::server_fn::ServerFn>::PATH,",
        ] {
            assert!(made.contains(has), "{has} in {made}");
        }
    }

    #[test]
    fn what_its_arguments_are_is_told_by_the_functions_words_or_by_nobody() {
        let told = expanded(
            quote!(),
            quote!(
                /** Says. */
                async fn say(text: String) -> Result<(), Fault> {}
            ),
        );
        assert!(told.contains("allow(missing_docs)"), "{told}");
        let untold = expanded(
            quote!(),
            quote!(
                async fn say(text: String) -> Result<(), Fault> {}
            ),
        );
        assert!(!untold.contains("missing_docs"), "{untold}");
    }

    #[test]
    fn a_post_and_a_form_are_requests_of_their_own() {
        let item = quote!(
            async fn sign_in(name: String) -> Result<(), sputnik::Fault> {}
        );
        let post = expanded(quote!(post), item.clone());
        assert!(post.contains("codec::Json") && !post.contains("client="), "{post}");
        let form = expanded(quote!(form), item);
        assert!(form.contains("codec::PostUrl") && !form.contains("client="), "{form}");
    }

    #[test]
    fn one_that_is_kept_travels_as_such() {
        let item = quote!(
            async fn rename(title: String) -> Result<(), Fault> {}
        );
        let kept = expanded(quote!(path = "names/rename", keep), item);
        assert!(kept.contains("client=::sputnik::client::Sputnik<true>"), "{kept}");
    }

    #[test]
    fn a_path_of_its_own_stands_below_that_of_all_commands() {
        let item = quote!(
            async fn say(text: String) -> Result<(), Fault> {}
        );
        assert!(expanded(quote!(path = "chat/say"), item.clone()).contains(r#"endpoint="chat/say""#));
        let both = expanded(quote!(post, path = "say-it"), item.clone());
        assert!(both.contains(r#"endpoint="say-it""#) && !both.contains("client="), "{both}");
        for path in ["", "/say", "say/", "a//b", "../say", "say it", "ä", "say?x"] {
            let words = refused(quote!(path = #path), item.clone());
            assert!(words.contains("a command's path is words"), "{path}: {words}");
        }
    }

    #[test]
    fn an_option_that_is_none_is_named_and_so_are_those_there_are() {
        let item = quote!(
            async fn say(text: String) -> Result<(), Fault> {}
        );
        for (options, says) in [
            (quote!(input = Json), "`input` is no option of a command"),
            (quote!(form, post), "a command travels in one way"),
            (quote!(keep, post), "kept for the next page"),
            (quote!(path = "a", path = "b"), "one `path`"),
            (quote!(path), "expected `=`"),
        ] {
            let words = refused(options, item.clone());
            assert!(words.contains(says), "{words}");
        }
    }

    #[test]
    fn what_can_be_no_command_is_refused_with_words() {
        for (item, says) in [
            (
                quote!(
                    struct Say;
                ),
                "a command is an async function",
            ),
            (
                quote!(
                    fn say() -> Result<(), Fault> {}
                ),
                "write `async fn`",
            ),
            (
                quote!(
                    async unsafe fn say() -> Result<(), Fault> {}
                ),
                "cannot be unsafe",
            ),
            (
                quote!(
                    async extern "C" fn say() -> Result<(), Fault> {}
                ),
                "no other calling convention",
            ),
            (
                quote!(
                    async fn say() {}
                ),
                "write `-> Result<…, Fault>`",
            ),
            (
                quote!(
                    async fn say() -> String {}
                ),
                "write `-> Result<…, Fault>`",
            ),
            (
                quote!(
                    async fn say() -> Result<String> {}
                ),
                "write `-> Result<…, Fault>`",
            ),
            (
                quote!(
                    async fn say() -> Result<(), String> {}
                ),
                "write `-> Result<…, Fault>`",
            ),
            (
                quote!(
                    async fn say<T>(text: T) -> Result<(), Fault> {}
                ),
                "cannot be generic",
            ),
            (
                quote!(
                    async fn say<'a>(text: Text<'a>) -> Result<(), Fault> {}
                ),
                "cannot be generic",
            ),
            (
                quote!(
                    async fn say(&self) -> Result<(), Fault> {}
                ),
                "it has no `self`",
            ),
            (
                quote!(
                    async fn say(_: String) -> Result<(), Fault> {}
                ),
                "needs a name",
            ),
            (
                quote!(
                    async fn say((a, b): (u8, u8)) -> Result<(), Fault> {}
                ),
                "needs a name",
            ),
            (
                quote!(
                    async fn say(ref a: u8) -> Result<(), Fault> {}
                ),
                "needs a name",
            ),
            (
                quote!(
                    async fn say(a: &str) -> Result<(), Fault> {}
                ),
                "take it as a value",
            ),
            (
                quote!(
                    async fn say(a: impl Into<String>) -> Result<(), Fault> {}
                ),
                "name the argument's type",
            ),
            (
                quote!(
                    async fn say(a: u8, a: u8) -> Result<(), Fault> {}
                ),
                "cannot have one name",
            ),
        ] {
            let words = refused(quote!(), item);
            assert!(words.contains(says), "{words}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let words = refused(
            quote!(),
            quote!(
                fn say(&self, a: &str) {}
            ),
        );
        for says in ["async fn", "Result<…, Fault>", "no `self`", "take it as a value"] {
            assert!(words.contains(says), "{words}");
        }
    }
}
