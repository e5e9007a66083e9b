//! What carries the frames: a socket, or polls.

pub mod poll;
pub mod post;
pub mod socket;
