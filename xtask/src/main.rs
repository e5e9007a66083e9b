//! Builds, runs and tests the project.

fn main() {}
