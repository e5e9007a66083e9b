//! How files are kept in an archive of a book. All are of the same day, so that the same book is the same archive.

use zip::{CompressionMethod, DateTime, write::SimpleFileOptions};

/// Text, which becomes smaller.
#[must_use]
pub fn packed() -> SimpleFileOptions {
    how(CompressionMethod::Deflated)
}

/// What is small already, or has to stand there as it is.
#[must_use]
pub fn as_it_is() -> SimpleFileOptions {
    how(CompressionMethod::Stored)
}

fn how(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::DEFAULT)
}
