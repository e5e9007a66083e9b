//! Books as [EPUB](https://www.w3.org/TR/epub-33/).
//!
//! | room | what happens there |
//! | --- | --- |
//! | [`reader`] | a book that comes in, of EPUB 2 or 3 |

pub mod reader;
