//! The story of a visit, from tap to county report, and everything that can go wrong on the way; and the rules of the
//! house, held against the tree itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

mod bad_input;
mod bindings;
mod boundaries;
mod by_person;
mod canaries;
mod carried;
mod clocks;
mod crash;
mod erasure;
mod granting;
mod handing_on;
mod hostile;
mod inspection;
mod introduced;
mod joined;
mod journey;
mod lost;
mod masks;
mod overreach;
mod overtaken;
mod pin;
mod real;
mod recovery;
mod roles;
mod schema_doc;
mod simulation;
mod upgrade;
mod verify;
