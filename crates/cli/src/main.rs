//! The commands of lianhu in a terminal.
fn main() {}
