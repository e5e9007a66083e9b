//! What this device keeps of what whoever is signed in wrote, until the server has it: of any chapter of any book, and on
//! every page. What no open editor sends itself is sent from here, in the background, by whichever tab comes first.
//!
//! The bytes are the editor's (`editor/`): a small module lists them on every page (`editor/src/device/`), and the large
//! one sends them (`editor/src/send-kept.ts`), which is loaded only if something is kept.

#[cfg(feature = "hydrate")]
mod in_browser;
mod list;
mod state;
mod text;

pub use list::{KeptDialog, KeptMark, KeptNotice};
pub use state::{provide_kept, use_kept};
pub use text::KeptText;
