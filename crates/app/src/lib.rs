//! app

pub mod http_hub;
