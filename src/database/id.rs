//! Ids for new things.

use sputnik::Fault;

/// A new id: 16 letters and digits of the system's best randomness (82 bits), so it is never given twice and never
/// guessed.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_id() -> Result<String, Fault> {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut id = String::with_capacity(16);
    while id.len() < 16 {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(|error| {
            tracing::error!(%error, "the system gives no random numbers");
            Fault::internal()
        })?;
        // 252 is the highest multiple of 36 in a byte: beyond it, the first letters would come more often.
        let fair = bytes.iter().filter(|byte| **byte < 252).map(|byte| char::from(ALPHABET[usize::from(byte % 36)]));
        id.extend(fair.take(16 - id.len()));
    }
    Ok(id)
}
