//! What is written about a household, how writings merge, and what they add up to.
//!
//! Pure: no clock, no randomness, no file, no network. Start at [`visit`] (one noun, whole), then [`entry`],
//! [`dossier`] and [`exchange`].

pub mod alike;
pub mod circumstance;
pub mod crossfoot;
pub mod fact;
pub mod mask;
pub mod nation;
pub mod pinyin;
pub mod recovery_answer;
pub mod region_code;
pub mod relation;
pub mod report;
pub mod resident_id;
pub mod search_key;
pub mod sex;
pub mod tally;
pub mod text;

pub mod carrier;
pub mod change;
pub mod closed;
pub mod cursor;
pub mod day;
pub mod digest;
pub mod directive;
pub mod dossier;
pub mod enrolment_code;
pub mod entry;
pub mod envelope;
pub mod exchange;
pub mod export_grant;
pub mod field;
pub mod form;
pub mod handover;
pub mod hub;
pub mod ids;
pub mod inspection;
pub mod introduction;
pub mod join;
pub mod lot;
pub mod outside;
pub mod parcel;
pub mod pass_code;
pub mod problem;
pub mod record;
pub mod role_kind;
pub mod scalar;
pub mod sign;
pub mod spelling;
pub mod surroundings;
pub mod trace;
pub mod visit;
