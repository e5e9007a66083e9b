//! The macro of `sputnik`: `#[command]`. Use it from there, as `sputnik::command`, where it is described: with examples,
//! which need the layer.

#![deny(missing_docs)]

mod command;

/// Makes a command of an async function.
#[proc_macro_attribute]
pub fn command(options: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    command::expand(options.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
