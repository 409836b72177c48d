//! The county.
fn main() {}
