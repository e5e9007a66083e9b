//! People who write a chapter together: the same clients for every server, each in the server's own protocol.
//!
//! - [`house`]: a server, the people in it and the chapters they write
//! - [`line`](mod@line): the connection of one who writes, and what each protocol says over it
//! - [`yjs`]: the binary protocol of Yjs' own servers
//! - [`replica`]: a document as one who writes has it
//! - [`trace`]: what real people once typed

pub mod house;
pub mod line;
pub mod replica;
pub mod trace;
mod yjs;
