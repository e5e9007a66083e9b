//! Who is here, for how long without a sign of life, and how they go.

pub(crate) mod connections;
pub(crate) mod janitor;
pub(crate) mod leases;
pub(crate) mod sign_out;
