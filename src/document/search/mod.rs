//! Searching in what people wrote: what of a chapter is searched, how it is compared, and where in it something is.
//!
//! Text and words meet in one form, in which they are alike to whoever reads: without capitals, without signs set on
//! letters, and with one blank for whatever stands between two words. A database can look that up by any three letters
//! that follow on each other, in every script; where in the text as it is written something stands, is found out here.
//!
//! | file | what happens there |
//! | --- | --- |
//! | [`folding`] | the form in which text is compared, with the way back |
//! | [`passages`] | what of a chapter is searched, in pieces of a bounded length |
//! | [`question`] | what somebody looks for, taken apart |
//! | [`excerpt`] | a place with the words around it |

pub mod excerpt;
pub mod folding;
pub mod passages;
pub mod question;

#[cfg(test)]
mod tests;
