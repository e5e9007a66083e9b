//! Whether a file that came in is a picture that is kept.

use super::{Bounds, Recognised, clean::clean};
use sputnik::Fault;

/// What a file is, and the file as it is kept.
///
/// # Errors
/// When it is no picture, is damaged, or is larger than a picture may be.
pub fn look_at(bytes: &[u8], bounds: &Bounds) -> Result<(Recognised, Vec<u8>), Fault> {
    let Recognised { format, width, height } = Recognised::of(bytes)?;
    must_be_small((width, height), bounds)?;
    let damaged = || Fault::bad_request("This picture is damaged: it cannot be read to its end. It was not stored.");
    let cleaned = clean(format, bytes).ok_or_else(damaged)?;
    must_be_small(cleaned.largest, bounds)?;
    // Described as it is kept, since that is what is shown.
    Ok((Recognised::of(&cleaned.bytes)?, cleaned.bytes))
}

/// Refuses a picture that takes more memory to be shown than its file lets one think.
fn must_be_small((width, height): (u32, u32), bounds: &Bounds) -> Result<(), Fault> {
    let is_large = u64::from(width) * u64::from(height) > bounds.pixels || width.max(height) > bounds.side;
    if is_large {
        let (most, side) = (bounds.pixels / 1_000_000, bounds.side);
        return Err(Fault::too_large(format_args!(
            "A picture has at most {most} million pixels, and no side of more than {side}. This one has {width} by \
             {height}; it was not stored. Please make it smaller.",
        )));
    }
    Ok(())
}
