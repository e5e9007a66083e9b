#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

// Macros of this crate name it, wherever they are used.
extern crate self as sputnik;

pub mod client;
pub mod polls;
pub mod protocol;
#[cfg(feature = "ssr")]
pub mod server;

pub use protocol::{
    channel::Channel,
    fault::{Code, Fault},
    names::{ChannelName, ClientId, Epoch, LockName, Uid, UserId},
    position::{Position, Snapshot},
    roster::{LockState, Present, Roster},
};
/// Makes a command of an async function: a page calls it as a function, it runs on the server, and takes effect once.
///
/// ```
/// # type Title = String;
/// # type PartId = String;
/// use sputnik::{Fault, command};
///
/// /// Renames a part.
/// #[command]
/// pub async fn rename_part(part: PartId, title: Title) -> Result<(), Fault> {
///     // Runs on the server only.
/// #   let _ = (part, title);
///     Ok(())
/// }
/// ```
///
/// It stands on Leptos' own [`#[server]`](https://docs.rs/leptos/latest/leptos/attr.server.html), so all that is known
/// of server functions holds: the arguments and the answer are values of serde, and in the browser's code the body is
/// replaced by the call. What it adds:
///
/// - The call goes over the live connection where there is one. It waits for its answer, is sent again after a cut under
///   its number, and a retry is recognised.
/// - Its path is `/command/` and the function's name, wherever the function stands. Files can move, and pages that were
///   open before go on. Two commands with one name are found when the server starts.
/// - What goes wrong is a `Fault`.
///
/// # Options
///
/// | written | what it means |
/// | --- | --- |
/// | `#[command(path = "chat/say")]` | another path below `/command/`, where two functions share a name |
/// | `#[command(post)]` | always a request of its own: for what reads or sets cookies |
/// | `#[command(form)]` | the same, and its arguments are a form's: it works before the page is live |
/// | `#[command(keep)]` | where its page is closed or loaded anew before it is answered, it is kept on the device, and the next page of the same browser and user sends it again under its number, within an hour; what is refused then is in [`Connection::not_done`](client::Connection::not_done) |
///
/// # What is refused
///
/// A function that is not async:
/// ```compile_fail
/// # use sputnik::{Fault, command};
/// #[command]
/// fn say(text: String) -> Result<(), Fault> { Ok(()) }
/// ```
///
/// One that answers anything but a value or a fault:
/// ```compile_fail
/// # use sputnik::command;
/// #[command]
/// async fn say(text: String) -> String { text }
/// ```
///
/// Generics, for a command has one path:
/// ```compile_fail
/// # use sputnik::{Fault, command};
/// #[command]
/// async fn say<T: Send>(text: T) -> Result<(), Fault> { Ok(()) }
/// ```
///
/// `self`, patterns and references as arguments, for these travel:
/// ```compile_fail
/// # use sputnik::{Fault, command};
/// #[command]
/// async fn say((text, to): (String, String)) -> Result<(), Fault> { Ok(()) }
/// ```
/// ```compile_fail
/// # use sputnik::{Fault, command};
/// #[command]
/// async fn say(text: &str) -> Result<(), Fault> { Ok(()) }
/// ```
#[doc(inline)]
pub use sputnik_macros::command;
