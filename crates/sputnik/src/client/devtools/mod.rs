//! For developers: the panel that shows what travels, and the faults it makes on demand.

#[cfg(feature = "hydrate")]
pub(crate) mod fault_injection;
#[cfg(feature = "devtools")]
pub mod panel;
